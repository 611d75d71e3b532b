"""Lessons and commands run in processes of their own, and a disk that is full."""

import os
import subprocess
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

from tools import build

ROOT = Path(__file__).resolve().parents[2]


def fill(disk: Path) -> None:
    """Leave no byte free."""
    with open(disk / "full", "wb", buffering=0) as file:
        try:
            while file.write(b"x" * 4096):
                pass
        except OSError:
            return


def source(number: str) -> Path:
    return next((ROOT / "lessons_src").glob(f"{number}_*.py"))


def cells(number: str) -> list[str]:
    """The code cells of a lesson, but for those that fail on purpose; the first one is its setup cell."""
    found = build.code_cells(build.read_source(source(number)))
    return [cell.source for cell in found if not build.has_tag(cell, "raises-exception")]


def run(sources: list[str], folder: Path = ROOT, root: Path = ROOT, **environment: str) -> list[nbformat.NotebookNode]:
    """Run cells in a fresh kernel, failing ones too; environment: what it sees, "" for a variable that is not set."""
    nb = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources])
    env = {**os.environ, "PYTHONPATH": str(root), "OMP_NUM_THREADS": "1", "IPYTHONDIR": str(folder / "ipython")}
    env = {name: value for name, value in (env | environment).items() if value}
    arguments = {"timeout": 120, "allow_errors": True, "extra_arguments": ["--log-level=ERROR"]}
    NotebookClient(nb, kernel_name="python3", resources={"metadata": {"path": str(folder)}}, **arguments).execute(
        env=env
    )
    return nb.cells


def printed(cell: nbformat.NotebookNode, name: str = "stdout") -> str:
    return "".join(output.text for output in cell.outputs if output.get("name") == name)


def errors(cells: list[nbformat.NotebookNode]) -> list[str]:
    """What went wrong: tracebacks, and what was said on stderr, with the beginning of the cell."""
    said = [(cell.source[:60], o.get("evalue") or o.get("text")) for cell in cells for o in cell.outputs
            if o.output_type == "error" or o.get("name") == "stderr"]  # fmt: skip
    return [f"{source!r}: {words}" for source, words in said]


def python(*command: str, root: Path = ROOT, **environment: str) -> subprocess.CompletedProcess:
    """A command in a process of its own, in the course at `root`."""
    env = {**os.environ, "PYTHONPATH": str(root), "OMP_NUM_THREADS": "1"} | environment
    env = {name: value for name, value in env.items() if value}
    return subprocess.run([sys.executable, *command], cwd=root, env=env, capture_output=True, text=True, timeout=120)
