"""The answers that the guesses of lessons 06 and 07 compute, found another way."""

import pytest
import torch

from utils.course.guesses import lesson06, lesson07
from utils.files import measured
from utils.models import Classifier, load_sentiment


def test_targets_for_the_old_labels_are_all_the_same():
    assert lesson06.reported_accuracy() == 100


def test_what_validation_promises_follows_the_measurement(monkeypatch):
    found = measured("practices")["validations"]
    assert min(found["drawn one by one"]) > found["test"] and lesson06.promised() == "more than the test keeps"
    for promise, word in ((0.80, "less than the test keeps"), (0.892, "about as many"), (0.894, "about as many")):
        other = {"validations": {"drawn one by one": [promise], "test": 0.892}}
        monkeypatch.setattr(lesson06, "measured", lambda name, other=other: other)
        assert lesson06.promised() == word


def test_the_share_of_word_vectors_is_that_of_the_lessons_network():
    network = Classifier(10_000, embedding=50, hidden=32, pooling="attention", segment=32)
    every = sum(weight.numel() for weight in network.parameters())
    assert lesson07.share_of_word_vectors() == pytest.approx(100 * network.embedding.weight.numel() / every, rel=1e-12)


def test_the_norms_are_those_of_the_shipped_embedding():
    sentiment = load_sentiment()
    worst, good = sentiment.model.embedding(torch.tensor(sentiment.vocabulary.encode(["worst", "good"]))).norm(dim=1)
    assert lesson07.worst_beside_good() == pytest.approx((worst / good).item(), rel=1e-5)
