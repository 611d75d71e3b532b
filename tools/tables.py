"""Write the tables of README.md, TEACHING.md and docs between their marks, such as `<!-- exercises -->`.

    python -m tools.tables               write
    python -m tools.tables --check       write nothing; exit 1 and name what is out of date

What was measured comes from data/measured, through the benchmark that measured it; minutes of a lesson come from its
header, those of an exercise from utils.course.exercises, bad input and faults from the tests (tools/refusals.py).
"""

from __future__ import annotations

import argparse
import functools
import importlib
import json
import re
import statistics
import subprocess
import sys
import textwrap
from pathlib import Path

from benchmarks.imdb import PEERS
from benchmarks.report import measured, put_into, table
from benchmarks.site import summary
from tools import site, stamp
from utils.course.exercises import all_exercises
from utils.course.lesson import TITLES
from utils.files import write_whole

ROOT = Path(__file__).resolve().parent.parent
EXERCISES = all_exercises()

# What courses on this subject commonly ask for, and the exercises here that do.
COMMON = {
    "Draw the gates of an LSTM, step by step": ("04.1",),
    "Read the gates of `nn.LSTM` from its weights, while a sine wave passes": ("04.1",),
    "Write a step of a GRU in NumPy, with the numbers of `nn.GRU`": ("03.1",),
    "Which learns sooner, GRU or LSTM?": ("10.2",),
    "Accuracy of GRU and LSTM against the length of the sequence": ("10.1",),
    "Forecast a sine wave with GRU and LSTM, from short and long windows": ("10.3",),
    "One direction against both, tagging parts of speech": ("05.1", "05.2"),
    "A bidirectional classifier of sentiment, its confusion matrix, its longest word vectors": ("07.1", "07.2", "07.3"),
    "Make a sentiment classifier two points better": ("09.1",),
    "Sample a text at three temperatures, and say why they differ": ("08.1", "08.2"),
    "Write a working cell from scratch, then a function that survives empty and missing input": ("02.1", "06.1"),
}

# Block: (lessons, exercises). What is not named is for home.
DAY = {
    "Morning, first half": (("00", "01"), ("00.1", "01.1", "01.2")),
    "Morning, second half": (("02", "03"), ("02.1", "02.2", "03.1")),
    "Afternoon, first half": (("05", "06", "07"), ("05.1", "07.2")),
    "Afternoon, second half": (("08", "10"), ("08.1", "08.2")),
}
EVENINGS = {
    "1": (("00", "01", "02"), ("00.1", "01.1", "01.2", "02.1", "02.2", "02.3")),
    "2": (("03", "04", "05"), ("03.1", "03.2", "03.3", "04.1", "05.1", "05.2")),
    "3": (("06", "07", "08"), ("06.1", "07.1", "07.2", "07.3", "07.4", "08.1", "08.2")),
    "4": (("09", "10", "11"), ("10.1", "10.2", "10.3", "11.1")),
}
WEEKS = {
    "1, Monday": (("00", "01"), ("00.1", "01.1", "01.2")),
    "1, Tuesday": (("02",), ("02.1", "02.2", "02.3")),
    "1, Wednesday": (("03",), ("03.1", "03.2", "03.3")),
    "1, Thursday": (("04",), ("04.1",)),
    "1, Friday": (("05",), ("05.1", "05.2")),
    "2, Monday": (("06",), ("06.1",)),
    "2, Tuesday": (("07",), ("07.1", "07.2", "07.3", "07.4")),
    "2, Wednesday": (("08",), ("08.1", "08.2", "08.3")),
    "2, Thursday": (("09", "10"), ("09.1", "10.1")),
    "2, Friday": (("11",), ("10.2", "10.3", "11.1")),
}


def sources() -> dict[str, Path]:
    """The lessons' sources by number."""
    return {path.name[:2]: path for path in sorted((ROOT / "lessons_src").glob("[0-9][0-9]_*.py"))}


def minutes_of(lesson: str) -> int:
    """The minutes in a lesson's header, its exercises not counted; 0 for the appendix, which has none."""
    found = re.search(r"(?m)^# Time: (\d+) minutes", sources()[lesson].read_text(encoding="utf-8"))
    return int(found[1]) if found else 0


