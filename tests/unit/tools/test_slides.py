"""Slides of the lessons as they are: the guess first and its answer on the next slide, nothing from another host."""

import re

import nbformat
import pytest

from tools import slides
from tools.build import ROOT

LESSONS = sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))
HTML = "<p><b>Predict first.</b> How long?</p>"
FOLD = "<details><summary>Answer</summary><p>Measured: 6.58 steps</p><p>Why</p></details>"


def made(*cells):
    return slides.slides(nbformat.v4.new_notebook(cells=cells))


def text(source, **metadata):
    return nbformat.v4.new_markdown_cell(source, metadata=metadata)


def code(source, html=None, plain="", **metadata):
    data = {"text/plain": plain} | ({"text/html": html} if html else {})
    return nbformat.v4.new_code_cell(source, metadata=metadata, outputs=[nbformat.v4.new_output("display_data", data)])


def test_a_guess_comes_first_and_its_answer_on_the_next_slide():
    asked, told = made(code('guess("00.x")', HTML + FOLD, "Predict first. How long?\nMeasured, ..."))
    assert "How long?" in asked[0] and "6.58" not in asked[0]
    assert 'class="answer"' in told[0] and "Measured: 6.58 steps" in told[0] and "Why" in told[0]


def test_an_answer_that_comes_later_comes_later():
    asked, told = made(
        code('guess("00.x")', HTML + "<p>Later.</p>", "Predict first. How long?"),
        code('guess("00.x").reveal(3)', HTML + FOLD, "Predict first. How long?"),
    )
    assert "Later." in asked[0] and 'class="answer"' in told[0] and "How long?" in told[0]


def test_of_text_a_slide_has_heading_formulas_and_tables_and_the_rest_are_notes():
    table = "| a | b |\n|---|---|\n| 1 | 2 |"
    ((shown, notes),) = made(text(f"## 1. Heading\nMany words with $f_t$.\n\n$$c = f$$\n\n{table}"))
    assert "1. Heading" in shown and '<math xmlns="http://www.w3.org/1998/Math/MathML" display="block">' in shown
    assert "<td>2</td>" in shown and "Many words" not in shown and "Many words" in notes
    assert "<msub>" in notes and "$" not in shown + notes


def test_a_text_with_the_tag_is_shown_in_full():
    ((shown, notes),) = made(text("## Heading\nMany words.", tags=["slide"]))
    assert "Many words." in shown and not notes


def test_a_heading_alone_goes_with_what_comes_next():
    ((shown, _),) = made(text("## Heading"), code("x = 1", plain="one\n"))
    assert shown.index("Heading") < shown.index("one")


def test_setup_imports_quiz_references_and_stubs_are_left_out():
    found = made(
        code("import sys", tags=["setup"]), code("import numpy as np"),
        text("### Exercise 00.1 · Write it\nDo this."), code("def stub(): raise NotImplementedError"),
        text("## Quiz\nChoose."), code('quiz("00")', plain="Quiz 00\n..."), text("## References\n- A book"),
    )  # fmt: skip
    assert len(found) == 1 and "Do this." in found[0][0]


def test_a_picture_has_its_words_and_folded_code_is_not_seen():
    cell = code("# The drawing\nsecret = 1", jupyter={"source_hidden": True}, plain='Curves "rise"')
    cell.outputs[0].data["image/png"] = "aGk=\n"
    ((shown, _),) = made(cell)
    assert 'src="data:image/png;base64,aGk="' in shown and 'alt="Curves &quot;rise&quot;"' in shown
    assert "secret" not in shown


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_each_lesson_has_slides_that_need_no_network(path):
    page = slides.presentation(nbformat.read(path, as_version=4))
    assert page.count("<section ") >= 8
    assert not re.search(r"""(?:src|url|@import)\s*[=(]\s*["']?(?:https?:)?//""", page)
    assert "<script" not in page.replace("<script>", "", 1)  # the page's own, and none from a notebook
    assert not re.search(r"(?<!\\)\$[^$\n<]+\$", re.sub(r"(?s)<(pre|code|script|style|annotation).*?</\1>", "", page))


@pytest.mark.refusal("make slides")
def test_a_lesson_that_does_not_exist_is_refused(capsys, tmp_path):
    assert slides.main(["77"]) == 2
    assert capsys.readouterr().err.startswith("slides: there is no lesson '77'; there are 00, 01")
