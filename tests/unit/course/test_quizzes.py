"""The quizzes: their widget, their static text, and what every question must have."""

import re
from collections import Counter

import pytest
import torch
from IPython.core.formatters import DisplayFormatter
from refused import refused

from tools.build import ROOT, read_source, sources
from utils.course.lesson import TITLES
from utils.course.quizzes import Quiz, numbers, quiz
from utils.course.quizzes.base import LETTERS, Question, as_html, ask, right, verdict, wrong
from utils.course.record import read_progress

ALL = [(number, place, question) for number in numbers() for place, question in enumerate(quiz(number).questions, 1)]
QUESTIONS = [pytest.param(question, id=f"{number}.{place}") for number, place, question in ALL]
SMALL = ask(
    "How much is f^2 for `f = 3`?", wrong("6", "That is 2 f."), right("9", "f times f."), wrong("5", "Not f + 2.")
)


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """A learner's folder in which nothing is kept yet."""
    monkeypatch.setenv("RNN_COURSE_HOME", str(tmp_path))
    return tmp_path


# What every question must have --------------------------------------------------------------------------------------


def test_every_lesson_has_five_questions():
    assert Counter(number for number, *_ in ALL) == dict.fromkeys(sorted(TITLES)[:-1], 5)  # the appendix has none


@pytest.mark.parametrize("question", QUESTIONS)
def test_one_right_option_and_a_sentence_for_each(question):
    assert len(question.options) == len(LETTERS)
    assert [option.right for option in question.options].count(True) == 1
    assert question.text.endswith("?")
    texts = [option.text for option in question.options]
    sentences = [option.feedback for option in question.options]
    assert len(set(texts)) == len(set(sentences)) == len(LETTERS)
    assert all(re.match(r"\S.*[.?]$", sentence) for sentence in sentences)
    assert question.text.count("`") % 2 == 0 and all(words.count("`") % 2 == 0 for words in texts + sentences)


@pytest.mark.parametrize("question", QUESTIONS)
def test_no_two_numbers_are_nearly_equal(question):
    """Options that are numbers stay apart by more than rounding."""
    numbers = [numeric(option.text) for option in question.options]
    numbers = sorted(number for number in numbers if number is not None)
    assert all(high - low > 0.02 * abs(high) for low, high in zip(numbers, numbers[1:])), numbers


@pytest.mark.parametrize("number", numbers())
def test_at_least_two_questions_of_a_lesson_are_numeric(number):
    found = [
        question for n, _, question in ALL if n == number and re.search(r"\d", question.options[question.answer].text)
    ]
    assert len(found) >= 2


def numeric(text: str) -> float | None:
    """The number that an option is, without its unit; None when it is words."""
    found = re.fullmatch(r"(?:1 part in )?(-?[\d,.]+)(?: %| steps| times)?", text)
    return float(found[1].replace(",", "")) if found else None


def test_the_place_of_the_right_option_tells_nothing():
    places = Counter(question.answer for *_, question in ALL)
    assert min(places[place] for place in range(4)) >= len(ALL) / 8 and max(places.values()) <= len(ALL) / 3, places
    for number in numbers():
        assert len({question.answer for n, _, question in ALL if n == number}) >= 3, number


def test_the_length_of_the_right_option_tells_nothing():
    lengths = [[len(option.text) for option in question.options] for *_, question in ALL]
    longest = [length[question.answer] == max(length) for length, (*_, question) in zip(lengths, ALL)]
    shortest = [length[question.answer] == min(length) for length, (*_, question) in zip(lengths, ALL)]
    assert sum(longest) < len(ALL) / 2 and sum(shortest) < len(ALL) / 2, (sum(longest), sum(shortest))


@pytest.mark.parametrize("number", numbers())
def test_two_calls_are_the_same_and_leave_the_dice_alone(number):
    torch.manual_seed(3)
    wanted = torch.rand(1)
    torch.manual_seed(3)
    assert repr(quiz(number)) == repr(quiz(number))
    assert torch.equal(torch.rand(1), wanted)


@pytest.mark.parametrize("number", numbers())
def test_the_lesson_shows_its_quiz_just_before_take_away(number):
    (source,) = [path for path in sources(ROOT) if path.parent.name == "lessons_src" and path.name.startswith(number)]
    cells = read_source(source).cells
    (place,) = [
        place
        for place, cell in enumerate(cells)
        if cell.source.removeprefix("# The quiz\n") == f'from utils.course import quiz\n\nquiz("{number}")'
    ]
    assert cells[place - 1].source.startswith("## Quiz\n") and cells[place + 1].source.startswith("## Take away\n")


# The widget ---------------------------------------------------------------------------------------------------------


def seen(box) -> str:
    """The sentence below the letters that is not hidden."""
    found = re.findall(r'<div role="status" style="(?!visibility)[^"]*">(.*?)</div>', box.feedback.value)
    assert len(found) <= 1
    assert len(re.findall("visibility:hidden", box.feedback.value)) == len(box.buttons) - len(found)
    return found[0] if found else ""


