"""Exercise 03.1: the usual mistakes, which test_all.py tries, and other right answers."""

import numpy as np
import torch
from judging import solution
from torch import nn

from utils.course.exercises import ex03_1
from utils.course.exercises.answers import normal


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def steps(x, h, W_ih, W_hh, b_ih, b_hh, order="rzn", candidate=None, mix=None, carry=True, first_step=0, turn=True):
    """A GRU written apart from the check's own; the last arguments are mistakes."""
    W, U, b, d = ({g: part[k] for k, g in enumerate(order)} for part in (a.reshape(3, -1, *a.shape[1:]) for a in
                  (W_ih, W_hh, b_ih, b_hh)))  # fmt: skip
    out, start = [], h
    for number, x_t in enumerate(x):
        old = h if carry else start
        UT = {g: u.T if turn else u for g, u in U.items()}
        r = sigmoid(x_t @ W["r"].T + b["r"] + old @ UT["r"] + d["r"])
        z = sigmoid(x_t @ W["z"].T + b["z"] + old @ UT["z"] + d["z"])
        plain = x_t @ W["n"].T + b["n"] + r * (old @ UT["n"] + d["n"])
        n = np.tanh(plain) if candidate is None else candidate(x_t, r, old, W["n"], UT["n"], b["n"], d["n"])
        h = (1 - z) * n + z * old if mix is None or number < first_step else mix(z, n, old)
        out.append(h)
    return np.array(out)


def with_mistake(**mistake):
    return lambda *given: steps(*given, **mistake)


def last_changed(*given):
    given[1][:] = 0
    return steps(*given)


def reset_before(x, r, h, W, U, b, d):
    return np.tanh(x @ W.T + b + (r * h) @ U + d)


def merged(x, r, h, W, U, b, d):
    return np.tanh(x @ W.T + (b + d) + r * (h @ U))


def sigmoid_n(x, r, h, W, U, b, d):
    return sigmoid(x @ W.T + b + r * (h @ U + d))


def no_reset(x, r, h, W, U, b, d):
    return np.tanh(x @ W.T + b + h @ U + d)


MISTAKES = [
    (with_mistake(candidate=reset_before), "the reset comes before the product"),
    (with_mistake(mix=lambda z, n, h: z * n + (1 - z) * h), "z has changed its role"),
    (with_mistake(candidate=merged), "the two biases of n are merged"),
    (with_mistake(candidate=sigmoid_n), "the candidate n goes through a sigmoid"),
    (with_mistake(order="zrn"), "read in the order z, r, n"),
    (with_mistake(order="nzr"), "read in the order n, z, r"),
    (lambda x, h, W, U, b, d: steps(x, h, W, U, b, 0 * d), "the bias b_hh is missing"),
    (lambda x, h, W, U, b, d: steps(x, h, W, U, 0 * b, d), "the bias b_ih is missing"),
    (with_mistake(turn=False), "without turning them"),
    (lambda x, h, W, U, b, d: steps(x, h, W.T, U, b, d), "shapes do not fit"),
    (with_mistake(carry=False), "each step starts again from the first h"),
    (with_mistake(candidate=no_reset), "one step differs from nn.GRU's"),
    (with_mistake(mix=lambda z, n, h: n, first_step=4), "of ten steps number 5 is the first that is not"),
    (lambda *given: None, "returns nothing"),
    (lambda *given: steps(*given)[-1], "that is the last state only"),
    (lambda *given: steps(*given)[:, :, :1], "should have shape (T, B, H) = (1, 1, 4)"),
    (last_changed, "changes the h it was given"),
    (lambda *given: np.squeeze(steps(*given), axis=0) if len(given[0]) == 1 else steps(*given), "the last state only"),
]


def test_what_is_right_is_torchs_own():
    for T, B, n, H in ex03_1.CASES:
        x, h, *weights = normal(5, (T, B, n), (B, H), (3 * H, n), (3 * H, H), (3 * H,), (3 * H,))
        gru = nn.GRU(n, H, dtype=torch.float64)
        for own, value in zip(gru.parameters(), weights):
            own.data = torch.as_tensor(value)
        with torch.no_grad():
            states = gru(torch.as_tensor(x), torch.as_tensor(h)[None])[0]
        for right in (ex03_1._cell_steps(x, h, *weights), solution("03.1")(x, h, *weights)):
            np.testing.assert_allclose(right, states, atol=1e-12)
