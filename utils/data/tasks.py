"""Small tasks made on the spot, whose answers are known: x (B, T, features) and y.

Every function takes `batch` (B) and `T`, both at least 1, and a torch `generator` for repeatable draws.
"""

from __future__ import annotations

import math

import torch
from torch import Generator, Tensor
from torch.nn.functional import one_hot

from utils import checks


def first_element_recall(
    batch: int, T: int, classes: int = 10, distractors: bool = False, generator: Generator | None = None
) -> tuple[Tensor, Tensor]:
    """Name the first symbol after T steps.

    x (B, T, classes): step 0 is one symbol, one-hot; the rest is zero, or with `distractors` random symbols.
    y (B,): the first symbol's number. Chance is 1 / classes. Source: after Hochreiter and Schmidhuber 1997.

    >>> x, y = first_element_recall(batch=32, T=50)
    >>> x.shape, bool((x[:, 0].argmax(-1) == y).all())
    (torch.Size([32, 50, 10]), True)
    """
    batch, T = _sizes(batch, T)
    checks.integer("classes", classes, least=2)
    symbols = torch.randint(classes, (batch, T), generator=generator)  # (B, T)
    x = _real(one_hot(symbols, classes))
    if not distractors:
        x[:, 1:] = 0
    return x, symbols[:, 0]


def adding(batch: int, T: int, generator: Generator | None = None) -> tuple[Tensor, Tensor]:
    """Add the two marked numbers.

    x (B, T, 2): a number uniform in (0, 1), and a mark that is 1 at one step of each half, else 0; T at least 2.
    y (B,): the sum. Always answering 1 has a mean squared error of 1/6. Source: Hochreiter and Schmidhuber 1997.
    """
    batch, T = _sizes(batch, T, least=2)
    numbers = torch.rand(batch, T, generator=generator)
    first = torch.randint(T // 2, (batch,), generator=generator)
    second = torch.randint(T // 2, T, (batch,), generator=generator)
    marks = one_hot(first, T) + one_hot(second, T)
    return torch.stack([numbers, _real(marks)], dim=-1), (numbers * marks).sum(1)


def sign_memory(batch: int, T: int, generator: Generator | None = None) -> tuple[Tensor, Tensor]:
    """Say whether the first of T normal numbers was positive: x (B, T, 1), y (B,) of 0 or 1. Chance is 1/2."""
    batch, T = _sizes(batch, T)
    x = torch.randn(batch, T, 1, generator=generator)
    return x, (x[:, 0, 0] > 0).long()


def sine_forecast(batch: int, T: int, horizon: int = 1, generator: Generator | None = None) -> tuple[Tensor, Tensor]:
    """Continue a sine wave of random phase and period (10 to 40 steps).

    x (B, T, 1): T steps of the wave; y (B, 1): its value `horizon` steps after the last.
    """
    batch, T = _sizes(batch, T)
    checks.integer("horizon", horizon)
    phase = 2 * math.pi * torch.rand(batch, 1, generator=generator)
    period = 10 + 30 * torch.rand(batch, 1, generator=generator)
    wave = torch.sin(phase + 2 * math.pi * torch.arange(T + horizon) / period)  # (B, T + horizon)
    return wave[:, :T, None], wave[:, -1:]


def parity(batch: int, T: int, generator: Generator | None = None) -> tuple[Tensor, Tensor]:
    """Say whether the number of ones is odd: x (B, T, 1) of 0 and 1, y (B,) of 0 (even) or 1 (odd).

    One bit of memory solves it, yet it is very hard to learn from examples.
    """
    batch, T = _sizes(batch, T)
    bits = torch.randint(2, (batch, T), generator=generator)
    return _real(bits[..., None]), bits.sum(1) % 2


def latch(batch: int, T: int, generator: Generator | None = None) -> tuple[Tensor, Tensor]:
    """Hold the last marked value until the next mark, or until it is cleared.

    x (B, T, 3): a value of -1 or 1 at every step; a mark that is 1 where the value is to be kept (1 step in 10);
    a mark that is 1 where the memory is to be cleared (1 in 20). y (B, T): the value held after each step, 0 if none.
    """
    batch, T = _sizes(batch, T)
    values = 2.0 * torch.randint(2, (batch, T), generator=generator) - 1
    chance = torch.rand(batch, T, generator=generator)
    keep, clear = chance < 0.1, chance > 0.95
    last = torch.where(keep | clear, torch.arange(T), 0).cummax(1).values  # the step of the last mark, or the first
    held = (values * keep).gather(1, last)
    return torch.stack([values, _real(keep), _real(clear)], dim=-1), held


def counting(batch: int, T: int, generator: Generator | None = None) -> tuple[Tensor, Tensor]:
    """Count the ticks since the last reset.

    x (B, T, 2): a tick, 1 at half of the steps; a reset, 1 at one step in ten, never with a tick.
    y (B, T): the ticks so far, 0 at a reset. After Gers and Schmidhuber 2001, whose LSTMs learned to count.
    """
    batch, T = _sizes(batch, T)
    chance = torch.rand(batch, T, generator=generator)
    tick, reset = chance < 0.5, chance > 0.9
    ticks = tick.cumsum(1)
    before = torch.where(reset, ticks, 0).cummax(1).values  # those that a reset has wiped out
    return _real(torch.stack([tick, reset], dim=-1)), _real(ticks - before)


def _sizes(batch: int, T: int, least: int = 1) -> tuple[int, int]:
    return checks.integer("batch", batch), checks.integer("T", T, least)


def _real(values: Tensor) -> Tensor:
    """In the type that torch gives new numbers and weights, float32 unless the learner says otherwise."""
    return values.to(torch.get_default_dtype())
