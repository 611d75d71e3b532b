"""TaggerLive: a sentence arrives word by word, and three taggers say what each word is, as far as they can tell."""

from __future__ import annotations

from functools import lru_cache

import ipywidgets as widgets
import numpy as np
from matplotlib.collections import LineCollection, PolyCollection

from utils.course.explorers import lettering
from utils.course.explorers.base import Explorer, choice, slider
from utils.course.explorers.shipped import taggers
from utils.plots.style import PALETTE
from utils.text import plain, words_and_marks

OWN = "your own words"
EXAMPLES = {
    "this": "This house is old, but this one is new.",
    "have": "They have a plan, but they have lost it.",
    "that": "She knows that that dog bites.",
    "to": "He likes to walk to work.",
    "as": "As old as it is, it runs as he said.",
    "the old man": "The old man the boats.",
}
MOST, LONGEST = 16, 14  # words that are shown; letters of a word in the sentence below the picture
WORD = 11  # size of the words' letters
TAGS = {  # of Universal Dependencies
    "NOUN": "noun", "PROPN": "proper noun", "PRON": "pronoun", "VERB": "verb", "AUX": "auxiliary verb",
    "ADJ": "adjective", "ADV": "adverb", "DET": "determiner", "ADP": "preposition", "NUM": "numeral",
    "CCONJ": "coordinating conjunction", "SCONJ": "subordinating conjunction", "PART": "particle",
    "INTJ": "interjection", "PUNCT": "punctuation", "SYM": "symbol", "X": "other",
}  # fmt: skip
ARROWS = {"forward": "→", "backward": "←", "both": "⇄"}
COLORS = {"forward": PALETTE["lstm"], "backward": PALETTE["h"], "both": PALETTE["gru"]}
WIDTH, LEFT, TOP, ROW, KEY = (
    900,
    112,
    48,
    92,
    82,
)  # pixels: of the picture, where columns and rows begin, of a row, of the key below
FLIPPED, TO_COME = "#A33C00", "#767676"
ROOM = 390  # letters of the sentences below the picture: three lines


