"""The sweep of hyperparameters: what is tried, how one setting is trained, and what counts as an effect."""

import inspect
import json

import numpy as np
import pytest

from benchmarks import sweep as benchmark
from utils.course.sweep import BASE, BASE_SEEDS, KNOBS, NO_CLIPPING, SEEDS, Knob, SweepResults
from utils.data import imdb_sample
from utils.files import MEASURED
from utils.train.imdb import RECIPES
from utils.train.trainer import Score, Trainer

# What is tried ---------------------------------------------------------------------------------------


def test_the_base_is_recipe_quick():
    quick = RECIPES["quick"]
    assert {key: getattr(quick, key) for key in ("lr", "batch", "hidden", "dropout")}.items() <= BASE.items()
    assert (BASE["layers"], BASE["clip"]) == (1, inspect.signature(Trainer).parameters["clip"].default)


@pytest.mark.parametrize("knob", KNOBS.values(), ids=KNOBS)
def test_a_knob_changes_one_thing_and_holds_the_base(knob):
    assert knob.changed(BASE[knob.key]) == knob.fixed
    for value in knob.values:
        assert BASE | knob.changed(value) == BASE | {**knob.fixed, knob.key: value}
    assert 4 <= len(knob.values) == len(set(knob.labels)) == len(set(knob.places)) and list(knob.places) == sorted(
        knob.places
    )


def test_a_value_that_was_not_tried_is_refused():
    with pytest.raises(ValueError, match=r"layers must be one of 1, 2, 3, 4, got 5\."):
        KNOBS["layers"].changed(5)


def test_places_are_logarithms_and_no_clipping_stands_a_decade_above():
    assert Knob("a", "clip", (0.01, 1.0, NO_CLIPPING)).places == (-2, 0, 1)
    assert Knob("a", "clip", (0.01, 1.0, NO_CLIPPING)).labels == ("0.01", "1", "none")
    assert Knob("a", "layers", (1, 2, 4), log=False).places == (1, 2, 4)


# How it is measured ----------------------------------------------------------------------------------


def test_each_setting_is_trained_once_and_the_base_first():
    found = benchmark.settings()
    assert found[0] == {} and len({repr(sorted(changed.items())) for changed in found}) == len(found)
    assert all(knob.changed(value) in found for knob in KNOBS.values() for value in knob.values)


@pytest.fixture(scope="module")
def tiny():
    whole = benchmark.prepare(imdb_sample())
    learn, choose = (tuple(part[:40] for part in parts) for parts in (whole.learn, whole.choose))
    return benchmark.Data(whole.words, learn, choose)


def test_no_review_is_both_learned_and_judged_by():
    data, corpus = benchmark.prepare(imdb_sample()), imdb_sample()
    learned, held = ({tuple(row) for row in part[0]} for part in (data.learn, data.choose))
    assert not learned & held and len(data.learn[0]) + len(data.choose[0]) == len(corpus.train)


def test_the_same_seed_gives_the_same_and_another_gives_another(tiny):
    runs = [benchmark.train({"hidden": 4}, seed, tiny, epochs=1) for seed in (0, 0, 1)]
    assert [run.pop("cpu_seconds") >= 0 for run in runs] == [True] * 3
    assert runs[0] == runs[1] and runs[0]["valid_loss"] != runs[2]["valid_loss"]
    assert runs[0]["steps"] == 2 and 0 <= runs[0]["train_accuracy"] <= 1 and runs[2]["seed"] == 1


@pytest.mark.parametrize("loss, diverged", [(0.69, False), (0.70, True)])
def test_a_loss_above_that_of_guessing_counts_as_diverged(loss, diverged, tiny, monkeypatch):
    monkeypatch.setattr(Trainer, "evaluate", lambda self, batches: Score(loss, 0.5))
    assert benchmark.train({"hidden": 4}, 0, tiny, epochs=1)["diverged"] == diverged


