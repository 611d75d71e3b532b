"""Bad input of any kind, drawn by hypothesis, and what has no file of its own: refused in one line, not in silence."""

import math
import re

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from refused import is_a_sentence, refused
from torch import nn

from utils import cells, checks, data, files, plots, text
from utils.arrays import memory
from utils.cells import layer
from utils.course import environment, exercises, explorers, lesson, quizzes
from utils.data import Tagged, __main__, grammar, reviews, tagging, tasks, treebank
from utils.models import baselines, sampling
from utils.models.language import load_language
from utils.models.sentiment import load_sentiment
from utils.models.tagger import accuracy, load_tagger
from utils.train import imdb, tagger

BAD, SENTIMENT = (TypeError, ValueError), load_sentiment()
ANYTHING = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.binary(), st.complex_numbers(),
    st.lists(st.integers() | st.text()), st.dictionaries(st.text(), st.integers()),
    st.sampled_from([torch.zeros(3, 3), np.zeros((30, 30)), nn.Linear(1, 1), len, object, "two\nlines"]),
)  # fmt: skip
NO_TEXT = ANYTHING.filter(lambda value: not isinstance(value, str))
TENSORS = st.builds(
    lambda shape, dtype: torch.zeros(shape, dtype=dtype),
    st.lists(st.integers(0, 4), max_size=4).map(tuple),
    st.sampled_from([torch.float32, torch.float64, torch.int64, torch.bool]),
)
NO_WHOLE = ANYTHING.filter(lambda value: isinstance(value, bool) or not isinstance(value, int) or value < 1)
MANY = settings(max_examples=50)


SIZED = [
    ("data.tasks", tasks.first_element_recall), ("data.tasks", tasks.adding), ("data.tasks", tasks.sign_memory),
    ("data.tasks", tasks.sine_forecast), ("data.tasks", tasks.parity), ("data.tasks", tasks.latch), ("data.tasks", tasks.counting),
    ("cells.cell", cells.RNNCell), ("cells.cell", cells.LSTMCell), ("cells.cell", cells.GRUCell),
    ("cells.layer", layer.RNN), ("cells.layer", layer.LSTM), ("cells.layer", layer.GRU),
    ("data.grammar", grammar.sample),
]  # fmt: skip


@pytest.mark.parametrize(
    "function", [pytest.param(function, marks=pytest.mark.refusal(area)) for area, function in SIZED]
)
@MANY
@given(NO_WHOLE)
def test_any_size_that_is_no_whole_number_above_0(function, size):
    for sizes in ((size, 4), (4, size)):
        with refused(BAD, "must be"):
            function(*sizes)


NETWORKS = [
    ("cells.cell", cells.LSTMCell(3, 4), (2,)), ("cells.layer", layer.LSTM(3, 4), (2, 3)),
    ("cells.layer", layer.GRU(3, 4, fast=True), (2, 3)),
]  # fmt: skip


@pytest.mark.parametrize(
    "network, dimensions", [pytest.param(*row, marks=pytest.mark.refusal(area)) for area, *row in NETWORKS]
)
@MANY
@given(TENSORS)
def test_any_shape_or_type_that_is_not_wanted(network, dimensions, x):
    assume(x.dim() not in dimensions or not x.numel() or x.shape[-1] != 3 or x.dtype != torch.float32)
    with refused(BAD, "x must"):
        network(x)


TEXTS = [
    ("text", text.tokenise), ("models.sentiment", SENTIMENT.predict), ("models.language", load_language().encode),
    ("text", text.Vocabulary(["a"]).encode), ("text", text.Vocabulary),
]  # fmt: skip


@pytest.mark.parametrize("function", [pytest.param(one, marks=pytest.mark.refusal(area)) for area, one in TEXTS])
@given(st.none() | st.booleans() | st.integers() | st.floats())
def test_whatever_is_no_text(function, value):
    with refused(TypeError):
        function(value)


@pytest.mark.refusal("text")
@given(NO_TEXT)
def test_only_strings_have_words(value):
    with refused(TypeError, "text must be a string"):
        text.tokenise(value)


@pytest.mark.refusal("models.sentiment")
@given(st.text(alphabet=' \n\t;:"'))
def test_a_text_of_spaces_and_marks_that_are_left_out_has_no_words(blank):
    with refused(ValueError, "write at least one"):
        SENTIMENT.predict(blank)


