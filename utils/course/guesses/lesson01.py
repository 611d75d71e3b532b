"""What lesson 01 asks before it tells."""

import numpy as np

from utils.course.guesses.prediction import Prediction

FAR, LITTLE = "about as long", "a hundredth of it"
LOST = "less than a hundred-millionth"
THROWN, DOWN, STOPS = "one step throws it far away", "it climbs down step by step", "it stops before the wall"


def gain_of_one() -> float:
    """What is left of the gradient at step 1 of 100, in percent: tanh, orthogonal U, inputs of strength 0.2."""
    from utils.course.explorers import GradientFlow

    norms = GradientFlow.compute(1.0, "tanh", 0.2, "orthogonal", 100, "last")["norms"]
    return float(100 * norms[-1] / norms[0])


def new_lstm() -> str:
    """How much of the gradient reaches step 1 of 50 in a new LSTM, the median of eight seeds."""
    from utils.course.explorers import SideBySide

    left = SideBySide.compute(bias=0.0, weights="torch")["bands"]["lstm"]["median"][-1]
    return LOST if left < 1e-8 else LITTLE if left < 0.1 else FAR


def at_the_wall() -> str:
    """What the path without clipping does in the explorer's own setting."""
    from utils.course.explorers import Clipping

    path = Clipping.compute(threshold=1.0, by="norm", rate=0.1)["raw"]["path"]  # (41, 2)
    longest = np.linalg.norm(np.diff(path, axis=0), axis=1).max()
    return THROWN if longest > 1 else DOWN if path[-1, 1] < 0.2 else STOPS


PREDICTIONS = {
    "loss_everywhere": Prediction(
        "A popular demonstration of the vanishing gradient: a new `nn.RNN` reads 50 random inputs, one calls "
        "`output.sum().backward()` and looks at the gradient that arrives at each input. Say that its length at step "
        "50 is 1. How long is it at step 1?",
        why="This is the median of 20 networks. `output.sum()` puts a loss at every step, at step 1 too.",
        least=0,
    ),
    "gain_of_one": Prediction(
        "In a linear network a gain of 1 brings all of the gradient home, over any distance. Now put the tanh back: "
        "gain 1, small inputs of strength 0.2, 100 steps. How much of the gradient reaches step 1?",
        answer=gain_of_one,
        why="The inputs push the units off zero, where the slope of tanh is a little below 1. A little, a hundred "
        "times.",
        unit="%",
        least=0,
    ),
    "new_lstm": Prediction(
        "Take `nn.LSTM` in place of `nn.RNN`, as PyTorch makes it, and change nothing else: 50 steps, a loss at the "
        "last one. How long is the gradient at step 1, beside that at the last?",
        answer=new_lstm,
        why="Its gates begin near σ(0) = 0.5, and a half taken 49 times is nothing.",
        options=(FAR, LITTLE, LOST),
    ),
    "at_the_wall": Prediction(
        "The learning rate is 0.1. What becomes of gradient descent, with nothing cut, when it comes to the wall?",
        answer=at_the_wall,
        why="On the wall the gradient is more than twenty times as long as anywhere before, and the step is as long as "
        "the gradient says.",
        options=(STOPS, DOWN, THROWN),
    ),
    "who_learns": Prediction(
        "A plain RNN and an LSTM, each with 32 units and as PyTorch makes it, train for 150 steps. Which of them "
        "learns to name the digit?",
        why="Of their gradients next to nothing reaches the digit.",
        options=("the LSTM alone", "the plain RNN alone", "both of them", "neither of the two"),
    ),
    "distractors": Prediction(
        "The same network learns once more, but instead of the silence there are 49 random digits that mean nothing. "
        "How often is it right after 150 steps?",
        why="That is the mean of three seeds. Not knowing gives 10 %.",
        unit="%",
        least=0,
        most=100,
    ),
}
