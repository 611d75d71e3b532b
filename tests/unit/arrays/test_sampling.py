"""The NumPy sampling against that of torch, row by row, ties and limits included."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from refused import refused

from utils.arrays.sampling import choose, entropy, next_distribution
from utils.models import sampling as torchs

numbers = st.floats(-30, 30) | st.sampled_from([0.0, 1.0, 2.0, -math.inf])  # the second give ties
tables = st.integers(1, 8).flatmap(
    lambda V: st.lists(st.lists(numbers, min_size=V, max_size=V).filter(lambda r: max(r) > -99), min_size=1, max_size=3)
)
types = st.sampled_from([np.float32, np.float64])


@settings(max_examples=300)
@given(tables, types, st.floats(0.05, 20), st.none() | st.integers(1, 9), st.none() | st.floats(0.01, 1))
def test_the_next_distribution_is_torchs(table, kind, T, k, p):
    logits = np.array(table, kind)
    sums = np.sort(next_distribution(logits.astype(float), T, k), axis=-1)[:, ::-1].cumsum(-1)
    if p is not None and np.abs(sums - p).min() < 1e-5:  # a sum that meets p to the last digit may fall either way
        return
    got = next_distribution(logits, T, k, p)
    assert got.dtype == kind
    want = torchs.next_distribution(torch.from_numpy(logits), T, k, p).numpy()
    np.testing.assert_allclose(got, want, rtol=0, atol=1e-6 if kind is np.float32 else 1e-14)
    np.testing.assert_array_equal(got > 0, want > 0)
    np.testing.assert_allclose(entropy(got), torchs.entropy(torch.from_numpy(want)).numpy(), rtol=0, atol=1e-5)


def test_equal_probabilities_are_cut_in_their_order():
    level = np.zeros(64)  # so many that an unstable sort does not keep their order by chance
    assert next_distribution(level, top_k=32).nonzero()[0].tolist() == list(range(32))
    assert next_distribution(level, top_p=0.5).nonzero()[0].tolist() == list(range(32))
    assert next_distribution(level[:4], top_p=0.51).tolist() == pytest.approx([1 / 3, 1 / 3, 1 / 3, 0])


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_the_least_and_the_largest_temperature(kind):
    logits = np.array([[1, 3, 2], [5, -1, 5], [0, -np.inf, 0]], kind)
    for T in (1e-3, 1e-20, 1e-200, 1e-320):
        want = [[0, 1, 0], [0.5, 0, 0.5], [0.5, 0, 0.5]]
        np.testing.assert_allclose(next_distribution(logits, T), want, atol=1e-6)
    np.testing.assert_allclose(next_distribution(logits, 1e300), [[1 / 3] * 3, [1 / 3] * 3, [0.5, 0, 0.5]], atol=1e-6)


def test_what_is_certain_has_no_entropy_and_no_minus_sign():
    assert str(entropy(np.array([0.0, 1.0]))) == "0.0"
    assert entropy(np.full((2, 8), 1 / 8)).tolist() == [3, 3]


@settings(max_examples=200)
@given(tables, types, st.floats(0, 1, exclude_max=True))
def test_the_same_number_chooses_the_same_token(table, kind, u):
    p = next_distribution(np.array(table, kind))
    u = float(np.float32(u))
    if np.abs(p.astype(float).cumsum(-1) / p.sum(-1, keepdims=True, dtype=float) - u).min() < 1e-6:
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(torch, "rand", lambda *size, **options: torch.full(size, u))
        want = torchs.choose(torch.from_numpy(p))
    assert choose(p, np.full(len(p), u)).tolist() == want.tolist()
    assert choose(p[0], u) == want[0]


def test_a_number_at_either_end_still_meets_a_possible_token():
    p = np.array([0.0, 1 / 3, 1 / 3, 1 / 3, 0.0], np.float32)
    for u, want in ((0.0, 1), (1 - 2**-24, 3), (1.0, 3)):
        assert choose(p, u) == want


def test_choices_come_as_often_as_their_probability():
    p = np.array([0.0, 0.5, 0.0, 0.3, 0.2, 0.0])
    counts = np.bincount(choose(np.tile(p, (20_000, 1)), np.random.default_rng(0).random(20_000)), minlength=6)
    np.testing.assert_allclose(counts / 20_000, p, atol=0.015)
    assert counts[[0, 2, 5]].sum() == 0


zeros = np.zeros(3)


@pytest.mark.refusal("arrays.sampling")
@pytest.mark.parametrize(
    "call, error, sentence",
    [
        (lambda: next_distribution(zeros, 0), ValueError, r"temperature must be above 0, got 0; .* top_k=1\."),
        (lambda: next_distribution(zeros, math.nan), ValueError, "temperature must be finite, got nan"),
        (lambda: next_distribution(zeros, "1"), TypeError, "temperature must be a number, got '1'"),
        (lambda: next_distribution(zeros, top_k=0), ValueError, "top_k must be at least 1, got 0"),
        (lambda: next_distribution(zeros, top_p=0), ValueError, "top_p must be above 0 and at most 1, got 0"),
        (lambda: next_distribution(zeros, top_p=1.1), ValueError, "top_p must be above 0 and at most 1, got 1.1"),
        (lambda: next_distribution(np.array([0.0, math.nan])), ValueError, "finite, and no NaN"),
        (lambda: next_distribution(np.array([0.0, math.inf])), ValueError, "finite, and no NaN"),
        (lambda: next_distribution(np.full(3, -math.inf)), ValueError, "finite, and no NaN"),
        (lambda: next_distribution(zeros.astype(int)), TypeError, "logits must be an array of floats"),
        (lambda: next_distribution(zeros[:0]), TypeError, "logits must be an array of floats"),
        (lambda: next_distribution([0.0]), TypeError, "logits must be an array of floats"),
        (lambda: entropy(np.array([0.5, 0.6])), ValueError, "sum to 1"),
        (lambda: entropy(np.array([-0.5, 1.5])), ValueError, "at least 0"),
        (lambda: entropy([1.0]), TypeError, "p must be an array of probabilities"),
        (lambda: choose(zeros, 0.5), ValueError, "Each row of p needs a probability above 0"),
        (lambda: choose(np.array([math.nan, 1]), 0.5), ValueError, "and no NaN"),
    ],
)
def test_bad_input_gets_one_sentence(call, error, sentence):
    with refused(error, sentence):
        call()
