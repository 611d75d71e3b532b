"""Our words and ids are those of torchtext 0.18, shown wherever that loads: `make test-torchtext`."""

import os
import sys
import types
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools import build
from utils.data import imdb_sample
from utils.text import Vocabulary, tokenise

try:
    import torchtext

    torchtext.disable_torchtext_deprecation_warning()
    from torchtext.data.utils import get_tokenizer
    from torchtext.vocab import build_vocab_from_iterator
except (ImportError, OSError):  # OSError: it is installed beside a torch that its binary does not fit
    torchtext = None

ROOT = Path(__file__).resolve().parents[3]
# `make test-torchtext` sets COURSE_STACK, and then nothing here is skipped: without torchtext it fails.
needs_torchtext = pytest.mark.skipif(
    torchtext is None and os.environ.get("COURSE_STACK") != "torchtext",
    reason="torchtext loads with torch 2.3 only: make test-torchtext",
)
pieces = st.sampled_from(
    [*"'\".,()!?;:<>- \t\n\u00a0\u2028\x85İßé", "<br />", "<br/>", "<BR />", "映画", "don't", "Film"]
)
texts = st.text() | st.lists(pieces | st.text(max_size=4), max_size=30).map("".join)


@needs_torchtext
@given(texts)
def test_the_words_of_any_text_are_those_of_basic_english(text):
    assert tokenise(text) == get_tokenizer("basic_english")(text)


@needs_torchtext
@given(st.lists(texts, min_size=1, max_size=8), st.integers(3, 40))
def test_the_ids_of_any_texts_are_those_of_build_vocab_from_iterator(written, size):
    split = [tokenise(text) for text in [*written, "film"]]
    if {"<pad>", "<unk>"} & set(sum(split, [])):
        return  # the two marks written out by hand: see the test below
    theirs = build_vocab_from_iterator(split, specials=["<pad>", "<unk>"], max_tokens=size)
    theirs.set_default_index(1)
    ours = Vocabulary.build(split, max_size=size)
    assert ours.words == theirs.get_itos()
    assert [ours.encode(words) for words in split] == [theirs(words) for words in split]
    assert ours.encode(["never seen"]) == theirs(["never seen"]) == [1]


@needs_torchtext
def test_the_sample_of_reviews_has_the_same_words_and_ids():
    written = [text for part in (imdb_sample().train, imdb_sample().test) for text in part.texts]
    theirs = [get_tokenizer("basic_english")(text) for text in written]
    assert [tokenise(text) for text in written] == theirs
    numbers = build_vocab_from_iterator(theirs, specials=["<pad>", "<unk>"])
    ours = Vocabulary.build(theirs, max_size=10**6)
    assert ours.words == numbers.get_itos() and len(ours) == len(set(sum(theirs, []))) + 2
    assert [ours.encode(words) for words in theirs] == [numbers(words) for words in theirs]


@needs_torchtext
def test_a_mark_that_someone_typed_is_an_unknown_word_to_us_and_padding_to_torchtext():
    split = [["<pad>", "film"]]
    theirs = build_vocab_from_iterator(split, specials=["<pad>", "<unk>"])
    assert theirs(split[0]) == [0, 2] and Vocabulary.build(split).encode(split[0]) == [1, 2]


def lesson_cell() -> str:
    (cell,) = [
        cell.source
        for cell in build.code_cells(build.read_source(ROOT / "lessons_src" / "12_appendix.py"))
        if "import torchtext" in cell.source
    ]
    return cell


def run_lesson_cell() -> None:
    """The cell of the appendix, which needs nothing from the cells above it."""
    exec(lesson_cell(), {})


@needs_torchtext
def test_the_appendix_shows_the_same_words_and_ids(capsys):
    run_lesson_cell()
    said = Counter(line.partition(":")[0] for line in capsys.readouterr().out.splitlines())
    assert said == {"Claim holds": 2, "ours     ": 1, "torchtext": 1}


@pytest.mark.parametrize("failure", [ImportError("No module"), OSError("Could not load this library")])
def test_the_appendix_says_in_one_line_that_torchtext_is_not_here(capsys, monkeypatch, failure):
    class Missing(types.ModuleType):
        def __getattr__(self, name):
            raise failure

    monkeypatch.setitem(sys.modules, "torchtext", Missing("torchtext"))
    run_lesson_cell()
    (line,) = capsys.readouterr().out.splitlines()
    assert "torch 2.3" in line and "environment.yml" in line
