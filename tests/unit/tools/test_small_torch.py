"""tools/small_torch.py with a folder in place of torch's index, and stand-ins for a card and for pip's settings."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tools import small_torch

TOOL = Path(small_torch.__file__)


@pytest.fixture
def index(tmp_path) -> Path:
    """A package index as pip reads it, with one build of "torch" that holds nothing."""
    folder = tmp_path / "index" / "torch"
    folder.mkdir(parents=True)
    info = "torch-9.1+cpu.dist-info"
    with zipfile.ZipFile(folder / "torch-9.1+cpu-py3-none-any.whl", "w") as wheel:
        wheel.writestr("torch/__init__.py", "")
        about = "Metadata-Version: 2.1\nName: torch\nVersion: 9.1+cpu\nRequires-Dist: nowhere\n"
        wheel.writestr(f"{info}/METADATA", about)
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/RECORD", "")
    (folder / "index.html").write_text('<a href="torch-9.1%2Bcpu-py3-none-any.whl">torch-9.1+cpu-py3-none-any.whl</a>')
    return folder.parent


@pytest.fixture(scope="module")
def bare(tmp_path_factory) -> Path:
    """The Python of an empty environment."""
    folder = tmp_path_factory.mktemp("bare")
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    return folder / "bin" / "python"


@pytest.fixture
def environ(tmp_path) -> dict:
    """No setting of pip from this machine, and no card."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
    return kept | {"PIP_CONFIG_FILE": os.devnull, "PATH": str(tmp_path)}


def choose(python: Path, environ: dict, index: Path, driver: Path) -> str:
    code = f"""
import sys; from pathlib import Path; sys.path.insert(0, {str(TOOL.parent.parent)!r})
from tools import small_torch
small_torch.DRIVER = Path({str(driver)!r})
small_torch.main(["torch==9.1"], {index.as_uri()!r})"""
    done = subprocess.run([python, "-c", code], env=environ, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def installed(python: Path) -> list[str]:
    return [path.name for path in python.parent.parent.glob("lib/python*/site-packages/torch*")]


@pytest.mark.skipif(sys.platform != "linux", reason="the choice is made on Linux only")
def test_without_a_card_torch_alone_is_taken_from_the_small_index(bare, environ, index, tmp_path):
    assert choose(bare, environ, index, tmp_path / "none") == (
        "torch==9.1: the small build, for a CPU, because no NVIDIA card is here and pip's settings name no index.\n"
    )
    assert "torch-9.1+cpu.dist-info" in installed(bare)
    # what follows in the Makefile takes it for the version of the lock
    again = [bare, "-m", "pip", "install", "--no-deps", "--no-index", "torch==9.1"]
    assert "already satisfied" in subprocess.run(again, env=environ, capture_output=True, text=True, check=True).stdout
    subprocess.run([bare, "-m", "pip", "uninstall", "-qy", "torch"], env=environ, check=True)


@pytest.mark.skipif(sys.platform != "linux", reason="the choice is made on Linux only")
@pytest.mark.parametrize(
    ("case", "reason"),
    [
        ("driver", "an NVIDIA card is here"),
        ("nvidia-smi", "an NVIDIA card is here"),
        ("PIP_INDEX_URL", "pip's own settings (index-url) choose the build"),
        ("PIP_EXTRA_INDEX_URL", "pip's own settings (extra-index-url) choose the build"),
        ("pip.conf", "pip's own settings (find-links, no-index) choose the build"),
        ("no index", "the small one could not be had from "),
    ],
)
def test_otherwise_nothing_is_installed_and_the_reason_said(bare, environ, index, tmp_path, case, reason):
    driver = tmp_path / "driver"
    if case == "driver":
        driver.mkdir()
    elif case == "nvidia-smi":
        (tmp_path / case).write_text("#!/bin/sh\nexit 0\n")
        (tmp_path / case).chmod(0o755)
    elif case == "pip.conf":
        (tmp_path / case).write_text("[install]\nno-index = true\n[global]\nfind-links = /wheels\n")
        environ["PIP_CONFIG_FILE"] = str(tmp_path / case)
    elif case == "no index":
        index = tmp_path / "nowhere"
    else:
        environ[case] = "https://example.org/simple"
    said = choose(bare, environ, index, driver)
    assert said.startswith(f"torch==9.1: the usual build, because {reason}") and said.count("\n") == 1
    assert installed(bare) == []


def test_a_card_that_does_not_answer_is_none(monkeypatch, tmp_path):
    (tmp_path / "nvidia-smi").write_text("#!/bin/sh\nexit 9\n")
    (tmp_path / "nvidia-smi").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    monkeypatch.setattr(small_torch, "DRIVER", tmp_path / "none")
    assert not small_torch.has_card()


def test_without_an_argument_it_is_the_torch_of_the_lock(monkeypatch, capsys):
    monkeypatch.setattr(small_torch, "reason_for_the_usual", lambda: "of a test")
    small_torch.main([])
    line = capsys.readouterr().out.partition(":")[0]
    assert line.startswith("torch==") and line in small_torch.LOCK.read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("platform", ["darwin", "win32"])
def test_elsewhere_the_usual_build_is_small(platform):
    assert small_torch.reason_for_the_usual(platform) == "its usual build is a small one on this system"
