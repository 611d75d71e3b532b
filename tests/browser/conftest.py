"""One JupyterLab over cut down lessons and one page in Chromium, for all the browser tests (of a process)."""

import os
from contextlib import contextmanager
from pathlib import Path

import nbformat
import pytest
from lab import RECORD, find_chromium, open_lab
from shorten import LESSONS, NOTEBOOKS, shorten

WHOLE = "00_start_here.ipynb"  # one lesson runs from top to bottom in JupyterLab, all do so under nbval


@pytest.fixture(scope="session")
def served_folder(tmp_path_factory) -> Path:
    """The folder that JupyterLab serves."""
    folder = tmp_path_factory.mktemp("lab")
    for name in LESSONS:
        nbformat.write(NOTEBOOKS[name] if name == WHOLE else shorten(NOTEBOOKS[name]), folder / name)
    return folder


@pytest.fixture(scope="session")
def open_in_lab(served_folder):
    if find_chromium() is None:
        message = "No Chromium here: install it, or name one in COURSE_CHROMIUM."
        pytest.fail(message) if os.environ.get("CI") == "true" else pytest.skip(message)
    with open_lab(served_folder) as open_in_lab:
        yield open_in_lab


@pytest.fixture(scope="session")
def run_in_lab(served_folder, open_in_lab):
    """A context: a notebook of these cells that has run, in a window of this size; then it is closed."""

    @contextmanager
    def run_in_lab(name: str, sources, width: int, height: int):
        kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}  # else JupyterLab asks for one
        cells = [nbformat.v4.new_code_cell(source.strip()) for source in sources]
        nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), served_folder / name)
        notebook = open_in_lab(name)
        before = notebook.page.viewport_size
        notebook.page.set_viewport_size({"width": width, "height": height})
        notebook.run_all()
        yield notebook
        notebook.close()
        notebook.page.set_viewport_size(before)

    return run_in_lab


@pytest.fixture
def open_notebook(served_folder, open_in_lab):
    """A function that opens a notebook by its path in the served folder, for a learner who has done nothing yet.

    It is closed after the test.
    """
    opened = []

    def open_notebook(path: str):
        (served_folder / RECORD).unlink(missing_ok=True)
        opened.append(open_in_lab(path))
        return opened[-1]

    yield open_notebook
    for notebook in opened:
        notebook.close()
