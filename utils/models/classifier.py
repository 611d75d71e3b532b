"""Networks around a recurrent layer: what goes in front of it, and what reads its states."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
import torch
from torch import Tensor, nn

from utils.cells.layer import GRU, LSTM, RNN, mask, states_within
from utils.checks import integer, number, one_of, tensor
from utils.data.batching import batches

KINDS = {name: partial(network, fast=True) for name, network in (("rnn", RNN), ("lstm", LSTM), ("gru", GRU))}
POOLINGS = ("last", "mean", "max", "mean+max", "attention")


class Classifier(nn.Module):
    """Embedding, a recurrent layer in one or both directions, pooling over time, one linear map to the classes.

    rnn: "rnn", "lstm" or "gru" of utils.cells.layer, or a class that is built like torch's nn.LSTM.
    pooling: "last" takes the state after the last word of each direction: the forward one at the end of the
    text, the backward one at its beginning. "mean" and "max" go over all words, "mean+max" takes both.
    "attention" is a mean with weights softmax(q . h_t), q learned; it starts at 0, which is the plain mean.
    segment: cut the text into pieces of so many words, read side by side, each from a fresh state, and pool over
    all of them: fewer steps one after the other, so faster, and a memory that ends with its piece.
    bigrams: add to each word's vector one for the pair with the word before it. All pairs share so many rows of a
    table by a hash, so some collide (Joulin et al. 2016, section 2.2).
    word_dropout: the share of words whose vectors are left out in training.
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
        bigrams: int = 0,
        word_dropout: float = 0.0,
    ):
        super().__init__()
        for name, value in (("vocab_size", vocab_size), ("embedding", embedding), ("hidden", hidden)):
            integer(name, value)
        integer("classes", classes, 2)
        number("dropout", dropout, 0, 1)
        number("word_dropout", word_dropout, 0, 1)
        integer("bigrams", bigrams, 0)
        one_of("pooling", pooling, POOLINGS)
        if segment is not None and integer("segment", segment) and pooling == "last":
            raise ValueError('pooling="last" would see one segment only; with segment, pool over the text.')
        if integer("padding_idx", padding_idx, 0) >= vocab_size:
            raise ValueError(f"padding_idx must be below vocab_size {vocab_size}, got {padding_idx}.")
        build = rnn if callable(rnn) else KINDS[one_of("rnn", rnn, list(KINDS))]
        self.pooling, self.segment, self.word_dropout = pooling, segment, word_dropout
        self.embedding = nn.Embedding(vocab_size, embedding, padding_idx=padding_idx)
        with torch.no_grad():
            self.embedding.weight.mul_(0.1)  # torch's N(0, 1) drowns what few examples can teach a rare word
        self.forward_rnn = build(embedding, hidden, batch_first=True)
        self.backward_rnn = build(embedding, hidden, batch_first=True) if bidirectional else None
        self.dropout = nn.Dropout(dropout)
        width = hidden * (2 if bidirectional else 1) * (2 if pooling == "mean+max" else 1)
        self.output = nn.Linear(width, classes)
        self.query = nn.Parameter(torch.zeros(width)) if pooling == "attention" else None
        self.pairs = nn.Embedding(bigrams + 1, embedding, padding_idx=0) if bigrams else None
        if bigrams:
            nn.init.zeros_(self.pairs.weight)  # a pair starts as the sum of its words and learns what differs

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

    @torch.no_grad()
    def logits_of(self, rows: Sequence[Sequence[int]]) -> np.ndarray:
        """The scores (N, classes) of texts as lists of ids, in their order, 64 side by side; dropout is off.

        Raises ValueError when there is none, or one is empty.
        """
        training, found = self.training, np.empty((len(rows), self.output.out_features), np.float32)
        try:
            self.eval()
            for ids, lengths, places in batches(rows, range(len(rows)), 64):
                found[places] = self(ids, lengths).numpy()
        finally:
            self.train(training)
        return found

    def states(self, ids: Tensor, lengths: Tensor) -> Tensor:
        """The hidden states at each word (B, T, D), forward and backward side by side; padding holds no meaning."""
        return self.read_segments(self.dropout(self.embed(ids)), lengths)

    def read_segments(self, x: Tensor, lengths: Tensor) -> Tensor:
        """The states (B, T, D) of the words' vectors x (B, T, embedding), read in segments if the model has them."""
        if self.segment is None:
            return self.read(x, lengths)
        B, T, S = *x.shape[:2], min(self.segment, x.shape[1])
        pieces = nn.functional.pad(x, (0, 0, 0, -T % S)).reshape(-1, S, x.shape[-1])  # (B pieces, S, embedding)
        begins = torch.arange(0, T, S, device=x.device)
        h = self.read(pieces, (lengths[:, None] - begins).clamp(0, S).flatten())  # (B pieces, S, D)
        return h.reshape(B, -1, h.shape[-1])[:, :T]

    def embed(self, ids: Tensor) -> Tensor:
        """The vectors (B, T, embedding) of ids (B, T): the word's, and with bigrams that of the pair it ends."""
        x = self.embedding(ids)
        if self.pairs is not None:
            before = nn.functional.pad(ids[:, :-1], (1, 0))  # (B, T): nothing before the first word
            rows = (before * 1_000_003 + ids * 7_919) % (self.pairs.num_embeddings - 1) + 1
            x = x + self.pairs(rows.masked_fill(ids == self.embedding.padding_idx, 0))
        if self.training and self.word_dropout:
            x = x * nn.functional.dropout(x.new_ones(*ids.shape, 1), self.word_dropout)
        return x

    def read(self, x: Tensor, lengths: Tensor) -> Tensor:
        """The states (B, T, D) of the recurrent layer on x (B, T, embedding), each direction from its own end."""
        real = mask(lengths, x.shape[1])  # (B, T)
        h = states_within(self.forward_rnn, x, real)  # (B, T, H)
        if self.backward_rnn is None:
            return h
        return torch.cat([h, states_within(self.backward_rnn, x, real, backward=True)], dim=-1)

    def pool(self, h: Tensor, lengths: Tensor) -> Tensor:
        """One vector a text (B, D or 2 D) from its states h (B, T, D); padding is left out."""
        real = mask(lengths, h.shape[1])[..., None]  # (B, T, 1)
        h = h.masked_fill(~real, 0)  # a weight of 0 would not take out what is no number
        if self.pooling == "attention":
            weights = (h @ self.query)[..., None].masked_fill(~real, -torch.inf).softmax(1)  # (B, T, 1)
            return (weights * h).sum(1)
        mean = h.sum(1) / lengths[:, None]
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
