"""Exercise 08.2: what temperature does to a ratio."""

from __future__ import annotations

import numpy as np

from utils.course.exercises.answers import close, one_number, same_as
from utils.course.exercises.base import NotYet, register

CASES = ((9.0, 0.5), (0.25, 1.5))  # ratio, T
MISTAKES = {
    "the ratio is not divided by T: each logit is, and the ratio is exp of their difference.": lambda r, T: r / T,
    "the temperature acts the wrong way round: the exponent is 1 / T, since the logits are divided.":
        lambda r, T: r ** T,
    "that is the ratio at temperature 1: a difference of logits shrinks when T grows.": lambda r, T: r,
    "that is the logarithm of the ratio: take exp of it.": lambda r, T: np.log(r) / T,
    "the logits are the logarithms of the probabilities: it is exp(ln(ratio) / T), not exp(ratio / T).":
        lambda r, T: np.exp(r / T),
    "a high temperature brings the two closer together, and yours moves them apart.": lambda r, T: r * T,
}  # fmt: skip


@register("08.2", title="What temperature does to a ratio", minutes=5, difficulty="easy", answer="ratio_at",
          ending="`return` and the number", hints=(
    "Write down p_a / p_b with the softmax formula. The sum below the line is the same for both and cancels.",
    "What is left is exp(z_a / T) / exp(z_b / T) = exp((z_a - z_b) / T). At T = 1 it is `ratio`, so z_a - z_b = "
    "ln(ratio).",
    "exp(ln(ratio) / T) is ratio ** (1 / T).",
))  # fmt: skip
def check_ratio_at(answer) -> str:
    """Compare with ratio ** (1 / T); name the usual mistakes."""
    for ratio, T in CASES:
        mine, right = one_number(answer(ratio, T)), ratio ** (1 / T)
        if not close(mine, right):
            same_as(MISTAKES, mine, ratio, T)
            raise NotYet(f"at ratio = {ratio:g} and T = {T:g} the softmax gives {right:.4g}, and you give {mine:.4g}.")
    return "a lead of 9 to 1 is 81 to 1 at T = 0.5, and 4.3 to 1 at T = 1.5: that is all that temperature does."
