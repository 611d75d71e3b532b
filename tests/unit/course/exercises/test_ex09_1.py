"""Exercise 09.1: the usual mistakes, which test_all.py tries, and other right answers."""

import numpy as np
import pytest
from judging import judged, rejected
from scipy import stats
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
    (looked_up, "it is worse by more than luck"),
]


def right_but(count: int) -> np.ndarray:
    """Which of the hidden reviews are right if the first `count` are not."""
    return np.arange(len(ex09_1.task().hidden[0])) >= count


def judged_with(right: np.ndarray) -> tuple[str, str]:
    """What the check says of an answer that has just these hidden reviews right."""
    wrong = {tuple(row) for row, good in zip(ex09_1.task().hidden[0], right) if not good}
    return judged("09.1", knows(lambda y, ids: np.where([tuple(row) in wrong for row in ids], 1 - y, y)))


def test_another_seed_of_the_baseline_is_not_told_from_luck():
    assert "do not tell it from luck" in rejected("09.1", same_again)


@pytest.mark.parametrize(("gained", "status"), [(17, "Not yet"), (18, "Correct")])
def test_a_gain_counts_by_its_interval_alone(gained, status, monkeypatch):
    """The baseline misses 100 reviews. The answer has 30 + gained of those right and misses 30 others."""
    monkeypatch.setattr(ex09_1, "baseline_right", lambda: right_but(100))
    right = right_but(100)
    right[: 30 + gained], right[-30:] = True, False
    low = stats.norm.interval(0.95, gained / 400, stats.sem(right.astype(int) - right_but(100)))[0]
    assert (low > 0) == (status == "Correct")
    assert judged_with(right)[0] == status


def test_the_same_gain_counts_for_more_where_the_models_agree_on_the_rest(monkeypatch):
    """Five more and none lost is more than luck; the same number of right answers with others lost was not."""
    monkeypatch.setattr(ex09_1, "baseline_right", lambda: right_but(100))
    assert judged_with(right_but(95))[0] == "Correct"
    assert judged_with(right_but(97))[0] == "Not yet"


def test_another_model_of_the_lesson_s_numbers():
    """Two points of 400 reviews, as the lesson has it, are luck: +2.0 ± 4.2."""
    new, old = np.repeat([1, 1, 0, 0], [280, 40, 32, 48]) > 0, np.repeat([1, 0, 1, 0], [280, 40, 32, 48]) > 0
    mean, half = ex09_1.gain(new, old)
    assert (round(mean, 1), round(half, 1)) == (2.0, 4.2)


def test_the_task_has_as_many_reviews_as_it_says_and_none_of_the_file():
    task = ex09_1.task()
    assert [len(part[0]) for part in (task.train, task.validation, task.hidden)] == [500, 100, 400]
    assert all(0.45 < part[1].mean() < 0.55 for part in (task.train, task.validation, task.hidden))
    texts = {tuple(task.vocabulary.encode(tokenise(text))) for text in imdb_sample().train.texts}
    assert np.mean([tuple(row) in texts for row in task.train[0]]) < 0.1
