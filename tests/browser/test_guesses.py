"""Guesses in JupyterLab, by mouse and key: Run All tells nothing, a locked one stays, also in a new page or kernel."""

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

CELLS = """
from utils.course.guesses import Guess, Prediction, predictions
Guess("99.half_life", predictions("00")["00.half_life"])
# %%
later = Guess("99.later", predictions("02")["02.from_the_box"])
later
# %%
question, why = "Which recalls the first of 100 symbols best, as PyTorch makes them?", "At T = 20 its median is 13 %."
Guess("99.best", Prediction(question, lambda: "GRU", why, options=("RNN", "LSTM", "GRU")))
# %%
later.reveal(10.4)
""".split("# %%")
ANSWERS = ("6.58", "10.4", "answer is “GRU”", "tenth of")
ASKED, MEASURED = "Once your guess is locked it stays.", "It has been measured by now."
OPEN = (ASKED, MEASURED, ASKED, MEASURED)
LOCKED = ("1.58 steps too low, by a factor of 1.3.", "79.6 points too high", "answer is “GRU”", "79.6 points")


@pytest.fixture(scope="module")
def notebook(run_in_lab):
    """A notebook of guesses that has run, in a window as high as they are."""
    with run_in_lab("guesses.ipynb", CELLS, 1400, 1300) as notebook:
        yield notebook


def photograph(notebook, name: str) -> None:
    """Keep a screenshot in the folder COURSE_SCREENSHOTS, if there is one."""
    if folder := os.environ.get("COURSE_SCREENSHOTS"):
        notebook.page.wait_for_timeout(300)
        notebook.node.screenshot(path=Path(folder) / f"guess-{name}.png")


def looks(notebook, name: str) -> None:
    """In light and dark, wide and narrow: everything fits into the page."""
    wide = notebook.page.viewport_size
    for theme in ("Dark", "Light"):
        notebook.page.evaluate(f"jupyterapp.commands.execute('apputils:change-theme', {{theme: 'JupyterLab {theme}'}})")
        for width in (wide["width"], 900, 560):
            notebook.page.set_viewport_size(wide | {"width": width})
            photograph(notebook, f"{name}-{theme.lower()}-{width}")
            cut_off = notebook.node.evaluate(
                """node => [...node.querySelectorAll('.course-guess, .course-guess *')].filter(
                    box => box.clientWidth && box.scrollWidth > box.clientWidth + 1).map(box => box.outerHTML)"""
            )
            assert not cut_off, (theme, width, cut_off)
    notebook.page.set_viewport_size(wide)


def test_from_run_all_to_a_new_kernel(notebook):
    """One story, since each part goes on where the one before it ended."""
    run_all_tells_no_answer(notebook)
    what_is_no_number_is_said_and_stays_in_the_field(notebook)
    locked_by_key_and_by_mouse_nothing_jumps(notebook)
    a_new_page_and_a_new_kernel_show_them_locked(notebook)


def run_all_tells_no_answer(notebook):
    for guess, words in zip(notebook.guesses(), OPEN, strict=True):
        expect(guess.said).to_contain_text(words)
        expect(guess.button).to_be_enabled()
    text = notebook.node.locator(".jp-OutputArea").all_inner_texts()
    assert len(text) == 4 and not [answer for answer in ANSWERS for part in text if answer in part]
    looks(notebook, "1-open")


def what_is_no_number_is_said_and_stays_in_the_field(notebook):
    guess = notebook.guesses()[0]
    guess.lock("mouse")
    expect(guess.said).to_have_text("Write a number first, such as 12 or 0.5.")
    expect(guess.said).to_have_role("alert")
    guess.field.fill("about five")
    guess.field.press("Enter")
    expect(guess.said).to_contain_text("There is no number in 'about five'")
    expect(guess.field).to_have_value("about five")
    photograph(notebook, "2-unclear")


def locked_by_key_and_by_mouse_nothing_jumps(notebook):
    half_life, later, best, again = notebook.guesses()
    sizes = [guess.size() for guess in notebook.guesses()]
    half_life.node.get_by_role("textbox", name="Your guess, in steps").fill("5 steps")
    half_life.lock("Space")
    again.field.fill("９０ %")  # in the later of the two views
    again.field.press("Enter")
    expect(again.said).to_have_text("Your guess: 90 %. Lock it, and it stays.")
    again.lock("Enter")
    best.node.get_by_role("button", name="RNN").click()
    best.node.get_by_role("button", name="LSTM").click()
    best.lock("mouse")
    answered(notebook)
    expect(half_life.field).to_have_value("5")
    for before, guess in zip(sizes, notebook.guesses()):
        assert guess.size() == pytest.approx(before, abs=1)
    assert not notebook.errors
    looks(notebook, "3-locked")


def a_new_page_and_a_new_kernel_show_them_locked(notebook):
    fresh = notebook.reload()
    answered(fresh)
    stored = fresh.page.evaluate("JSON.stringify(panel.context.model.toJSON())")
    assert "too low" not in stored and '"5' not in re.sub(r'"(id|model_id)":"[^"]*"', "", stored)
    fresh.restart()
    fresh.run_all()
    answered(fresh)


def answered(notebook) -> None:
    """Each guess is locked and stands beside its answer."""
    expect(notebook.node.locator(".course-guess")).to_have_count(4)
    for guess, words in zip(notebook.guesses(), LOCKED):
        expect(guess.said).to_contain_text(words, timeout=30_000)  # a page that is loaded anew asks the kernel
        expect(guess.button).to_be_disabled()
