"""From a fresh machine to the first lesson: what is downloaded and installed, and how long each part takes.

`python -m benchmarks.fresh` clones the last commit into a temporary folder and does there what `make lab` does, with
an empty cache of pip. It writes data/measured/fresh.json and its table in docs/results.md. The time of the download
is left out, because it is the network's; packages are those that pip finds, on Linux with the index of torch's small
build if PIP_EXTRA_INDEX_URL names it.
"""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks import report
from utils.machine import stopwatch

sys.path.insert(0, str(report.ROOT / "tests" / "browser"))
from lab import free_port, wait_until_up  # noqa: E402

LESSON = "my_lessons/00_start_here.ipynb"


def megabytes(folder: Path) -> float:
    """What lies in a folder, in units of 10^6 bytes; links count nothing."""
    files = [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    return round(sum(path.stat().st_size for path in files) / 1e6, 1)


def timed(*command: str, **options) -> float:
    with stopwatch() as took:
        subprocess.run(command, check=True, **options)
    return took["seconds"]


def lab_answers(course: Path, env: dict) -> float:
    """Seconds from `make lab` until it answers."""
    port, token, log = free_port(), secrets.token_hex(16), course / "lab.log"
    options = f"--no-browser --allow-root --port {port} --IdentityProvider.token={token}"
    with log.open("w") as out, stopwatch() as took:
        lab = subprocess.Popen(["make", "-s", "lab", f"LAB_ARGS={options}"], cwd=course, env=env, stdout=out,
                               stderr=subprocess.STDOUT, start_new_session=True)  # fmt: skip
        try:
            wait_until_up(lab, f"http://127.0.0.1:{port}/api?token={token}", log)
        finally:
            os.killpg(lab.pid, signal.SIGTERM)
    lab.wait()
    return took["seconds"]


def measure(folder: Path) -> dict:
    course, wheels = folder / "course", folder / "wheels"
    subprocess.run(["git", "clone", "-q", "--no-local", report.ROOT, course], check=True)
    lock = str(course / "requirements.lock")
    fetch = [sys.executable, "-m", "pip", "download", "-qq", "--no-cache-dir", "-d", str(wheels), "-r", lock]
    subprocess.run(fetch, check=True)
    offline = os.environ | {
        "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(wheels), "PIP_NO_CACHE_DIR": "1", "RNN_COURSE_HOME": str(folder),
    }  # fmt: skip
    repository = megabytes(course)
    install = timed("make", "-s", "env", f"PYTHON={sys.executable}", cwd=course, env=offline)
    answers = lab_answers(course, offline)
    jupyter = str(course / ".venv" / "bin" / "jupyter")
    lesson = timed(jupyter, "execute", LESSON, cwd=course, env=offline, stderr=subprocess.DEVNULL)
    return {
        "repository_mb": repository,
        "download_mb": megabytes(wheels),
        "installed_mb": megabytes(course / ".venv"),
        "install_seconds": install,
        "lab_seconds": answers,
        "lesson_seconds": lesson,
    }


def markdown(found: dict) -> str:
    seconds = sum(found[part] for part in ("install_seconds", "lab_seconds", "lesson_seconds"))
    rows = [
        ["The repository, with its history", f"{found['repository_mb']:.0f} MB"],
        ["Packages to download", f"{found['download_mb']:.0f} MB"],
        ["Packages installed", f"{found['installed_mb']:,.0f} MB"],
        ["Installing them, after the download", f"{found['install_seconds']:.0f} s"],
        ["From `make lab` to JupyterLab", f"{found['lab_seconds']:.0f} s"],
        ["All cells of lesson 00, with the start of its kernel", f"{found['lesson_seconds']:.0f} s"],
        ["All of it, without the download", f"{seconds:.0f} s"],
    ]
    return report.table(["From a fresh machine to the first lesson", ""], rows)


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="course-fresh-") as folder:
        found = measure(Path(folder))
    report.save("fresh", {"command": "python -m benchmarks.fresh", "machine": report.machine()} | found)
    report.put_into_page("fresh", markdown(found))
    print(markdown(found))


if __name__ == "__main__":
    main()
