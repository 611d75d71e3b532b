"""Checks of arguments: each raises one sentence that says what to do."""

from __future__ import annotations

import math
from numbers import Integral, Real


def integer(name: str, value, least: int = 1) -> int:
    """`value` as an int, at least `least`; else TypeError or ValueError."""
    if isinstance(value, bool) or not isinstance(value, Integral):
        raise TypeError(f"{name} must be a whole number, got {short_repr(value)}.")
    if value < least:
        raise ValueError(f"{name} must be at least {least}, got {value}.")
    return int(value)


def number(name: str, value, least: float = -math.inf, most: float = math.inf) -> float:
    """`value` as a finite float in [least, most]; else TypeError or ValueError."""
    if isinstance(value, bool) or not isinstance(value, Real):
        raise TypeError(f"{name} must be a number, got {short_repr(value)}.")
    if not math.isfinite(value):
        raise ValueError(f"{name} must be finite, got {value}.")
    if not least <= value <= most:
        raise ValueError(f"{name} must be {_range(least, most)}, got {value}.")
    return float(value)


def one_of(name: str, value, options) -> object:
    """`value` if it is one of `options`; else ValueError that names them."""
    if not any(value is option or (type(value) is type(option) and value == option) for option in options):
        raise ValueError(f"{name} must be one of {', '.join(map(repr, options))}, got {short_repr(value)}.")
    return value


def short_repr(value) -> str:
    """`value` as it would be typed, on one line, and its beginning only if that is long."""
    words = " ".join(repr(value).split())
    return words if len(words) <= 80 else f"{words[:77]}..."


def tensor(name: str, value, shape: tuple, dtype=None):
    """`value` if it is a tensor of `shape`; a letter in `shape` stands for any length of at least 1.

    A mismatch raises TypeError (not a tensor, wrong dtype) or ValueError (wrong shape). A tensor is known by its
    methods: torch is not imported here, because explorers run where there is none.
    """
    if not (callable(getattr(value, "dim", None)) and hasattr(value, "dtype")):
        raise TypeError(f"{name} must be a tensor of shape {_shape(shape)}, got {type(value).__name__}.")
    fits = value.dim() == len(shape) and all(
        length >= 1 if isinstance(want, str) else length == want for length, want in zip(value.shape, shape)
    )
    if not fits:
        raise ValueError(f"{name} must have shape {_shape(shape)}, got {tuple(value.shape)}.")
    if dtype is not None and value.dtype != dtype:
        raise TypeError(f"{name} must be of type {dtype}, got {value.dtype}; convert it with .to({dtype}).")
    return value


def _shape(shape: tuple) -> str:
    return "(" + ", ".join(map(str, shape)) + ("," if len(shape) == 1 else "") + ")"


def _range(least: float, most: float) -> str:
    if most == math.inf:
        return f"at least {least:g}"
    if least == -math.inf:
        return f"at most {most:g}"
    return f"between {least:g} and {most:g}"
