"""Initial weights that decide how long a network remembers before it has learned anything.

Each function changes a network in place and returns it: ours or torch's, a single cell or all layers and directions.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

from utils import checks
from utils.cells.cell import Cell

_ORDER = {"RNN": ("h",), "LSTM": ("i", "f", "g", "o"), "GRU": ("r", "z", "n")}  # as torch stacks them


class Gate(NamedTuple):
    """Views of one gate's weights: U (H, H) and its two biases, each (H,) or None."""

    U: Tensor
    b: Tensor | None
    d: Tensor | None


def gate_weights(rnn: nn.Module) -> list[dict[str, Gate]]:
    """For each layer and direction a dict from the gate's letter ("h" for the plain RNN) to views of its weights.

    TypeError when `rnn` is no recurrent network or cell.
    """
    own = [module for module in rnn.modules() if isinstance(module, Cell)] if isinstance(rnn, nn.Module) else []
    if own:
        return [
            {
                gate[-1:] or "h": Gate(U.weight, W.bias, U.bias)
                for gate, W, U in zip(c.stacked, c.maps("W"), c.maps("U"))
            }
            for c in own
        ]
    if not isinstance(rnn, (nn.RNNBase, nn.RNNCellBase)):
        raise TypeError(f"Pass an RNN, LSTM or GRU, of torch or of this course, got {type(rnn).__name__}.")
    order = _ORDER[type(rnn).__name__.removesuffix("Cell")]
    weights = dict(rnn.named_parameters())
    gates = []
    for suffix in [name.removeprefix("weight_hh") for name in weights if name.startswith("weight_hh")]:
        U = weights[f"weight_hh{suffix}"].chunk(len(order))
        b, d = (
            weights[f"bias_{side}{suffix}"].chunk(len(order)) if rnn.bias else [None] * len(order)
            for side in ("ih", "hh")
        )
        gates.append({letter: Gate(*views) for letter, *views in zip(order, U, b, d)})
    return gates


@torch.no_grad()
def orthogonal_(rnn: nn.Module, gain: float = 1.0, generator: torch.Generator | None = None) -> nn.Module:
    """Make each gate's U a random orthogonal matrix times `gain`: all its singular values are `gain`.

    Source: Saxe, McClelland and Ganguli 2014.
    """
    checks.number("gain", gain, least=0)
    for gates in gate_weights(rnn):
        for gate in gates.values():
            H = len(gate.U)
            Q, R = torch.linalg.qr(torch.randn(H, H, dtype=torch.float64, generator=generator))
            gate.U.copy_(gain * Q * R.diagonal().sign())  # signs make the distribution uniform
    return rnn


@torch.no_grad()
def forget_bias_(rnn: nn.Module, value: float = 1.0) -> nn.Module:
    """Set the bias of the gate that keeps: b_f of an LSTM, b_z of a GRU (z keeps, as in torch).

    TypeError for a plain RNN, which has no such gate; ValueError for a network without biases.
    Source: Gers, Schmidhuber and Cummins 2000; Jozefowicz, Zaremba and Sutskever 2015.
    """
    checks.number("value", value)
    for gates in gate_weights(rnn):
        keep = _with_bias(gates, "f" if "f" in gates else "z")
        keep.b.fill_(value)
        keep.d.zero_()
    return rnn


@torch.no_grad()
def chrono_(rnn: nn.Module, T_max: int, generator: torch.Generator | None = None) -> nn.Module:
    """Spread the units' memories over 1 to `T_max` steps: b_f = log u, u uniform in (1, T_max - 1), b_i = -b_f.

    For a GRU b_z = log u. TypeError for a plain RNN, ValueError for a network without biases.
    Source: Tallec and Ollivier 2018, section 2.

    >>> lstm = chrono_(nn.LSTM(10, 32), T_max=50)
    >>> b_f = lstm.bias_ih_l0[32:64]  # torch stacks i, f, g, o
    >>> bool((b_f > 0).all() and (b_f < 3.9).all())  # log 1 to log 49
    True
    """
    checks.integer("T_max", T_max, least=2)
    for gates in gate_weights(rnn):
        keep = _with_bias(gates, "f" if "f" in gates else "z")
        u = torch.rand(len(keep.b), generator=generator) * (T_max - 2) + 1
        keep.b.copy_(u.log())
        keep.d.zero_()
        if "i" in gates:
            gates["i"].b.copy_(-u.log())
            gates["i"].d.zero_()
    return rnn


def _with_bias(gates: dict[str, Gate], letter: str) -> Gate:
    if letter not in gates:
        raise TypeError("A plain RNN has no gate that keeps: pass an LSTM or a GRU.")
    if gates[letter].b is None:
        raise ValueError("This network has no biases: make it with bias=True.")
    return gates[letter]
