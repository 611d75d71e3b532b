"""Train a model from the command line: python -m utils.train imdb --recipe quick

Every choice in the table of recipes was made on the validation split, a tenth of the training reviews that is about
other films than the rest. The test is looked at once, after the last epoch, and not at all with --validate.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import time
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path

import torch
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from utils.corpora import Corpus, Split, imdb
from utils.files import write_whole
from utils.machine import machine
from utils.models import Classifier
from utils.sentiment import Sentiment
from utils.text import Vocabulary, batches, tokenise
from utils.training import Score, Trainer


@dataclass(frozen=True)
class Recipe:
    """Everything that decides how a classifier is trained; reviews=None takes them all."""

    about: str
    reviews: int | None = None
    vocabulary: int = 20_000
    max_tokens: int = 400
    batch: int = 32
    epochs: int = 1
    lr: float = 2e-2
    label_smoothing: float = 0.05
    embedding: int = 50
    hidden: int = 32
    pooling: str = "attention"
    segment: int | None = 32
    bigrams: int = 0
    dropout: float = 0.0
    word_dropout: float = 0.1

    def options(self) -> dict:
        """The arguments of utils.models.Classifier after vocab_size."""
        names = ("embedding", "hidden", "pooling", "segment", "bigrams", "dropout", "word_dropout")
        return {name: getattr(self, name) for name in names}


RECIPES = {
    "quick": Recipe(
        "5,000 reviews, for a lesson",
        reviews=5_000, vocabulary=10_000, max_tokens=256, epochs=2, dropout=0.2, word_dropout=0.2,
    ),
    "fast": Recipe("all reviews, one epoch"),
}  # fmt: skip

# The bag of words: name, length of the word groups, number of features, C (the larger, the freer the weights).
BAGS = (("unigrams", 1, 30_000, 3.0), ("unigrams and bigrams", 2, 300_000, 10.0))


def main(arguments: list[str] | None = None) -> dict:
    """Run the command; the results, as they are written to --out. Bad arguments: one sentence, and exit code 2."""
    parser = _Parser(
        prog="python -m utils.train",
        description="Train a model on reviews and print its accuracy.",
        epilog="Recipes: "
        + "; ".join(f"{name}: {recipe.about}" for name, recipe in RECIPES.items())
        + "; baselines: bags of words with logistic regression, no network.",
    )
    parser.add_argument("task", choices=["imdb"], help="what to learn: the sentiment of film reviews")
    parser.add_argument("--recipe", choices=[*RECIPES, "baselines"], default="quick", help="default: quick")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="of the first run; default: 0")
    parser.add_argument("--seeds", type=int, default=1, metavar="N", help="number of runs, each with the next seed")
    parser.add_argument("--validate", action="store_true", help="leave the test alone, as one does while choosing")
    parser.add_argument("--out", type=Path, metavar="FILE", help="write the results here, as JSON")
    parser.add_argument("--save", type=Path, metavar="FILE", help="write the model with the best validation loss here")
    parser.add_argument("--quiet", action="store_true", help="no progress bar")
    given = parser.parse_args(arguments)
    if given.seed < 0 or given.seeds < 1:
        parser.error(f"--seed must be at least 0 and --seeds at least 1, got {given.seed} and {given.seeds}.")
    if given.recipe == "baselines" and (given.save or given.seeds > 1 or given.seed):
        parser.error("The baselines have no seed and are not saved; leave out --seed, --seeds and --save.")
    for path in (given.out, given.save):
        if path and (path.is_dir() or not os.access(_first_folder(path), os.W_OK)):
            parser.error(f"{path} cannot be written; name a file in a folder of yours.")
    try:
        corpus = imdb()
    except (FileNotFoundError, ValueError) as failure:
        parser.error(str(failure))

    command = " ".join(["python -m utils.train", *(sys.argv[1:] if arguments is None else arguments)])
    if given.recipe == "baselines":
        result = baselines(corpus, test=not given.validate)
    else:
        seeds = range(given.seed, given.seed + given.seeds)
        best, result = run(RECIPES[given.recipe], corpus, seeds, not given.validate, not given.quiet)
        if given.save and _first_process():
            keys = ("recipe", "data", "median")
            run_of_best = min(result["runs"], key=lambda one: one["validation"]["loss"])
            best.facts = {"command": command, "run": run_of_best} | {key: result[key] for key in keys}
            best.save(given.save)
            print(f"The model is in {given.save.with_suffix('.safetensors')}.")
    result = {"command": command, "name": given.recipe} | result | {"machine": machine(), "versions": _versions()}
    if given.out and _first_process():
        write_whole(given.out, (json.dumps(result, indent=1) + "\n").encode())
    return result


def run(recipe: Recipe, corpus: Corpus, seeds, test: bool = True, progress: bool = True) -> tuple[Sentiment, dict]:
    """Train one classifier a seed: that with the lowest validation loss, and all results as a dict for JSON.

    seeds: of weights, order and dropout; validation is the same tenth of the reviews for all. test=False leaves the
    test out. Seconds are those of training with validation; preparing the texts is counted by itself.
    """
    began = time.perf_counter()
    train, validation = corpus.train.hold_out(0.1)
    if recipe.reviews:
        train = train.sample(recipe.reviews)
    words = [tokenise(text) for text in train.texts]
    vocabulary = Vocabulary.build(words, recipe.vocabulary)

    def ready(split: Split, words: list | None = None, generator: torch.Generator | None = None):
        ids = [vocabulary.encode(row) for row in words or map(tokenise, split.texts)]
        return batches(ids, split.labels, recipe.batch if generator else 64, recipe.max_tokens, generator)

    order = torch.Generator()
    learn, choose = ready(train, words, order), ready(validation)
    facts = {"recipe": asdict(recipe), "data": _sizes(corpus, train, validation)}
    facts["prepare_seconds"] = round(time.perf_counter() - began, 2)
    exam, runs, best, lowest = None, [], None, float("inf")
    for seed in seeds:
        torch.manual_seed(seed)
        order.manual_seed(seed)
        model = Classifier(len(vocabulary), **recipe.options())
        trainer = Trainer(model, recipe.lr, recipe.epochs, label_smoothing=recipe.label_smoothing, seed=seed, threads=1)
        if not runs:
            facts["processes"] = trainer.accelerator.num_processes
            facts["device"] = str(trainer.accelerator.device)
            count = facts["processes"]
            _say(f"{count} process{'es' if count > 1 else ''} on {facts['device']}, {len(train):,} reviews to learn.")
        wall, cpu = time.perf_counter(), time.process_time()
        history = trainer.fit(learn, choose, progress=progress and _first_process())
        one = {
            "seed": seed,
            "seconds": round(time.perf_counter() - wall, 2),
            "cpu_seconds": round(time.process_time() - cpu, 2),
            "epochs": len(history.seconds),
            "validation": _rounded(Score(history.valid_loss[history.best], history.valid_accuracy[history.best])),
        }
        if test:
            exam = exam or ready(corpus.test)
            wall = time.perf_counter()
            one["test"] = _rounded(trainer.evaluate(exam))
            one["test_seconds"] = round(time.perf_counter() - wall, 2)
        runs.append(one)
        if one["validation"]["loss"] < lowest:
            lowest = one["validation"]["loss"]
            best = Sentiment(model.cpu(), vocabulary, recipe.options(), recipe.max_tokens)
        shares = "".join(f", {name} {one[name]['accuracy']:.1%}" for name in ("validation", "test") if name in one)
        _say(f"Seed {seed}: {one['seconds']:.1f} s of training{shares}.")
    splits = ("validation", "test") if test else ("validation",)
    middle = {name: statistics.median(one[name]["accuracy"] for one in runs) for name in splits}
    for name in ("seconds", "cpu_seconds"):
        middle[name] = statistics.median(one[name] for one in runs)
    parameters = sum(weight.numel() for weight in best.model.parameters())
    return best, facts | {"parameters": parameters, "runs": runs, "median": middle}


def baselines(corpus: Corpus, test: bool = True) -> dict:
    """Bags of words with logistic regression on the same reviews, as a dict for JSON; the C of BAGS is a choice too."""
    train, validation = corpus.train.hold_out(0.1)
    runs = []
    for name, longest, features, C in BAGS:
        began, cpu = time.perf_counter(), time.process_time()
        weigh = TfidfVectorizer(
            tokenizer=tokenise, token_pattern=None, lowercase=False, ngram_range=(1, longest), max_features=features,
            sublinear_tf=True,
        )  # fmt: skip
        bag = make_pipeline(weigh, LogisticRegression(C=C, max_iter=1_000)).fit(train.texts, train.labels)
        one = {"name": name, "C": C, "features": len(bag[0].vocabulary_)}
        one["seconds"] = round(time.perf_counter() - began, 2)
        one["cpu_seconds"] = round(time.process_time() - cpu, 2)
        splits = {"validation": validation} | ({"test": corpus.test} if test else {})
        one |= {split: {"accuracy": round(bag.score(s.texts, s.labels), 5)} for split, s in splits.items()}
        runs.append(one)
        shares = "".join(f", {split} {one[split]['accuracy']:.1%}" for split in splits)
        _say(f"Bag of {name}: {one['seconds']:.1f} s of training{shares}.")
    return {"data": _sizes(corpus, train, validation), "processes": 1, "runs": runs}


class _Parser(argparse.ArgumentParser):
    def error(self, message: str):
        sentence = message[0].upper() + message[1:].rstrip(".")
        self.exit(2, f"{sentence}. See: {self.prog} --help\n")


def _first_process() -> bool:
    return int(os.environ.get("RANK", 0)) == 0


def _say(line: str) -> None:
    if _first_process():
        print(line, flush=True)


def _first_folder(path: Path) -> Path:
    return next(folder for folder in path.absolute().parents if folder.is_dir())


def _sizes(corpus: Corpus, train: Split, validation: Split) -> dict:
    sizes = {"train": len(train), "validation": len(validation), "test": len(corpus.test)}
    return {"sample": corpus.sample} | sizes


def _rounded(score: Score) -> dict:
    return {"loss": round(score.loss, 5), "accuracy": round(score.accuracy, 5)}


def _versions() -> dict:
    return {name: metadata.version(name) for name in ("torch", "accelerate", "numpy", "scikit-learn", "safetensors")}


if __name__ == "__main__":
    main()
