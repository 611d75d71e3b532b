"""The trained classifier of texts in NumPy: its answer, what each word adds to it, and the gates on the way."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy import ndarray

from utils.arrays.layers import Unrolled, mask
from utils.arrays.parameters import cells_of, single
from utils.arrays.pooling import POOLINGS, pool, pool_back
from utils.arrays.saliency import Shares, leave_one_out, shares
from utils.arrays.text import Vocabulary, plain, tokenise, truncate
from utils.checks import one_of
from utils.files import DATA
from utils.weights import file_of, read

SHIPPED = DATA / "sentiment.safetensors"
BATCH = 64  # texts of similar length that are read side by side


class Reading(NamedTuple):
    """What `SentimentReader.read` gives, and `SentimentReader.back` needs."""

    logits: ndarray  # (B, classes)
    h: ndarray  # (B, T, D), the states at each word; 0 past a text's end
    pieces: list[Unrolled]  # each direction's, over the segments that hold words
    kept: tuple  # which segments hold words, the lengths, what `pool` gave


class SentimentReader:
    """A trained `utils.models.Classifier`, with the words it knows, as arrays; dropout is off.

    weights: its state dict as arrays; half precision is read as float32. options: the arguments of the Classifier, of
    which pooling and segment are needed here. max_tokens: of a longer text, the first quarter and the end. facts: how
    it was made. cell: what the weights do not tell, the nonlinearity of an RNN and the reset of a GRU.
    """

    def __init__(
        self, weights: dict[str, ndarray], vocabulary: Vocabulary, options: dict, max_tokens: int,
        facts: dict | None = None, cell: dict | None = None,
    ):  # fmt: skip
        self.vocabulary, self.options, self.max_tokens, self.facts = vocabulary, options, max_tokens, facts or {}
        self.pooling = one_of("pooling", options.get("pooling", "last"), POOLINGS)
        self.segment, self.padding = options.get("segment"), options.get("padding_idx", 0)
        self.embedding = single(weights["embedding.weight"])  # (V, E)
        self.pairs = single(weights["pairs.weight"]) if "pairs.weight" in weights else None
        sides = [side for side in ("forward_rnn.", "backward_rnn.") if any(name.startswith(side) for name in weights)]
        layers = [cells_of(weights, side, **(cell or {})) for side in sides]
        if any(len(cells) > 1 for cells in layers):
            raise ValueError("The reader takes one recurrent layer a direction: build the Classifier of such.")
        self.cells = [cells[0] for cells in layers]
        self.W, self.b = single(weights["output.weight"]).T.copy(), single(weights["output.bias"])  # (D, classes)
        self.query = single(weights["query"]) if "query" in weights else None

    # Texts -----------------------------------------------------------------------------------------------------------

    def words(self, text: str) -> list[str]:
        """The words of `text` that are read. Raises TypeError, or ValueError for a text without words."""
        words = tokenise(plain(text))
        if not words:
            raise ValueError("The text has no words; write at least one.")
        return truncate(words, self.max_tokens)

    def encode(self, text: str) -> ndarray:
        """The ids (T,) of those words, int64; 1 for a word that the model does not know."""
        return np.array(self.vocabulary.encode(self.words(text)))

    def logits(self, text: str) -> ndarray:
        """The score of each class, (classes,)."""
        return self.logits_of([self.encode(text)])[0]

    def predict(self, text: str) -> float:
        """The probability that `text` is positive. Raises TypeError, or ValueError for a text without words."""
        return float(softmax(self.logits(text))[1])

    def predict_all(self, texts: Sequence[str]) -> ndarray:
        """The probability that each text is positive, (N,), in their order, many at a time.

        Raises TypeError, or ValueError when one has no words or there is none.
        """
        if isinstance(texts, str):
            raise TypeError(f"Pass a list of texts; for one text there is predict: {texts[:40]!r}.")
        return softmax(self.logits_of([self.vocabulary.encode(tokenise(plain(text))) for text in texts]))[:, 1]

    def logits_of(self, rows: Sequence[Sequence[int]]) -> ndarray:
        """The scores (N, classes) of texts as lists of ids, in their order; longer ones are cut to max_tokens.

        Raises ValueError when there is none, one is empty, or an id is outside the vocabulary.
        """
        if not len(rows):
            raise ValueError("There is no text to read; pass at least one.")
        rows = [np.asarray(truncate(row, self.max_tokens), np.int64) for row in rows]
        lengths = np.array([len(row) for row in rows])
        if not lengths.all():
            raise ValueError(f"Text {lengths.argmin()} has no words; write at least one.")
        most = len(self.embedding) - 1
        if min(row.min() for row in rows) < 0 or max(row.max() for row in rows) > most:
            raise ValueError(f"Each id must be from 0 to {most}; encode the text with this model's vocabulary.")
        found = np.empty((len(rows), len(self.b)), self.b.dtype)
        order = lengths.argsort(kind="stable")
        for chosen in np.split(order, range(BATCH, len(order), BATCH)):
            ids = np.full((len(chosen), lengths[chosen].max()), self.padding)
            for line, i in zip(ids, chosen):
                line[: lengths[i]] = rows[i]
            found[chosen] = self.read(self.embed(ids), lengths[chosen]).logits
        return found

    def shares(self, text: str, tolerance: float = 0.05, target: int = 1) -> Shares:
        """What each word adds to the logit difference, by integrated gradients: see `utils.arrays.saliency`."""
        return shares(self, self.embed(self.encode(text)[None])[0], tolerance, target)

    def leave_one_out(self, text: str, target: int = 1) -> ndarray:
        """How far the logit difference falls when one word's vector becomes 0, word by word: (T,)."""
        return leave_one_out(self, self.embed(self.encode(text)[None])[0], target)

    def trace(self, text: str) -> dict[str, ndarray]:
        """Every gate and state of the forward layer at each word, (T, H), with a fresh state in each segment."""
        x = self.embed(self.encode(text)[None])  # (1, T, E)
        unrolled, T = self.read(x, np.array([x.shape[1]])).pieces[0], x.shape[1]
        return {letter: unrolled[letter].reshape(-1, self.cells[0].U.shape[0])[:T] for letter in unrolled.letters}

    # Vectors, there and back -----------------------------------------------------------------------------------------

    def embed(self, ids: ndarray) -> ndarray:
        """The vectors (B, T, E) of ids (B, T): the word's, and with bigrams that of the pair it ends."""
        x = self.embedding[ids]
        if self.pairs is not None:
            before = np.pad(ids[:, :-1], ((0, 0), (1, 0)))  # nothing before the first word
            rows = (before * 1_000_003 + ids * 7_919) % (len(self.pairs) - 1) + 1
            x = x + self.pairs[np.where(ids == self.padding, 0, rows)]
        return x

    def read(self, x: ndarray, lengths: ndarray) -> Reading:
        """Read words' vectors x (B, T, E) of true lengths (B,), each from 1 to T."""
        B, T, E = x.shape
        S = min(self.segment or T, T)
        P = -(-T // S)  # segments of a text
        if T % S:
            x = np.concatenate([x, np.zeros((B, P * S - T, E), x.dtype)], axis=1)
        sizes = np.clip(lengths[:, None] - S * np.arange(P), 0, S).ravel()  # (B P,), words in each segment
        full = np.flatnonzero(sizes)
        x = x.reshape(B * P, S, E)[full]
        pieces = [
            Unrolled(cell, x, None, None if (sizes[full] == S).all() else sizes[full], backward)
            for cell, backward in zip(self.cells, (False, True))
        ]
        h = np.zeros((B * P, S, len(pieces) * self.cells[0].U.shape[0]), x.dtype)
        h[full] = np.concatenate([unrolled["h"] for unrolled in pieces], axis=-1)
        h = h.reshape(B, P * S, -1)[:, :T]
        pooled = pool(self.pooling, h, mask(lengths, T), self.query, len(pieces))
        return Reading(pooled[0] @ self.W + self.b, h, pieces, (full, lengths, *pooled))

    def back(self, reading: Reading, d: ndarray) -> ndarray:
        """From the gradients d (B, classes) of the logits, those of the vectors, (B, T, E)."""
        (full, lengths, *pooled), (B, T, D) = reading.kept, reading.h.shape
        real = mask(lengths, T)
        dh = pool_back(self.pooling, reading.h, real, self.query, pooled, d @ self.W.T, len(self.cells))
        S = reading.pieces[0].x.shape[0]
        if T % S:
            dh = np.concatenate([dh, np.zeros((B, -T % S, D), dh.dtype)], axis=1)
        dh = dh.reshape(-1, S, D)[full]
        H = D // len(self.cells)
        found = sum(
            unrolled.back(dh[..., at * H : (at + 1) * H]).x for at, unrolled in enumerate(reading.pieces)
        )  # (pieces, S, E)
        dx = np.zeros((B * -(-T // S), S, found.shape[-1]), found.dtype)
        dx[full] = found
        return dx.reshape(B, -1, found.shape[-1])[:, :T]


def load_reader(path: Path | str = SHIPPED) -> SentimentReader:
    """Read what `utils.models.sentiment.Sentiment.save` wrote; without a path, the model that ships with the course.

    Raises FileNotFoundError, or ValueError when the file is damaged or something else.
    """
    path = file_of(path)
    arrays, facts = read(
        path, f"make it with `python -m utils.train imdb --save {path}`", ("options", "max_tokens", "words")
    )
    options, max_tokens, words = (facts.pop(name) for name in ("options", "max_tokens", "words"))
    return SentimentReader(arrays, Vocabulary(words), options, max_tokens, facts)


def softmax(z: ndarray) -> ndarray:
    """exp(z) over its sum along the last axis."""
    e = np.exp(z - z.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)
