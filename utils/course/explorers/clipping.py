"""Clipping: one step of gradient descent off a cliff of the loss, and the same step made short."""

from __future__ import annotations

import math

import numpy as np
from matplotlib.colors import LinearSegmentedColormap, PowerNorm

from utils.course.explorers.base import Explorer, choice, slider
from utils.plots import style
from utils.plots.style import PALETTE

T, H0, TARGET = 20, -0.5, -0.6  # steps, first state, wanted last state
START, STEPS = (1.6, 0.5), 40  # weights (u, b) before the first of 40 steps of gradient descent
U_RANGE, B_RANGE = (0.4, 2.6), (-2.4, 1.1)  # of the map


def last_state(u, b):
    """h_T of one unit, h_t = tanh(u h_{t-1} + b); u and b numbers or arrays of one shape."""
    h = H0
    for _ in range(T):
        h = np.tanh(u * h + b)
    return h


def gradient(u: float, b: float) -> tuple[float, float, float]:
    """The loss (h_T - target)^2 / 2 and its slopes along u and b, by the chain rule taken forward through time."""
    h, du, db = H0, 0.0, 0.0  # the state and its derivatives by u and b
    for _ in range(T):
        before, h = h, math.tanh(u * h + b)
        slope = 1 - h * h
        du, db = slope * (before + u * du), slope * (1 + u * db)
    miss = h - TARGET
    return miss * miss / 2, miss * du, miss * db


def clip(g: np.ndarray, threshold: float, by: str) -> np.ndarray:
    """The gradient g (2,), made no longer than `threshold` ("norm"), or with no entry beyond it ("value")."""
    if by == "value":
        return np.clip(g, -threshold, threshold)
    return g * min(1.0, threshold / max(np.hypot(*g), 1e-300))


def descend(rate: float, threshold: float = math.inf, by: str = "norm") -> dict:
    """40 steps of gradient descent: the path (41, 2), the loss and the norm of the raw gradient at each point (41,).

    cut: how many steps were made shorter.
    """
    path, losses, norms, cut = [np.array(START)], [], [], 0
    for step in range(STEPS + 1):
        loss, *g = gradient(*path[-1])
        losses.append(loss)
        norms.append(math.hypot(*g))
        if step < STEPS:
            clipped = clip(np.array(g), threshold, by)
            cut += bool((clipped != g).any())
            path.append(path[-1] - rate * clipped)
    return {"path": np.array(path), "loss": np.array(losses), "norms": np.array(norms), "cut": cut}


class Clipping(Explorer):
    """Gradient descent with and without clipping, on the loss of one unit after 20 steps: (h_T - target)^2 / 2.

    Left: the loss over the weight u and the bias b, with both paths. Right: the gradient's norm at each step.
    Source: Pascanu, Mikolov and Bengio 2013, section 3.2 and algorithm 1; the cliff is theirs, this unit is smaller.
    Controls: threshold, by norm or by value, learning rate.
    """

    size = (9.0, 4.2)

    def make_controls(self):
        return {
            "threshold": slider("threshold", 1.0, -2, 2, 0.1, log=True),
            "by": choice("clip by", [("norm", "norm"), ("value (each entry)", "value")], "norm"),
            "rate": slider("learning rate", 0.1, 0.02, 0.3, 0.01),
        }

    @staticmethod
    def compute(threshold, by, rate):
        return {"raw": descend(rate), "clipped": descend(rate, threshold, by), "threshold": threshold, "by": by}

    def draw(self, figure):
        surface, series = figure.subplots(1, 2, width_ratios=(1.25, 1))
        style(surface)
        style(series)
        u, b = np.meshgrid(np.linspace(*U_RANGE, 160), np.linspace(*B_RANGE, 160))
        colors = LinearSegmentedColormap.from_list("loss", ["#FFFFFF", "#D9E2EC", "#8FA3B8"])
        surface.contourf(u, b, (last_state(u, b) - TARGET) ** 2 / 2, levels=40, cmap=colors, norm=PowerNorm(0.4))
        surface.set(xlim=U_RANGE, ylim=B_RANGE, xlabel="weight $u$", ylabel="bias $b$")
        surface.set_title(r"loss of $h_t=\tanh(u\,h_{t-1}+b)$, darker is worse", fontsize=10)
        surface.text(2.0, 0.86, "high plateau", fontsize=9, color=PALETTE["text"], ha="center")
        surface.text(0.47, -2.25, "flat: the gradient\nvanishes here", fontsize=9, color=PALETTE["text"])
        surface.text(0.47, -0.62, "valley: loss 0", fontsize=9, color=PALETTE["text"])
        surface.text(2.52, 0.42, "wall", fontsize=9, color=PALETTE["text"], ha="right")
        series.set(xlim=(-1, STEPS + 1), xlabel="step of gradient descent", yscale="log", ylim=(1e-4, 1e3))
        series.set_title("norm of the gradient, before clipping", fontsize=10)
        series.minorticks_off()
        series.set_yticks([1e-4, 1e-2, 1, 1e2], ["≤ $10^{-4}$", "$10^{-2}$", "$10^0$", "$10^2$"])
        lines = {}
        for name, color, marker in (("raw", PALETTE["rnn"], "s"), ("clipped", PALETTE["lstm"], "o")):
            look = {"color": color, "marker": marker, "ms": 3.5, "lw": 1.4}
            lines[name] = [self.moving(ax.plot([], [], **look)[0]) for ax in (surface, series)]
        self.lines = lines
        self.limit = self.moving(series.plot([], [], "--", lw=1.4, color=PALETTE["text"])[0])
        surface.plot(*START, "*", ms=13, color=PALETTE["text"])
        surface.text(START[0] + 0.08, START[1] + 0.02, "start", fontsize=9, color=PALETTE["text"])
        figure.legend(
            [lines["raw"][0], lines["clipped"][0], self.limit], ["no clipping", "with clipping", "threshold"],
            loc="outside upper center", ncols=3, frameon=False, fontsize=9,
        )  # fmt: skip

    def update(self, result):
        for name, (path, norms) in self.lines.items():
            path.set_data(*result[name]["path"].T)
            norms.set_data(np.arange(STEPS + 1), np.clip(result[name]["norms"], 1e-4, 1e3))
        self.limit.set_data([-1, STEPS + 1], [result["threshold"]] * 2)

    def describe(self, result):
        raw, clipped = result["raw"], result["clipped"]
        farthest = np.hypot(*np.diff(raw["path"], axis=0).T).max()
        return (
            f"Without clipping the longest step is {farthest:.2f} long, and the loss ends {ends_at(raw['loss'][-1])}. "
            f"The threshold {result['threshold']:.2g} cuts {clipped['cut']} of {STEPS} steps short, "
            f"and the loss ends {ends_at(clipped['loss'][-1])}."
        )


def ends_at(loss: float) -> str:
    return "below 0.001" if loss < 1e-3 else f"at {loss:.3f}"
