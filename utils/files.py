"""Where the course keeps things on the learner's machine, and how it writes them: whole, or not at all."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sys
import threading
from functools import lru_cache
from pathlib import Path

DATA = Path(__file__).resolve().parents[1] / "data"  # what ships with the course
MEASURED = DATA / "measured"  # what the benchmarks measured


def expanded(path: Path | str) -> Path:
    """`path` with the home folder for a ~ at its beginning: only a shell puts it in, and not in every place."""
    return Path(os.path.expanduser(path))


def named_folder(variable: str) -> Path | None:
    """The folder that an environment variable names; None when it names none."""
    named = os.environ.get(variable)
    return expanded(named) if named else None


def cache() -> Path:
    """The folder for downloaded and prepared data; RNN_COURSE_HOME moves it."""
    import platformdirs  # here, for a browser has no such folder and no such package

    home = named_folder("RNN_COURSE_HOME")
    return home / "cache" if home else Path(platformdirs.user_cache_dir("gates-and-gradients", appauthor=False))


@lru_cache
def measured(name: str) -> dict:
    """The committed results of one benchmark, read once. ValueError when the file is missing or damaged."""
    try:
        return json.loads((MEASURED / f"{name}.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise ValueError(
            f"data/measured/{name}.json is missing or damaged: fetch it anew with "
            f"git checkout -- data/measured/{name}.json, or make it: python -m benchmarks.{name}."
        ) from None


def recorded(result: dict) -> str:
    """Where and by which command a result of `measured` was measured, as a sentence."""
    machine = result["machine"]
    threads = "one thread" if machine["threads"] == 1 else f"{machine['threads']} threads"
    where = machine["gpu"] or f"{machine['processor']}, {threads}"
    return f"Recorded on {where}, torch {machine['torch']}, by {result['command']}."


def digest(result: dict) -> str:
    """SHA-256 of `result` as JSON, but for its own entry "digest"."""
    rest = {name: value for name, value in result.items() if name != "digest"}
    return hashlib.sha256(json.dumps(rest, sort_keys=True).encode()).hexdigest()


def sealed(result: dict) -> dict:
    """`result` with "made_from", the files of the course that measured it, and "digest", by which an edit is noticed.

    The files are those of the modules that are loaded now, each with the first 12 digits of its SHA-256. What is read
    from a file keeps the ones it was measured by.
    """
    made_from = result.get("made_from") or _loaded()
    result = json.loads(json.dumps({**result, "made_from": made_from}))  # a digest of what a reader of the file has
    return {**result, "digest": digest(result)}


def _loaded() -> dict[str, str]:
    root = DATA.parent
    files = {Path(module.__file__) for module in list(sys.modules.values()) if getattr(module, "__file__", None)}
    ours = sorted(path for path in files if any(path.is_relative_to(root / part) for part in ("utils", "benchmarks")))
    return {path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()[:12] for path in ours}


def write_whole(path: Path | str, content: bytes) -> None:
    """Write `content` to `path` so that a reader sees the old file or the new one, never a half.

    The bytes go to a file beside it, which then takes its name in one step. Raises OSError (disk full,
    no permission) and leaves `path` as it was.
    """
    path = expanded(path)
    # Not tempfile, whose files nobody else may read: this one has the rights that the learner's files have.
    part = path.with_name(f".{path.name}.{os.getpid()}-{threading.get_ident()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(part, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    except OSError as failure:
        _remove(part)
        raise OSError(failure.errno or 0, failure.strerror or str(failure), str(path)) from failure
    except BaseException:  # also Ctrl-C: no half file stays behind
        _remove(part)
        raise


def _remove(part: Path) -> None:
    with contextlib.suppress(OSError):  # a folder that is none, or that may not be written to
        part.unlink(missing_ok=True)


def write_json(path: Path | str, value) -> None:
    """Write `value` as readable JSON, whole or not at all; raises as `write_whole` does."""
    write_whole(path, (json.dumps(value, indent=1) + "\n").encode())
