"""`exercise("01.1")` gives an exercise with `check`, `hint` and `solution`; `progress()` lists them all."""

from utils.course.exercises.base import NotYet, all_exercises, exercise, progress

__all__ = ["NotYet", "all_exercises", "exercise", "progress"]
