"""Exercise 08.3: top-p by hand."""

from __future__ import annotations

import numpy as np

from utils.course.exercises.answers import array, close, on_copies, same_as
from utils.course.exercises.base import NotYet, register

CASES = (  # p, top_p
    ([0.2, 0.5, 0.05, 0.25], 0.6),
    ([0.25, 0.25, 0.25, 0.25], 0.5),  # two of them reach it exactly
    ([0.04, 0.9, 0.06], 0.3),  # one is enough
    ([0.2, 0.5, 0.05, 0.25], 1.0),
)


def _top_p(p, top_p, more=0, scaled=True, ranked=False, by_size=True):
    """The right answer; the last arguments make the usual mistakes."""
    order = np.argsort(-p, kind="stable") if by_size else np.arange(len(p))
    n = int((np.cumsum(p[order]) < top_p - 1e-12).sum()) + 1
    kept = np.zeros_like(p)
    kept[order[: n + more]] = p[order[: n + more]]
    kept = kept / kept.sum() if scaled else kept
    return kept[order] if ranked else kept


MISTAKES = {
    "the token that reaches top_p is missing: the sum of the kept ones must be at least top_p.": {"more": -1},
    "you keep one token too many: stop as soon as the sum reaches top_p.": {"more": 1},
    "the kept ones do not sum to 1: divide them by their sum.": {"scaled": False},
    "your result is sorted: put each probability back in its own place.": {"ranked": True},
    "top_p is a bound on the sum of the likeliest, not on each probability by itself.":
        lambda p, top_p: np.where(p >= top_p, p, 0) / max(p[p >= top_p].sum(), 1e-300),
    "the running sum goes over the tokens as they stand: sort them first, the likeliest in front.": {"by_size": False},
}  # fmt: skip


@register("08.3", title="Top-p by hand", minutes=8, difficulty="medium", answer="top_p_by_hand",
          ending="`return` and the array", hints=(
    "order = np.argsort(-p) has the places of the tokens, the likeliest first; np.cumsum(p[order]) is the running sum.",
    "A token is kept when the sum of those BEFORE it is below top_p: np.cumsum(p[order]) - p[order] < top_p.",
    "kept = np.zeros_like(p); kept[order[:n]] = p[order[:n]], with n the number kept; return kept / kept.sum().",
))  # fmt: skip
def check_top_p(answer) -> str:
    """Compare on four pairs of a distribution and a bound; name the usual mistakes."""
    for p, top_p in CASES:
        given = np.array(p)
        cut = {(n,): ": it is as long as p, with 0 for what is cut" for n in range(len(p))}
        mine = array("the result", on_copies(answer, {"p": given, "top_p": top_p}), given.shape, remarks=cut)
        if np.isnan(mine).any():
            raise NotYet("your result holds NaN: no token was kept. The likeliest always stays.")
        right = _top_p(given, top_p)
        if close(np.sort(mine), np.sort(right)) if len({*p}) == 1 else close(mine, right):  # of equal ones any may stay
            continue
        if top_p == 1:
            raise NotYet("top_p = 1 must keep every token.")
        same_as(MISTAKES, mine, given, top_p, right=_top_p)
        raise NotYet(f"for p = {p} and top_p = {top_p} it should give {right.round(3).tolist()}.")
    return (
        "the fewest of the likeliest that reach top_p, scaled to sum to 1. Where the model is sure, that is one token."
    )
