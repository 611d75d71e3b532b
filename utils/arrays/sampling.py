"""From the scores of a language model to the next token: temperature, top-k, top-p, entropy, a throw of the dice.

What `utils.models.sampling` does with tensors, and in the same order, so that the same random numbers choose the same
tokens.
"""

from __future__ import annotations

import numpy as np
from numpy import ndarray

from utils.checks import integer, number, short_repr


def next_distribution(
    logits: ndarray, temperature: float = 1.0, top_k: int | None = None, top_p: float | None = None
) -> ndarray:
    """The probabilities softmax(logits / temperature) over the last axis, cut to the likeliest, summing to 1.

    temperature: above 0. Towards 0 all probability goes to the largest logit (top_k=1 is that limit), with growing
    temperature it spreads evenly over all.
    top_k: only the k most probable are kept (Fan et al. 2018).
    top_p: only the fewest of the most probable whose sum reaches top_p are kept (Holtzman et al. 2020), at least one.
    They act in this order, each on what the one before left. Of equal probabilities the first are kept.
    logits (..., V), floating point; minus infinity forbids a token. Returns the same shape; raises TypeError or
    ValueError for any other value.
    """
    check_options(temperature, top_k, top_p)
    if not _floats(logits) or not logits.size:
        raise TypeError(f"logits must be an array of floats, (..., V) with V at least 1, got {short_repr(logits)}.")
    most = logits.max(-1, keepdims=True)
    if not np.isfinite(most).all():  # a NaN anywhere becomes the largest
        raise ValueError("Each row of logits needs a largest number that is finite, and no NaN.")
    # The largest becomes 0 first, and a float32 can hold neither 1e-50 nor 1e50: so any temperature works.
    limits = np.finfo(logits.dtype)
    with np.errstate(over="ignore"):
        p = np.exp((logits - most) / logits.dtype.type(min(max(temperature, limits.tiny), limits.max)))
    p /= p.sum(-1, keepdims=True)
    if top_k is None and top_p in (None, 1):
        return p
    order = np.argsort(-p, axis=-1, kind="stable")
    ranked = np.take_along_axis(p, order, -1)
    if top_k is not None:
        ranked[..., top_k:] = 0
    if top_p not in (None, 1):
        sums = ranked.cumsum(-1)
        ranked[sums - ranked >= top_p * sums[..., -1:]] = 0  # those before it suffice
    kept = np.zeros_like(p)
    np.put_along_axis(kept, order, ranked / ranked.sum(-1, keepdims=True), -1)
    return kept


def entropy(p: ndarray) -> ndarray:
    """The entropy of probabilities p (..., V) in bits, (...): 0 when one is certain, log2 V when all are equal."""
    if not _floats(p):
        raise TypeError(f"p must be an array of probabilities, got {short_repr(p)}.")
    if not (p >= 0).all() or not np.allclose(p.sum(-1), 1, atol=1e-4):
        raise ValueError("Probabilities are at least 0 and sum to 1; make them with next_distribution.")
    return 0.0 - (p * np.log2(np.where(p > 0, p, 1))).sum(-1)


def choose(p: ndarray, u) -> ndarray:
    """One token (...) for each row of probabilities p (..., V): where u (...), in [0, 1), falls on their running sum.

    A token of probability 0 is never chosen. Raises TypeError or ValueError for what is no such table.
    """
    if not _floats(p) or not p.size or not (p.sum(-1) > 0).all():  # nor is NaN
        raise ValueError("Each row of p needs a probability above 0, and no NaN; make it with next_distribution.")
    sums = p.cumsum(-1)
    at = (sums <= np.asarray(u, p.dtype)[..., None] * sums[..., -1:]).sum(-1)
    last = p.shape[-1] - 1 - (p > 0)[..., ::-1].argmax(-1)  # rounding must not lead beyond the last possible one
    return np.minimum(at, last)


def check_options(temperature: float, top_k: int | None, top_p: float | None) -> None:
    """TypeError or ValueError unless the three can be used."""
    if number("temperature", temperature) <= 0:
        raise ValueError(f"temperature must be above 0, got {temperature}; its limit at 0 is top_k=1.")
    if top_k is not None:
        integer("top_k", top_k)
    if top_p is not None and not 0 < number("top_p", top_p) <= 1:
        raise ValueError(f"top_p must be above 0 and at most 1, got {top_p}.")


def _floats(values) -> bool:
    return isinstance(values, ndarray) and values.dtype.kind == "f"
