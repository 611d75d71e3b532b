"""What lesson 02 asks before it tells."""

import numpy as np

from utils.arrays.layers import Unrolled
from utils.arrays.parameters import cells_of
from utils.arrays.torch_random import TorchRandom
from utils.arrays.units import run, unit
from utils.course.explorers.forget_bias import ForgetBias
from utils.course.explorers.lstm_step import LSTMStep
from utils.course.guesses.prediction import Prediction


def after_the_question() -> float:
    """The plain unit's state at step 18 of the lesson's tape: a knock at step 3, a question at step 18."""
    x = np.zeros(18)
    x[2], x[17] = 1, -1
    return run(unit("rnn", keep=0.95), x)["h"][17].item()


def after_a_strong_input() -> float:
    """The memory of the cell that the lesson's LSTMStep begins with, after x = 3."""
    return LSTMStep.compute(x=3.0, h=0.0, c=2.0, b_f=6.0, b_i=-6.0, b_g=0.0, b_o=0.0)["c"].item()


def least_bias(T: int) -> float:
    """The smallest forget bias, in tenths as on the slider, at which half of the gradient reaches step 1 of T."""
    biases = (tenths / 10 for tenths in range(100))
    return next(b for b in biases if ForgetBias.compute(b, T, "linear")["left"][-1] >= 0.5)


def forget_gate() -> float:
    """The mean forget gate of nn.LSTM(10, 32) after torch.manual_seed(0), over 64 sequences of the lesson's test."""
    n, H, rng = 10, 32, TorchRandom(0)
    shapes = {"weight_ih_l0": (4 * H, n), "weight_hh_l0": (4 * H, H), "bias_ih_l0": 4 * H, "bias_hh_l0": 4 * H}
    weights = {name: rng.uniform(-(H**-0.5), H**-0.5, shape, np.float32) for name, shape in shapes.items()}
    x = np.zeros((64, 50, n))  # (B, T, n): one of ten symbols, then silence
    x[:, 0] = np.eye(n)[rng.integers(n, (64, 50))[:, 0]]  # as tasks.first_element_recall draws them
    return float(Unrolled(cells_of(weights)[0], x)["f"].mean())


PREDICTIONS = {
    "after_the_question": Prediction(
        "The plain unit of lesson 01 reads the same tape, with a weight U of 0.95. The knock lifts its number to "
        "0.76. What is it right after the question, at step 18?",
        answer=after_the_question,
        why="It has no gate that could shut the question out: what asks for the memory is written over the memory.",
        least=-1,
        most=1,
    ),
    "strong_input": Prediction(
        "The cell below holds c = 2. Its forget gate is open, b_f = 6. Its input gate, i = σ(2x + b_i), is shut in "
        "silence, b_i = −6; its candidate is g = tanh(1.5x). Now a strong input comes, x = 3. What is c after that?",
        answer=after_a_strong_input,
        why="x = 3 opens the input gate half-way: a strong input can overrule a bias. Drag x and see it give way.",
    ),
    "from_the_box": Prediction(
        "`nn.LSTM` with 32 units, as PyTorch makes it, learns to recall a digit over 49 silent steps, for 600 training "
        "steps at a rate of 0.01. How often is its answer right in the end?",
        why="That is the mean of five networks. Whoever guesses is right in 10 %.",
        unit="%",
        least=0,
        most=100,
    ),
    "forget_gate": Prediction(
        "What is the forget gate of an LSTM that nobody has trained yet, on average over its units and steps? A number "
        "from 0, shut, to 1, open.",
        answer=forget_gate,
        why="PyTorch draws the weights around zero, so the sum is near 0, and σ(0) = 0.5.",
        least=0,
        most=1,
    ),
    "least_bias": Prediction(
        "Half of the gradient survives 49 steps when the forget bias is 4.3. You want ten times the distance. What "
        "must the bias be for half of it to survive 499 steps?",
        answer=lambda: least_bias(500),
        why="An open gate leaks about e^(−b) a step; a tenth of the leak costs ln 10 = 2.3 more.",
    ),
    "chrono_steps": Prediction(
        "Five networks begin with such biases, for T = 50. After how many training steps has the middle one of the "
        "five answered 20 batches in a row without a mistake? Training ends at 600 in any case.",
        why="Units that keep the digit from the start leave training only the rest: to write it down and to read it.",
        unit="steps",
        least=0,
        most=600,
    ),
}
