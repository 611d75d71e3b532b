"""LSTMStep: one LSTM unit driven by hand, its numbers on the wires of the diagram."""

from __future__ import annotations

import numpy as np

from utils.course.explorers.base import Explorer, button, slider, three_in_a_row
from utils.course.explorers.challenges import Challenges
from utils.course.explorers.numerals import added, bracketed, digits
from utils.course.explorers.wires import draw_legend, thickness
from utils.plots import lstm
from utils.plots.style import PALETTE

# The fixed weights of the one unit, chosen so that every slider can be seen to act.
W = {"f": -1.0, "i": 2.0, "g": 1.5, "o": 0.5}
U = {"f": 0.5, "i": -0.5, "g": 0.5, "o": 1.0}


class LSTMStep(Explorer):
    """One step of an LSTM with one input and one unit, whose weights are `W` and `U`.

    Controls: the input x, the states h and c before the step, and the bias of each gate.
    A gate's disc is filled as far as the gate is open; a wire is as thick as the number on it is large. The button
    carries the new h and c on: they become the states before the next step.
    """

    size = (9.0, 5.4)

    def make_controls(self):
        return {
            "x": slider("input x", 1.0, -3.0, 3.0, 0.1),
            "h": slider("h before", 0.5, -1.0, 1.0, 0.05),
            "c": slider("c before", 1.0, -6.0, 6.0, 0.1),
            "b_f": slider("forget bias", 1.0, -6.0, 6.0, 0.25),
            "b_i": slider("input bias", 0.0, -6.0, 6.0, 0.25),
            "b_g": slider("candidate bias", 0.0, -6.0, 6.0, 0.25),
            "b_o": slider("output bias", 0.0, -6.0, 6.0, 0.25),
        }

    def arrange(self):
        return three_in_a_row(self.controls)

    def make_extras(self):
        self.challenges = Challenges(CHALLENGES)
        return [button("Carry h and c on", self.carry), self.challenges]

    def carry(self) -> None:
        """Make the new states the old ones."""
        result = self.compute(**self.values())
        self.move(h=result["h"], c=result["c"])

    @staticmethod
    def compute(x, h, c, b_f, b_i, b_g, b_o):
        """The step in numbers: states before (h_prev, c_prev) and after (h, c), gates, weighted sums a, products."""
        b = {"f": b_f, "i": b_i, "g": b_g, "o": b_o}
        a = {gate: W[gate] * x + U[gate] * h + b[gate] for gate in "figo"}
        f, i, o = (1 / (1 + np.exp(-a[gate])) for gate in "fio")
        g = np.tanh(a["g"])
        new_c = f * c + i * g
        new_h = o * np.tanh(new_c)
        return {
            "x": x, "h_prev": h, "c_prev": c, "b": b, "a": a, "f": f, "i": i, "g": g, "o": o,
            "fc": f * c, "ig": i * g, "c": new_c, "tanh_c": np.tanh(new_c), "h": new_h,
        }  # fmt: skip

    def draw(self, figure):
        ax, lines = figure.subplots(2, 1, height_ratios=(4.1, 1.3))
        wires = lstm.lstm_cell(ax, terms=False)
        self.wires = {name: self.moving(wire) for name, wire in wires.items()}
        self.fills = {gate: self.moving(lstm.opening(ax, gate)) for gate in "figo"}
        places = {name: place for name, (_, _, place) in lstm.WIRES.items() if place}
        places |= lstm.GATES | {"x": (3.3, 0.07), "h_prev": (0.75, 0.6)}
        self.numbers = {name: self._number(ax, *place) for name, place in places.items()}
        self.sums = {gate: self._number(ax, x, 2.05) for gate, (x, _) in lstm.GATES.items()}
        draw_legend(ax)
        lines.set(xlim=(0, 9), ylim=(0, 1.3))
        lines.axis("off")
        self.lines = [self._line(lines, 0.3, 2.7, row, gate, _sum(gate)) for row, gate in enumerate("figo")]
        self.lines.append(self._line(lines, 5.85, 5.85, 0, "c", r"$c_t = f_t\, c_{t-1} + i_t\, g_t$"))
        self.lines.append(self._line(lines, 5.85, 5.85, 2, "h", r"$h_t = o_t\,\tanh(c_t)$"))

    def update(self, result):
        self.challenges.judge(**self.values())
        for name, wire in self.wires.items():
            wire.set_linewidth(thickness(result["c" if name == "branch" else name]))
        for gate, fill in self.fills.items():
            lstm.set_opening(fill, gate, result[gate])
        for name, text in self.numbers.items():
            text.set_text(digits(result[name]))
        for gate, text in self.sums.items():
            text.set_text(digits(result["a"][gate]))
        f, i, g, o, c, h = (digits(result[name]) for name in "figoch")
        texts = []
        for gate in "figo":
            first, second, third = W[gate] * result["x"], U[gate] * result["h_prev"], result["b"][gate]
            total = f"{digits(first)} {added(second)} {added(third)}"
            texts.append(f"= {'tanh' if gate == 'g' else 'σ'}({total}) = {digits(result[gate])}")
        texts.append(f"= {f} · {bracketed(result['c_prev'])} + {i} · {bracketed(result['g'])} = {c}")
        texts.append(f"= {o} · tanh({c}) = {h}")
        for line, text in zip(self.lines, texts):
            line.set_text(text)

    def describe(self, result):
        f, i, g, o, c, h, before = (digits(result[name]) for name in ("f", "i", "g", "o", "c", "h", "c_prev"))
        return (
            f"The forget gate keeps {f} of the old memory {before}, the input gate lets in {i} of the candidate {g}: "
            f"the new memory is c = {c}. The output gate shows {o} of tanh(c): h = {h}."
        )

    def _number(self, ax, x, y):
        style = {"fontsize": 12, "weight": "bold", "ha": "center", "va": "center", "color": PALETTE["text"]}
        return self.moving(ax.text(x, y, "", zorder=6, **style))

    def _line(self, ax, x, x_number, row, letter, formula):
        """A formula that stays, and beside it (below it for the states) its numbers, which move."""
        y = 1.17 - 0.31 * row
        ax.plot(x - 0.13, y, "o", ms=7, color=PALETTE[letter])
        ax.text(x, y, formula, fontsize=10, va="center", color=PALETTE["text"])
        below = 0.31 if letter in "ch" else 0
        return self.moving(ax.text(x_number, y - below, "", fontsize=10, va="center", color=PALETTE["text"]))


def _keeps(c, **rest) -> bool:
    new = LSTMStep.compute(c=c, **rest | {"x": np.linspace(-1, 1, 21)})["c"]
    return abs(c) >= 1 and bool(np.abs(new - c).max() < 0.05)


def _replaces(**values) -> bool:
    step = LSTMStep.compute(**values)
    return abs(values["c"]) >= 1 and abs(step["g"]) >= 0.2 and abs(step["c"] - step["g"]) < 0.05


def _hides(**values) -> bool:
    step = LSTMStep.compute(**values)
    return abs(step["c"]) >= 1 and abs(step["h"]) < 0.02


CHALLENGES = {
    "Keep": ("A memory of 1 or more stays as it is, within 0.05, for every x from −1 to 1.", _keeps),
    "Replace": ("Of an old memory of 1 or more nothing is left: the new one is g, within 0.05.", _replaces),
    "Hide": ("The new memory is 1 or more, and h shows less than 0.02 of it.", _hides),
}


def _sum(gate: str) -> str:
    name = r"\tanh" if gate == "g" else r"\sigma"
    return rf"${gate}_t = {name}({W[gate]:g}\,x_t {U[gate]:+g}\,h_{{t-1}} + b_{gate})$"
