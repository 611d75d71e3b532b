"""Networks around a recurrent layer: what goes in front of it, and what reads its states."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor, nn

from utils.errors import number, one_of, tensor, whole
from utils.recurrent import GRU, LSTM, RNN, mask, reverse

KINDS = {"rnn": RNN, "lstm": partial(LSTM, fast=True), "gru": partial(GRU, fast=True)}
POOLINGS = ("last", "mean", "max", "mean+max")


class Classifier(nn.Module):
    """Embedding, a recurrent layer in one or both directions, pooling over time, one linear map to the classes.

    rnn: "rnn", "lstm" or "gru" of utils.recurrent, or a class that is built like torch's nn.LSTM.
    pooling: "last" takes the state after the last word of each direction: the forward one at the end of the
    text, the backward one at its beginning. "mean" and "max" go over all words, "mean+max" takes both.
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
    ):
        super().__init__()
        for name, value in (("vocab_size", vocab_size), ("embedding", embedding), ("hidden", hidden)):
            whole(name, value)
        whole("classes", classes, 2)
        number("dropout", dropout, 0, 1)
        one_of("pooling", pooling, POOLINGS)
        if whole("padding_idx", padding_idx, 0) >= vocab_size:
            raise ValueError(f"padding_idx must be below vocab_size {vocab_size}, got {padding_idx}.")
        build = rnn if callable(rnn) else KINDS[one_of("rnn", rnn, list(KINDS))]
        self.pooling = pooling
        self.embedding = nn.Embedding(vocab_size, embedding, padding_idx=padding_idx)
        with torch.no_grad():
            self.embedding.weight.mul_(0.1)  # torch's N(0, 1) drowns what few examples can teach a rare word
        self.forward_rnn = build(embedding, hidden, batch_first=True)
        self.backward_rnn = build(embedding, hidden, batch_first=True) if bidirectional else None
        self.dropout = nn.Dropout(dropout)
        width = hidden * (2 if bidirectional else 1) * (2 if pooling == "mean+max" else 1)
        self.output = nn.Linear(width, classes)

    def forward(self, ids: Tensor, lengths: Tensor) -> Tensor:
        """Logits (B, classes) of ids (B, T) int64 with true lengths (B,) int64, each from 1 to T.

        Raises TypeError or ValueError for other shapes, types, lengths, or ids outside the vocabulary.
        """
        B, T = tensor("ids", ids, ("B", "T"), torch.int64).shape
        tensor("lengths", lengths, (B,), torch.int64)
        if ids.device.type == "cpu":  # elsewhere a look at the values would make the device wait
            if lengths.min() < 1 or lengths.max() > T:
                raise ValueError(f"lengths must be from 1 to {T}, the columns of ids, got {lengths.tolist()}.")
            most = self.embedding.num_embeddings - 1
            if ids.min() < 0 or ids.max() > most:
                raise ValueError(f"Each id must be from 0 to {most}; encode the text with this model's vocabulary.")
        h = self.states(ids, lengths)  # (B, T, D), D = hidden x directions
        return self.output(self.dropout(self.pool(h, lengths)))

    def states(self, ids: Tensor, lengths: Tensor) -> Tensor:
        """The hidden states at each word (B, T, D), forward and backward side by side; padding holds no meaning."""
        x = self.dropout(self.embedding(ids))  # (B, T, embedding)
        h, _ = self.forward_rnn(x)  # (B, T, H)
        if self.backward_rnn is None:
            return h
        real = mask(lengths, ids.shape[1])  # (B, T)
        back, _ = self.backward_rnn(reverse(x, real))
        return torch.cat([h, reverse(back, real)], dim=-1)

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
