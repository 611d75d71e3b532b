"""Folders that cannot be written to, disks that are full, and no home folder: nothing is lost, and it is said."""

import os
import shutil

import pytest
import torch
from kernels import ROOT, cells, errors, fill, printed, python, run

from utils.data.batching import batches
from utils.files import write_whole
from utils.models.classifier import Classifier
from utils.models.sentiment import Sentiment, load_sentiment
from utils.text import Vocabulary
from utils.train.trainer import Trainer

CHECK = "from utils.course import exercise, progress; exercise('00.1').check(leaky); print(progress())"
LEAKY = (ROOT / "lessons_src" / "solutions" / "00_solutions.py").read_text(encoding="utf-8").split("# %%")
SOLUTION = next((cell.split("\n", 1)[1] for cell in LEAKY if "def leaky(" in cell), "")
solutions = pytest.mark.skipif(not SOLUTION, reason="this copy is a hand-out without solutions")
COUNTS = "the exercise counts all the same."


def checked(home: str, **environment: str) -> list[str]:
    """What the check of a right answer prints, line by line, then the progress."""
    done = python("-c", f"{SOLUTION}\n{CHECK}", RNN_COURSE_HOME=home, **environment)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.mark.fault("The folder of progress and cache is read-only", "Exercises count, one line says what is not kept")
@solutions
def test_a_read_only_home(read_only, tmp_path):
    right, kept, *listed = checked(str(read_only / "home"))
    assert right.startswith("00.1 Correct: ")
    assert kept.startswith("Your progress could not be kept in ") and kept.endswith(COUNTS)
    assert "exercises 0 of 1 solved" in listed[0]
    assert not errors(run(cells("00"), tmp_path, RNN_COURSE_HOME=str(read_only / "home")))


@pytest.mark.fault("The disk of the progress file is full", "The old file stays, and one line says so")
@solutions
def test_a_full_disk_keeps_the_old_progress(tiny_disk):
    write_whole(tiny_disk / "progress.json", b'{"solved": ["01.1"]}')
    fill(tiny_disk)
    right, kept, *listed = checked(str(tiny_disk))
    assert right.startswith("00.1 Correct: ") and "No space left" in kept and kept.endswith(COUNTS)
    assert [line[:2] for line in listed if "exercises 1 of " in line] == ["01"]


def model(hidden: int = 4) -> Classifier:
    torch.manual_seed(0)
    return Classifier(5, 4, hidden)


def training(disk, epochs: int) -> list[float]:
    data = batches([[2, 3], [3, 4]], [0, 1], 2)
    trainer = Trainer(model(), epochs=epochs, device="cpu", schedule=None)
    return trainer.fit(data, data, progress=False, checkpoint=disk / "checkpoint").train_loss


@pytest.mark.fault("The disk is full when a checkpoint is written", "The one before stays; training goes on from it")
def test_a_full_disk_keeps_the_last_checkpoint(tiny_disk, tmp_path):
    whole = training(tmp_path, 3)
    net, data = model(), batches([[2, 3], [3, 4]], [0, 1], 2)
    forward, calls = net.forward, []

    def full_later(*args):
        calls.append(args)
        if len(calls) == 4:  # in the second epoch, when a checkpoint of the first one is there
            fill(tiny_disk)
        return forward(*args)

    net.forward = full_later
    trainer = Trainer(net, epochs=3, device="cpu", schedule=None)
    with pytest.raises(OSError, match="No space left on device: .*checkpoint"):
        trainer.fit(data, data, progress=False, checkpoint=tiny_disk / "checkpoint")
    assert sorted(path.name for path in tiny_disk.iterdir()) == ["checkpoint", "full"]
    (tmp_path / "checkpoint").unlink()
    shutil.copy(tiny_disk / "checkpoint", tmp_path)
    assert training(tmp_path, 3) == whole


@pytest.mark.fault("The disk is full when a model is saved over an older one", "The older one stays whole")
def test_a_full_disk_keeps_the_old_model(tiny_disk):
    def sentiment(words):
        options = {"embedding": 64, "hidden": 4}
        return Sentiment(Classifier(2 + len(words), **options), Vocabulary(words), options, 9)

    old = sentiment(["good", "bad"])
    old.save(tiny_disk / "model")
    before = load_sentiment(tiny_disk / "model").predict("good")
    fill(tiny_disk)
    with pytest.raises(OSError, match="No space left on device"):
        sentiment([f"word {n}" for n in range(300)]).save(tiny_disk / "model")
    assert load_sentiment(tiny_disk / "model").predict("good") == before
    assert sorted(path.name for path in tiny_disk.iterdir()) == ["full", "model.safetensors"]


@pytest.mark.fault("The disk is full when `python -m utils.train` ends", "One sentence, and exit code 1")
def test_a_full_disk_at_the_end_of_a_training(tiny_disk):
    fill(tiny_disk)
    arguments = ["imdb", "--recipe", "baselines", "--validate", "--out", str(tiny_disk / "out.json")]
    done = python("-m", "utils.train", *arguments, RNN_COURSE_DATA="", RNN_COURSE_HOME=str(tiny_disk))
    assert done.returncode == 1
    assert done.stderr == (
        "The results could not be written (No space left on device); "
        "free some space, or name files in another folder.\n"
    )


@pytest.mark.fault("There is no home folder", "Lesson 00 runs, exercises count, one line says what is not kept")
@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="needs a folder that nobody can make")
@solutions
def test_no_home_folder(tmp_path):
    nowhere = {"HOME": "/proc/nowhere", "RNN_COURSE_HOME": "", "XDG_DATA_HOME": "", "XDG_CACHE_HOME": ""}
    right, kept, *_ = checked("", **{name: value for name, value in nowhere.items() if name != "RNN_COURSE_HOME"})
    assert right.startswith("00.1 Correct: ")
    assert kept.startswith("Your progress could not be kept in /proc/nowhere/") and kept.endswith(COUNTS)
    ran = run([*cells("00"), f"{SOLUTION}\n{CHECK}"], tmp_path, **nowhere)
    assert not [line for line in errors(ran) if "matplotlib" not in line.lower()]  # it says where it keeps its fonts
    assert "00.1 Correct" in str(ran[-1].outputs) and COUNTS in printed(ran[-1])
