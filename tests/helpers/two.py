"""A script run in two processes on the CPU, as a learner would start it."""

import json
import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
LAUNCHERS = {
    "torchrun": ["torch.distributed.run", "--standalone", "--nproc_per_node", "2"],
    "accelerate": ["accelerate.commands.launch", "--config_file", ROOT / "accelerate.yaml"],
}


def in_two(script: str, folder: Path, launcher: str = "torchrun") -> list[dict]:
    """What each process wrote to FOLDER/rankN.json."""
    command = [sys.executable, "-m", *LAUNCHERS[launcher]]
    paths = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    env = os.environ | {"OMP_NUM_THREADS": "1", "PYTHONPATH": paths, "CUDA_VISIBLE_DEVICES": ""}
    ran = subprocess.run([*command, HERE / script, folder], env=env, capture_output=True, text=True, timeout=180)
    assert ran.returncode == 0, ran.stderr[-2000:]
    return [json.loads((folder / f"rank{rank}.json").read_text()) for rank in (0, 1)]
