import functools

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from refused import refused
from torch import nn

from utils.cells.layer import GRU, LSTM, RNN
from utils.data.batching import pad
from utils.models.classifier import POOLINGS, Classifier

id_lists = st.lists(st.lists(st.integers(1, 29), min_size=1, max_size=9), min_size=1, max_size=5)
kinds = st.sampled_from(["rnn", "lstm", "gru", nn.LSTM, nn.GRU, LSTM])


def build(rnn="lstm", pooling="last", bidirectional=True, **options):
    torch.manual_seed(0)
    return Classifier(30, 5, 4, rnn=rnn, pooling=pooling, bidirectional=bidirectional, **options).double().eval()


@settings(max_examples=60)
@given(id_lists, kinds, st.sampled_from(POOLINGS), st.booleans(), st.integers(1, 12), st.integers(0, 4), st.booleans())
def test_padding_never_changes_the_result(rows, rnn, pooling, bidirectional, more, segment, bigrams):
    segment = None if pooling == "last" else segment or None
    model = build(rnn, pooling, bidirectional, segment=segment, bigrams=20 * bigrams)
    for weights in (model.query, model.pairs and model.pairs.weight):  # both start at 0 and would hide a mistake
        if weights is not None:
            nn.init.normal_(weights)
    ids, lengths = pad(rows)
    alone = torch.cat([model(*pad([row])) for row in rows])
    wider = model(nn.functional.pad(ids, (0, more)), lengths)
    torch.testing.assert_close(model(ids, lengths), alone, atol=1e-12, rtol=0)
    torch.testing.assert_close(wider, alone, atol=1e-12, rtol=0)


@pytest.mark.parametrize("kind, theirs", [("lstm", nn.LSTM), ("gru", nn.GRU)])
@pytest.mark.parametrize("own", [True, False])
def test_the_last_states_are_those_of_torch_with_packed_sequences(kind, theirs, own):
    model = build(kind if own else theirs)
    both = theirs(5, 4, batch_first=True, bidirectional=True).double()
    for suffix, part in (("_l0", model.forward_rnn), ("_l0_reverse", model.backward_rnn)):
        part = part.to_torch() if own else part
        for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"):
            getattr(both, name + suffix).data = getattr(part, name + "_l0").data
    ids, lengths = pad([[3, 4, 5, 6, 7], [8], [9, 10, 11]])
    packed = nn.utils.rnn.pack_padded_sequence(model.embedding(ids), lengths, batch_first=True, enforce_sorted=False)
    h_n = both(packed)[1]
    h_n = h_n[0] if kind == "lstm" else h_n
    pooled = model.pool(model.states(ids, lengths), lengths)
    torch.testing.assert_close(pooled, torch.cat([h_n[0], h_n[1]], dim=-1), atol=1e-12, rtol=0)


def test_pooling_by_hand():
    h = torch.tensor([[[1.0, 8.0], [3.0, 6.0], [99.0, 99.0]]])  # the last step is padding
    lengths = torch.tensor([2])
    models = {name: build(pooling=name) for name in POOLINGS}
    models["attention"].query.data = torch.zeros(2)  # weighs all words alike
    results = {name: model.pool(h, lengths)[0].tolist() for name, model in models.items()}
    by_hand = {"last": [3.0, 8.0], "mean": [2.0, 7.0], "max": [3.0, 8.0], "mean+max": [2.0, 7.0, 3.0, 8.0]}
    assert results == by_hand | {"attention": [2.0, 7.0]}
    assert build(bidirectional=False).pool(h, lengths)[0].tolist() == [3.0, 6.0]


def test_attention_by_hand():
    model = build(pooling="attention", bidirectional=False)
    h = torch.tensor([[[1.0, 8.0, 0, 0], [3.0, 6.0, 0, 0], [99.0, 99.0, 0, 0]]]).double()
    model.query.data = torch.tensor([torch.tensor(3.0).log() / 2, 0, 0, 0]).double()  # weights e^q = 1 : 3
    assert model.pool(h, torch.tensor([2]))[0, :2].tolist() == pytest.approx([2.5, 6.5])


def test_attention_learns_its_query():
    model = build(pooling="attention")
    model(*pad([[3, 4, 5], [6, 7]]))[:, 0].sum().backward()
    assert model.query.grad.abs().sum() > 0


@pytest.mark.parametrize("kind", ["lstm", nn.GRU])
def test_a_segment_is_read_as_a_text_of_its_own(kind):
    whole, cut = build(kind, "mean"), build(kind, "mean", segment=3)
    cut.load_state_dict(whole.state_dict())
    rows = [[3, 4, 5, 6, 7, 8, 9], [10, 11]]
    h = cut.states(*pad(rows))
    for begin, piece in ((0, [3, 4, 5]), (3, [6, 7, 8]), (6, [9])):
        alone = whole.states(*pad([piece]))[0]
        torch.testing.assert_close(h[0, begin : begin + len(piece)], alone, atol=1e-12, rtol=0)
    torch.testing.assert_close(h[1, :2], whole.states(*pad([rows[1]]))[0], atol=1e-12, rtol=0)
    longer = build(kind, "mean", segment=50)
    torch.testing.assert_close(longer(*pad(rows)), whole(*pad(rows)), atol=1e-12, rtol=0)


