"""The explorers, one class per demonstration."""

from utils.explorers.base import Explorer
from utils.explorers.start import LeakyUnit

__all__ = ["Explorer", "LeakyUnit"]
