"""The trained model of characters in NumPy: what comes next, what it writes, and which characters moved it."""

from __future__ import annotations

import base64
import math
from collections.abc import Iterator
from copy import copy
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy import ndarray

from utils.arrays.layers import Unrolled
from utils.arrays.parameters import cells_of, double, single
from utils.arrays.sampling import check_options, choose, next_distribution
from utils.arrays.weights import file_of, read
from utils.checks import integer
from utils.files import DATA
from utils.text import plain

SHIPPED = DATA / "language.safetensors"
PIECE = 1000  # characters read at once, so that a long text needs little memory


class Written(NamedTuple):
    """One character that was written, how probable it was, and the model after it."""

    character: str
    chance: float  # the probability that the model itself gave it
    used: float  # and that with which it was chosen, after temperature, top-k and top-p
    logits: ndarray  # (V,), the scores of the next one
    state: list[tuple[ndarray, ...]]


class LanguageWriter:
    """A model of characters and its alphabet: from a text to what comes next.

    weights: the state dict of a `utils.models.LanguageModel` as arrays; half precision is read as float32.
    cell: what the weights do not tell, the nonlinearity of an RNN and the reset of a GRU. facts: how it was made.
    A state is a list with the states of each layer, (h,) or (h, c), each (H,).
    """

    def __init__(self, weights: dict[str, ndarray], alphabet: str, facts: dict | None = None, cell: dict | None = None):
        self.weights, self.cell = weights, cell or {}
        self.embedding = single(weights["embedding.weight"])  # (V, E)
        self.layers = cells_of(weights, "rnn.", **self.cell)
        self.W, self.b = single(weights["output.weight"]).T.copy(), single(weights["output.bias"])  # (H, V), (V,)
        self.alphabet, self.facts = alphabet, facts or {}
        # What the first layer makes of each character, (V, k H): a step then has one product less.
        self._brings = self.embedding @ self.layers[0].W + self.layers[0].b

    def packed(self) -> dict:
        """The writer as JSON can hold it, its weights in half precision as in a saved file, without its facts."""
        halves = {name: array.astype("<f2") for name, array in self.weights.items()}
        weights = {name: [a.shape, base64.b64encode(a.tobytes()).decode()] for name, a in halves.items()}
        return {"weights": weights, "alphabet": self.alphabet, "cell": self.cell}

    @classmethod
    def unpacked(cls, packed: dict) -> LanguageWriter:
        """The writer that `packed` gave."""
        weights = {
            name: np.frombuffer(base64.b64decode(data), "<f2").astype(np.float16).reshape(shape)
            for name, (shape, data) in packed["weights"].items()
        }
        return cls(weights, packed["alphabet"], cell=packed["cell"])

    def encode(self, text: str) -> ndarray:
        """The id of each character of `text`, made `plain`, (N,) int64; errors as `ids_of`."""
        return ids_of(text, self.alphabet)

    def decode(self, ids) -> str:
        """The characters of ids (N,)."""
        return "".join(self.alphabet[i] for i in ids)

    def read(self, text: str, state: list | None = None) -> tuple[ndarray, list]:
        """The scores (N, V) of what comes after each character of `text`, and the state after the last one.

        state: where to go on from; None is the state before any text.
        """
        h = self.embedding[self.encode(text)]  # (N, E)
        state, after = state or [None] * len(self.layers), []
        for cell, initial in zip(self.layers, state):
            unrolled = Unrolled(cell, h, initial)
            h = unrolled["h"]  # (N, H)
            after.append(unrolled.last())
        return h @ self.W + self.b, after

    def logits(self, text: str) -> ndarray:
        """The score of each character of the alphabet to come after `text`, (V,)."""
        return self.read(text)[0][-1]

    def stream(
        self, logits: ndarray, state: list, dice: ndarray, temperature: float = 1.0,
        top_k: int | None = None, top_p: float | None = None,
    ) -> Iterator[Written]:  # fmt: skip
        """Write on from what `read` gave, one character for each random number of `dice` (steps,), in [0, 1)."""
        check_options(temperature, top_k, top_p)
        for u in dice:
            p = next_distribution(logits, temperature, top_k, top_p)  # (V,)
            i = int(choose(p, u))
            chance = 1 / np.exp(np.minimum(logits - logits[i], 700), dtype=float).sum()
            logits, state = self.step(i, state)
            yield Written(self.alphabet[i], float(chance), float(p[i]), logits, state)

    def write(self, text: str, steps: int, seed: int = 0, **options) -> str:
        """What the model writes after `text`, `steps` characters; options: temperature, top_k, top_p."""
        logits, state = self.read(text)
        logits = logits[-1]
        dice = np.random.default_rng(integer("seed", seed, 0)).random(integer("steps", steps), np.float32)
        return "".join(written.character for written in self.stream(logits, state, dice, **options))

    def bits_per_character(self, text: str) -> float:
        """The mean of -log2 p over all characters of `text`, which is read from its beginning, after a line's end.

        Raises as `ids_of` does.
        """
        text = plain(text)
        ids, state, nats = np.concatenate([self.encode("\n"), self.encode(text)]), None, 0.0
        for begin in range(0, len(text), PIECE):
            logits, state = self.read(("\n" + text)[begin : begin + PIECE][: len(text) - begin], state)  # (N, V)
            logits = logits - logits.max(-1, keepdims=True)
            right = logits[np.arange(len(logits)), ids[begin + 1 : begin + 1 + len(logits)]]
            nats += float((np.log(np.exp(logits).sum(-1)) - right).sum(dtype=float))
        return nats / len(text) / math.log(2)

    def gradient(self, text: str, character: str, state: list | None = None) -> ndarray:
        """The gradient of the score that `character` comes next, by the embedding of each character of `text`: (N, E).

        By backpropagation through time, from the end of `text` to its beginning; state: what was read before it, as in
        `read`. Its norm says how far a small change of that character moves the score (Madsen 2019 draws it so).
        """
        h, read = self.embedding[self.encode(text)], []  # (N, E)
        for cell, initial in zip(self.layers, state or [None] * len(self.layers)):
            read.append(Unrolled(cell, h, initial))
            h = read[-1]["h"]  # (N, H)
        d = np.zeros_like(h)
        d[-1] = self.W[:, self.encode(character)[0]]
        for unrolled in reversed(read):
            d = unrolled.back(d).x
        return d

    @cached_property
    def exact(self) -> LanguageWriter:
        """The same writer with its weights in float64, for gradients whose last digits count."""
        writer = copy(self)
        for name in ("embedding", "W", "b", "_brings"):
            setattr(writer, name, getattr(self, name).astype(float))
        writer.layers = [double(cell) for cell in self.layers]
        return writer

    def step(self, i: int, state: list) -> tuple[ndarray, list]:
        """The scores (V,) and the state after one more character, the i-th of the alphabet."""
        after, a = [], self._brings[i]
        for layer, (cell, before) in enumerate(zip(self.layers, state)):
            step = cell.step(a if layer == 0 else after[-1][0] @ cell.W + cell.b, *before)
            after.append(tuple(step[: len(before)]))
        return after[-1][0] @ self.W + self.b, after


def ids_of(text: str, alphabet: str) -> ndarray:
    """The place in `alphabet` of each character of `text`, made `plain`, (N,) int64.

    TypeError, or ValueError for characters that are not there or an empty text.
    """
    text, places = plain(text), {character: i for i, character in enumerate(alphabet)}
    if not text:
        raise ValueError("The text is empty; write at least one character.")
    if unknown := [repr(c) for c in dict.fromkeys(text) if c not in places]:
        named = ", ".join(unknown[:8]) + (f" and {len(unknown) - 8} more" if len(unknown) > 8 else "")
        raise ValueError(f"The model does not know {named}; write with a keyboard's plain characters.")
    return np.array([places[character] for character in text])


def load_writer(path: Path | str = SHIPPED) -> LanguageWriter:
    """Read what `utils.models.language.Language.save` wrote; without a path, the model that ships with the course.

    Raises FileNotFoundError, or ValueError when the file is damaged or something else.
    """
    path = file_of(path)
    make = f"make it with `python -m utils.train language-model --save {path}`"
    arrays, facts = read(path, make, ("options", "alphabet"))
    alphabet = facts.pop("alphabet")
    facts.pop("options")
    return LanguageWriter(arrays, alphabet, facts)
