"""Exercise 02.1: one LSTM step from raw weights."""

from __future__ import annotations

import numpy as np

from utils.arrays.cells import sigmoid
from utils.arrays.parameters import cells_of
from utils.course.exercises.answers import (
    array,
    close,
    normal,
    on_copies,
    same_as,
    several,
    wrong_orders,
    wrong_rows,
)
from utils.course.exercises.base import NotYet, register

GIVEN = ("x", "h", "c", "W_ih", "W_hh", "b_ih", "b_hh")
CASES = ((2, 3, 4), (1, 1, 3))  # B, n, H


def _step(x, h, c, W_ih, W_hh, b_ih, b_hh, order="ifgo", squash_g=np.tanh, show=np.tanh, old_c=False, turned=True,
          without=None):  # fmt: skip
    """The right answer; the last arguments make the usual mistakes."""
    U = W_hh if turned else np.concatenate([block.T for block in np.split(W_hh, 4)])
    a = x @ W_ih.T + h @ U.T + b_ih * (without != "b_ih") + b_hh * (without != "b_hh")
    gates = dict(zip(order, np.split(a, 4, axis=1)))
    f, i, o = (sigmoid(gates[name]) for name in "fio")
    new_c = f * c + i * squash_g(gates["g"])
    return o * show(c if old_c else new_c), new_c


MISTAKES = {
    "c and h have changed places: return h first, then c.": lambda *given: _step(*given)[::-1],
    "the candidate g goes through a sigmoid: it needs tanh, which can be negative.": {"squash_g": sigmoid},
    "h shows c as it is: the output gate multiplies tanh(c).": {"show": lambda c: c},
    "h shows the memory from before the step: update c first, then h = o * tanh(c).": {"old_c": True},
    "the bias b_hh is missing: torch adds both b_ih and b_hh.": {"without": "b_hh"},
    "the bias b_ih is missing: torch adds both b_ih and b_hh.": {"without": "b_ih"},
    "the blocks of W_hh are used without turning them: each row of W_hh belongs to one unit, so write h @ U.T.": {
        "turned": False
    },
    **wrong_orders("ifgo", "the gates are read"),
}  # fmt: skip


@register("02.1", title="One LSTM step from raw weights", minutes=8, difficulty="medium", answer="lstm_step",
          ending="`return h, c`", hints=(
    "All four weighted sums come from one line, of shape (B, 4H): x @ W_ih.T + h @ W_hh.T and both biases.",
    "np.split(a, 4, axis=1) cuts them into four parts of shape (B, H), in torch's order: i, f, g, o.",
    "Squash i, f and o with a sigmoid and g with tanh; then c = f * c + i * g, and last h = o * tanh(c).",
))  # fmt: skip
def check_lstm_step(answer) -> str:
    """Compare with a cell that equals nn.LSTMCell, in float64 on two sizes; name the usual mistakes."""
    for B, n, H in CASES:
        given = normal(100 * n + H, (B, n), (B, H), (B, H), (4 * H, n), (4 * H, H), (4 * H,), (4 * H,))
        misfit = (
            f"Here x is {(B, n)}, h is {(B, H)}, W_ih is {(4 * H, n)} and W_hh is {(4 * H, H)}; W_ih.T and W_hh.T turn "
            f"the weights, and the sum should be {(B, 4 * H)}."
        )
        got = several("lstm_step", on_copies(answer, dict(zip(GIVEN, given)), misfit), "two things", "`return h, c`")
        mine = tuple(array(name, value, (B, H), "(B, H)") for name, value in zip("hc", got))
        right = _cell_step(*given)
        if close(mine, right):
            continue
        same_as(MISTAKES, mine, *given, right=_step)
        if close(mine[1], right[1]):
            raise NotYet("c is right and h is not: h = o * tanh(c), with the new c.")
        row = wrong_rows(mine[1], right[1])[0]
        raise NotYet(
            f"c differs from nn.LSTMCell's: row {row} should begin with {right[1][row, 0]:.4f}, and yours begins with "
            f"{mine[1][row, 0]:.4f}. Look at the sums first, then at the four parts."
        )
    return "your step equals nn.LSTMCell's. A whole LSTM is this function in a for loop."


def _cell_step(x, h, c, *weights) -> tuple[np.ndarray, np.ndarray]:
    [cell] = cells_of(dict(zip(("weight_ih", "weight_hh", "bias_ih", "bias_hh"), weights)))
    step = cell.step(x @ cell.W + cell.b, h, c)
    return step.h, step.c
