"""The answers of lesson 08's guesses that are computed, found another way, with torch."""

import pytest
import torch

from tools.build import ROOT
from utils.course.guesses import lesson08
from utils.models import load_language

AT_FIRST = "An object of cl"  # what the question says was read


@pytest.fixture(scope="module")
def z():
    return load_language().logits(AT_FIRST).double()


def test_the_heat_that_is_needed(z):
    share = lambda T: (z / T).softmax(0).max().item()  # noqa: E731
    low, high = 0.01, 100.0
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if share(middle) > 0.5 else (low, middle)
    assert lesson08.heat() == pytest.approx(high, abs=0.011) and share(lesson08.heat()) < 0.5


def test_what_its_question_says_of_the_network(z):
    p = z.softmax(0)
    asked = lesson08.PREDICTIONS["heat"].question
    assert AT_FIRST in asked and load_language().alphabet[p.argmax()] == "a"
    assert f"{100 * p.max():.0f} %" in asked


def test_knowing_nothing_costs_what_the_first_question_says():
    nothing = torch.nn.functional.cross_entropy(torch.zeros(1, 96), torch.tensor([0])) / torch.tensor(2.0).log()
    assert f"{nothing:.1f} yes-or-no" in lesson08.PREDICTIONS["bits"].question


def test_the_options_are_those_that_the_lesson_reveals():
    source = (ROOT / "lessons_src" / "08_language_model.py").read_text(encoding="utf-8")
    assert all(f'"{option}": bits' in source for option in lesson08.PREDICTIONS["best"].options)
