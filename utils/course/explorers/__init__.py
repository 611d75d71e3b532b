"""The explorers, one class in one file named as the class; each is loaded when it is first named, so a lesson starts
fast."""

import re
from importlib import import_module

__all__ = [
    "Explorer", "Clipping", "Costs", "ForgetBias", "GRUStep", "GRUVariants", "GateHeatmap", "GradientFlow", "LSTMStep",
    "LeakyUnit", "Scan", "SideBySide", "Sweep", "TaggerLive", "Tape", "Temperature", "Threshold", "TypedReview",
    "WhoWins", "Writer",
]  # fmt: skip
_ELSEWHERE = {"Explorer": "base"}


def __getattr__(name: str):
    if name not in __all__:
        raise AttributeError(f"There is no explorer {name!r}; there are {', '.join(__all__)}.")
    home = _ELSEWHERE.get(name) or re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()
    return getattr(import_module(f"utils.course.explorers.{home}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
