"""Predict, lock, reveal: a guess that stays once it is locked, and only then the answer beside it."""

from __future__ import annotations

import contextlib
import html
import math
import threading
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import ipywidgets as widgets

from utils.checks import number, one_of, short_repr
from utils.course.guesses.amounts import how_far, read_amount, with_unit
from utils.course.progress import UNREADABLE, change_progress, progress_file, read_progress
from utils.course.widgets import StaticView, as_html

YOURS, MEASURED = "#8C8C8C", "#0072B2"  # the two bars; both stand out from a light and from a dark page


@dataclass(frozen=True)
class Prediction:
    """A question that a learner answers before the lesson does: a number, or one of `options`.

    Its words may hold `code`, h_t and f^k. answer: measures it, in a moment; None where the lesson brings it later, by
    `reveal`. why: a sentence that is shown with the answer, without what differs from machine to machine.
    """

    question: str
    answer: Callable | None = None
    why: str = ""
    unit: str = ""  # of a number
    least: float = -math.inf
    most: float = math.inf
    options: tuple[str, ...] = ()


def predictions(lesson: str) -> dict[str, Prediction]:
    """What a lesson asks, by the guesses' full names: the PREDICTIONS of the module lessonNN here."""
    found = import_module(f"utils.course.guesses.lesson{lesson}").PREDICTIONS
    return {f"{lesson}.{name}": prediction for name, prediction in found.items()}


def lessons() -> list[str]:
    """The numbers of the lessons that have guesses."""
    names = [module.name for module in iter_modules([str(Path(__file__).parent)])]
    return sorted(name.removeprefix("lesson") for name in names if name.startswith("lesson"))


_shown: dict[str, Guess] = {}
_making = threading.Lock()


def guess(name: str) -> Guess:
    """The guess of that name, such as "00.half_life", always the same one in a kernel; ValueError if there is none."""
    lesson = name.partition(".")[0] if isinstance(name, str) else ""
    found = predictions(lesson) if lesson in lessons() else {}  # not those of the other lessons, which would load more
    if not isinstance(name, str) or name not in found:
        one_of("The guess's name", name, [known for number in lessons() for known in predictions(number)])
    with _making:
        if name not in _shown:
            _shown[name] = Guess(name, found[name])
        return _shown[name]


