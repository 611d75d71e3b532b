"""Exercise 02.2: the forget bias for a wanted half-life."""

from __future__ import annotations

import numpy as np

from utils.arrays.cells import sigmoid
from utils.arrays.memory import forget_bias_for as bias_for
from utils.arrays.memory import forget_gate_for as gate_for
from utils.course.exercises.answers import close, one_number, same_as
from utils.course.exercises.base import NotYet, register

CASES = (3, 400.5)  # half-lives


def _logit(f):
    return np.log(f / (1 - f))


MISTAKES = {
    "that is the gate f, not its bias: the sigmoid still has to be undone.": gate_for,
    "you took the sigmoid of f: undo the sigmoid instead, b = ln(f / (1 - f)).": lambda n: sigmoid(gate_for(n)),
    "the sign is the wrong way round: a longer memory needs a larger bias.": lambda n: -bias_for(n),
    "your memory falls to 1/e = 0.37 after half_life steps, not to a half: f = 0.5 ** (1 / half_life).":
        lambda n: _logit(np.exp(-1 / n)),
    "f = 1 - 1 / half_life is a rule of thumb for another time (the fall to 0.37); here f ** half_life must be 0.5.":
        lambda n: _logit(1 - 1 / n),
    "f = 1 / half_life makes a long memory forget fast: what must hold is f ** half_life = 0.5.":
        lambda n: _logit(1 / n),
    "that is ln f: f itself is 0.5 ** (1 / half_life), and its bias is ln(f / (1 - f)).": lambda n: np.log(gate_for(n)),
}  # fmt: skip


@register("02.2", title="The forget bias for a wanted half-life", minutes=5, difficulty="medium",
          answer="forget_bias_for", ending="`return` and the number", hints=(
    "Two steps: first the gate f that halves the memory in half_life steps, then the bias that opens it to f.",
    "f ** half_life = 0.5, so f = 0.5 ** (1 / half_life).",
    "f = sigmoid(b) means f = 1 / (1 + exp(-b)). Solve for b: b = ln(f / (1 - f)).",
))  # fmt: skip
def check_forget_bias_for(answer) -> str:
    """Compare with logit(0.5^(1/n)) at two half-lives n; name the usual mistakes."""
    for n in CASES:
        mine = one_number(answer(n))
        if not close(mine, bias_for(n)):
            same_as(MISTAKES, mine, n)
            f = sigmoid(mine)
            raise NotYet(
                f"for half_life = {n:g} your bias {mine:.4g} opens the gate to {f:.4f}, and after {n:g} steps "
                f"{f**n:.3f} of the memory is left instead of 0.5."
            )
    return "a half-life of 50 steps needs a bias of 4.27, and a fresh LSTM starts near 0."
