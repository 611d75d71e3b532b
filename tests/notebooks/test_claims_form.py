"""The form of the claims, as far as code can be read without running it: none is true whatever the course computes, and
none passes off as this machine's what a committed file of figures holds."""

import ast
import re
from pathlib import Path

import pytest
from nbformat import v4

from tools import build

ROOT = Path(__file__).resolve().parents[2]
LESSONS = [path for path in build.sources(ROOT) if path.match("lessons_src/[0-9][0-9]_*.py")]
FIGURES = {"measured", "TaskResults", "SweepResults", "Costs"}  # names that give what was recorded
ARITHMETIC = {"log", "log2", "exp", "sqrt", "pi"}  # of NumPy; math is arithmetic altogether
THIS_MACHINE = re.compile(r"\bthis (CPU|GPU|machine|processor|computer)\b", re.IGNORECASE)


def made_of(node: ast.AST, names: dict[str, set]) -> set[str]:
    """Of what an expression is made: "recorded" figures, "live" ones, "code" that is called; of literals, nothing."""
    if isinstance(node, ast.Attribute):
        if node.attr in FIGURES | {"facts"}:  # what a file of weights says of itself
            return {"recorded"}
        if getattr(node.value, "id", "") == "np" and node.attr in ARITHMETIC:
            return set()
    if isinstance(node, ast.Name):
        return {"recorded"} if node.id in FIGURES else names.get(node.id, set())  # a builtin is made of nothing
    own = {part.arg for part in ast.walk(node) if isinstance(part, ast.arg)} if isinstance(node, ast.Lambda) else set()
    for loop in getattr(node, "generators", []):
        own |= {part.id for part in ast.walk(loop.target) if isinstance(part, ast.Name)}
    inside = {name: kinds for name, kinds in names.items() if name not in own}
    return set().union(*(made_of(child, inside) for child in ast.iter_child_nodes(node)))


def settled(kinds: set[str]) -> set[str]:
    """Of what a name is that was given such a value: what code makes of figures is recorded too, all else is live."""
    return {"recorded"} if "recorded" in kinds and "live" not in kinds else {"live"} if kinds else set()


def assign(target: ast.AST, kinds: set[str], names: dict[str, set]) -> None:
    if isinstance(target, ast.Name):
        names[target.id] = kinds
    elif isinstance(target, (ast.Subscript, ast.Attribute)):
        base = next((part.id for part in ast.walk(target.value) if isinstance(part, ast.Name)), "")
        names[base] = settled(names.get(base, set()) | kinds)
    else:
        for part in getattr(target, "elts", [getattr(target, "value", None)]):
            assign(part, kinds, names)


def walk(body: list[ast.stmt], names: dict[str, set]):
    """Each call of `claim` in these statements, with the names as they stand there; `names` is carried on."""
    for node in body:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            names |= {(one.asname or one.name).split(".")[0]: {"code"} for one in node.names if one.name != "math"}
        elif isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            parts = list(ast.walk(node))
            own = {part.arg for part in parts if isinstance(part, ast.arg)}
            own |= {part.id for part in parts if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)}
            outside = {name: kinds for name, kinds in names.items() if name not in own}
            names[node.name] = {"code"}.union(*(made_of(part, outside) for part in node.body))
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                assign(target, settled(made_of(node.value, names)), names)
        elif isinstance(node, ast.AugAssign):
            assign(node.target, settled(made_of(node.value, names) | made_of(node.target, names)), names)
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            if getattr(node.value.func, "id", "") == "claim":
                yield node.value, names
        if isinstance(node, (ast.Assign, ast.Expr)):
            for call in (part for part in ast.walk(node) if isinstance(getattr(part, "func", None), ast.Attribute)):
                if call.func.attr in ("append", "extend", "update"):
                    assign(call.func, set().union(*(made_of(part, names) for part in call.args)) or {"live"}, names)
        if isinstance(node, ast.For):
            assign(node.target, settled(made_of(node.iter, names)), names)
        for item in getattr(node, "items", []):
            if item.optional_vars:
                assign(item.optional_vars, {"live"}, names)
        if not isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            for part in ("body", "orelse", "finalbody"):
                yield from walk(getattr(node, part, []), names)


def sections(nb) -> list[list]:
    parts = [[]]
    for cell in nb.cells:
        if cell.cell_type == "markdown" and re.match(r"## ", cell.source):
            parts.append([])
        parts[-1].append(cell)
    return parts


