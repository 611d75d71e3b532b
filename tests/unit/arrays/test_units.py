"""Units of one number: all that they hold, and what goes back, is torch's; the formulas say what the weights are."""

import numpy as np
import pytest
import torch
from refused import refused
from torch import nn

from utils import cells as torch_cells
from utils.arrays import units
from utils.arrays.cells import GRU, LSTM, RNN

T = 24
CLOSE = {"rtol": 0, "atol": 1e-12}
TORCH = {"rnn": torch_cells.RNNCell, "lstm": torch_cells.LSTMCell, "gru": torch_cells.GRUCell}
GATES = {"rnn": ("",), "lstm": ("_f", "_i", "_g", "_o"), "gru": ("_r", "_z", "_n")}  # in the order of the columns


def torch_cell(cell, kind):
    """The cell of `utils.cells` with the weights of a unit."""
    made = TORCH[kind](len(cell.W), 1, dtype=torch.float64)
    with torch.no_grad():
        for column, gate in enumerate(GATES[kind]):
            W, U = getattr(made, f"W{gate}"), getattr(made, f"U{gate}")
            W.weight.copy_(torch.tensor(cell.W[:, column]))
            U.weight.copy_(torch.tensor(cell.U[:, column]))
            W.bias.copy_(torch.tensor(cell.b[column]))
            U.bias.fill_(cell.d[0] if gate == "_n" else 0)
    return made


def by_torch(kind, cell, x):
    """Every letter (T,), and by autograd the gradient of the last memory with respect to that of each step."""
    x = torch.tensor(np.asarray(x, float).reshape(len(x), 1, -1))
    memory, found = "c" if kind == "lstm" else "h", []
    states = [torch.zeros(1, 1, dtype=torch.float64, requires_grad=True) for _ in range(2 if kind == "lstm" else 1)]
    step = None if kind == "leaky" else torch_cell(cell, kind)
    for x_t in x:
        if kind == "leaky":
            states = [cell.f * states[0] + (1 - cell.f) * x_t]
            found.append({"h": states[0]})
        else:
            letters = step(x_t, *states)
            states = letters[: len(states)]
            found.append(letters._asdict())
    memories = [letters[memory] for letters in found]
    trace = {letter: np.array([letters[letter].item() for letters in found]) for letter in found[0]}
    return trace, np.array([gradient.item() for gradient in torch.autograd.grad(memories[-1], memories)])


def is_torchs(kind, cell, x):
    ours = units.run(cell, x)
    trace, gradient = by_torch(kind, cell, x)
    assert ours["all_ways"].dtype == np.float64
    for letter, values in trace.items():
        np.testing.assert_allclose(ours[letter], values, **CLOSE)
    np.testing.assert_allclose(ours["all_ways"], gradient, **CLOSE)


@pytest.mark.parametrize("keep", [0.5, 0.9, 0.99])
@pytest.mark.parametrize("kind", units.KINDS)
def test_states_gates_and_gradient_are_torchs(kind, keep):
    for seed in range(5):
        is_torchs(kind, units.unit(kind, keep), np.random.default_rng(seed).uniform(-1, 1, T))


@pytest.mark.parametrize("by", [0.0, -1.5])
@pytest.mark.parametrize("inputs", [1, 3])
@pytest.mark.parametrize("kind", TORCH)
def test_a_trained_unit_runs_as_torchs_own(kind, inputs, by):
    torch.manual_seed(inputs)
    network = getattr(nn, kind.upper())(inputs, 1)
    cell = units.trained(network.state_dict())
    x = np.random.default_rng(0).normal(size=(T, inputs))
    is_torchs(kind, units.shifted(cell, by), x)
    with torch.no_grad():
        want = network.double()(torch.tensor(x))[0][:, 0]
    np.testing.assert_allclose(units.run(units.shifted(cell, 0.0), x)["h"], want, **CLOSE)


@pytest.mark.parametrize("kind", units.KINDS)
def test_in_silence_the_share_that_was_chosen_stays(kind):
    trace = units.run(units.unit(kind, 0.9), np.zeros(T))
    share = {"leaky": "f", "rnn": "U", "lstm": "f", "gru": "z"}[kind]
    np.testing.assert_allclose(trace[share], 0.9)
    np.testing.assert_allclose(trace["alone"], 0.9 ** np.arange(T)[::-1])


