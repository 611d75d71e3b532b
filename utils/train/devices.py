"""The machine as training needs it: its device, its processes, its memory."""

from __future__ import annotations

import os
from collections.abc import Callable

import torch
from accelerate import Accelerator
from accelerate.state import AcceleratorState, PartialState
from accelerate.utils import GradientAccumulationPlugin


def processes() -> int:
    """How many processes train together, as WORLD_SIZE tells.

    Raises RuntimeError when no launcher started them, as where a cluster's container sets the variable or another job
    left it over: torch would wait for the others without end.
    """
    started = int(os.environ.get("WORLD_SIZE", 1))
    if started > 1 and not {"LOCAL_RANK", "MASTER_ADDR"} <= set(os.environ):
        raise RuntimeError(
            f"WORLD_SIZE is {started}, but torchrun did not start this process: start {started} by "
            "torchrun --nproc_per_node, or remove the variable WORLD_SIZE to train alone."
        )
    return started


def has_gpu() -> bool:
    """Whether device "auto" is a GPU of CUDA's."""
    return torch.cuda.is_available()


def accelerator(device: str) -> Accelerator:
    """The device ("auto" or "cpu") and, under torchrun, the other processes.

    Raises RuntimeError as `processes` does, and when several were started that do not know of each other.
    """
    started = processes()
    # Without a GPU, accelerate sets up several processes only when told that the CPU is meant.
    cpu = device == "cpu" or (started > 1 and not torch.cuda.is_available())
    # Its choice lasts as long as Python runs, unless it is reset.
    half = AcceleratorState._shared_state.get("_mixed_precision", "no") != "no"  # another Accelerator of the user's
    if started == 1 and PartialState._shared_state and (PartialState()._cpu != cpu or half):
        AcceleratorState._reset_state(reset_partial_state=True)
    found = Accelerator(
        cpu=cpu,
        # Said here, so that a configuration of the user's own, for other work, does not decide it.
        mixed_precision="no",
        dynamo_backend="no",
        gradient_accumulation_plugin=GradientAccumulationPlugin(num_steps=1),
    )
    if found.num_processes != started:
        raise RuntimeError(
            f"{started} processes were started but each would train alone; start them by torchrun --nproc_per_node."
        )
    return found


def out_of_memory_as_sentence(work: Callable, *args):
    """work(*args), with one clear sentence when the memory of the device is too small for it."""
    try:
        return work(*args)
    except RuntimeError as failure:
        words = str(failure).lower()  # a GPU says "out of memory", the CPU "DefaultCPUAllocator: can't allocate memory"
        if "out of memory" not in words and "defaultcpuallocator" not in words:
            raise
    # Outside of `except`, so that the failure's traceback does not keep the tensors that filled the memory.
    raise MemoryError("A batch does not fit into the device's memory; use a smaller batch, or shorter texts.")