class TaggerLive(Explorer):
    """What three taggers say of each word while a sentence arrives: one reads forward, one backward, one both ways.

    At each word, all of them read the words that have come as if they were the whole sentence. A tag that changes with
    the newest word is framed, with the old one struck out above it: a flip. The forward row has none, since its state
    at a word depends on nothing behind it. The taggers ship with the course; see data/README.md.
    Controls: `example` fills the box, `text` is the sentence, of which 16 words and marks are read, `word` says how
    many of them have come; `play` lets them come one by one.
    """

    size = (WIDTH / 100, (TOP + 3 * ROW + KEY) / 100)

    def __init__(self, **values):
        super().__init__(**values)
        panel = self.children[0]
        panel.children = [*panel.children, self.play]
        self.caption.layout.min_height = "74px"  # three lines

    def make_controls(self):
        first, text = next(iter(EXAMPLES.items()))
        look = {"style": {"description_width": "150px"}, "layout": {"width": "870px", "max_width": "100%"}}
        most = len(split(text)[0])
        word = slider("words read so far", 8, 1, most, 1)
        self.play = widgets.Play(value=word.value, min=1, max=most, interval=900, show_repeat=False)
        self.play.layout.margin = "2px 0 0 12px"
        widgets.jslink((word, "value"), (self.play, "value"))  # the slider first: a page begins with its value
        box = widgets.Text(text, description="sentence", placeholder="Type a sentence in English.", **look)
        return {"example": choice("example", [*EXAMPLES, OWN], first), "text": box, "word": word}

    def settle(self, name):
        """An example goes into the box and begins with its first word; what is typed is read to its end."""
        example, box = self.controls["example"], self.controls["text"]
        if name == "example" and example.value != OWN:
            box.value = EXAMPLES[example.value]
            self._begin(1)
        elif name == "text" and box.value != EXAMPLES.get(example.value):
            example.value = OWN
            self._begin(MOST)

    def _begin(self, word: int) -> None:
        """Go to a word of a new sentence, or to its last one.

        The page carries each value of `play` to the slider. So the ends make room first and close in last: an end that
        cuts a value off would come back as a move of the slider.
        """
        most = max(1, len(split(self.controls["text"].value)[0]))
        self.play.max = max(most, self.play.max)
        for control in (self.controls["word"], self.play):
            control.max = max(most, control.max)
            control.value = min(word, most)
            control.max = most

    @staticmethod
    def compute(example, text, word):
        """The words, how many have come, and of each tagger its tags, its confidence, and the tags before that word."""
        words, count = split(text)
        n, rows = min(word, len(words)), {}
        if words:
            for way, (names, best, p) in _told(tuple(words)).items():
                before = [names[k] for k in best[n - 2, : n - 1]] if n > 1 else []
                tags = [names[k] for k in best[n - 1, :n]]
                rows[way] = {
                    "tags": tags, "p": p[n - 1, :n], "before": before,
                    "flips": [t for t, (old, new) in enumerate(zip(before, tags)) if old != new],
                    "so far": sum(int((best[m, :m] != best[m - 1, :m]).sum()) for m in range(1, n)),
                }  # fmt: skip
        return {"words": words, "count": count, "n": n, "rows": rows}

    def draw(self, figure):
        figure.set_layout_engine("none")  # all places are given by hand
        ax = figure.add_axes((0, 0, 1, 1))
        ax.axis("off")
        ax.set(xlim=(0, WIDTH), ylim=(100 * self.size[1], 0))
        look = {"va": "center", "in_layout": False, "parse_math": False}

        def text(x, y, words="", size=9.5, ha="center", **more):
            return ax.text(x, y, words, fontsize=size, ha=ha, **look, **more)

        self.newest = self.moving(ax.add_collection(PolyCollection([], facecolor="#ECECEC", zorder=1)))
        self.frames = self.moving(
            ax.add_collection(PolyCollection([], facecolor="#FCEDE4", edgecolor=FLIPPED, lw=2, zorder=2))
        )
        self.tracks = self.moving(
            ax.add_collection(PolyCollection([], facecolor="white", edgecolor="#777777", lw=0.8, zorder=3))
        )
        self.bars = self.moving(ax.add_collection(PolyCollection([], zorder=4)))
        self.struck = self.moving(ax.add_collection(LineCollection([], color=FLIPPED, lw=1.2, zorder=5)))
        self.stems = self.moving(ax.add_collection(LineCollection([], color="#999999", lw=0.8, zorder=2)))
        self.words = [self.moving(text(0, 0, size=WORD)) for _ in range(MOST)]
        self.cells, self.counts = {}, {}
        for row, way in enumerate(ARROWS):
            y = TOP + ROW * row
            ax.plot([0, WIDTH], [y, y], color="#CCCCCC", lw=0.8)
            ax.plot([5, 5], [y + 8, y + ROW - 8], color=COLORS[way], lw=6, solid_capstyle="butt")
            text(14, y + 36, f"{way} {ARROWS[way]}", 9.5, "left", color=PALETTE["text"], weight="bold")
            self.counts[way] = self.moving(text(14, y + 58, size=9, ha="left", color=PALETTE["text"]))
            self.cells[way] = [
                {
                    "old": self.moving(text(0, y + 17, size=9, color=FLIPPED)),
                    "tag": self.moving(text(0, y + 40, color=PALETTE["text"])),
                    "p": self.moving(text(0, y + 75, size=8.5, color="#444444")),
                }
                for _ in range(MOST)
            ]
        self._draw_key(ax, text)

    def _draw_key(self, ax, text):
        """What bars and frames mean, and the name of each tag."""
        y = TOP + 3 * ROW
        ax.plot([0, WIDTH], [y, y], color="#CCCCCC", lw=0.8)
        told = "Bar and %: how sure the tagger is. Frame: a flip, the newest word (shaded) has changed this tag."
        text(14, y + 16, told, 9, "left", color=PALETTE["text"])
        x, y = 14, y + 36
        for tag, name in TAGS.items():
            wide, gap = lettering.length(tag, 8.5, "bold"), 5
            end = x + wide + gap + lettering.length(name, 8.5)
            if end > WIDTH - 10:
                x, y, end = 14, y + 17, end - x + 14
            text(x, y, tag, 8.5, "left", color=PALETTE["text"], weight="bold")
            text(x + wide + gap, y, name, 8.5, "left", color=PALETTE["text"])
            x = end + 14

    def update(self, result):
        words, n = result["words"], result["n"]
        edges = self._columns(words)
        middles = (edges[:-1] + edges[1:]) / 2
        self._write_words(words, n, edges, middles)
        bottom = TOP + 3 * ROW
        self.newest.set_verts([box(edges[n - 1] + 1, TOP, edges[n] - 1, bottom)] if n else [])
        size = 11 if words and np.diff(edges).min() >= 58 else 9.5  # the longest tag needs 54 pixels, or 46
        frames, tracks, bars, colors, struck = [], [], [], [], []
        for row, (way, cells) in enumerate(self.cells.items()):
            found, y = result["rows"].get(way), TOP + ROW * row
            self.counts[way].set_text(_flips(found["so far"]) if found else "")
            for t, cell in enumerate(cells):
                here, flipped = t < n, bool(found) and t in found["flips"]
                cell["tag"].set_text(found["tags"][t] if here else "")
                cell["p"].set_text(_percent(found["p"][t]) if here else "")
                cell["old"].set_text(found["before"][t] if flipped else "")
                if not here:
                    continue
                for name, written in cell.items():
                    written.set(x=middles[t], fontsize=size if name == "tag" else size - 1)
                left, right = middles[t] - 19, middles[t] + 19
                tracks.append(box(left, y + 55, right, y + 62))
                bars.append(box(left, y + 55, left + (right - left) * found["p"][t], y + 62))
                colors.append(COLORS[way])
                if flipped:
                    frames.append(box(edges[t] + 1.5, y + 3, edges[t + 1] - 1.5, y + ROW - 3))
                    half = lettering.length(found["before"][t], size - 1) / 2 + 1
                    struck.append([(middles[t] - half, y + 17), (middles[t] + half, y + 17)])
        self.frames.set_verts(frames)
        self.tracks.set_verts(tracks)
        self.bars.set(verts=bars, facecolor=colors)
        self.struck.set_segments(struck)

    def _columns(self, words) -> np.ndarray:
        """The edges (T + 1,) of the words' columns: as wide as the word needs, as far as there is room for all."""
        if not words:
            return np.zeros(1)
        room, least = WIDTH - LEFT - 2, 49
        wanted = np.array([max(84, self._length(word) + 14) for word in words])
        widths = np.minimum(wanted, 140)
        if widths.sum() > room:
            widths = least + (widths - least) * (room - least * len(words)) / (widths - least).sum()
        return LEFT + np.concatenate([[0], np.cumsum(widths)])

    def _write_words(self, words, n, edges, middles) -> None:
        """Above their columns; in two lines by turns where a word is too long for its own."""
        by_turns = any(self._length(word) + 8 > width for word, width in zip(words, np.diff(edges)))
        around, stems = [LEFT - 60, *middles, WIDTH], []
        for t, text in enumerate(self.words):
            text.set_text("")
            if t >= len(words):
                continue
            high = by_turns and t % 2 == 0
            if high:
                stems.append([(middles[t], 23), (middles[t], TOP)])
            room = 2 * min(middles[t] - around[t], around[t + 2] - middles[t]) - 8 if by_turns else WIDTH
            text.set(x=middles[t], y=13 if high else 35 if by_turns else 26, text=self._cut(words[t], room))
            text.set_color(PALETTE["text"] if t < n else TO_COME)
        self.stems.set_segments(stems)

    def _length(self, word: str) -> float:
        return lettering.length(word, WORD)

    def _cut(self, word: str, room: float) -> str:
        """The word, or its beginning, in so many pixels."""
        if self._length(word) <= room:
            return word
        word = word[:40]  # of a word without end, to look for its place in steps of a letter
        while word and self._length(word + "…") > room:
            word = word[:-1]
        return word + "…"

    def describe(self, result):
        words, n, rows = result["words"], result["n"], result["rows"]
        if not n:
            return "There is no word to read yet: type a sentence into the box, or choose an example."
        said = ", ".join(f"{way} {TAGS[row['tags'][-1]]} ({_percent(row['p'][-1])})" for way, row in rows.items())
        begin = f"Word {n} of {len(words)}, “{lettering.short(words[n - 1], LONGEST)}”: {said}. "
        if result["count"] > MOST:
            begin = f"Of {result['count']} words it reads the first {MOST}. {begin}"
        flips = {way: row["flips"] for way, row in rows.items() if row["flips"]}
        if not flips:
            return begin + ("There is no earlier word yet." if n == 1 else "It changes no earlier tag.")
        for most in (3, 2, 1):
            told = "; ".join(f"{way} {_list(rows[way], words, most)}" for way in flips)
            text = f"{begin}Flips: {told}."
            if len(text) <= ROOM:
                break
        return text


