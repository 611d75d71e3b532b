"""Amounts as people write them, read or refused in one sentence; and how far two of them are apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from refused import refused

from utils.course.guesses.amounts import how_far, read_amount, with_unit


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("6.6", 6.6), ("6,6", 6.6), ("0,5", 0.5), ("0,125", 0.125), (" 20 000 ", 20_000), ("1,667,072", 1_667_072),
        ("1.667.072,5", 1_667_072.5), ("1'000'000", 1e6), ("1\u202f667", 1667), ("3 steps", 3), ("1 Step", 1),
        ("−2", -2), ("1e-3", 0.001), ("10^-8", 1e-8), ("2·10^-8", 2e-8), ("10**3", 1000), ("1/8", 0.125),
        ("９０", 90), ("０，５", 0.5), ("“5”", 5), ("‘5 steps’", 5), ("~7", 7), ("≈ 7", 7), (".5", 0.5), ("5.", 5),
        ("\ufeff12\u200b", 12), ("٣", 3),
    ],
)  # fmt: skip
def test_a_number_as_people_write_it(typed, value):
    assert read_amount(typed, "steps") == pytest.approx(value, rel=1e-15)


@pytest.mark.parametrize("typed", ["90", "90 %", "90%", "９０％", "90 percent"])
def test_a_percent_sign(typed):
    assert read_amount(typed, "%") == 90
    assert read_amount("50 %") == read_amount("50%") == 0.5  # of a share


NO_NUMBER = "There is no number in '{}': write one, such as 12 or 0.5."


@pytest.mark.refusal("course.guesses")
@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Write a number first, such as 12 or 0.5."),
        (" “” ", "Write a number first, such as 12 or 0.5."),
        *((typed, NO_NUMBER.format(typed)) for typed in ("many", "nan", "inf", "1e999", "1/0", "1,2,3", "1 2", "5 %")),
        ("20,000", "20,000 can be read in two ways: write 20000 or 20.000."),
        ("-6,579 steps", "-6,579 can be read in two ways: write -6579 or -6.579."),
        ("-1", "Your guess must be at least 0, got -1."),
        ("9" * 5000, "There is no number in '999"),
    ],
)
def test_what_cannot_be_read_gets_one_sentence(typed, sentence):
    with refused(ValueError) as failure:
        read_amount(typed, "steps", least=0)
    assert str(failure.value).startswith(sentence)


@pytest.mark.refusal("course.guesses")
def test_a_share_of_more_than_all():
    with refused(ValueError, r"Your guess must be between 0 and 100, got 101\."):
        read_amount("101 %", "%", 0, 100)


@given(st.text() | st.text(alphabet="0123456789.,' +-eE^*/%x·10"))
def test_whatever_is_typed_is_a_number_or_refused_in_one_sentence(typed):
    try:
        assert abs(read_amount(typed, "%")) < float("inf")
    except ValueError as unclear:
        said = str(unclear)
        assert said.endswith(".") and "\n" not in said and len(said) < 200


@given(st.floats(-1e6, 1e6).map(lambda value: round(value, 4)))
def test_a_number_as_python_writes_it_is_read_as_it_is(value):
    assert read_amount(str(value), "steps") == value


@pytest.mark.parametrize(
    ("guess", "answer", "words"),
    [
        (6.58, 6.5788, "You were right."),
        (6.9, 6.5788, "Close: 0.321 too high."),
        (5, 6.5788, "Your guess was 1.58 too low, by a factor of 1.3."),
        (7.5, 6.5788, "Your guess was 0.921 too high."),
        (0, 6.5788, "Your guess was 6.58 too low."),
        (1, 1_667_072, "Your guess was 1,667,071 too low, by a factor of 1,667,072."),
        (-1, 0.5, "Your guess was 1.5 too low."),
        (1e-8, 0, "Your guess was 1e−08 too high."),
    ],
)
def test_how_far_a_guess_is_off(guess, answer, words):
    assert how_far(float(guess), float(answer)) == words


def test_units():
    assert how_far(90.0, 10.4, "%") == "Your guess was 79.6 points too high, by a factor of 8.7."
    assert how_far(5.0, 6.0, "steps") == "Your guess was 1 step too low, by a factor of 1.2."
    assert how_far(0.5, 10.0, "times") == "Your guess was 9.5 too low, by a factor of 20."
    assert (with_unit(0.123456, "%"), with_unit(-2.0, ""), with_unit(1.0, "ms")) == ("0.123 %", "−2", "1 ms")
