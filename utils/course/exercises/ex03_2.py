"""Exercise 03.2: which GRU a library has, told by its answers alone."""

from __future__ import annotations

from itertools import product

import numpy as np

from utils.arrays.cells import sigmoid
from utils.course.exercises.answers import several
from utils.course.exercises.base import NotYet, register

RESETS, ROLES = ("after", "before"), ("keeps", "writes")
PROBES = {  # the question, its two words, and what tells them apart
    "reset": (RESETS, "one unit cannot tell: take two, with r = 1 in one and r = 0 in the other"),
    "z": (ROLES, "make z = 1 with a large b_z and see whether the old h comes back"),
}


def library_gru(reset: str, z_role: str):
    """One step of a GRU as some library has it: gru(x, h, W, U, b) -> the next h (B, H).

    W, U and b are dicts with the keys "r", "z", "n": (H, in), (H, H), (H,); b stands with W x, outside the reset.
    """

    def gru(x, h, W, U, b):
        r, z = (sigmoid(x @ W[gate].T + b[gate] + h @ U[gate].T) for gate in "rz")
        past = r * (h @ U["n"].T) if reset == "after" else (r * h) @ U["n"].T
        n = np.tanh(x @ W["n"].T + b["n"] + past)
        return (1 - z) * n + z * h if z_role == "keeps" else z * n + (1 - z) * h

    return gru


@register("03.2", title="Which GRU is it?", minutes=10, difficulty="hard", answer="which_gru",
          ending='the two words, for instance `return "after", "keeps"`', hints=(
    "You choose the weights, so choose ones that make the answer plain. For z: all weights 0 and b_z = 30, so that "
    "z = 1. A z that keeps gives back the old h; a z that writes gives n, which is 0 here.",
    "For the reset two units are needed. Open r of the first unit and shut r of the second, b_r = (30, -30), let "
    "U_n swap the two units, and give the old state h = (0.5, 0).",
    "Then the first unit's past is U_n (r h) = 0 either way, and the second sees h_1 = 0.5. Before: h_1 passes r_1 "
    "= 1, and the second unit moves. After: r_2 = 0 shuts it off. Let z take the candidate whole.",
))  # fmt: skip
def check_which_gru(answer) -> str:
    """Give the learner's function each of the four GRUs; name what it does not see."""
    told = {kind: _told(answer(library_gru(*kind))) for kind in product(RESETS, ROLES)}
    wrong = [(want, got) for want, got in told.items() if want != got]
    if not wrong:
        return "you told all four apart by their answers alone. Do this before you load weights from elsewhere."
    for index, (name, (words, probe)) in enumerate(PROBES.items()):
        said = [{got[index] for want, got in told.items() if want[index] == word} for word in words]
        if said == [{words[1]}, {words[0]}]:
            raise NotYet(f'the two words for {name} have changed places: "{words[0]}" and "{words[1]}".')
        if len(set.union(*said)) == 1:
            raise NotYet(f'your function says "{said[0].pop()}" of all four GRUs; {probe}.')
    want, got = wrong[0]
    raise NotYet(
        f"{len(told) - len(wrong)} of four are right; of the one that is {want} your function says {got}. "
        "Does your probe for one question depend on the answer to the other?"
    )


def _told(got) -> tuple[str, str]:
    """What the learner's function says of one GRU; NotYet unless it is two of the words."""
    reset, role = several("which_gru", got, "two words", 'such as `return "after", "keeps"`')
    if reset not in RESETS or role not in ROLES:
        raise NotYet(f'the first word should be "after" or "before" and the second "keeps" or "writes", got {got!r}.')
    return reset, role
