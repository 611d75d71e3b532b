"""Recall: one symbol, a long silence, and the question which symbol it was. Lesson 01 writes this loop out."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import nn

from utils import checks
from utils.data.tasks import first_element_recall


def learn(
    network: nn.Module, steps: int = 600, rate: float = 0.01, T: int = 50, distractors: bool = False, classes: int = 10
) -> Iterator[float]:
    """Train a recurrent network to name the first of T symbols; yield after each step the share of right answers.

    Adam with the learning rate `rate` on batches of 32 sequences, each drawn anew, so the share is that of sequences
    never seen before. A linear layer reads the last state; the gradient is clipped at norm 1.
    It ends after `steps` steps, or sooner, after 20 batches in a row without a mistake.
    network: torch's or this course's, made with batch_first=True and an input size of `classes`.
    Raises ValueError when it reads its batches the other way round. Task: Hochreiter and Schmidhuber 1997.

    >>> right = list(learn(nn.RNN(10, 32, batch_first=True), steps=5))
    >>> len(right)
    5
    """
    checks.integer("steps", steps)
    if not network.batch_first:
        raise ValueError("Make the network with batch_first=True: the first axis of x is the batch.")
    readout = nn.Linear(network.hidden_size, classes)
    weights = [*network.parameters(), *readout.parameters()]
    adam, streak = torch.optim.Adam(weights, lr=rate), 0
    while steps > 0 and streak < 20:
        x, y = first_element_recall(32, T, classes, distractors)  # (B, T, classes), (B,)
        scores = readout(network(x)[0][:, -1])  # (B, classes), from h_T alone
        adam.zero_grad()
        nn.functional.cross_entropy(scores, y).backward()
        nn.utils.clip_grad_norm_(weights, 1.0)
        adam.step()
        right = (scores.argmax(1) == y).float().mean().item()
        yield right
        steps, streak = steps - 1, streak + 1 if right == 1 else 0
