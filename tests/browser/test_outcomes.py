"""What a check says in JupyterLab: three outcomes that look different, hints and solution by button, what is kept."""

import os
from pathlib import Path

from playwright.sync_api import expect

CELLS = """
from utils.course import exercise, progress
def leaky(inputs, f):
    raise NotImplementedError
exercise("00.1").check(leaky)
# %%
exercise("00.1").check(lambda inputs, f: inputs)
# %%
def leaky(inputs, f):
    h, states = 0.0, []
    for x in inputs:
        h = f * h + (1 - f) * x
        states.append(h)
    return states
exercise("00.1").check(leaky)
# %%
progress("00")
""".split("# %%")


def test_outcomes_and_help(run_in_lab):
    with run_in_lab("outcomes.ipynb", CELLS, 1400, 1400) as notebook:
        waiting, wrong, right = notebook.node.locator(".course-outcome").all()
        colors = {box.locator("div[role=status]").first.evaluate("e => getComputedStyle(e).borderLeftColor")
                  for box in (waiting, wrong, right)}  # fmt: skip
        assert len(colors) == 3
        expect(waiting).to_contain_text("○ 00.1 Not tried yet")
        expect(wrong).to_contain_text("✗ 00.1 Not yet")
        expect(right).to_contain_text("✓ 00.1 Correct")
        assert right.get_by_role("button").all_inner_texts() == ["Solution"]
        hint, solution = (wrong.get_by_role("button", name=name) for name in ("Hint", "Solution"))
        hint.click()
        expect(wrong).to_contain_text("Hint 1 of")
        hint.press("Enter")
        expect(wrong).to_contain_text("Hint 2 of")
        solution.press("Space")
        expect(wrong.locator("pre")).to_contain_text("def leaky")
        expect(solution).to_be_disabled()
        expect(notebook.node.locator(".jp-OutputArea").last).to_contain_text("1 of 1 solved")
        for theme in ("Dark", "Light"):
            change = f"jupyterapp.commands.execute('apputils:change-theme', {{theme: 'JupyterLab {theme}'}})"
            notebook.page.evaluate(change)
            for width in (1400, 560):
                notebook.page.set_viewport_size({"width": width, "height": 1400})
                if folder := os.environ.get("COURSE_SCREENSHOTS"):
                    notebook.page.wait_for_timeout(400)
                    notebook.node.screenshot(path=Path(folder) / f"outcomes-{theme.lower()}-{width}.png")
                cut_off = notebook.node.evaluate(
                    """node => [...node.querySelectorAll('.course-outcome')].filter(
                        box => box.scrollWidth > box.clientWidth + 1).map(box => box.outerHTML)"""
                )
                assert not cut_off, (theme, width, cut_off)
        assert not notebook.errors
