"""One training loop for every model of the course, on whatever device this machine has."""

from __future__ import annotations

import copy
import math
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from pathlib import Path

import numpy as np
import torch
from accelerate.utils import set_seed
from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from torch.optim.lr_scheduler import OneCycleLR, ReduceLROnPlateau
from torch.optim.swa_utils import AveragedModel
from tqdm import tqdm

from utils.checks import integer, number, one_of, short_repr
from utils.data.batching import LEFT_OUT
from utils.files import expanded
from utils.machine import cpu
from utils.train.checkpoint import State, shuffles
from utils.train.devices import accelerator, out_of_memory_as_sentence
from utils.train.history import History, Score


class Trainer:
    """Train a model by AdamW with clipped gradients and early stopping; keep the best epoch's weights.

    model: called with all tensors of a batch but the last, gives logits; the last tensor is the target, -100 where
    it does not count. lr: the highest learning rate. clip: the gradient's norm is cut to it. patience: stop after so
    many epochs without a lower validation loss. label_smoothing: of the cross-entropy in training. device: "auto"
    takes the fastest, "cpu" insists. seed: for dropout and the like.
    threads: of the CPU. One is right for small models: on a busy machine, two that wait for each other at every
    time step can be several times slower than one.
    schedule: "one cycle" lets lr rise and fall to almost zero over the training (Smith 2018), "plateau" halves it
    after each epoch without a lower validation loss, None keeps it.
    eps: of AdamW. With its 1e-8, the vector of a word that stands in one text is moved as far as that of a word in a
    thousand; a larger one, of the size of the gradients, lets rare words move less.
    average: above 0, an exponential moving average of the weights is validated and kept instead of the weights; it
    forgets the share 1 - average at each step (and more at the beginning, so that the initial weights do not count).
    precision: "auto" times a few steps and takes bf16 autocast in training where it is faster; validation is fp32.

    Under `torchrun --nproc_per_node 2` every process takes its share of the rows of each batch (the first axis of
    each tensor), so the batches, the gradients and the scores are those of one process. `processes` counts them.
    All of them must call fit and evaluate.
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
        eps: float = 1e-8,
        device: str = "auto",
        seed: int = 0,
        threads: int = 1,
        schedule: str | None = "one cycle",
        average: float = 0.0,
        precision: str = "no",
    ):
        if not isinstance(model, nn.Module):
            raise TypeError(f"model must be an nn.Module, got {short_repr(model)}.")
        self.lr, self.clip, self.eps = number("lr", lr), number("clip", clip), number("eps", eps)
        for name, value in (("lr", lr), ("clip", clip), ("eps", eps)):
            if value <= 0:
                raise ValueError(f"{name} must be above 0, got {value}.")
        self.epochs, self.patience = integer("epochs", epochs), integer("patience", patience)
        self.smoothing = number("label_smoothing", label_smoothing, 0, 1)
        self.seed, self.weight_decay = integer("seed", seed, 0), number("weight_decay", weight_decay, 0)
        self.schedule = one_of("schedule", schedule, ("one cycle", "plateau", None))
        self.average = number("average", average, 0, 1)
        if self.average == 1:
            raise ValueError("average must be below 1, got 1: the average would never move.")
        self.precision, self.threads = one_of("precision", precision, ("no", "auto")), integer("threads", threads)
        self.accelerator = accelerator(one_of("device", device, ("auto", "cpu")))
        self.processes, self.rank = self.accelerator.num_processes, self.accelerator.process_index
        self.device = self.accelerator.device
        self.model, self._bf16 = model.to(self.device), False

    def fit(
        self,
        train: Iterable,
        valid: Iterable,
        progress: bool = True,
        checkpoint: Path | str | None = None,
        after: Callable[[nn.Module], None] | None = None,
    ) -> History:
        """Train, and leave in the model the weights of the epoch with the lowest validation loss.

        train, valid: batches with a length, such as utils.data.batching.batches. Ctrl-C (the notebook's stop button)
        ends training early and keeps the best weights so far, as any error does; the history says that it was
        interrupted, and in which epoch. With several processes it is raised.
        checkpoint: a file that is written anew after each epoch. When it is there already, training goes on after
        its last epoch, and ends as if it had never stopped: on a CPU bit for bit, if the batches are shuffled by
        torch (their generator is saved too).
        after: called with the model before the first epoch and after each, for instance to keep its weights.
        Raises ValueError when there is no batch, the loss is no longer a number, or the checkpoint is damaged or of
        another training; MemoryError when a batch is too large; OSError when the checkpoint cannot be written.
        """
        if not len(train) or not len(valid):
            raise ValueError("Training needs at least one batch in train and one in valid.")
        steps, history, generators = self.epochs * len(train), History(), shuffles(train, valid)
        fused = True if self.device.type == "cuda" else None  # one kernel for all weights
        optimizer = torch.optim.AdamW(
            self.model.parameters(), lr=self.lr, eps=self.eps, weight_decay=self.weight_decay, fused=fused
        )
        schedule = None
        if self.schedule == "one cycle":
            schedule = OneCycleLR(optimizer, self.lr, total_steps=steps)
        elif self.schedule == "plateau":
            schedule = ReduceLROnPlateau(optimizer, factor=0.5, patience=0)
        model = self.accelerator.prepare(self.model, device_placement=[False])  # it is there already
        average = _Average(self.model, self.average) if self.average else None
        settings = self._settings() | {"batches": len(train)}
        state = State(self.model, optimizer, schedule, average, generators, history, settings)
        if checkpoint is not None and expanded(checkpoint).exists():
            state.load(checkpoint)
        elif self.precision == "auto" and self._bf16_gains(train, generators):
            history.precision = "bf16"
        self._bf16 = history.precision == "bf16"
        done = len(history.seconds)
        quiet = not progress or self.rank > 0

        # A bar of characters on stdout: the same in every notebook and terminal, and it stays readable when stored.
        with tqdm(
            total=steps, initial=done * len(train), disable=quiet, desc="training", file=sys.stdout, ncols=100
        ) as bar:

            def learn(loss: Tensor) -> None:
                self.accelerator.backward(loss)
                self.accelerator.clip_grad_norm_(model.parameters(), self.clip)
                optimizer.step()
                optimizer.zero_grad()
                if self.schedule == "one cycle":
                    schedule.step()
                if average is not None:
                    average.update_parameters(self.model)
                bar.update()

            kept = self.model if average is None else average.module
            try:
                if after is not None and not done:
                    after(kept)
                for epoch in range(done, self.epochs):
                    if epoch - 1 - history.best >= self.patience:
                        history.stopped = f"early, after {self.patience} epochs without a lower validation loss"
                        break
                    # A seed for each epoch, so that an epoch does not depend on how training came to it.
                    set_seed(int(np.random.SeedSequence([self.seed, epoch]).generate_state(1)[0]))
                    began = time.perf_counter()
                    score = (
                        out_of_memory_as_sentence(self._epoch, model, train, learn),
                        out_of_memory_as_sentence(self._epoch, kept, valid),
                    )
                    if self.schedule == "plateau":
                        schedule.step(score[1].loss)
                    if score[1].loss < min(history.valid_loss, default=math.inf):
                        state.best = copy.deepcopy(kept.state_dict())
                    history.add(*score, time.perf_counter() - began)
                    bar.set_postfix(valid_accuracy=f"{score[1].accuracy:.3f}")
                    if after is not None:
                        after(kept)
                    if checkpoint is not None and self.rank == 0:
                        state.save(checkpoint)
            except KeyboardInterrupt:
                if self.processes > 1:
                    raise
                history.interrupt()
                bar.set_description("stopped by hand")
            finally:
                if state.best:
                    self.model.load_state_dict(state.best)
                self.model.eval()
        return history

    def evaluate(self, batches: Iterable) -> Score:
        """Mean loss and accuracy over all targets of the batches, each counted once, without learning."""
        if not len(batches):
            raise ValueError("There is no batch to evaluate on.")
        return out_of_memory_as_sentence(self._epoch, self.model, batches)

    def predict(self, *inputs: Tensor) -> Tensor:
        """The probability of each class, on the CPU: (B, classes) for a batch without its target."""
        self.model.eval()
        with torch.no_grad(), cpu(self.threads):
            inputs = (t.to(self.device) for t in inputs)
            return out_of_memory_as_sentence(lambda: self.model(*inputs).softmax(-1).cpu())

    def _epoch(self, model: nn.Module, batches: Iterable, learn: Callable[[Tensor], None] | None = None) -> Score:
        model.train(learn is not None)
        device = self.device
        half = torch.autocast(device.type, torch.bfloat16) if self._bf16 and learn is not None else None
        # The sums stay on the device: asking for a number after each batch would make a GPU wait each time.
        wide = torch.float32 if device.type == "mps" else torch.float64
        sums = torch.zeros(3, dtype=wide, device=device)  # loss, right answers, targets
        with torch.set_grad_enabled(learn is not None), cpu(self.threads):
            for batch in batches:
                *_, target = batch
                count = (target != LEFT_OUT).sum().clamp(min=1)  # targets of this batch in all processes
                count, *inputs, target = map(self._moved, (count, *self._share(batch)))
                with half or nullcontext():
                    logits = model(*inputs)
                logits = logits.float() if half else logits
                logits, target = logits.flatten(0, -2), target.flatten()  # (N, classes), (N,)
                loss = cross_entropy(logits, target, reduction="sum")
                if learn is not None:
                    smooth = {"label_smoothing": self.smoothing, "reduction": "sum"}
                    goal = cross_entropy(logits, target, **smooth) if self.smoothing else loss
                    learn(goal * self.processes / count)  # gradients are then averaged over the processes
                right, mine = (logits.argmax(-1) == target).sum(), (target != LEFT_OUT).sum()
                sums += torch.stack([loss.detach().to(wide), right.to(wide), mine.to(wide)])
        loss, right, count = self._sum(sums)
        if not count:
            raise ValueError(f"No target counts; give at least one that is not {LEFT_OUT}.")
        if not math.isfinite(loss):
            raise ValueError("The loss is no longer a number; begin again with a lower lr or a lower clip.")
        return Score(loss / count, right / count)

    def _share(self, batch: Iterable[Tensor]) -> tuple[Tensor, ...]:
        """This process's rows of a batch; if there are too few, a row whose target does not count."""
        batch = tuple(batch)
        if self.rank < len(batch[-1]):
            return tuple(t[self.rank :: self.processes] for t in batch) if self.processes > 1 else batch
        *inputs, target = (t[:1] for t in batch)
        return *inputs, torch.full_like(target, LEFT_OUT)

    def _moved(self, tensor: Tensor) -> Tensor:
        """On the device. A copy from pinned memory goes on while a GPU still computes on the batch before."""
        if self.device.type != "cuda" or tensor.device.type != "cpu":
            return tensor.to(self.device)
        return tensor.pin_memory().to(self.device, non_blocking=True)

    def _sum(self, values: Tensor) -> list[float]:
        return (self.accelerator.reduce(values, "sum") if self.processes > 1 else values).tolist()

    def _bf16_gains(self, train: Iterable, generators: list[torch.Generator]) -> bool:
        """Whether bf16 autocast makes a training step at least a tenth faster, tried on a copy of the model."""
        before = [g.get_state() for g in generators]
        batch, model = next(iter(train)), copy.deepcopy(self.model)
        for g, was in zip(generators, before):
            g.set_state(was)
        seconds = {False: [], True: []}
        try:
            for self._bf16 in (False, True) * 4:
                began = time.perf_counter()
                self._epoch(model, [batch], learn=Tensor.backward)
                seconds[self._bf16].append(time.perf_counter() - began)
            pair = [min(seconds[False][1:]), min(seconds[True][1:])]  # the first step of each warms up
        except (RuntimeError, TypeError, ValueError):  # some layers have no bf16 form
            pair = [0.0, 1.0]
        single, half = self._sum(torch.tensor(pair, device=self.device))
        return half < 0.9 * single

    def _settings(self) -> dict:
        names = "lr epochs clip patience smoothing weight_decay eps seed schedule average precision"
        return {name: getattr(self, name) for name in names.split()}


class _Average(AveragedModel):
    """The moving average of the weights; at first it forgets faster: it has seen little but the random beginning.

    Its count of steps stays on the CPU, and all weights move together: AveragedModel asks the device for the count at
    every weight, and a GPU would wait.
    """

    def __init__(self, model: nn.Module, most: float):
        super().__init__(model)
        self.most = most

    @torch.no_grad()
    def update_parameters(self, model: nn.Module) -> None:
        n, kept, new = self.n_averaged, list(self.module.parameters()), list(model.parameters())
        if n == 0:
            torch._foreach_copy_(kept, new)
        else:
            change = torch._foreach_sub(new, kept)
            torch._foreach_mul_(change, (1 - torch.clamp((1 + n) / (10 + n), max=self.most)).item())
            torch._foreach_add_(kept, change)
        self.n_averaged += 1
