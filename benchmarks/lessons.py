"""How long each lesson takes on this machine, run from its first cell to its last in a fresh kernel.

`python -m benchmarks.lessons` writes results/lessons.json and the README's table of lessons.
"""

from __future__ import annotations

import re
import tempfile
import time
from pathlib import Path

from benchmarks import report
from tools import build, stamp


def measure(source: Path) -> dict:
    nb = build.read_source(source)
    title = re.search(r"^# (.+)", nb.cells[0].source)[1]
    minutes = re.search(r"Time: (\d+( to \d+)?) minutes", nb.cells[0].source)
    if minutes is None:
        raise SystemExit(f"{source.name} does not say in its first cell how many minutes a learner needs.")
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        build.run(nb, Path(folder), report.ROOT)
        seconds = time.perf_counter() - start
    return {"lesson": source.stem, "title": title, "minutes": minutes[1], "seconds": round(seconds, 1)}


def markdown(lessons: list[dict]) -> str:
    rows = []
    for lesson in lessons:
        name = lesson["lesson"]
        badge = f"<!-- badge: {name} --><!-- /badge -->"
        title = f"[{lesson['title']}](notebooks/{name}.ipynb)"
        rows.append([title, lesson["minutes"], f"{lesson['seconds']:.0f}", badge])
    return report.table(["Lesson", "Your minutes", "Machine seconds", "Colab"], rows)


def main() -> None:
    sources = [path for path in build.sources(report.ROOT) if path.match("lessons_src/[0-9][0-9]_*.py")]
    lessons = [measure(source) for source in sources]
    report.save("lessons", {"command": "python -m benchmarks.lessons", "machine": report.machine(), "lessons": lessons})
    report.put_into_readme("lessons", markdown(lessons))
    stamp.main([])
    print(markdown(lessons))


if __name__ == "__main__":
    main()
