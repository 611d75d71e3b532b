"""Linear recurrences: scanned equals stepped, in values and gradients; the two layers made of one; bad input."""

import itertools
import math

import pytest
import torch
from refused import refused
from torch import nn

from utils.cells.scan import LinearRecurrence, MinGRU, MinLSTM, combine, scan, stepped
from utils.data import tasks

LENGTHS = [1, 2, 3, 4, 5, 7, 8, 31, 32, 33, 100]
LAYERS = [MinGRU, MinLSTM]
x = torch.zeros


def draws(T, B=2, H=3, seed=0):
    random = torch.Generator().manual_seed(seed)
    a, b = (torch.randn(B, T, H, dtype=torch.float64, generator=random) for _ in range(2))
    return a, b, torch.randn(B, H, dtype=torch.float64, generator=random)


@pytest.mark.parametrize("T", LENGTHS)
def test_scanned_equals_stepped_in_values_and_gradients(T):
    given = [value.requires_grad_() for value in draws(T)]
    by_hand, h = [], given[2]
    for t in range(T):
        h = given[0][:, t] * h + given[1][:, t]
        by_hand.append(h)
    right = torch.stack(by_hand, 1)
    weights = torch.randn(right.shape, dtype=torch.float64)
    wanted = torch.autograd.grad((right * weights).sum(), given)
    for way in (stepped, scan):
        states = way(*given)
        assert torch.allclose(states, right, rtol=1e-12, atol=1e-12), way
        for mine, other in zip(torch.autograd.grad((states * weights).sum(), given), wanted):
            assert torch.allclose(mine, other, rtol=1e-9, atol=1e-9), way


def test_combine_is_associative_and_its_order_matters():
    first, second, third = ((torch.rand(4), torch.randn(4)) for _ in range(3))
    left, right = combine(combine(first, second), third), combine(first, combine(second, third))
    assert all(torch.allclose(one, other) for one, other in zip(left, right))
    assert not torch.allclose(combine(first, second)[1], combine(second, first)[1])
    (a, b), h = combine(first, second), torch.randn(4)
    assert torch.allclose(a * h + b, second[0] * (first[0] * h + first[1]) + second[1])


@pytest.mark.parametrize("T", [1, 2, 16, 17, 100])
def test_a_scan_takes_as_many_rounds_as_the_logarithm(T, monkeypatch):
    rounds = []
    monkeypatch.setattr("utils.cells.scan.combine", lambda *pairs: rounds.append(1) or combine(*pairs))
    scan(*draws(T))
    assert len(rounds) == (T - 1).bit_length()


@pytest.mark.parametrize("a", [0.0, 1e-3, 0.5, 1.0, -0.9])
def test_long_products_that_underflow_do_no_harm(a):
    b = torch.randn(1, 3000, 2, generator=torch.Generator().manual_seed(1))
    gates = torch.full_like(b, a)
    scanned = scan(gates, b, torch.ones(1, 2))
    assert scanned.isfinite().all()
    assert torch.allclose(scanned, stepped(gates, b, torch.ones(1, 2)), rtol=1e-3, atol=1e-3)


def test_the_gradient_stays_finite_where_products_underflow():
    gates, b = torch.full((1, 1000, 1), 0.1, requires_grad=True), torch.ones(1, 1000, 1)
    scan(gates, b).sum().backward()
    assert gates.grad.isfinite().all()
    assert gates.grad[0, 500, 0].item() == pytest.approx((1 / 0.9) ** 2, rel=1e-4)  # h_{t-1} times 1 + a + a^2 + ...


@pytest.mark.parametrize("layer", LAYERS)
def test_a_stream_of_steps_gives_the_states_of_the_scan(layer):
    net, inputs, h = layer(4, 5).double(), torch.randn(3, 11, 4, dtype=torch.float64), torch.randn(3, 5).double()
    for start in (None, h):
        output, last = net(inputs, start)
        state = start
        for t, x_t in enumerate(inputs.unbind(1)):
            state = net.step(x_t, state)
            assert torch.allclose(state, output[:, t], atol=1e-12)
        assert torch.equal(last, output[:, -1]) and last.shape == (3, 5)


def test_the_layers_are_their_equations():
    inputs, h = torch.randn(2, 4), torch.randn(2, 3)
    gru, lstm = MinGRU(4, 3), MinLSTM(4, 3)
    z, n = torch.sigmoid(gru.W_z(inputs)), gru.W_n(inputs)
    assert torch.allclose(gru.step(inputs, h), (1 - z) * n + z * h)
    f, i, g = torch.sigmoid(lstm.W_f(inputs)), torch.sigmoid(lstm.W_i(inputs)), lstm.W_g(inputs)
    assert torch.allclose(lstm.step(inputs, h), (f * h + i * g) / (f + i))


