"""The benchmark of lesson 10: its runs train, stop, and are judged on sequences they never saw."""

import pytest
import torch

from benchmarks import which_one
from benchmarks.which_one import RATES, TASKS, choose_rates, mean_of_curve, rate_for, run
from utils.course.results import TaskResults


def test_a_run_learns_the_wave_and_says_so():
    result = run(("wave", "LSTM", "default", 10, 0, 1e-2, 96))
    assert len(result["curve"]) == 7  # a look before training, and one every 16 steps
    assert result["curve"][0] == pytest.approx(0.5, abs=0.15) and result["curve"][-1] < 0.1
    assert result["final"] == pytest.approx(result["curve"][-1], rel=0.5)
    assert result == run(("wave", "LSTM", "default", 10, 0, 1e-2, 96)) | {"seconds": result["seconds"]}
    assert result["curve"] != run(("wave", "LSTM", "default", 10, 1, 1e-2, 16))["curve"]


def test_a_run_stops_when_the_task_is_solved_unless_all_epochs_are_asked_for(monkeypatch):
    easy = {"threshold": 0.3, "every": 5}
    for name in ("wave", "recall"):
        task = TASKS[name]
        changed = type(task)(**(vars(task) | easy))
        monkeypatch.setitem(TASKS, name, changed)
    wave = run(("wave", "GRU", "default", 10, 0, 1e-2, 60))
    assert len(wave["curve"]) == 13 and 0 < wave["solved_at"] < 60
    recall = run(("recall", "GRU", "chrono", 3, 0, 1e-2, 200))
    assert recall["solved_at"] == 5 * (len(recall["curve"]) - 1) < 200
    assert max(recall["curve"][:-1]) < 0.3 <= recall["curve"][-1]


def test_a_task_that_stays_unsolved_has_no_step():
    result = run(("parity", "RNN", "default", 20, 0, 1e-2, 25))
    assert result["solved_at"] is None and len(result["curve"]) == 2
    assert result["curve"][-1] == pytest.approx(0.5, abs=0.15)


def test_initial_weights_are_those_of_the_name():
    task = TASKS["recall"]
    torch.manual_seed(0)
    lstm = which_one.build("LSTM", "bias 1", task, 50)[0]
    assert (lstm.bias_ih_l0 + lstm.bias_hh_l0)[32:64].tolist() == [1.0] * 32
    gru = which_one.build("GRU", "chrono", task, 200)[0]
    assert 3 < (gru.bias_ih_l0 + gru.bias_hh_l0)[32:64].max() < 5.3  # the logarithm of 199 is 5.29
    U = which_one.build("RNN", "orthogonal", task, 50)[0].weight_hh_l0
    assert torch.allclose(U @ U.T, torch.eye(32), atol=1e-5)


def test_the_rate_is_the_one_whose_curve_is_better_sooner(monkeypatch):
    class Pool:
        map = map

    wave, recall = TASKS["wave"], TASKS["recall"]
    assert mean_of_curve(recall, {"curve": [0.1, 0.99]}) > mean_of_curve(recall, {"curve": [0.1, 0.1, 0.99]})
    assert mean_of_curve(wave, {"curve": [0.1, 0.01]}) > mean_of_curve(wave, {"curve": [0.1, 0.1]})
    monkeypatch.setattr(which_one, "TASKS", {"recall": recall})
    monkeypatch.setattr(which_one, "run", lambda job: {"curve": [0.1, 10 * job[5] if job[1] == "LSTM" else 1 - job[5]],
                                                       "seconds": 1})  # fmt: skip
    chosen = choose_rates(Pool)
    assert {(c["cell"], c["rate"]) for c in chosen} == {("RNN", RATES[1]), ("LSTM", RATES[0]), ("GRU", RATES[1])}
    assert len(chosen) == len(which_one.MODELS) * len(recall.tuned_at)


def test_a_length_takes_the_rate_of_the_longest_tried_that_is_not_longer():
    chosen = [{"task": "recall", "cell": "GRU", "initial": "default", "T": T, "rate": T} for T in (10, 100)]
    rates = [rate_for(chosen, "recall", "GRU", "default", T) for T in (5, 10, 50, 100, 200)]
    assert rates == [10, 10, 10, 100, 100]


def test_the_committed_results_are_whole():
    results = TaskResults()
    for name, task in TASKS.items():
        assert tuple(results.tasks[name]["T"]) == task.T and results.tasks[name]["steps"] == task.steps
        for T in task.T:
            for cell, initial in task.models:
                model = cell if initial == "default" else f"{cell}, {initial}"
                runs = results.runs(name, model, T)
                assert [run["seed"] for run in runs] == list(which_one.SEEDS), (name, model, T)
            assert set(results.result["seconds_per_step"][name][str(T)]) == {cell for cell, _ in task.models}
