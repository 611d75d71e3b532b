"""Train a model from the command line: python -m utils.train imdb --recipe quick

The tasks are imdb (utils.train.imdb), tagger (utils.train.tagger) and language-model (utils.train.language_model).
A language model also learns from a text of yours: python -m utils.train language-model --text story.txt --save story
and then, in a notebook, explorers.Writer(load_language("story")) writes from it (utils.models.language.load_language).
The test is looked at once, after the last epoch, and not at all with --validate. Ctrl-C stops it, and writes nothing.
In two processes, on two GPUs:
torchrun --nproc_per_node 2 -m utils.train imdb
accelerate launch --config_file accelerate.yaml -m utils.train imdb
"""

from __future__ import annotations

import argparse
import os
import shlex
import signal
import sys
from importlib import metadata
from pathlib import Path

from utils.arrays.bag import BagReader
from utils.arrays.weights import file_of
from utils.data import Prose, imdb, text_file, ud_english
from utils.files import expanded, sealed, write_json
from utils.machine import is_first_process, machine, say
from utils.models.baselines import BAGS
from utils.models.saved import Trained
from utils.train import imdb as reviews
from utils.train import language_model
from utils.train import tagger as tagging
from utils.train.devices import processes


def main(arguments: list[str] | None = None) -> dict:
    """Run the command; the results, as they are written to --out.

    Bad arguments: one sentence, and exit code 2. Stopped by hand: one sentence, exit code 130, and nothing is written.
    """
    parser = _parser()
    given = parser.parse_args(arguments)
    _check(given, parser)
    command = "python -m utils.train " + shlex.join(sys.argv[1:] if arguments is None else arguments)
    try:
        processes()
        data = {"imdb": imdb, "tagger": ud_english, "language-model": lambda: _text(given)}[given.task]()
    except (FileNotFoundError, RuntimeError, ValueError) as failure:
        parser.error(str(failure))
    work = {"imdb": _imdb, "tagger": _tagger, "language-model": _language_model}[given.task]
    try:
        result, models = work(given, data)
    except KeyboardInterrupt:
        stopped = "Stopped by hand before all training was done; nothing was written.\n"
        parser.exit(130, stopped if is_first_process() else None)
    result = {"command": command, "name": given.recipe} | result | {"machine": machine(), "versions": versions()}
    result = sealed(result)
    try:
        if given.out and is_first_process():
            write_json(given.out, result)
        if given.save and is_first_process():
            best = models[result["best_seed"] - given.seed]
            best.facts = {"command": command} | best.facts
            say(f"The model is in {best.save(given.save)}.")
    except OSError as failure:
        where = "free some space, or name files in another folder"
        parser.exit(1, f"The results could not be written ({failure.strerror}); {where}.\n")
    return result


def _imdb(given: argparse.Namespace, corpus) -> tuple[dict, list[Trained | BagReader]]:
    seeds, test, progress = _seeds(given), not given.validate, not given.quiet
    if given.recipe == "baselines":
        return {"processes": 1, "runs": [reviews.run_bag(name, corpus, test)[1] for name in BAGS]}, []
    if given.recipe == "bag":
        small, result = reviews.run_small_bag(corpus, test)
        return result, [small]
    if given.recipe == "ensemble":
        return reviews.run_ensemble(corpus, seeds, test, progress), []
    models, result = reviews.run(reviews.RECIPES[given.recipe], corpus, seeds, test, progress)
    return result, models


def _tagger(given: argparse.Namespace, bank) -> tuple[dict, list[Trained]]:
    recipe = tagging.RECIPES[given.recipe]
    models, result = tagging.run(recipe, bank, _seeds(given), not given.validate, not given.quiet)
    return result, models


def _language_model(given: argparse.Namespace, prose: Prose | None) -> tuple[dict, list[Trained]]:
    recipe = language_model.RECIPES[given.recipe]
    models, result = language_model.run(recipe, _seeds(given), prose, not given.quiet)
    result |= {"baselines": {name: round(bits, 4) for name, bits in language_model.baselines(prose).items()}}
    for name, bits in {**result["baselines"], given.recipe: result["median"]["bits_per_character"]}.items():
        say(f"{name:8} {bits:.3f} bits per character")
    return result, models


