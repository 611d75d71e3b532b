"""The cells and the trained networks in NumPy alone: they run wherever Python does, a web page included."""

from utils.arrays.memory import forget_bias_for, forget_gate_for, half_life
from utils.arrays.text import PAD, UNK, Vocabulary, tokenise, truncate

__all__ = ["PAD", "UNK", "Vocabulary", "forget_bias_for", "forget_gate_for", "half_life", "tokenise", "truncate"]
