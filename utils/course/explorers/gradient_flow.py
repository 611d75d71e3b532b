"""GradientFlow: how far back a gradient reaches in a plain recurrent network, and what theory says about it."""

from __future__ import annotations

import re
from functools import lru_cache

import numpy as np

from utils.course.explorers.base import Explorer, choice, slider
from utils.plots import style
from utils.plots.style import PALETTE

H, STEPS = 32, 100  # units; the longest sequence
LOWEST, HIGHEST = 1e-20, 1e20  # of the logarithmic axis
# name: (phi, its slope written with h = phi(a), the largest slope)
NONLINEARITIES = {
    "tanh": (np.tanh, lambda h: 1 - h**2, 1.0),
    "relu": (lambda a: np.maximum(a, 0), lambda h: (h > 0).astype(float), 1.0),
    "linear": (lambda a: a, np.ones_like, 1.0),
    "sigmoid": (lambda a: 1 / (1 + np.exp(-a)), lambda h: h * (1 - h), 0.25),
}


@lru_cache
def drawn() -> dict[str, np.ndarray]:
    """What chance decides, the same each time: two U of spectral radius 1, the inputs, the direction of the loss."""
    rng = np.random.default_rng(0)
    gaussian = rng.standard_normal((H, H))
    direction = rng.standard_normal(H)
    return {
        "orthogonal": np.linalg.qr(rng.standard_normal((H, H)))[0],
        "random": gaussian / np.abs(np.linalg.eigvals(gaussian)).max(),
        "inputs": rng.standard_normal((STEPS, H)),
        "v": direction / np.linalg.norm(direction),
    }


