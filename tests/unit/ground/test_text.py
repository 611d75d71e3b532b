"""Words, vocabularies and cut texts; they know nothing of torch, and take its integers all the same."""

import unicodedata

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from refused import refused

from utils.data.treebank import find_ud_english
from utils.text import HashedVocabulary, Vocabulary, plain, tokenise, truncate, vocabulary_of, words_and_marks

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


@pytest.mark.parametrize(
    "text, expected",
    [
        ("I don't, she's, they'd've", "I do n't , she 's , they 'd 've"),
        ("DON'T! He can't; cannot, won't.", "DO N'T ! He ca n't ; can not , wo n't ."),
        ("a well-known (3.5 or 1,000) $5", "a well - known ( 3.5 or 1,000 ) $ 5"),
        ("Mr. Smith of the U.S. came 1st at 10:30pm, Q1.", "Mr. Smith of the U.S. came 1st at 10:30 pm , Q1 ."),
        ("Wait... what?! -- :-) x@y.com https://a.b/c", "Wait ... what ?! -- :-) x@y.com https://a.b/c"),
        ("n't 's x_y naïve 映画", "n't 's x _ y naïve 映画"),
        (" \t\n", ""),
    ],
)
def test_words_and_marks_are_parted_as_in_the_treebank(text, expected):
    assert words_and_marks(text) == expected.split()


@given(st.text())
def test_words_and_marks_lose_no_letter(text):
    assert "".join(words_and_marks(text)) == "".join(text.split())


def test_no_text_keeps_it_waiting():
    for piece in ("@", "a@", "a.", "a", "1.", "n't", "a@b.", "www.", "-", "'"):
        assert words_and_marks(piece * 20_000)


def test_most_words_of_the_treebank_come_out_as_they_stand_there():
    folder = find_ud_english()
    if folder is None:
        pytest.skip("the real treebank is not here")
    right = total = 0
    for sentence in (folder / "en_ewt-ud-dev.conllu").read_text(encoding="utf-8").strip().split("\n\n"):
        lines = sentence.split("\n")
        text = next(line.removeprefix("# text = ") for line in lines if line.startswith("# text = "))
        words = [line.split("\t")[1] for line in lines if line.split("\t")[0].isdigit()]
        found, want = (set(places(text, each)) for each in (words_and_marks(text), words))
        right, total = right + len(found & want), total + len(want)
    assert right / total == pytest.approx(0.985, abs=0.001)


def places(text: str, words: list[str]) -> list[tuple[int, int]]:
    """Where each word begins and ends, the words standing in the text in this order."""
    found, end = [], 0
    for word in words:
        begin = text.index(word, end)
        end = begin + len(word)
        found.append((begin, end))
    return found


def test_a_hashed_vocabulary_knows_the_same_words_and_holds_none():
    plain_ = Vocabulary.build([["a", "film", "a"], ["bore"]])
    hashed = HashedVocabulary.of(plain_)
    words = ["bore", "a", "unheard", "film", "<pad>", "A", "\ud800"]
    assert hashed.encode(words) == plain_.encode(words) and len(hashed) == len(plain_)
    assert hashed.hashes[0] == 0xE8B7BE43 and all(isinstance(one, int) for one in hashed.hashes)  # CRC-32 of "a"
    assert isinstance(vocabulary_of(hashed.hashes), HashedVocabulary) and isinstance(vocabulary_of([]), Vocabulary)
    assert vocabulary_of(plain_.words[2:]).encode(words) == plain_.encode(words)


def test_two_words_with_one_hash_share_an_id():
    assert HashedVocabulary.of(Vocabulary(["plumless", "film", "buckeroo"])).encode(["plumless", "buckeroo"]) == [2, 2]


