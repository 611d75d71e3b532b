"""Exercise 06.1: the usual mistakes, which test_all.py tries, and other right answers."""


import math
import re

import numpy as np
from judging import solution

from utils.arrays.text import tokenise
from utils.models.sentiment import load_sentiment


def with_p(change):
    def safe_predict(text, sentiment):
        p, known = solution("06.1")(text, sentiment)
        return change(p), known

    return safe_predict


def with_known(share):
    def safe_predict(text, sentiment):
        p, _ = solution("06.1")(text, sentiment)
        return p, share(text, tokenise(text), sentiment.vocabulary)

    return safe_predict


def split(text, words, vocabulary):
    return np.mean([word in vocabulary for word in text.split()])


def only(error, message="Type a review, please."):
    """The right answer, but every refusal is of one kind."""

    def safe_predict(text, sentiment):
        if not isinstance(text, str) or not tokenise(text):
            raise error(message)
        return solution("06.1")(text, sentiment)

    return safe_predict


def of_str(text, sentiment):
    return solution("06.1")(str(text), sentiment)


def empty_is_even(text, sentiment):
    return (0.5, 0.0) if text == "" else solution("06.1")(text, sentiment)


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


def silent(text, sentiment):
    if not isinstance(text, str):
        raise TypeError
    return solution("06.1")(text, sentiment)


def cut(text, sentiment):
    return solution("06.1")(text[:500] if isinstance(text, str) else text, sentiment)


def logit(text, sentiment):
    p, known = solution("06.1")(text, sentiment)
    return sentiment.model(*sentiment.encode(text))[0, 1].item(), known


def own_model(text, sentiment):
    return solution("06.1")(text, load_sentiment())


def with_br(text, words, vocabulary):
    return np.mean([word in vocabulary for word in re.findall(r"[a-z']+|<[a-z]+>|[.,;:!?]", text.lower())])


def lets_through(odd):
    """The right answer, but one value that it should refuse gets an answer."""

    def safe_predict(text, sentiment):
        return (0.5, 0.0) if repr(text) == repr(odd) else solution("06.1")(text, sentiment)

    return safe_predict


MISTAKES = [
    (with_p(lambda p: 1 - p), "p is the probability that the text is negative"),
    (with_p(lambda p: 100 * p), "p is in percent"),
    (with_p(lambda p: int(p > 0.5)), "p is the label"),
    (with_p(lambda p: round(p, 2)), "p is rounded"),
    (with_p(lambda p: "good"), "should return numbers, and among them is 'good'"),
    (with_known(lambda text, words, v: np.mean([w not in v for w in words])), "the model does not know"),
    (with_known(lambda text, words, v: sum(w in v for w in words)), "known is a number of words"),
    (with_known(split), "leaves capitals and marks on the words"),
    (with_known(lambda text, words, v: split(text.lower(), words, v)), "text.lower().split() leaves marks"),
    (with_known(lambda text, words, v: np.mean([w in v for w in set(words)])), "each different word once"),
    (with_known(lambda text, words, v: np.mean([w in v.words for w in words])), "<pad> and <unk>, typed by someone"),
    (only(ValueError), "for None your function raises ValueError; for what is not a string it should be TypeError"),
    (only(TypeError), "for '' your function raises TypeError; for a text without words it should be ValueError"),
    (of_str, "str() turns None into the word None"),
    (empty_is_even, "for '' your function returns (0.5, 0.0)"),
    (blank_only, "for '<br /><br />' your function raises ZeroDivisionError"),
    (refuses_unknown, "for the text 'zzyxq blorf' your function raises ValueError"),
    (silent, "your TypeError carries no sentence"),
    (cut, "the model cuts it itself"),
    (logit, "p should be"),
    (own_model, "another model than the one passed"),
    (lambda text, sentiment: solution("06.1")(text, sentiment)[::-1], "have changed places"),
    (lambda text, sentiment: sentiment.predict(text), "should return two numbers"),
    (lambda text, sentiment: print(end=""), "returns nothing"),
    (with_known(with_br), "p should be"),
    *((lets_through(value), f"for {value!r} your function returns") for value in (7, b"a good film", ["good", "film"])),
    *((lets_through(value), "your function returns") for value in (None, math.nan, "   \n", "<br /><br />", ' ";" ')),
]
