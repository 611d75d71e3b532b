"""A course folder that is copied or renamed together with its environment works with its own package."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="make is not there")


@pytest.fixture
def course(tmp_path) -> Path:
    """A course with little in its package, and an environment that `make` takes for ready."""
    course = tmp_path / "a course"
    for name in ("Makefile", "requirements.lock", "tools/link.py"):
        (course / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, course / name)
    (course / "utils").mkdir()
    (course / "utils" / "__init__.py").write_text("")
    (course / "notebooks").mkdir()
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", course / ".venv"], check=True)
    subprocess.run([course / ".venv" / "bin" / "python", "tools/link.py"], cwd=course, check=True)
    (course / ".venv" / ".ready").write_text(f"{course.resolve()}\n")
    return course


def package(course: Path) -> str:
    environ = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    command = ["../.venv/bin/python", "-c", "import utils; print(utils.__file__)"]
    done = subprocess.run(command, cwd=course / "notebooks", env=environ, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def is_ready(course: Path) -> bool:
    return subprocess.run(["make", "-q", ".venv/.ready"], cwd=course, capture_output=True).returncode == 0


def test_a_copied_or_renamed_course_uses_its_own_package_and_is_made_ready_anew(course):
    assert package(course) == str(course / "utils" / "__init__.py") and is_ready(course)
    copy = Path(shutil.copytree(course, course.with_name("copy"), symlinks=True))
    assert package(copy) == str(copy / "utils" / "__init__.py")
    assert not is_ready(copy)  # its scripts, such as activate, still name the old folder
    renamed = course.rename(course.with_name("renamed"))
    assert package(renamed) == str(renamed / "utils" / "__init__.py") and not is_ready(renamed)
