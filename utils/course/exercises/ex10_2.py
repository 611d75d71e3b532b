"""Exercise 10.2: a fair race between two models, by their curves and their clocks."""

from __future__ import annotations

import copy
import time
from functools import partial

import numpy as np
import torch
from torch import Tensor, nn

from utils.course.exercises.answers import array, close, wrong_rows
from utils.course.exercises.base import NotYet, register
from utils.data.tasks import first_element_recall

B, T, CLASSES, HIDDEN, STEPS = 16, 4, 5, 8, 30
WAIT = 0.002  # seconds that each call of the slower network takes at least
near_loss, near_accuracy = partial(close, tol=5e-4), partial(close, tol=0.006)  # two of 200 may fall the other way


class _Reader(nn.Module):
    """A small classifier of sequences that takes its time: `wait` seconds of work more at each call."""

    def __init__(self, kind: type, wait: float = 0.0):
        super().__init__()
        self.rnn, self.head, self.wait = kind(CLASSES, HIDDEN, batch_first=True), nn.Linear(HIDDEN, CLASSES), wait

    def forward(self, x):
        end = time.thread_time() + self.wait  # work, not sleep: whoever measures processor time sees it too
        while time.thread_time() < end:
            pass
        return self.head(self.rnn(x)[0][:, -1])


def _share_right(scores: Tensor, y: Tensor) -> float:
    return (scores.argmax(-1) == y).float().mean().item()


def _trained(model, batches, held_out, cleared=True, learns=True, late_loss=False, judged="held out", on=None):
    """Losses and accuracies (STEPS,) of a copy of `model`, trained; the last arguments make the usual mistakes."""
    model = copy.deepcopy(model)
    model.wait = 0.0
    adam, losses, accuracies = torch.optim.Adam(model.parameters(), lr=1e-2), [], []
    for batch in batches:
        x, y = on or batch
        asked = batch if "training" in judged else held_out
        if cleared:
            adam.zero_grad()
        scores, early = model(x), _share_right(model(asked[0]), asked[1])
        loss = nn.functional.cross_entropy(scores, y)
        loss.backward()
        if learns:
            adam.step()
        losses.append(nn.functional.cross_entropy(model(x), y).item() if late_loss else loss.item())
        accuracies.append(early if "early" in judged else _share_right(model(asked[0]), asked[1]))
    return np.array(losses), np.array(accuracies)


LOSS_MISTAKES = {
    "gradients add up from step to step: call zero_grad() before each backward().": {"cleared": False},
    "it does not learn: its losses are those of its initial weights. Does an optimizer hold its parameters and step?":
        {"learns": False},
    "its losses are taken after the update: record the loss of which you take the gradient.": {"late_loss": True},
}  # fmt: skip
ON_TRAINING = "that is the share right on the training batch: take it on held_out, which it has never seen."
ACCURACY_MISTAKES = {
    "training, early": ON_TRAINING,
    "training": ON_TRAINING,
    "held out, early": "it is taken before the update, so the last update never shows: take it after step().",
}  # fmt: skip


@register("10.2", title="A fair race", minutes=12, difficulty="medium", answer="race", ending="`return` and the dict",
          hints=(
    "Draw all batches first: batches = [draw() for _ in range(steps)]. Then each model gets these, in turn.",
    "For each model its own torch.optim.Adam(model.parameters(), lr=1e-2). A step: zero_grad, cross_entropy, backward, "
    "step; append loss.item(); then, under torch.no_grad(), the share right on held_out.",
    "time.perf_counter() before the first step of a model and after its last; the difference is its seconds. Start the "
    "clock anew for the next model.",
))  # fmt: skip
def check_race(answer) -> str:
    """Race two small networks and compare loss and accuracy at each step with a training of the check's own."""
    drawn, generator = [], torch.Generator().manual_seed(1)

    def draw():
        drawn.append(first_element_recall(B, T, CLASSES, generator=generator))
        return drawn[-1]

    held_out = first_element_recall(200, T, CLASSES, generator=torch.Generator().manual_seed(2))
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        models = {"LSTM": _Reader(nn.LSTM, WAIT), "GRU": _Reader(nn.GRU)}
        initial = copy.deepcopy(models)
        start = time.perf_counter()
        got = answer(models, draw, held_out, STEPS)
        whole = time.perf_counter() - start
    curves = {name: _curves(got, name) for name in models}
    _check_draws(drawn, curves["GRU"][0], initial["GRU"], held_out)
    for name, (losses, accuracies) in curves.items():
        trained = partial(_trained, initial[name], drawn, held_out)
        right_losses, right_accuracies = trained()
        if not near_loss(losses, right_losses):
            _explain_losses(name, losses, right_losses, trained, held_out)
        if not near_accuracy(accuracies, right_accuracies):
            for judged, sentence in ACCURACY_MISTAKES.items():
                if near_accuracy(accuracies, trained(judged=judged)[1]):
                    raise NotYet(f"of the accuracy of the {name}: {sentence}")
            raise NotYet(
                f"the losses are right, but after the last step the {name} is right on {right_accuracies[-1]:.3f} of "
                f"held_out, and you have {accuracies[-1]:.3f}: the share of rows whose largest score is at y."
            )
    _check_seconds({name: got[name]["seconds"] for name in models}, whole)
    return "both saw the same batches, the curves are right at each step, and each has its own clock."


