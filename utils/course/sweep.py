"""One knob of training turned at a time: what `benchmarks/sweep.py` tries, and what it found, read from its JSON."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import numpy as np

from utils.checks import one_of
from utils.files import MEASURED, expanded

NO_CLIPPING = None
BASE = {"lr": 2e-2, "batch": 32, "hidden": 32, "layers": 1, "dropout": 0.2, "clip": 1.0}
BASE_SEEDS, SEEDS = 8, 3  # the base has more, since all else is compared with its spread


@dataclass(frozen=True)
class Knob:
    """One choice, and the values tried, from low to high. fixed: what else differs from the base in all of them."""

    name: str
    key: str
    values: tuple
    fixed: Mapping = field(default_factory=dict)
    log: bool = True

    def changed(self, value) -> dict:
        """What differs from BASE at `value`. Raises ValueError for a value that was not tried."""
        setting = {**self.fixed, self.key: one_of(self.name, value, self.values)}
        return {key: value for key, value in setting.items() if value != BASE[key]}

    @property
    def labels(self) -> tuple[str, ...]:
        """The values in words."""
        return tuple("none" if value is NO_CLIPPING else f"{value:g}" for value in self.values)

    @property
    def places(self) -> tuple[float, ...]:
        """Where the values stand on an axis: their logarithm, if it is natural; no clipping a decade above the last."""
        numbers = [value for value in self.values if value is not NO_CLIPPING]
        places = [math.log10(value) if self.log else float(value) for value in numbers]
        return tuple(places + [places[-1] + 1] * (len(self.values) - len(numbers)))


KNOBS = {
    knob.name: knob
    for knob in (
        Knob("learning rate", "lr", (0.0002, 0.001, 0.005, 0.02, 0.1, 0.5)),
        Knob("batch size", "batch", (8, 32, 128, 512)),
        Knob("hidden size", "hidden", (1, 4, 16, 32, 128)),
        Knob("layers", "layers", (1, 2, 3, 4), log=False),
        Knob("dropout", "dropout", (0.0, 0.2, 0.5, 0.8, 0.95), log=False),
        Knob("clipping norm", "clip", (0.01, 0.1, 1.0, NO_CLIPPING)),
        Knob("clipping norm at rate 0.1", "clip", (0.01, 0.1, 1.0, NO_CLIPPING), {"lr": 0.1}),
    )
}


class Runs(NamedTuple):
    """The runs of one setting, each field (seeds,): accuracies as shares, validation loss, steps, processor seconds."""

    valid: np.ndarray
    train: np.ndarray
    loss: np.ndarray
    steps: np.ndarray
    seconds: np.ndarray
    diverged: np.ndarray


class SweepResults:
    """What the sweep found. `facts` is its JSON, `base` the Runs at BASE, `band` their lowest and highest accuracy.

    path: of the JSON. Raises FileNotFoundError, or ValueError when it is not of the sweep that stands in this module.
    """

    def __init__(self, path: Path | str = MEASURED / "sweep.json"):
        try:
            self.facts = json.loads(expanded(path).read_text(encoding="utf-8"))
            self._runs = {_key(row["changed"]): _runs(row["runs"]) for row in self.facts["settings"]}
            wanted = {_key(knob.changed(value)) for knob in KNOBS.values() for value in knob.values}
            if self.facts["base"] != BASE or wanted - set(self._runs):
                raise ValueError
        except FileNotFoundError:
            raise FileNotFoundError(f"There is no sweep at {path}; make one: python -m benchmarks.sweep") from None
        except (ValueError, KeyError, TypeError):
            raise ValueError(f"{path} is not of this sweep; make it anew: python -m benchmarks.sweep") from None
        self.base = self._runs[_key({})]
        self.band = float(self.base.valid.min()), float(self.base.valid.max())

    def runs(self, knob: str, value) -> Runs:
        """The runs of one value of a knob of KNOBS. Raises ValueError for another knob or value."""
        return self._runs[_key(KNOBS[one_of("knob", knob, list(KNOBS))].changed(value))]

    def verdict(self, knob: str, value) -> str:
        """ "worse" when every seed stays below the base's band, "better" when every one is above it; else "no effect".

        If a value did nothing, three seeds would all fall on one side of the base's eight in 1 of 82 cases.
        """
        valid, (low, high) = self.runs(knob, value).valid, self.band
        return "worse" if valid.max() < low else "better" if valid.min() > high else "no effect"

    def verdicts(self, knob: str) -> dict:
        """The verdict on each value of a knob."""
        return {value: self.verdict(knob, value) for value in KNOBS[one_of("knob", knob, list(KNOBS))].values}

    def worse_sides(self, knob: str) -> tuple[bool, bool]:
        """Whether a value below the base's is worse, and whether one above it is."""
        tried, verdicts = KNOBS[one_of("knob", knob, list(KNOBS))], list(self.verdicts(knob).values())
        base = tried.values.index(BASE[tried.key])
        return "worse" in verdicts[:base], "worse" in verdicts[base + 1 :]


def _key(changed: Mapping) -> tuple:
    return tuple(sorted(changed.items()))


def _runs(runs: list[dict]) -> Runs:
    names = ("valid_accuracy", "train_accuracy", "valid_loss", "steps", "cpu_seconds", "diverged")
    return Runs(*(np.array([run[name] for run in runs]) for name in names))
