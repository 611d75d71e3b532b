"""Curves that grow: in a notebook one picture is drawn again and again and the last one is stored."""

import base64
import io

import nbformat
import numpy as np
import pytest
import torch
from matplotlib.image import imread
from nbclient import NotebookClient
from refused import refused
from torch import nn

from tools.build import ROOT
from utils.course.curves import running_mean, watch
from utils.train.recall import learn

CELL = """
import torch
from torch import nn
from utils.course import curves, watch
from utils.train.recall import learn
curves.PAUSE = curves.SHARE = 0
networks = {"plain": lambda: nn.RNN(10, 4, batch_first=True), "long": lambda: nn.LSTM(10, 4, batch_first=True)}
runs = watch(learn, networks, seeds=[0, 3], steps=6, T=5)
print({title: [len(right) for right in found] for title, found in runs.items()})
"""


class Watched(NotebookClient):
    """Notes the kinds of messages that carry a picture."""

    pictures = ()

    def process_message(self, message, *given):
        if "image/png" in message["content"].get("data", {}):
            self.pictures += (message["msg_type"],)
        return super().process_message(message, *given)


def test_in_a_notebook_the_picture_grows_and_the_last_one_is_stored(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    nb = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(CELL)])
    client = Watched(nb, kernel_name="python3", timeout=120)
    client.execute()
    assert client.pictures == ("display_data",) + ("update_display_data",) * (2 * 2 * 6 + 1)
    shown, printed = nb.cells[0].outputs
    assert printed.text == "{'plain': [6, 6], 'long': [6, 6]}\n"
    assert "plain, long" in shown.data["text/plain"] and shown.metadata["image/png"]["alt"] == shown.data["text/plain"]
    pixels = imread(io.BytesIO(base64.b64decode(shown.data["image/png"])))[..., :3]
    for color in ("#D55E00", "#0072B2"):  # the two kinds of cells; the first picture has no curve yet
        wanted = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        assert (abs(pixels - wanted).max(-1) < 0.02).sum() > 5, color


def test_each_run_is_that_of_its_seed_alone(capsys):
    def make():
        return nn.GRU(10, 4, batch_first=True)

    runs = watch(learn, {"GRU": make}, seeds=[2, 1], steps=5, T=5, rate=0.1)
    for seed, found in zip([2, 1], runs["GRU"]):
        torch.manual_seed(seed)
        assert found == list(learn(make(), steps=5, T=5, rate=0.1))
    assert runs["GRU"][0] != runs["GRU"][1]


def test_a_curve_is_the_mean_of_the_last_twenty():
    shares = np.random.default_rng(0).random(50)
    wanted = [shares[max(0, n - 20) : n].mean() for n in range(1, 51)]
    np.testing.assert_allclose(running_mean(list(shares)), wanted)
    assert len(running_mean([])) == 0


@pytest.mark.refusal("course.curves")
@pytest.mark.parametrize("given", [({}, [0]), ({"a": nn.Identity}, [])])
def test_nothing_to_train_is_refused(given):
    networks, seeds = given
    with refused(ValueError, "at least one network and one seed"):
        watch(learn, networks, seeds=seeds)
