"""What the benchmarks share: training by command, the JSON file, and the tables of the pages that show its figures."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

from utils.files import MEASURED, measured, sealed, write_json, write_whole
from utils.machine import machine as machine

ROOT = Path(__file__).resolve().parents[1]
PAGES = ("README.md", "TEACHING.md", "docs/results.md", "docs/exercises.md", "docs/tested.md")


def trained(arguments: list[str], launcher: list[str] = (sys.executable,)) -> dict:
    """Run `python -m utils.train` in a process of its own; its results, with the peak of memory in MB."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "result.json"
        line = [*launcher, "-m", "utils.train", *arguments, "--quiet"]
        process = subprocess.Popen([*line, "--out", str(out)], cwd=ROOT)
        _, status, usage = os.wait4(process.pid, 0)
        if status:
            raise SystemExit(f"{' '.join(line)} failed.")
        result = json.loads(out.read_text(encoding="utf-8"))
        del result["made_from"], result["digest"]  # the whole has them
    result["command"] = shlex.join(["python", "-m", "utils.train", *arguments])
    return result | {"peak_mb": round(usage.ru_maxrss / 1024)}


def save(name: str, result: dict) -> None:
    """Write data/measured/NAME.json, with what it was measured by."""
    write_json(MEASURED / f"{name}.json", sealed(result))
    measured.cache_clear()


def table(header: list[str], rows: list[list]) -> str:
    """A Markdown table."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def put_into(page: str, name: str, text: str) -> str:
    """`page` with `text` between its marks `<!-- NAME -->` and `<!-- /NAME -->`; ValueError when it lacks them."""
    pattern = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
    if not pattern.search(page):
        raise ValueError(f"needs the marks <!-- {name} --> and <!-- /{name} -->, where the table belongs.")
    return pattern.sub(lambda marks: f"{marks[1]}{text}\n{marks[2]}", page)


def put_into_page(name: str, text: str) -> None:
    """Replace what stands between the marks of that name, in the page that has them."""
    for page in (ROOT / name for name in PAGES):
        old = page.read_text(encoding="utf-8")
        if f"<!-- {name} -->" in old:
            write_whole(page, put_into(old, name, text).encode())
            return
    raise SystemExit(f"No page has the marks <!-- {name} --> and <!-- /{name} -->, where the table belongs.")
