"""Predict, lock, reveal: a guess that stays once it is locked, and only then the answer beside it."""

from __future__ import annotations

import contextlib
import html
import threading
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import ipywidgets as widgets

from utils.checks import one_of
from utils.course.guesses.controls import NumberField, OptionButtons
from utils.course.guesses.prediction import Prediction
from utils.course.record import UNREADABLE, change_progress, progress_file, read_progress
from utils.course.widgets import StaticView, as_html

YOURS, MEASURED = "#8C8C8C", "#0072B2"  # the two bars; both stand out from a light and from a dark page
LATER = "The lesson measures the answer further down."

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


def predictions(lesson: str) -> dict[str, Prediction]:
    """What a lesson asks, by the guesses' full names: the PREDICTIONS of the module lessonNN here."""
    found = import_module(f"utils.course.guesses.lesson{lesson}").PREDICTIONS
    return {f"{lesson}.{name}": prediction for name, prediction in found.items()}


def lessons() -> list[str]:
    """The numbers of the lessons that have guesses."""
    names = [module.name for module in iter_modules([str(Path(__file__).parent)])]
    return sorted(name.removeprefix("lesson") for name in names if name.startswith("lesson"))


class Guess(StaticView, widgets.VBox):
    """A question, a control and Lock. Before the guess is locked nothing that is shown tells the answer.

    A guess is kept in the learner's progress file and stays, also under Run All; `value` is None until it is locked.
    Clicks may come in several threads at once, as JupyterLab delivers them: they take turns.
    """

    def __init__(self, name: str, prediction: Prediction):
        self.name, self.prediction = name, prediction
        self._turn, self._answer, self._note = threading.RLock(), None, ""
        self.value = self._kept()
        question = widgets.HTML(f'<div style="line-height:1.4">{prediction.heading}</div>')
        self.control = (OptionButtons if prediction.options else NumberField)(prediction, self._show)
        self.button = widgets.Button(tooltip="Lock this guess for good")
        self.button.layout.width, self.button.layout.margin = "100px", "2px 2px 2px 16px"
        self.button.on_click(lambda _: self.lock())
        row = widgets.HBox([self.control, self.button])
        row.layout.flex_flow, row.layout.align_items = "row wrap", "center"
        self.said = widgets.HTML()
        self.said.layout.min_height = "88px"  # room for the answer: nothing jumps
        super().__init__([question, row, self.said])
        self.layout.width, self.layout.max_width, self.layout.padding = "900px", "100%", "8px 14px"
        self.layout.border = "1px solid var(--jp-border-color1, #BDBDBD)"
        self.add_class("course-guess")  # by this the page tests find it
        self._show()

    # What a lesson and a learner call -----------------------------------------------------------

    def lock(self) -> None:
        """Take what stands in the control as the guess, for good, and show the answer if there is one."""
        with self._turn:
            if self.value is not None:
                return
            try:
                self.value, self._note = self._keep(self.control.read())
            except ValueError as unclear:
                self._say(str(unclear), "alert")
            else:
                self._show()

    def reveal(self, answer) -> Guess:
        """Bring the answer that the lesson has measured; it is seen here and above once a guess is locked.

        answer: a number, also in a tensor or an array of one, or one of the options. Raises TypeError or ValueError.
        """
        with self._turn:
            self._answer = self.prediction.checked(answer)
            self._show()
        return self

    def forget(self) -> None:
        """Throw the guess away, to begin anew."""
        with self._turn:
            with contextlib.suppress(*UNREADABLE):  # where nothing can be kept nothing is to be forgotten
                change_progress(lambda progress: progress["guesses"].pop(self.name, None))
            self.value, self._note = None, ""
            self.control.clear()
            self._show()

    def answer(self) -> float | str | None:
        """The answer, measured when it is first asked for; None while the lesson has not brought it."""
        with self._turn:
            if self._answer is None and self.prediction.answer:
                self._answer = self.prediction.checked(self.prediction.answer())
            return self._answer

    # What is kept -------------------------------------------------------------------------------

    def _kept(self) -> float | str | None:
        try:
            found = read_progress()["guesses"].get(self.name)
        except UNREADABLE:
            return None
        return found if self.prediction.fits(found) else None

    def _keep(self, typed: float | str) -> tuple[float | str, str]:
        """The guess that stays, and what is to be said about it. One that another kernel has locked stays."""
        stays = typed

        def first_come(progress: dict) -> None:
            nonlocal stays
            earlier = progress["guesses"].get(self.name)
            stays = progress["guesses"][self.name] = earlier if self.prediction.fits(earlier) else typed

        try:
            change_progress(first_come)
        except UNREADABLE as failure:
            return typed, f"Your guess could not be kept in {progress_file()} ({failure}); it counts all the same."
        return stays, "" if stays == typed else "You had locked this guess before, in another window."

    # What is shown ------------------------------------------------------------------------------

    def _show(self) -> None:
        with self._turn:
            locked = self.value is not None
            self.control.show(self.value)
            self.button.disabled = locked
            self.button.description, self.button.icon = ("Locked", "check") if locked else ("Lock", "lock")
            if not locked:
                self._say(*self._before())
            elif (answer := self.answer()) is None:
                self._say(f"Locked: {self.prediction.words(self.value)}. {LATER} {self._note}".strip())
            else:
                self.said.value = self._compared(answer)

    def _before(self) -> tuple[str, str]:
        """What is said before the guess is locked, and its role on the page."""
        if self.control.empty():
            if self._answer is not None:  # the lesson has brought it, and nothing is locked
                return "It has been measured by now. Lock a guess, and the answer comes to stand beside it.", "status"
            later = LATER if self.prediction.answer is None else "Then you see the answer."
            return f"Once your guess is locked it stays. {later}", "status"
        try:
            return f"Your guess: {self.prediction.words(self.control.read())}. Lock it, and it stays.", "status"
        except ValueError as unclear:
            return str(unclear), "alert"

    def _say(self, words: str, role: str = "status") -> None:
        color = "color:var(--jp-error-color1, #b00020);" if role == "alert" else ""
        self.said.value = f'<p role="{role}" style="{color}line-height:1.4;margin:4px 0">{html.escape(words)}</p>'

    def _compared(self, answer: float | str) -> str:
        """Guess and answer one below the other, numbers with a bar each, and how far they are apart."""
        asked, rows = self.prediction, ""
        drawn = not asked.options and min(self.value, answer) >= 0 < max(self.value, answer)
        for name, value, color in (("your guess", self.value, YOURS), (asked.told.lower(), answer, MEASURED)):
            share = 60 * value / max(self.value, answer) if drawn else 0
            bar = f'<span style="flex:0 0 {share:.1f}%;height:14px;background:{color}"></span>' * drawn
            words = f"<b>{html.escape(asked.words(value))}</b>"
            rows += f'<span>{name}</span><span style="display:flex;align-items:center;gap:8px">{bar}{words}</span>'
        said = [html.escape(asked.verdict(self.value, answer)), as_html(asked.why), html.escape(self._note)]
        return (
            '<div role="status" style="line-height:1.5"><div style="display:grid;grid-template-columns:max-content 1fr;'
            f'column-gap:12px">{rows}</div><div style="margin-top:4px">{" ".join(filter(None, said))}</div></div>'
        )

    # What a notebook stores: the same for everybody, whatever was guessed -----------------------

    def __repr__(self) -> str:
        """The question; the answer from right to left, which is the fold of a page without HTML."""
        asked, answer = self.prediction, self.answer()
        lines = [f"Predict first. {asked.question}"]
        if asked.options:
            lines.append(f"Choose {' or '.join(asked.options)}.")
        told = LATER if answer is None else f"{asked.told}, from right to left: {asked.words(answer)[::-1]}"
        return "\n".join([*lines, told])

    def lasting(self) -> dict[str, str]:
        """The question, with the answer folded away."""
        asked, answer = self.prediction, self.answer()
        options = f"<br>{' · '.join(map(html.escape, asked.options))}" if asked.options else ""
        told = f"<p>{LATER}</p>" if answer is None else asked.folded(answer)
        return {"text/html": f"<p>{asked.heading}{options}</p>{told}"}
