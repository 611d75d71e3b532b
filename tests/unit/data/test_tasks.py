"""The made-up tasks: shapes, repeatable draws, and that y is what the words say."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from refused import refused

from utils.data import tasks

ALL = [
    tasks.first_element_recall,
    tasks.adding,
    tasks.sign_memory,
    tasks.sine_forecast,
    tasks.parity,
    tasks.latch,
    tasks.counting,
]


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


@pytest.mark.parametrize("task", ALL)
@given(batch=st.integers(1, 5), T=st.integers(2, 20), seed=st.integers(0, 1000))
def test_shapes_and_repeatable_draws(task, batch, T, seed):
    x, y = task(batch, T, generator=seeded(seed))
    assert x.shape[:2] == (batch, T) and x.dtype == torch.float32 and len(y) == batch
    again = task(batch, T, generator=seeded(seed))
    assert torch.equal(x, again[0]) and torch.equal(y, again[1])


@pytest.mark.parametrize("task", ALL)
def test_numbers_are_of_the_type_that_new_weights_have(task):
    single = task(3, 12, generator=seeded())
    torch.set_default_dtype(torch.float64)
    try:
        for values, before in zip(task(3, 12, generator=seeded()), single):
            assert values.dtype == {torch.float32: torch.float64}.get(before.dtype, before.dtype)
    finally:
        torch.set_default_dtype(torch.float32)


def test_recall():
    x, y = tasks.first_element_recall(500, 6, classes=4, generator=seeded())
    assert torch.equal(x[:, 0].argmax(-1), y) and (x[:, 0].sum(-1) == 1).all() and (x[:, 1:] == 0).all()
    assert y.unique().tolist() == [0, 1, 2, 3]


def test_recall_among_distractors():
    x, y = tasks.first_element_recall(500, 6, distractors=True, generator=seeded())
    assert torch.equal(x[:, 0].argmax(-1), y) and (x.sum(-1) == 1).all()
    assert not torch.equal(x[:, 1].argmax(-1), y)


@given(T=st.integers(2, 15))
def test_adding_marks_one_number_in_each_half(T):
    x, y = tasks.adding(200, T, generator=seeded())
    marks = x[..., 1]
    assert (marks[:, : T // 2].sum(1) == 1).all() and (marks[:, T // 2 :].sum(1) == 1).all()
    torch.testing.assert_close((x[..., 0] * marks).sum(1), y)


def test_adding_needs_a_step_in_each_half():
    with refused(ValueError, "T must be at least 2, got 1"):
        tasks.adding(2, 1)


def test_always_answering_one_has_the_error_the_words_say():
    _, y = tasks.adding(100_000, 4, generator=seeded())
    assert (y - 1).square().mean().item() == pytest.approx(1 / 6, abs=0.005)


def test_sign():
    x, y = tasks.sign_memory(1000, 3, generator=seeded())
    assert torch.equal((x[:, 0, 0] > 0).long(), y) and 0.45 < y.float().mean() < 0.55


@pytest.mark.parametrize("horizon", [1, 3])
def test_the_forecast_continues_the_wave(horizon):
    """A sine obeys s[t + k] = 2 cos(k w) s[t] - s[t - k]; w follows from the wave itself."""
    x, y = tasks.sine_forecast(50, 60, horizon, generator=seeded())
    x, y = x[..., 0].double(), y[:, 0].double()
    k = horizon
    before, middle, after = x[:, : -2 * k], x[:, k:-k], x[:, 2 * k :]
    twice_cos = ((before + after) * middle).sum(1) / (middle * middle).sum(1)
    torch.testing.assert_close(y, twice_cos * x[:, -1] - x[:, -1 - k], rtol=0, atol=1e-3)


def test_the_period_of_the_wave_is_10_to_40_steps_and_its_phase_any():
    x, _ = tasks.sine_forecast(4000, 60, generator=seeded())
    x = x[..., 0].double()
    before, middle, after = x[:, :-2], x[:, 1:-1], x[:, 2:]
    period = 2 * math.pi / (((before + after) * middle).sum(1) / (middle * middle).sum(1) / 2).acos()
    low, median, high = period.quantile(torch.tensor([0.0, 0.5, 1.0], dtype=torch.float64)).tolist()
    assert 9.99 < low < 10.2 and 39.8 < high < 40.1 and median == pytest.approx(25, abs=1)
    phases = x[:, 0]  # of a sine at a random place: half is below 0, and a third within 1/2 of it
    assert (phases < 0).double().mean().item() == pytest.approx(1 / 2, abs=0.03)
    assert (phases.abs() < 0.5).double().mean().item() == pytest.approx(1 / 3, abs=0.03)


def test_parity():
    x, y = tasks.parity(300, 7, generator=seeded())
    ones = x.sum((1, 2)).long()
    assert ((ones % 2 == 1) == (y == 1)).all() and set(x.unique().tolist()) == {0.0, 1.0}


@given(T=st.integers(1, 25), seed=st.integers(0, 1000))
def test_the_latch_holds_the_last_marked_value(T, seed):
    x, y = tasks.latch(20, T, generator=seeded(seed))
    for row, held in zip(x.tolist(), y.tolist()):
        memory = 0.0
        for (value, keep, clear), want in zip(row, held):
            memory = value if keep else 0.0 if clear else memory
            assert want == memory and not (keep and clear) and abs(value) == 1


def test_the_marks_of_the_latch_are_as_frequent_as_the_words_say():
    x, _ = tasks.latch(500, 100, generator=seeded())
    assert x[..., 1].mean().item() == pytest.approx(0.1, abs=0.01)
    assert x[..., 2].mean().item() == pytest.approx(0.05, abs=0.01)


@given(T=st.integers(1, 25), seed=st.integers(0, 1000))
def test_ticks_are_counted_from_the_last_reset(T, seed):
    x, y = tasks.counting(20, T, generator=seeded(seed))
    for row, counts in zip(x.tolist(), y.tolist()):
        count = 0
        for (tick, reset), want in zip(row, counts):
            count = 0 if reset else count + tick
            assert want == count and not (tick and reset)


def test_ticks_and_resets_are_as_frequent_as_the_words_say():
    x, _ = tasks.counting(500, 100, generator=seeded())
    assert x.mean((0, 1)).tolist() == pytest.approx([0.5, 0.1], abs=0.01)
