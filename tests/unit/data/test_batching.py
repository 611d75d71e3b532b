import json

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from refused import refused

from utils import files
from utils.arrays.text import Vocabulary, tokenise, truncate
from utils.data.batching import LengthBuckets, batches, pad

words = st.lists(st.text("abcdé'!", min_size=1, max_size=4), min_size=1, max_size=30)
id_lists = st.lists(st.lists(st.integers(1, 50), min_size=1, max_size=12), min_size=1, max_size=9)


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
    assert vocabulary.decode(torch.tensor(ids)) == tokens


def test_vocabulary_file_round_trip_is_utf8(tmp_path):
    vocabulary = Vocabulary.build([["naïve", "映画", "film"]])
    vocabulary.save(tmp_path / "deep" / "words.json")
    assert Vocabulary.load(tmp_path / "deep" / "words.json").words == vocabulary.words
    assert "映画" in (tmp_path / "deep" / "words.json").read_text(encoding="utf-8")


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


@given(id_lists)
def test_pad_keeps_every_id_and_fills_with_zeros(rows):
    ids, lengths = pad(rows)
    assert ids.dtype == lengths.dtype == torch.int64
    assert ids.shape == (len(rows), max(map(len, rows)))
    assert [row[:n].tolist() for row, n in zip(ids, lengths)] == rows
    assert (ids != 0).sum() == lengths.sum()


@given(st.lists(st.integers(1, 30), min_size=1, max_size=200), st.integers(1, 9), st.booleans())
def test_buckets_give_each_index_once(lengths, size, shuffle):
    buckets = LengthBuckets(lengths, size, torch.Generator().manual_seed(3) if shuffle else None)
    epoch = list(buckets)
    assert sorted(i for batch in epoch for i in batch) == list(range(len(lengths)))
    assert len(epoch) == len(buckets) and max(map(len, epoch)) <= size


def test_buckets_hold_similar_lengths_and_shuffle_by_seed():
    lengths = torch.randint(1, 500, (2000,), generator=torch.Generator().manual_seed(0))
    first, second = (list(LengthBuckets(lengths, 20, torch.Generator().manual_seed(5))) for _ in range(2))
    assert first == second
    buckets = LengthBuckets(lengths, 20, torch.Generator().manual_seed(5))
    assert list(buckets) != list(buckets)  # the next epoch has another order
    spread = max(int(lengths[b].max() - lengths[b].min()) for b in first)
    assert spread < 50


def test_batches_truncate_pad_and_keep_labels_with_their_texts():
    rows = [[i + 2] * (1 + i % 7) for i in range(40)]
    seen = {}
    for ids, lengths, labels in batches(rows, list(range(40)), 8, max_tokens=4, generator=torch.Generator()):
        assert ids.shape[1] == lengths.max() <= 4
        seen |= {label: row for label, row in zip(labels.tolist(), ids[:, 0].tolist())}
    assert seen == {i: i + 2 for i in range(40)}


good = Vocabulary(["a"])


@pytest.mark.refusal("text")
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
        (lambda: Vocabulary.load("/nowhere/words.json"), FileNotFoundError, "There is no vocabulary at"),
        (lambda: truncate([1, 2], 0), ValueError, "max_tokens must be at least 1"),
        (lambda: truncate([1, 2], 1, head=1.5), ValueError, "head must be between 0 and 1, got 1.5"),
        (lambda: truncate([1, 2], 5, head="half"), TypeError, "head must be a number"),
        (lambda: pad([]), ValueError, "The batch is empty"),
        (lambda: pad([[2], []]), ValueError, "Text 1 of the batch has no words"),
        (lambda: pad([[2]], max_tokens=1.5), TypeError, "max_tokens must be a whole number"),
        (lambda: LengthBuckets([], 2), ValueError, "at least one length"),
        (lambda: LengthBuckets([3], 0), ValueError, "batch_size must be at least 1"),
        (lambda: batches([[1]], [0, 1]), ValueError, "one label for each text"),
    ],
)
def test_bad_input_gets_one_sentence(call, error, sentence):
    with refused(error, sentence):
        call()


@pytest.mark.refusal("text")
@pytest.mark.parametrize("content", ["", "{}", "[1, 2]", '["a", "a"]', '["a"', "\x00\x01"])
def test_a_damaged_vocabulary_is_refused(tmp_path, content):
    path = tmp_path / "words.json"
    path.write_text(content)
    with refused(ValueError, "is not a saved vocabulary"):
        Vocabulary.load(path)


def test_a_failed_write_leaves_the_old_file_and_no_rest(tmp_path, monkeypatch):
    path = tmp_path / "words.json"
    good.save(path)

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        Vocabulary(["b"]).save(path)
    assert json.loads(path.read_text()) == ["a"] and list(tmp_path.iterdir()) == [path]
