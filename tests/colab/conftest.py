"""A machine like Colab: what it ships and nothing of ours, the mark google.colab, an empty /content, no network.

`make test-colab` makes the environment in .venv-colab: current torch, the old ipywidgets of Colab, and none of the
packages whose wheels lie in .venv-colab/wheels. Without it these tests are skipped. Everything else is made here.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

import pytest

from tools import stamp

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
CONTENT = Path("/content")
MARK_OF_COLAB = """\
import importlib.machinery, sys, types
sys.modules["google.colab"] = types.ModuleType("google.colab")  # with a spec: some libraries look for one
sys.modules["google.colab"].__spec__ = importlib.machinery.ModuleSpec("google.colab", None)
"""
COURSE = stamp.address(ROOT)
OFFLINE = [sys.executable, str(HERE / "offline.py")]
said = set()


def pytest_terminal_summary(terminalreporter):
    for line in sorted(said):
        terminalreporter.write_line(line)


class Report(NamedTuple):
    """What came of one notebook: see run_notebook.py."""

    error: str
    setup: str
    utils: str


class Colab(NamedTuple):
    """One fresh runtime: an environment, a folder for notebooks, and a foreign package named utils on the path."""

    python: Path
    folder: Path
    environ: dict
    command: list

    @property
    def clone(self) -> Path:
        return CONTENT / COURSE.rpartition("/")[2]

    @property
    def foreign(self) -> Path:
        return self.folder.parent / "foreign" / "utils"

    def installed(self) -> dict[str, str]:
        """Name -> version of everything in the environment."""
        listed = subprocess.run(
            [self.python, "-m", "pip", "list", "--format=json"], env=self.environ, capture_output=True, check=True
        )
        return {package["name"]: package["version"] for package in json.loads(listed.stdout)}

    def at_start(self, code: str) -> None:
        """Have each kernel run `code` before the first cell, after it was marked as Colab's."""
        startup = Path(self.environ["IPYTHONDIR"], "profile_default", "startup")
        startup.mkdir(parents=True, exist_ok=True)
        (startup / "00_colab.py").write_text(MARK_OF_COLAB + code)

    def run(self, notebook: Path) -> Report:
        """Copy `notebook` alone into an empty folder, run it whole, and tell what came of it."""
        folder = Path(tempfile.mkdtemp(dir=self.folder))
        alone = shutil.copy(notebook, folder)
        done = subprocess.run(
            [*self.command, self.python, HERE / "run_notebook.py", alone],
            env=self.environ, cwd=folder, capture_output=True, text=True,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return Report(**json.loads(done.stdout.splitlines()[-1]))


@pytest.fixture(scope="session")
def environment() -> Path:
    folder = ROOT / ".venv-colab"
    if not (folder / ".ready").is_file():
        message = "no .venv-colab here: make test-colab"
        pytest.fail(message) if os.environ.get("COURSE_STACK") == "colab" else pytest.skip(message)
    return folder


@pytest.fixture(scope="session")
def content(environment):
    """The folder /content, empty; a real one is not touched."""
    made = not CONTENT.exists()
    try:
        CONTENT.mkdir(exist_ok=True)
        if any(CONTENT.iterdir()):
            pytest.fail("/content holds files: this looks like a real Colab, and the imitation would write there.")
        (CONTENT / "probe").touch()
        (CONTENT / "probe").unlink()
    except PermissionError:
        pytest.fail('/content cannot be written: sudo install -d -o "$(id -un)" /content, and remove it afterwards.')
    yield
    if made:
        CONTENT.rmdir()


@pytest.fixture(scope="session")
def remote(tmp_path_factory) -> Path:
    """A git repository with the course as it stands in the working tree, in place of the one on GitHub."""
    folder = tmp_path_factory.mktemp("remote") / "course"
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    for name in filter(None, listed.stdout.decode().split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    who = ["-c", "user.name=test", "-c", "user.email=test@example.org"]
    for command in (["init", "--quiet"], ["add", "--all", "--force"], [*who, "commit", "--quiet", "-m", "The course"]):
        subprocess.run(["git", *command], cwd=folder, check=True)
    return folder


@pytest.fixture(scope="session")
def offline() -> list:
    """The command that takes the network away, where this machine lets it."""
    tried = subprocess.run([*OFFLINE, sys.executable, "-c", ""], capture_output=True, text=True)
    if tried.returncode:
        said.add(f"Colab imitation: WITH the network, which could not be taken away ({tried.stderr.strip()})")
        return []
    said.add("Colab imitation: without a network")
    return OFFLINE


@pytest.fixture
def colab(environment, content, remote, offline, tmp_path) -> Colab:
    wheels = environment / "wheels"
    python = environment / "bin" / "python"
    (tmp_path / "empty").mkdir()
    foreign = tmp_path / "foreign" / "utils"
    foreign.mkdir(parents=True)
    (foreign / "__init__.py").write_text("raise AssertionError('the foreign utils was imported')\n")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "PYTHON", "RNN_COURSE"))}
    environ = kept | {
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.{remote.as_uri()}.insteadOf",
        "GIT_CONFIG_VALUE_0": COURSE,
        "OMP_NUM_THREADS": "1",  # two lessons at a time
        "IPYTHONDIR": str(tmp_path / "ipython"),
        "PATH": os.pathsep.join([str(python.parent), os.environ["PATH"]]),
        "PIP_FIND_LINKS": str(wheels),
        "PIP_NO_INDEX": "1",
        "PYTHONPATH": str(foreign.parent),
        "RNN_COURSE_HOME": str(tmp_path / "home"),
    }
    machine = Colab(python, tmp_path / "empty", environ, offline)
    machine.at_start("")
    absent = [wheel.name.partition("-")[0] for wheel in wheels.glob("*.whl")]
    subprocess.run([python, "-m", "pip", "uninstall", "--quiet", "--yes", *absent], env=environ, check=True)
    yield machine
    shutil.rmtree(machine.clone, ignore_errors=True)
