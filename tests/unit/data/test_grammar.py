"""The grammar's limits: by formula, by all sentences, by counting; and that none of them is beaten by luck."""

import pytest
import torch
from refused import refused

from utils.data import grammar


@pytest.mark.parametrize("directions", grammar.DIRECTIONS)
def test_formula_all_sentences_and_counts_agree(directions):
    limit = grammar.limit(directions)
    for T in (2, 4, 6):
        assert grammar.limit_by_enumeration(directions, T) == pytest.approx(limit, abs=1e-9)
    ids, tags = grammar.sample(20_000, 8, torch.Generator().manual_seed(0))
    assert grammar.limit_by_counting(ids, tags, directions) == pytest.approx(limit, abs=0.005)


def test_limits_by_hand():
    assert grammar.limit("forward") == pytest.approx(1 - (0.5 + 0.4 + 0.2) / 12)
    assert grammar.limit("backward") == pytest.approx(1 - (0.5 + 0.3 + 0.1) / 12)
    assert grammar.limit("both") == 1


def test_pairs_are_a_distribution_and_each_telling_word_tells():
    pairs = grammar.pairs()
    assert len(pairs) == 12 and sum(p for *_, p in pairs) == pytest.approx(1)
    for words, tags, _ in pairs:
        word = next(w for w in words if w in grammar.TOLD_AFTER or w in grammar.TOLD_BEFORE)
        noun = bool({"is", "the"} & set(words))
        assert tags[words.index(word)] == ("NOUN" if noun else "VERB")
        assert (words.index(word) == 0) == (word in grammar.TOLD_AFTER)


def test_sample_follows_the_probabilities_and_repeats_with_its_seed():
    ids, tags = grammar.sample(20_000, 4, torch.Generator().manual_seed(0))
    again, _ = grammar.sample(20_000, 4, torch.Generator().manual_seed(0))
    assert torch.equal(ids, again) and ids.shape == tags.shape == (20_000, 4)
    for word, p in (grammar.TOLD_AFTER | grammar.TOLD_BEFORE).items():
        its = ids == grammar.WORDS.encode([word])[0]
        assert its.float().mean() == pytest.approx(1 / 12, abs=0.005)
        assert (tags[its] == grammar.TAGS.index("NOUN")).float().mean() == pytest.approx(p, abs=0.02)


def test_the_best_table_by_hand():
    sentences = [("ab", "XY", 0.5), ("ac", "ZY", 0.25), ("bb", "XX", 0.25)]
    assert grammar.best_accuracy(sentences, "forward") == pytest.approx((0.5 + 0.25 + 1) / 2)
    assert grammar.best_accuracy(sentences, "both") == 1


@pytest.mark.refusal("data.grammar")
@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: grammar.sample(0, 4), "batch must be at least 1, got 0."),
        (lambda: grammar.sample(2, 5), "T must be even, because words come in pairs, got 5."),
        (lambda: grammar.limit("up"), "directions must be one of 'forward', 'backward', 'both', got 'up'."),
        (lambda: grammar.limit_by_enumeration("both", 1), "T must be at least 2, got 1."),
        (
            lambda: grammar.limit_by_counting(torch.ones(2, 3), torch.ones(2, 3), "both"),
            "ids must be of type torch.int64",
        ),
        (lambda: grammar.best_accuracy([], "up"), "directions must be one of 'forward', 'backward', 'both', got 'up'."),
    ],
)
def test_bad_input_gives_one_sentence(call, sentence):
    with refused((ValueError, TypeError)) as failure:
        call()
    assert str(failure.value).startswith(sentence)
