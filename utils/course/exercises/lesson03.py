"""Exercises 03.1 to 03.3: a GRU from raw weights, which GRU a library has, a GRU as large as an LSTM."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import torch
from torch import nn

from utils.course.exercises.answers import on_copies
from utils.course.exercises.base import NotYet, register

# 03.1 ----------------------------------------------------------------------------------------------------------------


def _sigmoid(a):
    return 1 / (1 + np.exp(-a))


def _steps(x, h, W_ih, W_hh, b_ih, b_hh, order="rzn", reset="after", z_role="keeps", squash_n=np.tanh,
           merged=False, turned=True, carried=True):  # fmt: skip
    """The right answer; the last arguments make the usual mistakes."""
    W, U, b, d = (dict(zip(order, np.split(stacked, 3))) for stacked in (W_ih, W_hh, b_ih, b_hh))
    U = {gate: u if turned else u.T for gate, u in U.items()}
    if merged:
        b, d = b | {"n": b["n"] + d["n"]}, d | {"n": 0}
    states, first = [], h
    for x_t in x:
        h = h if carried else first
        r, z = (_sigmoid(x_t @ W[g].T + b[g] + h @ U[g].T + d[g]) for g in "rz")
        past = r * (h @ U["n"].T + d["n"]) if reset == "after" else (r * h) @ U["n"].T + d["n"]
        n = squash_n(x_t @ W["n"].T + b["n"] + past)
        h = (1 - z) * n + z * h if z_role == "keeps" else z * n + (1 - z) * h
        states.append(h)
    return np.stack(states)


GIVEN = ("x", "h", "W_ih", "W_hh", "b_ih", "b_hh")


def _without(name):
    return lambda *given: _steps(*(0 * value if key == name else value for key, value in zip(GIVEN, given)))


STEP_MISTAKES = {
    "the reset comes before the product, n = tanh(... + U_n (r h)): torch multiplies after it, r (U_n h + d_n).": (
        lambda *given: _steps(*given, reset="before")
    ),
    "z has changed its role: in torch z keeps, h = (1 - z) * n + z * h.": lambda *given: _steps(
        *given, z_role="writes"
    ),
    "the two biases of n are merged: d_n, the last third of b_hh, stands inside the brackets that r multiplies.": (
        lambda *given: _steps(*given, merged=True)
    ),
    "the candidate n goes through a sigmoid: it needs tanh, which can be negative.": lambda *given: _steps(
        *given, squash_n=_sigmoid
    ),
    "the bias b_hh is missing: torch adds it to U h, inside the reset's brackets for n.": _without("b_hh"),
    "the bias b_ih is missing: torch adds it to W x.": _without("b_ih"),
    "the blocks of W_hh are used without turning them: each row of W_hh belongs to one unit, so write h @ U.T.": (
        lambda *given: _steps(*given, turned=False)
    ),
} | {
    f"the parts are read in the order {', '.join(order)}: torch stacks them as r, z, n.": (
        lambda *given, order=order: _steps(*given, order=order)
    )
    for order in permutations("rzn")
    if order != tuple("rzn")
}


@register(
    "03.1",
    title="Ten steps of a GRU from raw weights",
    minutes=10,
    difficulty="medium",
    answer="gru_steps",
    hints=(
        "Cut each of the four weight arrays into three with np.split(W_ih, 3): torch's order is r, z, n.",
        "One step: r and z are sigmoids of x_t @ W.T + b + h @ U.T + d; n is tanh of x_t @ W_n.T + b_n + r times the "
        "bracket (h @ U_n.T + d_n).",
        "Loop over x, one x_t of shape (B, in) a step; set h = (1 - z) * n + z * h and append it; return np.stack.",
    ),
)
def check_gru_steps(answer) -> str:
    """Compare with nn.GRU within 1e-5: one step, then ten, in three sizes; name the usual mistakes."""
    for T, B, n, H in ((1, 2, 3, 4), (10, 2, 3, 4), (10, 1, 1, 3)):
        given = _given(T, B, n, H)
        right = _torch_steps(*given)
        mine = _states(answer, given, (T, B, H))
        if np.allclose(mine, right, rtol=0, atol=1e-5):
            continue
        for sentence, mistake in STEP_MISTAKES.items():
            if np.allclose(mine, mistake(*given), rtol=0, atol=1e-9):
                raise NotYet(f"because {sentence}")
        if T == 1:
            raise NotYet(
                f"because one step differs from nn.GRU's: its first number should be {right[0, 0, 0]:.4f}, and yours "
                f"is {mine[0, 0, 0]:.4f}. Compare r, z and n one by one with the three equations."
            )
        if np.allclose(mine, _steps(*given, carried=False), rtol=0, atol=1e-9):
            raise NotYet("because each step starts again from the first h: the h of one step is the next one's old h.")
        wrong = int(np.abs(mine - right).max(axis=(1, 2)).argmax() if not np.isfinite(mine).all() else
                    (np.abs(mine - right).max(axis=(1, 2)) > 1e-5).argmax()) + 1  # fmt: skip
        raise NotYet(f"because step 1 alone is right, and of ten steps number {wrong} is the first that is not.")
    return "one step and ten equal nn.GRU's within 1e-5. This is the variant that resets after the product."


def _given(T: int, B: int, n: int, H: int) -> list[np.ndarray]:
    shapes = (T, B, n), (B, H), (3 * H, n), (3 * H, H), (3 * H,), (3 * H,)
    random = np.random.default_rng(100 * n + H)
    return [random.normal(size=shape) for shape in shapes]


def _torch_steps(x, h, *weights) -> np.ndarray:
    gru = nn.GRU(x.shape[2], h.shape[1], dtype=torch.float64)
    with torch.no_grad():
        for own, value in zip(gru.parameters(), weights):
            own.copy_(torch.from_numpy(value))
        return gru(torch.from_numpy(x), torch.from_numpy(h)[None])[0].numpy()


def _states(answer, given, shape) -> np.ndarray:
    """The learner's states (T, B, H), or the reason why they cannot be."""
    misfit = (
        f"Here one x_t is {given[0].shape[1:]}, h is {given[1].shape}, a third of W_ih is "
        f"{(shape[2], given[0].shape[2])} and a third of W_hh is {(shape[2], shape[2])}; write x_t @ W.T."
    )
    got = on_copies(answer, dict(zip(GIVEN, given)), "`return` and the states", misfit)
    states = np.asarray(got, dtype=float)
    if states.shape != shape:
        what = "the last state only: keep all of them" if states.shape == shape[1:] else f"shape {states.shape}"
        raise NotYet(f"because it should return every state, shape (T, B, H) = {shape}, and yours gives {what}.")
    return states


