"""The lessons as presentations: build/slides/NN_name.html, one file each, that needs no network and no kernel.

    python -m tools.slides            every lesson
    python -m tools.slides 02 03      these

A slide is a heading with its formulas and tables, a picture, a piece of code with what it prints, or a guess; the
answer of a guess comes on the next slide. The rest of the prose is the speaker's notes. A text cell with the tag
`slide` is shown in full. Arrow keys and the space bar move, N shows the notes, and printing gives one slide a page.
"""

from __future__ import annotations

import argparse
import html
import re
import sys
from pathlib import Path

import nbformat
from latex2mathml.converter import convert
from nbconvert.filters.highlight import Highlight2HTML
from nbconvert.filters.markdown import markdown2html

from tools.build import has_tag, is_folded
from tools.lab import BADGE
from utils.files import write_whole

ROOT = Path(__file__).resolve().parent.parent
APART = re.compile(r"#+ (Quiz|References)|# .*Appendix")  # these sections are for readers
BLOCK = re.compile(r"(?ms)^#+ [^\n]*$|^\$\$.*?\$\$|^(?:\|[^\n]*\|\n?)+|^!\[[^\n]*$")
MATH = re.compile(r"(?s)(\$\$)(.+?)\$\$|(\$)([^$\n]+?)\$")
COLOR = Highlight2HTML(pygments_lexer="python")

PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>
{style}
</style>
<main>
{slides}
</main>
<script>
{script}
</script>
</html>
"""
STYLE = """:root { color-scheme: light dark; --line: #8884 }
body { margin: 0; font: 22px/1.45 system-ui, sans-serif; background: light-dark(#fff, #16181c) }
main { scroll-snap-type: y mandatory; height: 100vh; overflow-y: auto }
section { box-sizing: border-box; min-height: 100vh; padding: 4vh 7vw; scroll-snap-align: start; display: flex;
  flex-direction: column; justify-content: center; gap: 2vh; border-bottom: 1px solid var(--line) }
section::after { content: attr(data-place); align-self: end; font-size: 14px; opacity: .65 }
h1 { font-size: 52px } h2, h3 { font-size: 36px } h1, h2, h3, p, pre { margin: 0 }
img { max-width: 100%; min-height: 56vh; max-height: 76vh; object-fit: contain; align-self: center; border-radius: 6px;
  background: #fff }
pre { font: 17px/1.45 ui-monospace, monospace; overflow-x: auto; white-space: pre-wrap }
table { border-collapse: collapse; font-size: 19px } td, th { padding: 6px 14px; border-bottom: 1px solid var(--line);
  text-align: left } .answer { border-left: 8px solid #0072b2; padding-left: 20px; font-size: 28px }
math[display=block] { font-size: 28px }
aside { display: none; font-size: 16px; opacity: .85; border-top: 1px solid var(--line); max-height: 30vh;
  overflow-y: auto } .notes aside { display: block }
.k, .kn, .kd, .ow { color: light-dark(#0068a3, #6cb6ff) } .s1, .s2, .sa { color: light-dark(#00694f, #4cc9a0) }
.c1 { color: light-dark(#666, #aaa) } .mi, .mf { color: light-dark(#a34100, #ff9a5c) }
@media print { main { height: auto; overflow: visible } section { page-break-after: always } }"""
SCRIPT = """const main = document.querySelector("main"), slides = [...document.querySelectorAll("section")];
const at = () => Math.round(slides.findIndex(s => s.getBoundingClientRect().bottom > innerHeight / 2));
const go = n => slides[Math.max(0, Math.min(slides.length - 1, n))].scrollIntoView();
addEventListener("keydown", e => {
  if (e.ctrlKey || e.metaKey || e.altKey) return;
  const step = {ArrowRight: 1, ArrowDown: 1, PageDown: 1, " ": 1, ArrowLeft: -1, ArrowUp: -1, PageUp: -1}[e.key];
  if (step) { e.preventDefault(); go(at() + step); }
  if (e.key === "Home" || e.key === "End") { e.preventDefault(); go(e.key === "Home" ? 0 : slides.length - 1); }
  if (e.key.toLowerCase() === "n") document.body.classList.toggle("notes");
});
main.addEventListener("scrollend", () => history.replaceState(null, "", "#" + (at() + 1)));
if (location.hash) go(Number(location.hash.slice(1)) - 1);"""


def as_html(markdown: str) -> str:
    """Markdown with formulas as MathML, which browsers draw by themselves."""
    formulas = []

    def aside(match: re.Match) -> str:
        formulas.append(convert(match[2] or match[4], display="block" if match[1] else "inline"))
        return f"MATH{len(formulas) - 1}MATH"

    parts = re.split(r"(`[^`\n]*`)", markdown)
    parts[::2] = [MATH.sub(aside, part) for part in parts[::2]]
    page = markdown2html("".join(parts))
    page = re.sub(r'<a class="anchor-link"[^>]*>.*?</a>', "", page)
    return re.sub(r"MATH(\d+)MATH", lambda match: formulas[int(match[1])], page)


def cut(source: str) -> list[str]:
    """A text cell at its headings."""
    return [part for part in re.split(r"(?m)^(?=#+ )", source) if part.strip()]


def text_slide(part: str, full: bool) -> tuple[str, str]:
    """(what is shown of a heading and its text, the notes)."""
    part = BADGE.sub("", part)
    if full or part.startswith(("# ", "## Take away", "### Exercise")) or re.match(r"### \d\d\.\d ·", part):
        shown, rest = part.partition("After this lesson")[::2] if part.startswith("# ") else (part, "")
        return as_html(shown), as_html(rest)
    shown = "\n\n".join(BLOCK.findall(part))
    return as_html(shown), as_html(BLOCK.sub("", part))


def outputs(cell) -> tuple[list[str], list[str]]:
    """What a code cell shows: on its own slide, and on the next ones."""
    here, later = [], []
    for output in cell.outputs:
        data = output.get("data", {"text/plain": output.get("text", "")})
        plain = data.get("text/plain", "")
        if plain.startswith(("Quiz ", "Set up:")):
            continue
        if plain.startswith("Predict first."):
            question, _, answer = data["text/html"].partition("<details>")
            asked, revealed = "reveal(" not in cell.source, bool(answer)
            if asked:
                here.append(f"<h2>Predict first</h2>{question.replace('Predict first.', '')}")
            if revealed:
                told = re.sub(r"<summary>Answer</summary>|</details>", "", answer)
                later.append(f'{question.replace("Predict first.", "")}<div class="answer">{told}</div>')
        elif "image/png" in data:
            image = data["image/png"].replace("\n", "")
            here.append(f'<img src="data:image/png;base64,{image}" alt="{html.escape(plain)}">')
        elif "text/html" in data:
            here.append(data["text/html"])
        elif plain.strip():
            here.append(f"<pre>{html.escape(plain.strip())}</pre>")
    return here, later


def slides(nb: nbformat.NotebookNode) -> list[tuple[str, str]]:
    """(what is shown, the speaker's notes) of each slide."""
    found, apart, exercise, heading = [], False, False, ""

    def add(shown: str, notes: str = "") -> None:
        nonlocal heading
        if re.fullmatch(r"<h\d[^>]*>[^\n]*</h\d>", shown.strip()):  # alone: it goes with what comes next
            heading, shown = shown, ""
        if shown.strip():
            found.append((heading + shown, notes))
            heading = ""
        elif found:
            found[-1] = (found[-1][0], found[-1][1] + notes)

    for cell in nb.cells:
        if cell.cell_type == "markdown":
            for part in cut(cell.source):
                if part.startswith("#"):
                    apart, exercise = bool(APART.match(part)), bool(re.match(r"#+ (Exercise )?\d\d\.\d", part))
                if not apart:
                    add(*text_slide(part, has_tag(cell, "slide")))
        elif not (apart or exercise or has_tag(cell, "setup")):
            shown, later = outputs(cell)
            is_code = not is_folded(cell) and not re.fullmatch(r"(explorers|guess)\b[^\n]*", cell.source.strip())
            code = re.sub(r"(?m)^(import|from) .*\n?", "", cell.source).strip() if is_code else ""
            add("\n".join([COLOR(code) if code else "", *shown]))
            for answer in later:
                add(answer)
    return found


def presentation(nb: nbformat.NotebookNode) -> str:
    """The page with all slides of a notebook."""
    made = slides(nb)
    title = re.search(r"(?m)^# (.*)$", nb.cells[0].source)[1]
    sections = [
        f'<section data-place="{place} / {len(made)}">{shown}<aside>{notes}</aside></section>'
        for place, (shown, notes) in enumerate(made, 1)
    ]
    return PAGE.format(title=html.escape(title), style=STYLE, slides="\n".join(sections), script=SCRIPT)


def main(arguments: list[str] | None = None, root: Path = ROOT) -> int:
    parser = argparse.ArgumentParser(prog="slides", description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("lessons", nargs="*", help="two digits each; all of them where none is given")
    asked = parser.parse_args(arguments).lessons
    paths = {path.name[:2]: path for path in sorted((root / "notebooks").glob("[0-9][0-9]_*.ipynb"))}
    for lesson in asked or paths:
        if lesson not in paths:
            print(f"slides: there is no lesson {lesson!r}; there are {', '.join(paths)}.", file=sys.stderr)
            return 2
        page = root / "build" / "slides" / f"{paths[lesson].stem}.html"
        page.parent.mkdir(parents=True, exist_ok=True)
        write_whole(page, presentation(nbformat.read(paths[lesson], as_version=4)).encode())
        print(page.relative_to(root).as_posix())
    return 0


if __name__ == "__main__":
    sys.exit(main())
