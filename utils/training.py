"""One training loop for every model of the course, on whatever device this machine has."""

from __future__ import annotations

import copy
import json
import math
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import torch
from accelerate import Accelerator
from accelerate.utils import set_seed
from matplotlib.figure import Figure
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from tqdm import tqdm

from utils.errors import number, one_of, whole
from utils.files import write_whole


class Score(NamedTuple):
    """Mean cross-entropy, and the share of right answers."""

    loss: float
    accuracy: float


@dataclass
class History:
    """What each epoch measured. `best` is the epoch whose weights the model keeps, counted from 0."""

    train_loss: list[float] = field(default_factory=list)
    train_accuracy: list[float] = field(default_factory=list)
    valid_loss: list[float] = field(default_factory=list)
    valid_accuracy: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    best: int = -1
    stopped: str = "after the last epoch"

    def add(self, train: Score, valid: Score, seconds: float) -> None:
        """Note one more epoch."""
        self.train_loss.append(train.loss)
        self.train_accuracy.append(train.accuracy)
        self.valid_loss.append(valid.loss)
        self.valid_accuracy.append(valid.accuracy)
        self.seconds.append(seconds)
        self.best = self.valid_loss.index(min(self.valid_loss))

    def plot(self) -> Figure:
        """Loss and accuracy against the epoch, in training and on validation. Raises ValueError before training."""
        if not self.seconds:
            raise ValueError("No epoch has ended yet; call fit first.")
        fig = Figure(figsize=(9, 3.2), dpi=100, layout="constrained")
        epochs = range(1, len(self.seconds) + 1)
        for ax, name in zip(fig.subplots(ncols=2), ("loss", "accuracy")):
            ax.plot(epochs, getattr(self, f"train_{name}"), "o--", color="#E69F00", label="training")
            ax.plot(epochs, getattr(self, f"valid_{name}"), "o-", color="#0072B2", label="validation")
            ax.axvline(self.best + 1, color="#666666", linestyle=":", label="weights kept")
            ax.set(xlabel="epoch", ylabel=name, xticks=epochs)
            ax.spines[["top", "right"]].set_visible(False)
        ax.legend(frameon=False)
        return fig


