"""Exercise 01.2: the gradient's norm at each step."""

from __future__ import annotations

import torch
from torch import Tensor

from utils.course.exercises.answers import as_array, close, on_copies, same_as, wrong_rows
from utils.course.exercises.base import NotYet, register

CASES = ((4, 6), (3, 1))  # H, T


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


MISTAKES = {
    "the order is reversed: the first number belongs to h_1 and the last one to h_T. Turn the list round before "
    "you return it.": lambda *given: _norms(*given).flip(0),
    "the slope of tanh is missing: multiply by 1 - h_t ** 2 before the product with U.": {"slope": lambda h, t: 1},
    "U should be U transposed: the row vector dL/dh times U is `g @ U`, which is `U.T @ g` and not `U @ g`.":
        {"across": lambda g, U: U @ g},
    "the slope is taken one step too early: on the way from h_t to h_{t-1} it is 1 - h_t ** 2, of the later state.":
        {"slope": lambda h, t: 1 - h[t - 1] ** 2},
    "the slope of tanh needs a square: 1 - h_t ** 2, not 1 - h_t.": {"slope": lambda h, t: 1 - h[t]},
    "tanh was applied twice: h_t is already the output of tanh, so its slope is 1 - h_t ** 2.":
        {"slope": lambda h, t: 1 - torch.tanh(h[t]) ** 2},
    "everything is one step late: the last number should be the norm of dL/dh_T itself, before any Jacobian.":
        lambda U, h, g: _norms(U, torch.cat([h, h[-1:]]), g)[:-1],
    "these are the norms of the Jacobians' product alone: apply it to the row vector dL/dh_T, then take the norm.":
        _jacobian_norms,
    "each step begins again from dL/dh_T: carry the gradient of step t on to step t - 1.":
        lambda U, h, g: torch.stack([(g * (1 - h_t ** 2) @ U).norm() for h_t in h[1:]] + [g.norm()]),
    "the norms are squared: take the square root of the sum of squares.": lambda *given: _norms(*given) ** 2,
}  # fmt: skip


@register("01.2", title="The gradient's norm at each step", minutes=10, difficulty="medium",
          answer="gradient_norm_per_step", ending="`return` and the T norms", hints=(
    "Start at the end: g = dL_dh_T, whose norm is the last of the T numbers. Then go backward through time.",
    "One step back is one Jacobian, in two moves: multiply g by the slope 1 - h[t] ** 2, then from the right by U.",
    "for t in reversed(range(1, T)): g = (g * (1 - h[t] ** 2)) @ U. Note g.norm() each time; turn the list round.",
))  # fmt: skip
def check_gradient_norm_per_step(answer) -> str:
    """Compare with the chain rule on two sequences; name the usual mistakes."""
    for H, T in CASES:
        given = _sequence(H, T)
        norms, right = _numbers(on_copies(answer, given), T), _norms(*given.values())
        if not close(norms, right):
            same_as(MISTAKES, norms, *given.values(), right=_norms)
            t = wrong_rows(norms, right)[-1]  # the first on the way back
            raise NotYet(
                f"with H = {H} and T = {T} the norm at step {t + 1} should be {right[t]:.4g}, and yours is "
                f"{norms[t]:.4g}."
            )
    return "these are autograd's numbers, and you know where each factor comes from."


def _sequence(H: int, T: int) -> dict[str, Tensor]:
    """U (H, H), the states h (T, H) of a tanh network with random inputs, and a random dL/dh_T (H,); float64."""
    generator = torch.Generator().manual_seed(0)
    U, a = (torch.randn(n, H, dtype=torch.float64, generator=generator) for n in (H, T))
    U, h, hs = 0.8 * U / H**0.5, torch.zeros(H, dtype=torch.float64), []
    for a_t in a:
        h = torch.tanh(0.7 * a_t + U @ h)
        hs.append(h)
    return {
        "U": U, "h": torch.stack(hs), "dL_dh_T": torch.randn(H, dtype=torch.float64, generator=generator)
    }  # fmt: skip


def _numbers(value, T: int):
    """The answer as (T,) floats, or the reason why it cannot be."""
    try:
        norms = as_array([float(norm) for norm in value])
    except (TypeError, ValueError, RuntimeError):
        raise NotYet("the answer should be one number for each step: take .norm() of each gradient.") from None
    if len(norms) != T:
        raise NotYet(f"for {T} steps there should be {T} norms, from h_1 to h_T, and there are {len(norms)}.")
    return norms
