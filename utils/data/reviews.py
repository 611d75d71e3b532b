"""The film reviews of IMDb: read straight from their archive, and kept in the cache as flat arrays."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import tarfile
import zlib
from collections import Counter
from pathlib import Path, PureWindowsPath

import numpy as np
from safetensors.numpy import load, save

from utils.data.sources import Corpus, Split, fetch, find
from utils.files import DATA, cache, expanded, write_whole

ARCHIVE = "aclImdb_v1.tar.gz"
URL = f"https://ai.stanford.edu/~amaas/data/sentiment/{ARCHIVE}"
MD5 = "7c2ac02c03563afcf9b574c7e56c153a"  # of the official archive
REVIEWS = 12_500  # in each of train/neg, train/pos, test/neg, test/pos
NEGATIVE, POSITIVE = 0, 1

_REVIEW = re.compile(r"aclImdb/(train|test)/(neg|pos)/(\d+)_\d+\.txt")


def imdb(data: Path | str | None = None, download: bool = False) -> Corpus:
    """Film reviews with a label: 0 negative, 1 positive.

    Real ones (Maas et al. 2011, 25,000 for training and 25,000 for the test) when they are found: at `data`
    (the archive or its folder), in the folder that RNN_COURSE_DATA names, or in the course's cache. They are
    downloaded into that cache only with download=True. Else the generated sample, and one line says so.
    The archive is read as it is, without unpacking; its texts are kept in the cache, so the second time is fast.

    Raises FileNotFoundError when `data` or RNN_COURSE_DATA names nothing, ValueError for a damaged or
    hostile archive, ConnectionError when the download fails.
    """
    archive = find_imdb(data)
    if archive is None and download:
        archive = fetch(URL, f"md5:{MD5}", cache() / ARCHIVE)
    if archive is None:
        corpus = imdb_sample()
        count = len(corpus.train) + len(corpus.test)
        print(f"No IMDb reviews here: using the course's {count:,} generated ones. `make data` fetches the real ones.")
        return corpus
    with open(archive, "rb") as file:
        key = hashlib.file_digest(file, _md5).hexdigest()
    cached = cache() / f"imdb-{key}.arrays"
    corpus = _read_cache(cached)
    if corpus is None:
        corpus = read_imdb_archive(archive)
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

    Raises FileNotFoundError, or ValueError when the archive is cut short, holds something else, or holds a
    link or a path that leaves its folder.
    """
    path = expanded(path)
    reviews: dict[str, list] = {"train": [], "test": []}
    try:
        with gzip.open(path) as stream:
            with tarfile.open(fileobj=stream, mode="r|") as tar:
                for member in tar:
                    _refuse_hostile(path, member)
                    if match := _REVIEW.fullmatch(member.name):
                        text = tar.extractfile(member).read().decode("utf-8")
                        reviews[match[1]].append((match[2] == "pos", int(match[3]), text))
            while stream.read(1 << 20):  # to the end, where the checksum stands
                pass
    except FileNotFoundError:
        raise FileNotFoundError(f"There is no archive at {path}.") from None
    except (tarfile.TarError, EOFError, zlib.error, OSError, UnicodeDecodeError) as failure:
        raise ValueError(f"{path} is damaged or not {ARCHIVE} ({failure}); delete it and fetch it again.") from failure
    for split, found in reviews.items():
        counts = Counter(label for label, _, _ in found)
        for label, folder in ((False, "neg"), (True, "pos")):
            if counts[label] != REVIEWS:
                raise ValueError(
                    f"{path} has {counts[label]:,} reviews in {split}/{folder} instead of {REVIEWS:,}; "
                    f"fetch {ARCHIVE} again."
                )
        found.sort()
    return Corpus(*(_split([r[2] for r in found], [r[0] for r in found]) for found in reviews.values()), False)


def _refuse_hostile(path: Path, member: tarfile.TarInfo) -> None:
    name = PureWindowsPath(member.name)  # knows / and \\ and drives
    if not (member.isfile() or member.isdir()) or name.anchor or ".." in name.parts:
        raise ValueError(f"{path} is refused: {member.name!r} in it is a link, or leads out of its folder.")
    if _REVIEW.fullmatch(member.name) and member.size > 1 << 20:
        raise ValueError(f"{path} is refused: {member.name!r} in it is larger than any review.")


def find_imdb(data: Path | str | None = None) -> Path | None:
    """The archive of the real reviews, looked for as `imdb` does; None when there is none. Raises FileNotFoundError."""
    return find(ARCHIVE, data, Path.is_file)


def _md5():
    return hashlib.md5(usedforsecurity=False)  # some systems refuse the plain one


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
