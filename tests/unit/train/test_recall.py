"""The loop of the recall task: it trains, it ends when it should."""

import ast

import pytest
import torch
from refused import refused
from torch import nn

from tools.build import ROOT
from utils.cells import LSTM, initialize
from utils.train.recall import learn


def rnn(**settings):
    torch.manual_seed(0)
    return nn.RNN(10, 32, batch_first=True, **settings)


def critical():
    network = initialize.orthogonal_(rnn(), gain=1.0)
    for bias in (network.bias_ih_l0, network.bias_hh_l0):
        nn.init.zeros_(bias)
    return network


def test_it_ends_after_twenty_batches_in_a_row_without_a_mistake():
    right = list(learn(critical(), steps=600, rate=1e-3, T=10))
    assert 20 < len(right) < 600
    assert right[-20:] == [1.0] * 20 and right[-21] < 1


def test_it_ends_after_so_many_steps_and_changes_the_network_in_place():
    network = rnn()
    before = network.weight_hh_l0.detach().clone()
    right = list(learn(network, steps=7))
    assert len(right) == 7 and all(0 <= share <= 1 and (32 * share).is_integer() for share in right)
    assert not torch.equal(before, network.weight_hh_l0)


def test_two_runs_with_one_seed_are_the_same_and_distractors_are_harder():
    def run(**settings):
        return list(learn(critical(), steps=40, rate=1e-3, T=10, **settings))

    silent = run()
    assert silent == run()
    assert sum(run(distractors=True)[-20:]) < sum(silent[-20:])


def test_the_courses_own_cells_and_other_symbols_learn_too():
    torch.manual_seed(0)
    assert len(list(learn(LSTM(4, 8, batch_first=True), steps=3, T=5, classes=4))) == 3


@pytest.mark.parametrize("settings", [{"steps": 0}, {"T": 0}, {"classes": 1}])
def test_sizes_below_one_are_refused(settings):
    with refused(ValueError, "must be at least"):
        list(learn(rnn(), **settings))


def test_batches_the_other_way_round_are_not_learned_in_silence():
    with refused(ValueError, "batch_first=True"):
        list(learn(nn.RNN(10, 32)))


def test_it_is_the_loop_that_lesson_01_writes():
    source = (ROOT / "lessons_src" / "01_vanishing_gradients.py").read_text(encoding="utf-8")
    written = [node for node in ast.parse(source).body if getattr(node, "name", "") in ("recall", "learn")]
    lesson = {"torch": torch, "nn": nn}
    exec(compile(ast.Module(written, []), "lesson 01", "exec"), lesson)
    assert len(written) == 2
    for distractors in (False, True):
        runs = [list(loop(critical(), 15, 0.001, 10, distractors)) for loop in (learn, lesson["learn"])]
        assert runs[0] == runs[1]
