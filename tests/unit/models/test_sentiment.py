"""The trained classifier at the door: texts as people type them, and one among many that has no words."""

import numpy as np
import pytest
import torch
from refused import refused

from utils.data import pad
from utils.models.sentiment import load_sentiment
from utils.text import tokenise

SENTIMENT = load_sentiment()
TYPED = {
    "The film wasn\u2019t good.": "The film wasn't good.",
    "I didn\u00b4t like it \u2014 it isn\uff07t good\u2026": "I didn't like it - it isn't good...",
    "\u201cGreat\u201d is not what I\u2019d call it": '"Great" is not what I\'d call it',
    "\uff27\uff4f\uff4f\uff44\uff0c\u3000not\u00a0bad\uff01": "Good, not bad!",
    "not\u200b go\u00adod": "not good",
    "a cliche\u0301, in two pie\u0300ces": "a clich\u00e9, in two pi\u00e8ces",
}


@pytest.mark.parametrize("typed, meant", TYPED.items())
def test_a_review_as_phones_type_it_is_read_as_it_is_meant(typed, meant):
    assert tokenise(typed) != tokenise(meant)
    assert torch.equal(SENTIMENT.encode(typed)[0], SENTIMENT.encode(meant)[0])
    assert SENTIMENT.predict(typed) == SENTIMENT.predict(meant)


def test_many_texts_are_read_as_one_is():
    together = SENTIMENT.predict_all([*TYPED, *TYPED.values()])
    assert together == pytest.approx([SENTIMENT.predict(text) for text in [*TYPED.values()] * 2], abs=1e-6)


def test_what_the_archive_has_is_measured_as_it_is():
    words = [tokenise(text) for text in TYPED]
    ids = [SENTIMENT.vocabulary.encode(row) for row in words]
    with torch.no_grad():
        want = [SENTIMENT.model(*pad([row])).softmax(-1)[0, 1].item() for row in ids]
    found = SENTIMENT.predict_words(words)
    assert found == pytest.approx(want, abs=1e-6) and abs(found - SENTIMENT.predict_all([*TYPED])).max() > 0.1


def test_its_reader_without_torch_answers_as_it_does():
    assert SENTIMENT.reader().predict_all([*TYPED]) == pytest.approx(SENTIMENT.predict_all([*TYPED]), abs=1e-5)


def test_was_not_good_is_not_praise():
    assert SENTIMENT.predict("The film wasn\u2019t good.") < 0.3


@pytest.mark.refusal("models.sentiment")
@pytest.mark.parametrize("place", [0, 70, 99])
def test_a_text_without_words_is_named_by_its_place_in_the_list(place):
    texts = ["a good film"] * 99
    texts.insert(place, "<br />")
    with refused(ValueError, f"Text {place} has no words; write at least one"):
        SENTIMENT.predict_all(texts)


@pytest.mark.refusal("models.sentiment")
@pytest.mark.parametrize(
    "texts, error, sentence",
    [
        ([], ValueError, "There is no text to read; pass at least one"),
        ("a good film", TypeError, "Pass a list of texts; for one text there is predict: 'a good film'"),
        (["good", None], TypeError, "text must be a string, got None"),
        (np.array([1.0]), TypeError, "text must be a string, got "),
    ],
)
def test_what_is_no_list_of_texts(texts, error, sentence):
    with refused(error, sentence):
        SENTIMENT.predict_all(texts)
