"""SideBySide: how far back the gradient reaches in an RNN, an LSTM and a GRU, over several random initial weights."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import torch
from torch import nn

from utils.cells.cell import Cell, GRUCell, LSTMCell, RNNCell
from utils.cells.initialize import orthogonal_
from utils.course.explorers.base import Explorer, choice, slider
from utils.course.explorers.gradient_flow import amount, log_axis
from utils.plots import style
from utils.plots.style import PALETTE

T, INPUTS, H, SEEDS = 50, 10, 20, 8
KINDS = {"rnn": RNNCell, "lstm": LSTMCell, "gru": GRUCell}
BIASES = tuple(np.arange(-2.0, 6.5, 0.5).tolist())
WEIGHTS = {"torch": "as torch draws them", "orthogonal": "orthogonal U, other biases 0"}
LOWEST, HIGHEST = 1e-20, 1e2


def first_weights(kind: str, weights: str, seed: int) -> tuple[Cell, torch.Tensor]:
    """One cell and one sequence (T, in): as torch draws them, or with orthogonal U and zero biases."""
    torch.manual_seed(seed)
    cell = KINDS[kind](INPUTS, H, dtype=torch.float64)
    x = torch.randn(T, INPUTS, dtype=torch.float64)
    if weights == "orthogonal":
        orthogonal_(cell)
        for map_ in cell.children():
            nn.init.zeros_(map_.bias)
    return cell, x


@torch.no_grad()
def stacked(cells: list[Cell]) -> tuple[torch.Tensor, ...]:
    """W (seeds, in, k H), U (seeds, H, k H) and their biases (seeds, 1, k H) of all cells."""
    weights = [cell.stacked_weights() for cell in cells]
    W, U = (torch.stack([w[f"weight_{side}"].T for w in weights]) for side in ("ih", "hh"))
    b, d = (torch.stack([w[f"bias_{side}"][None] for w in weights]) for side in ("ih", "hh"))
    return W, U, b, d


def step(kind: str, a: torch.Tensor, u: torch.Tensor, h: torch.Tensor, c: torch.Tensor):
    """The three cells on stacked gates: a = W x + b and u = U h + d, (seeds, biases, k H); returns h, c."""
    if kind == "rnn":
        return torch.tanh(a + u), c
    if kind == "lstm":
        i, f, g, o = (a + u).chunk(4, dim=-1)
        c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        return torch.sigmoid(o) * torch.tanh(c), c
    (a_r, a_z, a_n), (u_r, u_z, u_n) = a.chunk(3, dim=-1), u.chunk(3, dim=-1)
    z = torch.sigmoid(a_z + u_z)
    n = torch.tanh(a_n + torch.sigmoid(a_r + u_r) * u_n)
    return (1 - z) * n + z * h, c


@lru_cache
def curves(kind: str, weights: str) -> np.ndarray:
    """Gradient norms (biases, seeds, T), the last step being 1; the plain RNN has no gate and one row of biases."""
    with torch.random.fork_rng(devices=[]):
        cells, xs = zip(*(first_weights(kind, weights, seed) for seed in range(SEEDS)))
    W, U, b, d = stacked(cells)
    if kind != "rnn":  # as `initialize.forget_bias_`, for all positions of the slider at once
        b, d = b.repeat(1, len(BIASES), 1), d.repeat(1, len(BIASES), 1)
        b[..., H : 2 * H] = torch.tensor(BIASES)[:, None]  # torch stacks f, and z, second
        d[..., H : 2 * H] = 0
    h = c = torch.zeros(SEEDS, b.shape[1], H, dtype=torch.float64, requires_grad=True)
    hs = []
    for x_t in torch.stack(xs, dim=1):  # (seeds, in)
        h, c = step(kind, x_t[:, None] @ W + b, h @ U + d, h, c)
        hs.append(h)
    gradients = torch.autograd.grad(h.sum(), hs)
    norms = torch.stack([g.norm(dim=-1) for g in gradients], dim=-1).transpose(0, 1)  # (biases, seeds, T)
    return (norms / norms[..., -1:]).numpy()


class SideBySide(Explorer):
    """Norm of dL/dh_t of the three cells, relative to the last step; the loss is the sum of h_T after 50 steps.

    Line: median of 8 seeds, band: least to most. Theory: sigmoid(b)^k, what gates that keep this share leave after
    k steps. All curves are computed once, when the first picture is made.
    Controls: b, the bias of the gate that keeps (f of the LSTM, z of the GRU); the initial weights.
    """

    size = (9.0, 4.0)

    def make_controls(self):
        return {
            "bias": slider("bias of f and z", 0.0, BIASES[0], BIASES[-1], 0.5),
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
