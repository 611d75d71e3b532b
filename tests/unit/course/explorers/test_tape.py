"""Tape: what is drawn is the unit's own run, each moment shows its step, and nothing that is typed breaks it."""

import base64
import threading

import numpy as np
import pytest
import torch
from refused import refused
from torch import nn

from utils.arrays import units
from utils.course.explorers import Tape
from utils.course.explorers.tape import KINDS, LAST, OWN, SPEEDS, TAPES, _rest
from utils.course.explorers.tape_stage import COLUMN, HOME_BOTTOM, LEFT, STEPS, share_left
from utils.course.explorers.tape_unit import LINE, _in_two
from utils.course.explorers.wires import thickness

LATCH = {"+": (1, 0, 0), "-": (-1, 0, 0), "H": (1, 1, 0), "c": (1, 0, 1)}


def blocks(patch) -> np.ndarray:
    """Left, top, right, bottom of each block of a track."""
    corners = patch.get_path().vertices.reshape(-1, 5, 2)[:, :4]
    return np.concatenate([corners.min(1), corners.max(1)], axis=1)


def by_torch(kind, keep, x):
    """h at each step, and the gradient of the last memory with respect to each, by torch in float64."""
    cell = units.unit(kind, keep)
    if kind == "leaky":
        network = nn.Identity()
    else:
        network = {"rnn": nn.RNNCell, "lstm": nn.LSTMCell, "gru": nn.GRUCell}[kind](1, 1, dtype=torch.float64)
        order = [1, 0, 2, 3] if kind == "lstm" else slice(None)  # torch: i, f, g, o
        network.weight_ih.data = torch.tensor(cell.W.T[order].copy())
        network.weight_hh.data = torch.tensor(cell.U.T[order].copy())
        network.bias_ih.data = torch.tensor(cell.b[order].copy())
        network.bias_hh.data.zero_()
    state = torch.zeros(1, 1, dtype=torch.float64)
    state = (state, state) if kind == "lstm" else state
    shown, memories = [], []
    for x_t in torch.tensor(x).reshape(-1, 1, 1):
        if kind == "leaky":
            state = (keep * state + (1 - keep) * x_t).requires_grad_()
        else:
            state = network(x_t, state)
        shown.append(state[0].item() if kind == "lstm" else state.item())
        memories.append(state[1] if kind == "lstm" else state)
    return np.array(shown), np.array([g.item() for g in torch.autograd.grad(memories[-1], memories)])


@pytest.mark.parametrize("unit", KINDS)
def test_what_is_drawn_is_what_torch_computes(unit):
    tape = Tape(unit=unit, keep=0.9, tape="+-!3?-++9-", moment=2 * STEPS)
    result = tape.compute(**tape.values())
    x = result["trace"]["x"][:, 0]
    np.testing.assert_array_equal(x[:10], [0.3, -0.3, 1, 0.3, -1, -0.3, 0.3, 0.3, 0.9, -0.3])
    h, gradient = by_torch(KINDS[unit], 0.9, x)
    np.testing.assert_allclose(result["trace"]["h"], h, rtol=0, atol=1e-12)
    np.testing.assert_allclose(result["trace"]["all_ways"], gradient, rtol=0, atol=1e-12)
    stage, (top, bottom) = tape.stage, tape.stage.rows["h"]
    drawn = blocks(stage.blocks["h"])
    middle, reach = (top + bottom) / 2, result["reach"]["h"]
    height = np.where(h > 0, middle - drawn[:, 1], middle - drawn[:, 3]) * 2 / (bottom - top)
    np.testing.assert_allclose(height * reach, h, atol=1e-9)
    np.testing.assert_allclose(drawn[:, 0], LEFT + np.arange(STEPS) * COLUMN + 3)
    tops = blocks(stage.all_ways)[:, 1]
    powers = 1 - 5 * (tops - stage.top) / (HOME_BOTTOM - stage.top)
    np.testing.assert_allclose(10**powers, np.clip(np.abs(gradient), 1e-4, 10)[np.abs(gradient) >= 1e-4], rtol=1e-9)


