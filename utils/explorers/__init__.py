"""The explorers, one class per demonstration."""

from utils.explorers.base import Explorer

__all__ = ["Explorer"]
