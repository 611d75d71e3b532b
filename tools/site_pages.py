"""The sources of the web site's pages, for sphinx: lessons in which explorers, guesses, quizzes and exercises are
elements of their own around what the notebook stored; README, TEACHING and docs with links that hold there."""

from __future__ import annotations

import html
import json
import math
import re
from collections.abc import Iterable
from pathlib import Path

import nbformat

from tools.build import has_tag, is_folded
from tools.lab import BADGE
from tools.stamp import BADGE_IMAGE, SITE_LINK
from utils.course import guesses, quizzes
from utils.course.exercises import exercise, exercises_of
from utils.course.exercises.base import solution_source
from utils.course.guesses.prediction import Prediction
from utils.course.lesson import TITLES
from utils.course.widgets import as_html

ROOT = Path(__file__).resolve().parent.parent
WIDGET = "application/vnd.jupyter.widget-view+json"
GUESS = re.compile(r'guess\("(\d\d\.\w+)"\)(\.reveal\()?')
SHOWS = re.compile(r"(?s)(#[^\n]*\n|from [^\n]*\n|\s)*(guess|quiz|progress|exercise|explorers)\b.*")
LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#\s]*)((?:#[^)\s]*)?)\)")
DOES = re.compile(r"\b(explorers\.|(guess|exercise|quiz|progress)\()")  # there is something to do
TOLD = re.compile(r"<!-- told: (\d\d\.\w+) -->\n((?:.+\n?)+)")  # the paragraph below the mark
FIRST = "notebooks/00_start_here.html"  # whoever is on the site already and wants to try it begins here


# --------------------------------------------------------------------------------------------------------- elements


def element(kind: str, inside: str, data: dict | None = None, **attributes: str) -> str:
    """<gg-KIND> around `inside`, with data as JSON that no text can break out of."""
    script = ""
    if data is not None:
        safe = json.dumps(data, ensure_ascii=False).replace("<", "\\u003c")
        script = f'<script type="application/json">{safe}</script>'
    given = "".join(f' {key}="{html.escape(value)}"' for key, value in attributes.items())
    return f"<gg-{kind}{given}>{script}{inside}</gg-{kind}>"


def explorer(output) -> str:
    """An explorer around its stored picture. ValueError where the notebook does not hold what it is made from."""
    data = output.data
    words = data["text/plain"]
    said = words.partition("): ")[2] or words
    if "image/png" in data:
        picture = data["image/png"].replace("\n", "")
        still = f'<div class="gg-frame"><img alt="{html.escape(said)}" src="data:image/png;base64,{picture}"></div>'
    else:
        still = data.get("text/html", "")
    still += f"<p>{html.escape(said)}</p>"
    if (made := output.metadata.get("course")) is None:
        raise ValueError(f"A page cannot make this explorer, for its `given` is None: {words}")
    return element("explorer", still, made["options"], name=made["explorer"])


def guess(name: str, prediction: Prediction, answer: str | float, stored: str, part: str) -> str:
    """A guess: `part` is "ask" where the answer comes later, "tell" there, "both" where it comes at once."""
    least, most = (None if math.isinf(end) else end for end in (prediction.least, prediction.most))
    asked = {
        "name": name, "part": part, "heading": prediction.heading, "options": list(prediction.options),
        "unit": prediction.unit, "least": least, "most": most,
        "answer": answer, "told": prediction.told, "why": as_html(prediction.why),
    }  # fmt: skip
    return element("guess", f"<noscript>{stored}</noscript>" if part == "tell" else stored, asked)


def quiz(number: str, stored: str) -> str:
    questions = [
        {"text": as_html(one.text),
         "options": [{"text": as_html(o.text), "feedback": as_html(o.feedback), "right": o.right} for o in one.options]}
        for one in quizzes.questions(number)
    ]  # fmt: skip
    return element("quiz", stored, {"number": number, "questions": questions})


