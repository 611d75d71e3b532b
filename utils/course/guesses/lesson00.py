"""What lesson 00 asks before it tells."""

import numpy as np

from utils.arrays.memory import half_life
from utils.course.guesses.prediction import Prediction

SILENT = 39  # steps after the knock


def most_awake() -> float:
    """What is left of one knock at the end, for the best f of ten thousand."""
    f = np.linspace(0, 1, 10_001)
    return float(((1 - f) * f**SILENT).max())


def ten_knocks() -> str:
    """How long half of what ten knocks left takes to go, beside what one left: f = 0.9, each followed by silence."""
    f, taken = 0.9, {}
    for knocks in (1, 10):
        h = 1 - f**knocks  # after so many knocks in a row
        left = h * f ** np.arange(100)
        taken[knocks] = int((left > h / 2).sum())
    return "just as long" if taken[10] == taken[1] else "longer" if taken[10] > taken[1] else "not as long"


PREDICTIONS = {
    "half_life": Prediction(
        "Let f = 0.9: at each step the cat keeps nine tenths. Somebody knocks once. After how many steps is half of it "
        "forgotten?",
        answer=lambda: half_life(0.9),
        why="The first tenth is a tenth of much, the next a tenth of less.",
        unit="steps",
        least=0,
    ),
    "most_awake": Prediction(
        f"One knock, then {SILENT} silent steps. You may choose any f from 0 to 1, the best there is. How awake can "
        "the cat be at the end? 0 is fast asleep, 1 is wide awake.",
        answer=most_awake,
        why="An f that keeps for so long lets hardly anything in, 1 - f.",
        least=0,
        most=1,
    ),
    "ten_knocks": Prediction(
        "Ten knocks in a row make the cat more awake than a single one does. How long does it take until half of that "
        "is forgotten, compared with half of one knock?",
        answer=ten_knocks,
        why="Each step takes the same share, whatever is there.",
        options=("longer", "just as long", "not as long"),
    ),
    "way_back": Prediction(
        "Back to f = 0.9. The message goes from the last of 40 silent steps to the state before the first. How much of "
        "it arrives?",
        answer=lambda: 100 * 0.9**40,
        why="Each step back keeps nine tenths of the message, as each step forward keeps nine tenths of the memory.",
        unit="%",
        least=0,
        most=100,
    ),
}
