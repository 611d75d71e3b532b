"""Until data/ is written anew by utils.weights: reads the files as they lie there today. Then this module goes, and
`weights.read` takes the place of `stored`."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from utils import weights


def stored(path: Path | str, advice: str, needed: Iterable[str]) -> tuple[dict[str, np.ndarray], dict]:
    path = Path(path)
    if not path.is_file() or b'"crc32"' not in path.read_bytes()[:100_000]:
        return weights.read(path, advice, needed)
    from safetensors import safe_open

    with safe_open(path, "np") as file:
        arrays, facts = {name: file.get_tensor(name) for name in file.keys()}, json.loads(file.metadata()["facts"])
    words = path.with_suffix(".vocabulary.json")
    if words.is_file():
        facts["words"] = json.loads(words.read_text(encoding="utf-8"))
    facts.pop("words_crc32", None)
    if missing := set(needed) - set(facts):
        raise ValueError(f"{path} is not a saved model of this kind, {min(missing)} is missing; {advice}.")
    return arrays, facts
