"""Exercise 04.1: the gates of nn.LSTM from its own weights, and from the states that it shows."""

from __future__ import annotations

from itertools import permutations

import numpy as np

from utils.arrays.cells import sigmoid
from utils.arrays.layers import Unrolled
from utils.arrays.parameters import cells_of
from utils.course.exercises.answers import array, close, normal, on_copies, same_as, several
from utils.course.exercises.base import NotYet, register

GIVEN = ("x", "h", "W_ih", "W_hh", "b_ih", "b_hh")
CASES = ((0, 20, 1, 4), (2, 1, 3, 2))  # seed, T, n, H
TOLERANCE = 1e-5


def _before(h):
    """h of the step before each step, (T, H): 0 before the first."""
    return np.concatenate([np.zeros_like(h[:1]), h[:-1]])


def _gates(x, h, W_ih, W_hh, b_ih, b_hh, back="fio", squash=sigmoid, old_h=_before, turned=True, without=None):
    """The right answer; the last arguments make the usual mistakes."""
    U = W_hh if turned else np.concatenate([block.T for block in np.split(W_hh, 4)])
    a = x @ W_ih.T + old_h(h) @ U.T + b_ih * (without != "b_ih") + b_hh * (without != "b_hh")
    parts = dict(zip("ifgo", np.split(a, 4, axis=1)))
    return tuple(squash(parts[name]) for name in back)


MISTAKES = {
    **{
        f"your three are {', '.join(back)}: f, i, o are wanted, and torch's blocks stand in the order i, f, g, o.":
            {"back": back}
        for back in permutations("ifgo", 3) if back != tuple("fio")
    },
    "each step reads its own h: the gates of step t made h_t, so they can have read only h of the step before.":
        {"old_h": lambda h: h},
    "each step reads the h of the step after it: move h down by one row, and not up.":
        {"old_h": lambda h: np.concatenate([h[1:], np.zeros_like(h[:1])])},
    "step 1 reads the last h: np.roll brings it round to the front. Before the first step h is 0.":
        {"old_h": lambda h: np.roll(h, 1, axis=0)},
    "h is left out: the gates read the state of the step before as well, through W_hh.": {"old_h": np.zeros_like},
    "the gates go through tanh: f, i and o need a sigmoid, which lies between 0 and 1.": {"squash": np.tanh},
    "the gates are bare sums: f, i and o go through a sigmoid.": {"squash": lambda a: a},
    "the bias b_hh is missing: torch adds both b_ih and b_hh.": {"without": "b_hh"},
    "the bias b_ih is missing: torch adds both b_ih and b_hh.": {"without": "b_ih"},
    "the blocks of W_hh are used without turning them: each row of W_hh belongs to one unit, so write W_hh.T.":
        {"turned": False},
}  # fmt: skip


@register("04.1", title="The gates of nn.LSTM from its own weights", minutes=10, difficulty="medium",
          answer="lstm_gates", ending="`return f, i, o`", hints=(
    "No loop is needed: h is there for all steps. What a step reads is the h of the step before; before the first it "
    "is 0. So put a row of H zeros in front of h and leave its last row away.",
    "One line holds all four sums of all steps, (T, 4H): x @ W_ih.T + before @ W_hh.T + b_ih + b_hh.",
    "np.split(a, 4, axis=1) cuts it in torch's order i, f, g, o. The gates are 1 / (1 + np.exp(-a)); g is not wanted.",
))  # fmt: skip
def check_lstm_gates(answer) -> str:
    """Compare with a run that kept its gates, on a sine wave and on one step; name the usual mistakes."""
    for case in CASES:
        given, right = _run(*case)
        (T, n), H = given["x"].shape, given["h"].shape[1]
        misfit = (
            f"Here x is {(T, n)}, h is {(T, H)}, W_ih is {(4 * H, n)} and W_hh is {(4 * H, H)}; W_ih.T and W_hh.T turn "
            f"the weights, and the sum should be {(T, 4 * H)}."
        )
        got = several("lstm_gates", on_copies(answer, given, misfit), "three things", "`return f, i, o`", 3)
        remarks = {
            (H, T): ": T and H have changed places, so step t is a column",
            (T - 1, H): ": step 1 has gates too, and before it h is 0",
        }
        mine = tuple(array(name, value, (T, H), "(T, H)", remarks) for name, value in zip("fio", got))
        if close(mine, right, TOLERANCE):
            continue
        same_as(MISTAKES, mine, *given.values(), right=_gates)
        for name, m, r in zip("fio", mine, right):
            if not close(m[0], r[0], TOLERANCE):
                raise NotYet(
                    f"{name} at step 1 should begin with {r[0, 0]:.4f}, and yours begins with {m[0, 0]:.4f}. Look at "
                    "the sum of that step first: there h is 0."
                )
        raise NotYet("the first step is right and a later one is not: which h does each step read?")
    return "your gates are the network's at every step, and without a loop: gates read h, and h is what nn.LSTM shows."


def _run(seed: int, T: int, n: int, H: int) -> tuple[dict, tuple]:
    """What is given, by name, and the gates f, i, o (T, H) each of an LSTM that reads n waves of T steps.

    Its weights are larger than a fresh one's, so that no mistake is too small to see.
    """
    weights = normal(seed, (4 * H, n), (4 * H, H), (4 * H,), (4 * H,))
    x = np.sin(np.linspace(0.3, 6.5, T))[:, None] * np.arange(1, n + 1)
    names = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")
    run = Unrolled(cells_of(dict(zip(names, weights)))[0], x)
    return dict(zip(GIVEN, (x, run["h"], *weights))), tuple(run[name] for name in "fio")
