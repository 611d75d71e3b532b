"""Colors of numbers: blue for, vermillion against, white at 0."""

from __future__ import annotations

import numpy as np
from matplotlib.colors import to_rgb

from utils.plots.style import PALETTE

FOR, AGAINST = PALETTE["lstm"], PALETTE["rnn"]
FULL = 4.0  # the number from which on a color is at its strongest


def tint(values) -> np.ndarray:
    """Colors (n, 3) of n numbers: white at 0, and as strong as the root of |value| / 4 up to three quarters."""
    values = np.asarray(values, dtype=float)
    strength = 0.75 * np.sqrt(np.minimum(np.abs(values) / FULL, 1))[:, None]
    ink = np.where(values[:, None] > 0, to_rgb(FOR), to_rgb(AGAINST))
    return 1 + strength * (ink - 1)
