"""The language model of lesson 07, its recipes, and the command that trains it on Python's own manual.

python -m utils.language --recipe quick
python -m utils.language --recipe ships --save data/language.safetensors --out benchmarks/results/language.json
"""

from __future__ import annotations

import argparse
import copy
import json
import math
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor
from torch.nn.functional import cross_entropy

from utils.corpora import python_docs
from utils.errors import whole
from utils.files import DATA, write_whole
from utils.initialize import forget_bias_
from utils.language_model import Carried, LanguageModel, Streams
from utils.machine import machine
from utils.ngrams import COMPRESSORS, NGram, compressed_bits
from utils.sampling import generate
from utils.training import Trainer, load_weights, save_weights

SHIPPED = DATA / "language.safetensors"
ALPHABET = "\n" + "".join(map(chr, range(32, 127)))  # the end of a line, and what a keyboard of ASCII writes


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


class Language:
    """A model of characters and its alphabet: from a text to what comes next, and to a file and back.

    options: the arguments of LanguageModel after vocab_size. facts: how it was made and how well it does.
    """

    def __init__(self, model: LanguageModel, options: dict, alphabet: str = ALPHABET, facts: dict | None = None):
        self.model, self.options, self.alphabet, self.facts = model.eval(), options, alphabet, facts or {}
        self._ids = {character: i for i, character in enumerate(alphabet)}

    def encode(self, text: str) -> Tensor:
        """The id of each character, (N,) int64. TypeError, or ValueError for an unknown character or no text."""
        if not isinstance(text, str):
            raise TypeError(f"text must be a string, got {text!r}.")
        if not text:
            raise ValueError("The text is empty; write at least one character.")
        if unknown := set(text) - self._ids.keys():
            raise ValueError(f"The model does not know {min(unknown)!r}; write with a keyboard's plain characters.")
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
        generator = torch.Generator().manual_seed(whole("seed", seed, 0))
        prompt = self.encode(text)[None]  # (1, T0)
        return self.decode(generate(self.model, prompt, steps, generator=generator, **options)[0, len(text) :])

    @torch.inference_mode()
    def bits_per_character(self, text: str) -> float:
        """The mean of -log2 p over all characters of `text`, which is read from its beginning, after a line's end."""
        ids, state, nats = self.encode("\n" + text), None, 0.0
        for x, y in zip(ids[:-1].split(1000), ids[1:].split(1000)):
            logits, state = self.model(x[None], state)  # (1, T, V)
            nats += cross_entropy(logits[0], y, reduction="sum").item()
        return nats / len(text) / math.log(2)

    def save(self, path: Path | str) -> None:
        """Write the weights in half precision, with alphabet, sizes and facts, as one safetensors file."""
        about = self.facts | {"options": self.options, "alphabet": self.alphabet}
        save_weights(copy.deepcopy(self.model).half(), path, about)


def load_language(path: Path | str = SHIPPED) -> Language:
    """Read what `Language.save` wrote; without a path, the model that ships with the course.

    Raises FileNotFoundError, or ValueError when the file is damaged or something else.
    """
    if not Path(path).is_file():
        raise FileNotFoundError(f"There is no model at {path}; make it: python -m utils.language --save {path}")
    try:
        with safe_open(path, framework="pt") as file:
            facts = json.loads((file.metadata() or {})["facts"])
        options, alphabet = facts.pop("options"), facts.pop("alphabet")
    except (SafetensorError, KeyError, ValueError) as failure:
        raise ValueError(f"{path} is damaged or not a saved model ({failure}); fetch the course again.") from failure
    model = LanguageModel(len(alphabet), **options)
    load_weights(model, path)
    return Language(model, options, alphabet, facts)


def run(recipe: Recipe, seed: int = 0, progress: bool = True) -> tuple[Language, dict]:
    """Train one model on python_docs(), choosing the epoch on the held-out topics: the model, and facts for JSON."""
    prose = python_docs()
    torch.manual_seed(whole("seed", seed, 0))
    language = Language(LanguageModel(len(ALPHABET), **recipe.options()), recipe.options())
    forget_bias_(language.model.rnn, 1.0)
    train = Streams(language.encode(prose.train), recipe.B, recipe.T)
    valid = Streams(language.encode(prose.valid), 8, 256)
    trainer = Trainer(
        Carried(language.model), recipe.lr, recipe.epochs, weight_decay=recipe.weight_decay, seed=seed, threads=1,
        average=recipe.average, patience=recipe.epochs,
    )  # fmt: skip
    wall, cpu = time.perf_counter(), time.process_time()
    history = trainer.fit(train, valid, progress=progress)
    seconds, cpu_seconds = time.perf_counter() - wall, time.process_time() - cpu
    language.model.cpu()
    return language, {
        "recipe": asdict(recipe),
        "seed": seed,
        "parameters": sum(weight.numel() for weight in language.model.parameters()),
        "characters": {"train": len(prose.train), "valid": len(prose.valid)},
        "seconds": round(seconds, 1),
        "cpu_seconds": round(cpu_seconds, 1),
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


def main(arguments: list[str] | None = None) -> dict:
    """Run the command; the results, as they are written to --out."""
    parser = argparse.ArgumentParser(
        prog="python -m utils.language",
        description="Train a language model of characters on Python's own manual and print its bits per character.",
        epilog="Recipes: " + "; ".join(f"{name}: {recipe.about}" for name, recipe in RECIPES.items()),
    )
    parser.add_argument("--recipe", choices=list(RECIPES), default="quick", help="default: quick")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="default: 0")
    parser.add_argument("--out", type=Path, metavar="FILE", help="write the results here, as JSON")
    parser.add_argument("--save", type=Path, metavar="FILE", help="write the model here")
    parser.add_argument("--quiet", action="store_true", help="no progress bar")
    given = parser.parse_args(arguments)
    if given.seed < 0:
        parser.error(f"--seed must be at least 0, got {given.seed}.")
    command = " ".join(["python -m utils.language", *(sys.argv[1:] if arguments is None else arguments)])
    language, result = run(RECIPES[given.recipe], given.seed, not given.quiet)
    result = {"command": command, "name": given.recipe} | result
    if given.save:
        language.facts = dict(result)
        language.save(given.save)
    result |= {"baselines": {name: round(bits, 4) for name, bits in baselines().items()}, "machine": machine()}
    for name, bits in {**result["baselines"], given.recipe: result["bits_per_character"]}.items():
        print(f"{name:8} {bits:.3f} bits per character")
    if given.out:
        write_whole(given.out, (json.dumps(result, indent=1) + "\n").encode())
    return result


if __name__ == "__main__":
    main()
