"""Exercise 11.1: a linear recurrence in rounds of doubling."""

from __future__ import annotations

import numpy as np

from utils.course.exercises.answers import array, close, on_copies, same_as, wrong_rows
from utils.course.exercises.base import NotYet, register

CASES = (5, 13, 1)  # T


def _steps(a, b, h):
    """The right answer, one step after another: (T, H)."""
    states = []
    for a_t, b_t in zip(a, b):
        h = a_t * h + b_t
        states.append(h)
    return np.stack(states)


def _rounds(a, b, h, start="first", combine=lambda a, b, A, B: (A * a, A * b + B), most=64, grow=2):
    """The right answer by doubling; the last arguments make the usual mistakes.

    combine: from (a, b) of the earlier and (A, B) of the later stretch to their pair; most: how many rounds.
    """
    a, b, k, done = a.copy(), b.copy(), 1, 0
    if start == "first":
        b[0] += a[0] * h
    while k < len(a) and done < most:
        a[k:], b[k:] = combine(a[:-k], b[:-k], a[k:], b[k:])
        k, done = k * 2 if grow == 2 else k + 1, done + 1
    return b + h if start == "added" else b


MISTAKES = {
    "where T is no power of two, the last round must not be left out: go on while k < T.":
        lambda a, b, h: _rounds(a, b, h, most=int(np.log2(len(a)))),
    "the two stretches have changed places: the later one acts on what the earlier one left, so the new b is the later "
    "a times the earlier b, plus the later b.": {"combine": lambda a, b, A, B: (A * a, a * B + b)},
    "the earlier b is added as it is: on its way it passes the later steps, so multiply it by the later a.":
        {"combine": lambda a, b, A, B: (A * a, b + B)},
    "a is already the new one when b uses it: work out b first, or keep the old a until both are done.":
        {"combine": lambda a, b, A, B: (A * a, A * a * b + B)},
    "a stays what it was: a stretch of 2k steps keeps the product of both halves' a, so renew a in each round too.":
        {"combine": lambda a, b, A, B: (A, A * b + B)},
    "the state before the first step is lost: h enters the first step, as a[0] * h.": {"start": "none"},
    "h is added to every state as it is: at step t only the product of all a up to t is left of it.":
        {"start": "added"},
    "each state stands one step too late: the first row is the state after the first step, a[0] * h + b[0].":
        lambda a, b, h: np.concatenate([h[None], _steps(a, b, h)[:-1]]),
    "the distance k grows by 1: a stretch then takes in steps that it holds already. Double it: 1, 2, 4.": {"grow": 1},
    "one round is not enough: go on with k = 2, 4, ... while k < T.": {"most": 1},
}  # fmt: skip


@register("11.1", title="A recurrence in rounds of doubling", minutes=12, difficulty="hard", answer="scan_states",
          ending="`return` and the states", hints=(
    "Begin with copies of a and b, and put the old state into the first step: b[0] = a[0] * h + b[0]. From then on b "
    "alone will become the states.",
    "In the round with distance k each place from k on is the later stretch, a[k:] and b[k:], the place k before it "
    "the earlier one, a[:-k] and b[:-k]. New b: a[k:] * b[:-k] + b[k:]. New a: a[k:] * a[:-k].",
    "Places 0 to k - 1 stay as they are. Work out b before a, double k, and go on while k < T.",
))  # fmt: skip
def check_scan_states(answer) -> str:
    """Compare with stepping for three lengths, T = 1 among them; count products for T = 64; name the usual mistakes."""
    for T in CASES:
        given = _given(T)
        mine, right = _states(answer, given), _steps(*given)
        if close(mine, right, 1e-9):
            continue
        same_as(MISTAKES, mine, *given, right=_rounds)
        if not np.isfinite(mine).all():
            raise NotYet(f"with T = {T} some of your states are nan or inf. A gate may be shut: do not divide by a.")
        row = wrong_rows(mine, right, 1e-9)[0]
        raise NotYet(
            f"with T = {T} row {row} is the first that differs from stepping: it should begin with "
            f"{right[row, 0]:.4f}, and yours begins with {mine[row, 0]:.4f}."
        )
    count = _Counted.multiplications
    _states(answer, [value.view(_Counted) for value in _given(64)])
    count = _Counted.multiplications - count
    if count > 24:
        raise NotYet(
            f"the states are right, but for T = 64 your code multiplies {count} times, step after step: treat all "
            "places of a round in one product of arrays, 6 rounds for 64 steps."
        )
    return f"the same states as stepping, and for 64 steps {count} products of whole arrays instead of 64 in a row."


class _Counted(np.ndarray):
    """An array that counts how many products of arrays are taken with it."""

    multiplications = 0

    def __array_ufunc__(self, ufunc, method, *inputs, out=None, **options):
        _Counted.multiplications += ufunc is np.multiply
        plain = [value.view(np.ndarray) if isinstance(value, _Counted) else value for value in inputs]
        if out is not None:
            options["out"] = tuple(value.view(np.ndarray) if isinstance(value, _Counted) else value for value in out)
        result = getattr(ufunc, method)(*plain, **options)
        return result.view(_Counted) if isinstance(result, np.ndarray) else result


def _given(T: int, H: int = 3) -> list[np.ndarray]:
    """a and b, (T, H), and h, (H,); a of both signs and not small, so that no mistake hides; once it is 0 for T > 8."""
    random = np.random.default_rng(T)
    a = random.choice([-1, 1], size=(T, H)) * random.uniform(0.5, 1, (T, H))
    a[8:9] = 0
    return [a, random.normal(size=(T, H)), random.normal(size=H)]


def _states(answer, given: list[np.ndarray]) -> np.ndarray:
    """The learner's states (T, H), or the reason why they cannot be."""
    T, H = given[0].shape
    misfit = (
        f"With T = {T} and distance k, the later places [k:] and the earlier ones [:-k] both have T - k rows; there is "
        "no round where k is T or more."
    )
    last = {(H,): ": that is the last state only, and all of them are asked for"}
    return array("the states", on_copies(answer, dict(zip("abh", given)), misfit), (T, H), "(T, H)", last)
