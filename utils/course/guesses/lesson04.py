"""What lesson 04 asks before it tells; the lesson trains the units, so it brings all the answers."""

from utils.course.guesses.prediction import Prediction

PREDICTIONS = {
    "hold": Prediction(
        "The unit has learned the task. At a step with the mark `hold`, where will its forget gate f and its input "
        "gate i stand?",
        why="The old memory is multiplied by nearly 0, and the new value comes in.",
        options=("f open, i open", "f open, i shut", "f shut, i open", "f shut, i shut"),
    ),
    "silence": Prediction(
        "The unit has counted six ticks. Then 20 silent steps follow, with the forget gate that was just measured. "
        "What does it answer after them?",
        why="By f alone less than 2 would be left. Something else keeps the count.",
        unit="ticks",
        least=0,
    ),
    "textbook": Prediction(
        "In how many of the eight units will the input gate be open at step 1, above 0.7, and shut from step 6 on, "
        "below 0.1?",
        why="Nothing marks the first symbol. The network must find another way, and does.",
        unit="units",
        least=0,
        most=8,
    ),
    "without": Prediction(
        "One unit tells the first symbol more clearly than any other. We hold it still, at its mean, when the question "
        "comes. How often is the network still right? Guessing gives 25 %.",
        why="The others know the symbol too.",
        unit="%",
        least=0,
        most=100,
    ),
    "wave": Prediction(
        "A sine wave passes an `nn.LSTM(1, 4)` that nobody has trained. How far does any of its four forget gates open, "
        "at the most? A number from 0, shut, to 1, open.",
        why="Small weights make small sums, and σ of a small number is near one half.",
        least=0,
        most=1,
    ),
}
