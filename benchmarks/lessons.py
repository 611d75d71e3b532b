"""How long each lesson takes on this machine, run from its first cell to its last in a fresh kernel, and its memory.

`python -m benchmarks.lessons` writes data/measured/lessons.json, the README's table of lessons and those that use it.
"""

from __future__ import annotations

import re
import tempfile
import time
from pathlib import Path

import nbformat

from benchmarks import report
from tools import build, stamp, tables

# the largest resident set of the kernel so far; Linux counts it in KiB
PEAK = "import resource; print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 // 1_000_000)"


def measure(source: Path) -> dict:
    nb = build.read_source(source)
    title = re.search(r"^# (.+)", nb.cells[0].source)[1]
    minutes = re.search(r"Time: (\d+( to \d+)?) minutes", nb.cells[0].source)
    if minutes is None:
        raise SystemExit(f"{source.name} does not say in its first cell how many minutes a learner needs.")
    nb.cells.append(nbformat.v4.new_code_cell(PEAK, id="peak"))
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        build.run(nb, Path(folder), report.ROOT)
        seconds = time.perf_counter() - start
    peak = int(nb.cells[-1].outputs[0].text)
    return {
        "lesson": source.stem,
        "title": title,
        "minutes": minutes[1],
        "seconds": round(seconds, 1),
        "megabytes": peak,
    }


def markdown(lessons: list[dict]) -> str:
    rows = []
    for lesson in lessons:
        name = lesson["lesson"]
        badge = f"<!-- badge: {name} --><!-- /badge -->"
        title = f"[{lesson['title']}](notebooks/{name}.ipynb)"
        rows.append([title, lesson["minutes"], f"{lesson['seconds']:.0f}", lesson["megabytes"], badge])
    return report.table(["Lesson", "Your minutes", "Machine seconds", "Memory, MB", "Colab"], rows)


def main() -> None:
    sources = [path for path in build.sources(report.ROOT) if path.match("lessons_src/[0-9][0-9]_*.py")]
    lessons = [measure(source) for source in sources]
    report.save("lessons", {"command": "python -m benchmarks.lessons", "machine": report.machine(), "lessons": lessons})
    report.put_into_readme("lessons", markdown(lessons))
    stamp.main([])
    tables.main([])
    print(markdown(lessons))


if __name__ == "__main__":
    main()