def _curves(got, name: str) -> tuple[np.ndarray, np.ndarray]:
    """The learner's losses and accuracies of one model, or why they cannot be."""
    one = got.get(name) if isinstance(got, dict) else None
    if not isinstance(one, dict) or not {"loss", "accuracy", "seconds"} <= set(one):
        raise NotYet(
            f'race should return a dict with an entry for each model, such as result["{name}"] = '
            '{"loss": [...], "accuracy": [...], "seconds": 1.5}.'
        )
    for key in ("loss", "accuracy"):
        curve = one[key]
        if isinstance(curve, list) and any(isinstance(value, Tensor) and value.requires_grad for value in curve):
            raise NotYet(f"{key} holds tensors with all their graph: append {key}.item(), a plain number.")
        if np.shape(curve) != (STEPS,):
            raise NotYet(f"{key} of the {name} has shape {np.shape(curve)}: one number a step, {STEPS} here.")
    losses, accuracies = (array(key, one[key], (STEPS,)) for key in ("loss", "accuracy"))
    if accuracies.max() > 1:
        raise NotYet(f"an accuracy is a share between 0 and 1, and yours go up to {accuracies.max():g}.")
    return losses, accuracies


def _check_draws(drawn: list, losses: np.ndarray, gru: nn.Module, held_out) -> None:
    count = len(drawn)
    for others in (drawn[STEPS:], drawn[1::2]) if count == 2 * STEPS else ():
        if near_loss(losses, _trained(gru, others, held_out)[0]):
            raise NotYet(
                "the GRU has learned from other batches than the LSTM: one may have had the easier ones. Draw once for "
                "each step and give it to both."
            )
    if count != STEPS:
        raise NotYet(f"draw was called {count} times for {STEPS} steps: draw one new batch a step, for both models.")


def _explain_losses(name: str, losses, right, trained, held_out) -> None:
    for sentence, mistake in LOSS_MISTAKES.items():
        if near_loss(losses, trained(**mistake)[0]):
            raise NotYet(f"of the {name}: {sentence}")
    if near_loss(losses, trained(on=held_out)[0]):
        raise NotYet(f"the {name} learns from held_out: then nothing is left that it has never seen.")
    step = wrong_rows(losses, right, 5e-4)[0]
    raise NotYet(
        f"the loss of the {name} at step {step + 1} should be {right[step]:.4f}, and yours is {losses[step]:.4f}: mean "
        "cross-entropy of the batch, Adam with lr=1e-2, one update a step."
    )


def _check_seconds(seconds: dict, whole: float) -> None:
    least = STEPS * WAIT
    if not all(isinstance(value, float) and value > 0 for value in seconds.values()):
        raise NotYet("seconds should be a number above 0 for each model: time.perf_counter() after less before.")
    if max(seconds.values()) > 1.01 * whole:
        raise NotYet(f"the whole race took {whole:.2f} s, and one model alone has {max(seconds.values()):.2f}.")
    if sum(seconds.values()) > 1.01 * whole:
        raise NotYet("the clock of one model runs while the other is trained: start it anew for each model.")
    if seconds["LSTM"] < least:
        raise NotYet(
            f"{STEPS} steps of the LSTM take {least:.2f} s at the very least here, and you have "
            f"{seconds['LSTM']:.3f}: add up all steps, with the forward pass."
        )
