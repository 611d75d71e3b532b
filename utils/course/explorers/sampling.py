"""Sampling: temperature, top-k and top-p on the next character, and on the text that comes of it."""

from __future__ import annotations

from functools import lru_cache

import ipywidgets as widgets
import numpy as np

from utils.arrays.sampling import entropy, next_distribution
from utils.arrays.torch_random import TorchRandom
from utils.course.explorers.base import Explorer, slider
from utils.course.explorers.shipped import writer
from utils.plots import style
from utils.plots.style import PALETTE

SHOWN, STEPS, ROWS, COLUMNS = 12, 160, 8, 66  # bars; characters written; lines of text and their length
RARE = 0.05
SEED = "An exception is raised when "


class Sampling(Explorer):
    """What the shipped model would write next, and what it writes, at the temperature, top-k and top-p you choose.

    Controls: the three; `text`, which the model has read; `dice`, which random numbers are used: while they stay the
    same, a small move changes the text only where another character wins.
    """

    size = (9.0, 3.4)

    def make_controls(self):
        look = {"style": {"description_width": "150px"}, "layout": {"width": "430px"}}
        return {
            "temperature": slider("temperature", 0.7, 0.1, 2.0, 0.05),
            "top_k": slider("top-k (96 keeps all)", 96, 1, 96, 1),
            "top_p": slider("top-p (1 keeps all)", 1.0, 0.05, 1.0, 0.05),
            "dice": slider("throw of the dice", 1, 1, 20, 1),
            "text": widgets.Text(SEED, description="text so far", **look),
        }

    @staticmethod
    def compute(temperature, top_k, top_p, dice, text):
        """The next character's distribution as the model gives it and as it is used; the text, and how rare it is."""
        known = "".join(character for character in text if character in writer().alphabet)
        if text and not known:
            raise ValueError("The model knows none of these characters; write with a keyboard's plain ones.")
        first, state = _read(known)  # logits (V,), and the states of the layers
        model, used = next_distribution(first), next_distribution(first, temperature, top_k, top_p)
        order = np.argsort(-first, kind="stable")[:SHOWN]
        dice = TorchRandom(dice).random(STEPS, np.float32)  # as Language.write throws them
        written = list(writer().stream(first, state, dice, temperature, top_k, top_p))
        return {
            "text": known, "unknown": sorted(set(text) - set(known), key=text.index),
            "written": "".join(each.character for each in written),
            "rare": np.array([each.chance < RARE for each in written]), "model": model[order],
            "used": used[order], "names": [name_of(writer().alphabet[i]) for i in order],
            "possible": int((used > 0).sum()), "entropy": float(entropy(used)),
        }  # fmt: skip

    def draw(self, figure):
        bars, page = figure.subplots(1, 2, width_ratios=(1, 2.35))
        bars.set_position((0.045, 0.14, 0.255, 0.77))  # by hand: room for the characters, which move
        page.set_position((0.335, 0.03, 0.66, 0.88))
        style(bars)
        bars.set(xlim=(0, 1.02), ylim=(SHOWN - 0.4, -0.6), yticks=[], title="the next character")
        bars.set_xticks([0, 0.5, 1], ["0", "0.5", "1"])
        bars.set_xlabel("probability (line: as the model says)")
        places = np.arange(SHOWN)
        used = bars.barh(places, np.ones(SHOWN), color=PALETTE["h"], height=0.7)
        self.used = [self.moving(bar) for bar in used]
        self.model = self.moving(bars.plot([], [], "|", ms=13, mew=2, color=PALETTE["text"], zorder=5)[0])
        mono = {"family": "DejaVu Sans Mono", "parse_math": False, "in_layout": False}
        self.names = [
            self.moving(bars.text(-0.04, i, "", fontsize=11, ha="right", va="center", **mono)) for i in places
        ]
        page.axis("off")
        page.set(xlim=(0, 1), ylim=(ROWS, 0))
        page.set_title("the text (gray: what it read; red: a character the model gave less than 5 %)", fontsize=10)
        colors = ("#777777", PALETTE["text"], PALETTE["rnn"])
        self.lines = [
            [self.moving(page.text(0, row + 0.5, "", fontsize=10.5, va="center", color=c, **mono)) for c in colors]
            for row in range(ROWS)
        ]

    def update(self, result):
        for bar, width in zip(self.used, result["used"]):
            bar.set_width(width)
        self.model.set_data(result["model"], range(SHOWN))
        for words, name in zip(self.names, result["names"]):
            words.set_text(name)
        read = result["text"][-COLUMNS:]
        kinds = np.concatenate([np.zeros(len(read), int), 1 + result["rare"]])  # 0 read, 1 written, 2 written and rare
        rows = lay_out(read + result["written"], kinds)
        for row, artists in enumerate(self.lines):
            for kind, artist in enumerate(artists):
                line = rows[row] if row < len(rows) else []
                artist.set_text("".join(a if k == kind else " " for a, k in line).rstrip())

    def describe(self, result):
        n, unknown = result["possible"], result["unknown"]
        more = f" and {len(unknown) - 5} more" if len(unknown) > 5 else ""
        skipped = f"It does not know {', '.join(unknown[:5])}{more} and reads on without. " if unknown else ""
        rare = int(result["rare"].sum())
        next_ = f"{n} character{'s' if n > 1 else ''} can come next, with {result['entropy']:.1f} bits of entropy."
        return (
            f"{skipped}{next_} Of the {STEPS} characters written, the model had given {rare} less than 5 %. "
            f"The text begins: {result['written'][:40]!r}"
        )


def name_of(character: str) -> str:
    """A character as it is shown: the blank and the end of a line by their signs."""
    return {" ": "␣", "\n": "↵"}.get(character, character)


def lay_out(text: str, kinds) -> list[list[tuple[str, int]]]:
    """The characters, each with its kind, in lines of at most COLUMNS; a line ends where the text says so, too."""
    rows: list[list[tuple[str, int]]] = [[]]
    for character, kind in zip(text, kinds):
        if character == "\n" or len(rows[-1]) == COLUMNS:
            rows.append([])
        if character != "\n":
            rows[-1].append((character, kind))
    return rows


@lru_cache(maxsize=64)
def _read(text: str):
    """The logits (V,) after `text` and the state there."""
    logits, state = writer().read(text)
    return logits[-1], state
