"""Where a class stumbled: of many records one table and one picture.

    python -m tools.classroom FOLDER         FOLDER/class.csv and FOLDER/class.png

FOLDER holds the files that learners made with tools.record. A file that is no record is named and left out. To stumble
is to have an exercise's check say "not yet", or to choose a wrong answer first. The commonest reasons are printed.
"""

from __future__ import annotations

import argparse
import csv
import functools
import io
import sys
from collections import Counter
from pathlib import Path

from matplotlib.patches import Rectangle

from tools.record import RecordError, read
from utils import plots
from utils.course import guesses, quizzes
from utils.course.exercises import all_exercises
from utils.course.quizzes.base import LETTERS
from utils.files import write_whole


@functools.cache
def items() -> dict[str, str]:
    """Everything that can be done, in the order of the lessons: {"quiz 02.1" or "02.1": its words}."""
    found = {number: one.title for number, one in all_exercises().items()}
    for lesson in quizzes.numbers():
        found |= {f"quiz {lesson}.{n}": one.text for n, one in enumerate(quizzes.questions(lesson), 1)}
    return dict(sorted(found.items(), key=lambda item: (item[0].removeprefix("quiz ")[:2], item[0].startswith("q"))))


def stumbled(record: dict, item: str) -> bool | None:
    """Whether a learner stumbled over an exercise or a question; None if they did not come to it."""
    if not item.startswith("quiz"):
        tried = bool(record["tries"].get(item))
        return tried if tried or item in record["solved"] else None
    first, right = choices(record, item)
    return None if first is None else first != right


def choices(record: dict, item: str) -> tuple[int | None, int]:
    """Of an item such as "quiz 02.1", a learner's first choice and the right one."""
    lesson, _, question = item.removeprefix("quiz ").partition(".")
    first = record["quizzes"].get(lesson, {}).get(question)
    return first, quizzes.questions(lesson)[int(question) - 1].answer


def cell(record: dict, item: str) -> str:
    """What the table says of a learner and an item."""
    if not item.startswith("quiz"):
        tries = sum(record["tries"].get(item, {}).values())
        return "solved" * (item in record["solved"]) + f" after {tries} not yet" * bool(tries)
    first, right = choices(record, item)
    return f"{LETTERS[first]} {'right' if first == right else 'wrong'}" if first in range(len(LETTERS)) else ""


def table(records: list[dict]) -> str:
    """A row for each learner; columns for exercises, questions and guesses."""
    names = [name for lesson in guesses.lessons() for name in guesses.predictions(lesson)]
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(["name", *items(), *(f"guess {name}" for name in names)])
    for one in records:
        said = [one["guesses"].get(name, "") for name in names]
        rows.writerow([plain(text) for text in (one["name"], *(cell(one, item) for item in items()), *said)])
    return out.getvalue()


def plain(text) -> str:
    """Text that no spreadsheet takes for a formula."""
    is_number = isinstance(text, (int, float))
    return f"'{text}" if not is_number and str(text).startswith(("=", "+", "-", "@", "\t", "\r")) else str(text)


def reasons(records: list[dict], most: int = 10) -> list[str]:
    """The commonest reasons of a "not yet", by the number of learners who got them."""
    counts = Counter((item, why) for one in records for item, found in one["tries"].items() for why in found)
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [f"{count} of {len(records)}  {item}  {why}" for (item, why), count in ranked[:most]]


def picture(records: list[dict]) -> bytes:
    """A row for each lesson, a square for each exercise and question: how many stumbled of those who came, as PNG."""
    lessons = sorted({item.removeprefix("quiz ")[:2] for item in items()})
    fig, axes = plots.figure(9, 1 + 0.4 * len(lessons), ncols=2, sharey=True, width_ratios=(4, 5))
    for ax, kind, columns in zip(axes, ("", "quiz "), (4, 5)):
        for row, lesson in enumerate(lessons):
            for place in range(1, columns + 1):
                if (item := f"{kind}{lesson}.{place}") in items():
                    square(ax, place, row, [one for one in (stumbled(r, item) for r in records) if one is not None])
        ax.grid(False)
        ax.set(xlim=(0.5, columns + 0.5), ylim=(len(lessons) - 0.5, -0.5), xticks=range(1, columns + 1),
               xlabel="exercise" if not kind else "question of the quiz")  # fmt: skip
    axes[0].set(yticks=range(len(lessons)), yticklabels=lessons, ylabel="lesson")
    learners = f"{len(records)} learner{'s' * (len(records) != 1)}"
    fig.suptitle(f"Where {learners} stumbled: how many of those who came to it", fontsize=11)
    return plots.png(fig)


def square(ax, place: int, row: int, came: list[bool]) -> None:
    """A square, the darker the more of them stumbled, and the two numbers in it."""
    share = sum(came) / len(came) if came else 0
    color = tuple(white + share * (full - white) for white, full in zip((1, 0.97, 0.93), (0.70, 0.25, 0)))
    ax.add_patch(Rectangle((place - 0.47, row - 0.43), 0.94, 0.86, facecolor=color, edgecolor="#BBBBBB", lw=0.6))
    words = f"{sum(came)} of {len(came)}" if came else "–"
    ax.text(place, row, words, ha="center", va="center", fontsize=9, color="white" if share > 0.6 else "#333333")


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="classroom", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("folder", type=Path, help="where the records lie")
    folder = parser.parse_args(arguments).folder
    records = []
    for path in sorted(folder.glob("*.json")):
        try:
            records.append(read(path))
        except RecordError as failure:
            print(f"Left out: {failure}", file=sys.stderr)
    if not records:
        print(f"classroom: there is no record in {folder}; learners make one with tools.record.", file=sys.stderr)
        return 1
    try:
        write_whole(folder / "class.csv", table(records).encode("utf-8-sig"))  # with a mark, by which Excel knows UTF-8
        write_whole(folder / "class.png", picture(records))
    except OSError as failure:
        print(f"classroom: {folder} cannot be written to ({failure.strerror}).", file=sys.stderr)
        return 1
    print(f"{len(records)} records: {folder / 'class.csv'}, {folder / 'class.png'}")
    print("\n".join(["What checks said most often, by learners:", *reasons(records)]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
