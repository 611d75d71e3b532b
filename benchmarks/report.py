"""What the benchmarks share: a line about the machine, the JSON file, the README's tables."""

from __future__ import annotations

import json
import os
import platform
import re
from pathlib import Path

import torch

from utils.files import write_whole

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results"


def machine() -> dict:
    """Processor, threads and versions: what a figure depends on."""
    model = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.is_file():
        model = re.search(r"model name\s*:\s*(.+)", cpuinfo.read_text()).group(1)
    return {
        "processor": model,
        "capability": torch.backends.cpu.get_cpu_capability(),
        "cores": os.cpu_count(),
        "threads": torch.get_num_threads(),
        "gpu": torch.cuda.get_device_name() if torch.cuda.is_available() else None,
        "python": platform.python_version(),
        "torch": torch.__version__,
    }


def save(name: str, result: dict) -> None:
    """Write results/NAME.json."""
    RESULTS.mkdir(parents=True, exist_ok=True)
    write_whole(RESULTS / f"{name}.json", (json.dumps(result, indent=1) + "\n").encode())


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
