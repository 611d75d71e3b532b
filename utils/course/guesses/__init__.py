"""`guess("00.half_life")` asks first: one predicts and locks, then the measured answer stands beside the guess."""

from utils.course.guesses.base import Guess, guess, lessons, predictions
from utils.course.guesses.prediction import Prediction

__all__ = ["Guess", "Prediction", "guess", "lessons", "predictions"]
