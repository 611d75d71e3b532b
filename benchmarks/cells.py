"""How fast the cells are: the tutorial's cell, ours step by step and by torch's kernel, and nn.LSTM, in turns.

`python -m benchmarks.cells` writes data/measured/cells.json and its table in docs/results.md; with `--device cuda` it
measures a GPU, and writes cells_cuda.json and a table beside it.
"""

from __future__ import annotations

import argparse
import statistics
import time

import torch
from torch import nn

from benchmarks import report
from utils.cells.layer import LSTM

SHAPES = [(32, 100, 64, 128), (4, 50, 8, 16), (64, 200, 100, 256)]  # batch, T, input, hidden
SECONDS = 40  # for each shape


class TutorialLSTM(nn.Module):
    """The cell that most tutorials write: four Linear layers on the concatenation of h and x."""

    def __init__(self, input_size: int, hidden_size: int):
        super().__init__()
        self.f, self.i, self.g, self.o = (nn.Linear(input_size + hidden_size, hidden_size) for _ in range(4))

    def forward(self, x):
        h = c = x.new_zeros(x.shape[1], self.f.out_features)
        outputs = []
        for x_t in x:
            hx = torch.cat([h, x_t], dim=1)
            f, i, o = (torch.sigmoid(gate(hx)) for gate in (self.f, self.i, self.o))
            c = f * c + i * torch.tanh(self.g(hx))
            h = o * torch.tanh(c)
            outputs.append(h)
        return torch.stack(outputs), (h, c)


class ProductsOnly(nn.Module):
    """Not a network: the matrix products that every LSTM needs, by the same torch.mm, and nothing else.

    What it takes is the floor of any LSTM written in Python on this torch and processor.
    """

    def __init__(self, input_size: int, hidden_size: int):
        super().__init__()
        for name, columns in (("W", input_size), ("U", hidden_size)):
            self.register_buffer(name, torch.randn(4 * hidden_size, columns))

    def forward(self, x):
        T, B, H = len(x), x.shape[1], self.U.shape[1]
        A = (x.flatten(0, 1) @ self.W.T).view(T, B, 4 * H)
        self.h, h = x.new_zeros(T, B, H), x.new_zeros(B, H)
        for a in A.unbind(0):
            torch.mm(h, self.U.T, out=a)
        return A, x

    def backward(self, A, x):
        dh = torch.empty_like(self.h[0])
        for a in A.unbind(0):
            torch.mm(a, self.U, out=dh)
        flat = A.flatten(0, 1)
        return flat.T @ x.flatten(0, 1), flat.T @ self.h.flatten(0, 1)


def train(network, x):
    if isinstance(network, ProductsOnly):
        return network.backward(*network(x))
    output, _ = network(x)
    output.square().mean().backward()


@torch.inference_mode()
def infer(network, x):
    network(x)


def measure(B: int, T: int, n: int, H: int, device: str) -> dict:
    """Median milliseconds of each contestant, and its ratio to nn.LSTM's time in the same round."""
    wait = torch.cuda.synchronize if device == "cuda" else lambda: None
    torch.manual_seed(0)
    reference = nn.LSTM(n, H).to(device)
    contestants = {
        "tutorial": TutorialLSTM(n, H).to(device),
        "steps": LSTM.from_torch(reference),
        "kernel": LSTM.from_torch(reference, fast=True),
        "nn.LSTM": reference,
        "products": ProductsOnly(n, H).to(device),
    }
    x, times = torch.randn(T, B, n, device=device), {}
    for work in (train, infer):
        for network in contestants.values():
            work(network, x)
        end = time.perf_counter() + SECONDS / 2
        while time.perf_counter() < end or len(times[work.__name__, "kernel"]) < 5:
            for name, network in contestants.items():
                wait()
                start = time.perf_counter()
                work(network, x)
                wait()
                times.setdefault((work.__name__, name), []).append(time.perf_counter() - start)
    return {
        work: {
            name: {
                "ms": round(1000 * statistics.median(times[work, name]), 3),
                "ratio": round(statistics.median(a / b for a, b in zip(times[work, name], times[work, "nn.LSTM"])), 2),
                "rounds": len(times[work, name]),
            }
            for name in contestants
        }
        for work in ("train", "infer")
    }


def markdown(result: dict) -> str:
    header = [
        "batch, T, input, hidden",
        "",
        "tutorial cell",
        "ours, step by step",
        "ours, torch's kernel",
        "nn.LSTM",
        "matrix products alone",
    ]
    rows = [
        [row["shape"], {"train": "training", "infer": "inference"}[work]]
        + [f"{_digits(cell['ms'])} ({cell['ratio']:.2f})" for cell in row[work].values()]
        for row in result["shapes"]
        for work in ("train", "infer")
    ]
    return report.table(header, rows)


def _digits(ms: float) -> str:
    return f"{ms:.0f}" if ms >= 100 else f"{ms:.3g}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--device", default="cpu", choices=("cpu", "cuda"))
    device = parser.parse_args().device
    if device == "cuda" and not torch.cuda.is_available():
        raise SystemExit("torch finds no GPU here: leave out --device cuda.")
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)  # vanishing gradients would slow every contestant down, see lesson 01
    name = "cells" if device == "cpu" else "cells_cuda"
    command = "python -m benchmarks.cells" + (" --device cuda" if device == "cuda" else "")
    result = {"command": command, "machine": report.machine(), "device": device, "shapes": []}
    for shape in SHAPES:
        result["shapes"].append({"shape": ", ".join(map(str, shape)), **measure(*shape, device)})
        print(markdown(result).splitlines()[-2:])
    report.save(name, result)
    report.put_into_page(name, markdown(result))
    print(markdown(result))


if __name__ == "__main__":
    main()
