"""TypedReview: a review as it is typed, what an LSTM and a bag of words make of it, and of each of its words."""

from __future__ import annotations

import math
from functools import lru_cache

import ipywidgets as widgets
import numpy as np
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.patches import Rectangle

from utils.course.explorers import lettering, word_lines
from utils.course.explorers.base import Explorer, choice, slider
from utils.course.explorers.shipped import bag, is_shipped, reader_of
from utils.course.explorers.tint import AGAINST, FOR
from utils.plots.style import PALETTE
from utils.text import plain, tokenise

OWN = "your own words"
EXAMPLES = {
    "a long one": (
        "My brother had talked about this film for weeks, so we went to see it. A woman comes back to her village and "
        "nobody remembers her. For an hour hardly anything happens. The music is loud, the dialogue is slow, and I "
        "looked at my watch. Then she meets the old teacher, and the film becomes another one. Their talk by the river "
        "is wonderful, the best scene of the year, moving and funny. I loved the end, and I will see it again."
    ),
    "clear complaint": (
        "What a waste of two hours. The plot is dull, the acting is awful, and the music never stops. I had read the "
        "book and hoped for some of its humor, but nobody here has understood a word of it. The hero is a bore and the "
        "end makes no sense. Save your money."
    ),
    "but": "The first half is slow and boring, but the ending is beautiful and worth the wait.",
    "clear praise": "A warm and funny film with wonderful actors. I loved every minute of it and will see it again.",
    "not good": "The film is not good.",
    "not bad at all": "This film is not bad at all.",
    "irony": "Oh great, another brilliant sequel that nobody asked for. My favorite part was when it ended.",
}
TWICE = 100  # words of a text; of a longer one, leaving out each word would take too long to type by
TOLERANCE = 0.1  # logits; half of that would take a fifth longer
FIELD = {"left": 64, "right": 888, "top": 238, "bottom": 520}  # pixels, of the lines of words
SUMS = {"left": 64, "right": 800, "top": 98, "bottom": 196}  # pixels, of the shares added up
BAR = {"left": 150, "width": 560, "height": 20, "tops": (22, 48)}
ROOM = FIELD["right"] - FIELD["left"]
DARK, PALE = PALETTE["text"], "#666666"
HALF = "half of the LSTM's way"
RING = {"ms": 6, "mfc": "white", "mec": DARK, "mew": 1.3}


