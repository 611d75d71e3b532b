"""Costs: what an RNN, an LSTM and a GRU of the same sizes hold and take: weights, products, time, state."""

from __future__ import annotations

import math
import re

import ipywidgets as widgets
import numpy as np
from matplotlib.patches import Patch

from utils.arrays.count import PARTS, inputs_of_readers, parameters
from utils.course.explorers.base import Explorer, choice, horizontal_band, slider
from utils.files import measured
from utils.plots import style
from utils.plots.style import PALETTE

FLOAT = 4  # bytes
MACHINES = {"cpu": "costs", "gpu": "costs_cuda"}  # the measurements that estimates are made from
SHADES = {"W": 1.0, "U": 0.6, "b": 0.3}  # of the weights on x, on h, and of the biases
TITLES = {
    "count": "parameters", "train": "training step, estimated", "stream": "stream step, estimated",
    "state": "stream, its state",
}  # fmt: skip


def train_seconds(
    cell: str, n: int, H: int, layers: int, both: bool, batch: int, T: int, machine: str = "cpu"
) -> float:
    """An estimate of the seconds for forward and backward of one batch of sequences of T steps."""
    table, log_batch = measured(MACHINES[machine]), math.log(batch)
    by_size = [np.interp(log_batch, np.log(table["batches"]), np.log(row)) for row in table["train_us"][cell]]
    return 1e-6 * T * sum(_at(inputs, H, by_size, table) for inputs in inputs_of_readers(n, H, layers, both))


def stream_seconds(cell: str, n: int, H: int, layers: int, machine: str = "cpu") -> float:
    """An estimate of the seconds for one step of one stream, forward alone, from one input to one output."""
    table = measured(MACHINES[machine])
    by_size = np.log(table["stream_us"][cell])
    return 1e-6 * sum(_at(inputs, H, by_size, table) for inputs in inputs_of_readers(n, H, layers, both=False))


def _at(n: int, H: int, log_us, table: dict) -> float:
    """Microseconds at n inputs and H units, from those at sizes with n = H, which are interpolated.

    Taken is the size that multiplies as much, 2 size^2 = n H + H^2. Above the largest that was measured time grows
    with the multiplications; below the smallest it stays, for there it is hardly the multiplications that take it.
    """
    sizes, size = table["hidden"], math.sqrt((n * H + H * H) / 2)
    return math.exp(np.interp(math.log(size), np.log(sizes), log_us)) * max(1, size / sizes[-1]) ** 2


