"""Exercises 04.1 and 04.2: the solutions pass, stubs are not tried yet, each usual mistake has its own sentence."""

import pytest
import torch
from judging import judged, rejected

from utils.exercises import exercise
from utils.exercises.base import solution_source

NAMES = {"04.1": "lstm_gates", "04.2": "logits_without"}


@pytest.mark.parametrize(("number", "name"), NAMES.items())
def test_the_solution_passes_and_the_stub_is_not_tried_yet(number, name):
    space = {"torch": torch}
    exec(solution_source(number, name), space)
    assert judged(number, space[name])[0] == "Correct"

    def stub(*args, **options):
        raise NotImplementedError

    assert judged(number, stub)[0] == "Not tried yet"
    assert len(exercise(number).hints) == 3
    assert exercise(number).answer == name


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


@pytest.mark.parametrize(("answer", "sentence"), GATE_MISTAKES)
def test_wrong_gates_are_told_why(answer, sentence):
    assert sentence in rejected("04.1", answer)


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


@pytest.mark.parametrize(("answer", "sentence"), OFF_MISTAKES)
def test_a_unit_that_is_not_off_is_told_why(answer, sentence):
    assert sentence in rejected("04.2", answer)
