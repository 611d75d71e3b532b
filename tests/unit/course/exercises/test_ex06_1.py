"""Exercise 06.1: the usual mistakes, which test_all.py tries, and other right answers."""

import math
import re

import numpy as np
import pytest
from judging import solution

from utils.arrays.sentiment import load_reader
from utils.course.exercises import ex06_1
from utils.models.sentiment import load_sentiment
from utils.text import tokenise


def with_change(p=lambda p: p, known=None, asked=lambda text: text):
    """The solution, with other numbers or asked about another text."""

    def safe_predict(text, sentiment):
        right = solution("06.1")(asked(text), sentiment)
        return p(right[0]), known(text, tokenise(text), sentiment.vocabulary) if known else right[1]

    return safe_predict


def share(words, vocabulary):
    return np.mean([word in vocabulary for word in words])


def with_br(text, words, vocabulary):
    return share(re.findall(r"[a-z']+|<[a-z]+>|[.,;:!?]", text.lower()), vocabulary)


def only(error, *message):
    """The right answer, but what it refuses before it asks the solution is refused in one way."""

    def safe_predict(text, sentiment):
        if not isinstance(text, str) or (message and not tokenise(text)):
            raise error(*message)
        return solution("06.1")(text, sentiment)

    return safe_predict


def lets_through(odd):
    """The right answer, but one value that it should refuse gets an answer."""

    def safe_predict(text, sentiment):
        return (0.5, 0.0) if repr(text) == repr(odd) else solution("06.1")(text, sentiment)

    return safe_predict


def refuses_unknown(text, sentiment):
    p, known = solution("06.1")(text, sentiment)
    if not known:
        raise ValueError("There is no known word.")
    return p, known


def blank_only(text, sentiment):
    if not isinstance(text, str):
        raise TypeError("Type a text, please.")
    if not text.strip():
        raise ValueError("Type a word, please.")
    words = tokenise(text)
    return sentiment.predict(text) if words else 0, sum(word in sentiment.vocabulary for word in words) / len(words)


def logit(text, sentiment):
    p, known = solution("06.1")(text, sentiment)
    return sentiment.logits(text)[1], known


MISTAKES = [
    (with_change(p=lambda p: 1 - p), "p is the probability that the text is negative"),
    (with_change(p=lambda p: 100 * p), "p is in percent"),
    (with_change(p=lambda p: int(p > 0.5)), "p is the label"),
    (with_change(p=lambda p: round(p, 2)), "p is rounded"),
    (with_change(p=lambda p: "good"), "should return numbers, and among them is 'good'"),
    (with_change(known=lambda text, words, v: 1 - share(words, v)), "the model does not know"),
    (with_change(known=lambda text, words, v: sum(w in v for w in words)), "known is a number of words"),
    (with_change(known=lambda text, words, v: share(text.split(), v)), "leaves capitals and marks on the words"),
    (with_change(known=lambda text, words, v: share(text.lower().split(), v)), "text.lower().split() leaves marks"),
    (with_change(known=lambda text, words, v: share(set(words), v)), "each different word once"),
    (with_change(known=lambda text, words, v: share(words, v.words)), "<pad> and <unk>, typed by someone"),
    (with_change(known=with_br), "p is right, and known should be 0.9500; yours is 0.8000"),
    (only(ValueError, "Type a review, please."), "for None your function raises ValueError; for what is not a string"),
    (only(TypeError, "Type a review, please."), "for '' your function raises TypeError; for a text without words"),
    (only(TypeError), "your TypeError carries no sentence"),
    (with_change(asked=str), "str() turns None into the word None"),
    (lets_through(""), "for '' your function returns (0.5, 0.0)"),
    (blank_only, "for '<br /><br />' your function raises ZeroDivisionError"),
    (refuses_unknown, "for the text 'zzyxq blorf' your function raises ValueError"),
    (with_change(asked=lambda text: text[:500] if isinstance(text, str) else text), "the model cuts it itself"),
    (logit, "p should be"),
    (lambda text, sentiment: solution("06.1")(text, load_sentiment()), "another model than the one passed"),
    (lambda text, sentiment: solution("06.1")(text, sentiment)[::-1], "have changed places"),
    (lambda text, sentiment: sentiment.predict(text), "should return two numbers"),
    (lambda text, sentiment: print(end=""), "returns nothing"),
    *((lets_through(value), f"for {value!r} your function returns") for value in (7, b"a good film", ["good", "film"])),
    *((lets_through(value), "your function returns") for value in (None, math.nan, "   \n", "<br /><br />", ' ";" ')),
]


def test_the_model_of_the_check_answers_as_the_lessons():
    lessons, checks = load_sentiment(), load_reader()
    for text in ex06_1.CASES:
        assert checks.predict(text) == pytest.approx(lessons.predict(text), abs=1e-6)
        assert solution("06.1")(text, lessons)[1] == solution("06.1")(text, checks)[1]
