"""The instruments, against autograd, against theory and against the networks they look into."""

import pytest
import torch
from torch import nn

from utils import probes
from utils.cells import initialize
from utils.cells.layer import GRU, LSTM, RNN
from utils.probes.gates import as_ours

NETWORKS = [RNN, LSTM, GRU, nn.RNN, nn.LSTM, nn.GRU]


def network(kind, n=3, H=5, **options):
    torch.manual_seed(0)
    return kind(n, H, batch_first=True, dtype=torch.float64, **options)


@pytest.mark.parametrize("kind", NETWORKS)
@pytest.mark.parametrize("loss", ["last", "all"])
def test_gradient_norms_are_the_change_of_the_loss_when_h_is_pushed(kind, loss):
    """Restart the network at h_t (and c_t): the gradient with respect to that first state is dL/ds_t."""
    rnn, x = network(kind), torch.randn(2, 8, 3, dtype=torch.float64)
    norms = probes.gradient_norms(rnn, x, loss)
    for t in (0, 3, 6):
        output, state = rnn(x[:, : t + 1])
        states = [s.detach().requires_grad_() for s in (state if isinstance(state, tuple) else (state,))]
        later, _ = rnn(x[:, t + 1 :], tuple(states) if len(states) > 1 else states[0])
        total = later[:, -1].sum() if loss == "last" else later.sum() + states[0].sum()
        want = torch.autograd.grad(total, states[0])[0].norm()
        torch.testing.assert_close(norms[t], want, rtol=0, atol=1e-10)


@pytest.mark.parametrize("kind", NETWORKS)
@pytest.mark.parametrize("mode", [torch.no_grad, torch.inference_mode])
def test_a_mode_without_gradients_is_no_hindrance(kind, mode):
    rnn, x = network(kind), torch.randn(2, 4, 3, dtype=torch.float64)
    ask = {
        "norms": lambda x: probes.gradient_norms(rnn, x),
        "products": lambda x: probes.jacobian_products(rnn, x[0]).norms,
        "sensitivity": lambda x: probes.sensitivity(rnn, x[0]),
    }
    want = {name: probe(x) for name, probe in ask.items()}
    with mode():
        for name, probe in ask.items():
            found = probe(x.clone())  # in inference mode, a tensor that autograd does not take
            assert torch.equal(found, want[name]) and not found.requires_grad


def test_gradient_of_the_cell_state_and_a_loss_of_ones_own():
    rnn, x = network(LSTM), torch.randn(2, 8, 3, dtype=torch.float64)
    norms = probes.gradient_norms(rnn, x, lambda h: h[:, 4, 0].sum(), of="c")
    assert (norms[5:] == 0).all() and (norms[:5] > 0).all()
    assert len(probes.gradient_norms(network(GRU), x)) == 8


@pytest.mark.parametrize("kind", NETWORKS)
def test_jacobian_products_equal_autograds_and_respect_their_bounds(kind):
    rnn, x = network(kind), torch.randn(9, 3, dtype=torch.float64)
    found = probes.jacobian_products(rnn, x)
    own, t = as_ours(rnn), 4
    cell = own.cells[0]

    def rest(s):
        states = s[None].chunk(len(cell.states), dim=-1)
        for x_t in x[t:, None]:
            states = cell(x_t, *states)[: len(cell.states)]
        return torch.cat(states, -1)[0]

    _, state = rnn(x[None, :t])
    state = torch.cat(state if isinstance(state, tuple) else (state,), -1)[0, 0].detach()
    J = torch.autograd.functional.jacobian(rest, state)
    torch.testing.assert_close(found.norms[t - 1], torch.linalg.matrix_norm(J, ord=2), rtol=0, atol=1e-10)
    assert found.norms[-1] == found.bound[-1] == 1
    assert (found.norms <= found.bound * (1 + 1e-9)).all()
    torch.testing.assert_close(found.bound[0], found.step_norms[1:].prod())


