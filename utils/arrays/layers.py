"""The cells over time in NumPy: a sequence that was read, and the way back through it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy import ndarray

from utils.arrays.cells import Cell
from utils.checks import one_of


class Gradients(NamedTuple):
    """What `Unrolled.back` gives: the gradients of x (..., T, n), of each state by its letter at every step
    (..., T, H), of each state before the first step (..., H), and of a = x W + b (..., T, k H)."""

    x: ndarray
    states: dict[str, ndarray]
    initial: dict[str, ndarray]
    a: ndarray


class Unrolled:
    """A sequence that a cell has read: every state and gate at every step, and the way back.

    x: (..., T, n). initial: the state or states before the first step, (..., H) each; zero when None.
    lengths: for x (B, T, n), B integers from 0 to T; steps past a length are not read, their letters are 0.
    backward: from the last word of each sequence to the first; all is laid out in the order of x nevertheless.
    letters: which letters there are. unrolled["h"] is h at every step, (..., T, H).
    Where the weights of several cells are stacked, W (..., n, k H), each reads its own sequence.
    """

    def __init__(self, cell: Cell, x, initial: tuple | None = None, lengths=None, backward: bool = False):
        x = np.asarray(x, dtype=cell.W.dtype)
        if x.ndim < 2 or 0 in x.shape or x.shape[-1] != cell.W.shape[-2]:
            raise ValueError(f"x must have shape (..., T, {cell.W.shape[-2]}), got {x.shape}.")
        self.cell, self.lengths, self.backward = cell, lengths, backward
        self.real = None if lengths is None else mask(lengths, x.shape[-2])  # (B, T)
        if self.real is not None and x.shape[:-2] != self.real.shape[:1]:
            raise ValueError(f"lengths must be {len(x)} integers, one for each sequence of x (B, T, n), got {lengths}.")
        self.x = self._by_time(x)  # (T, ..., n)
        a = self.x @ cell.W + cell.b  # (T, ..., k H)
        if initial is None:
            initial = (np.zeros((*a.shape[1:-1], cell.U.shape[-2]), a.dtype),) * len(cell.states)
        self.letters, self.initial, self.steps = cell.Step._fields, initial, []
        states = initial
        for t, a_t in enumerate(a):
            step = cell.step(a_t, *states)
            if self.real is not None and not self.real[:, t].all():
                step = cell.Step(*(np.where(self.real[:, t, None], value, 0) for value in step))
            self.steps.append(step)
            states = step[: len(cell.states)]

    def __getitem__(self, letter: str) -> ndarray:
        at = self.letters.index(one_of("letter", letter, self.letters))
        return self._as_given(np.stack([step[at] for step in self.steps]))

    def last(self) -> tuple[ndarray, ...]:
        """The states after the last step that each sequence has, (..., H) each."""
        states = [np.stack([step[at] for step in self.steps]) for at in range(len(self.cell.states))]
        if self.lengths is None:
            return tuple(values[-1] for values in states)
        at, rows = np.asarray(self.lengths) - 1, np.arange(len(self.lengths))
        return tuple(np.where((at < 0)[:, None], first, v[at, rows]) for first, v in zip(self.initial, states))

    def back(self, dh=None, dc=None, ways: str = "all") -> Gradients:
        """Gradients of a loss from its own gradients dh of h and dc of c at every step, (..., T, H); None is zero.

        ways: "all", or "gates", only along the gate that keeps: f from c to c, z from h to h. What each step hands
        from h through U to the gates of the next is then left out, and a plain RNN hands on nothing.
        More axes in front of dh stand for as many losses.
        """
        one_of("ways", ways, ("all", "gates"))
        cell, n = self.cell, len(self.cell.states)
        own = [None if d is None else self._by_time(np.asarray(d, self.x.dtype)) for d in (dh, dc)[:n]]
        flow, a, states = [np.zeros_like(value) for value in self.initial], [], []
        for t in reversed(range(len(self.steps))):
            total = [value if d is None else value + d[t] for value, d in zip(flow, own)]
            step = cell.back(self.steps[t], self.steps[t - 1][:n] if t else self.initial, *total)
            flow = list(step.kept)
            if ways == "all":
                flow[0] = flow[0] + step.through
            a.append(step.a)
            states.append(step.states)
        a = np.stack(a[::-1])  # (T, ..., k H)
        states = {name: self._as_given(np.stack(d[::-1])) for name, d in zip(cell.states, zip(*states))}
        initial = {name: d + np.zeros_like(first) for name, d, first in zip(cell.states, flow, self.initial)}
        return Gradients(self._as_given(a @ np.swapaxes(cell.W, -1, -2)), states, initial, self._as_given(a))

    def of_weights(self, gradients: Gradients) -> dict[str, ndarray]:
        """The gradients of W, U, b (and d), summed over all steps and sequences, shaped as the cell's own."""

        def rows(values):  # (T, ..., m) -> (N, m)
            return values.reshape(-1, values.shape[-1])

        da = rows(self._by_time(gradients.a))
        before = np.stack([self.initial[0], *(step.h for step in self.steps[:-1])])
        steps = self.cell.Step(*(rows(np.stack(values)) for values in zip(*self.steps)))
        recurrent = self.cell.of_recurrent_weights(steps, rows(before), da)
        return {"W": rows(self.x).T @ da, "b": da.sum(0), **recurrent}

    def _by_time(self, values: ndarray) -> ndarray:
        """(..., T, m) in the order of reading, as (T, ..., m), 0 past a length."""
        if self.real is not None:
            values = np.where(self.real[..., None], values, 0)
        if self.backward:
            values = reverse(values, self.lengths)
        return np.ascontiguousarray(np.moveaxis(values, -2, 0))

    def _as_given(self, values: ndarray) -> ndarray:
        """(T, ..., m) back as (..., T, m), in the order of x."""
        values = np.moveaxis(values, 0, -2)
        return reverse(values, self.lengths) if self.backward else values


def mask(lengths, T: int) -> ndarray:
    """(B, T) of True where a step belongs to its sequence, from lengths (B,). ValueError for others."""
    lengths = np.asarray(lengths)
    if lengths.ndim != 1 or lengths.dtype.kind not in "iu" or lengths.min() < 0 or lengths.max() > T:
        raise ValueError(f"lengths must be integers from 0 to {T}, one for each sequence, got {lengths.tolist()}.")
    return np.arange(T) < lengths[:, None]


def reverse(x: ndarray, lengths=None) -> ndarray:
    """Each sequence of x (..., T, m) turned round within its own length; what is past it stays."""
    if lengths is None:
        return x[..., ::-1, :]
    real, t = mask(lengths, x.shape[-2]), np.arange(x.shape[-2])
    source = np.where(real, np.asarray(lengths)[:, None] - 1 - t, t)  # (B, T)
    return x[..., np.arange(len(source))[:, None], source, :]
