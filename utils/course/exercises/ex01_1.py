"""Exercise 01.1: the gain at which a gradient neither vanishes nor explodes."""

from __future__ import annotations

import math

import torch

from utils.course.exercises.answers import close, on_copies, one_number, same_as
from utils.course.exercises.base import NotYet, register

CASES = {  # each has a property that a wrong formula trips over
    "a matrix whose largest eigenvalue is negative": [[-2.0, 0.0, 0.0], [0.0, 1.5, 0.0], [0.0, 0.0, 0.8]],
    "a rotation, shrunk": [[0.48, -0.64], [0.64, 0.48]],  # complex eigenvalues of modulus 0.8
    "a matrix that is far from symmetric": [[0.5, 2.0], [0.0, 0.4]],
}


def _moduli(U):
    return torch.linalg.eigvals(U).abs()


MISTAKES = {
    "that is the spectral radius itself. The gain has to bring it to 1: divide 1 by it.": lambda U: _moduli(U).max(),
    "that is 1 over the Frobenius norm, which adds up all entries; over many steps the largest modulus of an "
    "eigenvalue decides.": lambda U: 1 / torch.linalg.matrix_norm(U),
    "that is 1 over the largest singular value. It bounds what a single step can do; over many steps the largest "
    "modulus of an eigenvalue decides.": lambda U: 1 / torch.linalg.matrix_norm(U, 2),
    "only the real parts were used. The eigenvalues are complex numbers: their modulus counts, .abs().":
        lambda U: 1 / torch.linalg.eigvals(U).real.abs().max(),
    "you left out the modulus: an eigenvalue of -2 makes a gradient grow as 2 does. Take .abs() before .max().":
        lambda U: 1 / torch.linalg.eigvals(U).real.max(),
    "you used eigvalsh or eigh, which are for symmetric matrices only; use torch.linalg.eigvals.":
        lambda U: 1 / torch.linalg.eigvalsh(U).abs().max(),
    "the smallest modulus was taken; the largest one decides what becomes of a gradient.":
        lambda U: 1 / _moduli(U).min(),
    "the mean of the moduli was taken; after many steps only the largest one is left.": lambda U: 1 / _moduli(U).mean(),
}  # fmt: skip


@register("01.1", title="The gain at which a gradient neither vanishes nor explodes", minutes=5, difficulty="easy",
          answer="critical_gain", ending="`return` and the number", hints=(
    "Over many steps, only the eigenvalue of U with the largest modulus counts: call its modulus rho.",
    "Multiplying a matrix by a number multiplies each of its eigenvalues by that number: gain * rho should be 1.",
    "torch.linalg.eigvals(U) gives the eigenvalues as complex numbers, .abs() their moduli, .max() the largest.",
))  # fmt: skip
def check_critical_gain(answer) -> str:
    """Compare with 1 / spectral radius on three matrices; name the formula behind a wrong number."""
    for name, rows in CASES.items():
        U = torch.tensor(rows, dtype=torch.float64)
        gain, rho = one_number(on_copies(answer, {"U": U})), float(_moduli(U).max())
        if not math.isfinite(gain):
            raise NotYet(f"the gain should be a finite number, and it is {gain}.")
        if not close(gain, 1 / rho):
            same_as(MISTAKES, gain, U, before=f"for {name} ")
            raise NotYet(
                f"for {name} your gain is {gain:.4g}: after 100 steps a gradient would be "
                f"{(abs(gain) * rho) ** 100:.1e} times as long, and it should neither vanish nor grow without end; "
                "the gain is positive."
            )
    return "with this gain a gradient in a linear network is still there after any number of steps."
