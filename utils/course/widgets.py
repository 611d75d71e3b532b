"""Widgets that leave something to read on a page without a kernel, where no widget can be shown; words as HTML."""

from __future__ import annotations

import html
import re

import ipywidgets as widgets

VIEW = "application/vnd.jupyter.widget-view+json"


class StaticView(widgets.Box):
    """The base of explorers, guesses and quizzes: a notebook stores the widget, its repr and what `lasting` gives, and
    as metadata under "course" from what a page without a kernel makes it anew.

    A subclass derives from a box too: `class Explorer(StaticView, widgets.VBox)`.
    """

    _ipython_display_ = None  # ipywidgets 7 displays through this method and would drop all but the widget

    def lasting(self) -> dict[str, str]:
        """What stays without a kernel beside the repr, or in its place, by its MIME type."""
        return {}

    def makings(self) -> dict:
        """From what a page without a kernel makes it anew, as JSON; {} where it cannot."""
        return {}

    def _repr_mimebundle_(self, **kwargs) -> tuple[dict, dict]:
        view = {"version_major": 2, "version_minor": 0, "model_id": self.model_id}
        made = self.makings()
        return {VIEW: view, "text/plain": repr(self)} | self.lasting(), {"course": made} if made else {}


def as_html(words: str, letters: bool = True) -> str:
    """Words as HTML: `code`, *stress*, and where `letters` h_t, h_(t-1) and f^k with their letters below and above."""
    parts = html.escape(words, quote=False).split("`")
    parts[1::2] = [f"<code>{code}</code>" for code in parts[1::2]]
    parts[::2] = [re.sub(r"\*(?=\S)([^*]+)(?<=\S)\*", r"<em>\1</em>", part) for part in parts[::2]]
    if letters:
        parts[::2] = [re.sub(r"(?<=[\w)])([_^])(\w+|\([^)]*\))", _raised, part) for part in parts[::2]]
    return "".join(parts)


def _raised(found: re.Match) -> str:
    tag = "sub" if found[1] == "_" else "sup"
    return f"<{tag}>{found[2].strip('()')}</{tag}>"
