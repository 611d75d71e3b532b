"""What the tests of the exercises share: solutions as the learner sees them, and how a check judges an answer."""

import ast
from functools import lru_cache

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
