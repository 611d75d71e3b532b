"""Exercise 09.1: better than a small bidirectional LSTM by more than luck, on reviews that were never seen."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch

from utils.course.exercises.base import NotYet, register, something
from utils.data import imdb_sample
from utils.data.batching import batches, pad
from utils.models.classifier import Classifier
from utils.text import Vocabulary, tokenise
from utils.train.trainer import Trainer

Labeled = tuple[list[list[int]], np.ndarray]  # the ids of each review, and the labels (N,)
BASELINES = 3  # trainings of the model to beat; the best of them counts
WIDTHS = 1.96  # standard errors to either side of a gain: 95 of 100 intervals hold the true one


@dataclass(frozen=True)
class Task:
    """Reviews as ids, in three parts."""

    train: Labeled
    validation: Labeled
    hidden: Labeled
    vocabulary: Vocabulary


@lru_cache(maxsize=1)
def task() -> Task:
    """The course's generated reviews, each with its sentences in another order: 500, 100 and 400 of them.

    In the file the last sentence always tells the verdict, and a model that reads just that does well. Put in
    another order, every sentence counts, and the reviews are not those of the file.
    """
    corpus, order = imdb_sample(), random.Random(6)
    words = []
    for text in [*corpus.train.texts, *corpus.test.texts]:
        sentences = re.split(r"(?<=[.!]) ", text)
        order.shuffle(sentences)
        words.append(tokenise(" ".join(sentences)))
    vocabulary = Vocabulary.build(words[:500])
    ids = [vocabulary.encode(row) for row in words]
    labels = np.concatenate([corpus.train.labels, corpus.test.labels])
    parts = ((ids[a:b], labels[a:b]) for a, b in ((0, 500), (500, 600), (600, 1000)))
    return Task(*parts, vocabulary)


def train_baseline(train: Labeled, validation: Labeled, vocabulary: Vocabulary, seed: int = 0) -> Trainer:
    """The model to beat: embedding 50, an LSTM of 32 units in both directions, the states at the true ends."""
    torch.manual_seed(seed)
    trainer = Trainer(
        Classifier(len(vocabulary), 50, 32, pooling="last"), epochs=8, patience=8, device="cpu", seed=seed
    )
    shuffle = torch.Generator().manual_seed(seed)
    trainer.fit(batches(*train, 32, generator=shuffle), batches(*validation, 100), progress=False)
    return trainer


@lru_cache(maxsize=1)
def baseline_right() -> np.ndarray:
    """Which hidden reviews the best of `BASELINES` trainings has right, (N,) of bool."""
    t = task()
    ids, labels = t.hidden
    trainers = (train_baseline(t.train, t.validation, t.vocabulary, seed) for seed in range(BASELINES))
    return max((trainer.predict(*pad(ids)).argmax(-1).numpy() == labels for trainer in trainers), key=np.mean)


def gain(after: np.ndarray, before: np.ndarray) -> tuple[float, float]:
    """Mean paired difference of two arrays (N,) of bool, and half the width of its 95 % interval, both in points."""
    difference = 100.0 * (after.astype(float) - before)
    return difference.mean(), WIDTHS * difference.std(ddof=1) / len(difference) ** 0.5


@register("09.1", title="Better than luck", minutes=40, difficulty="hard", answer="improve",
          ending="`return predict`, a function", hints=(
    "Begin with what takes one word to change: Classifier has pooling, hidden, dropout and word_dropout. Compare on "
    "validation, with two or three seeds each: on its 100 reviews a gain of 7 points may be luck.",
    "500 reviews are few to learn words from. The shipped model has learned its vectors from 22,500 real ones: "
    "load_sentiment().model.embedding.weight, its row i for the word load_sentiment().vocabulary.words[i].",
    "Copy those vectors into model.embedding.weight under torch.no_grad(), word by word, for the words both know; "
    'take pooling="attention" and dropout=0.3; train as the lesson does; return a function around trainer.predict.',
))  # fmt: skip
def check_improve(answer) -> str:
    """Train with the answer, and compare it on 400 hidden reviews with the best baseline, review by review."""
    t = task()
    ids, labels = t.hidden
    predict = answer(*((list(map(list, part[0])), part[1].copy()) for part in (t.train, t.validation)), t.vocabulary)
    if isinstance(predict, torch.nn.Module) or not callable(predict):
        raise NotYet(
            "improve should return a function that takes a list of reviews, each a list of ids, and gives their "
            f"labels; it returns {_kind(predict)}."
        )
    first = _labels(predict, ids)
    if not np.array_equal(first, _labels(predict, ids)):
        raise NotYet("the same reviews get other labels the second time: is dropout still on? Call eval().")
    if not np.array_equal(first, _labels(predict, ids[::-1])[::-1]):
        raise NotYet(
            "a label depends on where its review stands in the list. batches() sorts by length, so its results "
            "come in another order: use pad(ids), or predict one review at a time."
        )
    if len(set(first.tolist())) == 1:
        raise NotYet(f"every hidden review is called {first[0]}: has the model learned anything?")
    mine, theirs = first == labels, baseline_right()
    if mine.mean() < 0.4:
        raise NotYet(f"{mine.mean():.1%} of the hidden reviews are right, less than by guessing: 1 means positive.")
    mean, half = gain(mine, theirs)
    scores = (
        f"your model has {mine.mean():.1%} of the hidden reviews right, the best of {BASELINES} baselines "
        f"{theirs.mean():.1%}. Review by review the gain is {mean:+.1f} ± {half:.1f} points"
    )
    if mean + half < 0:
        raise NotYet(f"{scores}: it is worse by more than luck.")
    if mean - half <= 0:
        raise NotYet(f"{scores}. The interval contains 0, so {len(labels)} reviews do not tell it from luck.")
    return f"{scores}, and the interval lies above 0."


def _labels(predict, ids: list[list[int]]) -> np.ndarray:
    """What `predict` says of each review, (N,) of 0 and 1."""
    got = something("predict", predict([list(row) for row in ids]), "`return` and one label for each review")
    got = np.asarray(got.detach().cpu() if isinstance(got, torch.Tensor) else got)
    if got.shape == (len(ids), 2):
        raise NotYet("predict returns two numbers for each review: take the larger one's place, argmax(-1).")
    if got.shape != (len(ids),):
        raise NotYet(f"for {len(ids)} reviews predict should return {len(ids)} labels, and it gives {got.shape}.")
    if not np.isin(got, (0, 1)).all():
        raise NotYet("a label is 0 or 1: predict returns other numbers, perhaps probabilities.")
    return got.astype(int)


def _kind(value) -> str:
    return "the network itself" if isinstance(value, torch.nn.Module) else f"{type(value).__name__}"
