"""The film reviews of IMDb: read straight from their archive, or from the folder that it unpacks to."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import json
import lzma
import os
import re
import tarfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path, PureWindowsPath

import numpy as np
from safetensors.numpy import load, save

from utils.data.sources import Corpus, Split, fetch, find
from utils.files import DATA, cache, expanded, write_whole

ARCHIVE = "aclImdb_v1.tar.gz"
URL = f"https://ai.stanford.edu/~amaas/data/sentiment/{ARCHIVE}"
MD5 = "7c2ac02c03563afcf9b574c7e56c153a"  # of the official archive
FOLDERS = ("train/neg", "train/pos", "test/neg", "test/pos")
REVIEWS = 12_500  # in each of them

_REVIEW = re.compile(r"(?:.*/)?(train|test)/(neg|pos)/(\d+)_\d+\.txt")
_NAMES = re.compile(r"aclImdb.*\.(tar|tgz|tar\.(gz|bz2|xz))", re.IGNORECASE)  # such as aclImdb_v1 (1).tar.gz
_MOST = 1 << 20  # bytes, more than any review has
_COMPRESSED = {b"\x1f\x8b": gzip.open, b"BZh": bz2.open, b"\xfd7zXZ": lzma.open}
_DAMAGED = (tarfile.TarError, EOFError, zlib.error, lzma.LZMAError, gzip.BadGzipFile)
_CSV = re.compile(rb"(\xef\xbb\xbf)?\W*(review|text|sentence|sentiment|label)\W", re.IGNORECASE)  # a table's first line
_WANTED = f"wanted is {ARCHIVE}, which `make data` fetches, or the folder aclImdb that it unpacks to"


def imdb(data: Path | str | None = None, download: bool = False) -> Corpus:
    """Film reviews with a label: 0 negative, 1 positive.

    Real ones (Maas et al. 2011, 25,000 for training and 25,000 for the test) when they are found: at `data`
    (the archive, the folder aclImdb that it unpacks to, or the folder where one of them lies), in the folder that
    RNN_COURSE_DATA names, or in the course's cache. They are downloaded into that cache only with download=True.
    Else the generated sample, and one line says so.
    The archive is read as it is, without unpacking; its texts are kept in the cache, so the second time is fast.

    Raises FileNotFoundError when `data` or RNN_COURSE_DATA names nothing, ValueError for a damaged or hostile archive
    or for reviews in another form, ConnectionError when the download fails.
    """
    found = find_imdb(data)
    if found is None and download:
        found = fetch(URL, f"md5:{MD5}", cache() / ARCHIVE)
    if found is None:
        corpus = imdb_sample()
        count = len(corpus.train) + len(corpus.test)
        print(f"No IMDb reviews here: using the course's {count:,} generated ones. `make data` fetches the real ones.")
        return corpus
    cached = cache() / f"imdb-{_fingerprint(found)}.arrays"
    corpus = _read_cache(cached)
    if corpus is None:
        corpus = read_imdb_folder(found) if found.is_dir() else read_imdb_archive(found)
        try:
            _write_cache(cached, corpus)
        except OSError as failure:
            print(f"The reviews could not be kept in {cached.parent} ({failure}); the next start will be slow again.")
    return corpus


def imdb_sample() -> Corpus:
    """The generated reviews that ship with the course; see data/README.md. Raises FileNotFoundError."""
    path = DATA / "imdb_sample.jsonl"
    if not path.is_file():
        raise FileNotFoundError(f"{path} is missing; fetch the course again, or run `python tools/make_sample.py`.")
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    train, test = ([row for row in rows if row["split"] == split] for split in ("train", "test"))
    return Corpus(*(_split([row["text"] for row in s], [row["label"] for row in s]) for s in (train, test)), True)


def read_imdb_archive(path: Path | str) -> Corpus:
    """The reviews of aclImdb_v1.tar.gz, in the order of their folders and numbers, in one pass and in memory.

    The archive may have another name, be a .tar, or be compressed otherwise. Raises FileNotFoundError, or ValueError
    when it is cut short, holds something else, or holds a link or a path that leaves its folder.
    """
    path = expanded(path)
    try:
        return _corpus(path, _members(path))
    except FileNotFoundError:
        raise FileNotFoundError(f"There is no archive at {path}.") from None
    except _DAMAGED as failure:
        raise ValueError(f"{path} is damaged or cut short ({failure}); delete it and fetch it again.") from failure
    except OSError as failure:
        raise ValueError(f"{path} cannot be read ({failure.strerror or failure}): {_WANTED}.") from failure


def read_imdb_folder(path: Path | str) -> Corpus:
    """The reviews of the folder aclImdb, which the archive unpacks to: the same texts in the same order.

    Other files in it, such as those of train/unsup, are not read. Raises ValueError when reviews are missing.
    """
    path = expanded(path)
    try:
        return _corpus(path, ((name, file.stat().st_size, (path / name).read_bytes) for name, file in _files(path)))
    except OSError as failure:
        raise ValueError(f"{failure.filename} cannot be read ({failure.strerror}): {_WANTED}.") from failure


def _corpus(path: Path, files: Iterable[tuple[str, int, Callable[[], bytes]]]) -> Corpus:
    """The reviews among `files` (name, size, what reads it), sorted; `path` is where they come from."""
    reviews: dict[str, list] = {"train": [], "test": []}
    for name, size, read in files:
        if match := _REVIEW.fullmatch(name):
            if size > _MOST:
                raise ValueError(f"{path} is refused: {name!r} in it is larger than any review.")
            try:
                text = read().decode("utf-8")
            except UnicodeDecodeError:
                raise ValueError(f"{path} is refused: {name!r} in it is not text in UTF-8: {_WANTED}.") from None
            reviews[match[1]].append((match[2] == "pos", int(match[3]), text))
    counts = Counter((split, label) for split, found in reviews.items() for label, _, _ in found)
    for folder in FOLDERS:
        split, label = folder.split("/")
        count = counts[split, label == "pos"]
        if count != REVIEWS:
            raise ValueError(f"{path} has {count:,} reviews in {folder} instead of {REVIEWS:,}: {_WANTED}.")
    for found in reviews.values():
        found.sort()
    return Corpus(*(_split([r[2] for r in found], [r[0] for r in found]) for found in reviews.values()), False)


def _files(path: Path) -> Iterator[tuple[str, os.DirEntry]]:
    """What lies in the four folders of an unpacked archive, by name."""
    for folder in FOLDERS:
        for file in os.scandir(path / folder):
            yield f"{folder}/{file.name}", file


def _fingerprint(path: Path) -> str:
    """By what the cache knows an archive, its content, or a folder: its files' names, sizes and times."""
    digest = hashlib.md5(usedforsecurity=False)  # some systems refuse the plain one
    if path.is_dir():
        for row in sorted((name, (at := file.stat()).st_size, at.st_mtime_ns) for name, file in _files(path)):
            digest.update(repr(row).encode())
        return digest.hexdigest()
    with open(path, "rb") as file:
        return hashlib.file_digest(file, lambda: digest).hexdigest()


