"""A small language in which the best possible tagger of each reading direction is known.

A sentence is a chain of pairs, drawn one by one. One word of a pair is a noun or a verb, the other one tells which.
In half of the pairs the telling word follows ("ship is", "ship them"), in the others it comes first ("the walk",
"they walk"). So a reader that has not seen the next word can only guess at the first kind, and guess best by always
taking the more frequent tag.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import product

import torch
from torch import Generator, Tensor

from utils.checks import integer, one_of, tensor
from utils.text import Vocabulary

TOLD_AFTER = {"ship": 0.5, "watch": 0.6, "guard": 0.8}  # the probability that the word is a noun
TOLD_BEFORE = {"walk": 0.5, "plan": 0.7, "dance": 0.9}
TELLS_AFTER = {"NOUN": ("is", "AUX"), "VERB": ("them", "PRON")}  # the telling word, and its own tag
TELLS_BEFORE = {"NOUN": ("the", "DET"), "VERB": ("they", "PRON")}
TAGS = ("NOUN", "VERB", "AUX", "PRON", "DET")
WORDS = Vocabulary([*TOLD_AFTER, *TOLD_BEFORE, "is", "them", "the", "they"])
DIRECTIONS = ("forward", "backward", "both")


def pairs() -> list[tuple[tuple[str, str], tuple[str, str], float]]:
    """All 12 pairs: the two words, their tags, and the probability of the pair."""
    found = []
    for words, tells, turned in ((TOLD_AFTER, TELLS_AFTER, False), (TOLD_BEFORE, TELLS_BEFORE, True)):
        for word, noun in words.items():
            for tag, p in (("NOUN", noun), ("VERB", 1 - noun)):
                both = (word, tag), tells[tag]
                told = zip(*(both[::-1] if turned else both))
                found.append((*map(tuple, told), p / 2 / len(words)))
    return found


def sample(batch: int, T: int, generator: Generator | None = None) -> tuple[Tensor, Tensor]:
    """Sentences of T words, T even: ids (B, T) by the vocabulary WORDS, and tags (B, T), numbers in TAGS."""
    integer("batch", batch)
    _even(T)
    words, tags, p = zip(*pairs())
    drawn = torch.multinomial(torch.tensor(p), batch * T // 2, replacement=True, generator=generator)
    ids = torch.tensor([WORDS.encode(pair) for pair in words])  # (12, 2)
    numbers = torch.tensor([[TAGS.index(tag) for tag in pair] for pair in tags])  # (12, 2)
    return ids[drawn].reshape(batch, T), numbers[drawn].reshape(batch, T)


def limit(directions: str) -> float:
    """The best accuracy that any tagger can have, in closed form.

    A quarter of the words wait for the next word to tell them, a quarter were told by the word before. Whoever has not
    seen the telling word is right with max(p, 1 - p) at best, p being the probability of a noun; all else can be known.
    """
    hidden = {"forward": TOLD_AFTER, "backward": TOLD_BEFORE, "both": {}}[one_of("directions", directions, DIRECTIONS)]
    return 1 - sum(min(p, 1 - p) for p in hidden.values()) / max(len(hidden), 1) / 4


def limit_by_enumeration(directions: str, T: int = 6) -> float:
    """The same from all 12^(T/2) sentences of T words, each with its probability, and all that a reader may know."""
    sentences = product(pairs(), repeat=_even(T) // 2)
    return best_accuracy(((_joined(s, 0), _joined(s, 1), _probability(s)) for s in sentences), directions)


def limit_by_counting(ids: Tensor, tags: Tensor, directions: str) -> float:
    """The same from a sample (see `sample`): each word with its neighbor on the side that has been read.

    More than the neighbor must not be looked at here: whole sentences would hardly ever occur twice, and a table of
    things that occur once is always right about them.
    """
    tensor("ids", ids, ("B", "T"), torch.int64)
    tensor("tags", tags, tuple(ids.shape), torch.int64)
    sentences = zip(ids.tolist(), tags.tolist(), [1.0] * len(ids))
    return best_accuracy(sentences, directions, window=1)


def best_accuracy(
    sentences: Iterable[tuple[Sequence, Sequence, float]], directions: str, window: int | None = None
) -> float:
    """The accuracy of the best table from what has been read to a tag.

    sentences: words, tags, and weight of each. What has been read at word t are the words up to it ("forward"), from
    it on ("backward") or all ("both"), at most `window` to each side of t. For each such context and place the table
    holds the tag of the largest weight; no reader in this direction can do better.
    """
    one_of("directions", directions, DIRECTIONS)
    weights = defaultdict(Counter)
    for words, tags, weight in sentences:
        reach = len(words) if window is None else window
        for t, tag in enumerate(tags):
            first = t if directions == "backward" else max(0, t - reach)
            last = t if directions == "forward" else t + reach
            place = t if window is None else None
            weights[place, t - first, tuple(words[first : last + 1])][tag] += weight
    if not weights:
        raise ValueError("There is no sentence to count; pass at least one with a word.")
    return sum(max(w.values()) for w in weights.values()) / sum(sum(w.values()) for w in weights.values())


def _even(T: int) -> int:
    if integer("T", T, 2) % 2:
        raise ValueError(f"T must be even, because words come in pairs, got {T}.")
    return T


def _joined(sentence, part: int) -> list[str]:
    return [word for pair in sentence for word in pair[part]]


def _probability(sentence) -> float:
    p = 1.0
    for *_, one in sentence:
        p *= one
    return p
