"""NumPy draws what torch draws from the same seed."""

import numpy as np
import pytest
import torch
from refused import refused

from utils.arrays.torch_random import TorchRandom


@pytest.fixture(autouse=True)
def _leave_torch_as_it_was():
    with torch.random.fork_rng():
        yield


@pytest.mark.parametrize("seed", [0, 5, 2**31 + 7])
def test_one_stream_of_all_kinds_is_torchs(seed):
    torch.manual_seed(seed)
    rng = TorchRandom(seed)
    np.testing.assert_array_equal(rng.random(160, np.float32), torch.rand(160).numpy())
    np.testing.assert_array_equal(rng.random((3, 5)), torch.rand(3, 5, dtype=torch.float64).numpy())
    want = torch.empty(20, 30, dtype=torch.float64).uniform_(-0.25, 0.75)
    np.testing.assert_allclose(rng.uniform(-0.25, 0.75, (20, 30)), want.numpy(), rtol=0, atol=1e-15)
    want = torch.empty(20, 30).uniform_(-0.25, 0.75)
    found = rng.uniform(-0.25, 0.75, (20, 30), np.float32)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, want.numpy(), rtol=0, atol=1e-7)
    for high in (2, 10, 1000):
        np.testing.assert_array_equal(rng.integers(high, (8, 30)), torch.randint(high, (8, 30)).numpy())
    for shape in (16, 17, (50, 10), (7, 9)):
        want = torch.randn(shape, dtype=torch.float64).numpy()
        np.testing.assert_allclose(rng.standard_normal(shape), want, rtol=1e-13, atol=1e-14)


def test_random_numbers_of_single_precision_stay_below_one():
    drawn = TorchRandom(1).random(100_000, np.float32)
    assert drawn.dtype == np.float32 and drawn.min() >= 0 and drawn.max() < 1


def test_few_normal_numbers_are_refused():
    with refused(ValueError, "torch draws fewer than 16 normal numbers in another way"):
        TorchRandom(0).standard_normal((3, 5))
