"""Make the course's package importable in the environment of this Python, from wherever the course's folder lies.

    .venv/bin/python tools/link.py

One line in a .pth file names the folder, relative to the environment. So an environment that is copied or renamed
together with its course finds the course beside it; pip's editable installation would go on finding the old folder.
"""

from __future__ import annotations

import os
import sysconfig
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NAME = "gates-and-gradients.pth"


def link(root: Path = ROOT) -> None:
    packages = Path(sysconfig.get_path("purelib")).resolve()
    try:
        folder = os.path.relpath(root, packages)
    except ValueError:  # another drive of Windows
        folder = str(root)
    (packages / NAME).write_text(f"{folder}\n", encoding="utf-8")


if __name__ == "__main__":
    link()
