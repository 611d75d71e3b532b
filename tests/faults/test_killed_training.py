"""kill -9 in the middle of an epoch, in the middle of writing a checkpoint, and just before it gets its name."""

import io
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch

from utils import files
from utils.data.batching import batches
from utils.models.classifier import Classifier
from utils.train.trainer import Trainer


def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)


class SlowFile(io.FileIO):
    """A disk that takes a minute for a checkpoint."""

    def write(self, content):
        for start in range(0, len(content), 64):
            super().write(content[start : start + 64])
            time.sleep(64 * 60 / len(content))


def kill_in_the_middle(process, folder):
    """Wait until the first checkpoint is there and a part of the second, then kill; returns the two sizes."""
    checkpoint, parts, end = folder / "checkpoint", [], time.monotonic() + 60
    while not (parts and parts[0].stat().st_size) and time.monotonic() < end:
        time.sleep(0.01)
        parts = list(folder.glob(".checkpoint.*")) if checkpoint.exists() else []
    process.kill()
    process.wait()
    return parts[0].stat().st_size, checkpoint.stat().st_size


def train(checkpoint, kill=None):
    """Four epochs of 6 + 3 batches; dies at the 14th batch, or at the end of the third write, or writes slowly."""
    generator = torch.Generator().manual_seed(0)
    rows = [torch.randint(2, 10, (2 + i % 6,), generator=generator) for i in range(96)]
    labels = [int(2 in row) for row in rows]
    torch.manual_seed(0)
    model = Classifier(10, 8, 8, pooling="max", dropout=0.2)
    forward, replace, left = model.forward, os.replace, {"batch": 14, "write": 3}

    def count(name, work):
        def counted(*args):
            left[name] -= kill == name
            return (die if left[name] == 0 else work)(*args)

        return counted

    def slow_later(path, mode):
        return (SlowFile if checkpoint.exists() else open)(path, mode)

    model.forward, files.os.replace = count("batch", forward), count("write", replace)
    if kill == "middle":
        files.open = slow_later
    trainer = Trainer(model, lr=3e-2, epochs=4, device="cpu")
    try:
        history = trainer.fit(
            batches(rows, labels, 16, generator=generator), batches(rows, labels, 32), False, checkpoint
        )
    finally:
        files.os.replace = replace
    return model.state_dict(), history


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
@pytest.mark.fault("Training is killed in an epoch, or while its checkpoint is written", "It goes on, bit for bit")
def test_a_killed_training_goes_on_as_if_nothing_had_been(tmp_path):
    root = str(Path(__file__).parents[2])
    env = os.environ | {"OMP_NUM_THREADS": "1", "PYTHONPATH": os.pathsep.join([root, os.environ.get("PYTHONPATH", "")])}
    running = {}
    for kill in ("batch", "write", "middle"):
        (tmp_path / kill).mkdir()
        running[kill] = subprocess.Popen([sys.executable, __file__, tmp_path / kill / "checkpoint", kill], env=env)
    part, full = kill_in_the_middle(running["middle"], tmp_path / "middle")
    assert 0 < part < full
    expected, whole = train(None)
    for kill, process in running.items():
        assert process.wait(timeout=120) == -signal.SIGKILL
        folder = tmp_path / kill
        halves = [path for path in folder.iterdir() if path.name != "checkpoint"]
        assert len(halves) == (kill != "batch")  # what the kill left behind has another name, and is not read
        weights, history = train(folder / "checkpoint")
        assert all(torch.equal(t, expected[name]) for name, t in weights.items())
        assert history.train_loss == whole.train_loss and history.valid_loss == whole.valid_loss


if __name__ == "__main__":
    train(Path(sys.argv[1]), sys.argv[2])