def test_a_pair_of_words_has_a_vector_of_its_own():
    plain, model = build(), build(bigrams=1_000)
    model.load_state_dict(plain.state_dict(), strict=False)
    ids, lengths = pad([[3, 4, 3, 4], [4, 3]])
    assert torch.equal(model(ids, lengths), plain(ids, lengths))  # pairs start at 0
    nn.init.normal_(model.pairs.weight[1:])
    pairs = model.embed(ids) - model.embedding(ids)
    assert torch.allclose(pairs[0, 1], pairs[0, 3]) and not torch.allclose(pairs[0, 1], pairs[0, 2])
    assert torch.allclose(pairs[0, 2], pairs[1, 1]) and not torch.allclose(pairs[0, 0], pairs[0, 2])
    assert torch.equal(pairs[1, 2:], torch.zeros_like(pairs[1, 2:]))


def test_word_dropout_leaves_out_whole_words_and_only_in_training():
    model = build(word_dropout=0.5)
    ids = torch.arange(30).repeat(40, 1)
    kept = model.train().embed(ids) / model.embedding(ids)
    assert set(kept[:, 1:].round(decimals=6).flatten().tolist()) == {0.0, 2.0}
    assert torch.equal(kept[:, 1:, 0], kept[:, 1:, 1]) and 0.4 < (kept[:, 1:, 0] > 0).double().mean() < 0.6
    assert torch.equal(model.eval().embed(ids), model.embedding(ids))


def test_padding_learns_nothing():
    model = build(pooling="mean+max")
    model(*pad([[3, 4, 5], [6]])).sum().backward()
    gradient = model.embedding.weight.grad
    assert gradient[0].abs().sum() == 0 and (gradient[3:7].abs().sum(1) > 0).all()


def test_ours_and_torchs_give_the_same_logits():
    ours, theirs = build("lstm", "mean+max"), build(nn.LSTM, "mean+max")
    theirs.load_state_dict(
        {name: value for name, value in ours.state_dict().items() if "rnn" not in name}
        | {f"forward_rnn.{name}": value for name, value in ours.forward_rnn.to_torch().state_dict().items()}
        | {f"backward_rnn.{name}": value for name, value in ours.backward_rnn.to_torch().state_dict().items()}
    )
    batch = pad([[3, 4, 5, 6], [7, 8]])
    torch.testing.assert_close(ours(*batch), theirs(*batch), atol=1e-12, rtol=0)


RELU = [functools.partial(kind, nonlinearity="relu") for kind in (RNN, functools.partial(RNN, fast=True), nn.RNN)]


@pytest.mark.parametrize("pooling", POOLINGS)
@pytest.mark.parametrize("segment", [None, 4])
@pytest.mark.parametrize("rnn", ["rnn", "lstm", "gru", nn.LSTM, *RELU])
def test_what_stands_at_padding_reaches_no_gradient(rnn, segment, pooling):
    """Neither a vector that is no number, nor a state that would grow over a long padding; also in empty segments."""
    model = build(rnn, pooling, segment=None if pooling == "last" else segment)
    if model.query is not None:
        nn.init.normal_(model.query)
    for layer in (model.forward_rnn, model.backward_rnn):
        for weight in layer.parameters():
            if rnn in RELU and weight.shape == (4, 4):
                nn.init.constant_(weight, 3.0)
    ids = torch.zeros(2, 320, dtype=torch.long)
    ids[0, :3], ids[1, :9] = 5, 7
    x, gradients = model.embed(ids).detach(), []
    for content in (0.0, torch.nan):
        given = x.clone()
        given[0, 3:], given[1, 9:] = content, content
        model.zero_grad()
        lengths = torch.tensor([3, 9])
        model.output(model.pool(model.read_segments(given.requires_grad_(), lengths), lengths)).sum().backward()
        used = [weight.grad for weight in model.parameters() if weight.grad is not None]
        gradients.append([given.grad, *used])
    for mine, want in zip(*gradients, strict=True):
        assert want.isfinite().all() and torch.equal(mine, want)


def test_states_that_are_no_numbers_at_padding_are_not_pooled():
    h, lengths = torch.randn(1, 3, 8, dtype=torch.float64), torch.tensor([2])
    for pooling in POOLINGS:
        model, wrong = build(pooling=pooling), h.clone()
        wrong[0, 2] = torch.nan
        assert torch.equal(model.pool(wrong, lengths), model.pool(h, lengths)), pooling


