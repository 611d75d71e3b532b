"""Run the lessons with other seeds, and list the claims that fail with them. Nothing is written.

    python -m tools.seeds                    every lesson, with the seeds 1 to 5
    python -m tools.seeds 04 08 --seeds 2    these two, with the seeds 1 and 2

Each lesson gets a fresh kernel a seed. Behind its setup cell, which seeds all generators with 0, a cell seeds them with
the other number, and every seed that the lesson names itself (`manual_seed(3)`, `seed=0`, `for seed in range(5)`) is
moved by a hundred times that number. What `utils` seeds inside, such as its explorers, stays. A claim that fails stops
nothing but the statement in which it stands. One whose text names its seed ("with seed 0") may fail with others.
"""

from __future__ import annotations

import argparse
import ast
import re
import sys
from collections import Counter
from pathlib import Path

import nbformat

from tools import build

ROOT = Path(__file__).resolve().parent.parent
SEEDERS = {"manual_seed": 0, "default_rng": 0, "seed": 0}  # functions, and at which place they take their seed
NAMES = ("seed", "seeds")
SEED_ALL = "import random, numpy, torch\nrandom.seed({0})\nnumpy.random.seed({0})\ntorch.manual_seed({0})"
SAYS_ITS_SEED = re.compile(r"\bseeds? \d")


class OtherSeeds(ast.NodeTransformer):
    """Adds `shift` to the seeds that code names. places: the lesson's own functions, and where they take a seed."""

    def __init__(self, shift: int, places: dict[str, int]):
        self.shift, self.places = shift, SEEDERS | places

    def moved(self, node: ast.expr) -> ast.expr:
        if isinstance(node, ast.Constant) and type(node.value) is int:
            return ast.Constant(node.value + self.shift)
        if isinstance(node, (ast.Tuple, ast.List)):
            node.elts = [self.moved(one) for one in node.elts]
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "range":
            first = [ast.Constant(0)] if len(node.args) == 1 else []
            node.args = [self.moved(one) for one in first + node.args[:2]] + node.args[2:]
        return node

    def visit_Call(self, node):
        self.generic_visit(node)
        place = self.places.get(getattr(node.func, "attr", getattr(node.func, "id", "")), len(node.args))
        node.args[place : place + 1] = [self.moved(one) for one in node.args[place : place + 1]]
        for keyword in node.keywords:
            keyword.value = self.moved(keyword.value) if keyword.arg in NAMES else keyword.value
        return node

    def visit_For(self, node):
        return self.named(node, node.target, "iter")

    visit_comprehension = visit_For

    def visit_Assign(self, node):
        return self.named(node, node.targets[0], "value")

    def named(self, node: ast.AST, target: ast.expr, field: str) -> ast.AST:
        self.generic_visit(node)
        if getattr(target, "id", "") in NAMES:
            setattr(node, field, self.moved(getattr(node, field)))
        return node


def seed_places(trees: list[ast.Module]) -> dict[str, int]:
    """The functions that a lesson defines with a parameter `seed`, and its place."""
    functions = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    names = {function.name: [one.arg for one in function.args.args] for function in functions}
    return {name: arguments.index("seed") for name, arguments in names.items() if "seed" in arguments}


def with_seed(nb: nbformat.NotebookNode, seed: int) -> nbformat.NotebookNode:
    """The code of `nb` with another seed, each statement in a cell of its own and no error stopping those below it."""
    cells = [cell for cell in build.code_cells(nb) if not build.has_tag(cell, "raises-exception")]
    trees = [ast.parse(cell.source) for cell in cells]
    mover, codes = OtherSeeds(100 * seed, seed_places(trees)), []
    for cell, tree in zip(cells, trees):
        codes += [cell.source] if build.has_tag(cell, "setup") else map(ast.unparse, mover.visit(tree).body)
    first = 1 if build.has_tag(cells[0], "setup") else 0
    codes.insert(first, SEED_ALL.format(seed))
    other = nbformat.v4.new_notebook(metadata=build.METADATA)
    other.cells = [nbformat.v4.new_code_cell(code, metadata={"tags": ["raises-exception"]}) for code in codes]
    return other


def outcomes(nb: nbformat.NotebookNode) -> tuple[dict[str, bool], list[str]]:
    """What the cells that were run say: each claim and whether it held; errors that are no claims."""
    held, errors = {}, []
    for output in (output for cell in nb.cells for output in cell.outputs):
        if output.output_type == "stream":
            for text in re.findall(r"(?m)^Claim holds: (.*?)(?: \(measured: .*)?$", output.text):
                held[text] = held.get(text, True)
        elif output.output_type == "error" and output.ename == "ClaimError":
            held[output.evalue.removeprefix("Claim fails: ").partition(" (measured: ")[0]] = False
        elif output.output_type == "error":
            errors.append(f"{output.ename}: {output.evalue}")
    return held, errors


def check(source: Path, seeds: range, root: Path) -> tuple[int, Counter, list[str]]:
    """How many claims a lesson makes, with how many of the seeds each of those failed that did, and other errors."""
    claims, failed, errors = set(), Counter(), []
    for seed in seeds:
        nb = with_seed(build.read_source(source), seed)
        build.run(nb, build.notebook_of(source, root).parent, root)
        held, stopped = outcomes(nb)
        claims |= set(held)
        failed.update(text for text, holds in held.items() if not holds)
        errors += [f"seed {seed}: {error}" for error in stopped]
    return len(claims), failed, errors


def main(arguments: list[str] | None = None, root: Path = ROOT) -> int:
    parser = argparse.ArgumentParser(prog="seeds", description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("lessons", nargs="*", help="their two digits; all when none is named")
    parser.add_argument("--seeds", type=int, default=5, metavar="N", help="how many seeds, from 1 on; default: 5")
    given = parser.parse_args(arguments)
    lessons = {path.name[:2]: path for path in build.sources(root) if path.match("lessons_src/[0-9][0-9]_*.py")}
    if given.seeds < 1 or not set(given.lessons) <= set(lessons):
        parser.error(f"Name lessons of {', '.join(lessons)}, and at least one seed.")
    all_claims, all_failed, unsaid = 0, 0, 0
    for number in given.lessons or lessons:
        claims, failed, errors = check(lessons[number], range(1, given.seeds + 1), root)
        print(f"{lessons[number].stem}: {claims - len(failed)} of {claims} claims hold with each seed", flush=True)
        for text, times in failed.most_common():
            says = bool(SAYS_ITS_SEED.search(text))
            print(f"  fails with {times} of {given.seeds}{', and says its seed' if says else ''}: {text}", flush=True)
            unsaid += not says
        print("".join(f"  {error}\n" for error in errors), end="", flush=True)
        all_claims, all_failed, unsaid = all_claims + claims, all_failed + len(failed), unsaid + len(errors)
    print(f"{all_claims - all_failed} of {all_claims} claims hold with each of the seeds 1 to {given.seeds}.")
    return 1 if unsaid else 0


if __name__ == "__main__":
    sys.exit(main())
