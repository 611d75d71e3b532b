"""Training: one loop for every model, on whatever device this machine has; `python -m utils.train` runs the recipes."""

from utils.train.history import History, Score
from utils.train.trainer import Trainer

__all__ = ["History", "Score", "Trainer"]
