"""Guess: nothing that is shown tells the answer before it is locked; then it stands beside the guess, which stays."""

import json
import os
import re
import subprocess
import sys
import threading
import time
from pathlib import Path

import ipywidgets as widgets
import numpy as np
import pytest
import torch
from IPython.core.formatters import DisplayFormatter
from refused import is_a_sentence, refused

from tools.build import ROOT, code_cells, read_source, sources
from utils import probes
from utils.course import guess
from utils.course.guesses import Guess, Prediction, base, lessons, predictions
from utils.course.widgets import VIEW
from utils.data import tasks

HALF_LIFE = Prediction("After how many steps is half forgotten, with h_t = 0.9 h_(t-1)?", lambda: 6.5788,
                       "The first tenth is a tenth of much.", unit="steps", least=0)  # fmt: skip
BEST = Prediction("Which recalls best?", lambda: "GRU", options=("RNN", "LSTM", "GRU"))
LATER = Prediction("How often is the LSTM right?", unit="%", least=0, most=100)
NAMES = [name for number in lessons() for name in predictions(number)]


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """A learner's folder, and a kernel that has shown nothing yet."""
    monkeypatch.setenv("RNN_COURSE_HOME", str(tmp_path))
    monkeypatch.setattr(base, "_shown", {})
    return tmp_path


def asked(prediction=HALF_LIFE, typed=None, name="99.x") -> Guess:
    """The guess, locked with what is typed."""
    made = Guess(name, prediction)
    if typed is not None:
        made.control.value = typed
        made.button.click()
    return made


def seen(made: Guess) -> str:
    """All that its widgets say and hold."""
    found, texts = [made], []
    while found:
        one = found.pop()
        found += getattr(one, "children", ())
        texts += [str(getattr(one, name, "")) for name in ("value", "description", "tooltip", "placeholder", "options")]
    return " ".join(texts)


# Before and after ---------------------------------------------------------------------------------------------------


def test_before_it_is_locked_no_widget_tells_the_answer():
    made = asked()
    assert "6.5" not in seen(made) and "tenth" not in seen(made)
    assert made.value is None and not made.control.disabled and not made.button.disabled


def test_a_locked_guess_stays_and_the_answer_stands_beside_it():
    made = asked(typed="5 steps")
    assert made.value == 5.0 and made.control.disabled and made.button.disabled and made.control.value == "5"
    for words in ('role="status"', "5 steps", "6.58 steps", "1.58 steps too low, by a factor of 1.3.", "tenth of much"):
        assert words in made.said.value
    made.control.value = "6.58"
    made.lock()
    assert made.value == 5.0 and made.control.value == "5"


@pytest.mark.parametrize("typed", ["", "many", "20,000", "-1"])
def test_what_is_unclear_gets_one_sentence_and_nothing_is_lost(typed):
    made = asked(typed=typed)
    said = re.sub("<.*?>", "", made.said.value)
    assert made.value is None and 'role="alert"' in made.said.value and "6.5" not in said
    is_a_sentence(said)
    assert made.control.value == typed and not made.control.disabled
    made.control.value = "7"
    made.button.click()
    assert made.value == 7.0 and "alert" not in made.said.value


def test_what_was_typed_is_said_as_it_was_read():
    made = asked()
    for typed, words in (
        ("20 000", "Your guess: 20,000 steps. Lock it, and it stays."),
        ("1/8", "Your guess: 0.125 steps. Lock it"),
        ("many", "There is no number in &#x27;many&#x27;"),
        (" ", "Once your guess is locked it stays."),
    ):
        made.control.value = typed
        assert words in made.said.value and made.value is None


def test_half_a_number_is_never_sent():
    """A click on Lock overtakes changes of a value that wait for a slow kernel."""
    assert not asked().control.continuous_update


def test_what_was_typed_is_not_taken_for_html():
    made = asked(typed="<b>7</b>")
    assert "<b>7" not in made.said.value and "&lt;b&gt;7" in made.said.value


def test_a_choice():
    made = asked(BEST)
    made.button.click()
    assert "Choose one first." in made.said.value
    rnn, lstm, gru = made.control.buttons
    rnn.click()
    lstm.click()
    assert "Your guess: LSTM. Lock it, and it stays." in made.said.value and "the answer is" not in seen(made)
    assert [button.button_style for button in made.control.buttons] == ["", "primary", ""]
    made.button.click()
    assert made.value == "LSTM" and "Not so: the answer is “GRU”." in made.said.value
    gru.click()
    assert made.control.read() == made.value == "LSTM" and gru.disabled and not lstm.button_style
    again = asked(BEST)
    assert again.value == "LSTM" and "answer is “GRU”" in again.said.value
    again.forget()
    again.control.buttons[2].click()
    again.button.click()
    assert "You were right." in again.said.value


def test_its_controls_have_names_and_stand_in_the_order_of_the_keys():
    question, row, said = asked().children
    assert isinstance(question, widgets.HTML) and isinstance(said, widgets.HTML)
    field, button = row.children
    assert field.description == "Your guess, in steps" and button.description == "Lock" and button.tooltip
    assert [button.description for button in asked(BEST).control.buttons] == ["RNN", "LSTM", "GRU"]


