"""Temperature: it shows what utils.models.sampling gives."""

import math

import numpy as np
import pytest

from utils.course.explorers import Temperature
from utils.course.explorers.temperature import TEXTS
from utils.models.language import load_language
from utils.models.sampling import entropy, next_distribution

LANGUAGE = load_language()  # torch's, to which all is compared


@pytest.mark.parametrize("text", TEXTS)
def test_temperature_over_its_grid(text):
    explorer = Temperature(text=text)
    z = LANGUAGE.logits(text).double()
    before = None
    for exponent in np.linspace(-1.3, 1.3, 7):
        explorer.controls["temperature"].value = 10**exponent
        assert explorer.error is None and explorer.picture.value != before
        before = explorer.picture.value
        result = explorer.compute(**explorer.values())
        p = next_distribution(z, 10**exponent)
        assert result["entropy"] == pytest.approx(entropy(p).item(), rel=1e-4)
        assert result["p"] == pytest.approx(p.sort(descending=True).values[:10].numpy(), rel=1e-3, abs=1e-5)
        assert explorer.dot.get_ydata()[0] == result["entropy"] <= math.log2(96) + 1e-9
    assert (np.diff(result["curve"]) > -1e-9).all() and result["curve"][-1] > 5.5


def test_its_words_say_the_likeliest_and_its_share():
    explorer = Temperature(text="An object of cl", temperature=0.5)
    assert "the likeliest next character is a with 100 %" in repr(explorer)
