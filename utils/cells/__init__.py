"""RNN, LSTM and GRU: one step, unrolled over time, and their initial weights."""

from utils.cells import initialize
from utils.cells.cell import GRUCell, LSTMCell, RNNCell
from utils.cells.layer import GRU, LSTM, RNN, mask, reverse

__all__ = ["GRU", "GRUCell", "LSTM", "LSTMCell", "RNN", "RNNCell", "initialize", "mask", "reverse"]
