"""Bags of words with logistic regression: what a network has to beat."""

from __future__ import annotations

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.dummy import DummyClassifier
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.utils.validation import check_is_fitted

from utils.arrays.text import tokenise
from utils.errors import shown, whole

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


def bag(name: str, features: int | None = None) -> Pipeline:
    """An unfitted scikit-learn pipeline from texts to labels.

    name: "unigrams" or "bigrams" (with unigrams) by tf-idf, "weighted bigrams" by Naive Bayes; "majority" always says
    the class that is most frequent. features: at most so many, the most frequent; None takes what suits all of IMDb.
    Raises ValueError for another name.
    """
    if name not in BAGS:
        raise ValueError(f"name must be one of {', '.join(BAGS)}, got {shown(name)}.")
    if features is not None:
        whole("features", features)
    words = {"tokenizer": tokenise, "token_pattern": None, "lowercase": False}
    if name == "majority":
        return make_pipeline(CountVectorizer(**words, max_features=1), DummyClassifier(strategy="most_frequent"))
    # C was chosen on validation: the larger, the freer the weights.
    if name == "weighted bigrams":
        count = CountVectorizer(**words, ngram_range=(1, 2), binary=True, min_df=2, max_features=features)
        return make_pipeline(count, NaiveBayesWeights(), LogisticRegression(C=0.3, max_iter=1_000))
    longest, most, C = {"unigrams": (1, 30_000, 3.0), "bigrams": (2, 300_000, 10.0)}[name]
    count = TfidfVectorizer(**words, ngram_range=(1, longest), max_features=features or most, sublinear_tf=True)
    return make_pipeline(count, LogisticRegression(C=C, max_iter=1_000))
