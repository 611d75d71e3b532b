"""Recipes for a classifier of reviews: every choice from the text to the last step of training.

The choices were made on the validation split, a tenth of the training reviews that is about other films than the rest.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np
import torch

from utils.arrays.bag import BagReader
from utils.data import Corpus, Split
from utils.data.batching import batches
from utils.machine import say, stopwatch
from utils.models.baselines import bag
from utils.models.classifier import Classifier
from utils.models.sentiment import Sentiment
from utils.text import Vocabulary, tokenise
from utils.train import recipes
from utils.train.history import History, Score
from utils.train.trainer import Trainer


@dataclass(frozen=True)
class Recipe(recipes.Recipe):
    """Choices of the text, of the Trainer and, from rnn on, of the Classifier; reviews=None takes them all."""

    reviews: int | None = None
    vocabulary: int = 20_000
    max_tokens: int = 400
    batch: int = 32
    lr: float = 2e-2
    eps: float = 1e-8
    label_smoothing: float = 0.05
    rnn: str = "lstm"
    embedding: int = 50
    hidden: int = 32
    pooling: str = "attention"
    segment: int | None = 32
    bigrams: int = 0
    dropout: float = 0.0
    word_dropout: float = 0.1

    MODEL: ClassVar = ("rnn", "embedding", "hidden", "pooling", "segment", "bigrams", "dropout", "word_dropout")
    TRAINER: ClassVar = ("lr", "epochs", "eps", "label_smoothing")


RECIPES = {
    "quick": Recipe(
        "5,000 reviews, for a lesson",
        reviews=5_000, vocabulary=10_000, max_tokens=256, epochs=2, dropout=0.2, word_dropout=0.2,
    ),
    # Twice the batch halves the gradient of a word that stands in one of its reviews, so eps is halved with it.
    "fast": Recipe("all reviews, one epoch", eps=1e-4, on_gpu={"batch": 64, "lr": 0.04, "eps": 5e-5}),
    "best": Recipe(
        "a GRU, nearly all of each review, vectors for pairs of words",
        max_tokens=1_000, eps=1e-4, rnn="gru", bigrams=200_000,
    ),
}  # fmt: skip


def run(
    recipe: Recipe, corpus: Corpus, seeds: Iterable[int] = (0,), test: bool = True, progress: bool = True
) -> tuple[list[Sentiment], dict]:
    """Train one classifier a seed, all on the same reviews: see utils.train.recipes.run. test=False leaves it out."""
    return recipes.run(Reviews, recipe, corpus, seeds, test, progress)


class Reviews(recipes.Task):
    """Reviews to learn from, a tenth of them held out for validation, and the test reviews."""

    def __init__(self, recipe: Recipe, corpus: Corpus):
        super().__init__(recipe)
        train, validation = corpus.train.hold_out(0.1)
        train = train.sample(recipe.reviews or len(train))
        words = [tokenise(text) for text in train.texts]
        self.corpus, self.vocabulary = corpus, Vocabulary.build(words, recipe.vocabulary)
        self.train, self.valid = self._batches(train, words, self.order), self._batches(validation)
        self.data, self.learned = sizes(corpus, train, validation), f"{len(train):,} reviews"

    def network(self) -> Classifier:
        return Classifier(len(self.vocabulary), **self.recipe.options())

    def trained(self, network: Classifier) -> Sentiment:
        return Sentiment(network, self.vocabulary, self.recipe.options(), self.recipe.max_tokens)

    def measure(self, trained: Sentiment, trainer: Trainer, history: History, test: bool) -> dict:
        found = {"validation": _rounded(history.kept)}
        if test:
            exam = self.exam
            with stopwatch() as took:
                found["test"] = _rounded(trainer.evaluate(exam))
            found["test_seconds"] = took["seconds"]
        return found

    @cached_property
    def exam(self):
        """The test reviews in batches; made when they are asked for."""
        return self._batches(self.corpus.test)

    def _batches(self, split: Split, words: list | None = None, order: torch.Generator | None = None):
        ids = [self.vocabulary.encode(row) for row in words or map(tokenise, split.texts)]
        return batches(ids, split.labels, self.recipe.batch if order else 64, self.recipe.max_tokens, order)


def run_bag(name: str, corpus: Corpus, test: bool = True):
    """Fit one of the bags of words on the same reviews: the fitted pipeline, and its results as a dict for JSON."""
    train, validation = corpus.train.hold_out(0.1)
    with stopwatch() as one:
        fitted = bag(name).fit(train.texts, train.labels)
    for split, texts in (("validation", validation), ("test", corpus.test))[: 1 + test]:
        one[split] = {"accuracy": round(fitted.score(texts.texts, texts.labels), 5)}
    say(f"Bag, {name}: {one['seconds']:.1f} s of training{recipes.shares(one)}.")
    return fitted, {
        "name": name,
        "features": len(fitted[0].vocabulary_),
        "data": sizes(corpus, train, validation),
    } | one


def run_small_bag(corpus: Corpus, test: bool = True) -> tuple[BagReader, dict]:
    """The bag of unigrams over the words of recipe "fast", and its results as a dict for JSON.

    It learns from the same reviews and is measured as it is saved, in half precision, so its files go together.
    """
    train, validation = corpus.train.hold_out(0.1)
    words = Vocabulary.build(map(tokenise, train.texts), RECIPES["fast"].vocabulary)
    with stopwatch() as one:
        weigh, regression = bag("unigrams", only=words.words[2:]).fit(train.texts, train.labels)
    of_ids = [np.pad(values, (2, 0)).astype(np.float16) for values in (regression.coef_[0], weigh.idf_)]
    made = BagReader(*of_ids, regression.intercept_[0], words)
    for split, texts in (("validation", validation), ("test", corpus.test))[: 1 + test]:
        says = np.array([made.log_odds(tokenise(text)) > 0 for text in texts.texts])
        one[split] = {"accuracy": round(float((says == texts.labels).mean()), 5)}
    say(f"Bag of {len(words) - 2:,} words: {one['seconds']:.1f} s of training{recipes.shares(one)}.")
    made.facts = {"run": one, "data": sizes(corpus, train, validation)}
    return made, made.facts | {"processes": 1, "best_seed": 0}


def run_ensemble(corpus: Corpus, seeds: Iterable[int], test: bool = True, progress: bool = True) -> dict:
    """Networks of the best recipe and the bag of weighted bigrams vote; the results as a dict for JSON.

    The vote is the sum of two log-odds, the networks' mean and the bag's, each in units of its own spread over the
    validation reviews: the bag is about twice as sure of itself, and would outvote the networks.
    """
    models, networks = run(RECIPES["best"], corpus, seeds, test, progress)
    fitted, bag_of_pairs = run_bag("weighted bigrams", corpus, test)
    result = {"networks": networks, "bag": bag_of_pairs, "processes": networks["processes"]}
    seconds = [one["seconds"] for one in networks["runs"]] + [bag_of_pairs["seconds"]]
    result["data"], result["seconds"] = networks["data"], round(sum(seconds), 2)
    spread, validation = None, corpus.train.hold_out(0.1)[1]
    for split, texts in (("validation", validation), ("test", corpus.test))[: 1 + test]:
        words = [tokenise(text) for text in texts.texts]
        of_networks = np.mean([_log_odds(model.predict_words(words)) for model in models], axis=0)
        votes = np.stack([of_networks, fitted.decision_function(texts.texts)])  # (2, N)
        spread = votes.std(axis=1, keepdims=True) if spread is None else spread
        right = ((votes / spread).sum(axis=0) > 0) == texts.labels
        result[split] = {"accuracy": round(float(right.mean()), 5)}
    say(f"Together: {result['seconds']:.1f} s of training{recipes.shares(result)}.")
    return result


def sizes(corpus: Corpus, train: Split, validation: Split) -> dict:
    """How many texts were learned, chosen by and tested on, and whether they are the course's sample."""
    return {
        "sample": corpus.sample,
        "train": len(train),
        "validation": len(validation),
        "test": len(corpus.test),
    }


def _log_odds(p: np.ndarray) -> np.ndarray:
    p = np.clip(p, 1e-6, 1 - 1e-6)
    return np.log(p / (1 - p))


def _rounded(score: Score) -> dict:
    return {"loss": round(score.loss, 5), "accuracy": round(score.accuracy, 5)}
