"""Linear recurrences h_t = a_t h_{t-1} + b_t, stepped or scanned, and two gated layers that are made of one.

Where a_t and b_t do not depend on h_{t-1}, the steps need not wait for one another. Sources: Hillis and Steele 1986
(the rounds of doubling), Martin and Cundy 2018 (for recurrent networks), Feng and others 2024 (minGRU and minLSTM).
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from utils import checks


def combine(earlier: tuple[Tensor, Tensor], later: tuple[Tensor, Tensor]) -> tuple[Tensor, Tensor]:
    """Two neighboring stretches of steps as one: the pair (a, b) stands for h -> a h + b.

    a' (a h + b) + b' = (a' a) h + (a' b + b'). This is associative, and not commutative: the earlier one comes first.
    """
    (a, b), (a_later, b_later) = earlier, later
    return a_later * a, a_later * b + b_later


def stepped(a: Tensor, b: Tensor, h: Tensor | None = None) -> Tensor:
    """All states of h_t = a_t h_{t-1} + b_t, one step after another: (B, T, H).

    a, b: (B, T, H); h: the state before the first step, (B, H), zero if None. Errors: as `scan`.
    """
    h = _checked(a, b, h)
    states = []
    for a_t, b_t in zip(a.unbind(1), b.unbind(1)):  # each (B, H)
        h = a_t * h + b_t
        states.append(h)
    return torch.stack(states, dim=1)


def scan(a: Tensor, b: Tensor, h: Tensor | None = None) -> Tensor:
    """The same states as `stepped`, in ceil(log2 T) rounds, each of which treats all steps at once: (B, T, H).

    a, b: (B, T, H) of one type; h: (B, H), zero if None. TypeError or ValueError for other types or shapes.
    Range: a of either sign, and zero; nothing is divided and no logarithm is taken. A product of many a < 1 that
    underflows becomes 0, which is what is left of that memory. Where every |a| <= 1, as of gates, the states differ
    from those of `stepped` by rounding only. Larger a are multiplied with one another before they meet a state: where
    such a product overflows, the states from there on are infinite or NaN, even if those of `stepped` are finite.
    Source: Hillis and Steele 1986.
    """
    h = _checked(a, b, h)
    b = torch.cat([a[:, :1] * h[:, None] + b[:, :1], b[:, 1:]], dim=1)  # the first step takes the old state in
    k = 1
    while k < a.shape[1]:  # place t holds the last k steps up to t; it takes in the k steps before them
        grown = combine((a[:, :-k], b[:, :-k]), (a[:, k:], b[:, k:]))
        a, b = (torch.cat([old[:, :k], new], dim=1) for old, new in zip((a, b), grown))
        k *= 2
    return b


class LinearRecurrence(nn.Module):
    """What MinGRU and MinLSTM share: h_t = a_t h_{t-1} + b_t, with a_t and b_t made from x_t alone.

    Called on x (B, T, input_size) and a first state h (B, hidden_size), zero if None, it scans and returns
    (output (B, T, H), h_T (B, H)). `step` takes one x_t (B, input_size) and the state, and returns the next state.
    """

    maps: tuple[str, ...]  # the letters of its maps, each an nn.Linear on x

    def __init__(self, input_size: int, hidden_size: int):
        super().__init__()
        self.input_size = checks.integer("input_size", input_size)
        self.hidden_size = checks.integer("hidden_size", hidden_size)
        for letter in self.maps:
            setattr(self, f"W_{letter}", nn.Linear(input_size, hidden_size))

    def coefficients(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """a and b, (..., H), for inputs x (..., input_size)."""
        raise NotImplementedError

    def forward(self, x: Tensor, h: Tensor | None = None) -> tuple[Tensor, Tensor]:
        checks.tensor("x", x, ("B", "T", self.input_size))
        output = scan(*self.coefficients(x), h)
        return output, output[:, -1]

    def step(self, x: Tensor, h: Tensor | None = None) -> Tensor:
        """The state after one more step, (B, H): the same numbers as the scan, for a stream."""
        checks.tensor("x", x, ("B", self.input_size))
        a, b = self.coefficients(x)
        return a * _first_state(h, b) + b

    @torch.no_grad()
    def chrono_(self, T_max: int, generator: torch.Generator | None = None) -> LinearRecurrence:
        """Spread the units' memories over 1 to `T_max` steps, in place, as `initialize.chrono_` does; returns itself.

        The share that is kept starts at u / (1 + u), u uniform in (1, T_max - 1). After Tallec and Ollivier 2018.
        """
        u = 1 + torch.rand(self.hidden_size, generator=generator) * (checks.integer("T_max", T_max, least=2) - 2)
        self._keep(u)
        return self

    def _keep(self, u: Tensor) -> None:
        """Set biases such that without input a = u / (1 + u)."""
        raise NotImplementedError


class MinGRU(LinearRecurrence):
    """A GRU whose z and n see x alone: z = sigmoid(W_z x), n = W_n x, h' = (1 - z) n + z h.

    z keeps, as in torch's GRU; in the paper z writes. There is no tanh: a mean of the n cannot grow.
    Source: Feng and others 2024, section 3.1.
    """

    maps = ("z", "n")

    def coefficients(self, x: Tensor) -> tuple[Tensor, Tensor]:
        z = torch.sigmoid(self.W_z(x))
        return z, (1 - z) * self.W_n(x)

    def _keep(self, u: Tensor) -> None:
        self.W_z.bias.copy_(u.log())


class MinLSTM(LinearRecurrence):
    """An LSTM whose f, i and g see x alone, without tanh and output gate: h' = (f h + i g) / (f + i).

    f = sigmoid(W_f x), i = sigmoid(W_i x), g = W_g x; divided by f + i, keeping and taking in add up to 1.
    Source: Feng and others 2024, section 3.2.
    """

    maps = ("f", "i", "g")

    def coefficients(self, x: Tensor) -> tuple[Tensor, Tensor]:
        # From the logarithms of the gates: of two gates that underflow, f / (f + i) would be 0 / 0.
        odds = nn.functional.logsigmoid(self.W_f(x)) - nn.functional.logsigmoid(self.W_i(x))  # log f / i
        return torch.sigmoid(odds), torch.sigmoid(-odds) * self.W_g(x)

    def _keep(self, u: Tensor) -> None:
        self.W_f.bias.copy_(u.log())  # f = u / (1 + u)
        self.W_i.bias.copy_(-u.log())  # i = 1 / (1 + u) = 1 - f


def _checked(a: Tensor, b: Tensor, h: Tensor | None) -> Tensor:
    checks.tensor("a", a, ("B", "T", "H"))
    checks.tensor("b", b, tuple(a.shape), a.dtype)
    return _first_state(h, b[:, 0])


def _first_state(h: Tensor | None, like: Tensor) -> Tensor:
    return torch.zeros_like(like) if h is None else checks.tensor("h", h, tuple(like.shape), like.dtype)
