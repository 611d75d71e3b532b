"""The language model, its streams of a long text, and the state that is carried from batch to batch."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from refused import refused
from torch import nn
from torch.nn.functional import cross_entropy

from utils.cells.layer import LSTM
from utils.data.batching import LEFT_OUT
from utils.models.language_model import Carried, LanguageModel, Streams, map_states
from utils.train.trainer import Trainer

kinds = st.sampled_from(["rnn", "lstm", "gru", nn.LSTM, LSTM])


def build(rnn="lstm", layers=1, **options):
    torch.manual_seed(0)
    return LanguageModel(9, 4, 6, layers, rnn, **options).double()


def text(N, seed=0):
    return torch.randint(9, (N,), generator=torch.Generator().manual_seed(seed))


def test_shapes_are_what_it_says():
    logits, (h, c) = build(layers=2)(text(10).reshape(2, 5))
    assert logits.shape == (2, 5, 9) and h.shape == c.shape == (2, 2, 6)
    logits, h = build("gru")(text(10).reshape(2, 5))
    assert logits.shape == (2, 5, 9) and h.shape == (1, 2, 6)


@settings(max_examples=40, deadline=None)
@given(kinds, st.integers(1, 2), st.lists(st.integers(1, 4), min_size=1, max_size=5))
def test_reading_in_pieces_is_reading_at_once(rnn, layers, pieces):
    model = build(rnn, layers).eval()
    ids = text(2 * sum(pieces)).reshape(2, -1)
    with torch.no_grad():  # a piece of one token takes the short way
        whole, last = model(ids)
        state, parts = None, []
        for piece in ids.split(pieces, dim=1):
            logits, state = model(piece, state)
            parts.append(logits)
    assert torch.allclose(torch.cat(parts, 1), whole, atol=1e-12)
    gap = map_states(lambda s: s, last)
    assert all(torch.allclose(a, b, atol=1e-12) for a, b in zip(_list(gap), _list(state)))


def test_one_token_still_has_a_gradient():
    model = build()
    _, state = model(text(3)[None])
    model(text(1)[None], state)[0].sum().backward()
    assert all(weights.grad is not None for weights in model.parameters())


def test_the_short_way_is_taken_only_where_nothing_is_learned(monkeypatch):
    """It leaves out the dropout between layers."""
    model, ways = build(layers=2, dropout=0.5), []
    _, state = model(text(3)[None])
    step = model._step
    monkeypatch.setattr(
        model, "_step", lambda *given: ways.append((model.training, torch.is_grad_enabled())) or step(*given)
    )
    for training in (True, False):
        for gradient in (True, False):
            with torch.set_grad_enabled(gradient):
                model.train(training)(text(1)[None], state)
    assert ways == [(False, False)]


def test_dropout_acts_in_training_only():
    model, ids = build(dropout=0.5), text(20)[None]
    assert not torch.equal(model.train()(ids)[0], model(ids)[0])
    assert torch.equal(model.eval()(ids)[0], model(ids)[0])


@given(st.integers(2, 40), st.integers(1, 6), st.integers(1, 9))
def test_every_token_but_the_first_is_a_target_once_and_follows_its_input(N, B, T):
    if N - 1 < B:
        return
    ids = torch.arange(N)
    streams = Streams(ids, B, T)
    batches = list(streams)
    assert len(batches) == len(streams)
    targets = torch.cat([target for *_, target in batches], dim=1)
    inputs = torch.cat([given for given, *_ in batches], dim=1)
    counts = targets != LEFT_OUT
    assert sorted(targets[counts].tolist()) == list(range(1, N))
    assert torch.equal(inputs[counts] + 1, targets[counts])
    assert (inputs[:, 1:] == inputs[:, :-1] + 1)[counts[:, 1:]].all()  # each row goes on where it was
    assert [fresh.tolist() for _, fresh, _ in batches] == [[i == 0] * B for i in range(len(batches))]
    assert all(fresh.all() for _, fresh, _ in Streams(ids, B, T, carry=False))


@pytest.mark.parametrize("rnn", ["lstm", "gru"])
def test_the_carried_state_makes_one_text_of_the_batches(rnn):
    model, ids = build(rnn, 2).eval(), text(61)
    carried, seen = Carried(model), []
    for ids_, fresh, _ in Streams(ids, 3, 7):
        seen.append(carried(ids_, fresh))
    whole = model(ids[:-1].reshape(3, 20))[0]
    assert torch.allclose(torch.cat(seen, 1), whole, atol=1e-12)


def test_fresh_rows_forget_and_the_others_do_not():
    model = build().eval()
    carried, (first, second) = Carried(model), text(24).reshape(2, 3, 4)
    carried(first, torch.ones(3, dtype=torch.bool))
    logits = carried(second, torch.tensor([True, False, True]))
    alone = model(second)[0]
    assert torch.allclose(logits[[0, 2]], alone[[0, 2]], atol=1e-12)
    on = model(torch.cat([first, second], 1))[0][:, 4:]
    assert torch.allclose(logits[1], on[1], atol=1e-12) and not torch.allclose(logits[1], alone[1])


def test_another_number_of_rows_begins_anew():
    model = build().eval()
    carried = Carried(model)
    carried(text(8).reshape(2, 4), torch.zeros(2, dtype=torch.bool))
    assert torch.equal(carried(text(4)[None], torch.zeros(1, dtype=torch.bool)), model(text(4)[None])[0])


def test_the_gradient_ends_where_the_batch_began():
    """The gradient of a batch is that of a model which was handed the state as plain numbers."""
    model, (first, second, target) = build(), text(24).reshape(3, 2, 4)
    carried, old = Carried(model), torch.zeros(2, dtype=torch.bool)
    carried(first, old)
    cross_entropy(carried(second, old).flatten(0, 1), target.flatten()).backward()
    mine = [weights.grad.clone() for weights in model.parameters()]
    model.zero_grad()
    with torch.no_grad():
        _, state = model(first)
    cross_entropy(model(second, state)[0].flatten(0, 1), target.flatten()).backward()
    assert all(torch.equal(a, weights.grad) for a, weights in zip(mine, model.parameters()))


def test_the_trainer_teaches_it_a_text_that_needs_the_carried_state():
    """A text of period 8, read 4 at a time: aaab aaac. Only the last batch says which comes now."""
    ids = torch.tensor([0, 0, 0, 1, 0, 0, 0, 2]).repeat(100)
    losses = {}
    for carry in (True, False):
        torch.manual_seed(0)
        model = Carried(LanguageModel(3, 4, 16))
        trainer = Trainer(model, lr=2e-2, epochs=6, device="cpu")
        batches = Streams(ids, 4, 4, carry=carry)
        losses[carry] = min(trainer.fit(batches, batches, progress=False).valid_loss)
    assert losses[True] < 0.05  # it knows
    assert losses[False] > 0.15  # 1 in 4 is a guess among two, ln 2 / 4 = 0.17


def _list(state):
    return list(state) if isinstance(state, tuple) else [state]


@pytest.mark.refusal("models.language_model")
@pytest.mark.parametrize(
    "call, error, sentence",
    [
        (lambda: LanguageModel(1), ValueError, "vocab_size must be at least 2, got 1"),
        (lambda: LanguageModel(9, embedding=0), ValueError, "embedding must be at least 1"),
        (lambda: LanguageModel(9, hidden=2.5), TypeError, "hidden must be a whole number"),
        (lambda: LanguageModel(9, num_layers=0), ValueError, "num_layers must be at least 1"),
        (lambda: LanguageModel(9, dropout=2), ValueError, "dropout must be between 0 and 1"),
        (lambda: LanguageModel(9, rnn="transformer"), ValueError, "rnn must be one of 'rnn', 'lstm', 'gru'"),
        (lambda: build()([0]), TypeError, "ids must be a tensor of shape"),
        (lambda: build()(text(3)), ValueError, r"ids must have shape \(B, T\), got \(3,\)"),
        (lambda: build()(text(3)[None].float()), TypeError, "ids must be of type torch.int64"),
        (lambda: build()(text(3)[None] + 9), ValueError, "Each id must be from 0 to 8"),
        (lambda: build()(text(3)[None] - 9), ValueError, "Each id must be from 0 to 8"),
        (lambda: Streams(text(3), 3, 2), ValueError, "3 streams need at least 4 tokens, got 3; take fewer streams"),
        (lambda: Streams(text(9), 0, 2), ValueError, "B must be at least 1, got 0"),
        (lambda: Streams(text(9), 2, 0), ValueError, "T must be at least 1, got 0"),
        (lambda: Streams(text(9), 2, 2, carry=None), ValueError, "carry must be one of True, False"),
        (lambda: Streams(text(9)[None], 2, 2), ValueError, r"ids must have shape \(N,\)"),
    ],
)
def test_bad_input_gets_one_sentence(call, error, sentence):
    with refused(error, sentence) as failure:
        call()
    assert str(failure.value).endswith(".") and "\n" not in str(failure.value)
