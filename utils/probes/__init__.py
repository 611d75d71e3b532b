"""Instruments: how far gradients reach, how long a gate remembers, what each gate did, which words counted."""

from utils.arrays.memory import forget_bias_for, forget_gate_for, half_life
from utils.probes.gates import gate_trace
from utils.probes.gradients import JacobianProducts, gradient_norms, jacobian_products, sensitivity
from utils.probes.saliency import leave_one_out, token_saliency

__all__ = [
    "JacobianProducts", "forget_bias_for", "forget_gate_for", "gate_trace", "gradient_norms", "half_life",
    "jacobian_products", "leave_one_out", "sensitivity", "token_saliency",
]  # fmt: skip
