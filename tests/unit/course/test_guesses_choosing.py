"""What lessons 09 and 10 ask: the answers, computed another way."""

import json

import numpy as np
import pytest
from scipy import stats

from utils.course.guesses import predictions
from utils.files import MEASURED


def recorded(name: str) -> dict:
    return json.loads((MEASURED / f"{name}.json").read_text(encoding="utf-8"))


def runs(task: str, cell: str, initial: str, T: int) -> list[dict]:
    same = {"task": task, "cell": cell, "initial": initial, "T": T}
    return [run for run in recorded("which_one")["runs"] if same.items() <= run.items()]


def another_seed() -> float:
    (base,) = [row["runs"] for row in recorded("sweep")["settings"] if not row["changed"]]
    right = [round(2_500 * run["valid_accuracy"]) for run in base]  # reviews
    pairs = [(a, b) for i, a in enumerate(right) for j, b in enumerate(right) if i != j]
    return 100 * sum(b - a >= 25 for a, b in pairs) / len(pairs)


def practices() -> str:
    right = {row["name"]: np.array(row["accuracy"]) for row in recorded("practices")["practices"]}
    options = predictions("09")["09.practices"].options
    p = {name: stats.ttest_rel(right[name], right["the recipe"]).pvalue for name in options}
    assert sum(value < 0.05 for value in p.values()) == 1
    return min(p, key=p.get)


def held_out() -> float:
    """The fewest reviews of which 95 of 100 samples come within a point, by the normal curve."""
    return next(N for N in range(1, 10**5) if stats.norm.ppf(0.975) * (0.86 * 0.14 / N) ** 0.5 <= 0.01)


def one_unit() -> float:
    (row,) = [row for row in recorded("sweep")["settings"] if row["changed"] == {"hidden": 1}]
    return 100 * np.mean([run["valid_accuracy"] for run in row["runs"]])


def both_sides() -> str:
    """The rate; a knob's other values are worse where all seeds stay below the base's lowest."""
    rows = {json.dumps(row["changed"]): row["runs"] for row in recorded("sweep")["settings"]}
    lowest = min(run["valid_accuracy"] for run in rows["{}"])
    worse = [json.loads(key) for key, found in rows.items() if max(run["valid_accuracy"] for run in found) < lowest]
    base = {"lr": 0.02, "hidden": 32, "layers": 1, "dropout": 0.2}
    names = {"lr": "the learning rate", "hidden": "the hidden size", "layers": "the number of layers",
             "dropout": "the share of dropout"}  # fmt: skip
    sides = {key: {np.sign(one[key] - base[key]) for one in worse if list(one) == [key]} for key in base}
    (found,) = [names[key] for key, signs in sides.items() if signs == {-1, 1}]
    return found


def best_of_25() -> float:
    """The expected largest of 25 binomial shares, exactly: the sum of P(largest > k)."""
    k = np.arange(2_500)
    return 100 * ((1 - stats.binom.cdf(k, 2_500, 0.86) ** 25).sum() / 2_500 - 0.86)


def far() -> str:
    right = {
        cell: [max(run["curve"]) for run in runs("recall", cell, "default", 100)] for cell in ("RNN", "LSTM", "GRU")
    }
    assert all(len(values) == 5 and np.median(values) < 0.5 for values in right.values())
    return "none of them"


def held() -> int:
    return sum(rule["verdict"] == "held" for rule in recorded("which_one")["rules"] if "(ours)" not in rule["rule"])


def clock() -> float:
    seconds = recorded("which_one")["seconds_per_step"]["adding"]["100"]
    steps = {c: sorted(run["solved_at"] or np.inf for run in runs("adding", c, "chrono", 100)) for c in ("GRU", "LSTM")}
    assert steps["GRU"][2] / steps["LSTM"][2] == pytest.approx(0.6, abs=0.03)  # as the question says
    return steps["GRU"][2] * seconds["GRU"] / (steps["LSTM"][2] * seconds["LSTM"])


def small_step() -> float:
    costs = recorded("costs")
    return costs["stream_us"]["LSTM"][1] / costs["stream_us"]["RNN"][1]  # H = 32 is the second


def crowd() -> float:
    row = recorded("costs_cuda")["train_us"]["LSTM"][3]  # H = 128 is the fourth
    return row[-1] / row[0]


ANSWERS = {
    "09.another_seed": another_seed, "09.practices": practices, "09.held_out": held_out, "09.one_unit": one_unit,
    "09.both_sides": both_sides, "09.best_of_25": best_of_25,
    "10.far": far, "10.held": held, "10.clock": clock, "10.small_step": small_step, "10.crowd": crowd,
}  # fmt: skip


@pytest.mark.parametrize("name", ANSWERS)
def test_the_answer_is_what_another_way_gives(name):
    found, wanted = predictions(name[:2])[name].answer(), ANSWERS[name]()
    if isinstance(wanted, str):
        assert found == wanted
    else:
        assert found == pytest.approx(wanted, rel=5e-3)


def test_the_base_and_the_lines_are_those_of_the_questions():
    (base,) = [row["runs"] for row in recorded("sweep")["settings"] if not row["changed"]]
    assert round(100 * np.mean([run["valid_accuracy"] for run in base])) == 87
    assert sum("(ours)" not in rule["rule"] for rule in recorded("which_one")["rules"]) == 14
    assert all(run["solved_at"] is None for run in runs("adding", "LSTM", "default", 50))
    reached = [max(run["curve"]) for cell in ("RNN", "LSTM", "GRU") for run in runs("recall", cell, "default", 100)]
    assert max(reached) < 0.2  # near 10 %, as the reason says