# 03.2 ----------------------------------------------------------------------------------------------------------------

RESETS, ROLES = ("after", "before"), ("keeps", "writes")


def library_gru(reset: str, z_role: str):
    """One step of a GRU as some library has it: gru(x, h, W, U, b) -> the next h (B, H).

    W, U and b are dicts with the keys "r", "z", "n": (H, in), (H, H), (H,); b stands with W x, outside the reset.
    """

    def gru(x, h, W, U, b):
        r, z = (_sigmoid(x @ W[gate].T + b[gate] + h @ U[gate].T) for gate in "rz")
        past = r * (h @ U["n"].T) if reset == "after" else (r * h) @ U["n"].T
        n = np.tanh(x @ W["n"].T + b["n"] + past)
        return (1 - z) * n + z * h if z_role == "keeps" else z * n + (1 - z) * h

    return gru


@register(
    "03.2",
    title="Which GRU is it?",
    minutes=10,
    difficulty="hard",
    answer="which_gru",
    hints=(
        "You choose the weights, so choose ones that make the answer plain. For z: all weights 0 and b_z = 30, so that "
        "z = 1. A z that keeps gives back the old h; a z that writes gives n, which is 0 here.",
        "For the reset two units are needed. Open r of the first unit and shut r of the second, b_r = (30, -30), let "
        "U_n swap the two units, and give the old state h = (0.5, 0).",
        "Then the first unit's past is U_n (r h) = 0 either way, and the second sees h_1 = 0.5. Before: h_1 passes r_1 "
        "= 1, and the second unit moves. After: r_2 = 0 shuts it off. Let z take the candidate whole.",
    ),
)
def check_which_gru(answer) -> str:
    """Give the learner's function each of the four GRUs; name what it does not see."""
    told = {(reset, role): _told(answer, reset, role) for reset in RESETS for role in ROLES}
    if all(got == want for want, got in told.items()):
        return "you told all four apart by their answers alone. Do this before you load weights from elsewhere."
    for index, (name, words, probe) in enumerate(
        (
            ("reset", RESETS, "one unit cannot tell: take two, with r = 1 in one and r = 0 in the other"),
            ("z", ROLES, "make z = 1 with a large b_z and see whether the old h comes back"),
        )
    ):
        said = {want[index]: {got[index] for key, got in told.items() if key[index] == want[index]} for want in told}
        if all(said[word] == {other} for word, other in zip(words, words[::-1])):
            raise NotYet(f'because the two words for {name} have changed places: "{words[0]}" and "{words[1]}".')
        if len(set.union(*said.values())) == 1:
            word = said[words[0]].pop()
            raise NotYet(f'because your function says "{word}" of all four GRUs; {probe}.')
    wrong = [(want, got) for want, got in told.items() if want != got]
    want, got = wrong[0]
    raise NotYet(
        f"because {len(told) - len(wrong)} of four are right; of the one that is {want} your function says {got}. "
        "Does your probe for one question depend on the answer to the other?"
    )


