"""Arrays with their facts in one file: safetensors, no pickle, and one digest over every byte, so that a damaged or
changed file is refused before anything is built of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from utils.files import expanded, write_whole

TYPES = {
    "F64": "float64", "F32": "float32", "F16": "float16", "I64": "int64", "I32": "int32", "I16": "int16", "I8": "int8",
    "U64": "uint64", "U32": "uint32", "U16": "uint16", "U8": "uint8", "BOOL": "bool",
}  # fmt: skip
_BLANK = "0" * 64  # what stands in the digest's place while it is computed


def file_of(path: Path | str) -> Path:
    """The file in which a model saved as `path` lies: .safetensors is added, unless the name ends so.

    A name may hold dots of its own: dropout-0.5 is dropout-0.5.safetensors.
    """
    return expanded(path if str(path).endswith(".safetensors") else f"{path}.safetensors")


def write(path: Path | str, arrays: dict[str, np.ndarray], facts: dict) -> None:
    """Write arrays and `facts` (sizes, words, seed, accuracy, ...: what JSON can hold) as one safetensors file.

    The same input gives the same bytes. The file is written whole or not at all (OSError).
    Raises ValueError without an array, TypeError for numbers that safetensors cannot hold and facts that JSON cannot.
    """
    from safetensors.numpy import save  # here, for reading needs no library and so works in a browser too

    if not arrays:  # older versions of safetensors write a file that none can read
        raise ValueError("arrays must hold at least one array.")
    for name, array in arrays.items():
        if not isinstance(array, np.ndarray) or array.dtype.name not in TYPES.values():
            kind = array.dtype if isinstance(array, np.ndarray) else type(array).__name__
            raise TypeError(f"{name} must be an array of one of {', '.join(TYPES.values())}, got {kind}.")
    try:
        about = json.dumps({"sha256": _BLANK, "facts": facts})
    except (TypeError, ValueError, RecursionError) as failure:
        raise TypeError(f"facts must be what JSON can hold ({failure}).") from failure
    copies = {name: array.copy(order="C") for name, array in arrays.items()}
    content = save(copies, metadata={"about": about})  # one entry, since safetensors keeps no order of several
    digest = hashlib.sha256(content).hexdigest()
    write_whole(path, content.replace(_BLANK.encode(), digest.encode(), 1))


def read(path: Path | str, advice: str, needed: Iterable[str] = ()) -> tuple[dict[str, np.ndarray], dict]:
    """The arrays and facts that `write` wrote; the facts hold `needed`.

    advice: what to do when they cannot be had, as the end of a sentence. Raises FileNotFoundError, or ValueError when
    a byte is missing, too many or another one, when there is no digest, or when a needed fact is missing.
    """
    path = expanded(path)
    if path.is_dir():
        raise ValueError(f"{path} is a folder; name a file in it.")
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise FileNotFoundError(f"There is no file at {path}; {advice}.") from None
    try:
        begin = 8 + int.from_bytes(content[:8], "little")  # safetensors: 8 bytes, so much JSON, the numbers
        header = json.loads(content[8:begin])
        about = json.loads(header.pop("__metadata__")["about"])
        digest, facts = about["sha256"].encode(), dict(about["facts"])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as failure:
        raise ValueError(f"{path} is damaged, or not a file of this course; {advice}.") from failure
    if hashlib.sha256(content.replace(digest, _BLANK.encode(), 1)).hexdigest().encode() != digest:
        raise ValueError(f"{path} is damaged (its checksum is wrong); {advice}.")
    if missing := set(needed) - set(facts):
        raise ValueError(f"{path} is not a saved model of this kind, {min(missing)} is missing; {advice}.")
    return {name: _array(entry, memoryview(content)[begin:]) for name, entry in header.items()}, facts


def _array(entry: dict, data: memoryview) -> np.ndarray:
    begin, end = entry["data_offsets"]
    little = np.dtype(TYPES[entry["dtype"]]).newbyteorder("<")
    return np.frombuffer(data[begin:end], little).reshape(entry["shape"]).astype(TYPES[entry["dtype"]])
