"""The rules of thumb, each held against what the benchmarks measured; no verdict is typed by hand.

`python -m benchmarks.which_one` writes them into its JSON, where lesson 10 reads them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

from utils.course.results import Case, Rule, TaskResults, compare, name_of

HELD, FAILED, NOTHING, DEPENDS = "held", "did not hold", "no difference seen", "it depends"
MEMORY, INITIAL = ("recall", "adding"), ("default", "bias 1", "chrono")


def verdict(outcomes: Iterable[int]) -> str:
    """Whether a rule held, from what each comparison says: 1 for it, -1 against it, 0 no difference.

    "held": more than half speak for it and at most one in ten against it. "did not hold": more than one in ten speak
    against it and at most one in ten for it. "no difference seen": at most one in ten either way. Else "it depends".
    ValueError without a comparison.
    """
    outcomes = list(outcomes)
    if not outcomes:
        raise ValueError("A verdict needs at least one comparison.")
    wins, losses = outcomes.count(1) / len(outcomes), outcomes.count(-1) / len(outcomes)
    if losses <= 0.1:
        return HELD if wins > 0.5 else NOTHING if wins <= 0.1 else DEPENDS
    return FAILED if wins <= 0.1 else DEPENDS


def rules(results: TaskResults, gru: dict, tagger: dict) -> list[Rule]:
    """All rules with their verdicts, from the results of this benchmark, of benchmarks.gru and of benchmarks.tagger."""
    short, long = (lambda T: T < 50), (lambda T: T >= 100)
    return [
        _line("LSTM above 100 steps", quality(results, "LSTM", "GRU", MEMORY, long), "LSTM against GRU"),
        _line("GRU below 50 steps", quality(results, "GRU", "LSTM", keep=short), "GRU against LSTM"),
        _line("LSTM where accuracy counts", quality(results, "LSTM", "GRU"), "LSTM against GRU"),
        _line("GRU when in doubt", not_worse(quality(results, "GRU", "LSTM")), "GRU not worse than LSTM"),
        _line("GRU learns in fewer steps", speed(results, results.steps, "steps"), "until solved, GRU against LSTM"),
        _line("GRU learns in less time", speed(results, results.seconds, "s"), "until solved, GRU against LSTM"),
        clock("GRU computes faster", gru, "nn", "as torch has them, on one CPU"),
        clock("GRU computes faster, written alike", gru, "nn without oneDNN", "without oneDNN"),
        parameters(results),
        _line("RNN will do up to 20 steps", not_worse(_against_rnn(results, lambda T: T <= 20, -1)),
              "RNN not worse than LSTM and GRU, as they come"),
        _line("LSTM or GRU above 50 steps", _against_rnn(results, lambda T: T > 50, 1),
              "LSTM and GRU against RNN, as they come"),
        _line("RNN barely learns beyond 10 steps", unsolved(results, ["RNN", "RNN, orthogonal"]),
              "not solved by 3 of 5 seeds"),
        _line("LSTM struggles from 200 steps", unsolved(results, ["LSTM", "LSTM, chrono"], 200),
              "not solved by 3 of 5 seeds"),
        both_directions(tagger),
        _line("(ours) Chrono initial weights for long memories", _chrono(results), "chrono against torch's, T from 50"),
        _line("(ours) Initial weights matter more than the cell", initial_or_cell(results), "seed by seed"),
    ]  # fmt: skip


def quality(results: TaskResults, one: str, other: str, tasks=(*MEMORY, "wave"), keep=lambda T: True) -> list[Case]:
    """Cell against cell with the same initial weights, in each task and length: what was reached."""
    return [
        _case(results, task, T, name_of(one, initial), name_of(other, initial))
        for task in tasks for T in results.tasks[task]["T"] if keep(T) for initial in INITIAL
    ]  # fmt: skip


def not_worse(cases: list[Case]) -> list[Case]:
    """The same cases for a rule that is content with a tie."""
    return [case._replace(outcome=1 if case.outcome >= 0 else -1) for case in cases]


def speed(results: TaskResults, measure, unit: str) -> list[Case]:
    """GRU against LSTM: how soon each had solved a task; a case in which neither did is left out."""
    cases = []
    for task in (*MEMORY, "wave"):
        for T in results.tasks[task]["T"]:
            for initial in INITIAL:
                gru, lstm = (measure(task, name_of(cell, initial), T) for cell in ("GRU", "LSTM"))
                if np.isfinite([*gru, *lstm]).any():
                    a, b = np.median(gru), np.median(lstm)
                    size = abs(math.log(a / b)) if 0 < a < math.inf and 0 < b < math.inf else 0
                    numbers = f"{_number(a)} against {_number(b)} {unit}"
                    cases.append(Case(compare(lstm, gru), _place(task, T, initial), size, numbers))
    return cases


def unsolved(results: TaskResults, models: list[str], least: int = 11) -> list[Case]:
    """1 where fewer than 3 of 5 seeds solved a memory task of at least so many steps, else -1."""
    cases = []
    for task in (*MEMORY, "far recall"):
        for model in models:
            if model in results.models(task):
                for T in (T for T in results.tasks[task]["T"] if T >= least):
                    share = results.solved(task, model, T) / len(results.runs(task, model, T))
                    size = T if share >= 0.6 else 0
                    numbers = f"{model}: {results.solved(task, model, T)} of {len(results.runs(task, model, T))} seeds"
                    cases.append(Case(-1 if share >= 0.6 else 1, f"{task}, T = {T}", size, numbers))
    return cases


def initial_or_cell(results: TaskResults) -> list[Case]:
    """Seed by seed: how far chrono and torch's initial weights lie apart, against how far LSTM and GRU do."""
    cases = []
    for task in MEMORY:
        for T in results.tasks[task]["T"]:
            q = {name: results.quality(task, name, T) / _scale(results, task)
                 for name in ("LSTM", "LSTM, chrono", "GRU", "GRU, chrono")}  # fmt: skip
            initial = (abs(q["LSTM, chrono"] - q["LSTM"]) + abs(q["GRU, chrono"] - q["GRU"])) / 2
            cell = (abs(q["LSTM"] - q["GRU"]) + abs(q["LSTM, chrono"] - q["GRU, chrono"])) / 2
            a, b = np.median(initial), np.median(cell)
            cases.append(Case(compare(initial, cell), f"{task}, T = {T}", abs(a - b), f"{a:.2f} against {b:.2f}"))
    return cases


