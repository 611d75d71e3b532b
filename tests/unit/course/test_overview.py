"""progress(): what the record says of each lesson, as words and as dots, and no more than the lesson has."""

import json

import pytest
from IPython.core.formatters import DisplayFormatter
from refused import refused

from utils.course import progress
from utils.course.exercises import exercises_of
from utils.course.guesses import predictions
from utils.course.lesson import TITLES
from utils.course.quizzes import questions
from utils.course.record import checked

FIRST = {"solved": ["02.1", "99.9"], "guesses": {"02.forget_gate": 0.5, "02.no_such": 1}}


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("RNN_COURSE_HOME", str(tmp_path))
    return tmp_path


def keep(home, **kept):
    (home / "progress.json").write_text(json.dumps(FIRST | kept))


def test_a_lesson_counts_what_it_has(home):
    right = [one.answer for one in questions("02")]
    keep(home, quizzes={"02": {"1": right[0], "2": (right[1] + 1) % 4, "9": 0}})
    said = repr(progress("02"))
    assert said == (
        f"02 The LSTM cell: guesses 1 of {len(predictions('02'))} locked, quiz 1 of 5 right on the first try, "
        f"exercises 1 of {len(exercises_of('02'))} solved"
    )


def test_dots_say_the_same(home):
    keep(home)
    page = DisplayFormatter().format(progress("02"))[0]["text/html"]
    assert page.count("●") == 2 and 'title="02.1 One LSTM step from raw weights" style="color:#009E73">●' in page
    assert page.count("○") == len(predictions("02")) - 1 + 5 + len(exercises_of("02")) - 1


def test_all_lessons_in_their_order(home):
    assert [line[:2] for line in repr(progress()).splitlines()] == sorted(TITLES)[:-1]  # the appendix asks nothing


def test_an_unknown_lesson_is_refused():
    with refused(ValueError, "The lesson's number must be one of '00', '01'"):
        progress("77")


@pytest.mark.parametrize("damaged", ["", "[]", "{}", '{"solved": 5}', '{"solved": [], "guesses": 3}'])
def test_a_damaged_file_is_said_and_left_alone(home, damaged):
    (home / "progress.json").write_text(damaged)
    said = repr(progress("00"))
    assert "exercises 0 of 1 solved" in said and said.endswith("delete the file to begin anew.")
    assert (home / "progress.json").read_text() == damaged


@pytest.mark.parametrize(
    "other",
    [5, [], {}, {"solved": {}}, {"solved": [], "quizzes": []}, {"solved": [], "tries": {"01.1": {"because": "x"}}},
     {"solved": [], "quizzes": {"01": 3}}, {"solved": [], "quizzes": {"01": {"1": True}}}],
)  # fmt: skip
def test_a_record_of_another_form_is_no_record(other):
    with pytest.raises((TypeError, KeyError)):
        checked(other)


def test_an_older_record_lacks_parts():
    assert checked({"solved": ["01.1"]}) == {"solved": ["01.1"], "tries": {}, "guesses": {}, "quizzes": {}}
