"""Spaces and letters of other alphabets in the course's path, and the separators of Windows."""

import ast
import io
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest
from kernels import ROOT, cells, errors, python, run

from tools.handout import tracked
from utils.data import ARCHIVE, imdb, read_imdb_archive, reviews

NAME = "my course, Größe 名前"


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> Path:
    """A copy of what git tracks, as a repository of its own; the largest pictures and results are left out."""
    place = tmp_path_factory.mktemp("names") / NAME
    for name in tracked(ROOT):
        if (ROOT / name).is_file() and not name.startswith(("notebooks/", "tests/unit")):
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, place / name)
    (place / "notebooks").mkdir(exist_ok=True)
    shutil.copy(ROOT / "notebooks" / "00_start_here.ipynb", place / "notebooks")
    for command in (["init", "-q"], ["add", "."]):
        subprocess.run(["git", *command], cwd=place, check=True)
    return place


WHERE = "The course lies in a folder with spaces, ü and 名 in its name"


@pytest.mark.fault(WHERE, "Lesson 00 runs and the models load")
def test_the_lesson_and_the_models(course, tmp_path):
    loads = """
from utils.models import load_sentiment
from utils.models import load_language
print(load_sentiment().predict("A good film.") > 0.5, load_language().write("The ", 3) != "")
import utils; print(utils.__file__)
"""
    ran = run([*cells("00"), loads], course / "notebooks", course, RNN_COURSE_HOME=str(tmp_path / NAME), LC_ALL="C")
    assert not errors(ran)
    assert ran[-1].outputs[0].text == f"True True\n{course / 'utils' / '__init__.py'}\n"


@pytest.mark.fault(WHERE, "`make lab` prepares the copies, and `make handout` makes the zip")
def test_the_commands(course):
    done = python("tools/lab.py", "--prepare-only", root=course)
    assert done.returncode == 0 and "New: 00_start_here.ipynb" in done.stdout, done.stderr
    done = python("tools/handout.py", root=course)
    assert done.returncode == 0 and "without the solutions" in done.stdout, done.stderr
    assert (course / "build" / "gates-and-gradients-handout.zip").is_file()


def archive(folder: Path, extra: str = "") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    with tarfile.open(folder / ARCHIVE, "w:gz") as tar:
        for name in [
            *(f"aclImdb/{part}/0_5.txt" for part in ("train/neg", "train/pos", "test/neg", "test/pos")),
            extra,
        ]:
            if name:
                info = tarfile.TarInfo(name)
                info.size = 4
                tar.addfile(info, io.BytesIO(b"film"))
    return folder / ARCHIVE


@pytest.mark.fault(
    "RNN_COURSE_DATA has spaces, ü and 名 in its name", "The reviews are found, and kept in such a cache"
)
def test_the_data(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(reviews, "REVIEWS", 1)
    monkeypatch.setenv("RNN_COURSE_DATA", str(archive(tmp_path / NAME).parent))
    monkeypatch.setenv("RNN_COURSE_HOME", str(tmp_path / f"home {NAME}"))
    assert imdb().test.texts == ["film", "film"] and capsys.readouterr().out == ""
    assert len(list((tmp_path / f"home {NAME}" / "cache").glob("*.arrays"))) == 1


@pytest.mark.fault("An archive leads out of its folder in the way of Windows", "It is refused, on every system")
@pytest.mark.parametrize("name", [r"aclImdb\..\..\escape", r"C:\escape", "C:escape", r"\escape", r"\\server\share\x"])
def test_a_hostile_archive_for_windows(tmp_path, monkeypatch, name):
    monkeypatch.setattr(reviews, "REVIEWS", 1)
    with pytest.raises(ValueError, match="is refused: .* leads out of its folder"):
        read_imdb_archive(archive(tmp_path, name))


SOURCES = [path for folder in ("utils", "tools") for path in sorted((ROOT / folder).rglob("*.py"))]


def names_kept(source: str) -> list[str]:
    """Each relative path that becomes text or a key without as_posix(), so that it would have \\ on Windows."""
    tree, found = ast.parse(source), []
    for node in ast.walk(tree):
        for child in ast.iter_child_nodes(node):
            child.parent = node
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "relative_to":
            outer = node.parent
            while isinstance(outer, (ast.Attribute, ast.Call, ast.BinOp)):  # .with_suffix("") and the like
                if getattr(outer, "attr", "") == "as_posix":
                    break
                if isinstance(outer, ast.Call) and ast.unparse(outer.func) == "str":
                    found.append(ast.unparse(outer))
                outer = outer.parent
            else:
                if isinstance(outer, ast.FormattedValue):
                    found.append(ast.unparse(outer))
    return found


@pytest.mark.fault(
    "A path is written into a record or a page on Windows", "It has / between its folders, as everywhere"
)
@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_relative_path_is_kept_as_windows_writes_it(path):
    # build's plain_path looks for the home folder in tracebacks, which are written in the system's own way
    allowed = 1 if path.name == "build.py" else 0
    assert len(names_kept(path.read_text(encoding="utf-8"))) == allowed


def test_the_search_finds_them():
    assert names_kept("a = str(p.relative_to(q))") and names_kept("f'{p.relative_to(q)}'")
    assert not names_kept("a = p.relative_to(q).with_suffix('').as_posix(); b = r / p.relative_to(q)")
