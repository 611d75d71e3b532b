"""Mutants parse, differ and leave out what nobody runs; a toy course tells killed and alive apart."""

import ast
import os
import shutil
import subprocess
import sys
import textwrap
import time

import pytest

if not hasattr(os, "fork"):
    pytest.skip("mutants need os.fork", allow_module_level=True)

from tools import mutants

KINDS = {
    "a < b": ["a <= b"],
    "a is b": ["a is not b"],
    "a + b": ["a - b"],
    "a ** b": ["a * b"],
    "a and b": ["a or b"],
    "not a": ["a"],
    "-a": ["a"],
    "True": ["False"],
    "7": ["8", "6"],
    "0.5": ["1.0"],
    "0.0": ["1.0"],
    "b if a else c": ["b if not a else c"],
}


def lines(source: str) -> list[str]:
    """The first line that differs in each mutant of `source`."""
    source = ast.unparse(ast.parse(textwrap.dedent(source)))
    found = []
    for index in range(len(list(mutants.sites(ast.parse(source))))):
        pairs = zip(source.split("\n"), mutants.planted(source, index).split("\n"))
        found.append(next(new.strip() for old, new in pairs if old != new))
    return found


@pytest.mark.parametrize("code", KINDS)
def test_kinds(code):
    assert lines(f"x = {code}") == [f"x = {new}" for new in KINDS[code]]


def test_statements():
    assert lines("def f(a):\n a += b\n g(a)\n if a:\n  raise a\n return a") == [
        "a -= b", "pass", "pass", "if not a:", "pass", "return None",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "source",
    [
        '"""Text of a module."""\nclass A:\n    """Of a class."""\n    def f(self):\n        """Of a function."""',
        "def f(a: Literal[1, 2]) -> Literal[3]: ...",
        "@lru_cache(maxsize=3)\ndef f(): ...",
        "def draw(self):\n    g(1)",
        "if TYPE_CHECKING:\n    x = 1",
        "if __name__ == '__main__':\n    main(1)",
        "__all__ = ['a']",
        "raise ValueError(f'below {a + 1}')",
    ],
)
def test_what_nobody_runs_stays(source):
    assert lines(source) == []


TOY = {
    "pytest.ini": "[pytest]\naddopts = --import-mode=importlib\npythonpath = .",
    "utils/__init__.py": "",
    "utils/cells/__init__.py": "",
    "utils/cells/toy.py": """
        def larger(a, b):
            if a > b:
                return a
            return b
        """,
    "tests/unit/cells/test_toy.py": """
        from utils.cells.toy import larger

        def test_larger():
            assert larger(2, 1) == 2
        """,
    "tests/unit/cells/test_others.py": """
        from utils.cells.toy import larger

        def test_the_second():
            assert larger(1, 2) == 2
        """,
    "tests/unit/ground/test_slow.py": """
        import time

        def test_slow():
            time.sleep(60)
        """,
}


@pytest.fixture
def toy(tmp_path):
    """Runs code in a small course that has this tool, and gives what it prints."""
    for name, text in TOY.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(textwrap.dedent(text).lstrip())
    (tmp_path / "tools").mkdir()
    shutil.copy(mutants.__file__, tmp_path / "tools")

    def run(code: str, *arguments: str) -> subprocess.CompletedProcess:
        code = f"import pytest\nfrom tools import mutants\nmutants.WARM = 'pytest'\n{code}"
        environ = os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_ADDOPTS": ""}
        command = [sys.executable, "-c", code, *arguments]
        return subprocess.run(command, cwd=tmp_path, env=environ, capture_output=True, text=True)

    return run


def test_killed_and_alive(toy):
    done = toy("mutants.main()", "cells")
    assert done.stdout.splitlines() == [
        "alive: utils/cells/toy.py:2: a > b  ->  a >= b",
        f"{'cells/toy':32}    4 planted    3 killed   1 alive   75.0%",
        f"{'all':32}    4 planted    3 killed   1 alive   75.0%",
    ], done.stderr


def test_one_line(toy):
    assert "1 planted    1 killed   0 alive" in toy("mutants.main()", "cells/toy:3").stdout


def test_tests_that_fail_with_nothing_planted_end_it(toy, tmp_path):
    (tmp_path / "tests/unit/cells/test_others.py").write_text("def test(): assert 0")
    done = toy("mutants.main()", "cells")
    assert done.returncode == 1 and done.stderr.strip().endswith("fails with nothing planted.")


def test_what_hangs_does_not_pass(toy):
    call = "mutants.passes(mutants.ROOT, ['tests/unit/ground/test_slow.py'], 0.5)"
    began = time.monotonic()
    assert toy(f"print({call})").stdout == "False\n"
    assert time.monotonic() - began < 30


def test_a_sample_is_the_same_for_the_same_seed():
    draws = [[m[:2] for m in mutants.drawn(mutants.ROOT, ["cells"], 5, seed)] for seed in (1, 1, 2)]
    assert draws[0] == draws[1] != draws[2] and len(draws[0]) == 5
