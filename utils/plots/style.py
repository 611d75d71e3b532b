"""Figures: one palette and one style."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from matplotlib import rc_context, rcParams, rcParamsDefault
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from utils.checks import number

# Okabe and Ito's colours, told apart by readers with any kind of colour vision.
# One letter keeps one colour through the whole course.
_BLUE, _ORANGE, _GREEN, _RED = "#0072B2", "#E69F00", "#009E73", "#D55E00"
_PINK, _SKY, _BLACK = "#CC79A7", "#56B4E9", "#000000"
PALETTE = {
    "rnn": _RED, "lstm": _BLUE, "gru": _GREEN, "theory": "#666666", "grid": "#DDDDDD", "text": "#222222",
    "x": _BLACK, "h": _ORANGE, "c": _BLUE,
    "f": _GREEN, "i": _RED, "g": _PINK, "o": _SKY,
    "r": _RED, "z": _GREEN, "n": _PINK,
}  # fmt: skip


# What is about windows, folders and the calendar, and not about how a picture looks.
_NOT_STYLE = (
    "backend", "date.epoch", "docstring.", "figure.max_open_warning", "figure.raise_window", "interactive", "keymap.",
    "savefig.directory", "timezone", "tk.", "toolbar", "webagg.",
)  # fmt: skip
_STYLE = {name: value for name, value in rcParamsDefault.items() if not name.startswith(_NOT_STYLE)}
_one_at_a_time = threading.RLock()  # rcParams are the same for all threads


def changed_settings() -> dict:
    """The settings of matplotlib that a style of the user's own, or a matplotlibrc, has changed: the default values."""
    return {name: value for name, value in _STYLE.items() if rcParams[name] != value}


@contextmanager
def course_style() -> Iterator[None]:
    """Whatever is drawn in the block has the course's style alone, matplotlib's own defaults with `style` on top.

    The user's settings are back after it. One thread at a time can be inside.
    """
    with _one_at_a_time, rc_context(changed_settings()):
        yield


def figure(width: float = 9.0, height: float = 3.6, dpi: int = 100, **subplots):
    """A Figure of `width` x `height` inches and its axes, in the course's style.

    Keyword arguments go to `Figure.subplots` (nrows, ncols, sharex, width_ratios, ...).
    Returns (figure, axes), axes being one Axes or an array of them. ValueError for a size of 0 or less.
    """
    for name, inches in (("width", width), ("height", height)):
        if number(name, inches) <= 0:
            raise ValueError(f"{name} must be above 0 inches, got {inches}.")
    with course_style():
        fig = Figure(figsize=(width, height), dpi=dpi, layout="constrained")
        FigureCanvasAgg(fig)
        axes = fig.subplots(**subplots)
        for ax in fig.axes:
            style(ax)
    return fig, axes


def style(ax) -> None:
    """Give one Axes the course's look: light grid, no box."""
    ax.grid(True, color=PALETTE["grid"], linewidth=0.8)
    ax.set_axisbelow(True)
    ax.spines[["top", "right"]].set_visible(False)
    for spine in ("left", "bottom"):
        ax.spines[spine].set_color("#888888")
    ax.tick_params(colors=PALETTE["text"], labelsize=9)


def png(fig: Figure) -> bytes:
    """The Figure as a PNG file; no date or version in it, so the same figure gives the same bytes."""
    buffer = io.BytesIO()
    with course_style():
        fig.savefig(buffer, format="png", metadata={"Software": None})
    return buffer.getvalue()
