"""The unrolled networks, step by step and by torch's kernel, against torch's: values, gradients, padding."""

from functools import partial

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from utils.cells.layer import GRU, LSTM, RNN, _one_piece, mask, reverse, states_within

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


@pytest.mark.parametrize("fast", [False, True])
def test_relu_is_taken_over(fast):
    theirs = nn.RNN(3, 4, nonlinearity="relu", dtype=torch.float64)
    own, x = RNN.from_torch(theirs, fast), torch.randn(6, 2, 3, dtype=torch.float64)
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


@pytest.mark.parametrize("lengths", [None, [5, 5, 5, 5]])
@pytest.mark.parametrize("fast", [False, True])
def test_dropout_acts_between_layers_and_only_in_training(fast, lengths):
    torch.manual_seed(0)
    own, x = LSTM(3, 8, 2, dropout=0.5, fast=fast), torch.randn(5, 4, 3)
    assert (own(x, None, lengths)[0] != 0).all()  # nothing is dropped after the last layer
    assert not torch.equal(own(x, None, lengths)[0], own(x, None, lengths)[0])
    assert torch.equal(own.eval()(x, None, lengths)[0], own(x, None, lengths)[0])
    traces = own.train().trace(x)
    assert (traces[0]["h"] != 0).all() and (traces[1]["h"] != 0).all()  # the outputs themselves are whole


def tensors(output, state):
    return [output, *(state if isinstance(state, tuple) else (state,))]


def equal(found, wanted) -> bool:
    return all(torch.equal(value, want) for value, want in zip(found, wanted, strict=True))


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.float16])
@pytest.mark.parametrize("own_class", [RNN, LSTM, GRU])
@given(data=st.data())
@settings(max_examples=25)
def test_the_kernel_gives_torchs_values_and_gradients_bit_for_bit(own_class, dtype, data):
    """Also with dropout, from the same seed, whether or not anything is learned, and for frozen weights."""
    names = "batch_first bias training frozen learns".split()
    batch_first, bias, training, frozen, learns = (data.draw(st.booleans(), name) for name in names)
    layers, dropout = data.draw(st.sampled_from([(1, 0.0), (2, 0.5)]), "layers")
    options = {"bidirectional": data.draw(st.booleans(), "both directions")}
    if own_class is RNN:
        options["nonlinearity"] = data.draw(st.sampled_from(["tanh", "relu"]), "nonlinearity")
    torch.manual_seed(0)
    options |= {"bias": bias, "batch_first": batch_first, "dropout": dropout}
    theirs = own_class.torch_class(3, 4, layers, dtype=dtype, **options)
    theirs.requires_grad_(not frozen).train(training)
    own = own_class.from_torch(theirs, fast=True).requires_grad_(not frozen)
    x = torch.randn((6, 3) if data.draw(st.booleans(), "one sequence") else (2, 6, 3), dtype=dtype, requires_grad=True)
    results = []
    for network in (own, theirs):
        torch.manual_seed(1)
        with torch.set_grad_enabled(learns):
            results.append(tensors(*network(x)))
    assert equal(*results)
    if learns:
        for network, values in zip((own, theirs), results):
            leaves = [x, *([] if frozen else network.parameters())]
            sum(value.square().sum() for value in values).backward(inputs=leaves)
            results.append(x.grad)
            x.grad = None
        assert torch.equal(results[2], results[3])
        if not frozen:
            mine = stacked_gradients(own)
            assert all(torch.equal(mine[name], weight.grad) for name, weight in theirs.named_parameters())


@pytest.mark.parametrize("own_class", [RNN, GRU])
def test_the_kernel_knows_autocast(own_class):
    theirs, x = own_class.torch_class(3, 4), torch.randn(5, 2, 3)
    own, steps = own_class.from_torch(theirs, fast=True), own_class.from_torch(theirs)
    with torch.autocast("cpu", torch.bfloat16):
        found, wanted, stepped = (network(x.bfloat16())[0] for network in (own, theirs, steps))
        assert torch.equal(own(x)[0], theirs(x)[0])
    assert torch.equal(found, wanted)
    torch.testing.assert_close(stepped.float(), wanted.float(), rtol=0, atol=0.02)


def test_the_kernel_takes_the_weights_of_today():
    own, x = LSTM(3, 4, fast=True), torch.randn(5, 2, 3)
    with torch.no_grad():
        before = own(x)[0]
        own.cells[0].W_f.bias += 1
        assert not torch.equal(own(x)[0], before)
        torch.testing.assert_close(own(x)[0], own.trace(x)[0]["h"].transpose(0, 1))


def test_weights_in_one_piece_are_the_stacked_ones():
    """What cuDNN gets: one stretch of memory, without gaps."""
    parts = [[torch.randn(2, 3), torch.randn(2, 3)], [torch.randn(2, 2)] * 2, [torch.randn(2)] * 2]
    pieces = _one_piece(parts)
    assert equal(pieces, [torch.cat(part) for part in parts])
    ends = [piece.data_ptr() + 4 * piece.numel() for piece in pieces]
    assert ends[:-1] == [piece.data_ptr() for piece in pieces[1:]]