@pytest.mark.parametrize(("kind", "gate"), [("lstm", "f"), ("gru", "z")])
def test_alone_is_the_product_of_the_gates_that_keep(kind, gate):
    trace = units.run(units.unit(kind, 0.8), np.random.default_rng(1).uniform(-1, 1, T))
    want = [np.prod(trace[gate][t + 1 :]) for t in range(T)]
    np.testing.assert_allclose(trace["alone"], want, **CLOSE)


def test_the_slope_of_a_plain_unit_takes_the_rest():
    trace = units.run(units.unit("rnn", 0.8), np.random.default_rng(1).uniform(-1, 1, T))
    want = [trace["alone"][t] * np.prod(trace["s"][t + 1 :]) for t in range(T)]
    np.testing.assert_allclose(trace["all_ways"], want, **CLOSE)


@pytest.mark.parametrize("kind", units.KINDS)
def test_what_each_step_lets_through_makes_the_whole(kind):
    trace = units.run(units.unit(kind, 0.8), np.random.default_rng(1).uniform(-1, 1, T))
    want = [np.prod(trace["through"][t + 1 :]) for t in range(T)]
    np.testing.assert_allclose(np.abs(trace["all_ways"]), want, **CLOSE)
    x = np.zeros(T)
    x[0] = 0.5
    h = units.run(units.unit("rnn", 0.8), x)["h"]
    assert units.run(units.unit("rnn", 0.8), x)["through"][0] == pytest.approx(0.8 * (1 - h[0] ** 2))


def test_where_nothing_is_left_nothing_goes_on():
    trace = units.run(RNN(np.ones((1, 1)), np.array([[0.9]]), np.zeros(1)), [1.0, 100.0, 0.0])
    assert trace["all_ways"].tolist()[0] == 0 and trace["through"].tolist()[:2] == [0, 0]


def test_formulas_say_the_weights():
    assert units.formulas(units.unit("leaky", 0.9)) == {"f": "0.90, at every step", "h": "f hₜ₋₁ + (1 − f) x"}
    assert units.formulas(units.unit("rnn", 0.9)) == {"U": "0.9, at every step", "s": "1 − h²", "h": "tanh(x + U hₜ₋₁)"}
    lstm, gru = (units.formulas(units.unit(kind, 0.95)) for kind in ("lstm", "gru"))
    assert [lstm[gate] for gate in "fig"] == ["σ(2.94 − 3x + 0.5hₜ₋₁)", "σ(−7 + 10x − hₜ₋₁)", "tanh(2x + 0.5hₜ₋₁)"]
    assert [gru[part] for part in "zn"] == ["σ(2.94 − 6x + 0.5hₜ₋₁)", "tanh(2x + 0.5r hₜ₋₁)"]


def test_formulas_of_trained_units_are_short():
    lstm = LSTM(np.full((3, 4), -1.0), np.full((1, 4), 0.55), np.full(4, 1.26))
    assert units.formulas(lstm)["i"] == "σ(1.3−x₁−x₂−x₃+0.6hₜ₋₁)"
    gru = GRU(np.full((1, 3), 0.3), np.full((1, 3), 0.55), np.zeros(3), np.array([-0.5]))
    assert units.formulas(gru)["n"] == "tanh(0.3x + r (0.6hₜ₋₁−0.5))"
    assert units.formulas(RNN(np.full((2, 1), 2.0), np.array([[0.4]]), np.zeros(1)))["h"] == "tanh(2x₁+2x₂+U hₜ₋₁)"


@pytest.mark.refusal("arrays.units")
def test_what_cannot_run_is_refused():
    with refused(ValueError, "kind must be one of 'leaky', 'rnn', 'lstm', 'gru', got 'elman'."):
        units.unit("elman", 0.9)
    with refused(ValueError, "keep must be between 0.01 and 0.99, got 1."):
        units.unit("lstm", 1)
    with refused(ValueError, "weights must be those of one unit, got 1 x 2."):
        units.trained(nn.LSTM(3, 2).state_dict())
    with refused(ValueError, "weights must be those of one unit, got 2 x 1."):
        units.trained(nn.LSTM(3, 1, num_layers=2).state_dict())
