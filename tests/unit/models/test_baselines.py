import numpy as np
import pytest
from refused import refused
from scipy.sparse import csr_matrix
from sklearn.exceptions import NotFittedError
from sklearn.naive_bayes import MultinomialNB

from utils.data import imdb_sample
from utils.models.baselines import BAGS, NaiveBayesWeights, bag


def test_the_weights_are_those_of_naive_bayes():
    generator = np.random.default_rng(0)
    X, y = csr_matrix(generator.integers(0, 2, (60, 9))), generator.integers(0, 2, 60)
    authority = MultinomialNB(alpha=1.0).fit(X, y).feature_log_prob_
    weights = NaiveBayesWeights().fit(X, y)
    np.testing.assert_allclose(weights.r_, authority[1] - authority[0], rtol=1e-12)
    np.testing.assert_allclose(weights.transform(X).toarray(), X.toarray() * weights.r_)
    with pytest.raises(NotFittedError):
        NaiveBayesWeights().transform(X)


@pytest.mark.parametrize("name", BAGS)
def test_each_bag_learns_the_sample_and_only_pairs_see_order(name):
    sample = imdb_sample()
    fitted = bag(name, features=5_000).fit(sample.train.texts, sample.train.labels)
    score = fitted.score(sample.test.texts, sample.test.labels)
    assert score == 0.5 if name == "majority" else score > 0.75
    one, other = fitted.predict_proba(["it is not bad , it is good", "it is not good , it is bad"])[:, 1]
    assert (abs(one - other) > 1e-6) == ("bigrams" in name)


def test_fewer_features_are_the_most_frequent():
    fitted = bag("unigrams", features=7).fit(["a a b c d e f g h", "a b b c d e f g i"], [0, 1])
    assert set(fitted[0].vocabulary_) == set("abcdefg")


@pytest.mark.refusal("models.baselines")
@pytest.mark.parametrize(
    "given, error, sentence",
    [(("trigrams",), ValueError, "name must be one of majority"), (("bigrams", 0), ValueError, "features must be")],
)
def test_bad_input(given, error, sentence):
    with refused(error, sentence):
        bag(*given)
