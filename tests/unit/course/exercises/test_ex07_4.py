"""Exercise 07.4: the usual mistakes, which test_all.py tries, and other right answers."""

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


MISTAKES = [
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
    (lambda model, ids, lengths, unit: off(model, ids, lengths, unit % 3), "with unit 5 off the first logit should be"),
    (lambda model, ids, lengths, unit: off(model, ids, lengths, 5), "with unit 1 off the first logit should be"),
]
