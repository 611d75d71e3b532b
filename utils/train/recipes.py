"""What the tasks of `python -m utils.train` share: a recipe, training once a seed, and what is written down of it.

Each task is a module beside this one (imdb, tagger, language_model): its recipes, and a Task that prepares the data.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from typing import ClassVar

import torch
from torch import nn

from utils.checks import integer
from utils.machine import say, stopwatch
from utils.models.saved import Trained
from utils.train.devices import has_gpu
from utils.train.history import History
from utils.train.trainer import Trainer


@dataclass(frozen=True)
class Recipe:
    """Everything that decides how a model is trained; each task adds its own choices.

    on_gpu: the choices that are others on a GPU, by name. There a step takes about as long whatever the size of its
    batch, so larger batches are sooner done.
    """

    about: str = ""
    epochs: int = 1
    lr: float = 1e-2
    on_gpu: dict = field(default_factory=dict)

    MODEL: ClassVar[tuple[str, ...]] = ()  # which choices are arguments of the model
    TRAINER: ClassVar[tuple[str, ...]] = ("lr", "epochs")  # and which of the Trainer

    def options(self) -> dict:
        """The arguments of the model, but for the sizes that the data decide."""
        return {name: getattr(self, name) for name in self.MODEL}

    def training(self) -> dict:
        """The arguments of the Trainer."""
        return {name: getattr(self, name) for name in self.TRAINER}


class Task:
    """A recipe and its data, prepared once for all seeds.

    train, valid: the batches. order: the generator that shuffles those of train. learned: what there is to learn
    from, in words. data: the sizes of the data, as a dict for JSON.
    """

    train: Iterable
    valid: Iterable
    learned: str
    data: dict

    def __init__(self, recipe: Recipe):
        self.recipe, self.order = recipe, torch.Generator()

    def network(self) -> nn.Module:
        """A new network, to be trained; its initial weights come from torch's random numbers."""
        raise NotImplementedError

    def after(self, network: nn.Module) -> None:
        """Called before the first epoch and after each; most tasks keep nothing of it."""

    def trained(self, network: nn.Module) -> Trained:
        """The trained network with all that it needs to be used and saved."""
        raise NotImplementedError

    def measure(self, trained: Trained, trainer: Trainer, history: History, test: bool) -> dict:
        """What is worth knowing of one training, as a dict for JSON; without the test unless `test`."""
        raise NotImplementedError

    def sizes(self, trained: Trained) -> dict:
        """How many parameters there are."""
        return {"parameters": count(trained.model)}

    def in_words(self, one: dict) -> str:
        """What `measure` found, on one line."""
        return shares(one)


def run(kind: type[Task], recipe: Recipe, data, seeds: Iterable[int], test: bool, progress: bool):
    """Train one model a seed on `kind(recipe, data)`: the models, and all results as a dict for JSON.

    seeds: of initial weights, order and dropout. "median": of each number over the runs. "best_seed": the one with
    the lowest loss on validation. Seconds are those of training with validation; preparing the data is counted by
    itself. KeyboardInterrupt when a training is stopped by hand: what is not finished is no result.
    """
    seeds = [integer("seed", seed, 0) for seed in seeds]
    if not seeds:
        raise ValueError("seeds must hold at least one seed.")
    if recipe.on_gpu and has_gpu():
        recipe = replace(recipe, **recipe.on_gpu)
        say(f"On a GPU: {', '.join(f'{name} {value:g}' for name, value in recipe.on_gpu.items())}.")
    with stopwatch() as took:
        task = kind(recipe, data)
    facts = {"recipe": asdict(recipe), "data": task.data, "prepare_seconds": took["seconds"]}
    models, runs, losses = [], [], []
    for seed in seeds:
        torch.manual_seed(seed)
        task.order.manual_seed(seed)
        network = task.network()
        trainer = Trainer(network, seed=seed, threads=1, **recipe.training())
        if not runs:
            facts |= {"processes": trainer.processes, "device": str(trainer.device)}
            many = f"{trainer.processes} process{'es' if trainer.processes > 1 else ''}"
            say(f"{many} on {trainer.device}, {task.learned} to learn.")
        with stopwatch() as took:
            history = trainer.fit(task.train, task.valid, progress=progress, after=task.after)
        if history.interrupted:
            raise KeyboardInterrupt
        trained = task.trained(network)
        one = {"seed": seed, **took, "epochs": len(history.seconds)} | task.measure(trained, trainer, history, test)
        trained.model.cpu()
        say(f"Seed {seed}: {one['seconds']:.1f} s of training{task.in_words(one)}.")
        models.append(trained)
        runs.append(one)
        losses.append(history.kept.loss)
    facts |= task.sizes(models[0]) | {"runs": runs, "median": medians(runs)}
    for trained, one in zip(models, runs):
        trained.facts = {"run": one} | {name: facts[name] for name in ("recipe", "data", "median")}
    return models, facts | {"best_seed": seeds[losses.index(min(losses))]}


def medians(runs: list[dict]) -> dict:
    """The median over the runs of each number that a run holds, the seed apart."""
    found = {}
    for name, value in runs[0].items():
        if isinstance(value, dict):
            found[name] = medians([one[name] for one in runs])
        elif isinstance(value, (int, float)) and name != "seed":
            found[name] = statistics.median(one[name] for one in runs)
    return found


def shares(one: dict) -> str:
    """The accuracies of one run, in words."""
    splits = ("validation", "dev", "test")
    return "".join(f", {name} {one[name]['accuracy']:.1%}" for name in splits if name in one)


def count(model: nn.Module) -> int:
    """How many numbers the model learns."""
    return sum(weight.numel() for weight in model.parameters())
