"""The numbers of a text, written in digits or in words, and where a lesson computes them.

A number of the prose (markdown, and captions that are plain strings) is backed when its section claims or printed the
same value. A whole number may also be a setting, a constant anywhere in the section's code, but not a percentage or a
decimal: those are results. For the header and the summary, anywhere in the lesson. Comments back nothing, and neither
do the sizes, places and ticks of a picture. Whole numbers up to 10 are left out, since most of them count what is on the
page. Equal numbers need not mean the same, so this finds the figures that certainly nobody computes, not all of them.
"""

from __future__ import annotations

import ast
import math
import re
from typing import NamedTuple

SMALL = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen".split()
WORDS = {word: value for value, word in enumerate(SMALL)} | {
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
    "hundred": 100, "thousand": 1_000, "million": 1_000_000, "dozen": 12,
}  # fmt: skip
PARTS = {"half": 2, "third": 3, "quarter": 4, "fifth": 5, "tenth": 10, "hundredth": 100, "thousandth": 1_000}
PARTS |= {"millionth": 1_000_000}

DIGITS = r"(?<![\w.,^{])(?P<digits>\d[\d,]*(?:\.\d+)?(?:e[-+]?\d+)?)(?![\w]|\.\d)(?P<percent> ?%| percent)?"
NAMES = "|".join([*WORDS, *(f"{part}s?" for part in PARTS if part != "half"), "half", "twice"])
IN_WORDS = rf"(?<![\w-])(?P<words>(?:{NAMES})(?:[ -](?:{NAMES}))*)(?!\w)(?!-life|-lives)"
POWER = r"(?:(?P<factor>[\d.]+) ?\\cdot ?)?10\^\{?(?P<power>-?\d+)\}?"
NUMBER = re.compile(f"{POWER}|{DIGITS}|{IN_WORDS}", re.IGNORECASE)
ORDINAL = re.compile(r"(?<!a )(?<!one )(?<!two )(?<!every )\b(third|fifth|tenth)\b", re.IGNORECASE)

REFERENCES_ON = re.compile(r"(?ms)^## References.*")
NO_FIGURE = re.compile(
    r"""(?mx)
    ```.*?``` | `[^`\n]*`                                         # code
    | ^Time:.*$ | ^Letters\ and\ terms.*$                         # the header's minutes
    | \*\w+,\ \d+\ minutes\.\*                                    # an exercise's minutes
    | \[[^\]]*\]\([^)]*\)                                         # links
    | ^\#+\ (\d+[.]|\d+\ ·|\d\d\ ·|(Exercise\ )?\d\d\.\d\ ·)     # the numbers of headings
    | ^\s*\d+\.\s                                                 # and of lists
    | (?i:\b(lesson|section|exercise)s?\ [\d.]+(,\ [\d.]+)*(\ (and|or|to)\ (for\ )?(section\ )?[\d.]+)*)
    | \b\d\d\.\d\b(?!\d|\ ?[%\w])                                 # an exercise by its number
    | \b(19|20)\d\d\b                                             # years
    """
)


class Figure(NamedTuple):
    value: float
    percent: bool
    text: str
    start: int  # place in the text


def spoken(words: str) -> float:
    """The value of a number in words: "two hundred", "nine tenths", "a hundred-millionth", "thirty-two"."""
    if words == "twice":
        return 2.0
    *before, last = words.split(" ")
    part = PARTS.get(last.split("-")[-1].removesuffix("s"), PARTS.get(last.split("-")[-1]))
    if part:
        under = math.prod(WORDS.get(word, 1) for word in last.split("-")[:-1])
        return math.prod(spoken(word) for word in before) / (part * under)
    value = 1.0
    for word in [*before, last]:
        pieces = [WORDS.get(piece, 1 / PARTS.get(piece.removesuffix("s"), 1)) for piece in word.split("-")]
        value *= sum(pieces) if len(pieces) == 2 and 20 <= pieces[0] < 100 else math.prod(pieces)
    return value


def figures(text: str) -> list[Figure]:
    """All numbers of `text`."""
    found = []
    ordinals = {match.start() for match in ORDINAL.finditer(text)}
    for match in NUMBER.finditer(text):
        if match["power"]:
            value = float(match["factor"] or 1) * 10.0 ** int(match["power"])
        elif match["digits"]:
            value = float(match["digits"].replace(",", ""))
        elif match.start() in ordinals:
            continue
        else:
            value = spoken(match["words"].lower())
        found.append(Figure(value, bool(match["percent"]), match[0], match.start()))
    return found