@pytest.mark.refusal("checks")
@given(ANYTHING)
def test_any_value_is_shown_on_one_short_line(value):
    assert len(checks.short_repr(value)) <= 80 and "\n" not in checks.short_repr(value)
    with refused(ValueError, "must be one of"):
        checks.one_of("name", value, ["never drawn"])


@pytest.mark.refusal("models.sampling")
@given(
    st.sampled_from([math.nan, math.inf, -math.inf, 0, -1e-300, -1])
    | NO_WHOLE.filter(lambda t: not isinstance(t, float))
)
def test_any_temperature_that_is_no_number_above_0(temperature):
    with refused(BAD, "temperature must be"):
        sampling.next_distribution(torch.zeros(3), temperature)


@pytest.mark.refusal("probes")
@given(st.floats(max_value=0) | st.sampled_from([math.nan, math.inf, "ten", None, [1.0, -1.0], [[1.0], [2.0, 3.0]]]))
def test_any_half_life_that_is_no_number_of_steps(steps):
    for function in (memory.forget_gate_for, memory.forget_bias_for):
        with refused(BAD, "half_life must"):
            function(steps)


@pytest.mark.refusal("models.sampling")
@given(TENSORS)
def test_what_is_no_table_of_probabilities_is_not_drawn_from(p):
    with refused(BAD):
        sampling.choose(p)


@pytest.mark.refusal("data")
@given(st.text() | st.text(alphabet="1\t\n_NOUN"))
def test_any_text_is_a_treebank_or_refused(lines):
    with refused(ValueError, "damaged or not CoNLL-U"):
        data.treebank.parse_conllu(lines + "1\tend")


@pytest.mark.parametrize(
    "function, numbers",
    [
        pytest.param(lesson.start, lesson.TITLES, marks=pytest.mark.refusal("course.lesson")),
        pytest.param(quizzes.quiz, quizzes.numbers(), marks=pytest.mark.refusal("course.quizzes")),
        pytest.param(exercises.exercise, exercises.all_exercises(), marks=pytest.mark.refusal("course.exercises")),
    ],
)
@MANY
@given(ANYTHING)
def test_any_number_that_no_lesson_has(function, numbers, number):
    assume(not isinstance(number, str) or number not in numbers)  # hypothesis also draws strings from our own code
    with refused(ValueError, "number must be one of '0"):
        function(number)


@pytest.mark.refusal("course.exercises")
@MANY
@given(ANYTHING.filter(lambda value: not callable(value)))
def test_any_answer_that_is_no_function_is_not_yet_right(value):
    status, said = exercises.exercise("01.1").judged(value)
    assert status == "Not yet" and said.startswith("pass your function critical_gain itself")
    is_a_sentence(said)


PLAIN = sorted(set(explorers.__all__) - {"Explorer", "Threshold"})


@pytest.mark.refusal("course.explorers")
@pytest.mark.parametrize("name", PLAIN)
def test_an_explorer_refuses_a_control_it_does_not_have_and_a_value_it_cannot_take(name):
    explorer = getattr(explorers, name)
    with refused(TypeError, f"{name} has no control 'nonsense'; it has "):
        explorer(nonsense=1)
    control = next(iter(explorer().controls))
    with refused(ValueError, f"{name} cannot begin with {control} = "):
        explorer(**{control: object()})


@pytest.mark.refusal("course.explorers")
@pytest.mark.parametrize("gain", [math.nan, math.inf, 1e9, -1.0, "1", None])
def test_a_slider_does_not_stop_at_its_end_in_silence(gain):
    with refused(ValueError, "GradientFlow cannot begin with gain = "):
        explorers.GradientFlow(gain=gain)