# Answers that come later --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("answer", [10.4, np.float32(10.4), torch.tensor([10.4]), np.array(10.4)])
def test_the_answer_may_come_in_a_later_cell_and_tells_nothing_until_it_is_locked(answer):
    made = asked(LATER)
    assert "further down" in made.said.value and "further down" in repr(made)
    assert made.reveal(answer) is made
    assert "10.4" not in seen(made)  # as under Run All
    made.control.value = "90 %"
    made.button.click()
    assert "10.4 %" in made.said.value and "79.6 points too high" in made.said.value


def test_a_guess_that_waits_for_its_answer():
    made = asked(LATER, "９０％")
    assert "Locked: 90 %. The lesson measures the answer further down." in made.said.value
    made.reveal(10.4)
    assert "79.6 points too high" in made.said.value


@pytest.mark.refusal("course.guesses")
@pytest.mark.parametrize("answer", ["10", None, True, [1.0], torch.zeros(2), np.zeros(3), float("nan")])
def test_an_answer_is_one_number(answer):
    with refused((TypeError, ValueError), "The answer must be"):
        asked(LATER).reveal(answer)


@pytest.mark.refusal("course.guesses")
def test_an_answer_is_one_of_the_options():
    with refused(ValueError, "The answer must be one of 'RNN', 'LSTM', 'GRU', got 'QRNN'."):
        asked(BEST).reveal("QRNN")


def test_an_answer_is_measured_once():
    calls = []
    made = asked(Prediction("How many?", lambda: calls.append(1) or 3))
    assert not calls
    made.control.value = "7"
    made.lock()
    assert "measured" in made.said.value and repr(made) and len(calls) == 1


# What is kept -------------------------------------------------------------------------------------------------------


def test_it_is_kept_for_the_next_kernel_and_can_be_forgotten(home):
    asked(typed="9")
    assert json.loads((home / "progress.json").read_text())["guesses"] == {"99.x": 9.0}
    again = asked()
    assert again.value == 9.0 and again.control.disabled and "6.58 steps" in again.said.value
    again.forget()
    assert not again.control.disabled and again.control.empty() and "6.58" not in seen(again)
    assert asked().value is None


def test_the_first_of_two_kernels_is_kept():
    one, two = asked(), asked()
    for made, typed in ((one, "5"), (two, "9")):
        made.control.value = typed
        made.button.click()
    two.lock()
    assert two.value == 5.0 and two.control.value == "5" and "another window" in two.said.value


@pytest.mark.parametrize("kept", ["GRU", True, None, -1.0, [5], {}])
def test_what_does_not_fit_the_question_any_more_is_no_guess(home, kept):
    (home / "progress.json").write_text(json.dumps({"solved": ["01.1"], "guesses": {"99.x": kept, "99.y": 3}}))
    assert asked().value is None
    assert asked(typed="7").value == 7.0
    assert json.loads((home / "progress.json").read_text())["guesses"] == {"99.x": 7.0, "99.y": 3}


@pytest.mark.parametrize("damaged", ["", "[]", "{", '{"solved": [], "guesses": 3}'])
def test_a_damaged_file_is_said_and_left_alone(home, damaged):
    (home / "progress.json").write_text(damaged)
    made = asked(typed="7")
    assert made.value == 7.0 and "could not be kept" in made.said.value and "6.58 steps" in made.said.value
    made.forget()
    assert (home / "progress.json").read_text() == damaged


def test_where_nothing_can_be_kept_it_works_all_the_same(home, monkeypatch):
    (home / "file").write_text("")
    monkeypatch.setenv("RNN_COURSE_HOME", str(home / "file" / "below"))
    made = asked(typed="7")
    assert made.value == 7.0 and "it counts all the same." in made.said.value


MANY = """
import sys
from utils.course.exercises import base
from utils.course.guesses import Guess, Prediction
for i in range(int(sys.argv[1]), 40, 2):
    one = Guess(f"99.{i}", Prediction("How many?", lambda: 3))
    one.control.value = str(i)
    one.lock()
    assert one.value == i and "could not" not in one.said.value, one.said.value
    base._remember(f"99.{i}", "Correct", "")
print("torch" in sys.modules)
"""


def test_two_kernels_lose_nothing_and_need_no_torch(home):
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", MANY]
    both = [subprocess.Popen([*command, n], env=env, stdout=subprocess.PIPE, text=True) for n in "01"]
    assert [one.communicate()[0] for one in both] == ["False\n"] * 2
    kept = json.loads((home / "progress.json").read_text())
    assert kept["guesses"] == {f"99.{i}": i for i in range(40)} and len(kept["solved"]) == 40


def test_fast_clicks_from_two_threads_never_mix(monkeypatch):
    """The second comes while the first is being kept, on a slow disk that is full: the first stays, in every place."""
    made, begun, compared = asked(), threading.Event(), set()

    def slowly(change):
        begun.set()
        time.sleep(0.2)
        raise OSError("No space left on device")

    def type_and_click(typed):
        made.control.value = typed
        made.button.click()

    monkeypatch.setattr(base, "change_progress", slowly)
    made.said.observe(lambda change: compared.update(re.findall("<b>(.*?)</b>", change["new"])[:1]), "value")
    first = threading.Thread(target=type_and_click, args=("5",))
    first.start()
    assert begun.wait(10)
    type_and_click("9")
    first.join()
    assert (made.value, made.control.value, compared) == (5.0, "5", {"5 steps"})