def exercises_of(lesson: str) -> list[str]:
    return [number for number in EXERCISES if number.startswith(lesson)]


def link(lesson: str, text: str) -> str:
    return f"[{text}](notebooks/{sources()[lesson].stem}.ipynb)"


def lessons() -> str:
    url, rows = stamp.address(ROOT), []
    for lesson, path in sources().items():
        badge = f"<!-- badge: {path.stem} -->{stamp.badge(url, path.stem)}<!-- /badge -->"
        rows.append([link(lesson, f"{lesson} · {TITLES[lesson]}"), minutes_of(lesson) or "", badge])
    return table(["Lesson", "Minutes", "Colab"], rows)


def peers() -> str:
    """The results that matter most, each beside what others have."""
    imdb, tagger, language = measured("imdb"), measured("tagger"), measured("language")
    gpu = measured("gpu")["recipes"]["reviews, best"]
    cells, answers = measured("cells")["shapes"][0], [one["p95_ms"] for one in measured("explorers")["explorers"]]
    sizes = "batch {}, {} steps, {} inputs, {} units".format(*cells["shape"].split(", "))
    page = summary(measured("site"))
    of = {row["name"]: row for row in imdb["rows"]}
    _, _, _, bag, _, _, best, several = of  # in the order of docs/results.md
    named = {name: name.replace("recipe best", "recipe `best`") for name in (best, several)}
    tags = {name: one["runs"] for name, one in tagger["recipes"].items()}
    right = {name: statistics.median(run["test"]["accuracy"] for run in runs) for name, runs in tags.items()}
    counts = {name: bits for name, bits in language["baselines"].items() if name.endswith("gram")}
    rows = [
        ["Reviews of IMDb judged right", f"{named[best]}, {of[best]['seconds']:.0f} s on a CPU",
         f"{of[best]['test']:.1%}"],
        ["", f"the same recipe, {statistics.median(run['seconds'] for run in gpu['runs'][1:]):.0f} s on an NVIDIA H100",
         f"{gpu['median']['test']['accuracy']:.1%}"],
        ["", named[several], f"{of[several]['test']:.1%}"],
        ["", bag, f"{of[bag]['test']:.1%}"],
        *(["", f"{name} ({source})", f"{test:.1%}"] for name, test, source in PEERS),
        ["Words of English tagged right", "LSTM that reads both ways", f"{right['both, endings']:.1%}"],
        ["", "LSTM that reads forward", f"{right['forward, endings']:.1%}"],
        ["", "each word's most frequent tag", f"{tagger['most frequent tag']['test']['accuracy']:.1%}"],
        ["Bits for a character of Python's manual", "LSTM of 256 units",
         f"{language['median']['bits_per_character']:.2f}"],
        ["", f"counting, the best of {', '.join(counts)}", f"{min(counts.values()):.2f}"],
        *(["", name, f"{language['baselines'][name]:.2f}"] for name in ("xz", "bz2")),
        [f"Time of a training step ({sizes})", "ours, gates one a line, by torch's kernel",
         f"{cells['train']['kernel']['ratio']:.2f} of nn.LSTM's"],
        ["", "the usual tutorial cell", f"{cells['train']['tutorial']['ratio']:.2f} of nn.LSTM's"],
        ["A slider's new picture", "each explorer, in JupyterLab", f"95 % within {min(answers)} to {max(answers)} ms"],
        ["", "on the web site, median of all explorers", f"{page['move_ms']:.0f} ms"],
        ["From the first click to a picture that moves", "on the web site, nothing installed",
         f"{page['cold_seconds']:.0f} s; on a page read for ten seconds {page['after_reading_seconds']:.1f} s"],
    ]  # fmt: skip
    return table(["What", "Who", "Result"], rows)


def exercises() -> str:
    on_a_page, _ = site.needed()
    rows = [
        [link(number[:2], f"{number} · {one.title}"), one.minutes, one.difficulty, "yes" if number in on_a_page else ""]
        for number, one in EXERCISES.items()
    ]
    total = sum(one.minutes for one in EXERCISES.values())
    sums = [f"All {len(rows)}", total, "", len(on_a_page)]
    return table(["Exercise", "Minutes", "Difficulty", "Also on the web page"], [*rows, sums])


