"""What a learner has done, in one small file on this machine: solved exercises and locked guesses."""

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
    """{"solved": numbers of exercises, "guesses": by their names}; raises one of UNREADABLE for a damaged file."""
    try:
        kept = json.loads(progress_file().read_text(encoding="utf-8"))
    except FileNotFoundError:
        kept = {"solved": []}
    solved, guesses = kept["solved"], kept.get("guesses", {})
    if not isinstance(solved, list) or not isinstance(guesses, dict):
        raise TypeError("it holds something else")
    return {"solved": solved, "guesses": guesses}


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
