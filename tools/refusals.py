"""What the tests feed to the course that should be refused, and what they break: for two tables in docs/tested.md.

    python -m tools.refusals       print both as JSON

A test of bad input is marked refusal(area), one of a fault fault(what, then). pytest collects them here and runs none,
so a count is that of the tests there are. The examples are called, so the sentences are those that a learner gets.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
from collections import Counter
from importlib import import_module
from pathlib import Path
from unittest.mock import patch

import pytest

from tools import build, classroom, handout, lab, record, slides, stamp
from utils.data import __main__ as data
from utils.train import __main__ as train

ROOT = Path(__file__).resolve().parent.parent
NOWHERE = Path("nowhere")

# For each module of utils a call, as (function, arguments, arguments by name).
CALLS = {
    "checks": ("integer", ("T", 0), {}),
    "cells.cell": ("LSTMCell", (0, 4), {}),
    "cells.layer": ("GRU", (3, 4), {"dropout": 1.5}),
    "cells.scan": ("MinGRU", (3, 2.0), {}),
    "cells.initialize": ("orthogonal_", ("LSTM",), {}),
    "data.tasks": ("adding", (2,), {"T": 1}),
    "probes": ("half_life", (1.5,), {}),
    "text": ("tokenise", (None,), {}),
    "arrays.memory": ("forget_bias_for", (0,), {}),
    "arrays.parameters": ("cells_of", ({},), {}),
    "arrays.units": ("unit", ("elman", 0.9), {}),
    "arrays.sampling": ("next_distribution", ([0.0],), {}),
    "arrays.sentiment": ("load_reader", ("nothing",), {}),
    "arrays.bag": ("load_bag", ("vocabulary", "nothing"), {}),
    "arrays.language": ("load_writer", ("nothing",), {}),
    "data": ("imdb", ("/nowhere",), {}),
    "models.classifier": ("Classifier", (9,), {"segment": 32}),
    "probes.saliency": ("token_saliency", ("model", [], []), {}),
    "train.trainer": ("Trainer", ("model",), {}),
    "arrays.weights": ("read", ("nothing", "make it again"), {}),
    "models.baselines": ("bag", ("trigrams",), {}),
    "models.sentiment": ("load_sentiment", ("nothing",), {}),
    "models.tagger": ("Tagger", (10, 4), {"directions": "up"}),
    "data.grammar": ("sample", (2,), {"T": 5}),
    "models.language_model": ("LanguageModel", (9,), {"rnn": "transformer"}),
    "models.sampling": ("next_distribution", ("logits",), {"temperature": 0}),
    "models.language": ("load_language", ("nothing",), {}),
    "plots": ("figure", (0, 3), {}),
    "plots.gru": ("gru_cell", ("ax",), {"z": "forgets"}),
    "course.explorers": ("LeakyUnit", (), {"gain": 1.0}),
    "course.guesses": ("guess", ("02.none",), {}),
    "course.quizzes": ("quiz", ("9",), {}),
    "course.exercises": ("exercise", ("01.9",), {}),
    "course.curves": ("watch", (None, {}), {}),
    "course.lesson": ("claim", ("It recalls", 0.99), {}),
}
# For each command what is typed or done, and the work that it does.
COMMANDS = {
    "python -m utils.train": ("python -m utils.train imdb --seeds 0", lambda: train.main(["imdb", "--seeds", "0"])),
    "make data": ("RNN_COURSE_DATA=/nowhere make data", lambda: data.main()),
    "make lab": ("make lab, and no lessons", lambda: lab.main(["--prepare-only"], NOWHERE)),
    "make build": ("make build LESSONS=none.py", lambda: build.main(["none.py"])),
    "make stamp": ("make stamp, and no pyproject.toml", lambda: stamp.main([], NOWHERE)),
    "make slides": ('make slides LESSONS="77"', lambda: slides.main(["77"])),
    "make record": ('make record NAME="."', lambda: record.main(["."])),
    "tools.classroom": ("python -m tools.classroom nowhere", lambda: classroom.main(["nowhere"])),
    "make handout": ("make handout, and no git", lambda: handout.main(["none.zip"], NOWHERE)),
}


class Marked:
    """A plugin of pytest that notes the marks of all tests it collects."""

    def __init__(self):
        self.refusals, self.faults = Counter(), {}

    def pytest_collection_finish(self, session) -> None:
        for item in session.items:
            for mark in item.iter_markers("refusal"):
                self.refusals[mark.args[0]] += 1
            for mark in item.iter_markers("fault"):
                self.faults[mark.args] = f"{item.path.relative_to(ROOT).as_posix()}::{item.originalname}"


def collected() -> Marked:
    """The marks in tests/unit and tests/faults. SystemExit when pytest cannot collect them."""
    marked, said = Marked(), io.StringIO()
    with contextlib.redirect_stdout(said):
        options = ["--collect-only", "-qq", "-p", "no:cacheprovider", "-m", "refusal or fault", f"--rootdir={ROOT}"]
        code = pytest.main([*options, str(ROOT / "tests" / "unit"), str(ROOT / "tests" / "faults")], [marked])
    if code:
        raise SystemExit(f"refusals: the tests cannot be collected:\n{said.getvalue()}")
    return marked


def called(area: str) -> tuple[str, str]:
    """The example of a module as it is typed, and the sentence that it gives."""
    name, args, named = CALLS[area]
    words = f"{name}({', '.join([*map(repr, args), *(f'{key}={value!r}' for key, value in named.items())])})"
    try:
        getattr(import_module(f"utils.{area}"), name)(*args, **named)
    except (TypeError, ValueError, OSError) as refusal:
        return words, str(refusal)
    raise SystemExit(f"refusals: {words} was not refused.")


def commanded(area: str) -> tuple[str, str]:
    """The example of a command, and the first line that it says."""
    words, work = COMMANDS[area]
    said = io.StringIO()
    with contextlib.redirect_stderr(said), contextlib.suppress(SystemExit):
        with patch.dict(os.environ, {"RNN_COURSE_DATA": "/nowhere"}):
            work()
    return words, said.getvalue().splitlines()[0]


def main() -> int:
    marked = collected()
    if unknown := set(marked.refusals) ^ (set(CALLS) | set(COMMANDS)):
        raise SystemExit(f"refusals: {min(unknown)} needs both a test that is marked with it and an example here.")
    with patch.dict(os.environ):
        os.environ.pop("RNN_COURSE_DATA", None)  # a folder of one machine
        examples = {area: called(area) for area in CALLS} | {area: commanded(area) for area in COMMANDS}
    rows = [[area, marked.refusals[area], *example] for area, example in examples.items()]
    print(json.dumps({"refusals": rows, "faults": [[*words, test] for words, test in marked.faults.items()]}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
