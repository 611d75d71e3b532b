"""What a guess is made with: a field for a number, or a button for each option.

Both send what was done in the order in which it was done, however slow the kernel is. ipywidgets holds the later of two
changes of a value back until the kernel has answered the first, so a click on Lock would overtake it: with a field that
sends key by key it would lock half a number, with radio buttons the option before the last.
"""

from __future__ import annotations

from collections.abc import Callable

import ipywidgets as widgets

from utils.course.guesses.prediction import Prediction


class NumberField(widgets.Text):
    """Free text, so that no first number pulls the guess. It is sent on Enter, or when one leaves the field."""

    def __init__(self, asked: Prediction, changed: Callable[[], None]):
        self.asked = asked
        look = {"layout": widgets.Layout(width="280px"), "style": {"description_width": "initial"}}
        label = f"Your guess, in {asked.unit}" if asked.unit else "Your guess"
        super().__init__(description=label, placeholder="a number", continuous_update=False, **look)
        self.observe(lambda _: changed(), "value")

    def empty(self) -> bool:
        return not self.value.strip()

    def read(self) -> float:
        """ValueError, with a sentence, where there is no number that fits."""
        return self.asked.read(self.value)

    def show(self, locked: float | None) -> None:
        """The guess once it is locked, and nothing else, whatever a late message says."""
        self.disabled = locked is not None
        if locked is not None:
            self.value = f"{locked:.12g}"

    def clear(self) -> None:
        self.value = ""


class OptionButtons(widgets.HBox):
    """A button for each option; the one that was pressed last is chosen."""

    def __init__(self, asked: Prediction, changed: Callable[[], None]):
        self.chosen, self._changed = None, changed
        self.buttons = [widgets.Button(description=option) for option in asked.options]
        for button in self.buttons:
            button.layout.width = "auto"
            button.on_click(self._choose)
        super().__init__([widgets.HTML("Your guess"), *self.buttons])
        self.layout.flex_flow, self.layout.align_items = "row wrap", "center"

    def _choose(self, button: widgets.Button) -> None:
        self.chosen = button.description
        self._changed()

    def empty(self) -> bool:
        return self.chosen is None

    def read(self) -> str:
        """ValueError, with a sentence, where none is chosen."""
        if self.empty():
            raise ValueError("Choose one first.")
        return self.chosen

    def show(self, locked: str | None) -> None:
        """Which one is chosen, until it is locked: then it stands below, beside the answer, and no other can be."""
        self.chosen = locked or self.chosen
        for button in self.buttons:
            button.disabled = locked is not None
            button.button_style = "primary" if not locked and button.description == self.chosen else ""

    def clear(self) -> None:
        self.chosen = None
