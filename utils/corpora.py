"""Texts to learn from: real ones where this machine has them, else the sample that ships with the course."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import re
import tarfile
import zlib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import numpy as np
import torch
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from utils.errors import number, whole
from utils.files import DATA, cache, write_whole

ARCHIVE = "aclImdb_v1.tar.gz"
URL = f"https://ai.stanford.edu/~amaas/data/sentiment/{ARCHIVE}"
MD5 = "7c2ac02c03563afcf9b574c7e56c153a"  # of the official archive
REVIEWS = 12_500  # in each of train/neg, train/pos, test/neg, test/pos
NEGATIVE, POSITIVE = 0, 1

_REVIEW = re.compile(r"aclImdb/(train|test)/(neg|pos)/(\d+)_\d+\.txt")


@dataclass(frozen=True)
class Split:
    """Texts and their labels (int64; 0 negative, 1 positive)."""

    texts: list[str]
    labels: np.ndarray

    def __len__(self) -> int:
        return len(self.texts)

    def hold_out(self, share: float, blocks: int = 10) -> tuple[Split, Split]:
        """Two Splits that share no text: the rest to learn from, and `share` of each class to choose by.

        What is held out are `blocks` runs of neighbors, evenly spaced. The reviews of IMDb lie in the order of
        their films, so a run holds out whole films, as the test does. Drawn one by one, the held-out reviews would
        be of films that the model has learned from, and look easier than those of the test.
        Raises ValueError when a class has too few texts for so many runs.
        """
        if not 0 < number("share", share, 0, 1) < 1:
            raise ValueError(f"share must be above 0 and below 1, got {share}.")
        whole("blocks", blocks)
        held = np.zeros(len(self), dtype=bool)
        for label in np.unique(self.labels):
            for run in np.array_split(np.flatnonzero(self.labels == label), blocks):
                size = round(share * len(run))
                if not 0 < size < len(run):
                    raise ValueError(
                        f"Runs of {len(run)} texts are too short to hold out {share} of each; use fewer blocks."
                    )
                middle = (len(run) - size) // 2
                held[run[middle : middle + size]] = True
        return self._of(np.flatnonzero(~held)), self._of(np.flatnonzero(held))

    def sample(self, limit: int, seed: int = 0) -> Split:
        """At most `limit` of the texts, drawn at random and in random order."""
        generator = torch.Generator().manual_seed(whole("seed", seed, 0))
        return self._of(torch.randperm(len(self), generator=generator)[: whole("limit", limit)].numpy())

    def _of(self, places: np.ndarray) -> Split:
        return Split([self.texts[i] for i in places], self.labels[places])


@dataclass(frozen=True)
class Corpus:
    """A training and a test split; `sample` says whether it is the course's own sample."""

    train: Split
    test: Split
    sample: bool


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
        archive = _download()
    if archive is None:
        corpus = imdb_sample()
        count = len(corpus.train) + len(corpus.test)
        print(f"No IMDb reviews here: using the course's {count:,} generated ones. `make data` fetches the real ones.")
        return corpus
    key = hashlib.md5(archive.read_bytes(), usedforsecurity=False).hexdigest()
    cached = cache() / f"imdb-{key}.safetensors"
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
        raise FileNotFoundError(f"{path} is missing; fetch the course again, or make it: python tools/make_sample.py")
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    train, test = ([row for row in rows if row["split"] == split] for split in ("train", "test"))
    return Corpus(*(_split([row["text"] for row in s], [row["label"] for row in s]) for s in (train, test)), True)


def read_imdb_archive(path: Path | str) -> Corpus:
    """The reviews of aclImdb_v1.tar.gz, in the order of their folders and numbers, in one pass and in memory.

    Raises FileNotFoundError, or ValueError when the archive is cut short, holds something else, or holds a
    link or a path that leaves its folder.
    """
    path = Path(path)
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
    name = PurePosixPath(member.name)
    if not (member.isfile() or member.isdir()) or name.is_absolute() or ".." in name.parts:
        raise ValueError(f"{path} is refused: {member.name!r} in it is a link, or leads out of its folder.")
    if _REVIEW.fullmatch(member.name) and member.size > 1 << 20:
        raise ValueError(f"{path} is refused: {member.name!r} in it is larger than any review.")


def find_imdb(data: Path | str | None = None) -> Path | None:
    """The archive of the real reviews, looked for as `imdb` does; None when there is none. Raises FileNotFoundError."""
    for source, place in (("data", data), ("RNN_COURSE_DATA", os.environ.get("RNN_COURSE_DATA"))):
        if not place:
            continue
        if not isinstance(place, (str, os.PathLike)):
            raise TypeError(f"data must be a path, got {place!r}.")
        place = Path(place).expanduser()
        if not place.exists():
            raise FileNotFoundError(f"{source} names {place}, which does not exist; give the folder of {ARCHIVE}.")
        archive = place / ARCHIVE if place.is_dir() else place
        if archive.is_file():
            return archive
        if source == "data":
            raise FileNotFoundError(f"There is no {ARCHIVE} in {place}.")
    archive = cache() / ARCHIVE
    return archive if archive.is_file() else None


def _download() -> Path:
    """Fetch the official archive into the cache: 84 MB, with a progress bar; kept only if its checksum is right."""
    import pooch  # here, because only a download needs it

    try:
        return Path(pooch.retrieve(URL, f"md5:{MD5}", fname=ARCHIVE, path=cache(), progressbar=True))
    except (OSError, ValueError) as failure:
        raise ConnectionError(f"{URL} could not be fetched ({failure}); try again when the network is up.") from failure


def _split(texts: list[str], labels: list) -> Split:
    return Split(texts, np.asarray(labels, dtype=np.int64))


def _write_cache(path: Path, corpus: Corpus) -> None:
    """All texts as one row of UTF-8 bytes and the places where each ends."""
    encoded = [text.encode("utf-8") for split in (corpus.train, corpus.test) for text in split.texts]
    joined = np.frombuffer(b"".join(encoded), dtype=np.uint8)
    arrays = {
        "bytes": joined,
        "ends": np.cumsum([len(text) for text in encoded]),
        "labels": np.concatenate([corpus.train.labels, corpus.test.labels]),
    }
    facts = {"train": str(len(corpus.train)), "crc32": str(zlib.crc32(joined))}
    write_whole(path, save(arrays, metadata=facts))


def _read_cache(path: Path) -> Corpus | None:
    """What `_write_cache` wrote; None when it is not there or not whole."""
    try:
        with safe_open(path, framework="numpy") as file:
            facts, joined, ends, labels = file.metadata(), *(file.get_tensor(k) for k in ("bytes", "ends", "labels"))
    except (OSError, SafetensorError):
        return None
    if facts["crc32"] != str(zlib.crc32(joined)):
        return None
    joined, train = joined.tobytes(), int(facts["train"])
    texts = [joined[a:b].decode("utf-8") for a, b in zip([0, *ends[:-1].tolist()], ends.tolist())]
    return Corpus(Split(texts[:train], labels[:train]), Split(texts[train:], labels[train:]), False)


if __name__ == "__main__":
    corpus = imdb(download=True)
    print(f"IMDb: {len(corpus.train):,} reviews to learn from and {len(corpus.test):,} to test on, in {cache()}.")