@pytest.mark.parametrize(
    "changed",
    [{}, {"lr": 0.5}, {"batch": 8}, {"hidden": 3}, {"layers": 2}, {"dropout": 0.7}, {"clip": 0.01}, {"clip": None}],
    ids=str,
)
def test_every_knob_reaches_the_training(changed, tiny, monkeypatch):
    seen, wanted = {}, BASE | changed

    class Spy(Trainer):
        def __init__(self, model, lr, epochs, **options):
            seen.update(model=model, lr=lr, clip=options["clip"])
            super().__init__(model, lr, epochs, **options)

    monkeypatch.setattr(benchmark, "Trainer", Spy)
    run, model = benchmark.train(changed, 0, tiny, epochs=1), seen["model"]
    assert (seen["lr"], model.dropout.p, run["steps"]) == (wanted["lr"], wanted["dropout"], -(-40 // wanted["batch"]))
    assert seen["clip"] == (wanted["clip"] or benchmark.NEVER)
    for rnn in (model.forward_rnn, model.backward_rnn):
        assert (rnn.hidden_size, rnn.num_layers) == (wanted["hidden"], wanted["layers"])


# What counts as an effect ----------------------------------------------------------------------------


def made(path, accuracies: dict, base=(0.80, 0.81, 0.82), change=None) -> SweepResults:
    """A sweep in which every setting has the accuracies of the base, but for those named."""
    rows = []
    for changed in benchmark.settings():
        valid = accuracies.get(repr(changed), base)
        run = {"train_accuracy": 0.9, "valid_loss": 0.4, "steps": 9, "cpu_seconds": 1.0, "diverged": False}
        rows.append({"changed": changed, "runs": [run | {"seed": s, "valid_accuracy": v} for s, v in enumerate(valid)]})
    facts = {"base": BASE, "settings": rows} | (change or {})
    path.write_text(json.dumps(facts), encoding="utf-8")
    return SweepResults(path)


def test_only_what_lies_outside_the_bases_seeds_is_an_effect(tmp_path):
    low, high, reaching, edge = (0.7, 0.75, 0.79), (0.83, 0.84, 0.85), (0.7, 0.75, 0.805), (0.7, 0.75, 0.80)
    names = ("{'layers': 2}", "{'layers': 3}", "{'layers': 4}", "{'hidden': 1}")
    found = made(tmp_path / "sweep.json", dict(zip(names, (low, high, reaching, edge))))
    assert found.band == (0.80, 0.82)
    assert found.verdicts("layers") == {1: "no effect", 2: "worse", 3: "better", 4: "no effect"}
    assert found.verdict("hidden size", 1) == "no effect"
    found = made(tmp_path / "sweep.json", {"{'layers': 2}": (0.815, 0.84, 0.85), "{'layers': 3}": (0.82, 0.84, 0.85)})
    assert {found.verdict("layers", n) for n in (2, 3)} == {"no effect"}


def test_the_sides_on_which_a_knob_does_harm(tmp_path):
    low = (0.1, 0.2, 0.3)
    found = made(tmp_path / "sweep.json", {"{'hidden': 1}": low, "{'lr': 0.001}": low, "{'lr': 0.5}": low})
    assert found.worse_sides("learning rate") == (True, True)
    assert found.worse_sides("hidden size") == (True, False)
    assert found.worse_sides("layers") == found.worse_sides("clipping norm") == (False, False)
    assert made(tmp_path / "sweep.json", {"{'clip': None}": low}).worse_sides("clipping norm") == (False, True)


@pytest.mark.parametrize("function", ["verdicts", "worse_sides"])
def test_another_knob_is_refused(function):
    with pytest.raises(ValueError, match="knob must be one of 'learning rate', .*got 'depth'"):
        getattr(SweepResults(), function)("depth")


def test_a_file_that_is_not_there_or_of_another_sweep_is_refused(tmp_path):
    with pytest.raises(FileNotFoundError, match="make one: python -m benchmarks.sweep"):
        SweepResults(tmp_path / "none.json")
    path = tmp_path / "sweep.json"
    for change in ({"base": BASE | {"lr": 1.0}}, {"settings": []}, {"settings": [{"changed": {}, "runs": [{}]}]}):
        with pytest.raises(ValueError, match="is not of this sweep; make it anew"):
            made(path, {}, change=change)
    path.write_text("{", encoding="utf-8")
    with pytest.raises(ValueError, match="is not of this sweep"):
        SweepResults(path)


# What was found --------------------------------------------------------------------------------------


def test_the_shipped_sweep_is_whole_and_small():
    found, path = SweepResults(), MEASURED / "sweep.json"
    assert path.stat().st_size <= 100_000
    assert len(found.base.valid) == BASE_SEEDS
    for knob in KNOBS.values():
        for value in knob.values:
            runs = found.runs(knob.name, value)
            assert len(runs.valid) == (SEEDS if knob.changed(value) else BASE_SEEDS)
            assert ((runs.valid > 0.4) & (runs.valid < 1) & (runs.train < 1) & (runs.steps > 0)).all()
            assert (runs.diverged == (runs.loss > np.log(2))).all()
    assert found.facts["machine"]["processor"] and found.facts["command"] == "python -m benchmarks.sweep"
