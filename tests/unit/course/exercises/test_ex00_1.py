"""Exercise 00.1: the usual mistakes, which test_all.py tries, and other right answers."""

import numpy as np
import pytest
import torch
from judging import judged, solution


def right(x, f, news=None, h=0.0):
    """The last arguments are mistakes: the share of x_t that comes in, the h before the first step."""
    hs = []
    for x_t in x:
        h = f * h + (1 - f if news is None else news) * x_t
        hs.append(h)
    return hs


def changes_x(x, f):
    for t in range(len(x)):
        x[t] = f * (x[t - 1] if t else 0) + (1 - f) * x[t]
    return x


MISTAKES = [
    (lambda x, f: right(x, 1 - f), "f and 1 - f have changed places"),
    (lambda x, f: right(x, f, news=1), "every x_t comes in whole"),
    (lambda x, f: [(1 - f) * x_t for x_t in x], "nothing is kept from one step to the next"),
    (lambda x, f: right(x, f, h=x[0]), "the first h is x_1 itself"),
    (changes_x, "changes the x it was given"),
    (lambda x, f: [0.0, *right(x, f)], "there is one h too many"),
    (lambda x, f: right(x, f)[:3], "there should be 6 in the answer, and there are 3"),
    (lambda x, f: None, "leaky returns nothing"),
    (lambda x, f: right(x, f)[-1], "a list with one number for each step, and it returns 0."),
    (lambda x, f: [2 * h for h in right(x, f)], "h_1 should be 0.1, and yours is 0.2"),
    (lambda x, f: hs, "your code raised NameError"),  # noqa: F821
    (lambda x, f: right(x, 0.9), "with x = [1.0, 0.0, 0.0, 2.0, 0.0, -1.0] and f = 0.25"),
    (lambda x, f: right(x, 0.25), "and f = 0.9"),
]


@pytest.mark.parametrize("kind", [list, tuple, np.array, torch.tensor, lambda hs: (h for h in hs)])
def test_right_answers_are_correct(kind):
    assert judged("00.1", lambda x, f: kind(solution("00.1")(x, f)))[0] == "Correct"
