"""Recipes for a language model of characters, trained on Python's own manual, and what to compare it with."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass

import torch

from utils.cells.initialize import forget_bias_
from utils.checks import integer
from utils.data import python_docs
from utils.machine import stopwatch
from utils.models.baselines import COMPRESSORS, NGram, compressed_bits
from utils.models.language import ALPHABET, Language
from utils.models.language_model import Carried, LanguageModel, Streams
from utils.train.trainer import Trainer


@dataclass(frozen=True)
class Recipe:
    """Sizes of the LanguageModel; B streams, T steps of a batch; lr to dropout as in Trainer and LanguageModel."""

    about: str
    embedding: int = 64
    hidden: int = 256
    num_layers: int = 1
    dropout: float = 0.0
    B: int = 16
    T: int = 64
    epochs: int = 2
    lr: float = 1e-2
    weight_decay: float = 1e-2
    average: float = 0.0

    def options(self) -> dict:
        """The arguments of LanguageModel after vocab_size."""
        return {name: getattr(self, name) for name in ("embedding", "hidden", "num_layers", "dropout")}


RECIPES = {
    "quick": Recipe("a small one, for a lesson", hidden=128),
    "ships": Recipe("the one that ships with the course", dropout=0.2, epochs=20),
}


def run(recipe: Recipe, seed: int = 0, progress: bool = True) -> tuple[Language, dict]:
    """Train one model on python_docs(), choosing the epoch on the held-out topics: the model, and facts for JSON."""
    prose = python_docs()
    torch.manual_seed(integer("seed", seed, 0))
    language = Language(LanguageModel(len(ALPHABET), **recipe.options()), recipe.options())
    forget_bias_(language.model.rnn, 1.0)
    train = Streams(language.encode(prose.train), recipe.B, recipe.T)
    valid = Streams(language.encode(prose.valid), 8, 256)
    trainer = Trainer(
        Carried(language.model), recipe.lr, recipe.epochs, weight_decay=recipe.weight_decay, seed=seed, threads=1,
        average=recipe.average, patience=recipe.epochs,
    )  # fmt: skip
    with stopwatch() as took:
        history = trainer.fit(train, valid, progress=progress)
    language.model.cpu()
    return language, {
        "recipe": asdict(recipe),
        "seed": seed,
        "parameters": sum(weight.numel() for weight in language.model.parameters()),
        "characters": {"train": len(prose.train), "valid": len(prose.valid)},
        "processes": trainer.processes,
        "device": str(trainer.device),
        **took,
        "best_epoch": history.best + 1,
        "valid_bits_by_epoch": [round(loss / math.log(2), 4) for loss in history.valid_loss],
        "train_bits_by_epoch": [round(loss / math.log(2), 4) for loss in history.train_loss],
        "bits_per_character": round(language.bits_per_character(prose.valid), 4),
    }


def baselines(alphabet: str = ALPHABET) -> dict[str, float]:
    """Bits per character of the held-out topics without a network: uniform, counts, compressors."""
    prose = python_docs()
    found = {"uniform": math.log2(len(alphabet))}
    for n in (1, 2, 3, 4, 5, 6, 8):
        found[f"{n}-gram"] = NGram(n, prose.train, alphabet).bits_per_character(prose.valid)
    return found | {name: compressed_bits(name, prose.train, prose.valid) for name in COMPRESSORS}
