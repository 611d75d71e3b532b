"""The bag of words in NumPy against scikit-learn's, and the file that ships."""

import hashlib

import numpy as np
import pytest
from refused import refused

from utils.arrays.bag import SHIPPED, BagReader, load_bag
from utils.arrays.sentiment import load_reader
from utils.data import imdb_sample
from utils.models.baselines import bag
from utils.text import Vocabulary, tokenise

READER = load_reader()
TEXTS = ["a good film , a very good film", "bad", "good bad film of unheard words", "unheard"]
WORDS = Vocabulary(["a", "good", "bad", "film", "very", ","])


@pytest.fixture(scope="module")
def fitted():
    """scikit-learn's bag of these words, and ours with its numbers."""
    train = imdb_sample().train
    pipeline = bag("unigrams", only=WORDS.words[2:]).fit(train.texts, train.labels)
    weigh, regression = pipeline
    return pipeline, BagReader(
        np.pad(regression.coef_[0], (2, 0)), np.pad(weigh.idf_, (2, 0)), regression.intercept_[0], WORDS
    )


def test_the_log_odds_are_scikit_learns(fitted):
    pipeline, ours = fitted
    texts = TEXTS + imdb_sample().test.texts[:50]
    for text, want in zip(texts, pipeline.decision_function(texts)):
        assert ours.log_odds(tokenise(text)) == pytest.approx(want, abs=1e-5)


def test_the_shares_are_the_terms_of_the_sum_and_equal_words_share_theirs(fitted):
    pipeline, ours = fitted
    words = tokenise(TEXTS[0])
    shares = ours.shares(words)
    value = pipeline[0].transform([TEXTS[0]]).toarray()[0]  # (features,)
    for word in set(words):
        of_it = [share for share, each in zip(shares, words) if each == word]
        term = value[pipeline[0].vocabulary_[word]] * pipeline[1].coef_[0][pipeline[0].vocabulary_[word]]
        assert of_it == pytest.approx([term / len(of_it)] * len(of_it), abs=1e-6)


def test_without_a_known_word_only_the_bias_is_left(fitted):
    ours = fitted[1]
    assert ours.shares([]).shape == (0,) and ours.shares(["unheard", "words"]).tolist() == [0, 0]
    assert ours.log_odds(["unheard"]) == ours.log_odds([]) == ours.bias


def test_a_saved_bag_is_the_same_in_half_precision(fitted, tmp_path):
    ours = fitted[1]
    ours.facts = {"run": {"seconds": 1.0}}
    again = load_bag(WORDS, ours.save(tmp_path / "small"))
    assert again.facts == ours.facts and again.bias == ours.bias
    np.testing.assert_allclose(again.weights, ours.weights, rtol=1e-3)
    assert again.save(tmp_path / "twice").read_bytes() == (tmp_path / "small.safetensors").read_bytes()


def test_the_shipped_bag_is_small_and_nearly_as_good_as_the_reader():
    ours = load_bag(READER.vocabulary)
    assert SHIPPED.stat().st_size <= 150_000 and len(ours.weights) == len(READER.vocabulary)
    assert hashlib.sha256(SHIPPED.read_bytes()).hexdigest() in (SHIPPED.parent / "README.md").read_text(
        encoding="utf-8"
    )
    assert ours.facts["command"] == "python -m utils.train imdb --recipe bag --save data/bag.safetensors"
    assert ours.facts["data"] == READER.facts["data"] and not ours.facts["data"]["sample"]
    assert 0 < READER.facts["run"]["test"]["accuracy"] - ours.facts["run"]["test"]["accuracy"] < 0.01
    assert ours.log_odds(tokenise("A wonderful film.")) > 1 > -1 > ours.log_odds(tokenise("A boring film."))


@pytest.mark.refusal("arrays.bag")
@pytest.mark.parametrize(
    "load, error, sentence",
    [
        (lambda: load_bag(WORDS), ValueError, "is a bag of other words than those of this vocabulary; make it with"),
        (
            lambda: load_bag(WORDS, "nothing"),
            FileNotFoundError,
            "no file at nothing.safetensors; make it with .python -m",
        ),
        (lambda: load_bag(WORDS, SHIPPED.with_name("sentiment")), ValueError, "not a saved model of this kind"),
    ],
)
def test_another_file_is_refused_in_one_sentence(load, error, sentence):
    with refused(error, sentence):
        load()
