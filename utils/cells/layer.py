"""The cells unrolled over time, with the interface of nn.RNN, nn.LSTM and nn.GRU."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

import torch
from torch import Tensor, nn

from utils import checks
from utils.cells.cell import Cell, GRUCell, LSTMCell, RNNCell

SHUT = 1e4  # far enough from 0 that a sigmoid is 0 or 1 to the last bit, and within the range of float16


class Recurrent(nn.Module):
    """A cell stepped through a sequence: layers, both directions, initial states, lengths.

    The arguments are torch's; other options go to the cell (`reset`, `nonlinearity`). `cells` holds one cell for each
    layer and direction, in torch's order.
    fast: hand the weights, stacked as torch wants them, to the function that nn.RNN, nn.LSTM or nn.GRU calls itself
    (oneDNN's on a CPU, cuDNN's on a GPU): the same values bit for bit, and the same gradients. Second derivatives
    are right on a CPU; on a GPU cuDNN refuses them, as `torch.func.vmap` refuses the kernel anywhere: take
    fast=False there. ValueError for a GRU with reset="before", which torch does not have.
    """

    cell_class: ClassVar[type[Cell]]
    torch_class: ClassVar[type[nn.Module]]
    torch_function: ClassVar[Callable]  # what torch's module calls

    def __init__(
        self, input_size: int, hidden_size: int, num_layers: int = 1, bias: bool = True, batch_first: bool = False,
        dropout: float = 0.0, bidirectional: bool = False, fast: bool = False, device=None, dtype=None, **options,
    ):  # fmt: skip
        super().__init__()
        self.input_size, self.bias = checks.integer("input_size", input_size), bias
        self.hidden_size = checks.integer("hidden_size", hidden_size)
        self.num_layers = checks.integer("num_layers", num_layers)
        self.batch_first = checks.one_of("batch_first", batch_first, (True, False))
        self.bidirectional = checks.one_of("bidirectional", bidirectional, (True, False))
        self.dropout = checks.number("dropout", dropout, 0, 1)
        self.fast = checks.one_of("fast", fast, (True, False))
        self.directions = 2 if bidirectional else 1
        self.cells = nn.ModuleList(
            self.cell_class(size, hidden_size, bias, device=device, dtype=dtype, **options)
            for size in [input_size] + [self.directions * hidden_size] * (num_layers - 1)
            for _ in range(self.directions)
        )
        if fast and options.get("reset") == "before":
            raise ValueError("There is no fast path for a GRU with reset='before': use fast=False or reset=\"after\".")

    def forward(self, x: Tensor, state=None, lengths=None):
        """Run through the sequence; returns what torch's module returns.

        x (T, B, in), or (B, T, in) with batch_first, or (T, in) for one sequence.
        state: h_0, or (h_0, c_0) for the LSTM, each (layers * directions, B, H), without B for one sequence; zero
        when None.
        lengths: B whole numbers from 1 to T; steps past a sequence's length are not read, give output 0 and leave its
        last state alone, as torch's packed sequences do.
        Returns output (T, B, directions * H), laid out like x, and h_n or (h_n, c_n), laid out like state.
        """
        inputs, initial, real = self.prepare(x, state, lengths)
        if not self.fast:
            _, output, finals = self._unroll(_steps, inputs, initial, real)
        elif real is None:
            output, finals = self._kernel(inputs, initial)
        else:
            _, output, finals = self._unroll(self._kernel_within, inputs, initial, real)
        if x.dim() == 2:
            output, finals = output.squeeze(0), [final.squeeze(1) for final in finals]
        elif not self.batch_first:
            output = output.transpose(0, 1)
        return output, finals[0] if len(finals) == 1 else tuple(finals)

    def trace(self, x: Tensor, state=None, lengths=None) -> list[dict[str, Tensor]]:
        """Every state and gate at every step: for each layer and direction a dict from letter to (B, T, H)."""
        return self._unroll(_steps, *self.prepare(x, state, lengths))[0]

    def prepare(self, x: Tensor, state=None, lengths=None) -> tuple[Tensor, list[Tensor], Tensor | None]:
        """What `forward` takes, checked: x (B, T, in), each initial state (layers * directions, B, H), mask (B, T).

        Past the lengths x is 0, whatever stood there: a product of 0 and infinity would be no number in the gradient.
        """
        one = isinstance(x, Tensor) and x.dim() == 2  # one sequence without a batch
        order = ("T",) if one else ("B", "T") if self.batch_first else ("T", "B")
        checks.tensor("x", x, (*order, self.input_size), self.cells[0].dtype_of(x))
        x = x.unsqueeze(0 if self.batch_first else 1) if one else x
        x = x if self.batch_first else x.transpose(0, 1)
        initial = self._initial_states(x, state, one)
        if lengths is None:
            return x, initial, None
        real = _checked_mask(lengths, x)
        return x.masked_fill(~real[..., None], 0), initial, real

    def _initial_states(self, x: Tensor, state, one: bool) -> list[Tensor]:
        names = self.cell_class.states
        if state is None:
            return [x.new_zeros(len(self.cells), x.shape[0], self.hidden_size) for _ in names]
        given = (state,) if len(names) == 1 else state
        if not isinstance(given, (tuple, list)) or len(given) != len(names):
            raise TypeError(
                f"state must be a tuple ({', '.join(f'{name}_0' for name in names)}), got {type(state).__name__}."
            )
        shape = (len(self.cells), self.hidden_size) if one else (len(self.cells), x.shape[0], self.hidden_size)
        for name, s in zip(names, given):
            checks.tensor(f"{name}_0", s, shape, self.cells[0].dtype_of(s))
        return [(s.unsqueeze(1) if one else s).to(x.dtype) for s in given]

    def _unroll(self, run, x: Tensor, initial: list[Tensor], real: Tensor | None):
        """All layers and directions by `run`, a cell at a time: their traces, the output (B, T, D H), last states."""
        traces, finals = [], []
        for number, cell in enumerate(self.cells):
            backward = number % self.directions == 1
            letters, final = run(cell, reverse(x, real) if backward else x, [s[number] for s in initial], real)
            if backward:
                letters = {name: reverse(value, real) for name, value in letters.items()}
            if real is not None:
                letters = {name: value.masked_fill(~real[..., None], 0) for name, value in letters.items()}
            traces.append(letters)
            finals.append(final)
            if number % self.directions == self.directions - 1:  # the layer is complete
                x = torch.cat([trace["h"] for trace in traces[-self.directions :]], dim=-1)
                if number < len(self.cells) - 1:
                    x = nn.functional.dropout(x, self.dropout, self.training)
        return traces, x, [torch.stack(values) for values in zip(*finals)]

    def _kernel(self, x: Tensor, initial: list[Tensor]) -> tuple[Tensor, list[Tensor]]:
        """All layers and directions in one call of torch's kernel: the output (B, T, D H) and the last states."""
        dropout = self.dropout if self.training else 0.0
        return self._call(x, initial, _stacked(self.cells), self.num_layers, dropout, self.bidirectional)

    def _kernel_within(self, cell: Cell, x: Tensor, states: list[Tensor], real: Tensor):
        """One cell through x (B, T, in) within the lengths, by torch's kernel: {"h": (B, T, H)}, last states (B, H)."""
        if self.torch_function is torch.rnn_relu:  # its state may grow without bound, even where the input is 0
            return _steps(cell, x, states, real)
        weights = _stacked([cell])
        if isinstance(cell, LSTMCell):
            # The kernel tells c only after its last step. One more input, 1 past the length, shuts i and opens f
            # there, so that c stays as it is to the last bit.
            gates = weights[0].new_zeros(4, cell.hidden_size, 1)  # i, f, g, o
            gates[0], gates[1] = -SHUT, SHUT
            weights[0] = torch.cat([weights[0], gates.flatten(0, 1)], dim=1)
            x = torch.cat([x, (~real)[..., None].to(x.dtype)], dim=-1)
        output, finals = self._call(x, [s[None] for s in states], weights)
        return {"h": output}, [_last(output, real), *(final[0] for final in finals[1:])]

    def _call(self, x, initial, weights, layers: int = 1, dropout: float = 0.0, bidirectional: bool = False):
        # cuDNN keeps what the backward pass needs in training mode only.
        train = self.training or torch.is_grad_enabled()
        hx = initial if len(initial) > 1 else initial[0]
        output, *finals = self.torch_function(x, hx, weights, self.bias, layers, dropout, train, bidirectional, True)
        return output, finals

    @classmethod
    def from_torch(cls, module: nn.Module, fast: bool = False) -> Recurrent:
        """The same network with the weights of torch's module, bit for bit.

        TypeError for another module, ValueError for one with projections (proj_size).
        """
        if not isinstance(module, cls.torch_class):
            raise TypeError(
                f"{cls.__name__}.from_torch takes an nn.{cls.torch_class.__name__}, got {checks.short_repr(module)}."
            )
        if getattr(module, "proj_size", 0):
            raise ValueError("Projections are not part of this course: make the nn.LSTM with proj_size=0.")
        weight = module.weight_ih_l0
        options = {"nonlinearity": module.nonlinearity} if issubclass(cls, RNN) else {}
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
            **({"nonlinearity": self.nonlinearity} if isinstance(self, RNN) else {}),
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

    @property
    def nonlinearity(self) -> str:
        return self.cells[0].nonlinearity

    @property
    def torch_function(self):
        return torch.rnn_relu if self.nonlinearity == "relu" else torch.rnn_tanh


