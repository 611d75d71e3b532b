"""Sentences become batches: each word once with its tag and its parts, padding left out, bad sentences named."""

import pytest
from refused import refused

from utils.data import UPOS, Tagged
from utils.data.batching import LEFT_OUT
from utils.data.tagging import batches, parts
from utils.text import Vocabulary

BANK = Tagged([["a", "b", "a"], ["b", "b"], ["a"]], [["DET", "NOUN", "DET"], ["VERB", "NOUN"], ["X"]])


def test_batches_hold_each_word_once_and_leave_padding_out():
    vocabulary = Vocabulary.build(BANK.words)
    (batch,) = batches(BANK, vocabulary, batch_size=3)
    ids, lengths, targets = batch
    assert sorted(lengths.tolist()) == [1, 2, 3]
    for row, length, target in zip(ids, lengths, targets):
        n = [vocabulary.encode(words) for words in BANK.words].index(row[:length].tolist())
        assert [UPOS[t] for t in target[:length]] == BANK.tags[n]
        assert (target[length:] == LEFT_OUT).all() and not row[length:].any()


def test_batches_with_endings_carry_the_parts_of_the_same_words():
    vocabulary = Vocabulary.build(BANK.words)
    for ids, lengths, rows, _ in batches(BANK, vocabulary, endings=50, batch_size=2):
        for row, length, its_parts in zip(ids, lengths, rows):
            assert [parts(word, 50) for word in vocabulary.decode(row[:length])] == its_parts[:length].tolist()
            assert not its_parts[length:].any()


@pytest.mark.refusal("models.tagger")
@pytest.mark.parametrize(
    ("words", "tags", "sentence"),
    [
        ([["a", "a"], []], [["X", "X"], []], "Sentence 1 has no words;"),
        ([["a"], ["a"]], [["X"], []], "Sentence 1 has 1 words and 0 tags; give each word one."),
    ],
)
def test_a_sentence_without_words_or_a_tag_for_each_is_named(words, tags, sentence):
    with refused(ValueError, sentence):
        batches(Tagged(words, tags), Vocabulary(["a"]))
