"""GateHeatmap: every gate and state of every unit, word by word, of a sentence as it is typed."""

from __future__ import annotations

from collections.abc import Sequence

import ipywidgets as widgets
import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.colors import ListedColormap

from utils.arrays.cells import LSTM
from utils.arrays.layers import Unrolled
from utils.course.explorers import lettering
from utils.course.explorers.base import Explorer, choice, slider
from utils.course.explorers.numerals import digits
from utils.course.explorers.shipped import is_shipped, reader_of
from utils.course.explorers.tint import tint
from utils.plots import style
from utils.plots.style import PALETTE
from utils.text import plain, tokenise

WORDS = 32  # as many columns as the shipped model reads from one fresh state
LETTERS = 12  # of a word over its column
LEFT, ACROSS, WIDEST = 62, 770, 48  # pixels: where the columns begin, all of them, one of a short sentence
MEANINGS = {
    "f": "f, forget gate: how much stays",
    "i": "i, input gate: how much comes in",
    "g": "g, candidate: the news",
    "o": "o, output gate: how much is shown",
    "c": "c, memory",
    "h": "h, what is shown",
}
ENDS = {  # of the colors, in words
    "f": ("0: all is forgotten", "1: all stays"),
    "i": ("0: nothing comes in", "1: all comes in"),
    "g": ("−1", "+1"),
    "o": ("0: nothing is shown", "1: all is shown"),
    "c": ("−2 or less", "+2 or more"),
    "h": ("−1", "+1"),
}
REACH = {letter: 2.0 if letter == "c" else 1.0 for letter in MEANINGS}  # where a color is at its strongest
FIRST = "A slow start, but the actors are wonderful, the music is not bad, and I loved every minute of the ending."


