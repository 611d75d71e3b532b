"""The trained models that ship with the course, read once for all explorers; and a learner's own in their place."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache

import numpy as np

from utils.arrays.bag import BagReader, load_bag
from utils.arrays.language import LanguageWriter, load_writer
from utils.arrays.sentiment import SentimentReader, load_reader
from utils.arrays.tagger import SHIPPED, TaggerReader, load_tagger
from utils.checks import short_repr

SHIPPED_MODEL = "shipped"  # what stands for it where writers are packed
MOST_PACKED = 1_000_000  # characters: a notebook and a page of the site should stay small


def reader_of(sentiment=None) -> SentimentReader:
    """A reader of texts: `sentiment` itself, or what its method `reader()` gives, or without one the shipped model.

    A `utils.models.Sentiment` has that method. TypeError for anything else.
    """
    if sentiment is None:
        return _shipped_reader()
    if callable(getattr(sentiment, "reader", None)):
        sentiment = sentiment.reader()
    if not isinstance(sentiment, SentimentReader):
        got = short_repr(sentiment)
        raise TypeError(f"sentiment must be a Sentiment, such as load_sentiment() gives, or a reader, got {got}.")
    return sentiment


def is_shipped(reader: SentimentReader) -> bool:
    """Whether it is the model that ships: a file that is read twice gives two readers with the same numbers."""
    shipped = _shipped_reader()
    return reader is shipped or np.array_equal(reader.embedding, shipped.embedding)


@lru_cache(maxsize=1)
def bag() -> BagReader:
    """The bag of words, of the words that the shipped reader knows."""
    return load_bag(_shipped_reader().vocabulary)


@lru_cache(maxsize=1)
def writer() -> LanguageWriter:
    """The model of characters."""
    return load_writer()


def writers_of(models=None) -> dict[str, LanguageWriter]:
    """Writers by name: of one model, of several by their names, or without any the shipped one.

    A model is a `utils.models.Language`, whose method `reader()` gives a writer, a writer itself, or what `packed`
    makes of one. TypeError for anything else, ValueError for none.
    """
    if models is None:
        return {"the shipped model": writer()}
    if not isinstance(models, Mapping):
        models = {"your model": models}
    if not models:
        raise ValueError("models must name at least one model, got {}.")
    found = {}
    for name, model in models.items():
        if model == SHIPPED_MODEL:
            model = writer()
        elif isinstance(model, dict):
            model = LanguageWriter.unpacked(model)
        elif callable(getattr(model, "reader", None)):
            model = model.reader()
        if not isinstance(model, LanguageWriter):
            got = short_repr(model)
            raise TypeError(f"A model must be a Language, such as load_language() gives, or a writer, got {got}.")
        found[str(name)] = model
    return found


def packed(writers: Mapping[str, LanguageWriter]) -> dict | None:
    """Writers as JSON that `writers_of` takes again, the one that ships by its name; None where they are large."""
    made = {name: SHIPPED_MODEL if _ships(model) else model.packed() for name, model in writers.items()}
    return made if len(json.dumps(made)) <= MOST_PACKED else None


def _ships(model: LanguageWriter) -> bool:
    ours = writer().weights
    return model.weights.keys() == ours.keys() and all(
        np.array_equal(model.weights[name], values.astype(model.weights[name].dtype)) for name, values in ours.items()
    )


@lru_cache(maxsize=1)
def taggers() -> dict[str, TaggerReader]:
    """The taggers by the way they read: "forward", "backward" and "both"."""
    return {way: load_tagger(path) for way, path in SHIPPED.items()}


@lru_cache(maxsize=1)
def _shipped_reader() -> SentimentReader:
    return load_reader()
