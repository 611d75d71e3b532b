"""The cells against torch's: values, gradients, and weights carried over bit for bit."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from utils.cells.cell import GRUCell, LSTMCell, RNNCell

PAIRS = [(RNNCell, nn.RNNCell), (LSTMCell, nn.LSTMCell), (GRUCell, nn.GRUCell)]
sizes = st.integers(1, 6)


@pytest.mark.parametrize("own_class, torch_class", PAIRS)
@given(B=sizes, n=sizes, H=sizes, bias=st.booleans(), seed=st.integers(0, 2**31))
def test_one_step_equals_torch(own_class, torch_class, B, n, H, bias, seed):
    torch.manual_seed(seed)
    theirs = torch_class(n, H, bias, dtype=torch.float64)
    own = own_class.from_torch(theirs)
    x = torch.randn(B, n, dtype=torch.float64)
    states = [torch.randn(B, H, dtype=torch.float64) for _ in own.states]
    expected = theirs(x, tuple(states) if len(states) > 1 else states[0])
    for value, want in zip(own(x, *states), expected if isinstance(expected, tuple) else (expected,)):
        torch.testing.assert_close(value, want, rtol=0, atol=1e-10)


@pytest.mark.parametrize("own_class, torch_class", PAIRS)
@pytest.mark.parametrize("bias", [True, False])
def test_weights_go_round_bit_for_bit(own_class, torch_class, bias):
    theirs = torch_class(3, 4, bias)
    back = own_class.from_torch(theirs).to_torch()
    assert theirs.state_dict().keys() == back.state_dict().keys()
    for key, value in theirs.state_dict().items():
        assert torch.equal(value, back.state_dict()[key])


def test_nonlinearity_is_taken_over():
    theirs = nn.RNNCell(2, 3, nonlinearity="relu", dtype=torch.float64)
    own = RNNCell.from_torch(theirs)
    x, h = torch.randn(4, 2, dtype=torch.float64), torch.randn(4, 3, dtype=torch.float64)
    torch.testing.assert_close(own(x, h).h, theirs(x, h), rtol=0, atol=1e-12)
    assert own.to_torch().nonlinearity == "relu"


def test_states_default_to_zero():
    cell = LSTMCell(2, 3)
    x = torch.randn(4, 2)
    for value, want in zip(cell(x), cell(x, torch.zeros(4, 3), torch.zeros(4, 3))):
        assert torch.equal(value, want)


def test_a_step_returns_the_gates_of_the_equations():
    cell = LSTMCell(2, 3, dtype=torch.float64)
    x, h, c = (torch.randn(5, size, dtype=torch.float64) for size in (2, 3, 3))
    step = cell(x, h, c)
    bias = cell.W_f.bias + cell.U_f.bias
    torch.testing.assert_close(step.f, torch.sigmoid(x @ cell.W_f.weight.T + h @ cell.U_f.weight.T + bias))
    torch.testing.assert_close(step.c, step.f * c + step.i * step.g)
    torch.testing.assert_close(step.h, step.o * step.c.tanh())
    assert step._fields == cell.states + cell.gates


def test_reset_before_is_the_gru_of_cho():
    cell = GRUCell(2, 3, reset="before", dtype=torch.float64)
    x, h = torch.randn(5, 2, dtype=torch.float64), torch.randn(5, 3, dtype=torch.float64)
    step = cell(x, h)
    n = torch.tanh(cell.W_n(x) + (step.r * h) @ cell.U_n.weight.T + cell.U_n.bias)
    torch.testing.assert_close(step.h, (1 - step.z) * n + step.z * h, rtol=0, atol=1e-12)
    after = GRUCell(2, 3, reset="after", dtype=torch.float64)
    after.load_state_dict(cell.state_dict())
    assert (after(x, h).h - step.h).abs().max() > 1e-4  # the variants differ


def test_first_weights_are_distributed_as_torchs():
    torch.manual_seed(0)
    H = 64
    own = torch.cat([weight.flatten() for weight in LSTMCell(32, H).parameters()])
    assert own.abs().max() <= H**-0.5
    assert own.std().item() == pytest.approx(H**-0.5 / 3**0.5, rel=0.02)
