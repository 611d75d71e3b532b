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
    if not path.is_file():
        pytest.skip("no notebook: test_every_source_has_a_notebook fails for it")
    return Lesson(request.param, path, nbformat.read(path, as_version=4))
