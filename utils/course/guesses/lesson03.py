"""What lesson 03 asks before it tells."""

import numpy as np

from utils.arrays.count import parameters
from utils.course.explorers.gru_step import GRUStep
from utils.course.explorers.gru_variants import GRUVariants
from utils.course.guesses.prediction import Prediction


def swing() -> float:
    """By how much the new state of the lesson's GRUStep moves while the old one goes from -1 to 1."""
    return np.ptp(GRUStep.compute(x=0.0, h=np.linspace(-1, 1, 201), b_r=0.0, b_z=-6.0, b_n=-1.0)["h"]).item()


def fewer() -> float:
    """Percent of a model's parameters that a GRU in place of its LSTM saves, behind an embedding of 20,000 words."""
    lstm, gru = (sum(parameters(cell, n=300, H=512).values()) for cell in ("LSTM", "GRU"))
    return 100 * (lstm - gru) / (20_000 * 300 + lstm)


PREDICTIONS = {
    "swing": Prediction(
        "In the cell below the update gate is shut, b_z = −6: the new state is n = tanh(b_n + r (2h + 0.5)), with "
        "b_n = −1 and r = σ(h). You drag the old state from −1 to 1. By how much does the new state move?",
        answer=swing,
        why="The candidate n reads the old state too, through r and U_n. Keeping is not the only way to remember.",
        least=0,
        most=2,
    ),
    "parted": Prediction(
        "Two GRUs with the same weights, as PyTorch draws them, read the same 40 inputs. In one r stands before the "
        "product. States lie between −1 and 1. How far apart are the two cells' states in the end, in root mean square "
        "over the units?",
        answer=lambda: GRUVariants.compute(scale=1.0, b_r=0.0)["gap"]["before"]["median"][-1],
        why="Fresh weights are small, so the mistake is too: a test that runs on a fresh network hardly sees it.",
        least=0,
        most=2,
    ),
    "fewer": Prediction(
        "A model has an embedding of 20,000 words, with vectors of 300 numbers, and one LSTM of 512 units behind it. A "
        "GRU takes the LSTM's place: three parts instead of four. How many percent of the whole model does that save?",
        answer=fewer,
        why="A quarter of the layer. But most of the model is its embedding.",
        unit="%",
        least=0,
        most=100,
    ),
    "faster": Prediction(
        "You train `nn.LSTM` and `nn.GRU` of the same sizes on this computer. How many times as long does the LSTM "
        "take? Above 1 says that the GRU is faster.",
        why="The LSTM has more to compute. How long that takes is up to the program that runs it.",
        least=0,
    ),
    "update_bias_1": Prediction(
        "Lesson 02 gave five LSTMs a forget bias of 1, and hardly one learned to recall. Now four GRUs get an update "
        "bias of 1, which makes their memory just as long. How often are their answers right in the end, on average?",
        why="The half-life is the same 2.2 steps, so it is not the whole story.",
        unit="%",
        least=0,
        most=100,
    ),
    "suspect": Prediction(
        "Of twelve LSTMs with a forget bias of 1, four get tied gates, four an open output gate, four both. What makes "
        "such an LSTM learn to recall?",
        why="What helps alone need not help in company.",
        options=("tying alone", "opening alone", "only both together", "more than one of them", "nothing"),
    ),
}
