"""Quiz of lesson 02: the LSTM's memory, its half-life, its shapes and its size."""

from __future__ import annotations

import math

import torch
from torch import nn

from utils.arrays.memory import half_life
from utils.course.quizzes.base import Question, ask, percent, right, wrong


def questions() -> tuple[Question, ...]:
    """The five questions, their numbers computed."""
    f = 1 / (1 + math.exp(-2))
    n, H, B, T, D = 10, 20, 3, 5, 16
    count, of_gru = (_parameters(kind(n, H, device="meta")) for kind in (nn.LSTM, nn.GRU))  # sizes without numbers
    with torch.random.fork_rng(devices=[]):  # the lesson's own dice stay as they are
        lstm = nn.LSTM(8, D, num_layers=2, bidirectional=True, batch_first=True)
        output, (h_n, _) = lstm(torch.zeros(B, T, 8))
    return (
        ask(
            "The forget gate has a bias of 2; x and h are silent. How long is the half-life of the memory?",
            wrong("2.0 steps", "The bias is not a number of steps: it goes through the sigmoid first."),
            right(f"{half_life(f):.1f} steps", f"f = sigmoid(2) = {f:.2f}, and then ln 0.5 / ln f."),
            wrong(
                f"{math.exp(2):.1f} steps",
                f"With e^2 one nearly has 1 / (1 - f). But after so many steps {percent(f ** math.exp(2))} is left, "
                "not half.",
            ),
            wrong(f"{0.5 / (1 - f):.1f} steps", "That is 0.5 / (1 - f), as if each step took the same amount."),
        ),
        ask(
            f"How many parameters has `nn.LSTM({n}, {H})`?",
            wrong(f"{of_gru:,}", "Three parts are counted. The candidate g has weights too, so there are four."),
            wrong(
                f"{4 * (n * H + H * H + H):,}", "One bias for each part is counted. PyTorch keeps two, b_ih and b_hh."
            ),
            wrong(f"{4 * (n * H + 2 * H):,}", "The matrices U, which read h, are missing."),
            right(f"{count:,}", "4 (n H + H H + 2 H)."),
        ),
        ask(
            "Gates given, what happens to a gradient on its way from c_t back to c_(t-1)?",
            right(
                "It is multiplied by f_t, unit by unit.",
                "So it keeps f^k over k steps: all of it with the gate at 1, a thousandth over ten steps at one half.",
            ),
            wrong(
                "It passes unchanged, since there is a sum.",
                "The sum leaves it alone, but the old memory was multiplied by a gate before it was added.",
            ),
            wrong(
                "It goes through U_f and the slope of the sigmoid.",
                "That is the way through h_(t-1) into the forget gate's sum. The question is about the wire along "
                "the top.",
            ),
            wrong(
                "It is multiplied by o_t and the slope of tanh at c_t.",
                "That is the way from c_t out to h_t, not from memory to memory.",
            ),
        ),
        ask(
            f"`nn.LSTM(8, {D}, num_layers=2, bidirectional=True, batch_first=True)` reads x of shape ({B}, {T}, 8). "
            "What is the shape of h_n?",
            wrong(_shape(output), "That is `output`: the last layer at every step. h_n holds the final states only."),
            wrong(f"({B}, {len(h_n)}, {D})", "`batch_first` changes x and `output`; h_n stays as it is."),
            right(_shape(h_n), "One row for each layer and direction, whatever `batch_first` says."),
            wrong(
                f"(2, {B}, {2 * D})",
                "The two directions are side by side in `output`. In h_n each has a row of its own.",
            ),
        ),
        ask(
            "Why does a fresh `nn.LSTM` of 32 units not learn to recall a symbol over 49 silent steps?",
            wrong(
                "Over so many steps its gradient explodes.",
                "A fresh LSTM's gates lie near one half, and products of numbers below 1 do not explode.",
            ),
            wrong(
                "32 units cannot tell ten symbols apart.",
                "The very same 32 units solve the task with other initial biases.",
            ),
            right(
                "Its forget gates start near one half.",
                "Memory and gradient halve at every step, and in 600 steps training does not open the gates.",
            ),
            wrong(
                "No wire leads from step 1 to step 50.", "There is one, along the cell state. It only leaks too much."
            ),
        ),
    )


def _shape(tensor: torch.Tensor) -> str:
    return str(tuple(tensor.shape))


def _parameters(module: nn.Module) -> int:
    return sum(weight.numel() for weight in module.parameters())
