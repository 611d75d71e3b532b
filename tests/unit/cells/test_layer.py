"""The unrolled networks, teaching path and fast path, against torch's: values and all gradients, in float64."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from utils.cells.layer import GRU, LSTM, RNN, mask, reverse

NETWORKS = [(network, fast) for network in (RNN, LSTM, GRU) for fast in (False, True)]


def run(network, x, state, lengths=None):
    """Output, last states and a loss over all of them; torch's networks get lengths by packing."""
    if lengths is None:
        output, last = network(x, state)
    elif isinstance(network, nn.RNNBase):
        packed = nn.utils.rnn.pack_padded_sequence(x, lengths, network.batch_first, enforce_sorted=False)
        output, last = network(packed, state)
        output, _ = nn.utils.rnn.pad_packed_sequence(output, network.batch_first)
    else:
        output, last = network(x, state, lengths)
    last = last if isinstance(last, tuple) else (last,)
    return output, last, output.square().sum() + sum((k + 1) * (s**3).sum() for k, s in enumerate(last))


def stacked_gradients(own):
    """The gradients of our cells, stacked and named as torch's weights."""
    suffixes = [f"_l{layer}{d}" for layer in range(own.num_layers) for d in ("", "_reverse")[: 1 + own.bidirectional]]
    return {
        f"{kind}_{side}{suffix}": torch.cat([getattr(m, kind).grad for m in cell.maps(letter)])
        for suffix, cell in zip(suffixes, own.cells)
        for side, letter in (("ih", "W"), ("hh", "U"))
        for kind in (("weight", "bias") if own.bias else ("weight",))
    }


@pytest.mark.parametrize("own_class, fast", NETWORKS)
@given(data=st.data())
@settings(max_examples=40)
def test_equals_torch_in_values_and_gradients(own_class, fast, data):
    B, T, n, H = (data.draw(st.integers(1, most), name) for name, most in (("B", 4), ("T", 7), ("n", 4), ("H", 5)))
    layers, directions = data.draw(st.integers(1, 3), "layers"), data.draw(st.integers(1, 2), "directions")
    batch_first, bias = data.draw(st.booleans(), "batch_first"), data.draw(st.booleans(), "bias")
    torch.manual_seed(data.draw(st.integers(0, 2**31), "seed"))
    theirs = own_class.torch_class(
        n, H, layers, bias=bias, batch_first=batch_first, bidirectional=directions == 2, dtype=torch.float64
    )
    own = own_class.from_torch(theirs, fast=fast)
    lengths = data.draw(st.none() | st.lists(st.integers(1, T), min_size=B, max_size=B), "lengths")
    if lengths is not None:
        lengths[0] = T  # torch's padding stops at the longest
    leaves = [torch.randn((B, T, n) if batch_first else (T, B, n), dtype=torch.float64, requires_grad=True)]
    state = None
    if data.draw(st.booleans(), "first state given"):
        leaves += [
            torch.randn(layers * directions, B, H, dtype=torch.float64, requires_grad=True)
            for _ in own.cell_class.states
        ]
        state = leaves[1] if len(leaves) == 2 else tuple(leaves[1:])

    results = [run(network, leaves[0], state, lengths) for network in (own, theirs)]
    (output, last, loss), (their_output, their_last, their_loss) = results
    torch.testing.assert_close(output, their_output, rtol=0, atol=1e-10)
    for value, want in zip(last, their_last, strict=True):
        torch.testing.assert_close(value, want, rtol=0, atol=1e-10)
    loss.backward(inputs=list(own.parameters()), retain_graph=True)
    their_loss.backward(inputs=list(theirs.parameters()), retain_graph=True)
    mine = stacked_gradients(own)
    for name, weight in theirs.named_parameters():
        torch.testing.assert_close(mine[name], weight.grad, rtol=0, atol=1e-8)
    for value, want in zip(torch.autograd.grad(loss, leaves), torch.autograd.grad(their_loss, leaves)):
        torch.testing.assert_close(value, want, rtol=0, atol=1e-8)