def clock(rule: str, gru: dict, path: str, where: str) -> Rule:
    """The GRU's speed as a multiple of the LSTM's; within a tenth is no difference."""
    ratios = [shape[work][path]["lstm_over_gru"] for shape in gru["shapes"] for work in ("train", "infer")]
    outcomes = [int(ratio > 1.1) - int(ratio < 1 / 1.1) for ratio in ratios]
    much = f"{min(ratios):.2f} to {max(ratios):.2f} times the speed"
    return Rule(rule, verdict(outcomes), much, f"3 sizes, training and inference, {where}", ())


def parameters(results: TaskResults) -> Rule:
    """Counted: the cell's own weights, without the layer that answers."""
    H, counts = results.result["settings"]["hidden"], []
    for task, total in results.result["parameters"].items():
        head = results.tasks[task]["outputs"] * (H + 1)
        counts.append(1 - (total["GRU"] - head) / (total["LSTM"] - head))
    exact = all(abs(share - 0.25) < 0.0005 for share in counts)
    much = f"{counts[0]:.1%} fewer"
    return Rule("GRU has 25 % fewer parameters", HELD if exact else FAILED, much, "counted, any size", ())


def both_directions(tagger: dict) -> Rule:
    """Taggers that read both ways against those that read forward, also with as many weights."""
    cases = []
    for both, one in (("both", "forward"), ("both", "forward, wide"), ("both, endings", "forward, endings")):
        a, b = ([run["test"]["accuracy"] for run in tagger["recipes"][name]["runs"]] for name in (both, one))
        numbers = f"{np.median(a):.1%} against {np.median(b):.1%} of the words"
        cases.append(Case(compare(a, b), one, abs(np.median(a) - np.median(b)), numbers))
    return _line("Both directions where both contexts are needed", cases, "tags of English, both ways against forward")


def _line(rule: str, cases: list[Case], where: str) -> Rule:
    if not cases:
        return Rule(rule, NOTHING, "nobody solved anything", where, ())
    outcomes = [case.outcome for case in cases]
    most = max(cases, key=lambda case: (case.outcome != 0, case.size))
    much = f"for it {outcomes.count(1)}, against it {outcomes.count(-1)}, of {len(cases)}"
    if most.outcome:
        much += f"; largest: {most.place}, {most.numbers}"
    return Rule(rule, verdict(outcomes), much, where, tuple(cases))


def _case(results: TaskResults, task: str, T: int, one: str, other: str) -> Case:
    a, b = results.quality(task, one, T), results.quality(task, other, T)
    x, y = (np.median(results.reached(task, model, T)) for model in (one, other))
    unit = "" if results.accuracy(task) else " squared error"
    initial = one.partition(", ")[2] or "default"
    return Case(
        compare(a, b), _place(task, T, initial), abs(x - y) / _scale(results, task), f"{x:.3g} against {y:.3g}{unit}"
    )


def _against_rnn(results: TaskResults, keep, sign: int) -> list[Case]:
    cases = [
        _case(results, task, T, cell, "RNN")
        for task in MEMORY for T in results.tasks[task]["T"] if keep(T) for cell in ("LSTM", "GRU")
    ]  # fmt: skip
    return [case._replace(outcome=sign * case.outcome) for case in cases]


def _chrono(results: TaskResults) -> list[Case]:
    return [
        _case(results, task, T, f"{cell}, chrono", cell)
        for task in MEMORY for T in results.tasks[task]["T"] if T >= 50 for cell in ("LSTM", "GRU")
    ]  # fmt: skip


def _scale(results: TaskResults, task: str) -> float:
    return 1.0 if results.accuracy(task) else results.tasks[task]["chance"]


def _place(task: str, T: int, initial: str) -> str:
    return f"{task}, T = {T}, {initial} weights"


def _number(value: float) -> str:
    return "never" if value == math.inf else f"{value:.0f}" if value >= 100 else f"{value:.2g}"
