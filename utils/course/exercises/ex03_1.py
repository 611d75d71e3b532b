"""Exercise 03.1: ten steps of a GRU from raw weights."""

from __future__ import annotations

from functools import partial

import numpy as np

from utils.arrays.cells import sigmoid
from utils.arrays.parameters import cells_of
from utils.course.exercises.answers import (
    array,
    close,
    normal,
    on_copies,
    same_as,
    wrong_orders,
    wrong_rows,
)
from utils.course.exercises.base import NotYet, register

GIVEN = ("x", "h", "W_ih", "W_hh", "b_ih", "b_hh")
CASES = ((1, 1, 3, 4), (10, 2, 3, 4))  # T, B, n, H
TOLERANCE = 1e-5


def _steps(x, h, W_ih, W_hh, b_ih, b_hh, order="rzn", reset="after", z_role="keeps", squash_n=np.tanh,
           merged=False, turned=True, carried=True, without=None):  # fmt: skip
    """The right answer; the last arguments make the usual mistakes."""
    b_ih, b_hh = b_ih * (without != "b_ih"), b_hh * (without != "b_hh")
    W, U, b, d = (dict(zip(order, np.split(stacked, 3))) for stacked in (W_ih, W_hh, b_ih, b_hh))
    U = {gate: u if turned else u.T for gate, u in U.items()}
    if merged:
        b, d = b | {"n": b["n"] + d["n"]}, d | {"n": 0}
    states, first = [], h
    for x_t in x:
        h = h if carried else first
        r, z = (sigmoid(x_t @ W[g].T + b[g] + h @ U[g].T + d[g]) for g in "rz")
        past = r * (h @ U["n"].T + d["n"]) if reset == "after" else (r * h) @ U["n"].T + d["n"]
        n = squash_n(x_t @ W["n"].T + b["n"] + past)
        h = (1 - z) * n + z * h if z_role == "keeps" else z * n + (1 - z) * h
        states.append(h)
    return np.stack(states)


MISTAKES = {
    "the reset comes before the product, n = tanh(... + U_n (r h)): torch multiplies after it, r (U_n h + d_n).": {
        "reset": "before"
    },
    "z has changed its role: in torch z keeps, h = (1 - z) * n + z * h.": {"z_role": "writes"},
    "the two biases of n are merged: d_n, the last third of b_hh, stands inside the brackets that r multiplies.": {
        "merged": True
    },
    "the candidate n goes through a sigmoid: it needs tanh, which can be negative.": {"squash_n": sigmoid},
    "the bias b_hh is missing: torch adds it to U h, inside the reset's brackets for n.": {"without": "b_hh"},
    "the bias b_ih is missing: torch adds it to W x.": {"without": "b_ih"},
    "the blocks of W_hh are used without turning them: each row of W_hh belongs to one unit, so write h @ U.T.": {
        "turned": False
    },
    "each step starts again from the first h: the h of one step is the next one's old h.": {"carried": False},
    **wrong_orders("rzn", "the parts are read"),
}  # fmt: skip


@register("03.1", title="Ten steps of a GRU from raw weights", minutes=10, difficulty="medium", answer="gru_steps",
          ending="`return` and the states", hints=(
    "Cut each of the four weight arrays into three with np.split(W_ih, 3): torch's order is r, z, n.",
    "One step: r and z are sigmoids of x_t @ W.T + b + h @ U.T + d; n is tanh of x_t @ W_n.T + b_n + r times the "
    "bracket (h @ U_n.T + d_n).",
    "Loop over x, one x_t of shape (B, in) a step; set h = (1 - z) * n + z * h and append it; return np.stack.",
))  # fmt: skip
def check_gru_steps(answer) -> str:
    """Compare with a cell that equals nn.GRU's, within 1e-5: one step, then ten; name the usual mistakes."""
    for T, B, n, H in CASES:
        given = normal(100 * n + H, (T, B, n), (B, H), (3 * H, n), (3 * H, H), (3 * H,), (3 * H,))
        misfit = (
            f"Here one x_t is {(B, n)}, h is {(B, H)}, a third of W_ih is {(H, n)} and a third of W_hh is {(H, H)}; "
            "write x_t @ W.T."
        )
        got = on_copies(answer, dict(zip(GIVEN, given)), misfit)
        last = {(B, H): ": that is the last state only, and every state is asked for"}
        mine, right = array("the states", got, (T, B, H), "(T, B, H)", last), _cell_steps(*given)
        if close(mine, right, TOLERANCE):
            continue
        same_as(MISTAKES, mine, *given, right=_steps, near=partial(close, tol=TOLERANCE))
        if T == 1:
            raise NotYet(
                f"one step differs from nn.GRU's: its first number should be {right[0, 0, 0]:.4f}, and yours is "
                f"{mine[0, 0, 0]:.4f}. Compare r, z and n one by one with the three equations."
            )
        wrong = wrong_rows(mine, right, TOLERANCE)[0] + 1
        raise NotYet(f"one step alone is right, and of ten steps number {wrong} is the first that is not.")
    return "one step and ten equal nn.GRU's within 1e-5. This is the variant that resets after the product."


def _cell_steps(x, h, *weights) -> np.ndarray:
    [cell] = cells_of(dict(zip(("weight_ih", "weight_hh", "bias_ih", "bias_hh"), weights)))
    states = []
    for x_t in x:
        h = cell.step(x_t @ cell.W + cell.b, h).h
        states.append(h)
    return np.stack(states)
