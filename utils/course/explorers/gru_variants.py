"""GRUVariants: the same weights in three GRUs, and how far their states part."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from utils.course.explorers.base import Explorer, slider
from utils.course.explorers.numerals import digits
from utils.plots import style
from utils.plots.style import PALETTE

T, INPUTS, H, SEEDS = 40, 8, 16, 8
OTHERS = {"before": PALETTE["c"], "writes": PALETTE["z"]}
NAMES = {
    "torch": "torch: reset after the product", "before": "reset before the product", "writes": "z writes, 1 − z keeps"
}  # fmt: skip


@lru_cache
def draws() -> tuple[np.ndarray, ...]:
    """Inputs (T, seeds, in) and weights at scale 1, uniform in +-1: W (3, seeds, in, H) and U (3, seeds, H, H)."""
    random = np.random.default_rng(0)
    x = random.normal(size=(T, SEEDS, INPUTS))
    return x, random.uniform(-1, 1, (3, SEEDS, INPUTS, H)), random.uniform(-1, 1, (3, SEEDS, H, H))


def states(scale: float, b_r: float, form: str) -> np.ndarray:
    """The states (T, seeds, H) of one form of the GRU: "torch", "before", or "writes"; biases are 0 but for b_r."""
    x, W, U = draws()
    W, U = scale * H**-0.5 * W, scale * H**-0.5 * U
    a_r, a_z, a_n = ((x[:, :, None] @ w)[:, :, 0] for w in W)  # x's part of each sum, (T, seeds, H)
    h, path = np.zeros((SEEDS, H)), []
    for t in range(T):
        r, z = (1 / (1 + np.exp(-a)) for a in (a_r[t] + _times(h, U[0]) + b_r, a_z[t] + _times(h, U[1])))
        n = np.tanh(a_n[t] + (_times(r * h, U[2]) if form == "before" else r * _times(h, U[2])))
        h = z * n + (1 - z) * h if form == "writes" else (1 - z) * n + z * h
        path.append(h)
    return np.stack(path)


def _times(h: np.ndarray, U: np.ndarray) -> np.ndarray:
    return (h[:, None] @ U)[:, 0]


class GRUVariants(Explorer):
    """Three GRUs of 16 units with the same weights and inputs: torch's, one that resets before the product, and one
    whose z writes. Left: one unit of one network. Right: root mean square distance of the states from torch's; the
    line is the median of 8 networks, the band runs from the least to the most.

    Controls: scale, the weights in units of torch's initial weights (uniform in +-scale / sqrt(16)); b_r, the bias of
    the reset gate. The other biases are 0.
    """

    size = (9.0, 3.7)

    def make_controls(self):
        return {
            "scale": slider("weights, torch's = 1", 1.0, 0.0, 4.0, 0.1),
            "b_r": slider("reset gate's bias", 0.0, -8.0, 8.0, 0.5),
        }

    @staticmethod
    def compute(scale, b_r):
        paths = {form: states(scale, b_r, form) for form in NAMES}  # each (T, seeds, H)
        gaps = {form: np.sqrt(np.square(paths[form] - paths["torch"]).mean(-1)) for form in OTHERS}  # (T, seeds)
        bands = {form: {"low": g.min(1), "median": np.median(g, axis=1), "high": g.max(1)} for form, g in gaps.items()}
        return {"scale": scale, "b_r": b_r, "unit": {form: path[:, 0, 0] for form, path in paths.items()}, "gap": bands}

    def draw(self, figure):
        left, right = figure.subplots(1, 2)
        for ax in (left, right):
            style(ax)
            ax.set(xlim=(0, T), xlabel="step $t$")
        left.set(ylim=(-1.03, 1.03), title="$h_t$ of one unit")
        right.set(ylim=(0, 1.45), title="distance from torch's state, r.m.s.")
        told = f"line: median of {SEEDS} networks; band: least to most"
        right.text(0.98, 0.96, told, transform=right.transAxes, ha="right", va="top", fontsize=9)
        self.steps = np.arange(1, T + 1)
        colors = {"torch": PALETTE["text"]} | OTHERS
        self.units, self.bands, self.medians = {}, {}, {}
        for form, color in colors.items():
            width = 3.2 if form == "torch" else 1.8
            self.units[form] = self.moving(left.plot([], [], color=color, lw=width)[0])
        for form, color in OTHERS.items():
            self.bands[form] = self.moving(right.fill_between([0, 1], 0, 0, color=color, alpha=0.2, lw=0))
            self.medians[form] = self.moving(right.plot([], [], color=color, lw=2.4)[0])
        figure.legend(
            list(self.units.values()), NAMES.values(), loc="outside upper center", ncols=3, frameon=False, fontsize=9.5
        )

    def update(self, result):
        for form, path in result["unit"].items():
            self.units[form].set_data(self.steps, path)
        for form, band in result["gap"].items():
            corners = [np.stack([self.steps, band[side]], 1) for side in ("low", "high")]
            self.bands[form].set_verts([np.concatenate([corners[0], corners[1][::-1]])])
            self.medians[form].set_data(self.steps, band["median"])

    def describe(self, result):
        last = {form: f"{band['median'][-1]:.2g}" for form, band in result["gap"].items()}
        return (
            f"Weights of {result['scale']:.1f} times torch's first ones, reset bias {digits(result['b_r'], 1)}. "
            f"After {T} steps the state differs from torch's by {last['before']} per unit where the reset comes before "
            f"the product, and by {last['writes']} where z writes (medians of {SEEDS} networks)."
        )
