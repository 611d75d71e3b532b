"""Exercises 07.1 to 07.3: a loop that samples with temperature, what temperature does to a ratio, top-p by hand."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

from utils.course.exercises.answers import one_number
from utils.course.exercises.base import NotYet, register

# 07.1 ----------------------------------------------------------------------------------------------------------------

P = torch.tensor([0.60, 0.30, 0.10, 0.0])  # what the model of the check says, whatever it reads; token 3 never
STEPS = 3_000


class _Spy(nn.Module):
    """A model with the distribution P that notes what it was given; its state counts the tokens read so far."""

    def __init__(self):
        super().__init__()
        self.shapes, self.states, self.read, self.gradient, self.trained = [], [], [], False, False
        self.dropout = nn.Dropout(0.5)

    def forward(self, ids, state=None):
        self.shapes.append(tuple(ids.shape))
        self.states.append(None if state is None else int(state))
        self.read += ids.flatten().tolist()
        self.gradient |= torch.is_grad_enabled()
        self.trained |= self.training
        logits = P.log().clamp(min=-80).expand(*ids.shape, 4)
        return logits, torch.tensor(ids.shape[1] + (0 if state is None else int(state)))


@register(
    "07.1",
    title="Sample fifty tokens at three temperatures",
    minutes=9,
    difficulty="medium",
    answer="sample",
    hints=(
        "Keep two things from step to step: the last token, as ids of shape (1, 1), and the state. Begin with the "
        "token `first` and the state None.",
        "logits, state = model(ids, state); logits[0, -1] are the V scores. p = softmax(those / temperature), and "
        "torch.multinomial(p, 1, generator=generator) draws a token of shape (1,).",
        "Collect token.item() in a list, and go on with ids = token[None]. Put `with torch.inference_mode():` around "
        "the loop, and model.eval() before it.",
    ),
)
def check_sample(answer) -> str:
    """Run it on a model that notes what it reads, then compare how often each token comes with softmax(z / T)."""
    spy = _Spy().train()
    tokens = _tokens(answer(spy, 2, 5, 1.0, torch.Generator().manual_seed(0)), 5)
    if any(shape != (1, 1) for shape in spy.shapes):
        wide = next(shape for shape in spy.shapes if shape != (1, 1))
        raise NotYet(
            f"because the model was given ids of shape {wide}: give it the last token alone, (1, 1). "
            "What came before it is in the state."
        )
    if len(spy.shapes) != 5:
        raise NotYet(
            f"because for 5 tokens the model should be called 5 times, and it was called {len(spy.shapes)} times."
        )
    if spy.states[1] is None:
        raise NotYet("because the state is not carried: give the model the state that it returned the step before.")
    if spy.states[1:] != [1, 2, 3, 4]:
        raise NotYet("because each step needs the state that the step before it returned, and here an older one comes.")
    if spy.read != [2, *tokens[:-1]]:
        raise NotYet(
            f"because the model should read `first` and then each token that was drawn; here it read {spy.read}, "
            f"and {[2, *tokens[:-1]]} would be right."
        )
    if spy.trained:
        raise NotYet("because the model is in training mode, where dropout is active: call model.eval() first.")
    if spy.gradient:
        raise NotYet("because torch keeps all steps for a gradient that nobody asks for: use torch.inference_mode().")
    for T in (0.5, 1.5, 1.0):
        tokens = _tokens(answer(_Spy(), 0, STEPS, T, torch.Generator().manual_seed(1)), STEPS)
        share = torch.bincount(torch.tensor(tokens), minlength=4)[:4] / STEPS
        if _near(share, _at(T)):
            continue
        if share.max() == 1:
            raise NotYet("because always the same token comes: draw one by its probability, do not take the largest.")
        if T != 1 and _near(share, P):
            raise NotYet(
                "because the temperature changes nothing: divide the logits, before the softmax. A draw from p / T is "
                "a draw from p, since torch.multinomial scales its numbers to sum to 1."
            )
        if _near(share, _at(1 / T)):
            raise NotYet("because the temperature acts the wrong way round: divide the logits by it, do not multiply.")
        if _near(share, torch.full((4,), 0.25)):
            raise NotYet("because all tokens come equally often: draw by the probabilities of the model.")
        raise NotYet(
            f"because at temperature {T} token 0 came in {100 * share[0]:.0f} % of {STEPS:,} draws, "
            f"and softmax(z / T) says {100 * _at(T)[0]:.0f} %."
        )
    if tokens != _tokens(answer(_Spy(), 0, STEPS, 1.0, torch.Generator().manual_seed(1)), STEPS):
        raise NotYet("because the same generator gives another text: pass generator=generator to torch.multinomial.")
    return "one token a step, the state carried, and each token as often as softmax(z / T) says."


def _at(T: float) -> torch.Tensor:
    return (P.log().clamp(min=-80) / T).softmax(0)


def _near(share: torch.Tensor, p: torch.Tensor) -> bool:
    return bool((share - p).abs().max() < 0.04)  # more than four standard errors of STEPS draws


def _tokens(got, steps: int) -> list[int]:
    if got is None:
        raise NotYet("because sample returns nothing: end it with `return tokens`.")
    if not isinstance(got, (list, tuple)) or not all(isinstance(t, int) for t in got):
        raise NotYet("because sample should return a list of whole numbers: append token.item().")
    if len(got) == steps + 1:
        raise NotYet(f"because for steps = {steps} it returns {len(got)} tokens: leave out `first`, return the drawn.")
    if len(got) != steps:
        raise NotYet(f"because for steps = {steps} it returns {len(got)} tokens.")
    return list(got)


# 07.2 ----------------------------------------------------------------------------------------------------------------

RATIO_MISTAKES = {
    "the ratio is not divided by T: each logit is, and the ratio is exp of their difference.": lambda r, T: r / T,
    "the temperature acts the wrong way round: the exponent is 1 / T, since the logits are divided.": lambda r, T: r**T,
    "that is the ratio at temperature 1: a difference of logits shrinks when T grows.": lambda r, T: r,
    "that is the logarithm of the ratio: take exp of it.": lambda r, T: np.log(r) / T,
    "the logits are the logarithms of the probabilities: it is exp(ln(ratio) / T), not exp(ratio / T).": lambda r, T: (
        np.exp(r / T)
    ),
    "a high temperature brings the two closer together, and yours moves them apart.": lambda r, T: r * T,
}


@register(
    "07.2",
    title="What temperature does to a ratio",
    minutes=5,
    difficulty="easy",
    answer="ratio_at",
    hints=(
        "Write down p_a / p_b with the softmax formula. The sum below the line is the same for both and cancels.",
        "What is left is exp(z_a / T) / exp(z_b / T) = exp((z_a - z_b) / T). At T = 1 it is `ratio`, so z_a - z_b = "
        "ln(ratio).",
        "exp(ln(ratio) / T) is ratio ** (1 / T).",
    ),
)
def check_ratio_at(answer) -> str:
    """Compare with ratio ** (1 / T) and with the softmax itself; name the usual mistakes."""
    for ratio, T in ((9.0, 0.5), (4.0, 2.0), (8.0, 1.5), (20.0, 1.0), (0.25, 0.5)):
        mine = one_number("ratio_at", answer(ratio, T))
        if np.isclose(mine, ratio ** (1 / T), rtol=1e-6):
            continue
        for sentence, mistake in RATIO_MISTAKES.items():
            if np.isclose(mine, mistake(ratio, T), rtol=1e-6):
                raise NotYet(f"because {sentence}")
        p, q = (torch.tensor([np.log(ratio), 0.0]) / T).softmax(0).tolist()
        raise NotYet(
            f"because at ratio = {ratio:g} and T = {T:g} the softmax gives {p / q:.4g}, and you give {mine:.4g}."
        )
    return "a lead of 9 to 1 is 81 to 1 at T = 0.5, and 4.3 to 1 at T = 1.5: that is all that temperature does."


# 07.3 ----------------------------------------------------------------------------------------------------------------


def _top_p(p, top_p, short=False, long=False, scaled=True, ranked=False, sums=False):
    """The right answer; the last arguments make the usual mistakes."""
    order = np.argsort(-p, kind="stable")
    total = np.cumsum(p[order])
    n = int((total < top_p - 1e-12).sum()) + 1
    n = min(max(n - short + long, 0), len(p))
    kept = np.zeros_like(p)
    kept[order[:n]] = total[:n] if sums else p[order[:n]]
    if scaled and kept.sum():
        kept = kept / kept.sum()
    return kept[order] if ranked else kept


def _above(p, top_p):
    kept = np.where(p >= top_p, p, 0)
    return kept / kept.sum() if kept.sum() else kept


def _unsorted(p, top_p):
    kept = np.where(np.cumsum(p) - p < top_p - 1e-12, p, 0)
    return kept / kept.sum()


TOP_P_MISTAKES = {
    "the token that reaches top_p is missing: the sum of the kept ones must be at least top_p.": lambda p, t: _top_p(
        p, t, short=True
    ),
    "you keep one token too many: stop as soon as the sum reaches top_p.": lambda p, t: _top_p(p, t, long=True),
    "the kept ones do not sum to 1: divide them by their sum.": lambda p, t: _top_p(p, t, scaled=False),
    "your result is sorted: put each probability back in its own place.": lambda p, t: _top_p(p, t, ranked=True),
    "top_p is a bound on the sum of the likeliest, not on each probability by itself.": _above,
    "the running sum goes over the tokens as they stand: sort them first, the likeliest in front.": _unsorted,
}
DISTRIBUTIONS = ([0.2, 0.5, 0.05, 0.25], [0.1, 0.2, 0.3, 0.4], [0.04, 0.9, 0.06], [0.25, 0.25, 0.25, 0.25], [1.0])


@register(
    "07.3",
    title="Top-p by hand",
    minutes=8,
    difficulty="medium",
    answer="top_p_by_hand",
    hints=(
        "order = np.argsort(-p) has the places of the tokens, the likeliest first; np.cumsum(p[order]) is the running "
        "sum.",
        "A token is kept when the sum of those BEFORE it is below top_p: np.cumsum(p[order]) - p[order] < top_p.",
        "kept = np.zeros_like(p); kept[order[:n]] = p[order[:n]], with n the number kept; return kept / kept.sum().",
    ),
)
def check_top_p(answer) -> str:
    """Compare on five distributions at several bounds; name the usual mistakes."""
    for p in map(np.array, DISTRIBUTIONS):
        for top_p in (0.6, 0.3, 0.72, 0.93):
            given = p.copy()
            mine = _array(answer(given, top_p), p.shape)
            if not np.array_equal(given, p):
                raise NotYet("because your function changes the p it was given: write into a new array.")
            right = _top_p(p, top_p)
            if np.allclose(mine, right, atol=1e-9):
                continue
            if (p == p[0]).all():  # any of equal tokens may be kept
                if np.allclose(np.sort(mine), np.sort(right), atol=1e-9):
                    continue
            for sentence, mistake in TOP_P_MISTAKES.items():
                if np.allclose(mine, mistake(p, top_p), atol=1e-9):
                    raise NotYet(f"because {sentence}")
            raise NotYet(f"because for p = {p.tolist()} and top_p = {top_p} it should give {right.round(3).tolist()}.")
        if not np.allclose(_array(answer(p.copy(), 1.0), p.shape), p, atol=1e-9):
            raise NotYet("because top_p = 1 must keep every token.")
    return (
        "the fewest of the likeliest that reach top_p, scaled to sum to 1. Where the model is sure, that is one token."
    )


def _array(got, shape) -> np.ndarray:
    if got is None:
        raise NotYet("because top_p_by_hand returns nothing: end it with `return` and the array.")
    array = np.asarray(got, dtype=float)
    if array.shape != shape:
        raise NotYet(f"because the result should have shape {shape} like p, with 0 for what is cut, not {array.shape}.")
    if np.isnan(array).any():
        raise NotYet("because your result holds NaN: no token was kept. The likeliest always stays.")
    return array
