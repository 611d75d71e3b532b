"""A model's weights on disk, with facts about it: safetensors and JSON in one file, written whole or not at all."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable
from pathlib import Path

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
    write(path, model.state_dict(), facts or {})


def load_weights(model: nn.Module, path: Path | str) -> dict:
    """Read what `save_weights` wrote into a model of the same sizes; returns the facts.

    Raises FileNotFoundError, or ValueError when the file is damaged or belongs to another model.
    """
    if not Path(path).is_file():
        raise FileNotFoundError(f"There are no weights at {path}; train first, or fetch the course again.")
    weights, facts = read(path, "train or fetch it again")
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


def write(path: Path | str, tensors: dict[str, Tensor], facts: dict) -> None:
    # Copies: safetensors refuses tensors that share memory, such as an embedding that is also the output layer.
    tensors = {name: t.detach().cpu().clone().contiguous() for name, t in tensors.items()}
    text = json.dumps(facts)
    write_whole(path, save(tensors, metadata={"facts": text, "crc32": _checksum(tensors, text)}))


def read(path: Path | str, advice: str) -> tuple[dict[str, Tensor], dict]:
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
