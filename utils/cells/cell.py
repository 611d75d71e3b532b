"""One time step of the three recurrent cells, one gate a line, in the letters of the equations.

Each map is an `nn.Linear`: W acts on the input x, U on the hidden state h. Both bring a bias, as in torch;
the b of the equations is the sum of the two.
"""

from __future__ import annotations

from typing import ClassVar, NamedTuple

import torch
from torch import Tensor, nn

from utils import checks


class RNNStep(NamedTuple):
    """The hidden state after one step of an RNNCell, (B, H)."""

    h: Tensor


class LSTMStep(NamedTuple):
    """States h, c and gates f, i, g, o of one step of an LSTMCell, each (B, H)."""

    h: Tensor
    c: Tensor
    f: Tensor
    i: Tensor
    g: Tensor
    o: Tensor


class GRUStep(NamedTuple):
    """State h, gates r, z and candidate n of one step of a GRUCell, each (B, H)."""

    h: Tensor
    r: Tensor
    z: Tensor
    n: Tensor


class Cell(nn.Module):
    """What the three cells share: their sizes, their initial weights, the way from and to torch.

    Called on x and the states, a cell checks them and takes one `step`; a loop that has checked them calls `step`.
    """

    states: ClassVar[tuple[str, ...]]  # what goes from step to step
    gates: ClassVar[tuple[str, ...]]  # what a step computes besides
    stacked: ClassVar[tuple[str, ...]]  # the maps' suffixes in the order torch stacks them
    torch_cell: ClassVar[type[nn.Module]]

    def __init__(self, input_size: int, hidden_size: int, bias: bool = True):
        super().__init__()
        self.input_size = checks.integer("input_size", input_size)
        self.hidden_size = checks.integer("hidden_size", hidden_size)
        self.bias = checks.one_of("bias", bias, (True, False))

    def reset_parameters(self) -> None:
        """Draw all weights anew, uniform in +-1/sqrt(hidden_size), as torch's start."""
        for weight in self.parameters():
            nn.init.uniform_(weight, -(self.hidden_size**-0.5), self.hidden_size**-0.5)

    def maps(self, letter: str) -> list[nn.Linear]:
        """The maps `letter`, "W" or "U", in the order torch stacks them."""
        return [self._modules[f"{letter}{gate}"] for gate in self.stacked]  # much faster than getattr

    def stacked_weights(self) -> dict[str, Tensor]:
        """weight_ih (k H, in), weight_hh (k H, H) and, with biases, bias_ih and bias_hh (k H,), as in torch."""
        W, U = self.maps("W"), self.maps("U")
        weights = {"weight_ih": torch.cat([m.weight for m in W]), "weight_hh": torch.cat([m.weight for m in U])}
        if self.bias:
            weights |= {"bias_ih": torch.cat([m.bias for m in W]), "bias_hh": torch.cat([m.bias for m in U])}
        return weights

    @torch.no_grad()
    def load_stacked(self, weights: dict[str, Tensor]) -> None:
        """Take over weights of the shapes that `stacked_weights` gives."""
        for key, value in weights.items():
            kind, side = key.split("_")
            for own, part in zip(self.maps("W" if side == "ih" else "U"), value.chunk(len(self.stacked))):
                getattr(own, kind).copy_(part)

    @classmethod
    def from_torch(cls, cell: nn.Module, **options) -> Cell:
        """A cell with the weights of torch's cell, bit for bit. TypeError for any other module."""
        if not isinstance(cell, cls.torch_cell):
            raise TypeError(
                f"{cls.__name__}.from_torch takes an nn.{cls.torch_cell.__name__}, got {checks.short_repr(cell)}."
            )
        weight = cell.weight_ih
        own = cls(cell.input_size, cell.hidden_size, cell.bias, device=weight.device, dtype=weight.dtype, **options)
        own.load_stacked(dict(cell.named_parameters()))
        return own

    def to_torch(self) -> nn.Module:
        """Torch's cell with these weights, bit for bit."""
        weight = next(self.parameters())
        cell = self._new_torch_cell(device=weight.device, dtype=weight.dtype)
        cell.load_state_dict(self.stacked_weights())
        return cell

    def dtype_of(self, value) -> torch.dtype:
        """The type that `value` must have: the weights', and under autocast, which converts, any of floats."""
        if isinstance(value, Tensor) and value.is_floating_point() and _autocasts(value.device.type):
            return value.dtype
        return self.maps("W")[0].weight.dtype

    def _new_torch_cell(self, **factory) -> nn.Module:
        return self.torch_cell(self.input_size, self.hidden_size, self.bias, **factory)

    def _gate(self, device, dtype) -> tuple[nn.Linear, nn.Linear]:
        """The maps W and U of one gate."""
        return (
            nn.Linear(self.input_size, self.hidden_size, self.bias, device, dtype),
            nn.Linear(self.hidden_size, self.hidden_size, self.bias, device, dtype),
        )

    def _checked(self, x: Tensor, *states: Tensor | None) -> list[Tensor]:
        """x and the states, zero where None; ValueError or TypeError for a wrong shape or type."""
        checks.tensor("x", x, ("B", self.input_size), self.dtype_of(x))
        shape = (x.shape[0], self.hidden_size)
        return [x] + [
            x.new_zeros(shape) if state is None else checks.tensor(letter, state, shape, self.dtype_of(state))
            for letter, state in zip(self.states, states)
        ]

    def extra_repr(self) -> str:
        return f"{self.input_size}, {self.hidden_size}, bias={self.bias}"


