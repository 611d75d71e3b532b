"""Exercise 07.3: the words with the longest vectors."""

from __future__ import annotations

import torch

from utils.course.exercises.answers import same_as
from utils.course.exercises.base import NotYet, register
from utils.text import PAD, UNK

CASES = ((12, 3, {}), (40, 8, {"k": 2}), (6, 2, {"k": 9}))  # V, D, and k: the default, a small one, too many


def _longest(weight, words, k=5, norm=lambda w: w.norm(dim=1), skip=2, shift=2, largest=True):
    """The right answer; the last arguments make the usual mistakes."""
    lengths = norm(weight.detach())[skip:]
    return [words[i + shift] for i in lengths.argsort(descending=largest)[:k].tolist()]


MISTAKES = {
    f"{PAD} and {UNK} are not words: leave out the first two rows.": {"skip": 0, "shift": 0},
    "the words stand two places off: row i of weight[2:] belongs to words[i + 2].": {"shift": 0},
    "these are the shortest vectors: sort from the longest down.": {"largest": False},
    "that is the sum of each vector's numbers, where minus cancels plus: take the norm.": {"norm": lambda w: w.sum(1)},
    "that is the largest number of each vector: its length is the root of the sum of squares.":
        {"norm": lambda w: w.abs().amax(1)},
    "that is the sum of absolute values: the length is the root of the sum of squares.":
        {"norm": lambda w: w.abs().sum(1)},
}  # fmt: skip


@register("07.3", title="The words with the longest vectors", minutes=5, difficulty="easy", answer="top_norms",
          ending="`return` and the list of words", hints=(
    "weight.norm(dim=1) gives one length for each row, (V,). Row i belongs to words[i].",
    "Rows 0 and 1 are <pad> and <unk>. Cut them from both: weight[2:] and words[2:] then belong together.",
    "lengths.argsort(descending=True)[:k] gives the places of the k longest; look each up among the words.",
))  # fmt: skip
def check_top_norms(answer) -> str:
    """Compare with the sorted norms of embeddings (V, D) with their words (V,), for k = 5, 2 and too many."""
    for V, D, options in CASES:
        weight, words = _vectors(V, D)
        got, right = answer(weight, list(words), **options), _longest(weight, words, **options)
        if isinstance(got, str) or not hasattr(got, "__iter__"):
            raise NotYet(f"top_norms should return a list of words, and it returns {got!r}.")
        mine = list(got)
        if mine == right:
            continue
        if not all(isinstance(word, str) for word in mine):
            raise NotYet(f"the list should hold the words themselves, and yours begins with {mine[0]!r}.")
        k = options.get("k", 5)
        same_as(MISTAKES, mine, weight, words, k, right=_longest, near=list.__eq__)
        if len(mine) != len(right):
            raise NotYet(f"with k = {k} and {V - 2} words there should be {len(right)}, not {len(mine)}.")
        if sorted(mine) == sorted(right):
            raise NotYet("the words are right and their order is not: the longest comes first.")
        raise NotYet(f"of {V} vectors {right} are the longest, and you name {mine}.")
    return "these are the longest. Whether they mean something, only looking can tell: try it on a trained model."


def _vectors(V: int, D: int) -> tuple[torch.nn.Parameter, list[str]]:
    """An embedding's weight (V, D), whose first two rows are long, and its words."""
    weight = torch.randn(V, D, generator=torch.Generator().manual_seed(V), dtype=torch.float32) - 0.3
    weight[:2] *= 9
    return torch.nn.Parameter(weight), [PAD, UNK, *(f"word{i}" for i in range(2, V))]
