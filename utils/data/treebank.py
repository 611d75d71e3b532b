"""English sentences with a part of speech for each word: the treebank EWT of Universal Dependencies."""

from __future__ import annotations

import re
from pathlib import Path

from utils.data.sources import Tagged, Treebank, fetch, find
from utils.files import DATA, cache, expanded

UPOS = (
    "ADJ", "ADP", "ADV", "AUX", "CCONJ", "DET", "INTJ", "NOUN", "NUM", "PART", "PRON", "PROPN", "PUNCT", "SCONJ", "SYM",
    "VERB", "X",
)  # fmt: skip
FOLDER = "ud_english_ewt"
RELEASED = "UD_English-EWT*"  # what the folder is called in the release, and in a clone or zip file of its repository
URL = "https://raw.githubusercontent.com/UniversalDependencies/UD_English-EWT/r2.16/"  # the release of May 2025
SIZES = {"train": (12_544, 204_577), "dev": (2_001, 25_147), "test": (2_077, 25_094)}  # sentences and words
# Of the official files. That of train was not taken from the file itself: two other projects publish it,
# and the checksums they give for the other parts are those of the official files at hand.
SHA256 = {
    "train": "3fb78e2b55482c8ee00caa653af436c88c9e5bc9a73ce26e4ae3ddc79d2b7e7b",
    "dev": "531a54ff90d6ab12201c5a50c3e78e6ddac4de69abc4bce5d275d3cd29efe2b6",
    "test": "e266e515a0a7547657ed3d90d9ba46487d6bd251f27ad4269d4e8a427c8555cd",
}

_RANGE = re.compile("([1-9][0-9]{0,5})-([1-9][0-9]{0,5})")  # of words that were written together


def ud_english(data: Path | str | None = None, download: bool = False) -> Treebank:
    """English sentences from the web, each word with one of the 17 parts of speech in UPOS.

    Real ones (Silveira et al. 2014; Universal Dependencies 2.16, CC BY-SA 4.0: 12,544 to learn from, 2,001 to choose
    by, 2,077 to test on) when they are found: at `data` (the folder ud_english_ewt, or the one it lies in), in the
    folder that RNN_COURSE_DATA names, or in the course's cache. They are downloaded into that cache (18 MB) only with
    download=True, and kept only if their checksums are right. A folder of your own is taken at its word: its files
    are checked for their format and their numbers of sentences and words. Else the generated sample, and one line
    says so.

    Raises FileNotFoundError when `data` or RNN_COURSE_DATA names nothing, ValueError for a damaged file,
    ConnectionError when the download fails.
    """
    folder = find_ud_english(data)
    if folder is None and download:
        folder = cache() / FOLDER
        for part, checksum in SHA256.items():
            fetch(URL + _file(part), f"sha256:{checksum}", folder / _file(part))
    if folder is None:
        bank = ud_sample()
        count = sum(map(len, (bank.train, bank.dev, bank.test)))
        print(f"No treebank here: using the course's {count} generated sentences. `make data` fetches the real one.")
        return bank
    parts = {part: read_conllu(folder / _file(part)) for part in SIZES}
    for part, found in parts.items():
        size = len(found), sum(map(len, found.words))
        if size != SIZES[part]:
            (sentences, words), right = size, SIZES[part]
            raise ValueError(
                f"{folder / _file(part)} has {sentences:,} sentences of {words:,} words instead of {right[0]:,} of "
                f"{right[1]:,}; fetch it again (release 2.16)."
            )
    return Treebank(**parts, sample=False)


def ud_sample() -> Treebank:
    """The generated sentences that ship with the course; see data/README.md. Raises FileNotFoundError."""
    path = DATA / "ud_sample.conllu"
    if not path.is_file():
        raise FileNotFoundError(f"{path} is missing; fetch the course again, or run `python tools/make_treebank.py`.")
    _, *parts = path.read_text(encoding="utf-8").split("# newdoc id = ")  # the name of the part ends the comment
    return Treebank(**{text.split("\n")[0]: parse_conllu("# " + text, path.name) for text in parts}, sample=True)


def find_ud_english(data: Path | str | None = None) -> Path | None:
    """The folder of the real treebank, looked for as `ud_english` does, or None. Raises FileNotFoundError."""
    return find(
        FOLDER,
        data,
        lambda place: [place, place / FOLDER, *sorted(place.glob(RELEASED))],
        lambda folder: all((folder / _file(part)).is_file() for part in SIZES),
    )


def read_conllu(path: Path | str) -> Tagged:
    """The words and parts of speech of a file in the format CoNLL-U. Raises FileNotFoundError or ValueError."""
    path = expanded(path)
    try:
        text = path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        raise FileNotFoundError(f"There is no treebank file at {path}.") from None
    except UnicodeDecodeError as failure:
        raise ValueError(f"{path} cannot be read, for it is not text in UTF-8; CoNLL-U is.") from failure
    except OSError as failure:
        raise ValueError(f"{path} cannot be read ({failure.strerror}); give a file in the format CoNLL-U.") from failure
    return parse_conllu(text, str(path))


def parse_conllu(text: str, name: str = "text") -> Tagged:
    """The words and parts of speech in `text`; see https://universaldependencies.org/format.html.

    A word is a line of ten columns between tabs (number, word, lemma, part of speech, ...), a comment begins with #,
    an empty line ends a sentence. Left out are the lines of words as they were written together ("1-2 don't", before
    "1 do" and "2 n't") and words that were not written ("8.1"). What an editor does to a file is no fault: a
    byte-order mark, the line ends of another system, blanks in an empty line, no end of the last line.
    Raises ValueError, which names the line.
    """
    words, tags, sentences = [], [], Tagged([], [])
    together, unwritten = 0, 0  # the last word of the last range, and how many unwritten words follow the last word
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")

    def fault(number: int, what: str) -> ValueError:
        return ValueError(f"{name} is damaged or not CoNLL-U: line {number} {what}.")

    for number, line in enumerate([*lines, ""], start=1):
        if line.startswith("#"):
            continue
        if not line.strip():
            if together > len(words):
                raise fault(number, f"ends a sentence before its word {together}, which a range names")
            if words:
                sentences.words.append(words)
                sentences.tags.append(tags)
            words, tags, together, unwritten = [], [], 0, 0
            continue
        columns = line.split("\t")
        if len(columns) != 10:
            raise fault(number, f"has {len(columns)} columns, not 10 with tabs between them")
        place, word, _, tag = columns[:4]
        if match := _RANGE.fullmatch(place):
            first, last = int(match[1]), int(match[2])
            if first != len(words) + 1 or first <= together or last <= first:
                raise fault(number, f"is the range {place!r}, which does not stand before its first word")
            together = last
        elif place == f"{len(words)}.{unwritten + 1}":
            unwritten += 1
        elif place != str(len(words) + 1):
            raise fault(number, f"is word {place!r}, not {len(words) + 1}")
        elif not word.strip():
            raise fault(number, "has no word in its second column")
        elif tag not in UPOS:
            raise fault(number, f"has the unknown part of speech {tag!r}")
        else:
            words.append(word)
            tags.append(tag)
            unwritten = 0
    if not sentences.words:
        raise ValueError(f"{name} is damaged or not CoNLL-U: it holds no sentence.")
    return sentences


def _file(part: str) -> str:
    return f"en_ewt-ud-{part}.conllu"
