"""The line of versions in docs/tested.md is made of what is installed."""

import re
from importlib import metadata

from tools import verified


def test_names_python_and_each_dependency_with_its_version(tmp_path):
    (tmp_path / "pyproject.toml").write_text('[project]\ndependencies = ["torch>=2.3", "numpy>=1.26"]\n')
    found = re.fullmatch(
        r"Last verified with Python 3\.\d+\.\d+, jupyterlab (\S+), numpy (\S+), torch (\S+)\.", verified.line(tmp_path)
    )
    versions = [metadata.version(name).partition("+")[0] for name in ("jupyterlab", "numpy", "torch")]
    assert list(found.groups()) == versions


def test_the_page_has_a_place_for_it():
    page = (verified.ROOT / "docs/tested.md").read_text(encoding="utf-8")
    between = page.partition("<!-- verified -->\n")[2].partition("<!-- /verified -->")[0]
    assert re.fullmatch(r"Last verified with Python 3\.[\d.]+, .*torch \d.*\.\n", between)
