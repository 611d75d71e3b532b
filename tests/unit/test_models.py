import functools

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from utils.models import POOLINGS, Classifier
from utils.recurrent import GRU, LSTM
from utils.text import pad

id_lists = st.lists(st.lists(st.integers(1, 29), min_size=1, max_size=9), min_size=1, max_size=5)
kinds = st.sampled_from(["rnn", "lstm", "gru", nn.LSTM, nn.GRU, LSTM])


def build(rnn="lstm", pooling="last", bidirectional=True, **options):
    torch.manual_seed(0)
    return Classifier(30, 5, 4, rnn=rnn, pooling=pooling, bidirectional=bidirectional, **options).double().eval()


@settings(max_examples=60)
@given(id_lists, kinds, st.sampled_from(POOLINGS), st.booleans(), st.integers(1, 12))
def test_padding_never_changes_the_result(rows, rnn, pooling, bidirectional, more):
    model = build(rnn, pooling, bidirectional)
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
    results = {name: build(pooling=name).pool(h, lengths)[0].tolist() for name in POOLINGS}
    assert results == {"last": [3.0, 8.0], "mean": [2.0, 7.0], "max": [3.0, 8.0], "mean+max": [2.0, 7.0, 3.0, 8.0]}
    assert build(bidirectional=False).pool(h, lengths)[0].tolist() == [3.0, 6.0]


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


def test_sizes_classes_and_any_class_of_recurrent_layer():
    ids, lengths = pad([[1, 2], [3]])
    assert Classifier(9, classes=5)(ids, lengths).shape == (2, 5)
    assert Classifier(9, rnn=functools.partial(GRU, reset="before"))(ids, lengths).shape == (2, 2)


ids, lengths = pad([[1, 2], [3]])


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
        (lambda: Classifier(9, padding_idx=9), ValueError, "padding_idx must be below vocab_size 9"),
        (lambda: Classifier(9)([1], lengths), TypeError, "ids must be a tensor of shape"),
        (lambda: Classifier(9)(ids[0], lengths), ValueError, "ids must have shape"),
        (lambda: Classifier(9)(ids.float(), lengths), TypeError, "ids must be of type torch.int64"),
        (lambda: Classifier(9)(ids, lengths[:1]), ValueError, r"lengths must have shape \(2,\)"),
        (lambda: Classifier(9)(ids, lengths + 1), ValueError, "lengths must be from 1 to 2"),
        (lambda: Classifier(9)(ids, lengths * 0), ValueError, "lengths must be from 1 to 2"),
        (lambda: Classifier(3)(ids, lengths), ValueError, "Each id must be from 0 to 2"),
    ],
)
def test_bad_input_gets_one_sentence(call, error, sentence):
    with pytest.raises(error, match=sentence):
        call()
