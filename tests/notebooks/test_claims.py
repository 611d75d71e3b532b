"""No figure in the prose of a lesson without a cell that computes, claims or prints it, or a reason in numbers.toml."""

import re
import tomllib
from pathlib import Path

import nbformat
import pytest
from figures import figures, prose, read, unbacked

ROOT = Path(__file__).resolve().parents[2]
LESSONS = sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))
ALLOWED = tomllib.loads((Path(__file__).parent / "numbers.toml").read_text(encoding="utf-8"))


def places(phrase: str, text: str) -> list[re.Match]:
    """Where the phrase stands in the text, whatever the line breaks."""
    return list(re.finditer(r"\s+".join(map(re.escape, phrase.split())), text))


def split(found, phrases):
    """What no phrase explains, as lines of text, and the phrases that explain nothing."""
    used, rest = set(), []
    for text, figure in found:
        holds = [phrase for phrase in phrases if any(m.start() <= figure.start < m.end() for m in places(phrase, text))]
        used |= set(holds)
        if not holds:
            around = text[max(0, figure.start - 40) : figure.start + len(figure.text) + 30]
            rest.append(f"{figure.text!r} in: ... {' '.join(around.split())} ...")
    return rest, sorted(set(phrases) - used)


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_every_figure_of_the_prose_is_backed(path):
    found = unbacked(read(nbformat.read(path, as_version=4)))
    rest, unused = split(found, ALLOWED.get(path.name[:2], {}))
    assert not rest, "claim these in a cell of their section, or give a reason in numbers.toml:\n" + "\n".join(rest)
    assert not unused, f"numbers.toml explains what needs no reason any more: {unused}"


def test_the_list_of_reasons_names_lessons_that_exist():
    assert set(ALLOWED) <= {path.name[:2] for path in LESSONS}
    assert all(reason.strip() for phrases in ALLOWED.values() for reason in phrases.values())


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("25,000 reviews, 89.2 % right, 1e-8 off, 8 of 10", [25_000, 89.2, 1e-8, 8, 10]),
        ("two hundred words, nine tenths, a hundred-millionth", [200, 0.9, 1e-8]),
        ("half of it, twice, thirty-two, a quarter", [0.5, 2, 32, 0.25]),
        ("the half-life of the third layer, 64-bit, LSTM2, x1, v2.3", [64]),
        (r"$1.4 \cdot 10^{-45}$ and $10^{-12}$", [1.4e-45, 1e-12]),
    ],
)
def test_numbers_are_read_in_digits_and_in_words(text, values):
    assert [figure.value for figure in figures(text)] == pytest.approx(values, rel=1e-9)


@pytest.mark.parametrize(
    "text",
    [
        "## 3. A title",
        "1. Set it. \n2. Move it.",
        "Lesson 02, section 7, exercise 05.1; sections 5 and 6; lessons 02 and 03",
        "Cho and others (2014)",
        "*Medium, 8 minutes.* Write",
        "`nn.LSTM(300, 512)` and [03](03_gru_cell.ipynb)",
        "Time: 25 minutes, and up to 20 more",
        "## References\n- Neural Computation 12(10)",
        "$h_0 = 0$",
    ],
)
def test_what_states_no_figure_is_left_out(text):
    assert figures(prose(text)) == []


def notebook(*cells):
    """Markdown cells, and code cells from pairs of source and printed text."""
    new = nbformat.v4
    return new.new_notebook(
        cells=[
            new.new_markdown_cell(cell)
            if isinstance(cell, str)
            else new.new_code_cell(cell[0], outputs=[new.new_output("stream", text=cell[1])])
            for cell in cells
        ]
    )


def missing(*cells) -> list[str]:
    return [figure.text for _, figure in unbacked(read(notebook(*cells)))]


def test_a_figure_is_backed_by_its_own_section():
    assert missing("It is 89.2 % right.") == ["89.2 %"]
    for code in (("claim('most', x >= 0.892)", ""), ("claim('89.2 % are right', True)", ""), ("x", "89.2%")):
        assert missing("## 1. A\n\nIt is 89.2 % right.", code) == []
        assert missing("## 1. A\n\nIt is 89.2 % right.", ("y = 1", ""), "## 2. B", code) == ["89.2 %"]
        assert missing("# 01 · Title\n\nIt is 89.2 % right.", "## 2. B", code) == []
    assert missing("Three quarters", ("claim('most', x > 3 / 4)", "")) == []


@pytest.mark.parametrize("code", ["x = 0.892", "train(0.892)", "x  # 0.892", "ax.set(xticks=[0.892])", "'89.2 %'"])
def test_a_result_is_not_backed_by_any_number_of_the_code(code):
    assert missing("It is 89.2 % right.", (code, "")) == ["89.2 %"]
    assert missing("It is 0.892.", (code, "")) == ["0.892"]


def test_a_whole_number_may_be_a_setting_but_no_size_of_a_picture():
    assert missing("With 64 units, over 50 steps", ("train(64, T=50)", "")) == []
    assert missing("With 64 units", ("plots.figure(64, 3); axes[0].plot(64)  # 64", "")) == ["64"]


def test_what_a_claim_measured_backs_no_prose():
    code = ("claim('A third are right', right, share)", "Claim holds: A third are right (measured: 0.892)\n0.5\n")
    assert missing("## 1. A\n\nIt is 89.2 % right, a third and a half.", code) == ["89.2 %"]
    guess = nbformat.v4.new_output("execute_result", {"text/plain": "Predict first. 49 steps?\nMeasured: 50 %"})
    nb = notebook("## 1. A\n\n49 steps, 50 %", ("guess('99.x')", ""))
    nb.cells[-1].outputs = [guess]
    assert [figure.text for _, figure in unbacked(read(nb))] == ["49", "50 %"]


def test_a_caption_does_not_back_itself():
    picture = ('lesson.show(fig, "It falls to 0.37.")', "")
    assert missing("A picture:", picture) == ["0.37"]
    assert missing("A picture:", ("claim('falls', level < 0.37)", ""), picture) == []


def test_a_reason_that_explains_nothing_is_found():
    found = unbacked(read(notebook("It is 89.2 % right.")))
    assert split(found, {"is 89.2 % right": "cited"}) == ([], [])
    assert split(found, {"is 89.2 % right": "cited", "91 %": "old"}) == ([], ["91 %"])
    (line,) = split(found, {})[0]
    assert line.startswith("'89.2 %' in: ... It is")
