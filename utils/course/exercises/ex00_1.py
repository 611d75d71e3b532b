"""Exercise 00.1: write the leaky unit."""

from __future__ import annotations

import numpy as np

from utils.course.exercises.answers import as_array, close, on_copies, same_as, wrong_rows
from utils.course.exercises.base import NotYet, register

X = [1.0, 0.0, 0.0, 2.0, 0.0, -1.0]  # begins with a knock, so that a wrong beginning shows
CASES = (0.9, 0.25)  # values of f


def _leaky(x, f, keep=1.0, hear=None, h=0.0):
    """The right answer; the other arguments make the usual mistakes."""
    hs = []
    for x_t in x:
        h = keep * f * h + (1 - f if hear is None else hear) * x_t
        hs.append(h)
    return hs


MISTAKES = {
    "f and 1 - f have changed places: f belongs to the memory h, 1 - f to the news x.": lambda x, f: _leaky(x, 1 - f),
    "every x_t comes in whole: multiply it by (1 - f).": {"hear": 1.0},
    "nothing is kept from one step to the next: h_t needs f * h of the step before.": {"keep": 0},
    "the first h is x_1 itself: h is 0 before the first step, so h_1 = (1 - f) * x_1.":
        lambda x, f: [x[0], *_leaky(x[1:], f, h=x[0])],
}  # fmt: skip


@register("00.1", title="Write the leaky unit", minutes=3, difficulty="easy", answer="leaky",
          ending="`return` and the list of all h_t", hints=(
    "Keep one number h. It is 0 before the first step; then take the x_t in turn with a for loop.",
    "One line does the remembering: h = f * h + (1 - f) * x_t.",
    "Begin with hs = [], append h to it at each step, and return hs after the loop.",
))  # fmt: skip
def check_leaky(answer) -> str:
    """Compare with h_t = f h_{t-1} + (1 - f) x_t at two values of f; name the usual mistakes."""
    for f in CASES:
        h, right = _numbers(on_copies(answer, {"x": X, "f": f})), _leaky(X, f)
        if not close(h, right):
            same_as(MISTAKES, h, X, f, right=_leaky)
            t = wrong_rows(h, right)[0]
            raise NotYet(f"with x = {X} and f = {f}, h_{t + 1} should be {right[t]:.4g}, and yours is {h[t]:.4g}.")
    return "your unit remembers. Every network of this course is built around a line like yours."


def _numbers(h) -> np.ndarray:
    """The answer as (T,) floats, or the reason why it cannot be."""
    try:
        numbers = as_array([float(value) for value in h])
    except (TypeError, ValueError):
        raise NotYet(f"leaky should return a list with one number for each step, and it returns {h!r}.") from None
    if len(numbers) == len(X) + 1:
        raise NotYet("there is one h too many: the 0 before the first step does not belong in the list.")
    if len(numbers) != len(X):
        raise NotYet(f"for {len(X)} numbers in x there should be {len(X)} in the answer, and there are {len(numbers)}.")
    return numbers