def test_two_gates_that_both_shut_still_add_up_to_1():
    """sigmoid(-200) is 0 in float32, and so was each of two such gates; their ratio is not."""
    net = MinLSTM(1, 2)
    with torch.no_grad():
        for weights, bias in ((net.W_f, [-200.0, -300.0]), (net.W_i, [-201.0, -200.0]), (net.W_g, [5.0, 5.0])):
            weights.weight.zero_(), weights.bias.copy_(torch.tensor(bias))
    inputs = x(1, 3, 1, requires_grad=True)
    a, b = net.coefficients(inputs)
    kept = torch.tensor([1 / (1 + math.exp(-1)), 0.0])
    torch.testing.assert_close(a[0, 0], kept)
    torch.testing.assert_close(b[0, 0], 5 * (1 - kept))
    net(inputs)[0].sum().backward()
    assert all(weights.grad.isfinite().all() for weights in net.parameters())


@pytest.mark.parametrize("layer", LAYERS)
def test_large_inputs_give_numbers(layer):
    torch.manual_seed(0)
    net, inputs = layer(4, 5), 1e4 * torch.randn(3, 50, 4)
    output = net(inputs)[0]
    output.sum().backward()
    assert output.isfinite().all() and all(weights.grad.isfinite().all() for weights in net.parameters())


def test_what_the_docstring_says_of_products_that_overflow():
    a, b = torch.full((1, 4, 1), 1e20), x(1, 4, 1)
    assert stepped(a, b).tolist() == b.tolist()
    assert not scan(a, b).isfinite().all()
    assert torch.equal(scan(a.sign(), b + 1), stepped(a.sign(), b + 1))  # |a| = 1 still holds


def test_no_gate_sees_the_state_so_there_is_no_matrix_on_it():
    count = {layer: sum(p.numel() for p in layer(10, 32).parameters()) for layer in LAYERS}
    assert count == {MinGRU: 2 * (10 * 32 + 32), MinLSTM: 3 * (10 * 32 + 32)}
    for layer, torchs in itertools.product(LAYERS, (nn.GRU, nn.LSTM)):
        assert count[layer] < 0.35 * sum(p.numel() for p in torchs(10, 32).parameters())


@pytest.mark.parametrize("layer", LAYERS)
def test_chrono_spreads_what_is_kept(layer):
    net = layer(10, 500)
    assert net.chrono_(101, torch.Generator().manual_seed(0)) is net
    a, b = net.coefficients(x(1, 10))
    steps = 1 / (1 - a)  # 1 + u
    assert 2 <= steps.min() < 5 and 95 < steps.max() <= 101
    assert 45 < steps.mean() < 57
    again = layer(10, 500).chrono_(101, torch.Generator().manual_seed(0))
    assert torch.equal(again.coefficients(x(1, 10))[0], a)


@pytest.mark.parametrize("layer", LAYERS)
def test_order_is_lost_on_one_layer_as_soon_as_nothing_marks_it(layer):
    """With its gates wide open for keeping, what is left of the first step is what is left of any other."""
    net = layer(6, 4)
    inputs, _ = tasks.first_element_recall(5, 12, classes=6, distractors=True)
    with torch.no_grad():
        net._keep(torch.full((4,), 1e4))
        for letter in net.maps[:-1]:
            getattr(net, f"W_{letter}").weight.zero_()
        there, back = net(inputs)[1], net(inputs.flip(1))[1]
    assert torch.allclose(there, back, rtol=0.01, atol=1e-6) and (there - net(inputs[:, 1:])[1]).abs().max() > 1e-6


A, F64 = x(2, 5, 3), torch.float64
TABLE = [
    (scan, (None, A), "a must be a tensor of shape (B, T, H), got NoneType."),
    (scan, (x(5, 3), x(5, 3)), "a must have shape (B, T, H), got (5, 3)."),
    (scan, (x(2, 0, 3), x(2, 0, 3)), "a must have shape (B, T, H), got (2, 0, 3)."),
    (scan, (A, x(2, 4, 3)), "b must have shape (2, 5, 3), got (2, 4, 3)."),
    (scan, (A, A.double()), "b must be of type torch.float32, got torch.float64; convert it with .to(torch.float32)."),
    (scan, (A, A, x(3)), "h must have shape (2, 3), got (3,)."),
    (stepped, (A, A, x(2, 3, dtype=F64)), "h must be of type torch.float32, got torch.float64; convert it"),
    (MinGRU, (0, 3), "input_size must be at least 1, got 0."),
    (MinLSTM, (3, 2.0), "hidden_size must be a whole number, got 2.0."),
    (MinGRU(3, 4), (x(5, 3),), "x must have shape (B, T, 3), got (5, 3)."),
    (MinGRU(3, 4), (A, x(2, 5)), "h must have shape (2, 4), got (2, 5)."),
    (MinLSTM(3, 4).step, (A,), "x must have shape (B, 3), got (2, 5, 3)."),
    (MinLSTM(3, 4).chrono_, (1,), "T_max must be at least 2, got 1."),
]


@pytest.mark.refusal("cells.scan")
@pytest.mark.parametrize(("function", "arguments", "sentence"), TABLE)
def test_bad_input_gets_one_sentence(function, arguments, sentence):
    with refused((ValueError, TypeError)) as failure:
        function(*arguments)
    assert str(failure.value).startswith(sentence)


def test_the_base_alone_is_no_layer():
    with pytest.raises(AttributeError, match="maps"):
        LinearRecurrence(2, 3)
