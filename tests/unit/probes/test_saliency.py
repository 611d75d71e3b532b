"""Saliency: the shares add up, padding has none, and both measures are what a change of the text does."""

import copy
import warnings

import pytest
import torch
from refused import refused
from torch import nn

from utils.cells.layer import GRU
from utils.data.batching import pad
from utils.models.classifier import POOLINGS, Classifier
from utils.models.sentiment import load_sentiment
from utils.probes import saliency
from utils.probes.saliency import leave_one_out, token_saliency

ROWS = [[3, 4, 5, 6, 7, 8, 9], [10], [11, 3, 12]]
PRAISE = "A wonderful film with great actors . The plot is a bit slow but I loved it and the ending is perfect ."
REVIEW = "This was a waste of two hours . The plot is dull , the acting is awful and the end makes no sense ."
SIXTY = (
    "The film starts slowly and takes its time to tell you who everybody is, but by the second half I was completely "
    "drawn in. The actors are good, the music is lovely, and I did not expect the ending at all. It is not perfect. "
    "Still, I would see it again tomorrow."
)


def build(rnn="lstm", pooling="attention", classes=2, **options):
    """A small model in float64 whose weights are large enough to bend the way from 0 to the words."""
    torch.manual_seed(0)
    model = Classifier(30, 5, 4, classes, rnn=rnn, pooling=pooling, **options).double()
    with torch.no_grad():
        for weights in model.parameters():
            weights.normal_(std=0.7)
        for table in (model.embedding, model.pairs):
            if table is not None:
                table.weight[table.padding_idx] = 0
    return model


def difference(model, x, lengths, target=1):
    logits = model.output(model.pool(model.read_segments(x, lengths), lengths))
    others = [c for c in range(logits.shape[1]) if c != target]
    return logits[:, target] - logits[:, others].mean(1)


def test_a_vector_that_is_no_number_at_padding_has_no_share():
    model = build()
    ids, lengths = pad(ROWS)
    want = token_saliency(model, ids, lengths)
    with torch.no_grad():
        model.embedding.weight[0] = torch.nan
    assert torch.equal(token_saliency(model, ids, lengths), want)


@pytest.mark.parametrize("rnn", ["rnn", "lstm", "gru", nn.LSTM, GRU])
@pytest.mark.parametrize("pooling, segment", [*((p, None) for p in POOLINGS), ("attention", 2), ("mean+max", 3)])
def test_the_shares_of_a_text_add_up_to_its_logit_difference(rnn, pooling, segment):
    model = build(rnn, pooling, segment=segment, bigrams=20).eval()
    ids, lengths = pad(ROWS)
    with torch.no_grad():
        x = model.embed(ids)
        want = difference(model, x, lengths) - difference(model, torch.zeros_like(x), lengths)
    assert want.abs().max() > 0.3
    shares = token_saliency(model, ids, lengths, tolerance=1e-6)
    torch.testing.assert_close(shares.sum(1), want, atol=2e-5, rtol=0)
    assert (token_saliency(model, ids, lengths, tolerance=0.05).sum(1) - want).abs().max() < 0.5


def test_a_share_is_the_integral_of_the_gradient():
    """Equation 1, by the midpoint rule with so many steps that no cleverness is needed."""
    model = build().eval()
    ids, lengths = pad(ROWS[:1])
    x = model.embed(ids).detach()
    a = (torch.arange(4000, dtype=x.dtype) + 0.5) / 4000
    way = (a[:, None, None] * x).requires_grad_()
    (gradient,) = torch.autograd.grad(difference(model, way, lengths.expand(4000)).sum(), way)
    want = (x * gradient.mean(0)).sum(-1)
    torch.testing.assert_close(token_saliency(model, ids, lengths, tolerance=1e-7), want, atol=1e-6, rtol=0)


@pytest.mark.parametrize("probe", [token_saliency, leave_one_out])
def test_padding_has_no_share_and_changes_none(probe):
    model = build(segment=2, bigrams=20)
    ids, lengths = pad(ROWS)
    ids[1, 1:] = 13  # whatever stands behind a text
    shares = probe(model, ids, lengths)
    for row, share, n in zip(ROWS, shares, lengths.tolist()):
        assert (share[n:] == 0).all() and share[:n].abs().min() > 0
        torch.testing.assert_close(share[:n], probe(model, *pad([row]))[0], atol=1e-12, rtol=0)


