"""Recipes for a tagger of parts of speech; every choice was made on the dev part of the treebank."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import ClassVar

from utils.data import UPOS, Tagged, Treebank
from utils.data.tagging import batches
from utils.models.tagger import SentenceTagger, Tagger, accuracy, tag
from utils.text import HashedVocabulary, Vocabulary
from utils.train import recipes
from utils.train.history import History
from utils.train.trainer import Trainer


@dataclass(frozen=True)
class Recipe(recipes.Recipe):
    """Choices of the text, of the Trainer and, from rnn on, of the Tagger.

    hashed: the words are known by their hashes alone, so that a saved tagger holds no word of the treebank.
    """

    vocabulary: int = 20_000
    hashed: bool = False
    batch: int = 32
    epochs: int = 4
    rnn: str = "lstm"
    directions: str = "both"
    merge: str = "concat"
    endings: int = 0
    embedding: int = 64
    hidden: int = 64
    dropout: float = 0.3
    word_dropout: float = 0.25

    MODEL: ClassVar = ("rnn", "directions", "merge", "endings", "embedding", "hidden", "dropout", "word_dropout")


_WORDS, _ENDINGS = Recipe(), Recipe(endings=20_000, on_gpu={"batch": 64})
# Small enough that the taggers of all three directions take less than 1 MB together.
_SHIPS = Recipe(epochs=6, vocabulary=2_000, hashed=True, endings=6_000, embedding=16, hidden=48, dropout=0.05)
RECIPES = {
    "forward": replace(_WORDS, directions="forward"),
    "backward": replace(_WORDS, directions="backward"),
    "forward, wide": replace(_WORDS, directions="forward", hidden=100),  # as many recurrent weights as "both"
    "both": _WORDS,
    "both, summed": replace(_WORDS, merge="sum"),
    "forward, endings": replace(_ENDINGS, directions="forward"),
    "backward, endings": replace(_ENDINGS, directions="backward"),
    "both, endings": _ENDINGS,
    "forward, ships": replace(_SHIPS, directions="forward"),
    "backward, ships": replace(_SHIPS, directions="backward"),
    "both, ships": _SHIPS,
}


def run(
    recipe: Recipe, bank: Treebank, seeds: Iterable[int] = (0,), test: bool = True, progress: bool = True
) -> tuple[list[SentenceTagger], dict]:
    """Train one tagger a seed: see utils.train.recipes.run. test=False leaves the test out.

    Accuracies are shares of words; "unknown" is that of the words that training does not know.
    """
    return recipes.run(Sentences, recipe, bank, seeds, test, progress)


class Sentences(recipes.Task):
    """The sentences of a treebank: train to learn from, dev for validation, test."""

    def __init__(self, recipe: Recipe, bank: Treebank):
        super().__init__(recipe)
        self.bank, vocabulary = bank, Vocabulary.build(bank.train.words, recipe.vocabulary)
        self.vocabulary = HashedVocabulary.of(vocabulary) if recipe.hashed else vocabulary
        self.train = batches(bank.train, self.vocabulary, recipe.endings, recipe.batch, self.order)
        self.valid = batches(bank.dev, self.vocabulary, recipe.endings, 64)
        self.known = {word for words in bank.train.words for word in words}
        parts = {"train": bank.train, "dev": bank.dev, "test": bank.test}
        self.data = {"sample": bank.sample} | {name: len(part.words) for name, part in parts.items()}
        self.learned = f"{len(bank.train.words):,} sentences"

    def network(self) -> Tagger:
        return Tagger(len(self.vocabulary), len(UPOS), **self.recipe.options())

    def trained(self, network: Tagger) -> SentenceTagger:
        return SentenceTagger(network, self.vocabulary, self.recipe.options())

    def measure(self, trained: SentenceTagger, trainer: Trainer, history: History, test: bool) -> dict:
        parts = (("dev", self.bank.dev), ("test", self.bank.test))[: 1 + test]
        return {name: score(tag(trained.model, self.vocabulary, part.words), part, self.known) for name, part in parts}

    def sizes(self, trained: SentenceTagger) -> dict:
        layers = [rnn for rnn in (trained.model.forward_rnn, trained.model.backward_rnn) if rnn is not None]
        return super().sizes(trained) | {"recurrent_parameters": sum(map(recipes.count, layers))}


def score(found: list[list[str]], tagged: Tagged, known: set[str]) -> dict:
    """Accuracy over all words, and over those that are not in `known` (None when there is no such word)."""
    unknown = None
    if any(word not in known for words in tagged.words for word in words):
        unknown = round(accuracy(found, tagged, lambda word: word not in known), 5)
    return {"accuracy": round(accuracy(found, tagged), 5), "unknown": unknown}