@pytest.mark.parametrize("unit", KINDS)
def test_every_moment_shows_its_step(unit):
    tape = Tape(unit=unit, example="noise with a mark", moment=1)
    for moment in range(1, 2 * STEPS + 1):
        tape.controls["moment"].value = moment
        assert tape.error is None
        forward = moment <= STEPS
        step = moment if forward else 2 * STEPS + 1 - moment
        where = f"from t = 24 to {step}" if step < STEPS else "begins at t = 24"
        assert tape.stage.when.get_text() == (f"forward: step t = {step} of 24" if forward else f"way back: {where}")
        assert len(blocks(tape.stage.blocks["x"])) == (step if forward else STEPS)
        assert len(blocks(tape.stage.all_ways)) == (0 if forward else STEPS + 1 - step)
        assert f"step {step}" in tape._words and 40 <= len(tape._words) <= 290


@pytest.mark.parametrize("unit", KINDS)
def test_it_opens_before_the_first_step_with_states_of_0_and_nothing_else(unit):
    tape = Tape(unit=unit)
    moment = tape.controls["moment"]
    assert moment.options[moment.index][0] == "start" and "before step 1" in tape.stage.when.get_text()
    assert not any(len(blocks(patch)) for patch in (*tape.stage.blocks.values(), tape.stage.all_ways, tape.stage.alone))
    numbers = {name: words.get_text() for name, words in tape.stage.unit.numbers.items()}
    assert {float(words) for name, words in numbers.items() if name.endswith("_prev")} == {0.0}
    assert not any(words for name, words in numbers.items() if not name.endswith("_prev"))
    assert not any(fill.get_height() for fill in tape.stage.unit.fills.values())


def test_without_a_kernel_the_whole_run_remains_and_the_tape_goes_on_where_it_was():
    tape, end = Tape(moment=3), Tape(moment=LAST)
    before, kept = tape.picture.value, tape._repr_mimebundle_()[0]
    assert base64.b64decode(kept["image/png"]) == end.picture.value and end._words in kept["text/plain"]
    assert tape.picture.value == before and "step 3," in tape._words and repr(tape).endswith(tape._words)
    tape.controls["moment"].value = 4
    assert tape.picture.value == Tape(moment=4).picture.value


def test_each_step_of_the_way_back_has_a_mark_for_each_gradient():
    """Trained units let less through than hand-made ones: what the axis does not reach stands on it as a triangle."""
    torch.manual_seed(0)
    trained = Tape(weights=nn.LSTM(3, 1).state_dict(), symbols=LATCH, shift=-4.0, moment=LAST)
    two = Tape(units=["plain RNN", "LSTM"], keep=0.5, tape="!" * 24, moment=LAST)
    two.controls["unit"].value = "LSTM"
    too_small = set()
    for tape, names in ((trained, ["all_ways", "alone"]), (two, ["all_ways", "alone", "other"])):
        stage, result = tape.stage, tape.compute(**tape.values())
        drawn = {"all_ways": len(blocks(stage.all_ways)), "alone": len(blocks(stage.alone))}
        drawn["other"] = np.isfinite(stage.other.get_ydata()).sum() if "other" in names else 0
        assert list(stage.marks) == names
        for name in names:
            small = np.abs((result["trace"] | {"other": result.get("other")})[name]) < 10.0**stage.lowest
            assert len(stage.below[name].get_xdata()) == small.sum() and drawn[name] == STEPS - small.sum()
            too_small |= {(len(names), name)} if small.any() else set()
    assert too_small == {(2, "all_ways"), (2, "alone"), (3, "all_ways"), (3, "alone"), (3, "other")}


@pytest.mark.parametrize("unit", KINDS)
def test_a_wire_is_as_thick_as_its_number(unit):
    tape = Tape(unit=unit, moment=3)
    trace = {letter: values[2] for letter, values in tape.compute(**tape.values())["trace"].items()}
    want = {"x": 1.0} | ({"zh": 0.0, "new": (1 - trace["z"]) * trace["n"]} if unit == "GRU" else {"h": trace["h"]})
    for name, number in want.items():
        assert tape.stage.unit.wires[name].get_linewidth() == pytest.approx(thickness(number))
    assert [thickness(number) for number in (0, -1, 2, 7)] == pytest.approx([0.8, 2.9, 5, 5])


