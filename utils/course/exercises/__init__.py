"""`exercise("01.1")` gives an exercise with `check`, `hint` and `solution`."""

from utils.course.exercises.base import NotYet, all_exercises, exercise, exercises_of

__all__ = ["NotYet", "all_exercises", "exercise", "exercises_of"]
