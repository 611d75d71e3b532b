"""What the guesses of lessons 02 and 03 hold for right is what torch computes."""

import numpy as np
import pytest
import torch
from torch import nn

from utils.cells import GRU, GRUCell, LSTMCell
from utils.course.explorers import gru_step, gru_variants, lstm_step
from utils.course.guesses import lesson02, lesson03
from utils.probes import forget_bias_for


def filled(cell, W, U, b, d=None):
    """A cell of one input and one unit with these weights, gate by gate; d of n stands inside the GRU's reset."""
    with torch.no_grad():
        for gate in W:
            getattr(cell, f"W_{gate}").weight.fill_(W[gate])
            getattr(cell, f"U_{gate}").weight.fill_(U[gate])
            getattr(cell, f"W_{gate}").bias.fill_(b[gate])
            getattr(cell, f"U_{gate}").bias.fill_(d if d and gate == "n" else 0.0)
    return cell.double()


def test_the_plain_unit_after_the_question():
    rnn = nn.RNN(1, 1, dtype=torch.float64)
    for weight, value in zip(rnn.parameters(), (1.0, 0.95, 0.0, 0.0)):
        nn.init.constant_(weight, value)
    x = torch.zeros(18, 1, dtype=torch.float64)
    x[2], x[17] = 1, -1
    h = rnn(x)[0][:, 0]
    assert lesson02.after_the_question() == pytest.approx(h[17].item()) and f"{h[2]:.2f}" == "0.76"


def test_a_strong_input_overrules_a_bias():
    cell = filled(LSTMCell(1, 1), lstm_step.W, lstm_step.U, {"f": 6.0, "i": -6.0, "g": 0.0, "o": 0.0})
    x, h, c = torch.tensor([[[3.0]], [[0.0]], [[2.0]]], dtype=torch.float64)
    step = cell(x, h, c)
    assert lesson02.after_a_strong_input() == pytest.approx(step.c.item()) and step.i.item() == 0.5


@pytest.mark.parametrize("T", [50, 500])
def test_the_least_bias_is_the_exact_one_rounded_up_to_tenths(T):
    assert lesson02.least_bias(T) == pytest.approx(np.ceil(10 * forget_bias_for(T - 1)) / 10)


def test_the_bias_that_the_question_names_is_right():
    assert "49 steps when the forget bias is 4.3" in lesson02.PREDICTIONS["least_bias"].question
    assert lesson02.least_bias(50) == 4.3


def test_a_shut_update_gate_does_not_hide_the_old_state():
    cell = filled(GRUCell(1, 1), gru_step.W, gru_step.U, {"r": 0.0, "z": -6.0, "n": -1.0}, gru_step.D_N)
    olds = torch.linspace(-1, 1, 201, dtype=torch.float64)[:, None]
    states = cell(torch.zeros_like(olds), olds).h
    assert lesson03.swing() == pytest.approx((states.max() - states.min()).item())


def test_two_places_of_the_reset_with_fresh_weights():
    """The explorer's own GRU, step by step, against the cells of this course with the same weights."""
    x, W, U = (torch.from_numpy(array) for array in gru_variants.draws())
    apart = []
    for seed in range(gru_variants.SEEDS):
        states = []
        for reset in ("after", "before"):
            gru = GRU(gru_variants.INPUTS, gru_variants.H, reset=reset, dtype=torch.float64)
            with torch.no_grad():
                for weight in gru.parameters():
                    weight.zero_()
                for gate, w, u in zip("rzn", W, U):
                    getattr(gru.cells[0], f"W_{gate}").weight.copy_(w[seed].T / gru_variants.H**0.5)
                    getattr(gru.cells[0], f"U_{gate}").weight.copy_(u[seed].T / gru_variants.H**0.5)
                states.append(gru(x[:, seed : seed + 1])[1].flatten())
        apart.append((states[0] - states[1]).square().mean().sqrt().item())
    assert lesson03.PREDICTIONS["parted"].answer() == pytest.approx(np.median(apart))


def test_fewer_parameters():
    lstm, gru = (sum(weight.numel() for weight in kind(300, 512).parameters()) for kind in (nn.LSTM, nn.GRU))
    model = lstm + nn.Embedding(20_000, 300).weight.numel()
    assert lesson03.fewer() == pytest.approx(100 * (lstm - gru) / model)
