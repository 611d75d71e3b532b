"""Carry the course's address, which pyproject.toml alone holds, to everything that shows it.

    python tools/stamp.py               write
    python tools/stamp.py --check       write nothing; exit 1 and name what is out of date

- In each lesson source: the "Open in Colab" badge under the title with a link to the lesson's web page, and the setup
  cell. A page without code, such as the glossary, has the line only.
- In lesson sources and those files below: the beginning of each link to the web site.
- In README.md, CONTRIBUTING.md, CITATION.cff: what stands between `<!-- badge: 01_name -->` and `<!-- /badge -->`, the
  address after `git clone`, and the value of `repository-code:`.
"""

from __future__ import annotations

import argparse
import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGES = ("README.md", "CONTRIBUTING.md", "CITATION.cff")
BADGE_IMAGE = "https://colab.research.google.com/assets/colab-badge.svg"
BADGE_LINE = re.compile(r"^# (<!-- badge -->|\[!\[Open in Colab\]\(.*)$", re.MULTILINE)
SITE_LINK = re.compile(r"https://[\w-]+\.github\.io/[\w.-]+/")
CODE_CELL = re.compile(r"^# %%(?! \[markdown\])", re.MULTILINE)
SETUP_CELL = re.compile(r'^# %% [^\n]*"setup"[^\n]*\n.*?(?=\n+# %%|\s*\Z)', re.MULTILINE | re.DOTALL)
# folded in JupyterLab and VS Code, a form with its title on Colab
SETUP_HEADER = '# %% tags=["nbval-ignore-output", "setup"] jupyter={"source_hidden": true} cellView="form"\n'
MARK = "Gates and Gradients"  # in the first line of utils/__init__.py; by it the setup cell knows the course's package
SETUP = """\
#@title Set up
import importlib.util, os, pathlib, runpy, subprocess, sys  # (this cell is written by tools/stamp.py)
address, folder = "{address}", "/content/{name}"
if "google.colab" not in sys.modules:  # the course is the folder around this notebook, wherever it was installed from
    around = [pathlib.Path.cwd(), *pathlib.Path.cwd().parents]
    folder = next((str(path) for path in around if (path / "tools" / "stamp.py").is_file()), None)
elif sys.path[0] != folder:  # on Colab: fetch the course once, and what it lacks there
    if not os.path.exists(folder):
        subprocess.run(["git", "clone", "--quiet", "--depth=1", address, folder], check=True)
    runpy.run_path(f"{{folder}}/tools/colab.py", run_name="__main__")
if folder and sys.path[0] != folder:
    sys.path.insert(0, folder)
found = importlib.util.find_spec("utils")  # the course's package, or another one of this name?
if found and not (found.origin and "{mark}" in found.loader.get_source("utils")):
    place = [*(found.submodule_search_locations or [found.origin])][0]
    advice = "rename or move it, restart the kernel, and run this cell again."
    raise ImportError(f"{{place}} is not the course's package utils: {{advice}}")
try:
    from utils import explorers, lesson
except ModuleNotFoundError as missing:  # another kernel, or a notebook that was taken out of the course
    advice = "open the lessons with `make lab`, or choose the kernel of the course's .venv, and run this cell again."
    raise ImportError(f"This kernel has no {{missing.name}}, which the course needs: {{advice}}") from None
lesson.start("{number}")"""


class StampError(Exception):
    """A sentence for the author."""


def address(root: Path) -> str:
    """The repository's address in pyproject.toml, which must be on GitHub: Colab opens notebooks only from there."""
    try:
        project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        url = project["urls"]["Repository"]
    except (OSError, KeyError, tomllib.TOMLDecodeError) as error:
        raise StampError(f"pyproject.toml must name the Repository under [project.urls] ({error}).") from None
    url = url.removesuffix("/").removesuffix(".git")
    if not re.fullmatch(r"https://github\.com/[\w.-]+/[\w.-]+", url):
        raise StampError(f"the Repository in pyproject.toml must be https://github.com/owner/name, not {url!r}.")
    return url


def in_colab(url: str, notebook: str) -> str:
    """The address at which Colab opens a notebook. notebook: path below notebooks/, without .ipynb"""
    place = url.removeprefix("https://github.com/")
    return f"https://colab.research.google.com/github/{place}/blob/main/notebooks/{notebook}.ipynb"


def badge(url: str, notebook: str) -> str:
    return f"[![Open in Colab]({BADGE_IMAGE})]({in_colab(url, notebook)})"


def site(url: str) -> str:
    """The address of the web site, which GitHub Pages makes of the repository's."""
    owner, name = url.removeprefix("https://github.com/").split("/")
    return f"https://{owner}.github.io/{name}/"


def stamp_lesson(text: str, notebook: str, url: str) -> str:
    """The text of a lesson source with its badge and its setup cell."""
    if len(BADGE_LINE.findall(text)) != 1:
        raise StampError(f"lessons_src/{notebook}.py needs one line '# <!-- badge -->' under its title.")
    line = badge(url, notebook)
    if "/" not in notebook:  # a solution has no web page
        line += f" [or as a web page, with nothing to install]({site(url)}notebooks/{notebook}.html)"
    text = BADGE_LINE.sub(lambda _: f"# {line}", SITE_LINK.sub(site(url), text))
    if not CODE_CELL.search(text):
        return text
    number = re.match(r"\d\d(?=_)", notebook.rpartition("/")[2])
    if not number:
        raise StampError(f"lessons_src/{notebook}.py must be named with two digits first, as in 01_name.py.")
    if len(SETUP_CELL.findall(text)) != 1:
        raise StampError(f'lessons_src/{notebook}.py needs one cell with the tag "setup".')
    setup = SETUP.format(name=url.rpartition("/")[2], address=url, number=number[0], mark=MARK)
    return SETUP_CELL.sub(lambda _: SETUP_HEADER + setup, text)


def stamp_page(text: str, url: str) -> str:
    """The text of README.md and its like with its badges and addresses."""
    text = re.sub(r"(<!-- badge: (\S+) -->).*?(<!-- /badge -->)", lambda m: m[1] + badge(url, m[2]) + m[3], text)
    text = SITE_LINK.sub(site(url), text)
    text = re.sub(r"(git clone )https://\S+", lambda m: m[1] + url, text)
    return re.sub(r"^(repository-code: ).*$", lambda m: f'{m[1]}"{url}"', text, flags=re.MULTILINE)


def stamped(root: Path = ROOT) -> dict[Path, str]:
    """Each file that is out of date, and what it should hold."""
    url, changed = address(root), {}
    lessons = root / "lessons_src"
    for path in sorted(lessons.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        new = stamp_lesson(text, path.relative_to(lessons).with_suffix("").as_posix(), url)
        if new != text:
            changed[path] = new
    for path in (root / name for name in PAGES):
        if path.is_file() and (new := stamp_page(text := path.read_text(encoding="utf-8"), url)) != text:
            changed[path] = new
    return changed


def main(arguments: list[str] | None = None, root: Path = ROOT) -> int:
    parser = argparse.ArgumentParser(prog="stamp", description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when something is out of date")
    options = parser.parse_args(arguments)
    try:
        changed = stamped(root)
    except StampError as error:
        print(f"stamp: {error}", file=sys.stderr)
        return 2
    for path, text in changed.items():
        name = path.relative_to(root).as_posix()
        if options.check:
            print(f"{name} is out of date; write it with: make stamp", file=sys.stderr)
        else:
            path.write_bytes(text.encode())
            print(f"{name}: stamped")
    return 1 if options.check and changed else 0


if __name__ == "__main__":
    sys.exit(main())
