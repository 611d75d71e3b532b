"""Prose for language models: the reference manual that every Python brings along, or a text file of the learner's."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from utils.files import expanded
from utils.text import plain

HELD_OUT = ("calls", "comparisons", "strings", "typesmapping")  # about a tenth; no other topic repeats them

LEAST = 5000  # characters of a text file; of fewer a network learns no words

_PLAIN = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "..."})
_RULE = re.compile(r"\s*[-*=~^]{3,}")  # the line under a heading
_TABLE = re.compile(r"^\s*[+|][-=|+]{3,}", re.MULTILINE)


@dataclass(frozen=True)
class Prose:
    """text: all of it; of the manual all topics in alphabetical order. train, valid: the same in two parts."""

    text: str
    train: str
    valid: str


def python_docs() -> Prose:
    """The topics of Python's own help, pydoc_data.topics: about 340,000 characters, in newer versions some more.

    They are cleaned lightly. Many topics are cut out of longer ones: a topic that mostly repeats longer ones is left
    out, and a paragraph stands only once. Lines under headings, drawn tables, and trailing blanks are left out. Quotes
    and dashes of the printer become those of the keyboard; the few paragraphs with other characters beyond ASCII are
    left out. So there are at most 96 different characters, the end of a line among them.
    For validation, the whole topics in HELD_OUT are held out; train and valid share no paragraph.

    Text: the Python Software Foundation, under the PSF License Agreement (https://docs.python.org/3/license.html).
    It is part of each Python, so no network is needed. Raises ModuleNotFoundError for a Python without it.
    """
    try:
        from pydoc_data.topics import topics
    except ModuleNotFoundError:
        raise ModuleNotFoundError(
            "This Python came without its help texts (pydoc_data.topics); use a full one, such as python.org's."
        ) from None
    cleaned = {name: _paragraphs(text) for name, text in topics.items()}
    kept, seen = {}, set()
    for name in sorted(cleaned, key=lambda name: (-len(topics[name]), name)):
        new = list(dict.fromkeys(p for p in cleaned[name] if p not in seen))
        if 2 * sum(map(len, new)) > sum(map(len, cleaned[name])):
            kept[name] = new
            seen.update(new)
    names = sorted(kept)

    def together(chosen: list[str]) -> str:
        return "".join(f"{paragraph}\n\n" for name in chosen for paragraph in kept[name])

    return Prose(
        together(names),
        together([name for name in names if name not in HELD_OUT]),
        together([name for name in names if name in HELD_OUT]),
    )


def text_file(path: Path | str) -> Prose:
    """The text of a UTF-8 file as a keyboard would have typed it (`plain`); the last tenth is held out.

    Raises FileNotFoundError, or ValueError for what is no file of text or has fewer than LEAST characters.
    """
    path = expanded(path)
    try:
        text = plain(path.read_bytes().decode("utf-8"))
    except FileNotFoundError:
        raise FileNotFoundError(f"There is no file at {path}; name a text file.") from None
    except UnicodeDecodeError:
        raise ValueError(f"{path} is not UTF-8 text; save it as plain text in UTF-8 with an editor.") from None
    except OSError as failure:  # a folder, no permission
        raise ValueError(f"{path} cannot be read ({failure.strerror}); name a text file of yours.") from None
    if "\0" in text:  # UTF-16 without its mark, or no text at all
        raise ValueError(f"{path} is not UTF-8 text; save it as plain text in UTF-8 with an editor.")
    if len(text) < LEAST:
        raise ValueError(f"{path} has {len(text):,} characters; to learn from, take a text of {LEAST:,} or more.")
    cut = len(text) * 9 // 10
    return Prose(text, text[:cut], text[cut:])


def _paragraphs(text: str) -> list[str]:
    text = "\n".join(line.rstrip() for line in text.translate(_PLAIN).split("\n") if not _RULE.fullmatch(line.rstrip()))
    found = re.split(r"\n{2,}", text.strip("\n"))
    return [p for p in found if p.isascii() and not _TABLE.search(p)]
