"""What `python -m benchmarks.which_one` measured: which model got how far, in how many steps and seconds.

A model is named by its cell and its initial weights: "LSTM", "LSTM, chrono". A result is an array, one value a seed.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from utils import checks
from utils.files import measured

SHARE = 0.92  # of the pairs of seeds


class Case(NamedTuple):
    """One comparison: 1 speaks for a rule, -1 against it, 0 is no difference; its place, size and numbers."""

    outcome: int
    place: str = ""
    size: float = 0.0
    numbers: str = ""


class Rule(NamedTuple):
    """A rule of thumb, its verdict, by how much, on what, and the comparisons behind it (none where it is counted)."""

    rule: str
    verdict: str
    much: str
    where: str
    cases: tuple[Case, ...]


class TaskResults:
    """The runs of the benchmark, by task, model and length T.

    result: the benchmark's dict; None reads the committed file.
    """

    def __init__(self, result: dict | None = None):
        self.result = measured("which_one") if result is None else result
        self.tasks = self.result["tasks"]
        self._runs: dict[tuple, list[dict]] = {}
        for run in sorted(self.result["runs"], key=lambda run: run["seed"]):
            self._runs.setdefault((run["task"], name_of(run["cell"], run["initial"]), run["T"]), []).append(run)

    def rules(self) -> list[Rule]:
        """The rules of thumb with the verdicts that the benchmark came to."""
        return [Rule(**line | {"cases": tuple(Case(*case) for case in line["cases"])}) for line in self.result["rules"]]

    def models(self, task: str) -> list[str]:
        """The models that ran on a task, in the order of the benchmark."""
        return list(dict.fromkeys(model for name, model, _ in self._runs if name == task))

    def runs(self, task: str, model: str, T: int) -> list[dict]:
        """The runs of all seeds: curve, solved_at, final, rate. ValueError for what was not measured."""
        checks.one_of("task", task, list(self.tasks))
        checks.one_of("model", model, self.models(task))
        checks.one_of("T", T, self.tasks[task]["T"])
        return self._runs[task, model, T]

    def reached(self, task: str, model: str, T: int, steps: float = math.inf) -> np.ndarray:
        """The best held-out value of each seed within `steps` training steps: accuracy, or mean squared error."""
        every, best = self.tasks[task]["every"], max if self.accuracy(task) else min
        points = int(min(steps, self.tasks[task]["steps"]) // every) + 1
        return np.array([best(run["curve"][:points]) for run in self.runs(task, model, T)])

    def steps(self, task: str, model: str, T: int) -> np.ndarray:
        """Training steps until each seed had solved the task; infinite where it had not at the end."""
        return np.array([math.inf if (k := run["solved_at"]) is None else k for run in self.runs(task, model, T)])

    def step_seconds(self, task: str, model: str, T: int) -> float:
        """Seconds of one training step on one core."""
        return self.result["seconds_per_step"][task][str(T)][model.split(",")[0]]

    def seconds(self, task: str, model: str, T: int) -> np.ndarray:
        """Seconds of training until each seed had solved the task."""
        return self.steps(task, model, T) * self.step_seconds(task, model, T)

    def quality(self, task: str, model: str, T: int, steps: float = math.inf) -> np.ndarray:
        """What each seed reached within `steps`, larger is better: accuracy, or minus the mean squared error.

        Where training stopped as soon as the task was solved, all that solved it count alike.
        """
        sign = 1 if self.accuracy(task) else -1
        values = sign * self.reached(task, model, T, steps)
        return np.minimum(values, sign * self.tasks[task]["threshold"]) if self.tasks[task]["stop"] else values

    def solved(self, task: str, model: str, T: int) -> int:
        """How many seeds solved the task."""
        return int(np.isfinite(self.steps(task, model, T)).sum())

    def accuracy(self, task: str) -> bool:
        """Whether the task is measured by accuracy, larger is better; else by an error, smaller is better."""
        return self.tasks[task]["measure"] == "accuracy"


def name_of(cell: str, initial: str) -> str:
    """A model's name: its cell, and its initial weights unless they are torch's."""
    return cell if initial == "default" else f"{cell}, {initial}"


def compare(a, b) -> int:
    """1 where `a` is larger than `b` beyond the spread of the seeds, -1 where it is smaller, else 0.

    a and b: one value a seed, infinities welcome. Larger means larger in at least 92 % of all pairs (a seed of one,
    a seed of the other), a tie counting half. For two times five seeds that is 23 of 25 pairs: without any difference
    it would happen, one way or the other, in less than 1 of 20 cases (the test of Mann and Whitney 1947).
    """
    a, b = np.asarray(a, float), np.asarray(b, float)
    if a.ndim != 1 or b.ndim != 1 or not len(a) or not len(b):
        raise ValueError("Pass two lists of numbers, one a seed, neither of them empty.")
    if np.isnan(a).any() or np.isnan(b).any():
        raise ValueError("A seed's value must be a number; a run that did not get there counts as math.inf.")
    pairs, larger, ties = len(a) * len(b), (a[:, None] > b).sum(), (a[:, None] == b).sum()
    wins, enough = larger + ties / 2, SHARE * pairs - 1e-9
    return int(wins >= enough) - int(pairs - wins >= enough)
