"""WhoWins: its words and bars are the measured numbers, over the whole grid, and a tie is called a tie."""

import itertools

import numpy as np
import pytest
from planted_results import planted

from utils import files
from utils.course.explorers import WhoWins
from utils.course.explorers import who_wins as module
from utils.course.results import TaskResults

TASKS = {"recall": (10, 20, 50, 100, 200), "adding": (10, 20, 50, 100, 200), "wave": (10, 30, 50, 100)}


@pytest.fixture
def given(monkeypatch):
    """A WhoWins of planted results."""

    def make(share, values=None, **options):
        results = TaskResults(planted(share, **options))
        monkeypatch.setattr(module, "results", lambda: results)
        return WhoWins(**(values or {}))

    return make


def only(*models):
    """These models solve everything, the others stay at chance."""
    return lambda task, cell, initial, T, seed: float((cell, initial) in models)


def test_every_value_of_the_grid_answers_in_time_with_measured_numbers():
    explorer, results = WhoWins(), TaskResults()
    for task, lengths in TASKS.items():
        explorer.controls["task"].value = task
        assert explorer.controls["T"].options == tuple(lengths) or list(explorer.controls["T"].options) == list(lengths)
        for T, budget, measure in itertools.product(lengths, (5, 50, 100), ("steps", "seconds")):
            for name, value in (("T", T), ("budget", budget), ("measure", measure)):
                explorer.controls[name].value = value
            assert explorer.error is None and 40 <= len(explorer._words) <= 290, explorer.error
            steps = explorer.compute(task, T, budget, measure)["steps"]
            for model, bar in explorer.bars.items():
                wanted = np.median(np.maximum(results.reached(task, model, T, steps[model]), module.LOWEST))
                assert bar.get_x() + bar.get_width() == pytest.approx(wanted)
                assert len(explorer.dots[model].get_xdata()) == 5


def test_the_winner_is_named_with_the_next(given):
    words = repr(given(only(("GRU", "chrono"))))
    assert "GRU (chrono) wins, median 0.99 of the answers right. Next comes" in words and "with 0.10." in words
    words = repr(given(only(("RNN", "orthogonal")), {"task": "adding"}))
    assert "RNN (orthogonal) wins, median 0.01 squared error" in words and "with 0.17." in words


def test_a_tie_is_called_a_tie(given):
    assert "a tie of LSTM (chrono) and GRU (chrono)" in repr(given(only(("LSTM", "chrono"), ("GRU", "chrono"))))
    assert "a tie of RNN and 7 others" in repr(given(lambda *_: 1.0))
    scattered = given(lambda task, cell, initial, T, seed: (0.9 if cell == "LSTM" else 0.8) - seed / 4)
    assert "a tie of" in repr(scattered) and "wins" not in repr(scattered)


def test_nobody_wins_where_nobody_knows_more_than_nothing(given):
    for task in TASKS:
        assert "nobody is far from knowing nothing" in repr(given(lambda *_: 0.05, {"task": task}))


def test_seconds_take_steps_from_the_slower_cell(given):
    explorer = given(lambda *_: 1.0, {"measure": "seconds"}, seconds=lambda cell, T: 0.04 if cell == "GRU" else 0.01)
    result = explorer.compute("recall", 50, 80, "seconds")
    assert result["steps"]["LSTM, chrono"] == 400 and result["steps"]["GRU"] == 100
    assert result["reached"]["LSTM"].max() > result["reached"]["GRU"].max()
    assert result["seconds"] == pytest.approx(4)
    assert "within 5 s (500 steps of the fastest cell, 125 of the slowest)" in repr(explorer)


def test_a_new_task_keeps_a_length_that_was_measured(given):
    explorer = given(lambda *_: 1.0, {"T": 200})
    explorer.controls["task"].value = "wave"
    assert explorer.controls["T"].value == 100 and explorer.error is None
    assert list(explorer.controls["T"].options) == [10, 30, 50, 100]
    assert explorer.ax.get_xscale() == "log" and explorer.ax.get_xlim()[0] > explorer.ax.get_xlim()[1]
    explorer.controls["task"].value = "recall"
    assert explorer.controls["T"].value == 100 and explorer.ax.get_xscale() == "linear"


def test_without_the_results_one_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "MEASURED", tmp_path)
    files.measured.cache_clear()
    module.results.cache_clear()
    try:
        with pytest.raises(ValueError, match="which_one.json is missing or damaged"):
            WhoWins()
    finally:
        files.measured.cache_clear()
        module.results.cache_clear()
