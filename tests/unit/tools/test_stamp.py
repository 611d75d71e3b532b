import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tools import stamp

ADDRESS = "https://github.com/someone/gates-and-gradients"
LESSON = """\
# %% [markdown]
# # 01 · A lesson
# <!-- badge -->

# %% tags=["nbval-ignore-output", "setup"]
# setup (written by tools/stamp.py)
from utils import lesson
lesson.start("01")

# %% [markdown]
# Text, and [a picture](https://old.github.io/name/notebooks/01_lesson.html#explorer=Tape).
"""


@pytest.fixture
def root(tmp_path) -> Path:
    (tmp_path / "pyproject.toml").write_text(f'[project]\nurls = {{ Repository = "{ADDRESS}" }}\n')
    (tmp_path / "lessons_src" / "solutions").mkdir(parents=True)
    (tmp_path / "lessons_src" / "01_lesson.py").write_text(LESSON)
    (tmp_path / "lessons_src" / "solutions" / "01_solutions.py").write_text(
        LESSON.partition("\n# %% [markdown]\n# T")[0]
    )
    (tmp_path / "README.md").write_text(
        "| 01 | <!-- badge: 01_lesson --><!-- /badge --> | <!-- badge: solutions/01_solutions -->old<!-- /badge --> |\n"
        "    git clone https://github.com/old/name && cd name\n[site](https://old.github.io/name/)\n"
    )
    (tmp_path / "CITATION.cff").write_text('repository-code: "https://old"\n')
    return tmp_path


def setup_cell(root: Path) -> str:
    text = (root / "lessons_src" / "01_lesson.py").read_text()
    return text.partition(stamp.SETUP_HEADER)[2].partition("\n\n# %% [markdown]")[0]


def test_writes_every_place_once(root, capsys):
    assert stamp.main(["--check"], root) == 1
    assert stamp.main([], root) == 0
    assert capsys.readouterr().out.count("stamped") == 4
    assert stamp.main(["--check"], root) == 0 and stamp.main([], root) == 0
    assert capsys.readouterr().out == ""
    colab = "https://colab.research.google.com/github/someone/gates-and-gradients/blob/main/notebooks"
    lesson, solutions = [path.read_text() for path in sorted((root / "lessons_src").rglob("*.py"))]
    assert lesson.splitlines()[2].startswith("# [![Open in Colab](") and f"({colab}/01_lesson.ipynb)" in lesson
    assert f"({colab}/solutions/01_solutions.ipynb)" in solutions and 'lesson.start("01")' in solutions
    site = "https://someone.github.io/gates-and-gradients/"
    assert lesson.endswith(f"# Text, and [a picture]({site}notebooks/01_lesson.html#explorer=Tape).\n")
    assert f"({site}notebooks/01_lesson.html)" in lesson.splitlines()[2] and "github.io" not in solutions
    assert lesson.count("# %%") == LESSON.count("# %%")
    assert 'jupyter={"source_hidden": true} cellView="form"\n#@title Set up\n' in lesson  # folded, also on Colab
    readme = (root / "README.md").read_text()
    assert f"({colab}/01_lesson.ipynb)<!-- /badge -->" in readme and "old" not in readme
    assert f"git clone {ADDRESS} && cd name" in readme and f"[site]({site})" in readme
    assert (root / "CITATION.cff").read_text() == f'repository-code: "{ADDRESS}"\n'


def test_a_new_address_replaces_the_old_one(root):
    stamp.main([], root)
    (root / "pyproject.toml").write_text('[project.urls]\nRepository = "https://github.com/else/where.git"\n')
    assert stamp.main([], root) == 0
    for path in [*(root / "lessons_src").rglob("*.py"), root / "README.md"]:
        assert "someone" not in path.read_text()
    assert "/content/where" in setup_cell(root) and "where.git" not in setup_cell(root)


@pytest.fixture
def course(root) -> Path:
    """The root, stamped, with a package `utils` that has the mark, and a tools/colab.py that says when it is run."""
    stamp.main([], root)
    for folder in ("utils", "tools"):
        (root / folder).mkdir()
    (root / "utils" / "__init__.py").write_text(f'"""{stamp.MARK}"""\n')
    (root / "utils" / "lesson.py").write_text("def start(number): print('started', number)\n")
    (root / "utils" / "explorers.py").touch()
    (root / "tools" / "stamp.py").touch()
    (root / "tools" / "colab.py").write_text("if __name__ == '__main__': print('installed')\n")
    return root


def run_setup(root: Path, folder: Path, before: str = "", cell: str = "") -> subprocess.CompletedProcess:
    """Run code and then the setup cell, twice, as a learner in `folder` would."""
    cell = cell or setup_cell(root)
    environ = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    command = [sys.executable, "-S", "-c", f"import sys\n{before}\n{cell}\n{cell}"]
    return subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True)


def test_the_course_has_the_mark():
    """By it a lesson tells the course's package from another one named utils."""
    assert stamp.MARK in (stamp.ROOT / "utils" / "__init__.py").read_text(encoding="utf-8").splitlines()[0]


def test_setup_cell_runs_again_and_again_and_is_short(course):
    lines = setup_cell(course).splitlines()
    assert len(lines) <= 25 and max(map(len, lines)) <= 120
    assert run_setup(course, course).stdout == "started 01\nstarted 01\n"


