"""A whole training on disk: all that the rest of it depends on, in one safetensors file; no pickle."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from utils.arrays import weights
from utils.models.saved import as_arrays

PARTS = ("model", "best", "average", "optimizer", "shuffles")


@dataclass
class State:
    """All that the rest of a training depends on, between two epochs.

    shuffles: the generators that order the batches. history: a dataclass of plain values. settings: what has to be
    the same when the training goes on. best: the weights to keep. The global random states are not here, because
    the trainer seeds them anew for each epoch.
    """

    model: nn.Module
    optimizer: torch.optim.Optimizer
    schedule: Any  # a scheduler of torch, or None
    average: nn.Module | None
    shuffles: list[torch.Generator]
    history: Any
    settings: dict
    best: dict[str, Tensor] = field(default_factory=dict)

    def save(self, path: Path | str) -> None:
        """Write everything to one file; a failed write (OSError) leaves the file that was there."""
        tensors = {f"{part}/{name}": t for part, named in self._parts().items() for name, t in named.items()}
        schedule = self.schedule.state_dict() if self.schedule is not None else {}
        facts = {
            "settings": self.settings,
            "history": asdict(self.history),
            "groups": self.optimizer.state_dict()["param_groups"],
            # before torch 2.4 the state of one schedule holds a function, which belongs to its class and stays there
            "schedule": {name: value for name, value in schedule.items() if not callable(value)},
            "bfloat16": [name for name, t in tensors.items() if t.dtype == torch.bfloat16],
        }
        weights.write(path, as_arrays(tensors), facts)

    def load(self, path: Path | str) -> None:
        """Go back to what `save` wrote. Raises ValueError, and changes nothing, when that was another training."""
        again = "pass another path, or delete the file to begin again"
        arrays, facts = weights.read(path, again)
        if not {"settings", "history", "groups", "schedule", "bfloat16"} <= set(facts):
            raise ValueError(f"{path} holds weights but no training to go on with; {again}.")
        parts = {part: {} for part in PARTS}
        for name, array in arrays.items():
            part, _, own = name.partition("/")
            t = torch.from_numpy(array)
            parts[part][own] = t.bfloat16() if name in facts["bfloat16"] else t
        if _shapes(parts["model"]) != _shapes(self.model.state_dict()):
            raise ValueError(f"{path} holds the training of another model; {again}.")
        for name, mine in self.settings.items():
            if facts["settings"].get(name) != mine:
                theirs = facts["settings"].get(name)
                raise ValueError(f"{path} was begun with {name} = {theirs!r}, not {mine!r}; use the same, or {again}.")
        if len(parts["shuffles"]) != len(self.shuffles):
            raise ValueError(f"{path} was begun with batches that are shuffled in another way; {again}.")

        steps: dict[int, dict] = {}
        for name, t in parts["optimizer"].items():
            weight, _, name = name.partition(".")
            steps.setdefault(int(weight), {})[name] = t
        self.model.load_state_dict(parts["model"])
        self.optimizer.load_state_dict({"state": steps, "param_groups": facts["groups"]})
        if self.schedule is not None:
            self.schedule.load_state_dict(facts["schedule"])
        if self.average is not None:
            self.average.load_state_dict(parts["average"])
        for i, shuffle in enumerate(self.shuffles):
            shuffle.set_state(parts["shuffles"][str(i)])
        self.best = parts["best"]
        vars(self.history).update(facts["history"])

    def _parts(self) -> dict[str, dict[str, Tensor]]:
        steps = self.optimizer.state_dict()["state"]
        named = (
            self.model.state_dict(),
            self.best,
            self.average.state_dict() if self.average is not None else {},
            {f"{i}.{name}": t for i, named in steps.items() for name, t in named.items()},
            {str(i): shuffle.get_state() for i, shuffle in enumerate(self.shuffles)},
        )
        return dict(zip(PARTS, named))


def shuffles(*loaders: Iterable) -> list[torch.Generator]:
    """The torch generators that decide the order of the batches, each once."""
    found = {}
    for loader in loaders:
        sampler = getattr(loader, "batch_sampler", None)
        parts = (loader, sampler, *(getattr(part, "sampler", None) for part in (loader, sampler)))
        generators = (getattr(part, "generator", None) for part in parts)
        found.update((id(g), g) for g in generators if isinstance(g, torch.Generator))
    return list(found.values())


def _shapes(tensors: dict[str, Tensor]) -> dict[str, tuple]:
    return {name: (t.shape, t.dtype) for name, t in tensors.items()}
