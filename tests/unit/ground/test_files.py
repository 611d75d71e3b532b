"""Files are written whole or not at all, with the rights that any new file of the learner has."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from utils.files import cache, expanded, recorded, sealed, write_json, write_whole

ROOT = Path(__file__).resolve().parents[3]


def test_a_new_file_has_the_rights_of_any_other(tmp_path):
    (tmp_path / "other").write_bytes(b"")
    write_whole(tmp_path / "folder" / "mine", b"content")
    assert (tmp_path / "folder" / "mine").read_bytes() == b"content"
    assert (tmp_path / "folder" / "mine").stat().st_mode == (tmp_path / "other").stat().st_mode


@pytest.mark.parametrize("failure", [OSError("disk full"), KeyboardInterrupt()])
def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch, failure):
    path = tmp_path / "mine"
    write_whole(path, b"old")

    def stop(*_):
        raise failure

    monkeypatch.setattr(os, "fsync", stop)
    with pytest.raises(type(failure)):
        write_whole(path, b"new")
    assert path.read_bytes() == b"old" and os.listdir(tmp_path) == ["mine"]


# What a shell does not expand: a .env file, a Dockerfile, a kernel.json, --out=~/x. Each line runs in an empty folder
# with HOME elsewhere; `made` must come into being there.
TILDES = {
    "progress": (
        "from utils.course.exercises.base import _remember; _remember('00.1', 'Correct', '')",
        "rnn/progress.json",
    ),
    "cache": ("from utils.files import cache, write_whole; write_whole(cache() / 'x', b'')", "rnn/cache/x"),
    "weights": (
        "import numpy; from utils.arrays.weights import read, write; "
        "write('~/w.safetensors', {'a': numpy.zeros(1)}, {}); read('~/w.safetensors', '')",
        "w.safetensors",
    ),
    "model": (
        "from utils.arrays import weights; import numpy; "
        "weights.write(weights.file_of('~/dropout-0.5'), {'a': numpy.zeros(1)}, {})",
        "dropout-0.5.safetensors",
    ),
    "command": (
        "from utils.train.__main__ import main; "
        "main(['imdb', '--recipe', 'baselines', '--validate', '--quiet', '--out=~/results.json'])",
        "results.json",
    ),
}


@pytest.mark.parametrize(("code", "made"), TILDES.values(), ids=TILDES)
def test_a_tilde_is_the_home_folder(tmp_path, code, made):
    home, here = tmp_path / "home", tmp_path / "here"
    home.mkdir()
    here.mkdir()
    env = os.environ | {"HOME": str(home), "USERPROFILE": str(home), "PYTHONPATH": str(ROOT)}
    env |= {"RNN_COURSE_HOME": "~/rnn", "RNN_COURSE_DATA": ""}
    done = subprocess.run([sys.executable, "-c", code], cwd=here, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert (home / made).is_file() and os.listdir(here) == []


def test_a_tilde_elsewhere_is_a_letter_like_any_other(monkeypatch):
    monkeypatch.setenv("RNN_COURSE_HOME", "/a/~b")
    assert cache() == Path("/a/~b/cache") and expanded("a~") == Path("a~")


def test_a_result_names_each_file_that_measured_it_with_twelve_digits_of_its_checksum():
    content = (ROOT / "utils" / "files.py").read_bytes()
    assert sealed({})["made_from"]["utils/files.py"] == hashlib.sha256(content).hexdigest()[:12]


def test_json_is_written_an_entry_a_line(tmp_path):
    write_json(tmp_path / "mine", {"a": [1]})
    assert (tmp_path / "mine").read_text() == '{\n "a": [\n  1\n ]\n}\n'


def test_where_a_result_was_recorded_is_one_sentence():
    machine = {"gpu": None, "processor": "Some CPU", "threads": 1, "torch": "2.13.0"}
    result = {"machine": machine, "command": "python -m benchmarks.after"}
    assert recorded(result) == "Recorded on Some CPU, one thread, torch 2.13.0, by python -m benchmarks.after."
    assert "Some CPU, 2 threads, torch" in recorded({**result, "machine": machine | {"threads": 2}})
    assert recorded({**result, "machine": machine | {"gpu": "NVIDIA H100"}}).startswith("Recorded on NVIDIA H100, t")
