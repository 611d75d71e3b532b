"""Widgets that leave something to read on a page without a kernel, where no widget can be shown."""

from __future__ import annotations

import ipywidgets as widgets

VIEW = "application/vnd.jupyter.widget-view+json"


class StaticView(widgets.Box):
    """The base of explorers and quizzes: a notebook stores the widget, its repr and what `lasting` gives.

    A subclass derives from a box too: `class Explorer(StaticView, widgets.VBox)`.
    """

    _ipython_display_ = None  # ipywidgets 7 displays through this method and would drop all but the widget

    def lasting(self) -> dict[str, str]:
        """What stays without a kernel beside the repr, by its MIME type."""
        return {}

    def _repr_mimebundle_(self, **kwargs) -> dict:
        view = {"version_major": 2, "version_minor": 0, "model_id": self.model_id}
        return {VIEW: view} | self.lasting() | {"text/plain": repr(self)}
