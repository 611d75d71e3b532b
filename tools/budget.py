"""How much a lesson asks of a reader, by the formula that TEACHING.md states: words, visible lines of code, minutes.

    python -m tools.budget            a line for each lesson

Exercises, quiz, references and what is folded away do not count.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import jupytext

from tools.build import is_folded

LESSONS = Path(__file__).resolve().parent.parent / "lessons_src"
WORDS, LINES, MINUTES = 2_200, 150, 25  # the most that a lesson may have
WORDS_A_MINUTE, LINES_A_MINUTE, MINUTES_AN_EXPLORER, MINUTES_A_GUESS = 200, 30, 1.5, 0.5
APART = re.compile(r"#+ (Exercise \d\d\.\d|\d\d\.\d ·|Quiz|References)")  # what such a heading begins is not counted


@dataclass(frozen=True)
class Load:
    """What a lesson asks of a reader."""

    words: int
    lines: int
    explorers: int
    guesses: int

    @property
    def minutes(self) -> float:
        reading = self.words / WORDS_A_MINUTE + self.lines / LINES_A_MINUTE
        return reading + self.explorers * MINUTES_AN_EXPLORER + self.guesses * MINUTES_A_GUESS


def load(source: str) -> Load:
    """Count a lesson's source in the percent format."""
    words = lines = shown = asked = 0
    apart = False
    for cell in jupytext.reads(source, fmt="py:percent").cells:
        if cell.cell_type == "markdown":
            for line in cell.source.splitlines():
                if line.startswith("#"):
                    apart = bool(APART.match(line))
                if not apart and not line.startswith("[!["):
                    words += len(re.findall(r"[^\W\d_]\w*(?:['’-]\w+)*", re.sub(r"\$[^$]*\$|\]\([^)]*\)", " ", line)))
            continue
        code = [line for line in cell.source.splitlines() if line.strip()]
        shown += sum(bool(re.match(r"explorers\.[A-Z]\w+\(", line)) for line in code)
        asked += sum(bool(re.match(r"guess\([^)]*\)$", line)) for line in code)
        if not apart and not is_folded(cell):
            lines += len(code)
    return Load(words, lines, shown, asked)


def main() -> None:
    print(f"{'lesson':28}{'words':>7}{'lines':>7}{'explorers':>11}{'guesses':>9}{'minutes':>9}")
    for path in sorted(LESSONS.glob("[0-9][0-9]_*.py")):
        one = load(path.read_text(encoding="utf-8"))
        print(f"{path.stem:28}{one.words:7,}{one.lines:7}{one.explorers:11}{one.guesses:9}{one.minutes:9.0f}")


if __name__ == "__main__":
    main()
