"""What lesson 02 asks before it tells."""

import numpy as np

from utils.arrays.layers import Unrolled
from utils.arrays.parameters import cells_of
from utils.arrays.torch_random import TorchRandom
from utils.course.guesses.prediction import Prediction


def forget_gate() -> float:
    """The mean forget gate of nn.LSTM(10, 32) after torch.manual_seed(0), over 64 sequences of the lesson's test."""
    n, H, rng = 10, 32, TorchRandom(0)
    shapes = {"weight_ih_l0": (4 * H, n), "weight_hh_l0": (4 * H, H), "bias_ih_l0": 4 * H, "bias_hh_l0": 4 * H}
    weights = {name: rng.uniform(-(H**-0.5), H**-0.5, shape, np.float32) for name, shape in shapes.items()}
    x = np.zeros((64, 50, n))  # (B, T, n): one of ten symbols, then silence
    x[:, 0] = np.eye(n)[rng.integers(n, (64, 50))[:, 0]]  # as tasks.first_element_recall draws them
    return float(Unrolled(cells_of(weights)[0], x)["f"].mean())


PREDICTIONS = {
    "from_the_box": Prediction(
        "The best-known test of memory: show a network one of ten symbols, then 49 silent steps, and ask which symbol "
        "it was. We take `nn.LSTM` with 32 units, as PyTorch makes it, and train it for 600 steps. How often is its "
        "answer right?",
        why="That is the mean of five networks. Not knowing gives 10 %.",
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
}
