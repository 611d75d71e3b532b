"""The page of notation: every letter that a lesson writes stands there, and what the page says of a letter is true."""

import io
import re
import tokenize
from pathlib import Path
from typing import NamedTuple

import pytest
import torch
from torch import nn

from tools import build
from utils.cells.cell import GRUCell, LSTMCell

ROOT = Path(__file__).resolve().parents[2]
GLOSSARY = ROOT / "lessons_src" / "glossary.py"
LESSONS = [path for path in build.sources(ROOT) if path.match("lessons_src/[0-9][0-9]_*.py")]
MATH = re.compile(r"\$\$(.+?)\$\$|\$(.+?)\$", re.DOTALL)
WORDS_IN_MATH = re.compile(r"\\(?:text|mathrm|operatorname\*?)\{[^}]*\}|_\{\\max\}")
LAYOUT = set(r"\frac \tfrac \sqrt \left \right \big \Big \quad \qquad \dots \cdots \cdot \mid \tilde \top".split())
LAYOUT |= {r"\overrightarrow", r"\overleftarrow", r"\text", r"\mathrm", r"\in", r"\times", r"\prod", r"\|", r"\bar"}
SHAPE = re.compile(r"\(((?:(?:\w+|\w+ [-+] \w+)(?:=\d+)?, ?)+(?:(?:\w+|\w+ [-+] \w+)(?:=\d+)?)?)\)")


class Row(NamedTuple):
    letter: str  # the first cell
    cells: list[str]
    lesson: str  # two digits
    section: str  # a number, or ""


def rows() -> list[Row]:
    """Every row of every table of the glossary that names the place where it is introduced."""
    found = []
    for line in "\n".join(cell.source for cell in build.read_source(GLOSSARY).cells).split("\n"):
        cells = [cell.strip() for cell in line.strip("|").split(" | ")]
        places = [re.fullmatch(r"\[(\d\d)\]\(\1_\w+\.ipynb\)(?:, (\d+))?", cell) for cell in cells]
        place = next(filter(None, places), None)
        if place:
            found.append(Row(cells[0], cells, place[1], place[2] or ""))
    return found


def prose(source: Path) -> str:
    """The markdown of a lesson without its code."""
    text = "\n\n".join(cell.source for cell in build.read_source(source).cells if cell.cell_type == "markdown")
    return re.sub(r"```.*?```|`[^`]*`", "", text, flags=re.DOTALL)


def letters_of_math(text: str) -> set[str]:
    r"""Letters and signs such as \sigma in what stands between dollars."""
    math = " ".join(one or two for one, two in MATH.findall(text))
    return set(re.findall(r"\\[A-Za-z]+|[A-Za-z]", WORDS_IN_MATH.sub(" ", math))) - LAYOUT


def letters_of_shapes(source: Path) -> set[str]:
    """Single letters in shapes such as (B, T, 2H), in comments of the code and in the prose."""
    cells = build.read_source(source).cells
    texts = [cell.source for cell in cells if cell.cell_type == "markdown"]
    for cell in cells:
        if cell.cell_type == "code":
            tokens = tokenize.generate_tokens(io.StringIO(cell.source).readline)
            texts += [token.string for token in tokens if token.type == tokenize.COMMENT]
    shapes = [shape for text in texts for shape in SHAPE.findall(re.sub(r"\$.+?\$", "", text))]
    return {letter for shape in shapes for letter in re.findall(r"(?<![A-Za-z_])[A-Z](?![A-Za-z_])", shape)}


def known_by(lesson: str) -> set[str]:
    """The letters that the glossary introduces in this lesson or in one before it."""
    return set().union(*(letters_of_math(row.letter) for row in rows() if row.lesson <= lesson))


@pytest.mark.parametrize("source", LESSONS, ids=lambda path: path.stem)
def test_every_letter_of_a_lesson_is_in_the_glossary(source):
    number = source.name[:2]
    missing = (letters_of_math(prose(source)) | letters_of_shapes(source)) - known_by(number)
    assert not missing, f"lesson {number} uses {sorted(missing)}: add rows to lessons_src/glossary.py"


@pytest.mark.parametrize("source", LESSONS, ids=lambda path: path.stem)
def test_every_lesson_leads_to_the_glossary(source):
    assert "[notation](glossary.ipynb)" in build.read_source(source).cells[0].source


@pytest.mark.parametrize("row", rows(), ids=lambda row: f"{row.letter}-{row.lesson}")
def test_a_row_names_a_place_that_exists_and_uses_it(row):
    (source,) = (path for path in LESSONS if path.name.startswith(row.lesson))
    text = source.read_text(encoding="utf-8")
    if row.section:
        sections = re.split(r"(?m)^# ## (?=\d)", text)[1:]
        text = next((part for part in sections if re.match(rf"{row.section}\b", part)), "")
        assert text, f"lesson {row.lesson} has no section {row.section}"
    letters = letters_of_math(re.split(" of |, elsewhere|, in code", row.letter)[0])
    if letters:
        used = letters_of_math(text) | set(re.findall(r"(?<![A-Za-z])([A-Za-z])(?![A-Za-z])", text))
        assert letters <= used, f"lesson {row.lesson}, {row.section} does not use {letters - used}"
    else:  # a term: one of its words stands there, whatever its ending
        stems = [word[: max(4, len(word) - 3)] for word in re.findall(r"[\w-]{3,}", row.letter.lower())]
        assert any(stem in text.lower() for stem in stems), f"lesson {row.lesson}, {row.section}: {row.letter}"


@pytest.mark.parametrize(("cell", "torchs"), [(LSTMCell, nn.LSTM), (GRUCell, nn.GRU)], ids=("LSTM", "GRU"))
def test_the_rows_of_torchs_weights_are_those_of_our_parts(cell, torchs):
    H, layer = 4, torchs(3, 4)
    single = {nn.LSTM: nn.LSTMCell, nn.GRU: nn.GRUCell}[torchs](3, 4)
    single.load_state_dict({name.removesuffix("_l0"): value for name, value in layer.state_dict().items()})
    ours = cell.from_torch(single)
    parts = [row for row in rows() if row.cells[1] == torchs.__name__]
    assert len(parts) == len(ours.gates)
    for row in parts:
        start, stop = (eval(bound, {"H": H}) for bound in row.cells[-1].strip("`").split(":"))
        letter = re.search(r"\$([a-z])_t\$", row.letter)[1]
        for ending, linear in (("ih_l0", getattr(ours, f"W_{letter}")), ("hh_l0", getattr(ours, f"U_{letter}"))):
            assert torch.equal(getattr(layer, f"weight_{ending}")[start:stop], linear.weight), (row.letter, ending)
            assert torch.equal(getattr(layer, f"bias_{ending}")[start:stop], linear.bias), (row.letter, ending)


def test_every_link_inside_the_page_leads_to_a_heading():
    text = "\n".join(cell.source for cell in build.read_source(GLOSSARY).cells)
    headings = {heading.replace(" ", "-") for heading in re.findall(r"(?m)^## (.+)$", text)}
    assert set(re.findall(r"\]\(#([^)]+)\)", text)) == headings
