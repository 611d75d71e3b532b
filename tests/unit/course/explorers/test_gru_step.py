"""GRUStep, GRUVariants and the drawing: their numbers are true, no position of a slider breaks them."""

import itertools
import math

import numpy as np
import pytest
import torch
from matplotlib.figure import Figure
from refused import refused
from torch import nn

from utils.cells.cell import GRUCell
from utils.course import explorers
from utils.course.explorers import GRUStep, GRUVariants
from utils.course.explorers.gru_step import D_N, U, W
from utils.course.explorers.gru_variants import draws
from utils.plots import gru


def ends(control, count):
    """`count` positions of a slider, its ends among them."""
    return np.linspace(control.min, control.max, count).tolist()


def torch_cell(b_r, b_z, b_n) -> nn.GRUCell:
    cell = nn.GRUCell(1, 1, dtype=torch.float64)
    with torch.no_grad():
        for row, (letter, b) in enumerate(zip("rzn", (b_r, b_z, b_n))):
            cell.weight_ih[row], cell.weight_hh[row], cell.bias_ih[row] = W[letter], U[letter], b
            cell.bias_hh[row] = D_N if letter == "n" else 0
    return cell


def test_a_step_by_hand_equals_torchs_cell_over_the_whole_grid():
    controls = GRUStep().controls
    for values in itertools.product(*(ends(control, 3) for control in controls.values())):
        given = dict(zip(controls, values))
        result = GRUStep.compute(**given)
        x, h = (torch.tensor([[given[name]]], dtype=torch.float64) for name in "xh")
        with torch.no_grad():
            h = torch_cell(*(given[name] for name in ("b_r", "b_z", "b_n")))(x, h)
        assert math.isclose(result["h"], h.item(), abs_tol=1e-12), given
        assert math.isclose(result["zh"] + result["new"], result["h"], abs_tol=1e-12)


@pytest.mark.parametrize("name", ["GRUStep", "GRUVariants"])
def test_every_slider_moves_the_picture_and_the_words(name):
    explorer = getattr(explorers, name)()
    for control in explorer.controls.values():
        first, words = control.value, set()
        for value in ends(control, 5):
            value = type(control.value)(value)
            before, moved = explorer.picture.value, value != control.value
            control.value = value
            words.add(explorer.caption.value)
            assert explorer.error is None, (control.description, value, explorer.error)
            assert not moved or explorer.picture.value != before, (control.description, value)
        assert len(words) >= 3  # two decimals may stay the same where a gate is as good as shut
        control.value = first
    assert explorer.picture.value[:4] == b"\x89PNG"


def test_numbers_on_the_wires_are_those_computed():
    explorer = GRUStep(x=-1.5, b_z=2.0)
    result = explorer.compute(**explorer.values())
    for texts, numbers in ((explorer.numbers, result), (explorer.sums, result["a"])):
        for name, text in texts.items():
            assert float(text.get_text().replace("−", "-")) == pytest.approx(numbers[name], abs=0.0051), name
    widths = {name: wire.get_linewidth() for name, wire in explorer.wires.items()}
    assert widths["x"] > widths["h_prev"] == widths["h_in"] > widths["share"]  # 1.5, 0.8, 0.02
    assert explorer.lines["h"].get_text().endswith(f"= {result['h']:.2f}")


def test_a_disc_is_filled_as_far_as_its_gate_is_open():
    explorer = GRUStep(b_r=-6.0, b_z=6.0, b_n=-6.0, x=0.0)
    result, (_, middle) = explorer.compute(**explorer.values()), gru.GATES["n"]
    heights = {gate: fill.get_height() / (2 * gru.RADIUS) for gate, fill in explorer.fills.items()}
    assert heights["r"] == pytest.approx(result["r"]) and heights["z"] == pytest.approx(result["z"])
    assert explorer.fills["n"].get_y() == pytest.approx(middle + gru.RADIUS * result["n"])  # down from it


