"""The backward passes derived by hand, against finite differences and against the teaching path."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from utils.cells import fast
from utils.cells.layer import GRU, LSTM

FUNCTIONS = [(fast.LSTMFunction, 4, "b", "hc"), (fast.GRUFunction, 3, "bd", "h")]


@pytest.mark.parametrize("function, k, biases, states", FUNCTIONS)
@given(T=st.integers(1, 5), B=st.integers(1, 3), n=st.integers(1, 3), H=st.integers(1, 3), seed=st.integers(0, 2**31))
@settings(max_examples=15)
def test_gradcheck(function, k, biases, states, T, B, n, H, seed):
    torch.manual_seed(seed)
    shapes = [(T, B, n), (k * H, n), (k * H, H)] + [(k * H,) for _ in biases] + [(B, H) for _ in states]
    inputs = [torch.randn(shape, dtype=torch.float64, requires_grad=True) for shape in shapes]
    assert torch.autograd.gradcheck(function.apply, inputs)


@pytest.mark.parametrize("function, k, biases, states", FUNCTIONS)
@pytest.mark.parametrize("used", [0, -1])
def test_a_loss_on_one_output_alone(function, k, biases, states, used):
    """Only h, or only c, is used: the other output's gradient is absent, not zero."""
    shapes = [(4, 2, 3), (k * 2, 3), (k * 2, 2)] + [(k * 2,) for _ in biases] + [(2, 2) for _ in states]
    inputs = [torch.randn(shape, dtype=torch.float64, requires_grad=True) for shape in shapes]

    def one(*inputs):
        outputs = function.apply(*inputs)
        return outputs[used] if isinstance(outputs, tuple) else outputs

    assert torch.autograd.gradcheck(one, inputs)


@pytest.mark.parametrize("network", [LSTM, GRU])
def test_equals_the_teaching_path_in_float32(network):
    torch.manual_seed(0)
    slow = network(8, 16, 2, bidirectional=True)
    quick = network(8, 16, 2, bidirectional=True, fast=True)
    quick.load_state_dict(slow.state_dict())
    x = torch.randn(30, 4, 8)
    for own in (slow, quick):
        own(x)[0].square().sum().backward()
    torch.testing.assert_close(quick(x)[0], slow(x)[0], rtol=1e-5, atol=1e-6)
    for mine, want in zip(quick.parameters(), slow.parameters()):
        torch.testing.assert_close(mine.grad, want.grad, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("network", [LSTM, GRU])
def test_a_second_backward_gives_the_same(network):
    """The saved tensors are left as they were."""
    own, x = network(3, 4, fast=True), torch.randn(6, 2, 3)
    loss = own(x)[0].square().sum()
    first = torch.autograd.grad(loss, list(own.parameters()), retain_graph=True)
    for value, want in zip(torch.autograd.grad(loss, list(own.parameters())), first):
        assert torch.equal(value, want)


def test_a_second_derivative_is_refused():
    own, x = LSTM(3, 4, fast=True), torch.randn(6, 2, 3, requires_grad=True)
    (gradient,) = torch.autograd.grad(own(x)[0].square().sum(), x, create_graph=True)
    with pytest.raises(RuntimeError, match="once_differentiable"):
        gradient.sum().backward()
