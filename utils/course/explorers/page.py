"""The page of text that Writer shows: each character on its shade, and scales that say what a shade means."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from itertools import groupby

import numpy as np
from numpy import ndarray

# A shade is one color, more or less opaque, over the page's own ground: the same five serve light themes and dark.
OPACITY = (0.0, 0.16, 0.32, 0.5, 0.7)
COLORS = {"p": (213, 94, 0), "m": (0, 114, 178)}  # p: how it was chosen; m: how far it moved another
BOUNDS = {"p": (0.5, 0.2, 0.05, 0.01), "m": (0.03, 0.1, 0.3, 0.6)}  # of a probability; of a share of the largest
SCALES = {
    "p": ("Probability after temperature and cuts", "50 % or more", "20 to 50 %", "5 to 20 %", "1 to 5 %", "below 1 %"),
    "m": ("Gradient, of the largest", "below 3 %", "3 to 10 %", "10 to 30 %", "30 to 60 %", "60 % or more"),
}
HINTS = {
    "p": "Bold is the start. Click a character, or move “look at”, to see which earlier ones moved its score.",
    "m": "In the frame: the one looked at. Click it again, or move “look at” to 0, to go back to the probabilities.",
}
# A click writes the character's number into the one field that no one sees; words that are selected stay selected.
CLICK = (
    "if (!getSelection().isCollapsed) return;"
    "const field = this.closest('.course-explorer').querySelector('.course-writer-pointed input');"
    "const n = Math.max(0, [...this.children].indexOf(event.target));"
    "field.value = n == field.value ? 0 : n;"
    "field.dispatchEvent(new Event('change', {bubbles: true}))"
)


def shades(kind: str, values: ndarray) -> ndarray:
    """The shade of each value, from 0, none, to 4: of probabilities "p" the small ones, of shares "m" the large."""
    bounds = np.array(BOUNDS[kind])
    values = np.asarray(values, float)[:, None]
    return (values < bounds if kind == "p" else values >= bounds).sum(1)


def live(start: str, written: str, kind: str, of_start: Sequence[int], of_written: Sequence[int], here: int) -> str:
    """The page in a notebook: every written character an element of its own, which can be clicked.

    of_start, of_written: the shades. here: the number of the character in the frame, from 1, or 0 for none.
    """
    begun = "".join(_element(one, kind, shade) for one, shade in zip(start, of_start))
    shaded = enumerate(zip(written, of_written), 1)
    rest = "".join(_element(one, kind, shade, n == here) for n, (one, shade) in shaded)
    look = f'class="course-writer-text" tabindex="0" role="group" aria-label="the text" onclick="{CLICK}"'
    return f"<div {look}><b>{begun}</b>{rest}</div>"


def lasting(start: str, written: str, of_written: Sequence[int]) -> str:
    """The page without a kernel and without a style sheet, and its scale."""
    runs = groupby(zip(written, of_written), lambda pair: pair[1])
    shaded = "".join(_lasting_run("".join(one for one, _ in run), shade) for shade, run in runs)
    what, *names = SCALES["p"]
    scale = " ".join(_lasting_run(f" {name} ", shade) for shade, name in enumerate(names))
    return f'<pre style="white-space: pre-wrap"><b>{escape(start)}</b>{shaded}</pre><p>{what}: {scale}</p>'


def legend(kind: str, coming: Sequence[tuple[str, float]], possible: int) -> str:
    """The scale in use; of the `possible` next characters the likeliest as (name, probability); what to do."""
    what, *names = SCALES[kind]
    scale = "".join(f'<i class="{kind}{shade}">{name}</i>' for shade, name in enumerate(names))
    chips = "".join(
        f'<i class="p{shade}">{escape(f"{name} {percent(p)}")}</i>' if p else f"<i><s>{escape(name)}</s> cut</i>"
        for (name, p), shade in zip(coming, shades("p", np.array([p for _, p in coming])))
    )
    rows = (f"{what}: {scale}", f'Next, of {possible} possible: <span class="next">{chips}</span>', HINTS[kind])
    return '<div class="course-writer-legend">' + "".join(f"<div>{row}</div>" for row in rows) + "</div>"


def percent(p: float) -> str:
    """A probability in whole percent, and no certainty that is none."""
    return "<1 %" if p < 0.01 else ">99 %" if 0.99 < p < 1 else f"{100 * p:.0f} %"


def name_of(character: str) -> str:
    """A character as it is shown: the blank and the end of a line by their signs."""
    return {" ": "␣", "\n": "↵"}.get(character, character)


def ground(kind: str, shade: int) -> str:
    """The color of a shade as CSS."""
    return f"rgba{(*COLORS[kind], OPACITY[shade])}"


def _element(character: str, kind: str, shade: int, here: bool = False) -> str:
    names = [f"{kind}{shade}"] * bool(shade) + ["n"] * (character == "\n") + ["here"] * here
    return f'<i class="{" ".join(names)}">{escape(character)}</i>' if names else f"<i>{escape(character)}</i>"


def _lasting_run(words: str, shade: int) -> str:
    return f'<span style="background-color: {ground("p", shade)}">{escape(words)}</span>' if shade else escape(words)


# The page is turned upside down, so that the end of the text stays in sight while it grows. The sign of the end of a
# line is there to be seen and not to be copied.
STYLE = """<style>
.course-writer-page {display: flex; flex-direction: column-reverse; overflow-x: hidden; overflow-y: auto;
  border: 1px solid var(--jp-border-color1, #888); box-sizing: border-box}
.course-writer-page > * {margin-bottom: auto; width: 100%}
.course-writer-text {white-space: pre-wrap; overflow-wrap: anywhere; padding: 6px 10px;
  font: 13px/20px var(--jp-code-font-family, monospace)}
.course-writer-text, .course-writer-legend {color: var(--jp-content-font-color1, inherit)}
.course-writer-text i, .course-writer-legend i {font-style: normal}
.course-writer-text .n::before {content: "↵"}
.course-writer-text .here {outline: 2px solid currentColor}
.course-writer-legend {font-size: 13px; line-height: 24px}
.course-writer-legend i {display: inline-block; padding: 2px 6px; margin-right: 3px;
  line-height: 18px; white-space: nowrap}
.course-writer-legend .next i {min-width: 54px; text-align: center}
.course-explorer-Writer .widget-play .fa-play::after {content: "write"}
.course-explorer-Writer .widget-play .fa-stop::after {content: "begin anew"}
SHADES</style>""".replace(
    "SHADES",
    "\n".join(
        f".course-writer-text .{kind}{shade}, .course-writer-legend .{kind}{shade} "
        f"{{background-color: {ground(kind, shade)}}}"
        for kind in COLORS
        for shade in range(len(OPACITY))
    ),
)
