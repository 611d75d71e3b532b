"""Trained networks on disk: weights, sizes, words and facts in one file, by utils.arrays.weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import ClassVar

import numpy as np
import torch
from torch import Tensor, nn

from utils.arrays import weights


class Trained:
    """A trained network with what it needs to be used; the base of Sentiment, SentenceTagger and Language.

    options: the arguments it was built with. facts: how it was made and how well it does.
    """

    TASK: ClassVar[str]  # of python -m utils.train

    def __init__(self, model: nn.Module, options: dict, facts: dict | None = None):
        self.model, self.options, self.facts = model.eval(), options, facts or {}

    def save(self, path: Path | str) -> Path:
        """Write weights in half precision, sizes, words and facts as one file; returns its name.

        The name is `path`, with .safetensors added unless it ends so. Written whole or not at all (OSError).
        """
        path = weights.file_of(path)
        half = {name: t.half() if t.is_floating_point() else t for name, t in self.model.state_dict().items()}
        weights.write(path, as_arrays(half), self.facts | {"options": self.options} | self._needed())
        return path

    def _needed(self) -> dict:
        """What is needed beside the options to use the network again, as JSON can hold it."""
        raise NotImplementedError


def read(path: Path | str, kind: type[Trained], needed: Sequence[str]) -> tuple[dict[str, np.ndarray], dict, list]:
    """What `Trained.save` wrote: the weights, the facts, and apart from them the values of `needed`.

    All is checked before anything is built. Raises FileNotFoundError, or ValueError when the file is damaged or
    holds another kind of model.
    """
    path = weights.file_of(path)
    arrays, facts = weights.read(path, f"make it with `python -m utils.train {kind.TASK} --save {path}`", needed)
    return arrays, facts, [facts.pop(name) for name in needed]


def fill(model: nn.Module, arrays: Mapping[str, np.ndarray]) -> nn.Module:
    """The model with these weights. ValueError when they are those of a model of other sizes."""
    if {name: a.shape for name, a in arrays.items()} != {
        name: tuple(t.shape) for name, t in model.state_dict().items()
    }:
        raise ValueError("These are the weights of a model of other sizes; build the model as it was saved.")
    model.load_state_dict({name: torch.from_numpy(a) for name, a in arrays.items()})
    return model


def as_arrays(tensors: Mapping[str, Tensor]) -> dict[str, np.ndarray]:
    """Copies of the tensors as arrays; bfloat16, which NumPy has not, as float32, which holds all of its numbers."""
    tensors = {name: t.detach().cpu() for name, t in tensors.items()}
    return {name: (t.float() if t.dtype == torch.bfloat16 else t).numpy().copy() for name, t in tensors.items()}
