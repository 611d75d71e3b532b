"""The machinery of the exercises, on one of its own; and what holds for every exercise of the course."""

import ast
import inspect
import json
import re
import subprocess
import sys

import pytest
import torch
from IPython.core.formatters import DisplayFormatter
from judging import solution, stub

from utils.course.exercises import NotYet, all_exercises, base, exercise
from utils.course.exercises.base import register
from utils.course.exercises.outcome import Outcome
from utils.course.widgets import VIEW


@pytest.fixture
def double(monkeypatch, tmp_path):
    """An exercise "99.1": write double(n)."""
    monkeypatch.setenv("RNN_COURSE_HOME", str(tmp_path))
    monkeypatch.setattr(base, "EXERCISES", {})

    hints = ("Add.", "n + n.")

    @register("99.1", title="Double", minutes=1, difficulty="easy", answer="double", ending="`return n`", hints=hints)
    def judge(answer):
        if answer(2) != 4:
            raise NotYet(f"double(2) is 4, and yours is {answer(2)}.")
        return "twice as good."

    return exercise("99.1")


def not_here(n):
    raise NotImplementedError("Could not run 'aten::x' with arguments from the 'CPU' backend.")


@pytest.mark.parametrize(
    ("answer", "line"),
    [
        (lambda n: 2 * n, "99.1 Correct: twice as good.\n"),
        (lambda n: n + 1, "99.1 Not yet: because double(2) is 4, and yours is 3.\n"),
        (stub, "99.1 Not tried yet: write double above, run its cell, then run this one again.\n"),
        (lambda n: n[0], "99.1 Not yet: your code raised TypeError: 'int' object is not subscriptable\n"),
        (not_here, "99.1 Not yet: your code raised NotImplementedError: Could not run"),
        (print, "2\n99.1 Not yet: because double returns nothing: end it with `return n`.\n"),
        (4, "99.1 Not yet: pass your function double itself, without calling it; got 4.\n"),
    ],
)
def test_check_says_one_of_three_things(double, answer, line, capsys):
    double.check(answer)
    assert capsys.readouterr().out.startswith(line)


def test_hints_come_one_at_a_time(double, capsys):
    for _ in range(4):
        double.hint()
    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == ["Hint 1 of 2: Add.", "Hint 2 of 2: n + n."]
    assert lines[2] == lines[3] == "That was the last hint. The solution is one call away: .solution()"


