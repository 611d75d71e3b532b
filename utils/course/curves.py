"""Networks that learn before the reader's eyes: one picture whose curves grow while they train."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Iterator
from time import monotonic

import numpy as np
import torch
from IPython.display import display
from torch import nn

from utils.checks import integer, number
from utils.plots.style import PALETTE, figure, png

PAUSE = 0.2  # seconds between two pictures, and at least SHARE times as long as one takes to draw
SHARE = 5
OVER = 20  # a curve shows the mean over so many batches


def watch(
    learn: Callable[..., Iterator[float]],
    networks: dict[str, Callable[[], nn.Module]],
    seeds: Iterable[int] = range(5),
    steps: int = 600,
    chance: float = 0.1,
    **settings,
) -> dict[str, list[list[float]]]:
    """Train each network with each seed, and draw the share of right answers meanwhile; one still picture stays.

    learn: yields the share after each step, called as learn(network, steps=steps, **settings).
    networks: a panel's title, and the function that makes its network. Before each run torch's generator is seeded.
    chance: the share that guessing gets, a dotted line.
    Returns for each title the runs, seed by seed: the list of shares at its steps.
    Raises ValueError where there is nothing to train.

    >>> runs = watch(learn, {"plain RNN": plain, "LSTM": lstm}, seeds=range(3), steps=150)  # doctest: +SKIP
    """
    seeds = [integer("A seed", seed, least=0) for seed in seeds]
    if not networks or not seeds:
        raise ValueError("Name at least one network and one seed.")
    integer("steps", steps)
    runs = {title: [] for title in networks}
    picture = _Picture(list(networks), steps, number("chance", chance, 0, 1))
    for title, make in networks.items():
        for seed in seeds:
            torch.manual_seed(seed)
            network, shares = make(), []
            runs[title].append(shares)
            picture.add(title, network, shares)
            for share in learn(network, steps=steps, **settings):
                shares.append(share)
                picture.follow()
    picture.draw()
    return runs


class _Picture:
    """A panel for each title, a curve for each run."""

    def __init__(self, titles: list[str], steps: int, chance: float):
        self.fig, axes = figure(9 if len(titles) > 1 else 5, 2.7, ncols=len(titles), sharey=True, squeeze=False)
        self.panels, self.curves = dict(zip(titles, axes[0])), []
        for title, ax in self.panels.items():
            ax.set(xlabel="training step", xlim=(0, steps), ylim=(0, 1.03))
            ax.set_title(title, fontsize=10)
            ax.axhline(chance, color="#888888", lw=1, ls=":")
        axes[0, 0].set_ylabel("share of right answers")
        axes[0, -1].text(0.98 * steps, chance + 0.05, "guessing", ha="right", fontsize=9, color="#555555")
        self.alt = (
            f"While each network learns, the share of right answers in its last {OVER} batches against the training "
            f"step, a curve for each seed. Panels: {', '.join(titles)}."
        )
        self.handle = display(self._bundle(), metadata=self._words(), raw=True, display_id=True)
        self.fig.set_layout_engine("none")  # what was laid out for the first picture stays: half of the time to draw
        self.next = monotonic() + PAUSE

    def add(self, title: str, network: nn.Module, shares: list[float]) -> None:
        """A new curve, in the color of its kind of cell; it shows what `shares` holds when it is drawn."""
        color = PALETTE.get(type(network).__name__.lower(), PALETTE["text"])
        self.curves.append((*self.panels[title].plot([], [], color=color, lw=1.4), shares))

    def follow(self) -> None:
        """Draw, if the last time is long enough ago."""
        if (start := monotonic()) >= self.next:
            self.draw()
            end = monotonic()
            self.next = end + max(PAUSE, SHARE * (end - start))

    def draw(self) -> None:
        """Put the picture as it is now where the first one was."""
        for curve, shares in self.curves:
            curve.set_data(np.arange(1, len(shares) + 1), running_mean(shares))
        if self.handle:  # there is none outside of a notebook
            self.handle.update(self._bundle(), metadata=self._words(), raw=True)

    def _bundle(self) -> dict[str, str]:
        return {"image/png": base64.b64encode(png(self.fig)).decode(), "text/plain": self.alt}

    def _words(self) -> dict:
        return {"image/png": {"alt": self.alt}}


def running_mean(shares: list[float]) -> np.ndarray:
    """The mean of the last OVER numbers at each place, of fewer at the beginning."""
    sums = np.cumsum([0.0, *shares])
    ends = np.arange(1, len(sums))
    begins = np.maximum(ends - OVER, 0)
    return (sums[ends] - sums[begins]) / (ends - begins)
