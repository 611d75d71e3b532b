"""TypedReview: a review as it is typed, the model's answer, each word's share in it, and the gates on the way."""

from __future__ import annotations

import math

import ipywidgets as widgets
import numpy as np
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.legend_handler import HandlerTuple
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from utils.arrays.sentiment import softmax
from utils.course.explorers.base import Explorer, choice
from utils.course.explorers.colored_words import AGAINST, FOR, FULL, LONGEST, ColoredWords, tint
from utils.course.explorers.shipped import reader_of
from utils.plots import style
from utils.plots.style import PALETTE
from utils.text import plain, tokenise

OWN = "your own words"
EXAMPLES = {
    "clear praise": "A warm and funny film with wonderful actors. I loved every minute of it and will see it again.",
    "clear complaint": "What a waste of two hours. The plot is dull, the acting is awful and the end makes no sense.",
    "not good": "The film is not good.",
    "not bad at all": "This film is not bad at all.",
    "irony": "Oh great, another brilliant sequel that nobody asked for. My favorite part was when it ended.",
    "but": "The first half is slow and boring, but the ending is beautiful and worth the wait.",
}
TWICE = 64  # of a text with more words, the second opinion would take too long to type by
TOLERANCE = 0.1  # logits; half of that would take a fifth longer
STRIPS = {"gates": "forget gate and one unit", "shares": "each word's share"}


