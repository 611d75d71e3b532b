"""Words, vocabularies and cut texts; they know nothing of torch, and take its integers all the same."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from refused import refused

from utils.arrays.text import Vocabulary, tokenise, truncate

words = st.lists(st.text("abcdé'!", min_size=1, max_size=4), min_size=1, max_size=30)


@pytest.mark.parametrize(
    "text, expected",
    [
        ("This movie is GREAT!", ["this", "movie", "is", "great", "!"]),
        ("Don't.<br /><br />Go", ["don", "'", "t", ".", "go"]),
        ('He said: "no"; (why?)', ["he", "said", "no", "(", "why", "?", ")"]),
        ("9.5/10, well-made", ["9", ".", "5/10", ",", "well-made"]),
        ("  \t\n ", []),
        ("", []),
    ],
)
def test_tokenise_follows_the_rules_of_basic_english(text, expected):
    assert tokenise(text) == expected


@given(st.text())
def test_tokenise_gives_lower_case_words_without_spaces(text):
    for token in tokenise(text):
        assert token and token.split() == [token] and token == token.lower()


def test_vocabulary_ranks_by_frequency_then_alphabet():
    vocabulary = Vocabulary.build([["b", "a", "c"], ["c", "b", "a", "c"], ["d"]], max_size=5)
    assert vocabulary.words == ["<pad>", "<unk>", "c", "a", "b"]
    assert vocabulary.encode(["a", "d", "<pad>", "<unk>"]) == [3, 1, 1, 1]
    assert "a" in vocabulary and "d" not in vocabulary and len(vocabulary) == 5


@given(words)
def test_vocabulary_round_trip(tokens):
    vocabulary = Vocabulary.build([tokens])
    ids = vocabulary.encode(tokens)
    assert vocabulary.decode(ids) == tokens and min(ids) >= 2
    assert vocabulary.decode(torch.tensor(ids)) == vocabulary.decode(np.array(ids)) == tokens


@given(st.lists(st.integers(), max_size=40), st.integers(1, 50))
def test_truncate_keeps_a_quarter_from_the_head_and_the_rest_from_the_tail(ids, n):
    cut = truncate(ids, n)
    assert len(cut) == min(n, len(ids))
    if len(ids) > n:
        assert cut[: n // 4] == ids[: n // 4] and cut[n // 4 :] == ids[len(ids) - (n - n // 4) :]


def test_truncate_keeps_as_much_of_the_head_as_asked_for():
    ids = list(range(10))
    assert truncate(ids, 4, head=0.0) == [6, 7, 8, 9]
    assert truncate(ids, 4, head=0.5) == [0, 1, 8, 9]
    assert truncate(ids, 4, head=1.0) == truncate(ids, 4, head=1) == [0, 1, 2, 3]
    assert truncate(ids, 3, head=0.5) == [0, 8, 9]
    assert truncate(ids, 10, head=0.0) is ids


good = Vocabulary(["a"])


@pytest.mark.refusal("arrays.text")
@pytest.mark.parametrize(
    "call, error, sentence",
    [
        (lambda: tokenise(None), TypeError, "text must be a string, got None"),
        (lambda: tokenise(b"film"), TypeError, "text must be a string"),
        (lambda: Vocabulary("film"), TypeError, "words must be a list of strings"),
        (lambda: Vocabulary(["a", "a"]), ValueError, "Each word may stand once"),
        (lambda: Vocabulary(["<pad>"]), ValueError, "Each word may stand once"),
        (lambda: Vocabulary.build(["a film"]), TypeError, "Pass a list of words"),
        (lambda: Vocabulary.build([]), ValueError, "The texts hold no words"),
        (lambda: Vocabulary.build([["a"]], max_size=2), ValueError, "max_size must be at least 3"),
        (lambda: good.encode("a film"), TypeError, "Pass a list of words"),
        (lambda: good.decode([3]), ValueError, "Each id must be below 3"),
        (lambda: good.decode([-1]), ValueError, "Each id must be at least 0"),
        (lambda: good.decode([True]), TypeError, "Each id must be a whole number, got True"),
        (lambda: good.decode(torch.tensor([1.0])), TypeError, "Each id must be a whole number"),
        (lambda: good.decode(torch.tensor([[1, 2]])), TypeError, "Each id must be a whole number"),
        (lambda: truncate([1, 2], 0), ValueError, "max_tokens must be at least 1"),
        (lambda: truncate([1, 2], 1, head=1.5), ValueError, "head must be between 0 and 1, got 1.5"),
        (lambda: truncate([1, 2], 5, head="half"), TypeError, "head must be a number"),
    ],
)
def test_bad_input_gets_one_sentence(call, error, sentence):
    with refused(error, sentence):
        call()