WORDS = text.Vocabulary(["a"])
BANK = Tagged([["the", "cat"]], [["DET", "NOUN"]])
ROWS = [
    ("course.explorers", lambda p: explorers.Slider, AttributeError, "There is no explorer 'Slider'; there are Explorer, "),
    ("models.tagger", lambda p: tagging.batches(Tagged([["a"]], [["noun"]]), WORDS), ValueError, "'noun' is no part"),
    ("models.tagger", lambda p: tagging.batches(Tagged([], []), WORDS), ValueError, "at least one length"),
    ("models.tagger", lambda p: baselines.MostFrequent(Tagged([], [])), ValueError, "There are no words to count"),
    ("models.tagger", lambda p: accuracy([], BANK), ValueError, "one tag for each word"),
    ("models.tagger", lambda p: accuracy([["DET"]], BANK), ValueError, "one tag for each word"),
    ("models.tagger", lambda p: tagger.run(None, None, []), ValueError, "seeds must hold at least one seed"),
    ("train.trainer", lambda p: imdb.run(None, None, []), ValueError, "seeds must hold at least one seed"),
    ("train.trainer", lambda p: imdb.run_bag("trigrams", data.imdb_sample()), ValueError, "name must be one of"),
    ("models.tagger", lambda p: tagging.parts(None, 7), TypeError, "word must be a string, got None"),
    ("data.grammar", lambda p: grammar.best_accuracy([], "both"), ValueError, "There is no sentence to count"),
    ("data.grammar", lambda p: grammar.limit_by_enumeration("both", 5), ValueError, "T must be even"),
    ("models.sampling", lambda p: sampling.choose(torch.zeros(2, 3)), ValueError, "Each row of p needs a probability above 0"),
    ("models.sampling", lambda p: sampling.choose(torch.full((1, 2), math.nan)), ValueError, "and no NaN"),
    ("plots", lambda p: plots.figure(math.nan), ValueError, "width must be finite, got nan"),
    ("plots", lambda p: plots.figure("9"), TypeError, "width must be a number, got '9'"),
    ("plots", lambda p: plots.figure(9, -1), ValueError, "height must be above 0 inches"),
    ("models.baselines", lambda p: baselines.bag(None), ValueError, "name must be one of majority"),
    ("models.language", lambda p: baselines.NGram(1, None, "a"), ValueError, "text must be a string"),
    ("models.language", lambda p: baselines.NGram(1, "a", ""), ValueError, "alphabet must be a string"),
    ("models.language", lambda p: load_language(p), FileNotFoundError, "There is no file at "),
    ("models.sentiment", lambda p: load_sentiment(p / "none"), FileNotFoundError, "There is no file at "),
    ("models.tagger", lambda p: load_tagger(p / "none"), FileNotFoundError, "There is no file at "),
    ("text", lambda p: text.Vocabulary(["a"]).encode(3), TypeError, "Pass a list of words, got 3"),
    ("text", lambda p: text.words_and_marks(None), TypeError, "text must be a string, got None"),
    ("text", lambda p: text.Vocabulary(None), TypeError, "words must be a list of strings"),
    ("data", lambda p: data.read_imdb_archive(p), ValueError, "cannot be read (Is a directory)"),
    ("data", lambda p: data.read_conllu(p), ValueError, "cannot be read"),
]  # fmt: skip


@pytest.mark.parametrize(
    "call, error, sentence", [pytest.param(*row, marks=pytest.mark.refusal(area)) for area, *row in ROWS]
)
def test_the_rest(tmp_path, call, error, sentence):
    with refused(error, re.escape(sentence)):
        call(tmp_path)


@pytest.mark.refusal("make data")
def test_a_download_without_a_network(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("RNN_COURSE_HOME", str(tmp_path))
    monkeypatch.delenv("RNN_COURSE_DATA", raising=False)
    for module in (reviews, treebank):
        monkeypatch.setattr(module, "URL", "http://127.0.0.1:9/nothing.tar.gz")
    assert __main__.main() == 1
    said = capsys.readouterr().err.splitlines()
    assert len([line for line in said if "try again when the network is up." in line]) == 2
    assert not [path for path in files.cache().rglob("*") if path.is_file()]


@pytest.mark.refusal("make data")
def test_a_data_folder_that_is_not_there(monkeypatch, capsys):
    monkeypatch.setenv("RNN_COURSE_DATA", "/nowhere")
    assert __main__.main() == 1
    for line in capsys.readouterr().err.splitlines():
        assert line.startswith("RNN_COURSE_DATA names /nowhere, which does not exist; give the folder of ")
        is_a_sentence(line)


@pytest.mark.refusal("data")
def test_the_check_of_the_computer_names_a_data_folder_that_is_not_there(monkeypatch, capsys):
    monkeypatch.setenv("RNN_COURSE_DATA", "/nowhere")
    environment.check()
    assert capsys.readouterr().out.count("RNN_COURSE_DATA names /nowhere, which does not exist") == 2
