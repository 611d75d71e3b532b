"""The course without its solutions, as one zip for a class.

    python tools/handout.py                     build/gates-and-gradients-handout.zip
    python tools/handout.py some/folder/x.zip   another place

The zip holds the files that git tracks, as they are in the working tree, less those that show solutions. The same files
give the same bytes. (A check has to know the right answer, so whoever reads utils/course/exercises finds much there.)
"""

from __future__ import annotations

import argparse
import io
import stat
import subprocess
import sys
import zipfile
from pathlib import Path, PurePosixPath

from utils.files import write_whole

ROOT = Path(__file__).resolve().parent.parent
NAME = "gates-and-gradients"
SHOW_SOLUTIONS = (
    "lessons_src/solutions/*",
    "notebooks/solutions/*",
    "tests/unit/course/exercises/*.py",  # right and wrong answers to every exercise
)
BEGINNING = (1980, 1, 1, 0, 0, 0)  # the first moment that a zip can hold; times would make two zips differ


class HandoutError(Exception):
    """A sentence for the teacher."""


def tracked(root: Path) -> list[str]:
    """The files that git tracks below `root`, sorted, with / between folders."""
    command = ["git", "-c", "core.quotepath=off", "ls-files", "-z"]
    try:
        listed = subprocess.run(command, cwd=root, capture_output=True, check=True).stdout.decode()
    except (OSError, subprocess.CalledProcessError):
        raise HandoutError(
            f"{root} is not a git repository, so it cannot be told which files belong to the course."
        ) from None
    return sorted(name for name in listed.split("\0") if name)


def shows_solutions(name: str) -> bool:
    return any(PurePosixPath(name).match(pattern) for pattern in SHOW_SOLUTIONS)


def handout(root: Path = ROOT) -> bytes:
    """The zip. Raises HandoutError when a tracked file is missing, or when no solution was found to leave out."""
    names = tracked(root)
    kept = [name for name in names if not shows_solutions(name)]
    if not any(name.startswith("lessons_src/solutions/") for name in names):
        raise HandoutError("there are no solutions in lessons_src/solutions, so this copy is a hand-out already.")
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in kept:
            path = root / name
            try:
                data, executable = path.read_bytes(), path.stat().st_mode & stat.S_IXUSR
            except OSError as error:
                raise HandoutError(
                    f"{name} cannot be read ({error.strerror}); restore it with `git restore {name}`."
                ) from None
            entry = zipfile.ZipInfo(f"{NAME}/{name}", BEGINNING)
            entry.create_system = 3  # Unix, on every system, so that the rights below are read
            entry.external_attr = (stat.S_IFREG | (0o755 if executable else 0o644)) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    return content.getvalue()


def main(arguments: list[str] | None = None, root: Path = ROOT) -> int:
    parser = argparse.ArgumentParser(prog="handout", description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("zip", nargs="?", type=Path, default=root / "build" / f"{NAME}-handout.zip")
    options = parser.parse_args(arguments)
    try:
        content = handout(root)
        write_whole(options.zip, content)
    except (HandoutError, OSError) as error:
        print(f"handout: {error}", file=sys.stderr)
        return 2
    print(f"{options.zip}: {len(content) / 1e6:.1f} MB, without the solutions")
    return 0


if __name__ == "__main__":
    sys.exit(main())
