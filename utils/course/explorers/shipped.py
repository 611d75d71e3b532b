"""The trained models that ship with the course, read once for all explorers; and a learner's own in their place."""

from __future__ import annotations

from functools import lru_cache

from utils.arrays.bag import BagReader, load_bag
from utils.arrays.language import LanguageWriter, load_writer
from utils.arrays.sentiment import SentimentReader, load_reader
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


@lru_cache(maxsize=1)
def bag() -> BagReader:
    """The bag of words, of the words that the shipped reader knows."""
    return load_bag(_shipped_reader().vocabulary)


@lru_cache(maxsize=1)
def writer() -> LanguageWriter:
    """The model of characters."""
    return load_writer()


@lru_cache(maxsize=1)
def _shipped_reader() -> SentimentReader:
    return load_reader()
