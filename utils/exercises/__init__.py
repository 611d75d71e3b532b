"""`exercise("01.1")` gives an exercise with `check`, `hint` and `solution`; `progress()` lists them all."""

from utils.exercises.base import NotYet, exercise, progress

__all__ = ["NotYet", "exercise", "progress"]
