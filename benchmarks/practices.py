"""What common advice on training is worth on film reviews: one thing changed at a time, five seeds, on validation.

`python -m benchmarks.practices` writes data/measured/practices.json, which lessons 06 and 09 read. It needs the real
reviews (`make data`) and ten minutes of one core. The test is used for one thing only: as a judge of two ways to
validate.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader

from benchmarks import report
from utils.cells.initialize import forget_bias_
from utils.data import Corpus, Split, imdb
from utils.data.batching import batches
from utils.models.baselines import bag
from utils.models.classifier import Classifier
from utils.text import Vocabulary, tokenise
from utils.train.__main__ import versions
from utils.train.imdb import RECIPES
from utils.train.trainer import Trainer

RECIPE, SEEDS, SHARE = RECIPES["quick"], range(5), 0.1


class Normalized(Classifier):
    """Batch normalization between pooling and dropout, where a classifier of images would have it."""

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.norm = nn.BatchNorm1d(self.output.in_features)

    def pool(self, h: Tensor, lengths: Tensor) -> Tensor:
        return self.norm(super().pool(h, lengths))


class LastColumn(Classifier):
    """What many programs do: `output[:, -1]` of the padded batch, in both directions, whatever the lengths are."""

    def read(self, x: Tensor, lengths: Tensor) -> Tensor:
        forward, backward = self.forward_rnn(x)[0], self.backward_rnn(x.flip(1))[0].flip(1)
        return torch.cat([forward, backward], dim=-1)  # (B, T, 2 H)

    def pool(self, h: Tensor, lengths: Tensor) -> Tensor:
        return h[:, -1]


def let_padding_learn(model: Classifier) -> None:
    model.embedding.padding_idx = None
    nn.init.normal_(model.embedding.weight.data[0], std=0.1)


def open_forget_gates(model: Classifier) -> None:
    for rnn in (model.forward_rnn, model.backward_rnn):
        forget_bias_(rnn, 1.0)


@dataclass(frozen=True)
class Practice:
    """One setting: what it changes in the model and in the trainer, and the setting it is compared with."""

    name: str
    against: str | None = None
    model: dict = field(default_factory=dict)
    trainer: dict = field(default_factory=dict)
    make: type = Classifier
    shuffled: bool = False  # batches of any lengths instead of similar ones
    change: Callable[[Classifier], None] | None = None


WHOLE = {"segment": None, "rnn": nn.LSTM}  # the review in one piece, as tutorials read it
BASE, ENDS = "the recipe", "true ends"
PRACTICES = (
    Practice(BASE),
    Practice("no clipping", BASE, trainer={"clip": 1e9}),
    Practice("no dropout", BASE, model={"dropout": 0.0, "word_dropout": 0.0}),
    Practice("no label smoothing", BASE, trainer={"label_smoothing": 0.0}),
    Practice("constant learning rate", BASE, trainer={"schedule": None, "lr": RECIPE.lr / 2}),  # the cycle's mean
    Practice("batch norm added", BASE, make=Normalized),
    Practice("forget bias 1", BASE, change=open_forget_gates),
    Practice("forward only", BASE, model={"bidirectional": False}),
    Practice(ENDS, None, WHOLE | {"pooling": "last"}),
    Practice("last column", ENDS, WHOLE, make=LastColumn),
    Practice("last column, shuffled", ENDS, WHOLE, make=LastColumn, shuffled=True),
    Practice("last column, shuffled, padding learns", ENDS, WHOLE, {}, LastColumn, True, let_padding_learn),
    Practice("mean and maximum over time", ENDS, WHOLE | {"pooling": "mean+max"}),
)  # fmt: skip


def train(practice: Practice, words: int, learn: DataLoader, choose: DataLoader, seed: int) -> float:
    """Validation accuracy of the weights that are kept."""
    order = learn.batch_sampler.generator
    if practice.shuffled:
        learn = DataLoader(learn.dataset, RECIPE.batch, shuffle=True, generator=order, collate_fn=learn.collate_fn)
        choose = DataLoader(choose.dataset, 64, collate_fn=choose.collate_fn)
    torch.manual_seed(seed)
    order.manual_seed(seed)
    model = practice.make(words, **(RECIPE.options() | practice.model))
    if practice.change:
        practice.change(model)
    settings = {"lr": RECIPE.lr, "epochs": RECIPE.epochs, "label_smoothing": RECIPE.label_smoothing}
    trainer = Trainer(model, device="cpu", seed=seed, threads=1, **(settings | practice.trainer))
    history = trainer.fit(learn, choose, progress=False)
    return round(history.valid_accuracy[history.best], 4)


def practices(corpus: Corpus) -> list[dict]:
    """One row a practice, with the accuracy of each seed."""
    pool, validation = corpus.train.hold_out(SHARE)
    split = pool.sample(RECIPE.reviews)
    texts = [tokenise(text) for text in split.texts]
    vocabulary = Vocabulary.build(texts, RECIPE.vocabulary)
    ids = [vocabulary.encode(row) for row in texts]
    held = [vocabulary.encode(tokenise(text)) for text in validation.texts]
    learn = batches(ids, split.labels, RECIPE.batch, RECIPE.max_tokens, torch.Generator())
    choose = batches(held, validation.labels, 64, RECIPE.max_tokens)
    rows = []
    for practice in PRACTICES:
        accuracy = [train(practice, len(vocabulary), learn, choose, seed) for seed in SEEDS]
        rows.append({"name": practice.name, "against": practice.against, "accuracy": accuracy})
        print(rows[-1], flush=True)
    return rows


def two_validations(corpus: Corpus) -> dict:
    """A bag of words on all reviews: what two ways of holding out a fifth promise, and what the test says."""

    def score(train: Split, *exams: Split) -> list[float]:
        words = bag("unigrams").fit(train.texts, train.labels)
        return [round(words.score(exam.texts, exam.labels), 4) for exam in exams]

    size, drawn = len(corpus.train) // 5, []
    for seed in SEEDS:
        shuffled = corpus.train.sample(len(corpus.train), seed)
        held, rest = (Split(shuffled.texts[s], shuffled.labels[s]) for s in (slice(size), slice(size, None)))
        drawn += score(rest, held)
    rest, held = corpus.train.hold_out(0.2)
    runs, test = score(rest, held, corpus.test)
    return {"drawn one by one": drawn, "runs of neighbors": runs, "test": test}


def main() -> None:
    corpus = imdb()
    if corpus.sample:
        raise SystemExit("The practices are measured on the real reviews; fetch them first: make data")
    torch.set_num_threads(1)
    result = {
        "command": "python -m benchmarks.practices",
        "recipe": "quick",
        "validations": two_validations(corpus),
        "practices": practices(corpus),
        "machine": report.machine(),
        "versions": versions(),
    }
    report.save("practices", result)


if __name__ == "__main__":
    main()
