"""Lines of words with room over and under each word: where every word stands, in pixels."""

from __future__ import annotations

from collections.abc import Sequence

from utils.course.explorers import lettering

POINTS, LONGEST = 10.5, 18  # size of the letters; letters of a word
MARGIN, NARROWEST, GAP = 3, 14, 3  # pixels beside a word, of the narrowest column, between two columns


def shown(word: str, known: bool = True) -> str:
    """A word as it is written: shortened, and in brackets when the model does not know it."""
    word = lettering.short(word, LONGEST)
    return word if known else f"⟨{word}⟩"


def width(word: str) -> float:
    """Pixels of a word's column."""
    return max(NARROWEST, lettering.length(word, POINTS) + 2 * MARGIN)


def wrap(words: Sequence[str], most: float) -> list[range]:
    """The words' indices line by line; a line takes at most so many pixels."""
    begins, x = [], 0.0
    for t, word in enumerate(words):
        x += width(word) + GAP
        if not begins or x - GAP > most:
            begins.append(t)
            x = width(word) + GAP
    return [range(begin, end) for begin, end in zip(begins, [*begins[1:], len(words)])]


def places(words: Sequence[str], most: float, stretch: float = 1.0) -> list[tuple[float, float]]:
    """Left end and width of the column of each word of one line; up to `stretch` times as wide where there is room."""
    widths = [width(word) for word in words]
    factor = max(1.0, min(stretch, (most - GAP * (len(words) - 1)) / sum(widths)))
    found, x = [], 0.0
    for wide in widths:
        found.append((x, factor * wide))
        x += factor * wide + GAP
    return found
