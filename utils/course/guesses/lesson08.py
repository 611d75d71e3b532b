"""What lesson 08 asks before it tells."""

import numpy as np

from utils.course.guesses.prediction import Prediction

COUNTS, ZIP, NETWORK = "the table of counts", "bz2", "the LSTM"


def heat() -> float:
    """The lowest temperature, in steps of 0.01, at which the likeliest character after the text has less than half."""
    from utils.course.explorers.temperature import TEXTS, Temperature

    return next(T for T in np.arange(0.01, 10, 0.01).round(2) if Temperature.compute(T, TEXTS[0])["p"][0] < 0.5).item()


PREDICTIONS = {
    "bits": Prediction(
        "If you know nothing, each character costs the same 6.6 yes-or-no questions, bits, since 2 to the 6.6 is 96. "
        "How many does the network need, once it has read the rest of the manual?",
        why="Just under a third: it saves more than two questions of three.",
        unit="bits",
        least=0,
        most=10,
    ),
    "best": Prediction(
        "Which of these three needs the fewest bits for the held-out topics: a table of counts of what followed each "
        "four characters; the compressor `bz2`, from 1996; the LSTM of 256 units?",
        why="It goes on learning from the text that it packs, and looks back over all of the manual; `gzip`, which "
        "sees only the last 32 kB, is far behind. The network's weights stay as they are.",
        options=(COUNTS, ZIP, NETWORK),
    ),
    "thrown_away": Prediction(
        "Throw the state away after every 64 characters of the held-out text, so that the network begins with zeros "
        "again and again. How many bits per character more does it need then, on average over the whole text?",
        why="It needs just a few letters to find its way again.",
        unit="bits",
        least=0,
        most=10,
    ),
    "two_passes": Prediction(
        "A network with 128 units begins with random weights and reads the manual twice. How many bits per character "
        "does it need then, on the held-out topics?",
        why="It takes more passes to overtake the table of counts.",
        unit="bits",
        least=0,
        most=10,
    ),
    "heat": Prediction(
        "After `An object of cl`, says the network, comes an `a`, with a probability of 98 %. How high must the "
        "temperature be until it is less than 50 %?",
        answer=heat,
        why="Its score is far above all others, and the temperature only divides the distance.",
        least=0,
        most=20,
    ),
    "round": Prediction(
        "The text goes round in a circle of 12 characters, always the likeliest. By the network's own account, how "
        "probable is one whole round of them?",
        why="Each is likelier than any other, but not by far, and one has but a fifth; all twelve are multiplied.",
        unit="%",
        least=0,
        most=100,
    ),
}
