"""Exercise 10.1: the usual mistakes, which test_all.py tries, and other right answers."""

import warnings

import numpy as np
import pytest
from judging import judged
from scipy.stats import mannwhitneyu, ttest_ind

from utils.course.exercises.ex10_1 import CASES, given


def first(lengths, a, b, p, level=0.05, corrected=True, rows=None):
    """Written apart from the solution: p(a, b) -> p-value, rows to look at in order."""
    for row in np.argsort(lengths) if rows is None else rows:
        if p(a[row], b[row]) < level / (len(lengths) if corrected else 1):
            return lengths[row]
    return None


def exact(a, b, sides=2):
    """Every way to split the ten into five and five, counted by hand."""
    from itertools import combinations

    both, seen = np.concatenate([a, b]), a.mean() - b.mean()
    splits = []
    for chosen in combinations(range(len(both)), len(a)):
        rest = np.setdiff1d(np.arange(len(both)), chosen)
        splits.append(both[list(chosen)].mean() - both[rest].mean())
    splits = np.array(splits)
    as_far = np.abs(splits) >= abs(seen) - 1e-12 if sides == 2 else splits >= seen - 1e-12
    return as_far.mean()


def rank(a, b):
    return mannwhitneyu(a, b).pvalue


def welch(a, b):
    with warnings.catch_warnings(action="ignore"):
        return ttest_ind(a, b, equal_var=False).pvalue


def paired(a, b):
    signs = np.array(np.meshgrid(*[[-1, 1]] * len(a))).reshape(len(a), -1)
    return (np.abs((a - b) @ signs) >= abs((a - b).sum()) - 1e-12).mean()


MISTAKES = [
    (lambda lengths, a, b: next((T for T, x, y in sorted(zip(lengths, a.mean(1), b.mean(1))) if x != y), None),
     "the means differ"),
    (lambda *g: first(*g, p=lambda a, b: exact(a, b, sides=1)), "only whether a is better"),
    (lambda *g: first(*g, p=lambda a, b: exact(b, a, sides=1)), "only whether b is better"),
    (lambda *g: first(*g, p=exact, corrected=False), "divide 0.05 by the number of lengths"),
    (lambda *g: first(*g, p=exact, rows=[int(np.argmax(g[0]))]), "the longest sequences alone"),
    (lambda *g: first(*g, p=exact, rows=np.argsort(g[0])[::-1]), "the longest length with a difference"),
    (lambda *g: first(*g, p=exact, rows=range(len(g[0]))), "the first in the order they are given"),
    (lambda *g: (lambda T: None if T is None else g[0].index(T))(first(*g, p=exact)), "that is the row, not"),
    (lambda lengths, a, b: min(lengths) if rank(a.ravel(), b.ravel()) < 0.05 else None, "thrown into one test"),
    (lambda *g: first(*g, p=welch), "a t-test's answer"),
    (lambda *g: first(*g, p=paired), "pairs the seeds"),
    (lambda *g: 100, "the answer is 50, and your function says 100"),
    (lambda *g: "never", "should return one of the lengths"),
    (lambda *g: first(*g, p=exact) or False, "should return one of the lengths"),
]  # fmt: skip


@pytest.mark.parametrize("p", [exact, rank])
def test_other_fair_tests_are_right_too(p):
    assert judged("10.1", lambda *given: first(*given, p=p))[0] == "Correct"


def test_no_planted_p_lies_where_fair_tests_may_part():
    for lengths, a, b in (given(*case) for case in CASES):
        for row in range(len(lengths)):
            p, level = exact(a[row], b[row]), 0.05 / len(lengths)
            assert p < 0.8 * level or p > 2 * level, (lengths[row], p)
