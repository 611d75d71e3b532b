"""How every test of bad input looks at what is said: the right kind of error, and one line that is a sentence."""

from contextlib import contextmanager

import pytest


@contextmanager
def refused(error: type[Exception] | tuple, sentence: str | None = None):
    """What is tried inside must raise `error`; its words hold `sentence`, a regular expression."""
    with pytest.raises(error, match=sentence) as failure:
        yield failure
    is_a_sentence(str(failure.value))


def is_a_sentence(said: str) -> None:
    assert said and "\n" not in said.strip() and said.strip().endswith("."), said
