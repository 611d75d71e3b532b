"""Build the notebooks: lessons_src/**/*.py are run from top to bottom and become notebooks/**/*.ipynb.

    python tools/build.py                             every lesson that is not up to date
    python tools/build.py lessons_src/01_name.py      only this one
    python tools/build.py --force                     up to date or not

One direction only, and the same source gives the same bytes: cell and widget ids are fixed, there are no times and no
widget state. Cells tagged `nbval-ignore-output` show what may differ from run to run, and others may show it where a
claim or a guess says what was measured; such a cell keeps its stored output while what made it is unchanged: this cell,
the code cells above it, the modules of utils it loads and the data.

Each notebook carries a record (metadata.course) of what it was made from, every file with its checksum: the source, the
modules of utils that it loaded, the data and the measurements that it read; and the checksum of its outputs, pictures
too. The tests compare it with all of them, through `pair_problems` and `freshness_problems`.
"""

from __future__ import annotations

import argparse
import functools
import hashlib
import json
import os
import re
import sys
import tempfile
import time
from pathlib import Path

import jupytext
import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellControlSignal, DeadKernelError

from utils.files import write_whole

ROOT = Path(__file__).resolve().parent.parent
TIMEOUT = 600  # seconds a cell may take
KEPT_METADATA = ("cellView", "jupyter", "tags")
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
WIDGET = "application/vnd.jupyter.widget-view+json"
MODULES_OF_UTILS = """import sys
print("\\n".join(m.__file__ for name, m in sys.modules.items() if name.split(".")[0] == "utils" and m.__file__))"""
# IPython runs this before the first cell: each file below `root` that Python opens is noted in `log`.
NOTE_FILES = """\
def watch(root, log):
    import os, sys
    def note(event, args):
        if event == "open" and isinstance(args[0], (str, os.PathLike)):
            path = os.path.realpath(args[0])
            if path.startswith(root + os.sep):
                print(path, file=log, flush=True)
    sys.addaudithook(note)
watch({root!r}, open({log!r}, "w", encoding="utf-8"))
del watch
"""


class BuildError(Exception):
    """A sentence for the author."""


# ---------------------------------------------------------------------------------------------------- sources and pairs


def sources(root: Path) -> list[Path]:
    return sorted(path for path in (root / "lessons_src").rglob("*.py") if ".ipynb_checkpoints" not in path.parts)


def notebooks(root: Path) -> list[Path]:
    return sorted(path for path in (root / "notebooks").rglob("*.ipynb") if ".ipynb_checkpoints" not in path.parts)


def notebook_of(source: Path, root: Path) -> Path:
    return root / "notebooks" / source.relative_to(root / "lessons_src").with_suffix(".ipynb")


def read_source(source: Path) -> nbformat.NotebookNode:
    """The source as a notebook without outputs, exactly as the built one has it."""
    nb = jupytext.read(source, fmt="py:percent")
    nb.metadata = nbformat.from_dict(METADATA)
    nb.nbformat, nb.nbformat_minor = 4, 5
    for number, cell in enumerate(nb.cells):
        cell.id = f"cell-{number:02d}"
        cell.metadata = nbformat.from_dict({key: cell.metadata[key] for key in KEPT_METADATA if key in cell.metadata})
    return nb


def has_tag(cell: nbformat.NotebookNode, tag: str) -> bool:
    return tag in cell.metadata.get("tags", [])


def is_folded(cell: nbformat.NotebookNode) -> bool:
    """Whether a code cell shows its output alone."""
    return bool(cell.metadata.get("jupyter", {}).get("source_hidden"))


