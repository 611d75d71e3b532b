"""The answers of the guesses of lessons 00 and 01, by another way than theirs."""

import math

import pytest
import torch
from torch import nn

from utils.course.guesses import predictions

FIRST, SECOND = predictions("00"), predictions("01")


def test_the_cat_is_most_awake_where_the_slope_over_f_is_zero():
    best = 39 / 40  # of (1 - f) f^39
    assert FIRST["00.most_awake"].answer() == pytest.approx((1 - best) * best**39, rel=1e-6)


def test_half_of_ten_knocks_is_gone_as_soon_as_half_of_one():
    steps = []
    for knocks in (1, 10):
        h = 0.0
        for _ in range(knocks):
            h = 0.9 * h + 0.1
        start, taken = h, 0
        while h > start / 2:
            h, taken = 0.9 * h, taken + 1
        steps.append(taken)
    assert steps[0] == steps[1] == math.ceil(FIRST["00.half_life"].answer())
    assert FIRST["00.ten_knocks"].answer() == "just as long"


def test_the_message_arrives_as_autograd_says():
    h = first = torch.tensor(1.0, dtype=torch.float64, requires_grad=True)
    for _ in range(40):
        h = 0.9 * h
    (gradient,) = torch.autograd.grad(h, first)
    assert FIRST["00.way_back"].answer() == pytest.approx(100 * gradient.item())


def test_at_a_gain_of_one_little_comes_through_a_hundred_tanhs():
    from utils.course.explorers.gradient_flow import drawn

    U, a, v = (torch.tensor(drawn()[name]) for name in ("orthogonal", "inputs", "v"))
    h, first = torch.zeros(32, dtype=torch.float64), None
    for a_t in 0.2 * a:
        h = torch.tanh(a_t + U @ h)
        if first is None:
            first = h = h.detach().requires_grad_()
    (gradient,) = torch.autograd.grad(h @ v, first)
    assert SECOND["01.gain_of_one"].answer() == pytest.approx(100 * gradient.norm().item())


def test_a_new_lstm_loses_the_gradient():
    left = []
    for seed in range(8):
        torch.manual_seed(seed)
        lstm, x = nn.LSTM(10, 20), torch.randn(50, 1, 10, requires_grad=True)
        (gradient,) = torch.autograd.grad(lstm(x)[0][-1].sum(), x)
        left.append((gradient[0].norm() / gradient[-1].norm()).item())
    assert max(left) < 1e-8 and SECOND["01.new_lstm"].answer() == "less than a hundred-millionth"


def test_one_step_throws_the_weights_off_the_wall():
    u, b = (torch.tensor(value, dtype=torch.float64, requires_grad=True) for value in (1.6, 0.5))
    longest = 0.0
    for _ in range(40):
        h = torch.tensor(-0.5, dtype=torch.float64)
        for _ in range(20):
            h = torch.tanh(u * h + b)
        gradients = torch.autograd.grad((h + 0.6) ** 2 / 2, (u, b))
        longest = max(longest, 0.1 * math.hypot(*(g.item() for g in gradients)))
        with torch.no_grad():
            for weight, gradient in zip((u, b), gradients):
                weight -= 0.1 * gradient
    assert longest > 1 and SECOND["01.at_the_wall"].answer() == "one step throws it far away"