def _members(path: Path) -> Iterator[tuple[str, int, Callable[[], bytes]]]:
    """The name of each member of an archive, its size, and what reads it; ValueError for what is no archive."""
    begins = _begins(path)
    uncompressed = next((opened for magic, opened in _COMPRESSED.items() if begins.startswith(magic)), open)
    with uncompressed(path, "rb") as stream:
        try:
            tar = tarfile.open(fileobj=stream, mode="r|")
        except tarfile.TarError:
            form = _form(path, begins) or "is not the archive of the reviews"
            raise ValueError(f"{path} {form}: {_WANTED}.") from None
        with tar:
            for member in tar:
                name = PureWindowsPath(member.name)  # knows / and \\ and drives
                if not (member.isfile() or member.isdir()) or name.anchor or ".." in name.parts:
                    raise ValueError(f"{path} is refused: {member.name!r} in it is a link, or leads out of its folder.")
                if member.isfile():
                    yield member.name, member.size, tar.extractfile(member).read
        while stream.read(1 << 20):  # to the end, where the checksum stands
            pass


def _begins(path: Path) -> bytes:
    with open(path, "rb") as file:
        return file.read(512)


def _form(path: Path, begins: bytes) -> str | None:
    """What a file is that is known to be no archive of the reviews, from its first bytes and its name; else None."""
    if begins.startswith(b"PK"):
        return "is a zip file, which is not read"
    if path.suffix.lower() in (".csv", ".tsv", ".parquet", ".json", ".jsonl") or _CSV.match(begins):
        return "is a table that does not say which reviews are for training and which for the test"
    return None


def find_imdb(data: Path | str | None = None) -> Path | None:
    """The archive or the folder of the real reviews, looked for as `imdb` does; None when there is none.

    Raises FileNotFoundError, or ValueError for a file of the reviews in another form.
    """
    found = find(f"{ARCHIVE} or folder aclImdb", data, _candidates, lambda path: path.is_file() or _is_unpacked(path))
    if found is not None and found.is_file() and (form := _form(found, _begins(found))):
        raise ValueError(f"{found} {form}: {_WANTED}.")
    return found


def _candidates(place: Path) -> list[Path]:
    """What may be the reviews at a place: it, what is called like them in it, and a folder in a folder."""
    if not place.is_dir():
        return [place]
    inside = sorted(path for path in place.glob("aclImdb*") if path.is_dir() or _NAMES.fullmatch(path.name))
    return [place / ARCHIVE, place, *inside, *(path / "aclImdb" for path in inside)]


def _is_unpacked(path: Path) -> bool:
    return all((path / folder).is_dir() for folder in FOLDERS)


def _split(texts: list[str], labels: list) -> Split:
    return Split(texts, np.asarray(labels, dtype=np.int64))


def _write_cache(path: Path, corpus: Corpus) -> None:
    """All texts as one row of UTF-8 bytes and the places where each ends; before it all, a checksum of it all."""
    encoded = [text.encode("utf-8") for split in (corpus.train, corpus.test) for text in split.texts]
    content = save({
        "bytes": np.frombuffer(b"".join(encoded), dtype=np.uint8),
        "ends": np.cumsum([len(text) for text in encoded]),
        "labels": np.concatenate([corpus.train.labels, corpus.test.labels]),
        "train": np.array([len(corpus.train)]),
    })  # fmt: skip
    write_whole(path, _checksum(content) + content)


def _read_cache(path: Path) -> Corpus | None:
    """What `_write_cache` wrote; None when it is not there or not whole."""
    try:
        with open(path, "rb") as file:
            checksum, content = file.read(4), file.read()
    except OSError:
        return None
    if checksum != _checksum(content):
        return None
    arrays = load(content)
    joined, labels, train = memoryview(arrays["bytes"]), arrays["labels"], int(arrays["train"][0])
    ends = arrays["ends"].tolist()
    texts = [str(joined[a:b], "utf-8") for a, b in zip([0, *ends[:-1]], ends)]
    return Corpus(Split(texts[:train], labels[:train]), Split(texts[train:], labels[train:]), False)


def _checksum(content: bytes) -> bytes:
    return zlib.crc32(content).to_bytes(4, "little")
