"""Exercise 06.1: a prediction for whatever is typed."""

from __future__ import annotations

import copy
import math

from utils.arrays.sentiment import SentimentReader, load_reader
from utils.checks import short_repr
from utils.course.exercises.answers import as_array, close, same_as, several
from utils.course.exercises.base import NotYet, register, something
from utils.text import PAD, UNK, Vocabulary, tokenise

TOLERANCE = 1e-5
CASES = (
    "GREAT music,<br /><br />DULL, DULL story, I don't know the zzyx of it...",
    "zzyxq blorf",
    "<pad> <unk> good good film zzyxq zzyxq",
    "A wonderful film. " + "They walk, talk and walk again. " * 300 + "What an awful ending!",
)
NOT_TEXT = (None, 7, math.nan, b"a good film", ["good", "film"])  # nan is what a table's empty cell becomes
REFUSED = (
    *((value, TypeError) for value in NOT_TEXT),
    *((text, ValueError) for text in ("", "   \n", "<br /><br />", ' ";" ')),
)


def _share(words, vocabulary) -> float:
    return sum(word in vocabulary for word in words) / len(words)


P_MISTAKES = {
    "p is the probability that the text is negative: class 1 is positive.": lambda p: 1 - p,
    "p is in percent: leave it between 0 and 1.": lambda p: 100 * p,
    "p is the label, 0 or 1: return the probability itself.": round,
    "p is rounded: give it back as the model says it, and round where you print it.": lambda p: round(p, 2),
}  # fmt: skip
KNOWN_MISTAKES = {
    "known is the share of words that the model does not know: you want the others.":
        lambda text, words, known: 1 - _share(words, known),
    "known is a number of words: divide it by the number of all words.":
        lambda text, words, known: sum(word in known for word in words),
    "text.split() leaves capitals and marks on the words: take the words of tokenise(text), as the model does.":
        lambda text, words, known: _share(text.split(), known),
    "text.lower().split() leaves marks on the words: take the words of tokenise(text), as the model does.":
        lambda text, words, known: _share(text.lower().split(), known),
    "known counts each different word once: count every word of the text.":
        lambda text, words, known: _share(set(words), known),
    f"{PAD} and {UNK}, typed by someone, are words the model does not know: ask `word in sentiment.vocabulary`.":
        lambda text, words, known: _share(words, known.words),
}  # fmt: skip


@register("06.1", title="A prediction for whatever is typed", minutes=8, difficulty="easy", answer="safe_predict",
          hints=(
    "First refuse, then predict. isinstance(text, str) tells a text from everything else, None and nan included.",
    "A text without words is one for which tokenise(text) gives an empty list. Look at that, not at len(text).",
    "known = sum(word in sentiment.vocabulary for word in words) / len(words); p = sentiment.predict(text).",
))  # fmt: skip
def check_safe_predict(answer) -> str:
    """Ask for refusals, and for p and known of four texts by the shipped model, and of one by another model."""
    sentiment = load_reader()  # answers as load_sentiment() does, and needs no torch
    _same_pair(answer, CASES[0], sentiment)
    for value, error in REFUSED:
        _refuses(answer, value, sentiment, error)
    for text in CASES[1:]:
        _same_pair(answer, text, sentiment)
    another = copy.copy(sentiment)
    another.vocabulary, another.max_tokens = Vocabulary(["great", "story"]), 20
    try:
        _same_pair(answer, CASES[0], another)
    except NotYet:
        raise NotYet("another model than the one passed answers: use the argument `sentiment`.") from None
    return "your function answers every text and refuses the rest with a sentence. With known = 0, p means nothing."


def _same_pair(answer, text: str, sentiment: SentimentReader) -> None:
    """Compare (p, known); NotYet names the mistake."""
    words, short = tokenise(text), repr(text if len(text) <= 60 else text[:57] + "...")
    right = sentiment.predict(text), _share(words, sentiment.vocabulary)
    try:
        got = answer(text, sentiment)
    except (TypeError, ValueError, ArithmeticError, LookupError) as failure:
        raise NotYet(
            f"for the text {short} your function raises {type(failure).__name__}: {failure} It should return p = "
            f"{right[0]:.3f} and known = {right[1]:.2f}."
        ) from None
    something("safe_predict", got, "`return p, known`")
    p, known = (_number(value) for value in several("safe_predict", got, "two numbers", "`return p, known`"))
    if _near((p, known), right):
        return
    if _near((known, p), right):
        raise NotYet("p and known have changed places: return p first.")
    if not _near(p, right[0]):
        same_as(P_MISTAKES, p, right[0], near=_near)
    if not _near(known, right[1]):
        same_as(KNOWN_MISTAKES, known, text, words, sentiment.vocabulary, near=_near)
    if _near(p, right[0]):
        raise NotYet(f"for the text {short} p is right, and known should be {right[1]:.4f}; yours is {known:.4f}.")
    raise NotYet(
        f"for the text {short}, {len(words)} words, p should be {right[0]:.4f} and known {right[1]:.4f}; yours are "
        f"{p:.4f} and {known:.4f}. Pass the text on as it is: the model cuts it itself."
    )


def _refuses(answer, value, sentiment: SentimentReader, wanted: type[Exception]) -> None:
    """NotYet unless the answer raises `wanted` with a sentence."""
    rule = "what is not a string" if wanted is TypeError else "a text without words"
    try:
        got = answer(value, sentiment)
    except wanted as failure:
        if len(str(failure).split()) < 3:
            raise NotYet(f"your {wanted.__name__} carries no sentence: say what to do instead.") from None
    except Exception as failure:
        raise NotYet(
            f"for {value!r} your function raises {type(failure).__name__}; for {rule} it should be {wanted.__name__}."
        ) from None
    else:
        if value is None and got == answer("None", sentiment):
            raise NotYet("str() turns None into the word None, and the model judges that: refuse it.")
        raise NotYet(f"for {value!r} your function returns {got!r}: for {rule}, raise {wanted.__name__}.")


def _near(mine, right) -> bool:
    return close(mine, right, TOLERANCE)


def _number(value) -> float:
    try:
        return float(as_array(value))
    except (TypeError, ValueError):
        raise NotYet(f"safe_predict should return numbers, and among them is {short_repr(value)}.") from None
