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
        why="By f alone it would have faded. Something else keeps the count.",
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
    "news": Prediction(
        "Take what comes into a unit from step 6 on, i g. How much of its variance is explained by the symbol that "
        "comes at that step? 0 % is nothing, 100 % everything; on average over the eight units.",
        why="Nearly all the rest is explained by the first symbol, which was over long ago.",
        unit="%",
        least=0,
        most=100,
    ),
    "without": Prediction(
        "We hold units still when the question comes, each at its mean: unit 1, then 1 and 2, and so on. How many, at "
        "most, can be held still with more than 90 % right?",
        why="The others know the symbol too.",
        unit="units",
        least=0,
        most=8,
    ),
    "wave": Prediction(
        "A sine wave passes an `nn.LSTM(1, 4)` that nobody has trained. How far does any of its four forget gates "
        "open, at the most? A number from 0, shut, to 1, open.",
        why="Small weights make small sums, and σ of a small number is near one half.",
        least=0,
        most=1,
    ),
}
