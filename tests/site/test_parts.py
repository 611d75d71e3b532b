"""The web site's parts: what runs in a page is what runs in a kernel, and nothing that is not Pyodide's gets in."""

import json
import re
import subprocess
import sys

import nbformat
import pytest

from tools import site, site_pages
from tools.build import ROOT
from utils.course import explorers
from utils.course.guesses import predictions

COLAB = "https://colab.research.google.com/github/g/g/blob/main/notebooks/a.ipynb"

# Moves each control to its first, its last and a middle place; the same in a page's Python and in a kernel's.
MOVES = """
def words(name):
    shown = getattr(explorers, name)()
    said = [repr(shown)]
    for control in shown.controls.values():
        for share in (0.0, 1.0, 0.4):
            if hasattr(control, "options"):
                control.index = round(share * (len(control.options) - 1))
            elif isinstance(control.value, bool):
                control.value = share > 0.5
            elif isinstance(control.value, str):
                control.value = control.value[: round(share * len(control.value))]
            else:
                low, high = control.min, control.max
                value = low + share * (high - low)
                value = 10**value if "Log" in type(control).__name__ else value
                control.value = round(value) if isinstance(control.value, int) else value
            said.append(repr(shown))
    return said
"""
IN_PAGE = f"""
import json, sys
sys.path[:0] = [{str(ROOT / "docs" / "page")!r}, {str(ROOT)!r}]
for name in ("torch", "scipy", "sklearn"):
    sys.modules[name] = None
from utils.course import explorers
{MOVES}
print(json.dumps({{name: words(name) for name in explorers.__all__[1:] if name != "Threshold"}}))
"""


