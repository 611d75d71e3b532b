"""What checks ask of an answer before they look at its numbers, and how they name the mistake behind wrong ones.

Numbers are compared in float64, whatever type they came in: an answer in double precision is as right as any.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from itertools import permutations
from typing import Any

import numpy as np

from utils.checks import short_repr
from utils.course.exercises.base import NotYet

Mistakes = dict[str, Callable | dict]  # the sentence for each: a function of what was given, or options that make it


def on_copies(answer: Callable, given: dict[str, Any], misfit: str = "") -> Any:
    """What the learner's function returns for copies of `given`; NotYet if it changes one of them.

    misfit: what fits, said when NumPy finds shapes that do not.
    """
    copies = copy.deepcopy(given)
    try:
        got = answer(*copies.values())
    except ValueError as failure:
        if not misfit or not any(word in str(failure) for word in ("matmul", "broadcast")):
            raise
        raise NotYet(f"shapes do not fit. {misfit}") from None
    for name, value in given.items():
        if not np.array_equal(as_array(copies[name]), as_array(value)):
            raise NotYet(
                f"your function changes the {name} it was given: leave it alone, and put what you compute into "
                "something new."
            )
    return got


def one_number(value) -> float:
    """The answer as a float, or the reason why it is none."""
    try:
        if not isinstance(value, str):
            return float(value)
    except (TypeError, ValueError, RuntimeError):
        pass
    raise NotYet(f"your function should return one real number, and it returns {short_repr(value)}.")


def several(name: str, got, what: str, ending: str, count: int = 2):
    """The answer if it is a tuple or list of `count`, which `what` says in words; else the reason why not."""
    if not isinstance(got, (tuple, list)) or len(got) != count:
        raise NotYet(f"{name} should return {what}, {ending}, and it returns {short_repr(got)}.")
    return got


def array(name: str, value, shape: tuple[int, ...], letters: str = "", remarks: dict | None = None) -> np.ndarray:
    """The answer, or what is called `name` of it, as a float64 array of `shape`; else the reason why it cannot be.

    letters: the shape in letters, such as "(T, H)". remarks: a wrong shape, and what to say of it.
    """
    try:
        found = as_array(value)
    except (TypeError, ValueError, RuntimeError):
        raise NotYet(f"{name} should be numbers in an array of shape {shape}, not {short_repr(value)}.") from None
    if found.shape != shape:
        wanted = f"{letters} = {shape}" if letters else shape
        has = "have" if name.endswith("s") else "has"
        remark = (remarks or {}).get(found.shape, "")
        raise NotYet(f"{name} should have shape {wanted}, and yours {has} {found.shape}{remark}.")
    return found


def as_array(value) -> np.ndarray:
    """A number, array, tensor, or sequence of them, as a float64 array."""
    if hasattr(value, "detach"):
        value = value.detach().cpu().double().numpy()
    elif isinstance(value, (list, tuple)):
        value = [as_array(one) for one in value]
    return np.asarray(value, dtype=float)


def close(mine, right, tol: float = 1e-6) -> bool:
    """Whether two answers have one shape and differ by at most tol (1 + |right|) everywhere; tuples part by part."""
    if isinstance(right, tuple):
        return len(mine) == len(right) and all(close(a, b, tol) for a, b in zip(mine, right))
    mine, right = as_array(mine), as_array(right)
    return mine.shape == right.shape and bool(np.isclose(mine, right, rtol=tol, atol=tol).all())


def wrong_rows(mine, right, tol: float = 1e-6) -> np.ndarray:
    """The places along the first axis where two arrays of one shape are not close."""
    near = np.isclose(as_array(mine), as_array(right), rtol=tol, atol=tol)
    return np.flatnonzero(~near.reshape(len(near), -1).all(1))


def same_as(
    mistakes: Mistakes, mine, *given, right: Callable | None = None, near: Callable = close, before: str = ""
) -> None:
    """NotYet with the sentence of the first mistake that gives the learner's answer; `before` stands in front of it.

    right: the function that makes a mistake when it is called with the mistake's options.
    """
    for sentence, mistake in mistakes.items():
        with np.errstate(all="ignore"):  # what is wrong may divide by 0
            wrong = right(*given, **mistake) if isinstance(mistake, dict) else mistake(*given)
        if near(mine, wrong):
            raise NotYet(before + sentence)


def wrong_orders(right: str, what: str) -> Mistakes:
    """The mistakes of stacked parts that are taken in another order than torch's."""
    return {
        f"{what} in the order {', '.join(order)}: torch stacks them as {', '.join(right)}.": {"order": order}
        for order in permutations(right)
        if order != tuple(right)
    }


def normal(seed: int, *shapes: tuple[int, ...]) -> list[np.ndarray]:
    """Arrays of normal numbers, the same for the same seed."""
    random = np.random.default_rng(seed)
    return [random.normal(size=shape) for shape in shapes]
