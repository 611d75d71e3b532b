"""Temperature: one distribution over the next character, sharpened and flattened, and its entropy."""

from __future__ import annotations

import math

import numpy as np

from utils.arrays.sampling import entropy, next_distribution
from utils.course.explorers.base import Explorer, choice, slider
from utils.course.explorers.page import name_of
from utils.course.explorers.shipped import writer
from utils.plots import style
from utils.plots.style import PALETTE

TEXTS = ("An object of cl", "The follow", "In this case, ", "This is ", "\n")  # after which the model is asked
SHOWN = 10  # of the 96 characters
SCALE = np.geomspace(0.05, 20, 121)


class Temperature(Explorer):
    """softmax(z / T) for the scores z that the shipped model gives to the next character.

    Controls: `text`, what was read; `temperature`, T. Left: the likeliest characters. Right: the entropy of all 96,
    as T goes from near 0 to 20.
    """

    size = (9.0, 3.4)

    def make_controls(self):
        return {
            "temperature": slider("temperature T", 1.0, -1.3, 1.3, 0.025, log=True),
            "text": choice("text so far", [(repr(text)[1:-1], text) for text in TEXTS], TEXTS[2]),
        }

    @staticmethod
    def compute(temperature, text):
        z = writer().logits(text).astype(float)  # (V,)
        p = next_distribution(z, temperature)
        order = np.argsort(-z, kind="stable")[:SHOWN]
        curve = entropy(next_distribution(z / SCALE[:, None]))  # (121,)
        return {
            "text": text, "T": temperature, "p": p[order], "entropy": float(entropy(p)), "V": len(z),
            "names": [name_of(writer().alphabet[i]) for i in order], "curve": curve,
        }  # fmt: skip

    def draw(self, figure):
        bars, curve = figure.subplots(1, 2, width_ratios=(1.25, 1))
        for ax in (bars, curve):
            style(ax)
        bars.set(xlim=(-0.6, SHOWN - 0.4), ylim=(0, 1.04), title="the ten likeliest, $p = $softmax$(z / T)$")
        bars.set_xticks(range(SHOWN), [""] * SHOWN)
        bars.set_xlabel("next character", labelpad=14)
        self.bars = [self.moving(bar) for bar in bars.bar(range(SHOWN), np.ones(SHOWN), color=PALETTE["h"], width=0.7)]
        words = {"ha": "center", "va": "top", "fontsize": 12, "family": "DejaVu Sans Mono", "in_layout": False}
        self.names = [self.moving(bars.text(i, -0.04, "", **words)) for i in range(SHOWN)]
        most = math.log2(len(writer().alphabet))
        curve.set(xscale="log", xlim=(0.05, 20), ylim=(0, 7.2), xlabel="temperature $T$", title="entropy in bits")
        curve.set_xticks([0.05, 0.2, 1, 5, 20], ["0.05", "0.2", "1", "5", "20"])
        curve.minorticks_off()
        curve.axhline(most, color=PALETTE["theory"], lw=1, ls=":")
        curve.text(0.055, most - 0.1, f"all alike: log₂ 96 = {most:.2f}", va="top", fontsize=9, color=PALETTE["theory"])
        self.curve = self.moving(curve.plot(SCALE, np.zeros(len(SCALE)), color=PALETTE["c"], lw=2)[0])
        self.dot = self.moving(curve.plot([], [], "o", ms=9, color=PALETTE["h"], mec="white", zorder=5)[0])
        self.number = self.moving(curve.text(18, 0.3, "", ha="right", fontsize=11, weight="bold", color=PALETTE["c"]))

    def update(self, result):
        for bar, height in zip(self.bars, result["p"]):
            bar.set_height(height)
        for words, name in zip(self.names, result["names"]):
            words.set_text(name)
        self.curve.set_ydata(result["curve"])
        self.dot.set_data([result["T"]], [result["entropy"]])
        self.number.set_text(f"{result['entropy']:.2f} bits")

    def describe(self, result):
        return (
            f"After {result['text']!r}, at temperature {result['T']:.2f}, the likeliest next character is "
            f"{result['names'][0]} with {100 * result['p'][0]:.0f} %. The entropy is {result['entropy']:.1f} bits: as "
            f"uncertain as among {2 ** result['entropy']:.1f} characters that are alike."
        )
