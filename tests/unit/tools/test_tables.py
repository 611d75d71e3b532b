"""The tables of README.md, TEACHING.md and docs are up to date; the plans know all lessons and exercises."""

import re
import shutil
from pathlib import Path

import pytest
from refused import refused

from tools import tables
from tools.tables import EXERCISES

ROOT = Path(__file__).resolve().parents[3]


def copied(folder):
    (folder / "docs").mkdir()
    for page in tables.TABLES:
        shutil.copy(ROOT / page, folder / page)


def test_pages_are_up_to_date(capsys):
    assert tables.main(["--check"]) == 0, capsys.readouterr().err


def test_writes_once_and_a_changed_number_is_found(tmp_path, monkeypatch, capsys):
    copied(tmp_path)
    page = tmp_path / "docs" / "exercises.md"
    page.write_text(page.read_text(encoding="utf-8").replace("| 10 | hard |", "| 11 | hard |"), encoding="utf-8")
    assert tables.main(["--check"], tmp_path) == 1
    assert capsys.readouterr().err == "docs/exercises.md is out of date; write it with: make tables\n"
    assert tables.main([], tmp_path) == 0 and tables.main(["--check"], tmp_path) == 0
    assert page.read_text(encoding="utf-8") == (ROOT / "docs" / "exercises.md").read_text(encoding="utf-8")


def test_a_page_without_marks_is_refused(tmp_path):
    copied(tmp_path)
    (tmp_path / "TEACHING.md").write_text("nothing\n")
    with refused(SystemExit, "needs the marks <!-- minutes -->"):
        tables.main([], tmp_path)


def test_every_exercise_that_is_commonly_asked_for_is_here():
    assert [number for numbers in tables.COMMON.values() for number in numbers if number not in EXERCISES] == []


@pytest.mark.parametrize("blocks", [tables.DAY, tables.EVENINGS, tables.WEEKS], ids=("day", "evenings", "weeks"))
def test_a_plan_gives_exercises_of_its_own_lessons(blocks):
    lessons = [lesson for taught, _ in blocks.values() for lesson in taught]
    assert lessons == sorted(set(lessons)) and set(lessons) <= set(tables.sources())
    given = [number for _, numbers in blocks.values() for number in numbers]
    assert set(given) <= set(EXERCISES)
    assert given == sorted(set(given)) and {number[:2] for number in given} <= set(lessons)


def test_the_header_of_each_lesson_says_the_minutes_of_its_exercises():
    """Rounded to five minutes; lesson 00 counts its one exercise in."""
    for lesson, source in tables.sources().items():
        own = sum(EXERCISES[number].minutes for number in tables.exercises_of(lesson))
        said = re.search(
            r"(?m)^# Time: .* up to (\d+) more for the (\w+) exercises?", source.read_text(encoding="utf-8")
        )
        if own and lesson != "00":
            assert said and abs(int(said[1]) - own) <= 3, (lesson, own)
            assert said[2] == "zero one two three four five".split()[len(tables.exercises_of(lesson))], lesson


def test_the_sections_that_the_plans_for_teachers_name_exist():
    """Each row of the table of difficulties names sections of its own lesson, and exercises that exist."""
    text = (ROOT / "TEACHING.md").read_text(encoding="utf-8")
    rows = re.findall(r"(?m)^\| (\d\d) \| (.+) \|$", text)
    assert len(rows) > 20
    for lesson, row in rows:
        source = tables.sources()[lesson].read_text(encoding="utf-8")
        for section in re.findall(r"[Ss]ections? (\d+)(?: and (\d+))?", row):
            for number in filter(None, section):
                assert re.search(rf"(?m)^# ## {number}\b", source), (lesson, number)
        for number in re.findall(r"\b\d\d\.\d\b", row):
            assert number in EXERCISES, number
