"""Install what the course needs and Colab does not ship. The setup cell of each lesson runs this file there.

What is needed stands in pyproject.toml. A package that is there stays as it is, whatever its version: pip is asked for
the missing ones alone, with --no-deps, so that nothing else of Colab's is replaced. Only the standard library is used.
"""

from __future__ import annotations

import importlib
import re
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


class InstallError(Exception):
    """A sentence for the learner."""


def version(name: str) -> str | None:
    """The version of an installed package, None when it is not installed."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def missing(root: Path = ROOT) -> dict[str, str]:
    """Name -> requirement ("pooch" -> "pooch>=1.8") of each dependency that is not installed, in any version."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = {re.match(r"[\w.-]+", line)[0]: line for line in project["dependencies"]}
    return {name: line for name, line in wanted.items() if version(name) is None}


def install(root: Path = ROOT) -> None:
    """Install what is missing, and print one line of it; nothing when nothing is. Raises InstallError."""
    wanted = missing(root)
    if not wanted:
        return
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", *wanted.values()]
    done = subprocess.run(pip, capture_output=True, text=True)
    importlib.invalidate_caches()  # the kernel is running already: let it look again
    if done.returncode or missing(root):
        last = (done.stderr.strip() or "it gave no reason").splitlines()[-1]
        raise InstallError(f"pip could not install {', '.join(wanted)} ({last}); run this cell again with a network.")
    print("Installed", ", ".join(f"{name} {version(name)}" for name in wanted))


if __name__ == "__main__":
    install()
