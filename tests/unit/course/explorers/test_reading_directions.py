"""ReadingDirections: zero where nothing was read, true gradients elsewhere, and no position that breaks it."""

import itertools

import numpy as np
import pytest
import torch
from torch import nn

from utils.cells.initialize import forget_bias_
from utils.course.explorers import ReadingDirections
from utils.course.explorers.reading_directions import BIASES, SIZE, WAYS, WORDS, T, norms
from utils.probes.gradients import sensitivity

compute = ReadingDirections.compute


def test_what_each_half_has_read():
    for t, bias in itertools.product(range(1, T + 1), BIASES):
        bars = compute(t, bias, "both")["bars"]
        assert np.flatnonzero(bars["forward"]).tolist() == list(range(t))
        assert np.flatnonzero(bars["backward"]).tolist() == list(range(t - 1, T))


def test_single_halves_last_column_and_both_ends():
    assert not compute(4, 1, "forward")["bars"]["backward"].any()
    assert not compute(4, 1, "backward")["bars"]["forward"].any()
    last, ends = compute(4, 1, "last column")["bars"], compute(4, 1, "both ends")["bars"]
    assert np.flatnonzero(last["backward"]).tolist() == [T - 1] and (last["forward"] > 0).all()
    assert (ends["backward"] > 0).all() and (ends["forward"] > 0).all()


def test_an_open_forget_gate_makes_far_words_count_more():
    far = [norms(bias)[0, -1, 0] for bias in BIASES]
    assert far == sorted(far) and far[-1] > 10 * far[0]


def test_every_control_moves_the_picture_and_nothing_fails():
    explorer = ReadingDirections()
    for bias, way in itertools.product(BIASES, WAYS.values()):
        explorer.controls["bias"].value, explorer.controls["way"].value = bias, way
        for t in (1, 7, T):
            explorer.controls["t"].value = t
            assert explorer.error is None
        assert explorer.controls["t"].disabled == (way in ("last column", "both ends"))
    explorer = ReadingDirections()
    for name, value in (("t", 9), ("bias", 3), ("way", "last column")):
        before = explorer.picture.value
        explorer.controls[name].value = value
        assert explorer.picture.value != before, name


def test_the_words_say_what_was_read():
    assert "has read words 1 to 5" in repr(ReadingDirections()) and "has read words 5 to 13" in repr(
        ReadingDirections()
    )
    assert "The backward half, read off at word 13 (.), has read word 13 alone" in repr(
        ReadingDirections(way="last column")
    )


def test_bars_are_as_high_as_the_logarithm():
    explorer = ReadingDirections(t=6, bias=2)
    for half, bars in explorer.bars.items():
        for bar, value in zip(bars, explorer.compute(6, 2, "both")["bars"][half]):
            assert bar.get_height() == pytest.approx(np.log10(value) + 6 if value else 0)


def test_its_numbers_are_those_of_torchs_lstm():
    with torch.random.fork_rng():
        torch.manual_seed(5)
        lstm = nn.LSTM(SIZE, SIZE, bidirectional=True, dtype=torch.float64)
        vectors = torch.randn(len(set(WORDS)), SIZE, dtype=torch.float64)
    x = vectors[[sorted(set(WORDS)).index(word) for word in WORDS]]
    for bias in BIASES[::2]:
        np.testing.assert_allclose(norms(bias), sensitivity(forget_bias_(lstm, bias), x), rtol=1e-9)


# The probe behind it -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [nn.RNN, nn.LSTM, nn.GRU])
def test_sensitivity_is_the_norm_of_the_jacobian(kind):
    torch.manual_seed(0)
    rnn, x = kind(3, 4, num_layers=2, bidirectional=True, dtype=torch.float64), torch.randn(5, 3, dtype=torch.float64)
    J = torch.autograd.functional.jacobian(lambda x: rnn(x)[0], x)  # (T, 2H, T, in)
    want = torch.stack([J[:, :4], J[:, 4:]]).norm(dim=(2, 4))
    assert torch.allclose(sensitivity(rnn, x), want, atol=1e-12)
    assert sensitivity(kind(3, 4), x.float()).shape == (1, 5, 5)