def test_leave_one_out_is_the_change_when_a_word_is_dropped():
    model = build(pooling="max").eval()
    ids, lengths = pad(ROWS)
    drops = leave_one_out(model, ids, lengths)
    with torch.no_grad():
        x = model.embed(ids)
        whole = difference(model, x, lengths)
        for t in range(3):
            without = x.clone()
            without[:, t] = 0
            torch.testing.assert_close(drops[[0, 2], t], (whole - difference(model, without, lengths))[[0, 2]])


@pytest.mark.parametrize("probe", [token_saliency, leave_one_out])
def test_with_three_classes_the_targets_cancel(probe):
    """Each logit minus the mean of the other two: over the three targets they add up to 0."""
    model = build(classes=3)
    options = {"tolerance": 1e-7} if probe is token_saliency else {}
    shares = torch.stack([probe(model, *pad(ROWS), target=k, **options) for k in range(3)])
    assert shares.abs().max() > 0.1
    torch.testing.assert_close(shares.sum(0), torch.zeros_like(shares[0]), atol=1e-6, rtol=0)


@pytest.mark.parametrize("probe", [token_saliency, leave_one_out])
def test_dropout_is_off_and_the_model_stays_as_it_was(probe):
    model = build(dropout=0.5, word_dropout=0.5).train()
    ids, lengths = pad(ROWS)
    assert torch.equal(probe(model, ids, lengths), probe(model, ids, lengths))
    assert model.training and model.output.weight.grad is None
    with torch.no_grad():
        shares = probe(model.eval(), ids, lengths)
    assert not model.training and not shares.requires_grad


def test_on_a_clear_review_the_two_measures_agree_in_rank():
    sentiment = load_sentiment()
    ids, lengths = sentiment.encode(REVIEW)
    ranks = [probe(sentiment.model, ids, lengths)[0].argsort().argsort() for probe in (token_saliency, leave_one_out)]
    assert torch.corrcoef(torch.stack(ranks).double())[0, 1] > 0.5
    words = sentiment.vocabulary.decode(ids[0])
    strongest = token_saliency(sentiment.model, ids, lengths)[0].argsort()[:3].tolist()
    assert {words[t] for t in strongest} == {"waste", "awful", "dull"}


@pytest.mark.parametrize("text", [PRAISE, REVIEW, SIXTY, "not good", "film"])
def test_the_shipped_models_shares_add_up_within_a_fifth_of_a_logit(text):
    sentiment = load_sentiment()
    ids, lengths = sentiment.encode(text)
    with torch.no_grad():
        x = sentiment.model.embed(ids)
        want = difference(sentiment.model, x, lengths) - difference(sentiment.model, 0 * x, lengths)
    assert abs(token_saliency(sentiment.model, ids, lengths).sum() - want) < 0.2


def scaled(factor, weights):
    """The shipped model with the named weights so many times as large, and a review."""
    sentiment = load_sentiment()
    model = copy.deepcopy(sentiment.model)
    with torch.no_grad():
        for name, values in model.named_parameters():
            if name.startswith(weights):
                values.mul_(factor)
    return model, *sentiment.encode(REVIEW)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("factor", [1e2, 1e4, 1e8])
def test_large_logits_are_shared_out_to_their_own_tolerance(factor, dtype):
    model, ids, lengths = scaled(factor, "output")
    model.to(dtype)
    with torch.no_grad(), warnings.catch_warnings(action="error"):
        x = model.embed(ids)
        want = difference(model, x, lengths) - difference(model, 0 * x, lengths)
        shares = token_saliency(model, ids, lengths)
    assert abs(shares.sum() - want) < 0.02 * want.abs() and want.abs() > factor


def test_large_logits_take_no_more_work(monkeypatch):
    """The way is as jumpy as before, only higher: a tolerance in logits would ask for ever more pieces."""
    pieces, along = [], saliency._along
    monkeypatch.setattr(saliency, "_along", lambda model, x, *rest: pieces[-1].append(len(x)) or along(model, x, *rest))
    for factor in (1, 1e2, 1e8):
        model, ids, lengths = scaled(factor, "output")
        pieces.append([])
        token_saliency(model.double(), ids, lengths)
    assert pieces[0] == pieces[1] == pieces[2] and sum(pieces[0]) < 100


