"""A trained model of characters with its alphabet: from a text to what comes next, and to a file and back."""

from __future__ import annotations

import math
from pathlib import Path

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from utils.arrays.language import LanguageWriter, ids_of
from utils.cells.layer import variant
from utils.checks import integer
from utils.files import DATA
from utils.models.language_model import LanguageModel
from utils.models.sampling import generate
from utils.models.saved import Trained, as_arrays, fill, read

SHIPPED = DATA / "language.safetensors"
ALPHABET = "\n" + "".join(map(chr, range(32, 127)))  # the end of a line, and what a keyboard of ASCII writes


class Language(Trained):
    """A model of characters and its alphabet: from a text to what comes next, and to a file and back.

    options: the arguments of LanguageModel after vocab_size. facts: how it was made and how well it does.
    epochs: where it was trained just now, a writer of the untrained model and of that after each epoch; not saved.
    """

    TASK = "language-model"

    def __init__(self, model: LanguageModel, options: dict, alphabet: str = ALPHABET, facts: dict | None = None):
        super().__init__(model, options, facts)
        self.alphabet, self.epochs = alphabet, []

    def encode(self, text: str) -> Tensor:
        """The id of each character of `text`, made `plain`, (N,) int64.

        Raises TypeError, or ValueError for no text or for characters that are unknown.
        """
        return encode(text, self.alphabet)

    def decode(self, ids: Tensor) -> str:
        """The characters of ids (N,)."""
        return "".join(self.alphabet[i] for i in ids.tolist())

    @torch.no_grad()
    def logits(self, text: str) -> Tensor:
        """The score of each character of the alphabet to come after `text`, (V,)."""
        return self.model(self.encode(text)[None])[0][0, -1].clone()

    def write(self, text: str, steps: int, seed: int = 0, **options) -> str:
        """What the model writes after `text`, `steps` characters; options: temperature, top_k, top_p."""
        generator = torch.Generator().manual_seed(integer("seed", seed, 0))
        prompt = self.encode(text)[None]  # (1, T0)
        return self.decode(generate(self.model, prompt, steps, generator=generator, **options)[0, prompt.shape[1] :])

    @torch.inference_mode()
    def bits_per_character(self, text: str) -> float:
        """The mean of -log2 p over all characters of `text`, which is read from its beginning, after a line's end.

        Raises as `encode` does.
        """
        ids, state, nats = torch.cat([self.encode("\n"), self.encode(text)]), None, 0.0
        for x, y in zip(ids[:-1].split(1000), ids[1:].split(1000)):
            logits, state = self.model(x[None], state)  # (1, T, V)
            nats += cross_entropy(logits[0], y, reduction="sum").item()
        return nats / (len(ids) - 1) / math.log(2)

    def reader(self) -> LanguageWriter:
        """The same model in NumPy alone, with copies of the weights."""
        return LanguageWriter(as_arrays(self.model.state_dict()), self.alphabet, self.facts, variant(self.model.rnn))

    def _needed(self) -> dict:
        return {"alphabet": self.alphabet}


def encode(text: str, alphabet: str = ALPHABET) -> Tensor:
    """The place in `alphabet` of each character of `text`, made `plain`, (N,) int64.

    TypeError, or ValueError for characters that are not there or an empty text.
    """
    return torch.from_numpy(ids_of(text, alphabet))


def load_language(path: Path | str = SHIPPED) -> Language:
    """Read what `Language.save` wrote; without a path, the model that ships with the course.

    Raises FileNotFoundError, or ValueError when the file is damaged or something else.
    """
    arrays, facts, (options, alphabet) = read(path, Language, ("options", "alphabet"))
    return Language(fill(LanguageModel(len(alphabet), **options), arrays), options, alphabet, facts)
