"""SideBySide: how far back the gradient reaches in an RNN, an LSTM and a GRU, over several random initial weights."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np

from utils.arrays.cells import GRU, LSTM, RNN, Cell
from utils.arrays.layers import Unrolled
from utils.arrays.parameters import cells_of, orthogonal
from utils.arrays.torch_random import TorchRandom
from utils.course.explorers.base import Explorer, choice, slider
from utils.course.explorers.gradient_flow import amount, log_axis
from utils.plots import style
from utils.plots.style import PALETTE

T, INPUTS, H, SEEDS = 50, 10, 20, 8
KINDS = {"rnn": RNN, "lstm": LSTM, "gru": GRU}
MAPS = {"rnn": ("",), "lstm": ("_i", "_f", "_g", "_o"), "gru": ("_r", "_z", "_n")}  # in the order torch stacks them
BIASES = tuple(np.arange(-2.0, 6.5, 0.5).tolist())
WEIGHTS = {"torch": "as torch draws them", "orthogonal": "orthogonal U, other biases 0"}
LOWEST, HIGHEST = 1e-20, 1e2


def initial_weights(kind: str, weights: str, seed: int) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """The weights of one `utils.cells` cell and one sequence (T, in), as they are after torch.manual_seed(seed).

    weights: "torch", uniform in +-1/sqrt(H), or "orthogonal", each U orthogonal and all biases 0.
    """
    rng, named = TorchRandom(seed), {}
    shapes = {"W{}.weight": (H, INPUTS), "W{}.bias": (H,), "U{}.weight": (H, H), "U{}.bias": (H,)}
    for _ in range(2):  # an nn.Linear draws weights of its own, then the cell draws those that stay
        for gate in MAPS[kind]:
            named |= {name.format(gate): rng.uniform(-(H**-0.5), H**-0.5, shape) for name, shape in shapes.items()}
    x = rng.standard_normal((T, INPUTS))
    if weights == "orthogonal":
        named = {name: np.zeros_like(value) if "bias" in name else value for name, value in named.items()}
        named |= {f"U{gate}.weight": orthogonal(H, rng) for gate in MAPS[kind]}
    return named, x


def stacked(cells: list[Cell]) -> Cell:
    """The cells side by side as one: W (seeds, in, k H), U (seeds, H, k H), biases (seeds, 1, k H)."""
    letters = [name for name, value in vars(cells[0]).items() if isinstance(value, np.ndarray)]
    arrays = {letter: np.stack([getattr(cell, letter) for cell in cells]) for letter in letters}
    return replace(cells[0], **{name: value[:, None] if value.ndim == 2 else value for name, value in arrays.items()})


@lru_cache
def curves(kind: str, weights: str) -> np.ndarray:
    """Gradient norms (biases, seeds, T), the last step being 1; the plain RNN has no gate and one row of biases."""
    named, x = zip(*(initial_weights(kind, weights, seed) for seed in range(SEEDS)))
    cell = stacked([cells_of(each)[0] for each in named])
    if kind != "rnn":  # as `initialize.forget_bias_`, for all positions of the slider at once
        b, keeps = np.repeat(cell.b, len(BIASES), axis=1), {"lstm": slice(H), "gru": slice(H, 2 * H)}[kind]
        b[..., keeps] = np.array(BIASES)[:, None]
        cell = replace(cell, b=b)
    unrolled = Unrolled(cell, np.stack(x)[:, None])  # (seeds, 1, T, in)
    loss = np.zeros_like(unrolled["h"])  # (seeds, biases, T, H)
    loss[..., -1, :] = 1
    norms = np.linalg.norm(unrolled.back(loss).states["h"], axis=-1).swapaxes(0, 1)  # (biases, seeds, T)
    return norms / norms[..., -1:]


class SideBySide(Explorer):
    """Norm of dL/dh_t of the three cells, relative to the last step; the loss is the sum of h_T after 50 steps.

    Line: median of 8 seeds, band: least to most. Theory: sigmoid(b)^k, what gates that keep this share leave after
    k steps. All curves are computed once, when the first picture is made.
    Controls: b, the bias of the gate that keeps (f of the LSTM, z of the GRU); the initial weights.
    """

    size = (9.0, 4.0)

    def make_controls(self):
        return {
            "bias": slider("bias that keeps, b", 0.0, BIASES[0], BIASES[-1], 0.5),
            "weights": choice("initial weights", [(words, name) for name, words in WEIGHTS.items()], "torch"),
        }

    @staticmethod
    def compute(bias, weights):
        row = int(np.abs(np.array(BIASES) - bias).argmin())
        bands = {}
        for kind in KINDS:
            norms = curves(kind, weights)[0 if kind == "rnn" else row][:, ::-1]  # (seeds, T), by k
            bands[kind] = {"low": norms.min(0), "median": np.median(norms, axis=0), "high": norms.max(0)}
        k = np.arange(T)
        keeps = 1 / (1 + np.exp(-BIASES[row]))
        return {"k": k, "bands": bands, "keeps": keeps, "theory": keeps**k}

    def draw(self, figure):
        for kind in KINDS:  # all curves now, so that no move of a control has to wait
            for weights in WEIGHTS:
                curves(kind, weights)
        ax = figure.subplots()
        style(ax)
        log_axis(ax, LOWEST, HIGHEST)
        ax.set(xlim=(T, -0.5), xlabel="$k$, steps before the last")
        ax.set_ylabel(r"norm of $\partial L\,/\,\partial h_{T-k}$, last step = 1")
        told = f"line: median of {SEEDS} random beginnings; band: least to most"
        ax.text(0.99, 0.03, told, transform=ax.transAxes, ha="right", fontsize=9, color=PALETTE["text"])
        self.medians, self.bands = {}, {}
        for kind in KINDS:
            self.bands[kind] = self.moving(ax.fill_between([0, 1], 1, 1, color=PALETTE[kind], alpha=0.2, lw=0))
            self.medians[kind] = self.moving(ax.plot([], [], lw=2.4, color=PALETTE[kind])[0])
        self.theory = self.moving(ax.plot([], [], "--", lw=1.5, color=PALETTE["text"])[0])
        figure.legend(
            [*self.medians.values(), self.theory], ["RNN", "LSTM", "GRU", r"theory: $\sigma(b)^k$"],
            loc="outside upper right", ncols=4, frameon=False, fontsize=9,
        )  # fmt: skip

    def update(self, result):
        k = result["k"]
        for kind, band in result["bands"].items():
            low, high = (np.clip(band[side], LOWEST, HIGHEST) for side in ("low", "high"))
            corners = np.concatenate([np.stack([k, low], 1), np.stack([k, high], 1)[::-1]])
            self.bands[kind].set_verts([corners])
            self.medians[kind].set_data(k, np.clip(band["median"], LOWEST, HIGHEST))
        self.theory.set_data(k, np.clip(result["theory"], LOWEST, HIGHEST))

    def describe(self, result):
        first = {kind: amount(band["median"][-1]) for kind, band in result["bands"].items()}
        return (
            f"The gates keep {result['keeps']:.3g} of the memory per step. Median over {SEEDS} seeds of the gradient "
            f"at the first of {T} steps, last step = 1: RNN {first['rnn']}, LSTM {first['lstm']}, GRU {first['gru']}."
        )
