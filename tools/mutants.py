"""Plant mistakes in a copy of `utils`, one at a time, and see whether the tests of that module notice.

    python -m tools.mutants --sample 200 [--seed 1]       200 drawn from all of utils
    python -m tools.mutants cells text course/exercises   all in these wings and modules
    python -m tools.mutants cells/layer:120               all on one line

Each is run against tests/unit/WING/test_MODULE*.py first and, if it lives, against the rest of that folder.
Neither mutmut nor cosmic-ray fits: mutmut plants nothing in decorated functions (ours under no_grad, properties) or
outside functions, and cosmic-ray starts Python, and so torch, for every mutant, and plants it in the checkout itself.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import copy
import importlib
import itertools
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
# Imported once; each run is a fork (Linux and macOS) that imports only the course, with what is planted in it.
WARM = "torch scipy.stats sklearn.pipeline accelerate safetensors.torch matplotlib.pyplot ipywidgets IPython nbval "
WARM += "hypothesis pooch pytest tqdm PIL.Image"
_PAIRS = "Lt LtE, Gt GtE, Eq NotEq, Is IsNot, In NotIn, Add Sub, Mult Div, BitAnd BitOr, And Or"
_SWAP = {getattr(ast, a): getattr(ast, b) for p in _PAIRS.split(",") for a, b in (p.split(), p.split()[::-1])}
_SWAP |= {ast.FloorDiv: ast.Mult, ast.Mod: ast.Mult, ast.Pow: ast.Mult}


class Site(NamedTuple):
    """A place for a mistake: its line, the change in words, and what makes it in the tree."""

    line: int
    change: str
    put: Callable[[], None]


def sites(tree: ast.AST, inside: bool = False) -> Iterator[Site]:
    """All places below `tree`, but for docstrings, annotations, decorators, errors' words, what only linters read.

    Nor any in the explorers' `draw`: how a picture looks is for the eye.
    inside: a function, where a statement can be dropped and the module still loads.
    """
    inside = inside or isinstance(tree, (ast.FunctionDef, ast.Lambda))
    for field, value in ast.iter_fields(tree):
        for k, node in enumerate(value if isinstance(value, list) else [value]):
            if field in ("annotation", "returns", "decorator_list") or _left_out(node, tree):
                continue
            holder, place = (value, k) if isinstance(value, list) else (vars(tree), field)
            for new in _mistakes(node, inside):
                change = "  ->  ".join(ast.unparse(each).partition("\n")[0][:90] for each in (node, new))
                yield Site(getattr(node, "lineno", 0), change, partial(holder.__setitem__, place, new))
            yield from sites(node, inside)


def planted(source: str, index: int) -> str:
    """The module with the mistake at its place number `index`."""
    tree = ast.parse(source)
    list(sites(tree))[index].put()
    return ast.unparse(tree)


def _left_out(node, owner: ast.AST) -> bool:
    match node:
        case ast.Expr(value=ast.Constant()):
            return True
        case ast.If():
            return any(word in ast.unparse(node.test) for word in ("TYPE_CHECKING", "__name__"))
        case ast.FunctionDef(name=name):
            return name.startswith(("draw", "_draw"))
        case ast.JoinedStr():
            return isinstance(owner, ast.Call) and ast.unparse(owner.func).endswith("Error")
    return not isinstance(node, ast.AST)


def _mistakes(node: ast.AST, inside: bool) -> Iterator[ast.AST]:
    """What may stand in the place of `node`."""
    new = copy.copy(node)
    match node:
        case ast.Compare(ops=ops):
            for k, op in enumerate(ops):
                yield ast.Compare(node.left, [*ops[:k], _SWAP[type(op)](), *ops[k + 1 :]], node.comparators)
        case ast.BinOp(op=op) | ast.BoolOp(op=op) | ast.AugAssign(op=op) if type(op) in _SWAP:
            new.op = _SWAP[type(op)]()
            yield new
        case ast.UnaryOp(op=ast.Not() | ast.USub()):
            yield node.operand
        case ast.Constant(value=bool(value)):
            yield ast.Constant(not value)
        case ast.Constant(value=int(value)):
            yield from (ast.Constant(value + 1), ast.Constant(value - 1))
        case ast.Constant(value=float(value)):
            yield ast.Constant(2 * value or 1.0)
        case ast.Return(value=ast.AST() as value) if ast.unparse(value) != "None":
            yield ast.Return(ast.Constant(None))
        case ast.If(test=test) | ast.While(test=test) | ast.IfExp(test=test):
            new.test = ast.UnaryOp(ast.Not(), test)
            yield new
    if inside and isinstance(node, (ast.Expr, ast.Assign, ast.AugAssign, ast.Raise, ast.Delete)):
        yield ast.Pass()


def tests_of(module: str, root: Path) -> tuple[list[str], list[str]]:
    """The test files of a module such as "cells/layer": its own, and the others of its folder."""
    wing = Path(module).parent
    while not (folder := root / "tests/unit" / (wing if wing.name else "ground")).is_dir():
        wing = wing.parent
    files = sorted(map(str, folder.glob("test_*.py")))
    own = [path for path in files if Path(path).name.startswith(f"test_{Path(module).name.strip('_')}")]
    return own, [path for path in files if path not in own]


def passes(root: Path, files: list[str], seconds: float) -> bool:
    """Whether these tests pass in the course at `root`, in so many seconds; root/log holds what they print."""
    child = os.fork()
    if not child:
        code = 1
        with contextlib.suppress(BaseException), open(root / "log", "wb") as log:
            os.setsid(), os.chdir(root), os.dup2(log.fileno(), 1), os.dup2(log.fileno(), 2)
            profile = ["--hypothesis-profile=mutants"] if "hypothesis" in sys.modules else []
            options = ["-x", "-q", "-p", "no:cacheprovider", f"--rootdir={root}", *profile]
            code = sys.modules["pytest"].main([*options, *files])
        os._exit(code)
    until, ended = time.monotonic() + seconds, (0, 0)
    while not ended[0] and time.monotonic() < until:
        time.sleep(0.02)
        ended = os.waitpid(child, os.WNOHANG)
    with contextlib.suppress(OSError):
        os.killpg(child, signal.SIGKILL)  # with all that it started
    return ended[0] == child and ended[1] == 0


def drawn(root: Path, names: list[str], sample: int | None, seed: int) -> list[tuple[str, int, Site]]:
    """The mutants of these wings, modules and lines, or a sample of them: module, number in it, place."""
    found = []
    for path in sorted((root / "utils").rglob("*.py")):
        module = path.relative_to(root / "utils").with_suffix("").as_posix()
        whole = not names or any(f"{module}/".startswith(f"{name}/") for name in names)
        if whole or any(name.startswith(f"{module}:") for name in names):
            every = enumerate(sites(ast.parse(path.read_text(encoding="utf-8"))))
            found += [(module, k, site) for k, site in every if whole or f"{module}:{site.line}" in names]
    return sorted(random.Random(seed).sample(found, min(sample or len(found), len(found))), key=lambda m: m[:2])


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tools.mutants", description=__doc__.partition("\n")[0])
    parser.add_argument("names", nargs="*", help="wings, modules or lines: cells, cells/layer, cells/layer:120")
    parser.add_argument("--sample", type=int, help="so many of them, drawn at random")
    parser.add_argument("--seed", type=int, default=0, help="of the draw")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        root = Path(folder).resolve() / "course"
        shutil.copytree(ROOT, root, ignore=shutil.ignore_patterns(".venv*", ".git", "__pycache__", "my_lessons"))
        report(root, drawn(root, args.names, args.sample, args.seed))


def report(root: Path, mutants: list[tuple[str, int, Site]]) -> None:
    """Plant each in the copy at `root`, and print those alive and a table."""
    os.environ |= {"OMP_NUM_THREADS": "1", "MPLBACKEND": "agg"}
    for name in WARM.split():
        importlib.import_module(name)
    if hypothesis := sys.modules.get("hypothesis"):  # the tests' own profile, but that no failure is made small
        phases = (hypothesis.Phase.explicit, hypothesis.Phase.generate)
        hypothesis.settings.register_profile("mutants", deadline=None, derandomize=True, phases=phases)
    tempfile.tempdir = str(root.parent)  # a home of its own, too, for a mutant may write anywhere
    os.environ |= dict.fromkeys(("HOME", "TMPDIR", "XDG_CACHE_HOME"), tempfile.tempdir) | {"PYTHONPATH": str(root)}
    sys.path.insert(0, str(root))
    paths = {module: root / "utils" / f"{module}.py" for module, *_ in mutants}
    texts = {module: path.read_text(encoding="utf-8") for module, path in paths.items()}
    ages = itertools.count(1)

    def write(module: str, text: str) -> None:
        paths[module].write_text(text, encoding="utf-8")
        os.utime(paths[module], (age := next(ages), age))  # else two of one length and second share their bytecode

    for module, text in texts.items():  # written anew as a mutant is, with nothing planted, all must pass
        write(module, ast.unparse(ast.parse(text)))
    limits = {}
    for files in {module: sum(tests_of(module, root), []) for module in paths}.values():
        began = time.monotonic()
        if min(files) not in limits and not passes(root, files, 1200):
            raise SystemExit(f"{(root / 'log').read_text()}mutants: fails with nothing planted.")
        limits.setdefault(min(files), 20 + 3 * (time.monotonic() - began))
    for module, text in texts.items():
        write(module, text)
    count, alive = Counter(module for module, *_ in mutants), Counter()
    for module, index, site in mutants:
        own, others = tests_of(module, root)
        write(module, planted(texts[module], index))
        if all(passes(root, files, limits[min(own + others)]) for files in (own, others) if files):
            alive[module] += 1
            print(f"alive: utils/{module}.py:{site.line}: {site.change}", flush=True)
        write(module, texts[module])
    for module, n in [*sorted(count.items()), ("all", count.total())]:
        left = alive.total() if module == "all" else alive[module]
        print(f"{module:32} {n:4} planted {n - left:4} killed {left:3} alive  {1 - left / n:6.1%}")


if __name__ == "__main__":
    main()
