"""What a measured figure depends on."""

from __future__ import annotations

import os
import platform
import re
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
