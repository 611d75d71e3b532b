"""Hypothesis without deadlines: the first call of a torch operator may take a second."""

from hypothesis import settings

settings.register_profile("course", deadline=None, derandomize=True)
settings.load_profile("course")