class TypedReview(Explorer):
    """What a sentiment model and a bag of words make of a typed review, word for word.

    sentiment: a `utils.models.Sentiment` or a reader; without one, the model that ships. Controls: `example` fills the
    box, `text` is the review, `line` is the first of the two lines of words that are shown. Over each word stands its
    share by integrated gradients, under it its share in the bag, both in logits. A word is framed where leaving it out
    disagrees with its share: see `disagree`.
    """

    size = (9.0, 5.2)

    def __init__(self, sentiment=None, **values):
        self.reader, self.bag = reader_of(sentiment), bag()
        self.ask = lru_cache(maxsize=1)(self._ask)  # while the lines move, the text stays
        self.typed = []
        first = {name: values[name] for name in ("example", "text") if name in values}  # the line after its text
        super().__init__(**first | values)
        self.caption.layout.min_height = "74px"  # three lines

    def given(self):
        return {} if is_shipped(self.reader) else None

    def make_controls(self):
        first, words = next(iter(EXAMPLES.items()))
        box = widgets.Textarea(value=words, description="review", rows=7, placeholder="Type a film review in English.")
        box.style.description_width, box.layout.width, box.layout.max_width = "150px", "870px", "calc(100% - 4px)"
        self.controls = {
            "example": choice("example", [*EXAMPLES, OWN], first),
            "line": slider("first line shown", 1, 1, 1, 1),
            "text": box,
        }
        self._fit_lines()
        return self.controls

    def settle(self, name):
        """An example goes into the box; typed words are nobody's example; the slider fits the lines."""
        example, box = self.controls["example"], self.controls["text"]
        if name == "example" and example.value != OWN:
            box.value = EXAMPLES[example.value]
        elif name == "text" and box.value != EXAMPLES.get(example.value):
            example.value = OWN
        if name != "line":
            self._fit_lines()

    def _fit_lines(self):
        """The slider ends at the last two lines; shown is where an example's verdict is made, or what was typed."""
        line, text = self.controls["line"], self.controls["text"].value
        words, before = self._written(text), self.typed
        if words == before:
            return
        lines, self.typed = word_lines.wrap(words, ROOM), words
        at = next((t for t, (new, old) in enumerate(zip(words, before)) if new != old), min(len(words), len(before)))
        if text in EXAMPLES.values():
            at, _ = self.ask(text)["half"] or (0, 0)
        there = next((k for k, line in enumerate(lines) if at in line), len(lines) - 1)  # from 0
        line.max = max(1, len(lines) - 1)
        line.disabled = len(lines) <= 2
        line.value = min(max(line.value, there), there + 1, line.max)

    def _written(self, text: str) -> list[str]:
        """The words of `text` that are read, as they are written; none for an empty one."""
        if not tokenise(plain(text)):
            return []
        known = self.reader.encode(text) != 1
        return [word_lines.shown(word, is_known) for word, is_known in zip(self.reader.words(text), known)]

    def compute(self, example, line, text):
        """What `_ask` gives, and of the lines of words (ranges of indices) those that are shown, at most two."""
        asked = self.ask(text)
        lines = word_lines.wrap(asked["written"], ROOM)
        return asked | {"lines": lines[line - 1 : line + 1]}

    def _ask(self, text: str) -> dict:
        """The n words that are read, the two answers, and what each word does in them, all (n,); `from` the models'
        logits without any word, to the logits `z`; `half`, from-to of the words that make half of the LSTM's way."""
        written, every = self._written(text), tokenise(plain(text))
        if not written:
            return {"written": written, "words": []}
        words, found = self.reader.words(text), self.reader.shares(text, TOLERANCE)
        shares, in_bag = found.shares, self.bag.shares(words)
        drops = self.reader.leave_one_out(text) if len(words) <= TWICE else None
        z = (found.difference, self.bag.bias + float(in_bag.sum()))
        return {
            "written": written, "words": words, "count": len(every), "known": self.reader.encode(text) != 1,
            "p": [1 / (1 + math.exp(-odds)) for odds in z], "z": z, "from": (found.blank, self.bag.bias),
            "exact": found.exact,
            "shares": shares, "bag": in_bag, "drops": drops, "half": half_of(shares),
            "apart": np.zeros(len(words), bool) if drops is None else disagree(shares, drops),
        }  # fmt: skip

    # The picture, in pixels from its upper left corner ---------------------------------------------

    def draw(self, figure):
        figure.set_layout_engine("none")  # all places are given by hand
        ax = self.ax = figure.add_axes((0, 0, 1, 1))
        ax.set(xlim=(0, 900), ylim=(520, 0))
        ax.axis("off")
        self._draw_bars(ax)
        self._draw_sums(ax)
        y = FIELD["top"] - 16
        ax.plot([64, 888], [y - 13] * 2, color=PALETTE["grid"], lw=1)
        self._say("share of each word, in logits: blue for “positive”, orange for “negative”", 64, y)
        self.ring = self.moving(ax.plot([], [], "o", **RING)[0])
        self.ring_name = self._moving_text(888, y, ha="right")
        self.zeros = self.moving(ax.add_collection(LineCollection([], color="#888888", lw=1)))
        self.columns = self.moving(ax.add_collection(PolyCollection([], zorder=2)))
        self.frames = self.moving(ax.add_collection(PolyCollection([], fc="none", ec=DARK, lw=1.3, zorder=3)))
        self.dots = self.moving(ax.plot([], [], "o", zorder=4, **RING)[0])
        most = 2 * ROOM // (word_lines.NARROWEST + word_lines.GAP)
        look = {"fontsize": word_lines.POINTS, "ha": "center"}
        self.texts = [self._moving_text(0, 0, **look) for _ in range(most)]
        self.scales = [self._moving_text(58, 0, ha="right", fontsize=8.5) for _ in range(12)]
        self.names = [self._moving_text(4, 0, fontsize=9, weight="bold") for _ in range(4)]

    def _draw_bars(self, ax):
        left, right = BAR["left"], BAR["left"] + BAR["width"]
        self._say("negative", left, 11)
        self._say("positive", right, 11, ha="right")
        self._say("probability", right + 12, BAR["tops"][0] + 10)
        self._say("of “positive”", right + 12, BAR["tops"][1] + 10)
        self.bars, self.numbers = [], []
        for name, top in zip(("LSTM", "bag of words"), BAR["tops"]):
            self._say(name, left - 8, top + 10, ha="right", fontsize=10.5, weight="bold")
            look = {"fc": "none", "ec": "#888888", "lw": 1}
            ax.add_patch(Rectangle((left, top), BAR["width"], BAR["height"], **look))
            self.bars.append(self.moving(ax.add_patch(Rectangle((left, top), 0, BAR["height"]))))
            self.numbers.append(self._moving_text(0, top + 10, fontsize=11, weight="bold"))
        middle = (left + right) / 2
        ax.plot([middle] * 2, [18, 72], color="#888888", lw=1, ls=":", zorder=3)

    def _draw_sums(self, ax):
        left, right, top, bottom = SUMS.values()
        self._say("all shares added up, from the first word to the last: above 0 is “positive”", left, top - 14)
        self.window_name = self._moving_text(right, top - 14, ha="right")
        window = Rectangle((left, top), 0, bottom - top, color="#E8E8E8", lw=0, zorder=0)
        self.window = self.moving(ax.add_patch(window))
        ax.plot([left, right], [(top + bottom) / 2] * 2, color="#888888", lw=1)
        self.half = self.moving(ax.add_patch(Rectangle((left, bottom), 0, 6, lw=0, zorder=2)))
        self.half_name = self._moving_text(0, bottom + 4, fontsize=9)
        looks = ({"color": DARK, "lw": 2, "zorder": 3}, {"color": PALE, "lw": 1.5, "ls": "--", "zorder": 2})
        self.sums = [self.moving(ax.plot([], [], **look)[0]) for look in looks]
        self.ends = [self._moving_text(right + 6, 0, weight=weight) for weight in ("bold", "normal")]
        self.sum_scale = [self._moving_text(58, 0, ha="right", fontsize=8.5) for _ in range(3)]

    def _say(self, words, x, y, **look):
        look = {"fontsize": 9, "va": "center", "color": DARK, "parse_math": False, "in_layout": False, **look}
        return self.ax.text(x, y, words, **look)

    def _moving_text(self, x, y, **look):
        return self.moving(self._say("", x, y, **look))

    def update(self, result):
        n = len(result["words"])
        for k, (bar, number) in enumerate(zip(self.bars, self.numbers)):
            p = result["p"][k] if n else 0.0
            bar.set(width=p * BAR["width"], color=FOR if p >= 0.5 else AGAINST)
            inside = p >= 0.5
            number.set(text=_probability(p) if n else "", color="white" if inside else DARK)
            number.set(x=BAR["left"] + p * BAR["width"] + (-6 if inside else 6), ha="right" if inside else "left")
        self._update_sums(result, n)
        self._update_lines(result)

    def _update_sums(self, result, n):
        left, right, top, bottom = SUMS.values()
        if not n:
            for text in (*self.ends, *self.sum_scale, self.half_name, self.window_name):
                text.set_text("")
            for patch in (self.window, self.half):
                patch.set_width(0)
            for line in self.sums:
                line.set_data([], [])
            return
        x = left + (right - left) * np.arange(n + 1) / n
        ways = [np.cumsum([begin, *result[name]]) for begin, name in zip(result["from"], ("shares", "bag"))]
        limit = _limit(np.abs(ways).max())
        ys = [(top + bottom) / 2 - way / limit * (bottom - top) / 2 for way in ways]
        for line, y in zip(self.sums, ys):
            line.set_data(x, y)
        _write_scale(self.sum_scale, top, bottom, limit)
        lstm, of_bag = (float(y[-1]) for y in ys)
        near = max(0.0, 14 - abs(lstm - of_bag)) / 2 * (1 if lstm > of_bag else -1)  # so that the names do not touch
        for text, name, y, z in zip(self.ends, ("LSTM", "bag"), (lstm + near, of_bag - near), result["z"]):
            text.set(text=f"{name} {_signed(z)}", y=y)
        first, last = result["lines"][0][0], result["lines"][-1][-1]
        part = last + 1 - first < n
        self.window.set(x=x[first], width=x[last + 1] - x[first] if part else 0)
        self.window_name.set_text("gray: the words shown below" if part else "")
        begin, end = result["half"] or (0, 0)
        self.half.set(x=x[begin], width=x[end] - x[begin], color=FOR if result["shares"].sum() > 0 else AGAINST)
        room = lettering.length(HALF, 9) + 6
        after, before = x[end] + room < right, x[begin] - room > left
        self.half_name.set(text=HALF if end and (after or before) else "", ha="left" if after else "right")
        self.half_name.set_x(x[end] + 6 if after else x[begin] - 6)

    def _update_lines(self, result):
        lines, written = result["lines"], result["written"]
        height = (FIELD["bottom"] - FIELD["top"]) / max(1, len(lines))
        strip = (height - 38) / 2  # of the height of a line: 26 for the words, 12 to the next line
        opinions = [result[name] for name in ("shares", "bag", "drops") if result.get(name) is not None]
        limit = _limit(max((np.abs(opinion).max() for opinion in opinions), default=1))
        zeros, columns, colors, frames, dots = [], [], [], [], []
        texts, scales, names = iter(self.texts), iter(self.scales), iter(self.names)
        for k, line in enumerate(lines):
            top = FIELD["top"] + k * height
            zero = {"shares": top + strip / 2, "bag": top + 1.5 * strip + 26}
            found = word_lines.places([written[t] for t in line], ROOM, 3.0 if len(lines) == 1 else 1.0)
            for name, y in zero.items():
                zeros.append([(FIELD["left"], y), (FIELD["left"] + sum(found[-1]), y)])
                _write_scale([next(scales) for _ in range(3)], y - strip / 2, y + strip / 2, limit)
                next(names).set(text="LSTM" if name == "shares" else "bag", y=y)
            for t, (left, width) in zip(line, found):
                x, middle = FIELD["left"] + left + width / 2, top + strip + 13
                next(texts).set(text=written[t], x=x, y=middle)
                half = min(width - 4, 26) / 2
                for name, y in zero.items():
                    columns.append(_box(x - half, x + half, y - result[name][t] / limit * strip / 2, y))
                    colors.append(FOR if result[name][t] > 0 else AGAINST)
                if result["apart"][t]:
                    frames.append(_box(x - width / 2, x + width / 2, middle - 11, middle + 11))
                    dots.append((x, zero["shares"] - result["drops"][t] / limit * strip / 2))
        self.zeros.set_segments(zeros)
        self.columns.set(verts=columns, facecolor=colors)
        self.frames.set_verts(frames)
        self.dots.set_data(*np.reshape(dots, (-1, 2)).T)
        told = "effect of leaving the framed word out" if dots else ""
        self.ring_name.set_text(told)
        self.ring.set_data(
            *([888 - lettering.length(told, 9) - 10], [self.ring_name.get_position()[1]]) if told else ([], [])
        )
        for rest in (*texts, *scales, *names):
            rest.set_text("")

    def describe(self, result):
        words, n = result["words"], len(result["words"])
        if not n:
            return "There is no word to read yet: type a review into the box, or choose an example."
        unknown, (p, in_bag) = int((~result["known"]).sum()), map(_probability, result["p"])
        if unknown == n:
            return (
                f"The LSTM knows none of the words: {n} times it reads the one vector of unknown words, so its "
                f"probability of “positive”, {p}, says nothing about the text. The bag has no weight for them at all."
            )
        text = f"Probability of “positive”: LSTM {p}, bag of words {in_bag}. "
        if result["half"]:
            begin, end = result["half"]
            some = " ".join(words[begin:end]) if end - begin <= 5 else f"{words[begin]} … {words[end - 1]}"
            where = f"word {end}" if end == begin + 1 else f"words {begin + 1} to {end}"
            text += (
                f"With all vectors 0 the LSTM is at {_signed(result['from'][0])} logits, with these at "
                f"{_signed(result['z'][0])}: half of this way is made at {where}, “{lettering.short(some, 40)}”. "
            )
        t = int(np.abs(result["shares"] - result["bag"]).argmax())
        both = f"{_signed(result['shares'][t])} and {_signed(result['bag'][t])}"
        text += f"LSTM and bag differ most on “{result['written'][t]}”, {both}. "
        return text + self._describe_doubts(result, n, unknown)

    def _describe_doubts(self, result, n, unknown):
        apart = np.flatnonzero(result["apart"])
        if result["drops"] is None:
            text = f"Leaving words out is tried on texts of up to {TWICE} words."
        elif not len(apart):
            text = "Leaving out one word agrees with the LSTM's shares everywhere."
        else:
            t = apart[np.abs(result["shares"] - result["drops"])[apart].argmax()]
            text = (
                f"Leaving one word out disagrees with the share of {len(apart)} framed word{'s' * (len(apart) > 1)}, "
                f"most on “{result['written'][t]}”: {_signed(result['drops'][t])} (the circle) against "
                f"{_signed(result['shares'][t])}."
            )
        if not result["exact"]:
            text += " The network jumps so often that the shares are rough."
        if result["count"] > n:
            first = n // 4  # the rule of `truncate`
            text += f" Of {result['count']} words both read the first {first} and the last {n - first}."
        return text + (f" Unknown, in brackets: {unknown}." if unknown else "")