class RNNCell(Cell):
    """The plain recurrent cell (Elman 1990): h' = tanh(W x + U h + b).

    nonlinearity: "tanh" or "relu". Equal to nn.RNNCell.
    """

    states, gates, stacked, torch_cell = ("h",), (), ("",), nn.RNNCell

    def __init__(self, input_size, hidden_size, bias=True, nonlinearity="tanh", device=None, dtype=None):
        super().__init__(input_size, hidden_size, bias)
        self.nonlinearity = checks.one_of("nonlinearity", nonlinearity, ("tanh", "relu"))
        self.W, self.U = self._gate(device, dtype)
        self.reset_parameters()

    def forward(self, x: Tensor, h: Tensor | None = None) -> RNNStep:
        """x (B, in), h (B, H) or None for zeros -> RNNStep of h (B, H)."""
        return self.step(*self._checked(x, h))

    def step(self, x: Tensor, h: Tensor) -> RNNStep:
        h = getattr(torch, self.nonlinearity)(self.W(x) + self.U(h))
        return RNNStep(h)

    @classmethod
    def from_torch(cls, cell: nn.RNNCell, **options) -> RNNCell:
        options.setdefault("nonlinearity", getattr(cell, "nonlinearity", "tanh"))
        return super().from_torch(cell, **options)

    def _new_torch_cell(self, **factory) -> nn.RNNCell:
        return nn.RNNCell(self.input_size, self.hidden_size, self.bias, self.nonlinearity, **factory)


class LSTMCell(Cell):
    """The LSTM cell (Hochreiter and Schmidhuber 1997, with the forget gate of Gers et al. 2000).

    Equal to nn.LSTMCell.

    >>> cell = LSTMCell(10, 20)
    >>> step = cell(torch.randn(3, 10))
    >>> step.c.shape, torch.equal(step.c, step.i * step.g)  # before the first step c is 0
    (torch.Size([3, 20]), True)
    """

    states, gates, stacked, torch_cell = ("h", "c"), ("f", "i", "g", "o"), ("_i", "_f", "_g", "_o"), nn.LSTMCell

    def __init__(self, input_size, hidden_size, bias=True, device=None, dtype=None):
        super().__init__(input_size, hidden_size, bias)
        self.W_i, self.U_i = self._gate(device, dtype)
        self.W_f, self.U_f = self._gate(device, dtype)
        self.W_g, self.U_g = self._gate(device, dtype)
        self.W_o, self.U_o = self._gate(device, dtype)
        self.reset_parameters()

    def forward(self, x: Tensor, h: Tensor | None = None, c: Tensor | None = None) -> LSTMStep:
        """x (B, in), h and c (B, H) or None for zeros -> LSTMStep of the new states and the gates, each (B, H)."""
        return self.step(*self._checked(x, h, c))

    def step(self, x: Tensor, h: Tensor, c: Tensor) -> LSTMStep:
        f = torch.sigmoid(self.W_f(x) + self.U_f(h))
        i = torch.sigmoid(self.W_i(x) + self.U_i(h))
        g = torch.tanh(self.W_g(x) + self.U_g(h))
        o = torch.sigmoid(self.W_o(x) + self.U_o(h))
        c = f * c + i * g
        h = o * torch.tanh(c)
        return LSTMStep(h, c, f, i, g, o)


class GRUCell(Cell):
    """The GRU cell, in both variants. z keeps: h' = (1 - z) n + z h.

    reset="after": n = tanh(W x + r (U h)), the form of cuDNN and torch, equal to nn.GRUCell.
    reset="before": n = tanh(W x + U (r h)), the form of Cho et al. 2014.
    """

    states, gates, stacked, torch_cell = ("h",), ("r", "z", "n"), ("_r", "_z", "_n"), nn.GRUCell

    def __init__(self, input_size, hidden_size, bias=True, reset="after", device=None, dtype=None):
        super().__init__(input_size, hidden_size, bias)
        self.reset = checks.one_of("reset", reset, ("after", "before"))
        self.W_r, self.U_r = self._gate(device, dtype)
        self.W_z, self.U_z = self._gate(device, dtype)
        self.W_n, self.U_n = self._gate(device, dtype)
        self.reset_parameters()

    def forward(self, x: Tensor, h: Tensor | None = None) -> GRUStep:
        """x (B, in), h (B, H) or None for zeros -> GRUStep of the new state and the gates, each (B, H)."""
        return self.step(*self._checked(x, h))

    def step(self, x: Tensor, h: Tensor) -> GRUStep:
        r = torch.sigmoid(self.W_r(x) + self.U_r(h))
        z = torch.sigmoid(self.W_z(x) + self.U_z(h))
        n = torch.tanh(self.W_n(x) + (r * self.U_n(h) if self.reset == "after" else self.U_n(r * h)))
        h = (1 - z) * n + z * h
        return GRUStep(h, r, z, n)

    def _new_torch_cell(self, **factory) -> nn.GRUCell:
        if self.reset == "before":
            raise ValueError('torch has no GRU that resets before the product; make the cell with reset="after".')
        return super()._new_torch_cell(**factory)


def _autocasts(device: str) -> bool:
    if hasattr(torch.amp, "is_autocast_available"):  # from torch 2.4 on
        return torch.amp.is_autocast_available(device) and torch.is_autocast_enabled(device)
    return torch.is_autocast_cpu_enabled() if device == "cpu" else torch.is_autocast_enabled()
