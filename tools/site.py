"""The web site: every lesson as a page on which explorers move, guesses lock and quizzes answer; build/site.

    python -m tools.site                 build it (make site)
    python -m tools.site --serve         build it, then show it at http://127.0.0.1:8000 (make site-serve)

Python runs in the page by Pyodide, whose files come from its own distribution, or from the folder that COURSE_PYODIDE
names; each is checked by its SHA-256.
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import hashlib
import html
import http.server
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import threading
import zipfile
from pathlib import Path

import nbformat

from tools import site_pages, stamp

ROOT = Path(__file__).resolve().parent.parent
SOURCES, SITE = ROOT / "build" / "site-sources", ROOT / "build" / "site"
PYODIDE = "https://cdn.jsdelivr.net/pyodide/v0.27.7/full/"
CORE = {  # the files of Pyodide 0.27.7 itself; packages are checked by its lock
    "pyodide.js": "b4cb23a53aba19c221659b9fb40a2f18281d685691dc06647fb0afd0681baf98",
    "pyodide.asm.js": "6b4c90de5b7172873f04f21884d0e9d2274e305fe32116558fe3e4fbe3618d51",
    "pyodide.asm.wasm": "a50dd1843f805a0b7c45b61037ee0d7b26dfe85efe0e18ef95a34ad24e401f5f",
    "python_stdlib.zip": "16611534726e5d8ac2bd8f926410b2dcb8d6f49aa24913463533b457a2115c16",
    "pyodide-lock.json": "9c45b916001a750f4102fc287494f3eab215909c7535c626a20db80fd6333e2c",
}
# As which a browser writes single letters of a formula: italic Latin, h among them, and Greek.
ROOT_SIGN = 0x221A  # which <msqrt> draws, though no text has it
ITALICS = [*range(0x1D434, 0x1D468), 0x210E, *range(0x1D6E2, 0x1D71C)]
PACKAGES = ("numpy", "matplotlib", "pillow")
UNUSED = ("fonttools", "pytz")  # what matplotlib names for PDF files and for pandas
WINGS = {
    "arrays": "NumPy alone", "cells": "cells and layers", "course": "what lessons show and check with",
    "data": "texts, tasks, batches", "models": "networks and baselines", "plots": "pictures",
    "probes": "looking inside", "train": "training",
}  # fmt: skip

# Run without torch, as in a page: the modules that explorers and the checks of exercises load, and which checks run and
# pass the solution.
NEEDED = """
import json, sys
sys.path[:0] = [{page!r}, {root!r}]
for name in ("torch", "scipy", "sklearn", "safetensors"):
    sys.modules[name] = None
import bridge
from utils.course import explorers
from utils.course.exercises.base import MODULES, exercise, solution_source
for name in explorers.__all__:
    getattr(explorers, name)
checked = []
for name in MODULES:
    try:
        one = exercise(name.removeprefix("ex").replace("_", "."))
    except ImportError:
        continue
    names = bridge.names()
    try:
        exec(solution_source(one.number, one.answer), names)
    except NameError:
        continue
    if one.judged(names[one.answer])[0] == "Correct":
        checked.append(one.number)
ours = [m.__file__ for n, m in sys.modules.items() if n.partition(".")[0] == "utils" and m]
print(json.dumps([checked, ours]))
"""


class SiteError(Exception):
    """A sentence for the author."""


# ------------------------------------------------------------------------------------------------------------ Pyodide


def pyodide(folder: Path) -> None:
    """Put the files of Pyodide that the page needs into `folder`, each checked, and a lock of these alone.

    Raises SiteError.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name, digest in CORE.items():
        fetch(name, digest, folder)
    lock = folder / "pyodide-lock.json"
    found = json.loads(lock.read_text(encoding="utf-8"))
    wanted, needed = list(PACKAGES), {}
    while wanted:
        if (name := wanted.pop().lower()) not in needed:
            package = found["packages"][name]
            needed[name] = package | {"depends": [one for one in package["depends"] if one.lower() not in UNUSED]}
            wanted += needed[name]["depends"]
    for package in needed.values():
        fetch(package["file_name"], package["sha256"], folder)
    lock.write_text(json.dumps(found | {"packages": dict(sorted(needed.items()))}), encoding="utf-8")


