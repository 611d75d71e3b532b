"""Threshold: its counts are scikit-learn's at every threshold."""

import warnings

import numpy as np
import pytest
import torch
from refused import refused
from sklearn import metrics

from utils.course.explorers import Threshold
from utils.course.explorers.threshold import precision_and_recall

rng = np.random.default_rng(0)
Y = rng.integers(0, 2, 400)
P = np.round(np.clip(0.25 + 0.5 * Y + rng.normal(0, 0.25, 400), 0.01, 0.99), 2)  # rounded: ties with the slider


def test_at_each_threshold_the_counts_are_scikit_learns():
    explorer = Threshold(P, Y)
    for t in np.linspace(0, 1, 101):
        result, called = explorer.compute(t), (P >= t).astype(int)
        assert [[result["tn"], result["fp"]], [result["fn"], result["tp"]]] == metrics.confusion_matrix(
            Y, called, labels=[0, 1]
        ).tolist()
        assert result["recall"] == pytest.approx(metrics.recall_score(Y, called))
        assert result["f1"] == pytest.approx(metrics.f1_score(Y, called, zero_division=0))
        assert result["accuracy"] == pytest.approx(metrics.accuracy_score(Y, called))
        if called.any():
            assert result["precision"] == pytest.approx(metrics.precision_score(Y, called))
        else:
            assert np.isnan(result["precision"])


def test_the_point_lies_on_the_curve_and_the_line_at_the_threshold():
    explorer = Threshold(P, Y)
    precision, recall, _ = metrics.precision_recall_curve(Y, P)
    curve = explorer._figure.axes[1].lines[0]
    np.testing.assert_array_equal(curve.get_xydata(), np.stack([recall, precision], 1))
    for t in (0.0, 0.31, 0.5, 0.9):
        explorer.controls["threshold"].value = t
        assert explorer.error is None
        point = explorer.point.get_xydata()[0]
        assert np.abs(np.stack([recall, precision], 1) - point).sum(1).min() < 1e-12
        assert explorer.line.get_xdata()[0] == t == pytest.approx(explorer.called.get_x())
        assert int(explorer.counts["tp"].get_text()) == explorer.compute(t)["tp"]


@pytest.mark.parametrize("digits", [0, 1, 2, 9])  # many ties, and none
def test_precision_and_recall_at_all_thresholds_are_scikit_learns(digits):
    p = np.round(np.clip(P + rng.normal(0, 0.01, len(P)), 0, 1), digits)
    for found, want in zip(precision_and_recall(p, Y), metrics.precision_recall_curve(Y, p)):
        np.testing.assert_array_equal(found, want)


def test_when_nothing_is_called_positive_precision_is_undefined_and_that_is_said():
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)  # NumPy's, of a division by zero
        explorer = Threshold(P, Y, threshold=1.0)
    assert explorer.error is None and np.isnan(explorer.point.get_ydata()).all()
    said = "At 1.00 no review is called positive, so precision is undefined; recall is 0.00, F1 0.00 and accuracy "
    assert explorer._words == f"{said}{1 - Y.mean():.2f}."
    assert "400 of 400 reviews are called positive" in Threshold(P, Y, threshold=0.0)._words


def test_lists_and_tensors_are_data_too():
    want = Threshold(P, Y).picture.value
    assert Threshold(P.tolist(), Y.tolist()).picture.value == want
    assert Threshold(torch.from_numpy(P), torch.from_numpy(Y)).picture.value == want


@pytest.mark.refusal("course.explorers")
@pytest.mark.parametrize(
    "p, labels, error, sentence",
    [
        (["a", "b"], [0, 1], TypeError, "probabilities must be an array of numbers"),
        ([0.5, 0.5], [0, 1, 1], ValueError, r"two arrays \(N,\), one entry a review, got \(2,\) and \(3,\)."),
        ([[0.5, 0.5]], [[0, 1]], ValueError, r"got \(1, 2\) and \(1, 2\)."),
        ([], [], ValueError, "one entry a review"),
        ([1.5, 0.2], [0, 1], ValueError, "Each probability must be from 0 to 1: pass logits.softmax"),
        ([float("nan"), 0.2], [0, 1], ValueError, "Each probability must be from 0 to 1"),
        ([0.5, 0.2], [1, 1], ValueError, "labels must hold both 0"),
        ([0.5, 0.2], [1, 2], ValueError, "labels must hold both 0"),
    ],
)
def test_other_data_for_the_threshold_is_refused(p, labels, error, sentence):
    with refused(error, sentence):
        Threshold(p, labels)