@pytest.mark.parametrize("reset", ["after", "before"])
@pytest.mark.parametrize("z", ["keeps", "writes"])
def test_the_drawing_has_the_letters_and_the_parts_in_their_places(reset, z):
    ax = Figure(figsize=(9, 4.1)).subplots()
    wires = gru.gru_cell(ax, reset, z)
    words = {text.get_text(): text.get_position() for text in ax.texts}
    for letter in ("r_t", "z_t", "n_t", "h_t", "h_{t-1}", "x_t"):
        assert any(letter in text for text in words), letter
    assert (r"$z_t \odot h_{t-1}$" in words) == (z == "keeps")
    assert (r"$z_t \odot n_t$" in words) == (z == "writes")
    crosses = [text.get_position() for text in ax.texts if text.get_text() == "×"]
    reset_knot = next(x for x, y in crosses if y == pytest.approx(3.73))
    box = next(position for text, position in words.items() if text.startswith("$U_n"))
    assert (reset_knot < box[0] - 1) == (reset == "before")  # left of the box, else above it
    assert wires["r"].get_xdata()[-1] == pytest.approx(reset_knot - 0.36)
    assert words["1 −"][0] == (5.35 if z == "keeps" else 3.9)


@pytest.mark.refusal("plots.gru")
def test_the_drawing_refuses_another_form():
    ax = Figure().subplots()
    with refused(ValueError, "reset must be one of 'after', 'before', got 'never'"):
        gru.gru_cell(ax, "never")
    with refused(ValueError, "z must be one of 'keeps', 'writes', got 'forgets'"):
        gru.gru_cell(ax, z="forgets")


@pytest.mark.parametrize(("scale", "b_r"), [(1.0, 0.0), (3.0, -1.5)])
def test_the_variants_are_our_cells(scale, b_r):
    """The states in the explorer are those of GRUCell with the same weights, in all three forms."""
    x, W, U = draws()
    H = U.shape[-1]
    unit = GRUVariants.compute(scale, b_r)["unit"]
    for form in ("torch", "before", "writes"):
        cell = GRUCell(W.shape[2], H, reset="before" if form == "before" else "after", dtype=torch.float64)
        sign = {"r": 1, "z": -1 if form == "writes" else 1, "n": 1}
        h = torch.zeros(1, H, dtype=torch.float64)
        with torch.no_grad():
            for weight in cell.parameters():
                weight.zero_()
            for k, gate in enumerate("rzn"):
                for letter, source in (("W", W), ("U", U)):
                    own = getattr(cell, f"{letter}_{gate}").weight
                    own.copy_(torch.from_numpy(sign[gate] * scale * H**-0.5 * source[k, 0].T))
            cell.W_r.bias.fill_(b_r)
            for t, x_t in enumerate(torch.from_numpy(x[:, :1])):
                h = cell(x_t, h).h
                assert h[0, 0].item() == pytest.approx(unit[form][t], abs=1e-10), (form, t)


def test_the_variants_meet_where_the_reset_gate_is_all_open_or_all_shut():
    last = {b_r: GRUVariants.compute(2.0, b_r)["gap"]["before"]["median"][-1] for b_r in (-8.0, 0.0, 8.0)}
    assert last[0.0] > 0.02
    assert max(last[-8.0], last[8.0]) < 0.01 * last[0.0]


def test_carrying_on_makes_the_steps_of_torchs_cell():
    explorer = GRUStep(x=-0.5)
    values = explorer.values()
    cell = torch_cell(*(values[name] for name in ("b_r", "b_z", "b_n")))
    x, h = (torch.tensor([[values[name]]], dtype=torch.float64) for name in "xh")
    for _ in range(4):
        with torch.no_grad():
            h = cell(x, h)
        explorer.children[1].children[0].click()
        assert explorer.controls["h"].value == pytest.approx(h.item(), abs=1e-12) and explorer.error is None


def test_challenges_are_ticked_when_they_are_reached():
    explorer = GRUStep()
    for change, reached in (({"b_z": 6.0}, 1), ({"b_z": -6.0}, 2), ({"b_r": -6.0}, 3)):
        assert len(explorer.challenges.reached) == reached - 1
        explorer.move(**change)
    assert explorer.challenges.reached == {"Keep", "Replace", "Start afresh"}


@pytest.mark.parametrize(
    "almost",
    [
        {"h": 0.0, "b_z": 6.0},  # nothing to keep
        {"b_z": 3.0},  # x moves the gate
        {"b_z": -2.0, "b_r": -6.0},  # some of the old state is left
    ],
)
def test_what_almost_reaches_a_challenge_ticks_nothing(almost):
    assert GRUStep(**almost).challenges.reached == set()