@pytest.mark.parametrize("frozen", [False, True])
@pytest.mark.parametrize("rnn", ["rnn", "lstm", "gru"])
def test_second_derivatives_are_those_of_the_readable_cells(rnn, frozen):
    kernel = build(rnn).requires_grad_(not frozen)
    steps = build({"rnn": RNN, "lstm": LSTM, "gru": GRU}[rnn]).requires_grad_(not frozen)
    steps.load_state_dict(kernel.state_dict())
    ids, lengths = pad([[3, 4, 5], [6, 7]])
    x = kernel.embed(ids).detach()

    def loss(model, x):
        return (model.output(model.pool(model.read(x, lengths), lengths)) ** 3).sum()

    found, want = (torch.autograd.functional.hessian(functools.partial(loss, model), x) for model in (kernel, steps))
    assert want.abs().max() > 1e-3
    torch.testing.assert_close(found, want, rtol=1e-10, atol=1e-12)


def test_dropout_acts_before_and_after_the_recurrent_layer():
    """Of one word: its vector is whole or 0 in each number, and so is what is pooled; in training only."""
    model = build(dropout=0.5).train()
    seen = {}
    model.forward_rnn.register_forward_pre_hook(lambda _, given: seen.update(x=given[0]))
    model.output.register_forward_pre_hook(lambda _, given: seen.update(pooled=given[0]))
    ids, lengths = torch.full((50, 1), 3), torch.ones(50, dtype=torch.long)
    for training, share in ((True, 0.5), (False, 0.0)):
        model.train(training)(ids, lengths)
        for name, value in seen.items():
            assert (value == 0).double().mean().item() == pytest.approx(share, abs=0.15), name


@pytest.mark.parametrize("training", [True, False])
def test_logits_of_lists_has_no_dropout_and_leaves_the_model_as_it_was(training):
    model, rows = Classifier(9, 4, 3, dropout=0.9).train(training), [[2, 3, 4], [5]]
    found = model.logits_of(rows)
    assert model.training is training and np.array_equal(found, model.logits_of(rows))
    with pytest.raises(ValueError):
        model.logits_of([[2], [9]])  # outside the vocabulary
    assert model.training is training


def test_the_vectors_of_words_begin_small():
    weight = Classifier(5_000).embedding.weight
    assert weight[1:].std().item() == pytest.approx(0.1, rel=0.02) and (weight[0] == 0).all()


def test_sizes_classes_and_any_class_of_recurrent_layer():
    ids, lengths = pad([[1, 2], [3]])
    assert Classifier(9, classes=5)(ids, lengths).shape == (2, 5)
    assert Classifier(9, rnn=functools.partial(GRU, reset="before"))(ids, lengths).shape == (2, 2)


ids, lengths = pad([[1, 2], [3]])


@pytest.mark.refusal("models.classifier")
@pytest.mark.parametrize(
    "call, error, sentence",
    [
        (lambda: Classifier(0), ValueError, "vocab_size must be at least 1"),
        (lambda: Classifier(9, embedding=0), ValueError, "embedding must be at least 1"),
        (lambda: Classifier(9, hidden=2.5), TypeError, "hidden must be a whole number"),
        (lambda: Classifier(9, classes=1), ValueError, "classes must be at least 2"),
        (lambda: Classifier(9, rnn="cnn"), ValueError, "rnn must be one of 'rnn', 'lstm', 'gru'"),
        (lambda: Classifier(9, pooling="first"), ValueError, "pooling must be one of"),
        (lambda: Classifier(9, dropout=1.5), ValueError, "dropout must be between 0 and 1"),
        (lambda: Classifier(9, word_dropout=-0.1), ValueError, "word_dropout must be between 0 and 1"),
        (lambda: Classifier(9, bigrams=-1), ValueError, "bigrams must be at least 0"),
        (lambda: Classifier(9, pooling="mean", segment=0), ValueError, "segment must be at least 1"),
        (lambda: Classifier(9, segment=32), ValueError, "with segment, pool over the text"),
        (lambda: Classifier(9, padding_idx=9), ValueError, "padding_idx must be below vocab_size 9"),
        (lambda: Classifier(9)([1], lengths), TypeError, "ids must be a tensor of shape"),
        (lambda: Classifier(9)(ids[0], lengths), ValueError, "ids must have shape"),
        (lambda: Classifier(9)(ids.float(), lengths), TypeError, "ids must be of type torch.int64"),
        (lambda: Classifier(9)(ids, lengths[:1]), ValueError, r"lengths must have shape \(2,\)"),
        (lambda: Classifier(9)(ids, lengths + 1), ValueError, "lengths must be from 1 to 2"),
        (lambda: Classifier(9)(ids, lengths * 0), ValueError, "lengths must be from 1 to 2"),
        (lambda: Classifier(3)(ids, lengths), ValueError, "Each id must be from 0 to 2"),
        (lambda: Classifier(9)(-ids, lengths), ValueError, "Each id must be from 0 to 8"),
    ],
)
def test_bad_input_gets_one_sentence(call, error, sentence):
    with refused(error, sentence):
        call()
