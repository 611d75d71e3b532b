"""Exercise 03.3: the usual mistakes, which test_all.py tries, and other right answers."""

import math

from judging import judged
from torch import nn


def fits(n, H, parts=(4, 3), biases=2):
    """The largest number of units by the root of the quadratic equation; the last arguments are mistakes."""
    budget = parts[0] * (n * H + H * H + biases * H)
    half = (n + biases) / 2
    return math.floor(math.sqrt(half * half + budget / parts[1]) - half + 1e-9)


MISTAKES = [
    (lambda n, H: H * 4 // 3, "that is 4/3 of H"),
    (lambda n, H: int(H * math.sqrt(4 / 3)), "the root of 4/3"),
    (lambda n, H: fits(n, H) + 1, "one unit too large"),
    (lambda n, H: fits(n, H) - 1, "one unit too small"),
    (lambda n, H: fits(n, H, biases=0), "the biases are missing"),
    (lambda n, H: fits(n, H, biases=1), "you count one bias for each part"),
    (lambda n, H: fits(n, H, parts=(4, 2)), "the GRU is counted with two parts"),
    (lambda n, H: fits(n, H, parts=(3, 3)), "the LSTM is counted with three parts"),
    (lambda n, H: 2 * H, "your GRU of 1024 units has 4,073,472, one of 609 has 1,664,397"),
    (lambda n, H: fits(n, H) + 0.5, "there are no parts of a unit"),
    (lambda n, H: "many", "should return one real number"),
    (lambda n, H: None, "returns nothing"),
    (lambda n, H: int(1.19 * H), "for n = 1 the LSTM of 38 units"),
    (lambda n, H: min(fits(n, H), 500), "for n = 300 the LSTM of 512 units"),
]


def test_the_root_and_floats_without_a_fraction_are_right_too():
    assert judged("03.3", fits)[0] == "Correct"
    assert judged("03.3", lambda n, H: float(fits(n, H)))[0] == "Correct"


def test_the_praised_size_is_the_largest_that_fits():
    count = {
        kind: sum(p.numel() for p in kind(300, H, device="meta").parameters()) for kind, H in ((nn.LSTM, 512),)
    } | {H: sum(p.numel() for p in nn.GRU(300, H, device="meta").parameters()) for H in (609, 610)}
    assert count[609] <= count[nn.LSTM] < count[610]
