"""What lessons begin with and what keeps them true."""

import random

import numpy as np
import pytest
import torch
from matplotlib import rc_context, rcParams
from matplotlib import style as styles
from refused import refused

from utils.course.lesson import TITLES, ClaimError, claim, device, start


def test_start_seeds_every_generator_and_prints_one_line(capsys):
    drawn = []
    for _ in range(2):
        start("01")
        drawn.append((random.random(), np.random.rand(), torch.rand(1).item()))
    assert drawn[0] == drawn[1]
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2
    assert lines[0].startswith(f"Set up: lesson 01, {TITLES['01']} · Python 3.")
    assert torch.__version__ in lines[0]


def test_the_lesson_draws_in_the_courses_style_and_leaves_other_settings(capsys):
    with styles.context("dark_background"), rc_context({"text.usetex": True, "figure.max_open_warning": 3}):
        start("01")
        assert rcParams["text.color"] == "black" and not rcParams["text.usetex"]
        assert rcParams["figure.max_open_warning"] == 3
    assert capsys.readouterr().out.startswith("Set up: lesson 01")


@pytest.mark.refusal("course.lesson")
@pytest.mark.parametrize("number", ["99", 1, None, ""])
def test_start_refuses_a_lesson_that_does_not_exist(number):
    with refused(ValueError, "The lesson's number must be one of '00', '01'"):
        start(number)


def test_device_is_one_that_torch_has():
    assert torch.zeros(1, device=device()).device.type == device()


@pytest.mark.parametrize("holds", [True, np.True_, np.array(True), np.array([True]), torch.tensor(True)])
def test_a_claim_that_holds_prints_one_line(holds, capsys):
    claim("The LSTM recalls", holds)
    assert capsys.readouterr().out == "Claim holds: The LSTM recalls\n"


def test_a_claim_shows_what_was_measured_and_allowed(capsys):
    claim("It recalls", True, 0.99264)
    claim("They agree", True, 2.2e-16, limit=1e-12)
    claim("Nothing is left over", True, [])
    lines = ["It recalls (measured: 0.993)", "They agree (measured: 2.2e-16, allowed 1e-12)"]
    lines = [f"Claim holds: {line}" for line in [*lines, "Nothing is left over (measured: none)"]]
    assert capsys.readouterr().out.splitlines() == lines


@pytest.mark.parametrize("holds", [False, np.False_, torch.tensor([False])])
def test_a_claim_that_fails_stops_and_says_what_was_measured(holds, capsys):
    with pytest.raises(ClaimError, match=r"^Claim fails: The LSTM recalls \(measured: 0.1\)$"):
        claim("The LSTM recalls", holds, 0.1)
    with pytest.raises(AssertionError, match=r"^Claim fails: It holds$"):
        claim("It holds", holds)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("holds", [True, False])
def test_what_cannot_be_checked_here_neither_holds_nor_fails(holds, capsys):
    claim("The end tells more", holds, 0.3, unless="it takes the real reviews")
    assert capsys.readouterr().out == "Not checked here, because it takes the real reviews: The end tells more\n"
    claim("The end tells more", True, unless=False)
    assert capsys.readouterr().out == "Claim holds: The end tells more\n"


@pytest.mark.refusal("course.lesson")
@pytest.mark.parametrize("reason", [True, 1, ["no data"]])
def test_a_reason_not_to_check_is_a_sentence(reason):
    with refused(TypeError, "unless must be a reason in words"):
        claim("It holds", True, unless=reason)


@pytest.mark.refusal("course.lesson")
@pytest.mark.parametrize("holds", [1, 0.99, "yes", None, [], np.array([True, True]), torch.tensor([True, False])])
def test_what_is_neither_true_nor_false_is_no_claim(holds):
    with refused(TypeError, "A claim is True or False, got .*write a comparison"):
        claim("It holds", holds)


@pytest.mark.refusal("course.lesson")
@pytest.mark.parametrize("text", ["", "  ", None, 3])
def test_a_claim_needs_a_sentence(text):
    with refused(TypeError, "A claim needs a sentence"):
        claim(text, True)
