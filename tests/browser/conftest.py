"""One JupyterLab over a copy of the notebooks and one page in Chromium, for all the browser tests."""

import os
import shutil
from pathlib import Path

import pytest
from lab import find_chromium, open_lab

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"


@pytest.fixture(scope="session")
def served_folder(tmp_path_factory) -> Path:
    """The copy of notebooks/ that JupyterLab serves."""
    folder = tmp_path_factory.mktemp("lab") / "notebooks"
    shutil.copytree(NOTEBOOKS, folder, ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    return folder


@pytest.fixture(scope="session")
def open_in_lab(served_folder):
    if find_chromium() is None:
        message = "No Chromium here: install it, or name one in COURSE_CHROMIUM."
        pytest.fail(message) if os.environ.get("CI") == "true" else pytest.skip(message)
    with open_lab(served_folder) as open_in_lab:
        yield open_in_lab


@pytest.fixture
def open_notebook(open_in_lab):
    """A function that opens a notebook by its path under notebooks/; it is closed after the test."""
    opened = []

    def open_notebook(path: str):
        opened.append(open_in_lab(path))
        return opened[-1]

    yield open_notebook
    for notebook in opened:
        notebook.close()
