"""What a stored notebook must not carry, and what it must: words beside a picture, links that lead somewhere."""

import os
import re
import sys
from pathlib import Path

import pytest

from tools import build

ROOT = Path(__file__).resolve().parents[2]
MACHINE_PATH = re.compile(r"(/home/|/root/|/Users/|/tmp/|/var/folders/|\b[A-Z]:\\)[^\s'\"]*")
LINK = re.compile(r"\]\((?!https?:|#|mailto:|attachment:)([^)#\s]+)")
PICKLES = (".pkl", ".pickle", ".pt", ".pth", ".joblib")


def outputs(nb):
    return [(cell, output) for cell in build.code_cells(nb) for output in cell.outputs]


def shown_text(output) -> str:
    """All text of an output; pictures are left out."""
    data = {kind: value for kind, value in output.get("data", {}).items() if not kind.startswith("image/")}
    return "\n".join(map(str, [output.get("text", ""), *output.get("traceback", []), *data.values()]))


def test_carries_nothing_but_its_record(lesson):
    """No `widgets` above all: half a widget state keeps GitHub and Colab from showing the notebook."""
    assert set(lesson.nb.metadata) == {"kernelspec", "language_info", "course"}


def test_stores_no_error(lesson):
    errors = [
        f"{cell.id}: {output.ename}: {output.evalue}"
        for cell, output in outputs(lesson.nb)
        if output.output_type == "error" and not build.has_tag(cell, "raises-exception")
    ]
    assert not errors


def test_shows_no_warning(lesson):
    assert [f"{cell.id}: {output.text}" for cell, output in outputs(lesson.nb) if output.get("name") == "stderr"] == []


def test_tells_of_no_machine(lesson):
    texts = [f"{cell.id}: {cell.source}" for cell in lesson.nb.cells]
    texts += [f"{cell.id}: {shown_text(output)}" for cell, output in outputs(lesson.nb)]
    folders = [sys.prefix, f"{ROOT}/", os.environ.get("RNN_COURSE_DATA") or sys.prefix]
    told = [text for text in texts if MACHINE_PATH.search(text) or any(folder in text for folder in folders)]
    assert not told


def test_every_picture_has_its_words(lesson):
    silent = [
        cell.id
        for cell, output in outputs(lesson.nb)
        if any(kind.startswith("image/") for kind in output.get("data", {}))
        and re.match(r"<|\s*$", output.data.get("text/plain", ""))
    ]
    assert not silent, "plots.show(fig, alt) gives a picture its words"


def test_links_lead_somewhere(lesson):
    links = [link for cell in lesson.nb.cells if cell.cell_type == "markdown" for link in LINK.findall(cell.source)]
    assert [link for link in links if not (lesson.path.parent / link).exists()] == []


def test_is_small_enough_to_be_shown_on_github(lesson):
    assert lesson.path.stat().st_size < 5_000_000


@pytest.mark.parametrize("folder", ["data", "notebooks", "utils", "lessons_src"])
def test_no_pickles(folder):
    assert [path.name for path in (ROOT / folder).rglob("*") if path.suffix in PICKLES] == []
