"""A quiz: a letter to press for each option, and a sentence about the one that was pressed."""

from __future__ import annotations

import contextlib
import functools
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import ipywidgets as widgets

from utils.checks import one_of
from utils.course.record import UNREADABLE, change_progress, read_progress
from utils.course.widgets import StaticView, as_html

LETTERS = "ABCD"


@dataclass(frozen=True)
class Option:
    """What one may choose, whether it is right, and the sentence that tells why or why not."""

    text: str
    feedback: str
    right: bool


@dataclass(frozen=True)
class Question:
    """A question and its options, exactly one of them right. Words may hold `code`, h_t and f^k."""

    text: str
    options: tuple[Option, ...]

    @property
    def answer(self) -> int:
        """The place of the right option, from 0."""
        return [option.right for option in self.options].index(True)


def ask(text: str, *options: Option) -> Question:
    """A question with its options in the order in which they are shown."""
    return Question(text, options)


def right(text: str, feedback: str) -> Option:
    """The right option."""
    return Option(text, feedback, True)


def wrong(text: str, feedback: str) -> Option:
    """A wrong option; its feedback says where the thought goes astray."""
    return Option(text, feedback, False)


def percent(share: float, digits: int = 0) -> str:
    """0.125 as "12.5 %"."""
    return f"{100 * share:.{digits}f} %"


def numbers() -> list[str]:
    """The numbers of the lessons that have a quiz, which is the function `questions` of a module lessonNN here."""
    names = [module.name for module in iter_modules([str(Path(__file__).parent)])]
    return sorted(name.removeprefix("lesson") for name in names if name.startswith("lesson"))


def quiz(number: str) -> Quiz:
    """The quiz of the lesson of that number, such as "01", its answers computed anew; ValueError if there is none."""
    one_of("The quiz's number", number, numbers())
    return Quiz(number, questions(number))


@functools.cache
def questions(number: str) -> tuple[Question, ...]:
    """The questions of the quiz of that number."""
    return import_module(f"utils.course.quizzes.lesson{number}").questions()


class Quiz(StaticView, widgets.VBox):
    """Questions answered by letters, and a line that counts those that were right on the first try.

    First choices are kept in the learner's progress file and shown again. Without a kernel the questions remain, with
    the answers folded away below them.
    """

    def __init__(self, number: str, questions: tuple[Question, ...]):
        self.number, self.questions = number, questions
        self.boxes = [QuestionBox(place, question, self._chosen) for place, question in enumerate(questions, 1)]
        self.summary = widgets.HTML()
        for place, index in self._kept().items():
            self.boxes[place - 1].mark(index)
        super().__init__([*self.boxes, self.summary], layout=widgets.Layout(width="900px", max_width="100%"))
        self.add_class("course-quiz")  # by this the page tests find it
        self._count()

    def _kept(self) -> dict[int, int]:
        """The first choices of an earlier time, by the places of their questions; what fits no question is left out."""
        try:
            first = read_progress()["quizzes"].get(self.number, {})
        except UNREADABLE:
            return {}
        places = enumerate(self.questions, 1)
        return {n: first[str(n)] for n, one in places if first.get(str(n)) in range(len(one.options))}

    def _chosen(self, place: int, index: int) -> None:
        """Keep a first choice; one that another window has kept before stays."""
        with contextlib.suppress(*UNREADABLE):  # where nothing can be kept the quiz goes on all the same
            change_progress(lambda kept: kept["quizzes"].setdefault(self.number, {}).setdefault(str(place), index))
        self._count()

    def _count(self) -> None:
        first = [box.first for box in self.boxes if box.first is not None]
        words = f"{sum(first)} of {len(self.boxes)} right on the first try"
        if len(first) < len(self.boxes):
            words = f"{len(first)} of {len(self.boxes)} answered, {sum(first)} right on the first try"
        self.summary.value = f'<p role="status" style="line-height:1.4;margin:4px"><b>{words}</b></p>'

    def __repr__(self) -> str:
        lines = [f"Quiz {self.number}"]
        for place, question in enumerate(self.questions, 1):
            lines += ["", *_wrapped(f"{place}. ", question.text)]
            for letter, option in zip(LETTERS, question.options):
                lines += _wrapped(f"   {letter}. ", option.text)
        lines += ["", "Answers"]
        for place, question in enumerate(self.questions, 1):
            lines += _wrapped(f"{place}. ", verdict(question, question.answer))
        return "\n".join(lines)

    def lasting(self) -> dict[str, str]:
        """The questions, with their answers folded away."""
        parts = []
        for place, question in enumerate(self.questions, 1):
            options = [f"{letter}. {as_html(option.text)}" for letter, option in zip(LETTERS, question.options)]
            parts.append(f"<p><b>{place}. {as_html(question.text)}</b><br>{'<br>'.join(options)}</p>")
        answers = [f"<p>{place}. {as_html(verdict(q, q.answer))}</p>" for place, q in enumerate(self.questions, 1)]
        return {"text/html": "\n".join([*parts, "<details><summary>Answers</summary>", *answers, "</details>"])}


