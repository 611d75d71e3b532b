"""What the benchmarks share: the JSON file and the README's tables."""

from __future__ import annotations

import json
import re
from pathlib import Path

from utils.files import write_json, write_whole
from utils.machine import machine as machine

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results"


def save(name: str, result: dict) -> None:
    """Write results/NAME.json."""
    write_json(RESULTS / f"{name}.json", result)


def load(name: str) -> dict:
    """Read results/NAME.json."""
    return json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8"))


def table(header: list[str], rows: list[list]) -> str:
    """A Markdown table."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def put_into_readme(name: str, text: str) -> None:
    """Replace what stands between the README's marks `<!-- NAME -->` and `<!-- /NAME -->`."""
    readme = ROOT / "README.md"
    pattern = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
    before = readme.read_text(encoding="utf-8")
    if not pattern.search(before):
        raise SystemExit(
            f"README.md has no marks <!-- {name} --> and <!-- /{name} -->: add them where the table belongs."
        )
    write_whole(readme, pattern.sub(lambda marks: f"{marks[1]}{text}\n{marks[2]}", before).encode())
