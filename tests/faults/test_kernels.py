"""A kernel that was restarted, cells that are run twice, in any order, or in two kernels at once."""

import json
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from kernels import ROOT, cells, errors, printed, python, run

from tools.build import sanitized

LESSONS = [path.name[:2] for path in sorted((ROOT / "lessons_src").glob("[0-9][0-9]_*.py"))]
EXPLORER = re.compile(r"(?m)^explorers\.([A-Z]\w*)\(")
# Explorers of what the learner has made above: they cannot work alone, and say what to run first.
NEED = {"04": ["Tape", "Tape"], "07": ["Threshold", "GateHeatmap"], "08": ["Writer"]}
RUN_FIRST = re.compile(r"There is no \w+ yet\. Run the cells above first \(.*\)[^\n]*\.\n")


@pytest.mark.fault(
    "The kernel is restarted in the middle of a lesson, and only the setup cell and an explorer's cell are run",
    "The explorer works; where it shows what the learner made above, one line says to run the cells above first",
)
@pytest.mark.parametrize("number", [number for number in LESSONS if any(map(EXPLORER.search, cells(number)))])
def test_an_explorer_after_a_restart(number, tmp_path):
    setup, *others = cells(number)
    alone = [(EXPLORER.search(cell)[1], cell) for cell in others if EXPLORER.search(cell)]
    ran = run([part for _, cell in alone for part in ("%reset -f", setup, cell)], tmp_path)[2::3]
    waiting = []
    for (name, _), cell in zip(alone, ran):
        if RUN_FIRST.fullmatch(printed(cell, "stderr")):
            assert len(cell.outputs) == 1
            waiting.append(name)
        else:
            assert not errors([cell]) and {"image/png", "text/html"} & {*cell.outputs[-1].data}
    assert waiting == NEED.get(number, [])


@pytest.mark.fault("Every cell of a lesson is run twice in a row", "Both times give the same, and every claim holds")
def test_each_cell_twice(tmp_path):
    """Lesson 00; under `pytest --nbval` the cells of all lessons are run twice, see conftest.py."""
    ran = run([cell for cell in cells("00") for _ in range(2)], tmp_path, RNN_COURSE_HOME=str(tmp_path))
    assert not errors(ran)
    claims = [re.findall(r"(?m)^Claim holds: .*$", sanitized(printed(cell))) for cell in ran]  # a time is measured anew
    assert claims[::2] == claims[1::2] and any(claims)


@pytest.mark.fault(
    "The cells of a lesson are run from the last to the first, then in order",
    "A cell that comes too early says in one line to run those above; in order, all work",
)
def test_backwards_and_then_in_order(tmp_path):
    setup, *others = cells("00")
    ran = run([setup, *reversed(others), *others], tmp_path, RNN_COURSE_HOME=str(tmp_path))
    early, later = ran[: len(others) + 1], ran[len(others) + 1 :]
    said = [printed(cell, "stderr") for cell in early if errors([cell])]
    assert said and [line for line in said if not RUN_FIRST.fullmatch(line)] == []
    assert not errors(later)


def test_a_mistake_in_a_function_keeps_its_traceback(tmp_path):
    ran = run([cells("00")[0], "def f():\n    return misspelt\n", "f()", "misspelt"], tmp_path)
    assert ran[2].outputs[0].output_type == "error" and ran[2].outputs[0].ename == "NameError"
    assert RUN_FIRST.fullmatch(printed(ran[3], "stderr")) and "misspelt" in printed(ran[3], "stderr")


@pytest.mark.fault("A lesson runs in two kernels at once, with one cache and progress file", "Both run to their end")
def test_two_kernels_run_the_same_lesson(tmp_path):
    with ThreadPoolExecutor(2) as both:
        ran = list(both.map(lambda _: run(cells("00"), tmp_path, RNN_COURSE_HOME=str(tmp_path)), range(2)))
    assert errors(ran[0]) == errors(ran[1]) == []


SOLVE = """
import sys, time
from pathlib import Path
from utils.course.exercises import base
home, parity = Path(sys.argv[1]), int(sys.argv[2])
(home / f"ready{parity}").touch()
while len(list(home.glob("ready*"))) < 2:
    time.sleep(0.001)
for i in range(parity, 40, 2):
    base.register(f"99.{i}", title="t", minutes=1, difficulty="easy", answer="f", hints=())(lambda answer: "Well done.")
    base.EXERCISES[f"99.{i}"].check(len)
"""


@pytest.mark.fault("Two kernels solve exercises at the same time", "The progress file has all of them")
def test_no_solved_exercise_is_lost(tmp_path):
    with ThreadPoolExecutor(2) as both:
        done = both.map(lambda n: python("-c", SOLVE, str(tmp_path), n, RNN_COURSE_HOME=str(tmp_path)), "01")
    for one in done:
        assert one.returncode == 0 and one.stdout.count("Correct") == 20 and "could not" not in one.stdout, one.stderr
    solved = json.loads(Path(tmp_path / "progress.json").read_text())["solved"]
    assert sorted(solved) == sorted(f"99.{i}" for i in range(40))
