"""The explorers, one class per demonstration."""

from utils.explorers.base import Explorer
from utils.explorers.clipping import Clipping
from utils.explorers.directions import ReadingDirections
from utils.explorers.gates import GateHeatmap
from utils.explorers.gradients import GradientFlow
from utils.explorers.gru_cell import GRUStep
from utils.explorers.gru_count import ParameterCount
from utils.explorers.gru_variants import GRUVariants
from utils.explorers.lstm_cell import LSTMStep
from utils.explorers.memory import ForgetBias
from utils.explorers.sampling import Sampling
from utils.explorers.side_by_side import SideBySide
from utils.explorers.start import LeakyUnit
from utils.explorers.temperature import Temperature
from utils.explorers.threshold import Threshold
from utils.explorers.truncation import Truncation, TruncationTable, truncation_table
from utils.explorers.typed_review import TypedReview
from utils.explorers.which_one import WhoWins

__all__ = [
    "Clipping", "Explorer", "ForgetBias", "GRUStep", "GRUVariants", "GateHeatmap", "GradientFlow", "LSTMStep",
    "LeakyUnit", "ParameterCount", "ReadingDirections", "Sampling", "SideBySide", "Temperature", "Threshold",
    "Truncation", "TruncationTable", "TypedReview", "WhoWins", "truncation_table",
]  # fmt: skip