def disagree(shares: np.ndarray, drops: np.ndarray) -> np.ndarray:
    """Where two opinions on each word, in logits, disagree (n,): the larger is at least 1, and the other less than a
    quarter of it, or on the other side of 0."""
    larger = np.where(np.abs(shares) > np.abs(drops), shares, drops)
    other = np.where(np.abs(shares) > np.abs(drops), drops, shares)
    return (np.abs(larger) >= 1) & (other * np.sign(larger) < np.abs(larger) / 4)


def half_of(shares: np.ndarray) -> tuple[int, int] | None:
    """The fewest neighboring words whose shares make half of the sum or more, as from-to; None below 1 logit."""
    way = np.cumsum([0.0, *shares])
    if abs(way[-1]) < 1:
        return None
    gain = (way[None] - way[:, None]) / way[-1]  # (n+1, n+1), of the words from row to column
    words = np.arange(len(way))[None] - np.arange(len(way))[:, None]
    cost = np.where((gain >= 0.5) & (words > 0), words - gain / (1 + gain.max()), np.inf)  # of equally few, the most
    begin, end = np.unravel_index(cost.argmin(), cost.shape)
    return int(begin), int(end)


def _limit(highest: float) -> float:
    """The end of a scale that holds `highest`: 0.2, 0.5, 1, 2, 5, 10 and so on."""
    power = 10.0 ** math.floor(math.log10(max(highest, 0.2)))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= max(highest, 0.2))


def _write_scale(texts, top, bottom, limit):
    inside = min(6, (bottom - top) / 8)  # so that the numbers of two strips do not touch
    for text, value, y in zip(texts, (limit, 0, -limit), (top + inside, (top + bottom) / 2, bottom - inside)):
        text.set(text=f"{value:+g}".replace("-", "−") if value else "0", y=y)


def _box(left, right, top, bottom):
    return [(left, top), (right, top), (right, bottom), (left, bottom)]


def _probability(p: float) -> str:
    """Two decimals, and no certainty that the model does not have."""
    return "below 0.01" if p < 0.01 else "above 0.99" if p > 0.99 else f"{p:.2f}"


def _signed(value: float) -> str:
    """One decimal with a true minus sign."""
    return f"{value:+.1f}".replace("-", "−").replace("−0.0", "0.0").replace("+0.0", "0.0")
