"""Gates and Gradients: LSTM and GRU that a learner can take apart."""

from importlib import import_module

__version__ = "0.1.0"
_SHORT = ("explorers", "lesson")  # every lesson begins with `from utils import explorers, lesson`


def __getattr__(name: str):
    if name in _SHORT:
        return import_module(f"utils.course.{name}")
    raise AttributeError(f"module 'utils' has no attribute {name!r}")
