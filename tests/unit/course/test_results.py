"""What the results' results say, and when a difference counts."""

import itertools
import math

import numpy as np
import pytest
from planted_results import planted

from utils import files
from utils.course.results import TaskResults, compare, name_of

results = TaskResults(planted(lambda task, cell, initial, T, seed: 1.0 if seed < 3 else 0.5))


def test_reached_is_the_best_value_within_the_budget():
    assert results.reached("recall", "LSTM", 50) == pytest.approx([0.99] * 3 + [0.545] * 2)
    half = results.reached("recall", "LSTM", 50, 250)
    assert half == pytest.approx([0.545] * 3 + [0.3225] * 2)
    assert (results.reached("recall", "LSTM", 50, 274) == half).all()  # the next look is at 275
    assert results.reached("adding", "GRU, chrono", 10)[0] == pytest.approx(0.01)  # an error: the smallest is best
    falls = planted(lambda *_: 1.0)
    for run in falls["runs"]:
        run["curve"].append(0.3)  # it gets worse again
    assert TaskResults(falls).reached("recall", "RNN", 10) == pytest.approx([0.99] * 5)


def test_steps_and_seconds_are_infinite_where_a_seed_did_not_get_there():
    assert results.steps("recall", "RNN, orthogonal", 20).tolist() == [500] * 3 + [math.inf] * 2
    assert results.seconds("recall", "RNN", 20).tolist() == [10] * 3 + [math.inf] * 2  # 0.02 s a step
    assert results.solved("recall", "RNN", 20) == 3


def test_all_that_solved_a_task_count_alike_unless_it_goes_on():
    better = TaskResults(planted(lambda task, cell, initial, T, seed: 1.0 + seed / 1000))
    assert len(set(better.quality("recall", "LSTM", 10))) == len(set(better.quality("adding", "LSTM", 10))) == 1
    assert len(set(better.quality("wave", "LSTM", 10))) == 5
    assert (np.diff(better.quality("wave", "LSTM", 10)) > 0).all()  # a smaller error is a larger quality


def test_what_was_not_measured_is_refused_in_one_sentence():
    with pytest.raises(ValueError, match="task must be one of 'recall', 'adding'"):
        results.runs("sorting", "LSTM", 10)
    with pytest.raises(ValueError, match="model must be one of 'RNN', 'RNN, orthogonal'"):
        results.runs("recall", "Transformer", 10)
    with pytest.raises(ValueError, match="T must be one of 10, 20, 50, 100, 200, got 30"):
        results.runs("recall", "LSTM", 30)


def test_damaged_results_give_one_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "MEASURED", tmp_path)
    files.measured.cache_clear()
    try:
        for content in (None, '{"runs": ['):
            if content:
                (tmp_path / "which_one.json").write_text(content)
            with pytest.raises(
                ValueError, match="which_one.json is missing or damaged: fetch it anew with git checkout"
            ):
                TaskResults()
    finally:
        files.measured.cache_clear()


@pytest.mark.parametrize(
    ("a", "b", "sign"),
    [
        ([6, 7, 8, 9, 10], [1, 2, 3, 4, 5], 1),
        ([4, 7, 8, 9, 10], [1, 2, 3, 5, 6], 1),  # 23 of 25 pairs
        ([3, 7, 8, 9, 10], [1, 2, 4, 5, 6], 0),  # 22
        ([1, 1, 1, 1, 0.1], [0.1] * 5, 0),  # one failure of five: 22.5
        ([math.inf] * 5, [math.inf] * 5, 0),
        ([100] * 5, [math.inf] * 5, -1),
        ([3, 3, 3], [1, 2, 2], 1),
    ],
)
def test_a_difference_counts_beyond_the_spread_of_the_seeds(a, b, sign):
    assert compare(a, b) == sign and compare(b, a) == -sign


def test_chance_alone_makes_a_difference_in_less_than_one_of_twenty_cases():
    splits = list(itertools.combinations(range(10), 5))
    seen = sum(compare(a, sorted(set(range(10)) - set(a))) != 0 for a in splits)
    assert 0.02 < seen / len(splits) < 0.05


def test_compare_refuses_what_is_no_list_of_numbers():
    with pytest.raises(ValueError, match="two lists of numbers"):
        compare([], [1])
    with pytest.raises(ValueError, match="counts as math.inf"):
        compare([math.nan], [1])


def test_names():
    assert name_of("LSTM", "default") == "LSTM" and name_of("GRU", "chrono") == "GRU, chrono"
    assert results.models("recall") == [
        "RNN", "RNN, orthogonal", "LSTM", "LSTM, bias 1", "LSTM, chrono", "GRU", "GRU, bias 1", "GRU, chrono"
    ]  # fmt: skip
