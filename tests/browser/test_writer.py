"""The Writer in JupyterLab: it writes, pauses and begins anew; clicks and keys look at a character; text is copied."""

import re

import pytest
from lab import Slider, run_in
from playwright.sync_api import expect

COUNT = """page => {
    window.pages = 0;
    new MutationObserver(() => pages++).observe(page, {childList: true, subtree: true});
}"""
SELECTED = """text => {
    getSelection().selectAllChildren(text);
    const selected = getSelection().toString();
    getSelection().removeAllRanges();
    return selected;
}"""
THEME = "async theme => { await jupyterapp.commands.execute('apputils:change-theme', {theme}); }"


@pytest.fixture
def writer(run_in_lab):
    with run_in_lab("writer.ipynb", ["from utils import explorers\nexplorers.Writer()"], 1440, 900) as notebook:
        yield notebook


def named(explorer, label):
    return next(control for control in explorer.controls() if label in control.label)


def test_controls_text_and_words_are_seen_together_and_fit_a_narrow_page(writer):
    explorer = writer.explorers()[0]
    explorer.node.evaluate("node => node.closest('.jp-Cell').querySelector('.jp-OutputArea').scrollIntoView()")
    pane = writer.node.locator(".jp-WindowedPanel-outer").bounding_box()
    for part in ("button", ".widget-slider", ".widget-text", ".course-writer-text", "[role=status]"):
        box = explorer.node.locator(part).first.bounding_box()
        assert pane["y"] <= box["y"] and box["y"] + box["height"] <= pane["y"] + pane["height"], part
    writer.page.set_viewport_size({"width": 900, "height": 900})
    explorer.look()
    for node in (explorer.node, explorer.image):
        assert node.evaluate("node => node.scrollWidth <= node.clientWidth")
    output = writer.node.locator(".jp-OutputArea-output").last.bounding_box()
    box = explorer.image.bounding_box()
    assert box["x"] + box["width"] <= output["x"] + output["width"], "the page is cut off at the right"


def test_it_writes_pauses_and_begins_anew(writer):
    explorer, page = writer.explorers()[0], writer.page
    go, anew = explorer.node.locator(".widget-play button:visible").all()
    written, words = named(explorer, "characters written"), explorer.node.locator("[role=status]")
    text = explorer.node.locator(".course-writer-text")
    first, layout = text.inner_text(), explorer.look().layout
    explorer.image.evaluate(COUNT)
    go.press("Enter")
    expect(words).to_have_text(re.compile("^[3-5].. characters written"), timeout=20_000)
    expect(words).to_have_attribute("aria-live", "off")  # no screen reader would keep up
    go.click()  # pause
    explorer.look()
    expect(words).not_to_have_attribute("aria-live", "off")
    at = written.readout()
    page.wait_for_timeout(500)
    assert written.readout() == at and int(at) >= 300 and page.evaluate("pages") >= 10
    assert text.inner_text()[: len(first) - 1] == first[:-1]  # what stands there stays
    now = explorer.look()
    assert f"{at} characters written" in now.words[0] and now.layout == pytest.approx(layout, abs=1)
    anew.click()
    expect(words).to_have_text(re.compile("^0 characters written"))
    temperature = named(explorer, "temperature")
    go.click()
    temperature.drag()  # while it writes
    expect(words).to_have_text(re.compile("^[1-9][0-9]* characters written"))
    written.handle.press("End")
    expect(words).to_contain_text("600 characters written", timeout=20_000)
    now = explorer.look()
    assert explorer.image.evaluate("page => page.scrollTop") == 0, "the end of the text is out of sight"
    assert not now.errors and not now.alerts and now.layout == pytest.approx(layout, abs=1)


def test_a_click_and_keys_look_at_a_character(writer):
    explorer = writer.explorers()[0]
    one, words = explorer.node.locator(".course-writer-text > i"), explorer.node.locator("[role=status]")
    at = named(explorer, "look at")
    one.nth(99).click()
    expect(words).to_contain_text("Character 100,")
    assert at.readout() == "100" and "here" in one.nth(99).get_attribute("class")
    expect(explorer.node.locator(".course-writer-legend")).to_contain_text("Gradient")
    at.handle.press("ArrowRight")
    expect(words).to_contain_text("Character 101,")
    one.nth(100).click()  # the same again: none
    expect(words).to_contain_text("240 characters written")
    at.drag()  # as far as there are characters
    expect(words).to_contain_text("Character 240,")
    at.handle.press("Home")
    expect(words).to_contain_text("240 characters written")
    assert not writer.errors and not explorer.look().alerts


def test_every_control_has_its_name(writer):
    explorer = writer.explorers()[0]
    for control in explorer.controls():
        if isinstance(control, Slider):
            expect(control.handle).to_have_accessible_name(control.label)
    go, anew = explorer.node.locator(".widget-play button:visible").all()
    expect(anew).to_have_attribute("aria-label", "begin anew")
    expect(go).to_have_attribute("aria-label", "write")
    go.press("Enter")
    expect(go).to_have_attribute("aria-label", "pause")


def test_the_text_can_be_selected_as_it_was_written(writer):
    explorer = writer.explorers()[0]
    text = explorer.node.locator(".course-writer-text")
    selected = text.evaluate(SELECTED)
    assert selected.startswith("An exception is raised when ") and "↵" not in selected and "\n" in selected
    assert len(selected) == len("An exception is raised when ") + 240
    # Words that were drawn over with the mouse stay selected: the click at the end looks at nothing.
    letters = explorer.node.locator(".course-writer-text > i")
    begin, end = letters.nth(2).bounding_box(), letters.nth(9).bounding_box()
    mouse = writer.page.mouse
    mouse.move(begin["x"] + 1, begin["y"] + 8), mouse.down()
    mouse.move(end["x"] + 1, end["y"] + 8, steps=4), mouse.up()
    assert len(writer.page.evaluate("getSelection().toString()")) == 7
    assert named(explorer, "look at").readout() == "0"


def test_the_ground_follows_the_theme(writer):
    explorer = writer.explorers()[0]
    for theme, ink in (("JupyterLab Dark", "rgb(255, 255, 255)"), ("JupyterLab Light", "rgba(0, 0, 0, 0.87)")):
        run_in(writer.page, THEME, theme)
        for part in (".course-writer-text", ".course-writer-legend"):
            expect(explorer.node.locator(part)).to_have_css("color", ink)
            expect(explorer.node.locator(part)).to_have_css("background-color", "rgba(0, 0, 0, 0)")