class GradientFlow(Explorer):
    """Norm of dL/dh_t at each step of h_t = phi(a_t + U h_{t-1}), beside gain^k and the bound (sigma_max max|phi'|)^k.

    a_t stands for W x_t + b. The loss is v·h_T, or the sum of v·h_t over all steps, with a fixed v of length 1, and
    k = T - t. Left: the eigenvalues of U with the unit circle. Source: Pascanu et al. 2013, equations 5 to 7.
    Controls: gain (spectral radius of U), inputs (standard deviation of a_t), T, nonlinearity, matrix, loss.
    """

    size = (9.0, 4.0)

    def make_controls(self):
        return {
            "gain": slider("gain of U", 0.9, 0.5, 1.6, 0.05),
            "inputs": slider("strength of inputs", 0.2, 0.0, 2.0, 0.1),
            "T": slider("T, steps", STEPS, 2, STEPS, 1),
            "nonlinearity": choice("nonlinearity", list(NONLINEARITIES), "tanh"),
            "matrix": choice("U is", [("orthogonal × gain", "orthogonal"), ("random × gain", "random")], "orthogonal"),
            "loss": choice("loss", [("at the last step only", "last"), ("at all steps", "all")], "last"),
        }

    @staticmethod
    def compute(gain, nonlinearity, inputs, matrix, T, loss):
        phi, slope, steepest = NONLINEARITIES[nonlinearity]
        U, v, a = gain * drawn()[matrix], drawn()["v"], inputs * drawn()["inputs"]  # (H, H), (H,), (STEPS, H)
        h, slopes = np.zeros(H), []
        for t in range(T):
            h = phi(a[t] + U @ h)
            slopes.append(slope(h))
        g = v  # dL/dh_T
        norms = [1.0]
        for t in reversed(range(1, T)):
            g = (g * slopes[t]) @ U + (v if loss == "all" else 0)  # dL/dh_t from dL/dh_{t+1}
            norms.append(np.linalg.norm(g))
        k = np.arange(T)  # steps before the last
        sigma = np.linalg.norm(U, 2)
        return {
            "k": k, "norms": np.array(norms), "radius": gain, "theory": gain**k, "bound": (sigma * steepest) ** k,
            "sigma": sigma, "steepest": steepest, "eigenvalues": np.linalg.eigvals(U), "T": T, "loss": loss,
        }  # fmt: skip

    def draw(self, figure):
        plane, flow = figure.subplots(1, 2, width_ratios=(1, 2.1))
        style(plane)
        style(flow)
        circle = np.exp(2j * np.pi * np.linspace(0, 1, 200))
        plane.plot(circle.real, circle.imag, color=PALETTE["text"], lw=1.2)
        plane.set(xlim=(-1.7, 1.7), ylim=(-1.7, 1.7), aspect="equal", xticks=(-1, 0, 1), yticks=(-1, 0, 1))
        plane.set(title="eigenvalues of $U$ and the unit circle", xlabel="real part", ylabel="imaginary part")
        plane.title.set_fontsize(10)
        self.dots = self.moving(plane.plot([], [], "o", ms=5, color=PALETTE["rnn"], alpha=0.7)[0])
        log_axis(flow, LOWEST, HIGHEST)
        flow.set(xlim=(101, -1), xlabel="$k$, steps before the last")
        flow.set_ylabel(r"norm of $\partial L\,/\,\partial h_{T-k}$")
        flow.text(1, HIGHEST / 1e2, "explodes", color="#666666", fontsize=9, ha="right", va="top")
        flow.text(1, LOWEST * 1e2, "vanishes", color="#666666", fontsize=9, ha="right")
        self.bound = self.moving(flow.plot([], [], ":", lw=2, color=PALETTE["theory"])[0])
        self.theory = self.moving(flow.plot([], [], "--", lw=1.6, color=PALETTE["text"])[0])
        self.line = self.moving(flow.plot([], [], lw=2.6, color=PALETTE["rnn"])[0])
        self.first = self.moving(flow.plot([], [], "o", ms=8, color=PALETTE["rnn"], clip_on=False)[0])
        figure.legend(
            [self.line, self.theory, self.bound],
            ["measured", "gain$^{\\,k}$, the spectral radius", r"upper bound $(\sigma_{max}\cdot\max|\phi^\prime|)^k$"],
            loc="outside upper right", ncols=3, frameon=False, fontsize=9,
        )  # fmt: skip

    def update(self, result):
        eigenvalues, k = result["eigenvalues"], result["k"]
        self.dots.set_data(eigenvalues.real, eigenvalues.imag)
        for artist, name in ((self.line, "norms"), (self.theory, "theory"), (self.bound, "bound")):
            artist.set_data(k, np.clip(result[name], 1e-300, 1e300))  # a line that leaves the picture leaves it
        self.first.set_data([k[-1]], np.clip(result["norms"][-1:], LOWEST, HIGHEST))

    def describe(self, result):
        T, first, last = result["T"], result["norms"][-1], result["norms"][0]
        where = f"Loss at the last of {T} steps" if result["loss"] == "last" else f"Loss at all {T} steps"
        ratio = first / last
        if ratio == 0:
            return f"{where}: nothing reaches the first step, its gradient is exactly 0."
        words = f"{where}: the gradient at the first step is {amount(ratio)} times as long as at the last"
        if result["loss"] == "all":
            return f"{words}, because each step also has a loss of its own."
        words += f", a factor of {ratio ** (1 / (T - 1)):.2f} per step."
        most = result["sigma"] * result["steepest"]
        return f"{words} The spectral radius alone says {result['radius']:.2f}; no step can do more than {most:.2f}."


def amount(x: float) -> str:
    """A positive number in few characters: 0.42, 3.1e-9, 250."""
    if 1e-3 <= x < 1e3:
        return f"{x:.0f}" if x >= 100 else f"{x:.2g}"
    return re.sub(r"e([+-])0", r"e\1", f"{x:.1e}").replace("e+", "e")


def log_axis(ax, lowest: float, highest: float, decades: int = 5) -> None:
    """Make the vertical axis logarithmic, with a tick every `decades` powers of ten and a line at 1."""
    ax.set_yscale("log")
    ax.minorticks_off()
    low, high = (round(np.log10(limit)) for limit in (lowest, highest))
    ax.set_ylim(lowest, highest)
    ax.set_yticks([10.0**power for power in range(low, high + 1, decades)])
    ax.axhline(1, color="#888888", lw=1)