class LSTM(Recurrent):
    """The LSTM, equal to nn.LSTM.

    >>> theirs, x = nn.LSTM(10, 20), torch.randn(50, 3, 10)
    >>> output, (h_n, c_n) = LSTM.from_torch(theirs)(x)
    >>> output.shape, torch.allclose(output, theirs(x)[0], atol=1e-6)
    (torch.Size([50, 3, 20]), True)
    """

    cell_class, torch_class, torch_function = LSTMCell, nn.LSTM, staticmethod(torch.lstm)


class GRU(Recurrent):
    """The GRU, equal to nn.GRU with `reset="after"`; with `reset="before"` that of Cho et al. 2014."""

    cell_class, torch_class, torch_function = GRUCell, nn.GRU, staticmethod(torch.gru)


def _steps(cell: Cell, x: Tensor, states: list[Tensor], real: Tensor | None = None):
    """Step through x (B, T, in): a dict from letter to (B, T, H), and the last states. This loop is the whole idea.

    Where `real` (B, T) is False, the states stay as they are.
    """
    steps = []
    for t, x_t in enumerate(x.unbind(1)):  # (B, in)
        step = cell.step(x_t, *states)
        after = step[: len(cell.states)]
        states = after if real is None else [torch.where(real[:, t, None], *pair) for pair in zip(after, states)]
        steps.append(step)
    return {letter: torch.stack(values, dim=1) for letter, values in zip(step._fields, zip(*steps))}, states


