"""The trained taggers in NumPy: what they say of each word while a sentence arrives word by word."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy import ndarray

from utils.arrays.layers import Unrolled
from utils.arrays.parameters import cells_of
from utils.arrays.sentiment import softmax
from utils.arrays.weights import file_of, read
from utils.files import DATA
from utils.text import HashedVocabulary, Vocabulary, parts, vocabulary_of

SHIPPED = {way: DATA / f"tagger_{way}.safetensors" for way in ("forward", "backward", "both")}


class TaggerReader:
    """A trained `utils.models.Tagger` with the words it knows, as arrays in float64; dropout is off.

    weights: its state dict as arrays. tags: the names of the parts of speech. options: the arguments of the Tagger, of
    which merge is needed here. facts: how it was made.
    """

    def __init__(
        self, weights: dict[str, ndarray], vocabulary: Vocabulary | HashedVocabulary, tags: Sequence[str],
        options: dict, facts: dict | None = None,
    ):  # fmt: skip
        weights = {name: values.astype(np.float64) for name, values in weights.items()}
        self.vocabulary, self.tags, self.options, self.facts = vocabulary, tuple(tags), options, facts or {}
        self.embedding, self.endings = weights["embedding.weight"], weights.get("endings.weight")  # (V, E), (P + 1, E)
        self.forward, self.backward = (
            cells_of(weights, side)[0] if any(name.startswith(side) for name in weights) else None
            for side in ("forward_rnn.", "backward_rnn.")
        )
        self.W, self.b = weights["output.weight"].T.copy(), weights["output.bias"]  # (D, tags), (tags,)

    def embed(self, words: Sequence[str]) -> ndarray:
        """The vectors (T, E) of words: the word's own, and those of its parts added."""
        x = self.embedding[self.vocabulary.encode(words)]
        if self.endings is not None:
            x = x + self.endings[[parts(word, len(self.endings) - 1) for word in words]].sum(1)
        return x

    def prefixes(self, words: Sequence[str]) -> ndarray:
        """The probability of each tag after each word that arrives, (T, T, tags).

        At [n - 1, t - 1] it is that of word t when the words 1 to n are the whole sentence; 0 where word t has not
        arrived. The forward layer reads once, for its states do not depend on what follows; the backward one begins
        anew with each word. Raises ValueError for a sentence without words.
        """
        if not len(words):
            raise ValueError("The sentence has no words; write at least one.")
        x, T = self.embed(words), len(words)
        halves = []
        if self.forward is not None:
            h = Unrolled(self.forward, x)["h"]
            halves.append(np.broadcast_to(h, (T, *h.shape)))
        if self.backward is not None:
            sentences = np.broadcast_to(x, (T, *x.shape))
            halves.append(Unrolled(self.backward, sentences, lengths=np.arange(1, T + 1), backward=True)["h"])
        h = sum(halves) if self.options["merge"] == "sum" else np.concatenate(halves, axis=-1)  # (T, T, D)
        return softmax(h @ self.W + self.b) * np.tri(T)[..., None]


def load_tagger(path: Path | str) -> TaggerReader:
    """Read what `utils.models.tagger.SentenceTagger.save` wrote; `SHIPPED` holds the files of the course.

    Raises FileNotFoundError, or ValueError when the file is damaged or something else.
    """
    path = file_of(path)
    needed = ("options", "words", "tags")
    arrays, facts = read(path, f"make it with `python -m utils.train tagger --save {path}`", needed)
    options, words, tags = (facts.pop(name) for name in needed)
    return TaggerReader(arrays, vocabulary_of(words), tags, options, facts)
