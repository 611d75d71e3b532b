"""The machine: what a measured figure depends on, how long something takes, and who of several processes speaks."""

from __future__ import annotations

import os
import platform
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import torch


def machine() -> dict:
    """Processor, cores, threads and versions, ready for a JSON file."""
    model = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.is_file() and (line := re.search(r"model name\s*:\s*(.+)", cpuinfo.read_text())):
        model = line.group(1)
    return {
        "processor": model,
        "capability": torch.backends.cpu.get_cpu_capability(),
        "cores": os.cpu_count(),
        "threads": torch.get_num_threads(),
        "gpu": torch.cuda.get_device_name() if torch.cuda.is_available() else None,
        "python": platform.python_version(),
        "torch": torch.__version__,
    }


@contextmanager
def stopwatch() -> Iterator[dict[str, float]]:
    """A dict that holds, after the block, its "seconds" and the "cpu_seconds" of this process in it."""
    took: dict[str, float] = {}
    wall, cpu = time.perf_counter(), time.process_time()
    yield took
    took["seconds"] = round(time.perf_counter() - wall, 2)
    took["cpu_seconds"] = round(time.process_time() - cpu, 2)


def is_first_process() -> bool:
    """Whether this is the only process, or the first of several under torchrun or accelerate.

    A RANK without a WORLD_SIZE above 1 is left over from another job and says nothing.
    """
    several = int(os.environ.get("WORLD_SIZE", 1)) > 1
    return not several or int(os.environ.get("RANK", 0)) == 0


def say(line: str) -> None:
    """Print a line at once, in one process of several."""
    if is_first_process():
        print(line, flush=True)


@contextmanager
def cpu(threads: int):
    """The CPU as small recurrent networks like it; afterwards as before."""
    # Vanishing gradients end as denormal numbers, which a CPU handles many times slower than zeros.
    torch.set_flush_denormal(True)
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        yield
    finally:
        torch.set_num_threads(before)
        torch.set_flush_denormal(False)
