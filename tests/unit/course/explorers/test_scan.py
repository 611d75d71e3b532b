"""Scan: its rounds are those of utils.cells.scan, its words and its picture say what the numbers say."""

import numpy as np
import pytest
import torch

from utils.cells.scan import scan
from utils.course.explorers import Scan
from utils.course.explorers.scan import INPUTS, LONGEST, REACH

GRID = [(T, a) for T in (1, 2, 3, 8, 13, 16, 17, 31, 32) for a in (0.0, 0.3, 0.97, 1.0)]


@pytest.mark.parametrize(("T", "a"), GRID)
def test_the_last_round_is_the_scan_and_the_steps(T, a):
    result = Scan.compute(T, a, 5)
    b = torch.from_numpy(INPUTS[:T])[None, :, None]
    right = scan(torch.full_like(b, a), b)[0, :, 0].numpy()
    assert np.abs(result["states"] - right).max() < 1e-12
    assert result["gap"] < 1e-12 and result["done"] == result["needed"] == (T - 1).bit_length()
    assert len(result["held"]) == result["needed"] + 1
    assert sum(result["combined"]) == sum(T - k for k in (1, 2, 4, 8, 16) if k < T)
    assert result["weights"] @ INPUTS[:T] == pytest.approx(right[-1], abs=1e-12)


@pytest.mark.parametrize(("T", "a"), GRID)
@pytest.mark.parametrize("rounds", range(6))
def test_after_each_round_a_place_holds_its_last_steps(T, a, rounds):
    result = Scan.compute(T, a, rounds)
    held, seen = result["held"][result["done"]], result["seen"]
    assert seen == min(2**rounds, T)
    for end in range(T):
        first = max(0, end + 1 - seen)
        window = INPUTS[first : end + 1]
        assert held[end] == pytest.approx(a ** np.arange(len(window) - 1, -1, -1.0) @ window, abs=1e-12)
    assert np.abs(held).max() < REACH and np.abs(result["states"]).max() < REACH


def test_every_slider_moves_the_picture_and_the_words():
    explorer = Scan()
    for name, values in {"T": range(1, LONGEST + 1), "a": np.linspace(0, 1, 11), "rounds": range(5)}.items():
        first, seen = explorer.controls[name].value, set()
        for value in values:
            explorer.controls[name].value = type(first)(value)
            assert explorer.error is None, (name, value, explorer.error)
            seen.add((explorer.picture.value, explorer.caption.value))
        assert len(seen) == len(values), name
        explorer.controls[name].value = first


def test_its_words_name_what_is_missing_and_what_is_done():
    words = repr(Scan(T=13, a=0.5, rounds=1))
    assert "13 turns, one after another; the scan 4 rounds, 37 combinations" in words
    assert "After 1 round a place holds its last 2 steps" in words and "weight 0.25 or less" in words
    assert "All are done" in repr(Scan(T=13, a=0.5, rounds=4)) and "More rounds" not in repr(Scan(T=13, rounds=4))
    assert "More rounds find nothing" in repr(Scan(T=13, rounds=5))
    assert "1 turn, one after another; the scan 0 rounds" in repr(Scan(T=1))


@pytest.mark.parametrize(("T", "rounds"), [(16, 2), (32, 5), (23, 4), (13, 0), (1, 3)])
def test_the_picture_shows_what_has_reached_the_last_state(T, rounds):
    explorer = Scan(T=T, rounds=rounds)
    result = explorer.compute(**explorer.values())
    seen = result["seen"]
    assert [bar[0, 0] for bar in explorer.taken.get_segments()] == list(range(T - seen + 1, T + 1))
    assert len(explorer.missing.get_segments()) == T - seen
    starts = {start for wire in explorer.wires["last"].get_segments() for start, row in wire if row == 0}
    if result["done"]:
        assert starts == set(range(T - seen + 1, T + 1))
    for line, values in ((explorer.stepped, result["states"]), (explorer.held, result["held"][result["done"]])):
        assert line.get_xdata().tolist() == list(range(1, T + 1)) and line.get_ydata().tolist() == values.tolist()
    whole = set(zip(*explorer.dots["whole"].get_data()))
    assert {end for end, row in whole if row == result["done"]} == set(range(1, seen + 1))
    drawn = sum(len(dots.get_xdata()) for dots in explorer.dots.values())
    assert drawn == T * (result["needed"] + 1)
