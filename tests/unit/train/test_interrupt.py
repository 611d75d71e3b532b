"""Ctrl-C in `python -m utils.train`: a real process, a real signal; nothing unfinished is written."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest
from two import ROOT

# The command, but that training waits in the batch that is asked for, and says so on stdout.
SLOW = """
import runpy, sys, time
from utils.models.classifier import Classifier
from utils.models.language_model import LanguageModel
from utils.models.tagger import Tagger

stop, calls = int(sys.argv.pop(1)), []
for kind in (Classifier, LanguageModel, Tagger):
    def slow(self, *args, forward=kind.forward):
        calls.append(1)
        if len(calls) == stop:
            print("WAITING", flush=True)
            time.sleep(60)
        return forward(self, *args)
    kind.forward = slow
sys.argv[0] = "utils.train"
runpy.run_module("utils.train", run_name="__main__")
"""
SENTENCE = "Stopped by hand before all training was done; nothing was written.\n"
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for one process")


def stopped(folder, at, *arguments, by=signal.SIGINT):
    """The process that got the signal in its batch number `at`, and what it wrote to stderr."""
    script = folder / "slow.py"
    script.write_text(SLOW)
    env = os.environ | {"PYTHONPATH": str(ROOT), "RNN_COURSE_DATA": "", "RNN_COURSE_HOME": str(folder / "home"),
                        "OMP_NUM_THREADS": "1"}  # fmt: skip
    command = [sys.executable, script, str(at), *arguments, "--quiet"]
    process = subprocess.Popen(command, cwd=folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    for line in process.stdout:
        if "WAITING" in line:
            break
    time.sleep(0.05)
    process.send_signal(by)
    out, err = process.communicate(timeout=60)
    return process.returncode, out, err


@pytest.mark.parametrize(
    "task, at, by",
    [
        ("imdb", 2, signal.SIGINT),  # in the first epoch
        ("imdb", 30, signal.SIGINT),  # in the second, of 23 + 2 batches each: the best weights so far are no result
        ("imdb", 60, signal.SIGINT),  # of the second seed
        ("tagger", 2, signal.SIGTERM),
        ("language-model", 2, signal.SIGINT),
    ],
)
def test_interrupted_is_not_finished(tmp_path, task, at, by):
    out, saved = tmp_path / "runs.json", tmp_path / "good.safetensors"
    out.write_text("[]"), saved.write_bytes(b"the model that was there")
    code, said, err = stopped(tmp_path, at, task, "--seeds", "3", "--out", str(out), "--save", str(saved), by=by)
    assert (code, err) == (130, SENTENCE)
    assert said.count("Seed") == (at == 60)  # no figure of what was interrupted, and no further seed
    assert json.loads(out.read_text()) == [] and saved.read_bytes() == b"the model that was there"
