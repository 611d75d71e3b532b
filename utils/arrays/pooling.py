"""From the states at every word to one vector a text, and back: the five poolings of `utils.models.Classifier`."""

from __future__ import annotations

import numpy as np
from numpy import ndarray

POOLINGS = ("last", "mean", "max", "mean+max", "attention")


def pool(pooling: str, h: ndarray, real: ndarray, query: ndarray | None, directions: int) -> tuple:
    """One vector a text from its states h (B, T, D), forward and backward side by side, where real (B, T).

    query (D,) is that of "attention". Returns the vectors (B, D), or (B, 2 D) for "mean+max"; and for "attention" the
    weight of each word (B, T).
    """
    if pooling == "attention":
        score = np.where(real, h @ query, -np.inf)
        w = np.exp(score - score.max(1, keepdims=True))
        w /= w.sum(1, keepdims=True)
        return (w[:, None] @ h)[:, 0], w
    if pooling == "last":
        at, half = _ends(real), h.shape[-1] // directions
        return (np.concatenate([h[at][:, :half], h[:, 0, half:]], axis=-1),)
    parts = []
    if pooling != "max":
        parts.append(np.where(real[..., None], h, 0).sum(1) / _count(real, h))
    if pooling != "mean":
        parts.append(np.where(real[..., None], h, -np.inf).max(1))
    return (np.concatenate(parts, axis=-1),)


def pool_back(
    pooling: str, h: ndarray, real: ndarray, query: ndarray | None, pooled: tuple, d: ndarray, directions: int
) -> ndarray:
    """The gradient of h (B, T, D) from that of the vectors, d (B, D) or (B, 2 D); `pooled` is what `pool` gave."""
    B, T, D = h.shape
    if pooling == "attention":
        w = pooled[1]
        dw = (h @ d[..., None])[..., 0]
        return w[..., None] * d[:, None] + (w * (dw - (w * dw).sum(1, keepdims=True)))[..., None] * query
    dh = np.zeros_like(h)
    if pooling == "last":
        half = D // directions
        dh[(*_ends(real), slice(None, half))] = d[:, :half]
        dh[:, 0, half:] = d[:, half:]
        return dh
    if pooling != "max":
        dh += np.where(real[..., None], (d[:, :D] / _count(real, h))[:, None], 0)
    if pooling != "mean":  # several words that are equally high share it
        top = (h == pooled[0][:, None, -D:]) & real[..., None]
        dh += top * (d[:, -D:] / top.sum(1))[:, None]
    return dh


def _ends(real: ndarray) -> tuple[ndarray, ndarray]:
    """Where the last word of each text is, as an index into (B, T)."""
    return np.arange(len(real)), real.sum(1) - 1


def _count(real: ndarray, h: ndarray) -> ndarray:
    return real.sum(1, keepdims=True).astype(h.dtype)
