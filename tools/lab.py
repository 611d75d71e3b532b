"""Open the course in JupyterLab, in the learner's own copies of the lessons.

    python tools/lab.py                               prepare the copies, open JupyterLab on lesson 00
    python tools/lab.py --no-browser --port 8899      what this tool does not know goes to JupyterLab
    python tools/lab.py --solutions                   hand out the solution notebooks too
    python tools/lab.py --prepare-only                prepare the copies and stop

The copies live in my_lessons/. A copy in which the learner wrote nothing follows the course, whether it was run or not.
A copy in which the learner wrote is never touched: the new lesson arrives beside it, as 01_name.updated.ipynb.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RECORD = ".handed_out.json"
FIRST = "00_start_here.ipynb"


def digests(data: bytes) -> dict[str, str]:
    """Two checksums of a notebook: of its bytes, and of what people write in it. Opening, running and saving a notebook
    changes the first; the second is the cells' text alone (the bytes again, if the file is no notebook)."""
    try:
        cells = json.loads(data)["cells"]
        written = json.dumps(
            [[cell["cell_type"], "".join(cell["source"]), cell.get("attachments") or None] for cell in cells]
        )
    except (ValueError, KeyError, TypeError):
        written = None
    file = hashlib.sha256(data).hexdigest()
    return {"file": file, "text": hashlib.sha256(written.encode()).hexdigest() if written is not None else file}


def write_atomically(path: Path, data: bytes) -> None:
    """Write `data` so that an interruption leaves the old file or the new one, never a half."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        half.write_bytes(data)
        os.replace(half, path)
    finally:
        half.unlink(missing_ok=True)


def read_record(mine: Path) -> dict[str, dict[str, str]]:
    """What was handed out: file name -> its digests. A damaged record counts as none, and nothing is lost by it: a file
    that is not in the record is taken to be the learner's own."""
    try:
        record = json.loads((mine / RECORD).read_text(encoding="utf-8"))
        return {name: {"file": str(entry["file"]), "text": str(entry["text"])} for name, entry in record.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def text_in(record: dict, name: str) -> str | None:
    return record.get(name, {}).get("text")


def place_beside(mine: Path, name: str, record: dict) -> str:
    """The name under which an update of `name` can arrive without touching anything the learner wrote."""
    stem, number = name.removesuffix(".ipynb"), 1
    while True:
        beside = f"{stem}.updated{number if number > 1 else ''}.ipynb"
        path = mine / beside
        if not path.exists() or digests(path.read_bytes())["text"] == text_in(record, beside):
            return beside
        number += 1


def handed_out_before(name: str, new: dict[str, str], record: dict) -> bool:
    beside = name.removesuffix(".ipynb") + ".updated"
    return any(entry["text"] == new["text"] for key, entry in record.items() if key == name or key.startswith(beside))


def prepare(lessons: Path, mine: Path, solutions: bool = False) -> list[str]:
    """Bring the learner's copies in `mine` up to date with `lessons`; return one line for each thing worth saying."""
    record, said = read_record(mine), []
    names = [path.relative_to(lessons).as_posix() for path in sorted(lessons.rglob("*.ipynb"))]
    names = [name for name in names if not any(part.startswith(".") for part in Path(name).parts)]
    for name in names:
        copy, lesson = mine / name, (lessons / name).read_bytes()
        if name.startswith("solutions/") and not (solutions or name in record):
            continue
        new, now = digests(lesson), digests(copy.read_bytes()) if copy.exists() else None
        old = record.get(name)
        if now is None:
            write_atomically(copy, lesson)
            said.append(f"New: {name}")
            record[name] = new
        elif now["text"] == new["text"] and now != old:  # the same lesson, with the outputs of the learner's run
            record[name] = new
        elif old and now["text"] == old["text"]:
            if now != new:
                write_atomically(copy, lesson)
                said.append(f"Updated: {name}")
            record[name] = new
        elif not handed_out_before(name, new, record):
            beside = place_beside(mine, name, record)
            write_atomically(mine / beside, lesson)
            said.append(f"You changed {name}, so it stays as it is; the updated lesson is beside it: {beside}")
            record[beside] = new
    write_atomically(mine / RECORD, json.dumps(record, indent=1, sort_keys=True).encode())
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
        return fail(f"there are no lessons in {lessons}; make them with: make build")
    try:
        said = prepare(lessons, mine, options.solutions)
    except OSError as error:
        return fail(f"the copies in {mine} could not be written ({error.strerror}); check that the folder is yours.")
    print("\n".join([*said, f"Your copies of the lessons are in {mine}"]), flush=True)
    if not (options.solutions or (mine / "solutions").exists()):
        print('The solutions come when you ask for them: make lab LAB_ARGS="--solutions"', flush=True)
    if options.prepare_only:
        return 0
    command = lab_command(mine, rest)
    if os.name == "nt":
        return subprocess.run(command, env=lab_environment(root)).returncode
    os.execve(command[0], command, lab_environment(root))


if __name__ == "__main__":
    sys.exit(main())