def fetch(name: str, digest: str, folder: Path) -> None:
    """Copy or download one file; refuse one with another digest."""
    if named := os.environ.get("COURSE_PYODIDE"):
        source = Path(named) / name
        if not source.is_file():
            raise SiteError(f"COURSE_PYODIDE names {named}, where {name} is missing.")
    else:
        import pooch

        try:
            source = Path(pooch.retrieve(PYODIDE + name, known_hash=f"sha256:{digest}", progressbar=True))
        except Exception as failure:
            raise SiteError(f"{PYODIDE}{name} could not be fetched ({failure}).") from None
    if hashlib.sha256(source.read_bytes()).hexdigest() != digest:
        raise SiteError(f"{source} is not the file of Pyodide 0.27.7: its SHA-256 is another one.")
    shutil.copyfile(source, folder / name)


# ------------------------------------------------------------------------------------------------- what the page runs


@functools.cache
def needed() -> tuple[tuple[str, ...], tuple[Path, ...]]:
    """(the exercises whose checks need no torch, the modules of utils that a page loads)."""
    code = NEEDED.format(page=str(ROOT / "docs" / "page"), root=str(ROOT))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    if done.returncode:
        raise SiteError(f"the explorers do not run without torch:\n{done.stderr}")
    checked, files = json.loads(done.stdout.splitlines()[-1])
    return tuple(checked), tuple(sorted(Path(file) for file in files))


def pack(path: Path) -> None:
    """The zip of what the page's Python imports and reads; the same files give the same bytes."""
    files = {file.relative_to(ROOT).as_posix(): file for file in needed()[1]}
    files |= {file.relative_to(ROOT / "docs").as_posix(): file for file in (ROOT / "docs" / "page").rglob("*.py")}
    data = ROOT / "data"
    files |= {f.relative_to(ROOT).as_posix(): f for f in (*data.glob("*.safetensors"), *data.glob("measured/*.json"))}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in sorted(files):
            packed.writestr(zipfile.ZipInfo(name), files[name].read_bytes(), zipfile.ZIP_DEFLATED)


def math_font(path: Path) -> None:
    """STIX Two Math, which ziamath brings (SIL Open Font License), cut to what the pages' formulas are written with.

    Without a font for formulas a browser puts their small letters nearly on the line.
    """
    from fontTools import subset

    formulas = "".join(
        "".join(re.findall(r"(?s)<math.*?</math>", page.read_text(encoding="utf-8"))) for page in SITE.rglob("*.html")
    )
    letters = {*map(ord, html.unescape(formulas)), *ITALICS, ROOT_SIGN}
    options = subset.Options(flavor="woff", layout_features=["*"])
    whole = Path(importlib.util.find_spec("ziamath").origin).parent / "fonts" / "STIXTwoMath-Regular.ttf"
    font, cut = subset.load_font(str(whole), options), subset.Subsetter(options)
    cut.populate(unicodes=letters)
    cut.subset(font)
    subset.save_font(font, str(path), options)


# ------------------------------------------------------------------------------------------------------ sphinx's pages


def pages() -> dict[str, str]:
    """The page of each file that has one: its place in the repository, its place in the site's sources."""
    found = {"README.md": "index.md", "TEACHING.md": "teaching.md"}
    found |= {f"docs/{path.name}": path.name for path in sorted((ROOT / "docs").glob("*.md"))}
    lessons = sorted((ROOT / "notebooks").glob("*.ipynb"))
    return found | {f"notebooks/{path.name}": f"notebooks/{path.name}" for path in lessons}


def prepare() -> None:
    """Write sphinx's sources."""
    shutil.rmtree(SOURCES, ignore_errors=True)
    (SOURCES / "notebooks").mkdir(parents=True)
    url, where, checked = stamp.address(ROOT), pages(), needed()[0]
    notebooks = [nbformat.read(ROOT / name, as_version=4) for name in where if name.endswith(".ipynb")]
    for nb, (name, page) in zip(notebooks, [item for item in where.items() if item[0].endswith(".ipynb")]):
        made = site_pages.page_of(nb, checked, stamp.in_colab(url, Path(name).stem))
        for cell in made.cells:
            if cell.cell_type == "markdown":
                cell.source = site_pages.linked(cell.source, name, where, url)
        nbformat.write(made, SOURCES / page)
    for name, page in where.items():
        if name.endswith(".md"):
            text = (ROOT / name).read_text(encoding="utf-8")
            text = re.sub(r"<!-- /?[\w: ]+ -->\n?", "", text)
            (SOURCES / page).write_text(site_pages.linked(text, name, where, url), encoding="utf-8")
    (SOURCES / "bibliography.md").write_text(site_pages.bibliography(notebooks), encoding="utf-8")
    for wing, about in WINGS.items():
        modules = sorted(f"utils.{wing}.{p.stem}" for p in (ROOT / "utils" / wing).glob("*.py") if p.stem[0] != "_")
        parts = "".join(f"\n## {n}\n\n```{{eval-rst}}\n.. automodule:: {n}\n   :members:\n```\n" for n in modules)
        (SOURCES / "api").mkdir(exist_ok=True)
        (SOURCES / "api" / f"{wing}.md").write_text(f"# utils.{wing}: {about}\n{parts}", encoding="utf-8")
    index = SOURCES / "index.md"
    index.write_text(index.read_text(encoding="utf-8") + contents(where), encoding="utf-8")
    shutil.copytree(ROOT / ".github", SOURCES / ".github", ignore=shutil.ignore_patterns("workflows"))
    shutil.copytree(ROOT / "docs" / "_static", SOURCES / "_static", ignore=shutil.ignore_patterns("*.js", "*.css"))


