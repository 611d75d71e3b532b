"""Exercise 06.1: a prediction for whatever is typed."""

from __future__ import annotations

import math

from utils.arrays.text import PAD, UNK, Vocabulary, tokenise
from utils.course.exercises.base import NotYet, register
from utils.models.classifier import Classifier
from utils.models.sentiment import Sentiment, load_sentiment

NOT_TEXT = (None, 7, math.nan, b"a good film", ["good", "film"])  # nan is what a table's empty cell becomes
NO_WORDS = ("", "   \n", "<br /><br />", ' ";" ')
TEXTS = (
    "The music is good, the story is not.",
    "GREAT music,<br /><br />DULL story: I don't know...",
    "zzyxq blorf",
    "<pad> <unk> good good film zzyxq zzyxq",
    "A wonderful film. " + "They walk, talk and walk again. " * 300 + "What an awful ending!",
)


def _share(words, vocabulary) -> float:
    return sum(word in vocabulary for word in words) / len(words)


def _p_mistakes(p: float) -> dict[str, float]:
    return {
        "p is the probability that the text is negative: class 1 is positive.": 1 - p,
        "p is in percent: leave it between 0 and 1.": 100 * p,
        "p is the label, 0 or 1: return the probability itself.": round(p),
        "p is rounded: give it back as the model says it, and round where you print it.": round(p, 2),
    }


def _known_mistakes(text: str, vocabulary: Vocabulary) -> dict[str, float]:
    words = tokenise(text)
    as_the_model = "take the words of tokenise(text), as the model does."
    return {
        "known is the share of words that the model does not know: you want the others.": 1 - _share(words, vocabulary),
        "known is a number of words: divide it by the number of all words.": sum(word in vocabulary for word in words),
        f"text.split() leaves capitals and marks on the words: {as_the_model}": _share(text.split(), vocabulary),
        f"text.lower().split() leaves marks on the words: {as_the_model}": _share(text.lower().split(), vocabulary),
        "known counts each different word once: count every word of the text.": _share(set(words), vocabulary),
        f"{PAD} and {UNK}, typed by someone, are words the model does not know: ask `word in sentiment.vocabulary`.": (
            _share(words, vocabulary.words)
        ),
    }


@register(
    "06.1",
    title="A prediction for whatever is typed",
    minutes=8,
    difficulty="easy",
    answer="safe_predict",
    hints=(
        "First refuse, then predict. isinstance(text, str) tells a text from everything else, None and nan included.",
        "A text without words is one for which tokenise(text) gives an empty list. Look at that, not at len(text).",
        "known = sum(word in sentiment.vocabulary for word in words) / len(words); p = sentiment.predict(text).",
    ),
)
def check_safe_predict(answer) -> str:
    """Ask for refusals, and for p and known of five texts by the shipped model, and of one by another model."""
    sentiment = load_sentiment()
    _same_pair(answer, TEXTS[0], sentiment)
    for text in NOT_TEXT:
        _refuses(answer, text, sentiment, TypeError)
    for text in NO_WORDS:
        _refuses(answer, text, sentiment, ValueError)
    for text in TEXTS[1:]:
        _same_pair(answer, text, sentiment)
    words = Vocabulary(["good", "story"])
    try:
        _same_pair(answer, TEXTS[0], Sentiment(Classifier(len(words)), words, {}, max_tokens=20))
    except NotYet:
        raise NotYet("because another model than the one passed answers: use the argument `sentiment`.") from None
    return "your function answers every text and refuses the rest with a sentence. With known = 0, p means nothing."


def _same_pair(answer, text: str, sentiment: Sentiment) -> None:
    """Compare (p, known); NotYet names the mistake."""
    right = sentiment.predict(text), _share(tokenise(text), sentiment.vocabulary)
    try:
        got = answer(text, sentiment)
    except (TypeError, ValueError, ArithmeticError, LookupError) as failure:
        raise NotYet(
            f"because for the text {_short(text)} your function raises {type(failure).__name__}: {failure} "
            f"It should return p = {right[0]:.3f} and known = {right[1]:.2f}."
        ) from None
    if got is None:
        raise NotYet("because safe_predict returns nothing: end it with `return p, known`.")
    if not isinstance(got, (tuple, list)) or len(got) != 2:
        raise NotYet(f"because safe_predict should return two numbers, `return p, known`, and it returns {got!r}.")
    p, known = (_number("safe_predict", value) for value in got)
    if _close(p, right[1]) and _close(known, right[0]):
        raise NotYet("because p and known have changed places: return p first.")
    for value, want, mistakes in (
        (p, right[0], _p_mistakes(right[0])),
        (known, right[1], _known_mistakes(text, sentiment.vocabulary)),
    ):
        for sentence, wrong in mistakes.items():
            if _close(value, wrong) and not _close(value, want):
                raise NotYet(f"because {sentence}")
    if not (_close(p, right[0]) and _close(known, right[1])):
        raise NotYet(
            f"because for the text {_short(text)}, {len(tokenise(text))} words, p should be {right[0]:.4f} and known "
            f"{right[1]:.4f}; yours are {p:.4f} and {known:.4f}. Pass the text on as it is: the model cuts it itself."
        )


def _refuses(answer, text, sentiment: Sentiment, wanted: type[Exception]) -> None:
    """NotYet unless the answer raises `wanted` with a sentence."""
    rule = "what is not a string" if wanted is TypeError else "a text without words"
    try:
        got = answer(text, sentiment)
    except wanted as failure:
        if len(str(failure).split()) < 3:
            raise NotYet(f"because your {wanted.__name__} carries no sentence: say what to do instead.") from None
    except Exception as failure:
        raise NotYet(
            f"because for {text!r} your function raises {type(failure).__name__}; for {rule} it should be "
            f"{wanted.__name__}."
        ) from None
    else:
        if text is None and got == answer("None", sentiment):
            raise NotYet("because str() turns None into the word None, and the model judges that: refuse it.")
        raise NotYet(f"because for {text!r} your function returns {got!r}: for {rule}, raise {wanted.__name__}.")


def _short(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:57] + "...")


def _close(a: float, b: float) -> bool:
    return math.isclose(a, b, rel_tol=0, abs_tol=1e-5)


def _number(name: str, value) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        raise NotYet(f"because {name} should return numbers, and among them is {value!r}.") from None
