"""What lesson 09 asks before it tells."""

import numpy as np

from utils.course.guesses.prediction import Prediction
from utils.course.sweep import SweepResults
from utils.files import measured

RIGHT, POINT = 0.86, 0.01  # a share of right answers, and how exactly it is to be known
CHANGES = ("no clipping", "no dropout", "constant learning rate", "batch norm added")
ASKED = {
    "the learning rate": "learning rate",
    "the hidden size": "hidden size",
    "the number of layers": "layers",
    "the share of dropout": "dropout",
}


def another_seed() -> float:
    """Of all ordered pairs of the base's eight seeds, the percentage in which the second is a point or more better."""
    right = SweepResults().base.valid  # (8,)
    better = right[None, :] - right[:, None] >= POINT  # (8, 8): column against row
    return 100 * better.sum() / (len(right) * (len(right) - 1))


def shows_an_effect() -> str:
    """The change among CHANGES whose 95 % interval over five seeds leaves out 0."""
    trials = {row["name"]: np.array(row["accuracy"]) for row in measured("practices")["practices"]}

    def in_widths(name) -> float:  # the mean difference, in half widths of the interval
        gain = trials[name] - trials["the recipe"]
        return abs(gain.mean()) / (2.776 * gain.std(ddof=1) / len(gain) ** 0.5)

    (found,) = [name for name in CHANGES if in_widths(name) > 1]
    return found


def one_unit() -> float:
    """Percentage of validation that a hidden size of one gets right, the mean of its seeds."""
    return 100 * SweepResults().runs("hidden size", 1).valid.mean()


def harm_on_both_sides() -> str:
    """The one knob of ASKED that is worse below the base and above it."""
    (found,) = [words for words, name in ASKED.items() if all(SweepResults().worse_sides(name))]
    return found


def best_of_25() -> float:
    """How much better than they are, in points, the best of 25 equal models looks on 2,500 reviews, on average."""
    seen = np.random.default_rng(0).binomial(2_500, RIGHT, size=(10_000, 25)) / 2_500
    return 100 * (seen.max(axis=1).mean() - RIGHT)


PREDICTIONS = {
    "another_seed": Prediction(
        "A classifier learns from 5,000 reviews and is judged by 2,500 others. You train it, change nothing but the "
        "seed, and train it again. In how many of 100 cases is the second one better by a whole point or more?",
        answer=another_seed,
        why="Counted over all pairs of eight trainings of one recipe.",
        unit="%",
        least=0,
        most=100,
    ),
    "practices": Prediction(
        "Four changes of the recipe, each trained with five seeds. For only one of them do five seeds show an effect, "
        "good or bad. For which?",
        answer=shows_an_effect,
        why="Its interval is the only one of the four without 0.",
        options=CHANGES,
    ),
    "held_out": Prediction(
        "A classifier is right on 86 % of the reviews that were held out. How many must be held out, so that 95 of 100 "
        "such samples come within one point of the truth?",
        answer=lambda: 1.96**2 * RIGHT * (1 - RIGHT) / POINT**2,
        why="The error falls with the root of the number: half the error takes four times as many.",
        unit="reviews",
        least=1,
    ),
    "one_unit": Prediction(
        "At the base an LSTM of 32 units in each direction reads the review, and 87 % are right. Guessing gives 50 %. "
        "How many are right with a hidden size of 1?",
        answer=one_unit,
        why="One number in each direction carries most of what a review says.",
        unit="%",
        least=0,
        most=100,
    ),
    "both_sides": Prediction(
        "Only one of these does harm when it is turned down and when it is turned up. Which?",
        answer=harm_on_both_sides,
        why="So it is the one to choose first.",
        options=tuple(ASKED),
    ),
    "best_of_25": Prediction(
        "25 settings, and in truth they are all equal: each gets 86 % right. You try them all on validation, 2,500 "
        "reviews, and keep the best. By how many points does it look better than it is?",
        answer=best_of_25,
        why="That is the mean of 10,000 such choices, each setting with luck of its own.",
        unit="points",
        least=0,
    ),
}
