"""Exercise 04.1: the usual mistakes, which test_all.py tries; other right answers; torch's own states and gates."""

import numpy as np
import torch
from judging import judged, solution
from torch import nn

from utils.course.exercises import ex04_1
from utils.probes import gate_trace


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def moved(h):
    return np.vstack([np.zeros(h.shape[1]), h[:-1]])


def gates(x, h, W_ih, W_hh, b_ih, b_hh, parts=(1, 0, 3), squash=sigmoid, before=moved, ih=1, hh=1):
    """f, i, o; `parts` are their places among torch's four blocks."""
    a = x @ W_ih.T + before(h) @ W_hh.T + ih * b_ih + hh * b_hh
    blocks = a.reshape(len(x), 4, -1)
    return tuple(squash(blocks[:, k]) for k in parts)


def with_mistake(**mistake):
    return lambda *given: gates(*given, **mistake)


def step_by_step(x, h, W_ih, W_hh, b_ih, b_hh):
    """A loop that carries c and makes h anew is as right."""
    H, rows = h.shape[1], []
    h, c = np.zeros(H), np.zeros(H)
    for x_t in x:
        i, f, g, o = np.split(W_ih @ x_t + W_hh @ h + b_ih + b_hh, 4)
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        h = sigmoid(o) * np.tanh(c)
        rows.append((sigmoid(f), sigmoid(i), sigmoid(o)))
    return [np.array(gate) for gate in zip(*rows)]


def wrong_later(*given):
    return tuple(np.vstack([gate[:1], gate[1:] * 0.9]) for gate in gates(*given))


def blocks_not_turned(x, h, W_ih, W_hh, b_ih, b_hh):
    H = h.shape[1]
    return gates(x, h, W_ih, W_hh.reshape(4, H, H).swapaxes(1, 2).reshape(4 * H, H), b_ih, b_hh)


def without_turning(x, h, W_ih, W_hh, b_ih, b_hh):
    return moved(h) @ W_hh


def changes_h(x, h, *weights):
    found = gates(x, h, *weights)
    h[:] = moved(h)
    return found


MISTAKES = [
    (with_mistake(parts=(0, 1, 3)), "your three are i, f, o"),
    (with_mistake(parts=(1, 0, 2)), "your three are f, i, g"),
    (with_mistake(parts=(3, 1, 0)), "your three are o, f, i"),
    (with_mistake(before=lambda h: h), "each step reads its own h"),
    (with_mistake(before=lambda h: np.vstack([h[1:], np.zeros(h.shape[1])])), "move h down by one row"),
    (with_mistake(before=lambda h: np.roll(h, 1, axis=0)), "np.roll brings it round"),
    (with_mistake(before=lambda h: 0 * h), "h is left out"),
    (with_mistake(hh=0), "the bias b_hh is missing"),
    (with_mistake(ih=0), "the bias b_ih is missing"),
    (with_mistake(squash=np.tanh), "the gates go through tanh"),
    (with_mistake(squash=lambda a: a), "bare sums"),
    (blocks_not_turned, "used without turning them"),
    (without_turning, "shapes do not fit"),
    (changes_h, "changes the h it was given"),
    (lambda *given: tuple(gate.T for gate in gates(*given)), "T and H have changed places"),
    (lambda *given: tuple(gate[1:] for gate in gates(*given)), "step 1 has gates too"),
    (lambda *given: gates(*given)[0][None], "should return three things"),
    (lambda *given: [gate[None] for gate in gates(*given)], "(T, H) = (20, 4), and yours has (1, 20, 4)."),
    (wrong_later, "the first step is right and a later one is not"),
    (lambda *given: [gate * 0.9 for gate in gates(*given)], "f at step 1 should begin with"),
    (lambda *given: None, "returns nothing"),
    (lambda *given: [gate.squeeze() for gate in gates(*given)], "(T, H) = (1, 2), and yours has (2,)"),
]


def test_a_loop_over_the_steps_is_right_too():
    assert judged("04.1", step_by_step)[0] == "Correct"


def test_an_answer_in_torch_is_right_too():
    def in_torch(*given):
        return tuple(torch.as_tensor(gate) for gate in gates(*given))

    assert judged("04.1", in_torch)[0] == "Correct"


def test_what_is_given_and_what_is_right_are_torchs_own():
    for case in ex04_1.CASES:
        given, right = ex04_1._run(*case)
        lstm = nn.LSTM(given["x"].shape[1], given["h"].shape[1], batch_first=True, dtype=torch.float64)
        for own, value in zip(lstm.parameters(), (given[name] for name in ("W_ih", "W_hh", "b_ih", "b_hh"))):
            own.data = torch.as_tensor(value)
        x = torch.as_tensor(given["x"])[None]  # (1, T, n)
        np.testing.assert_allclose(given["h"], lstm(x)[0][0].detach(), atol=1e-12)
        trace = gate_trace(lstm, x)[0]
        for name, gate, mine in zip("fio", right, solution("04.1")(*given.values())):
            np.testing.assert_allclose(gate, trace[name][0].detach(), atol=1e-12)
            np.testing.assert_allclose(mine, gate, atol=1e-12)