def says_recorded(cells) -> bool:
    prose = " ".join(cell.source for cell in cells if cell.cell_type == "markdown")
    return bool(re.search(r"(?i)\brecorded\b", prose)) or any("recorded(" in cell.source for cell in cells)


def problems(nb) -> list[str]:
    """Each claim whose form is wrong, and why."""
    found, names = [], {}
    for cells in sections(nb):
        for cell in (cell for cell in cells if cell.cell_type == "code"):
            for call, known in walk(ast.parse(cell.source).body, names):
                if build.has_tag(cell, "raises-exception"):
                    continue
                text, holds = ast.unparse(call.args[0]), call.args[1]
                kinds = made_of(holds, known)
                if not kinds:
                    found.append(f"true or false by its literals alone: {text}")
                if "recorded" in kinds and "live" not in kinds:
                    if THIS_MACHINE.search(text):
                        found.append(f"of a machine that is not the reader's: {text}")
                    if "recorded" not in text.lower() and not says_recorded(cells):
                        found.append(f"does not say that it was recorded: {text}")
                either = [part for part in ast.walk(holds) if isinstance(getattr(part, "op", None), ast.Or)]
                if any(getattr(part, "attr", "") == "sample" for one in either for part in ast.walk(one)):
                    found.append(f"holds unseen with the sample; write unless=: {text}")
    return found


@pytest.mark.parametrize("source", LESSONS, ids=lambda path: path.stem)
def test_every_claim_could_fail_and_says_where_its_figures_come_from(source):
    assert problems(build.read_source(source)) == []


def notebook(*cells):
    made = [v4.new_markdown_cell(text) if text.startswith("#") else v4.new_code_cell(text) for text in cells]
    return v4.new_notebook(cells=made)


RECORDED = 'from utils.files import measured\nm = measured("costs")["stream_us"]\nlstm, rnn = m["LSTM"], m["RNN"]\n'


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        ('claim("Ten gates", 0.5**10 < 0.001)', "literals"),
        ('claim("It is so", True)', "literals"),
        ('import math\nways = math.comb(11, 3)\nclaim("82", round(2 / ways, 3) == 0.012)', "literals"),
        ('lengths = [8, 4]\nreal = sum(lengths)\nclaim("12 steps", real == 12)', "literals"),
        ('import numpy as np\nclaim("ln 10", round(np.log(10), 1) == 2.3)', "literals"),
        (f'{RECORDED}claim("Twice as long", lstm[0] > 2 * rnn[0])', "recorded"),
        (f'{RECORDED}def ratio(k):\n    return lstm[k] / rnn[k]\nclaim("Twice as long", ratio(0) > 2)', "recorded"),
        (f'{RECORDED}claim("Recorded on this CPU: twice as long", lstm[0] > 2 * rnn[0])', "not the reader's"),
        ('from utils.course.results import TaskResults\nr = TaskResults()\nclaim("A", r.solved("x") == 5)', "recorded"),
        ('from utils.data import imdb\nc = imdb()\nclaim("On real reviews", c.sample or len(c) > 1)', "unless="),
    ],
)
def test_a_wrong_form_is_found(code, problem):
    (found,) = problems(notebook("## 1. A", code))
    assert problem in found


@pytest.mark.parametrize(
    "code",
    [
        'from utils.probes import half_life\nclaim("6.6 steps", round(half_life(0.9), 1) == 6.6)',
        'import torch\nx = torch.randn(3)\ngaps = []\ngaps.append(x.max())\nclaim("Above 0", max(gaps) > 0)',
        'import torch\nd = {}\nfor k in range(3):\n    d[k] = torch.randn(1)\nclaim("All", min(d.values()) < 9)',
        f'{RECORDED}claim("Recorded: twice as long", lstm[0] > 2 * rnn[0])',
        f'{RECORDED}def recorded(m):\n    return m\nprint(recorded(m))\nclaim("Twice as long", lstm[0] > rnn[0])',
        f'import time\n{RECORDED}took = time.perf_counter()\nclaim("On this machine sooner", took < lstm[0])',
        'from utils.data import imdb\nc = imdb()\nclaim("Real", len(c) > 1, unless=c.sample and "it is the sample")',
    ],
)
def test_a_right_form_passes(code):
    assert problems(notebook("## 1. A", code)) == []