def test_setup_cell_takes_the_course_around_the_notebook_wherever_it_was_installed_from(course, tmp_path_factory):
    """A folder that was copied or renamed: what is installed is still the old one."""
    copy = shutil.copytree(course, tmp_path_factory.mktemp("copies") / "copy")
    (copy / "utils" / "lesson.py").write_text("def start(number): print('the copy started', number)\n")
    (copy / "my_lessons" / "solutions").mkdir(parents=True)
    installed = f"sys.path.append({str(course)!r})"
    for folder in (copy, copy / "my_lessons", copy / "my_lessons" / "solutions"):
        assert run_setup(copy, folder, installed).stdout == "the copy started 01\n" * 2
    assert run_setup(copy, copy.parent, installed).stdout == "started 01\n" * 2  # taken out of the course


@pytest.mark.parametrize(("lacking", "name"), [("utils", "utils"), ("torch", "torch")])
def test_a_kernel_without_the_course_or_its_packages_is_one_sentence(course, tmp_path_factory, lacking, name):
    folder = tmp_path_factory.mktemp("elsewhere")
    if lacking == "torch":
        folder = course
        (course / "utils" / "lesson.py").write_text("raise ModuleNotFoundError(name='torch')\n")
    done = run_setup(course, folder)
    sentence = f"ImportError: This kernel has no {name}, which the course needs: open the lessons with `make lab`, or"
    assert done.stderr.splitlines()[-1].startswith(sentence) and "During handling" not in done.stderr
    assert done.stdout == ""


def test_setup_cell_on_colab_fetches_the_course_once(course, tmp_path):
    """With a stand-in for the module google.colab, for git, and for the folder /content."""
    content = tmp_path / "content"
    before = f"""
import shutil, subprocess, types
sys.modules["google.colab"] = types.ModuleType("google.colab")
def run(command, check):
    print(*command[:4], command[4]); shutil.copytree({str(course)!r} + "/tools", command[5] + "/tools")
    shutil.copytree({str(course)!r} + "/utils", command[5] + "/utils")
subprocess.run = run
"""
    (tmp_path / "elsewhere").mkdir()
    done = run_setup(course, tmp_path / "elsewhere", before, setup_cell(course).replace("/content/", f"{content}/"))
    once = f"git clone --quiet --depth=1 {ADDRESS}\ninstalled\n"
    assert done.stdout == f"{once}started 01\nstarted 01\n", done.stderr


@pytest.mark.parametrize(
    "foreign, code",
    [
        ("utils.py", "raise SystemExit('the foreign utils was imported')"),
        ("utils/__init__.py", "raise SystemExit('the foreign utils was imported')"),
        ("utils/data.txt", ""),  # a folder is a package too, even without code
    ],
)
def test_another_package_named_utils_is_refused_by_its_path_and_not_run(course, tmp_path_factory, foreign, code):
    mine = tmp_path_factory.mktemp("mine")
    (mine / foreign).parent.mkdir(exist_ok=True)
    (mine / foreign).write_text(code)
    done = run_setup(course, mine)
    place = foreign.partition("/")[0]
    sentence = "is not the course's package utils: rename or move it, restart the kernel, and run this cell again."
    assert done.stderr.splitlines()[-1].endswith(f"{place} {sentence}") and str(mine) in done.stderr.splitlines()[-1]
    assert done.stderr.splitlines()[-1].startswith("ImportError: ") and done.stdout == ""


def test_another_package_named_utils_that_is_already_imported_is_refused(course, tmp_path):
    mine = tmp_path / "mine" / "utils"
    mine.mkdir(parents=True)
    (mine / "__init__.py").write_text("")
    done = run_setup(course, course, f"sys.path.insert(0, {str(mine.parent)!r}); import utils; del sys.path[0]")
    assert done.stderr.splitlines()[-1].startswith(f"ImportError: {mine} is not the course's package utils: ")


@pytest.mark.refusal("make stamp")
@pytest.mark.parametrize(
    ("file", "text", "sentence"),
    [
        ("pyproject.toml", "[project]", "must name the Repository"),
        ("pyproject.toml", "[project", "must name the Repository"),
        ("pyproject.toml", '[project.urls]\nRepository = "http://x.org"', "must be https://github.com/owner/name"),
        ("lessons_src/01_lesson.py", LESSON.replace("# <!-- badge -->", "#"), "needs one line"),
        ("lessons_src/01_lesson.py", LESSON.replace('"setup"', '"other"'), "needs one cell"),
        ("lessons_src/lesson.py", LESSON, "two digits first"),
    ],
)
def test_bad_input_is_refused_and_nothing_is_written(root, file, text, sentence, capsys):
    (root / file).write_text(text)
    before = {path: path.read_text() for path in root.rglob("*.*") if path.is_file()}
    assert stamp.main([], root) == 2
    said = capsys.readouterr().err
    assert sentence in said and said.startswith("stamp: ") and "Traceback" not in said
    assert {path: path.read_text() for path in before} == before


def test_a_page_without_code_gets_its_badge_only(root):
    (root / "lessons_src" / "glossary.py").write_text("# %% [markdown]\n# # Letters\n# <!-- badge -->\n")
    assert stamp.main([], root) == 0
    page = (root / "lessons_src" / "glossary.py").read_text()
    assert page.splitlines()[2].startswith("# [![Open in Colab](") and "notebooks/glossary.ipynb)" in page
    assert "lesson.start" not in page
