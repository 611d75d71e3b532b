"""Exercise 04.1: the gates of nn.LSTM from its own weights."""

from __future__ import annotations

from itertools import permutations

import torch
from torch import Tensor, nn

from utils.course.exercises.answers import array, close, same_as, several, wrong_orders
from utils.course.exercises.base import NotYet, register
from utils.probes.gates import gate_trace

CASES = ((0, 20, 4), (2, 1, 2))  # seed, T, H
TOLERANCE = 1e-5


def _gates(lstm, x, order="ifgo", squash=torch.sigmoid, biases=("ih", "hh"), carry="hc", back="fio"):
    """The right answer; the last arguments make the usual mistakes."""
    h, c = x.new_zeros(2, lstm.hidden_size)
    b = sum(getattr(lstm, f"bias_{name}_l0") for name in biases)
    steps = []
    for x_t in x:
        a = dict(zip(order, (lstm.weight_ih_l0 @ x_t + lstm.weight_hh_l0 @ h + b).chunk(4)))
        f, i, o = squash(a["f"]), squash(a["i"]), squash(a["o"])
        new_c = f * c + i * torch.tanh(a["g"])
        c = new_c if "c" in carry else c
        h = o * torch.tanh(new_c) if "h" in carry else h
        steps.append({"f": f, "i": i, "o": o})
    return tuple(torch.stack([step[name] for step in steps]) for name in back)


MISTAKES = {
    **{
        f"you return {', '.join(back)}: the order asked for is f, i, o.": {"back": back}
        for back in list(permutations("fio"))[1:]
    },
    "h is not carried: h_t of one step goes into the sums of the next, W_hh @ h.": {"carry": "c"},
    "c is not carried: each step begins with the memory that the step before it left.": {"carry": "h"},
    "the gates go through tanh: f, i and o need a sigmoid, which lies between 0 and 1.": {"squash": torch.tanh},
    "the gates are bare sums: f, i and o go through a sigmoid.": {"squash": lambda a: a},
    "the bias b_hh is missing: torch adds both b_ih and b_hh.": {"biases": ("ih",)},
    "the bias b_ih is missing: torch adds both b_ih and b_hh.": {"biases": ("hh",)},
    **wrong_orders("ifgo", "the four parts are read"),
}  # fmt: skip


@register("04.1", title="The gates of nn.LSTM from its own weights", minutes=10, difficulty="medium",
          answer="lstm_gates", ending="`return f, i, o`", hints=(
    "Begin with h and c of H zeros. One line holds all four sums, (4H,): W_ih @ x_t + W_hh @ h + b_ih + b_hh.",
    ".chunk(4) cuts them in torch's order i, f, g, o. Squash i, f and o with a sigmoid, g with tanh.",
    "Then c = f * c + i * g and h = o * tanh(c), for the next step. Put f, i, o aside; torch.stack makes (T, H).",
))  # fmt: skip
def check_lstm_gates(answer) -> str:
    """Compare with gate_trace on sine waves of two lengths; name the usual mistakes."""
    for seed, T, H in CASES:
        lstm, x = _wave(seed, T, H)
        got = several("lstm_gates", answer(lstm, x), "three things", "`return f, i, o`", 3)
        turned = {(H, T): ": T and H have changed places, so step t is a column"}
        mine = tuple(array(name, value, (T, H), "(T, H)", turned) for name, value in zip("fio", got))
        trace = gate_trace(lstm, x)[0]
        right = tuple(trace[name][0].numpy() for name in "fio")  # each (T, H)
        if close(mine, right, TOLERANCE):
            continue
        same_as(MISTAKES, mine, lstm, x, right=_gates, near=_near)
        for name, m, r in zip("fio", mine, right):
            if not close(m[0], r[0], TOLERANCE):
                raise NotYet(
                    f"{name} at step 1 should begin with {r[0, 0]:.4f}, and yours begins with {m[0, 0]:.4f}. Look at "
                    "the sum of that step first."
                )
        raise NotYet("the first step is right and a later one is not: look at how h and c go on.")
    return "your gates are the network's, within 1e-5. They swing with the wave, and no plot of h would show them."


def _wave(seed: int, T: int, H: int) -> tuple[nn.LSTM, Tensor]:
    """An LSTM with larger weights than a fresh one's, so that no mistake is too small to see, and a wave (T, 1)."""
    random = torch.Generator().manual_seed(seed)
    lstm = nn.LSTM(1, H, batch_first=True, dtype=torch.float32)
    with torch.no_grad():
        for weight in lstm.parameters():
            weight.copy_(torch.randn(weight.shape, generator=random, dtype=torch.float32))
    return lstm, torch.sin(torch.linspace(0.3, 6.5, T, dtype=torch.float32))[:, None]


def _near(mine, wrong) -> bool:
    """Whether the first steps agree: a mistake that lets c grow is followed only as far as rounding lets it."""
    return close(tuple(m[:4] for m in mine), tuple(w[:4] for w in wrong), TOLERANCE)
