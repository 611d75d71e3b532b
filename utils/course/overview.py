"""`progress("02")` shows what a learner has done in a lesson, `progress()` in all: guesses, quiz, exercises."""

from __future__ import annotations

import html
from dataclasses import dataclass

from utils.checks import one_of
from utils.course import guesses, quizzes
from utils.course.exercises import exercises_of
from utils.course.lesson import TITLES
from utils.course.record import UNREADABLE, checked, progress_file, read_progress

DONE, OPEN = "#009E73", "#8C8C8C"


@dataclass(frozen=True)
class Done:
    """What of one kind, such as the guesses of a lesson, is done: (what, whether) each, and a word for done."""

    kind: str
    parts: tuple[tuple[str, bool], ...]
    word: str

    @property
    def words(self) -> str:
        return f"{sum(done for _, done in self.parts)} of {len(self.parts)} {self.word}"


def done_in(lesson: str, kept: dict) -> list[Done]:
    """What a learner's record says of one lesson: only of what the lesson has."""
    found = []
    if lesson in guesses.lessons():
        parts = [(name, name in kept["guesses"]) for name in guesses.predictions(lesson)]
        found.append(Done("Guesses", tuple(parts), "locked"))
    if lesson in quizzes.numbers():
        first = kept["quizzes"].get(lesson, {})
        questions = quizzes.questions(lesson)
        parts = [(f"question {n}", first.get(str(n)) == one.answer) for n, one in enumerate(questions, 1)]
        found.append(Done("Quiz", tuple(parts), "right on the first try"))
    if own := exercises_of(lesson):
        parts = [(f"{number} {one.title}", number in kept["solved"]) for number, one in own.items()]
        found.append(Done("Exercises", tuple(parts), "solved"))
    return found


class Overview:
    """Lessons and what is done in each, as words and as HTML."""

    def __init__(self, lessons: list[str], kept: dict, note: str = ""):
        self.rows = {lesson: done for lesson in lessons if (done := done_in(lesson, kept))}
        self.note = note

    def __repr__(self) -> str:
        lines = [
            f"{lesson} {TITLES[lesson]}: {', '.join(f'{one.kind.lower()} {one.words}' for one in done)}"
            for lesson, done in self.rows.items()
        ]
        return "\n".join([*lines, self.note] if self.note else lines)

    def _repr_html_(self) -> str:
        cell = 'style="text-align:left;padding:4px 16px 4px 0"'
        body = ""
        for lesson, done in self.rows.items():
            dots = "".join(f"<td {cell}>{_dots(one)}</td>" for one in done)
            body += f"<tr><th scope=row {cell}>{lesson} · {html.escape(TITLES[lesson])}</th>{dots}</tr>"
        words = self.note or "This is how things stood when the cell ran; run it again to bring it up to date."
        note = f'<p role="status">{html.escape(words)}</p>'
        return f"<table>{body}</table>{note}"


def _dots(one: Done) -> str:
    """A dot for each part, full where it is done, and the same in words."""
    dots = "".join(
        f'<span title="{html.escape(what)}" style="color:{DONE if done else OPEN}">{"●" if done else "○"}</span>'
        for what, done in one.parts
    )
    return f'{one.kind} <span aria-hidden="true" style="letter-spacing:2px">{dots}</span><br><small>{one.words}</small>'


def progress(lesson: str | None = None) -> Overview:
    """What you have done on this machine, in one lesson such as "02" or in all; ValueError for another number."""
    if lesson is not None:
        one_of("The lesson's number", lesson, list(TITLES))
    lessons = [lesson] if lesson else list(TITLES)
    try:
        return Overview(lessons, read_progress())
    except UNREADABLE as failure:
        note = f"Your progress in {progress_file()} cannot be read ({failure}); delete the file to begin anew."
        return Overview(lessons, checked({"solved": []}), note)
