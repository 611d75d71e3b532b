"""The explorers, one class per demonstration; each is loaded when it is first named, so a lesson starts fast."""

from importlib import import_module

_HOMES = {
    "Explorer": "base",
    "Clipping": "clipping",
    "Costs": "costs",
    "ForgetBias": "forget_bias",
    "GRUStep": "gru_step",
    "GRUVariants": "gru_variants",
    "GateHeatmap": "gate_heatmap",
    "GradientFlow": "gradient_flow",
    "LSTMStep": "lstm_step",
    "LeakyUnit": "leaky_unit",
    "ParameterCount": "parameter_count",
    "ReadingDirections": "reading_directions",
    "Sampling": "sampling",
    "Scan": "scan",
    "SideBySide": "side_by_side",
    "Sweep": "sweep",
    "Temperature": "temperature",
    "Threshold": "threshold",
    "Truncation": "truncation",
    "TruncationTable": "truncation",
    "TypedReview": "typed_review",
    "WhoWins": "who_wins",
    "truncation_table": "truncation",
}
__all__ = list(_HOMES)


def __getattr__(name: str):
    if name not in _HOMES:
        raise AttributeError(f"There is no explorer {name!r}; there are {', '.join(_HOMES)}.")
    return getattr(import_module(f"utils.course.explorers.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted(_HOMES)
