"""Exercise 08.4: a linear recurrence in rounds of doubling."""

from __future__ import annotations

import numpy as np

from utils.course.exercises.answers import on_copies
from utils.course.exercises.base import NotYet, register


def _steps(a, b, h):
    """The right answer, one step after another: (T, H)."""
    states = []
    for a_t, b_t in zip(a, b):
        h = a_t * h + b_t
        states.append(h)
    return np.stack(states)


def _rounds(a, b, h, *, start="first", combine=lambda a, b, A, B: (A * a, A * b + B), most=64, grow=2):
    """The right answer by doubling; the last arguments make the usual mistakes.

    combine: from (a, b) of the earlier and (A, B) of the later stretch to their pair; most: how many rounds.
    """
    a, b, first, k, done = a.copy(), b.copy(), h, 1, 0
    if start == "first":
        b[0] += a[0] * first
    while k < len(a) and done < most:
        new = combine(a[:-k], b[:-k], a[k:], b[k:])
        a[k:], b[k:] = new
        k, done = k * 2 if grow == 2 else k + 1, done + 1
    return b + first if start == "added" else b


def _floor_rounds(a, b, h):
    return _rounds(a, b, h, most=int(np.log2(len(a))))


MISTAKES = {
    "the two stretches have changed places: the later one acts on what the earlier one left, so the new b is the later "
    "a times the earlier b, plus the later b.": lambda *given: _rounds(
        *given, combine=lambda a, b, A, B: (A * a, a * B + b)
    ),
    "the earlier b is added as it is: on its way it passes the later steps, so multiply it by the later a.": (
        lambda *given: _rounds(*given, combine=lambda a, b, A, B: (A * a, b + B))
    ),
    "a is already the new one when b uses it: work out b first, or keep the old a until both are done.": (
        lambda *given: _rounds(*given, combine=lambda a, b, A, B: (A * a, A * a * b + B))
    ),
    "a stays what it was: a stretch of 2k steps keeps the product of both halves' a, so renew a in each round too.": (
        lambda *given: _rounds(*given, combine=lambda a, b, A, B: (A, A * b + B))
    ),
    "the state before the first step is lost: h enters the first step, as a[0] * h.": lambda *given: _rounds(
        *given, start="none"
    ),
    "h is added to every state as it is: at step t only the product of all a up to t is left of it.": (
        lambda *given: _rounds(*given, start="added")
    ),
    "each state stands one step too late: the first row is the state after the first step, a[0] * h + b[0].": (
        lambda a, b, h: np.concatenate([h[None], _steps(a, b, h)[:-1]])
    ),
    "the distance k grows by 1: a stretch then takes in steps that it holds already. Double it: 1, 2, 4.": (
        lambda *given: _rounds(*given, grow=1)
    ),
    "one round is not enough: go on with k = 2, 4, ... while k < T.": lambda *given: _rounds(*given, most=1),
}


@register(
    "08.4",
    title="A recurrence in rounds of doubling",
    minutes=12,
    difficulty="hard",
    answer="scan_states",
    hints=(
        "Begin with copies of a and b, and put the old state into the first step: b[0] = a[0] * h + b[0]. From then on "
        "b alone will become the states.",
        "In the round with distance k each place from k on is the later stretch, a[k:] and b[k:], the place k before "
        "it the earlier one, a[:-k] and b[:-k]. New b: a[k:] * b[:-k] + b[k:]. New a: a[k:] * a[:-k].",
        "Places 0 to k - 1 stay as they are. Work out b before a, double k, and go on while k < T.",
    ),
)
def check_scan_states(answer) -> str:
    """Compare with stepping within 1e-9 for eight lengths, T = 1 and such that are no powers of two among them."""
    for T in (8, 2, 4, 5, 1, 7, 13, 33):
        given = _given(T)
        right, mine = _steps(*given), _states(answer, given)
        if np.allclose(mine, right, rtol=0, atol=1e-9):
            continue
        if T not in (8, 4, 2) and np.allclose(mine, _floor_rounds(*given), rtol=0, atol=1e-9):
            raise NotYet(
                f"because it is right for T = 8 and wrong for T = {T}: where T is no power of two, the last round must "
                "not be left out. Go on while k < T."
            )
        for sentence, mistake in MISTAKES.items():
            if np.allclose(mine, mistake(*given), rtol=0, atol=1e-9):
                raise NotYet(f"because {sentence}")
        if not np.isfinite(mine).all():
            raise NotYet(
                f"because with T = {T} some of your states are nan or inf. A gate may be shut: do not divide by a."
            )
        wrong = ~np.isclose(mine, right, rtol=0, atol=1e-9).all(axis=1)
        raise NotYet(
            f"because with T = {T} row {wrong.argmax()} is the first that differs from stepping: it should begin with "
            f"{right[wrong][0, 0]:.4f}, and yours begins with {mine[wrong][0, 0]:.4f}."
        )
    T, count = 64, _Counted.multiplications
    _states(answer, [value.view(_Counted) for value in _given(T)])
    count = _Counted.multiplications - count
    if count > 24:
        raise NotYet(
            f"because the states are right, but for T = {T} your code multiplies {count} times, step after step: "
            "treat all places of a round in one product of arrays, 6 rounds for 64 steps."
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
    misfit = (
        f"With T = {len(given[0])} and distance k, the later places [k:] and the earlier ones [:-k] both have T - k "
        "rows; there is no round where k is T or more."
    )
    got = on_copies(answer, dict(zip("abh", given)), "`return` and the states", misfit)
    try:
        states = np.asarray(got, dtype=float)
    except (TypeError, ValueError):
        raise NotYet(f"because it should return one array of the states, not a {type(got).__name__}.") from None
    if states.shape != given[0].shape:
        only = states.shape == given[2].shape
        what = "the last state only: return all of them" if only else f"shape {states.shape}"
        raise NotYet(f"because the states should have shape (T, H) = {given[0].shape}, and yours gives {what}.")
    return states
