"""Exercise 11.1: the usual mistakes, which test_all.py tries, and other right answers."""

import math

import numpy as np
from judging import judged, solution


def stepping(a, b, h):
    out = np.empty_like(b)
    for t in range(len(a)):
        h = out[t] = a[t] * h + b[t]
    return out


def scanned(a, b, h, first=True, rounds=math.inf, double=True, swap=False, plain=False, a_first=False, a_grows=True):
    """Doubling, written apart from the check's own; the last arguments are mistakes."""
    a, b, k, done = a.copy(), b.copy(), 1, 0
    if first:
        b[0] = b[0] + a[0] * h
    while k < len(a) and done < rounds:
        old_a, old_b = a.copy(), b.copy()
        a[k:] = old_a[k:] * old_a[:-k] if a_grows else old_a[k:]
        gate = old_a[:-k] if swap else 1 if plain else a[k:] if a_first else old_a[k:]
        b[k:] = gate * old_b[k:] + old_b[:-k] if swap else gate * old_b[:-k] + old_b[k:]
        k, done = 2 * k if double else k + 1, done + 1
    return b


def mistake(**options):
    return lambda a, b, h: scanned(a, b, h, **options)


def floor_of_log(a, b, h):
    return scanned(a, b, h, rounds=int(math.log2(len(a))))


def changing(a, b, h):
    b[0] += a[0] * h
    return scanned(a, b, h, first=False)


def past_the_end(a, b, h):
    k = len(a)
    return b[k - 1 :] + a[:-k] * b


def by_division(a, b, h):
    with np.errstate(all="ignore"):
        product = a.cumprod(0)
        return product * (h + (b / product).cumsum(0))


MISTAKES = [
    (mistake(swap=True), "the two stretches have changed places"),
    (mistake(plain=True), "the earlier b is added as it is"),
    (mistake(a_first=True), "a is already the new one when b uses it"),
    (mistake(a_grows=False), "a stays what it was"),
    (mistake(first=False), "the state before the first step is lost"),
    (lambda a, b, h: scanned(a, b, h, first=False) + h, "h is added to every state as it is"),
    (lambda a, b, h: np.vstack([h, stepping(a, b, h)[:-1]]), "each state stands one step too late"),
    (mistake(double=False), "the distance k grows by 1"),
    (mistake(rounds=1), "one round is not enough"),
    (floor_of_log, "the last round must not be left out"),
    (stepping, "the states are right, but for T = 64 your code multiplies 64 times"),
    (by_division, "do not divide by a"),
    (changing, "changes the b it was given"),
    (past_the_end, "shapes do not fit"),
    (lambda a, b, h: scanned(a, b, h)[-1], "the last state only"),
    (lambda a, b, h: scanned(a, b, h)[:, :1], "should have shape (T, H) = (5, 3)"),
    (lambda a, b, h: None, "returns nothing"),
    (lambda a, b, h: {"states": b}, "numbers in an array of shape (5, 3), not {"),
    (lambda a, b, h: scanned(a, b, h) + (np.arange(len(a)) > 1)[:, None], "row 2 is the first that differs"),
    (lambda a, b, h: scanned(a, b, h, rounds=math.ceil(math.log2(len(a) - 1)) if len(a) > 1 else 0), "last round"),
    (lambda a, b, h: scanned(a, b, h, rounds=int(math.log2(len(a) - 1)) + 1), "your code raised ValueError"),
]


def test_another_way_to_write_it_is_right_too():
    def with_concatenate(a, b, h):
        product, state, k = a, b, 1
        while k < len(a):
            state = np.concatenate([state[:k], product[k:] * state[:-k] + state[k:]])
            product = np.concatenate([product[:k], product[k:] * product[:-k]])
            k *= 2
        return state + product * h

    assert judged("11.1", with_concatenate)[0] == "Correct"
    assert judged("11.1", scanned)[0] == "Correct"


def test_the_praise_counts_the_products_of_whole_arrays():
    assert "13 products" in judged("11.1", solution("11.1"))[1]
