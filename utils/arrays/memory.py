"""How long a memory lasts that a gate multiplies at every step."""

from __future__ import annotations

import math

import numpy as np

from utils.checks import short_repr


def half_life(f):
    """Steps until a memory that is multiplied by the forget gate f each step has halved: ln 0.5 / ln f.

    f: a number or array in [0, 1]; 0 gives 0 and 1 gives infinity. ValueError outside.

    >>> round(float(half_life(0.9)), 1)
    6.6
    """
    f = _array("f", f)
    if not ((f >= 0) & (f <= 1)).all():
        raise ValueError("f must lie between 0 and 1: a gate is a sigmoid.")
    with np.errstate(divide="ignore"):
        return (math.log(2) / np.abs(np.log(f)))[()]


def forget_gate_for(half_life):
    """The forget gate f whose memory halves in `half_life` steps: 0.5^(1 / half_life). A number or array, above 0."""
    return np.exp2(-1 / _above_zero(half_life))[()]


def forget_bias_for(half_life):
    """The forget bias that gives `half_life` when x and h are silent: logit(f) = -ln(2^(1 / half_life) - 1).

    >>> round(float(forget_bias_for(100)), 2)
    4.97
    """
    return -np.log(np.expm1(math.log(2) / _above_zero(half_life)))[()]


def _array(name: str, value) -> np.ndarray:
    try:
        array = np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        raise TypeError(f"{name} must be a number or an array of numbers, got {short_repr(value)}.") from None
    if np.isnan(array).any():
        raise ValueError(f"{name} must not be NaN.")
    return array


def _above_zero(half_life) -> np.ndarray:
    array = _array("half_life", half_life)
    if not (array > 0).all() or not np.isfinite(array).all():
        raise ValueError(f"half_life must be a finite number of steps above 0, got {half_life}.")
    return array
