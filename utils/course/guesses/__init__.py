"""`guess("00.half_life")` asks first: one predicts and locks, then the measured answer stands beside the guess."""

from utils.course.guesses.base import Guess, Prediction, guess, lessons, predictions

__all__ = ["Guess", "Prediction", "guess", "lessons", "predictions"]
