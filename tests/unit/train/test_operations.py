"""How many operations a training step starts: a GPU takes some 10 µs for each, however small the numbers are."""

from collections import Counter
from dataclasses import replace

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from utils.data.batching import batches
from utils.models import Classifier, LanguageModel, Tagger
from utils.models.language_model import Carried, Streams
from utils.train import imdb, language_model, tagger
from utils.train.trainer import Trainer

MOST = 200
V, TAGS = 500, 17


class Started(TorchDispatchMode):
    """Counts what is started; a view starts nothing."""

    def __init__(self):
        super().__init__()
        self.count = Counter()

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        self.count[str(function)] += not function.is_view
        return function(*args, **kwargs or {})


def reviews(name):
    # On a GPU a layer of either cell is one operation of cuDNN; on a CPU that is so for the LSTM alone.
    recipe = replace(imdb.RECIPES[name], rnn="lstm")
    rows = torch.randint(2, V, (8, 100)).tolist()
    return recipe, Classifier(V, **recipe.options()), batches(rows, [0, 1] * 4, 8)


def sentences(name):
    recipe = tagger.RECIPES[name]
    model = Tagger(V, TAGS, **recipe.options())
    ids, parts, tags = torch.randint(2, V, (8, 20)), torch.randint(0, 99, (8, 20, 3)), torch.randint(0, TAGS, (8, 20))
    return recipe, model, [(ids, torch.full((8,), 20), parts, tags)]


def text(name):
    recipe = language_model.RECIPES[name]
    model = LanguageModel(V, **recipe.options())
    return recipe, Carried(model), Streams(torch.randint(0, V, (1025,)), B=16, T=64)


STEPS = [(reviews, "fast"), (reviews, "best"), (sentences, "both, endings"), (text, "quick"), (text, "ships")]


@pytest.mark.parametrize("task, name", STEPS)
def test_a_training_step_starts_few_operations(task, name, monkeypatch):
    adam = torch.optim.AdamW  # on a GPU the Trainer has it fused, one operation for all weights
    monkeypatch.setattr(torch.optim, "AdamW", lambda *args, fused, **options: adam(*args, fused=True, **options))
    recipe, model, data = task(name)
    trainer = Trainer(model, device="cpu", **recipe.training() | {"epochs": 2, "patience": 2})
    epochs, epoch = [], trainer._epoch

    def counted(model, found, learn=None):
        if learn is None:
            return epoch(model, found)
        with Started() as started:
            score = epoch(model, found, learn)
        epochs.append(started.count)
        return score

    monkeypatch.setattr(trainer, "_epoch", counted)
    trainer.fit(data, data, progress=False)
    _, later = epochs  # in the first step AdamW makes its state
    assert 20 < later.total() / len(data) <= MOST, later.most_common(12)
    print(f"{name}: {later.total() / len(data):.0f} operations a step")