@pytest.mark.parametrize("own_class, fast", NETWORKS)
@pytest.mark.parametrize("bias", [True, False])
def test_weights_go_round_bit_for_bit(own_class, fast, bias):
    theirs = own_class.torch_class(3, 4, 2, bias=bias, bidirectional=True, dropout=0.25, batch_first=True).eval()
    back = own_class.from_torch(theirs, fast=fast).to_torch()
    assert repr(back) == repr(theirs) and not back.training
    for key, value in theirs.state_dict().items():
        assert torch.equal(value, back.state_dict()[key])


@pytest.mark.parametrize("own_class, fast", NETWORKS)
def test_one_sequence_without_a_batch(own_class, fast):
    theirs = own_class.torch_class(3, 4, 2, dtype=torch.float64)
    x = torch.randn(5, 3, dtype=torch.float64)
    state = tuple(torch.randn(2, 4, dtype=torch.float64) for _ in own_class.cell_class.states)
    state = state if len(state) > 1 else state[0]
    (output, last, _), (want, want_last, _) = (run(m, x, state) for m in (own_class.from_torch(theirs, fast), theirs))
    torch.testing.assert_close(output, want, rtol=0, atol=1e-12)
    for value, expected in zip(last, want_last, strict=True):
        torch.testing.assert_close(value, expected, rtol=0, atol=1e-12)


def test_relu_is_taken_over():
    theirs = nn.RNN(3, 4, nonlinearity="relu", dtype=torch.float64)
    own, x = RNN.from_torch(theirs), torch.randn(6, 2, 3, dtype=torch.float64)
    torch.testing.assert_close(own(x)[0], theirs(x)[0], rtol=0, atol=1e-12)
    assert own.to_torch().nonlinearity == "relu"


def test_gru_with_reset_before_differs_and_cannot_become_torchs():
    own, after = GRU(3, 4, reset="before"), GRU(3, 4)
    after.load_state_dict(own.state_dict())
    x = torch.randn(6, 2, 3)
    assert (own(x)[0] - after(x)[0]).abs().max() > 1e-4
    with pytest.raises(ValueError, match="resets before"):
        own.to_torch()


@pytest.mark.parametrize("own_class, fast", NETWORKS)
def test_trace_holds_the_output_of_each_layer_and_direction(own_class, fast):
    own = own_class(3, 4, 2, batch_first=True, bidirectional=True, fast=fast, dtype=torch.float64)
    x, lengths = torch.randn(2, 6, 3, dtype=torch.float64), [6, 4]
    traces = own.trace(x, lengths=lengths)
    assert len(traces) == 4 and set(traces[0]) == set(own.cells[0].states + own.cells[0].gates)
    output, _ = own(x, lengths=lengths)
    torch.testing.assert_close(torch.cat([traces[2]["h"], traces[3]["h"]], -1), output, rtol=0, atol=1e-12)


def test_what_stands_after_a_sequence_does_not_matter():
    own = LSTM(3, 4, batch_first=True, bidirectional=True)
    x, lengths = torch.randn(2, 6, 3), [6, 2]
    changed = x.clone()
    changed[1, 2:] = 99.0
    for value, want in zip(own(changed, lengths=lengths)[0], own(x, lengths=lengths)[0]):
        assert torch.equal(value, want)


def test_dropout_acts_between_layers_and_only_in_training():
    torch.manual_seed(0)
    own, x = LSTM(3, 8, 2, dropout=0.5), torch.randn(5, 4, 3)
    assert not torch.equal(own(x)[0], own(x)[0])
    assert torch.equal(own.eval()(x)[0], own(x)[0])
    traces = own.train().trace(x)
    assert (traces[0]["h"] != 0).all() and (traces[1]["h"] != 0).all()  # the outputs themselves are whole


def test_mask_and_reverse():
    real = mask(torch.tensor([1, 3]), 3)
    assert real.tolist() == [[True, False, False], [True, True, True]]
    x = torch.arange(6.0).view(2, 3, 1)
    assert reverse(x, real).flatten().tolist() == [0, 1, 2, 5, 4, 3]
    assert reverse(x).flatten().tolist() == [2, 1, 0, 5, 4, 3]


@given(lengths=st.lists(st.integers(1, 6), min_size=1, max_size=4))
def test_reverse_twice_is_where_it_began(lengths):
    real = mask(torch.tensor(lengths), 6)
    x = torch.randn(len(lengths), 6, 2)
    assert torch.equal(reverse(reverse(x, real), real), x)
