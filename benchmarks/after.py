"""What came after, measured: how long T steps take stepped, scanned and attended to; and recall over 256 steps.

`python -m benchmarks.after` (three minutes of one core; `--device cuda` for a GPU) writes data/measured/after.json,
which lesson 11 draws. With a device other than the CPU it writes data/measured/after_cuda.json and so on.
"""

from __future__ import annotations

import argparse
import statistics
import time

import torch
from torch import Tensor, nn

from benchmarks import report
from utils.cells import initialize
from utils.cells.scan import MinGRU, stepped
from utils.data import tasks

LENGTHS = [16, 32, 64, 128, 256, 512, 1024, 2048]
B, N, H = 8, 32, 64  # batch, inputs, units
SECONDS = 12  # for each length
RECALL_T, RECALL_STEPS, SEEDS = 256, 300, range(3)


class Stepped(MinGRU):
    """MinGRU, one step after another: the same numbers, without the scan."""

    def forward(self, x: Tensor, h: Tensor | None = None) -> tuple[Tensor, Tensor]:
        output = stepped(*self.coefficients(x), h)
        return output, output[:, -1]


class Attention(nn.Module):
    """One head of causal self-attention with learned positions: x (B, T, n) -> (B, T, D). Vaswani and others 2017."""

    def __init__(self, n: int, D: int, T: int):
        super().__init__()
        self.W_x, self.P = nn.Linear(n, D), nn.Embedding(T, D)
        self.W_q, self.W_k, self.W_v = (nn.Linear(D, D) for _ in range(3))

    def forward(self, x: Tensor) -> tuple[Tensor, None]:
        e = self.W_x(x) + self.P.weight[: x.shape[1]]
        # With an axis for its one head, (B, 1, T, D): torch has its fast kernels for four axes only.
        q, k, v = (W(e).unsqueeze(1) for W in (self.W_q, self.W_k, self.W_v))
        return nn.functional.scaled_dot_product_attention(q, k, v, is_causal=True).squeeze(1), None


def networks(n: int, units: int, T: int) -> dict[str, nn.Module]:
    return {
        "minGRU, stepped": Stepped(n, units),
        "minGRU, scanned": MinGRU(n, units),
        "nn.GRU": nn.GRU(n, units, batch_first=True),
        "nn.LSTM": nn.LSTM(n, units, batch_first=True),
        "attention": Attention(n, units, T),
    }


def seconds(network: nn.Module, x: Tensor) -> float:
    """One pass forward and backward, with a loss on every step."""
    _wait(x)
    start = time.perf_counter()
    network(x)[0].square().mean().backward()
    _wait(x)
    return time.perf_counter() - start


def _wait(x: Tensor) -> None:
    if x.is_cuda:
        torch.cuda.synchronize()


def speed(T: int, device: str) -> dict[str, dict]:
    """Median milliseconds of each network for T steps, and the least; all take turns."""
    torch.manual_seed(0)
    x = torch.randn(B, T, N, device=device)
    contestants = {name: network.to(device) for name, network in networks(N, H, T).items()}
    times, end = {name: [] for name in contestants}, None
    while end is None or time.perf_counter() < end or len(times["nn.LSTM"]) < 5:
        for name, network in contestants.items():
            took = seconds(network, x)
            if end is not None:  # the first round warms up
                times[name].append(took)
        end = end or time.perf_counter() + SECONDS
    return {
        name: {"ms": round(1000 * statistics.median(t), 3), "least_ms": round(1000 * min(t), 3), "rounds": len(t)}
        for name, t in times.items()
    }


def recall(name: str, seed: int) -> dict:
    """Share of right answers on 1,000 new sequences, after at most RECALL_STEPS steps of Adam 1e-2, batch 32."""
    torch.manual_seed(seed)
    T = RECALL_T
    network = {
        "LSTM as it comes": lambda: nn.LSTM(10, 32, batch_first=True),
        "LSTM, chrono": lambda: initialize.chrono_(nn.LSTM(10, 32, batch_first=True), T_max=T),
        "minGRU, chrono": lambda: MinGRU(10, 32).chrono_(T_max=T),
        "attention": lambda: Attention(10, 32, T),
    }[name]()
    head = nn.Linear(32, 10)
    weights = [*network.parameters(), *head.parameters()]
    adam, right, start = torch.optim.Adam(weights, lr=1e-2), [], time.perf_counter()
    while len(right) < RECALL_STEPS and (len(right) < 20 or min(right[-20:]) < 1):
        x, y = tasks.first_element_recall(32, T)
        scores = head(network(x)[0][:, -1])
        adam.zero_grad()
        nn.functional.cross_entropy(scores, y).backward()
        nn.utils.clip_grad_norm_(weights, 1.0)
        adam.step()
        right.append((scores.argmax(1) == y).float().mean().item())
    took = time.perf_counter() - start
    with torch.no_grad():
        x, y = tasks.first_element_recall(1000, T)
        accuracy = (head(network(x)[0][:, -1]).argmax(1) == y).float().mean().item()
    return {"seed": seed, "accuracy": round(accuracy, 3), "steps": len(right), "seconds": round(took, 1)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--device", default="cpu", help="where the speed is measured; recall always runs on the CPU")
    device = parser.parse_args().device
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)  # products of many gates underflow, see lesson 01
    result = {
        "command": "python -m benchmarks.after" + (f" --device {device}" if device != "cpu" else ""),
        "machine": report.machine(),
        "device": device,
        "unit": "milliseconds of one pass forward and backward, float32, median over rounds in turns",
        "shape": {"batch": B, "inputs": N, "units": H},
        "speed": [{"T": T, **speed(T, device)} for T in LENGTHS],
    }
    if device == "cpu":
        names = ("LSTM as it comes", "LSTM, chrono", "minGRU, chrono", "attention")
        runs = {name: [recall(name, seed) for seed in SEEDS] for name in names}
        result["recall"] = {"T": RECALL_T, "most_steps": RECALL_STEPS, "runs": runs}
    report.save("after" if device == "cpu" else f"after_{device.replace(':', '_')}", result)
    rows = [[row["T"], *(row[name]["ms"] for name in row if name != "T")] for row in result["speed"]]
    print(report.table(["T", *list(result["speed"][0])[1:]], rows))


if __name__ == "__main__":
    main()
