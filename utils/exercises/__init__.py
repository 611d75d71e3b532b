"""`exercise("01.1")` gives an exercise with `check`, `hint` and `solution`; `progress()` lists them all."""

from utils.exercises import lesson00, lesson01, lesson02, lesson03  # noqa: F401  (the import registers its exercises)
from utils.exercises.base import NotYet, exercise, progress

__all__ = ["NotYet", "exercise", "progress"]
