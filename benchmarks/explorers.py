"""From key press to new picture: each explorer of each lesson, in a real JupyterLab in Chromium.

`python -m benchmarks.explorers` writes data/measured/explorers.json and its table in docs/results.md; given numbers
of lessons, such as 06 08, it measures these only, anew. The clock starts at the browser's own time stamp
of the key press and stops when the new picture is decoded, or the new text in place, and the browser begins the frame
that shows it. A Tape is played from its first moment to its last at its highest speed, and its pictures are counted.
"""

from __future__ import annotations

import shutil
import statistics
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from importlib import metadata
from pathlib import Path

from benchmarks import report
from utils.files import measured

sys.path.insert(0, str(report.ROOT / "tests" / "browser"))
from lab import ExplorerView, Slider, TextField, fastest, open_lab  # noqa: E402

PRESSES, WARM_UP = 60, 10  # for each explorer, its sliders and text fields in turn
WANTED = 100  # milliseconds, for 95 of 100 presses
WANTED_FRAMES = 12  # a second, on Play
LISTEN = """image => {
    let start;
    addEventListener('keydown', event => { start = event.timeStamp; }, {once: true, capture: true});
    window.answer = new Promise(done => {
        const seen = async () => {
            await image.decode?.();
            requestAnimationFrame(() => done(performance.now() - start));
        };
        if (image.decode) image.addEventListener('load', seen, {once: true});
        else {  // a page of text
            const watch = new MutationObserver(() => { watch.disconnect(); seen(); });
            watch.observe(image, {childList: true, subtree: true});
        }
    });
}"""
ANSWER = "Promise.race([answer, new Promise(done => setTimeout(() => done(null), 1500))])"


def press_time(explorer: ExplorerView, press: Callable[[], None]) -> float | None:
    """Milliseconds from a key press to its new picture; None when the picture stays as it was."""
    explorer.image.evaluate(LISTEN)
    press()
    return explorer.image.evaluate(ANSWER)


def press_times(explorer: ExplorerView) -> list[float]:
    """Milliseconds of PRESSES key presses after WARM_UP more; presses that leave the picture as it was do not count."""
    pressed = [control for control in explorer.controls() if isinstance(control, Slider | TextField)]
    times = []
    for press in range(4 * PRESSES):
        if (time := press_time(explorer, pressed[press % len(pressed)].press)) is not None:
            times.append(time)
        if len(times) == WARM_UP + PRESSES:
            return times[WARM_UP:]
    raise SystemExit(f"{explorer.name}: of {4 * PRESSES} key presses only {len(times)} gave a new picture.")


def frames_a_second(explorer: ExplorerView) -> float | None:
    """Pictures a second while a Tape is played at its highest speed; None for others, whose Play goes word by word."""
    if explorer.name != "Tape":
        return None
    player = explorer.player()
    fastest(player.speed)
    times = player.play_to_the_end()
    return round(1000 * (len(times) - 1) / (times[-1] - times[0]), 1)


def measure(lessons: list[str]) -> list[dict]:
    """One row for each explorer of these lessons, of all when none is named."""
    rows = []
    with tempfile.TemporaryDirectory(prefix="course-bench-") as folder:
        shutil.copytree(report.ROOT / "notebooks", folder, dirs_exist_ok=True)
        with open_lab(Path(folder)) as open_notebook:
            for path in sorted(Path(folder).glob("[0-9][0-9]_*.ipynb")):
                if lessons and path.stem[:2] not in lessons:
                    continue
                notebook = open_notebook(path.name)
                notebook.run_all()
                for explorer in notebook.explorers():
                    times = press_times(explorer)
                    median, p95 = statistics.median(times), statistics.quantiles(times, n=20)[-1]
                    rows.append({"lesson": path.stem[:2], "explorer": explorer.name, "presses": len(times),
                                 "median_ms": round(median), "p95_ms": round(p95),
                                 "frames_a_second": frames_a_second(explorer)})  # fmt: skip
                notebook.close()
    return rows


def markdown(result: dict) -> str:
    header = ["Explorer", "Key press to new picture, median ms", "95 % within, ms", "Frames a second on Play"]
    names = ("median_ms", "p95_ms", "frames_a_second")
    several = Counter(row["explorer"] for row in result["explorers"])
    rows = []
    for row in result["explorers"]:
        where = f" of lesson {row['lesson']}" * (several[row["explorer"]] > 1)
        rows.append([row["explorer"] + where, *(row.get(name) or "" for name in names)])
    return report.table(header, rows)


def main() -> None:
    lessons = sys.argv[1:]
    versions = {name: metadata.version(name) for name in ("jupyterlab", "ipywidgets", "matplotlib", "playwright")}
    machine, before = report.machine() | versions, measured("explorers")
    if lessons and before["machine"] != machine:
        raise SystemExit("The other lessons were measured on another machine or with other packages: measure all.")
    rows = measure(lessons)
    if lessons:
        rows += [row for row in before["explorers"] if row["lesson"] not in lessons]
        rows.sort(key=lambda row: row["lesson"])
    result = {
        "command": "python -m benchmarks.explorers",
        "machine": machine,
        "wanted_p95_ms": WANTED,
        "wanted_frames_a_second": WANTED_FRAMES,
        "explorers": rows,
    }
    report.save("explorers", result)
    report.put_into_page("explorers", markdown(result))
    print(markdown(result))
    for row in result["explorers"]:
        if row["p95_ms"] > WANTED:
            print(f"{row['explorer']} is slower than the {WANTED} ms that are wanted.")
        if (row.get("frames_a_second") or WANTED_FRAMES) < WANTED_FRAMES:
            print(f"{row['explorer']} plays fewer than the {WANTED_FRAMES} frames a second that are wanted.")


if __name__ == "__main__":
    main()
