"""Counting the parameters of recurrent networks, without building them."""

from __future__ import annotations

from utils import checks

PARTS = {"RNN": ("h",), "LSTM": ("f", "i", "g", "o"), "GRU": ("r", "z", "n")}  # each has a W, a U and two biases


def parameters(cell: str, n: int, H: int, layers: int = 1, both: bool = False) -> dict[str, int]:
    """The parameters of a network by kind: "W" on the inputs, "U" on the state, "b" biases, two for each part.

    n inputs, H units a layer, `both` directions; a further layer reads H numbers, or 2 H. The sum is that of torch's
    nn.RNN, nn.LSTM or nn.GRU. Raises ValueError or TypeError for another cell, or sizes that are no whole numbers
    of at least 1.

    >>> parameters("LSTM", n=300, H=512)
    {'W': 614400, 'U': 1048576, 'b': 4096}
    """
    checks.one_of("cell", cell, list(PARTS))
    for name, size in (("n", n), ("H", H), ("layers", layers)):
        checks.integer(name, size)
    total = {"W": 0, "U": 0, "b": 0}
    for inputs in inputs_of_readers(n, H, layers, both):
        for kind, number in (("W", inputs * H), ("U", H * H), ("b", 2 * H)):
            total[kind] += len(PARTS[cell]) * number
    return total


def inputs_of_readers(n: int, H: int, layers: int, both: bool) -> list[int]:
    """How many numbers each reader gets at a step: one reader a layer and direction."""
    directions = 1 + both
    return [n if layer == 0 else directions * H for layer in range(layers) for _ in range(directions)]
