"""Exercises that are checked: not tried yet, not yet because ..., correct; with hints and a solution."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from IPython.display import display

from utils.checks import one_of, short_repr
from utils.course.exercises.outcome import Outcome
from utils.course.record import UNREADABLE, change_progress, progress_file

SOLUTIONS = Path(__file__).resolve().parents[3] / "lessons_src" / "solutions"
MODULES = sorted(module.name for module in iter_modules([str(Path(__file__).parent)]) if module.name.startswith("ex"))
EXERCISES: dict[str, Exercise] = {}


class NotYet(Exception):
    """The answer is not right yet; the message is the reason, as the end of "Not yet: because ..."."""


@dataclass
class Exercise:
    """One exercise: `check` an answer, ask for the next `hint`, look at the `solution`."""

    number: str
    title: str
    minutes: int
    difficulty: str
    answer: str  # the name of the function or class the learner writes
    hints: tuple[str, ...]
    judge: Callable  # answer -> sentence of praise, or raises NotYet
    ending: str = ""  # what the function should end with, such as "`return h, c`"; "" where None may be right
    _hints_shown: int = field(default=0, repr=False)

    def check(self, answer) -> None:
        """Show whether `answer`, the learner's function, is right, and if not, why; with buttons for help."""
        status, sentence = self.judged(answer)
        display(Outcome(self, status, sentence))
        _remember(self.number, status, sentence)

    def judged(self, answer) -> tuple[str, str]:
        """("Not tried yet" | "Not yet" | "Correct", a sentence)."""
        if not callable(answer):
            return "Not yet", f"pass your function {self.answer} itself, without calling it; got {short_repr(answer)}."
        try:
            with _float32_by_default():
                return "Correct", self.judge(self._asked(answer) if self.ending else answer)
        except NotYet as reason:
            return "Not yet", f"because {reason}"
        except Exception as failure:  # the learner's code may raise anything
            if isinstance(failure, NotImplementedError) and not failure.args:  # a stub's; torch's own carry a message
                return "Not tried yet", f"write {self.answer} above, run its cell, then run this one again."
            return "Not yet", f"your code raised {type(failure).__name__}: {failure}"

    def _asked(self, answer: Callable) -> Callable:
        def asked(*given, **options):
            return something(self.answer, answer(*given, **options), self.ending)

        return asked

    def hint(self) -> None:
        """Print the next hint."""
        print(self.next_hint() or "That was the last hint. The solution is one call away: .solution()")

    def next_hint(self) -> str | None:
        """The next hint; None after the last one."""
        if self._hints_shown == len(self.hints):
            return None
        self._hints_shown += 1
        return f"Hint {self._hints_shown} of {len(self.hints)}: {self.hints[self._hints_shown - 1]}"

    def solution(self) -> None:
        """Print the solution's source, if the solutions are part of this copy of the course."""
        print(self.solved_by())

    def solved_by(self) -> str:
        """The solution's source, or the sentence that it is not here."""
        source = solution_source(self.number, self.answer)
        return source or "The solutions are not part of this copy of the course."


def something(name: str, got, ending: str):
    """What function `name` returned; NotYet if that is nothing."""
    if got is None:
        raise NotYet(f"{name} returns nothing: end it with {ending}.")
    return got


def register(
    number: str, *, title: str, minutes: int, difficulty: str, answer: str, hints: tuple[str, ...], ending: str = ""
):
    """Decorate the function that judges an answer; the exercise is then found by its number.

    ending: what the learner's function should end with. If there is one, a check never sees an answer that is None.
    """
    one_of("difficulty", difficulty, ("easy", "medium", "hard"))

    def add(judge: Callable) -> Callable:
        EXERCISES[number] = Exercise(number, title, minutes, difficulty, answer, hints, judge, ending)
        return judge

    return add


def exercise(number: str) -> Exercise:
    """The exercise of that number, such as "01.1"; ValueError if there is none."""
    if isinstance(number, str):
        _load(f"ex{number.replace('.', '_')}")  # its module alone: all of them would start slowly
    if not isinstance(number, str) or number not in EXERCISES:
        one_of("The exercise's number", number, list(all_exercises()))
    return EXERCISES[number]


def all_exercises() -> dict[str, Exercise]:
    """Every exercise of the course by its number, in order."""
    for name in MODULES:
        _load(name)
    return dict(sorted(EXERCISES.items()))


def exercises_of(lesson: str) -> dict[str, Exercise]:
    """The exercises of one lesson, such as "02", by their numbers; no others are loaded."""
    own = [name.removeprefix("ex").replace("_", ".") for name in MODULES if name.startswith(f"ex{lesson}_")]
    return {number: exercise(number) for number in own}


def _load(name: str) -> None:
    """Import the module of one exercise, if there is such a module; its check then registers itself."""
    if name in MODULES:
        import_module(f"utils.course.exercises.{name}")


@contextmanager
def _float32_by_default() -> Iterator[None]:
    """Inside, torch makes float32, as the networks of the checks are, whatever default the learner has set."""
    torch = sys.modules.get("torch")  # where nobody has imported it, its default is still its own
    default = torch and torch.get_default_dtype()
    if torch:
        torch.set_default_dtype(torch.float32)
    try:
        yield
    finally:
        if torch:
            torch.set_default_dtype(default)


def solution_source(number: str, name: str) -> str | None:
    """The source of function or class `name` in the solutions of the exercise's lesson; None when it is not there."""
    path = SOLUTIONS / f"{number[:2]}_solutions.py"
    if not path.is_file():
        return None
    text = path.read_text(encoding="utf-8")
    for node in ast.parse(text).body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and node.name == name:
            return ast.get_source_segment(text, node)
    return None


def _remember(number: str, status: str, sentence: str) -> None:
    """Keep that the exercise is solved, or the reason why not yet."""

    def add(progress: dict) -> None:
        if status == "Correct":
            progress["solved"] = sorted({*progress["solved"], number})
        else:
            reasons = progress["tries"].setdefault(number, {})
            reasons[sentence[:300]] = reasons.get(sentence[:300], 0) + 1

    if status == "Not tried yet":
        return
    try:
        change_progress(add)
    except UNREADABLE as failure:
        print(f"Your progress could not be kept in {progress_file()} ({failure}); the exercise counts all the same.")
