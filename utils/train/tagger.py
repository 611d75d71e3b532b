"""Recipes for a tagger of parts of speech; every choice was made on the dev part of the treebank."""

from __future__ import annotations

import statistics
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace

import torch

from utils.arrays.text import Vocabulary
from utils.checks import integer
from utils.data import UPOS, Tagged, Treebank
from utils.data.tagging import batches
from utils.machine import say, stopwatch
from utils.models.tagger import Tagger, accuracy, tag
from utils.train.trainer import Trainer


@dataclass(frozen=True)
class Recipe:
    """Everything that decides how a tagger is trained; the names from rnn on are arguments of utils.models.Tagger."""

    vocabulary: int = 20_000
    batch: int = 32
    epochs: int = 4
    lr: float = 1e-2
    rnn: str = "lstm"
    directions: str = "both"
    merge: str = "concat"
    endings: int = 0
    embedding: int = 64
    hidden: int = 64
    dropout: float = 0.3
    word_dropout: float = 0.25

    def options(self) -> dict:
        """The arguments of Tagger after vocab_size and tags."""
        names = ("rnn", "directions", "merge", "endings", "embedding", "hidden", "dropout", "word_dropout")
        return {name: getattr(self, name) for name in names}


_WORDS, _ENDINGS = Recipe(), Recipe(endings=20_000)
RECIPES = {
    "forward": replace(_WORDS, directions="forward"),
    "backward": replace(_WORDS, directions="backward"),
    "forward, wide": replace(_WORDS, directions="forward", hidden=100),  # as many recurrent weights as "both"
    "both": _WORDS,
    "both, summed": replace(_WORDS, merge="sum"),
    "forward, endings": replace(_ENDINGS, directions="forward"),
    "backward, endings": replace(_ENDINGS, directions="backward"),
    "both, endings": _ENDINGS,
}


def train(
    recipe: Recipe, bank: Treebank, seed: int = 0, test: bool = True, progress: bool = True
) -> tuple[Tagger, Vocabulary, dict]:
    """Train one tagger: the tagger, its vocabulary, and what was measured, as a dict for JSON.

    Accuracies are shares of words; "unknown" is that of the words that training does not know.
    """
    vocabulary = Vocabulary.build(bank.train.words, recipe.vocabulary)
    torch.manual_seed(integer("seed", seed, 0))
    model = Tagger(len(vocabulary), len(UPOS), **recipe.options())
    order = torch.Generator().manual_seed(seed)
    learn = batches(bank.train, vocabulary, recipe.endings, recipe.batch, order)
    choose = batches(bank.dev, vocabulary, recipe.endings, 64)
    trainer = Trainer(model, recipe.lr, recipe.epochs, seed=seed, threads=1)
    with stopwatch() as took:
        history = trainer.fit(learn, choose, progress=progress)
    known = {word for words in bank.train.words for word in words}
    facts = {"seed": seed, **took, "epochs": len(history.seconds), "processes": trainer.processes}
    for name, part in (("dev", bank.dev), ("test", bank.test))[: 1 + test]:
        facts[name] = score(tag(model, vocabulary, part.words), part, known)
    return model, vocabulary, facts


def score(found: list[list[str]], tagged: Tagged, known: set[str]) -> dict:
    """Accuracy over all words, and over those that are not in `known` (None when there is no such word)."""
    unknown = None
    if any(word not in known for words in tagged.words for word in words):
        unknown = round(accuracy(found, tagged, lambda word: word not in known), 5)
    return {"accuracy": round(accuracy(found, tagged), 5), "unknown": unknown}


def run(recipe: Recipe, bank: Treebank, seeds: Iterable[int], test: bool = True, progress: bool = True) -> dict:
    """Train once a seed; the recipe, the number of parameters, every run, and the medians, as a dict for JSON."""
    if not (seeds := list(seeds)):
        raise ValueError("seeds must hold at least one seed.")
    runs = []
    for seed in seeds:
        model, _, facts = train(recipe, bank, seed, test, progress)
        runs.append(facts)
        shares = ", ".join(f"{name} {facts[name]['accuracy']:.1%}" for name in ("dev", "test")[: 1 + test])
        say(f"Seed {seed}: {facts['seconds']:.0f} s of training, {shares}.")
    middle = {name: statistics.median(one[name] for one in runs) for name in ("seconds", "cpu_seconds")}
    for name in ("dev", "test")[: 1 + test]:
        middle[name] = {
            key: value if value is None else statistics.median(one[name][key] for one in runs)
            for key, value in runs[0][name].items()
        }
    recurrent = [rnn for rnn in (model.forward_rnn, model.backward_rnn) if rnn is not None]
    return {
        "recipe": asdict(recipe),
        "parameters": sum(weight.numel() for weight in model.parameters()),
        "recurrent_parameters": sum(weight.numel() for rnn in recurrent for weight in rnn.parameters()),
        "runs": runs,
        "median": middle,
    }
