"""Python's own prose: how much, cleaned how, and held out without a leak."""

import re
import sys
import types

import pytest
from refused import refused

from utils.data import python_docs, text_file
from utils.data.prose import HELD_OUT, LEAST


def test_the_size_is_what_the_docstring_says():
    prose = python_docs()
    assert 300_000 <= len(prose.text) <= 420_000
    assert 0.08 <= len(prose.valid) / len(prose.text) <= 0.13
    assert len(prose.train) + len(prose.valid) == len(prose.text)
    assert prose == python_docs()


def test_it_is_cleaned_as_it_says():
    text = python_docs().text
    assert text.isascii() and text.replace("\n", "").isprintable() and len(set(text)) <= 96
    lines = text.split("\n")
    assert not [line for line in lines if line != line.rstrip() or re.fullmatch(r"[-*=~^]{3,}|[+|]-{3,}.*", line)]
    assert "\n\n\n" not in text and not text.startswith("\n") and text.endswith("\n\n")
    paragraphs = text.split("\n\n")[:-1]
    assert len(set(paragraphs)) == len(paragraphs)
    # prose, not a list of words: a sentence that every version has, over the end of a line
    assert "Lambda expressions (sometimes called lambda forms) are used to create\nanonymous functions." in text


def test_topics_stand_in_alphabetical_order():
    text = python_docs().text
    places = [text.index(words) for words in ('The "assert" statement', "Lambdas", 'The "yield" statement')]
    assert places == sorted(places)


def test_a_long_topic_stays_whole_and_the_short_ones_cut_out_of_it_are_left_out():
    text = python_docs().text
    parts = [
        "Compound statements",
        'The "for" statement',
        'The "try" statement',
        "Function definitions",
        "Class definitions",
    ]
    places = [text.index(f"\n{heading}\n") for heading in parts]
    assert places == sorted(places)
    assert text.count('\nThe "try" statement\n') == 1


def test_whole_topics_are_held_out_and_nothing_of_them_is_learned():
    prose = python_docs()
    assert "An optional trailing comma may be present after the positional and\nkeyword arguments" in prose.valid
    assert prose.valid.index("A call calls a callable object") < prose.valid.index(
        'The operators "is" and "is not" test'
    )
    words = [re.findall(r"\w+", part) for part in (prose.train, prose.valid)]
    train, valid = ({tuple(w[i : i + 12]) for i in range(len(w) - 11)} for w in words)
    assert len(train & valid) <= len(valid) / 200
    assert all(re.fullmatch(r"[a-z]+", name) for name in HELD_OUT)


def test_a_page_that_mostly_repeats_longer_ones_is_left_out_and_no_paragraph_stands_twice(monkeypatch):
    a, b, c, d, e, f = (letter * 10 for letter in "abcdef")
    pages = {
        "whole": [a, b, c, d, a],  # one paragraph stands twice in it
        "half": [a, e],  # half of it is new, which is not more than half
        "more": [f, f + "!", b],  # two of three are
        "part": [c, d],
        "calls": ["calls"],
        "twin": ["twins"],
        "copy": ["twins"],
    }
    topics = {name: "\n\n".join(paragraphs) + "\n" for name, paragraphs in pages.items()}
    monkeypatch.setitem(sys.modules, "pydoc_data.topics", types.SimpleNamespace(topics=topics))
    prose = python_docs()
    # by name: calls (held out), copy (of two as long the first), more without b, whole
    assert prose.text.split("\n\n")[:-1] == ["calls", "twins", f, f + "!", a, b, c, d]
    assert prose.valid == "calls\n\n" and prose.train == prose.text.removeprefix("calls\n\n")


@pytest.mark.refusal("data")
def test_a_python_without_its_help_says_so(monkeypatch):
    monkeypatch.setitem(sys.modules, "pydoc_data.topics", None)
    with refused(ModuleNotFoundError, "came without its help texts .* use a full one"):
        python_docs()


def test_a_text_file_is_read_as_a_keyboard_would_have_typed_it_and_its_end_is_held_out(tmp_path):
    path = tmp_path / "my story.txt"
    path.write_bytes(("\ufeff“Größe”…\r\n" + "0123456789" * 600).encode())  # with a mark of encoding
    prose = text_file(str(path))
    assert prose.text == '"Größe"...\n' + "0123456789" * 600
    assert prose.train + prose.valid == prose.text and len(prose.valid) == pytest.approx(len(prose.text) / 10, abs=1)


@pytest.mark.refusal("data")
@pytest.mark.parametrize(
    "content, error, sentence",
    [
        (None, FileNotFoundError, "There is no file at .*story.txt; name a text file"),
        (
            b"a" * (LEAST - 1),
            ValueError,
            r"story.txt has 4,999 characters; to learn from, take a text of 5,000 or more",
        ),
        (b"", ValueError, "story.txt has 0 characters"),
        (("é" * LEAST).encode("latin-1"), ValueError, "story.txt is not UTF-8 text; save it as plain text in UTF-8"),
        (("e" * LEAST).encode("utf-16"), ValueError, "story.txt is not UTF-8 text"),
        (("e" * LEAST).encode("utf-16-le"), ValueError, "story.txt is not UTF-8 text"),
        ("a folder", ValueError, r"story.txt cannot be read \(.*\); name a text file of yours"),
    ],
)
def test_what_is_no_text_to_learn_from_is_named(content, error, sentence, tmp_path):
    path = tmp_path / "story.txt"
    if content == "a folder":
        path.mkdir()
    elif content is not None:
        path.write_bytes(content)
    with refused(error, sentence):
        text_file(path)
