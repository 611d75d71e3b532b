"""What lesson 00 asks before it tells."""

from utils.arrays.memory import half_life
from utils.course.guesses.prediction import Prediction

PREDICTIONS = {
    "half_life": Prediction(
        "Let f = 0.9: at each step the cat keeps nine tenths. Somebody knocks once. After how many steps is half of it "
        "forgotten?",
        answer=lambda: half_life(0.9),
        why="The first tenth is a tenth of much, the next a tenth of less.",
        unit="steps",
        least=0,
    ),
}
