"""Exercise 02.1: the usual mistakes, which test_all.py tries, and other right answers."""

import numpy as np
import torch
from judging import judged, solution
from torch import nn

from utils.course.exercises import ex02_1
from utils.course.exercises.answers import normal


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def step(x, h, c, W_ih, W_hh, b_ih, b_hh, order=(0, 1, 2, 3), gates=(sigmoid, sigmoid, np.tanh, sigmoid), show=np.tanh,
         old=False, b=(1, 1), turned=True):  # fmt: skip
    """A step written apart from the check's own; the last arguments are mistakes. order: the places of i, f, g, o."""
    U = W_hh if turned else np.concatenate([block.T for block in np.split(W_hh, 4)])
    blocks = np.split(x @ W_ih.T + h @ U.T + b[0] * b_ih + b[1] * b_hh, 4, axis=1)
    i, f, g, o = (gate(blocks[place]) for gate, place in zip(gates, order))
    new = f * c + i * g
    return o * show(c if old else new), new


def with_mistake(**mistake):
    return lambda *given: step(*given, **mistake)


def in_place(x, h, c, *weights):
    new_h, new_c = step(x, h, c, *weights)
    c *= 0.5
    return new_h, new_c


MISTAKES = [
    (with_mistake(order=(1, 0, 2, 3)), "read in the order f, i, g, o"),
    (with_mistake(order=(0, 1, 3, 2)), "read in the order i, f, o, g"),
    (with_mistake(gates=(sigmoid,) * 4), "the candidate g goes through a sigmoid"),
    (with_mistake(show=lambda c: c), "h shows c as it is"),
    (with_mistake(old=True), "the memory from before the step"),
    (with_mistake(b=(1, 0)), "the bias b_hh is missing"),
    (with_mistake(b=(0, 1)), "the bias b_ih is missing"),
    (with_mistake(turned=False), "without turning them"),
    (lambda x, h, c, W_ih, *rest: step(x, h, c, W_ih.T, *rest), "shapes do not fit"),
    (in_place, "changes the c it was given"),
    (with_mistake(gates=(sigmoid, sigmoid, np.tanh, np.tanh)), "c is right and h is not"),
    (with_mistake(gates=(lambda i: 1, sigmoid, np.tanh, sigmoid)), "c differs from nn.LSTMCell's"),
    (lambda *given: step(*given)[::-1], "c and h have changed places"),
    (lambda *given: None, "returns nothing"),
    (lambda *given: step(*given)[0], "should return two things"),
    (lambda *given: [state.T for state in step(*given)], "should have shape (B, H)"),
    (lambda x, h, *rest: step(x, h[:1], *rest), "c differs from nn.LSTMCell's: row 1 should"),
    (lambda *given: [np.squeeze(state) for state in step(*given)], "(B, H) = (1, 3), and yours has (3,)"),
]


def test_a_step_written_with_torch_is_right_too():
    def with_torch(*given):
        x, h, c, W_ih, W_hh, b_ih, b_hh = map(torch.from_numpy, given)
        i, f, g, o = (x @ W_ih.T + h @ W_hh.T + b_ih + b_hh).chunk(4, dim=1)
        c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        return torch.sigmoid(o) * torch.tanh(c), c

    assert judged("02.1", with_torch)[0] == "Correct"


def test_what_is_right_is_torchs_own():
    for B, n, H in ex02_1.CASES:
        given = normal(5, (B, n), (B, H), (B, H), (4 * H, n), (4 * H, H), (4 * H,), (4 * H,))
        cell = nn.LSTMCell(n, H, dtype=torch.float64)
        for own, value in zip(cell.parameters(), given[3:]):
            own.data = torch.as_tensor(value)
        x, h, c = map(torch.as_tensor, given[:3])
        for right in (ex02_1._cell_step(*given), solution("02.1")(*given)):
            for mine, state in zip(right, cell(x, (h, c))):
                np.testing.assert_allclose(mine, state.detach(), atol=1e-12)
