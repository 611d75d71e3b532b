"""The explorers of lesson 01: every setting works, nothing is left to chance, and the numbers are autograd's."""

import itertools

import numpy as np
import pytest
import torch
from torch import nn

from utils import probes
from utils.cells.cell import GRUCell, LSTMCell, RNNCell
from utils.cells.initialize import forget_bias_, orthogonal_
from utils.cells.layer import GRU, LSTM, RNN
from utils.course.explorers import Clipping, GradientFlow, SideBySide, clipping, side_by_side
from utils.course.explorers import gradient_flow as gradients
from utils.plots.rnn import unrolled


def flatten(result):
    for value in result.values() if isinstance(result, dict) else [result]:
        if isinstance(value, dict):
            yield from flatten(value)
        elif not isinstance(value, str):
            yield np.asarray(value)


def same(a, b):
    return all(np.array_equal(x, y) for x, y in zip(flatten(a), flatten(b)))


GRIDS = {
    GradientFlow: {
        "gain": (0.5, 0.9, 1.0, 1.6), "nonlinearity": tuple(gradients.NONLINEARITIES), "inputs": (0.0, 0.2, 2.0),
        "matrix": ("orthogonal", "random"), "T": (2, 50, 100), "loss": ("last", "all"),
    },
    SideBySide: {"bias": side_by_side.BIASES, "weights": ("torch", "orthogonal")},
    Clipping: {"threshold": (0.01, 0.1, 1.0, 100.0), "by": ("norm", "value"), "rate": (0.02, 0.1, 0.17, 0.3)},
}  # fmt: skip


@pytest.mark.parametrize("kind", GRIDS, ids=lambda kind: kind.__name__)
def test_every_setting_is_finite_and_repeats(kind):
    ex, names = kind(), list(GRIDS[kind])
    assert ex.error is None
    assert set(names) == set(ex.controls)
    for values in itertools.product(*GRIDS[kind].values()):
        settings = dict(zip(names, values))
        result = kind.compute(**settings)
        assert all(np.isfinite(array).all() for array in flatten(result)), settings
        assert same(result, kind.compute(**settings)), settings
        assert ex.update(result) is None, settings
        words = ex.describe(result)
        assert 40 < len(words) < 330 and "nan" not in words and "inf" not in words, settings


@pytest.mark.parametrize("kind", GRIDS, ids=lambda kind: kind.__name__)
def test_each_control_changes_the_picture_without_an_error(kind):
    ex = kind()
    for name, values in GRIDS[kind].items():
        before = ex.picture.value
        ex.controls[name].value = next(value for value in values if value != ex.controls[name].value)
        assert ex.error is None
        assert ex.picture.value != before, name
    assert ex.describe(ex.compute(**ex.values())) in repr(ex)


@pytest.mark.parametrize("loss", ["last", "all"])
@pytest.mark.parametrize("nonlinearity", gradients.NONLINEARITIES)
@pytest.mark.parametrize("matrix", ["orthogonal", "random"])
def test_gradient_flow_is_autograd(nonlinearity, matrix, loss):
    gain, inputs, T = 1.1, 0.4, 12
    result = GradientFlow.compute(gain, nonlinearity, inputs, matrix, T, loss)
    drawn = {name: torch.from_numpy(value) for name, value in gradients.drawn().items()}
    phi = {"linear": lambda a: a}.get(nonlinearity) or getattr(torch, nonlinearity)
    h, hs = torch.zeros(gradients.H, dtype=torch.float64, requires_grad=True), []
    for t in range(T):
        h = phi(inputs * drawn["inputs"][t] + gain * drawn[matrix] @ h)
        hs.append(h)
    total = drawn["v"] @ (h if loss == "last" else torch.stack(hs).sum(0))
    norms = torch.stack([g.norm() for g in torch.autograd.grad(total, hs)])
    assert np.allclose(result["norms"], norms.flip(0).numpy(), rtol=1e-10)


def test_gradient_flow_keeps_its_theory():
    for matrix, nonlinearity in itertools.product(("orthogonal", "random"), gradients.NONLINEARITIES):
        for gain, inputs in itertools.product((0.5, 1.0, 1.5), (0.0, 0.5)):
            result = GradientFlow.compute(gain, nonlinearity, inputs, matrix, 60, "last")
            assert np.abs(result["eigenvalues"]).max() == pytest.approx(gain)
            assert (result["norms"] <= result["bound"] * (1 + 1e-9)).all()
    exact = GradientFlow.compute(0.8, "linear", 0.7, "orthogonal", 60, "last")
    assert np.allclose(exact["norms"], exact["theory"])


@pytest.mark.parametrize("kind, ours", [("rnn", RNN), ("lstm", LSTM), ("gru", GRU)])
@pytest.mark.parametrize("weights", ["torch", "orthogonal"])
@pytest.mark.parametrize("row", [0, 4, 16])
def test_side_by_side_is_the_probe(kind, ours, weights, row):
    seed = 3
    named, x = side_by_side.initial_weights(kind, weights, seed)
    rnn = ours(side_by_side.INPUTS, side_by_side.H, dtype=torch.float64)
    rnn.cells[0].load_state_dict({name: torch.from_numpy(value) for name, value in named.items()})
    if kind != "rnn":
        forget_bias_(rnn, side_by_side.BIASES[row])
    norms = probes.gradient_norms(rnn, torch.from_numpy(x))
    found = side_by_side.curves(kind, weights)[0 if kind == "rnn" else row, seed]
    assert np.allclose(found, (norms / norms[-1]).numpy(), rtol=1e-8)


