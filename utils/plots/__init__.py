"""Pictures: the course's palette and style, and the drawings of RNN, LSTM and GRU."""

from utils.plots.gru import gru_cell
from utils.plots.lstm import lstm_cell
from utils.plots.rnn import unrolled
from utils.plots.style import PALETTE, figure, png, style

__all__ = ["PALETTE", "figure", "gru_cell", "lstm_cell", "png", "style", "unrolled"]
