"""What was measured, on one short line."""

import numpy as np
import pytest
import torch

from utils.course.rounding import LONGEST, rounded


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0.99264, "0.993"), (2.220446e-16, "2.22e-16"), (1_667_072, "1,667,072"), (12345.6, "12,346"),
        (1e300, "1e+300"),
        (999.7, "1,000"), (True, "True"), (None, "None"), (float("inf"), "inf"), (1.23456 + 2j, "1.23+2j"),
        (np.float32(0.1), "0.1"), (np.array(3), "3"), (torch.tensor(0.12345, requires_grad=True), "0.123"),
        (torch.tensor([0.25, 0.75]), "0.25, 0.75"), (np.zeros((20, 20)), "400 numbers from 0 to 0"),
        ([0.1017, 0.5], "0.102, 0.5"), (np.linspace(0, 1, 20), "20 numbers from 0 to 1"), ([], "none"), ({}, "none"),
        ((np.array([1.0, 2.0]), 0.5), "(1, 2), 0.5"), ("0.59 is left", "0.59 is left"), ("two\n  lines", "two lines"),
        (([0.1] * 5, [0.2] * 6), "(0.1, 0.1, 0.1, 0.1, 0.1), (6 numbers from 0.2 to 0.2)"),
        ({"GRU": 0.87, "LSTM": 0.2}, "GRU: 0.87, LSTM: 0.2"), ({50: torch.tensor(7)}, "50: 7"),
        ({"a": {"f": 0.5}, "b": [1, 2]}, "a: (f: 0.5), b: (1, 2)"),
    ],
)  # fmt: skip
def test_three_digits_on_one_line(value, words):
    assert rounded(value) == words


def test_what_is_long_is_cut():
    assert rounded("a" * 200) == "a" * (LONGEST - 1) + "…"
    assert len(rounded({f"key {n}": [n, n + 0.123456] for n in range(99)})) <= LONGEST
