"""Every exercise: its check accepts the solution, does not judge the stub, and tells each usual mistake its own reason.

The wrong answers stand in test_exercises_lessonNN.py, as MISTAKES: exercise -> [(answer, part of the sentence), ...].
"""

import importlib
from functools import cache
from pathlib import Path

import pytest
import torch
from judging import judged, solution, stub

from utils.course.exercises import all_exercises, exercise

NUMBERS = list(all_exercises())
FILES = sorted(path.stem for path in Path(__file__).parent.glob("test_lesson*.py"))
MISTAKES = {number: wrong for name in FILES for number, wrong in importlib.import_module(name).MISTAKES.items()}
WRONG = [(number, i) for number in NUMBERS for i in range(len(MISTAKES[number]))]


@cache
def verdict(number, answer):
    """(status, sentence) on "solution", "stub" or the mistake of that place; judged once, the table shows it again."""
    torch.manual_seed(0)
    given = {"solution": lambda: solution(number), "stub": lambda: stub}.get(
        answer, lambda: MISTAKES[number][answer][0]
    )
    return judged(number, given())


@pytest.mark.parametrize("number", NUMBERS)
def test_the_solution_is_correct(number):
    assert verdict(number, "solution")[0] == "Correct", verdict(number, "solution")


@pytest.mark.parametrize("number", NUMBERS)
def test_the_stub_is_not_tried_yet(number):
    assert verdict(number, "stub")[0] == "Not tried yet"


@pytest.mark.parametrize("number", NUMBERS)
def test_there_are_hints_and_a_solution_to_read(number, capsys):
    ex = exercise(number)
    assert 1 <= len(ex.hints) <= 3 and ex.minutes >= 1
    ex.solution()
    assert ex.answer in capsys.readouterr().out


@pytest.mark.parametrize(("number", "place"), WRONG)
def test_a_mistake_is_told_why(number, place):
    status, sentence = verdict(number, place)
    assert status == "Not yet"
    assert MISTAKES[number][place][1] in sentence


@pytest.mark.parametrize("number", NUMBERS)
def test_at_least_three_mistakes_have_reasons_of_their_own(number):
    assert len({verdict(number, place)[1] for place in range(len(MISTAKES[number]))}) >= 3


def test_the_table_of_all_checks(capsys):
    """Printed in every run."""
    marks = {"Correct": "C", "Not tried yet": "-", "Not yet": "x"}
    with capsys.disabled():
        print("\n\nC correct, - not tried yet, x not yet and why\nexercise  solution  stub  wrong answers")
        for number in NUMBERS:
            answers = ("solution", "stub", *range(len(MISTAKES[number])))
            right, empty, *wrong = (marks[verdict(number, answer)[0]] for answer in answers)
            print(f"{number:8}  {right:8}  {empty:4}  {''.join(wrong)}")
            assert (right, empty, {*wrong}) == ("C", "-", {"x"})
