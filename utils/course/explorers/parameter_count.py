"""ParameterCount: what an LSTM and a GRU of the same sizes hold."""

from __future__ import annotations

from matplotlib.patches import Patch

from utils.arrays import count
from utils.course.explorers.base import Explorer, slider
from utils.plots import style
from utils.plots.style import PALETTE

PARTS = {cell: count.PARTS[cell] for cell in ("LSTM", "GRU")}
SHADES = {"W": 1.0, "U": 0.6, "b": 0.3}


class ParameterCount(Explorer):
    """The parameters of one layer of an LSTM and of a GRU, part by part: W (n H), U (H H), two biases (2 H).

    Controls: n, the number of inputs; H, the number of units.
    """

    size = (9.0, 3.0)

    def make_controls(self):
        return {"n": slider("n, inputs", 300, 1, 1024, 1), "H": slider("H, units", 512, 1, 1024, 1)}

    @staticmethod
    def compute(n, H):
        kinds = count.parameters("RNN", n, H)  # it is made of one part
        totals = {cell: sum(count.parameters(cell, n, H).values()) for cell in PARTS}
        return {"n": n, "H": H, "kinds": kinds, "one": sum(kinds.values()), "totals": totals}

    def draw(self, figure):
        ax = figure.subplots()
        style(ax)
        ax.grid(False, axis="y")
        ax.set(xlim=(0, 125), ylim=(-0.6, 1.6), xticks=range(0, 101, 25), yticks=(1, 0), yticklabels=PARTS)
        ax.set_xlabel("share of the LSTM's parameters, %")
        self.bars, self.totals = {}, {}
        for y, (cell, parts) in zip((1, 0), PARTS.items()):
            for k, letter in enumerate(parts):
                for kind, alpha in SHADES.items():
                    bar = ax.barh(y, 0, 0.6, left=25 * k, color=PALETTE[letter], alpha=alpha, lw=0)[0]
                    self.bars[cell, k, kind] = self.moving(bar)
                ax.text(25 * k + 12.5, y + 0.42, f"${letter}$", color=PALETTE[letter], fontsize=13, ha="center")
            style_ = {"fontsize": 12, "weight": "bold", "va": "center", "color": PALETTE[cell.lower()]}
            self.totals[cell] = self.moving(ax.text(25 * len(parts) + 1.5, y, "", **style_))
        keys = [Patch(color="#444444", alpha=alpha, lw=0) for alpha in SHADES.values()]
        names = ["W on the inputs, n H", "U on the state, H H", "two biases, 2 H"]
        figure.legend(keys, names, loc="outside upper center", ncols=3, frameon=False, fontsize=9.5)

    def update(self, result):
        widths = {kind: 25 * number / result["one"] for kind, number in result["kinds"].items()}
        starts = {"W": 0, "U": widths["W"], "b": widths["W"] + widths["U"]}
        for (_, k, kind), bar in self.bars.items():
            bar.set(x=25 * k + starts[kind], width=widths[kind])
        for cell, text in self.totals.items():
            text.set_text(f"{result['totals'][cell]:,}")

    def describe(self, result):
        lstm, gru = result["totals"]["LSTM"], result["totals"]["GRU"]
        return (
            f"n = {result['n']}, H = {result['H']}: each part holds {result['one']:,} numbers. Four parts make "
            f"{lstm:,} for the LSTM, three {gru:,} for the GRU: {1 - gru / lstm:.1%} fewer "
            f"(and the LSTM has {lstm / gru - 1:.1%} more)."
        )