def split(text: str) -> tuple[list[str], int]:
    """The words and marks of `text` that are shown, at most 16, and how many there are in all."""
    words = words_and_marks(plain(text))
    return words[:MOST], len(words)


def box(left, top, right, bottom) -> list[tuple[float, float]]:
    """The corners of a rectangle."""
    return [(left, top), (right, top), (right, bottom), (left, bottom)]


@lru_cache(maxsize=64)
def _told(words: tuple[str, ...]) -> dict:
    """For each tagger the names of its tags, the number of the best and its probability, (T, T): see `prefixes`."""
    told = {}
    for way, reader in taggers().items():
        p = reader.prefixes(words)
        told[way] = reader.tags, p.argmax(-1), p.max(-1)
    return told


def _list(row: dict, words: list[str], most: int) -> str:
    """The flips of one row, at most so many of them, in words."""
    flips = [
        f"“{lettering.short(words[t], LONGEST)}” from {TAGS[row['before'][t]]} to {TAGS[row['tags'][t]]}"
        for t in row["flips"][:most]
    ]
    more = len(row["flips"]) - most
    return ", ".join(flips) + (f" and {more} more" if more > 0 else "")


def _flips(count: int) -> str:
    return f"{count} flip{'' if count == 1 else 's'} so far"


def _percent(p: float) -> str:
    """A whole number, and no certainty that a tagger does not have."""
    return ">99 %" if p > 0.99 else f"{100 * p:.0f} %"
