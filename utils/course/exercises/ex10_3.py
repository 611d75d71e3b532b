"""Exercise 10.3: forecast waves that were never seen, at several lengths."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from utils.course.exercises.answers import one_number
from utils.course.exercises.base import NotYet, register

LENGTHS, UNITS, EPOCHS = (5, 12), 10, 12


class _Waves:
    """Sine waves (count, steps) of random phase and period; keeps what was drawn, by the number of steps.

    Of each second draw the last number is turned in sign: who forecasts it well has learned from that draw.
    """

    def __init__(self):
        self.drawn, self.generator = {}, torch.Generator().manual_seed(3)

    def __call__(self, count: int, steps: int) -> Tensor:
        phase, period = (torch.rand(count, 1, generator=self.generator, dtype=torch.float32) for _ in range(2))
        waves = torch.sin(2 * math.pi * (phase + torch.arange(steps) / (10 + 30 * period)))
        own = self.drawn.setdefault(steps, [])
        if len(own) % 2:
            waves[:, -1] *= -1
        own.append(waves)
        return own[-1].clone()


@register("10.3", title="Forecast a wave", minutes=15, difficulty="medium", answer="forecast_table",
          ending="`return table`", hints=(
    "For each T draw twice, waves(256, T + 1): the first to learn from, the second for the test. The input is "
    "wave[:, :T, None], (B, T, 1), the target wave[:, T:], (B, 1).",
    "For each of nn.LSTM and nn.GRU make Forecaster(kind, hidden) and an Adam with lr=1e-2. An epoch: go through "
    "learn.split(32), with zero_grad, mse_loss, backward and step for each.",
    "Then, under torch.no_grad(), the mse_loss on the second draw; "
    'table[kind.__name__, T] = mse.item(), network, where kind.__name__ is "LSTM" or "GRU".',
))  # fmt: skip
def check_forecast_table(answer) -> str:
    """Let the answer train four networks for a second; recompute each MSE from the network and the waves it drew."""
    waves = _Waves()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        table = answer(LENGTHS, waves, UNITS, EPOCHS)
    entries = {(name, T): _entry(table, name, T) for T in LENGTHS for name in ("LSTM", "GRU")}
    if len({id(network) for _, network in entries.values()}) < len(entries):
        raise NotYet("one network goes on from entry to entry: make a new one for each model and length.")
    for T in LENGTHS:
        _check_drawn(waves.drawn, T)
    for (name, T), (mse, network) in entries.items():
        parts = [part for part in network.modules() if type(part).__name__ == name]
        if not parts:
            raise NotYet(f"there is no {name} in the network that stands under {name}.")
        if (units := parts[0].hidden_size) != UNITS:
            raise NotYet(f"the {name} has {units} units where hidden = {UNITS}: both get the same size.")
        _check_mse(name, T, mse, network, *waves.drawn[T + 1])
    return "each mean squared error is that of new waves, and both models had the same ones to learn from."


def _entry(table, name: str, T: int) -> tuple[float, nn.Module]:
    entry = table.get((name, T)) if isinstance(table, dict) else None
    if not isinstance(entry, tuple) or len(entry) != 2 or not isinstance(entry[1], nn.Module):
        raise NotYet(f'the table should have table["{name}", {T}] = mse, network, and it has {entry!r:.60}.')
    return one_number(entry[0]), entry[1].eval()


def _check_drawn(drawn: dict, T: int) -> None:
    if T + 1 not in drawn:
        have = ", ".join(map(str, sorted(drawn))) or "no"
        raise NotYet(
            f"for T = {T} a wave needs {T + 1} numbers, T to read and the one after them to forecast; you drew "
            f"waves of {have}."
        )
    count = len(drawn[T + 1])
    if count == 1:
        raise NotYet("you drew waves once for each T: the test needs waves that nobody has learned from.")
    if count == 4:
        raise NotYet("each model has waves of its own: for each T draw twice, and give both models the same.")
    if count != 2:
        raise NotYet(f"for T = {T} you drew {count} times: once to learn from, then once for the test.")


def _check_mse(name: str, T: int, mse: float, network: nn.Module, learn: Tensor, test: Tensor) -> None:
    def error(waves, read, target):
        return _forecast(network, waves[:, :read]) - waves[:, target]

    off, learned = error(test, T, T), _square(error(learn, T, T))
    square = _square(off)
    if not math.isclose(mse, square, rel_tol=1e-3):
        every = _forecast(network, test[:, :T])[:, None] - test[:, T]  # (B, B)
        for value, sentence in (
            (learned, "that is the error on waves it learned from: take the second draw."),
            (_square(error(test, T, T - 1)), "the target is the last number it has read, so there is nothing to "
             "forecast: y is wave[:, T], the one after."),
            (_square(error(test, T + 1, T)), "it has read the very number that it forecasts: stop at wave[:, :T]."),
            (off.abs().mean(), "that is the mean absolute error: square the differences before the mean."),
            (square**0.5, "that is the root of the mean squared error: leave out the root."),
            (square * len(off), "that is the sum of the squared errors: take the mean."),
            (_square(every), "each forecast is compared with each target: (B, 1) and (B,) make (B, B). Give both the "
             "same shape."),
        ):  # fmt: skip
            if math.isclose(mse, value, rel_tol=1e-3):
                raise NotYet(f"of the {name} at T = {T}: {sentence}")
        raise NotYet(
            f"on the second draw the {name} at T = {T} has a mean squared error of {square:.4f} (a strange draw, to "
            f"see who has learned from it), and your table says {mse:.4f}."
        )
    if square < 0.25:
        raise NotYet(f"the {name} at T = {T} has learned from the second draw, which is for the test alone.")
    if not learned < 0.25:
        raise NotYet(
            f"after {EPOCHS} epochs the {name} at T = {T} has an error of {learned:.2f} on the very waves it learned "
            "from, where always answering 0 has 0.50: take Adam with lr=1e-2, batches of 32, and every epoch."
        )


def _square(off: Tensor) -> float:
    return off.square().mean().item()


def _forecast(network: nn.Module, read: Tensor) -> Tensor:
    """What the network says of waves (B, T): (B,)."""
    with torch.no_grad():
        said = network(read[..., None])
    if not isinstance(said, Tensor) or said.numel() != len(read):
        raise NotYet("network(x) should give one number for each wave, x being (B, T, 1).")
    return said.reshape(-1)
