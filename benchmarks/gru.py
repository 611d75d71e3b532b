"""GRU against LSTM, torch's and ours, step by step and by torch's kernel, in turns in one run.

`python -m benchmarks.gru` writes data/measured/gru.json and its table in docs/results.md. A ratio above 1 says that the
GRU is faster.
"""

from __future__ import annotations

import statistics
import time
import warnings

import torch
from torch import nn

from benchmarks import report
from benchmarks.cells import SHAPES, _digits, infer, train
from utils.cells.layer import GRU, LSTM

SECONDS = 30  # for each shape


def measure(B: int, T: int, n: int, H: int) -> dict:
    """Median milliseconds of each network, and of each pair the LSTM's time in that of the GRU in the same round."""
    torch.manual_seed(0)
    lstm, gru = nn.LSTM(n, H), nn.GRU(n, H)
    steps, kernel = ((LSTM.from_torch(lstm, fast), GRU.from_torch(gru, fast)) for fast in (False, True))
    pairs = {
        "nn": (lstm, gru, True),
        "nn without oneDNN": (lstm, gru, False),
        "ours, step by step": (*steps, True),
        "ours, torch's kernel": (*kernel, True),
    }
    if not torch.backends.mkldnn.is_available():
        del pairs["nn without oneDNN"]
    x, times = torch.randn(T, B, n), {}
    for work in (train, infer):
        end = None  # the first round warms up
        while end is None or time.perf_counter() < end or len(times[work.__name__, "nn"]) < 5:
            for name, (one, other, onednn) in pairs.items():
                with torch.backends.mkldnn.flags(enabled=onednn):
                    pair = _seconds(work, one, x), _seconds(work, other, x)
                if end is not None:
                    times.setdefault((work.__name__, name), []).append(pair)
            end = end or time.perf_counter() + SECONDS / 2
    return {work: {name: _summary(times[work, name]) for name in pairs} for work in ("train", "infer")}


def _seconds(work, network, x) -> float:
    start = time.perf_counter()
    work(network, x)
    return time.perf_counter() - start


def _summary(pairs: list[tuple[float, float]]) -> dict:
    lstm, gru = zip(*pairs)
    return {
        "lstm_ms": round(1000 * statistics.median(lstm), 3),
        "gru_ms": round(1000 * statistics.median(gru), 3),
        "lstm_over_gru": round(statistics.median(a / b for a, b in pairs), 2),
        "rounds": len(pairs),
    }


def markdown(result: dict) -> str:
    names = list(result["shapes"][0]["train"])
    rows = [
        [row["shape"], {"train": "training", "infer": "inference"}[work]]
        + [f"{_digits(p['lstm_ms'])} / {_digits(p['gru_ms'])} = {p['lstm_over_gru']:.2f}" for p in row[work].values()]
        for row in result["shapes"]
        for work in ("train", "infer")
    ]
    return report.table(["batch, T, input, hidden", "", *names], rows)


def main() -> None:
    warnings.filterwarnings("ignore", "TF32")  # of switching oneDNN off and on
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)  # vanishing gradients would slow every contestant down, see lesson 01
    result = {
        "command": "python -m benchmarks.gru",
        "machine": report.machine(),
        "unit": "milliseconds, median; lstm_over_gru is the median of the ratios within a round",
        "shapes": [{"shape": ", ".join(map(str, shape)), **measure(*shape)} for shape in SHAPES],
    }
    report.save("gru", result)
    report.put_into_page("gru", markdown(result))
    print(markdown(result))


if __name__ == "__main__":
    main()