class TypedReview(Explorer):
    """What a sentiment model makes of a typed review.

    sentiment: a `utils.models.Sentiment` or a reader; without one, the model that ships. Controls: `example` fills the
    box, `text` is the review, `below` chooses the lower strip: the forward layer's mean forget gate (update gate of a
    GRU) and the state of the unit that moved most, or each word's share by integrated gradients and by leaving it out.
    """

    size = (9.0, 5.2)

    def __init__(self, sentiment=None, **values):
        self.reader = reader_of(sentiment)
        self.letter = self.reader.cells[0].keeps  # of the gate that keeps, or None
        super().__init__(**values)

    def make_controls(self):
        first, words = next(iter(EXAMPLES.items()))
        box = widgets.Textarea(value=words, description="review", rows=3, placeholder="Type a film review in English.")
        box.style.description_width, box.layout.width = "150px", "870px"
        return {
            "example": choice("example", [*EXAMPLES, OWN], first),
            "below": choice("drawn below", [(label, name) for name, label in STRIPS.items()], "gates"),
            "text": box,
        }

    def settle(self, name):
        """An example goes into the box; typed words are nobody's example."""
        example, box = self.controls["example"], self.controls["text"]
        if name == "example" and example.value != OWN:
            box.value = EXAMPLES[example.value]
        elif name == "text" and box.value != EXAMPLES.get(example.value):
            example.value = OWN

    def compute(self, example, below, text):
        """The words that are read, what the model says, and of each word its shares, gate and state, all (n,)."""
        every = tokenise(plain(text))
        if not every:
            return {"below": below, "words": []}
        words, logits = self.reader.words(text), self.reader.logits(text)
        found, trace = self.reader.shares(text, TOLERANCE), self.reader.trace(text)
        twice = below == "shares" and len(words) <= TWICE
        unit = int(np.ptp(trace["h"], axis=0).argmax())
        return {
            "below": below, "count": len(every), "words": words, "known": self.reader.encode(text) != 1,
            "p": float(softmax(logits)[1]), "z": found.difference, "shares": found.shares, "exact": found.exact,
            "drops": self.reader.leave_one_out(text) if twice else None,
            "gate": trace[self.letter].mean(-1) if self.letter else None, "h": trace["h"][:, unit], "unit": unit,
        }  # fmt: skip

    def draw(self, figure):
        figure.set_layout_engine("none")  # all places are given by hand
        self._draw_bar(self._axes(figure, 170, 10, 560, 22))
        self._draw_scale(self._axes(figure, 250, 46, 400, 10))
        self.words = ColoredWords(self._axes(figure, 12, 80, 876, 156), 876, 6, self.moving)
        strips = {name: self._axes(figure, 62, 282, 824, 184) for name in STRIPS}
        segment = self.reader.segment
        self.fresh = [self._draw_strip(ax, segment) for ax in strips.values()]
        self._draw_gates(strips["gates"])
        self._draw_shares(strips["shares"])
        self.strips = {name: (ax, [a for a in self._moving if a.axes is ax]) for name, ax in strips.items()}
        self.below, self.right = None, None

    def _axes(self, figure, left, top, width, height):
        """An axes by its place in the picture, in pixels from the upper left corner."""
        full_width, full_height = figure.bbox.width, figure.bbox.height
        bottom = full_height - top - height
        return figure.add_axes((left / full_width, bottom / full_height, width / full_width, height / full_height))

    def _draw_bar(self, ax):
        ax.set(xlim=(0, 1), ylim=(-0.5, 0.5), xticks=[], yticks=[])
        ax.spines[:].set_color("#888888")
        self.bar = self.moving(ax.barh([0], [0], height=1)[0])
        ax.axvline(0.5, color="#888888", lw=1, ls=":")
        ax.text(-0.015, 0, "negative", ha="right", va="center", fontsize=11, color=AGAINST)
        ax.text(1.015, 0, "positive", ha="left", va="center", fontsize=11, color=FOR)
        look = {"fontsize": 11.5, "weight": "bold", "va": "center", "in_layout": False}
        self.number = self.moving(ax.text(0, 0, "", **look))

    def _draw_scale(self, ax):
        values = np.linspace(-FULL, FULL, 201)
        ax.imshow(tint(values)[None], aspect="auto", extent=(-FULL, FULL, 0, 1))
        ax.set(yticks=[], xticks=[-4, -1, -0.25, 0, 0.25, 1, 4])
        ax.set_xticklabels(["−4", "−1", "", "0", "", "+1", "+4"], fontsize=8.5)
        ax.tick_params(length=2, pad=1)
        ax.spines[:].set_visible(False)
        ax.text(-FULL - 0.1, 0.5, "a word's share, against", ha="right", va="center", fontsize=9)
        ax.text(FULL + 0.1, 0.5, "for “positive”, in logits", ha="left", va="center", fontsize=9)

    def _draw_strip(self, ax, segment):
        style(ax)
        ax.grid(False, axis="x")
        ax.set_xlabel("number of the word", fontsize=9.5)
        ax.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=10))
        begins = np.arange(segment, self.reader.max_tokens, segment) + 0.5 if segment else []
        lines = [[(x, -100), (x, 100)] for x in begins]
        return self.moving(ax.add_collection(LineCollection(lines, color="#555555", lw=1.2, ls=":"), autolim=False))

    def _draw_gates(self, ax):
        ax.set(ylim=(-1.05, 1.05), yticks=[-1, -0.5, 0, 0.5, 1])
        ax.axhline(0, color="#888888", lw=1)
        self.gate = self.moving(ax.plot([], [], "o-", ms=3.5, lw=2, color=PALETTE["f"])[0])
        self.state = self.moving(ax.plot([], [], "s-", ms=3.5, lw=1.5, color=PALETTE["h"])[0])
        handles, names = [self.state], ["state $h$ of the unit that moved most"]
        if self.letter:
            name = {"f": "forget gate $f$", "z": "update gate $z$"}[self.letter]
            handles, names = [self.gate, *handles], [f"{name}, mean over the units", *names]
        self._legend(ax, handles, names)

    def _draw_shares(self, ax):
        ax.axhline(0, color="#888888", lw=1)
        ax.set_ylabel("logits", fontsize=9.5)
        ax.yaxis.set_label_coords(-0.055, 0.5)  # else the label moves with the ticks
        self.moving(ax.yaxis)
        self.bars = self.moving(ax.add_collection(PolyCollection([], zorder=2), autolim=False))
        self.drops = self.moving(ax.plot([], [], "o", ms=5, mfc="white", mec=PALETTE["text"], zorder=3)[0])
        colors = [Patch(color=FOR), Patch(color=AGAINST)]
        names = ["share by integrated gradients", f"fall when the word is left out (up to {TWICE} words)"]
        self._legend(ax, [tuple(colors), self.drops], names)

    def _legend(self, ax, handles, names):
        if self.reader.segment:
            handles, names = [*handles, self.fresh[0]], [*names, "from here on a fresh state"]
        place = {"loc": "lower left", "bbox_to_anchor": (0, 1), "ncols": 3, "frameon": False, "fontsize": 9}
        ax.legend(handles, names, handler_map={tuple: HandlerTuple(None)}, **place)

    def update(self, result):
        words, p = result["words"], result.get("p", 0)
        n = len(words)
        self.bar.set(width=p, color=FOR if p >= 0.5 else AGAINST)
        self.number.set_text(_probability(p) if n else "")
        self.number.set(x=p + 0.012 if p < 0.5 else p - 0.012, ha="left" if p < 0.5 else "right")
        self.number.set_color(PALETTE["text"] if p < 0.5 else "white")
        shares = result.get("shares", np.zeros(0))
        self.words.show(words, shares, result.get("known"))
        segment = self.reader.segment or 32
        right = max(1, -(-n // segment)) * segment + 0.5
        t = np.arange(1, n + 1)
        if result["below"] == "gates":
            self.gate.set_data(t if self.letter else [], result["gate"] if n and self.letter else [])
            self.state.set_data(t, result.get("h", []))
        else:
            self._update_shares(t, shares, result.get("drops"))
        changed = (right, result["below"]) != (self.right, self.below)
        self.right, self.below = right, result["below"]
        if changed:
            for name, (ax, artists) in self.strips.items():
                ax.set_xlim(0.5, right)
                for artist in (ax, *artists):
                    artist.set_visible(name == self.below)
        return changed

    def _update_shares(self, t, shares, drops):
        self.bars.set_verts([[(x - 0.4, 0), (x - 0.4, y), (x + 0.4, y), (x + 0.4, 0)] for x, y in zip(t, shares)])
        self.bars.set_facecolor([FOR if share > 0 else AGAINST for share in shares])
        self.drops.set_data(t if drops is not None else [], [] if drops is None else drops)
        highest = max(np.abs(shares).max(initial=0), 0 if drops is None else np.abs(drops).max())
        limit = 1.1 * 2.0 ** max(0, math.ceil(math.log2(highest))) if highest > 0 else 1.1
        self.strips["shares"][0].set_ylim(-limit, limit)

    def describe(self, result):
        words, n = result["words"], len(result["words"])
        if not n:
            return "There is no word to read yet: type a review into the box, or choose an example."
        unknown = int((~result["known"]).sum())
        p = _probability(result["p"])
        if unknown == n:
            return (
                f"The model knows none of the words: {n} times it reads the one vector of unknown words, "
                f"so its probability of “positive”, {p}, says nothing about the text."
            )
        z, total, t = result["z"], result["shares"].sum(), int(np.abs(result["shares"]).argmax())
        text = (
            f"The probability of “positive” is {p}. The words' shares, which are the colors, add up to "
            f"{_signed(total)}: they lead from the logit difference of blank words, {_signed(z - total)}, to "
            f"{_signed(z)}. The largest is {_signed(result['shares'][t])}, “{words[t][:LONGEST]}”."
        )
        if not result["exact"]:
            text += " The network jumps so often on that way that they are rough."
        if result["count"] > n:
            first = n // 4  # the rule of `truncate`
            text += f" Of {result['count']} words it reads the first {first} and the last {n - first}."
        return text + (f" Unknown to it and gray: {unknown}." if unknown else "")


def _probability(p: float) -> str:
    """Two decimals, and no certainty that the model does not have."""
    return "below 0.01" if p < 0.01 else "above 0.99" if p > 0.99 else f"{p:.2f}"


def _signed(value: float) -> str:
    """One decimal with a true minus sign."""
    return f"{value:+.1f}".replace("-", "−").replace("−0.0", "0.0").replace("+0.0", "0.0")
