"""Half-lives, from a gate and back to it."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from refused import refused

from utils.arrays import memory


@given(st.floats(1e-3, 1e6))
def test_half_life_and_its_inverses(steps):
    f, b = memory.forget_gate_for(steps), memory.forget_bias_for(steps)
    assert f**steps == pytest.approx(0.5, rel=1e-6)
    assert memory.half_life(f) == pytest.approx(steps, rel=1e-6)
    if b < 500:
        assert 1 / (1 + math.exp(-b)) == pytest.approx(f, abs=1e-12)


def test_half_life_of_arrays_and_limits():
    np.testing.assert_allclose(memory.half_life([0.0, 0.5, 0.25, 1.0]), [0, 1, 0.5, np.inf])
    assert memory.half_life(torch.tensor([0.5, 0.5])).shape == (2,)
    assert memory.forget_bias_for(1) == pytest.approx(0)


@pytest.mark.refusal("arrays.memory")
@pytest.mark.parametrize(
    "function, arguments, sentence",
    [
        (memory.half_life, (1.5,), "f must lie between 0 and 1: a gate is a sigmoid."),
        (memory.half_life, ([0.5, math.nan],), "f must not be NaN."),
        (memory.half_life, ("half",), "f must be a number or an array of numbers, got 'half'."),
        (memory.forget_gate_for, (0,), "half_life must be a finite number of steps above 0, got 0."),
        (memory.forget_bias_for, (math.inf,), "half_life must be a finite number of steps above 0, got inf."),
    ],
)
def test_bad_input_gets_one_sentence(function, arguments, sentence):
    with refused((TypeError, ValueError)) as failure:
        function(*arguments)
    assert str(failure.value).startswith(sentence)
