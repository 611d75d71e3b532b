"""Weights and whole trainings on disk: safetensors and JSON in one file, written whole or not at all; no pickle."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor, nn

from utils.files import write_whole


def save_weights(model: nn.Module, path: Path | str, facts: dict | None = None) -> None:
    """Write the model's weights as safetensors, with `facts` (sizes, seed, accuracy, ...) as JSON in the same file.

    One file, written whole or not at all: weights and facts cannot get out of step.
    """
    _write(path, model.state_dict(), facts or {})


def load_weights(model: nn.Module, path: Path | str) -> dict:
    """Read what `save_weights` wrote into a model of the same sizes; returns the facts.

    Raises FileNotFoundError, or ValueError when the file is damaged or belongs to another model.
    """
    if not Path(path).is_file():
        raise FileNotFoundError(f"There are no weights at {path}; train first, or fetch the course again.")
    weights, facts = _read(path, "train or fetch it again")
    sizes = {name: t.shape for name, t in weights.items()}  # half precision is welcome
    if sizes != {name: t.shape for name, t in model.state_dict().items()}:
        raise ValueError(f"{path} holds the weights of a model of other sizes; build the model as it was saved.")
    model.load_state_dict(weights)
    return facts


def as_arrays(model: nn.Module) -> dict[str, np.ndarray]:
    """The model's weights as arrays by their names; bfloat16, which NumPy has not, as float32, which holds it all."""
    weights = {name: w.detach().cpu() for name, w in model.state_dict().items()}
    return {name: (w.float() if w.dtype == torch.bfloat16 else w).numpy().copy() for name, w in weights.items()}


def load_facts(path: Path | str, names: Iterable[str], make: str) -> dict:
    """The facts that `save_weights` wrote, without the weights; they must hold `names`.

    make: the command that makes such a file. Raises FileNotFoundError, or ValueError when the file is damaged or
    something else.
    """
    if not Path(path).is_file():
        raise FileNotFoundError(f"There is no model at {path}; make it with `{make} --save {path}`.")
    try:
        with safe_open(path, framework="pt") as file:
            facts = json.loads((file.metadata() or {})["facts"])
        missing = set(names) - set(facts)
    except (SafetensorError, KeyError, ValueError) as failure:
        raise ValueError(f"{path} is damaged or not a saved model ({failure}); fetch the course again.") from failure
    if missing:
        raise ValueError(f"{path} is not a saved model of this kind, {min(missing)} is missing; make it with `{make}`.")
    return facts


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
        steps = self.optimizer.state_dict()
        schedule = self.schedule.state_dict() if self.schedule is not None else {}
        facts = {
            "settings": self.settings,
            "history": asdict(self.history),
            "groups": steps["param_groups"],
            # before torch 2.4 the state of one schedule holds a function, which belongs to its class and stays there
            "schedule": {name: value for name, value in schedule.items() if not callable(value)},
        }
        _write(path, {f"{part}/{name}": t for part, named in self._parts().items() for name, t in named.items()}, facts)

    def load(self, path: Path | str) -> None:
        """Go back to what `save` wrote. Raises ValueError, and changes nothing, when that was another training."""
        again = "pass another path, or delete the file to begin again"
        tensors, facts = _read(path, again)
        if not {"settings", "history", "groups", "schedule"} <= set(facts):
            raise ValueError(f"{path} holds weights but no training to go on with; {again}.")
        parts = {part: {} for part in ("model", "best", "average", "optimizer", "shuffles")}
        for name, t in tensors.items():
            part, _, name = name.partition("/")
            parts[part][name] = t
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
        return {
            "model": self.model.state_dict(),
            "best": self.best,
            "average": self.average.state_dict() if self.average is not None else {},
            "optimizer": {f"{i}.{name}": t for i, named in steps.items() for name, t in named.items()},
            "shuffles": {str(i): shuffle.get_state() for i, shuffle in enumerate(self.shuffles)},
        }


def shuffles(*loaders: Iterable) -> list[torch.Generator]:
    """The torch generators that decide the order of the batches, each once."""
    found = {}
    for loader in loaders:
        sampler = getattr(loader, "batch_sampler", None)
        parts = (loader, sampler, *(getattr(part, "sampler", None) for part in (loader, sampler)))
        generators = (getattr(part, "generator", None) for part in parts)
        found.update((id(g), g) for g in generators if isinstance(g, torch.Generator))
    return list(found.values())


def _write(path: Path | str, tensors: dict[str, Tensor], facts: dict) -> None:
    # Copies: safetensors refuses tensors that share memory, such as an embedding that is also the output layer.
    tensors = {name: t.detach().cpu().clone().contiguous() for name, t in tensors.items()}
    text = json.dumps(facts)
    write_whole(path, save(tensors, metadata={"facts": text, "crc32": _checksum(tensors, text)}))


def _read(path: Path | str, advice: str) -> tuple[dict[str, Tensor], dict]:
    """Tensors and facts; ValueError with `advice` when a byte is missing or wrong."""
    if Path(path).is_dir():
        raise ValueError(f"{path} is a folder; name a file in it.")
    try:
        with safe_open(path, framework="pt") as file:
            tensors, about = {name: file.get_tensor(name) for name in file.keys()}, file.metadata() or {}
    except (SafetensorError, UnicodeDecodeError) as failure:
        raise ValueError(f"{path} is damaged ({failure}); {advice}.") from failure
    text = about.get("facts", "{}")
    if about.get("crc32", _checksum(tensors, text)) != _checksum(tensors, text):
        raise ValueError(f"{path} is damaged (its checksum is wrong); {advice}.")
    return tensors, json.loads(text)


def _checksum(tensors: dict[str, Tensor], text: str) -> str:
    crc = zlib.crc32(text.encode())
    for name in sorted(tensors):
        crc = zlib.crc32(tensors[name].reshape(-1).view(torch.uint8).numpy(), crc)
    return f"{crc:08x}"


def _shapes(weights: dict[str, Tensor]) -> dict[str, tuple]:
    return {name: (t.shape, t.dtype) for name, t in weights.items()}
