"""Write into docs/tested.md which versions the tests were last run with: those of the environment that runs this.

python -m tools.verified            (`make test-newest` runs it when all tests have passed)
"""

from __future__ import annotations

import platform
import re
import tomllib
from importlib import metadata
from pathlib import Path

from benchmarks import report

ROOT = Path(__file__).resolve().parent.parent


def line(root: Path = ROOT) -> str:
    """One sentence with Python and what pyproject.toml asks for, each with the version that is installed here."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    names = [re.match(r"[\w.-]+", wanted)[0] for wanted in project["dependencies"]] + ["jupyterlab"]
    # the build of torch for one machine ("+cpu") is not a version of its own
    versions = [f"{name} {metadata.version(name).partition('+')[0]}" for name in sorted(names)]
    return f"Last verified with Python {platform.python_version()}, {', '.join(versions)}."


if __name__ == "__main__":
    report.put_into_page("verified", line())
    print(line())