def test_a_network_that_jumps_everywhere_gives_the_best_found_and_says_so():
    model, ids, lengths = scaled(60, "")
    with pytest.warns(UserWarning, match=r"jumps so often on the way to text 1 that its shares may miss .* logits\.$"):
        shares = token_saliency(model, torch.cat([0 * ids + 1, ids]), lengths.repeat(2))
    assert shares.isfinite().all()


@pytest.mark.refusal("probes.saliency")
@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_logits_that_are_no_numbers_are_refused(value):
    model, ids, lengths = scaled(value, "output.bias")
    with refused(ValueError, "The logits of text 0 are not finite; there is nothing to share out"):
        token_saliency(model, ids, lengths)


def test_pieces_are_cut_at_most_so_often(monkeypatch):
    model, ids, lengths = scaled(1, "")
    monkeypatch.setattr(saliency, "ROUNDS", 1)
    with pytest.warns(UserWarning, match="text 0"):
        rough = token_saliency(model, ids, lengths, 1e-3)
    monkeypatch.undo()
    monkeypatch.setattr(saliency, "PATIENCE", 6 * lengths.item())  # five pieces, and none more
    with pytest.warns(UserWarning, match="text 0"):
        assert torch.equal(token_saliency(model, ids, lengths, 1e-3), rough)


def test_how_much_is_read_at_once_changes_no_share(monkeypatch):
    model, (ids, lengths) = build(), pad(ROWS)
    shares = token_saliency(model, ids, lengths, 1e-6)
    monkeypatch.setattr(saliency, "AT_ONCE", 1)
    torch.testing.assert_close(token_saliency(model, ids, lengths, 1e-6), shares, atol=1e-12, rtol=0)


@pytest.mark.parametrize("probe", [token_saliency, leave_one_out])
@pytest.mark.parametrize("pooling", POOLINGS)
def test_inference_mode_is_no_hindrance(probe, pooling):
    model = build(pooling=pooling)
    want = probe(model, *pad(ROWS))
    with torch.inference_mode():
        found = probe(model, *pad(ROWS))  # the ids, too, are made in it
        torch.testing.assert_close(found, want, atol=1e-12, rtol=0)
        assert torch.is_inference_mode_enabled()


def test_gradients_are_taken_without_cudnn_which_has_none_in_eval_mode():
    """What is set while it reads; on a GPU it would fail otherwise."""
    model, seen = build(), []
    model.output.register_forward_hook(
        lambda *_: seen.append((torch.is_grad_enabled(), torch.backends.cudnn.enabled, model.training))
    )
    before = torch.backends.cudnn.enabled
    token_saliency(model, *pad(ROWS))
    assert (True, False, False) in seen and (True, True, False) not in seen
    assert torch.backends.cudnn.enabled is before


@pytest.mark.parametrize("probe", [token_saliency, leave_one_out])
@pytest.mark.parametrize("training", [True, False])
def test_after_a_failure_the_model_is_as_it_was(probe, training):
    model = build().train(training)
    model.output.register_forward_pre_hook(lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        probe(model, *pad(ROWS))
    assert model.training is training and model.output.training is training


ids, lengths = pad(ROWS)


@pytest.mark.refusal("probes.saliency")
@pytest.mark.parametrize("probe", [token_saliency, leave_one_out])
@pytest.mark.parametrize(
    "change, error, sentence",
    [
        ({"model": nn.LSTM(3, 4)}, TypeError, "model must be a Classifier of utils.models, got LSTM."),
        ({"ids": ids[0]}, ValueError, "ids must have shape"),
        ({"ids": ids + 30}, ValueError, "Each id must be from 0 to 29"),
        ({"lengths": lengths * 0}, ValueError, "lengths must be from 1 to 7"),
        ({"target": 2}, ValueError, "target must be below 2, the number of classes, got 2."),
        ({"target": 0.5}, TypeError, "target must be a whole number"),
    ],
)
def test_bad_input_gets_one_sentence(probe, change, error, sentence):
    with refused(error, sentence):
        probe(**({"model": build(), "ids": ids, "lengths": lengths} | change))


@pytest.mark.refusal("probes.saliency")
@pytest.mark.parametrize("tolerance", [0, 1e-14, -1.0])
def test_a_tolerance_below_rounding_is_refused(tolerance):
    with refused(ValueError, "tolerance must be at least 2.22045e-13, got "):
        token_saliency(build(), ids, lengths, tolerance=tolerance)
