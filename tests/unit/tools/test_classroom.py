"""A learner's record, and a class of three: what they did is in table and picture, what is no record is named."""

import csv
import io
import json

import numpy as np
import pytest
from PIL import Image

from tools import classroom, record
from utils.course import quizzes
from utils.course.record import progress_file

RIGHT = [one.answer for one in quizzes.questions("02")]
WRONG = [(place + 1) % 4 for place in RIGHT]
CLASS = [  # name, progress
    ("Ada", {"solved": ["02.1", "02.2"], "guesses": {"00.half_life": 7},
             "quizzes": {"02": {"1": RIGHT[0], "2": WRONG[1]}}}),
    ("Bô", {"solved": ["02.1"], "tries": {"02.1": {"because c and h": 2}, "02.2": {"because 1": 1}},
            "quizzes": {"02": {"2": WRONG[1]}}}),
    ("=1+1", {"solved": [], "tries": {"02.1": {"because c and h": 1, "because b": 4}}}),
]  # fmt: skip


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("RNN_COURSE_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "home").mkdir()
    return tmp_path


@pytest.fixture
def folder(home):
    """The records of the class, made one after the other on this machine."""
    for name, kept in CLASS:
        progress_file().write_text(json.dumps(kept))
        assert record.main([name]) == 0
    return home


def test_one_command_makes_one_file(home, capsys):
    progress_file().write_text(json.dumps(CLASS[0][1]))
    assert record.main(["Ada  King-Lovelace"]) == 0
    assert capsys.readouterr().out == "record-ada-king-lovelace.json: 1 guesses, 2 solved exercises\n"
    made = record.read(home / "record-ada-king-lovelace.json")
    assert made == {"name": "Ada King-Lovelace", "tries": {}, **CLASS[0][1]}


@pytest.mark.refusal("make record")
def test_a_name_without_a_letter_is_refused(home, capsys):
    for name in ("", " . ", "x" * 61):
        assert record.main([name]) == 1
        assert "your name must have a letter and at most 60 characters" in capsys.readouterr().err
    assert not list(home.glob("*.json"))


@pytest.mark.refusal("make record")
def test_a_damaged_progress_file_makes_no_record(home, capsys):
    progress_file().write_text("damaged")
    assert record.main(["Ada"]) == 1
    assert "cannot be read" in capsys.readouterr().err and not list(home.glob("*.json"))


def test_the_table_has_a_row_for_each_learner(folder, capsys):
    assert classroom.main([str(folder)]) == 0
    rows = {row["name"]: row for row in csv.DictReader(io.StringIO((folder / "class.csv").read_text("utf-8-sig")))}
    assert list(rows) == ["'=1+1", "Ada", "Bô"]  # by the files' names
    assert [rows["Ada"][f"02.{n}"] for n in (1, 2, 3)] == ["solved", "solved", ""]
    assert rows["Bô"]["02.1"] == "solved after 2 not yet" and rows["'=1+1"]["02.1"].strip() == "after 5 not yet"
    assert rows["Ada"]["quiz 02.1"] == f"{'ABCD'[RIGHT[0]]} right" and rows["Ada"]["guess 00.half_life"] == "7"
    assert rows["Bô"]["quiz 02.2"] == f"{'ABCD'[WRONG[1]]} wrong" and rows["Bô"]["quiz 02.1"] == ""
    said = capsys.readouterr().out.splitlines()
    assert said[2:] == ["2 of 3  02.1  because c and h", "1 of 3  02.1  because b", "1 of 3  02.2  because 1"]


def test_who_stumbled_of_those_who_came(folder):
    records = [record.read(path) for path in sorted(folder.glob("record-*.json"))]
    found = {item: [classroom.stumbled(one, item) for one in records] for item in classroom.items()}
    assert found["02.1"] == [True, False, True] and found["02.2"] == [None, False, True]
    assert found["02.3"] == [None, None, None] and found["quiz 02.2"] == [None, True, True]
    assert found["quiz 02.1"] == [None, False, None]


def test_the_picture_is_darker_where_more_stumbled(monkeypatch):
    drawn = {}
    square = classroom.square

    def noted(ax, place, row, came):
        square(ax, place, row, came)
        drawn[len(drawn)] = (came, ax.patches[-1].get_facecolor(), ax.texts[-1].get_text())

    monkeypatch.setattr(classroom, "square", noted)
    three = [{"name": name, "tries": {}, "guesses": {}, "quizzes": {}} | kept for name, kept in CLASS]
    image = Image.open(io.BytesIO(classroom.picture(three)))
    assert image.width == 900 and np.asarray(image).std() > 10
    looks = {tuple(came): (color, words) for came, color, words in drawn.values()}
    assert looks[(False, True, True)][1] == "2 of 3" and looks[()][1] == "–"
    assert looks[(True, True)][0][1] < looks[(False, True, True)][0][1] < looks[(False,)][0][1]  # green: less of it


@pytest.mark.refusal("tools.classroom")
def test_what_is_no_record_is_named_and_left_out(folder, capsys):
    for name, content in {"a": "damaged", "b": '{"form": "x"}', "c": "[]", "d": '{"form": 3, "name": 4}'}.items():
        (folder / f"{name}.json").write_text(content)
    hostile = json.loads((folder / "record-ada.json").read_text()) | {"quizzes": {"02": {"1": "x" * 9}}}
    (folder / "e.json").write_text(json.dumps(hostile))
    assert classroom.main([str(folder)]) == 0
    said = capsys.readouterr()
    assert [f"Left out: {name}.json is no record" in said.err for name in "abcde"] == [True] * 5
    assert said.out.startswith("3 records")


@pytest.mark.refusal("tools.classroom")
def test_an_empty_folder_is_refused(tmp_path, capsys):
    assert classroom.main([str(tmp_path)]) == 1
    assert "there is no record in" in capsys.readouterr().err and not list(tmp_path.iterdir())
