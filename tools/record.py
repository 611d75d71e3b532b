"""A learner's record as one file, to hand in: guesses, first answers of quizzes, exercises and what stood in their way.

    python -m tools.record "Ada Lovelace"        record-ada-lovelace.json in this folder

Nothing is sent anywhere. The file is JSON, and says what `progress()` shows in a lesson.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from pathlib import Path

from utils.course.record import UNREADABLE, checked, progress_file, read_progress
from utils.files import write_whole

FORM = "gates-and-gradients record 1"  # the first entry of each record; another form is refused


class RecordError(Exception):
    """A sentence for the learner or the teacher."""


def made(name: str) -> dict:
    """The record of this machine's learner under that name. Raises RecordError."""
    name = " ".join(name.split())
    if not re.search(r"\w", name) or len(name) > 60:
        raise RecordError(f"your name must have a letter and at most 60 characters, got {name!r}.")
    try:
        return {"form": FORM, "name": name, **read_progress()}
    except UNREADABLE as failure:
        raise RecordError(f"your progress in {progress_file()} cannot be read ({failure}).") from None


def read(path: Path) -> dict:
    """The record in a file. Raises RecordError for anything else."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        if found["form"] != FORM or not isinstance(found["name"], str):
            raise TypeError("it holds something else")
        return {"name": found["name"][:60], **checked(found)}
    except UNREADABLE as failure:
        raise RecordError(f"{path.name} is no record that tools.record has made ({failure}).") from None


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="record", description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("name", help="your name, as your teacher knows it")
    try:
        record = made(parser.parse_args(arguments).name)
        path = Path("-".join(["record", *re.findall(r"[^\W_]+", record["name"].lower())]) + ".json")
        write_whole(path, json.dumps(record, indent=1, ensure_ascii=False).encode())
    except (RecordError, OSError) as failure:
        print(f"record: {failure}", file=sys.stderr)
        return 1
    print(f"{path}: {len(record['guesses'])} guesses, {len(record['solved'])} solved exercises")
    return 0


if __name__ == "__main__":
    sys.exit(main())
