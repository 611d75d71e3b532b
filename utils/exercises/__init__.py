"""`exercise("01.1")` gives an exercise with `check`, `hint` and `solution`; `progress()` lists them all."""

from utils.exercises import (  # noqa: F401  (the import registers its exercises)
    lesson00,
    lesson01,
    lesson02,
    lesson03,
    lesson04,
    lesson05,
    lesson06,
    lesson06_classifier,
    lesson06_counts,
    lesson06_improve,
    lesson07,
    lesson08,
    lesson08_difference,
    lesson08_forecast,
)
from utils.exercises.base import NotYet, exercise, progress

__all__ = ["NotYet", "exercise", "progress"]