def outcome(number: str, stub: str | None, task: str, colab: str) -> str:
    """An exercise's hints and solution behind folds; and where the page can check it, a box to write it in.

    task: what is asked for. colab: where to go where the page cannot check it.
    """
    one = exercise(number)
    folds = [(f"Hint {n} of {len(one.hints)}", f"<p>{html.escape(hint)}</p>") for n, hint in enumerate(one.hints, 1)]
    if source := solution_source(number, one.answer):
        folds.append(("Solution", f"<pre>{html.escape(source)}</pre>"))
    inside = "".join(f"<details><summary>{name}</summary>{words}</details>" for name, words in folds)
    if stub is None:
        colab = f'<a href="{html.escape(colab)}">Colab</a>'
        lab = '<a href="../index.html#two-commands">JupyterLab</a>'
        return f"<p>Write it in the notebook, in {colab} or {lab}: it needs packages that no page has.</p>{inside}"
    names = ["np", *(name for name in ("sigmoid", "tokenise") if f"`{name}`" in task)]  # of docs/page/bridge.py
    return element("exercise", inside, {"number": number, "stub": stub, "names": names})


def progress(lesson: str | None) -> str:
    rows = []
    for number in [lesson] if lesson else list(TITLES):
        asked = list(guesses.predictions(number)) if number in guesses.lessons() else []
        right = [one.answer for one in quizzes.questions(number)] if number in quizzes.numbers() else []
        own = list(exercises_of(number))
        if asked or right or own:
            title = f"{number} · {TITLES[number]}"
            rows.append({"title": title, "number": number, "guesses": asked, "quiz": right, "exercises": own})
    return element("progress", "", {"lessons": rows})


# ----------------------------------------------------------------------------------------------------------- lessons


def page_of(nb: nbformat.NotebookNode, in_page: Iterable[str], colab: str) -> nbformat.NotebookNode:
    """The notebook as the source of a page. in_page: exercises that it can check. colab: where to go for others."""
    answers, kept, stub, task = revealed(nb), [], "", ""
    for cell, behind in zip(nb.cells, covered(nb)):
        if has_tag(cell, "setup"):
            continue
        cell = nbformat.from_dict(cell)
        if cell.cell_type == "markdown":
            cell.source = TOLD.sub(told_later, BADGE.sub("", cell.source))
            task = cell.source if "Exercise " in cell.source else task
            kept.append(cell)
            continue
        cell.metadata = nbformat.from_dict({"tags": ["hide-input"] if is_folded(cell) else []})
        if not DOES.search(cell.source):
            cell.metadata.tags += tags_behind(behind)
        for output in cell.outputs:
            if alt := output.get("metadata", {}).get("image/png", {}).get("alt"):
                cell.metadata["mystnb"] = {"image": {"alt": alt}}
        made = [live(cell, output, answers) for output in cell.outputs]
        checks = re.search(r'exercise\("(\d\d\.\d)"\)', cell.source)
        if checks and ".check(" in cell.source:
            here = checks[1] in in_page
            made = [outcome(checks[1], stub if here else None, task, colab)]
            if here:
                kept.pop()  # the stub is in the box
        elif asked := re.search(r'\bprogress\((?:"(\d\d)")?\)', cell.source):
            made = [progress(asked[1])]
        if any(made):
            if SHOWS.fullmatch(cell.source):
                cell.metadata.tags = ["remove-input", *cell.metadata.tags]
            cell.outputs = [
                nbformat.v4.new_output("display_data", {"text/html": one}) if one else output
                for one, output in zip(made, cell.outputs or [None] * len(made))
            ]
        if any(made) and (told := [name for name, later in GUESS.findall(cell.source) if later]):
            # what stands beside the answer lies behind the guess as well, in a cell of its own
            beside = nbformat.from_dict(cell | {"id": f"{cell.id}-beside"})
            beside.outputs = [output for output, one in zip(cell.outputs, made) if not one]
            if beside.outputs:
                beside.metadata.tags += tags_behind(told)
                kept.append(beside)
                cell.outputs = [output for output, one in zip(cell.outputs, made) if one]
                cell.metadata = nbformat.from_dict({"tags": ["remove-input"]})
        if "raise NotImplementedError" in cell.source:
            stub = cell.source
        kept.append(cell)
    page = nbformat.v4.new_notebook(cells=kept, metadata=nb.metadata)
    page.metadata.pop("course", None)
    return page


def told_later(match: re.Match) -> str:
    """The paragraph that tells the answer of a guess, as a block that a page finds."""
    [tag] = tags_behind([match[1]])
    return f'<div class="gg-told {tag}">\n\n{match[2].rstrip()}\n\n</div>\n'


def tags_behind(names: Iterable[str]) -> list[str]:
    """The tags by which a page finds what lies behind these guesses."""
    return ["behind-" + name.replace(".", "-") for name in names]


