"""ReadingDirections: what a state of a bidirectional LSTM has read, and how much each word still counts in it."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from matplotlib.patches import Rectangle

from utils.arrays.layers import sensitivity
from utils.arrays.parameters import cells_of
from utils.arrays.torch_random import TorchRandom
from utils.course.explorers.base import Explorer, choice, slider
from utils.plots import style
from utils.plots.style import PALETTE

WORDS = "The old man the boats , said the pilot , and laughed .".split()
T, SIZE = len(WORDS), 6
BIASES = (0, 1, 2, 3, 4)
WAYS = {
    "both halves at word t": "both",
    "the forward half at word t": "forward",
    "the backward half at word t": "backward",
    "output[:, -1], the last column": "last column",
    "both ends: forward at T, backward at 1": "both ends",
}
COLORS = {"forward": PALETTE["lstm"], "backward": PALETTE["h"]}
LOWEST, HIGHEST = 1e-6, 1.0  # of the logarithmic axis


@lru_cache
def norms(bias: int) -> np.ndarray:
    """(2, T, T): norm of d h_t / d x_s of both halves, for fixed weights and words and this forget bias.

    Weights and words are those that torch.nn.LSTM and torch.randn draw after torch.manual_seed(5).
    """
    rng, kinds = TorchRandom(5), sorted(set(WORDS))
    shapes = {"weight_ih": (4 * SIZE, SIZE), "weight_hh": (4 * SIZE, SIZE), "bias_ih": 4 * SIZE, "bias_hh": 4 * SIZE}
    weights = {
        f"{name}_l0{side}": rng.uniform(-(SIZE**-0.5), SIZE**-0.5, shape)
        for side in ("", "_reverse")
        for name, shape in shapes.items()
    }
    vectors = rng.standard_normal((len(kinds), SIZE))  # one for each different word
    directions = cells_of(weights)
    for cell in directions:
        cell.b[:SIZE] = bias
    return sensitivity(directions, vectors[[kinds.index(word) for word in WORDS]])


class ReadingDirections(Explorer):
    """One sentence, one bidirectional LSTM with fixed weights, and the state that is read off at word t.

    Above: which words each half has read there (filled), and where it is read off (framed). Below: the norm of the
    gradient of that half with respect to each word, on a logarithmic axis; no bar means exactly 0.
    All norms are computed once, when the first picture is made.
    Controls: t; the bias of the forget gates; what is read off.
    """

    size = (9.0, 4.4)

    def make_controls(self):
        return {
            "t": slider("read off at word t", 5, 1, T, 1),
            "bias": slider("forget bias b_f", 0, BIASES[0], BIASES[-1], 1),
            "way": choice("what is read off", list(WAYS.items()), "both"),
        }

    @staticmethod
    def compute(t, bias, way):
        at = {"forward": t, "backward": t}
        if way in at:
            at = {way: t}
        elif way == "last column":
            at = {"forward": T, "backward": T}
        elif way == "both ends":
            at = {"forward": T, "backward": 1}
        table = dict(zip(COLORS, norms(bias)))
        bars = {half: table[half][at[half] - 1] if half in at else np.zeros(T) for half in COLORS}
        return {"t": t, "bias": bias, "way": way, "at": at, "bars": bars}

    def draw(self, figure):
        for bias in BIASES:  # all of them now, so that no move of a slider has to wait
            norms(bias)
        seen, ax = figure.subplots(2, 1, height_ratios=(1, 2.6), sharex=True)
        style(ax)
        seen.axis("off")
        seen.set(xlim=(-2.4, T + 0.7), ylim=(-0.25, 2.1))
        self.cells, self.bars, self.frames = {}, {}, {}
        for row, (half, color) in enumerate(COLORS.items()):
            y, side = 1.1 * (1 - row), 0.41 * (2 * row - 1)
            seen.text(0.35, y + 0.42, f"{half} has read", ha="right", va="center", fontsize=10, color=color)
            self.cells[half] = [self._box(seen, (s + 0.54, y), 0.92, 0.85, color) for s in range(T)]
            self.frames[half] = self._box(seen, (0.5, y - 0.1), 1.0, 1.05, PALETTE["text"], zorder=5)
            self.frames[half].set(fill=False, lw=2.2)
            for s in range(1, T + 1):
                seen.text(s, y + 0.42, s, ha="center", va="center", fontsize=8.5, color="#555555", zorder=4)
            self.bars[half] = [self._box(ax, (s + 1 + min(side, 0), 0), 0.41, 0, color) for s in range(T)]
        decades = np.arange(0, 7, 2)
        ax.set(ylim=(0, 6.15), ylabel="norm of the gradient", yticks=decades)
        ax.set_yticklabels([f"$10^{{{n - 6}}}$" if n < 6 else "1" for n in decades])
        ax.set_xticks(range(1, T + 1), WORDS)
        ax.tick_params(axis="x", length=0, labelsize=10)
        ax.grid(False, axis="x")

    def update(self, result):
        self.controls["t"].disabled = result["way"] in ("last column", "both ends")  # these have places of their own
        for half in COLORS:
            at, bars = result["at"].get(half), result["bars"][half]
            for cell, bar, value in zip(self.cells[half], self.bars[half], bars):
                cell.set_alpha(0.55 if value else 0.06)
                bar.set_height(np.log10(np.clip(value, LOWEST, HIGHEST) / LOWEST) if value else 0)
            self.frames[half].set_visible(at is not None)
            self.frames[half].set_x((at or 1) - 0.5)

    def describe(self, result):
        sentences = []
        for half, at in result["at"].items():
            read = np.flatnonzero(result["bars"][half]) + 1
            words = f"words {read[0]} to {read[-1]}" if len(read) > 1 else f"word {read[0]} alone"
            far = read[0] if half == "forward" else read[-1]
            value = result["bars"][half][far - 1]
            sentences.append(
                f"The {half} half, read off at word {at} ({WORDS[at - 1]}), has read {words}; "
                f"word {far} counts {value:.1g} there."
            )
        return " ".join(sentences)

    def _box(self, ax, corner, width, height, color, zorder=3):
        return self.moving(ax.add_patch(Rectangle(corner, width, height, color=color, lw=0, zorder=zorder)))
