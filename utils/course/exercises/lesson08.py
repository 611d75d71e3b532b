"""Exercise 08.2: a fair race between two models, by their curves and their clocks."""

from __future__ import annotations

import copy
import time

import numpy as np
import torch
from torch import Tensor, nn

from utils.course.exercises.base import NotYet, register
from utils.data.tasks import first_element_recall

B, T, CLASSES, HIDDEN, STEPS = 16, 4, 5, 8, 30
WAIT = 0.002  # seconds that each call of the slower network takes at least


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


def _trained(model, batches, held_out, cleared=True, learns=True, late_loss=False, judged="held out") -> tuple:
    """Losses and accuracies of a copy of `model`, trained; the last arguments make the usual mistakes."""
    model = copy.deepcopy(model)
    model.wait = 0.0
    adam, losses, accuracies = torch.optim.Adam(model.parameters(), lr=1e-2), [], []
    for x, y in batches:
        if cleared:
            adam.zero_grad()
        scores, early = model(x), _share_right(model(held_out[0]), held_out[1])
        loss = nn.functional.cross_entropy(scores, y)
        loss.backward()
        if learns:
            adam.step()
        losses.append(nn.functional.cross_entropy(model(x), y).item() if late_loss else loss.item())
        accuracies.append(
            {
                "held out": lambda: _share_right(model(held_out[0]), held_out[1]),
                "held out, early": lambda early=early: early,
                "training": lambda x=x, y=y: _share_right(model(x), y),
                "training, early": lambda scores=scores, y=y: _share_right(scores, y),
            }[judged]()
        )
    return losses, accuracies


LOSS_MISTAKES = {
    "gradients add up from step to step: call zero_grad() before each backward().": {"cleared": False},
    "it does not learn: its losses are those of its initial weights. Does an optimizer hold its parameters and step?": {
        "learns": False
    },
    "its losses are taken after the update: record the loss of which you take the gradient.": {"late_loss": True},
}
ACCURACY_MISTAKES = {
    "training, early": "that is the share right on the training batch: take it on held_out, which it has never seen.",
    "training": "that is the share right on the training batch: take it on held_out, which it has never seen.",
    "held out, early": "it is taken before the update, so the last update never shows: take it after step().",
}


@register(
    "08.2",
    title="A fair race",
    minutes=12,
    difficulty="medium",
    answer="race",
    hints=(
        "Draw all batches first: batches = [draw() for _ in range(steps)]. Then each model gets these, in turn.",
        "For each model its own torch.optim.Adam(model.parameters(), lr=1e-2). A step: zero_grad, cross_entropy, "
        "backward, step; append loss.item(); then, under torch.no_grad(), the share right on held_out.",
        "time.perf_counter() before the first step of a model and after its last; the difference is its seconds. Start "
        "the clock anew for the next model.",
    ),
)
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
        first = copy.deepcopy(models)
        start = time.perf_counter()
        got = answer(models, draw, held_out, STEPS)
        whole = time.perf_counter() - start
    curves = {name: _curves(got, name) for name in models}
    _check_draws(drawn, curves, first, held_out)
    for name, (losses, accuracies) in curves.items():
        right = _trained(first[name], drawn, held_out)
        if not np.allclose(losses, right[0], atol=1e-3):
            _explain_losses(name, losses, right[0], first[name], drawn, held_out)
        if not np.allclose(accuracies, right[1], atol=0.011):  # two of 200 may fall the other way
            for judged, sentence in ACCURACY_MISTAKES.items():
                if np.allclose(accuracies, _trained(first[name], drawn, held_out, judged=judged)[1], atol=0.011):
                    raise NotYet(f"because of the accuracy of the {name}: {sentence}")
            raise NotYet(
                f"because the losses are right, but after the last step the {name} is right on {right[1][-1]:.3f} of "
                f"held_out, and you have {accuracies[-1]:.3f}: the share of rows whose largest score is at y."
            )
    _check_seconds({name: got[name]["seconds"] for name in models}, whole)
    return "both saw the same batches, the curves are right at each step, and each has its own clock."


def _curves(got, name: str) -> tuple[list, list]:
    """The learner's losses and accuracies of one model, or why they cannot be."""
    if got is None:
        raise NotYet("because race returns nothing: end it with `return` and the dict.")
    keys = ("loss", "accuracy", "seconds")
    if not isinstance(got, dict) or not isinstance(got.get(name), dict) or not set(keys) <= set(got[name]):
        raise NotYet(
            f'because race should return a dict with an entry for each model, such as result["{name}"] = '
            '{"loss": [...], "accuracy": [...], "seconds": 1.5}.'
        )
    for key in keys[:2]:
        curve = got[name][key]
        if isinstance(curve, list) and any(isinstance(value, Tensor) and value.requires_grad for value in curve):
            raise NotYet(f"because {key} holds tensors with all their graph: append {key}.item(), a plain number.")
        if np.shape(curve) != (STEPS,):
            raise NotYet(f"because {key} of the {name} has shape {np.shape(curve)}: one number a step, {STEPS} here.")
    losses, accuracies = (np.asarray(got[name][key], dtype=float) for key in keys[:2])
    if accuracies.max() > 1:
        raise NotYet(f"because an accuracy is a share between 0 and 1, and yours go up to {accuracies.max():g}.")
    return losses, accuracies


def _check_draws(drawn: list, curves: dict, first: dict, held_out) -> None:
    count, second = len(drawn), list(first)[1]
    if count == 2 * STEPS:
        for others in (drawn[STEPS:], drawn[1::2]):
            if np.allclose(curves[second][0], _trained(first[second], others, held_out)[0], atol=1e-3):
                raise NotYet(
                    f"because the {second} has learned from other batches than the {list(first)[0]}: one may have had "
                    "the easier ones. Draw once for each step and give it to both."
                )
    if count != STEPS:
        raise NotYet(
            f"because draw was called {count} times for {STEPS} steps: draw one new batch a step, for both models."
        )


def _explain_losses(name: str, losses, right: list, model: nn.Module, drawn: list, held_out) -> None:
    for sentence, mistake in LOSS_MISTAKES.items():
        if np.allclose(losses, _trained(model, drawn, held_out, **mistake)[0], atol=1e-3):
            raise NotYet(f"because of the {name}: {sentence}")
    if np.allclose(losses, _trained(model, [held_out] * STEPS, held_out)[0], atol=1e-3):
        raise NotYet(f"because the {name} learns from held_out: then nothing is left that it has never seen.")
    step = int((np.abs(np.subtract(losses, right)) > 1e-3).argmax())
    raise NotYet(
        f"because the loss of the {name} at step {step + 1} should be {right[step]:.4f}, and yours is "
        f"{losses[step]:.4f}: mean cross-entropy of the batch, Adam with lr=1e-2, one update a step."
    )


def _check_seconds(seconds: dict, whole: float) -> None:
    least = STEPS * WAIT
    if not all(isinstance(value, float) and value > 0 for value in seconds.values()):
        raise NotYet(
            "because seconds should be a number above 0 for each model: time.perf_counter() after less before."
        )
    if max(seconds.values()) > 1.01 * whole:
        raise NotYet(f"because the whole race took {whole:.2f} s, and one model alone has {max(seconds.values()):.2f}.")
    if sum(seconds.values()) > 1.01 * whole:
        raise NotYet("because the clock of one model runs while the other is trained: start it anew for each model.")
    if seconds["LSTM"] < least:
        raise NotYet(
            f"because {STEPS} steps of the LSTM take {least:.2f} s at the very least here, and you have "
            f"{seconds['LSTM']:.3f}: add up all steps, with the forward pass."
        )
