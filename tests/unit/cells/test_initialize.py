"""Initial weights, on our networks and torch's alike."""

import pytest
import torch
from torch import nn

from utils.cells import initialize
from utils.cells.cell import GRUCell, LSTMCell
from utils.cells.layer import GRU, LSTM, RNN

GATED = [LSTM(3, 8, 2), GRU(3, 8, bidirectional=True), nn.LSTM(3, 8, 2), nn.GRU(3, 8, bidirectional=True),
         LSTMCell(3, 8), GRUCell(3, 8), nn.LSTMCell(3, 8), nn.GRUCell(3, 8)]  # fmt: skip
PLAIN = [RNN(3, 8), nn.RNN(3, 8)]


def name(network):
    return f"{type(network).__module__}.{type(network).__name__}"


@pytest.mark.parametrize("rnn", GATED + PLAIN, ids=name)
def test_orthogonal(rnn):
    assert initialize.orthogonal_(rnn, gain=1.5) is rnn
    for gates in initialize.gate_weights(rnn):
        for gate in gates.values():
            torch.testing.assert_close(gate.U @ gate.U.T, 2.25 * torch.eye(8), rtol=0, atol=1e-5)


@pytest.mark.parametrize("rnn", GATED, ids=name)
def test_the_gate_that_keeps_gets_the_bias(rnn):
    initialize.forget_bias_(rnn, 2.5)
    for gates in initialize.gate_weights(rnn):
        keep = gates["f" if "f" in gates else "z"]
        torch.testing.assert_close(keep.b + keep.d, torch.full((8,), 2.5))


def test_the_forget_gate_of_torch_opens():
    """Seen from outside: with silent weights f is sigmoid(b_f), so c halves at b_f = 0 and keeps at b_f large."""
    lstm = nn.LSTMCell(1, 1)
    for weight in lstm.parameters():
        nn.init.zeros_(weight)
    for bias in (0.0, 1.0, 5.0):
        initialize.forget_bias_(lstm, bias)
        _, c = lstm(torch.zeros(1, 1), (torch.zeros(1, 1), torch.ones(1, 1)))
        assert c.item() == pytest.approx(torch.tensor(bias).sigmoid().item(), abs=1e-6)


def test_z_of_torch_keeps():
    gru = nn.GRUCell(1, 1)
    for weight in gru.parameters():
        nn.init.zeros_(weight)
    initialize.forget_bias_(gru, 3.0)
    h = gru(torch.zeros(1, 1), torch.ones(1, 1))
    assert h.item() == pytest.approx(torch.tensor(3.0).sigmoid().item(), abs=1e-6)


@pytest.mark.parametrize("rnn", GATED, ids=name)
def test_chrono(rnn):
    T_max = 100
    initialize.chrono_(rnn, T_max, generator=torch.Generator().manual_seed(1))
    for gates in initialize.gate_weights(rnn):
        keep = gates["f" if "f" in gates else "z"]
        steps = (keep.b + keep.d).exp()
        assert (1 <= steps).all() and (steps <= T_max - 1).all() and steps.std() > 5
        if "i" in gates:
            assert torch.equal(gates["i"].b, -keep.b) and (gates["i"].d == 0).all()


def test_every_orthogonal_matrix_is_as_likely():
    """Of one unit, 1 and -1 are: without the signs of R, LAPACK gives 1 alone."""
    signs = [initialize.orthogonal_(nn.RNNCell(1, 1), generator=torch.Generator().manual_seed(seed)).weight_hh.item()
             for seed in range(200)]  # fmt: skip
    assert set(signs) == {-1.0, 1.0} and 70 < signs.count(1.0) < 130


@pytest.mark.parametrize("draw", [initialize.orthogonal_, lambda rnn, **given: initialize.chrono_(rnn, 100, **given)])
def test_draws_come_from_the_generator(draw):
    """They repeat with it, whatever torch's own generator has done, and go on in it."""
    generator = torch.Generator().manual_seed(7)
    rnns = [draw(nn.LSTM(3, 8), generator=given) for given in (generator, generator, torch.Generator().manual_seed(7))]
    one, other, again = (torch.cat([weight.flatten() for weight in (rnn.weight_hh_l0, rnn.bias_ih_l0)]) for rnn in rnns)
    kept = slice(0, 256) if draw is initialize.orthogonal_ else slice(-32, -16)  # U, or the biases of i and f
    assert torch.equal(one[kept], again[kept]) and not torch.equal(one[kept], other[kept])
