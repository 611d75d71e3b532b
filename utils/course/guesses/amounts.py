"""Amounts as people write them, and in words how far two of them are apart."""

from __future__ import annotations

import math
import re

from utils.checks import number, short_repr
from utils.course.rounding import rounded
from utils.text import plain

TWO_READINGS = re.compile(r"([+-]?[1-9]\d{0,2}),(\d{3})")  # thousands in one country, thousandths in another


def read_amount(text: str, unit: str = "", least: float = -math.inf, most: float = math.inf) -> float:
    """The number in what somebody typed: 6.6, 6,6, 20 000, 90 %, 3 steps, 1/8, 10^-8, in digits of any width.

    unit: may stand behind it. ValueError, with a sentence for the learner, where there is no number, where it can be
    read in two ways, and where it is below `least` or above `most`.

    >>> read_amount("０,5"), read_amount("“1,667,072” steps", "steps"), read_amount("10^-8")
    (0.5, 1667072.0, 1e-08)
    """
    typed = plain(text).strip().strip("'\"~≈ ")
    if not typed:
        raise ValueError("Write a number first, such as 12 or 0.5.")
    bare = typed
    for word in (unit, _single(unit), *(("percent",) if unit == "%" else ())):
        bare = re.sub(rf"(?i)\s*{re.escape(word)}$", "", bare).strip("'\" ")
    if found := TWO_READINGS.fullmatch(bare):
        whole, rest = found.groups()
        raise ValueError(f"{bare} can be read in two ways: write {whole}{rest} or {whole}.{rest}.")
    try:
        share = bare.endswith("%") and not unit
        value = _value(bare.removesuffix("%").strip()) / 100 if share else _value(bare)
    except (ValueError, ZeroDivisionError, OverflowError):
        raise ValueError(f"There is no number in {short_repr(typed)}: write one, such as 12 or 0.5.") from None
    return float(number("Your guess", int(value) if value.is_integer() and abs(value) < 1e9 else value, least, most))


def _value(text: str) -> float:
    """A number, a fraction, or a power of ten; ValueError, ZeroDivisionError or OverflowError."""
    if found := re.fullmatch(r"(?:(.+?) ?[*·×x] ?)?10 ?(?:\^|\*\*) ?([+-]?\d+)", text):
        return _decimal(f"{found[1] or 1}e{found[2]}")
    over, stroke, under = text.partition("/")
    return _decimal(over.strip()) / _decimal(under.strip()) if stroke else _decimal(text)


def _decimal(text: str) -> float:
    """A mark that stands once and last is the decimal point; others part thousands, and must do so regularly."""
    marks = re.findall(r"[ ,.']", text)
    point = marks.pop() if marks and marks[-1] in ",." and marks.count(marks[-1]) == 1 else "."
    whole, found, rest = text.partition(point)
    if marks and not re.fullmatch(rf"[+-]?\d{{1,3}}({re.escape(marks[0])}\d{{3}})+", whole if found else text):
        raise ValueError(text)
    whole = re.sub(r"[ ,.']", "", whole if point not in marks else text)
    value = float(f"{whole}.{rest}" if found and point not in marks else whole)
    if not math.isfinite(value):
        raise ValueError(text)
    return value


def with_unit(value: float, unit: str) -> str:
    """Three digits and the unit: 6.58 steps, 1 step, 1,667,072, 12.5 %."""
    digits = rounded(int(value) if value.is_integer() and abs(value) < 1e15 else value)
    return f"{digits} {_single(unit) if digits == '1' else unit}".strip().replace("-", "−")


def how_far(guess: float, answer: float, unit: str = "") -> str:
    """One sentence on how far the guess is off."""
    if with_unit(guess, unit) == with_unit(answer, unit):
        return "You were right."
    off = abs(guess - answer)
    of_a_difference = {"%": "points", "times": ""}.get(unit, unit)  # 9.5 times too low would be a ratio
    where = f"{with_unit(off, of_a_difference)} too {'high' if guess > answer else 'low'}"
    if off <= 0.1 * abs(answer):
        return f"Close: {where}."
    low, high = sorted((guess, answer))
    if low <= 0 or high < 1.2 * low:
        return f"Your guess was {where}."
    return f"Your guess was {where}, by a factor of {f'{high / low:.2g}' if high < 99 * low else rounded(high / low)}."


def _single(unit: str) -> str:
    """One of them: step for steps, but ms for ms."""
    return unit[:-1] if len(unit) > 2 and unit.endswith("s") else unit
