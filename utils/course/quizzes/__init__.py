"""`quiz("01")` shows the five questions of a lesson; each option that is chosen gets a sentence."""

from utils.course.quizzes.base import Quiz, numbers, questions, quiz

__all__ = ["Quiz", "numbers", "questions", "quiz"]