class Guess(StaticView, widgets.VBox):
    """A question, a control and Lock. Before the guess is locked nothing that is shown tells the answer.

    A guess is kept in the learner's progress file and stays, also under Run All; `value` is None until it is locked.
    Clicks may come in several threads at once, as JupyterLab delivers them: they take turns.
    """

    def __init__(self, name: str, prediction: Prediction):
        self.name, self.prediction = name, prediction
        self._turn, self._answer, self._note = threading.RLock(), None, ""
        self.value = self._kept()
        question = widgets.HTML(f'<div style="line-height:1.4">{_asked(prediction)}</div>')
        self.field = self._make_field()
        self.button = widgets.Button(tooltip="Lock this guess for good and see the answer")
        self.button.layout.width = "100px"
        row = widgets.HBox([self.field, self.button])
        row.layout.flex_flow, row.layout.align_items = "row wrap", "center"
        self.said = widgets.HTML()
        self.said.layout.min_height = "88px"  # room for the answer: nothing jumps
        super().__init__([question, row, self.said])
        self.layout.width, self.layout.max_width, self.layout.padding = "900px", "100%", "8px 14px"
        self.layout.border = "1px solid var(--jp-border-color1, #BDBDBD)"
        self.add_class("course-guess")  # by this the page tests find it
        self._show()
        self.button.on_click(lambda _: self.lock())
        self.field.on_msg(lambda _, content, buffers: content.get("event") == "submit" and self.lock())  # Enter
        self.field.observe(lambda _: self._hold(), "value")

    # What a lesson and a learner call -----------------------------------------------------------

    def lock(self) -> None:
        """Take what stands in the control as the guess, for good, and show the answer if there is one."""
        with self._turn:
            if self.value is not None:
                return
            try:
                typed = self._typed()
            except ValueError as unclear:
                self._say(str(unclear), "alert")
                return
            self.value, self._note = self._keep(typed)
            self._show()

    def reveal(self, answer) -> Guess:
        """Bring the answer that the lesson has measured; it is seen here and above once a guess is locked.

        answer: a number, also in a tensor or an array of one, or one of the options. Raises TypeError or ValueError.
        """
        with self._turn:
            self._answer = self._checked(answer)
            self._show()
        return self

    def forget(self) -> None:
        """Throw the guess away, to begin anew."""
        with self._turn:
            with contextlib.suppress(*UNREADABLE):  # where nothing can be kept nothing is to be forgotten
                change_progress(lambda progress: progress["guesses"].pop(self.name, None))
            self.value, self._note = None, ""
            self.field.value = None if self.prediction.options else ""
            self._show()

    def answer(self):
        """The answer, measured when it is first asked for; None while the lesson has not brought it."""
        with self._turn:
            if self._answer is None and self.prediction.answer:
                self._answer = self._checked(self.prediction.answer())
            return self._answer

    # What is kept -------------------------------------------------------------------------------

    def _kept(self):
        try:
            found = read_progress()["guesses"].get(self.name)
        except UNREADABLE:
            return None
        return found if self._fits(found) else None

    def _keep(self, typed) -> tuple:
        """The guess that stays, and what is to be said about it. One that another kernel has locked stays."""
        stays = typed

        def first_come(progress: dict) -> None:
            nonlocal stays
            earlier = progress["guesses"].get(self.name)
            stays = progress["guesses"][self.name] = earlier if self._fits(earlier) else typed

        try:
            change_progress(first_come)
        except UNREADABLE as failure:
            return typed, f"Your guess could not be kept in {progress_file()} ({failure}); it counts all the same."
        return stays, "" if stays == typed else "You had locked this guess before, in another window."

    def _fits(self, found) -> bool:
        if self.prediction.options:
            return found in self.prediction.options
        whether = isinstance(found, (int, float)) and not isinstance(found, bool)
        return whether and self.prediction.least <= found <= self.prediction.most

    # What is typed, and what is shown -----------------------------------------------------------

    def _make_field(self) -> widgets.Widget:
        asked, wide = self.prediction, {"description_width": "initial"}
        if asked.options:
            layout = widgets.Layout(width="max-content", max_width="100%")
            return widgets.RadioButtons(
                options=asked.options, index=None, description="Your guess", layout=layout, style=wide
            )
        layout, label = widgets.Layout(width="280px"), f"Your guess, in {asked.unit}" if asked.unit else "Your guess"
        return widgets.Text(description=label, placeholder="a number", layout=layout, style=wide)

    def _typed(self):
        asked = self.prediction
        if not asked.options:
            return read_amount(self.field.value, asked.unit, asked.least, asked.most)
        if self.field.value is None:
            raise ValueError("Choose one first.")
        return self.field.value

    def _checked(self, answer):
        if self.prediction.options:
            return one_of("The answer", answer, self.prediction.options)
        with contextlib.suppress(ValueError, RuntimeError):  # more numbers than one
            answer = getattr(answer, "item", lambda: answer)()
        if not isinstance(answer, (int, float)):
            raise TypeError(f"The answer must be one number, got {short_repr(answer)}.")
        return number("The answer", answer)

    def _hold(self) -> None:
        """Once the guess is locked the control shows nothing else, whatever a late message says."""
        with self._turn:
            if self.value is not None:
                self.field.value = self.value if self.prediction.options else f"{self.value:.12g}"

    def _show(self) -> None:
        locked = self.value is not None
        self.field.disabled = self.button.disabled = locked
        self.button.description, self.button.icon = ("Locked", "check") if locked else ("Lock", "lock")
        self._hold()
        if not locked:
            later = self._answer is None and self.prediction.answer is None
            self._say("Once your guess is locked it stays. " + (LATER if later else "Then you see the answer."))
        elif (answer := self.answer()) is None:
            self._say(f"Locked. {LATER} {self._note}")
        else:
            self.said.value = self._compared(answer)

    def _say(self, words: str, role: str = "status") -> None:
        color = "color:var(--jp-error-color1, #b00020);" if role == "alert" else ""
        self.said.value = f'<p role="{role}" style="{color}line-height:1.4;margin:4px 0">{html.escape(words)}</p>'

    def _compared(self, answer) -> str:
        """Guess and answer one below the other, numbers with a bar each, and how far they are apart."""
        asked, rows = self.prediction, ""
        drawn = not asked.options and min(self.value, answer) >= 0 < max(self.value, answer)
        for name, value, color in (("your guess", self.value, YOURS), ("measured", answer, MEASURED)):
            share = 60 * value / max(self.value, answer) if drawn else 0
            bar = f'<span style="flex:0 0 {share:.1f}%;height:14px;background:{color}"></span>' * drawn
            value = f"<b>{html.escape(_amount(asked, value))}</b>"
            rows += f'<span>{name}</span><span style="display:flex;align-items:center;gap:8px">{bar}{value}</span>'
        if asked.options:
            words = "You were right." if self.value == answer else f"You said {self.value}; it is {answer}."
        else:
            words = how_far(self.value, answer, asked.unit)
        said = " ".join(filter(None, [html.escape(words), as_html(asked.why), html.escape(self._note)]))
        return (
            '<div role="status" style="line-height:1.5"><div style="display:grid;grid-template-columns:max-content 1fr;'
            f'column-gap:12px">{rows}</div><div style="margin-top:4px">{said}</div></div>'
        )

    # What a notebook stores: the same for everybody, whatever was guessed --------------------------

    def __repr__(self) -> str:
        """The question; the answer from right to left, which is the fold of a page without HTML."""
        asked, answer = self.prediction, self.answer()
        lines = [f"Predict first. {asked.question}"]
        if asked.options:
            lines.append(f"Choose {' or '.join(asked.options)}.")
        told = LATER if answer is None else f"{_told(asked)}, from right to left: {_amount(asked, answer)[::-1]}"
        return "\n".join([*lines, told])

    def lasting(self) -> dict[str, str]:
        """The question, with the answer folded away."""
        asked, answer = self.prediction, self.answer()
        options = f"<br>{' · '.join(map(html.escape, asked.options))}" if asked.options else ""
        question = f"<p>{_asked(asked)}{options}</p>"
        if answer is None:
            return {"text/html": f"{question}<p>{LATER}</p>"}
        told = f"<p>{_told(asked)}: {html.escape(_amount(asked, answer))}</p><p>{as_html(asked.why)}</p>"
        return {"text/html": f"{question}<details><summary>Answer</summary>{told}</details>"}


LATER = "The lesson measures the answer further down."


def _asked(asked: Prediction) -> str:
    return f"<b>Predict first.</b> {as_html(asked.question)}"


def _told(asked: Prediction) -> str:
    """What stands before the answer: nbval_sanitize.cfg lets a measured number differ, but no choice."""
    return "The answer" if asked.options else "Measured"


def _amount(asked: Prediction, value) -> str:
    return value if asked.options else with_unit(value, asked.unit)
