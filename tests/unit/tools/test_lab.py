"""tools/lab.py: what a learner changed is never written to, and a save never reaches the sources."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tools import lab, stamp

ROOT = Path(__file__).resolve().parents[3]


def notebook(text: str, output: str = "", **metadata) -> str:
    words = {"cell_type": "markdown", "id": "a", "metadata": {}, "source": [text]}
    shown = [{"output_type": "stream", "name": "stdout", "text": output}] if output else []
    ran = 1 if output else None
    code = {"cell_type": "code", "id": "b", "metadata": {}, "execution_count": ran, "source": "1 + 1", "outputs": shown}
    return json.dumps({"cells": [words, code], "metadata": metadata, "nbformat": 4, "nbformat_minor": 5})


@pytest.fixture
def course(tmp_path) -> Path:
    (tmp_path / "notebooks" / "solutions").mkdir(parents=True)
    for name in ("00_start_here", "01_lesson", "solutions/01_solutions"):
        (tmp_path / "notebooks" / f"{name}.ipynb").write_text(notebook(name))
    return tmp_path


def prepare(course: Path, **options) -> list[str]:
    return lab.prepare(course / "notebooks", course / "my_lessons", **options)


def as_handed_out(text: str) -> str:
    return lab.handed_out(notebook(text).encode()).decode()


def names(course: Path) -> list[str]:
    mine = course / "my_lessons"
    return sorted(path.relative_to(mine).as_posix() for path in mine.rglob("*.ipynb"))


def mine(course: Path, name: str = "01_lesson.ipynb") -> Path:
    return course / "my_lessons" / name


def update(course: Path, text: str) -> None:
    (course / "notebooks" / "01_lesson.ipynb").write_text(notebook(text))


def test_first_time_hands_out_the_lessons_and_no_solutions(course):
    assert prepare(course) == ["New: 00_start_here.ipynb", "New: 01_lesson.ipynb"]
    assert names(course) == ["00_start_here.ipynb", "01_lesson.ipynb"]
    assert prepare(course) == []


def test_solutions_come_when_asked_for_and_are_kept_up_to_date_then(course):
    prepare(course)
    assert prepare(course, solutions=True) == ["New: solutions/01_solutions.ipynb"]
    (course / "notebooks" / "solutions" / "01_solutions.ipynb").write_text(notebook("newer"))
    assert prepare(course) == ["Updated: solutions/01_solutions.ipynb"]


def test_unchanged_copy_follows_the_course(course):
    prepare(course)
    update(course, "newer")
    assert prepare(course) == ["Updated: 01_lesson.ipynb"]
    assert mine(course).read_text() == as_handed_out("newer")


def test_changed_copy_stays_and_each_update_arrives_beside_it_once(course):
    prepare(course)
    mine(course).write_text("my work")
    assert prepare(course) == []
    update(course, "newer")
    (said,) = prepare(course)
    assert "You changed 01_lesson.ipynb" in said and said.endswith("01_lesson.updated.ipynb")
    assert mine(course, "01_lesson.updated.ipynb").read_text() == as_handed_out("newer")
    assert prepare(course) == []
    mine(course, "01_lesson.updated.ipynb").unlink()  # the learner has taken over what was new
    assert prepare(course) == []
    update(course, "newest")
    assert prepare(course)[0].endswith("01_lesson.updated.ipynb")
    assert mine(course).read_text() == "my work"


def test_running_a_lesson_is_no_change_of_it(course):
    prepare(course)
    ran = notebook("01_lesson", "output of the learner's run", language_info={"name": "python"})
    mine(course).write_text(ran)
    assert prepare(course) == []
    (course / "notebooks" / "01_lesson.ipynb").write_text(notebook("01_lesson", "new output"))
    assert prepare(course) == [] and mine(course).read_text() == ran
    update(course, "newer")
    assert prepare(course) == ["Updated: 01_lesson.ipynb"]


def test_a_copy_has_not_been_run(course):
    """The learner predicts first: the stored outputs would give the answers away."""
    (course / "notebooks" / "01_lesson.ipynb").write_text(notebook("01_lesson", "the answer", course={"outputs": "1"}))
    prepare(course)
    nb = json.loads(mine(course).read_text())
    assert nb["cells"][1]["outputs"] == [] and nb["cells"][1]["execution_count"] is None and nb["metadata"] == {}


def test_a_copy_has_no_badge_whose_picture_lies_on_the_network(course):
    text = f"# 01 · A lesson\n{stamp.badge('https://github.com/someone/course', '01_lesson')}\n\n**The question.**"
    for source in (text, text.splitlines(keepends=True)):
        lesson = json.loads(notebook("")) | {"metadata": {}}
        lesson["cells"][0]["source"] = source
        copy = json.loads(lab.handed_out(json.dumps(lesson).encode()))
        assert "".join(copy["cells"][0]["source"]) == "# 01 · A lesson\n\n**The question.**"


def test_no_copy_of_a_lesson_shows_a_picture_from_the_network():
    for path in (ROOT / "notebooks").rglob("*.ipynb"):
        assert "![Open in Colab" in path.read_text(encoding="utf-8")
        copy = json.loads(lab.handed_out(path.read_bytes()))
        assert not re.search(r"!\[[^]]*\]\(http", "".join("".join(cell["source"]) for cell in copy["cells"])), path


@pytest.mark.parametrize("change", ["word", "code", "cell", "attachment"])
def test_whatever_the_learner_wrote_counts(course, change):
    prepare(course)
    nb = json.loads(mine(course).read_text())
    if change == "word":
        nb["cells"][0]["source"] = ["01_lesson!"]
    elif change == "code":
        nb["cells"][1]["source"] = "1 + 2"
    elif change == "cell":
        nb["cells"].append(nb["cells"][1])
    else:
        nb["cells"][0]["attachments"] = {"a.png": {"image/png": ""}}
    mine(course).write_text(json.dumps(nb))
    update(course, "newer")
    assert "it stays as it is" in prepare(course)[0]
    assert json.loads(mine(course).read_text()) == nb


def test_what_the_learner_took_over_follows_the_course_again(course):
    prepare(course)
    mine(course).write_text("my work")
    update(course, "newer")
    prepare(course)
    mine(course).write_text(notebook("newer"))
    assert prepare(course) == []
    update(course, "newest")
    assert prepare(course) == ["Updated: 01_lesson.ipynb"]


def test_update_never_overwrites_a_changed_update(course):
    prepare(course)
    mine(course).write_text("my work")
    update(course, "newer")
    prepare(course)
    update(course, "newer still")
    prepare(course)  # the first update was not touched: replaced
    assert names(course) == ["00_start_here.ipynb", "01_lesson.ipynb", "01_lesson.updated.ipynb"]
    mine(course, "01_lesson.updated.ipynb").write_text("more work")
    update(course, "newest")
    assert prepare(course)[0].endswith("01_lesson.updated2.ipynb")
    kept = [mine(course, name).read_text() for name in names(course)[1:]]
    assert kept == ["my work", "more work", as_handed_out("newest")]


def test_deleted_copy_comes_back(course):
    prepare(course)
    mine(course).unlink()
    assert prepare(course) == ["New: 01_lesson.ipynb"]


@pytest.mark.refusal("make lab")
@pytest.mark.parametrize("damage", [None, "", "{", "[1]", '{"01_lesson.ipynb": 3}', '{"01_lesson.ipynb": ["x"]}'])
def test_lost_record_loses_no_work(course, damage):
    prepare(course)
    mine(course).write_text("my work")
    record = course / "my_lessons" / lab.RECORD
    record.unlink() if damage is None else record.write_text(damage)
    update(course, "newer")
    prepare(course)
    assert mine(course).read_text() == "my work"
    assert mine(course, "01_lesson.updated.ipynb").read_text() == as_handed_out("newer")


def test_what_the_learner_adds_is_left_alone(course):
    mine(course).parent.mkdir()
    mine(course).write_text("mine, from before")
    mine(course, "notes.ipynb").write_text("notes")
    prepare(course)
    assert mine(course).read_text() == "mine, from before" and mine(course, "notes.ipynb").read_text() == "notes"


def test_interrupted_copy_leaves_no_half_file(course, monkeypatch):
    prepare(course)
    update(course, "newer")

    def stop(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", stop)
    with pytest.raises(KeyboardInterrupt):
        prepare(course)
    assert mine(course).read_text() == as_handed_out("01_lesson")
    assert [path for path in mine(course).parent.iterdir() if path.suffix == ".part"] == []
    monkeypatch.undo()
    assert prepare(course) == ["Updated: 01_lesson.ipynb"]


def test_command_prepares_and_says_where(course, capsys):
    assert lab.main(["--prepare-only"], course) == 0
    said = capsys.readouterr().out
    assert str(course / "my_lessons") in said and "--solutions" in said


@pytest.mark.refusal("make lab")
def test_no_lessons_or_no_place_is_one_sentence(course, capsys):
    assert lab.main(["--prepare-only"], course / "nowhere") == 2
    (course / "my_lessons").write_text("a file where the folder should be")
    assert lab.main(["--prepare-only"], course) == 2
    first, second = capsys.readouterr().err.splitlines()
    assert "make build" in first and "could not be written" in second


@pytest.mark.refusal("make lab")
@pytest.mark.parametrize(
    "content", ["", "{", "[]", "{}", '{"cells": 3, "metadata": {}}', '{"cells": [1], "metadata": {}}']
)
def test_a_damaged_lesson_is_one_sentence_and_no_copy_is_touched(course, content, capsys):
    prepare(course)
    (course / "notebooks" / "01_lesson.ipynb").write_text(content)
    assert lab.main(["--prepare-only"], course) == 2
    assert capsys.readouterr().err.endswith("is damaged; restore them with `git restore notebooks`.\n")
    assert mine(course).read_text() == as_handed_out("01_lesson")


def test_saving_in_jupyterlab_needs_the_token_and_never_reaches_the_sources(course):
    """The real server, with a copy and settings that would make Jupytext write a script beside each notebook."""
    shutil.copytree(ROOT / "tools", course / "tools", ignore=shutil.ignore_patterns("__pycache__"))
    pairs = "notebooks///ipynb,lessons_src///py:percent"
    (course / "pyproject.toml").write_text(f'[tool.jupytext]\nformats = "{pairs}"\n')
    (course / "lessons_src").mkdir()
    (course / "lessons_src" / "01_lesson.py").write_text("# the source\n")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "tools/lab.py", "--no-browser", f"--port={port}", "--IdentityProvider.token=secret"]
    with open(course / "lab.log", "w") as log:
        server = subprocess.Popen(command, cwd=course, stdout=log, stderr=subprocess.STDOUT)
    try:
        address = f"http://127.0.0.1:{port}"
        page = ask_until_up(f"{address}/lab/tree/00_start_here.ipynb?token=secret", server)
        assert "apputils-extension:announcements" in page.partition('"disabledExtensions"')[2].partition("]")[0]
        contents = f"{address}/api/contents/01_lesson.ipynb"
        with pytest.raises(urllib.error.HTTPError, match="403"):
            urllib.request.urlopen(contents)
        paired = json.loads(notebook("changed")) | {"metadata": {"jupytext": {"formats": "ipynb,py:percent"}}}
        body = json.dumps({"type": "notebook", "content": paired}).encode()
        save = urllib.request.Request(f"{contents}?token=secret", data=body, method="PUT")
        assert urllib.request.urlopen(save).status == 200
    finally:
        server.terminate()
        server.wait(20)
    assert "changed" in mine(course).read_text()
    assert (course / "lessons_src" / "01_lesson.py").read_text() == "# the source\n"
    assert [path.name for path in course.rglob("*.py") if "tools" not in path.parts] == ["01_lesson.py"]
    assert "/lab/tree/00_start_here.ipynb?token=" in (course / "lab.log").read_text()


def ask_until_up(address: str, server: subprocess.Popen) -> str:
    for _ in range(300):
        assert server.poll() is None, "JupyterLab stopped"
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                return answer.read().decode()
        except OSError:
            time.sleep(0.2)
    raise TimeoutError("JupyterLab did not answer")
