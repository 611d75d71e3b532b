"""The cells unrolled over time, with the interface of nn.RNN, nn.LSTM and nn.GRU."""

from __future__ import annotations

from typing import ClassVar

import torch
from torch import Tensor, nn

from utils import errors
from utils import fast as fast_path
from utils.cells import Cell, GRUCell, LSTMCell, RNNCell


class Recurrent(nn.Module):
    """A cell stepped through a sequence: layers, both directions, first states, lengths.

    The arguments are torch's; `fast=True` takes the path of `utils.fast` (LSTM, and GRU that resets
    after the product), with the same values; other options go to the cell (`reset`, `nonlinearity`).
    `cells` holds one cell for each layer and direction, in torch's order.
    """

    cell_class: ClassVar[type[Cell]]
    torch_class: ClassVar[type[nn.Module]]

    def __init__(
        self, input_size: int, hidden_size: int, num_layers: int = 1, bias: bool = True, batch_first: bool = False,
        dropout: float = 0.0, bidirectional: bool = False, fast: bool = False, device=None, dtype=None, **options,
    ):  # fmt: skip
        super().__init__()
        self.input_size, self.bias = errors.whole("input_size", input_size), bias
        self.hidden_size = errors.whole("hidden_size", hidden_size)
        self.num_layers = errors.whole("num_layers", num_layers)
        self.batch_first = errors.one_of("batch_first", batch_first, (True, False))
        self.bidirectional = errors.one_of("bidirectional", bidirectional, (True, False))
        self.dropout = errors.number("dropout", dropout, 0, 1)
        self.options = options
        directions = 2 if bidirectional else 1
        self.cells = nn.ModuleList(
            self.cell_class(size, hidden_size, bias, device=device, dtype=dtype, **options)
            for size in [input_size] + [directions * hidden_size] * (num_layers - 1)
            for _ in range(directions)
        )
        self.fast = errors.one_of("fast", fast, (True, False))
        if fast:
            fast_path.check(self.cells[0])

    def forward(self, x: Tensor, state=None, lengths=None):
        """Run through the sequence; returns what torch's module returns.

        x (T, B, in), or (B, T, in) with batch_first, or (T, in) for one sequence.
        state: h_0, or (h_0, c_0) for the LSTM, each (layers * directions, B, H); zero when None.
        lengths: B whole numbers from 1 to T; steps past a sequence's length give output 0 and leave its
        last state alone, as torch's packed sequences do.
        Returns output (T, B, directions * H), laid out like x, and h_n or (h_n, c_n), laid out like state.
        """
        _, output, finals = self._run(x, state, lengths, self._unroll_fast if self.fast else _unroll)
        if x.dim() == 2:
            output, finals = output.squeeze(0), [final.squeeze(1) for final in finals]
        elif not self.batch_first:
            output = output.transpose(0, 1)
        return output, finals[0] if len(finals) == 1 else tuple(finals)

    def trace(self, x: Tensor, state=None, lengths=None) -> list[dict[str, Tensor]]:
        """Every state and gate at every step: for each layer and direction a dict from letter to (B, T, H)."""
        return self._run(x, state, lengths, _unroll)[0]

    def _run(self, x: Tensor, state, lengths, unroll):
        x = self._batch_first(x)  # (B, T, in)
        mask = None if lengths is None else _checked_mask(lengths, x)  # (B, T)
        first = self._first_states(x, state)
        directions = 2 if self.bidirectional else 1
        traces, finals = [], []
        for number, cell in enumerate(self.cells):
            backward = number % directions == 1
            letters = unroll(cell, reverse(x, mask) if backward else x, [s[number] for s in first])
            finals.append([_last(letters[name], mask) for name in cell.states])
            if backward:
                letters = {name: reverse(value, mask) for name, value in letters.items()}
            if mask is not None:
                letters = {name: value.masked_fill(~mask[..., None], 0) for name, value in letters.items()}
            traces.append(letters)
            if number % directions == directions - 1:  # the layer is complete
                x = torch.cat([trace["h"] for trace in traces[-directions:]], dim=-1)
                if number < len(self.cells) - 1:
                    x = nn.functional.dropout(x, self.dropout, self.training)
        return traces, x, [torch.stack(values) for values in zip(*finals)]

    def _unroll_fast(self, cell: Cell, x: Tensor, states: list[Tensor]) -> dict[str, Tensor]:
        values = fast_path.unroll(cell, x.transpose(0, 1), states)
        return {name: value.transpose(0, 1) for name, value in zip(cell.states, values)}

    def _batch_first(self, x: Tensor) -> Tensor:
        dtype = next(self.parameters()).dtype
        if isinstance(x, Tensor) and x.dim() == 2:
            return errors.tensor("x", x, ("T", self.input_size), dtype).unsqueeze(0)
        order = ("B", "T") if self.batch_first else ("T", "B")
        errors.tensor("x", x, (*order, self.input_size), dtype)
        return x if self.batch_first else x.transpose(0, 1)

    def _first_states(self, x: Tensor, state) -> list[Tensor]:
        names = self.cell_class.states
        shape = (len(self.cells), x.shape[0], self.hidden_size)
        if state is None:
            return [x.new_zeros(shape) for _ in names]
        given = (state,) if len(names) == 1 else state
        if not isinstance(given, (tuple, list)) or len(given) != len(names):
            raise TypeError(
                f"state must be a tuple ({', '.join(f'{name}_0' for name in names)}), got {type(state).__name__}."
            )
        if all(isinstance(s, Tensor) and s.dim() == 2 for s in given) and x.shape[0] == 1:
            given = [s.unsqueeze(1) for s in given]  # one sequence without a batch, as torch takes it
        return [errors.tensor(f"{name}_0", s, shape, x.dtype) for name, s in zip(names, given)]

    @classmethod
    def from_torch(cls, module: nn.Module, fast: bool = False) -> Recurrent:
        """The same network with the weights of torch's module, bit for bit.

        TypeError for another module, ValueError for one with projections (proj_size).
        """
        if not isinstance(module, cls.torch_class):
            raise TypeError(
                f"{cls.__name__}.from_torch takes an nn.{cls.torch_class.__name__}, got {errors.shown(module)}."
            )
        if getattr(module, "proj_size", 0):
            raise ValueError("Projections are not part of this course: make the nn.LSTM with proj_size=0.")
        weight = module.weight_ih_l0
        options = {"nonlinearity": module.nonlinearity} if cls is RNN else {}
        own = cls(
            module.input_size, module.hidden_size, module.num_layers, module.bias, module.batch_first, module.dropout,
            module.bidirectional, fast, weight.device, weight.dtype, **options,
        )  # fmt: skip
        for suffix, cell in zip(own._suffixes(), own.cells):
            cell.load_stacked({key: getattr(module, key + suffix) for key in cell.stacked_weights()})
        return own.train(module.training)

    def to_torch(self) -> nn.Module:
        """Torch's module with these weights, bit for bit. ValueError for a GRU that resets before the product."""
        self.cells[0].to_torch()  # refuses what torch does not have
        weight = self.cells[0].maps("W")[0].weight
        module = self.torch_class(
            self.input_size, self.hidden_size, self.num_layers, bias=self.bias, batch_first=self.batch_first,
            dropout=self.dropout, bidirectional=self.bidirectional, device=weight.device, dtype=weight.dtype,
            **({"nonlinearity": self.cells[0].nonlinearity} if isinstance(self, RNN) else {}),
        )  # fmt: skip
        for suffix, cell in zip(self._suffixes(), self.cells):
            module.load_state_dict({key + suffix: v for key, v in cell.stacked_weights().items()}, strict=False)
        return module.train(self.training)

    def _suffixes(self) -> list[str]:
        directions = ("", "_reverse") if self.bidirectional else ("",)
        return [f"_l{layer}{direction}" for layer in range(self.num_layers) for direction in directions]

    def extra_repr(self) -> str:
        return f"batch_first={self.batch_first}, dropout={self.dropout}, fast={self.fast}"


