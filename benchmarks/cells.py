"""How fast the cells are: the tutorial's cell, ours step by step and by torch's kernel, and nn.LSTM, in turns.

`python -m benchmarks.cells` writes data/measured/cells.json and its table in docs/results.md.
"""

from __future__ import annotations

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
        self.W, self.U = torch.randn(4 * hidden_size, input_size), torch.randn(4 * hidden_size, hidden_size)

    def forward(self, x):
        T, B, H = len(x), x.shape[1], self.U.shape[1]
        A = (x.flatten(0, 1) @ self.W.T).view(T, B, 4 * H)
        self.h, h = torch.zeros(T, B, H), torch.zeros(B, H)
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


def measure(B: int, T: int, n: int, H: int) -> dict:
    """Median milliseconds of each contestant, and its ratio to nn.LSTM's time in the same round."""
    torch.manual_seed(0)
    reference = nn.LSTM(n, H)
    contestants = {
        "tutorial": TutorialLSTM(n, H),
        "steps": LSTM.from_torch(reference),
        "kernel": LSTM.from_torch(reference, fast=True),
        "nn.LSTM": reference,
        "products": ProductsOnly(n, H),
    }
    x, times = torch.randn(T, B, n), {}
    for work in (train, infer):
        for network in contestants.values():
            work(network, x)
        end = time.perf_counter() + SECONDS / 2
        while time.perf_counter() < end or len(times[work.__name__, "kernel"]) < 5:
            for name, network in contestants.items():
                start = time.perf_counter()
                work(network, x)
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
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)  # vanishing gradients would slow every contestant down, see lesson 01
    result = {"command": "python -m benchmarks.cells", "machine": report.machine(), "shapes": []}
    for shape in SHAPES:
        result["shapes"].append({"shape": ", ".join(map(str, shape)), **measure(*shape)})
        print(markdown(result).splitlines()[-2:])
    report.save("cells", result)
    report.put_into_page("cells", markdown(result))
    print(markdown(result))


if __name__ == "__main__":
    main()