def code_cells(nb: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    return [cell for cell in nb.cells if cell.cell_type == "code"]


# ------------------------------------------------------------------------------------------------------- the record


def digest_text(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def digest_file(path: Path) -> str:
    try:
        return digest_text(path.read_text(encoding="utf-8"))  # read as text: line ends do not count
    except UnicodeDecodeError:  # weights, a picture
        return hashlib.sha256(path.read_bytes()).hexdigest()


def digest_outputs(nb: nbformat.NotebookNode) -> str:
    shown = [[cell.execution_count, cell.outputs] for cell in code_cells(nb)]
    return digest_text(json.dumps(shown, sort_keys=True, ensure_ascii=False))


def made_from(nb: nbformat.NotebookNode) -> dict[str, str]:
    return dict(nb.metadata.get("course", {}).get("made_from", {}))


def changed_files(nb: nbformat.NotebookNode, root: Path) -> list[str]:
    """Files of the record that are not what they were when the notebook was built."""
    return [
        name for name, sha in made_from(nb).items() if not (root / name).is_file() or digest_file(root / name) != sha
    ]


def pair_problems(nb: nbformat.NotebookNode, source: Path) -> list[str]:
    """Where the notebook says something else than its source."""
    wanted = read_source(source)
    found = [
        f"{have.id} differs from its source"
        for have, want in zip(nb.cells, wanted.cells)
        if any(have.get(key) != want.get(key) for key in ("id", "cell_type", "source", "metadata"))
    ]
    if len(nb.cells) != len(wanted.cells):
        found.append(f"it has {len(nb.cells)} cells, its source has {len(wanted.cells)}")
    return found


def freshness_problems(nb: nbformat.NotebookNode, source: Path, root: Path = ROOT) -> list[str]:
    """Where the stored outputs are not what running the present files gave."""
    found = []
    counts = [cell.execution_count for cell in code_cells(nb)]
    if counts != list(range(1, len(counts) + 1)):
        found.append(f"it was not run from top to bottom: its execution counts are {counts}")
    if source.relative_to(root).as_posix() not in made_from(nb):
        found.append("it does not say what it was made from")
    found += [f"{name} changed since it was built" for name in changed_files(nb, root)]
    if nb.metadata.get("course", {}).get("outputs") != digest_outputs(nb):
        found.append("an output is not the one that was built")
    return found


def up_to_date(source: Path, root: Path = ROOT) -> bool:
    path = notebook_of(source, root)
    if not path.is_file():
        return False
    try:
        nb = nbformat.read(path, as_version=4)
    except Exception:  # nbformat raises many kinds, and all of them mean: build it again
        return False
    return not pair_problems(nb, source) and not freshness_problems(nb, source, root)


# ------------------------------------------------------------------------------------------------------------ running


def run(nb: nbformat.NotebookNode, folder: Path, root: Path) -> list[Path]:
    """Run all cells of `nb` in place, in `folder`; return the files of utils that the lesson loaded, and its data."""
    nb.cells.append(nbformat.v4.new_code_cell(MODULES_OF_UTILS, id="modules"))
    with tempfile.TemporaryDirectory(prefix="course-build-") as home:
        opened = Path(home, "opened")
        startup = Path(home, "ipython", "profile_default", "startup")
        startup.mkdir(parents=True)
        code = NOTE_FILES.format(root=os.path.realpath(root), log=str(opened))
        (startup / "note_files.py").write_text(code, encoding="utf-8")
        env = {
            **os.environ,
            "RNN_COURSE_HOME": home,  # a build is no learner's progress
            "IPYTHONDIR": os.path.join(home, "ipython"),
            "PYTHONPATH": os.pathsep.join(filter(None, [str(root), os.environ.get("PYTHONPATH")])),
        }
        client = NotebookClient(
            nb,
            kernel_name="python3",
            timeout=TIMEOUT,
            record_timing=False,
            store_widget_state=False,
            coalesce_streams=True,
            extra_arguments=["--log-level=ERROR"],
            resources={"metadata": {"path": str(folder)}},
        )
        try:
            client.execute(env=env)
        except (CellControlSignal, DeadKernelError) as error:
            raise BuildError(explain(nb, error)) from None
        read = data_files({Path(line) for line in opened.read_text(encoding="utf-8").splitlines()}, root)
    printed = "".join(output.text for output in nb.cells.pop().outputs)
    return sorted(Path(line).resolve() for line in printed.splitlines() if line) + read


def data_files(opened: set[Path], root: Path) -> list[Path]:
    """Of the files that a lesson opened, those that hold the course's data and measurements."""
    data, downloads = root / "data", root / "data" / "cache"
    return sorted(
        path for path in opened
        if path.is_relative_to(data) and not path.is_relative_to(downloads) and path.is_file()
    )  # fmt: skip


def explain(nb: nbformat.NotebookNode, error: Exception) -> str:
    """Which cell failed, its source and its error, without the colors of a terminal."""
    number = 0
    for n, cell in enumerate(nb.cells):
        if cell.get("execution_count") or cell.get("outputs"):
            number = n
    return re.sub(r"\x1b\[[0-9;]*m", "", f"cell-{number:02d} failed: {str(error).strip()}")


def normalize(nb: nbformat.NotebookNode, root: Path) -> None:
    """Take out of the outputs what differs between two runs or tells of one machine."""
    ids: dict[str, str] = {}
    for cell in code_cells(nb):
        cell.metadata.pop("execution", None)
        for output in cell.outputs:
            if output.output_type == "stream":
                output.text = re.sub(r"\S*ipykernel_\d+/\d+\.py", "<cell>", output.text)
            elif output.output_type == "error":
                output.traceback = [plain_path(line, root) for line in output.traceback]
            elif WIDGET in output.data:
                view = output.data[WIDGET]
                view["model_id"] = ids.setdefault(view["model_id"], f"{len(ids):032x}")


def plain_path(text: str, root: Path) -> str:
    """The paths of a traceback without the part that belongs to one machine."""
    text = re.sub(r"[^\s\x1b]*ipykernel_\d+/\d+\.py", "<cell>", text)
    text = re.sub(r"[^\s'\"\x1b]*[/\\](site-packages|lib)[/\\](?=\S)", "", text)
    homely = f"~{os.sep}{root.relative_to(Path.home())}" if root.is_relative_to(Path.home()) else str(root)
    return text.replace(f"{root}{os.sep}", "").replace(f"{homely}{os.sep}", "")


@functools.cache
def sanitizers() -> list[tuple[re.Pattern, str]]:
    """What nbval leaves out where it compares two outputs, as its file says: patterns and what stands for them."""
    file = (ROOT / "nbval_sanitize.cfg").read_text(encoding="utf-8")
    rules = re.findall(r"(?m)^regex: (.*)$\n^replace: (.*)$", file)  # as nbval reads it
    return [(re.compile(pattern), instead) for pattern, instead in rules]


def sanitized(text: str) -> str:
    """`text` as nbval compares it."""
    for pattern, instead in sanitizers():
        text = pattern.sub(instead, text)
    return text


def compared(cell: nbformat.NotebookNode) -> list:
    """The outputs of a cell as nbval compares them, and its pictures."""

    def plain(value):
        return sanitized(value) if isinstance(value, str) else value

    return [
        [
            [plain(output.get(key)) for key in ("output_type", "name", "text", "ename", "evalue", "metadata")],
            # a picture is one long word, on which the patterns would take minutes
            {kind: plain(value) if kind.startswith("text/") else value
             for kind, value in output.get("data", {}).items() if kind != WIDGET},
        ]
        for output in cell.outputs
    ]


def keep_outputs(nb: nbformat.NotebookNode, old: nbformat.NotebookNode, root: Path) -> None:
    """Give cells of `nb` their outputs of `old`, while the code and the data that made them are the same.

    Those that are tagged, and those whose outputs differ in nothing that nbval compares, such as a measured time.
    """
    if not made_from(old) or any(not name.startswith("lessons_src/") for name in changed_files(old, root)):
        return
    for new_cell, old_cell in zip(code_cells(nb), code_cells(old)):
        if new_cell.source != old_cell.source:
            return
        tagged = has_tag(new_cell, "nbval-ignore-output") and has_tag(old_cell, "nbval-ignore-output")
        if tagged or compared(new_cell) == compared(old_cell):
            new_cell.outputs = old_cell.outputs
            for output in new_cell.outputs:
                if "execution_count" in output:
                    output.execution_count = new_cell.execution_count


def build(source: Path, root: Path = ROOT) -> Path:
    """Run `source` and write its notebook. Raises BuildError, and leaves the old notebook, when a cell fails."""
    path = notebook_of(source, root)
    path.parent.mkdir(parents=True, exist_ok=True)
    nb = read_source(source)
    loaded = run(nb, path.parent, root)
    outside = [str(file) for file in loaded if not file.is_relative_to(root)]
    if outside:
        raise BuildError(f"the lesson imported {outside[0]}, which is not this course's package.")
    if path.is_file():
        try:
            keep_outputs(nb, nbformat.read(path, as_version=4), root)
        except Exception as error:  # a damaged old notebook is replaced
            print(f"  the old {path.name} cannot be read ({type(error).__name__}); it is replaced")
    normalize(nb, root)
    files = [source, *loaded]
    record = {
        "made_from": {file.relative_to(root).as_posix(): digest_file(file) for file in files},
        "outputs": digest_outputs(nb),
    }
    nb.metadata = nbformat.from_dict({**METADATA, "course": record})  # what the kernel says of itself is left out
    nbformat.validate(nb)
    write_whole(path, (nbformat.writes(nb) + "\n").encode())
    return path


# ------------------------------------------------------------------------------------------------------- command line


def wanted_sources(names: list[str], root: Path) -> list[Path]:
    if not sources(root):
        raise BuildError(f"there are no lessons in {root / 'lessons_src'}.")
    chosen = [Path(name).resolve() for name in names]
    for name, path in zip(names, chosen):
        if path not in sources(root):
            raise BuildError(f"{name} is not a lesson; name files such as lessons_src/{sources(root)[0].name}.")
    return chosen or sources(root)


def main(arguments: list[str] | None = None, root: Path = ROOT) -> int:
    parser = argparse.ArgumentParser(prog="build", description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("lessons", nargs="*", help="files in lessons_src; all when none is named")
    parser.add_argument("--force", action="store_true", help="build what is up to date too")
    options = parser.parse_args(arguments)
    try:
        chosen = wanted_sources(options.lessons, root)
    except BuildError as error:
        print(f"build: {error}", file=sys.stderr)
        return 2
    failed = 0
    for source in chosen:
        name = source.relative_to(root).as_posix()
        if not options.force and up_to_date(source, root):
            print(f"{name}: up to date")
            continue
        started = time.perf_counter()
        try:
            build(source, root)
            print(f"{name}: built in {time.perf_counter() - started:.1f} s", flush=True)
        except BuildError as error:
            failed += 1
            print(f"{name}: {error}\n\n{name}: not built, its notebook is as it was.", file=sys.stderr, flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