class RNN(Recurrent):
    """The plain recurrent network, equal to nn.RNN; option `nonlinearity`, "tanh" or "relu"."""

    cell_class, torch_class = RNNCell, nn.RNN


class LSTM(Recurrent):
    """The LSTM, equal to nn.LSTM."""

    cell_class, torch_class = LSTMCell, nn.LSTM


class GRU(Recurrent):
    """The GRU, equal to nn.GRU with `reset="after"`; with `reset="before"` that of Cho et al. 2014."""

    cell_class, torch_class = GRUCell, nn.GRU


def _unroll(cell: Cell, x: Tensor, states: list[Tensor]) -> dict[str, Tensor]:
    """Step through x (B, T, in): a dict from letter to (B, T, H). This loop is the whole idea."""
    steps = []
    for x_t in x.unbind(1):  # (B, in)
        step = cell(x_t, *states)
        states = step[: len(cell.states)]
        steps.append(step)
    return {letter: torch.stack(values, dim=1) for letter, values in zip(step._fields, zip(*steps))}


def variant(rnn: nn.Module) -> dict[str, str]:
    """What the weights of a network, ours or torch's, do not tell: the nonlinearity of an RNN, the reset of a GRU."""
    cell = rnn.cells[0] if isinstance(rnn, Recurrent) else rnn
    return {name: getattr(cell, name) for name in ("nonlinearity", "reset") if hasattr(cell, name)}


def mask(lengths: Tensor, T: int) -> Tensor:
    """(B, T) of True where a step belongs to its sequence, from lengths (B,)."""
    return torch.arange(T, device=lengths.device) < lengths[:, None]


def reverse(x: Tensor, mask: Tensor | None = None) -> Tensor:
    """Each sequence of x (B, T, n) turned round within its own length; the padding stays behind it."""
    if mask is None:
        return x.flip(1)
    T, lengths = x.shape[1], mask.sum(1, keepdim=True)
    t = torch.arange(T, device=x.device)
    source = torch.where(mask, lengths - 1 - t, t)  # (B, T)
    return x.gather(1, source[..., None].expand_as(x))


def _checked_mask(lengths, x: Tensor) -> Tensor:
    lengths = torch.as_tensor(lengths, device=x.device)
    B, T = x.shape[:2]
    if lengths.shape != (B,) or lengths.is_floating_point() or lengths.min() < 1 or lengths.max() > T:
        raise ValueError(
            f"lengths must be {B} whole numbers from 1 to {T}, one for each sequence, got {lengths.tolist()}."
        )
    return mask(lengths, T)


def _last(values: Tensor, mask: Tensor | None) -> Tensor:
    """From (B, T, H) the value at each sequence's last step, (B, H)."""
    if mask is None:
        return values[:, -1]
    return values[torch.arange(len(values), device=values.device), mask.sum(1) - 1]
