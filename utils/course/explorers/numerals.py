"""Numbers as they stand in a formula: with two decimals and true minus signs."""

from __future__ import annotations


def digits(value: float, decimals: int = 2) -> str:
    """Two decimals with a true minus sign, and no minus before a zero."""
    zero = f"{0:.{decimals}f}"
    return f"{value:.{decimals}f}".replace(f"-{zero}", zero).replace("-", "−")


def added(value: float) -> str:
    """The same with its sign in front, as the next term of a sum."""
    text = digits(value)
    return f"− {text[1:]}" if text.startswith("−") else f"+ {text}"


def bracketed(value: float) -> str:
    """The same, in brackets when negative, as a factor."""
    text = digits(value)
    return f"({text})" if text.startswith("−") else text