class QuestionBox(widgets.VBox):
    """One question with its letters; `first` tells whether the first try was right, None before it.

    Letters stay open after the right one, so that each option's sentence can be read.
    """

    def __init__(self, place: int, question: Question, tell: Callable[[int, int], None]):
        self.place, self.question, self.first, self._tell = place, question, None, tell
        text = widgets.HTML(_line(f"<b>{place}. {as_html(question.text)}</b>"))
        self.buttons, rows = [], []
        for index, option in enumerate(question.options):
            # Wrapped words beside a short button: a button's own label would be cut off at its edge.
            layout = widgets.Layout(width="52px", flex="0 0 auto")
            button = widgets.Button(description=LETTERS[index], tooltip=option.text, layout=layout)
            button.on_click(lambda _, index=index: self.choose(index))
            words = widgets.HTML(_line(as_html(option.text)), layout=widgets.Layout(flex="1 1 0%"))
            self.buttons.append(button)
            rows.append(widgets.HBox([button, words]))
        self.feedback = widgets.HTML(self._said(None))
        super().__init__([text, *rows, self.feedback], layout=widgets.Layout(margin="0 0 12px 0"))
        self.add_class("course-question")

    def choose(self, index: int) -> None:
        """Mark the option and say its sentence; tell of a first choice, so that it is kept and counted."""
        is_first = self.first is None
        self.mark(index)
        if is_first:
            self._tell(self.place, index)

    def mark(self, index: int) -> None:
        """Mark the option and say its sentence."""
        chosen = self.question.options[index]
        if self.first is None:
            self.first = chosen.right
        self.buttons[index].button_style = "success" if chosen.right else "danger"
        self.buttons[index].description = f"{LETTERS[index]} {'✓' if chosen.right else '✗'}"
        self.feedback.value = self._said(index)

    def _said(self, chosen: int | None) -> str:
        """All sentences on the same place and only the chosen one seen, so that the longest keeps the room free."""
        parts = []
        for index, option in enumerate(self.question.options):
            color = "#009E73" if option.right else "#D55E00"
            seen = 'role="status" style="' if index == chosen else 'style="visibility:hidden;'
            style = f"grid-area:1/1;border-left:4px solid {color};padding:0 8px;line-height:1.4"
            parts.append(f'<div {seen}{style}">{as_html(verdict(self.question, index))}</div>')
        return f'<div style="display:grid;margin:4px 0">{"".join(parts)}</div>'


def verdict(question: Question, index: int) -> str:
    """What is said when that option is chosen."""
    option = question.options[index]
    return f"{LETTERS[index]} is {'right' if option.right else 'not right'}. {option.feedback}"


def _line(words: str) -> str:
    return f'<div style="line-height:1.4;padding:4px">{words}</div>'


def _wrapped(start: str, words: str) -> list[str]:
    return textwrap.wrap(words, 100, initial_indent=start, subsequent_indent=" " * len(start), break_on_hyphens=False)