def common() -> str:
    rows = [[subject, ", ".join(link(number[:2], number) for number in numbers)] for subject, numbers in COMMON.items()]
    return table(["Commonly asked for", "Here"], rows)


def minutes() -> str:
    rows = []
    for lesson in sources():
        own = [EXERCISES[number].minutes for number in exercises_of(lesson)]
        rows.append([link(lesson, f"{lesson} · {TITLES[lesson]}"), minutes_of(lesson), len(own), sum(own)])
    sums = ["All", *(sum(row[column] for row in rows) for column in (1, 2, 3))]
    return table(["Lesson", "Minutes without exercises", "Exercises", "Their minutes"], [*rows, sums])


def plan(blocks: dict) -> str:
    rows, total = [], 0
    for name, (lessons, numbers) in blocks.items():
        needed = sum(map(minutes_of, lessons)) + sum(EXERCISES[number].minutes for number in numbers)
        total += needed
        rows.append([name, ", ".join(lessons), ", ".join(numbers), needed])
    return table(["", "Lessons", "Exercises", "Minutes"], [*rows, ["All", "", "", total]])


@functools.cache
def tested() -> dict[str, list]:
    """What tools/refusals.py finds in the tests; a process of its own, because pytest may be running here."""
    done = subprocess.run([sys.executable, "-m", "tools.refusals"], cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"tables: the tests could not be counted. {done.stderr.strip()}")
    return json.loads(done.stdout.splitlines()[-1])


def plain(words: str) -> str:
    return words.replace("<", "&lt;").replace("|", "\\|")


def refusals() -> str:
    rows = [
        [f"`{area}`", count, f"`{call}`", plain(textwrap.shorten(said, 130, placeholder=" ..."))]
        for area, count, call, said in tested()["refusals"]
    ]
    total = sum(count for _, count, *_ in tested()["refusals"])
    return table(["Given to", "Bad inputs", "Such as", "What it says"], [*rows, ["All", total, "", ""]])


def faults() -> str:
    rows = [[plain(what), plain(then), f"`{test}`"] for what, then, test in tested()["faults"]]
    return table(["What goes wrong", "What happens", "Test"], rows)


def of_benchmark(name: str) -> str:
    """The table that benchmarks.NAME makes of data/measured/NAME.json, or of NAME_cuda.json on a GPU."""
    return importlib.import_module(f"benchmarks.{name.removesuffix('_cuda')}").markdown(measured(name))


MEASURED = ("fresh", "cells", "cells_cuda", "gru", "imdb", "gpu", "tagger", "which_one", "explorers", "site")
TABLES = {
    "README.md": {"lessons": lessons, "peers": peers},
    "TEACHING.md": {
        "minutes": minutes, "day": lambda: plan(DAY), "evenings": lambda: plan(EVENINGS), "weeks": lambda: plan(WEEKS),
    },
    "docs/results.md": {name: functools.partial(of_benchmark, name) for name in MEASURED},
    "docs/exercises.md": {"exercises": exercises, "common": common},
    "docs/tested.md": {"refusals": refusals, "faults": faults},
}  # fmt: skip


def written(root: Path = ROOT) -> dict[Path, str]:
    """Each page that is out of date, and what it should hold. SystemExit when a page lacks the marks of a table."""
    changed = {}
    for page, tables in TABLES.items():
        old = new = (root / page).read_text(encoding="utf-8")
        for name, make in tables.items():
            try:
                made = make()
                if page.startswith("docs/"):
                    made = made.replace("](notebooks/", "](../notebooks/")
                new = put_into(new, name, made)
            except ValueError as failure:
                raise SystemExit(f"tables: {page} {failure}") from None
        if new != old:
            changed[root / page] = new
    return changed


def main(arguments: list[str] | None = None, root: Path = ROOT) -> int:
    parser = argparse.ArgumentParser(prog="tables", description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when something is out of date")
    options = parser.parse_args(arguments)
    changed = written(root)
    for path, text in changed.items():
        if options.check:
            print(f"{path.relative_to(root).as_posix()} is out of date; write it with: make tables", file=sys.stderr)
        else:
            write_whole(path, text.encode())
            print(f"{path.relative_to(root).as_posix()}: tables written")
    return 1 if options.check and changed else 0


if __name__ == "__main__":
    sys.exit(main())
