"""The quizzes in JupyterLab, by mouse and key: each answer gets its own sentence, nothing jumps or is cut off."""

import os
import re
from html import unescape
from itertools import cycle
from pathlib import Path

import pytest
from playwright.sync_api import expect

from utils.course.quizzes import numbers, quiz
from utils.course.quizzes.base import LETTERS, as_html, verdict

NUMBERS = numbers()


@pytest.fixture(scope="module")
def notebook(run_in_lab):
    """A notebook with all quizzes, so that no lesson has to run for them, in a window as high as a quiz."""
    sources = [f"from utils.course import quiz\nquiz({number!r})" for number in NUMBERS]
    with run_in_lab("quizzes.ipynb", sources, 1400, 1700) as notebook:
        yield notebook


@pytest.mark.parametrize("number", NUMBERS)
def test_right_and_wrong_answers(notebook, number):
    shown, questions = notebook.quizzes()[NUMBERS.index(number)], quiz(number).questions
    photograph(shown, f"quiz-{number}-1-first")
    ways = cycle(("mouse", "Space", "mouse", "Enter", "Enter", "mouse", "Space"))
    for place, (seen, question) in enumerate(zip(shown.questions, questions)):
        wrong = (question.answer + 1 + place % 3) % len(question.options)
        layout = seen.layout()
        for index in (question.answer, wrong) if place % 2 else (wrong, question.answer):
            seen.press(index, next(ways))
            answered(seen, question, index)
            assert seen.layout() == pytest.approx(layout, abs=1), f"{number}.{place + 1} {LETTERS[index]} jumps"
        assert not seen.cut_off(), f"{number}.{place + 1}"
        expect(shown.node).to_contain_text(("1 of 5 a", "2 of 5 a", "3 of 5 a", "4 of 5 a", "2 of 5 right")[place])
    assert shown.summary() == "2 of 5 right on the first try"
    assert not notebook.errors
    photograph(shown, f"quiz-{number}-2-answered")


def test_in_a_narrow_window(notebook):
    """Words wrap, none is cut off, and the room that is kept for the longest sentence still suffices."""
    notebook.page.set_viewport_size({"width": 560, "height": 1700})
    for number, shown in zip(NUMBERS, notebook.quizzes()):
        assert {number: [question.cut_off() for question in shown.questions]} == {number: [[]] * 5}
        photograph(shown, f"quiz-{number}-3-narrow")
    seen, question = shown.questions[2], quiz(number).questions[2]
    layout = seen.layout()
    for index in range(4):
        seen.press(index, "mouse")
        answered(seen, question, index)
        assert seen.layout() == pytest.approx(layout, abs=1)


def answered(seen, question, index: int) -> None:
    """The letter is marked, and of all sentences that of this option is seen."""
    mark = "✓" if question.options[index].right else "✗"
    expect(seen.letters[index]).to_have_text(f"{LETTERS[index]} {mark}")
    words = re.sub("<.*?>", "", unescape(as_html(verdict(question, index))))
    expect(seen.node.locator("[role=status]")).to_have_text(words)
    expect(seen.node.locator("[role=status]")).to_be_visible()


def photograph(quiz, name: str) -> None:
    """Keep a screenshot in the folder COURSE_SCREENSHOTS, if there is one."""
    if folder := os.environ.get("COURSE_SCREENSHOTS"):
        quiz.node.screenshot(path=Path(folder) / f"{name}.png")
