"""Train a model from the command line: python -m utils.train imdb --recipe quick

The recipes stand in utils.recipes. The test is looked at once, after the last epoch, and not at all with --validate.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from importlib import metadata
from pathlib import Path

from utils.bags import BAGS
from utils.corpora import imdb
from utils.files import write_whole
from utils.machine import machine
from utils.recipes import RECIPES, run, run_bag, run_ensemble, say


def main(arguments: list[str] | None = None) -> dict:
    """Run the command; the results, as they are written to --out. Bad arguments: one sentence, and exit code 2."""
    parser = _Parser(
        prog="python -m utils.train",
        description="Train a model on reviews and print its accuracy.",
        epilog="Recipes: "
        + "; ".join(f"{name}: {recipe.about}" for name, recipe in RECIPES.items())
        + "; ensemble: the best recipe, once a seed, and a bag of weighted bigrams vote"
        + "; baselines: bags of words with logistic regression, no network.",
    )
    parser.add_argument("task", choices=["imdb"], help="what to learn: the sentiment of film reviews")
    recipes = [*RECIPES, "ensemble", "baselines"]
    parser.add_argument("--recipe", choices=recipes, default="quick", help="default: quick")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="of the first run; default: 0")
    parser.add_argument("--seeds", type=int, default=1, metavar="N", help="number of runs, each with the next seed")
    parser.add_argument("--validate", action="store_true", help="leave the test alone, as one does while choosing")
    parser.add_argument("--out", type=Path, metavar="FILE", help="write the results here, as JSON")
    parser.add_argument("--save", type=Path, metavar="FILE", help="write the model with the best validation loss here")
    parser.add_argument("--quiet", action="store_true", help="no progress bar")
    given = parser.parse_args(arguments)
    if given.seed < 0 or given.seeds < 1:
        parser.error(f"--seed must be at least 0 and --seeds at least 1, got {given.seed} and {given.seeds}.")
    if given.recipe == "baselines" and (given.seeds > 1 or given.seed):
        parser.error("The baselines have no seed; leave out --seed and --seeds.")
    if given.recipe not in RECIPES and given.save:
        parser.error(f"{given.recipe} is not one network; leave out --save.")
    for path in (given.out, given.save):
        if path and (path.is_dir() or not os.access(_first_folder(path), os.W_OK)):
            parser.error(f"{path} cannot be written; name a file in a folder of yours.")
    try:
        corpus = imdb()
    except (FileNotFoundError, ValueError) as failure:
        parser.error(str(failure))

    command = " ".join(["python -m utils.train", *(sys.argv[1:] if arguments is None else arguments)])
    seeds, test, first = range(given.seed, given.seed + given.seeds), not given.validate, _first_process()
    if given.recipe == "baselines":
        result = {"processes": 1, "runs": [run_bag(name, corpus, test)[1] for name in BAGS]}
    elif given.recipe == "ensemble":
        result = run_ensemble(corpus, seeds, test, not given.quiet)
    else:
        models, result = run(RECIPES[given.recipe], corpus, seeds, test, not given.quiet)
        if given.save and first:
            best, facts = min(zip(models, result["runs"]), key=lambda pair: pair[1]["validation"]["loss"])
            best.facts = {"command": command, "run": facts} | {key: result[key] for key in ("recipe", "data", "median")}
            best.save(given.save)
            say(f"The model is in {given.save.with_suffix('.safetensors')}.")
    result = {"command": command, "name": given.recipe} | result | {"machine": machine(), "versions": _versions()}
    if given.out and first:
        write_whole(given.out, (json.dumps(result, indent=1) + "\n").encode())
    return result


class _Parser(argparse.ArgumentParser):
    def error(self, message: str):
        sentence = message[0].upper() + message[1:].rstrip(".")
        self.exit(2, f"{sentence}. See: {self.prog} --help\n")


def _first_process() -> bool:
    return int(os.environ.get("RANK", 0)) == 0


def _first_folder(path: Path) -> Path:
    return next(folder for folder in path.absolute().parents if folder.is_dir())


def _versions() -> dict:
    return {name: metadata.version(name) for name in ("torch", "accelerate", "numpy", "scikit-learn", "safetensors")}


if __name__ == "__main__":
    main()
