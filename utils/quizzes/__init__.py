"""`quiz("01")` shows the five questions of a lesson; each option that is chosen gets a sentence."""

from utils.quizzes import (  # noqa: F401  (the import registers its questions)
    lesson00,
    lesson01,
    lesson02,
    lesson03,
    lesson04,
    lesson05,
    lesson06,
    lesson07,
    lesson08,
)
from utils.quizzes.base import Quiz, quiz

__all__ = ["Quiz", "quiz"]
