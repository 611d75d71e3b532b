"""GateHeatmap: every gate and state of every unit, word by word, of a sentence as it is typed."""

from __future__ import annotations

from collections.abc import Sequence

import ipywidgets as widgets
import numpy as np
from matplotlib.colors import ListedColormap

from utils.arrays.cells import LSTM
from utils.arrays.layers import Unrolled
from utils.course.explorers.base import Explorer, choice, slider
from utils.course.explorers.colored_words import ColoredWords, tint
from utils.course.explorers.numerals import digits
from utils.course.explorers.shipped import reader_of
from utils.plots import style
from utils.plots.style import PALETTE
from utils.text import plain, tokenise

WORDS = 32  # as many columns as the shipped model reads from one fresh state
MEANINGS = {
    "f": "f, forget gate: how much stays",
    "i": "i, input gate: how much comes in",
    "g": "g, candidate: the news",
    "o": "o, output gate: how much is shown",
    "c": "c, memory",
    "h": "h, what is shown",
}
REACH = {letter: 2.0 if letter == "c" else 1.0 for letter in MEANINGS}  # where a color is at its strongest
FIRST = "A slow start, but the actors are wonderful, the music is not bad, and I loved every minute of the ending."


class GateHeatmap(Explorer):
    """The gates and states of a sentiment model's forward LSTM over the first 32 words of a sentence.

    sentiment: a `utils.models.Sentiment` whose model holds an LSTM, or a reader; without one, the model that ships.
    order: the units from the top row to the bottom one; without it, by number. Controls: `text` is the sentence,
    `letter` is drawn for all units, `row` is the unit whose line is drawn below, `word` the step told in numbers.
    """

    size = (9.0, 5.9)

    def __init__(self, sentiment=None, order: Sequence[int] | None = None, **values):
        self.reader = reader_of(sentiment)
        self.cell = self.reader.cells[0]
        if not isinstance(self.cell, LSTM):
            raise ValueError("The model has no gates f, i, g and o to draw: give one that holds an LSTM.")
        H = len(self.cell.U)
        self.order = list(range(H)) if order is None else [int(unit) for unit in order]
        if sorted(self.order) != list(range(H)):
            raise ValueError(f"order must hold each of the units 0 to {H - 1} once, got {order}.")
        super().__init__(**{"word": 9, "text": FIRST} | values)  # the text after the word, whose slider it limits

    def settle(self, name):
        """The word slider ends at the last word that is drawn."""
        if name == "text" and (n := min(len(tokenise(plain(self.controls["text"].value))), WORDS)):
            self.controls["word"].max = n

    def make_controls(self):
        box = widgets.Textarea(value=FIRST, description="sentence", rows=2, placeholder="Type a sentence in English.")
        box.style.description_width, box.layout.width = "150px", "870px"
        return {
            "text": box,
            "letter": choice("drawn", [(meaning, letter) for letter, meaning in MEANINGS.items()], "f"),
            "row": slider("unit (row)", 1, 1, len(self.order), 1),
            "word": slider("word", 9, 1, WORDS, 1),
        }

    def compute(self, text, letter, row, word):
        """Of the words read: `trace`, each letter (n, H) in the order of the rows, and the step at `word`."""
        words, count = [], len(tokenise(plain(text)))
        result = {"letter": letter, "row": row, "unit": self.order[row - 1], "count": count, "words": words}
        if not count:
            return result
        words += self.reader.words(text)[:WORDS]
        n = len(words)
        ids = self.reader.encode(text)[:n]
        unrolled = Unrolled(self.cell, self.reader.embed(ids[None])[0])
        trace = {name: unrolled[name][:, self.order] for name in MEANINGS}  # letter: (n, H)
        t = min(word, n) - 1
        step = {name: float(values[t, row - 1]) for name, values in trace.items()}
        before = float(trace["c"][t - 1, row - 1]) if t else 0.0
        return result | {"trace": trace, "t": t, "step": step, "before": before, "known": ids != 1}

    def draw(self, figure):
        figure.set_layout_engine("none")  # all places are given by hand
        self.words = ColoredWords(self._axes(figure, 12, 6, 876, 104), 876, 4, self.moving, WORDS)
        H, ink = len(self.order), tint(np.linspace(-4, 4, 257) * np.abs(np.linspace(-1, 1, 257)))
        self.map = self._axes(figure, 62, 146, 824, 246)
        self.map.set(xlim=(0.5, WORDS + 0.5), ylim=(H + 0.5, 0.5), ylabel="unit (row)", xticks=[])
        self.map.yaxis.set_label_coords(-0.045, 0.5)
        self.image = self.moving(
            self.map.imshow(
                np.zeros((H, WORDS)), ListedColormap(ink), vmin=-1, vmax=1, aspect="auto", interpolation="nearest",
                extent=(0.5, WORDS + 0.5, H + 0.5, 0.5),
            )
        )  # fmt: skip
        self.frame = self.moving(self.map.plot([], [], color=PALETTE["text"], lw=1.2)[0])
        self.column = self.moving(self.map.plot([], [], color=PALETTE["text"], lw=1.2, ls=":")[0])
        self._draw_scale(self._axes(figure, 380, 122, 240, 10), ink)
        self.line_ax = self._axes(figure, 62, 412, 824, 138)
        style(self.line_ax)
        self.line_ax.set(xlim=(0.5, WORDS + 0.5), xticks=[1, *range(4, WORDS + 1, 4)], ylim=(-1.05, 1.05))
        self.line_ax.set_xlabel("number of the word", fontsize=9.5)
        self.line_ax.axhline(0, color="#888888", lw=1)
        self.line = self.moving(self.line_ax.plot([], [], "o-", ms=4, lw=2)[0])
        self.here = self.moving(self.line_ax.plot([], [], color=PALETTE["text"], lw=1.2, ls=":")[0])
        self.label = self.line_ax.set_ylabel("", fontsize=9.5)
        self.label_letter = None
        self.line_ax.yaxis.set_label_coords(-0.045, 0.5)

    def _axes(self, figure, left, top, width, height):
        """An axes by its place in the picture, in pixels from the upper left corner."""
        full_width, full_height = figure.bbox.width, figure.bbox.height
        bottom = full_height - top - height
        return figure.add_axes((left / full_width, bottom / full_height, width / full_width, height / full_height))

    def _draw_scale(self, ax, ink):
        ax.imshow(ink[None], aspect="auto", extent=(-1, 1, 0, 1))
        ax.set(xticks=[], yticks=[])
        ax.spines[:].set_visible(False)
        look = {"va": "center", "fontsize": 9, "color": PALETTE["text"]}
        self.low = ax.text(-1.03, 0.5, "", ha="right", **look)
        self.high = ax.text(1.03, 0.5, "", ha="left", **look)

    def update(self, result):
        letter, n, row = result["letter"], len(result["words"]), result["row"]
        reach, H = REACH[letter], len(self.order)
        values = result["trace"][letter] if n else np.zeros((0, H))  # (n, H)
        shades = np.full((H, WORDS), np.nan)  # past the last word, nothing
        shades[:, :n] = np.clip(values.T / reach, -1, 1)
        self.image.set_data(shades)
        own = values[:, row - 1]
        share = np.clip(own / reach, -1, 1)
        self.words.show(result["words"], 4 * share * np.abs(share), result.get("known", []))  # the colors of the map
        t = np.arange(1, n + 1)
        self.line.set(data=(t, own), color=PALETTE[letter])
        edge = n + 0.5
        self.frame.set_data([0.5, edge, edge, 0.5, 0.5] if n else [], row + _BOX if n else [])
        here = [result["t"] + 1] * 2 if n else []
        self.column.set_data(here, [0.5, H + 0.5] if n else [])
        self.here.set_data(here, [-10, 10] if n else [])
        if letter == self.label_letter:
            return False
        self.label_letter = letter
        self.label.set_text(f"${letter}$ of the unit")
        gate = letter in "fio"
        self.line_ax.set_ylim((-0.05, 1.05) if gate else (-1.05 * reach, 1.05 * reach))
        self.low.set_text("no gate is ever negative   −1" if gate else f"−{reach:g}{' or less' * (letter == 'c')}")
        self.high.set_text(f"{reach:g}{' or more' * (letter == 'c')}   the words: the framed unit")
        return True

    def describe(self, result):
        n, unit = len(result["words"]), result["unit"]
        if not n:
            return "There is no word to read yet: type a sentence into the box."
        word, step = result["words"][result["t"]], {name: digits(v) for name, v in result["step"].items()}
        f, i, g, o, c, h = (step[name] for name in "figoch")
        shown = word if len(word) <= 18 else word[:17] + "…"
        text = (
            f"Unit {unit} at word {result['t'] + 1}, “{shown}”: "
            f"f = {f} of the memory {digits(result['before'])} stays, "
            f"i = {i} of the news g = {g} comes in, so c = {c}; o = {o} shows h = {h}."
        )
        return text + (f" Drawn are the first {n} of {result['count']} words." if result["count"] > n else "")


_BOX = np.array([-0.5, -0.5, 0.5, 0.5, -0.5])  # from the middle of a row round its edge
