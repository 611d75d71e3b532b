"""Exercises 06.3 and 06.4: the confusion matrix, and the words with the longest vectors."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch

from utils.arrays.text import PAD, UNK
from utils.course.exercises.base import NotYet, register

# 06.3 ----------------------------------------------------------------------------------------------------------------


def _once(truth, predicted):
    matrix = np.zeros((2, 2))
    matrix[truth, predicted] += 1
    return matrix


def _counts(truth, predicted):
    return np.bincount(2 * truth + predicted, minlength=4).reshape(2, 2)


CONFUSION_MISTAKES: dict[str, Callable] = {
    "rows and columns have changed places: the row says what is true, the column what was predicted.": (
        lambda *given: _counts(*given).T
    ),
    "the classes have changed places: row 0 and column 0 belong to class 0, negative.": (
        lambda *given: _counts(*given)[::-1, ::-1]
    ),
    "rows and classes are both turned: row = truth, column = prediction, 0 before 1.": (
        lambda *given: _counts(*given).T[::-1, ::-1]
    ),
    "each row is divided by its sum: count reviews, without dividing.": lambda *given: (
        _counts(*given) / _counts(*given).sum(1, keepdims=True)
    ),
    "each column is divided by its sum: count reviews, without dividing.": lambda *given: (
        _counts(*given) / _counts(*given).sum(0, keepdims=True)
    ),
    "the counts are divided by the number of reviews: count, without dividing.": lambda *given: (
        _counts(*given) / len(given[0])
    ),
    "matrix[truth, predicted] += 1 adds 1 to each place once, however often it is named: use np.add.at, or a loop.": (
        _once
    ),
}


@register(
    "06.3",
    title="The confusion matrix",
    minutes=5,
    difficulty="easy",
    answer="confusion",
    hints=(
        "Four counts: of the reviews whose truth is 0, how many were called 0, how many 1; then the same for truth 1.",
        "Begin with np.zeros((2, 2), dtype=int), go through zip(truth, predicted), and add 1 in one place each time.",
        "The place is matrix[true, said]: the truth picks the row, the prediction the column.",
    ),
)
def check_confusion(answer) -> str:
    """Compare with the four counts of three pairs of label arrays (N,), one of them with a single class."""
    random = np.random.default_rng(6)
    truth = random.integers(0, 2, 60)
    predicted = np.where(random.random(60) < (0.2 + 0.2 * truth), 1 - truth, truth)
    for given in ((truth, predicted), (predicted[:7], truth[:7]), (np.zeros(4, int), np.zeros(4, int))):
        right, got = _counts(*given), answer(*(labels.copy() for labels in given))
        if got is None:
            raise NotYet("because confusion returns nothing: end it with `return matrix`.")
        try:
            mine = np.asarray(got, dtype=float)
        except (TypeError, ValueError):
            raise NotYet(f"because confusion should return a 2 by 2 array, and it returns {got!r}.") from None
        if mine.shape != (2, 2):
            alone = " Here all labels are 0, and there are still two classes." if not given[0].any() else ""
            raise NotYet(f"because the matrix should have shape (2, 2), and yours has {mine.shape}.{alone}")
        if np.array_equal(mine, right):
            continue
        with np.errstate(all="ignore"):
            for sentence, mistake in CONFUSION_MISTAKES.items():
                if np.allclose(mine, mistake(*given)):
                    raise NotYet(f"because {sentence}")
        raise NotYet(f"because of {len(given[0])} reviews {right.tolist()} is the count, and yours is {mine.tolist()}.")
    return "your matrix is scikit-learn's. Its diagonal is what was right, and its other two places are two errors."


# 06.4 ----------------------------------------------------------------------------------------------------------------


def _longest(weight, words, k, norm=lambda w: w.norm(dim=1), skip=2, shift=2, largest=True):
    """The right answer; the last arguments make the usual mistakes."""
    lengths = norm(weight.detach())[skip:]
    return [words[i + shift] for i in lengths.argsort(descending=largest)[:k].tolist()]


NORM_MISTAKES = {
    f"{PAD} and {UNK} are not words: leave out the first two rows.": {"skip": 0, "shift": 0},
    "the words stand two places off: row i of weight[2:] belongs to words[i + 2].": {"shift": 0},
    "these are the shortest vectors: sort from the longest down.": {"largest": False},
    "that is the sum of each vector's numbers, where minus cancels plus: take the norm.": {"norm": lambda w: w.sum(1)},
    "that is the largest number of each vector: its length is the root of the sum of squares.": {
        "norm": lambda w: w.abs().amax(1)
    },
    "that is the sum of absolute values: the length is the root of the sum of squares.": {
        "norm": lambda w: w.abs().sum(1)
    },
}


@register(
    "06.4",
    title="The words with the longest vectors",
    minutes=5,
    difficulty="easy",
    answer="top_norms",
    hints=(
        "weight.norm(dim=1) gives one length for each row, (V,). Row i belongs to words[i].",
        "Rows 0 and 1 are <pad> and <unk>. Cut them from both: weight[2:] and words[2:] then belong together.",
        "lengths.argsort(descending=True)[:k] gives the places of the k longest; look each up among the words.",
    ),
)
def check_top_norms(answer) -> str:
    """Compare with the sorted norms of two embeddings (V, D) with their words (V,), for k = 5, 2 and too many."""
    for V, D, k in ((12, 3, None), (40, 8, 2), (6, 2, 9)):
        weight, words = _vectors(V, D)
        right = _longest(weight, words, k or 5)
        got = answer(weight, list(words)) if k is None else answer(weight, list(words), k)
        if got is None:
            raise NotYet("because top_norms returns nothing: end it with `return` and the list of words.")
        if isinstance(got, str) or not hasattr(got, "__iter__"):
            raise NotYet(f"because top_norms should return a list of words, and it returns {got!r}.")
        mine = list(got)
        if mine == right:
            continue
        if not all(isinstance(word, str) for word in mine):
            raise NotYet(f"because the list should hold the words themselves, and yours begins with {mine[0]!r}.")
        for sentence, mistake in NORM_MISTAKES.items():
            if mine == _longest(weight, words, k or 5, **mistake):
                raise NotYet(f"because {sentence}")
        if len(mine) != len(right):
            raise NotYet(f"because with k = {k or 5} and {V - 2} words there should be {len(right)}, not {len(mine)}.")
        if sorted(mine) == sorted(right):
            raise NotYet("because the words are right and their order is not: the longest comes first.")
        raise NotYet(f"because of {V} vectors {right} are the longest, and you name {mine}.")
    return "these are the longest. Whether they mean something, only looking can tell: try it on a trained model."


def _vectors(V: int, D: int) -> tuple[torch.nn.Parameter, list[str]]:
    """An embedding's weight (V, D), whose first two rows are long, and its words."""
    weight = torch.randn(V, D, generator=torch.Generator().manual_seed(V)) - 0.3
    weight[:2] *= 9
    return torch.nn.Parameter(weight), [PAD, UNK, *(f"word{i}" for i in range(2, V))]
