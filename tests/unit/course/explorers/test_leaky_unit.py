"""The leaky unit of lesson 00: the numbers it computes, the words it says."""

import numpy as np
import pytest

from utils.arrays.memory import half_life
from utils.course.explorers.leaky_unit import FS, STEPS, VISITORS, LeakyUnit, mood

GRID = [(f, knock) for f in (0.05, 0.5, 0.9, 0.99) for knock in (1, 10, 36, STEPS)]


@pytest.mark.parametrize(("f", "knock"), GRID)
@pytest.mark.parametrize("visitor", VISITORS)
def test_every_step_follows_the_equation(f, knock, visitor):
    result = LeakyUnit.compute(f, knock, visitor)
    x, h = result["x"], result["h"]
    assert x.shape == h.shape == (STEPS + 1,)
    assert h[0] == 0
    np.testing.assert_allclose(h[1:], f * h[:-1] + (1 - f) * x[1:], rtol=0, atol=1e-15)
    assert np.flatnonzero(x)[0] == knock
    assert np.flatnonzero(x)[-1] == result["last"] <= STEPS


def test_one_knock_fades_by_f_each_step():
    h = LeakyUnit.compute(0.9, 10, "one knock")["h"]
    np.testing.assert_allclose(h[10:], 0.1 * 0.9 ** np.arange(STEPS - 9), rtol=1e-12)
    assert not h[:10].any()


def test_half_of_any_memory_is_gone_after_the_half_life():
    for visitor in VISITORS:
        result = LeakyUnit.compute(0.5 ** (1 / 5), 5, visitor)  # a half-life of five steps
        assert result["half_life"] == pytest.approx(5)
        assert result["h"][result["last"] + 5] == pytest.approx(result["h"][result["last"]] / 2)


@pytest.mark.parametrize("f", [0.05, 0.5, 0.9, 0.99])
def test_the_share_that_is_left_begins_at_one_and_is_half_after_the_half_life(f):
    for visitor in VISITORS:
        result = LeakyUnit.compute(f, 3, visitor)
        last, share = result["last"], result["share"]
        assert not share[:last].any() and share[last] == 1
        np.testing.assert_allclose(share[last:], f ** np.arange(STEPS + 1 - last), rtol=1e-9, atol=1e-300)


@pytest.mark.parametrize("knock", [1, 10, STEPS])
def test_the_trade_off_is_that_of_the_unit_itself(knock):
    result = LeakyUnit.compute(0.5, knock, "one knock")
    now = [LeakyUnit.compute(f, knock, "one knock")["h"][-1] for f in FS]
    np.testing.assert_allclose(result["both"], now, rtol=1e-9, atol=1e-300)
    np.testing.assert_allclose(result["heard"] * result["kept"], now, rtol=1e-9, atol=1e-300)


@pytest.mark.parametrize("f", [0.05, 0.5, 0.9, 0.99])
def test_the_picture_is_never_empty(f):
    """The share that is left is drawn at full height, however little was heard."""
    cat = LeakyUnit(f=f)
    values, *_ = cat.share.get_data()
    assert values.max() == 1 and cat.span.get_ydata()[0] == 0.5


def test_no_f_keeps_the_cat_awake_after_39_steps():
    assert max(LeakyUnit.compute(f, 1, "one knock")["h"][-1] for f in np.linspace(0.05, 0.99, 95)) < 0.01


def test_the_words_tell_the_numbers():
    cat = LeakyUnit()
    assert repr(cat).startswith("LeakyUnit(f=0.9, knock=10, visitor='one knock'): With f = 0.90")
    assert f"{half_life(0.9):.1f} steps" in repr(cat)
    assert "4.2 % of that is left: h = 0.004, the cat is fast asleep." in repr(cat)
    cat.controls["visitor"].value = "ten knocks"
    cat.controls["knock"].value = 31
    assert "the cat is awake." in repr(cat)


def test_moods_follow_each_other():
    moods = [mood(h) for h in np.linspace(0, 1, 1001)]
    assert list(dict.fromkeys(moods)) == [
        "fast asleep", "dreaming of mice", "pricking up an ear", "half awake", "awake", "wide awake",
    ]  # fmt: skip
