"""Truncation: how many words of a review a model needs, and from which end."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import NamedTuple, Protocol

import numpy as np

from utils.checks import integer, number
from utils.course.explorers.base import Explorer, choice, stops, vertical_band
from utils.plots import style
from utils.plots.style import PALETTE
from utils.text import truncate

LENGTHS, HEADS = (10, 25, 50, 100, 200, 400), (0.0, 0.25, 0.5, 1.0)
NAMES = {0.0: "the end", 0.25: "¼ beginning, ¾ end", 0.5: "½ beginning, ½ end", 1.0: "the beginning"}
COLORS, MARKERS = [PALETTE[letter] for letter in "rzgc"], "sDo^"


class ReaderOfIds(Protocol):
    """Whatever answers lists of ids: a Classifier or a Sentiment of utils.models, a SentimentReader of utils.arrays."""

    def logits_of(self, rows: Sequence[Sequence[int]]) -> np.ndarray:
        """The scores (N, classes) of N texts, in their order."""


class TruncationTable(NamedTuple):
    """What `truncation_table` measures, for L numbers of words and H shares of the beginning."""

    lengths: tuple[int, ...]
    heads: tuple[float, ...]
    accuracy: np.ndarray  # (H, L), share of right answers
    read: np.ndarray  # (L,), share of all words that are read
    seconds: np.ndarray  # (L,), per 1,000 reviews, mean over the heads
    reviews: int
    typical: int  # words of the middle review, by length


def truncation_table(
    model: ReaderOfIds,
    ids: Sequence[Sequence[int]],
    labels: Sequence[int],
    lengths: Sequence[int] = LENGTHS,
    heads: Sequence[float] = HEADS,
) -> TruncationTable:
    """Have a trained model read at most so many words of each review, in each way, and count its right answers.

    ids: lists of ids, not truncated, of reviews that the model has not learned from; labels: one for each.
    lengths: ascending; heads: which share of the words comes from the beginning, the rest from the end.
    1,000 reviews of IMDb are read 24 times in about ten seconds. Raises TypeError or ValueError.
    """
    if not callable(getattr(model, "logits_of", None)):
        raise TypeError(f"model must be a Classifier, a Sentiment or a reader, got {type(model).__name__}.")
    if not len(ids):
        raise ValueError("ids must hold at least one review.")
    if len(ids) != len(labels):
        raise ValueError(f"There must be one label for each text, got {len(ids)} texts and {len(labels)} labels.")
    lengths = tuple(integer("Each of lengths", n) for n in lengths)
    heads = tuple(number("Each of heads", head, 0, 1) for head in heads)
    if not lengths or not heads or list(lengths) != sorted(set(lengths)):
        raise ValueError("lengths must ascend, and lengths and heads need at least one entry each.")
    accuracy, seconds = np.zeros((len(heads), len(lengths))), np.zeros(len(lengths))
    for j, n in enumerate(lengths):
        for i, head in enumerate(heads):
            rows = [truncate(row, n, head) for row in ids]
            start = time.perf_counter()
            answers = model.logits_of(rows).argmax(-1)
            seconds[j] += time.perf_counter() - start
            accuracy[i, j] = np.mean(answers == np.asarray(labels))
    sizes = np.array([len(row) for row in ids])
    read = np.array([np.minimum(sizes, n).sum() / sizes.sum() for n in lengths])
    seconds = seconds * 1000 / len(ids) / len(heads)
    return TruncationTable(lengths, heads, accuracy, read, seconds, len(ids), int(np.median(sizes)))


class Truncation(Explorer):
    """Accuracy against the number of words read, for each part of the review, and what is read of a typical one.

    table: from `truncation_table`. Controls: `words`, how many are read at most; `part`, the share of them that
    comes from the beginning, one of the table's heads. The band is two standard errors, sqrt(p (1 - p) / N), to
    either side; the parts are read from the same reviews, so their difference is surer than the bands look.
    """

    size = (9.0, 4.3)

    def __init__(self, table: TruncationTable, **values):
        if not isinstance(table, TruncationTable):
            raise TypeError(f"table must be what truncation_table gives, got {type(table).__name__}.")
        self.table = table
        super().__init__(**values)

    def make_controls(self):
        lengths, heads = self.table.lengths, self.table.heads
        named = [(_name(head), head) for head in heads]
        return {
            "words": stops("words read, at most", lengths, lengths[len(lengths) // 2]),
            "part": choice("part of the review", named, 0.25 if 0.25 in heads else heads[0]),
        }

    def compute(self, words, part):
        """The chosen curve and its band (L,), the chosen point, and from-to of what is read of a typical review."""
        table = self.table
        i, j = table.heads.index(part), table.lengths.index(words)
        curve = table.accuracy[i]
        band = 2 * np.sqrt(curve * (1 - curve) / table.reviews)
        read = np.array(truncate(range(table.typical), words, part))
        first = int((read == np.arange(len(read))).sum())  # so many from the beginning, unbroken
        parts = [(0, first), (table.typical - (len(read) - first), table.typical)]
        return {"words": words, "part": part, "chosen": i, "at": j, "curve": curve, "band": band, "parts": parts}

    def draw(self, figure):
        curves, strip = figure.subplots(2, 1, height_ratios=(4.6, 1))
        style(curves)
        style(strip)
        table = self.table
        curves.set(xscale="log", xlabel="words read, at most", ylabel="share of right answers")
        curves.set_xticks(table.lengths, [f"{n:,}" for n in table.lengths])
        curves.minorticks_off()
        error = 2 * np.sqrt(table.accuracy * (1 - table.accuracy) / table.reviews)
        low, high = (table.accuracy - error).min(), (table.accuracy + error).max()
        curves.set_ylim(low - 0.01, min(high + 0.01, 1.005))
        self.band = self.moving(curves.fill_between(table.lengths, 0, 0, color=PALETTE["text"], alpha=0.13, lw=0))
        lines = []
        for i, row in enumerate(table.accuracy):
            look = {"color": COLORS[i % 4], "marker": MARKERS[i % 4], "ms": 5}
            lines += curves.plot(table.lengths, row, lw=1.2, **look)
        self.chosen = self.moving(curves.plot([], [], lw=3.4, zorder=4)[0])
        self.point = self.moving(curves.plot([], [], "o", ms=13, mfc="none", mew=2, color=PALETTE["text"], zorder=5)[0])
        names = [_name(head) for head in table.heads]
        figure.legend(lines, names, loc="outside upper center", ncols=4, frameon=False, fontsize=9.5)
        strip.grid(False)
        strip.set(xlim=(0, table.typical), ylim=(0, 1), yticks=[], xlabel="number of the word")
        strip.set_title(f"what is read of a typical review, {table.typical:,} words long", fontsize=10)
        strip.axvspan(0, table.typical, color=PALETTE["grid"])
        self.parts = [self.moving(vertical_band(strip, 0, 0, lw=0)) for _ in range(2)]

    def update(self, result):
        lengths, curve, band = self.table.lengths, result["curve"], result["band"]
        color = COLORS[result["chosen"] % 4]
        edge = [*zip(lengths, curve + band), *reversed([*zip(lengths, curve - band)])]
        self.band.set_verts([edge])
        self.chosen.set_data(lengths, curve)
        self.chosen.set_color(color)
        self.point.set_data([result["words"]], [curve[result["at"]]])
        for patch, (begin, end) in zip(self.parts, result["parts"]):
            patch.set(x=begin, width=end - begin, color=color)

    def describe(self, result):
        table, j = self.table, result["at"]
        right, error = f"{result['curve'][j]:.3f}", f"{result['band'][j]:.3f}"
        return (
            f"Reading at most {result['words']:,} words ({_name(result['part'])}), the model is right on {right} of "
            f"{table.reviews:,} reviews, give or take {error} (two standard errors). "
            f"It reads {100 * table.read[j]:.0f} % of all words, in {table.seconds[j]:.2g} s per 1,000 reviews."
        )


def _name(head: float) -> str:
    return NAMES.get(head, f"{100 * head:g} % beginning, rest end")
