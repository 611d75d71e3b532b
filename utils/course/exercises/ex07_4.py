"""Exercise 07.4: a unit that is switched off."""

from __future__ import annotations

from functools import partial

import torch

from utils.course.exercises.answers import array, close, same_as
from utils.course.exercises.base import NotYet, register
from utils.models.classifier import Classifier

CASES = ((1, "attention"), (5, "attention"), (4, "mean+max"))  # a unit, forward or backward, and the pooling
near = partial(close, tol=1e-5)


def _switched_off(model, ids, lengths, unit, where="state"):
    """The right answer; `where` makes the usual mistakes."""
    h = model.states(ids, lengths).clone()  # (B, T, D)
    if where == "step":
        h[:, unit] = 0
    elif where == "others":
        h[..., [k for k in range(h.shape[-1]) if k != unit]] = 0
    elif where == "one step less":
        h[..., unit - 1] = 0
    elif where in ("state", "probabilities"):
        h[..., unit] = 0
    pooled = model.pool(h, lengths)
    if where == "pooled":
        pooled[:, unit] = 0
    logits = model.output(pooled)
    return logits.softmax(-1) if where == "probabilities" else logits


MISTAKES = {
    "nothing is switched off: these are the logits of the whole model.": {"where": "nothing"},
    "h[:, unit] is a step of time: the units are the last axis, h[..., unit].": {"where": "step"},
    "all other units are off and this one is on: the other way round.": {"where": "others"},
    "the neighbor is off: units are counted from 0, so take `unit` as it is.": {"where": "one step less"},
    "you took the unit out after the pooling. By then it has had its say in the attention weights, and with mean and "
    "maximum it stands in the vector twice: set its states to 0.": {"where": "pooled"},
    "these are probabilities: return what model.output gives, without a softmax.": {"where": "probabilities"},
}  # fmt: skip


@register("07.4", title="Switch a unit off", minutes=6, difficulty="easy", answer="logits_without",
          ending="`return` and the logits", hints=(
    "A Classifier does h = model.states(ids, lengths), pooled = model.pool(h, lengths), model.output(pooled).",
    "Between the first and the second, set the unit's state to 0 at every word of every text.",
    "h is (B, T, D), and the units are its last axis: h = h.clone(), then h[..., unit] = 0.",
))  # fmt: skip
@torch.no_grad()
def check_logits_without(answer) -> str:
    """Compare with small classifiers, each with one of its units off; name the usual mistakes."""
    ids, lengths = torch.tensor([[2, 3, 4, 5, 6, 7, 8], [8, 2, 4, 3, 0, 0, 0]]), torch.tensor([7, 4])
    for unit, pooling in CASES:
        model, generator = Classifier(9, 4, 3, pooling=pooling).eval(), torch.Generator().manual_seed(0)
        for weight in model.parameters():
            weight.copy_(torch.randn(weight.shape, generator=generator))
        before = [weight.clone() for weight in model.parameters()]
        got = answer(model, ids, lengths, unit)
        if not all(map(torch.equal, model.parameters(), before)):
            raise NotYet("your function changes the model's weights: set the states to 0, not the weights.")
        mine, right = array("the logits", got, (2, 2), "(B, 2)"), _switched_off(model, ids, lengths, unit)
        if not near(mine, right):
            same_as(MISTAKES, mine, model, ids, lengths, unit, right=_switched_off, near=near)
            raise NotYet(
                f"with unit {unit} off and pooling by {pooling} the first logit should be {right[0, 0]:.4f}, and yours "
                f"is {mine[0, 0]:.4f}."
            )
    return "the unit is off, whatever the pooling, and everything else is as it was."
