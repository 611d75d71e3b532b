"""A bag of words in NumPy: what each word of a text adds to the answer when the order of the words is thrown away."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy import ndarray

from utils.arrays.weights import file_of, read, write
from utils.files import DATA
from utils.text import Vocabulary

SHIPPED = DATA / "bag.safetensors"


class BagReader:
    """Logistic regression over tf-idf, as scikit-learn fits it, of the words of a vocabulary.

    A word w that stands n times in a text has the value v = (1 + ln n) idf of w; with |v| the length of the vector of
    all of them, the log-odds of "positive" are the bias plus the sum of weight v / |v| over the words.
    weights, idf: (V,), by the vocabulary's ids, 0 for what is no word; bias: a number. facts: how it was made.
    """

    def __init__(self, weights: ndarray, idf: ndarray, bias: float, vocabulary: Vocabulary, facts: dict | None = None):
        self.weights, self.idf, self.bias = weights.astype(np.float32), idf.astype(np.float32), float(bias)
        self.vocabulary, self.facts = vocabulary, facts or {}

    def shares(self, words: Sequence[str]) -> ndarray:
        """What each of `words` adds to the log-odds, (n,): of a word that stands there n times, an n-th of its term."""
        ids = np.array(self.vocabulary.encode(words), np.int64)
        found, at, n = np.unique(ids, return_inverse=True, return_counts=True)
        v = (1 + np.log(n)) * self.idf[found]  # of the words that differ
        length = np.sqrt((v**2).sum()) or 1.0
        return (self.weights[found] * v / length / n)[at]

    def log_odds(self, words: Sequence[str]) -> float:
        """The log-odds that a text of these words is positive."""
        return self.bias + float(self.shares(words).sum())

    def save(self, path: Path | str) -> Path:
        """Write weights and idf in half precision and the facts, but no word; returns the file's name.

        The words are those of a model that ships beside it: of them the file holds the number and a checksum.
        """
        path = file_of(path)
        arrays = {"weights": self.weights.astype(np.float16), "idf": self.idf.astype(np.float16)}
        write(path, arrays, {**self.facts, "bias": self.bias, "words_sha256": _checksum(self.vocabulary)})
        return path


def load_bag(vocabulary: Vocabulary, path: Path | str = SHIPPED) -> BagReader:
    """Read what `BagReader.save` wrote; without a path, the bag that ships with the course.

    vocabulary: the words it was saved with. Raises FileNotFoundError, or ValueError when the file is damaged or the
    words are others.
    """
    path = file_of(path)
    advice = f"make it with `python -m utils.train imdb --recipe bag --save {path}`"
    arrays, facts = read(path, advice, ("bias", "words_sha256"))
    if facts.pop("words_sha256") != _checksum(vocabulary):
        raise ValueError(f"{path} is a bag of other words than those of this vocabulary; {advice}.")
    return BagReader(arrays["weights"], arrays["idf"], facts.pop("bias"), vocabulary, facts)


def _checksum(vocabulary: Vocabulary) -> str:
    return hashlib.sha256("\n".join(vocabulary.words).encode()).hexdigest()
