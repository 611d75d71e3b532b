"""What the tests of the exercises share: solutions as the learner sees them, and how a check judges an answer."""

import ast
from functools import lru_cache

from utils.exercises import exercise
from utils.exercises.base import SOLUTIONS, solution_source


def judged(number, answer):
    return exercise(number).judged(answer)


def rejected(number, answer) -> str:
    """The check's sentence about an answer that must not pass."""
    status, sentence = judged(number, answer)
    assert status == "Not yet", (status, sentence)
    return sentence


@lru_cache
def solution(number):
    """The function or class of the solutions, with the imports of its file and nothing else."""
    name = exercise(number).answer
    tree = ast.parse((SOLUTIONS / f"{number[:2]}_solutions.py").read_text(encoding="utf-8"))
    space = {}
    exec("\n".join(ast.unparse(node) for node in tree.body if isinstance(node, (ast.Import, ast.ImportFrom))), space)
    exec(solution_source(number, name), space)
    return space[name]


def stub(*args, **options):
    """What stands in the lesson before the learner has written anything."""
    raise NotImplementedError
