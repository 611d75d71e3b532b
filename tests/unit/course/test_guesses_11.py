"""The answers of lesson 11's guesses, found another way."""

import pytest
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from utils.cells import LSTMCell
from utils.course.explorers import Scan
from utils.course.guesses import lesson11
from utils.files import measured


def products(work) -> int:
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        work()
    return counter.get_total_flops() // 2


@pytest.mark.parametrize("T", [1, 2, 16, 17, 32])
def test_rounds_are_those_of_the_explorer(T, monkeypatch):
    monkeypatch.setattr(lesson11, "STEPS", T)
    assert lesson11.rounds() == Scan.compute(T, 0.9, 0)["needed"]


def test_rounds_of_all_the_steps():
    assert 2 ** (lesson11.rounds() - 1) < lesson11.STEPS <= 2 ** lesson11.rounds()


def test_attention_multiplies_as_much_as_an_lstm_from_that_many_tokens_on():
    """As torch counts the products of one new token."""
    D, tokens = lesson11.UNITS, lesson11.tokens_of_equal_work()
    cell, maps, e = LSTMCell(D, D), nn.ModuleList(nn.Linear(D, D) for _ in range(3)), torch.randn(1, D)

    def attend(so_far: int):
        q, _, _ = (W(e) for W in maps)
        keys = values = torch.randn(so_far, D)
        return (q @ keys.T).softmax(-1) @ values

    lstm = products(lambda: cell(e))
    assert products(lambda: attend(tokens - 1)) < lstm <= products(lambda: attend(tokens))


def test_who_is_faster_is_what_was_recorded(monkeypatch):
    longest = measured("after_cuda")["speed"][-1]
    assert longest["T"] == 2048 and "2,048" in lesson11.PREDICTIONS["gpu"].question
    asked = {"minGRU, scanned": lesson11.SCAN, "nn.LSTM": lesson11.LSTM}
    assert lesson11.faster_on_the_gpu() == asked[min(asked, key=lambda name: longest[name]["ms"])]
    for scan, words in ((1.0, lesson11.SCAN), (3.0, lesson11.LSTM), (2.1, lesson11.EQUAL)):
        made = {"speed": [{"minGRU, scanned": {"ms": scan}, "nn.LSTM": {"ms": 2.0}}]}
        monkeypatch.setattr(lesson11, "measured", lambda name, made=made: made)
        assert lesson11.faster_on_the_gpu() == words
