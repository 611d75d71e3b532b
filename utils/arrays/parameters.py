"""Where the weights of the NumPy cells come from: a torch module's state dict, or chance."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
from numpy import concatenate, ndarray

from utils.arrays.cells import GRU, LSTM, RNN, Cell
from utils.checks import integer

_OWN = re.compile(r"(?:cells\.(\d+)\.)?([WU](?:_[a-z])?\.(?:weight|bias))")
_TORCH = re.compile(r"((?:weight|bias)_[ih]h)(?:_l(\d+)(_reverse)?)?")
_STACKED = {1: ("",), 3: ("_r", "_z", "_n"), 4: ("_i", "_f", "_g", "_o")}  # the order in which torch stacks the maps
_KINDS = ((RNN, ("",)), (LSTM, ("_f", "_i", "_g", "_o")), (GRU, ("_r", "_z", "_n")))  # and that of the cells here


def cells_of(weights: dict[str, ndarray], prefix: str = "", nonlinearity="tanh", reset="after") -> list[Cell]:
    """The cells of a torch module from its state dict as arrays, of the weights whose names begin with `prefix`.

    One cell for each layer and direction in torch's order, from this course's names (cells.0.W_f.weight) or torch's
    (weight_ih_l0). Half precision becomes float32. Not in the weights are the nonlinearity of an RNN and where a GRU
    resets. ValueError when these are not the weights of an RNN, LSTM or GRU.
    """
    found: dict[tuple, dict[str, ndarray]] = {}
    for name, values in weights.items():
        if not name.startswith(prefix):
            continue
        own, torchs = (names.fullmatch(name.removeprefix(prefix)) for names in (_OWN, _TORCH))
        if not own and not torchs:
            raise ValueError(f"{name} is no weight of an RNN, LSTM or GRU, of this course or of torch.")
        place = (int(own[1] or 0), False) if own else (int(torchs[2] or 0), bool(torchs[3]))
        found.setdefault(place, {})[own[2] if own else torchs[1]] = single(values)
    if not found:
        raise ValueError(f"There are no weights whose names begin with {prefix!r}.")
    return [_cell(found[place], nonlinearity, reset) for place in sorted(found)]


def single(values: ndarray) -> ndarray:
    """Half precision as float32, anything else as it is."""
    return values.astype(np.float32) if values.dtype == np.float16 else values


def double(cell: Cell) -> Cell:
    """The same cell with its weights in float64."""
    weights = {name: values.astype(float) for name, values in vars(cell).items() if isinstance(values, ndarray)}
    return replace(cell, **weights)


def _cell(named: dict[str, ndarray], nonlinearity: str, reset: str) -> Cell:
    if "weight_ih" in named:
        named = _unstacked(named)
    kind, gates = next((kind, gates) for kind, gates in _KINDS if f"W{gates[0]}.weight" in named)
    W, U = (concatenate([named[f"{side}{gate}.weight"] for gate in gates]).T for side in "WU")
    zero = np.zeros(U.shape[0], U.dtype)
    b, d = ([named.get(f"{side}{gate}.bias", zero) for gate in gates] for side in "WU")
    W, U = np.ascontiguousarray(W), np.ascontiguousarray(U)
    if kind is GRU:
        return GRU(W, U, concatenate([b[0] + d[0], b[1] + d[1], b[2]]), d[2], reset)
    b = concatenate(b) + concatenate(d)
    return LSTM(W, U, b) if kind is LSTM else RNN(W, U, b, nonlinearity)


def _unstacked(stacked: dict[str, ndarray]) -> dict[str, ndarray]:
    """weight_ih (k H, n) and so on as W_f.weight (H, n) and so on."""
    gates = _STACKED[len(stacked["weight_ih"]) // stacked["weight_hh"].shape[1]]
    named = {}
    for name, values in stacked.items():
        kind, side = name.split("_")
        for gate, part in zip(gates, np.split(values, len(gates))):
            named[f"{'W' if side == 'ih' else 'U'}{gate}.{kind}"] = part
    return named


def uniform(kind: type, n: int, H: int, rng: np.random.Generator) -> Cell:
    """A cell of that kind, RNN, LSTM or GRU, with weights and biases uniform in +-1/sqrt(H), as torch draws them."""
    integer("n", n), integer("H", H)
    gates = dict(_KINDS)[kind]

    def draw(*shape):
        return rng.uniform(-(H**-0.5), H**-0.5, shape)

    named = {f"{side}{gate}.weight": draw(H, n if side == "W" else H) for side in "WU" for gate in gates}
    return _cell(named | {f"{side}{gate}.bias": draw(H) for side in "WU" for gate in gates}, "tanh", "after")


def orthogonal(H: int, rng: np.random.Generator) -> ndarray:
    """A matrix (H, H) that keeps all lengths, each equally probable (Haar's measure; Mezzadri 2007)."""
    Q, R = np.linalg.qr(rng.standard_normal((H, H)))
    return Q * np.sign(np.diag(R))
