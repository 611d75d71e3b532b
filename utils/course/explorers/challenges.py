"""Challenges: what to reach with the sliders, ticked when it is reached."""

from __future__ import annotations

import html
from collections.abc import Callable

import ipywidgets as widgets


class Challenges(widgets.HTML):
    """A line of challenges. What was reached stays ticked.

    tasks: by its name, what to reach in words, and whether the controls' values reach it.
    """

    def __init__(self, tasks: dict[str, tuple[str, Callable[..., bool]]]):
        self._tasks, self.reached = tasks, set()
        super().__init__(layout=widgets.Layout(max_width="100%"))
        self._show()

    def judge(self, **values) -> None:
        """Tick what these values reach."""
        found = {name for name, (_, reaches) in self._tasks.items() if name not in self.reached and reaches(**values)}
        if found:
            self.reached |= found
            self._show()

    def _show(self) -> None:
        items = []
        for name, (words, _) in self._tasks.items():
            mark, said = ("☑", "reached") if name in self.reached else ("☐", "not reached yet")
            items.append(
                f'<span title="{html.escape(words)}"><span aria-hidden="true">{mark}</span> {html.escape(name)}'
                f'<span style="position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)"> '
                f"({said})</span></span>"
            )
        line = '<span style="display:inline-block;margin-left:1.4em">'.join(["", *(f"{item}</span>" for item in items)])
        self.value = f'<div aria-live="polite" style="line-height:32px">Challenges:{line}</div>'