class GateHeatmap(Explorer):
    """The gates and states of a sentiment model's forward LSTM over the first 32 words of a sentence.

    sentiment: a `utils.models.Sentiment` whose model holds an LSTM, or a reader; without one, the model that ships.
    order: which of the layer's units (from 0) is unit 1, 2, ..., from the top row to the bottom one; without it, each
    in its place. Controls: `text` is the sentence, `letter` is drawn for all units, `unit` is framed and drawn below
    as a line, `word` is the step told in numbers.
    """

    size = (9.0, 5.5)

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
        self.caption.layout.min_height = "74px"  # three lines

    def given(self):
        return {"order": self.order} if is_shipped(self.reader) else None

    def settle(self, name):
        """The word slider ends at the last word that is drawn."""
        if name == "text" and (n := min(len(tokenise(plain(self.controls["text"].value))), WORDS)):
            self.controls["word"].max = n

    def make_controls(self):
        box = widgets.Textarea(value=FIRST, description="sentence", rows=2, placeholder="Type a sentence in English.")
        box.style.description_width, box.layout.width, box.layout.max_width = "150px", "870px", "calc(100% - 4px)"
        return {
            "text": box,
            "letter": choice("color shows", [(meaning, letter) for letter, meaning in MEANINGS.items()], "f"),
            "unit": slider("unit, framed", 1, 1, len(self.order), 1),
            "word": slider("word, dotted", 9, 1, WORDS, 1),
        }

    def compute(self, text, letter, unit, word):
        """Of the n words read: `trace`, each letter (n, H) in the order of the rows, and the step at `word`."""
        words, count = [], len(tokenise(plain(text)))
        result = {"letter": letter, "unit": unit, "count": count, "words": words}
        if not count:
            return result
        words += self.reader.words(text)[:WORDS]
        n = len(words)
        ids = self.reader.encode(text)[:n]
        unrolled = Unrolled(self.cell, self.reader.embed(ids[None])[0])
        trace = {name: unrolled[name][:, self.order] for name in MEANINGS}  # letter: (n, H)
        t = min(word, n) - 1
        step = {name: float(values[t, unit - 1]) for name, values in trace.items()}
        before = float(trace["c"][t - 1, unit - 1]) if t else 0.0
        return result | {"trace": trace, "t": t, "step": step, "before": before, "known": ids != 1}

    def draw(self, figure):
        figure.set_layout_engine("none")  # all places are given by hand
        H = len(self.order)
        ink = tint(np.linspace(-4, 4, 257) * np.abs(np.linspace(-1, 1, 257)))
        self._draw_scale(self._axes(figure, 420, 8, 220, 10), ink)
        self.map = self._axes(figure, LEFT, 126, ACROSS, 246)
        self.map.set(
            xlim=(0, ACROSS), ylim=(H + 0.5, 0.5), xticks=[], yticks=sorted({1, *range(H // 4, H, H // 4 or 1), H})
        )
        self.map.spines[:].set_visible(False)
        self.map.tick_params(length=0, labelsize=9)
        self._say(self.map, -28, (H + 1) / 2, "unit", rotation=90, ha="center")
        colors = ListedColormap(ink)
        self.image = self.moving(
            self.map.imshow(np.zeros((H, 1)), colors, vmin=-1, vmax=1, aspect="auto", interpolation="nearest")
        )
        self.map.set(xlim=(0, ACROSS), ylim=(H + 0.5, 0.5))
        looks = {"border": {"color": "#888888", "lw": 1}, "frame": {"color": PALETTE["text"], "lw": 1.4}}
        looks["column"] = {"color": PALETTE["text"], "lw": 1.2, "ls": ":"}
        self.border, self.frame, self.column = (
            self.moving(self.map.plot([], [], **look)[0]) for look in looks.values()
        )
        slant = {"rotation": 60, "rotation_mode": "anchor", "va": "baseline", "fontsize": 10}
        self.words = [self._moving_text(self.map, 0, 0.1, **slant) for _ in range(WORDS)]
        self.framed = self._moving_text(self.map, 0, 0, weight="bold")
        self.line_ax = self._axes(figure, LEFT, 400, ACROSS, 118)
        style(self.line_ax)
        self.line_ax.grid(False)
        self.line_ax.spines[:].set_visible(False)
        self.line_ax.set(xlim=(0, ACROSS), xticks=[])
        self.guides = self.moving(self.line_ax.add_collection(LineCollection([], color=PALETTE["grid"], lw=1)))
        self.line = self.moving(self.line_ax.plot([], [], "o-", ms=4, lw=2)[0])
        self.here = self.moving(self.line_ax.plot([], [], color=PALETTE["text"], lw=1.2, ls=":")[0])
        over = {"transform": self.line_ax.get_xaxis_transform()}  # x in pixels, y from 0 to 1
        self.title = self._moving_text(self.line_ax, 0, 1.12, weight="bold", **over)
        self.numbers = [self._moving_text(self.line_ax, 0, -0.1, ha="center", **over) for _ in range(WORDS)]
        self.label_letter = None

    def _axes(self, figure, left, top, width, height):
        """An axes by its place in the picture, in pixels from the upper left corner."""
        full_width, full_height = figure.bbox.width, figure.bbox.height
        bottom = full_height - top - height
        return figure.add_axes((left / full_width, bottom / full_height, width / full_width, height / full_height))

    def _draw_scale(self, ax, ink):
        ax.imshow(ink[None], aspect="auto", extent=(-1, 1, 0, 1))
        ax.set(xticks=[], yticks=[])
        ax.spines[:].set_color("#888888")
        self.scale = ax
        over = {"transform": ax.transAxes}
        self.meaning = self._say(ax, (LEFT - 420) / 220, 0.5, "", weight="bold", **over)
        self.low, self.high = self._say(ax, -0.03, 0.5, "", ha="right", **over), self._say(ax, 1.03, 0.5, "", **over)

    def _say(self, ax, x, y, words, **look):
        look = {"fontsize": 9, "va": "center", "color": PALETTE["text"], "parse_math": False, **look}
        return ax.text(x, y, words, in_layout=False, **look)

    def _moving_text(self, ax, x, y, **look):
        return self.moving(self._say(ax, x, y, "", **look))

    def update(self, result):
        letter, words, unit = result["letter"], result["words"], result["unit"]
        n, reach, H = len(words), REACH[letter], len(self.order)
        values = result["trace"][letter] if n else np.zeros((1, H))  # (n, H)
        wide = min(ACROSS / max(n, 1), WIDEST)  # pixels of a column
        edge, middles = n * wide, (np.arange(n) + 0.5) * wide
        self.image.set_data(np.clip(values.T / reach, -1, 1))
        self.image.set_extent((0, edge, H + 0.5, 0.5))
        self.image.set_visible(n > 0)
        self.border.set_data(*_box(0, edge, 0.5, H + 0.5) if n else ([], []))
        self.frame.set_data(*_box(0, edge, unit - 0.5, unit + 0.5) if n else ([], []))
        self.framed.set(text=f"unit {unit}" if n else "", position=(edge + 6, unit))
        here = [middles[result["t"]]] * 2 if n else []
        self.column.set_data(here, [0.5, H + 0.5] if n else [])
        self.here.set_data(here, [-10, 10] if n else [])
        for t, (word, number) in enumerate(zip(self.words, self.numbers)):
            told = bool(n) and t == result["t"]
            word.set(text=_written(words[t], result["known"][t]) if t < n else "", x=middles[t] + 4 if t < n else 0)
            number.set(text=str(t + 1) if t < n else "", x=middles[t] if t < n else 0)
            for text in (word, number):
                text.set_weight("bold" if told else "normal")
        self.title.set_text(f"{letter} of unit {unit}, word by word" if n else "")
        self.line.set(data=(middles, np.clip(values[:n, unit - 1], -reach, reach)), color=PALETTE[letter])
        levels = (0, 0.5, 1) if letter in "fio" else (-reach, 0, reach)
        self.guides.set_segments([[(0, y), (edge, y)] for y in levels] if n else [])
        if letter == self.label_letter:
            return False
        self.label_letter = letter
        self.meaning.set_text(MEANINGS[letter])
        self.scale.set_xlim(0 if letter in "fio" else -1, 1)
        for text, words in zip((self.low, self.high), ENDS[letter]):
            text.set_text(words)
        self.line_ax.set(ylim=(-0.05, 1.05) if letter in "fio" else (-1.05 * reach, 1.05 * reach), yticks=levels)
        return True

    def describe(self, result):
        n, unit = len(result["words"]), result["unit"]
        if not n:
            return "There is no word to read yet: type a sentence into the box."
        word, step = result["words"][result["t"]], {name: digits(v) for name, v in result["step"].items()}
        f, i, g, o, c, h = (step[name] for name in "figoch")
        many = f"the first {n} of {result['count']}" if result["count"] > n else f"{n}"
        return (
            f"Rows are {len(self.order)} units, columns {many} words; the color is {MEANINGS[result['letter']]}. "
            f"Unit {unit} at word {result['t'] + 1}, “{lettering.short(word, 18)}”: "
            f"f = {f} of the memory {digits(result['before'])} stays, "
            f"i = {i} of the news g = {g} comes in, so c = {c}; o = {o} shows h = {h}."
        )


def _written(word: str, known: bool) -> str:
    """A word over its column: shortened, and in brackets when the model does not know it."""
    word = lettering.short(word, LETTERS)
    return word if known else f"⟨{word}⟩"


def _box(left, right, top, bottom):
    """The way around a box, as x and y."""
    return [left, right, right, left, left], [top, top, bottom, bottom, top]
