"""What was measured, in words: on one line, numbers with three digits."""

from __future__ import annotations

LONGEST = 100  # letters


def rounded(value) -> str:
    """What was measured, on one short line: numbers with three digits, of many of them how many and their range.

    value: a number, a string, or a list, dict, array or tensor of such.

    >>> rounded(2.220446e-16), rounded(1667072), rounded([0.1017, 0.5])
    ('2.22e-16', '1,667,072', '0.102, 0.5')
    >>> rounded({"GRU": 0.8712, "LSTM": range(100)})
    'GRU: 0.871, LSTM: (100 numbers from 0 to 99)'
    """
    words = _words(value, 8)
    return words if len(words) <= LONGEST else f"{words[: LONGEST - 1].rstrip(' ,:(')}…"


def _words(value, most: int) -> str:
    """most: how many numbers are written one by one."""
    value = _listed(value)
    if isinstance(value, dict):
        return ", ".join(f"{key}: {_inner(item)}" for key, item in value.items()) or "none"
    if isinstance(value, (list, tuple, range)):
        if len(value) > most and all(isinstance(item, (int, float)) for item in value):
            return f"{len(value):,} numbers from {_words(min(value), most)} to {_words(max(value), most)}"
        return ", ".join(map(_inner, value)) or "none"
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.0f}" if 999.5 <= abs(value) < 1e7 else f"{value:.3g}"
    if isinstance(value, complex):
        return f"{value:.3g}"
    return " ".join(str(value).split())


def _inner(value) -> str:
    words = _words(value, 5)
    return f"({words})" if isinstance(_listed(value), (dict, list, tuple, range)) else words


def _listed(value):
    """An array or a tensor as a list or a number. It is known by its methods, since torch need not be there."""
    return value.reshape(-1).tolist() if getattr(value, "shape", ()) else getattr(value, "tolist", lambda: value)()
