"""Which words moved the answer: what each word of a text adds to the difference of a classifier's logits."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor

from utils.cells.layer import mask
from utils.checks import integer, number
from utils.models.classifier import Classifier

EDGES = (0, 1 / 16, 1 / 8, 1 / 4, 1 / 2, 1)  # first pieces of the way: short at its beginning, where most happens
POINTS = (0, (1 - 5**-0.5) / 2, (1 + 5**-0.5) / 2, 1)  # of the Gauss-Lobatto rule, which takes both ends in,
WEIGHTS = (1 / 12, 5 / 12, 5 / 12, 1 / 12)  # so the logits that the shares must add up to come with them


def token_saliency(model: Classifier, ids: Tensor, lengths: Tensor, tolerance: float = 0.05, target: int = 1) -> Tensor:
    """What each word adds to the logit difference, by integrated gradients: (B, T), 0 at padding.

    The difference is the logit of class `target` minus the mean of the others: with two classes, logit 1 - logit 0.
    The words' vectors x go on a straight way from 0, the vector of padding, to what they are; a word's share is
    x times the mean gradient on that way, summed over the vector's numbers. The shares of a text add up to
    logit(text) - logit(all vectors 0). Dropout is off, and with bigrams a pair's vector counts for its second word.

    A trained LSTM can jump on that way. So the integral is taken piece by piece, and a piece is cut in four until
    its shares miss its own logit difference by at most `tolerance`; a review takes some 100 gradients with 0.05.
    ids (B, T) and lengths (B,) are as the model takes them; 20 copies are read at once, so pass a few texts at a time.
    Raises TypeError or ValueError for other input. Source: Sundararajan, Taly and Yan 2017, equation 1.
    """
    with _checked(model, ids, lengths, target):
        x = model.embed(ids).detach().masked_fill(~mask(lengths, ids.shape[1])[..., None], 0)  # (B, T, embedding)
        number("tolerance", tolerance, 1000 * torch.finfo(x.dtype).eps)  # cutting does not make rounding smaller
        points, weights, edges = (x.new_tensor(values) for values in (POINTS, WEIGHTS, EDGES))
        text = torch.arange(len(x), device=x.device).repeat_interleave(len(EDGES) - 1)  # (K,), one for each piece
        low, size = edges[:-1].repeat(len(x)), edges.diff().repeat(len(x))
        shares = x.new_zeros(ids.shape)
        while len(text):
            z, slopes = _along(model, x[text], lengths[text], low[:, None] + size[:, None] * points, target)
            share = size[:, None] * (weights[:, None] * slopes).sum(1)  # (K, T)
            rough = (z[:, -1] - z[:, 0] - share.sum(-1)).abs() > tolerance
            shares.index_add_(0, text[~rough], share[~rough])
            text, low, size = (values[rough].repeat_interleave(4) for values in (text, low, size / 4))
            low = low + size * torch.arange(4, device=x.device).repeat(len(size) // 4)
        return shares


@torch.no_grad()
def leave_one_out(model: Classifier, ids: Tensor, lengths: Tensor, target: int = 1) -> Tensor:
    """How far the logit difference falls when one word's vector becomes 0, word by word: (B, T), 0 at padding.

    A second opinion beside `token_saliency`. It is easier to say, but its numbers have no sum: of two words that say
    the same, neither is missed. A text of n words is read n times. The arguments are those of `token_saliency`.
    """
    with _checked(model, ids, lengths, target):
        x = model.embed(ids)  # (B, T, embedding)
        drops = x.new_zeros(ids.shape)
        for drop, vectors, n, z in zip(drops, x, lengths.tolist(), _difference(model, x, lengths, target)):
            others = 1 - torch.eye(n, dtype=x.dtype, device=x.device)[..., None]  # (n, n, 1): row t leaves out word t
            drop[:n] = z - _difference(model, others * vectors[:n], lengths.new_full((n,), n), target)
        return drops


def _along(model: Classifier, x: Tensor, lengths: Tensor, points: Tensor, target: int) -> tuple[Tensor, Tensor]:
    """At a x for each a of points (K, P): the logit difference (K, P) and its slope by a, word by word (K, P, T)."""
    K, P = points.shape
    way = (points[..., None, None] * x[:, None]).flatten(0, 1).requires_grad_()  # (K P, T, embedding)
    with torch.enable_grad(), torch.backends.cudnn.flags(enabled=False):  # cuDNN has no gradients in eval mode
        z = _difference(model, way, lengths.repeat_interleave(P), target)
        (gradient,) = torch.autograd.grad(z.sum(), way)
    return z.detach().view(K, P), (x[:, None] * gradient.view(K, P, *x.shape[1:])).sum(-1)


def _difference(model: Classifier, x: Tensor, lengths: Tensor, target: int) -> Tensor:
    """The logit difference (B,) from the words' vectors x (B, T, embedding)."""
    logits = model.output(model.pool(model.read_segments(x, lengths), lengths))  # (B, classes)
    others = logits.sum(-1) - logits[:, target]
    return logits[:, target] - others / (logits.shape[-1] - 1)


@contextmanager
def _checked(model: Classifier, ids: Tensor, lengths: Tensor, target: int) -> Iterator[None]:
    """Refuse bad input, then have the model without dropout inside the block."""
    if not isinstance(model, Classifier):
        raise TypeError(f"model must be a Classifier of utils.models, got {type(model).__name__}.")
    if integer("target", target, 0) >= model.output.out_features:
        raise ValueError(f"target must be below {model.output.out_features}, the number of classes, got {target}.")
    training = model.training
    try:
        model.eval()
        with torch.no_grad():
            model(ids, lengths)  # it refuses ids and lengths by itself
        yield
    finally:
        model.train(training)
