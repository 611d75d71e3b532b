"""tools/build.py on a small course of its own: it is built once, then each test breaks a copy of it."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from tools import build

LESSON = """\
# %% [markdown]
# # 01 · A lesson

# %% tags=["nbval-ignore-output", "setup"]
import os
from utils import cells
assert "course-build-" in os.environ["RNN_COURSE_HOME"]
print(cells.f(), id(os.environ))

# %%
from pathlib import Path
measured = Path("../data/measured/m.json")
measured.exists() and measured.read_text(), open("../data/weights.bin", "rb").read(1)

# %% tags=["nbval-ignore-output"]
import time; print(time.perf_counter_ns())

# %%
import ipywidgets
ipywidgets.IntSlider()

# %%
from IPython.display import Image
Image(data=b"\\x89PNG a picture", format="png")

# %% tags=["raises-exception"]
cells.g(1)

# %%
print(f"Claim holds: it is fast (measured: {time.perf_counter_ns()})")
"""
CELLS = """\
def f():
    return 3


def g(x):
    raise ValueError("T must be at least 1, got 0.")
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Path:
    root = tmp_path_factory.mktemp("built")
    for name, text in {"lessons_src/01_lesson.py": LESSON, "utils/__init__.py": "", "utils/cells.py": CELLS}.items():
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text(text)
    (root / "utils" / "unused.py").write_text("")
    for name in ("data/measured/m.json", "data/weights.bin", "data/unread.json"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(b"\xff\x00" if name.endswith("bin") else b"{}\n")
    assert build.main([], root) == 0
    return root


@pytest.fixture
def root(built, tmp_path) -> Path:
    return shutil.copytree(built, tmp_path / "course")


def source(root: Path) -> Path:
    return root / "lessons_src" / "01_lesson.py"


def notebook(root: Path) -> Path:
    return root / "notebooks" / "01_lesson.ipynb"


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def problems(root: Path) -> str:
    nb = nbformat.read(notebook(root), as_version=4)
    return "; ".join(build.pair_problems(nb, source(root)) + build.freshness_problems(nb, source(root), root))


def test_built_notebook_is_up_to_date(built, capsys):
    assert problems(built) == ""
    assert build.main([], built) == 0
    assert capsys.readouterr().out == "lessons_src/01_lesson.py: up to date\n"


def test_built_notebook_tells_of_no_machine(built):
    text = notebook(built).read_text()
    assert str(built) not in text and "ipykernel_" not in text and '"widgets"' not in text
    assert "utils/cells.py:6" in text  # the traceback still says where
    nb = json.loads(text)
    assert set(nb["metadata"]) == {"kernelspec", "language_info", "course"}
    made_from = nb["metadata"]["course"]["made_from"]
    code = ["lessons_src/01_lesson.py", "utils/__init__.py", "utils/cells.py"]
    assert set(made_from) == {*code, "data/measured/m.json", "data/weights.bin"}


def test_second_build_gives_the_same_bytes(built):
    before = notebook(built).read_bytes()
    assert build.main(["--force", str(source(built))], built) == 0
    assert notebook(built).read_bytes() == before


@pytest.mark.parametrize(
    ("file", "old", "new", "problem"),
    [
        ("lessons_src/01_lesson.py", "A lesson", "The lesson", "cell-00 differs from its source"),
        ("lessons_src/01_lesson.py", '"nbval-ignore-output", "setup"', '"setup"', "cell-01 differs from its source"),
        ("lessons_src/01_lesson.py", "# %%\nimport", "# %%\n1\n\n# %%\nimport", "it has 8 cells, its source has 9"),
        ("lessons_src/01_lesson.py", "A lesson", "The lesson", "01_lesson.py changed since it was built"),
        ("utils/cells.py", "return 3", "return 4", "utils/cells.py changed since it was built"),
        ("data/measured/m.json", "{}", "[]", "data/measured/m.json changed since it was built"),
        ("notebooks/01_lesson.ipynb", "iVBOR", "iVBOQ", "an output is not the one"),
        ("notebooks/01_lesson.ipynb", "IntSlider(value=0)", "IntSlider(value=1)", "an output is not the one"),
        ("notebooks/01_lesson.ipynb", '"execution_count": 3', '"execution_count": null', "not run from top to bottom"),
        ("notebooks/01_lesson.ipynb", '"made_from"', '"made_of"', "it does not say what it was made from"),
        ("notebooks/01_lesson.ipynb", "# 01 · A lesson", "# 01 · Lesson", "cell-00 differs from its source"),
    ],
)
def test_what_is_broken_is_named(root, file, old, new, problem):
    edit(root / file, old, new)
    assert problem in problems(root)
    assert not build.up_to_date(source(root), root)


@pytest.mark.parametrize("content", [b"\xff\x01", b"text", None])
def test_changed_or_lost_weights_are_named(root, content):
    weights = root / "data" / "weights.bin"
    weights.unlink() if content is None else weights.write_bytes(content)
    assert problems(root) == "data/weights.bin changed since it was built"


def test_what_a_lesson_does_not_load_does_not_make_it_stale(root):
    (root / "utils" / "unused.py").write_text("x = 1\n")
    (root / "data" / "unread.json").write_text("[]")
    assert build.up_to_date(source(root), root)


@pytest.mark.parametrize("damage", [None, "", "{", "[]"])
def test_missing_or_damaged_notebook_is_not_up_to_date(root, damage):
    notebook(root).unlink() if damage is None else notebook(root).write_text(damage)
    assert not build.up_to_date(source(root), root)


def test_tagged_output_is_kept_only_while_its_code_is_the_same(root):
    old = nbformat.read(notebook(root), as_version=4)
    same, changed = build.read_source(source(root)), build.read_source(source(root))
    build.keep_outputs(same, old, root)
    assert [bool(cell.outputs) for cell in build.code_cells(same)] == [True, False, True, *[False] * 4]
    changed.cells[1].source += "\n"
    build.keep_outputs(changed, old, root)
    assert not any(cell.outputs for cell in build.code_cells(changed))
    for file, was, now in (("utils/cells.py", "return 3", "return 4"), ("data/measured/m.json", "{}", "[]")):
        edit(root / file, was, now)
        build.keep_outputs(fresh := build.read_source(source(root)), old, root)
        assert not any(cell.outputs for cell in build.code_cells(fresh)), file
        edit(root / file, now, was)


def test_an_output_that_differs_in_its_measurement_alone_is_kept_while_its_code_is_the_same(root):
    """The second build above measured anew and wrote the same bytes."""
    old, new = (nbformat.read(notebook(root), as_version=4) for _ in range(2))
    claim, picture = build.code_cells(new)[-1], build.code_cells(new)[4]
    claim.outputs[0].text = "Claim holds: it is fast (measured: 7)\n"
    build.keep_outputs(new, old, root)
    assert claim.outputs == build.code_cells(old)[-1].outputs
    for cell, change in ((claim, {"text": "Claim holds: it is faster (measured: 7)\n"}), (picture, {"data": {}})):
        cell.outputs[0].update(change)
        build.keep_outputs(new, old, root)
        assert cell.outputs[0][next(iter(change))] == next(iter(change.values()))
    edit(root / "utils/cells.py", "return 3", "return 3 ")
    claim.outputs[0].text = "Claim holds: it is fast (measured: 7)\n"
    build.keep_outputs(new, old, root)
    assert claim.outputs[0].text.endswith("7)\n")  # what measures it has changed


@pytest.mark.refusal("make build")
def test_failing_lesson_leaves_the_old_notebook(root, capsys):
    before = notebook(root).read_bytes()
    edit(source(root), "import ipywidgets", "assert 1 == 2, 'no'")
    assert build.main([], root) == 1
    said = capsys.readouterr().err
    assert "lessons_src/01_lesson.py: cell-04 failed" in said and "AssertionError: no" in said and "\x1b" not in said
    assert notebook(root).read_bytes() == before
    assert sorted(path.name for path in notebook(root).parent.iterdir()) == ["01_lesson.ipynb"]


@pytest.mark.refusal("make build")
@pytest.mark.parametrize("name", ["lessons_src/99_none.py", "utils/cells.py", "nowhere"])
def test_unknown_lesson_is_refused(built, name, capsys):
    assert build.main([str(built / name)], built) == 2
    assert "is not a lesson" in capsys.readouterr().err


@pytest.mark.refusal("make build")
def test_empty_course_is_refused(tmp_path, capsys):
    assert build.main([], tmp_path) == 2
    assert "there are no lessons" in capsys.readouterr().err


def test_each_reader_of_the_courses_data_is_noted(tmp_path):
    """Also those that open a file without Python, as safetensors does."""
    log = tmp_path / "opened"
    code = f"""{build.NOTE_FILES.format(root=str(build.ROOT), log=str(log))}
from utils.arrays.bag import load_bag
from utils.course.explorers.shipped import taggers
from utils.course.sweep import SweepResults
from utils.data.reviews import imdb_sample
from utils.data.treebank import ud_sample
from utils.files import measured
from utils.models.language import load_language
from utils.models.sentiment import load_sentiment
imdb_sample(), ud_sample(), load_language(), taggers(), load_bag(load_sentiment().vocabulary)
measured("costs"), SweepResults()"""
    environ = os.environ | {"PYTHONPATH": str(build.ROOT)}
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=environ, check=True)
    found = build.data_files({Path(line) for line in log.read_text().splitlines()}, build.ROOT)
    shipped = [path for path in (build.ROOT / "data").iterdir() if path.is_file() and path.suffix != ".md"]
    measured = [build.ROOT / "data" / "measured" / f"{name}.json" for name in ("costs", "sweep")]
    assert found == sorted([*shipped, *measured])
