"""Exercise 04.1: the usual mistakes, which test_all.py tries, and other right answers."""

import torch


def gates(lstm, x, parts=(1, 0, 2, 3), squash=torch.sigmoid, b_ih=1, b_hh=1, h_goes_on=True, c_goes_on=True):
    """f, i, o; `parts` are the places of f, i, g, o among torch's four blocks."""
    h = c = torch.zeros(lstm.hidden_size)
    rows = []
    for x_t in x:
        a = lstm.weight_ih_l0 @ x_t + lstm.weight_hh_l0 @ h + b_ih * lstm.bias_ih_l0 + b_hh * lstm.bias_hh_l0
        blocks = a.reshape(4, -1)
        f, i, o = (squash(blocks[parts[k]]) for k in (0, 1, 3))
        new = f * c + i * torch.tanh(blocks[parts[2]])
        rows.append(torch.stack([f, i, o]))
        h = o * torch.tanh(new) if h_goes_on else h
        c = new if c_goes_on else c
    return tuple(torch.stack(rows, 1).detach())


def with_mistake(**mistake):
    return lambda lstm, x: gates(lstm, x, **mistake)


def wrong_later(lstm, x):
    return tuple(torch.cat([gate[:1], gate[1:] * 0.9]) for gate in gates(lstm, x))


MISTAKES = [
    (with_mistake(parts=(0, 1, 2, 3)), "read in the order f, i, g, o"),
    (with_mistake(parts=(1, 0, 3, 2)), "read in the order i, f, o, g"),
    (with_mistake(b_hh=0), "the bias b_hh is missing"),
    (with_mistake(b_ih=0), "the bias b_ih is missing"),
    (with_mistake(squash=torch.tanh), "the gates go through tanh"),
    (with_mistake(squash=lambda a: a), "bare sums"),
    (with_mistake(h_goes_on=False), "h is not carried"),
    (with_mistake(c_goes_on=False), "c is not carried"),
    (lambda lstm, x: tuple(gate.T for gate in gates(lstm, x)), "T and H have changed places"),
    (lambda lstm, x: gates(lstm, x)[0][None], "should return three things"),
    (lambda lstm, x: [gate[None] for gate in gates(lstm, x)], "(T, H) = (20, 4), and yours has (1, 20, 4)."),
    (lambda lstm, x: [gates(lstm, x)[k] for k in (1, 0, 2)], "you return i, f, o"),
    (wrong_later, "the first step is right and a later one is not"),
    (lambda lstm, x: [gate * 0.9 for gate in gates(lstm, x)], "f at step 1 should begin with"),
    (lambda lstm, x: None, "returns nothing"),
    (lambda lstm, x: [gate.squeeze() for gate in gates(lstm, x)], "(T, H) = (1, 2), and yours has (2,)"),
]
