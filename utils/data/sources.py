"""What a data set is, where it is looked for, and how it is fetched."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from utils.checks import integer, number, short_repr
from utils.files import cache, expanded


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
        integer("blocks", blocks)
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
        generator = torch.Generator().manual_seed(integer("seed", seed, 0))
        return self._of(torch.randperm(len(self), generator=generator)[: integer("limit", limit)].numpy())

    def _of(self, places: np.ndarray) -> Split:
        return Split([self.texts[i] for i in places], self.labels[places])


@dataclass(frozen=True)
class Corpus:
    """A training and a test split; `sample` says whether it is the course's own sample."""

    train: Split
    test: Split
    sample: bool


@dataclass(frozen=True)
class Tagged:
    """Sentences: for each one a list of its words, and a list as long of their parts of speech."""

    words: list[list[str]]
    tags: list[list[str]]

    def __len__(self) -> int:
        return len(self.words)


@dataclass(frozen=True)
class Treebank:
    """Tagged sentences to learn from, to choose by (dev) and to test on; `sample` as in Corpus."""

    train: Tagged
    dev: Tagged
    test: Tagged
    sample: bool


def find(
    name: str,
    data: Path | str | None,
    candidates: Callable[[Path], Iterable[Path]],
    is_it: Callable[[Path], bool],
) -> Path | None:
    """The first of the `candidates` of a place for which `is_it` holds; None when no place has one.

    The places: `data`, the folder that RNN_COURSE_DATA names, the course's cache. name: what is said to be missing.
    Raises FileNotFoundError when a named place does not exist, or `data` does not hold it; TypeError for no path.
    """
    for source, place in (("data", data), ("RNN_COURSE_DATA", os.environ.get("RNN_COURSE_DATA"))):
        if not place:
            continue
        if not isinstance(place, (str, os.PathLike)):
            raise TypeError(f"data must be a path, got {short_repr(place)}.")
        place = expanded(place)
        if not place.exists():
            raise FileNotFoundError(f"{source} names {place}, which does not exist; give the folder of {name}.")
        for candidate in candidates(place):
            if is_it(candidate):
                return candidate
        if source == "data":
            raise FileNotFoundError(f"There is no {name} in {place}.")
    return next(filter(is_it, candidates(cache())), None)


def fetch(url: str, checksum: str, path: Path) -> Path:
    """Download `url` to `path` with a progress bar, unless it is there; it is kept only if its checksum is right.

    checksum: "md5:..." or "sha256:...". Raises ConnectionError.
    """
    import pooch  # here, because only a download needs it

    try:
        return Path(pooch.retrieve(url, checksum, fname=path.name, path=path.parent, progressbar=True))
    except (OSError, ValueError) as failure:
        raise ConnectionError(f"{url} could not be fetched ({failure}); try again when the network is up.") from failure
