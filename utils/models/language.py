"""A trained model of characters with its alphabet: from a text to what comes next, and to a file and back."""

from __future__ import annotations

import copy
import math
from pathlib import Path

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from utils.arrays.text import plain
from utils.checks import integer
from utils.files import DATA
from utils.models.language_model import LanguageModel
from utils.models.sampling import generate
from utils.models.saved import load_facts, load_weights, save_weights

SHIPPED = DATA / "language.safetensors"
ALPHABET = "\n" + "".join(map(chr, range(32, 127)))  # the end of a line, and what a keyboard of ASCII writes


class Language:
    """A model of characters and its alphabet: from a text to what comes next, and to a file and back.

    options: the arguments of LanguageModel after vocab_size. facts: how it was made and how well it does.
    """

    def __init__(self, model: LanguageModel, options: dict, alphabet: str = ALPHABET, facts: dict | None = None):
        self.model, self.options, self.alphabet, self.facts = model.eval(), options, alphabet, facts or {}
        self._ids = {character: i for i, character in enumerate(alphabet)}

    def encode(self, text: str) -> Tensor:
        """The id of each character of `text`, made `plain`, (N,) int64.

        Raises TypeError, or ValueError for no text or for characters that are unknown.
        """
        text = plain(text)
        if not text:
            raise ValueError("The text is empty; write at least one character.")
        if unknown := [repr(c) for c in dict.fromkeys(text) if c not in self._ids]:
            named = ", ".join(unknown[:8]) + (f" and {len(unknown) - 8} more" if len(unknown) > 8 else "")
            raise ValueError(f"The model does not know {named}; write with a keyboard's plain characters.")
        return torch.tensor([self._ids[character] for character in text])

    def decode(self, ids: Tensor) -> str:
        """The characters of ids (N,)."""
        return "".join(self.alphabet[i] for i in ids.tolist())

    @torch.inference_mode()
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

    def save(self, path: Path | str) -> None:
        """Write the weights in half precision, with alphabet, sizes and facts, as one safetensors file."""
        about = self.facts | {"options": self.options, "alphabet": self.alphabet}
        save_weights(copy.deepcopy(self.model).half(), path, about)


def load_language(path: Path | str = SHIPPED) -> Language:
    """Read what `Language.save` wrote; without a path, the model that ships with the course.

    Raises FileNotFoundError, or ValueError when the file is damaged or something else.
    """
    facts = load_facts(path, ("options", "alphabet"), "python -m utils.train language-model")
    options, alphabet = facts.pop("options"), facts.pop("alphabet")
    model = LanguageModel(len(alphabet), **options)
    load_weights(model, path)
    return Language(model, options, alphabet, facts)
