"""Before a guess is revealed nothing that a reader sees tells its answer: no text, heading, code, claim, alt text, output.

A number tells when it stands with the unit of the guess, or alone where the guess has none, and is the answer rounded to
its own digits, two or more of them. A choice tells when a heading, a claim, a picture's words or an output names it and no other choice.
Questions of guesses and of the quiz do not count, nor does what is folded away.
"""

import math
import re
from pathlib import Path
from typing import NamedTuple

import nbformat
import pytest
from figures import figures

from tools.build import is_folded
from utils.course.guesses import lessons, predictions

LESSONS = sorted((Path(__file__).resolve().parents[2] / "notebooks").glob("[0-9][0-9]_*.ipynb"))
ASKED = re.compile(r'guess\("(\d\d\.\w+)"\)')
STORED = re.compile(r"(?:Measured|The answer), from right to left: (.*)\Z", re.DOTALL)


# Phrases that hold the number of an answer and do not tell it, with the reason.
MAY_STAND = {
    "02.from_the_box": {"right in 10 % of": "what who knows nothing gets; the network might get more"},
}


class Seen(NamedTuple):
    """What a reader sees of a cell: prose and code in which a choice may be discussed, and what states a result."""

    cell: int
    free: str
    stated: str


def outputs(cell) -> str:
    """What a code cell shows, less guesses and quizzes."""
    texts = [output.get("text") or output.get("data", {}).get("text/plain", "") for output in cell.get("outputs", ())]
    return "\n".join(text for text in texts if not text.startswith(("Predict first.", "Quiz ")))


def seen(cell, number: int) -> Seen:
    if cell.cell_type == "markdown":
        headings = re.findall(r"(?m)^#+ .*$", cell.source)
        return Seen(number, cell.source, "\n".join(headings))
    return Seen(number, "" if is_folded(cell) else cell.source, outputs(cell))


def asked_and_told(cells) -> dict[str, tuple[int, str]]:
    """Each guess of a lesson: the cell that reveals it, and its answer as it is shown."""
    found = {}
    for number, cell in enumerate(cells):
        for name in ASKED.findall(cell.source) if cell.cell_type == "code" else ():
            for output in cell.outputs:
                text = output.get("data", {}).get("text/plain", "")
                if text.startswith("Predict first.") and (told := STORED.search(text)):
                    found.setdefault(name, (number, told[1][::-1]))
    return found


def gives_away(prediction, answer: str, one: Seen) -> bool:
    """Whether a cell tells the answer."""
    if prediction.options:
        rest = [option for option in prediction.options if option != answer]
        return any(
            answer in line and not any(option in line for option in rest) for line in one.stated.splitlines()
        )
    value = figures(answer)[0].value
    text = f"{one.free}\n{one.stated}"
    for figure in figures(text):
        after = text[figure.start :][len(figure.text.rstrip("% ")) :].lstrip()
        if not (after.startswith(prediction.unit) or (prediction.unit == "%" and figure.percent)):
            continue
        digits = len(re.sub(r"e.*|\D", "", figure.text).strip("0") or "0")
        rounded = f"{value:.{digits - 1}e}" == f"{figure.value:.{digits - 1}e}"
        if digits > 1 and rounded or prediction.unit and math.isclose(figure.value, value, rel_tol=1e-3):
            return True
    return False


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_no_answer_stands_before_its_guess_is_revealed(path):
    cells = nbformat.read(path, as_version=4).cells
    found = asked_and_told(cells)
    known = predictions(path.name[:2]) if path.name[:2] in lessons() else {}
    assert set(found) == set(known), "each guess of the lesson is asked, and its answer is stored behind a fold"
    for name, (reveal, answer) in found.items():
        before = [seen(cells[cell], cell) for cell in range(reveal)]
        for phrase in MAY_STAND.get(name, ()):
            assert any(phrase in one.free for one in before), f"{phrase!r} stands nowhere before {name}"
            before = [one._replace(free=one.free.replace(phrase, "")) for one in before]
        spoiled = [one.cell for one in before if gives_away(known[name], answer, one)]
        assert not spoiled, f"cells {spoiled} tell {answer!r} before {name} is revealed"


def notebook(*cells):
    made = [nbformat.v4.new_markdown_cell(cell) if isinstance(cell, str) else cell for cell in cells]
    return nbformat.v4.new_notebook(cells=made).cells


def code(source, text, **metadata):
    output = nbformat.v4.new_output("display_data", {"text/plain": text})
    return nbformat.v4.new_code_cell(source, outputs=[output], metadata=metadata)


STEPS = predictions("00")["00.half_life"]
GUESS = code('guess("00.half_life")', "Predict first. Why?\nMeasured, from right to left: spets 85.6")


@pytest.mark.parametrize(
    ("before", "tells"),
    [
        ("After 6.58 steps half is left.", True),
        ("After 6.6 steps half is left.", True),
        ("After 66 steps and 7 steps.", False),
        ("6.58 and 6.6 percent", False),
        (code("x = 1", "Claim holds: half is left after 6.6 steps"), True),
        (code("# Half is left after 6.6 steps", ""), True),
        (code("# Half is left after 6.6 steps", "", jupyter={"source_hidden": True}), False),
    ],
)
def test_a_number_that_stands_before_its_guess_is_found(before, tells):
    cells = notebook(before, GUESS)
    ((name, (reveal, answer)),) = asked_and_told(cells).items()
    assert (name, reveal, answer) == ("00.half_life", 1, "6.58 steps")
    assert gives_away(STEPS, answer, seen(cells[0], 0)) is tells


@pytest.mark.parametrize(
    ("before", "tells"),
    [
        ("## The GRU is faster\nand more", True),
        ("The GRU is not the LSTM", False),  # prose may speak of it
        ("## GRU or LSTM", False),
        (code("1", "Curves: the GRU rises first."), True),
    ],
)
def test_a_choice_that_stands_before_its_guess_is_found(before, tells):
    prediction = STEPS.__class__("Which?", lambda: "GRU", options=("LSTM", "GRU"))
    assert gives_away(prediction, "GRU", seen(notebook(before)[0], 0)) is tells
