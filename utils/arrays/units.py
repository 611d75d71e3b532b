"""Recurrent units of one number over a tape of inputs: what they hold at each step, and what goes back from the end.

Four have weights made by hand, chosen so that each part can be seen at work: a knock (x = 1) writes, a question
(x = -1) reads, and small noise does neither. What they keep in silence is set by `keep`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import ClassVar, NamedTuple

import numpy as np
from numpy import array, ndarray

from utils.arrays.cells import GRU, LSTM, RNN, Back, Cell
from utils.arrays.layers import Unrolled
from utils.arrays.parameters import cells_of
from utils.checks import number, one_of

KINDS = ("leaky", "rnn", "lstm", "gru")


class LeakyStep(NamedTuple):
    h: ndarray
    f: ndarray


@dataclass(frozen=True)
class Leaky:
    """h' = f h + (1 - f) x: the share f of the state stays, and the rest comes from the input."""

    f: float

    Step: ClassVar = LeakyStep
    states: ClassVar = ("h",)
    keeps: ClassVar = "f"

    @property
    def W(self) -> ndarray:
        return array([[1 - self.f]])

    @property
    def U(self) -> ndarray:
        return array([[self.f]])

    b: ClassVar = np.zeros(1)

    def step(self, a: ndarray, h: ndarray) -> LeakyStep:
        return LeakyStep(a + self.f * h, np.full_like(h, self.f))

    def back(self, s: LeakyStep, before: tuple, dh: ndarray) -> Back:
        return Back(dh, (dh,), (self.f * dh,), 0.0 * dh)


def unit(kind: str, keep: float) -> Leaky | Cell:
    """The unit of that kind that keeps the share `keep` of its memory in a silent step."""
    one_of("kind", kind, KINDS)
    b = logit(number("keep", keep, 0.01, 0.99))
    if kind == "leaky":
        return Leaky(keep)
    if kind == "rnn":
        return RNN(W=array([[1.0]]), U=array([[keep]]), b=array([0.0]))
    if kind == "lstm":  # columns f, i, g, o
        W, U = array([[-3.0, 10.0, 2.0, -4.0]]), array([[0.5, -1.0, 0.5, 1.0]])
        return LSTM(W, U, b=array([b, -7.0, 0.0, -1.0]))
    W, U = array([[-3.0, -6.0, 2.0]]), array([[1.0, 0.5, 0.5]])  # columns r, z, n
    return GRU(W, U, b=array([2.0, b, 0.0]), d=array([0.0]))


def trained(weights: dict) -> Cell:
    """The unit whose weights a network of one layer and one unit has learned, in float64.

    weights: the state dict of an nn.RNN, nn.LSTM or nn.GRU, or of this course's, as arrays or as tensors of the CPU.
    ValueError for other sizes.
    """
    cells = cells_of({name: np.asarray(values, np.float64) for name, values in weights.items()})
    if len(cells) > 1 or len(cells[0].U) > 1:
        raise ValueError(f"weights must be those of one unit, got {len(cells)} x {len(cells[0].U)}.")
    return cells[0]


def kind_of(cell: Leaky | Cell) -> str:
    """Its name in KINDS."""
    return type(cell).__name__.lower()


def shifted(cell: Cell, by: float) -> Cell:
    """The same unit with the bias of the gate that keeps moved: b_f of an LSTM, b_z of a GRU; of an RNN, U."""
    if isinstance(cell, RNN):
        return replace(cell, U=cell.U + by)
    return replace(cell, b=cell.b + by * (array([1, 0, 0, 0]) if isinstance(cell, LSTM) else array([0, 1, 0])))


def run(cell: Leaky | Cell, x) -> dict[str, ndarray]:
    """The unit over x, (T,) or (T, n), from a state of 0, and the gradient that goes back from the end.

    Returns each letter's values (T,): the states and gates; of an RNN its weight U and the slope s of its tanh, too.
    With them `all_ways`, the derivative of the last memory (c of an LSTM, else h) with respect to that of each step,
    (T,), and `alone`, what is left of it along the gates that keep, (T,); of an RNN, what its weight alone would leave.
    `through` is by what factor the way back through each step takes the size of it, (T,); 0 where nothing is left.
    """
    x = np.asarray(x, float)
    read = Unrolled(cell, x.reshape(len(x), -1))
    memory = cell.states[-1]
    end = np.zeros((len(x), 1))
    end[-1] = 1
    ends = (np.zeros_like(end), end) if memory == "c" else (end,)  # gradients of h, c
    back, by_gates = read.back(*ends), read.back(*ends, ways="gates")
    all_ways = back.states[memory][:, 0]
    sizes = np.abs(np.append(back.initial[memory], all_ways))  # (T + 1,)
    found = {letter: read[letter][:, 0] for letter in read.letters}
    found |= {"all_ways": all_ways, "alone": by_gates.states[memory][:, 0]}
    found["through"] = np.divide(sizes[:-1], sizes[1:], out=np.zeros(len(x)), where=sizes[1:] > 0)
    if isinstance(cell, RNN):
        U = cell.U.item()
        found |= {"U": np.full(len(x), U), "s": 1 - found["h"] ** 2, "alone": U ** np.arange(len(x))[::-1]}
    return found


def formulas(cell: Leaky | Cell) -> dict[str, str]:
    """Each letter's equation with its numbers, in one short line."""
    h, c = "hₜ₋₁", "cₜ₋₁"
    if isinstance(cell, Leaky):
        return {"f": f"{cell.f:.2f}, at every step", "h": f"f {h} + (1 − f) x"}
    n = len(cell.W)
    x = ["x"] if n == 1 else [f"x{chr(0x2081 + j)}" for j in range(n)]  # with a subscript
    U = cell.U[0]

    def total(column, b, *state):
        return _sum([(b, ""), *zip(cell.W[:, column], x), *state], short=n > 1)

    if isinstance(cell, RNN):
        return {"U": f"{U[0]:.3g}, at every step", "s": "1 − h²", "h": f"tanh({total(0, cell.b[0], (1, f'U {h}'))})"}
    if isinstance(cell, LSTM):
        gates = {gate: total(column, cell.b[column], (U[column], h)) for column, gate in enumerate("figo")}
        lines = {"c": f"f {c} + i g", "h": "o tanh(c)"}
    else:
        d = cell.d[0]
        news = (1, f"r ({_sum([(U[2], h), (d, '')], short=True)})") if d else (U[2], f"r {h}")
        gates = {gate: total(column, cell.b[column], (U[column], h)) for column, gate in enumerate("rz")}
        gates["n"] = total(2, cell.b[2], news)
        lines = {"h": f"z {h} + (1 − z) n"}
    return {gate: f"{'tanh' if gate in 'gn' else 'σ'}({words})" for gate, words in gates.items()} | lines


def logit(share: float) -> float:
    """The weighted sum at which a sigmoid is `share`."""
    return math.log(share / (1 - share))


def _sum(terms, short: bool) -> str:
    """Factors and names as a sum; `short` has one decimal and no spaces. No factor of 1 and no term of 0 is written."""
    words = ""
    for factor, name in terms:
        size = f"{abs(factor):.1f}".removesuffix(".0") if short else f"{abs(factor):.3g}"
        if float(size):
            size = name if name and size == "1" else size + name
            sign = "−" if factor < 0 else "+"
            words += f" {sign} {size}" if words else size if sign == "+" else f"−{size}"
    return (words.replace(" + ", "+").replace(" − ", "−") if short else words) or "0"
