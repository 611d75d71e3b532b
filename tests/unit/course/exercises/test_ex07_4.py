"""Exercise 07.4: the usual mistakes, which test_all.py tries, and other right answers."""

import copy

import torch


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


def with_wires_cut(model, ids, lengths, unit):
    """As the lesson does it, in a copy: right for attention, and not for a unit that is pooled in two ways."""
    cut = copy.deepcopy(model)
    cut.output.weight[:, unit] = 0
    if cut.query is not None:
        cut.query[unit] = 0
    return cut(ids, lengths)


MISTAKES = [
    (lambda model, ids, lengths, unit: model(ids, lengths), "nothing is switched off"),
    (a_step_off, "h[:, unit] is a step of time"),
    (only_this_one, "the other way round"),
    (lambda model, ids, lengths, unit: off(model, ids, lengths, unit - 1), "the neighbor is off"),
    (after_pooling, "the attention weights"),
    (in_the_weights, "changes the model's weights"),
    (lambda *given: off(*given).softmax(-1), "these are probabilities"),
    (lambda *given: off(*given)[:, 1], "should have shape (B, 2)"),
    (lambda *given: off(*given) + 1, "by attention the first logit should be"),
    (lambda *given: None, "returns nothing"),
    (lambda model, ids, lengths, unit: off(model, ids, lengths, {5: 2}.get(unit, unit)), "with unit 5 off and"),
    (lambda model, ids, lengths, unit: off(model, ids, lengths, {1: 5}.get(unit, unit)), "with unit 1 off and"),
    (with_wires_cut, "it stands in the vector twice"),
]