@pytest.mark.parametrize("frozen", [False, True])
@pytest.mark.parametrize("lengths", [None, [5, 3]])
@pytest.mark.parametrize("dtype, close", [(torch.float64, 1e-12), (torch.float32, 1e-5)])
@pytest.mark.parametrize("own_class", [RNN, LSTM, GRU])
def test_second_derivatives_through_the_kernel_are_those_of_the_steps(own_class, dtype, close, lengths, frozen):
    """The Hessian by x, and how the weights move a penalty on the gradient by x; a zero would go unnoticed."""
    torch.manual_seed(0)
    steps = own_class(2, 3, 2, bidirectional=True, dtype=dtype).requires_grad_(not frozen)
    kernel = own_class(2, 3, 2, bidirectional=True, dtype=dtype, fast=True).requires_grad_(not frozen)
    kernel.load_state_dict(steps.state_dict())
    x = torch.randn(5, 2, 2, dtype=dtype)

    def loss(network, x):
        return sum(k * (value**3).sum() for k, value in enumerate(tensors(*network(x, None, lengths)), 1))

    found, wanted = (torch.autograd.functional.hessian(partial(loss, network), x) for network in (kernel, steps))
    assert wanted.abs().max() > 0.1
    torch.testing.assert_close(found, wanted, rtol=close, atol=close)
    if not frozen:
        for network in (kernel, steps):
            way = x.clone().requires_grad_()
            (slope,) = torch.autograd.grad(loss(network, way), way, create_graph=True)
            slope.square().sum().backward(inputs=list(network.parameters()))
        for mine, want in zip(kernel.parameters(), steps.parameters()):
            torch.testing.assert_close(mine.grad, want.grad, rtol=10 * close, atol=10 * close)


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
@pytest.mark.parametrize("own_class", [RNN, LSTM, GRU])
@pytest.mark.parametrize("transform", [torch.func.hessian, torch.func.jacfwd, torch.func.jacrev])
def test_transforms_of_the_kernel_are_right_or_refused(transform, own_class, dtype):
    steps, kernel = own_class(2, 3, dtype=dtype), own_class(2, 3, dtype=dtype, fast=True)
    kernel.load_state_dict(steps.state_dict())
    x = torch.randn(4, 2, 2, dtype=dtype)
    want = transform(lambda x: steps(x)[0].square().sum())(x)
    try:
        found = transform(lambda x: kernel(x)[0].square().sum())(x)
    except (RuntimeError, NotImplementedError):
        return
    torch.testing.assert_close(found, want)


@pytest.mark.parametrize("both", [False, True])
@pytest.mark.parametrize("bad", [float("nan"), float("inf"), 1e30])
@pytest.mark.parametrize("own_class, fast", NETWORKS)
def test_what_stands_after_a_sequence_reaches_no_gradient(own_class, fast, bad, both):
    own = own_class(2, 3, 2, bidirectional=both, fast=fast, dtype=torch.float64)
    x, lengths = torch.randn(6, 3, 2, dtype=torch.float64), [6, 1, 4]
    gradients = []
    for content in (bad, 0.0):
        given = x.clone()
        for row, length in enumerate(lengths):
            given[length:, row] = content
        given.requires_grad_()
        own.zero_grad()
        sum(value.sum() for value in tensors(*own(given, None, lengths))).backward()
        gradients.append([given.grad, *(weight.grad for weight in own.parameters())])
    assert equal(*gradients) and all(gradient.isfinite().all() for gradient in gradients[0])


@pytest.mark.parametrize("fast", [False, True])
def test_a_state_that_would_grow_over_padding_does_not(fast):
    own = RNN(1, 1, nonlinearity="relu", fast=fast)
    with torch.no_grad():
        own.cells[0].U.weight.fill_(3.0)
    output, last = own(torch.ones(301, 2, 1), None, [1, 1])
    (output.sum() + last.sum()).backward()
    assert all(weight.grad.isfinite().all() for weight in own.parameters())
    assert torch.equal(last[0], output[0]) and (output[1:] == 0).all()


@pytest.mark.parametrize("own_class, fast", NETWORKS)
def test_the_last_state_is_left_alone_over_a_long_padding(own_class, fast):
    torch.manual_seed(0)
    own = own_class(3, 8, fast=fast)
    x = torch.randn(40, 2, 3)
    alone, within = tensors(*own(x[:7, :1]))[1:], tensors(*own(x, None, [7, 40]))[1:]
    for value, want in zip(within, alone, strict=True):
        torch.testing.assert_close(value[:, :1], want, rtol=0, atol=1e-6)


@pytest.mark.parametrize("own_class", [RNN, LSTM, GRU])
def test_a_trace_begins_at_the_state_that_is_given(own_class):
    own, x = own_class(3, 4, dtype=torch.float64), torch.randn(6, 2, 3, dtype=torch.float64)
    whole, (_, state) = own.trace(x)[0], own(x[:2])
    for letter, values in own.trace(x[2:], state)[0].items():
        torch.testing.assert_close(values, whole[letter][:, 2:], rtol=0, atol=1e-12)


@pytest.mark.parametrize("fast", [False, True])
def test_a_state_has_a_batch_exactly_when_x_has_one(fast):
    own, x, state = GRU(3, 4, fast=fast), torch.randn(5, 3), torch.randn(1, 4)
    for inputs, wrong, shape in ((x, state[None], r"\(1, 4\)"), (x[:, None], state, r"\(1, 1, 4\)")):
        with pytest.raises(ValueError, match=f"h_0 must have shape {shape}"):
            own(inputs, wrong)


@pytest.mark.parametrize("network", [RNN, nn.RNN])
def test_a_sequence_that_is_all_padding_has_states_that_are_numbers(network):
    rnn, x = network(2, 3, batch_first=True, nonlinearity="relu"), torch.randn(2, 4, 2)
    states = states_within(rnn, x, mask(torch.tensor([4, 0]), 4))
    assert torch.allclose(states[0], rnn(x[:1])[0][0]) and states.isfinite().all()


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
