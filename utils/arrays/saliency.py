"""Which words moved the answer, in NumPy: integrated gradients and leaving one out, as in `utils.probes.saliency`."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy import ndarray

from utils.checks import integer, number

if TYPE_CHECKING:
    from utils.arrays.sentiment import SentimentReader

EDGES = np.array([0, 1 / 16, 1 / 8, 1 / 4, 1 / 2, 1])  # first pieces of the way: short where most happens
POINTS = np.array([0, (1 - 5**-0.5) / 2, (1 + 5**-0.5) / 2, 1])  # of the Gauss-Lobatto rule, which takes both ends in,
WEIGHTS = np.array([1, 5, 5, 1]) / 12  # so the logits that the shares must add up to come with them
LARGE = 10  # logits; where there is more to share out, the tolerance grows with it
ROUNDS = 10  # pieces are cut at most so often,
PATIENCE = 200_000  # and at most so many words are read at each point of the rule: then the best found stands
AT_ONCE = 12_000  # words that are read side by side


class Shares(NamedTuple):
    """What each word adds to the logit difference (T,), that of the text, and that of blank words.

    The shares add up to difference - blank. Where the network jumps too often for that, `exact` is False: the shares
    are then the best that were found, and how far they miss is seen in the sum.
    """

    shares: ndarray
    difference: float
    blank: float
    exact: bool


def shares(reader: SentimentReader, x: ndarray, tolerance: float = 0.05, target: int = 1) -> Shares:
    """What each word adds to the logit difference, by integrated gradients, of one text's vectors x (T, E).

    The difference is the logit of class `target` minus the mean of the others. The vectors go on a straight way from
    0 to what they are; a word's share is x times the mean gradient on that way, summed over the vector's numbers.
    The integral is taken piece by piece, and a piece is cut in four until its shares miss its own logit difference by
    at most `tolerance` (in logits; of more than LARGE of them, in proportion), or by what rounding makes of logits as
    large as those. It ends in any case, after
    ROUNDS rounds or when PATIENCE is at its end.
    Raises TypeError or ValueError. Source: Sundararajan, Taly and Yan 2017, equation 1.
    """
    rounding = 1000 * np.finfo(x.dtype).eps  # cutting does not make rounding smaller
    number("tolerance", tolerance, rounding)
    pick = _pick(reader, target)
    low, size = EDGES[:-1], np.diff(EDGES)
    found, ends, seen = np.zeros(len(x)), {}, 0
    for left in reversed(range(ROUNDS)):
        z, slopes = _along(reader, x, (low[:, None] + size[:, None] * POINTS).astype(x.dtype), pick)
        share = size[:, None] * np.einsum("p,kpt->kt", WEIGHTS, slopes)  # (K, T)
        missing = np.abs(z[:, -1] - z[:, 0] - share.sum(-1))
        seen += len(low)
        if not ends:
            ends = {"blank": float(z[0, 0]), "difference": float(z[-1, -1])}
        large = max(1, abs(ends["difference"] - ends["blank"]) / LARGE)
        rough = ~(missing <= max(tolerance * large, rounding * np.abs(z).max()))  # also where a number is NaN
        if not left or (seen + 4 * rough.sum()) * len(x) > PATIENCE:
            return Shares(found + share.sum(0), **ends, exact=bool(not rough.any()))
        found += share[~rough].sum(0)
        if not rough.any():
            return Shares(found, **ends, exact=True)
        size = (size[rough] / 4).repeat(4)
        low = low[rough].repeat(4) + size * np.tile(np.arange(4), rough.sum())


def leave_one_out(reader: SentimentReader, x: ndarray, target: int = 1) -> ndarray:
    """How far the logit difference falls when one word's vector becomes 0, word by word, of x (T, E): (T,).

    A second opinion beside `shares`. It is easier to say, but its numbers have no sum: of two words that say the same,
    neither is missed. A text of n words is read n times.
    """
    pick, T = _pick(reader, target), len(x)
    z, each = reader.read(x[None], np.array([T])).logits[0] @ pick, np.empty(T, x.dtype)
    step = max(1, AT_ONCE // T)
    for begin in range(0, T, step):
        out = np.arange(begin, min(begin + step, T))
        without = np.repeat(x[None], len(out), axis=0)
        without[np.arange(len(out)), out] = 0
        each[out] = z - reader.read(without, np.full(len(out), T)).logits @ pick
    return each


def _along(reader: SentimentReader, x: ndarray, points: ndarray, pick: ndarray) -> tuple[ndarray, ndarray]:
    """At a x for each a of points (K, P): the logit difference (K, P) and its slope by a, word by word (K, P, T)."""
    T, every, z, slopes = len(x), points.ravel(), [], []
    for a in np.split(every, range(max(1, AT_ONCE // T), len(every), max(1, AT_ONCE // T))):
        reading = reader.read(a[:, None, None] * x, np.full(len(a), T))
        z.append(reading.logits @ pick)
        slopes.append((x * reader.back(reading, np.tile(pick, (len(a), 1)))).sum(-1))
    return np.concatenate(z).reshape(points.shape), np.concatenate(slopes).reshape(*points.shape, T)


def _pick(reader: SentimentReader, target: int) -> ndarray:
    """What the logits are multiplied by to give the logit difference, (classes,)."""
    classes = len(reader.b)
    if integer("target", target, 0) >= classes:
        raise ValueError(f"target must be below {classes}, the number of classes, got {target}.")
    pick = np.full(classes, -1 / (classes - 1), reader.b.dtype)
    pick[target] = 1
    return pick
