"""What an RNN, an LSTM and a GRU cost in time: to train, and to follow a stream, over batch and hidden sizes.

`python -m benchmarks.costs` (about three minutes of one core) writes data/measured/costs.json, from which lesson 10
and its explorer read. `--device cuda` measures a GPU and writes data/measured/costs_cuda.json. The three take turns in
each round.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable

import torch
from torch import nn

from benchmarks import report

HIDDEN, BATCHES, T = (16, 32, 64, 128, 256, 512), (1, 4, 16, 64, 256), 32
LAYERS = {"RNN": nn.RNN, "LSTM": nn.LSTM, "GRU": nn.GRU}
CELLS = {"RNN": nn.RNNCell, "LSTM": nn.LSTMCell, "GRU": nn.GRUCell}
STREAM = 100  # steps of a stream in one turn
SECONDS, ROUNDS = 2.5, 5  # for each shape, at least
# Shapes beside the grid, to see how far an estimate from the grid is off.
OTHERS = [
    {"n": 300, "H": 128, "layers": 1, "both": False, "batch": 32, "T": 100},
    {"n": 64, "H": 100, "layers": 2, "both": False, "batch": 32, "T": 50},
    {"n": 50, "H": 40, "layers": 1, "both": True, "batch": 16, "T": 60},
    {"n": 1, "H": 48, "layers": 1, "both": False, "batch": 8, "T": 50},
    {"n": 100, "H": 200, "layers": 3, "both": False, "batch": 2, "T": 20},
]


def train(network: nn.Module, x: torch.Tensor) -> Callable:
    """The work of one training step without the optimizer's: forward, and backward from a loss of all outputs."""

    def work():
        network.zero_grad()
        network(x)[0].square().mean().backward()

    return work


def stream(cell: nn.Module, x: torch.Tensor) -> Callable:
    """The work of `STREAM` steps, one input each, the state carried on."""

    @torch.inference_mode()
    def work():
        state = None
        for _ in range(STREAM):
            state = cell(x, state)

    return work


def in_turns(works: dict[str, Callable], device: str, seconds: float = SECONDS) -> dict:
    """Of each work the median time, and the median of its ratio to the LSTM's time in the same round; and the rounds.

    Times are in microseconds: on a CPU those of the one thread that works, so that other programs hardly count.
    """
    gpu = device == "cuda"
    wait, clock = (torch.cuda.synchronize, time.perf_counter) if gpu else (lambda: None, time.thread_time)
    times, end = {name: [] for name in works}, None  # the first round warms up
    while end is None or time.perf_counter() < end or len(times["LSTM"]) < ROUNDS:
        for name, work in works.items():
            wait()
            start = clock()
            work()
            wait()
            if end is not None:
                times[name].append(1e6 * (clock() - start))
        end = end or time.perf_counter() + seconds
    return {
        "us": {name: statistics.median(own) for name, own in times.items()},
        "over_lstm": {
            name: round(statistics.median(a / b for a, b in zip(own, times["LSTM"])), 2) for name, own in times.items()
        },
        "rounds": len(times["LSTM"]),
    }


def measure_grid(device: str) -> dict:
    """Microseconds for one step of time: training, (hidden sizes, batches), and a stream, (hidden sizes,)."""
    found = {what: {name: [] for name in LAYERS} for what in ("train_us", "train_over_lstm")}
    found |= {what: {name: [] for name in CELLS} for what in ("stream_us", "stream_over_lstm")}
    rounds = []
    for H in HIDDEN:
        print("hidden", H, flush=True)
        networks = {name: kind(H, H).to(device) for name, kind in LAYERS.items()}
        rows = []
        for B in BATCHES:
            x = torch.randn(T, B, H, device=device)  # (T, B, n)
            rows.append(in_turns({name: train(network, x) for name, network in networks.items()}, device))
        one = torch.randn(1, H, device=device)  # (1, n)
        steps = in_turns({name: stream(kind(H, H).to(device), one) for name, kind in CELLS.items()}, device)
        for name in LAYERS:
            found["train_us"][name].append([_digits(row["us"][name] / T) for row in rows])
            found["train_over_lstm"][name].append([row["over_lstm"][name] for row in rows])
            found["stream_us"][name].append(_digits(steps["us"][name] / STREAM))
            found["stream_over_lstm"][name].append(steps["over_lstm"][name])
        rounds += [row["rounds"] for row in (*rows, steps)]
    return found | {"fewest_rounds": min(rounds)}


def measure_others(device: str) -> list[dict]:
    """Microseconds for one whole training step of the shapes beside the grid."""
    found = []
    for shape in OTHERS:
        options = {"num_layers": shape["layers"], "bidirectional": shape["both"]}
        x = torch.randn(shape["T"], shape["batch"], shape["n"], device=device)  # (T, B, n)
        works = {name: train(kind(shape["n"], shape["H"], **options).to(device), x) for name, kind in LAYERS.items()}
        found.append(shape | {"us": {name: _digits(us) for name, us in in_turns(works, device)["us"].items()}})
    return found


def _digits(us: float) -> float:
    return float(f"{us:.4g}")


def markdown(result: dict) -> str:
    """For each hidden size: training at batch 1 and 64, and a stream, in microseconds for one step of time."""
    rows = [
        [H]
        + [f"{result['train_us'][name][k][BATCHES.index(B)]:,.0f}" for B in (1, 64) for name in LAYERS]
        + [f"{result['stream_us'][name][k]:,.0f}" for name in CELLS]
        for k, H in enumerate(HIDDEN)
    ]
    header = ["inputs and units", *(f"{name}, training, batch {B}" for B in (1, 64) for name in LAYERS)]
    return report.table(header + [f"{name}, stream" for name in CELLS], rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--device", default="cpu", choices=("cpu", "cuda"))
    device = parser.parse_args().device
    if device == "cuda" and not torch.cuda.is_available():
        raise SystemExit("torch finds no GPU here: leave out --device cuda.")
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)  # vanishing gradients would slow every contestant down, see lesson 01
    torch.manual_seed(0)
    result = {
        "command": "python -m benchmarks.costs" + (" --device cuda" if device == "cuda" else ""),
        "machine": report.machine(),
        "device": device,
        "unit": "microseconds of the thread for one step of time, median; training: forward and backward of "
        f"{T} steps, inputs as many as units; over_lstm: median of the ratios within a round",
        "T": T,
        "hidden": HIDDEN,
        "batches": BATCHES,
        **measure_grid(device),
        "others": measure_others(device),
    }
    report.save("costs" if device == "cpu" else "costs_cuda", result)
    print(markdown(result))


if __name__ == "__main__":
    main()
