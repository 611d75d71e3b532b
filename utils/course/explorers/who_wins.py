"""WhoWins: which model gets how far on a task, within a budget of training steps or of seconds."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from utils.course.explorers.base import Explorer, choice, slider, stops
from utils.course.results import TaskResults, compare
from utils.plots import style
from utils.plots.style import PALETTE

TASKS = {"recall the first symbol": "recall", "add two numbers": "adding", "continue a wave": "wave"}
MODELS = (
    "RNN", "RNN, orthogonal", "LSTM", "LSTM, bias 1", "LSTM, chrono", "GRU", "GRU, bias 1", "GRU, chrono"
)  # fmt: skip
SHADES = {"": 0.3, "orthogonal": 0.65, "bias 1": 0.6, "chrono": 1.0}
MEANINGS = (
    "orthogonal: U begins orthogonal · bias 1: the gate that keeps begins open · "
    "chrono: its bias is drawn for lags up to T"
)
LOWEST = 1e-5  # of the logarithmic axis of errors


class WhoWins(Explorer):
    """What each of eight models reached within a budget: a dot a seed, a bar to their median. All of it was measured.

    Controls: the task; its length T; the budget in percent of all training steps; what the budget counts. A budget of
    steps is the same for all. A budget of seconds is the time in which the fastest cell takes so many steps, and a
    slower one takes fewer. What was reached is the best held-out value so far. From data/measured/which_one.json.
    """

    size = (9.0, 4.5)

    def make_controls(self):
        lengths = stops("length T", results().tasks["recall"]["T"], 50)
        task = choice("task", list(TASKS.items()), "recall")
        budget = slider("budget, %", 100, 5, 100, 5)
        measure = choice("the budget counts", ["steps", "seconds"], "steps")
        return {"task": task, "T": lengths, "budget": budget, "measure": measure}

    def settle(self, name):
        """The lengths on offer are those of the task; the nearest one stays chosen."""
        if name == "task":
            control, lengths = self.controls["T"], results().tasks[self.controls["task"].value]["T"]
            nearest = min(lengths, key=lambda T: abs(T - control.value))
            control.options = lengths
            control.value = nearest

    @staticmethod
    def compute(task, T, budget, measure):
        """For each model its steps within the budget and what its seeds reached, the leader and who ties with it."""
        done, settings = results(), results().tasks[task]
        steps, seconds = {}, {model: done.step_seconds(task, model, T) for model in MODELS}
        for model in MODELS:
            slower = seconds[model] / min(seconds.values()) if measure == "seconds" else 1
            steps[model] = settings["steps"] * budget / 100 / slower
        reached = {model: done.reached(task, model, T, steps[model]) for model in MODELS}
        quality = {model: done.quality(task, model, T, steps[model]) for model in MODELS}
        order = sorted(MODELS, key=lambda model: (np.median(quality[model]), quality[model].mean()), reverse=True)
        behind = [model for model in order if compare(quality[order[0]], quality[model]) > 0]
        return {
            "task": task, "T": T, "measure": measure, "settings": settings, "steps": steps, "reached": reached,
            "seconds": min(seconds.values()) * settings["steps"] * budget / 100,
            "leaders": [model for model in order if model not in behind], "behind": behind,
        }  # fmt: skip

    def draw(self, figure):
        self.ax = figure.subplots()
        self.ax.set_position((0.155, 0.183, 0.81, 0.714))  # by hand: the same for both kinds of axis
        style(self.ax)
        self.ax.grid(False, axis="y")
        self.ax.set(ylim=(len(MODELS) - 0.4, -0.6), yticks=range(len(MODELS)), yticklabels=MODELS)
        self.bars, self.dots = {}, {}
        for y, model in enumerate(MODELS):
            cell, _, initial = model.partition(", ")
            color = PALETTE[cell.lower()]
            self.bars[model] = self.moving(self.ax.barh(y, 1, 0.68, color=color, alpha=SHADES[initial], lw=0)[0])
            look = {"ms": 6.5, "mfc": "white", "mec": PALETTE["text"], "mew": 1.1, "clip_on": False, "zorder": 4}
            self.dots[model] = self.moving(self.ax.plot([], [], "o", **look)[0])
        self.chance = self.ax.axvline(0, color=PALETTE["theory"], ls=":", lw=1.6)
        self.solved = self.ax.axvline(0, color=PALETTE["theory"], ls="--", lw=1.6)
        keys = {"median of the seeds": Patch(color="#888888", lw=0), "a seed": self.dots["RNN"]}
        keys |= {"knows nothing": self.chance, "counts as solved": self.solved}
        keys = [key if isinstance(key, Patch) else Line2D([], [], **_look(key)) for key in keys.values()], list(keys)
        figure.legend(*keys, loc="upper center", bbox_to_anchor=(0.56, 1.0), ncols=4, frameon=False, fontsize=9.5)
        figure.text(0.5, 0.025, MEANINGS, ha="center", fontsize=9, color=PALETTE["text"])
        self.shown = None

    def update(self, result):
        settings = result["settings"]
        errors = settings["measure"] == "mse"
        for y, (model, values) in enumerate(result["reached"].items()):
            values = np.maximum(values, LOWEST) if errors else values
            middle, start = np.median(values), 2.0 if errors else 0.0
            self.bars[model].set(x=start, width=middle - start)
            self.dots[model].set_data(values, y + np.linspace(-0.2, 0.2, len(values)))
        if result["task"] == self.shown:
            return False
        self.shown = result["task"]
        self.chance.set_xdata([settings["chance"]] * 2)
        self.solved.set_xdata([settings["threshold"]] * 2)
        if errors:
            self.ax.set(
                xscale="log", xlim=(2, LOWEST), xlabel="mean squared error on new sequences, better to the right"
            )
        else:
            self.ax.set(xscale="linear", xlim=(0, 1.02), xlabel="share of new sequences answered right")
        return True

    def describe(self, result):
        settings, leaders, behind = result["settings"], result["leaders"], result["behind"]
        middle = {model: np.median(values) for model, values in result["reached"].items()}
        steps = [int(n) for n in result["steps"].values()]
        within = f"{steps[0]} steps"
        if result["measure"] == "seconds":
            within = f"{result['seconds']:.2g} s ({max(steps)} steps of the fastest cell, {min(steps)} of the slowest)"
        begin, best = f"T = {result['T']}, within {within}: ", middle[leaders[0]]
        accuracy = settings["measure"] == "accuracy"
        if (best - settings["chance"] if accuracy else 1 - best / settings["chance"]) < 0.1:
            return begin + f"nobody is far from knowing nothing; the best median is {_value(best, accuracy)}."
        numbers = f"median {_value(best, accuracy)} {'of the answers right' if accuracy else 'squared error'}"
        if len(leaders) == 1:
            begin += f"{_said(leaders[0])} wins, {numbers}"
        else:
            others = _said(leaders[1]) if len(leaders) == 2 else f"{len(leaders) - 1} others"
            begin += f"a tie of {_said(leaders[0])} and {others}, whose seeds overlap; {_said(leaders[0])}: {numbers}"
        if not behind:
            return f"{begin}."
        return f"{begin}. Next comes {_said(behind[0])} with {_value(middle[behind[0]], accuracy)}."


@lru_cache
def results() -> TaskResults:
    """The measured runs, read once."""
    return TaskResults()


def _look(line: Line2D) -> dict:
    names = ("color", "linestyle", "linewidth", "marker", "markersize", "markerfacecolor", "markeredgecolor")
    return {name: getattr(line, f"get_{name}")() for name in names}


def _said(model: str) -> str:
    """A model's name for a sentence, where a comma would part it in two."""
    cell, _, initial = model.partition(", ")
    return f"{cell} ({initial})" if initial else cell


def _value(value: float, accuracy: bool) -> str:
    return f"{value:.2f}" if accuracy else f"{value:.2g}"
