"""Exercise 07.2: the usual mistakes, which test_all.py tries, and other right answers."""

import numpy as np
import pytest
import torch
from judging import judged
from sklearn.metrics import confusion_matrix


def matrix(truth, predicted):
    return confusion_matrix(truth, predicted, labels=[0, 1])


def fancy(truth, predicted):
    counts = np.zeros((2, 2))
    counts[truth, predicted] += 1
    return counts


MISTAKES = [
    (lambda t, p: matrix(t, p).T, "rows and columns have changed places"),
    (lambda t, p: matrix(t, p)[::-1, ::-1], "the classes have changed places"),
    (lambda t, p: matrix(t, p).T[::-1, ::-1], "rows and classes are both turned"),
    (lambda t, p: matrix(t, p) / matrix(t, p).sum(1, keepdims=True), "each row is divided by its sum"),
    (lambda t, p: matrix(t, p) / matrix(t, p).sum(0), "each column is divided by its sum"),
    (lambda t, p: matrix(t, p) / len(t), "divided by the number of reviews"),
    (fancy, "adds 1 to each place once"),
    (lambda t, p: matrix(t, p) if t.any() else np.array([[len(t)]]), "there are still two classes"),
    (lambda t, p: matrix(t, p).ravel(), "should have shape (2, 2), and yours has (4,)"),
    (lambda t, p: matrix(t, p) + 1, "is the count, and yours is"),
    (lambda t, p: "four", "numbers in an array of shape (2, 2)"),
    (lambda t, p: None, "returns nothing"),
]


@pytest.mark.parametrize("form", [np.asarray, torch.as_tensor, np.ndarray.tolist])
def test_scikit_learns_matrix_is_right_in_any_form(form):
    assert judged("07.2", lambda t, p: form(matrix(t, p)))[0] == "Correct"
