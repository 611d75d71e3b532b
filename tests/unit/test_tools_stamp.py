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
# Text.
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
        "    git clone https://github.com/old/name && cd name\n"
    )
    (tmp_path / "CITATION.cff").write_text('repository-code: "https://old"\n')
    return tmp_path


def setup_cell(root: Path) -> str:
    text = (root / "lessons_src" / "01_lesson.py").read_text()
    return text.partition('"setup"]\n')[2].partition("\n\n# %% [markdown]")[0]


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
    assert lesson.endswith("# %% [markdown]\n# Text.\n")
    readme = (root / "README.md").read_text()
    assert f"({colab}/01_lesson.ipynb)<!-- /badge -->" in readme and "old" not in readme
    assert f"git clone {ADDRESS} && cd name" in readme
    assert (root / "CITATION.cff").read_text() == f'repository-code: "{ADDRESS}"\n'


def test_a_new_address_replaces_the_old_one(root):
    stamp.main([], root)
    (root / "pyproject.toml").write_text('[project.urls]\nRepository = "https://github.com/else/where.git"\n')
    assert stamp.main([], root) == 0
    for path in [*(root / "lessons_src").rglob("*.py"), root / "README.md"]:
        assert "someone" not in path.read_text()
    assert "/content/where" in setup_cell(root) and "where.git" not in setup_cell(root)


def test_setup_cell_runs_again_and_again_and_is_short(root):
    stamp.main([], root)
    (root / "utils").mkdir()
    (root / "utils" / "__init__.py").write_text("")
    (root / "utils" / "lesson.py").write_text("def start(number): print('started', number)\n")
    cell = setup_cell(root)
    assert len(cell.splitlines()) <= 8 and max(map(len, cell.splitlines())) <= 120
    done = subprocess.run(
        [sys.executable, "-c", f"{cell}\n{cell}"], cwd=root, capture_output=True, text=True, check=True
    )
    assert done.stdout == "started 01\nstarted 01\n"


def test_setup_cell_on_colab_fetches_the_course_once(root, tmp_path):
    """With a stand-in for the module google.colab, for git, and for the folder /content."""
    stamp.main([], root)
    content = tmp_path / "content"
    cell = setup_cell(root).replace("/content/", f"{content}/")
    before = """
import sys, types, subprocess, os
sys.modules["google.colab"] = types.ModuleType("google.colab")
def run(command, check):
    print(*command[:4], command[4]); os.makedirs(command[5] + "/utils"); open(command[5] + "/utils/__init__.py", "w")
    open(command[5] + "/utils/lesson.py", "w").write("def start(number): print('started', number)")
subprocess.run = run
"""
    script = f"{before}\n{cell}\n{cell}"
    done = subprocess.run([sys.executable, "-c", script], cwd=content.parent, capture_output=True, text=True)
    assert done.stdout == f"git clone --quiet --depth=1 {ADDRESS}\nstarted 01\nstarted 01\n", done.stderr


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
