"""The random numbers that torch draws from a seed, drawn by NumPy: a picture made of them needs no torch to stay."""

from __future__ import annotations

import math

import numpy as np
from numpy import ndarray


class TorchRandom:
    """What torch draws on the processor after `torch.manual_seed(seed)`, with the names of `numpy.random.Generator`.

    Both libraries have the Mersenne twister MT19937 (Matsumoto and Nishimura 1998) and seed it alike; how its bits
    become numbers is here as in torch's source (ATen/core/TransformationHelper.h, native/cpu/DistributionTemplates.h).
    """

    def __init__(self, seed: int):
        self._engine = np.random.RandomState(seed)

    def random(self, shape, dtype=np.float64) -> ndarray:
        """Uniform in [0, 1), as `torch.rand`; dtype: float64 or float32."""
        if np.dtype(dtype) == np.float32:
            return ((self._bits(math.prod(_tuple(shape))) & (2**24 - 1)) * 2.0**-24).astype(np.float32).reshape(shape)
        high, low = self._bits(2 * math.prod(_tuple(shape))).reshape(-1, 2).T
        return (((high << 32 | low) & (2**53 - 1)) * 2.0**-53).reshape(shape)

    def uniform(self, low: float, high: float, shape, dtype=np.float64) -> ndarray:
        """Uniform in [low, high), as `tensor.uniform_`; dtype: as in `random`."""
        low, high = np.array([low, high], dtype)
        return self.random(shape, dtype) * (high - low) + low

    def integers(self, high: int, shape) -> ndarray:
        """Whole numbers from 0 to `high` - 1, at most 2^32 of them, as `torch.randint`."""
        return (self._bits(math.prod(_tuple(shape))) % high).astype(np.int64).reshape(shape)

    def standard_normal(self, shape) -> ndarray:
        """Normal, as `torch.randn` in float64, by Box and Muller's method; 16 numbers or more, ValueError for fewer."""
        count = math.prod(_tuple(shape))
        if count < 16:
            raise ValueError(f"torch draws fewer than 16 normal numbers in another way; ask for 16, got {shape}.")
        values = self.random(count)
        full = count - count % 16
        values[:full] = _normal(values[:full])
        if count % 16:  # the last 16 are drawn anew
            values[-16:] = _normal(self.random(16))
        return values.reshape(shape)

    def _bits(self, count: int) -> ndarray:
        """Numbers of 32 random bits each, (count,) uint64."""
        return self._engine.randint(0, 2**32, count, np.uint32).astype(np.uint64)


def _normal(uniform: ndarray) -> ndarray:
    """Each 16 uniform numbers as 16 normal ones: the first eight give the lengths, the others the angles."""
    first, second = uniform.reshape(-1, 2, 8).swapaxes(0, 1)
    radius, angle = np.sqrt(-2 * np.log(1 - first)), 2 * np.pi * second
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1).ravel()


def _tuple(shape) -> tuple:
    return shape if isinstance(shape, tuple) else (shape,)
