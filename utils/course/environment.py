"""Is this computer ready for the course? Each item is OK, or says what to do."""

from __future__ import annotations

import platform
import sys
import tomllib
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

import ipywidgets as widgets
import torch
from IPython import get_ipython
from packaging.requirements import Requirement

from utils import data
from utils.course.lesson import device
from utils.course.widgets import StaticView

PROJECT = Path(__file__).resolve().parents[2] / "pyproject.toml"
NO_WIDGETS = {
    "Colab": "Choose Runtime > Restart session, then run the cells again from the top.",
    "VS Code": "Choose the .venv of the course as the kernel, allow widget scripts if it asks (the setting "
    "jupyter.widgetScriptSources), and reload the window.",
    "Jupyter": "Run `pip install ipywidgets jupyterlab_widgets` in the course's environment, "
    "restart JupyterLab and reload the page.",
}


class Item(NamedTuple):
    """One thing the course needs: what was found, and what to do if that is not enough."""

    found: str
    to_do: str = ""

    def __str__(self) -> str:
        return f"To do  {self.found}: {self.to_do}" if self.to_do else f"OK     {self.found}"


def check() -> None:
    """Print one line for each thing the course needs: "OK", or "To do" and what to do."""
    items = [_python(), *_packages(), _place(), _device(), *_data()]
    print(*items, sep="\n")
    to_do = sum(bool(item.to_do) for item in items)
    print("Everything is here." if not to_do else f"{to_do} to do; then restart the kernel and run this cell again.")


def place() -> str:
    """Where the notebook is open: "Colab", "VS Code", "Jupyter", or "Python" outside a notebook."""
    shell = get_ipython()
    if "google.colab" in sys.modules:
        return "Colab"
    if shell is None or not hasattr(shell, "kernel"):
        return "Python"
    return "VS Code" if "__vsc_ipynb_file__" in shell.user_ns else "Jupyter"


class WidgetTest(StaticView, widgets.HBox):
    """A button and a sentence: the press travels to Python, and the answer travels back."""

    def __init__(self):
        button = widgets.Button(description="Knock")
        self.answer = widgets.HTML("Nothing heard yet. Press the button.")
        super().__init__([button, self.answer])
        button.on_click(self._answer)

    def _answer(self, button) -> None:
        self.answer.value = "<b>OK</b>: Python heard the knock, and this answer came back. Sliders will work too."

    def __repr__(self) -> str:
        return f"No button here? Then widgets do not work yet. {NO_WIDGETS.get(place(), NO_WIDGETS['Jupyter'])}"


def _python() -> Item:
    wanted = Requirement(f"python{_project()['requires-python']}")
    version = platform.python_version()
    if wanted.specifier.contains(version, prereleases=True):
        return Item(f"Python {version}")
    return Item(f"Python {version}", f"install Python {wanted.specifier} and make the course's environment with it")


def _packages() -> Iterator[Item]:
    for line in _project()["dependencies"]:
        wanted = Requirement(line)
        try:
            version = metadata.version(wanted.name)
        except metadata.PackageNotFoundError:
            yield Item(f"{wanted.name} is missing", f'pip install "{line}"')
            continue
        enough = wanted.specifier.contains(version, prereleases=True)
        yield Item(f"{wanted.name} {version}", "" if enough else f'pip install "{line}"')


def _place() -> Item:
    found = place()
    if found == "Python":
        return Item("no notebook", "open this lesson with `make lab`, in Colab or in VS Code")
    return Item(f"{found} (does the button above answer?)")


def _device() -> Item:
    name = {"cuda": "an NVIDIA GPU", "mps": "Apple's GPU", "cpu": "no GPU, and none is needed"}[device()]
    threads = torch.get_num_threads()
    return Item(f"computing on {device()}: {name}; {threads} thread{'s' if threads > 1 else ''}")


def _data() -> Iterator[Item]:
    """Real data are read to their end, which takes a moment the first time: an archive may be cut short."""
    for what, of, size, find, read in (
        ("film reviews", "IMDb", 84, data.find_imdb, data.imdb),
        ("tagged sentences", "UD English EWT", 18, data.find_ud_english, data.ud_english),
    ):
        own = f"{what}: the course's own generated ones (`make data` fetches the real ones, {size} MB)"
        try:
            found = find()
            if found:
                read()
        except (OSError, ValueError) as failure:  # a sentence of ours, or the system's
            yield Item(what, str(failure))
        else:
            yield Item(f"{what} of {of}, the real ones: {found.name}" if found else own)


def _project() -> dict:
    """The [project] table of pyproject.toml, the one place where the needs are written."""
    return tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]
