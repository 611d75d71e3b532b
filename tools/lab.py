"""Open the course in JupyterLab, in the learner's own copies of the lessons.

    python tools/lab.py                               prepare the copies, open JupyterLab on lesson 00
    python tools/lab.py --no-browser --port 8899      what this tool does not know goes to JupyterLab
    python tools/lab.py --solutions                   hand out the solution notebooks too
    python tools/lab.py --prepare-only                prepare the copies and stop

The copies live in my_lessons/ and have no outputs yet: a learner predicts first. They lack the badge of Colab, which
opens the original and shows a broken picture without a network. A copy in which the learner wrote nothing follows the
course, whether it was run or not. A copy in which the learner wrote is never touched: the new lesson arrives beside
it, as 01_name.updated.ipynb.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path

from utils.files import write_whole

ROOT = Path(__file__).resolve().parent.parent
RECORD = ".handed_out.json"
FIRST = "00_start_here.ipynb"
BADGE = re.compile(r"^\[!\[Open in Colab\].*\n?", re.MULTILINE)


def handed_out(lesson: bytes) -> bytes:
    """The lesson as a learner gets it, without outputs and without the badge."""
    nb = json.loads(lesson)
    nb["metadata"].pop("course", None)  # the build's record
    for cell in nb["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"], cell["execution_count"] = [], None
        else:
            cell["source"] = BADGE.sub("", "".join(cell["source"])).splitlines(keepends=True)
    return (json.dumps(nb, indent=1, ensure_ascii=False) + "\n").encode()


def digest(data: bytes) -> str:
    """Checksum of what people write in a notebook, the text of its cells: opening, running and saving leave it as it
    is. Of the bytes, if the file is no notebook."""
    try:
        cells = json.loads(data)["cells"]
        written = [[cell["cell_type"], "".join(cell["source"]), cell.get("attachments") or None] for cell in cells]
        data = json.dumps(written).encode()
    except (ValueError, KeyError, TypeError):
        pass
    return hashlib.sha256(data).hexdigest()


def read_record(mine: Path) -> dict[str, str]:
    """What was handed out: file name -> its digest. A damaged record counts as none, and nothing is lost by it: a file
    that is not in the record is taken to be the learner's own."""
    try:
        record = json.loads((mine / RECORD).read_text(encoding="utf-8"))
        return {name: sha for name, sha in record.items() if isinstance(sha, str)}
    except (OSError, ValueError, AttributeError):
        return {}


def place_beside(mine: Path, name: str, record: dict) -> str:
    """The name under which an update of `name` can arrive without touching anything the learner wrote."""
    stem, number = name.removesuffix(".ipynb"), 1
    while True:
        beside = f"{stem}.updated{number if number > 1 else ''}.ipynb"
        path = mine / beside
        if not path.exists() or digest(path.read_bytes()) == record.get(beside):
            return beside
        number += 1


def prepare(lessons: Path, mine: Path, solutions: bool = False) -> list[str]:
    """Bring the learner's copies in `mine` up to date with `lessons`; return one line for each thing worth saying."""
    record, said = read_record(mine), []
    names = [path.relative_to(lessons).as_posix() for path in sorted(lessons.rglob("*.ipynb"))]
    for name in names:
        if name.startswith("solutions/") and not (solutions or name in record) or ".ipynb_checkpoints" in name:
            continue
        copy, lesson = mine / name, handed_out((lessons / name).read_bytes())
        new, now = digest(lesson), digest(copy.read_bytes()) if copy.exists() else None
        updates = [key for key in record if key.startswith(name.removesuffix(".ipynb") + ".updated")]
        if now is None or (now == record.get(name) and now != new):
            write_whole(copy, lesson)
            said.append(f"{'New' if now is None else 'Updated'}: {name}")
            record[name] = new
        elif now == new:
            record[name] = new
        elif new not in [record.get(key) for key in (name, *updates)]:
            beside = place_beside(mine, name, record)
            write_whole(mine / beside, lesson)
            said.append(f"You changed {name}, so it stays as it is; the updated lesson is beside it: {beside}")
            record[beside] = new
    write_whole(mine / RECORD, json.dumps(record, indent=1, sort_keys=True).encode())
    return said


def lab_command(mine: Path, arguments: list[str]) -> list[str]:
    command = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={mine}"]
    if (mine / FIRST).exists():
        command.append(f"--LabApp.default_url=/lab/tree/{FIRST}")
    if hasattr(os, "geteuid") and os.geteuid() == 0:  # a container; JupyterLab refuses root unless told
        command.append("--allow-root")
    return command + arguments


def lab_environment(root: Path = ROOT) -> dict[str, str]:
    """tools/jupyter holds two settings: no news pop-up, and no Jupytext, which could pair a copy with a source."""
    paths = [str(root / "tools" / "jupyter"), os.environ.get("JUPYTER_CONFIG_PATH", "")]
    return {**os.environ, "JUPYTER_CONFIG_PATH": os.pathsep.join(path for path in paths if path)}


def fail(sentence: str) -> int:
    print(f"lab: {sentence}", file=sys.stderr)
    return 2


def main(arguments: list[str] | None = None, root: Path = ROOT) -> int:
    parser = argparse.ArgumentParser(prog="lab", description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--prepare-only", action="store_true", help="prepare the copies, start nothing")
    parser.add_argument("--solutions", action="store_true", help="hand out the solution notebooks too")
    options, rest = parser.parse_known_args(arguments)
    lessons, mine = root / "notebooks", root / "my_lessons"
    if not any(lessons.glob("*.ipynb")):
        return fail(f"there are no lessons in {lessons}; make them with `make build`.")
    try:
        said = prepare(lessons, mine, options.solutions)
    except OSError as error:
        return fail(f"the copies in {mine} could not be written ({error.strerror}); check that the folder is yours.")
    except (ValueError, KeyError, TypeError, AttributeError):
        return fail(f"a notebook in {lessons} is damaged; restore them with `git restore notebooks`.")
    print("\n".join([*said, f"Your copies of the lessons are in {mine}"]), flush=True)
    if not (lessons / "solutions").exists():
        if options.solutions:
            print("The solutions are not part of this copy of the course.", flush=True)
    elif not (options.solutions or (mine / "solutions").exists()):
        print('The solutions come when you ask for them: make lab LAB_ARGS="--solutions"', flush=True)
    if options.prepare_only:
        return 0
    command = lab_command(mine, rest)
    if os.name == "nt":
        return subprocess.run(command, env=lab_environment(root)).returncode
    os.execve(command[0], command, lab_environment(root))


if __name__ == "__main__":
    sys.exit(main())
