"""Every exercise: its check accepts the solution, does not judge the stub, and tells each usual mistake its own reason.

The wrong answers stand in test_exNN_N.py, as MISTAKES: [(answer, part of the sentence), ...]. Whatever a check tries an
answer on is needed: without it, one of these would pass.
"""

from functools import cache
from importlib import import_module

import pytest
import torch
from judging import in_double, judged, mapped, solution, stub

from utils.course.exercises import all_exercises, exercise

NUMBERS = list(all_exercises())
MISTAKES = {number: import_module(f"test_ex{number.replace('.', '_')}").MISTAKES for number in NUMBERS}
CHECKS = {number: import_module(f"utils.course.exercises.ex{number.replace('.', '_')}") for number in NUMBERS}
WRONG = [(number, place) for number in NUMBERS for place in range(len(MISTAKES[number]))]
TOLERANCES = {
    "00.1": 1e-6, "01.1": 1e-6, "01.2": 1e-6, "02.1": 1e-6, "02.2": 1e-6, "03.1": 1e-5, "04.1": 1e-5, "07.4": 1e-5,
    "05.1": 1e-6, "06.1": 1e-5, "08.2": 1e-6, "08.3": 1e-6, "11.1": 1e-9,
}  # fmt: skip
TRIED = [
    (number, name, place)
    for number, check in CHECKS.items()
    for name in ("CASES", "REFUSED")
    for place in range(len(getattr(check, name, ())))
]


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
    status, said = verdict(number, "solution")
    assert status == "Correct" and said.endswith("."), (status, said)


@pytest.mark.parametrize("number", NUMBERS)
def test_the_solution_is_correct_in_double_precision_too(number):
    default = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    try:
        assert judged(number, solution(number))[0] == "Correct"
        assert torch.get_default_dtype() == torch.float64
    finally:
        torch.set_default_dtype(default)
    if number != "09.1":  # it returns a function of labels, and takes long
        assert judged(number, mapped(solution(number), in_double))[0] == "Correct"


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


@pytest.mark.parametrize(("number", "tol"), TOLERANCES.items())
def test_an_answer_may_be_off_by_rounding_and_by_no_more(number, tol):
    for by, status in ((tol / 3, "Correct"), (5 * tol, "Not yet")):
        assert judged(number, mapped(solution(number), lambda value, by=by: value * (1 + by)))[0] == status


@pytest.mark.parametrize(("number", "name", "place"), TRIED)
def test_without_a_case_a_wrong_answer_would_pass(number, name, place, monkeypatch):
    cases = getattr(CHECKS[number], name)
    kept = [case for k, case in enumerate(cases) if k != place]
    monkeypatch.setattr(CHECKS[number], name, {key: cases[key] for key in kept} if isinstance(cases, dict) else kept)
    assert any(judged(number, answer)[0] == "Correct" for answer, _ in reversed(MISTAKES[number]))


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
