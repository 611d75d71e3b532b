"""What the tests of the exercises share: solutions as the learner sees them, and how a check judges an answer."""

import ast
from functools import lru_cache

import numpy as np
import torch

from utils.course.exercises import exercise
from utils.course.exercises.base import SOLUTIONS


def judged(number, answer):
    return exercise(number).judged(answer)


def rejected(number, answer) -> str:
    """The check's sentence about an answer that must not pass."""
    status, sentence = judged(number, answer)
    assert status == "Not yet", (status, sentence)
    return sentence


@lru_cache
def solution(number):
    """The function or class of the solutions, with the imports and definitions of its file, and nothing else."""
    tree = ast.parse((SOLUTIONS / f"{number[:2]}_solutions.py").read_text(encoding="utf-8"))
    kinds = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef)
    space = {}
    exec(compile(ast.Module([node for node in tree.body if isinstance(node, kinds)], []), "solutions", "exec"), space)
    return space[exercise(number).answer]


def stub(*args, **options):
    """What stands in the lesson before the learner has written anything."""
    raise NotImplementedError


def mapped(answer, change):
    """`answer` with `change` made to every float, array and tensor of floats that it, or its network, gives."""

    def deep(value):
        if isinstance(value, (tuple, list)):
            return type(value)(map(deep, value))
        if isinstance(value, torch.Tensor):
            return change(value) if value.is_floating_point() else value
        return change(value) if isinstance(value, (float, np.ndarray)) else value

    if isinstance(answer, type):
        return type("Mapped", (answer,), {"forward": lambda self, *given: deep(answer.forward(self, *given))})
    return lambda *given, **options: deep(answer(*given, **options))


def in_double(value):
    """A tensor in double precision; whatever else as it is."""
    return value.double() if isinstance(value, torch.Tensor) else value
