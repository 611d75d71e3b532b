"""Costs: its products are torch's, its estimates go through what was measured, no position of a control breaks it."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from benchmarks import costs as benchmark
from utils import cells
from utils.course import explorers
from utils.course.explorers import Costs, costs

KINDS = {"RNN": nn.RNN, "LSTM": nn.LSTM, "GRU": nn.GRU}
GIVEN = {"cell": "LSTM", "n": 64, "H": 128, "layers": 1, "batch": 32, "T": 100, "both": False}


@settings(max_examples=20, deadline=None)
@given(name=st.sampled_from(list(KINDS)), n=st.integers(1, 40), H=st.integers(1, 40))
def test_the_multiply_adds_are_those_torch_counts(name, n, H):
    with FlopCounterMode(display=False) as counter:  # two operations make a multiply-add
        getattr(cells, f"{name}Cell")(n, H)(torch.randn(1, n))
    assert Costs.compute(**GIVEN | {"n": n, "H": H})["products"][name] == counter.get_total_flops() // 2


@pytest.mark.parametrize(("name", "states"), [("RNN", 1), ("LSTM", 2), ("GRU", 1)])
def test_the_state_is_what_torch_hands_on(name, states):
    state = KINDS[name](5, 7, 3)(torch.randn(2, 1, 5))[1]  # of one stream
    tensors = state if isinstance(state, tuple) else (state,)
    assert len(tensors) == states
    result = Costs.compute(**GIVEN | {"n": 5, "H": 7, "layers": 3})
    assert result["state"][name] == sum(one.numel() * one.element_size() for one in tensors)


@pytest.mark.parametrize("name", KINDS)
def test_estimates_go_through_the_measured_points(name):
    table = costs.measured("costs")
    for row, H in enumerate(table["hidden"]):
        assert costs.stream_seconds(name, H, H, 1) == pytest.approx(1e-6 * table["stream_us"][name][row])
        for column, batch in enumerate(table["batches"]):
            us = table["train_us"][name][row][column]
            assert costs.train_seconds(name, H, H, 1, False, batch, 7) == pytest.approx(7e-6 * us)


def test_readers_add_up_and_sizes_beyond_the_table_cost_by_their_products():
    one = costs.train_seconds("GRU", 64, 64, 1, False, 16, 10)
    assert costs.train_seconds("GRU", 64, 64, 3, False, 16, 10) == pytest.approx(3 * one)
    assert costs.train_seconds("GRU", 64, 64, 1, True, 16, 10) == pytest.approx(2 * one)
    largest = costs.measured("costs")["hidden"][-1]
    far, edge = (costs.stream_seconds("LSTM", size, size, 1) for size in (2 * largest, largest))
    assert far == pytest.approx(4 * edge)
    smallest = costs.measured("costs")["hidden"][0]
    assert costs.stream_seconds("RNN", 1, 1, 1) == costs.stream_seconds("RNN", smallest, smallest, 1)


def test_estimates_of_shapes_beside_the_table_are_near_what_was_measured():
    for shape in costs.measured("costs")["others"]:
        sizes = {key: shape[key] for key in ("n", "H", "layers", "both", "batch", "T")}
        for name, us in shape["us"].items():
            assert 0.5 < 1e6 * costs.train_seconds(name, **sizes) / us < 2, (name, sizes)


def test_the_file_has_what_the_benchmark_measures():
    table = costs.measured("costs")
    assert tuple(table["hidden"]) == benchmark.HIDDEN and tuple(table["batches"]) == benchmark.BATCHES
    assert table["machine"]["threads"] == 1 and table["fewest_rounds"] >= benchmark.ROUNDS
    assert [shape | {"us": None} for shape in table["others"]] == [s | {"us": None} for s in benchmark.OTHERS]


def test_each_turn_of_the_benchmark_calls_all_three():
    calls = []
    works = {name: lambda name=name: calls.append(name) for name in KINDS}
    result = benchmark.in_turns(works, "cpu", seconds=0.0)
    assert result["rounds"] == benchmark.ROUNDS
    assert calls == list(KINDS) * (benchmark.ROUNDS + 1)  # the first round warms up
    assert result["over_lstm"]["LSTM"] == 1


def test_a_stream_carries_its_state_and_training_starts_from_cleared_gradients():
    states = []

    def cell(x, state):
        states.append(state)
        return len(states)

    benchmark.stream(cell, None)()
    assert states == [None, *range(1, benchmark.STREAM)]
    network, x = nn.GRU(3, 4), torch.randn(5, 2, 3)
    work = benchmark.train(network, x)
    work()
    once = network.weight_hh_l0.grad.clone()
    work()
    assert torch.equal(network.weight_hh_l0.grad, once)


def test_bars_are_shares_of_the_most_expensive_and_the_words_say_the_numbers():
    explorer = Costs(cell="GRU", n=300, H=512)
    result = explorer.compute(**explorer.values())
    gru = [explorer.bars["count", "GRU", kind] for kind in "WUb"]
    assert gru[-1].get_x() + gru[-1].get_width() == pytest.approx(0.75)
    assert gru[0].get_width() / gru[1].get_width() == pytest.approx(300 / 512)
    for what in ("train", "stream", "state"):
        widths = {name: explorer.bars[what, name, ""].get_width() for name in KINDS}
        assert max(widths.values()) == 1
        assert widths["RNN"] / widths["LSTM"] == pytest.approx(result[what]["RNN"] / result[what]["LSTM"])
    assert "1,250,304 parameters (5.0 MB)" in repr(explorer) and "1,247,232 multiply-adds" in repr(explorer)
    assert "Estimated for " in repr(explorer) and "one thread" in repr(explorer)
    assert all(row.get_y() == 1.5 for row in explorer.rows)  # behind the third of the three rows


def test_both_directions_cannot_follow_a_stream():
    explorer = Costs(both=True)
    assert "cannot follow a stream" in repr(explorer)
    assert {explorer.words[what, name].get_text() for what in ("stream", "state") for name in KINDS} == {"no stream"}
    explorer.controls["both"].value = False
    assert "A stream takes" in repr(explorer)


def test_the_words_keep_to_two_lines_at_the_largest_and_the_smallest():
    for values in ({"layers": 4, "n": 512, "H": 512, "batch": 256, "T": 500, "both": True}, {"n": 1, "H": 1, "T": 1}):
        for cell in KINDS:
            explorer = Costs(cell=cell, **values)
            assert explorer.error is None
            assert len(explorer.caption.value) < 360 and len(explorer._words) <= 290, explorer._words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(8.5e-6, "8.5 µs"), (85e-6, "85 µs"), (996e-6, "1.0 ms"), (0.0994, "99 ms"), (9.96, "10 s"), (1234, "1,200 s")],
)
def test_times_have_two_digits_and_the_unit_that_fits(seconds, words):
    assert costs.duration(seconds) == words


@pytest.mark.parametrize(
    ("size", "words"), [(4, "4 bytes"), (952, "952 bytes"), (1024, "1.0 kB"), (23_101_440, "23 MB")]
)
def test_bytes_too(size, words):
    assert costs.memory(size) == words


def test_estimates_grow_with_batch_and_length():
    assert explorers.Costs is Costs
    for name in KINDS:
        seconds = [costs.train_seconds(name, 100, 100, 1, False, batch, 50) for batch in (1, 16, 256)]
        assert seconds[0] < seconds[1] < seconds[2] and all(math.isfinite(s) for s in seconds)


def test_both_machines_are_offered_and_each_estimate_is_from_its_own_table():
    explorer = Costs()
    assert dict(explorer.controls["machine"].options) == {"AMD EPYC": "cpu", "NVIDIA H100": "gpu"}
    explorer.controls["machine"].value = "gpu"
    table = costs.measured("costs_cuda")
    row, column = table["hidden"].index(128), table["batches"].index(16)
    us = table["train_us"]["LSTM"][row][column]
    assert costs.train_seconds("LSTM", 128, 128, 1, False, 16, 7, "gpu") == pytest.approx(7e-6 * us)
    assert "Estimated for NVIDIA H100: training" in repr(explorer)
