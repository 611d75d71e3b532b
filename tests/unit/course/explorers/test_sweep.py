"""The explorer Sweep shows what stands in the JSON of the sweep, and nothing else."""

import json

import numpy as np
import pytest

from utils.course.explorers import Sweep
from utils.course.sweep import BASE, KNOBS, SweepResults
from utils.files import MEASURED

FACTS = json.loads((MEASURED / "sweep.json").read_text(encoding="utf-8"))
EACH = [(knob, value, label) for knob in KNOBS.values() for value, label in zip(knob.values, knob.labels)]


def rows(knob, value) -> list[dict]:
    """The runs of one value, straight from the JSON."""
    return next(row["runs"] for row in FACTS["settings"] if row["changed"] == knob.changed(value))


@pytest.mark.parametrize("knob, value, label", EACH, ids=[f"{knob.name} {label}" for knob, _, label in EACH])
def test_the_numbers_are_those_of_the_json(knob, value, label):
    result, runs = Sweep.compute(knob=knob.name, value=label), rows(knob, value)
    np.testing.assert_allclose(result["run"].valid, [run["valid_accuracy"] for run in runs])
    gaps = [100 * (run["train_accuracy"] - run["valid_accuracy"]) for run in runs]
    np.testing.assert_allclose(result["gaps"], gaps)
    drawn = [(place, run["valid_accuracy"]) for place, one in zip(knob.places, knob.values) for run in rows(knob, one)]
    assert result["valid"] == drawn and len(result["train"]) == len(drawn)
    assert result["place"] == knob.places[knob.values.index(value)]
    base = np.median([run["cpu_seconds"] for run in FACTS["settings"][0]["runs"]])
    assert result["time"] == pytest.approx(np.median([run["cpu_seconds"] for run in runs]) / base)
    assert result["is_base"] == (not knob.changed(value))
    assert result["verdict"] == SweepResults().verdict(knob.name, value)


@pytest.mark.parametrize("name", KNOBS)
def test_a_knob_offers_its_own_values_and_begins_at_the_base(name):
    explorer, knob = Sweep(knob="dropout" if name == "layers" else "layers"), KNOBS[name]
    explorer.controls["knob"].value = name
    slider = explorer.controls["value"]
    assert slider.options == knob.labels and explorer.error is None
    assert slider.value == knob.labels[knob.values.index(BASE[knob.key])]
    for label in knob.labels:
        slider.value = label
        assert explorer.error is None and f"= {label}" in explorer.caption.value


def test_the_picture_shows_the_picked_value():
    explorer, knob = Sweep(knob="hidden size"), KNOBS["hidden size"]
    assert all(len(line.get_xdata()) == 2 for line in explorer.lines)  # one for each seed of the base
    explorer.controls["value"].value = "1"
    runs = rows(knob, 1)
    assert [line.get_ydata() for line in explorer.lines[: len(runs)]] == [
        [run["train_accuracy"], run["valid_accuracy"]] for run in runs
    ]
    assert not any(len(line.get_xdata()) for line in explorer.lines[len(runs) :])
    middle = explorer.column.get_x() + explorer.column.get_width() / 2
    assert middle == pytest.approx(knob.places[0]) and explorer.title.get_text() == "hidden size = 1"
    assert [text.get_text() for text in explorer.axes[0].get_xticklabels()] == list(knob.labels)


def test_the_words_judge_and_count():
    assert "This is the base." in Sweep().caption.value
    lost = repr(Sweep(value="0.5"))
    assert "(3 of 3 seeds end worse than guessing)" in lost
    assert "Every seed stays below the base's band: worse." in lost and "-0.0" not in lost
    run = Sweep.compute("layers", "4")["run"]
    assert f"{run.valid.min():.1%} to {run.valid.max():.1%} right" in repr(Sweep(knob="layers", value="4"))


def test_a_value_of_another_knob_is_refused_in_a_sentence():
    with pytest.raises(ValueError, match="layers was tried at 1, 2, 3, 4, not at 0.02."):
        Sweep.compute("layers", "0.02")
