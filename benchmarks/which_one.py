"""RNN, LSTM and GRU with usual and with better initial weights, on three tasks, over length, five seeds each.

`python -m benchmarks.which_one` (half an hour of one core, two processes) writes data/measured/which_one.json, which
lesson 10 reads, and the table of rules. With --rules it judges the rules anew, by the runs that are there.
Each model trains at the better of two learning rates, chosen with a seed of its own; what is written down is measured
on sequences that were never trained on.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

import torch
from torch import nn
from torch.nn.functional import cross_entropy, mse_loss

from benchmarks import report
from benchmarks.rules import rules
from utils.cells import initialize
from utils.course.results import TaskResults
from utils.data import tasks
from utils.files import sealed, write_whole

HIDDEN, CLIP, HELD, SEEDS, TUNING_SEED = 32, 1.0, 400, range(5), 100
RATES = (1e-2, 3e-3)
CELLS = {"RNN": nn.RNN, "LSTM": nn.LSTM, "GRU": nn.GRU}
INITIAL = {
    "default": lambda rnn, T: rnn,
    "orthogonal": lambda rnn, T: initialize.orthogonal_(rnn),
    "bias 1": lambda rnn, T: initialize.forget_bias_(rnn, 1.0),
    "chrono": lambda rnn, T: initialize.chrono_(rnn, T),
}
MODELS = [("RNN", "default"), ("RNN", "orthogonal")] + [
    (cell, initial) for cell in ("LSTM", "GRU") for initial in ("default", "bias 1", "chrono")
]


@dataclass(frozen=True)
class Task:
    """A task, its sizes, and when it counts as solved: accuracy at least, or mean squared error at most."""

    draw: object
    inputs: int
    outputs: int
    measure: str
    threshold: float
    chance: float  # what knowing nothing reaches
    T: tuple[int, ...]
    tuned_at: tuple[int, ...]  # lengths at which the rate is chosen, each for itself and the longer ones
    models: tuple = tuple(MODELS)
    batch: int = 32
    steps: int = 500
    every: int = 25
    rows: int | None = None  # a training set of so many sequences; None: always new ones
    stop: bool = True  # once it is solved


TASKS = {
    "recall": Task(
        tasks.first_element_recall, 10, 10, "accuracy", 0.99, 0.1, (10, 20, 50, 100, 200), (10, 100)),
    "adding": Task(tasks.adding, 2, 1, "mse", 0.01, 1 / 6, (10, 20, 50, 100, 200), (10, 100)),
    "wave": Task(
        tasks.sine_forecast, 1, 1, "mse", 0.001, 0.5, (10, 30, 50, 100), (30,),
        batch=64, steps=320, every=16, rows=512, stop=False),  # 40 epochs of 8 batches
    "parity": Task(
        tasks.parity, 1, 2, "accuracy", 0.99, 0.5, (20,), (20,), tuple(m for m in MODELS if m[1] == "default")),
    "far recall": Task(
        tasks.first_element_recall, 10, 10, "accuracy", 0.99, 0.1, (400,), (400,),
        (("LSTM", "default"), ("LSTM", "chrono"))),
}  # fmt: skip
WRITTEN = ("measure", "threshold", "chance", "T", "batch", "steps", "every", "rows", "stop", "inputs", "outputs")


def build(cell: str, initial: str, task: Task, T: int) -> tuple[nn.Module, nn.Linear]:
    """The network of torch, and the layer that reads its last state."""
    rnn = INITIAL[initial](CELLS[cell](task.inputs, HIDDEN, batch_first=True), T)
    return rnn, nn.Linear(HIDDEN, task.outputs)


def run(job: tuple) -> dict:
    """Train one model once: the held-out measure every so many steps, until the steps are spent or it may stop.

    job: names of task, cell and initial weights; T; seed; learning rate; largest number of steps, or None.
    """
    name, cell, initial, T, seed, rate, most = job
    task, began = TASKS[name], time.process_time()
    torch.manual_seed(seed)
    rnn, head = build(cell, initial, task, T)
    weights = [*rnn.parameters(), *head.parameters()]
    adam = torch.optim.Adam(weights, lr=rate)
    draws, held = torch.Generator().manual_seed(seed), torch.Generator().manual_seed(10_000 + seed)
    pool = task.draw(task.rows, T, generator=draws) if task.rows else None
    curve, steps = [score(rnn, head, task, T, held)], most or task.steps
    while len(curve) <= steps // task.every and not (task.stop and solved(task, curve[-1])):
        for _ in range(task.every):
            x, y = _batch(task, T, pool, draws)  # (B, T, inputs), (B,) or (B, 1)
            answer = head(rnn(x)[0][:, -1])  # (B, outputs), from the last state alone
            adam.zero_grad()
            loss(task, answer, y).backward()
            nn.utils.clip_grad_norm_(weights, CLIP)
            adam.step()
        curve.append(score(rnn, head, task, T, held))
    solved_at = next((k * task.every for k, value in enumerate(curve) if solved(task, value)), None)
    return {
        "task": name, "cell": cell, "initial": initial, "T": T, "seed": seed, "rate": rate, "curve": curve,
        "solved_at": solved_at, "final": score(rnn, head, task, T, held),
        "seconds": round(time.process_time() - began, 1),
    }  # fmt: skip


def _batch(task: Task, T: int, pool, draws: torch.Generator):
    if pool is None:
        return task.draw(task.batch, T, generator=draws)
    rows = torch.randint(task.rows, (task.batch,), generator=draws)
    return pool[0][rows], pool[1][rows]


def loss(task: Task, answer: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    return cross_entropy(answer, y) if task.measure == "accuracy" else mse_loss(answer[:, 0], y.flatten())


@torch.no_grad()
def score(rnn: nn.Module, head: nn.Linear, task: Task, T: int, held: torch.Generator) -> float:
    """The measure on sequences drawn afresh, to four digits."""
    x, y = task.draw(HELD, T, generator=held)
    answer = head(rnn(x)[0][:, -1])
    value = (answer.argmax(1) == y).float().mean() if task.measure == "accuracy" else loss(task, answer, y)
    return float(f"{value.item():.4g}")


def solved(task: Task, value: float) -> bool:
    return value >= task.threshold if task.measure == "accuracy" else value <= task.threshold


def mean_of_curve(task: Task, result: dict) -> float:
    """One number to choose a rate by: larger for a curve that is better sooner; a solved task stays solved."""
    points = task.steps // task.every + 1
    values = (result["curve"] + [result["curve"][-1]] * points)[:points]
    return statistics.mean(values) * (1 if task.measure == "accuracy" else -1)


def choose_rates(pool) -> list[dict]:
    """The better of the two rates for each task, model and length of `tuned_at`."""
    asked = [(n, *m, T) for n, task in TASKS.items() for m in task.models for T in task.tuned_at]
    results = list(pool.map(run, [(*one, TUNING_SEED, rate, None) for one in asked for rate in RATES]))
    chosen = []
    for one, pair in zip(asked, zip(*[iter(results)] * len(RATES))):
        means = [round(mean_of_curve(TASKS[one[0]], result), 4) for result in pair]
        chosen.append(dict(zip(("task", "cell", "initial", "T"), one)) | {
            "rate": RATES[means.index(max(means))], "means": means, "seconds": sum(r["seconds"] for r in pair)
        })  # fmt: skip
    return chosen


def rate_for(chosen: list[dict], name: str, cell: str, initial: str, T: int) -> float:
    """The rate chosen at the longest length tried that is not longer than T (or at the shortest)."""
    rates = {c["T"]: c["rate"] for c in chosen if (c["task"], c["cell"], c["initial"]) == (name, cell, initial)}
    return rates[max((length for length in rates if length <= T), default=min(rates))]


def seconds_per_step(rounds: int = 15) -> dict:
    """Median CPU seconds of one training step for each task, length and cell, the cells taking turns; one thread."""
    found = {}
    for name, task in TASKS.items():
        for T in task.T:
            x, y = task.draw(task.batch, T)
            times = {cell: [] for cell in dict.fromkeys(cell for cell, _ in task.models)}
            models = {cell: build(cell, "default", task, T) for cell in times}
            adams = {c: torch.optim.Adam([*rnn.parameters(), *h.parameters()]) for c, (rnn, h) in models.items()}
            for _ in range(rounds + 1):
                for cell, (rnn, head) in models.items():
                    began = time.process_time()
                    adams[cell].zero_grad()
                    loss(task, head(rnn(x)[0][:, -1]), y).backward()
                    nn.utils.clip_grad_norm_([*rnn.parameters(), *head.parameters()], CLIP)
                    adams[cell].step()
                    times[cell].append(time.process_time() - began)
            found.setdefault(name, {})[str(T)] = {c: float(f"{statistics.median(t[1:]):.3g}") for c, t in times.items()}
    return found


def parameters() -> dict:
    """Weights of each cell and its answer layer, by task."""
    count = {}
    for name, task in TASKS.items():
        for cell in CELLS:
            parts = build(cell, "default", task, 10)
            count.setdefault(name, {})[cell] = sum(p.numel() for part in parts for p in part.parameters())
    return count


def prepare() -> None:
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)  # vanished gradients would slow every model down, see lesson 01


def main(arguments: list[str]) -> None:
    if arguments not in ([], ["--rules"]):
        raise SystemExit(f"The only option is --rules, got {' '.join(arguments)}.")
    result = report.measured("which_one") if arguments else measure()
    result["rules"] = judged(result)
    save(result)
    report.put_into_page("which_one", markdown(result))
    print(markdown(result))


def measure() -> dict:
    """All runs; they are saved seed by seed."""
    prepare()
    result = {
        "command": "python -m benchmarks.which_one",
        "machine": report.machine(),
        "settings": {"hidden": HIDDEN, "clip": CLIP, "held_out": HELD, "rates": RATES, "seeds": len(SEEDS)},
        "tasks": {name: {key: getattr(task, key) for key in WRITTEN} for name, task in TASKS.items()},
        "parameters": parameters(),
        "seconds_per_step": seconds_per_step(),
    }
    with ProcessPoolExecutor(2, initializer=prepare) as pool:
        result["rates"], result["runs"] = choose_rates(pool), []
        for seed in SEEDS:
            result["runs"] += pool.map(run, [
                (name, *model, T, seed, rate_for(result["rates"], name, *model, T), None)
                for name, task in TASKS.items() for model in task.models for T in task.T
            ])  # fmt: skip
            result["core_minutes"] = round(sum(each["seconds"] for each in result["rates"] + result["runs"]) / 60, 1)
            print(f"seed {seed} done, {result['core_minutes']} minutes of one core", flush=True)
            save(result)  # an interrupted run keeps the seeds it has done
    return result


def judged(result: dict) -> list[dict]:
    """The rules with their verdicts, as JSON holds them."""
    lines = rules(TaskResults(result), report.measured("gru"), report.measured("tagger"))
    return [rule._asdict() | {"cases": [[*case] for case in rule.cases]} for rule in lines]


def markdown(result: dict) -> str:
    """The table of rules."""
    rows = [[rule[name] for name in ("rule", "verdict", "much", "where")] for rule in result["rules"]]
    return report.table(["Rule", "Verdict", "By how much", "On what"], rows)


def save(result: dict) -> None:
    """Write the JSON, a run a line."""
    text = json.dumps(sealed(result), separators=(",", ":"))
    text = text.replace('{"task"', '\n{"task"').replace('{"rule"', '\n{"rule"')
    write_whole(report.MEASURED / "which_one.json", (text + "\n").encode())


if __name__ == "__main__":
    main(sys.argv[1:])
