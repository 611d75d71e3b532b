"""Exercise 05.1: the summary vector of a sentence."""

from __future__ import annotations

import torch
from torch import Tensor

from utils.course.exercises.answers import array, as_array, close, on_copies, same_as
from utils.course.exercises.base import NotYet, register

CASES = ((4, 6, 3), (1, 1, 2))  # B, T, H


def _halves(output, lengths, forward="last", backward="first", swapped=False):
    """The right answer; the last arguments make the usual mistakes: where each half is taken."""
    B, T, H = output.shape[0], output.shape[1], output.shape[-1] // 2
    places = {
        "first": torch.zeros_like(lengths),
        "last": lengths - 1,
        "late": lengths.clamp(max=T - 1),
        "column": torch.full_like(lengths, T - 1),
        "one length": torch.full_like(lengths, int(lengths[0]) - 1),
    }
    ahead, back = output[torch.arange(B), places[forward], :H], output[torch.arange(B), places[backward], H:]
    return torch.cat([back, ahead] if swapped else [ahead, back], dim=-1)


MISTAKES = {
    "that is the last column: for a short sentence it is padding, and the backward half has read nothing else there.":
        {"forward": "column", "backward": "column"},
    "the backward half at the last word has read that word alone: it is complete at the first.": {"backward": "last"},
    "the forward half at the first word has read that word alone: it is complete at the last.": {"forward": "first"},
    "the forward half is taken from the last column, which is padding for a short sentence: use lengths.":
        {"forward": "column"},
    "each half is taken where the other one is complete: the forward half stands first in output.":
        {"forward": "first", "backward": "last"},
    "the halves have changed places: forward first, then backward.": {"swapped": True},
    "word number n stands at place n - 1: your forward half is one column late.": {"forward": "late"},
    "that is the mean over all columns, padding among them; here two of the states are wanted.":
        lambda output, lengths: output.mean(1),
    "the forward half of every sentence is taken at the end of the first one: each has its own length.":
        {"forward": "one length"},
}  # fmt: skip


@register("05.1", title="The summary vector of a sentence", minutes=6, difficulty="medium", answer="summary",
          ending="`return` and the vectors", hints=(
    "Which half is complete where? Forward has read everything at the last word, backward at the first.",
    "The first H numbers of a state are the forward half: output[..., :H], with H = output.shape[-1] // 2.",
    "Each sentence ends elsewhere: output[torch.arange(B), lengths - 1] takes one row from each.",
))  # fmt: skip
def check_summary(answer) -> str:
    """Compare on random states with the two complete halves; name the usual mistakes."""
    for B, T, H in CASES:
        output = torch.randn(B, T, 2 * H, generator=torch.Generator().manual_seed(0), dtype=torch.float32)
        lengths = torch.tensor([T - 2, T, 2, T - 1][:B]).clamp(min=1)
        try:
            got = on_copies(answer, {"output": output, "lengths": lengths})
        except IndexError as failure:
            raise NotYet(f"{failure}; the last word of a sentence stands at place lengths - 1.") from None
        if not isinstance(got, Tensor):
            raise NotYet(f"summary should return a tensor, and yours is {type(got).__name__}.")
        mine, right = array("the tensor", got, (B, 2 * H), "(B, 2H)"), as_array(_halves(output, lengths))
        if not close(mine, right):
            same_as(MISTAKES, mine, output, lengths, right=_halves)
            half = "backward" if close(mine[:, :H], right[:, :H]) else "forward"
            raise NotYet(f"the {half} half is not the state that has read its whole sentence.")
    return "both halves have read their whole sentence, however long the padding behind it."
