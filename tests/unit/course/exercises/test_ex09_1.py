"""Exercise 09.1: the usual mistakes, which test_all.py tries, and other right answers."""

import numpy as np
import pytest
from judging import judged, rejected
from torch import nn

from utils.course.exercises import ex09_1
from utils.data import imdb_sample
from utils.data.batching import pad
from utils.text import tokenise


def same_again(train, validation, vocabulary):
    trainer = ex09_1.train_baseline(train, validation, vocabulary, seed=3)
    return lambda ids: trainer.predict(*pad(ids)).argmax(-1)


def looked_up(train, validation, vocabulary):
    """Someone who knows the file by heart."""
    corpus = imdb_sample()
    pairs = zip([*corpus.train.texts, *corpus.test.texts], [*corpus.train.labels, *corpus.test.labels])
    known = {tuple(vocabulary.encode(tokenise(text))): label for text, label in pairs}
    return lambda ids: [known.get(tuple(row), len(row) % 2) for row in ids]


def says(make):
    """An answer whose predict says make(a label of 0 or 1 for each review)."""
    return lambda train, validation, vocabulary: lambda ids: make(np.array([sum(row) % 2 for row in ids]))


def knows(change):
    """An answer that knows the hidden labels, to see what the check makes of them."""
    ids, labels = ex09_1.task().hidden
    known = {tuple(row): label for row, label in zip(ids, labels)}
    return lambda *given: lambda ids: change(np.array([known[tuple(row)] for row in ids]), ids)


def sorted_by_length(train, validation, vocabulary):
    return lambda ids: [sum(row) % 2 for row in sorted(ids, key=len)]


def never_the_same(train, validation, vocabulary):
    random = np.random.default_rng(0)
    return lambda ids: random.integers(0, 2, len(ids))


def validation_only(train, validation, vocabulary):
    return lambda ids: validation[1]


MISTAKES = [
    (lambda *given: None, "improve returns nothing"),
    (lambda *given: nn.Linear(2, 2), "it returns the network itself"),
    (lambda *given: [0, 1], "it returns list"),
    (says(lambda y: None), "predict returns nothing"),
    (says(lambda y: np.ones_like(y)), "every hidden review is called 1"),
    (says(lambda y: y * 0.8), "a label is 0 or 1"),
    (says(lambda y: np.stack([y, 1 - y], axis=1)), "argmax(-1)"),
    (says(lambda y: y[:, None]), "predict should return 400 labels, and it gives (400, 1)"),
    (validation_only, "predict should return 400 labels, and it gives (100,)"),
    (sorted_by_length, "batches() sorts by length"),
    (never_the_same, "is dropout still on?"),
    (knows(lambda y, ids: 1 - y), "less than by guessing: 1 means positive"),
    (looked_up, "% are needed"),
]


def test_the_baseline_itself_is_not_two_points_better():
    assert "are needed" in rejected("09.1", same_again)


@pytest.mark.parametrize(("wrong", "status"), [(93, "Not yet"), (92, "Correct")])
def test_two_points_are_needed_and_enough(wrong, status, monkeypatch):
    monkeypatch.setattr(ex09_1, "baseline_accuracy", lambda: 0.75)  # 308 of 400 are needed
    ids = ex09_1.task().hidden[0]
    mistaken = {tuple(row) for row in ids[:wrong]}
    answer = knows(lambda y, ids: np.where([tuple(row) in mistaken for row in ids], 1 - y, y))
    assert judged("09.1", answer)[0] == status


def test_the_task_has_as_many_reviews_as_it_says_and_none_of_the_file():
    task = ex09_1.task()
    assert [len(part[0]) for part in (task.train, task.validation, task.hidden)] == [500, 100, 400]
    assert all(0.45 < part[1].mean() < 0.55 for part in (task.train, task.validation, task.hidden))
    texts = {tuple(task.vocabulary.encode(tokenise(text))) for text in imdb_sample().train.texts}
    assert np.mean([tuple(row) in texts for row in task.train[0]]) < 0.1
