"""A trained classifier with its vocabulary: from a typed text to a probability, and to a file and back."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from utils.arrays.sentiment import SentimentReader
from utils.cells.layer import variant
from utils.data.batching import batches, pad
from utils.files import DATA
from utils.models.classifier import Classifier
from utils.models.saved import Trained, as_arrays, fill, read
from utils.text import Vocabulary, plain, tokenise

SHIPPED = DATA / "sentiment.safetensors"


class Sentiment(Trained):
    """A classifier of texts, the words it knows, and how much of a text it reads.

    options: the arguments of the Classifier after vocab_size. max_tokens: of a longer text, the first quarter
    and the end. facts: how it was made and how well it does.
    """

    TASK = "imdb"

    def __init__(
        self, model: Classifier, vocabulary: Vocabulary, options: dict, max_tokens: int, facts: dict | None = None
    ):
        super().__init__(model, options, facts)
        self.vocabulary, self.max_tokens = vocabulary, max_tokens

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
        with torch.no_grad():
            rows = [self.vocabulary.encode(text) for text in words]
            for ids, lengths, places in batches(rows, range(len(rows)), 64, self.max_tokens):
                found[places] = self.model(ids, lengths).softmax(-1)[:, 1]
        return found.numpy()

    def logits_of(self, rows: Sequence[Sequence[int]]) -> np.ndarray:
        """The scores (N, 2) of texts as lists of ids, which are not cut: `Classifier.logits_of`."""
        return self.model.logits_of(rows)

    def reader(self) -> SentimentReader:
        """The same model in NumPy alone, with copies of the weights. ValueError for layers that NumPy's has not."""
        model, about = self.model, {"pooling": self.model.pooling, "segment": self.model.segment}
        about = self.options | about | {"padding_idx": model.embedding.padding_idx}
        cell = variant(model.forward_rnn)
        return SentimentReader(as_arrays(model.state_dict()), self.vocabulary, about, self.max_tokens, self.facts, cell)

    def _needed(self) -> dict:
        return {"max_tokens": self.max_tokens, "words": self.vocabulary.words[2:]}


def load_sentiment(path: Path | str = SHIPPED) -> Sentiment:
    """Read what `Sentiment.save` wrote; without a path, the model that ships with the course.

    Raises FileNotFoundError, or ValueError when the file is damaged or something else.
    """
    arrays, facts, (options, max_tokens, words) = read(path, Sentiment, ("options", "max_tokens", "words"))
    vocabulary = Vocabulary(words)
    model = fill(Classifier(len(vocabulary), **options), arrays)
    return Sentiment(model, vocabulary, options, max_tokens, facts)
