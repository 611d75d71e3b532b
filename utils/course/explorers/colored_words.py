"""Words in reading order, each on a ground colored by a number: blue for, vermillion against."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.colors import to_rgb

from utils.course.explorers import lettering
from utils.plots.style import PALETTE

FOR, AGAINST = PALETTE["lstm"], PALETTE["rnn"]
FULL = 4.0  # the number from which on a color is at its strongest
LINE, MARGIN, GAP, LONGEST = 26, 4, 3, 18  # pixels of a line, beside a word, between words; letters of a word
UNKNOWN = "#767676"


def tint(values) -> np.ndarray:
    """Colors (n, 3) of n numbers: white at 0, and as strong as the root of |value| / 4 up to three quarters."""
    values = np.asarray(values, dtype=float)
    strength = 0.75 * np.sqrt(np.minimum(np.abs(values) / FULL, 1))[:, None]
    ink = np.where(values[:, None] > 0, to_rgb(FOR), to_rgb(AGAINST))
    return 1 + strength * (ink - 1)


class ColoredWords:
    """Lines of words on an axes that measures in pixels from its upper left corner.

    moving: the explorer's `moving`. When the words do not fit, those in the middle give way to their number.
    """

    def __init__(self, ax: Axes, width: int, lines: int, moving: Callable, most: int = 120):
        ax.set(xlim=(0, width), ylim=(lines * LINE, 0))
        ax.axis("off")
        self.width, self.lines, self.most = width, lines, most
        self.grounds = moving(ax.add_collection(PolyCollection([], zorder=1)))
        look = {"fontsize": 10.5, "va": "center", "in_layout": False, "parse_math": False, "zorder": 2}
        self.texts = [moving(ax.text(0, 0, "", **look)) for _ in range(most + 1)]

    def show(self, words: Sequence[str], values: np.ndarray, known: np.ndarray) -> None:
        """Write the words on the colors of their values, those that are not `known` in gray."""
        words = [word if len(word) <= LONGEST else word[: LONGEST - 1] + "…" for word in words]
        order = list(range(len(words)))  # of the words that are shown; None for the gap
        kept = min(len(words), self.most)
        while (places := self._places(words, order, len(words) - kept)) is None:
            kept -= 2
            order = [*range(kept // 2), None, *range(len(words) - (kept - kept // 2), len(words))]
        grounds, colors = [], []
        for text, index, place in zip(self.texts, order, places):
            x, y, width = place
            text.set(text=self._word(words, index, len(words) - kept), position=(x + MARGIN, y))
            text.set_color(PALETTE["text"] if index is not None and known[index] else UNKNOWN)
            if index is not None:
                top, bottom = y - LINE / 2 + 2, y + LINE / 2 - 2
                grounds.append([(x, top), (x + width, top), (x + width, bottom), (x, bottom)])
                colors.append(values[index])
        for text in self.texts[len(order) :]:
            text.set_text("")
        self.grounds.set(verts=grounds, facecolor=tint(colors))

    def _places(self, words, order, hidden) -> list[tuple[float, float, float]] | None:
        """Left end, middle and width of each word's ground; None when there are too many."""
        if len(order) > self.most + 1:
            return None
        places, x, y = [], 0.0, LINE / 2
        for index in order:
            width = lettering.length(self.texts[0], self._word(words, index, hidden)) + 2 * MARGIN
            if x + width > self.width:
                x, y = 0.0, y + LINE
            places.append((x, y, width))
            x += width + GAP
        return places if y < self.lines * LINE else None

    @staticmethod
    def _word(words, index, hidden) -> str:
        return f"… {hidden} words …" if index is None else words[index]
