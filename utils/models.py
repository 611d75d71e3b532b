"""Networks around a recurrent layer: what goes in front of it, and what reads its states."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor, nn

from utils.errors import number, one_of, tensor, whole
from utils.recurrent import GRU, LSTM, RNN

KINDS = {"rnn": partial(RNN, fast=True), "lstm": partial(LSTM, fast=True), "gru": partial(GRU, fast=True)}
POOLINGS = ("last", "mean", "max", "mean+max")


def mask(lengths: Tensor, T: int) -> Tensor:
    """True where a step is a real token, False where it is padding: (B, T) from lengths (B,)."""
    return torch.arange(T, device=lengths.device) < lengths[:, None]


def reverse(x: Tensor, lengths: Tensor) -> Tensor:
    """Each sequence of x (B, T, features) backward within its own length; the padding stays behind it."""
    t = torch.arange(x.shape[1], device=x.device)  # (T,)
    t = torch.where(mask(lengths, x.shape[1]), lengths[:, None] - 1 - t, t)  # (B, T)
    return x.gather(1, t[..., None].expand_as(x))


class Classifier(nn.Module):
    """Embedding, a recurrent layer in one or both directions, pooling over time, one linear map to the classes.

    rnn: "rnn", "lstm" or "gru" of utils.recurrent, or a class that is built like torch's nn.LSTM.
    pooling: "last" takes the state after the last word of each direction: the forward one at the end of the
    text, the backward one at its beginning. "mean" and "max" go over all words, "mean+max" takes both.
    segment: cut each text into pieces of that many words and read them at the same time, which is faster;
    pooling then goes over all of them ("last" needs the text in one piece).
    Padding never changes the result: the backward direction starts at the true last word, pooling is masked.
    """

    def __init__(
        self,
        vocab_size: int,
        embedding: int = 50,
        hidden: int = 32,
        classes: int = 2,
        rnn: str | Callable = "lstm",
        bidirectional: bool = True,
        pooling: str = "last",
        dropout: float = 0.0,
        padding_idx: int = 0,
        segment: int | None = None,
    ):
        super().__init__()
        for name, value in (("vocab_size", vocab_size), ("embedding", embedding), ("hidden", hidden)):
            whole(name, value)
        whole("classes", classes, 2)
        number("dropout", dropout, 0, 1)
        one_of("pooling", pooling, POOLINGS)
        if whole("padding_idx", padding_idx, 0) >= vocab_size:
            raise ValueError(f"padding_idx must be below vocab_size {vocab_size}, got {padding_idx}.")
        if segment is not None and whole("segment", segment) and pooling == "last":
            raise ValueError('pooling="last" needs the whole text; leave out segment, or pool by "mean+max".')
        build = rnn if callable(rnn) else KINDS[one_of("rnn", rnn, list(KINDS))]
        self.pooling, self.segment = pooling, segment
        self.embedding = nn.Embedding(vocab_size, embedding, padding_idx=padding_idx)
        self.forward_rnn = build(embedding, hidden, batch_first=True)
        self.backward_rnn = build(embedding, hidden, batch_first=True) if bidirectional else None
        self.dropout = nn.Dropout(dropout)
        width = hidden * (2 if bidirectional else 1) * (2 if pooling == "mean+max" else 1)
        self.output = nn.Linear(width, classes)

    def forward(self, ids: Tensor, lengths: Tensor) -> Tensor:
        """Logits (B, classes) of ids (B, T) int64 with true lengths (B,), each from 1 to T."""
        B, T = tensor("ids", ids, ("B", "T"), torch.int64).shape
        tensor("lengths", lengths, (B,), torch.int64)
        h = self.states(ids, lengths)  # (B, T, D), D = hidden x directions
        return self.output(self.dropout(self.pool(h, lengths)))

    def states(self, ids: Tensor, lengths: Tensor) -> Tensor:
        """The hidden states at each word (B, T, D), forward and backward side by side; padding holds no meaning."""
        (B, T), L = ids.shape, self.segment or ids.shape[1]
        if T % L:
            ids = nn.functional.pad(ids, (0, L - T % L), value=self.embedding.padding_idx)
        pieces = -(-T // L)
        starts = torch.arange(pieces, device=ids.device) * L
        lengths = (lengths[:, None] - starts).clamp(0, L).flatten()  # (B * pieces,)
        x = self.dropout(self.embedding(ids.reshape(B * pieces, L)))  # (B * pieces, L, embedding)
        h, _ = self.forward_rnn(x)  # (B * pieces, L, H)
        if self.backward_rnn is not None:
            back, _ = self.backward_rnn(reverse(x, lengths))
            h = torch.cat([h, reverse(back, lengths)], dim=-1)
        return h.reshape(B, pieces * L, -1)[:, :T]

    def pool(self, h: Tensor, lengths: Tensor) -> Tensor:
        """One vector a text (B, D or 2 D) from its states h (B, T, D); padding is left out."""
        real = mask(lengths, h.shape[1])[..., None]  # (B, T, 1)
        mean = h.masked_fill(~real, 0).sum(1) / lengths[:, None]
        if self.pooling == "mean":
            return mean
        if self.pooling != "last":
            top = h.masked_fill(~real, -torch.inf).amax(1)
            return top if self.pooling == "max" else torch.cat([mean, top], dim=-1)
        last = h[torch.arange(len(h), device=h.device), lengths - 1]  # (B, D): the end of the text
        if self.backward_rnn is None:
            return last
        H = h.shape[-1] // 2
        return torch.cat([last[:, :H], h[:, 0, H:]], dim=-1)  # backward, the last word read is the first
