"""What a network has to beat: bags of words, the most frequent tag, counts of characters, compressors."""

from __future__ import annotations

import bz2
import gzip
import lzma
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.dummy import DummyClassifier
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.utils.validation import check_is_fitted

from utils.checks import integer, one_of, short_repr
from utils.data.sources import Tagged
from utils.text import tokenise

COMPRESSORS = {"gzip": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress}
BAGS = ("majority", "unigrams", "bigrams", "weighted bigrams")


class NaiveBayesWeights(TransformerMixin, BaseEstimator):
    """Multiply each feature by how much more often it stands in class 1 than in class 0, as a logarithm.

    X: (n, features), 1 where a text has the feature. r = log((p / sum p) / (q / sum q)) with p and q one more than the
    number of texts of class 1 and 0 that have the feature. Source: Wang and Manning 2012, section 2.1.
    """

    def fit(self, X, y):
        y = np.asarray(y)
        p, q = (1 + np.asarray(X[y == label].sum(axis=0)).ravel() for label in (1, 0))
        self.r_ = np.log(p / p.sum()) - np.log(q / q.sum())
        return self

    def transform(self, X):
        check_is_fitted(self)
        return X.multiply(self.r_).tocsr()


def bag(name: str, features: int | None = None, only: Sequence[str] | None = None) -> Pipeline:
    """An unfitted scikit-learn pipeline from texts to labels.

    name: "unigrams" or "bigrams" (with unigrams) by tf-idf, "weighted bigrams" by Naive Bayes; "majority" always says
    the class that is most frequent. features: at most so many, the most frequent; None takes what suits all of IMDb.
    only: the features themselves, in their order, of a bag by tf-idf. Raises ValueError for another name.
    """
    if name not in BAGS:
        raise ValueError(f"name must be one of {', '.join(BAGS)}, got {short_repr(name)}.")
    if features is not None:
        integer("features", features)
    words = {"tokenizer": tokenise, "token_pattern": None, "lowercase": False}
    if name == "majority":
        return make_pipeline(CountVectorizer(**words, max_features=1), DummyClassifier(strategy="most_frequent"))
    # C was chosen on validation: the larger, the freer the weights.
    if name == "weighted bigrams":
        count = CountVectorizer(**words, ngram_range=(1, 2), binary=True, min_df=2, max_features=features)
        return make_pipeline(count, NaiveBayesWeights(), LogisticRegression(C=0.3, max_iter=1_000))
    longest, most, C = {"unigrams": (1, 30_000, 3.0), "bigrams": (2, 300_000, 10.0)}[name]
    words |= {"ngram_range": (1, longest), "max_features": features or most, "vocabulary": only}
    count = TfidfVectorizer(**words, sublinear_tf=True)
    return make_pipeline(count, LogisticRegression(C=C, max_iter=1_000))


class MostFrequent:
    """The baseline without any context: each word gets the tag that it has most often in training.

    A word that training does not know gets the most frequent tag of the words that stand there only once.
    """

    def __init__(self, train: Tagged):
        counts = defaultdict(Counter)
        for words, tags in zip(train.words, train.tags):
            for word, its_tag in zip(words, tags):
                counts[word][its_tag] += 1
        if not counts:
            raise ValueError("There are no words to count; pass at least one sentence.")
        once = Counter(next(iter(tags)) for tags in counts.values() if tags.total() == 1)
        self.unknown = (once or sum(counts.values(), Counter())).most_common(1)[0][0]
        self.best = {word: tags.most_common(1)[0][0] for word, tags in counts.items()}

    def tag(self, sentences: Iterable[Sequence[str]]) -> list[list[str]]:
        """The tag of each word."""
        return [[self.best.get(word, self.unknown) for word in words] for words in sentences]


class NGram:
    """The next character from the n - 1 before it, by counts; contexts of all shorter lengths are mixed in.

    With N the number of times that a context was seen, and D of different characters after it,
        p(a | context) = (count(context a) + D p(a | context without its first character)) / (N + D),
    the interpolation of Witten and Bell (1991, method C; no numbers to choose). Below the empty context stands the
    uniform distribution over the alphabet. n = 1 is the unigram: how often each character occurs.
    """

    def __init__(self, n: int, text: str, alphabet: str):
        """Count in `text`. Raises TypeError or ValueError."""
        if not isinstance(alphabet, str) or not alphabet:
            raise ValueError("alphabet must be a string of at least one character.")
        self.n, self.size = integer("n", n), len(alphabet)
        if not isinstance(text, str) or not text:
            raise ValueError("text must be a string of at least one character to count.")
        self.after: dict[str, Counter] = defaultdict(Counter)
        for length in range(n):
            for t in range(length, len(text)):
                self.after[text[t - length : t]][text[t]] += 1
        self.seen = {context: counts.total() for context, counts in self.after.items()}

    def probability(self, context: str, character: str) -> float:
        """The probability that `character` comes after `context`, of which the last n - 1 characters count."""
        p = 1 / self.size
        for length in range(min(self.n, len(context) + 1)):
            end = context[len(context) - length :]
            if end not in self.seen:  # then no longer context was seen either
                break
            counts = self.after[end]
            p = (counts[character] + len(counts) * p) / (self.seen[end] + len(counts))
        return p

    def bits_per_character(self, text: str) -> float:
        """The mean of -log2 p over all characters of `text`, read from its beginning. ValueError for an empty one."""
        if not text:
            raise ValueError("The text is empty; give at least one character.")
        bits = (-math.log2(self.probability(text[max(0, t - self.n + 1) : t], text[t])) for t in range(len(text)))
        return sum(bits) / len(text)


def compressed_bits(name: str, train: str, text: str) -> float:
    """Bits per character that a compressor needs for `text` when it has read `train` before.

    name: "gzip" (which looks back 32,768 characters at most), "bz2" or "xz". It is the difference of two files.
    Raises ValueError for another name or an empty text.
    """
    compress = COMPRESSORS[one_of("name", name, list(COMPRESSORS))]
    if not text:
        raise ValueError("The text is empty; give at least one character.")
    both, alone = (len(compress(part.encode())) for part in (train + text, train))
    return 8 * (both - alone) / len(text)
