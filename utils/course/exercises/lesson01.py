"""Exercises of lesson 01: the critical gain, and the gradient's norm at each step."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from utils.course.exercises.answers import one_number
from utils.course.exercises.base import NotYet, register

# Matrices that tell the usual mistakes apart: each has one property that a wrong formula trips over.
_ROTATION = torch.tensor([[0.6, -0.8], [0.8, 0.6]], dtype=torch.float64)  # complex eigenvalues of modulus 1


def _matrices() -> dict[str, Tensor]:
    generator = torch.Generator().manual_seed(1)
    random = torch.randn(16, 16, dtype=torch.float64, generator=generator) / 3
    return {
        "a diagonal matrix": torch.diag(torch.tensor([0.5, 0.2, 0.1], dtype=torch.float64)),
        "a matrix whose largest eigenvalue is negative": torch.diag(
            torch.tensor([-2.0, 1.0, 0.5], dtype=torch.float64)
        ),
        "a rotation, shrunk": 0.8 * _ROTATION,
        "a matrix that is far from symmetric": torch.tensor([[0.5, 9.0], [0.0, 0.4]], dtype=torch.float64),
        "a random matrix": random,
    }


def _moduli(U: Tensor) -> Tensor:
    return torch.linalg.eigvals(U).abs()


GAIN_MISTAKES = (  # what a wrong formula gives, and the sentence for it
    (
        lambda U: _moduli(U).max(),
        "that is the spectral radius itself. The gain has to bring it to 1: divide 1 by it.",
    ),
    (
        lambda U: 1 / torch.linalg.matrix_norm(U),
        "that is 1 over the Frobenius norm, which adds up all entries; over many steps the largest modulus of an "
        "eigenvalue decides.",
    ),
    (
        lambda U: 1 / torch.linalg.matrix_norm(U, 2),
        "that is 1 over the largest singular value. It bounds what a single step can do; over many steps the largest "
        "modulus of an eigenvalue decides.",
    ),
    (
        lambda U: 1 / torch.linalg.eigvals(U).real.abs().max(),
        "only the real parts were used. The eigenvalues are complex numbers: their modulus counts, .abs().",
    ),
    (
        lambda U: 1 / torch.linalg.eigvals(U).real.max(),
        "you left out the modulus: an eigenvalue of -2 makes a gradient grow as 2 does. Take .abs() before .max().",
    ),
    (
        lambda U: 1 / torch.linalg.eigvalsh(U).abs().max(),
        "you used eigvalsh or eigh, which are for symmetric matrices only; use torch.linalg.eigvals.",
    ),
    (
        lambda U: 1 / _moduli(U).min(),
        "the smallest modulus was taken; the largest one decides what becomes of a gradient.",
    ),
    (
        lambda U: 1 / _moduli(U).mean(),
        "the mean of the moduli was taken; after many steps only the largest one is left.",
    ),
)


@register(
    "01.1",
    title="The gain at which a gradient neither vanishes nor explodes",
    minutes=5,
    difficulty="easy",
    answer="critical_gain",
    hints=(
        "Over many steps, only the eigenvalue of U with the largest modulus counts: call its modulus rho.",
        "Multiplying a matrix by a number multiplies each of its eigenvalues by that number: gain * rho should be 1.",
        "torch.linalg.eigvals(U) gives the eigenvalues as complex numbers, .abs() their moduli, .max() the largest.",
    ),
)
def check_critical_gain(answer) -> str:
    """Compare with 1 / spectral radius on several matrices; name the formula behind a wrong number."""
    for name, U in _matrices().items():
        given = U.clone()
        gain = _gain(answer(given))
        if not torch.equal(given, U):
            raise NotYet("because your function changes the matrix U; compute with it, but leave it alone.")
        rho = float(_moduli(U).max())
        if math.isclose(gain, 1 / rho, rel_tol=1e-6):
            continue
        for mistake, sentence in GAIN_MISTAKES:
            if math.isclose(gain, float(mistake(U)), rel_tol=1e-6):
                raise NotYet(f"because for {name} {sentence}")
        left = (abs(gain) * rho) ** 100
        raise NotYet(
            f"because for {name} your gain is {gain:.4g}: after 100 steps a gradient would be {left:.1e} times as "
            "long, and it should neither vanish nor grow without end; the gain is positive."
        )
    return "with this gain a gradient in a linear network is still there after any number of steps."


def _gain(value) -> float:
    number = one_number("critical_gain", value)
    if not math.isfinite(number):
        raise NotYet(f"because the gain should be a finite number, and it is {number}.")
    return number


def _sequence(H: int, T: int, seed: int) -> tuple[Tensor, Tensor, Tensor]:
    """U (H, H), the states h (T, H) of a tanh network with random inputs, and a random dL/dh_T (H,); float64."""
    generator = torch.Generator().manual_seed(seed)
    U, a = (torch.randn(n, H, dtype=torch.float64, generator=generator) for n in (H, T))
    U, h, hs = 0.8 * U / H**0.5, torch.zeros(H, dtype=torch.float64), []
    for a_t in a:
        h = torch.tanh(0.7 * a_t + U @ h)
        hs.append(h)
    return U, torch.stack(hs), torch.randn(H, dtype=torch.float64, generator=generator)


def _norms(U, h, g, slope=lambda h, t: 1 - h[t] ** 2, across=lambda g, U: g @ U) -> Tensor:
    """The right answer (T,); `slope` and `across` make the usual mistakes."""
    norms = [g.norm()]
    for t in reversed(range(1, len(h))):
        g = across(g * slope(h, t), U)
        norms.append(g.norm())
    return torch.stack(norms[::-1])


def _jacobian_norms(U, h, g) -> Tensor:
    """Norms of the products of Jacobians, without the gradient that they are applied to."""
    product, norms = torch.eye(len(U), dtype=U.dtype), []
    for t in reversed(range(len(h))):
        norms.append(torch.linalg.matrix_norm(product, 2))
        product = product @ ((1 - h[t] ** 2)[:, None] * U)
    return torch.stack(norms[::-1])


def _no_product(U, h, g) -> Tensor:
    """Each step's Jacobian applied to the last gradient alone."""
    return torch.stack([((g * (1 - h_t**2)) @ U).norm() for h_t in h[1:]] + [g.norm()])


