"""Quiz of lesson 05: what each direction has read, a limit that can be computed, and the price."""

from __future__ import annotations

import torch
from torch import nn

from utils.course.quizzes.base import Question, ask, percent, right, wrong


def questions() -> tuple[Question, ...]:
    """The five questions, their numbers computed."""
    T, t = 12, 9
    forward, backward = _words_read(T, t)
    untold, p = 0.2, 0.7
    directions = layers = 2
    two, one = (_parameters(num_layers=layers, bidirectional=both) for both in (True, False))
    return (
        ask(
            f"A sentence has {T} words. How many of them has the backward half of the state at word {t} read?",
            wrong(f"{forward}", "That is the forward half, which began at word 1."),
            wrong(f"{T - t}", f"Word {t} itself has been read too."),
            wrong(f"{T}", "It has all of them behind it only when it arrives at word 1."),
            right(f"{backward}", f"Words {t} to {T}: it began at the end."),
        ),
        ask(
            f"In some language {percent(untold)} of the words are told only by the next word, and each of those is a "
            f"noun in {percent(p)} of the cases. All others can be known. How many words can a forward reader get "
            "right at best?",
            wrong(
                percent(1 - untold),
                f"This gives the untold words up. It can bet on them, and is right in {percent(p)}.",
            ),
            right(
                percent(1 - untold + untold * p),
                "All words that can be known, and of the others the share of the better bet.",
            ),
            wrong(
                percent(1 - untold + untold / 2), "A coin would do that. To bet on the more frequent tag does better."
            ),
            wrong(percent(1), "No memory and no training helps: what tells has not been said yet."),
        ),
        ask(
            "You want one vector in which both halves have read the whole sentence (no padding). Which one?",
            right(
                "`output[:, -1, :H]` beside `output[:, 0, H:]`",
                "Each half is read where it ends: forward at the last word, backward at the first.",
            ),
            wrong("`output[:, -1]`, both halves", "There the backward half has just begun: it has read one word."),
            wrong(
                "`output[:, 0]`, both halves",
                "Now the backward half is complete, but the forward half has read one word.",
            ),
            wrong("`output[:, 0, :H]` beside `output[:, -1, H:]`", "This takes each half where it begins."),
        ),
        ask(
            "`nn.LSTM(64, 64, num_layers=2)` becomes bidirectional. How many times as many parameters does it have?",
            wrong(
                f"{directions:.1f}", "So it is in the first layer. The second one reads a state that is twice as wide."
            ),
            wrong(
                f"{directions * layers:.1f}", "Two directions times two layers: but the two layers were there before."
            ),
            right(f"{two / one:.1f}", "Twice the cells, and in the second layer W is twice as wide as well."),
            wrong(
                f"{(directions + directions * 2) / layers:.1f}",
                "For this the cells of the second layer would have to be twice as large. Only W is; U and the biases "
                "are not.",
            ),
        ),
        ask(
            "Live captions need the tag of each word, and some tags are told by the next word. What helps?",
            wrong(
                "A bidirectional network over the whole sentence",
                "It would know, but not before the sentence is over. That is too late for live captions.",
            ),
            wrong("A forward reader with four times the units", "Size does not help where nothing has been said yet."),
            right(
                "A forward reader that answers one word late",
                "After a short wait the word that tells has been read, and one direction is enough.",
            ),
            wrong(
                "A second forward layer on top of the first",
                "It reads what the layer below knows, and that has not seen the next word either.",
            ),
        ),
    )


def _words_read(T: int, t: int) -> list[int]:
    """How many words the forward and the backward half of the state at word t depend on, by autograd."""
    with torch.random.fork_rng(devices=[]):  # the lesson's own dice stay as they are
        lstm, x = nn.LSTM(1, 2, bidirectional=True), torch.randn(T, 1, requires_grad=True)  # (T, inputs)
    state = lstm(x)[0][t - 1]  # (2 H,)
    gradients = [torch.autograd.grad(half.sum(), x, retain_graph=True)[0] for half in state.chunk(2)]  # each (T, 1)
    return [int((gradient != 0).sum()) for gradient in gradients]


def _parameters(**options) -> int:
    return sum(weight.numel() for weight in nn.LSTM(64, 64, device="meta", **options).parameters())
