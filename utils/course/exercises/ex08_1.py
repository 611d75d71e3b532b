"""Exercise 08.1: a loop that samples with temperature."""

from __future__ import annotations

import torch
from torch import nn

from utils.course.exercises.answers import as_array
from utils.course.exercises.base import NotYet, register

P = torch.tensor([0.60, 0.30, 0.10, 0.0], dtype=torch.float32)  # the model's distribution, always; token 3 never comes
Z = P.log().clamp(min=-80)
STEPS = 3_000
CASES = (0.5, 1.5)  # temperatures


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
        return Z.expand(*ids.shape, 4), torch.tensor(ids.shape[1] + (self.states[-1] or 0))


@register("08.1", title="Sample fifty tokens at three temperatures", minutes=9, difficulty="medium", answer="sample",
          ending="`return tokens`", hints=(
    "Keep two things from step to step: the last token, as ids of shape (1, 1), and the state. Begin with the token "
    "`first` and the state None.",
    "logits, state = model(ids, state); logits[0, -1] are the V scores. p = softmax(those / temperature), and "
    "torch.multinomial(p, 1, generator=generator) draws a token of shape (1,).",
    "Collect token.item() in a list, and go on with ids = token[None]. Put `with torch.inference_mode():` around "
    "the loop, and model.eval() before it.",
))  # fmt: skip
def check_sample(answer) -> str:
    """Run it on a model that notes what it reads, then compare how often each token comes with softmax(z / T)."""

    def sampled(model, first: int, steps: int, T: float) -> list[int]:
        return _tokens(answer(model, first, steps, T, torch.Generator().manual_seed(1)), steps)

    spy = _Spy().train()
    _check_reading(spy, sampled(spy, 2, 5, 1.0))
    for T in CASES:
        tokens = sampled(_Spy(), 0, STEPS, T)
        share = torch.bincount(torch.tensor(tokens), minlength=4)[:4] / STEPS
        if _near(share, _at(T)):
            continue
        if share.max() == 1:
            raise NotYet("always the same token comes: draw one by its probability, do not take the largest.")
        if _near(share, P):
            raise NotYet(
                "the temperature changes nothing: divide the logits, before the softmax. A draw from p / T is a draw "
                "from p, since torch.multinomial scales its numbers to sum to 1."
            )
        if _near(share, _at(1 / T)):
            raise NotYet("the temperature acts the wrong way round: divide the logits by it, do not multiply.")
        if _near(share, [0.25] * 4):
            raise NotYet("all tokens come equally often: draw by the probabilities of the model.")
        raise NotYet(
            f"at temperature {T} token 0 came in {100 * share[0]:.0f} % of {STEPS:,} draws, and softmax(z / T) says "
            f"{100 * _at(T)[0]:.0f} %."
        )
    if tokens != sampled(_Spy(), 0, STEPS, T):
        raise NotYet("the same generator gives another text: pass generator=generator to torch.multinomial.")
    return "one token a step, the state carried, and each token as often as softmax(z / T) says."


def _check_reading(spy: _Spy, tokens: list[int]) -> None:
    """NotYet unless the five steps that the spy has seen read one token each, in order, with the state of before."""
    right = [2, *tokens[:-1]]
    wide = next((shape for shape in spy.shapes if shape != (1, 1)), None)
    if wide:
        raise NotYet(
            f"the model was given ids of shape {wide}: give it the last token alone, (1, 1). What came before it is in "
            "the state."
        )
    if len(spy.shapes) != 5:
        raise NotYet(f"for 5 tokens the model should be called 5 times, and it was called {len(spy.shapes)} times.")
    if spy.states[1] is None:
        raise NotYet("the state is not carried: give the model the state that it returned the step before.")
    if spy.states[1:] != [1, 2, 3, 4]:
        raise NotYet("each step needs the state that the step before it returned, and here an older one comes.")
    if spy.read != right:
        raise NotYet(
            f"the model should read `first` and then each token that was drawn; here it read {spy.read}, and {right} "
            "would be right."
        )
    if spy.trained:
        raise NotYet("the model is in training mode, where dropout is active: call model.eval() first.")
    if spy.gradient:
        raise NotYet("torch keeps all steps for a gradient that nobody asks for: use torch.inference_mode().")


def _at(T: float) -> torch.Tensor:
    return (Z / T).softmax(0)


def _near(share, p) -> bool:
    return abs(as_array(share) - as_array(p)).max() < 0.04  # more than four standard errors of STEPS draws


def _tokens(got, steps: int) -> list[int]:
    if not isinstance(got, (list, tuple)) or not all(isinstance(t, int) for t in got):
        raise NotYet("sample should return a list of whole numbers: append token.item().")
    if len(got) != steps:
        advice = ": leave out `first`, return the drawn" if len(got) == steps + 1 else ""
        raise NotYet(f"for steps = {steps} it returns {len(got)} tokens{advice}.")
    return list(got)
