"""One time step of the three cells in NumPy, there and back, one gate a line in the letters of the equations.

The weights of all gates stand side by side, so that one product gives what the input brings, a = x W + b, and one what
the state brings, h U. x is (..., n), h and c are (..., H), k is the number of maps: 1, 4 or 3. `step` takes a and the
states before it. `back` takes the gradients of a loss at the new states, from all that comes after the step.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np
from numpy import concatenate, ndarray, tanh


class Back(NamedTuple):
    """Gradients that `back` gives, of one step: of a, of the states before it, by two ways that add up."""

    a: ndarray  # (..., k H): of the input's part, a = x W + b
    states: tuple  # of the states after the step, with what each hands on to the other, (..., H)
    kept: tuple  # of each state before it, along the gate that keeps, (..., H); 0.0 where there is none
    through: ndarray  # of h before it, through the matrix U, (..., H)


class RNNStep(NamedTuple):
    h: ndarray


class LSTMStep(NamedTuple):
    h: ndarray
    c: ndarray
    f: ndarray
    i: ndarray
    g: ndarray
    o: ndarray


class GRUStep(NamedTuple):
    h: ndarray
    r: ndarray
    z: ndarray
    n: ndarray


@dataclass(frozen=True)
class RNN:
    """h' = tanh(x W + h U + b), or relu in place of tanh (Elman 1990)."""

    W: ndarray  # (n, H)
    U: ndarray  # (H, H)
    b: ndarray  # (H,)
    nonlinearity: str = "tanh"

    Step: ClassVar = RNNStep
    states: ClassVar = ("h",)
    keeps: ClassVar = None  # the letter of the gate that keeps

    def step(self, a: ndarray, h: ndarray) -> RNNStep:
        h = tanh(a + h @ self.U) if self.nonlinearity == "tanh" else np.maximum(a + h @ self.U, 0)
        return RNNStep(h)

    def back(self, s: RNNStep, before: tuple, dh: ndarray) -> Back:
        da = dh * (1 - s.h**2 if self.nonlinearity == "tanh" else s.h > 0)
        return Back(da, (dh,), (0.0,), da @ turned(self.U))

    def of_recurrent_weights(self, s: RNNStep, h: ndarray, da: ndarray) -> dict[str, ndarray]:
        """The gradient of U from letters s, states before h and gradients da of all steps, (N, ...)."""
        return {"U": h.T @ da}


@dataclass(frozen=True)
class LSTM:
    """The LSTM (Hochreiter and Schmidhuber 1997, with the forget gate of Gers et al. 2000)."""

    W: ndarray  # (n, 4 H), columns in the order f, i, g, o
    U: ndarray  # (H, 4 H)
    b: ndarray  # (4 H,)

    Step: ClassVar = LSTMStep
    states: ClassVar = ("h", "c")
    keeps: ClassVar = "f"

    def step(self, a: ndarray, h: ndarray, c: ndarray) -> LSTMStep:
        a_f, a_i, a_g, a_o = split(a + h @ self.U, 4)
        f = sigmoid(a_f)
        i = sigmoid(a_i)
        g = tanh(a_g)
        o = sigmoid(a_o)
        c = f * c + i * g
        h = o * tanh(c)
        return LSTMStep(h, c, f, i, g, o)

    def back(self, s: LSTMStep, before: tuple, dh: ndarray, dc: ndarray) -> Back:
        (_, c), (_, new_c, f, i, g, o) = before, s
        shown = tanh(new_c)
        dc = dc + dh * o * (1 - shown**2)
        da_f = dc * c * f * (1 - f)
        da_i = dc * g * i * (1 - i)
        da_g = dc * i * (1 - g**2)
        da_o = dh * shown * o * (1 - o)
        da = concatenate([da_f, da_i, da_g, da_o], axis=-1)
        return Back(da, (dh, dc), (0.0, dc * f), da @ turned(self.U))

    def of_recurrent_weights(self, s: LSTMStep, h: ndarray, da: ndarray) -> dict[str, ndarray]:
        return {"U": h.T @ da}


@dataclass(frozen=True)
class GRU:
    """The GRU in both variants; z keeps.

    reset="after": n = tanh(a_n + r (h U_n + d)), as torch and cuDNN have it. reset="before": n = tanh(a_n + (r h) U_n
    + d), as Cho et al. 2014 have it.
    """

    W: ndarray  # (n, 3 H), columns in the order r, z, n
    U: ndarray  # (H, 3 H)
    b: ndarray  # (3 H,)
    d: ndarray  # (H,), the bias of h U_n
    reset: str = "after"

    Step: ClassVar = GRUStep
    states: ClassVar = ("h",)
    keeps: ClassVar = "z"

    def step(self, a: ndarray, h: ndarray) -> GRUStep:
        H = h.shape[-1]
        a_r, a_z, a_n = split(a, 3)
        u_r, u_z = split(h @ self.U[..., : 2 * H], 2)
        r = sigmoid(a_r + u_r)
        z = sigmoid(a_z + u_z)
        n = tanh(a_n + (r * self._news(h) if self.reset == "after" else self._news(r * h)))
        h = (1 - z) * n + z * h
        return GRUStep(h, r, z, n)

    def back(self, s: GRUStep, before: tuple, dh: ndarray) -> Back:
        (h,), (_, r, z, n) = before, s
        U_n = self.U[..., 2 * h.shape[-1] :]
        da_n = dh * (1 - z) * (1 - n**2)
        da_z = dh * (h - n) * z * (1 - z)
        if self.reset == "after":
            dr = da_n * self._news(h)
            through = (da_n * r) @ turned(U_n)
        else:
            dr = da_n @ turned(U_n) * h
            through = da_n @ turned(U_n) * r
        da_r = dr * r * (1 - r)
        da = concatenate([da_r, da_z, da_n], axis=-1)
        through = through + da[..., : 2 * h.shape[-1]] @ turned(self.U[..., : 2 * h.shape[-1]])
        return Back(da, (dh,), (dh * z,), through)

    def of_recurrent_weights(self, s: GRUStep, h: ndarray, da: ndarray) -> dict[str, ndarray]:
        da_r, da_z, da_n = split(da, 3)
        if self.reset == "after":
            dU_n, dd = h.T @ (da_n * s.r), (da_n * s.r).sum(0)
        else:
            dU_n, dd = (s.r * h).T @ da_n, da_n.sum(0)
        return {"U": concatenate([h.T @ da_r, h.T @ da_z, dU_n], axis=-1), "d": dd}

    def _news(self, h: ndarray) -> ndarray:
        return h @ self.U[..., 2 * h.shape[-1] :] + self.d


Cell = RNN | LSTM | GRU


def sigmoid(a: ndarray) -> ndarray:
    """1 / (1 + exp(-a)), without overflow."""
    return 0.5 + 0.5 * tanh(0.5 * a)


def split(a: ndarray, k: int) -> list[ndarray]:
    """a (..., k H) as k arrays (..., H)."""
    H = a.shape[-1] // k
    return [a[..., j * H : (j + 1) * H] for j in range(k)]


def turned(U: ndarray) -> ndarray:
    """The transposed of the last two axes."""
    return np.swapaxes(U, -1, -2)
