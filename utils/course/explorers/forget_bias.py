"""ForgetBias: how long one number in the cell state lasts, from the bias of the forget gate."""

from __future__ import annotations

import math

import numpy as np

from utils.arrays.memory import half_life
from utils.course.explorers.base import Explorer, choice, slider, vertical_band
from utils.course.explorers.numerals import digits
from utils.plots import style
from utils.plots.style import PALETTE

FLOOR = 1e-20  # of the logarithmic axis
SMALLEST = 1.4e-45  # of float32


class ForgetBias(Explorer):
    """From the forget bias b_f to the gate f = sigmoid(b_f), the half-life of memory, and what f^k leaves.

    x and h are silent here, so f is the same at every step, and d c_t / d c_{t-k} along the cell state is f^k.
    Controls: b_f; T, the length of the sequence; the vertical axis.
    """

    size = (9.0, 3.7)

    def make_controls(self):
        return {
            "b": slider("forget gate's bias", 0.0, -2.0, 8.0, 0.1),
            "T": slider("T, steps", 50, 10, 500, 10),
            "axis": choice("vertical axis", ["linear", "logarithmic"], "linear"),
        }

    @staticmethod
    def compute(b, T, axis):
        f = 1 / (1 + math.exp(-b))
        k = np.arange(T)
        return {"b": b, "T": T, "axis": axis, "f": f, "half_life": half_life(f), "k": k, "left": f**k}

    def draw(self, figure):
        gate, memory = self.axes = figure.subplots(1, 2, width_ratios=(1, 2))
        gate.set_position((0.045, 0.15, 0.3, 0.74))  # by hand: room for the tick labels of both vertical axes
        memory.set_position((0.445, 0.15, 0.545, 0.74))
        style(gate)
        style(memory)
        b = np.linspace(-2, 8, 201)
        gate.plot(b, 1 / (1 + np.exp(-b)), color=PALETTE["f"], lw=2)
        gate.set(xlim=(-2.2, 8.4), ylim=(0, 1.04), xlabel="forget bias $b_f$", title="the gate $f=\\sigma(b_f)$")
        self.chrono = self.moving(vertical_band(gate, 0, 1, color=PALETTE["f"], alpha=0.13, lw=0, zorder=0.6))
        words = gate.text(0, 0.06, "chrono draws\n$b_f$ from here", fontsize=9, ha="center", color="#00614A")
        self.chrono_text = self.moving(words)
        self.point = self.moving(gate.plot([], [], "o", ms=9, color=PALETTE["f"], zorder=5)[0])
        self.gate_text = self.moving(gate.text(0, 0, "", fontsize=11.5, weight="bold", color=PALETTE["f"], va="top"))
        memory.set(xlabel="steps $k$", ylabel="$f^{\\,k}$, what is left of $c$ after $k$ steps")
        memory.axhline(0.5, color="#888888", lw=1, ls=":")
        self.moving(memory.xaxis)  # its ticks change with T; a full redraw would take five times as long
        self.curve = self.moving(memory.plot([], [], color=PALETTE["c"], lw=2.5)[0])
        self.half = self.moving(memory.plot([], [], "D", ms=9, color=PALETTE["f"], zorder=5)[0])
        self.last = self.moving(memory.plot([], [], "o", ms=9, color=PALETTE["c"], zorder=5, clip_on=False)[0])
        self.half_text = self._headline(memory, 0, "left", PALETTE["f"])
        self.last_text = self._headline(memory, 1, "right", PALETTE["c"])
        self.scale = None

    def update(self, result):
        f, T, log = result["f"], result["T"], result["axis"] == "logarithmic"
        self.point.set_data([result["b"]], [f])
        self.gate_text.set(text=f"f = {f:.4f}", position=(min(result["b"] + 0.3, 4.3), f - 0.06))
        floor = FLOOR if log else 0
        seen = np.where(result["left"] >= floor, result["left"], np.nan)  # below, the curve leaves the picture
        self.curve.set_data(result["k"], seen)
        inside = result["half_life"] <= T - 1
        self.half.set_data(*(([result["half_life"]], [0.5]) if inside else ([], [])))
        self.half_text.set_text(f"◆ half-life {_steps(result['half_life'])}")
        self.last.set_data([T - 1], [max(result["left"][-1], floor)])
        self.last.set_marker("o" if result["left"][-1] >= floor else "v")
        self.last_text.set_text(f"● gradient at step 1: {_share(result['left'][-1])}")
        self.chrono.set_width(math.log(T - 1))
        self.chrono_text.set_x(math.log(T - 1) / 2)
        memory = self.axes[1]
        memory.set_xlim(-0.02 * T, 1.02 * T)
        if result["axis"] == self.scale:
            return False
        self.scale = result["axis"]
        memory.set(yscale="log" if log else "linear", ylim=(FLOOR, 5) if log else (0, 1.04))
        return True

    def _headline(self, ax, x, side, color):
        """Words above the axes, where no curve can cross them."""
        style = {"fontsize": 11.5, "weight": "bold", "color": color, "ha": side, "va": "bottom"}
        return self.moving(ax.text(x, 1.035, "", transform=ax.transAxes, **style))

    def describe(self, result):
        reach = result["left"][-1]
        lost = ", which a 32-bit float rounds to zero" if reach < SMALLEST else ""
        return (
            f"Forget bias {digits(result['b'], 1)} opens the forget gate to f = {result['f']:.4f}: the memory halves "
            f"every {_steps(result['half_life'])}. Over T = {result['T']} steps the cell state hands {_share(reach)} "
            f"of the gradient back to step 1{lost}."
        )


def _steps(value: float) -> str:
    return f"{value:.2f} steps" if value < 10 else f"{value:.0f} steps"


def _share(value: float) -> str:
    return f"{value:.2f}" if value >= 0.01 else f"{value:.0e}"