def contents(where: dict[str, str]) -> str:
    """The site's table of contents, for the sidebar."""
    lessons = [page for page in where.values() if page.startswith("notebooks/") and "glossary" not in page]
    parts = {
        "Lessons": [*lessons, "notebooks/glossary.ipynb"],
        "Beside them": ["exercises.md", "results.md", "tested.md", "teaching.md", "bibliography.md"],
        "The package": [f"api/{wing}.md" for wing in WINGS],
    }
    tree = "\n```{{toctree}}\n:hidden:\n:caption: {}\n\n{}\n```\n"
    return "".join(tree.format(title, "\n".join(names)) for title, names in parts.items())


def build() -> None:
    """Everything, into build/site. Raises SiteError."""
    prepare()
    shutil.rmtree(SITE, ignore_errors=True)
    command = ["-m", "sphinx", "-q", "-W", "--keep-going", "-c", str(ROOT / "docs"), str(SOURCES), str(SITE)]
    env = os.environ | {"PYTHONPATH": str(ROOT), "COURSE_ADDRESS": stamp.address(ROOT)}
    if subprocess.run([sys.executable, *command], env=env).returncode:
        raise SiteError("sphinx found mistakes, which stand above.")
    shutil.rmtree(SITE / ".doctrees", ignore_errors=True)
    for path in SITE.rglob("*.map"):  # for those who write the theme
        path.unlink()
    for path in (ROOT / "notebooks").glob("*.ipynb"):  # the download button gives the notebook, not the page's source
        shutil.copyfile(path, SITE / "_sources" / "notebooks" / path.name)
    math_font(SITE / "_static" / "math.woff")
    pyodide(SITE / "_static" / "pyodide")
    pack(SITE / "_static" / "course.zip")
    files = sorted(path for path in SITE.rglob("*") if path.is_file())
    version = hashlib.sha256(b"".join(hashlib.sha256(path.read_bytes()).digest() for path in files)).hexdigest()[:16]
    worker = (ROOT / "docs" / "_static" / "sw.js").read_text(encoding="utf-8")
    (SITE / "sw.js").write_text(worker.replace("VERSION", version), encoding="utf-8")
    (SITE / ".nojekyll").touch()


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Files of the site, without a line for each in the terminal."""

    def log_message(self, *words):
        pass

    def copyfile(self, source, outputfile):
        try:
            super().copyfile(source, outputfile)
        except ConnectionError:  # a page that was left while it loaded
            self.close_connection = True


@contextlib.contextmanager
def serving(port: int = 0):
    """The site on this machine alone, at a free port unless one is named: yields its address."""
    handler = functools.partial(Quiet, directory=str(SITE))
    with http.server.ThreadingHTTPServer(("127.0.0.1", port), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="site", description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--serve", action="store_true", help="then show it on this machine")
    parser.add_argument("--port", type=int, default=8000)
    options = parser.parse_args(arguments)
    try:
        build()
    except SiteError as failure:
        print(f"site: {failure}", file=sys.stderr)
        return 1
    size = sum(path.stat().st_size for path in SITE.rglob("*") if path.is_file())
    print(f"{SITE.relative_to(ROOT).as_posix()}: {size / 1e6:.0f} MB")
    if options.serve:
        with serving(options.port) as address, contextlib.suppress(KeyboardInterrupt):
            print(f"{address}  (end with Ctrl-C)")
            threading.Event().wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
