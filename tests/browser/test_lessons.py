"""The widgets of every lesson work in JupyterLab; each control of each explorer answers the keyboard and the mouse."""

import os
import re
from pathlib import Path

import nbformat
import pytest
from lab import Slider
from playwright.sync_api import expect
from shorten import LESSONS


@pytest.mark.parametrize("path", LESSONS[::-1])  # the long ones first, for two processes
def test_lesson(path, open_notebook):
    notebook = open_notebook(path)
    notebook.run_all()
    assert not notebook.alerts() and (notebook.explorers() or "appendix" in path)
    for button in notebook.buttons():
        press_button(button)
    for guess in notebook.guesses():  # more of them in test_guesses.py
        if guess.button.is_enabled():  # one that is shown twice was locked the first time
            if not guess.field.count():
                guess.node.get_by_role("button").first.click()  # the first option
                guess.lock("mouse")
            for typed in ("1", "50", "0.5") if guess.field.count() else ():  # one of them lies within its bounds
                guess.field.fill(typed)
                guess.lock("mouse")
                notebook.settle()
                if not guess.button.is_enabled():
                    break
        expect(guess.said).to_contain_text(re.compile("measured|Locked|the answer"))
    for quiz in notebook.quizzes():  # its letters are tested in test_quizzes.py
        quiz.questions[0].press(0, "mouse")
        expect(quiz.node.get_by_text("1 of 5 answered")).to_be_visible()
    assert not notebook.errors
    for number, explorer in enumerate(notebook.explorers(), 1):
        photograph(explorer, f"{Path(path).stem}-{number}-{explorer.name}-1-first")
        moves_all(explorer)
        for button in explorer.buttons():
            before, label = explorer.look(), button.inner_text()
            button.click()
            now = explorer.look()
            changed = now.picture != before.picture or button.inner_text() != label
            assert changed, f"{explorer.name}: {label} does nothing"
            assert not now.alerts and not now.errors, f"{explorer.name}: {label}"
            assert now.layout == pytest.approx(before.layout, abs=1)
        photograph(explorer, f"{Path(path).stem}-{number}-{explorer.name}-2-moved")
    assert not notebook.barriers()


def moves_all(explorer) -> None:
    """Change every control in each of its ways.

    One that changes no picture gets a second try where lists stand elsewhere and sliders in their middle: inputs change
    nothing in a linear unit, clipping nothing where no gradient is long.
    """
    controls, still = explorer.controls(), []
    for control in controls:
        for way in control.ways:
            try:
                for _ in range(control.rounds):
                    move(explorer, control, way)
            except Unmoved:
                still.append((control, way))
    if still:
        for control in controls:
            if control.rounds > 1 or isinstance(control, Slider):
                control.click()
        for control, way in still:
            move(explorer, control, way)


class Unmoved(AssertionError):
    """The picture stays as it is."""


def move(explorer, control, way) -> None:
    """Change one control in one way: readout and picture change, nothing fails, nothing jumps.

    A step of a slider by key may be too small to be seen; then the words below the picture change.
    """
    what = f"{explorer.name}, {control.label!r} by {way}"
    before, readout = explorer.look(), control.readout()
    for _ in range(control.tries):
        control.ways[way]()
        now = explorer.look()
        if now.picture != before.picture or now.alerts:
            break
    assert not now.errors, f"{what}: {now.errors}"
    assert not now.alerts, f"{what}: {now.alerts}"
    said = way == "keyboard" and now.words != before.words
    if not said and now.picture == before.picture:
        raise Unmoved(f"{what}: the picture does not change")
    assert control.readout() != readout, f"{what}: its readout stays at {readout}"
    for place, pixels in now.layout.items():
        assert abs(pixels - before.layout[place]) <= 1, (
            f"{what}: {place} jumps from {before.layout[place]} to {pixels} pixels"
        )


def press_button(button) -> None:
    """A button beside a sentence: the sentence answers."""
    box = button.locator("xpath=..")
    before = box.inner_text()
    button.click()
    expect(box, f"nothing answers the button {before!r}").not_to_have_text(before, use_inner_text=True)


def photograph(explorer, name: str) -> None:
    """Keep a screenshot in the folder COURSE_SCREENSHOTS, if there is one."""
    if folder := os.environ.get("COURSE_SCREENSHOTS"):
        explorer.node.screenshot(path=Path(folder) / f"{name}.png")


BROKEN = """
from utils.course.explorers.base import Explorer, slider

class Broken(Explorer):
    def make_controls(self):
        return {"n": slider("n", 3, 0, 10, 1)}

    @staticmethod
    def compute(n):
        return {"n": n}

    def draw(self, figure):
        self.line = self.moving(figure.subplots().plot([0, 1], [0, 0])[0])

    def update(self, result):
        self.line.set_ydata([0, result["n"] / 10])

    def describe(self, result):
        return f"n is {result['n']}"

"""
BROKEN_WAYS = {
    "ZeroDivisionError": "Broken.compute = staticmethod(lambda n: {'n': 1 / (n == 3)})",
    "the picture does not change": "Broken.update = lambda self, result: None",
    "height jumps": "Broken.describe = lambda self, result: 'word ' * (1 if result['n'] == 3 else 200)",
}


@pytest.fixture(scope="module")
def broken_notebook(served_folder, open_in_lab):
    """A notebook with one explorer for each way to be broken."""
    sources = [f"{BROKEN}{change}\nBroken()" for change in BROKEN_WAYS.values()]
    path = served_folder / "broken.ipynb"
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}  # else JupyterLab asks for one
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), path)
    notebook = open_in_lab(path.name)
    notebook.run_all()
    yield notebook
    notebook.close()


@pytest.mark.parametrize("complaint", BROKEN_WAYS)
def test_broken_explorer_is_caught(broken_notebook, complaint):
    explorer = broken_notebook.explorers()[list(BROKEN_WAYS).index(complaint)]
    with pytest.raises(AssertionError, match=complaint):
        move(explorer, explorer.controls()[0], "drag")
