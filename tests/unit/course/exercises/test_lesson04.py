"""Exercises 04.1 and 04.2: the usual mistakes, which test_exercises.py tries, and right answers of other kinds."""

import torch

# 04.1 ----------------------------------------------------------------------------------------------------------------


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


GATE_MISTAKES = [
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
]


# 04.2 ----------------------------------------------------------------------------------------------------------------


def off(model, ids, lengths, unit):
    h = model.states(ids, lengths)
    h = torch.cat([h[..., :unit], 0 * h[..., unit : unit + 1], h[..., unit + 1 :]], dim=-1)
    return model.output(model.pool(h, lengths))


def a_step_off(model, ids, lengths, unit):
    h = model.states(ids, lengths).clone()
    h[:, unit] = 0
    return model.output(model.pool(h, lengths))


def only_this_one(model, ids, lengths, unit):
    h = model.states(ids, lengths)
    alone = torch.zeros_like(h)
    alone[..., unit] = h[..., unit]
    return model.output(model.pool(alone, lengths))


def after_pooling(model, ids, lengths, unit):
    pooled = model.pool(model.states(ids, lengths), lengths).clone()
    pooled[:, unit] = 0
    return model.output(pooled)


def in_the_weights(model, ids, lengths, unit):
    model.output.weight[:, unit] = 0
    return model(ids, lengths)


OFF_MISTAKES = [
    (lambda model, ids, lengths, unit: model(ids, lengths), "nothing is switched off"),
    (a_step_off, "h[:, unit] is a step of time"),
    (only_this_one, "the other way round"),
    (lambda model, ids, lengths, unit: off(model, ids, lengths, unit - 1), "the neighbor is off"),
    (after_pooling, "the attention weights"),
    (in_the_weights, "changes the model's weights"),
    (lambda *given: off(*given).softmax(-1), "these are probabilities"),
    (lambda *given: off(*given)[:, 1], "should have shape (B, 2)"),
    (lambda *given: off(*given) + 1, "the first logit should be"),
    (lambda *given: None, "returns nothing"),
]


MISTAKES = {"04.1": GATE_MISTAKES, "04.2": OFF_MISTAKES}
