"""Which words moved the answer: what each word of a text adds to the difference of a classifier's logits."""

from __future__ import annotations

import warnings
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
LARGE = 10  # logits; where there is more to share out, the tolerance grows with it
ROUNDS = 10  # pieces are cut at most so often,
PATIENCE = 100_000  # and of a text at most so many words are read at each of the points: then the best found stands
AT_ONCE = 50_000  # words that are read side by side


def token_saliency(model: Classifier, ids: Tensor, lengths: Tensor, tolerance: float = 0.05, target: int = 1) -> Tensor:
    """What each word adds to the logit difference, by integrated gradients: (B, T), 0 at padding.

    The difference is the logit of class `target` minus the mean of the others: with two classes, logit 1 - logit 0.
    The words' vectors x go on a straight way from 0, the vector of padding, to what they are; a word's share is
    x times the mean gradient on that way, summed over the vector's numbers. The shares of a text add up to
    logit(text) - logit(all vectors 0). Dropout is off, and with bigrams a pair's vector counts for its second word.

    A trained LSTM can jump on that way. So the integral is taken piece by piece, and a piece is cut in four until
    its shares miss its own logit difference by at most `tolerance`; a review takes some 100 gradients with 0.05.
    The tolerance is in logits; of a text with more than LARGE of them to share out it is that part of LARGE, and never
    less than the rounding of such logits. Where a network jumps too often even for that, the best that was found in
    ROUNDS rounds is returned, and a UserWarning says what the shares of the worst text miss.
    ids (B, T) and lengths (B,) are as the model takes them. Raises TypeError or ValueError for other input
    and for logits that are not finite. Source: Sundararajan, Taly and Yan 2017, equation 1.
    """
    with torch.inference_mode(False), torch.no_grad(), _checked(model, ids, lengths, target):
        x = model.embed(ids).detach().masked_fill(~mask(lengths, ids.shape[1])[..., None], 0)  # (B, T, embedding)
        rounding = 1000 * torch.finfo(x.dtype).eps  # cutting does not make it smaller
        number("tolerance", tolerance, rounding)
        points, weights, edges = (x.new_tensor(values) for values in (POINTS, WEIGHTS, EDGES))
        text = torch.arange(len(x), device=x.device).repeat_interleave(len(EDGES) - 1)  # (K,), one for each piece
        low, size = edges[:-1].repeat(len(x)), edges.diff().repeat(len(x))
        shares, read, allowed, missed = x.new_zeros(ids.shape), lengths * 0, None, x.new_zeros(len(x))
        for left in reversed(range(ROUNDS)):
            z, slopes = _along(model, x[text], lengths[text], low[:, None] + size[:, None] * points, target)
            share = size[:, None] * (weights[:, None] * slopes).sum(1)  # (K, T)
            if allowed is None:  # (B,): the first round has both ends of every text
                ends = z.view(len(x), -1)
                if not ends.isfinite().all():
                    n = int((~ends.isfinite()).any(1).int().argmax())
                    raise ValueError(f"The logits of text {n} are not finite; there is nothing to share out.")
                whole = (ends[:, -1] - ends[:, 0]).abs()
                allowed = (tolerance * (whole / LARGE).clamp(min=1)).maximum(rounding * ends.abs().amax(1))
            miss = (z[:, -1] - z[:, 0] - share.sum(-1)).abs()
            rough = ~(miss <= allowed[text])  # also where it is NaN
            read += text.bincount(minlength=len(x)) * lengths
            more = text[rough].bincount(minlength=len(x)) * 4 * lengths
            last = rough & (read + more > PATIENCE)[text] if left else rough
            missed.index_add_(0, text[last], miss[last])
            rough &= ~last
            shares.index_add_(0, text[~rough], share[~rough])
            if not rough.any():
                break
            text, low, size = (values[rough].repeat_interleave(4) for values in (text, low, size / 4))
            low = low + size * torch.arange(4, device=x.device).repeat(len(size) // 4)
        if missed.any():
            n = int(missed.argmax())
            warnings.warn(
                f"The network jumps so often on the way to text {n} that its shares may miss {missed[n]:.2g} logits.",
                stacklevel=2,
            )
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
    found, step = [], max(1, AT_ONCE // (points.shape[1] * x.shape[1]))
    for some, of, at in zip(x.split(step), lengths.split(step), points.split(step)):
        K, P = at.shape
        way = (at[..., None, None] * some[:, None]).flatten(0, 1).requires_grad_()  # (K P, T, embedding)
        with torch.enable_grad(), torch.backends.cudnn.flags(enabled=False):  # cuDNN has no gradients in eval mode
            z = _difference(model, way, of.repeat_interleave(P), target)
            (gradient,) = torch.autograd.grad(z.sum(), way)
        slopes = (some[:, None] * gradient.view(K, P, *some.shape[1:])).sum(-1)  # (K, P, T)
        found.append((z.detach().view(K, P), slopes))
    z, slopes = zip(*found)
    return torch.cat(z), torch.cat(slopes)


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
