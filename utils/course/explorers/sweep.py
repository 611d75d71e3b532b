"""Sweep: one knob of training at a time, and what each of its values did on validation, seed by seed."""

from __future__ import annotations

from functools import cache

import numpy as np

from utils.course.explorers.base import Explorer, choice, stops, vertical_band
from utils.course.sweep import BASE, KNOBS, SweepResults
from utils.plots import style
from utils.plots.style import PALETTE

VALID, TRAIN, PICKED = PALETTE["lstm"], PALETTE["h"], PALETTE["g"]
SENTENCES = {
    "worse": "Every seed stays below the base's band: worse.",
    "better": "Every seed lies above the base's band: better.",
    "no effect": "Seeds reach into the base's band: no effect that these seeds show.",
}
results = cache(SweepResults)  # read when first shown


class Sweep(Explorer):
    """What the committed sweep found for one value of one knob; nothing is trained here.

    Left: accuracy of every seed on validation and on the reviews learned from; the band is the spread of the base's
    seeds. Right: the points between the two, seed by seed. Controls: knob; value, which stops at the values tried.
    """

    size = (9.0, 3.7)

    def make_controls(self):
        first = next(iter(KNOBS))
        controls = {"knob": choice("knob", list(KNOBS), first), "value": stops("value", KNOBS[first].labels, "0.02")}
        controls["knob"].observe(lambda change: self._offer(change.new), "value")
        return controls

    def _offer(self, name):
        """The values of the newly chosen knob, at the base's one."""
        knob, slider = KNOBS[name], self.controls["value"]
        slider.options = knob.labels
        slider.value = knob.labels[knob.values.index(BASE[knob.key])]

    @staticmethod
    def compute(knob, value):
        found, tried = results(), KNOBS[knob]
        if value not in tried.labels:
            raise ValueError(f"{knob} was tried at {', '.join(tried.labels)}, not at {value}.")
        picked = tried.labels.index(value)
        runs = [found.runs(knob, one) for one in tried.values]
        return {
            "knob": tried,
            "label": value,
            "place": tried.places[picked],
            "valid": [(x, y) for x, run in zip(tried.places, runs) for y in run.valid],
            "train": [(x, y) for x, run in zip(tried.places, runs) for y in run.train],
            "run": runs[picked],
            "gaps": 100 * (runs[picked].train - runs[picked].valid),
            "verdict": found.verdict(knob, tried.values[picked]),
            "is_base": not tried.changed(tried.values[picked]),
            "time": float(np.median(runs[picked].seconds) / np.median(found.base.seconds)),
        }

    def draw(self, figure):
        self.axes = figure.subplots(1, 2, width_ratios=(2.2, 1))
        accuracy, pair = self.axes
        for ax in self.axes:
            style(ax)
            ax.set(ylim=(0.46, 1.07), yticks=np.arange(5, 11) / 10, yticklabels=range(50, 101, 10))
            ax.axhspan(*results().band, color=VALID, alpha=0.2, lw=0, label="the base recipe's seeds on validation")
        accuracy.grid(False, axis="x")
        accuracy.set_ylabel("% right")
        look = {"color": PICKED, "alpha": 0.16, "lw": 0, "zorder": 0.5, "label": "chosen"}
        self.column = self.moving(vertical_band(accuracy, 0, 1, **look))
        look = {"lw": 0, "marker": "o", "ms": 6.5}
        self.train = accuracy.plot([], [], color=TRAIN, mfc="white", mew=1.4, label="training", **look)[0]
        self.valid = accuracy.plot([], [], color=VALID, alpha=0.8, label="validation", **look)[0]
        figure.legend(*accuracy.get_legend_handles_labels(), loc="outside upper center", ncols=4, frameon=False)
        pair.set(xlim=(-0.25, 1.25), xticks=(0, 1), xticklabels=("training", "validation"))
        self.title = self.moving(pair.text(0.5, 1.01, "", ha="center", va="bottom", fontsize=11, weight="bold"))
        seeds = len(results().base.valid)
        self.lines = [self.moving(pair.plot([], [], "-", color="#888888", lw=1.2)[0]) for _ in range(seeds)]
        self.ends = [self.moving(pair.plot([], [], color=TRAIN, mfc="white", mew=1.4, **look)[0])]
        self.ends.append(self.moving(pair.plot([], [], color=VALID, alpha=0.8, **look)[0]))
        self.shown = None

    def update(self, result):
        knob, run = result["knob"], result["run"]
        width = np.ptp(knob.places) / 22
        self.column.set_x(result["place"] - width)
        self.column.set_width(2 * width)
        for line, *pair in zip(self.lines, np.pad(run.train, (0, len(self.lines) - len(run.train))), run.valid):
            line.set_data([0, 1], pair)
        for line in self.lines[len(run.valid) :]:
            line.set_data([], [])
        for x, (end, values) in enumerate(zip(self.ends, (run.train, run.valid))):
            end.set_data([x] * len(values), values)
        self.title.set_text(f"{knob.name.partition(' at ')[0]} = {result['label']}")
        if knob.name == self.shown:
            return False
        self.shown = knob.name
        self.train.set_data(*zip(*result["train"]))
        self.valid.set_data(*zip(*result["valid"]))
        edges = min(knob.places) - 2 * width, max(knob.places) + 2 * width
        self.axes[0].set(xlim=edges, xticks=knob.places, xticklabels=knob.labels, xlabel=_axis(knob))
        return True

    def describe(self, result):
        run, gaps = result["run"], result["gaps"]
        what = f"{result['knob'].name.capitalize()} = {result['label']}"
        if run.diverged.any():
            what += f" ({run.diverged.sum()} of {len(run.diverged)} seeds end worse than guessing)"
        return (
            f"{what}: {run.valid.min():.1%} to {run.valid.max():.1%} right on validation over {len(run.valid)} seeds; "
            f"training is {round(gaps.mean(), 1) + 0.0} points higher on average. {run.steps[0]:,} steps, "
            f"{result['time']:.1f} times the base's time. "
            f"{'This is the base.' if result['is_base'] else SENTENCES[result['verdict']]}"
        )


def _axis(knob) -> str:
    return f"{knob.name}{', logarithmic' if knob.log else ''}"
