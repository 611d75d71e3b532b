"""What a training measured, epoch by epoch."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from matplotlib.figure import Figure

from utils import plots


class Score(NamedTuple):
    """Mean cross-entropy, and the share of right answers."""

    loss: float
    accuracy: float


@dataclass
class History:
    """What each epoch measured. `best` is the epoch whose weights the model keeps, counted from 0.

    precision: "fp32", or "bf16" where training steps ran in mixed precision. interrupted: whether training was stopped
    by hand before it was done; `stopped` says how far it came.
    """

    train_loss: list[float] = field(default_factory=list)
    train_accuracy: list[float] = field(default_factory=list)
    valid_loss: list[float] = field(default_factory=list)
    valid_accuracy: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    best: int = -1
    stopped: str = "after the last epoch"
    precision: str = "fp32"
    interrupted: bool = False

    def add(self, train: Score, valid: Score, seconds: float) -> None:
        """Note one more epoch."""
        self.train_loss.append(train.loss)
        self.train_accuracy.append(train.accuracy)
        self.valid_loss.append(valid.loss)
        self.valid_accuracy.append(valid.accuracy)
        self.seconds.append(seconds)
        self.best = self.valid_loss.index(min(self.valid_loss))

    def interrupt(self) -> None:
        """Note that training was stopped by hand, in the epoch that comes next."""
        self.interrupted, self.stopped = True, f"by hand, in epoch {len(self.seconds) + 1}"
        if not self.seconds:
            self.stopped += ": none has ended, so the model is not trained; call fit again"

    @property
    def kept(self) -> Score:
        """On validation, loss and accuracy of the weights that the model keeps. ValueError when no epoch has ended."""
        if not self.seconds:
            raise ValueError("No epoch has ended yet; call fit first.")
        return Score(self.valid_loss[self.best], self.valid_accuracy[self.best])

    def plot(self) -> Figure:
        """Loss and accuracy against the epoch, in training and on validation. Raises ValueError before training."""
        if not self.seconds:
            raise ValueError("No epoch has ended yet; call fit first.")
        fig, axes = plots.figure(height=3.2, ncols=2)
        epochs = range(1, len(self.seconds) + 1)
        for ax, name in zip(axes, ("loss", "accuracy")):
            ax.plot(epochs, getattr(self, f"train_{name}"), "o--", color=plots.PALETTE["h"], label="training")
            ax.plot(epochs, getattr(self, f"valid_{name}"), "o-", color=plots.PALETTE["lstm"], label="validation")
            ax.axvline(self.best + 1, color=plots.PALETTE["theory"], linestyle=":", label="weights kept")
            ax.set(xlabel="epoch", ylabel=name, xticks=epochs)
        ax.legend(frameon=False)
        return fig
