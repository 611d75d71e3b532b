"""Exercise 02.1: the usual mistakes, which test_all.py tries, and other right answers."""


import numpy as np
import torch
from judging import judged


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def step(x, h, c, W_ih, W_hh, b_ih, b_hh):
    i, f, g, o = np.split(x @ W_ih.T + h @ W_hh.T + b_ih + b_hh, 4, axis=1)
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c), c


def gates(given):
    x, h, c, W_ih, W_hh, b_ih, b_hh = given
    return np.split(x @ W_ih.T + h @ W_hh.T + b_ih + b_hh, 4, axis=1)


def forget_first(*given):
    f, i, g, o = gates(given)
    c = sigmoid(f) * given[2] + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c), c


def output_third(*given):
    i, f, o, g = gates(given)
    c = sigmoid(f) * given[2] + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c), c


def sigmoid_on_g(*given):
    i, f, g, o = gates(given)
    c = sigmoid(f) * given[2] + sigmoid(i) * sigmoid(g)
    return sigmoid(o) * np.tanh(c), c


def no_tanh(*given):
    i, f, g, o = gates(given)
    c = sigmoid(f) * given[2] + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * c, c


def old_memory(*given):
    _, c = step(*given)
    return sigmoid(gates(given)[3]) * np.tanh(given[2]), c


def one_bias(x, h, c, W_ih, W_hh, b_ih, b_hh):
    return step(x, h, c, W_ih, W_hh, b_ih, 0 * b_hh)


def other_bias(x, h, c, W_ih, W_hh, b_ih, b_hh):
    return step(x, h, c, W_ih, W_hh, 0 * b_ih, b_hh)


def blocks_not_turned(x, h, c, W_ih, W_hh, b_ih, b_hh):
    U = np.concatenate([block.T for block in np.split(W_hh, 4)])
    return step(x, h, c, W_ih, U, b_ih, b_hh)


def not_turned(x, h, c, W_ih, W_hh, b_ih, b_hh):
    return step(x, h, c, W_ih.T, W_hh, b_ih, b_hh)


def in_place(x, h, c, *weights):
    new_h, new_c = step(x, h, c, *weights)
    c *= 0.5
    return new_h, new_c


def tanh_on_o(*given):
    _, c = step(*given)
    return np.tanh(gates(given)[3]) * np.tanh(c), c


def no_input_gate(*given):
    i, f, g, o = gates(given)
    c = sigmoid(f) * given[2] + np.tanh(g)
    return sigmoid(o) * np.tanh(c), c


MISTAKES = [
    (forget_first, "read in the order f, i, g, o"),
    (output_third, "read in the order i, f, o, g"),
    (sigmoid_on_g, "the candidate g goes through a sigmoid"),
    (no_tanh, "h shows c as it is"),
    (old_memory, "the memory from before the step"),
    (one_bias, "the bias b_hh is missing"),
    (other_bias, "the bias b_ih is missing"),
    (blocks_not_turned, "without turning them"),
    (not_turned, "shapes do not fit"),
    (in_place, "changes the c it was given"),
    (tanh_on_o, "c is right and h is not"),
    (no_input_gate, "c differs from nn.LSTMCell's"),
    (lambda *given: step(*given)[::-1], "c and h have changed places"),
    (lambda *given: None, "returns nothing"),
    (lambda *given: step(*given)[0], "should return two things"),
    (lambda *given: [state.T for state in step(*given)], "should have shape (B, H)"),
    (lambda x, h, *rest: step(x, h[:1], *rest), "c differs from nn.LSTMCell's"),
    (lambda *given: [np.squeeze(state) for state in step(*given)], "(B, H) = (1, 3), and yours has (3,)"),
]


def test_a_step_written_with_torch_is_right_too():
    def with_torch(*given):
        x, h, c, W_ih, W_hh, b_ih, b_hh = map(torch.from_numpy, given)
        i, f, g, o = (x @ W_ih.T + h @ W_hh.T + b_ih + b_hh).chunk(4, dim=1)
        c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        return torch.sigmoid(o) * torch.tanh(c), c

    assert judged("02.1", with_torch)[0] == "Correct"