def _told(answer, reset: str, role: str) -> tuple[str, str]:
    """What the learner's function says of one GRU; NotYet unless it is two of the words."""
    got = answer(library_gru(reset, role))
    if got is None:
        raise NotYet('because which_gru returns nothing: end it with, for instance, `return "after", "keeps"`.')
    if not isinstance(got, (tuple, list)) or len(got) != 2:
        raise NotYet('because which_gru should return two words, such as `return "after", "keeps"`.')
    if got[0] not in RESETS or got[1] not in ROLES:
        raise NotYet(
            f'because the first word should be "after" or "before" and the second "keeps" or "writes", got {got!r}.'
        )
    return tuple(got)


# 03.3 ----------------------------------------------------------------------------------------------------------------


def _count(n: int, H: int, parts: int, biases: int = 2, state: bool = True) -> int:
    return parts * (n * H + (H * H if state else 0) + biases * H)


def _largest(n: int, H: int, gru_parts: int = 3, biases: int = 2, state: bool = True, lstm_parts: int = 4) -> int:
    """The right answer; the last arguments make the usual mistakes."""
    budget, units = _count(n, H, lstm_parts, biases, state), 0
    while _count(n, units + 1, gru_parts, biases, state) <= budget:
        units += 1
    return units


SIZES = ((300, 512), (8, 16), (1, 200), (7, 3), (40, 1), (2, 24))
SIZE_MISTAKES = {
    "that is 4/3 of H: it would be right if parameters grew with H, but U grows with H * H.": lambda n, H: 4 * H // 3,
    "that is H times the root of 4/3: right for U alone; W and the biases grow with H, not with H * H.": lambda n, H: (
        int((4 / 3) ** 0.5 * H)
    ),
    "that GRU is one unit too large: it has more parameters than the LSTM.": lambda n, H: _largest(n, H) + 1,
    "that GRU is one unit too small: one more still fits.": lambda n, H: _largest(n, H) - 1,
    "the biases are missing: torch keeps two for each part, 2 H.": lambda n, H: _largest(n, H, biases=0),
    "you count one bias for each part: torch keeps two, b_ih and b_hh.": lambda n, H: _largest(n, H, biases=1),
    "the GRU is counted with two parts: its candidate n has weights too, so there are three.": lambda n, H: _largest(
        n, H, gru_parts=2
    ),
    "the LSTM is counted with three parts: its candidate g has weights too, so there are four.": lambda n, H: _largest(
        n, H, lstm_parts=3
    ),
}


@register(
    "03.3",
    title="A GRU as large as an LSTM",
    minutes=7,
    difficulty="medium",
    answer="gru_size",
    hints=(
        "Write the two counts: 4 (n H + H H + 2 H) for the LSTM, 3 (n K + K K + 2 K) for a GRU of K units.",
        "Begin with K = lstm_hidden, which always fits, and add one as long as K + 1 still fits.",
        "Without a loop: K is the positive root of 3 K K + 3 (n + 2) K - budget = 0, rounded down.",
    ),
)
def check_gru_size(answer) -> str:
    """Compare with the largest K that fits, for six sizes; name the usual mistakes."""
    mine = {(n, H): _whole(answer(n, H)) for n, H in SIZES}
    right = {(n, H): _largest(n, H) for n, H in SIZES}
    if mine == right:
        return "with 300 inputs a GRU of 609 units holds what an LSTM of 512 does. A fair race gives both the same."
    for sentence, mistake in SIZE_MISTAKES.items():
        if all(value == mistake(*sizes) for sizes, value in mine.items()):
            raise NotYet(f"because {sentence}")
    n, H = next(sizes for sizes in SIZES if mine[sizes] != right[sizes])
    K = mine[n, H]
    raise NotYet(
        f"because for n = {n} the LSTM of {H} units has {_count(n, H, 4):,} parameters; your GRU of {K} units has "
        f"{_count(n, K, 3):,}, one of {right[n, H]} has {_count(n, right[n, H], 3):,}."
    )


def _whole(value) -> int:
    if value is None:
        raise NotYet("because gru_size returns nothing: end it with `return` and the number of units.")
    try:
        whole = int(value)
    except (TypeError, ValueError):
        raise NotYet(f"because gru_size should return one whole number, and it returns {value!r}.") from None
    if whole != value:
        raise NotYet(f"because there are no parts of a unit: return a whole number, rounded down, not {value!r}.")
    return whole
