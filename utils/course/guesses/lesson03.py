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
    """Percent of an LSTM's parameters that a GRU of the same sizes does without."""
    lstm, gru = (sum(parameters(cell, n=300, H=512).values()) for cell in ("LSTM", "GRU"))
    return 100 * (1 - gru / lstm)


PREDICTIONS = {
    "swing": Prediction(
        "In the cell below the update gate is shut, b_z = −6: next to nothing of the old state is kept, the new one is "
        "n. You drag the old state from −1 to 1. By how much does the new state move?",
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
        "A GRU has three parts where an LSTM has four. How many percent fewer parameters is that, with 300 inputs and "
        "512 units?",
        answer=fewer,
        why="Each part is equally large. If you said 33: by that much the LSTM is larger than the GRU.",
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
        "Lesson 02 gave five LSTMs a forget bias of 1, and they hardly learned to recall. Now four GRUs get an update "
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
