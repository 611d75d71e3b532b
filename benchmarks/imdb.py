"""How well and how fast reviews are read: recipes, bags of words, the naive tutorial loop, in one run.

`python -m benchmarks.imdb` (real reviews needed; about 25 minutes) writes data/measured/imdb.json and its
table; with names of parts, such as `quick`, it measures these only and prints them. Each recipe is trained by its own
command in its own process, as a user would, and its peak of memory is noted.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from dataclasses import replace
from functools import partial

import torch
from torch import nn
from torch.profiler import ProfilerActivity, profile

from benchmarks import report
from utils.data import imdb
from utils.data.batching import batches, pad
from utils.models.classifier import Classifier
from utils.text import Vocabulary, tokenise
from utils.train.imdb import RECIPES, run
from utils.train.trainer import Trainer

COMMANDS = {
    "baselines": ["imdb", "--recipe", "baselines"],
    "quick": ["imdb", "--recipe", "quick", "--seeds", "3"],
    "fast": ["imdb", "--recipe", "fast", "--seeds", "3"],
    "ensemble": ["imdb", "--recipe", "ensemble", "--seeds", "5"],
}
PEERS = [  # name, test accuracy, source
    ("2-layer BiLSTM with GloVe vectors, GPU, 10 epochs", 0.862, "bentrevett/pytorch-sentiment-analysis, notebook 2"),
    ("one-hot BiLSTM with pooling, GPU, no other data", 0.919, "Johnson and Zhang 2016, table 2"),
]


def two_processes() -> dict:
    """The fast recipe in one process and in two under torchrun: seed 0, validation and test."""
    arguments = ["imdb", "--recipe", "fast"]
    torchrun = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc_per_node", "2"]
    one, two = report.trained(arguments), report.trained(arguments, torchrun)
    return {
        "processes": two["processes"],
        "one": one["runs"][0],
        "two": two["runs"][0],
        "points_apart": round(100 * abs(one["runs"][0]["test"]["accuracy"] - two["runs"][0]["test"]["accuracy"]), 2),
    }


class TutorialModel(nn.Module):
    """What many tutorials train: two layers of 256 in both directions over the padded text, read at the last column."""

    def __init__(self, vocab_size: int):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, 100)
        self.lstm = nn.LSTM(100, 256, num_layers=2, bidirectional=True, dropout=0.5, batch_first=True)
        self.output = nn.Linear(512, 2)

    def forward(self, ids):
        return self.output(self.lstm(self.embedding(ids))[0][:, -1])


def tutorial(corpus, steps: int = 3) -> dict:
    """A few steps of the naive loop (no length limit, no buckets), and what an epoch would take by them."""
    words = [tokenise(text) for text in corpus.train.sample(64 * steps).texts]
    vocabulary, seconds = Vocabulary.build(words), []
    model = TutorialModel(len(vocabulary))
    optimizer = torch.optim.Adam(model.parameters())
    for i in range(steps):
        ids, _ = pad([vocabulary.encode(row) for row in words[64 * i : 64 * (i + 1)]])
        began = time.perf_counter()
        nn.functional.cross_entropy(model(ids), torch.randint(2, (len(ids),))).backward()
        optimizer.step()
        optimizer.zero_grad()
        seconds.append(time.perf_counter() - began)
    per_second = 64 / statistics.median(seconds)
    return {
        "steps": steps,
        "reviews_per_second": round(per_second, 2),
        "epoch_hours": round(25_000 / per_second / 3600, 2),
    }


def speed(corpus, kind: str, recipe: str = "fast", rounds: int = 12) -> dict:
    """Reviews a second in training and in reading, and the share of a training step that the recurrent layer takes."""
    choices = replace(RECIPES[recipe], rnn=kind)
    some = corpus.train.sample(choices.batch * rounds)
    words = [tokenise(text) for text in some.texts]
    vocabulary = Vocabulary.build(words, choices.vocabulary)
    model = Classifier(choices.vocabulary, **choices.options())
    ready = batches(
        [vocabulary.encode(row) for row in words], some.labels, choices.batch, choices.max_tokens, torch.Generator()
    )
    trainer = Trainer(model, choices.lr, 1, eps=choices.eps, threads=1)
    train, read = [], []
    for _ in range(4):  # the first warms up
        history = trainer.fit(ready, list(ready)[:1], progress=False)
        train.append(len(some) / sum(history.seconds))
        began = time.perf_counter()
        trainer.evaluate(ready)
        read.append(len(some) / (time.perf_counter() - began))
    found = {
        "train_reviews_per_second": round(statistics.median(train[1:])),
        "read_reviews_per_second": round(statistics.median(read[1:])),
    }
    if kind == "lstm":  # oneDNN's, which has names of its own; a GRU is many small operations like all others
        with profile(activities=[ProfilerActivity.CPU]) as seen:
            trainer.fit(ready, list(ready)[:1], progress=False)
        total = sum(event.self_cpu_time_total for event in seen.key_averages())
        both_ways = ("aten::mkldnn_rnn_layer", "aten::mkldnn_rnn_layer_backward")
        layer = sum(event.cpu_time_total for event in seen.key_averages() if event.key in both_ways)
        found["share_of_recurrent_layer"] = round(layer / total, 2)
    return found


def rows(result: dict) -> list[dict]:
    """One line a method: name, seconds of training, accuracy on validation and test (medians over the seeds)."""
    found = []
    for one in result["baselines"]["runs"]:
        name = "always the majority" if one["name"] == "majority" else f"bag of {one['name']}, logistic regression"
        found.append({"name": name} | {key: one[key] for key in ("seconds", "validation", "test")})
    networks = {name: result[name] for name in ("quick", "fast")} | {"best": result["ensemble"]["networks"]}
    for name, one in networks.items():
        middle = one["median"] | {"parameters": one["parameters"]}
        about = f"{one['recipe']['rnn'].upper()}, recipe {name}: {one['data']['train']:,} reviews"
        found.append({"name": about, "runs": len(one["runs"])} | middle)
    together = result["ensemble"]
    count = len(together["networks"]["runs"])
    keys = ("seconds", "validation", "test")
    found.append(
        {"name": f"{count} networks of recipe best and the bag of weighted bigrams"} | {k: together[k] for k in keys}
    )
    for row in found:
        for split in ("validation", "test"):
            row[split] = row[split]["accuracy"]
    return found


def markdown(result: dict) -> str:
    lines = [
        [row["name"], f"{row['seconds']:.0f}", f"{row['validation']:.3f}", f"{row['test']:.3f}"]
        for row in result["rows"]
    ]
    lines += [[f"{name} ({source})", "", "", f"{test:.3f}"] for name, test, source in PEERS]
    fast, gru, naive, two = (result[key] for key in ("fast", "gru", "tutorial", "two_processes"))
    speed, best = result["speed"], result["ensemble"]["networks"]
    notes = [
        f"The naive tutorial loop (two layers of 256, whole reviews padded to the longest) trains "
        f"{naive['reviews_per_second']:.1f} reviews a second, an epoch takes {60 * naive['epoch_hours']:.0f} minutes: "
        f"extrapolated from {naive['steps']} steps. Recipe fast trains {speed['lstm']['train_reviews_per_second']:,} "
        f"a second and reads {speed['lstm']['read_reviews_per_second']:,}: a smaller model, less text, no waste.",
        f"The LSTM takes {speed['lstm']['share_of_recurrent_layer']:.0%} of a training step of recipe fast.",
        f"A GRU in its place: {speed['gru']['train_reviews_per_second']:,} reviews a second, validation "
        f"{gru['median']['validation']['accuracy']:.3f} against {fast['median']['validation']['accuracy']:.3f}.",
        f"Two processes under torchrun end {two['points_apart']:.2f} points from one (test, seed 0).",
        f"Peak of memory: {fast['peak_mb'] / 1000:.1f} GB for fast, {result['ensemble']['peak_mb'] / 1000:.1f} GB for "
        f"the last row. Recipe best has {best['parameters'] / 1e6:.0f} million parameters, most in vectors of pairs.",
    ]
    table = report.table(["", "Seconds of training", "Validation", "Test"], lines)
    return "\n".join([table, "", *(f"- {note}" for note in notes)])


def main(only: list[str]) -> None:
    corpus = imdb()
    if corpus.sample:
        raise SystemExit("This benchmark needs the real reviews: run `make data` first, or set RNN_COURSE_DATA.")
    result = {"command": "python -m benchmarks.imdb", "machine": report.machine()}
    parts = {name: partial(report.trained, arguments) for name, arguments in COMMANDS.items()} | {
        # After the commands: the peak of memory of a started process is at least that of the one that starts it.
        "two_processes": two_processes,
        "gru": lambda: run(replace(RECIPES["fast"], rnn="gru"), corpus, range(3), test=False, progress=False)[1],
        "speed": lambda: {kind: speed(corpus, kind) for kind in ("lstm", "gru")},
        "tutorial": lambda: tutorial(corpus),
    }
    if unknown := set(only) - set(parts):
        raise SystemExit(f"{', '.join(unknown)}: no such part; there are {', '.join(parts)}.")
    result |= {name: part() for name, part in parts.items() if name in (only or parts)}
    if only:
        print(json.dumps(result, indent=1))
        return
    result["rows"] = rows(result)
    report.save("imdb", result)
    report.put_into_page("imdb", markdown(result))
    print(markdown(result))


if __name__ == "__main__":
    main(sys.argv[1:])