class Costs(Explorer):
    """RNN, LSTM and GRU of the same sizes: parameters, time of a training step and of a stream's step, state.

    Bars are shares of the most expensive of the three. Parameters, products and bytes are exact; times are estimates
    from what `benchmarks/costs.py` measured. Controls: the cell that the words are about; inputs n, units H, layers,
    both directions; batch and T of a training step; the machine that was measured, a CPU or a GPU.
    """

    size = (9.0, 3.1)

    def make_controls(self):
        return {
            "cell": choice("cell", list(PARTS), "LSTM"),
            "n": slider("n, inputs", 64, 1, 512, 1),
            "H": slider("H, units a layer", 128, 1, 512, 1),
            "layers": slider("layers", 1, 1, 4, 1),
            "batch": slider("batch", 32, 1, 256, 1),
            "T": slider("T, steps", 100, 1, 500, 1),
            "both": widgets.Checkbox(value=False, description="both directions", layout={"width": "430px"}),
            "machine": choice("measured on", [(_short(name), name) for name in MACHINES], "cpu"),
        }

    @staticmethod
    def compute(cell, n, H, layers, batch, T, both, machine="cpu"):
        kinds = {name: parameters(name, n, H, layers, both) for name in PARTS}
        return {
            "cell": cell, "n": n, "H": H, "layers": layers, "batch": batch, "T": T, "both": both, "machine": machine,
            "kinds": kinds,
            "count": {name: sum(numbers.values()) for name, numbers in kinds.items()},
            "products": {name: numbers["W"] + numbers["U"] for name, numbers in kinds.items()},
            "train": {name: train_seconds(name, n, H, layers, both, batch, T, machine) for name in PARTS},
            # A backward reader begins at the last input, and a stream has none.
            "stream": {name: None if both else stream_seconds(name, n, H, layers, machine) for name in PARTS},
            "state": {name: None if both else FLOAT * layers * H * (1 + (name == "LSTM")) for name in PARTS},
        }  # fmt: skip

    def draw(self, figure):
        figure.get_layout_engine().set(wspace=0.06, w_pad=0.06)
        axes = dict(zip(TITLES, figure.subplots(1, len(TITLES), width_ratios=(1.3, 1, 1, 1))))
        self.bars, self.words, self.rows = {}, {}, []
        for what, ax in axes.items():
            style(ax)
            ax.grid(False)
            ax.spines[["left", "bottom"]].set_visible(False)
            ax.tick_params(length=0)
            ax.set(xlim=(0, 1.02), ylim=(2.65, -0.6), xticks=(), yticks=range(3), yticklabels=PARTS)
            ax.set_title(TITLES[what], fontsize=11)
            if what != "count":
                ax.set_yticklabels(())
            self.rows.append(self.moving(horizontal_band(ax, 0, 1, color="#EEEEEE", lw=0, zorder=0.5)))
            for y, cell in enumerate(PARTS):
                for kind, alpha in SHADES.items() if what == "count" else {"": 1.0}.items():
                    bar = ax.barh(y + 0.15, 0, 0.36, color=PALETTE[cell.lower()], alpha=alpha, lw=0)[0]
                    self.bars[what, cell, kind] = self.moving(bar)
                text = ax.text(0.01, y - 0.12, "", fontsize=10.5, weight="bold", color=PALETTE[cell.lower()])
                self.words[what, cell] = self.moving(text)
        keys = [Patch(color="#444444", alpha=alpha, lw=0) for alpha in SHADES.values()]
        figure.legend(
            keys, ["W on the inputs", "U on the state", "biases"],
            loc="outside lower left", ncols=3, frameon=False, fontsize=9,
        )  # fmt: skip

    def update(self, result):
        y = list(PARTS).index(result["cell"])
        for row in self.rows:
            row.set(y=y - 0.5, height=1)
        for (what, cell, kind), bar in self.bars.items():
            largest = max(value or 1 for value in result[what].values())
            if what == "count":
                start = sum(result["kinds"][cell][before] for before in "WUb"[: "WUb".index(kind)])
                bar.set(x=start / largest, width=result["kinds"][cell][kind] / largest)
            else:
                bar.set_width((result[what][cell] or 0) / largest)
        write = {"count": "{:,}".format, "train": duration, "stream": duration, "state": memory}
        for (what, cell), text in self.words.items():
            value = result[what][cell]
            text.set_text("no stream" if value is None else write[what](value))

    def describe(self, result):
        cell, layers, count = result["cell"], result["layers"], result["count"][result["cell"]]
        depth = f", {layers} layers" * (layers > 1) + ", both directions" * result["both"]
        stream = "It cannot follow a stream: its backward half begins at the last input."
        if not result["both"]:
            step, state = duration(result["stream"][cell]), memory(result["state"][cell])
            stream = f"A stream takes {step} a step, and {state} of state."
        return (
            f"{cell}, n = {result['n']}, H = {result['H']}{depth}: {count:,} parameters ({memory(FLOAT * count)}), "
            f"{result['products'][cell]:,} multiply-adds a step. Estimated for {where(result['machine'])}: "
            f"training on a batch of {result['batch']}, T = {result['T']} takes {duration(result['train'][cell])}. "
            f"{stream}"
        )


def where(machine: str = "cpu") -> str:
    """The machine of the measurement, in a few words."""
    return f"{_short(machine)}, one thread" if machine == "cpu" else _short(machine)


def _short(machine: str) -> str:
    facts = measured(MACHINES[machine])["machine"]
    return re.sub(r"\((R|TM)\)| CPU.*| \d+-Core.*| \d+GB.*", "", facts["gpu"] or facts["processor"])


def duration(seconds: float) -> str:
    """Two significant digits, in the unit that fits: "85 µs", "1.3 ms", "240 ms", "2.1 s"."""
    for unit, size in (("s", 1), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= 0.995 * size or unit == "µs":
            return f"{_two_digits(seconds / size)} {unit}"


def memory(bytes_: int) -> str:
    """Bytes, kB or MB (1000 of the smaller), to two significant digits."""
    for unit, size in (("MB", 1e6), ("kB", 1e3), ("bytes", 1)):
        if bytes_ >= 0.995 * size or unit == "bytes":
            return f"{_two_digits(bytes_ / size) if size > 1 else bytes_} {unit}"


def _two_digits(value: float) -> str:
    return f"{value:.1f}" if value < 9.95 else f"{float(f'{value:.2g}'):,.0f}"