# What a notebook stores ---------------------------------------------------------------------------------------------


def test_what_a_notebook_stores_is_the_same_before_and_after_locking():
    made = asked()
    before, _ = DisplayFormatter().format(made)
    made.control.value = "5"
    made.lock()
    after, _ = DisplayFormatter().format(made)
    assert before == after == DisplayFormatter().format(made)[0] and VIEW in before
    open_, folded = before["text/html"].split("<details>")
    assert "h<sub>t</sub>" in open_ and "6.58" not in open_ and "tenth" not in open_
    assert "<p>Measured: 6.58 steps</p><p>The first tenth" in folded and folded.endswith("</details>")
    assert before["text/plain"].splitlines() == [
        f"Predict first. {HALF_LIFE.question}", "Measured, from right to left: spets 85.6"
    ]  # fmt: skip


def test_what_a_notebook_stores_of_a_choice():
    made = asked(BEST)
    assert repr(made).splitlines()[1:] == ["Choose RNN or LSTM or GRU.", "The answer, from right to left: URG"]
    open_, folded = made.lasting()["text/html"].split("<details>")
    assert open_.endswith("RNN · LSTM · GRU</p>") and "<p>The answer: GRU</p>" in folded


def test_what_a_notebook_stores_of_an_answer_that_comes_later():
    made = asked(LATER)
    assert "<details>" not in made.lasting()["text/html"]
    made.reveal(10.4)
    assert "<p>Measured: 10.4 %</p>" in made.lasting()["text/html"] and repr(made).endswith("% 4.01")


# The guesses of the course ------------------------------------------------------------------------------------------


def test_a_name_gives_the_same_guess_everywhere_in_a_kernel():
    assert guess("00.half_life") is guess("00.half_life")
    assert guess("00.half_life").control.description == "Your guess, in steps"


@pytest.mark.refusal("course.guesses")
@pytest.mark.parametrize("name", ["00.none", "half_life", "77.half_life", "", None, 3, ["00.half_life"]])
def test_an_unknown_name_is_refused(name):
    with refused(ValueError, "The guess's name must be one of '00.half_life', "):
        guess(name)


def test_one_lesson_needs_its_own_guesses_alone():
    code = "import sys; from utils.course import guess; guess('00.half_life'); print(*sys.modules)"
    names = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert [name for name in names if ".guesses.lesson" in name] == ["utils.course.guesses.lesson00"]
    assert not {"torch", "scipy", "sklearn"} & set(names)


ANSWERS = """
import sys
for name in ("torch", "sklearn", "scipy"):
    sys.modules[name] = None  # an import of it fails
from utils.course.guesses import guess, lessons, predictions
for number in lessons():
    for name in predictions(number):
        print(name, guess(name).answer())
"""


def test_every_guess_is_answered_where_there_is_no_torch():
    done = subprocess.run([sys.executable, "-c", ANSWERS], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert dict(line.split(" ", 1) for line in done.stdout.splitlines()) == {
        name: str(guess(name).answer()) for name in NAMES
    }


def test_the_fresh_forget_gate_is_torchs():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        fresh = torch.nn.LSTM(10, 32, batch_first=True)
        x, _ = tasks.first_element_recall(64, T=50)
        want = probes.gate_trace(fresh.double(), x.double())[0]["f"].mean().item()
    assert predictions("02")["02.forget_gate"].answer() == pytest.approx(want, abs=1e-6)


@pytest.mark.parametrize("name", NAMES)
def test_each_question_is_one_that_can_be_answered(name):
    one = predictions(name[:2])[name]
    assert re.search(r"[?.]$", one.question) and re.match(r"\S.*\.$", one.why) and one.question.count("`") % 2 == 0
    made, dice = guess(name), torch.get_rng_state()
    if made.answer() is not None:
        assert made.prediction.fits(made.answer()) and not made.prediction.fits(float("nan"))
    assert made.value is None and len(repr(made)) < 500 and torch.equal(torch.get_rng_state(), dice)


@pytest.mark.parametrize("name", NAMES)
def test_its_lesson_shows_it_and_brings_the_answer_if_it_must(name):
    (source,) = [path for path in sources(ROOT) if path.parent.name == "lessons_src" and path.name[:2] == name[:2]]
    cells = [cell.source for cell in code_cells(read_source(source))]
    asks = [place for place, cell in enumerate(cells) if f'guess("{name}")' in cell and ".reveal(" not in cell]
    reveals = [place for place, cell in enumerate(cells) if f'guess("{name}").reveal(' in cell]
    assert len(asks) == 1 and len(reveals) == (predictions(name[:2])[name].answer is None)
    assert all(place > asks[0] for place in reveals)
    assert Path(base.__file__).parent.joinpath(f"lesson{name[:2]}.py").is_file()