def test_what_the_violet_arrow_lets_through_is_a_step_of_the_gradient():
    tape = Tape(unit="plain RNN", example="noise with a mark", moment=36)  # at step 13
    sizes = np.abs(by_torch("rnn", 0.95, tape.compute(**tape.values())["trace"]["x"][:, 0])[1])
    assert tape.stage.took.get_text() == f"Violet arrow: from h₁₃ to h₁₂, × {sizes[11] / sizes[12]:.2f}."
    assert tape.stage.arrives.get_text() == f"Of a nudge to h₁₃, {share_left(sizes[12])} is left in h₂₄."


@pytest.mark.parametrize(
    ("all_ways", "alone", "said"), [(0.5, 0.4, "add to it"), (0.3, 0.4, "take from it"), (-0.5, 0.4, "turn its sign"),
                                    (0.4, 0.399, "hardly count")]
)  # fmt: skip
def test_what_the_other_ways_do_is_said(all_ways, alone, said):
    assert said in _rest("lstm", all_ways, alone)


@pytest.mark.parametrize(
    ("size", "words"),
    [(0.42, "0.42"), (-3.14e-9, "3.1·10⁻⁹"), (0, "nothing"), (2.5e-12, "2.5·10⁻¹²"), (4e4, "4.0·10⁴")],
)
def test_a_size_is_written_as_on_the_axis(size, words):
    assert share_left(size) == words


def test_a_long_formula_takes_two_lines_and_loses_nothing():
    formula = "σ(−2.8+2.3x₁+6.8x₂−4.4x₃+0.6hₜ₋₁)"
    first, second = _in_two(formula)
    assert first + second == formula and second[0] in "+−" and max(len(first), len(second)) <= LINE
    assert _in_two("f c + i g") == ("f c + i g", "")
    assert [len(line) <= LINE + 6 for line in _in_two("σ(" + "+1.5x₁" * 12 + ")")] == [True, True]


def test_a_played_picture_equals_a_fresh_one():
    played = Tape(unit="GRU", moment=1)
    for unit in (*KINDS, "LSTM"):
        played.controls["unit"].value = unit
        for moment in (7, 30, 48):
            played.controls["moment"].value = moment
    assert played.picture.value == Tape(unit="LSTM", moment=48).picture.value
    played.controls["moment"].value = 0
    assert played.picture.value == Tape(unit="LSTM").picture.value


def test_an_example_fills_the_tape_and_typing_makes_it_ones_own():
    tape = Tape(example="two knocks")
    assert tape.controls["tape"].value == TAPES["two knocks"]
    tape.controls["example"].value = "a word"
    assert tape.controls["tape"].value == "onomatopoeia"
    tape.controls["tape"].value = "9!?" * 10
    assert tape.controls["example"].value == OWN and "24th" in tape.caption.value
    assert Tape(tape="!!!").controls["example"].value == OWN


@pytest.mark.parametrize("typed", ["", " ", "$x$ <b>", "\\frac", "😀" * 30, "\t!\n", "é" * 24])
def test_nothing_that_is_typed_breaks_it(typed):
    tape = Tape(tape=typed, moment=1)
    assert tape.error is None and "<b>" not in tape.caption.value
    tape.controls["moment"].value = 40
    assert tape.error is None


def test_presets_show_only_what_they_need():
    assert list(Tape(units=["leaky unit"]).controls) == ["moment", "keep", "example", "tape"]
    two = Tape(units=["plain RNN", "LSTM"], moment=48)
    assert two.controls["unit"].options == ("plain RNN", "LSTM")
    assert "Of a nudge to the LSTM’s c: " in two._words
    other = units.run(units.unit("lstm", 0.95), two.compute(**two.values())["trace"]["x"])["all_ways"]
    np.testing.assert_allclose(two.stage.other.get_ydata(), two.stage._height(other))
    two.controls["unit"].value = "LSTM"
    assert "Of a nudge to the plain RNN’s h: " in two._words
    assert "’s" not in Tape(moment=48)._words


