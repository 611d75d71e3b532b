"""Recipes for a language model of characters, of Python's manual or a text of yours, and what to compare it with.

    python -m utils.train language-model --text story.txt --save story

Then `explorers.Writer(load_language("story"))` writes from it. In a notebook, with a writer for each epoch:

    [model], _ = run(RECIPES["quick"], prose=text_file("story.txt"))
    explorers.Writer({f"after epoch {n}": writer for n, writer in enumerate(model.epochs)})
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import ClassVar

from utils.cells.initialize import forget_bias_
from utils.data import Prose, python_docs
from utils.models.baselines import COMPRESSORS, NGram, compressed_bits
from utils.models.language import ALPHABET, Language, encode
from utils.models.language_model import Carried, LanguageModel, Streams
from utils.train import recipes
from utils.train.history import History
from utils.train.trainer import Trainer


@dataclass(frozen=True)
class Recipe(recipes.Recipe):
    """Sizes of the LanguageModel; B streams, T steps of a batch; the rest as in Trainer."""

    epochs: int = 2
    embedding: int = 64
    hidden: int = 256
    num_layers: int = 1
    dropout: float = 0.0
    B: int = 16
    T: int = 64
    weight_decay: float = 1e-2
    average: float = 0.0

    MODEL: ClassVar = ("embedding", "hidden", "num_layers", "dropout")
    TRAINER: ClassVar = ("lr", "epochs", "weight_decay", "average")

    def training(self) -> dict:
        """The arguments of the Trainer, which trains through all epochs."""
        return super().training() | {"patience": self.epochs}


RECIPES = {
    "quick": Recipe("a small one, for a lesson", hidden=128),
    "ships": Recipe("the one that ships with the course", dropout=0.2, epochs=20),
}


MANUAL = 300_000  # about as many characters of the manual are learned from in an epoch
MOST_EPOCHS = 30


def run(
    recipe: Recipe, seeds: Iterable[int] = (0,), prose: Prose | None = None, progress: bool = True
) -> tuple[list[Language], dict]:
    """Train one model a seed on `prose`, choosing the epoch on what is held out: see utils.train.recipes.run.

    prose: what `text_file` gives; without it, python_docs(). There is no test: what is held out also says how good the
    model is. A text shorter than the manual is read in more epochs, up to 30, so that as much is learned.
    """
    if prose:
        epochs = math.ceil(recipe.epochs * MANUAL / len(prose.train))
        recipe = replace(recipe, epochs=max(recipe.epochs, min(epochs, MOST_EPOCHS)))
    return recipes.run(Characters, recipe, prose, seeds, False, progress)


class Characters(recipes.Task):
    """A text as streams of characters."""

    def __init__(self, recipe: Recipe, prose: Prose | None):
        super().__init__(recipe)
        self.prose, self.alphabet = prose or python_docs(), alphabet_of(prose)
        self.train = Streams(encode(self.prose.train, self.alphabet), recipe.B, recipe.T)
        self.valid = Streams(encode(self.prose.valid, self.alphabet), 8, 256)
        self.data = {"train": len(self.prose.train), "valid": len(self.prose.valid)}
        self.learned = f"{len(self.prose.train):,} characters"

    def network(self) -> Carried:
        model = LanguageModel(len(self.alphabet), **self.recipe.options())
        forget_bias_(model.rnn, 1.0)
        self.epochs = []
        return Carried(model)

    def after(self, network: Carried) -> None:
        self.epochs.append(Language(network.model, self.recipe.options(), self.alphabet).reader())

    def trained(self, network: Carried) -> Language:
        language = Language(network.model, self.recipe.options(), self.alphabet)
        language.epochs = self.epochs
        return language

    def measure(self, trained: Language, trainer: Trainer, history: History, test: bool) -> dict:
        trained.model.cpu()
        return {
            "best_epoch": history.best + 1,
            "bits_per_character": round(trained.bits_per_character(self.prose.valid), 4),
            "valid_bits_by_epoch": [round(loss / math.log(2), 4) for loss in history.valid_loss],
            "train_bits_by_epoch": [round(loss / math.log(2), 4) for loss in history.train_loss],
        }

    def in_words(self, one: dict) -> str:
        return f", {one['bits_per_character']:.3f} bits per character"


def alphabet_of(prose: Prose | None) -> str:
    """Of a text its own characters, among them the end of a line; of the manual, a keyboard's."""
    return "".join(sorted({"\n", *prose.text})) if prose else ALPHABET


def baselines(prose: Prose | None = None) -> dict[str, float]:
    """Bits per character of what is held out without a network: uniform, counts, compressors. prose: as in `run`."""
    alphabet, prose = alphabet_of(prose), prose or python_docs()
    found = {"uniform": math.log2(len(alphabet))}
    for n in (1, 2, 3, 4, 5, 6, 8):
        found[f"{n}-gram"] = NGram(n, prose.train, alphabet).bits_per_character(prose.valid)
    return found | {name: compressed_bits(name, prose.train, prose.valid) for name in COMPRESSORS}
