"""Make requirements.lock: the exact versions of everything in pyproject.toml, the dev extra included.

    python tools/lock.py            (or: make lock; it needs a network and a minute, and installs nothing)

pip resolves for Python 3.11.0, the oldest that the course supports, so that nothing newer than that is chosen. Torch is
held here and nowhere else. Its build for a processor ("+cpu") and the libraries of one vendor's GPU are left out: each
machine takes the build that fits it, and that build brings its own libraries.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OLDEST_PYTHON = "3.11.0"
HELD = ["torch==2.13.0"]
OF_ONE_VENDOR = ("cuda-", "nvidia-", "triton")


def wanted(root: Path) -> list[str]:
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return [*project["dependencies"], *project["optional-dependencies"]["dev"], *HELD]


def resolve(requirements: list[str]) -> dict[str, str]:
    """Name -> version of the requirements and of everything that they need."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report.json")
        subprocess.run(
            [sys.executable, "-m", "pip", "install", "--quiet", "--dry-run", "--ignore-installed",
             "--only-binary=:all:", "--python-version", OLDEST_PYTHON, "--target", folder,
             "--report", str(report), *requirements],
            check=True,
        )  # fmt: skip
        found = [entry["metadata"] for entry in json.loads(report.read_text(encoding="utf-8"))["install"]]
    return {entry["name"]: entry["version"].partition("+")[0] for entry in found}


def main() -> int:
    try:
        versions = resolve(wanted(ROOT))
    except subprocess.CalledProcessError as error:
        print(f"lock: pip could not resolve the requirements (exit {error.returncode}).", file=sys.stderr)
        return 1
    lines = [f"{name}=={versions[name]}" for name in sorted(versions, key=str.lower)]
    lines = [line for line in lines if not line.lower().startswith(OF_ONE_VENDOR)]
    (ROOT / "requirements.lock").write_bytes("\n".join(["# made by: make lock", *lines, ""]).encode())
    print(f"requirements.lock: {len(lines)} packages")
    return 0


if __name__ == "__main__":
    sys.exit(main())
