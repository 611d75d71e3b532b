"""Install torch's build for a CPU where the usual one would bring gigabytes of GPU libraries that nobody uses.

    .venv/bin/python tools/small_torch.py                 the version of requirements.lock, into that environment
    .venv/bin/python tools/small_torch.py torch==2.3.1    another one

On Linux, PyPI's torch needs NVIDIA's libraries; torch's own index has a build without them, and only torch is taken
from there. Nothing is done where pip's settings name an index or a place for packages, since then they choose the
build, or where an NVIDIA card is. A build that cannot be had is no failure: the command that follows installs the
usual one. In each case one line says what was chosen. Only the standard library is used.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

LOCK = Path(__file__).resolve().parent.parent / "requirements.lock"
INDEX = "https://download.pytorch.org/whl/cpu"
DRIVER = Path("/proc/driver/nvidia")
PLACES = ("index-url", "extra-index-url", "find-links", "no-index")  # by these pip is told where packages are


def reason_for_the_usual(platform: str = sys.platform) -> str | None:
    """Why torch is to come as pip finds it; None when the small build is wanted."""
    if platform != "linux":
        return "its usual build is a small one on this system"
    if named := settings():
        return f"pip's own settings ({', '.join(named)}) choose the build"
    if has_card():
        return "an NVIDIA card is here, so it comes with the libraries for it"
    return None


def settings() -> list[str]:
    """Of PLACES those that pip's files or the environment set."""
    listed = subprocess.run([sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True).stdout
    named = {key.rpartition(".")[2] for key in re.findall(r"^(\S+?)=", listed, re.MULTILINE)}
    return [place for place in PLACES if place in named]


def has_card() -> bool:
    """Whether the driver of an NVIDIA card is at work."""
    if DRIVER.exists():
        return True
    smi = shutil.which("nvidia-smi")  # under WSL there is no DRIVER
    return smi is not None and subprocess.run([smi, "-L"], capture_output=True).returncode == 0


def install(requirement: str, index: str = INDEX) -> bool:
    """Install torch alone from `index`; whether that worked."""
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
    limits = ["--retries", "1", "--timeout", "15"]  # a network without that index is no reason to wait
    return subprocess.run([*pip, *limits, "--index-url", index, requirement], capture_output=True).returncode == 0


def main(arguments: list[str] | None = None, index: str = INDEX) -> int:
    named = sys.argv[1:] if arguments is None else arguments
    (requirement,) = named or re.findall(r"^torch==\S+", LOCK.read_text(encoding="utf-8"), re.MULTILINE)
    reason = reason_for_the_usual()
    if reason is None and not install(requirement, index):
        reason = f"the small one could not be had from {index}"
    print(f"{requirement}: " + (f"the usual build, because {reason}." if reason else
          "the small build, for a CPU, because no NVIDIA card is here and pip's settings name no index."))  # fmt: skip
    return 0


if __name__ == "__main__":
    sys.exit(main())
