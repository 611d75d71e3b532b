"""What a lesson asks before it tells: the question, what may be guessed, and the answer in words."""

from __future__ import annotations

import contextlib
import html
import math
from collections.abc import Callable
from dataclasses import dataclass

from utils.checks import number, one_of, short_repr
from utils.course.guesses.amounts import how_far, read_amount, with_unit
from utils.course.widgets import as_html


@dataclass(frozen=True)
class Prediction:
    """A question that a learner answers before the lesson does: with a number, or with one of `options`.

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

    def read(self, typed: str) -> float:
        """The number in what was typed. ValueError, with a sentence for the learner, where there is none that fits."""
        return read_amount(typed, self.unit, self.least, self.most)

    def fits(self, found) -> bool:
        """Whether a value, such as one from a file, can be a guess."""
        if self.options:
            return isinstance(found, str) and found in self.options
        return isinstance(found, (int, float)) and not isinstance(found, bool) and self.least <= found <= self.most

    def checked(self, answer) -> float | str:
        """An answer, also in a tensor or an array of one number, as it is kept. Raises TypeError or ValueError."""
        if self.options:
            return one_of("The answer", answer, self.options)
        with contextlib.suppress(ValueError, RuntimeError):  # more numbers than one
            answer = getattr(answer, "item", lambda: answer)()
        if not isinstance(answer, (int, float)):
            raise TypeError(f"The answer must be one number, got {short_repr(answer)}.")
        return number("The answer", answer)

    def words(self, value: float | str) -> str:
        """A guess or the answer: 6.58 steps."""
        return value if self.options else with_unit(float(value), self.unit)

    def verdict(self, guess: float | str, answer: float | str) -> str:
        """How far the guess is off, in one sentence."""
        if self.options:
            return "You were right." if guess == answer else f"Not so: the answer is “{answer}”."
        return how_far(guess, answer, self.unit)

    @property
    def told(self) -> str:
        """What stands before the answer where it is stored: nbval_sanitize.cfg lets a number differ, but no choice."""
        return "The answer" if self.options else "Measured"

    @property
    def heading(self) -> str:
        """The question as HTML."""
        return f"<b>Predict first.</b> {as_html(self.question)}"

    def folded(self, answer: float | str) -> str:
        """The answer as HTML, behind a fold."""
        told = f"<p>{self.told}: {html.escape(self.words(answer))}</p><p>{as_html(self.why)}</p>"
        return f"<details><summary>Answer</summary>{told}</details>"
