"""Exercise 03.3: a GRU as large as an LSTM."""

from __future__ import annotations

from utils.course.exercises.answers import one_number
from utils.course.exercises.base import NotYet, register

CASES = ((300, 512), (1, 38), (2, 24))  # n, and H of the LSTM


def _count(n: int, H: int, parts: int, biases: int = 2) -> int:
    return parts * (n * H + H * H + biases * H)


def _largest(n: int, H: int, gru_parts: int = 3, lstm_parts: int = 4, biases: int = 2) -> int:
    """The right answer; the last arguments make the usual mistakes."""
    budget, units = _count(n, H, lstm_parts, biases), 0
    while _count(n, units + 1, gru_parts, biases) <= budget:
        units += 1
    return units


MISTAKES = {
    "that is 4/3 of H: it would be right if parameters grew with H, but U grows with H * H.": lambda n, H: 4 * H // 3,
    "that is H times the root of 4/3: right for U alone; W and the biases grow with H, not with H * H.":
        lambda n, H: int((4 / 3) ** 0.5 * H),
    "that GRU is one unit too large: it has more parameters than the LSTM.": lambda n, H: _largest(n, H) + 1,
    "that GRU is one unit too small: one more still fits.": lambda n, H: _largest(n, H) - 1,
    "the biases are missing: torch keeps two for each part, 2 H.": lambda n, H: _largest(n, H, biases=0),
    "you count one bias for each part: torch keeps two, b_ih and b_hh.": lambda n, H: _largest(n, H, biases=1),
    "the GRU is counted with two parts: its candidate n has weights too, so there are three.":
        lambda n, H: _largest(n, H, gru_parts=2),
    "the LSTM is counted with three parts: its candidate g has weights too, so there are four.":
        lambda n, H: _largest(n, H, lstm_parts=3),
}  # fmt: skip


@register("03.3", title="A GRU as large as an LSTM", minutes=7, difficulty="medium", answer="gru_size",
          ending="`return` and the number of units", hints=(
    "Write the two counts: 4 (n H + H H + 2 H) for the LSTM, 3 (n K + K K + 2 K) for a GRU of K units.",
    "Begin with K = lstm_hidden, which always fits, and add one as long as K + 1 still fits.",
    "Without a loop: K is the positive root of 3 K K + 3 (n + 2) K - budget = 0, rounded down.",
))  # fmt: skip
def check_gru_size(answer) -> str:
    """Compare with the largest K that fits; a mistake is named where it explains every size."""
    mine = {sizes: _units(answer(*sizes)) for sizes in CASES}
    wrong = [sizes for sizes in CASES if mine[sizes] != _largest(*sizes)]
    if not wrong:
        return "with 300 inputs a GRU of 609 units holds what an LSTM of 512 does. A fair race gives both the same."
    for sentence, mistake in MISTAKES.items():
        if all(units == mistake(*sizes) for sizes, units in mine.items()):
            raise NotYet(sentence)
    (n, H), K = wrong[0], mine[wrong[0]]
    raise NotYet(
        f"for n = {n} the LSTM of {H} units has {_count(n, H, 4):,} parameters; your GRU of {K} units has "
        f"{_count(n, K, 3):,}, one of {_largest(n, H)} has {_count(n, _largest(n, H), 3):,}."
    )


def _units(value) -> int:
    number = one_number(value)
    if number % 1:
        raise NotYet(f"there are no parts of a unit: return a whole number, rounded down, not {value!r}.")
    return int(number)