@pytest.mark.parametrize("kind", NETWORKS)
def test_probes_begin_at_the_state_that_is_given(kind):
    """The probe of steps 5 to 9, from the state after step 4, is the end of the probe of all steps."""
    rnn, x = network(kind), torch.randn(9, 3, dtype=torch.float64)
    _, state = rnn(x[:4])
    whole, rest = probes.jacobian_products(rnn, x), probes.jacobian_products(rnn, x[4:], state)
    for found, want in zip(rest[:3], whole[:3]):
        torch.testing.assert_close(found, want[4:], rtol=0, atol=1e-12)
    torch.testing.assert_close(
        probes.gradient_norms(rnn, x[4:], state=state), probes.gradient_norms(rnn, x)[4:], rtol=0, atol=1e-12
    )
    (whole,), (rest,) = probes.gate_trace(rnn, x), probes.gate_trace(rnn, x[4:], state)
    for letter in whole:
        torch.testing.assert_close(rest[letter], whole[letter][:, 4:], rtol=0, atol=1e-12)


@pytest.mark.parametrize("kind", [nn.RNN, nn.LSTM, nn.GRU])
def test_sensitivity_is_the_norm_of_the_jacobian(kind):
    torch.manual_seed(0)
    rnn, x = kind(3, 4, num_layers=2, bidirectional=True, dtype=torch.float64), torch.randn(5, 3, dtype=torch.float64)
    J = torch.autograd.functional.jacobian(lambda x: rnn(x)[0], x)  # (T, 2H, T, in)
    want = torch.stack([J[:, :4], J[:, 4:]]).norm(dim=(2, 4))
    assert torch.allclose(probes.sensitivity(rnn, x), want, atol=1e-12)
    assert probes.sensitivity(kind(3, 4), x.float()).shape == (1, 5, 5)


def test_the_plain_rnn_has_a_bound_from_its_weights():
    rnn, x = network(RNN), torch.randn(9, 3, dtype=torch.float64)
    initialize.orthogonal_(rnn, 0.8)
    found = probes.jacobian_products(rnn, x)
    assert (found.bound <= found.weight_bound * (1 + 1e-9)).all()
    torch.testing.assert_close(found.weight_bound[0].item(), 0.8**8, rtol=1e-6, atol=0)
    assert probes.jacobian_products(network(LSTM), x).weight_bound is None


@pytest.mark.parametrize("kind", NETWORKS)
@pytest.mark.parametrize("dtype, close", [(torch.float32, 1e-6), (torch.float64, 1e-12)])
def test_gate_trace_gives_the_networks_own_outputs(kind, dtype, close):
    rnn = network(kind, num_layers=2, bidirectional=True, dropout=0.5).to(dtype)
    x = torch.randn(2, 7, 3, dtype=dtype)
    traces = probes.gate_trace(rnn, x)
    assert rnn.training
    output, state = rnn.eval()(x)
    torch.testing.assert_close(torch.cat([t["h"] for t in traces[2:]], -1), output, rtol=0, atol=close)
    if isinstance(state, tuple):
        torch.testing.assert_close(traces[2]["c"][:, -1], state[1][2], rtol=0, atol=close)
        torch.testing.assert_close(traces[3]["c"][:, 0], state[1][3], rtol=0, atol=close)
        rebuilt = traces[2]["f"][:, 1:] * traces[2]["c"][:, :-1] + traces[2]["i"][:, 1:] * traces[2]["g"][:, 1:]
        torch.testing.assert_close(rebuilt, traces[2]["c"][:, 1:], rtol=0, atol=close)


def test_gate_trace_with_lengths_equals_packing():
    rnn, x, lengths = network(nn.GRU, bidirectional=True), torch.randn(2, 7, 3, dtype=torch.float64), [7, 3]
    packed = nn.utils.rnn.pack_padded_sequence(x, lengths, batch_first=True)
    want, _ = nn.utils.rnn.pad_packed_sequence(rnn(packed)[0], batch_first=True)
    traces = probes.gate_trace(rnn, x, lengths=lengths)
    torch.testing.assert_close(torch.cat([t["h"] for t in traces], -1), want, rtol=0, atol=1e-12)
