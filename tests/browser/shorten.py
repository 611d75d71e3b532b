"""A lesson cut down to what a page can show that nbval cannot: its widgets, and the cells they need.

A cell that reveals the answer of a guess goes too, for it needs what the lesson trained, which takes long.
"""

from __future__ import annotations

import ast

import nbformat
from lab import ROOT
from nbformat import NotebookNode

WIDGET = "application/vnd.jupyter.widget-view+json"


def shows_widget(cell: NotebookNode) -> bool:
    """Whether the stored output of a cell holds a widget."""
    return any(WIDGET in output.get("data", {}) for output in cell.get("outputs", []))


def shorten(notebook: NotebookNode) -> NotebookNode:
    """The setup cell, the cells that show a widget, and those that define what these use; the others are dropped."""
    kept, used = [], set()
    for cell in reversed([cell for cell in notebook.cells if cell.cell_type == "code"]):
        defined, read = names(cell.source)
        shown = shows_widget(cell) and ".reveal(" not in cell.source
        if shown or defined & used or "setup" in cell.metadata.get("tags", []):
            kept.insert(0, cell)
            used = used - defined | read
    return NotebookNode(notebook | {"cells": kept})


def names(source: str) -> tuple[set[str], set[str]]:
    """The names that a cell gives a value to, and those that it reads."""
    defined, read = set(), set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Name):
            (read if isinstance(node.ctx, ast.Load) else defined).add(node.id)
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            defined.add(node.name)
        elif isinstance(node, ast.alias):
            defined.add((node.asname or node.name).split(".")[0])
    return defined, read


NOTEBOOKS = {path.name: nbformat.read(path, 4) for path in sorted((ROOT / "notebooks").glob("*.ipynb"))}
# The glossary and the solutions have nothing to press.
LESSONS = [name for name, notebook in NOTEBOOKS.items() if any(map(shows_widget, notebook.cells))]