@pytest.mark.parametrize("number", numbers())
def test_each_option_says_its_own_sentence(number):
    for box in quiz(number).boxes:
        assert seen(box) == ""
        for index, (button, option) in enumerate(zip(box.buttons, box.question.options)):
            button.click()
            assert seen(box) == as_html(verdict(box.question, index))
            assert as_html(option.feedback) in seen(box)
            assert seen(box).startswith(f"{LETTERS[index]} is {'right' if option.right else 'not right'}. ")
            assert button.button_style == ("success" if option.right else "danger")
            assert button.description == f"{LETTERS[index]} {'✓' if option.right else '✗'}"


def test_only_the_first_try_counts():
    shown = Quiz("00", (SMALL, SMALL, SMALL))
    assert "0 of 3 answered, 0 right on the first try" in shown.summary.value
    for box, first, words in zip(
        shown.boxes, (0, 1, 1), ("1 of 3 answered, 0 right", "2 of 3 answered, 1 right", ">2 of 3 right")
    ):
        box.buttons[first].click()
        assert words in shown.summary.value
        for button in box.buttons:  # the other sentences may be read, and count no more
            button.click()
        assert words in shown.summary.value


def test_first_choices_are_kept_and_shown_again():
    shown = Quiz("00", (SMALL, SMALL, SMALL))
    stored = DisplayFormatter().format(shown)[0]["text/html"]
    for place, index in ((0, 2), (0, 1), (2, 1)):  # the second choice of the first question is read, and not kept
        shown.boxes[place].buttons[index].click()
    again = Quiz("00", (SMALL, SMALL, SMALL))
    assert [box.first for box in again.boxes] == [False, None, True]
    assert "2 of 3 answered, 1 right" in again.summary.value
    assert seen(again.boxes[0]).startswith("C is not right.") and seen(again.boxes[1]) == ""
    again.boxes[0].buttons[1].click()
    assert "2 of 3 answered, 1 right" in again.summary.value
    assert read_progress()["quizzes"] == {"00": {"1": 2, "3": 1}}
    assert DisplayFormatter().format(again)[0]["text/html"] == stored  # the same for everybody


def test_a_choice_that_fits_no_question_any_more_is_left_out(home):
    (home / "progress.json").write_text('{"solved": [], "quizzes": {"00": {"1": 7, "2": 1, "9": 0}}}')
    assert [box.first for box in Quiz("00", (SMALL, SMALL)).boxes] == [None, True]


def test_where_nothing_can_be_kept_the_quiz_goes_on(home):
    (home / "progress.json").write_text("damaged")
    shown = Quiz("00", (SMALL,))
    shown.boxes[0].buttons[1].click()
    assert "1 of 1 right" in shown.summary.value and (home / "progress.json").read_text() == "damaged"


def test_words_become_html():
    assert as_html("a < b & h_t") == "a &lt; b &amp; h<sub>t</sub>"
    assert as_html("c_(t-1) and 10^(-12), 0.9^20") == "c<sub>t-1</sub> and 10<sup>-12</sup>, 0.9<sup>20</sup>"
    assert as_html("`num_layers=2` of h_n") == "<code>num_layers=2</code> of h<sub>n</sub>"
    assert as_html("a *good* one, f * h + (1 - f) * x") == "a <em>good</em> one, f * h + (1 - f) * x"
    assert as_html("f (1 - f) and U_f") == "f (1 - f) and U<sub>f</sub>"


def test_without_a_kernel_the_questions_remain_and_the_answers_are_below():
    shown = Quiz("00", (SMALL,))
    bundle, _ = DisplayFormatter().format(shown)
    text, page = bundle["text/plain"], bundle["text/html"]
    assert bundle["application/vnd.jupyter.widget-view+json"]["model_id"] == shown.model_id
    assert text.splitlines() == [
        "Quiz 00", "", "1. How much is f^2 for `f = 3`?", "   A. 6", "   B. 9", "   C. 5", "",
        "Answers", "1. B is right. f times f.",
    ]  # fmt: skip
    before, answers = page.split("<details>")
    assert "f<sup>2</sup> for <code>f = 3</code>?</b><br>A. 6<br>B. 9<br>C. 5" in before and "right" not in before
    assert answers.startswith("<summary>Answers</summary>") and "B is right. f times f." in answers
    assert page.endswith("</details>")


@pytest.mark.parametrize("number", numbers())
def test_the_static_text_has_every_word_and_no_address(number):
    text = " ".join(repr(quiz(number)).split())
    for *_, question in [each for each in ALL if each[0] == number]:
        assert question.text in text and all(option.text in text for option in question.options)
        assert question.options[question.answer].feedback in text
    assert "0x" not in text and max(map(len, repr(quiz(number)).splitlines())) <= 100


@pytest.mark.refusal("course.quizzes")
def test_an_unknown_number_is_refused_in_one_sentence():
    for number in ("9", 1, None):
        with refused(ValueError) as failure:
            quiz(number)
        assert str(failure.value).startswith("The quiz's number must be one of '00', '01', ")
        assert str(failure.value).endswith(f"'11', got {number!r}.")


def test_a_question_knows_its_answer():
    assert SMALL.answer == 1
    with pytest.raises(ValueError):
        Question("?", (wrong("a", "b"),)).answer  # noqa: B018  (a property that raises)
