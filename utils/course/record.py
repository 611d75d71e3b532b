"""What a learner has done, in one small file on this machine: guesses, first answers of quizzes, exercises."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import platformdirs
from filelock import FileLock

from utils.files import named_folder, write_whole

UNREADABLE = (OSError, ValueError, KeyError, TypeError)  # what a folder or a damaged file can raise


def progress_file() -> Path:
    """Where the file lies; RNN_COURSE_HOME moves it."""
    home = named_folder("RNN_COURSE_HOME")
    return (home or Path(platformdirs.user_data_dir("gates-and-gradients", appauthor=False))) / "progress.json"


def read_progress() -> dict:
    """What is kept; raises one of UNREADABLE for a damaged file.

    {"solved": numbers of exercises, "tries": {exercise: {reason of a "not yet": how often}},
    "guesses": by their names, "quizzes": {lesson: {question: place of the first choice}}}
    """
    try:
        kept = json.loads(progress_file().read_text(encoding="utf-8"))
    except FileNotFoundError:
        kept = {"solved": []}
    return checked(kept)


def checked(kept) -> dict:
    """A record in full, with nothing where it lacks a part; TypeError or KeyError for something else.

    Whether a guess fits its question the question knows.
    """
    if not isinstance(kept, dict):
        raise TypeError("it holds something else")
    full = {"solved": kept["solved"]} | {name: kept.get(name, {}) for name in ("tries", "guesses", "quizzes")}
    tables = [*full["tries"].values(), *full["quizzes"].values()] if _tables(full["tries"], full["quizzes"]) else [None]
    fits = isinstance(full["solved"], list) and _tables(full["guesses"], *tables)
    if not fits or not all(type(n) is int for table in tables for n in table.values()):
        raise TypeError("it holds something else")
    return full


def _tables(*found) -> bool:
    return all(isinstance(one, dict) for one in found)


def change_progress(change: Callable[[dict], None]) -> None:
    """Let `change` edit what `read_progress` gives, and write it whole or not at all.

    Raises one of UNREADABLE where that is not possible; a damaged file is left alone.
    """
    path = progress_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{path}.lock", timeout=10):  # two kernels: the later one adds to what the first one wrote
        progress = read_progress()
        change(progress)
        write_whole(path, json.dumps(progress).encode())
