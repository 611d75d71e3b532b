"""The cache of the reviews: on a full disk, and built by two processes at once. Nothing half-written is ever used."""

import io
import os
import subprocess
import sys
import tarfile
import time
from pathlib import Path

import pytest

from utils import files
from utils.data import ARCHIVE, imdb, reviews

REVIEWS = 5  # of 20,000 characters, in each of the four folders


@pytest.fixture
def archive(tmp_path):
    path = tmp_path / ARCHIVE
    with tarfile.open(path, "w:gz") as tar:
        for folder in ("train/neg", "train/pos", "test/neg", "test/pos"):
            for i in range(REVIEWS):
                content = f"{folder} {i} ".encode().ljust(20_000, b".")
                info = tarfile.TarInfo(f"aclImdb/{folder}/{i}_5.txt")
                info.size = len(content)
                tar.addfile(info, io.BytesIO(content))
    return path


def start(archive, kind):
    root = str(Path(__file__).parents[2])
    path = os.pathsep.join([root, os.environ.get("PYTHONPATH", "")])
    env = os.environ | {"PYTHONPATH": path, "RNN_COURSE_HOME": str(archive.parent / "home")}
    return subprocess.Popen([sys.executable, __file__, archive, kind], env=env, stdout=subprocess.PIPE, text=True)


def ended(process):
    """The lines that the process printed; the last one counts the reviews it got."""
    printed = process.communicate(timeout=120)[0].splitlines()
    assert process.returncode == 0
    return printed


def whole_cache(archive, monkeypatch):
    """Is there one file in the cache, and does it alone give the reviews?"""
    monkeypatch.setenv("RNN_COURSE_HOME", str(archive.parent / "home"))
    monkeypatch.setattr(reviews, "read_imdb_archive", None)
    assert [path.suffix for path in files.cache().iterdir()] == [".arrays"]
    return summary(imdb(archive))


def summary(corpus):
    found = zip(corpus.train.texts, corpus.train.labels)
    right = sum(text.startswith(f"train/{('neg', 'pos')[label]}") for text, label in found)
    return f"{right} and {len(corpus.test)} reviews"


@pytest.mark.fault(
    "The disk is full when reviews are prepared", "They are read, and one line says why they are not kept"
)
def test_a_full_disk_costs_the_cache_only(archive, tiny_disk):
    said, got = ended(start(archive, "plain"))
    assert said.startswith("The reviews could not be kept in") and "No space left" in said
    assert got == "10 and 10 reviews"
    assert list((tiny_disk / "cache").iterdir()) == []


@pytest.mark.skipif(os.name == "nt", reason="Windows cannot limit the size of a file")
def test_a_write_that_stops_in_the_middle_costs_the_cache_only(archive, monkeypatch):
    said, got = ended(start(archive, "limited"))
    assert said.startswith("The reviews could not be kept in") and "File too large" in said
    assert got == "10 and 10 reviews"
    assert list((archive.parent / "home" / "cache").iterdir()) == []
    assert ended(start(archive, "plain")) == [got] == [whole_cache(archive, monkeypatch)]


@pytest.mark.fault("Two processes prepare the same reviews at once", "Both get them, and the cache is whole")
def test_two_processes_may_build_the_cache_at_once(archive, monkeypatch):
    both = [start(archive, "together") for _ in range(2)]
    assert [ended(process) for process in both] == [["10 and 10 reviews"]] * 2
    assert whole_cache(archive, monkeypatch) == "10 and 10 reviews"


def wait_for_the_other(replace):
    """Nobody gives a file its name before both have written theirs."""

    def waiting(part, path):
        end = time.monotonic() + 60
        (path.parent.parent / f"written-{os.getpid()}").touch()
        while len(list(path.parent.parent.glob("written-*"))) < 2:
            if time.monotonic() > end:
                raise TimeoutError("the other process has not come")
            time.sleep(0.01)
        replace(part, path)

    return waiting


if __name__ == "__main__":
    reviews.REVIEWS = REVIEWS
    if sys.argv[2] == "limited":
        import resource  # Windows has none

        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
    if sys.argv[2] == "together":
        files.os.replace = wait_for_the_other(os.replace)
    print(summary(imdb(sys.argv[1])))