@pytest.mark.parametrize(
    "typed, meant",
    [
        ("It wasn’t good", "It wasn't good"),  # a phone, a word processor
        ("wasn\u1ffdt", "wasn't"),  # which becomes ´ when it is composed
        ("It wasn´t, wasn′t, wasnʼt, wasn＇t ‘good’", "It wasn't, wasn't, wasn't, wasn't 'good'"),
        ("“great” „great“ «great» ″great″ ‹great›", '"great" "great" "great" "great" \'great\''),
        ("Wait… what", "Wait... what"),
        ("1–2 well‑made − a", "1-2 well-made - a"),
        ("A film—dull—and long — so long", "A film - dull - and long - so long"),
        ("Ａ　ｆｉｌｍ，９／１０！（Ｇｏｏｄ）", "A film,9/10!(Good)"),  # full-width forms
        ("a\u00a0b\u2009c\u202fd\u3000e\tf", "a b c d e f"),
        ("not\u200b\u2060\ufeff go\u00adod\u200d\ufe0f", "not good"),
        ("\u202anot good\u202c\u200e\u2066\u2069", "not good"),
        ("a\r\nb\rc\u2028d\u2029e\x85f", "a\nb\nc\nd\ne\nf"),
        ("cafe\u0301 Gru\u0308\u00dfe", "café Grüße"),  # an accent that is a character of its own
        ("a ﬁne ﬂick, very eﬀective", "a fine flick, very effective"),  # copied from a page set in type
        ("7½ 10² 映画 ñ ★", "7½ 10² 映画 ñ ★"),  # all else stays
    ],
)
def test_plain_is_what_a_keyboard_of_ascii_would_have_typed(typed, meant):
    assert plain(typed) == meant


def test_plain_takes_every_blank_and_every_mark_that_nobody_sees_and_no_neighbor_of_theirs():
    kinds = {c: unicodedata.category(c) for c in map(chr, range(0x10000))}
    blanks = {*"\t\v\f"} | {c for c, kind in kinds.items() if kind == "Zs"}
    marks = {*"\xad\u180e\ufeff", *map(chr, range(0xFE00, 0xFE10))}
    marks |= {c for c, kind in kinds.items() if kind in ("Cf", "Cn") and "\u2000" <= c < "\u2070"}
    made = {c: plain(c) for c in kinds}
    assert {c for c in made if made[c] == " "} == blanks
    assert {c for c in made if made[c] == ""} == marks


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126) | st.just("\n")))
def test_plain_leaves_what_is_plain(text):
    assert plain(text) == text


@given(st.text() | st.text("’“”…—–´\u00a0\u200be\u0301ﬁ！　\r\n -"))
def test_plain_is_plain_the_second_time(text):
    assert plain(plain(text)) == plain(text)


def test_words_of_the_archive_are_not_changed_by_tokenise():
    """Its own text has curly quotes and dashes here and there; they are words of the vocabulary that ships."""
    assert tokenise("It’s – don´t, “a\u00a0b”½…") == ["it’s", "–", "don´t", ",", "“a", "b”½…"]


def test_vocabulary_ranks_by_frequency_then_alphabet():
    vocabulary = Vocabulary.build([["b", "a", "c"], ["c", "b", "a", "c"], ["d"]], max_size=5)
    assert vocabulary.words == ["<pad>", "<unk>", "c", "a", "b"]
    assert vocabulary.encode(["a", "d", "<pad>", "<unk>"]) == [3, 1, 1, 1]
    assert "a" in vocabulary and "d" not in vocabulary and len(vocabulary) == 5


def test_a_vocabulary_has_20_000_ids_if_nothing_else_is_asked():
    assert len(Vocabulary.build([list(map(str, range(20_001)))])) == 20_000


def test_the_two_marks_written_out_in_a_text_are_no_words():
    """Someone's text says "<pad>": neither may it take a second id, nor count as padding."""
    vocabulary = Vocabulary.build([["<pad>", "<pad>", "<unk>", "a"], ["<unk>", "b", "a"]])
    assert vocabulary.words == ["<pad>", "<unk>", "a", "b"]
    assert vocabulary.encode(["<pad>", "a", "<unk>"]) == [1, 2, 1]
    assert "<pad>" not in vocabulary and "<unk>" not in vocabulary
    for mark in ("<pad>", "<unk>"):
        with refused(ValueError, "The texts hold no words"):
            Vocabulary.build([[mark]])
        with refused(ValueError, "Each word may stand once in words"):
            Vocabulary(["a", mark])


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


@pytest.mark.refusal("text")
@pytest.mark.parametrize(
    "call, error, sentence",
    [
        (lambda: tokenise(None), TypeError, "text must be a string, got None"),
        (lambda: tokenise(b"film"), TypeError, "text must be a string"),
        (lambda: plain(None), TypeError, "text must be a string, got None"),
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
