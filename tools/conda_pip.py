"""Print the pip part of environment.yml as a requirements file, so that pip alone makes the same environment.

Its options, such as an index for conda's pip, are left out: with pip alone tools/small_torch.py chooses torch's build.

python tools/conda_pip.py             the requirements; exit 2 when environment.yml has no such part
python tools/conda_pip.py --python    the version of Python, "3.11"
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent


class CondaError(Exception):
    """A sentence for the author."""


def read(root: Path = ROOT) -> tuple[str, list[str]]:
    """The version of Python and the lines for pip, in their order. Raises CondaError."""
    try:
        entries = yaml.safe_load((root / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
        (pip,) = [entry["pip"] for entry in entries if isinstance(entry, dict)]
        conda = [entry for entry in entries if isinstance(entry, str)]
        (python,) = [entry.removeprefix("python=") for entry in conda if entry.startswith("python=")]
    except (OSError, yaml.YAMLError, KeyError, TypeError, ValueError):
        raise CondaError("environment.yml must list python=VERSION and one pip part under dependencies.") from None
    others = [entry for entry in conda if entry not in (f"python={python}", "pip")]
    if others:
        raise CondaError(f"pip cannot install {', '.join(others)}: move it to the pip part of environment.yml.")
    return python, pip


def main(arguments: list[str] | None = None, root: Path = ROOT) -> int:
    parser = argparse.ArgumentParser(
        prog="conda_pip", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--python", action="store_true", help="print the version of Python instead")
    options = parser.parse_args(arguments)
    try:
        python, pip = read(root)
    except CondaError as error:
        print(f"conda_pip: {error}", file=sys.stderr)
        return 2
    print(python if options.python else "\n".join(line for line in pip if not line.startswith("--")))
    return 0


if __name__ == "__main__":
    sys.exit(main())
