"""Recipes for a classifier of reviews: every choice from the text to the last step of training.

The choices were made on the validation split, a tenth of the training reviews that is about other films than the rest.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterable
from dataclasses import asdict, dataclass

import numpy as np
import torch

from utils.arrays.text import Vocabulary, tokenise
from utils.data import Corpus, Split
from utils.data.batching import batches
from utils.machine import say, stopwatch
from utils.models.baselines import bag
from utils.models.classifier import Classifier
from utils.models.sentiment import Sentiment
from utils.train.trainer import Score, Trainer


@dataclass(frozen=True)
class Recipe:
    """Everything that decides how a classifier is trained; reviews=None takes them all."""

    about: str
    reviews: int | None = None
    vocabulary: int = 20_000
    max_tokens: int = 400
    batch: int = 32
    epochs: int = 1
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

    def options(self) -> dict:
        """The arguments of utils.models.Classifier after vocab_size."""
        names = ("rnn", "embedding", "hidden", "pooling", "segment", "bigrams", "dropout", "word_dropout")
        return {name: getattr(self, name) for name in names}


RECIPES = {
    "quick": Recipe(
        "5,000 reviews, for a lesson",
        reviews=5_000, vocabulary=10_000, max_tokens=256, epochs=2, dropout=0.2, word_dropout=0.2,
    ),
    "fast": Recipe("all reviews, one epoch", eps=1e-4),
    "best": Recipe(
        "a GRU, nearly all of each review, vectors for pairs of words",
        max_tokens=1_000, eps=1e-4, rnn="gru", bigrams=200_000,
    ),
}  # fmt: skip


def run(
    recipe: Recipe, corpus: Corpus, seeds: Iterable[int], test: bool = True, progress: bool = True
) -> tuple[list[Sentiment], dict]:
    """Train one classifier a seed: the classifiers, and all results as a dict for JSON.

    seeds: of weights, order and dropout; validation is the same for all. test=False leaves the test out. Seconds are
    those of training with validation; preparing the texts is counted by itself.
    """

    def ready(split: Split, words: list | None = None, generator: torch.Generator | None = None):
        ids = [vocabulary.encode(row) for row in words or map(tokenise, split.texts)]
        return batches(ids, split.labels, recipe.batch if generator else 64, recipe.max_tokens, generator)

    if not (seeds := list(seeds)):
        raise ValueError("seeds must hold at least one seed.")
    order = torch.Generator()
    with stopwatch() as took:
        train, validation = corpus.train.hold_out(0.1)
        train = train.sample(recipe.reviews or len(train))
        words = [tokenise(text) for text in train.texts]
        vocabulary = Vocabulary.build(words, recipe.vocabulary)
        learn, choose = ready(train, words, order), ready(validation)
    facts = {"recipe": asdict(recipe), "data": sizes(corpus, train, validation), "prepare_seconds": took["seconds"]}
    exam, runs, models = ready(corpus.test) if test else None, [], []
    for seed in seeds:
        torch.manual_seed(seed)
        order.manual_seed(seed)
        model = Classifier(len(vocabulary), **recipe.options())
        trainer = Trainer(
            model,
            recipe.lr,
            recipe.epochs,
            eps=recipe.eps,
            label_smoothing=recipe.label_smoothing,
            seed=seed,
            threads=1,
        )
        if not runs:
            facts |= {"processes": trainer.processes, "device": str(trainer.device)}
            many = f"{trainer.processes} process{'es' if trainer.processes > 1 else ''}"
            say(f"{many} on {trainer.device}, {len(train):,} reviews to learn.")
        with stopwatch() as took:
            history = trainer.fit(learn, choose, progress=progress)
        one = {
            "seed": seed,
            **took,
            "epochs": len(history.seconds),
            "validation": _rounded(Score(history.valid_loss[history.best], history.valid_accuracy[history.best])),
        }
        if test:
            with stopwatch() as took:
                one["test"] = _rounded(trainer.evaluate(exam))
            one["test_seconds"] = took["seconds"]
        runs.append(one)
        models.append(Sentiment(model.cpu(), vocabulary, recipe.options(), recipe.max_tokens))
        say(f"Seed {seed}: {one['seconds']:.1f} s of training{_shares(one)}.")
    middle = {name: statistics.median(one[name]["accuracy"] for one in runs) for name in _splits(test)}
    for name in ("seconds", "cpu_seconds"):
        middle[name] = statistics.median(one[name] for one in runs)
    parameters = sum(weight.numel() for weight in models[0].model.parameters())
    return models, facts | {"parameters": parameters, "runs": runs, "median": middle}


def run_bag(name: str, corpus: Corpus, test: bool = True):
    """Fit one of the bags of words on the same reviews: the fitted pipeline, and its results as a dict for JSON."""
    train, validation = corpus.train.hold_out(0.1)
    with stopwatch() as one:
        fitted = bag(name).fit(train.texts, train.labels)
    for split, texts in (("validation", validation), ("test", corpus.test))[: 1 + test]:
        one[split] = {"accuracy": round(fitted.score(texts.texts, texts.labels), 5)}
    say(f"Bag, {name}: {one['seconds']:.1f} s of training{_shares(one)}.")
    return fitted, {
        "name": name,
        "features": len(fitted[0].vocabulary_),
        "data": sizes(corpus, train, validation),
    } | one


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
    say(f"Together: {result['seconds']:.1f} s of training{_shares(result)}.")
    return result


def sizes(corpus: Corpus, train: Split, validation: Split) -> dict:
    """How many texts were learned, chosen by and tested on, and whether they are the course's sample."""
    return {
        "sample": corpus.sample,
        "train": len(train),
        "validation": len(validation),
        "test": len(corpus.test),
    }


def _splits(test: bool) -> tuple[str, ...]:
    return ("validation", "test") if test else ("validation",)


def _shares(one: dict) -> str:
    return "".join(f", {name} {one[name]['accuracy']:.1%}" for name in _splits(True) if name in one)


def _log_odds(p: np.ndarray) -> np.ndarray:
    p = np.clip(p, 1e-6, 1 - 1e-6)
    return np.log(p / (1 - p))


def _rounded(score: Score) -> dict:
    return {"loss": round(score.loss, 5), "accuracy": round(score.accuracy, 5)}