def prose(source: str) -> str:
    """Markdown with everything blanked that states no figure; the places of the rest stay as they are."""

    def blank(match):
        return " " * len(match[0])

    text = REFERENCES_ON.sub(blank, source)
    text = re.sub(r"(?s)\$\$.+?\$\$|\$[^$]+?\$", lambda math_: re.sub(r"(?<![\d.,])\d(?![\d.,])", " ", math_[0]), text)
    return NO_FIGURE.sub(blank, text)


def captions(tree: ast.AST) -> list[ast.Constant]:
    """Plain strings that describe a picture: the last argument of a call of `show` or `draw`."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and node.args]
    named = [call for call in calls if getattr(call.func, "attr", getattr(call.func, "id", "")) in ("show", "draw")]
    return [call.args[-1] for call in named if isinstance(getattr(call.args[-1], "value", None), str)]


def called(tree: ast.AST, names: tuple[str, ...]) -> set[ast.AST]:
    """All that stands in calls of these names, or of what belongs to them: plots.figure(...), axes[0].plot(...)."""
    inside = set()
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        owner = call.func
        while isinstance(owner, (ast.Attribute, ast.Subscript, ast.Call)):
            owner = owner.func if isinstance(owner, ast.Call) else owner.value
        if isinstance(owner, ast.Name) and owner.id in names:
            inside |= set(ast.walk(call))
    return inside


def folded(node: ast.AST) -> float | None:
    """The value of an expression of numbers alone, such as 3 / 4 or 0.9**40."""
    if any(
        not isinstance(part, (ast.BinOp, ast.UnaryOp, ast.Constant, ast.operator, ast.unaryop))
        for part in ast.walk(node)
    ):
        return None
    try:
        value = eval(compile(ast.Expression(node), "constant", "eval"), {})
        return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None
    except Exception:  # a string, or too large a number
        return None


class Section(NamedTuple):
    prose: list[str]
    backing: set[float]  # what was claimed or printed
    settings: set[float]  # whole numbers of the code


def read_section(cells) -> Section:
    """The prose of some cells, and the numbers that they claim, print or are set to."""
    texts, claimed, settings, shown = [], set(), set(), []
    for cell in cells:
        if cell["cell_type"] == "markdown":
            texts.append(prose(cell["source"]))
            continue
        tree = ast.parse(cell["source"])
        alts = captions(tree)
        texts += [alt.value for alt in alts]
        claims, drawn = called(tree, ("claim",)), called(tree, ("plots", "fig", "figure", "ax", "axes", "show", "lesson"))
        for node in ast.walk(tree):
            if node not in drawn and (value := folded(node)) is not None:
                claimed |= {value} if node in claims else set()
                settings |= {value} if value.is_integer() else set()
            if node in claims and isinstance(node, ast.Constant) and isinstance(node.value, str):
                shown.append(node.value)
        for output in cell["outputs"]:
            plain = output.get("data", {}).get("text/plain", "")
            shown += [output.get("text", ""), "" if plain in [alt.value for alt in alts] else plain]
    for figure in (figure for text in shown for figure in figures(text)):
        claimed |= {figure.value, figure.value / 100} if figure.percent else {figure.value}
    return Section(texts, claimed, settings)


def read(nb) -> list[Section]:
    """The sections of a built notebook. The header and the summary speak of the whole lesson."""
    parts = [[]]
    for cell in nb.cells:
        for text in re.split(r"(?m)^(?=## )", cell.source) if cell.cell_type == "markdown" else [cell.source]:
            if cell.cell_type == "markdown" and text.startswith("## "):
                parts.append([])
            parts[-1].append({**cell, "source": text})
    sections = [read_section(cells) for cells in parts]
    backing, settings = (set().union(*(one[place] for one in sections)) for place in (1, 2))
    wide = [cells[0]["source"].startswith(("# ", "## Take away")) for cells in parts]
    return [Section(one.prose, backing, settings) if all_of_it else one for one, all_of_it in zip(sections, wide)]


def unbacked(sections: list[Section]) -> list[tuple[str, Figure]]:
    """(text, figure) for each figure of the prose that its section does not compute, claim or print."""

    def counts(figure):
        return figure.percent or figure.value not in range(11)

    found = []
    for texts, backing, settings in sections:
        for text, figure in ((one, figure) for one in texts for figure in filter(counts, figures(one))):
            wanted = [figure.value, figure.value / 100 if figure.percent else figure.value * 100]
            result = figure.percent or not figure.value.is_integer()
            known = backing if result else backing | settings
            if not any(math.isclose(one, have, rel_tol=1e-9) for one in wanted for have in known):
                found.append((text, figure))
    return found