def test_solution_is_read_from_the_solutions(double, monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(base, "SOLUTIONS", tmp_path)
    double.solution()
    assert capsys.readouterr().out == "The solutions are not part of this copy of the course.\n"
    (tmp_path / "99_solutions.py").write_text("x = 1\n\ndef double(n):\n    return n + n\n\ny = double(2)\n")
    double.solution()
    assert capsys.readouterr().out == "def double(n):\n    return n + n\n"


def test_what_is_solved_is_kept_and_why_an_answer_was_not_right_yet(double, tmp_path):
    double.check(stub)
    assert not (tmp_path / "progress.json").exists()
    for answer in (lambda n: 5, lambda n: 2 * n, lambda n: 5):
        double.check(answer)
    reasons = {"because double(2) is 4, and yours is 5.": 2}
    kept = {"solved": ["99.1"], "tries": {"99.1": reasons}, "guesses": {}, "quizzes": {}}
    assert json.loads((tmp_path / "progress.json").read_text()) == kept
    assert {path.name for path in tmp_path.iterdir()} - {"progress.json.lock"} == {"progress.json"}


def test_a_damaged_progress_file_is_said_and_left_alone(double, tmp_path, capsys):
    (tmp_path / "progress.json").write_text('{"solved": 5}')
    double.check(lambda n: 2 * n)
    said = capsys.readouterr().out
    assert "99.1 Correct" in said and "could not be kept" in said
    assert (tmp_path / "progress.json").read_text() == '{"solved": 5}'


# What a check shows ---------------------------------------------------------------------------------


def shown(double, answer) -> Outcome:
    return Outcome(double, *double.judged(answer))


def test_the_three_outcomes_look_different(double):
    looks = [shown(double, answer).told() for answer in (lambda n: 2 * n, lambda n: n, stub)]
    for look, mark, status in zip(looks, "✓✗○", ("Correct", "Not yet, because", "Not tried yet")):
        assert f">{mark}</span> 99.1 {status}</b>" in look
    assert len({re.search("border-left:6px solid (#[0-9A-F]+)", look)[1] for look in looks}) == 3


def test_hints_and_the_solution_come_by_buttons(double, monkeypatch, tmp_path):
    monkeypatch.setattr(base, "SOLUTIONS", tmp_path)
    (tmp_path / "99_solutions.py").write_text("def double(n):\n    return n + n * (n > -1)\n")
    outcome = shown(double, stub)
    outcome.hint.click()
    assert "Hint 1 of 2: Add." in outcome.help.value and "Hint 2" not in outcome.help.value
    assert not outcome.hint.disabled
    outcome.hint.click()
    assert outcome.help.value.index("Add.") < outcome.help.value.index("Hint 2 of 2: n + n.")
    assert outcome.hint.disabled and not outcome.solution.disabled
    outcome.solution.click()
    assert "<pre>def double(n):\n    return n + n * (n &gt; -1)</pre>" in outcome.help.value
    assert outcome.solution.disabled
    again = shown(double, stub)  # hints that were asked for do not come twice
    again.hint.click()
    assert "That was the last hint." in again.help.value and again.hint.disabled


def test_a_right_answer_can_be_compared_with_the_solution(double):
    outcome = shown(double, lambda n: 2 * n)
    assert outcome.children[1].children == (outcome.solution,)


def test_what_the_learners_code_says_is_shown_as_it_is(double):
    def answer(n):
        raise ValueError("<b>x_1</b> `a_b`")

    told = shown(double, answer).told()
    assert "ValueError: &lt;b&gt;x_1&lt;/b&gt; <code>a_b</code>" in told


def test_without_a_kernel_the_hints_are_folded_and_there_is_no_solution(double):
    bundle, _ = DisplayFormatter().format(shown(double, stub))
    assert bundle["text/plain"].startswith("99.1 Not tried yet: write double above") and VIEW in bundle
    assert bundle["text/html"].count("<details><summary>Hint ") == 2 and "Solution" not in bundle["text/html"]
    bundle, _ = DisplayFormatter().format(shown(double, lambda n: 2 * n))
    assert "Hint" not in bundle["text/html"]


def test_one_exercise_needs_its_own_module_alone():
    code = "import sys; from utils.course import exercise; exercise('02.2'); print(*sys.modules)"
    names = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert [name for name in names if ".exercises.ex" in name] == ["utils.course.exercises.ex02_2"]
    assert "torch" not in names


def test_each_module_has_the_exercise_of_its_name():
    assert base.MODULES == [f"ex{number.replace('.', '_')}" for number in all_exercises()]
    for number, ex in all_exercises().items():
        assert ex.judge.__module__.endswith(f".ex{number.replace('.', '_')}")


def test_the_learners_default_type_comes_back_even_from_an_answer_that_fails(double):
    def sets_it(n):
        assert torch.get_default_dtype() == torch.float32
        torch.set_default_dtype(torch.float16)
        raise ValueError

    torch.set_default_dtype(torch.float64)
    try:
        assert double.judged(sets_it) == ("Not yet", "your code raised ValueError: ")
        assert torch.get_default_dtype() == torch.float64
    finally:
        torch.set_default_dtype(torch.float32)


def test_an_unknown_number_is_refused():
    with pytest.raises(ValueError, match="The exercise's number must be one of '00.1'"):
        exercise("00.9")


def test_an_unknown_difficulty_is_refused():
    with pytest.raises(ValueError, match="difficulty must be one of 'easy', 'medium', 'hard'"):
        register("99.2", title="", minutes=1, difficulty="simple", answer="a", hints=())


# Every exercise of the course -----------------------------------------------------------------------


@pytest.mark.parametrize("number", all_exercises())
def test_the_stub_in_the_lesson_has_the_solutions_signature(number):
    ex = exercise(number)
    (lesson,) = base.SOLUTIONS.parent.glob(f"{number[:2]}_*.py")
    stubs = [node for node in ast.parse(lesson.read_text(encoding="utf-8")).body if hasattr(node, "name")]
    (found,) = [node for node in stubs if node.name == ex.answer]
    functions = found.body if isinstance(found, ast.ClassDef) else [found]
    arguments = [argument.arg for argument in functions[0].args.args if argument.arg != "self"]
    assert arguments == list(inspect.signature(solution(number)).parameters)
    assert all(ast.unparse(function.body[-1]) == "raise NotImplementedError" for function in functions)
