"""How long each lesson takes on this machine, run from its first cell to its last in a fresh kernel, and its memory.

`python -m benchmarks.lessons` writes data/measured/lessons.json and prints it.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import nbformat

from benchmarks import report
from tools import build

# the largest resident set of the kernel so far; Linux counts it in KiB
PEAK = "import resource; print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 // 1_000_000)"


def measure(source: Path) -> dict:
    nb = build.read_source(source)
    nb.cells.append(nbformat.v4.new_code_cell(PEAK, id="peak"))
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        build.run(nb, Path(folder), report.ROOT)
        seconds = time.perf_counter() - start
    peak = int(nb.cells[-1].outputs[0].text)
    return {"lesson": source.stem, "seconds": round(seconds, 1), "megabytes": peak}


def markdown(result: dict) -> str:
    """What was measured, as a table."""
    rows = [[one["lesson"], f"{one['seconds']:.0f}", one["megabytes"]] for one in result["lessons"]]
    return report.table(["Lesson", "Seconds", "Memory, MB"], rows)


def main() -> None:
    sources = [path for path in build.sources(report.ROOT) if path.match("lessons_src/[0-9][0-9]_*.py")]
    lessons = [measure(source) for source in sources]
    result = {"command": "python -m benchmarks.lessons", "machine": report.machine(), "lessons": lessons}
    report.save("lessons", result)
    print(markdown(result))


if __name__ == "__main__":
    main()
