"""What checks ask of an answer before they look at its numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from utils.course.exercises.base import NotYet


def one_number(name: str, value) -> float:
    """What function `name` returned as a float, or the reason why it is none."""
    if value is None:
        raise NotYet(f"because {name} returns nothing: end it with `return` and the number.")
    try:
        return float(value)
    except (TypeError, ValueError, RuntimeError):
        raise NotYet(f"because {name} should return one real number, and it returns {value!r}.") from None


def on_copies(answer: Callable, given: dict[str, np.ndarray], ending: str, misfit: str) -> Any:
    """What the learner's function returns for copies of the arrays `given`, or the reason why it cannot be judged.

    ending: what the function should end with. misfit: what fits, said when NumPy finds shapes that do not.
    """
    copies = {name: value.copy() for name, value in given.items()}
    try:
        got = answer(*copies.values())
    except ValueError as failure:
        if "matmul" not in str(failure) and "broadcast" not in str(failure):
            raise
        raise NotYet(f"because shapes do not fit. {misfit}") from None
    if got is None:
        raise NotYet(f"because it returns nothing: end it with {ending}.")
    for name, value in given.items():
        if not np.array_equal(copies[name], value):
            raise NotYet(f"because your function changes the {name} it was given: write {name} = ... without *= or +=.")
    return got
