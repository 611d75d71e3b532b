"""LSTMStep and ForgetBias: their numbers are true, and no position of a slider breaks them."""

import itertools
import math

import numpy as np
import pytest
import torch
from matplotlib.figure import Figure
from torch import nn

from utils import probes
from utils.cells import initialize
from utils.course.explorers import ForgetBias, LSTMStep
from utils.course.explorers.lstm_step import U, W
from utils.plots import lstm

BIASES = ("b_f", "b_i", "b_g", "b_o")


def ends(control, count):
    """`count` positions of a slider, its ends among them."""
    return np.linspace(control.min, control.max, count).tolist()


def torch_cell(b_f, b_i, b_g, b_o) -> nn.LSTMCell:
    cell = nn.LSTMCell(1, 1, dtype=torch.float64)
    with torch.no_grad():
        for letter, b in zip("ifgo", (b_i, b_f, b_g, b_o)):
            row = "ifgo".index(letter)
            cell.weight_ih[row], cell.weight_hh[row], cell.bias_ih[row], cell.bias_hh[row] = W[letter], U[letter], b, 0
    return cell


def test_a_step_by_hand_equals_torchs_cell_over_the_whole_grid():
    controls = LSTMStep().controls
    for values in itertools.product(*(ends(control, 3) for control in controls.values())):
        given = dict(zip(controls, values))
        result = LSTMStep.compute(**given)
        cell = torch_cell(*(given[name] for name in BIASES))
        x, h, c = (torch.tensor([[given[name]]], dtype=torch.float64) for name in "xhc")
        with torch.no_grad():
            h, c = cell(x, (h, c))
        assert math.isclose(result["h"], h.item(), abs_tol=1e-12), given
        assert math.isclose(result["c"], c.item(), abs_tol=1e-12), given
        assert math.isclose(result["fc"] + result["ig"], result["c"], abs_tol=1e-12)


def test_every_slider_of_the_step_moves_the_picture_and_the_words():
    explorer = LSTMStep()
    for name, control in explorer.controls.items():
        first = control.value
        for value in ends(control, 5):
            before, words = explorer.picture.value, explorer.caption.value
            moved = value != control.value
            control.value = value
            assert explorer.error is None, (name, value, explorer.error)
            if moved:
                assert explorer.picture.value != before, (name, value)
        control.value = first
    assert explorer.picture.value[:4] == b"\x89PNG"
    assert "c = 1.36" in words or "c = 1.36" in explorer.caption.value


def test_numbers_on_the_wires_are_those_computed():
    explorer = LSTMStep(x=-1.5, b_f=5.0)
    result = explorer.compute(**explorer.values())
    for name, text in explorer.numbers.items():
        assert float(text.get_text().replace("−", "-")) == pytest.approx(result[name], abs=0.0051)
    widths = {name: wire.get_linewidth() for name, wire in explorer.wires.items()}
    assert widths["x"] > widths["c_prev"] > widths["h_prev"] > widths["ig"]  # 1.5, 1, 0.5, about 0
    for gate, text in explorer.sums.items():
        assert float(text.get_text().replace("−", "-")) == pytest.approx(result["a"][gate], abs=0.0051)


def test_carrying_on_makes_the_steps_of_torchs_cell():
    explorer = LSTMStep(b_f=3.0, b_i=2.0)
    values = explorer.values()
    cell = torch_cell(*(values[name] for name in BIASES))
    x, h, c = (torch.tensor([[values[name]]], dtype=torch.float64) for name in "xhc")
    (carry,) = (one for one in explorer.children[1].children if one.description.startswith("Carry"))
    for _ in range(4):
        with torch.no_grad():
            h, c = cell(x, (h, c))
        carry.click()
        assert explorer.controls["h"].value == pytest.approx(h.item(), abs=1e-12)
        assert explorer.controls["c"].value == pytest.approx(c.item(), abs=1e-12)
        assert explorer.error is None and f"the old memory {c.item():.2f}" in explorer.caption.value


def test_carrying_on_stops_at_the_end_of_a_slider_and_draws_one_picture():
    explorer = LSTMStep(c=6.0, b_f=6.0, b_i=6.0, x=-3.0, b_g=6.0)
    assert explorer.compute(**explorer.values())["c"] > 6
    drawn = []
    explorer.picture.observe(drawn.append, "value")
    explorer.carry()
    assert explorer.controls["c"].value == 6 and explorer.error is None
    assert len(drawn) == 1 and explorer.picture.value == LSTMStep(**explorer.values()).picture.value


