"""Exercise 07.2: the confusion matrix."""

from __future__ import annotations

import numpy as np

from utils.course.exercises.answers import array, close, on_copies, same_as
from utils.course.exercises.base import NotYet, register


def _reviews() -> tuple[np.ndarray, np.ndarray]:
    """60 labels, and predictions that are wrong for a fifth of class 0 and two fifths of class 1."""
    random = np.random.default_rng(6)
    truth = random.integers(0, 2, 60)
    return truth, np.where(random.random(60) < (0.2 + 0.2 * truth), 1 - truth, truth)


CASES = (_reviews(), (np.zeros(4, int), np.zeros(4, int)))  # truth and predicted, once of a single class


def _once(truth, predicted):
    matrix = np.zeros((2, 2))
    matrix[truth, predicted] += 1
    return matrix


def _counts(truth, predicted):
    return np.bincount((2 * truth + predicted).astype(np.intp), minlength=4).reshape(2, 2)


MISTAKES = {
    "rows and columns have changed places: the row says what is true, the column what was predicted.":
        lambda *given: _counts(*given).T,
    "the classes have changed places: row 0 and column 0 belong to class 0, negative.":
        lambda *given: _counts(*given)[::-1, ::-1],
    "rows and classes are both turned: row = truth, column = prediction, 0 before 1.":
        lambda *given: _counts(*given).T[::-1, ::-1],
    "each row is divided by its sum: count reviews, without dividing.":
        lambda *given: _counts(*given) / _counts(*given).sum(1, keepdims=True),
    "each column is divided by its sum: count reviews, without dividing.":
        lambda *given: _counts(*given) / _counts(*given).sum(0, keepdims=True),
    "the counts are divided by the number of reviews: count, without dividing.":
        lambda *given: _counts(*given) / len(given[0]),
    "matrix[truth, predicted] += 1 adds 1 to each place once, however often it is named: use np.add.at, or a loop.":
        _once,
}  # fmt: skip


@register("07.2", title="The confusion matrix", minutes=5, difficulty="easy", answer="confusion",
          ending="`return matrix`", hints=(
    "Four counts: of the reviews whose truth is 0, how many were called 0, how many 1; then the same for truth 1.",
    "Begin with np.zeros((2, 2), dtype=int), go through zip(truth, predicted), and add 1 in one place each time.",
    "The place is matrix[true, said]: the truth picks the row, the prediction the column.",
))  # fmt: skip
def check_confusion(answer) -> str:
    """Compare with the four counts of two pairs of label arrays (N,), one of them with a single class."""
    for truth, predicted in CASES:
        got = on_copies(answer, {"truth": truth, "predicted": predicted})
        alone = {} if truth.any() else {(1, 1): ". Here all labels are 0, and there are still two classes"}
        mine, right = array("the matrix", got, (2, 2), remarks=alone), _counts(truth, predicted)
        if not close(mine, right, 0):
            same_as(MISTAKES, mine, truth, predicted)
            raise NotYet(f"of {len(truth)} reviews {right.tolist()} is the count, and yours is {mine.tolist()}.")
    return "your matrix is scikit-learn's. Its diagonal is what was right, and its other two places are two errors."
