"""Each test here that asks for `lesson` runs once for every lesson source and its notebook."""

from pathlib import Path
from typing import NamedTuple

import nbformat
import pytest

from tools import build

ROOT = Path(__file__).resolve().parents[2]


class Lesson(NamedTuple):
    source: Path
    path: Path
    nb: nbformat.NotebookNode


@pytest.fixture(params=build.sources(ROOT), ids=lambda path: path.stem)
def lesson(request) -> Lesson:
    path = build.notebook_of(request.param, ROOT)
    assert path.is_file(), f"{path.relative_to(ROOT)} is missing; make it with: make build"
    return Lesson(request.param, path, nbformat.read(path, as_version=4))