class Trainer:
    """Train a model by AdamW with a one-cycle learning rate, clipped gradients and early stopping.

    model: called with all tensors of a batch but the last, gives logits; the last tensor is the target.
    lr: the highest learning rate of the cycle. clip: the gradient's norm is cut to it. patience: stop after so
    many epochs without a lower validation loss; the best epoch's weights are kept. label_smoothing: of the
    cross-entropy in training. device: "auto" takes the fastest, "cpu" insists. seed: for dropout and the like.
    threads: of the CPU. One is right for small models: on a busy machine, two that wait for each other at every
    time step can be several times slower than one.
    """

    def __init__(
        self,
        model: nn.Module,
        lr: float = 1e-2,
        epochs: int = 5,
        clip: float = 1.0,
        patience: int = 2,
        label_smoothing: float = 0.0,
        weight_decay: float = 1e-2,
        device: str = "auto",
        seed: int = 0,
        threads: int = 1,
    ):
        if not isinstance(model, nn.Module):
            raise TypeError(f"model must be an nn.Module, got {model!r}.")
        self.lr, self.clip = number("lr", lr), number("clip", clip)
        for name, value in (("lr", lr), ("clip", clip)):
            if value <= 0:
                raise ValueError(f"{name} must be above 0, got {value}.")
        self.epochs, self.patience = whole("epochs", epochs), whole("patience", patience)
        self.smoothing = number("label_smoothing", label_smoothing, 0, 1)
        self.accelerator = Accelerator(cpu=one_of("device", device, ("auto", "cpu")) == "cpu")
        self.seed, self.weight_decay = whole("seed", seed, 0), number("weight_decay", weight_decay, 0)
        self.threads, self.model = whole("threads", threads), model.to(self.accelerator.device)

    def fit(self, train: Iterable, valid: Iterable, progress: bool = True) -> History:
        """Train, and leave in the model the weights of the epoch with the lowest validation loss.

        train, valid: batches with a length, such as utils.text.batches. Ctrl-C (the notebook's stop button)
        ends training early and keeps the best weights so far. Raises ValueError when there is no batch or the
        loss is no longer a number.
        """
        if not len(train) or not len(valid):
            raise ValueError("Training needs at least one batch in train and one in valid.")
        set_seed(self.seed)
        optimizer = torch.optim.AdamW(self.model.parameters(), lr=self.lr, weight_decay=self.weight_decay)
        steps = self.epochs * len(train)
        schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, self.lr, total_steps=steps)
        model, optimizer = self.accelerator.prepare(self.model, optimizer)
        history, best = History(), None

        # A bar of characters on stdout: the same in every notebook and terminal, and it stays readable when stored.
        with tqdm(total=steps, disable=not progress, desc="training", file=sys.stdout, ncols=100) as bar:

            def learn(loss: Tensor) -> None:
                self.accelerator.backward(loss)
                self.accelerator.clip_grad_norm_(model.parameters(), self.clip)
                optimizer.step()
                optimizer.zero_grad()
                schedule.step()
                bar.update()

            try:
                for epoch in range(self.epochs):
                    began = time.perf_counter()
                    score = self._epoch(model, train, learn), self._epoch(model, valid)
                    history.add(*score, time.perf_counter() - began)
                    bar.set_postfix(valid_accuracy=f"{score[1].accuracy:.3f}")
                    if history.best == epoch:
                        best = copy.deepcopy(self.model.state_dict())
                    elif epoch - history.best >= self.patience:
                        history.stopped = f"early, after {self.patience} epochs without a lower validation loss"
                        break
            except KeyboardInterrupt:
                history.stopped = "by hand"
        if best is not None:
            self.model.load_state_dict(best)
        self.model.eval()
        return history

    def evaluate(self, batches: Iterable) -> Score:
        """Mean loss and accuracy over all targets of the batches, without learning."""
        if not len(batches):
            raise ValueError("There is no batch to evaluate on.")
        return self._epoch(self.model, batches)

    def predict(self, *inputs: Tensor) -> Tensor:
        """The probability of each class, on the CPU: (B, classes) for a batch without its target."""
        self.model.eval()
        with torch.no_grad(), _cpu(self.threads):
            return self.model(*(t.to(self.accelerator.device) for t in inputs)).softmax(-1).cpu()

    def _epoch(self, model: nn.Module, batches: Iterable, learn: Callable[[Tensor], None] | None = None) -> Score:
        model.train(learn is not None)
        device = self.accelerator.device
        # The sums stay on the device: asking for a number after each batch would make a GPU wait each time.
        sums = torch.zeros(3, device=device)  # loss, right answers, targets
        with torch.set_grad_enabled(learn is not None), _cpu(self.threads):
            for batch in batches:
                *inputs, target = (t.to(device) for t in batch)
                logits, target = model(*inputs).flatten(0, -2), target.flatten()  # (N, classes), (N,)
                loss = cross_entropy(logits, target)
                if learn is not None:
                    learn(cross_entropy(logits, target, label_smoothing=self.smoothing) if self.smoothing else loss)
                right = (logits.argmax(-1) == target).sum()
                sums += torch.stack([loss.detach() * len(target), right.float(), torch.full_like(loss, len(target))])
        loss, right, count = sums.tolist()
        if not math.isfinite(loss):
            raise ValueError("The loss is no longer a number; begin again with a lower lr or a lower clip.")
        return Score(loss / count, right / count)


@contextmanager
def _cpu(threads: int):
    """The CPU as small recurrent networks like it; afterwards as before."""
    # Vanishing gradients end as denormal numbers, which a CPU handles many times slower than zeros.
    torch.set_flush_denormal(True)
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        yield
    finally:
        torch.set_num_threads(before)
        torch.set_flush_denormal(False)


def save_weights(model: nn.Module, path: Path | str, facts: dict | None = None) -> None:
    """Write the model's weights as safetensors, with `facts` (sizes, seed, accuracy, ...) as JSON in the same file.

    One file, written whole or not at all: weights and facts cannot get out of step.
    """
    weights = {name: t.detach().cpu().contiguous() for name, t in model.state_dict().items()}
    write_whole(path, save(weights, metadata={"facts": json.dumps(facts or {})}))


def load_weights(model: nn.Module, path: Path | str) -> dict:
    """Read what `save_weights` wrote into a model of the same sizes; returns the facts.

    Raises FileNotFoundError, or ValueError when the file is damaged or belongs to another model.
    """
    if not Path(path).is_file():
        raise FileNotFoundError(f"There are no weights at {path}; train first, or fetch the course again.")
    try:
        with safe_open(path, framework="pt") as file:
            weights, facts = {name: file.get_tensor(name) for name in file.keys()}, file.metadata() or {}
    except SafetensorError as failure:
        raise ValueError(f"{path} is damaged ({failure}); train or fetch it again.") from failure
    mine = {name: t.shape for name, t in model.state_dict().items()}
    if mine != {name: t.shape for name, t in weights.items()}:
        raise ValueError(f"{path} holds the weights of a model of other sizes; build the model as it was saved.")
    model.load_state_dict(weights)
    return json.loads(facts.get("facts", "{}"))
