"""Each verdict follows the numbers: planted results give it, the opposite results the opposite."""

import json

import pytest
from planted_results import planted

from benchmarks import report
from benchmarks.rules import DEPENDS, FAILED, HELD, NOTHING, rules, verdict
from benchmarks.which_one import judged as judged_anew
from benchmarks.which_one import markdown
from utils.course.results import Case, TaskResults
from utils.files import measured


def equal(*_):
    return 0.5


def gru_json(ratio: float) -> dict:
    pair = {"lstm_over_gru": ratio}
    return {"shapes": [{work: {"nn": pair, "nn without oneDNN": pair} for work in ("train", "infer")}] * 3}


def tagger_json(both: float) -> dict:
    runs = {"runs": [{"test": {"accuracy": 0.8 + k / 1000}} for k in range(3)]}
    wins = {"runs": [{"test": {"accuracy": both + k / 1000}} for k in range(3)]}
    return {
        "recipes": {
            "forward": runs,
            "forward, wide": runs,
            "forward, endings": runs,
            "both": wins,
            "both, endings": wins,
        }
    }


def judged(share, ratio=1.0, both=0.8, seconds=lambda cell, T: 0.01) -> dict:
    return {r.rule: r for r in rules(TaskResults(planted(share, seconds=seconds)), gru_json(ratio), tagger_json(both))}


def favors(*cells):
    """Runs of these cells solve everything, the others come half way."""
    return lambda task, cell, initial, T, seed: 1.0 if cell in cells else 0.5


CASES = [  # rule, numbers that speak for it, numbers that speak against it
    ("LSTM above 100 steps", favors("LSTM"), favors("GRU")),
    ("GRU below 50 steps", favors("GRU"), favors("LSTM")),
    ("LSTM where accuracy counts", favors("LSTM"), favors("GRU")),
    ("GRU when in doubt", favors("GRU"), favors("LSTM")),
    ("GRU learns in fewer steps", favors("GRU"), favors("LSTM")),
    ("RNN will do up to 20 steps", favors("RNN"), favors("LSTM", "GRU")),
    ("LSTM or GRU above 50 steps", favors("LSTM", "GRU"), favors("RNN")),
    ("RNN barely learns beyond 10 steps", favors(), favors("RNN")),
    ("LSTM struggles from 200 steps", favors(), favors("LSTM")),
    (
        "(ours) Chrono initial weights for long memories",
        lambda task, cell, initial, T, seed: initial == "chrono",
        lambda task, cell, initial, T, seed: initial != "chrono",
    ),
    (
        "(ours) Initial weights matter more than the cell",
        lambda task, cell, initial, T, seed: float(initial == "chrono"),
        favors("LSTM"),
    ),
]


@pytest.mark.parametrize(("rule", "speaks_for", "against"), CASES)
def test_the_verdict_follows_the_numbers(rule, speaks_for, against):
    assert judged(speaks_for)[rule].verdict == HELD
    assert judged(against)[rule].verdict == FAILED


@pytest.mark.parametrize(
    "rule", [case[0] for case in CASES[:3]] + ["GRU learns in less time", CASES[6][0], CASES[9][0]]
)
def test_equal_numbers_show_no_difference(rule):
    assert judged(lambda *_: 1.0)[rule].verdict == NOTHING


def test_time_is_steps_times_the_time_of_a_step():
    slow_gru = judged(lambda *_: 1.0, seconds=lambda cell, T: 0.02 if cell == "GRU" else 0.01)
    fast_gru = judged(lambda *_: 1.0, seconds=lambda cell, T: 0.005 if cell == "GRU" else 0.01)
    assert slow_gru["GRU learns in fewer steps"].verdict == fast_gru["GRU learns in fewer steps"].verdict == NOTHING
    assert slow_gru["GRU learns in less time"].verdict == FAILED
    assert "10 against 5 s" in slow_gru["GRU learns in less time"].much
    assert fast_gru["GRU learns in less time"].verdict == HELD


@pytest.mark.parametrize(("ratio", "word"), [(0.5, FAILED), (1.05, NOTHING), (1.4, HELD)])
def test_the_clock(ratio, word):
    assert judged(equal, ratio=ratio)["GRU computes faster"].verdict == word
    assert judged(equal, ratio=ratio)["GRU computes faster, written alike"].much.startswith(f"{ratio:.2f} to")


@pytest.mark.parametrize(("both", "word"), [(0.9, HELD), (0.8, NOTHING), (0.7, FAILED)])
def test_both_directions(both, word):
    assert judged(equal, both=both)["Both directions where both contexts are needed"].verdict == word


def test_the_parameters_are_counted():
    assert judged(equal)["GRU has 25 % fewer parameters"][1:3] == (HELD, "25.0% fewer")
    result = planted(equal, seeds=1)
    result["parameters"] = {task: {"LSTM": 1000, "GRU": 900} for task in result["parameters"]}
    line = next(r for r in rules(TaskResults(result), gru_json(1), tagger_json(1)) if "25 %" in r.rule)
    assert line.verdict == FAILED and "25" not in line.much


def test_by_how_much_names_the_case_of_largest_effect():
    def share(task, cell, initial, T, seed):
        return float((task, cell, initial, T) == ("recall", "LSTM", "bias 1", 200))

    line = judged(share)["LSTM above 100 steps"]
    assert line.much == "for it 1, against it 0, of 12; largest: recall, T = 200, bias 1 weights, 0.99 against 0.1"


@pytest.mark.parametrize(
    ("outcomes", "word"),
    [
        ([1, 1, 1, 0, 0], HELD), ([1] * 9 + [-1], HELD), ([1] * 8 + [-1] * 2, DEPENDS), ([1, 0], DEPENDS),
        ([0] * 5, NOTHING),
        ([1] + [0] * 9, NOTHING), ([-1, -1, 0], FAILED), ([1, -1], DEPENDS), ([-1, 0], FAILED),
        ([-1] * 8 + [1] * 2, DEPENDS), ([-1] * 9 + [1], FAILED),
    ],
)  # fmt: skip
def test_verdicts(outcomes, word):
    assert verdict(outcomes) == word


def test_where_nobody_solves_anything_nobody_is_sooner():
    assert judged(equal)["GRU learns in less time"][1:3] == (NOTHING, "nobody solved anything")


def test_no_comparison_no_verdict():
    with pytest.raises(ValueError, match="at least one comparison"):
        verdict([])


def test_the_committed_verdicts_are_those_of_the_committed_runs():
    """After a change of the rules, or of a JSON they read: python -m benchmarks.which_one --rules"""
    committed = measured("which_one")
    assert json.loads(json.dumps(judged_anew(committed))) == committed["rules"]
    read = TaskResults().rules()
    assert read == rules(TaskResults(), measured("gru"), measured("tagger")) and isinstance(read[0].cases[0], Case)


def test_the_readme_has_the_table_of_the_committed_results():
    assert markdown(measured("which_one")) in (report.ROOT / "docs/results.md").read_text(encoding="utf-8")
