"""tools/colab.py asks pip for what is missing alone. What pip then does is tried in tests/colab."""

import subprocess
from types import SimpleNamespace

import pytest

from tools import colab


@pytest.fixture
def pip(monkeypatch):
    """Stands for pip: notes its arguments, and "installs" them in version 1.0 unless `broken` names them."""
    noted = SimpleNamespace(commands=[], here={"numpy": "2.0.2", "torch": "2.1.0"}, broken=())

    def run(command, **_):
        noted.commands.append(command)
        names = [line.partition(">")[0] for line in command if ">=" in line]
        noted.here |= {name: "1.0" for name in names if name not in noted.broken}
        return SimpleNamespace(returncode=bool(noted.broken), stderr="ERROR: no wheel\n" if noted.broken else "")

    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.setattr(colab, "version", noted.here.get)
    return noted


@pytest.fixture
def root(tmp_path):
    needs = 'dependencies = ["numpy>=1.26", "scikit-learn>=1.3", "pooch>=1.8", "torch>=2.3"]\n'
    (tmp_path / "pyproject.toml").write_text(f"[project]\n{needs}")
    return tmp_path


def test_installs_only_what_is_missing_and_says_so_in_one_line(pip, root, capsys):
    """torch is too old here, and stays: on Colab nothing is replaced."""
    colab.install(root)
    (command,) = pip.commands
    assert command[1:4] == ["-m", "pip", "install"] and "--no-deps" in command and "--upgrade" not in command
    assert command[-2:] == ["scikit-learn>=1.3", "pooch>=1.8"] and not any(part.startswith("torch") for part in command)
    assert capsys.readouterr().out == "Installed scikit-learn 1.0, pooch 1.0\n"


def test_says_and_does_nothing_when_nothing_is_missing(pip, root, capsys):
    pip.here |= {"scikit-learn": "1.6", "pooch": "1.8"}
    colab.install(root)
    assert pip.commands == [] and capsys.readouterr().out == ""


def test_a_failure_of_pip_is_one_sentence(pip, root, capsys):
    pip.broken = ("pooch",)
    sentence = r"pip could not install scikit-learn, pooch \(ERROR: no wheel\); run this cell again with a network"
    with pytest.raises(colab.InstallError, match=sentence):
        colab.install(root)
    assert capsys.readouterr().out == ""


def test_all_that_the_course_needs_is_here():
    assert colab.missing() == {}
