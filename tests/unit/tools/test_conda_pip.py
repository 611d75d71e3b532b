"""The torchtext stack is what environment.yml says, read from that file."""

import os
import platform
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from tools import conda_pip, small_torch

ROOT = Path(__file__).resolve().parents[3]
GOOD = """\
dependencies:
  - python=3.11
  - pip
  - pip:
      - --extra-index-url https://example.org/simple
      - torch==2.3.1
      - numpy<2
      - -e .[dev]
"""


def test_writes_the_pip_part_line_by_line_and_nothing_else(tmp_path, capsys):
    (tmp_path / "environment.yml").write_text(GOOD)
    assert conda_pip.main([], tmp_path) == 0
    assert capsys.readouterr().out == "torch==2.3.1\nnumpy<2\n-e .[dev]\n"
    assert conda_pip.main(["--python"], tmp_path) == 0
    assert capsys.readouterr().out == "3.11\n"


def test_ours_names_each_line_of_the_file(capsys):
    text = (ROOT / "environment.yml").read_text(encoding="utf-8")
    listed = [line.removeprefix("      - ") for line in text.splitlines() if line.startswith("      - ")]
    listed = [line.partition("  #")[0] for line in listed]
    assert conda_pip.read() == ("3.11", listed)
    assert {"torch==2.3.1", "torchtext==0.18.0", f"--extra-index-url {small_torch.INDEX}", "-e .[dev]"} <= set(listed)


def test_each_lower_bound_is_what_is_installed_here():
    """A bound that nobody tests is not one."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    bounds = [Requirement(line) for line in project["dependencies"] + project["optional-dependencies"]["dev"]]
    lines = [Requirement(line) for line in conda_pip.read()[1] if not line.startswith("-")]
    pinned = {one.name: Version(str(one.specifier)[2:]) for one in lines if str(one.specifier).startswith("==")}
    for bound in bounds:
        (lowest,) = bound.specifier
        assert lowest.operator == ">=" and Version(lowest.version) == pinned[bound.name], bound


@pytest.mark.parametrize(
    "text, sentence",
    [
        (None, "must list python=VERSION and one pip part"),
        ("a: [", "must list python=VERSION and one pip part"),
        ("- 1", "must list python=VERSION and one pip part"),
        (GOOD.replace("python=3.11", "numpy"), "must list python=VERSION and one pip part"),
        (GOOD.replace("  - pip:", "  - other:"), "must list python=VERSION and one pip part"),
        (GOOD.replace("  - pip\n", "  - pip\n  - gcc\n"), "pip cannot install gcc: move it to the pip part"),
    ],
)
def test_bad_input_gets_one_sentence(tmp_path, capsys, text, sentence):
    if text is not None:
        (tmp_path / "environment.yml").write_text(text)
    assert conda_pip.main([], tmp_path) == 2
    shown = capsys.readouterr()
    assert shown.err.startswith("conda_pip: ") and sentence in shown.err and shown.out == ""


@pytest.mark.skipif(os.environ.get("COURSE_STACK") != "torchtext", reason="the torchtext stack only")
def test_this_environment_is_the_one_of_the_file():
    python, lines = conda_pip.read()
    assert platform.python_version().startswith(f"{python}.")
    for wanted in (Requirement(line) for line in lines if not line.startswith("-")):
        assert wanted.specifier.contains(metadata.version(wanted.name)), wanted
