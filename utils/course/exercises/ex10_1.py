"""Exercise 10.1: from which length on two models differ by more than luck."""

from __future__ import annotations

import math

import numpy as np

from utils.course.exercises.answers import on_copies, same_as
from utils.course.exercises.base import NotYet, register

LEVEL = 0.05
_CLOSE = [0.81, 0.84, 0.86, 0.90, 0.94], [0.80, 0.85, 0.87, 0.89, 0.95]
_APART = [0.11, 0.13, 0.20, 0.24, 0.31], [0.55, 0.62, 0.71, 0.80, 0.93]
_LUCK = [0.70, 0.71, 0.745, 0.78, 0.81], [0.50, 0.53, 0.57, 0.69, 0.73]  # p = 0.04: of one length it would do
_SPLIT = [0.98, 0.985, 0.99, 0.995, 1.0], [0.10, 0.20, 0.90, 0.95, 0.97]  # no bell curve
CASES = (  # lengths, and for each the accuracies of both models with 5 seeds; the answer is clear
    ((10, 50, 100, 200), (_CLOSE, _APART, _APART, _APART)),
    ((100, 10, 200, 50), (_APART[::-1], _CLOSE, _APART[::-1], _APART[::-1])),
    ((10, 50, 100, 200), (_CLOSE, _LUCK, _CLOSE, _CLOSE)),
    ((10, 50, 100, 200), (_CLOSE, _SPLIT, _CLOSE, _CLOSE)),
)


def given(lengths, pairs) -> tuple:
    """The three arguments of one case: lengths, and the accuracies (lengths, 5) of each model."""
    return lengths, *(np.array([pair[k] for pair in pairs]) for k in (0, 1))


def _p(a, b, **options) -> float:
    """The p-value of the exact permutation test on the difference of means."""
    from scipy.stats import permutation_test  # here, as it takes a second to import

    return permutation_test(
        (a, b), lambda x, y, axis: x.mean(axis) - y.mean(axis), n_resamples=np.inf, vectorized=True, **options
    ).pvalue


def _t(a, b) -> float:
    """The p-value of Welch's t-test."""
    from scipy.stats import ttest_ind

    return ttest_ind(a, b, equal_var=False).pvalue


def _first(lengths, a, b, p=_p, level=None, order=sorted, pick=lambda T, row: T, pooled=False, **options):
    """The right answer; the last arguments make the usual mistakes."""
    if pooled:
        return min(lengths) if _t(a.ravel(), b.ravel()) < LEVEL else None
    level = LEVEL / len(lengths) if level is None else level
    for T, row in order((T, row) for row, T in enumerate(lengths)):
        if p(a[row], b[row], **options) < level:
            return pick(T, row)
    return None


MISTAKES = {
    "that is where the means differ: they always do. Would they with other seeds?":
        {"p": lambda a, b: float(a.mean() == b.mean())},
    "your test asks only whether a is better: either may be, so it has two sides.": {"alternative": "greater"},
    "your test asks only whether b is better: either may be, so it has two sides.": {"alternative": "less"},
    "each length is tested at 5 %: whoever looks at four lengths finds luck four times as often, so divide 0.05 by the "
    "number of lengths.": {"level": LEVEL},
    "that looks at the longest sequences alone: test each length.": {"order": lambda rows: [max(rows)]},
    "that is the longest length with a difference: the shortest is wanted.":
        {"order": lambda rows: sorted(rows, reverse=True)},
    "that is the first in the order they are given, and lengths need not be sorted: the shortest is wanted.":
        {"order": list},
    "that is the row, not the length: return lengths[row].": {"pick": lambda T, row: row},
    "all lengths are thrown into one test: that says that there is a difference, not where.": {"pooled": True},
    "that is a t-test's answer. It takes the seeds for bell curves, and accuracies that fail or reach 1 are none.":
        {"p": _t},
    "your test pairs the seeds: seed 3 of one model has nothing to do with seed 3 of the other. Five pairs can never "
    "reach 1.25 % either.": {"permutation_type": "samples"},
}  # fmt: skip


@register("10.1", title="Where does the difference begin?", minutes=10, difficulty="medium", answer="first_difference",
          hints=(
    "If the model did not matter, each split of the ten accuracies into five and five would be as likely as the one "
    "you have. p is the share of the 252 splits whose means lie at least as far apart.",
    "from scipy.stats import permutation_test; permutation_test((a[row], b[row]), difference, n_resamples=np.inf)"
    ".pvalue, with def difference(x, y, axis): return x.mean(axis) - y.mean(axis). It has two sides as it comes.",
    "Go through np.argsort(lengths), return int(lengths[row]) at the first p < 0.05 / len(lengths), and None after the "
    "loop.",
))  # fmt: skip
def check_first_difference(answer) -> str:
    """Compare on planted accuracies of 5 seeds, where each fair test of this kind agrees; name the usual mistakes."""
    cases = [given(*case) for case in CASES]
    mine = [_length(on_copies(answer, dict(zip(("lengths", "a", "b"), case))), case[0]) for case in cases]
    right = [_first(*case) for case in cases]
    if mine == right:
        return "you name a length only where luck is a poor explanation, and None where it is a good one."

    def each(cases, **mistake):
        return [_first(*case, **mistake) for case in cases]

    same_as(MISTAKES, mine, cases, right=each, near=list.__eq__)
    k = next(k for k, value in enumerate(right) if mine[k] != value)
    lengths, a, b = cases[k]
    ps = ", ".join(f"{_p(a[row], b[row]):.3f} at {T}" for row, T in enumerate(lengths))
    raise NotYet(f"with p = {ps} the answer is {right[k]}, and your function says {mine[k]}.")


def _length(value, lengths):
    """What the learner returned, as an int or None."""
    if value is None:
        return None
    if isinstance(value, (bool, np.bool_, str)) or np.ndim(value) or not math.isfinite(value) or value != int(value):
        raise NotYet(f"first_difference should return one of the lengths {lengths}, or None; got {value!r}.")
    return int(value)
