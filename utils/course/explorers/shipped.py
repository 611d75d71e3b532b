"""The trained models that ship with the course, read once for all explorers; and a learner's own in their place."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from utils.arrays.bag import BagReader, load_bag
from utils.arrays.language import LanguageWriter, load_writer
from utils.arrays.sentiment import SentimentReader, load_reader
from utils.arrays.tagger import SHIPPED, TaggerReader, load_tagger
from utils.checks import short_repr


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
    return reader is shipped or reader.embedding.shape == shipped.embedding.shape and bool(
        (reader.embedding == shipped.embedding).all()
    )


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

    A model is a `utils.models.Language`, whose method `reader()` gives a writer, or a writer itself. TypeError for
    anything else, ValueError for none.
    """
    if models is None:
        return {"the shipped model": writer()}
    if not isinstance(models, Mapping):
        models = {"your model": models}
    if not models:
        raise ValueError("models must name at least one model, got {}.")
    found = {}
    for name, model in models.items():
        found[str(name)] = model.reader() if callable(getattr(model, "reader", None)) else model
        if not isinstance(found[str(name)], LanguageWriter):
            got = short_repr(model)
            raise TypeError(f"A model must be a Language, such as load_language() gives, or a writer, got {got}.")
    return found


@lru_cache(maxsize=1)
def taggers() -> dict[str, TaggerReader]:
    """The taggers by the way they read: "forward", "backward" and "both"."""
    return {way: load_tagger(path) for way, path in SHIPPED.items()}


@lru_cache(maxsize=1)
def _shipped_reader() -> SentimentReader:
    return load_reader()
