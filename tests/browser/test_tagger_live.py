"""TaggerLive in JupyterLab: it plays to its end, pauses, begins anew; typed words come at once; it fits a laptop."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import expect

SENTENCE = "I have to go home."  # six words and marks
SOURCE = f"from utils import explorers\nexplorers.TaggerLive(text={SENTENCE!r})"


@pytest.fixture(scope="module")
def notebook(run_in_lab):
    with run_in_lab("tagger_live.ipynb", [SOURCE], 1440, 900) as notebook:
        yield notebook


def parts(notebook):
    """The explorer, its slider's handle, its first button, its words."""
    explorer = notebook.explorers()[0]
    node = explorer.node
    handle, play = node.locator(".noUi-handle"), node.locator(".widget-play button").first
    return explorer, handle, play, node.locator("[role=status]")


def test_words_come_by_play_and_by_key(notebook):
    explorer, handle, play, words = parts(notebook)
    layout = explorer.look().layout
    expect(words).to_contain_text("Word 6 of 6")
    play.click()  # from the end it begins anew
    expect(words).to_contain_text("Word 2 of 6", timeout=5000)
    play.press("Space")  # pause
    expect(words).to_contain_text("of 6")
    seen = explorer.look().words
    notebook.page.wait_for_timeout(1500)
    assert explorer.look().words == seen
    play.press("Enter")
    expect(words).to_contain_text("Word 6 of 6", timeout=20_000)
    handle.press("Home")
    expect(words).to_contain_text("Word 1 of 6, “I”")
    for n in range(2, 7):
        handle.press("ArrowRight")
        expect(words).to_contain_text(f"Word {n} of 6")
    assert explorer.look().layout == pytest.approx(layout, abs=1)
    assert not notebook.errors and not notebook.alerts()


def test_typed_words_come_at_once_and_the_slider_follows(notebook):
    explorer, handle, _, words = parts(notebook)
    field = explorer.node.locator("input[type=text]")
    field.fill("")
    expect(words).to_contain_text("There is no word to read yet")
    field.press_sequentially("Don’t stop", delay=20)
    expect(words).to_contain_text("Word 3 of 3, “stop”")
    expect(handle).to_have_attribute("aria-valuemax", "3.0")
    field.fill("word " * 20)
    expect(words).to_contain_text("Of 20 words it reads the first 16.")
    explorer.node.locator("select").select_option(index=1)
    expect(words).to_contain_text("Word 1 of ")
    assert not notebook.errors and not notebook.alerts()


@pytest.mark.parametrize("width", [1440, 900])
@pytest.mark.parametrize("theme", ["Light", "Dark"])
def test_it_is_seen_whole_on_a_laptop(notebook, width, theme):
    explorer, page = notebook.explorers()[0], notebook.page
    explorer.node.locator("input[type=text]").fill(
        "She said that she’d never understood that recurrent neural net, as it"
    )
    expect(parts(notebook)[3]).to_contain_text("Word 14 of 14")
    page.evaluate("name => jupyterapp.commands.execute('apputils:change-theme', {theme: `JupyterLab ${name}`})", theme)
    page.set_viewport_size({"width": width, "height": 900})
    explorer.node.evaluate("node => node.closest('.jp-OutputArea').scrollIntoView()")
    page.wait_for_timeout(500)
    pane = notebook.node.locator(".jp-WindowedPanel-outer").bounding_box()
    for part in ("select", "input[type=text]", ".widget-slider", ".widget-play", ".widget-image", "[role=status]"):
        box = explorer.node.locator(part).first.bounding_box()
        assert pane["x"] <= box["x"] and box["x"] + box["width"] <= pane["x"] + pane["width"] + 1, part
        assert pane["y"] <= box["y"] and box["y"] + box["height"] <= pane["y"] + pane["height"], part
    if folder := os.environ.get("COURSE_SCREENSHOTS"):
        page.screenshot(path=Path(folder) / f"tagger-live-{theme.lower()}-{width}.png")