def test_explorers_say_the_same_in_a_page_and_in_a_kernel():
    done = subprocess.run([sys.executable, "-c", IN_PAGE], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    in_page, here = json.loads(done.stdout.splitlines()[-1]), {"explorers": explorers}
    exec(MOVES, here)
    assert len(in_page) == len(explorers.__all__) - 2
    for name, said in in_page.items():
        assert said == here["words"](name), name


def test_the_page_needs_no_more_than_it_has():
    checked, files = site.needed()
    assert "00.1" in checked and "05.2" not in checked
    assert {path.name for path in files} >= {"tape.py", "typed_review.py", "ex00_1.py"}


def test_a_changed_file_of_pyodide_is_refused(tmp_path, monkeypatch):
    (tmp_path / "pyodide.js").write_text("alert(1)")
    monkeypatch.setenv("COURSE_PYODIDE", str(tmp_path))
    with pytest.raises(site.SiteError, match="is not the file of Pyodide 0.27.7"):
        site.fetch("pyodide.js", site.CORE["pyodide.js"], tmp_path)
    with pytest.raises(site.SiteError, match="where other.js is missing"):
        site.fetch("other.js", "", tmp_path)


def test_no_text_breaks_out_of_an_element():
    made = site_pages.element("guess", "", {"a": "</script><script>alert(1)</script>"}, name='"><b>')
    assert made.count("</script>") == 1 and "<b>" not in made
    inside = made.partition('json">')[2].partition("</script>")[0]
    assert json.loads(inside) == {"a": "</script><script>alert(1)</script>"}


def test_an_explorer_lives_where_the_notebook_kept_what_it_is_made_from():
    shown = explorers.Tape(["LSTM"], keep=0.5)
    data, metadata = shown._repr_mimebundle_()
    output = nbformat.v4.new_output("display_data", data, metadata=metadata)
    made = site_pages.explorer(output)
    assert made.startswith('<gg-explorer name="Tape">') and '{"units": ["LSTM"], "keep": 0.5}' in made
    output.metadata = {}
    with pytest.raises(ValueError, match="A page cannot make this explorer, .*: Tape"):
        site_pages.explorer(output)


def guess_cell(source, html):
    data = {"text/plain": "Predict first. Why?", "text/html": html, site_pages.WIDGET: {}}
    return nbformat.v4.new_code_cell(source, outputs=[nbformat.v4.new_output("display_data", data)])


def element_data(cell) -> dict:
    return json.loads(cell.outputs[0].data["text/html"].partition('json">')[2].partition("</script>")[0])


def test_a_guess_is_asked_and_told_where_the_notebook_does():
    later = "<details><summary>Answer</summary><p>Measured: 10.2 %</p></details>"
    nb = nbformat.v4.new_notebook(cells=[
        guess_cell('guess("02.more_steps")', "<p>?</p>"), guess_cell('guess("02.more_steps").reveal(x)', later),
        guess_cell('guess("00.half_life")', later.replace("10.2 %", "6.58 steps")),
    ])  # fmt: skip
    if "02.more_steps" not in predictions("02"):
        name = next(name for name, one in predictions("02").items() if one.answer is None)
        for cell in nb.cells:
            cell.source = cell.source.replace("02.more_steps", name)
    ask, tell, both = map(element_data, site_pages.page_of(nb, (), COLAB).cells)
    assert (ask["part"], ask["answer"]) == ("ask", None)
    assert (tell["part"], tell["answer"]) == ("tell", 10.2)
    assert (both["part"], both["answer"], both["unit"]) == ("both", 6.58, "steps")


def test_an_exercise_that_no_page_can_check_leads_to_colab_and_to_jupyterlab():
    said = site_pages.outcome("07.3", None, "", COLAB)
    assert f'in <a href="{COLAB}">Colab</a> or <a href="../index.html#two-commands">JupyterLab</a>' in said
    assert "Hint 1 of" in said and "Solution" in said
    box = site_pages.outcome("00.1", "def leaky(x, f):", "`sigmoid` is yours to use", COLAB)
    assert "Colab" not in box and '"names": ["np", "sigmoid"]' in box


@pytest.mark.parametrize("path", sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb")), ids=lambda path: path.stem)
def test_a_paragraph_that_tells_an_answer_stands_below_its_guess(path):
    asked = set()
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "code":
            asked |= {name for name, _ in site_pages.GUESS.findall(cell.source)}
        for name in re.findall(r"<!-- told: (\S+) -->", cell.source):
            assert name in asked, name
        assert len(site_pages.TOLD.findall(cell.source)) == cell.source.count("<!-- told")


def test_a_paragraph_that_tells_an_answer_is_a_block_of_its_page():
    told = "A\n\n<!-- told: 03.faster -->\nIt is\nslower.\n\nB"
    assert site_pages.TOLD.sub(site_pages.told_later, told) == (
        'A\n\n<div class="gg-told behind-03-faster">\n\nIt is\nslower.\n\n</div>\n\nB'
    )


def test_links_lead_to_pages_or_to_the_repository():
    pages = {"README.md": "index.md", "notebooks/a.ipynb": "notebooks/a.ipynb", "docs/results.md": "results.md"}
    text = "[a](notebooks/a.ipynb#x) [r](docs/results.md) [m](Makefile) [h](https://x.org) [s](#s)"
    assert site_pages.linked(text, "README.md", pages, "https://g") == (
        "[a](notebooks/a.ipynb#x) [r](results.md) [m](https://g/blob/main/Makefile) [h](https://x.org) [s](#s)"
    )
    assert site_pages.linked("[r](../docs/results.md)", "notebooks/a.ipynb", pages, "u") == "[r](../results.md)"
    site = "https://someone.github.io/course/"
    text = f"**[now]({site})** [f = 0.9]({site}notebooks/a.html#explorer=A&f=0.9)"
    assert site_pages.linked(text, "notebooks/a.ipynb", pages, "u") == (
        '**<a href="../notebooks/00_start_here.html">now</a>** '
        '<a href="../notebooks/a.html#explorer=A&amp;f=0.9">f = 0.9</a>'
    )


def test_between_a_guess_and_its_answer_the_outputs_of_both_sections_are_covered_and_what_stands_beside_the_answer():
    cell, words = nbformat.v4.new_code_cell, nbformat.v4.new_markdown_cell
    said = [nbformat.v4.new_output("stream", name="stdout", text="6.58")]
    told = guess_cell('guess("00.half_life").reveal(half)', "<p>Measured: 6.58 steps</p>")
    told.outputs.insert(0, said[0])
    nb = nbformat.v4.new_notebook(cells=[
        words("# One"), guess_cell('guess("00.half_life")', "<p>?</p>"), cell("a", outputs=said), words("## Two"),
        cell("b", outputs=said), words("## Three"), cell("c", outputs=said), told, cell("d", outputs=said),
        words("So it is."), cell("e", outputs=said),
    ])  # fmt: skip
    page = site_pages.page_of(nb, [], COLAB)
    found = [(one.source, "behind-00-half_life" in one.metadata.tags) for one in page.cells if one.cell_type == "code"]
    told = told.source
    assert found == [(nb.cells[1].source, False), ("a", True), ("b", False), ("c", True), (told, True), (told, False),
                     ("d", True), ("e", False)]  # fmt: skip
