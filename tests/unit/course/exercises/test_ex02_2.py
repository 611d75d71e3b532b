"""Exercise 02.2: the usual mistakes, which test_all.py tries, and other right answers."""

import math

MISTAKES = [
    (lambda n: 0.5 ** (1 / n), "that is the gate f, not its bias"),
    (lambda n: 1 / (1 + math.exp(-(0.5 ** (1 / n)))), "undo the sigmoid instead"),
    (lambda n: math.log(2 ** (1 / n) - 1), "the sign is the wrong way round"),
    (lambda n: -math.log(math.expm1(1 / n)), "1/e = 0.37"),
    (lambda n: math.log(n - 1), "f = 1 - 1 / half_life is a rule of thumb"),
    (lambda n: math.log(1 / n / (1 - 1 / n)), "makes a long memory forget fast"),
    (lambda n: math.log(0.5) / n, "that is ln f"),
    (lambda n: 1.0, "after 3 steps 0.391 of the memory is left instead of 0.5"),
    (lambda n: None, "returns nothing"),
    (lambda n: "long", "should return one real number"),
    (lambda n: -math.log(2 ** (1 / int(n)) - 1), "for half_life = 400.5 your bias"),
    (lambda n: math.log(n / math.log(2)) - math.log(2) / n / 2, "for half_life = 3 your bias"),  # a series
]


def test_the_praised_number_is_true():
    assert f"{-math.log(2 ** (1 / 50) - 1):.2f}" == "4.27"