def test_a_trained_unit_reads_symbols_of_its_own():
    torch.manual_seed(0)
    network = nn.LSTM(3, 1)
    tape = Tape(weights=network.state_dict(), symbols=LATCH, tapes={"hold, clear": "+H--c-"}, moment=6)
    assert list(tape.controls) == ["moment", "shift", "example", "tape"]
    trace = tape.compute(**tape.values())["trace"]
    np.testing.assert_array_equal(trace["x"][:6], [LATCH[symbol] for symbol in "+H--c-"])
    with torch.no_grad():
        want = network.double()(torch.tensor(trace["x"]))[0][:, 0]
    np.testing.assert_allclose(trace["h"], want, rtol=0, atol=1e-12)
    assert len(blocks(tape.stage.blocks["x"])) == 3 * 6 and "x = −1, 0, 0" in tape._words
    tape.controls["shift"].value = 2.0
    moved = tape.compute(**tape.values())["trace"]
    assert tape.error is None and (moved["f"] > trace["f"]).all()


def test_a_state_is_drawn_on_a_scale_that_shows_it():
    small, large = Tape(unit="leaky unit", keep=0.99), Tape(unit="leaky unit", tape="!" * 24, keep=0.5)
    for tape, reach in ((small, "0.1"), (large, "1")):
        assert [words.get_text() for _, words in tape.stage.reaches["h"]] == [reach, f"−{reach}"]
    lanes = Tape(weights=nn.LSTM(3, 1).state_dict(), symbols=LATCH | {"2": (2, 0, 0)}, tape="2").stage.reaches["x"]
    assert [words.get_text() for _, words in lanes] == ["x₁ ±2", "x₂ ±2", "x₃ ±2"]


def test_play_goes_with_the_slider_and_the_buttons_step_round():
    tape = Tape(moment=48)
    assert (tape.play.min, tape.play.max, tape.play.value) == (0, 2 * STEPS, 48)
    back, on, speed = tape.children[0].children[0].children[2:]
    on.click()
    assert tape.controls["moment"].value == 0 and "Before the first step" in tape._words
    back.click()
    assert tape.controls["moment"].value == 48
    for steps in (*SPEEDS[1:], SPEEDS[0]):
        speed.click()
        assert speed.description == f"speed: {steps}/s" and tape.play.interval == 1000 // steps


def test_changes_from_several_threads_end_in_one_picture_with_its_words():
    want = {(unit, keep): Tape(unit=unit, keep=keep, moment=40) for unit in ("LSTM", "GRU") for keep in (0.6, 0.9)}
    tape, start = Tape(moment=40), threading.Barrier(2)

    def change(name, values):
        start.wait()
        for value in values:
            tape.controls[name].value = value

    for _ in range(3):
        jobs = (("unit", ["LSTM", "leaky unit", "plain RNN", "GRU", "LSTM"]), ("keep", [0.9, 0.6, 0.8, 0.9, 0.6]))
        threads = [threading.Thread(target=change, args=job) for job in jobs]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        fresh = want[tape.controls["unit"].value, tape.controls["keep"].value]
        assert tape.error is None
        assert tape.picture.value == fresh.picture.value and tape.caption.value == fresh.caption.value


@pytest.mark.refusal("course.explorers")
def test_what_it_cannot_show_is_refused():
    with refused(ValueError, "units must be one of 'leaky unit', 'plain RNN', 'LSTM', 'GRU', got 'Elman'."):
        Tape(units=["Elman"])
    with refused(ValueError, "units must be a list of names, of 'leaky unit', 'plain RNN', 'LSTM', 'GRU', got 'LSTM'."):
        Tape(units="LSTM")
    with refused(ValueError, "weights must be those of one unit, got 1 x 4."):
        Tape(weights=nn.LSTM(1, 4).state_dict())
    with refused(ValueError, r"symbols must give 3 finite numbers for '!', got 1.0."):
        Tape(weights=nn.LSTM(3, 1).state_dict())
    with refused(ValueError, "symbols must be single characters, got 'up'."):
        Tape(symbols={"up": 1.0})
    with refused(ValueError, "Tape cannot begin with moment = 49; choose what it offers."):
        Tape(moment=49)