def _stacked(cells) -> list[Tensor]:
    """The weights of all cells as torch's function takes them.

    For each cell weight_ih (k H, in), weight_hh (k H, H), and with biases bias_ih and bias_hh (k H,).
    """
    maps = [cell.maps(letter) for cell in cells for letter in "WU"]
    parts = [[m.weight for m in part] for part in maps]
    if cells[0].bias:
        parts += [[m.bias for m in part] for part in maps]
    on_cpu = parts[0][0].device.type == "cpu"
    stacked = [torch.cat(part) for part in parts] if on_cpu else _one_piece(parts)
    if not torch.is_grad_enabled():
        # torch.matmul goes another way, with other last bits, where a matrix needs no gradient: nn.LSTM's does.
        stacked = [weight.requires_grad_(part[0].requires_grad) for weight, part in zip(stacked, parts)]
    pairs = 2 * len(cells)  # of W and U come first, then those of biases
    return [w for k in range(0, pairs, 2) for w in stacked[k : k + 2] + stacked[pairs + k : pairs + k + 2]]


def variant(rnn: nn.Module) -> dict[str, str]:
    """What the weights of a network, ours or torch's, do not tell: the nonlinearity of an RNN, the reset of a GRU."""
    cell = rnn.cells[0] if isinstance(rnn, Recurrent) else rnn
    return {name: getattr(cell, name) for name in ("nonlinearity", "reset") if hasattr(cell, name)}


def _one_piece(parts: list[list[Tensor]]) -> list[Tensor]:
    """Each part stacked, all of them views of one tensor, as cuDNN wants its weights."""
    flat = torch.cat([weight.flatten() for part in parts for weight in part])
    pieces = flat.split([len(part) * part[0].numel() for part in parts])
    return [piece.view(-1, *part[0].shape[1:]) for piece, part in zip(pieces, parts)]


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


def states_within(rnn: nn.Module, x: Tensor, real: Tensor, backward: bool = False) -> Tensor:
    """The states (B, T, H) of a layer on the steps of x (B, T, n) where `real` (B, T) is True; others are not read.

    rnn: built with batch_first=True, ours or torch's. backward: from each sequence's own end to its beginning. What
    the states are at the other steps has no meaning, but they are numbers. A sequence may be all padding.
    """
    x = x.masked_fill(~real[..., None], 0)
    x = reverse(x, real) if backward else x
    if getattr(rnn, "nonlinearity", None) != "relu":
        h = rnn(x)[0]
    else:  # such a state may grow without bound, even where x is 0: stop at the length
        lengths = real.sum(1).clamp(min=1)
        if isinstance(rnn, Recurrent):
            h = rnn(x, None, lengths)[0]
        else:
            packed = nn.utils.rnn.pack_padded_sequence(x, lengths.cpu(), batch_first=True, enforce_sorted=False)
            h, _ = nn.utils.rnn.pad_packed_sequence(rnn(packed)[0], batch_first=True, total_length=x.shape[1])
    return reverse(h, real) if backward else h


def _checked_mask(lengths, x: Tensor) -> Tensor:
    B, T = x.shape[:2]
    sentence = f"lengths must be {B} whole numbers from 1 to {T}, one for each sequence, got"
    try:
        lengths = torch.as_tensor(lengths)
    except (TypeError, ValueError, RuntimeError):
        raise TypeError(f"{sentence} {checks.short_repr(lengths)}.") from None
    wrong = lengths.shape != (B,) or lengths.is_floating_point() or lengths.dtype == torch.bool
    if not wrong and lengths.device.type == "cpu":  # elsewhere a look at the values would make the device wait
        wrong = lengths.min() < 1 or lengths.max() > T
    if wrong:
        raise ValueError(f"{sentence} {lengths.tolist()}.")
    return mask(lengths.to(x.device, non_blocking=True), T)


def _last(values: Tensor, mask: Tensor) -> Tensor:
    """From (B, T, H) the value at each sequence's last step, (B, H)."""
    return values[torch.arange(len(values), device=values.device), mask.sum(1) - 1]
