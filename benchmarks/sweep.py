"""Six knobs of training, one turned at a time on film reviews: what validation says of each value, seed by seed.

`python -m benchmarks.sweep` writes data/measured/sweep.json, which lesson 09 reads. It needs the real reviews (`make
data`) and twenty minutes of one core; two processes share the work. The base is close to recipe quick. Scored on
validation, reviews of other films; the test is not touched. What is tried stands in utils/course/sweep.py.
"""

from __future__ import annotations

import math
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context

import torch

from benchmarks import report
from utils.cells.layer import LSTM
from utils.course.sweep import BASE, BASE_SEEDS, KNOBS, SEEDS
from utils.data import Corpus, imdb
from utils.data.batching import batches
from utils.models.classifier import Classifier
from utils.text import Vocabulary, tokenise
from utils.train.__main__ import versions
from utils.train.imdb import RECIPES
from utils.train.trainer import Trainer

RECIPE, WORKERS = RECIPES["quick"], 2
NEVER = 1e9  # a norm that no gradient reaches


@dataclass(frozen=True)
class Data:
    """Reviews as ids, and their labels."""

    words: int
    learn: tuple
    choose: tuple


def prepare(corpus: Corpus) -> Data:
    """The reviews that recipe quick learns from, and those of other films that it is judged by."""
    pool, validation = corpus.train.hold_out(0.1)
    split = pool.sample(RECIPE.reviews)
    texts = [tokenise(text) for text in split.texts]
    vocabulary = Vocabulary.build(texts, RECIPE.vocabulary)
    held = [vocabulary.encode(tokenise(text)) for text in validation.texts]
    return Data(len(vocabulary), ([vocabulary.encode(row) for row in texts], split.labels), (held, validation.labels))


def train(changed: dict, seed: int, data: Data, epochs: int = RECIPE.epochs) -> dict:
    """Train at BASE but for what is `changed`: steps, seconds, and the scores of the weights that are kept.

    The scores are without dropout, on validation and on the first half of the reviews that were learned from.
    `diverged` says that validation ends with a higher loss than guessing has.
    """
    setting, order = BASE | changed, torch.Generator().manual_seed(seed)
    torch.manual_seed(seed)
    kind = partial(LSTM, fast=True, num_layers=setting["layers"])
    options = RECIPE.options() | {"rnn": kind, "hidden": setting["hidden"], "dropout": setting["dropout"]}
    model = Classifier(data.words, **options)
    learn = batches(*data.learn, setting["batch"], RECIPE.max_tokens, order)
    half = tuple(part[: len(part) // 2] for part in data.learn)
    choose, again = (batches(*part, 64, RECIPE.max_tokens) for part in (data.choose, half))
    trainer = Trainer(
        model, setting["lr"], epochs, clip=setting["clip"] or NEVER, label_smoothing=RECIPE.label_smoothing,
        device="cpu", seed=seed, threads=1,
    )  # fmt: skip
    began = time.process_time()
    trainer.fit(learn, choose, progress=False)
    run = {"seed": seed, "steps": epochs * len(learn), "cpu_seconds": round(time.process_time() - began, 1)}
    for name, part in (("valid", choose), ("train", again)):
        score = trainer.evaluate(part)
        run |= {f"{name}_accuracy": round(score.accuracy, 4), f"{name}_loss": round(score.loss, 4)}
    run["diverged"] = run["valid_loss"] > math.log(2)  # the loss of guessing
    return run


def settings() -> list[dict]:
    """What each setting changes, each once; the base, which changes nothing, is the first."""
    found = [{}]
    for knob in KNOBS.values():
        found += [changed for value in knob.values if (changed := knob.changed(value)) not in found]
    return found


def _start() -> None:
    global _data
    torch.set_num_threads(1)
    _data = prepare(imdb())


def _job(job: tuple[dict, int]) -> dict:
    return train(*job, _data)


def main() -> None:
    corpus = imdb()
    if corpus.sample:
        raise SystemExit("The sweep is measured on the real reviews; fetch them first: make data")
    torch.set_num_threads(1)
    rows = [{"changed": changed, "runs": []} for changed in settings()]
    jobs = [(row, seed) for row in rows for seed in range(SEEDS if row["changed"] else BASE_SEEDS)]
    with ProcessPoolExecutor(WORKERS, get_context("spawn"), _start) as pool:
        for (row, _), run in zip(jobs, pool.map(_job, [(row["changed"], seed) for row, seed in jobs])):
            row["runs"].append(run)
            print(row["changed"], run, flush=True)
    result = {
        "command": "python -m benchmarks.sweep",
        "recipe": "quick",
        "base": BASE,
        "reviews": {"train": RECIPE.reviews, "validation": len(corpus.train.hold_out(0.1)[1])},
        "cpu_minutes_of_training": round(sum(run["cpu_seconds"] for row in rows for run in row["runs"]) / 60, 1),
        "settings": rows,
        "machine": report.machine(),
        "versions": versions(),
    }
    report.save("sweep", result)
    print(f"{result['command']}: {result['cpu_minutes_of_training']} minutes of training on {result['machine']}")


if __name__ == "__main__":
    main()