NORM_MISTAKES = (
    (
        lambda U, h, g: _norms(U, h, g).flip(0),
        "the order is reversed: the first number belongs to h_1 and the last one to h_T. Turn the list round before "
        "you return it.",
    ),
    (
        lambda U, h, g: _norms(U, h, g, slope=lambda h, t: torch.ones_like(h[t])),
        "the slope of tanh is missing: multiply by 1 - h_t ** 2 before the product with U.",
    ),
    (
        lambda U, h, g: _norms(U, h, g, across=lambda g, U: U @ g),
        "U should be U transposed: the row vector dL/dh times U is `g @ U`, which is `U.T @ g` and not `U @ g`.",
    ),
    (
        lambda U, h, g: _norms(U, h, g, slope=lambda h, t: 1 - h[t - 1] ** 2),
        "the slope is taken one step too early: on the way from h_t to h_{t-1} it is 1 - h_t ** 2, of the later state.",
    ),
    (
        lambda U, h, g: _norms(U, h, g, slope=lambda h, t: 1 - h[t]),
        "the slope of tanh needs a square: 1 - h_t ** 2, not 1 - h_t.",
    ),
    (
        lambda U, h, g: _norms(U, h, g, slope=lambda h, t: 1 - torch.tanh(h[t]) ** 2),
        "tanh was applied twice: h_t is already the output of tanh, so its slope is 1 - h_t ** 2.",
    ),
    (
        lambda U, h, g: _norms(U, torch.cat([h, h[-1:]]), g)[:-1],
        "everything is one step late: the last number should be the norm of dL/dh_T itself, before any Jacobian.",
    ),
    (
        _jacobian_norms,
        "these are the norms of the Jacobians' product alone: apply it to the row vector dL/dh_T, then take the norm.",
    ),
    (_no_product, "each step begins again from dL/dh_T: carry the gradient of step t on to step t - 1."),
    (lambda U, h, g: _norms(U, h, g) ** 2, "the norms are squared: take the square root of the sum of squares."),
)


@register(
    "01.2",
    title="The gradient's norm at each step",
    minutes=10,
    difficulty="medium",
    answer="gradient_norm_per_step",
    hints=(
        "Start at the end: g = dL_dh_T, whose norm is the last of the T numbers. Then go backward through time.",
        "One step back is one Jacobian, in two moves: multiply g by the slope 1 - h[t] ** 2, then from the right by U.",
        "for t in reversed(range(1, T)): g = (g * (1 - h[t] ** 2)) @ U. Note g.norm() each time; turn the list round.",
    ),
)
def check_gradient_norm_per_step(answer) -> str:
    """Compare with autograd on several sequences; name the usual mistakes."""
    for H, T, seed in ((4, 6, 0), (7, 12, 1), (3, 1, 2)):
        U, h, g = _sequence(H, T, seed)
        given = [value.clone() for value in (U, h, g)]
        norms = _numbers(answer(*given), T)
        if not all(torch.equal(a, b) for a, b in zip(given, (U, h, g))):
            raise NotYet("because your function changes U, h or dL_dh_T; write g = g * ... to leave them alone.")
        right = _norms(U, h, g)
        for mistake, sentence in NORM_MISTAKES:
            if T > 1 and torch.allclose(norms, mistake(U, h, g), rtol=1e-5):
                raise NotYet(f"because {sentence}")
        if not torch.allclose(norms, right, rtol=1e-5):
            t = int((~torch.isclose(norms, right, rtol=1e-5)).nonzero().max())
            raise NotYet(
                f"because with H = {H} and T = {T} the norm at step {t + 1} should be {right[t]:.4g}, "
                f"and yours is {norms[t]:.4g}."
            )
    return "these are autograd's numbers, and you know where each factor comes from."


def _numbers(value, T: int) -> Tensor:
    """The answer as (T,) floats, or the reason why it cannot be."""
    if value is None:
        raise NotYet("because gradient_norm_per_step returns nothing: end it with `return` and the T norms.")
    try:
        norms = torch.tensor([float(norm) for norm in value], dtype=torch.float64)
    except (TypeError, ValueError, RuntimeError):
        raise NotYet("because the answer should be one number for each step: take .norm() of each gradient.") from None
    if len(norms) != T:
        raise NotYet(f"because for {T} steps there should be {T} norms, from h_1 to h_T, and there are {len(norms)}.")
    return norms