def test_challenges_are_ticked_when_they_are_reached_and_stay_so():
    explorer = LSTMStep(c=2.0, b_i=-6.0)
    assert explorer.challenges.reached == set() and explorer.challenges.value.count("(not reached yet)") == 3
    explorer.controls["b_f"].value = 6.0
    assert explorer.challenges.reached == {"Keep"}
    explorer.controls["b_o"].value = -6.0
    assert explorer.challenges.reached == {"Keep", "Hide"}
    explorer.move(b_f=-6.0, b_i=6.0, b_o=0.0)
    assert explorer.challenges.reached == {"Keep", "Hide", "Replace"}
    assert explorer.challenges.value.count("(reached)") == 3


@pytest.mark.parametrize(
    "almost",
    [
        {"c": 0.0, "b_f": 6.0, "b_i": -6.0},  # nothing to keep
        {"c": 2.0, "b_f": 6.0},  # the input gate is half open
        {"c": 2.0, "b_i": -6.0, "b_f": 2.0},  # x moves the forget gate
        {"c": 0.0, "b_f": -6.0, "b_i": 6.0},  # nothing to replace
        {"c": 2.0, "b_f": -6.0, "b_i": 0.0},  # only a part of g
        {"c": 2.0, "b_f": -6.0, "b_i": -6.0},  # all is lost, and so nothing shows
    ],
)
def test_what_almost_reaches_a_challenge_ticks_nothing(almost):
    assert LSTMStep(**almost).challenges.reached == set()


def test_a_disc_is_filled_as_far_as_its_gate_is_open():
    ax = Figure().subplots()
    for gate, value, low, height in (("f", 0.25, -1, 0.5), ("o", 1, -1, 2), ("g", 0.5, 0, 0.5), ("g", -0.5, -0.5, 0.5)):
        fill = lstm.opening(ax, gate)
        lstm.set_opening(fill, gate, value)
        middle = lstm.GATES[gate][1]
        assert fill.get_y() == pytest.approx(middle + lstm.RADIUS * low)
        assert fill.get_height() == pytest.approx(lstm.RADIUS * height)


def test_the_diagram_names_every_letter_of_the_equations():
    ax = Figure().subplots()
    wires = lstm.lstm_cell(ax)
    words = " ".join(text.get_text() for text in ax.texts)
    for letter in ("f_t", "i_t", "g_t", "o_t", "c_t", "c_{t-1}", "h_t", "h_{t-1}", "x_t"):
        assert f"{letter}" in words
    assert set(wires) == {*lstm.WIRES, "h_prev", "x"}


@pytest.mark.parametrize("axis", ["linear", "logarithmic"])
def test_forget_bias_over_the_grid(axis):
    explorer = ForgetBias(axis=axis)
    for b, T in itertools.product(ends(explorer.controls["b"], 6), (10, 50, 500)):
        explorer.controls["T"].value = T
        explorer.controls["b"].value = b
        assert explorer.error is None, (b, T, explorer.error)
        result = explorer.compute(**explorer.values())
        assert result["f"] == pytest.approx(1 / (1 + math.exp(-b)))
        assert result["f"] ** result["half_life"] == pytest.approx(0.5)
        assert probes.forget_bias_for(result["half_life"]) == pytest.approx(b, abs=1e-9)
        assert np.isfinite(result["left"]).all()
        assert result["left"].shape == (T,)
        assert result["left"][0] == 1


def test_what_forget_bias_shows_is_the_gradient_along_a_real_cell_state():
    T, b = 20, 1.7
    lstm = nn.LSTM(1, 1, dtype=torch.float64)
    with torch.no_grad():
        for weight in lstm.parameters():
            weight.zero_()
    initialize.forget_bias_(lstm, b)
    c_0 = torch.ones(1, 1, 1, dtype=torch.float64, requires_grad=True)
    _, (_, c_n) = lstm(torch.zeros(T - 1, 1, 1, dtype=torch.float64), (torch.zeros_like(c_0), c_0))
    (gradient,) = torch.autograd.grad(c_n.sum(), c_0)
    assert ForgetBias.compute(b, T, "linear")["left"][-1] == pytest.approx(gradient.item(), rel=1e-12)


def test_words_name_the_half_life():
    assert "halves every 1.00 steps" in repr(ForgetBias(b=0.0))
    assert "32-bit float rounds to zero" in repr(ForgetBias(b=0.0, T=500))
