"""What lesson 06 asks before it tells."""

import statistics

from utils.course.guesses.prediction import Prediction
from utils.files import measured

PROMISES = ("more than the test keeps", "less than the test keeps", "about as many")


def reported_accuracy() -> float:
    """What a model can reach when its targets are made for the other labels: percent of them that are the same."""
    targets = [1 if label == "pos" else 0 for label in (1, 2, 2, 1, 2)]
    return 100 * max(targets.count(0), targets.count(1)) / len(targets)


def promised() -> str:
    """Whether validation that is drawn review by review says more than the test, by over a quarter of a point."""
    found = measured("practices")
    more = statistics.mean(found["validations"]["drawn one by one"]) - found["validations"]["test"]
    return PROMISES[0] if more > 0.0025 else PROMISES[1] if more < -0.0025 else PROMISES[2]


PREDICTIONS = {
    "labels": Prediction(
        "Early releases of torchtext called the labels of these reviews `neg` and `pos`. In the last ones they are 1, "
        "negative, and 2, positive. Code from the early days makes its targets by `1 if label == 'pos' else 0`. You "
        "run it with the last release. What share of right answers can your model report?",
        answer=reported_accuracy,
        why="Nothing equals `pos` any more, so all targets are 0, and a model that always says 0 is always right.",
        unit="%",
        least=0,
        most=100,
    ),
    "promise": Prediction(
        "A tenth of the reviews to learn from is drawn one by one, at random, for validation. A model learns from the "
        "rest. Compared with the test, how many right answers will validation promise?",
        answer=promised,
        why="Of almost every film in validation, other reviews stand in training.",
        options=PROMISES,
    ),
    "bag": Prediction(
        "Always saying the same is right in every second case. A bag of words learns from the reviews of train. How "
        "often is it right on validation?",
        why="A review has enough clear words, and their sum decides.",
        unit="%",
        least=0,
        most=100,
    ),
    "pads": Prediction(
        "One review says “a wonderful film”, the other “a terrible film”. A fresh LSTM reads their words, and then one "
        "pad after the other. After how many pads has the distance between its two states shrunk to a thousandth?",
        why="A fresh forget gate is near one half, so ten pads would leave a thousandth of the memory; the other ways "
        "through the cell slow it down.",
        unit="pads",
        least=0,
    ),
    "packed": Prediction(
        "In a batch where a third of the places is padding, how many times as long as a masked training step does a "
        "packed one take, on this processor? A number below 1 says that packing is faster.",
        why="It does less arithmetic and takes longer: it cannot use the routine that runs a whole sequence.",
        unit="times",
        least=0,
    ),
    "cut": Prediction(
        "The trained LSTM gets about nine of ten real reviews right, reading 400 words of each. Now it reads the last "
        "25 words and no more. How often is it right?",
        why="Two lines at the end say most of what a review has to say.",
        unit="%",
        least=0,
        most=100,
    ),
}
