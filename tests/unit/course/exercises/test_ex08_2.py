"""Exercise 08.2: the usual mistakes, which test_all.py tries, and other right answers."""

import numpy as np

MISTAKES = [
    (lambda r, T: r / T, "the ratio is not divided by T"),
    (lambda r, T: r**T, "the exponent is 1 / T"),
    (lambda r, T: r, "that is the ratio at temperature 1"),
    (lambda r, T: np.log(r) / T, "that is the logarithm of the ratio"),
    (lambda r, T: np.exp(r / T), "not exp(ratio / T)"),
    (lambda r, T: r * T, "yours moves them apart"),
    (lambda r, T: 1.0, "the softmax gives 81"),
    (lambda r, T: None, "returns nothing"),
    (lambda r, T: "more", "should return one real number"),
    (lambda r, T: r ** (1 / max(T, 1)), "that is the ratio at temperature 1"),
    (lambda r, T: max(r, 1 / r) ** (1 / T), "at ratio = 0.25 and T = 1.5 the softmax gives 0.3969"),
]


def test_the_praised_numbers_are_true():
    assert 9 ** (1 / 0.5) == 81 and f"{9 ** (1 / 1.5):.1f}" == "4.3"