@pytest.mark.parametrize("kind, ours", [("rnn", RNNCell), ("lstm", LSTMCell), ("gru", GRUCell)])
@pytest.mark.parametrize("weights", ["torch", "orthogonal"])
def test_its_weights_are_those_that_torch_draws(kind, ours, weights):
    with torch.random.fork_rng():
        torch.manual_seed(6)
        cell = ours(side_by_side.INPUTS, side_by_side.H, dtype=torch.float64)
        sequence = torch.randn(side_by_side.T, side_by_side.INPUTS, dtype=torch.float64)
        if weights == "orthogonal":
            orthogonal_(cell)
    named, x = side_by_side.initial_weights(kind, weights, 6)
    np.testing.assert_allclose(x, sequence, rtol=1e-13)
    assert named.keys() == cell.state_dict().keys()
    for name, value in cell.state_dict().items():
        zero = weights == "orthogonal" and "bias" in name
        np.testing.assert_allclose(named[name], 0 * value if zero else value, rtol=1e-9, atol=1e-14)


@pytest.mark.parametrize("u, b", [(1.6, 0.5), (1.22, 0.05), (0.5, -1.0)])
def test_clipping_follows_autograd(u, b):
    w = torch.tensor([u, b], dtype=torch.float64, requires_grad=True)
    h = torch.tensor(clipping.H0, dtype=torch.float64)
    for _ in range(clipping.T):
        h = torch.tanh(w[0] * h + w[1])
    loss = (h - clipping.TARGET) ** 2 / 2
    loss.backward()
    assert np.allclose(clipping.gradient(u, b), [loss.item(), *w.grad.tolist()], rtol=1e-9)


@pytest.mark.parametrize("threshold", [0.1, 1.0, 100.0])
def test_clip_is_torchs(threshold):
    g = np.array([3.0, -4.0])
    for by, clip_ in (("norm", nn.utils.clip_grad_norm_), ("value", nn.utils.clip_grad_value_)):
        weight = nn.Parameter(torch.zeros(2, dtype=torch.float64))
        weight.grad = torch.from_numpy(g.copy())
        clip_([weight], threshold)
        assert np.allclose(clipping.clip(g, threshold, by), weight.grad.numpy(), rtol=1e-6)


def test_clipping_by_norm_saves_the_descent():
    result = Clipping.compute(1.0, "norm", 0.1)
    assert result["raw"]["loss"][-1] > 0.05 and result["raw"]["norms"].max() > 10
    assert result["clipped"]["loss"][-1] < 1e-3
    steps = np.hypot(*np.diff(result["clipped"]["path"], axis=0).T)
    assert steps.max() <= 0.1 * 1.0 + 1e-12


@pytest.mark.parametrize("by", ["norm", "value"])
@pytest.mark.parametrize("threshold, rate", [(1.0, 0.1), (0.3, 0.1), (5.0, 0.1)])
def test_the_words_count_the_steps_that_clipping_made_shorter(by, threshold, rate):
    result = Clipping.compute(threshold, by, rate)["clipped"]
    cut = 0
    for point, step in zip(result["path"], np.diff(result["path"], axis=0)):
        _, *slopes = clipping.gradient(*point)
        cut += rate * np.hypot(*slopes) - np.hypot(*step) > 1e-9
    assert 0 < cut < clipping.STEPS and result["cut"] == cut
    assert f"cuts {cut} of 40 steps short" in repr(Clipping(threshold=threshold, by=by, rate=rate))


def test_the_words_of_clipping_tell_the_longest_step_and_both_ends():
    said, raw = repr(Clipping()), Clipping.compute(1.0, "norm", 0.1)["raw"]
    longest = 0.1 * raw["norms"][:-1].max()
    assert f"the longest step is {longest:.2f} long, and the loss ends at {raw['loss'][-1]:.3f}." in said
    assert said.endswith("and the loss ends below 0.001.")


@pytest.mark.parametrize("gain, T", [(0.9, 100), (0.9, 2), (1.2, 30)])
def test_the_factor_per_step_leads_from_the_last_step_to_the_first(gain, T):
    said = repr(GradientFlow(gain=gain, T=T, nonlinearity="linear"))  # of an orthogonal U times gain: gain, each time
    assert (
        f"is {gradients.amount(gain ** (T - 1))} times as long as at the last, a factor of {gain:.2f} per step." in said
    )
    assert f"The spectral radius alone says {gain:.2f}; no step can do more than {gain:.2f}." in said
    sigmoid = GradientFlow.compute(0.9, "sigmoid", 0.2, "random", 50, "last")
    factor = (sigmoid["norms"][-1] / sigmoid["norms"][0]) ** (1 / 49)
    words = repr(GradientFlow(gain=0.9, T=50, nonlinearity="sigmoid", matrix="random"))
    assert f"a factor of {factor:.2f} per step" in words and f"more than {sigmoid['sigma'] / 4:.2f}." in words


def test_the_unrolled_network_is_drawn():
    texts = [text.get_text() for text in unrolled().axes[0].texts]
    assert {"$h_0$", "$h_T$", "$x_1$", "$L$", "$J_T$"} <= set(texts)


def test_amounts_are_short():
    assert [gradients.amount(x) for x in (0.42, 250.0, 3.14e-9, 1e17)] == ["0.42", "250", "3.1e-9", "1.0e17"]
