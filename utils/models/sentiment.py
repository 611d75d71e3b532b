"""A trained classifier with its vocabulary: from a typed text to a probability, and to a file and back."""

from __future__ import annotations

import copy
import os
import zlib
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch
from torch import Tensor

from utils.arrays.text import Vocabulary, plain, tokenise
from utils.data.batching import batches, pad
from utils.files import DATA, expanded
from utils.models.classifier import Classifier
from utils.models.saved import load_facts, load_weights, save_weights

SHIPPED = DATA / "sentiment.safetensors"


class Sentiment:
    """A classifier of texts, the words it knows, and how much of a text it reads.

    options: the arguments of the Classifier after vocab_size. max_tokens: of a longer text, the first quarter
    and the end. facts: how it was made and how well it does.
    """

    def __init__(
        self, model: Classifier, vocabulary: Vocabulary, options: dict, max_tokens: int, facts: dict | None = None
    ):
        self.model, self.vocabulary, self.options = model.eval(), vocabulary, options
        self.max_tokens, self.facts = max_tokens, facts or {}

    def encode(self, text: str) -> tuple[Tensor, Tensor]:
        """ids (1, T) and lengths (1,) of one text, typed or pasted, so it is made `plain` first.

        Raises TypeError, or ValueError for a text without words.
        """
        words = tokenise(plain(text))
        if not words:
            raise ValueError("The text has no words; write at least one.")
        return pad([self.vocabulary.encode(words)], self.max_tokens)

    def predict(self, text: str) -> float:
        """The probability that `text` is positive. Raises TypeError, or ValueError for a text without words."""
        with torch.no_grad():
            return self.model(*self.encode(text)).softmax(-1)[0, 1].item()

    def predict_all(self, texts: Sequence[str]) -> np.ndarray:
        """The probability that each text is positive, (N,) float32, in their order, many at a time.

        Raises TypeError, or ValueError when one has no words, which it names by its place, or there is none.
        """
        if isinstance(texts, str):
            raise TypeError(f"Pass a list of texts; for one text there is predict: {texts[:40]!r}.")
        return self.predict_words([tokenise(plain(text)) for text in texts])

    def predict_words(self, words: Sequence[Sequence[str]]) -> np.ndarray:
        """The same of texts that are lists of words already: the archive's own, which are measured as they are."""
        if not words:
            raise ValueError("There is no text to read; pass at least one.")
        found = torch.empty(len(words))
        with torch.inference_mode():
            rows = [self.vocabulary.encode(text) for text in words]
            for ids, lengths, places in batches(rows, range(len(rows)), 64, self.max_tokens):
                found[places] = self.model(ids, lengths).softmax(-1)[:, 1]
        return found.numpy()

    def save(self, path: Path | str) -> None:
        """Write PATH.safetensors (weights in half precision, and all sizes) and PATH.vocabulary.json beside it."""
        path = expanded(path).with_suffix(".safetensors")
        sizes = {"options": self.options, "max_tokens": self.max_tokens, "words_crc32": _checksum(self.vocabulary)}
        path.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=path.parent) as folder:  # both are whole before one of them takes its name
            part = Path(folder) / path.name
            save_weights(copy.deepcopy(self.model).half(), part, self.facts | sizes)
            self.vocabulary.save(_words_of(part))
            os.replace(_words_of(part), _words_of(path))
            os.replace(part, path)


def load_sentiment(path: Path | str = SHIPPED) -> Sentiment:
    """Read what `Sentiment.save` wrote; without a path, the model that ships with the course.

    Raises FileNotFoundError, or ValueError when a file is damaged or the two do not belong together.
    """
    path = expanded(path).with_suffix(".safetensors")
    facts = load_facts(path, ("options", "max_tokens", "words_crc32"), "python -m utils.train imdb")
    options, max_tokens, checksum = (facts.pop(key) for key in ("options", "max_tokens", "words_crc32"))
    vocabulary = Vocabulary.load(_words_of(path))
    if _checksum(vocabulary) != checksum:
        raise ValueError(f"{_words_of(path)} does not belong to {path.name}; fetch or make both again.")
    model = Classifier(len(vocabulary), **options)
    load_weights(model, path)
    return Sentiment(model, vocabulary, options, max_tokens, facts)


def _words_of(path: Path) -> Path:
    return path.with_suffix(".vocabulary.json")


def _checksum(vocabulary: Vocabulary) -> int:
    return zlib.crc32("\n".join(vocabulary.words).encode())
