"""What a notebook keeps of an explorer makes it anew: the same words and the same picture, by way of JSON."""

import json

import numpy as np
import pytest
import torch

from utils import explorers
from utils.cells import LSTM
from utils.models import Language, LanguageModel, load_language, load_sentiment

GIVEN = {
    "LeakyUnit": {"f": 0.3},
    "Tape": {"units": ["GRU"], "keep": 0.6, "moment": 5},
    "TypedReview": {"example": "not good"},
    "Writer": {"written": 12},
    "TaggerLive": {},
}
SYMBOLS = {"+": (1, 0), "-": (-1, 0), "0": (0, 1)}


def made_anew(shown):
    kept = json.loads(json.dumps(shown.makings()))
    return getattr(explorers, kept["explorer"])(**kept["options"])


def same(one, other) -> bool:
    return repr(one) == repr(other) and one.picture.value == other.picture.value


@pytest.mark.parametrize("name", GIVEN)
def test_those_of_shipped_models(name):
    shown = getattr(explorers, name)(**GIVEN[name])
    assert same(made_anew(shown), shown)


def test_a_tape_of_a_trained_unit():
    torch.manual_seed(0)
    shown = explorers.Tape(weights=LSTM(2, 1).state_dict(), symbols=SYMBOLS, tapes={"one": "+-0+"}, moment=30)
    assert same(made_anew(shown), shown)


def test_a_threshold_over_scores_of_32_bits():
    scores = torch.rand(200, generator=torch.Generator().manual_seed(0))
    shown = explorers.Threshold(scores, torch.arange(200) % 2)
    again = made_anew(shown)
    assert same(again, shown) and (again.p.astype(np.float32) == scores.numpy()).all()


def test_a_heat_map_in_another_order():
    shown = explorers.GateHeatmap(load_sentiment(), order=np.arange(32)[::-1])
    assert same(made_anew(shown), shown)


@pytest.mark.parametrize("options", [{"rnn": "lstm"}, {"rnn": "gru", "num_layers": 2}, {"rnn": "rnn"}])
def test_small_networks_of_ones_own_write_the_same_from_half_precision(options):
    torch.manual_seed(0)
    own = Language(LanguageModel(96, hidden=24, **options).half().float(), options)
    shown = explorers.Writer({"the shipped network": load_language(), "mine": own}, model="mine", temperature=1.0)
    again = made_anew(shown)
    assert same(again, shown)
    again.controls["model"].value = shown.controls["model"].value = "the shipped network"
    assert same(again, shown)
    assert shown.makings()["options"]["models"]["the shipped network"] == "shipped"


def test_a_large_model_of_ones_own_stays_in_the_notebook():
    own = load_sentiment()
    with torch.no_grad():
        own.model.embedding.weight += 1
    assert explorers.TypedReview(own).makings() == {} == explorers.GateHeatmap(own).makings()
    large = Language(LanguageModel(96, hidden=320), {"hidden": 320})
    assert explorers.Writer({"mine": large}).makings() == {}
    assert explorers.Writer()._repr_mimebundle_()[1] == {"course": {"explorer": "Writer", "options": {}}}
