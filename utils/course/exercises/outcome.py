"""What a check says, as one sees it: a mark and a color for each of its three outcomes, and buttons for help."""

from __future__ import annotations

import html
from typing import Protocol

import ipywidgets as widgets

from utils.course.widgets import StaticView, as_html

LOOKS = {"Correct": ("✓", "#009E73"), "Not yet": ("✗", "#D55E00"), "Not tried yet": ("○", "#8C8C8C")}


class Helpful(Protocol):
    """What an exercise offers to its outcome."""

    number: str
    hints: tuple[str, ...]

    def next_hint(self) -> str | None: ...

    def solved_by(self) -> str: ...


class Outcome(StaticView, widgets.VBox):
    """The outcome of one check. Hints come one at a time; the solution comes in one piece.

    Without a kernel the hints stay, behind folds, and no solution.
    """

    def __init__(self, exercise: Helpful, status: str, sentence: str):
        self.exercise, self.status, self.sentence = exercise, status, sentence
        self.help = widgets.HTML()
        self.hint = widgets.Button(description="Hint", icon="lightbulb-o", tooltip="Show the next hint")
        self.solution = widgets.Button(description="Solution", icon="key", tooltip="Show one way to write it")
        self.hint.on_click(lambda _: self._add(exercise.next_hint() or "That was the last hint.", self.hint))
        self.solution.on_click(lambda _: self._add(exercise.solved_by(), self.solution, as_code=True))
        buttons = widgets.HBox([self.solution] if status == "Correct" else [self.hint, self.solution])
        super().__init__([widgets.HTML(self.told()), buttons, self.help])
        self.layout.width, self.layout.max_width = "900px", "100%"
        self.add_class("course-outcome")  # by this the page tests find it

    def _add(self, words: str, pressed: widgets.Button, as_code: bool = False) -> None:
        told = f"<pre>{html.escape(words)}</pre>" if as_code else f"<p>{as_html(words, letters=False)}</p>"
        self.help.value += f'<div role="status" style="line-height:1.4;margin:4px 0">{told}</div>'
        pressed.disabled = as_code or words.startswith(("That was", f"Hint {len(self.exercise.hints)} of"))

    def told(self) -> str:
        """The outcome as HTML."""
        mark, color = LOOKS[self.status]
        head, sentence = self.status, self.sentence[:1].upper() + self.sentence[1:]
        if self.sentence.startswith("because "):
            head, sentence = f"{self.status}, because", self.sentence.removeprefix("because ")
        return (
            f'<div role="status" style="border-left:6px solid {color};padding:6px 12px;line-height:1.4">'
            f'<b><span style="color:{color}" aria-hidden="true">{mark}</span> {self.exercise.number} {head}'
            f"</b><br>{as_html(sentence, letters=False)}</div>"
        )

    def __repr__(self) -> str:
        return f"{self.exercise.number} {self.status}: {self.sentence}"

    def lasting(self) -> dict[str, str]:
        """The outcome, and the hints behind folds."""
        folds = [
            f"<details><summary>Hint {place} of {len(self.exercise.hints)}</summary><p>{as_html(hint, letters=False)}"
            "</p></details>"
            for place, hint in enumerate(self.exercise.hints, 1)
        ]
        return {"text/html": "\n".join([self.told(), *(folds if self.status != "Correct" else [])])}