def _text(given: argparse.Namespace) -> Prose | None:
    return text_file(given.text) if given.text else None


def _seeds(given: argparse.Namespace) -> range:
    return range(given.seed, given.seed + given.seeds)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m utils.train", description="Train a model and print how good it is.")
    tasks = parser.add_subparsers(dest="task", metavar="task", required=True)

    def task(name: str, about: str, default: str, choices: list[str], epilog: str) -> argparse.ArgumentParser:
        one = tasks.add_parser(name, help=about, description=f"Train a model of {about}.", epilog=epilog)
        one.add_argument("--recipe", choices=choices, default=default, help=f"default: {default}")
        one.add_argument("--seed", type=int, default=0, metavar="N", help="of the first run; default: 0")
        one.add_argument("--seeds", type=int, default=1, metavar="N", help="number of runs, each with the next seed")
        one.add_argument("--out", type=expanded, metavar="FILE", help="write the results here, as JSON")
        one.add_argument("--save", type=expanded, metavar="FILE", help="write the best model (by validation loss) here")
        one.add_argument("--quiet", action="store_true", help="no progress bar")
        return one

    of_reviews = task(
        "imdb", "the sentiment of film reviews", "quick", [*reviews.RECIPES, "ensemble", "baselines", "bag"],
        _recipes(reviews.RECIPES)
        + "; ensemble: the best recipe, once a seed, and a bag of weighted bigrams vote"
        + "; baselines: bags of words with logistic regression, no network"
        + "; bag: the bag of single words that ships, of the words of recipe fast.",
    )  # fmt: skip
    of_tags = task(
        "tagger", "parts of speech", "both, endings", list(tagging.RECIPES),
        "A recipe's name says which way the tagger reads, and whether it looks at the endings of words.",
    )  # fmt: skip
    of_text = task(
        "language-model", "the characters of Python's manual or of a text of yours", "quick",
        list(language_model.RECIPES),
        _recipes(language_model.RECIPES) + ". What is saved writes in explorers.Writer(load_language(FILE)).",
    )  # fmt: skip
    of_text.add_argument("--text", metavar="FILE", help="learn from this UTF-8 text, not from Python's manual")
    for one in (of_reviews, of_tags):  # the language model has no test
        one.add_argument("--validate", action="store_true", help="leave the test alone, as one does while choosing")
    return parser


def _recipes(known: dict) -> str:
    return "Recipes: " + "; ".join(f"{name}: {recipe.about}" for name, recipe in known.items())


def _check(given: argparse.Namespace, parser: argparse.ArgumentParser) -> None:
    """End with a sentence about arguments that do not go together, before anything is trained."""
    if given.seed < 0 or given.seeds < 1:
        parser.error(f"--seed must be at least 0 and --seeds at least 1, got {given.seed} and {given.seeds}.")
    if given.recipe in ("baselines", "bag") and (given.seeds > 1 or given.seed):
        parser.error("Bags of words have no seed; leave out --seed and --seeds.")
    if given.recipe in ("baselines", "ensemble") and given.save:
        parser.error(f"{given.recipe} is not one network; leave out --save.")
    for path in (given.out, given.save, given.save and file_of(given.save)):
        if path and (path.is_dir() or not os.access(_first_folder(path), os.W_OK)):
            parser.error(f"{path} cannot be written; name a file in a folder of yours.")


class _Parser(argparse.ArgumentParser):
    def error(self, message: str):
        sentence = message[0].upper() + message[1:].rstrip(".")
        self.exit(2, f"{sentence}. See: {self.prog} --help\n")


def _first_folder(path: Path) -> Path:
    return next(folder for folder in path.absolute().parents if folder.is_dir())


def versions() -> dict:
    """The releases that a result depends on."""
    return {name: metadata.version(name) for name in ("torch", "accelerate", "numpy", "scikit-learn", "safetensors")}


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # a polite end, as Ctrl-C
    main()