def covered(nb) -> list[list[str]]:
    """For each cell the guesses behind which its outputs lie: those between a guess and its answer that stand in the
    section of either, and those of the cells right behind the answer."""
    asked, told, sections, section = {}, {}, [], 0
    for n, cell in enumerate(nb.cells):
        if cell.cell_type == "markdown" and re.search(r"(?m)^#+ ", cell.source):
            section = n
        sections.append(section)
        for name, later in GUESS.findall(cell.source) if cell.cell_type == "code" else ():
            (told if later else asked)[name] = n
    behind = [[] for _ in nb.cells]
    for name in asked.keys() & told.keys():
        begin, end = asked[name], told[name]
        for n in range(begin + 1, end):
            if sections[n] in (sections[begin], sections[end]):
                behind[n].append(name)
    for name, answer in (asked | told).items():
        for n in range(answer + 1, len(nb.cells)):
            if nb.cells[n].cell_type != "code" or DOES.search(nb.cells[n].source):
                break
            behind[n].append(name)
    return behind


def revealed(nb) -> dict[str, bool]:
    """The guesses of a lesson whose answers come in a later cell."""
    code = "\n".join(cell.source for cell in nb.cells if cell.cell_type == "code")
    return {name: True for name, later in GUESS.findall(code) if later}


def live(cell, output, later: dict[str, bool]) -> str:
    """The element for an output, or "" where it stays as it is."""
    data = output.get("data", {})
    if WIDGET not in data:
        return ""
    words = data["text/plain"]
    if words.startswith("Predict first.") and (found := GUESS.search(cell.source)):
        prediction = guesses.predictions(found[1][:2])[found[1]]
        part = "tell" if found[2] else "ask" if found[1] in later else "both"
        return guess(found[1], prediction, answer_of(prediction, data), data["text/html"], part)
    if words.startswith("Quiz "):
        return quiz(words[5:7], data["text/html"])
    if "explorers." in cell.source:
        return explorer(output)
    return ""


def answer_of(prediction: Prediction, data: dict) -> float | str | None:
    """The answer that a notebook stored behind its fold; None where it comes later."""
    told = re.search(r"(?:Measured|The answer): ([^<]*)</p>", data["text/html"])
    if told is None:
        return None
    words = html.unescape(told[1])
    return words if prediction.options else float(re.match(r"[-\d.,e]+", words.replace("−", "-"))[0].replace(",", ""))


# ------------------------------------------------------------------------------------------------------- other pages


def linked(text: str, page: str, pages: dict[str, str], url: str) -> str:
    """Markdown whose links to files of the repository lead to pages of the site, or to the file on GitHub.

    Links to the site stay on it. Pictures are its own, that of the Colab badge too. page: where the text lies in the
    repository. pages: the site's page of each file that has one.
    """
    here, up = Path(page).parent, "../" * pages[page].count("/")

    def lead(match: re.Match) -> str:
        if not match[1] or match[1].endswith((".gif", ".png", ".svg")):
            return match[0]
        target = (ROOT / here / match[1]).resolve().relative_to(ROOT).as_posix()
        if target in pages:
            return f"]({up}{pages[target]}{match[2]})"
        return f"]({url}/blob/main/{target}{match[2]})"

    def stay(match: re.Match) -> str:  # as HTML, for sphinx knows no page by its address
        return f'<a href="{up}{html.escape(match[2]) or FIRST}">{match[1]}</a>'

    text = re.sub(rf"\[([^]]+)\]\({SITE_LINK.pattern}([^)]*)\)", stay, text)
    return LINK.sub(lead, text).replace(BADGE_IMAGE, f"{up}_static/colab.svg")


def bibliography(notebooks: Iterable[nbformat.NotebookNode]) -> str:
    """All references of the lessons on one page, each once, by name."""
    found = {}
    for nb in notebooks:
        for cell in nb.cells:
            if cell.cell_type == "markdown" and "## References" in cell.source:
                for entry in re.findall(r"(?m)^- (.+)$", cell.source.partition("## References")[2]):
                    key = re.sub(r"\W+", " ", entry)[:70]
                    if key not in found or len(entry) > len(found[key]):
                        found[key] = entry
    by_name = sorted(found.values(), key=lambda entry: re.sub(r"^([A-Z]\. )+", "", entry).lower())
    return "# Bibliography\n\nWhat the lessons refer to.\n\n" + "\n".join(f"- {entry}" for entry in by_name) + "\n"
