"""GRUStep: one GRU unit driven by hand, its numbers on the wires of the diagram."""

from __future__ import annotations

import numpy as np

from utils.course.explorers.base import Explorer, button, slider, three_in_a_row
from utils.course.explorers.challenges import Challenges
from utils.course.explorers.numerals import added, bracketed, digits
from utils.course.explorers.wires import draw_legend, thickness
from utils.plots import gru, lstm
from utils.plots.style import PALETTE

# The fixed weights of the one unit, chosen so that every slider can be seen to act.
W = {"r": 0.5, "z": -1.0, "n": 1.5}
U = {"r": 1.0, "z": 0.5, "n": 2.0}
D_N = 0.5  # the bias inside the brackets that r multiplies


class GRUStep(Explorer):
    """One step of torch's GRU with one input and one unit, whose weights are `W`, `U` and `D_N`.

    Controls: the input x, the state h before the step, and the bias of each part.
    A gate's disc is filled as far as the gate is open; a wire is as thick as the number on it is large. The button
    carries the new h on: it becomes the state before the next step.
    """

    size = (9.0, 5.4)

    def make_controls(self):
        return {
            "x": slider("input x", 1.0, -3.0, 3.0, 0.1),
            "h": slider("h before", 0.8, -1.0, 1.0, 0.05),
            "b_r": slider("reset bias", 0.0, -6.0, 6.0, 0.25),
            "b_z": slider("update bias", 1.0, -6.0, 6.0, 0.25),
            "b_n": slider("candidate bias", -1.0, -6.0, 6.0, 0.25),
        }

    def arrange(self):
        return three_in_a_row(self.controls)

    def make_extras(self):
        self.challenges = Challenges(CHALLENGES)
        return [button("Carry h on", self.carry), self.challenges]

    def carry(self) -> None:
        """Make the new state the old one."""
        self.move(h=self.compute(**self.values())["h"])

    @staticmethod
    def compute(x, h, b_r, b_z, b_n):
        """The step in numbers: state before (h_prev) and after (h), gates, weighted sums a, products."""
        b = {"r": b_r, "z": b_z, "n": b_n}
        a = {gate: W[gate] * x + U[gate] * h + b[gate] for gate in "rz"} | {"n": W["n"] * x + b_n}
        r, z = (1 / (1 + np.exp(-a[gate])) for gate in "rz")
        u = U["n"] * h + D_N
        n = np.tanh(a["n"] + r * u)
        return {
            "x": x, "h_prev": h, "b": b, "a": a, "r": r, "z": z, "u": u, "ru": r * u, "n": n,
            "zh": z * h, "share": 1 - z, "new": (1 - z) * n, "h": z * h + (1 - z) * n,
        }  # fmt: skip

    def draw(self, figure):
        ax, lines = figure.subplots(2, 1, height_ratios=(4.1, 1.3))
        wires = gru.gru_cell(ax, terms=False)
        self.wires = {name: self.moving(wire) for name, wire in wires.items()}
        self.fills = {gate: self.moving(lstm.opening(ax, gate, gru.GATES)) for gate in "zrn"}
        places = {name: place for name, (_, _, place) in gru.WIRES.items() if place}
        places |= gru.GATES | {"x": (3.7, 0.07), "u": gru.INNER["after"]}
        self.numbers = {name: self._number(ax, *place) for name, place in places.items()}
        self.sums = {gate: self._number(ax, *place) for gate, place in gru.SUMS.items()}
        draw_legend(ax)
        lines.set(xlim=(0, 9), ylim=(0, 1.3))
        lines.axis("off")
        formulas = {"r": _sum("r"), "z": _sum("z"), "n": _candidate(), "h": r"$h_t = (1 - z_t)\, n_t + z_t\, h_{t-1}$"}
        self.lines = {
            letter: self._line(lines, 1.17 - 0.31 * row, letter, formula)
            for row, (letter, formula) in enumerate(formulas.items())
        }

    def update(self, result):
        self.challenges.judge(**self.values())
        sources = {"h_in": "h_prev", "tap": "z"}
        for name, wire in self.wires.items():
            wire.set_linewidth(thickness(result[sources.get(name, name)]))
        for gate, fill in self.fills.items():
            lstm.set_opening(fill, gate, result[gate], gru.GATES)
        for name, text in self.numbers.items():
            text.set_text(digits(result[name]))
        for gate, text in self.sums.items():
            text.set_text(digits(result["a"][gate]))
        r, z, n, h, u = (digits(result[name]) for name in "rznhu")
        before, share = bracketed(result["h_prev"]), digits(result["share"])
        for gate in "rz":
            first, second, third = W[gate] * result["x"], U[gate] * result["h_prev"], result["b"][gate]
            value = digits(result[gate])
            self.lines[gate].set_text(f"= σ({digits(first)} {added(second)} {added(third)}) = {value}")
        total = f"{digits(W['n'] * result['x'])} {added(result['b']['n'])} + {r} · {bracketed(result['u'])}"
        self.lines["n"].set_text(f"= tanh({total}) = {n}")
        self.lines["h"].set_text(f"= {share} · {bracketed(result['n'])} + {z} · {before} = {h}")

    def describe(self, result):
        r, z, n, h, before, share = (digits(result[name]) for name in ("r", "z", "n", "h", "h_prev", "share"))
        return (
            f"The reset gate lets the candidate see {r} of the past: n = {n}. The update gate keeps {z} of the old "
            f"state {before} and takes {share} of the candidate: h = {h}."
        )

    def _number(self, ax, x, y):
        style = {"fontsize": 12, "weight": "bold", "ha": "center", "va": "center", "color": PALETTE["text"]}
        return self.moving(ax.text(x, y, "", zorder=6, **style))

    def _line(self, ax, y, letter, formula):
        """A formula that stays, and beside it its numbers, which move."""
        ax.plot(0.6, y, "o", ms=7, color=PALETTE[letter])
        ax.text(0.73, y, formula, fontsize=10, va="center", color=PALETTE["text"])
        return self.moving(ax.text(4.5, y, "", fontsize=10, va="center", color=PALETTE["text"]))


def _keeps(h, **rest) -> bool:
    new = GRUStep.compute(h=h, **rest | {"x": np.linspace(-1, 1, 21)})["h"]
    return abs(h) >= 0.5 and bool(np.abs(new - h).max() < 0.02)


def _for_all_h(**values) -> dict:
    return GRUStep.compute(**values | {"h": np.linspace(-1, 1, 21)})


def _replaces(**values) -> bool:
    step = _for_all_h(**values)
    return bool(np.abs(step["h"] - step["n"]).max() < 0.02)


def _starts_afresh(**values) -> bool:
    return bool(np.ptp(_for_all_h(**values)["h"]) < 0.05)


CHALLENGES = {
    "Keep": ("A state of 0.5 or more stays as it is, within 0.02, for every x from −1 to 1.", _keeps),
    "Replace": ("For every old state the new one is n, within 0.02.", _replaces),
    "Start afresh": ("For every old state the new one is the same, within 0.05.", _starts_afresh),
}


def _sum(gate: str) -> str:
    return rf"${gate}_t = \sigma({W[gate]:g}\,x_t {U[gate]:+g}\,h_{{t-1}} + b_{gate})$"


def _candidate() -> str:
    return rf"$n_t = \tanh({W['n']:g}\,x_t + b_n + r_t\,({U['n']:g}\,h_{{t-1}} {D_N:+g}))$"
