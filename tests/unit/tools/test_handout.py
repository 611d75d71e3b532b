"""tools/handout.py: the zip has no solution in it, and everything else works from where it is unpacked."""

import ast
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tools import handout
from utils.course.exercises import all_exercises

ROOT = Path(__file__).resolve().parents[3]
SOLUTIONS = sorted((ROOT / "lessons_src" / "solutions").glob("*.py"))
pytestmark = pytest.mark.skipif(not SOLUTIONS, reason="this copy is a hand-out itself")


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory) -> Path:
    place = tmp_path_factory.mktemp("a folder with spaces")
    (place / "handout.zip").write_bytes(handout.handout())
    with zipfile.ZipFile(place / "handout.zip") as archive:
        archive.extractall(place)
    return place / "gates-and-gradients"


def run(unpacked: Path, *command: str) -> str:
    env = {**os.environ, "PYTHONPATH": str(unpacked), "RNN_COURSE_HOME": str(unpacked.parent / "home")}
    done = subprocess.run([sys.executable, *command], cwd=unpacked, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def written(path: Path) -> str:
    """All text of a file without its spaces; of a notebook, that of its cells and of what they show."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".ipynb":
        cells = json.loads(text)["cells"]
        text = "".join("".join(cell["source"]) + json.dumps(cell.get("outputs", "")) for cell in cells)
    return "".join(text.split())


def test_no_solution_is_inside(unpacked):
    bodies, answers = {}, {ex.answer for ex in all_exercises().values()}
    for path in SOLUTIONS:
        text = path.read_text(encoding="utf-8")
        for node in ast.parse(text).body:
            if getattr(node, "name", None) in answers:
                lines = [ast.get_source_segment(text, part) for part in node.body]
                bodies[f"{path.stem}: {node.name}"] = "".join("".join(lines).split())
    assert len(bodies) > 20
    texts = {path: written(path) for path in unpacked.rglob("*") if path.suffix in (".py", ".ipynb", ".md")}
    shown = [(name, path.name) for name, body in bodies.items() for path, text in texts.items() if body in text]
    assert not shown
    assert not [path for path in unpacked.rglob("*") if "solution" in path.name]


def test_everything_else_is_inside(unpacked):
    left = {name for name in handout.tracked(ROOT) if not (unpacked / name).is_file()}
    assert all(handout.shows_solutions(name) for name in left)
    with zipfile.ZipFile(unpacked.parent / "handout.zip") as archive:
        rights = {
            name: archive.getinfo(f"gates-and-gradients/{name}").external_attr >> 16 for name in (".ci/run", "Makefile")
        }
    assert [oct(right & 0o777) for right in rights.values()] == ["0o755", "0o644"]


def test_an_exercise_says_that_there_is_no_solution_here(unpacked):
    said = run(
        unpacked, "-c", 'from utils.course import exercise; exercise("01.1").hint(); exercise("01.1").solution()'
    )
    assert said.splitlines()[0].startswith("Hint 1 of")
    assert said.splitlines()[1:] == ["The solutions are not part of this copy of the course."]


def test_the_learners_copies_are_made_and_none_is_a_solution(unpacked):
    said = run(unpacked, "tools/lab.py", "--prepare-only", "--solutions")
    assert "The solutions are not part of this copy of the course." in said
    names = [path.name for path in (unpacked / "my_lessons").rglob("*.ipynb")]
    assert (
        "00_start_here.ipynb" in names and "glossary.ipynb" in names and not any("solution" in name for name in names)
    )


def test_a_lesson_runs_there(unpacked):
    where = "import utils; print(utils.__file__)"
    assert Path(run(unpacked, "-c", where).strip()).is_relative_to(unpacked.resolve())
    assert "passed" in run(
        unpacked, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--nbval", "notebooks/00_start_here.ipynb"
    )


def repository(folder: Path) -> Path:
    (folder / "lessons_src" / "solutions").mkdir(parents=True)
    (folder / "lessons_src" / "solutions" / "01_solutions.py").write_text("x = 1\n")
    (folder / "README.md").write_text("Read me.\n")
    (folder / "mine.txt").write_text("not tracked\n")
    for command in (["init", "-q"], ["add", "README.md", "lessons_src"]):
        subprocess.run(["git", *command], cwd=folder, check=True)
    return folder


def test_the_same_files_give_the_same_bytes(tmp_path, capsys):
    root = repository(tmp_path / "course")
    zips = [tmp_path / "one.zip", tmp_path / "other" / "two.zip"]
    for place, time in zip(zips, (1_000_000_000, 1_500_000_000)):
        os.utime(root / "README.md", (time, time))
        assert handout.main([str(place)], root) == 0
    assert zips[0].read_bytes() == zips[1].read_bytes()
    assert zipfile.ZipFile(zips[0]).namelist() == ["gates-and-gradients/README.md"]
    assert "without the solutions" in capsys.readouterr().out


@pytest.mark.refusal("make handout")
def test_a_zip_that_cannot_be_made_leaves_the_old_one(tmp_path, capsys):
    root = repository(tmp_path / "course")
    (tmp_path / "old.zip").write_bytes(b"old")
    (root / "README.md").unlink()
    assert handout.main([str(tmp_path / "old.zip")], root) == 2
    assert "README.md cannot be read" in capsys.readouterr().err
    assert (tmp_path / "old.zip").read_bytes() == b"old" and len(list(tmp_path.iterdir())) == 2


@pytest.mark.refusal("make handout")
@pytest.mark.parametrize(
    ("break_it", "sentence"), [("git", "is not a git repository"), ("solutions", "a hand-out already")]
)
def test_a_copy_that_cannot_be_handed_out_says_why(tmp_path, break_it, sentence, capsys):
    root = repository(tmp_path / "course")
    if break_it == "git":
        os.rename(root / ".git", root / "git")
    else:
        subprocess.run(["git", "rm", "-q", "--cached", "-r", "lessons_src"], cwd=root, check=True)
    assert handout.main([str(tmp_path / "x.zip")], root) == 2
    assert sentence in capsys.readouterr().err and not (tmp_path / "x.zip").exists()
