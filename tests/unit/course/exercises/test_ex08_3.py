"""Exercise 08.3: the usual mistakes, which test_all.py tries, and other right answers."""

import numpy as np
from judging import judged


def nucleus(before=True, scale=True, back=True, order=lambda p: np.argsort(-p), more=0, at_most=False, least=1):
    def top_p_by_hand(p, top_p):
        ranks = order(p)
        sums = np.cumsum(p[ranks])
        n = (sums - p[ranks] < top_p - 1e-12).sum() if before else (sums <= top_p + 1e-12).sum()
        n = max((sums - p[ranks] <= top_p).sum() if at_most else n, least)
        kept = np.zeros_like(p)
        kept[ranks[: n + more]] = p[ranks[: n + more]]
        kept = kept / kept.sum() if scale else kept
        return kept if back else kept[ranks]

    return top_p_by_hand


def in_place(p, top_p):
    kept = nucleus()(p, top_p)
    p *= 0
    return kept


def each_by_itself(p, top_p):
    kept = np.where(p >= top_p, p, 0)
    with np.errstate(invalid="ignore"):
        return kept / kept.sum()


def largest_in_front(p):
    return np.array([p.argmax(), *(k for k in range(len(p)) if k != p.argmax())])


MISTAKES = [
    (nucleus(before=False), "the token that reaches top_p is missing"),
    (nucleus(more=1), "one token too many"),
    (nucleus(scale=False), "divide them by their sum"),
    (nucleus(back=False), "put each probability back"),
    (nucleus(order=lambda p: np.arange(len(p))), "sort them first"),
    (nucleus(order=np.argsort), "it should give"),
    (lambda p, t: np.where(p >= t, p, 0), "not on each probability by itself"),
    (each_by_itself, "no token was kept"),
    (lambda p, t: nucleus()(p, t) if t < 1 else np.eye(len(p))[0], "top_p = 1 must keep every token"),
    (lambda p, t: nucleus()(p, t)[nucleus()(p, t) > 0], "should have shape (4,)"),
    (lambda p, t: None, "returns nothing"),
    (in_place, "changes the p it was given"),
    (nucleus(at_most=True), "one token too many"),
    (nucleus(least=2), "one token too many"),
    (nucleus(order=largest_in_front), "sort them first"),
]


def test_of_equal_tokens_any_may_be_kept():
    assert judged("08.3", nucleus(order=lambda p: np.argsort(p, kind="stable")[::-1]))[0] == "Correct"
