# %% [markdown]
# # 08 · Which one, when
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/gates-and-gradients/gates-and-gradients/blob/main/notebooks/08_which_one_when.ipynb)
#
# **Question.** RNN, LSTM or GRU; how large, how trained; or something newer? There are rules of thumb. Which of them hold when they are measured?
#
# You will
# - hold each rule of thumb against measurements with several seeds,
# - choose the size and the training of a network by its effect on held-out data,
# - see what came after: attention, and recurrences that are trained in parallel.
#
# Time: 40 minutes. Before: lessons 02 and 03.

# %% tags=["nbval-ignore-output", "setup"]
import os, subprocess, sys  # (this cell is written by tools/stamp.py)
address, folder = "https://github.com/gates-and-gradients/gates-and-gradients", "/content/gates-and-gradients"
if "google.colab" in sys.modules and folder not in sys.path:  # on Colab: fetch the course, once
    if not os.path.exists(folder):
        subprocess.run(["git", "clone", "--quiet", "--depth=1", address, folder], check=True)
    sys.path.insert(0, folder)
from utils import lesson
lesson.start("08")

# %% [markdown]
# ## 1. The rules, as they are told

# %% [markdown]
# ## 2. One race, live

# %% [markdown]
# ## 3. Memory against length

# %% [markdown]
# ### Exercise 08.2 · Where does the difference begin?
# *Medium, 10 minutes.* Two models, several lengths, five seeds each. The means always differ; when is it more than luck? Write `first_difference(lengths, a, b)`. `a` and `b`
# are NumPy arrays (lengths, seeds) with the accuracies of two models, one row for each of `lengths`, which may come in any order. Return the **shortest** length at which the two differ
# significantly, or `None` where there is none.
#
# *Significantly* means here: an exact permutation test on the difference of the means, with two sides (either model may be the better one), gives $p$ below 5 % divided by the number of lengths.
# (Why divided? Whoever looks four times is fooled four times as often. Why not a t-test? Accuracies that fail altogether or reach 100 % are no bell curve.) SciPy has the test: `scipy.stats.permutation_test`.

# %%
def first_difference(lengths, a, b):
    raise NotImplementedError

# %%
from utils.exercises import exercise

difference_exercise = exercise("08.2")
difference_exercise.check(first_difference)

# %% [markdown]
# Stuck? Take away a `#`.

# %%
# difference_exercise.hint()
# difference_exercise.solution()

# %% [markdown]
# ## 4. How soon does it learn?

# %% [markdown]
# ### Exercise 08.1 · A fair race
# *Medium, 12 minutes.* Which one learns sooner? Write `race(models, draw, held_out, steps)`, a fair race. `models` is a dict from name to network, each of which takes `x` (B, T, features) and
# gives logits (B, classes); `draw()` gives a new batch `x, y`; `held_out` is one pair `x, y` from which nobody learns. Train each model for `steps` steps with its own `torch.optim.Adam(..., lr=1e-2)` and
# `cross_entropy`, **all on the same batches, one new batch a step**. Return a dict with, for each name,
#
# `{"loss": [...], "accuracy": [...], "seconds": ...}`
#
# a number a step: the loss of the batch, of which you take the gradient, and the share right on `held_out` after the update; and the seconds of that model's training alone.
# Sooner in steps and sooner in seconds are two questions, and you can then answer both.

# %%
def race(models, draw, held_out, steps):
    raise NotImplementedError

# %%
from utils.exercises import exercise

race_exercise = exercise("08.1")
race_exercise.check(race)

# %%
# race_exercise.hint()
# race_exercise.solution()

# %% [markdown]
# ## 5. A wave, continued

# %% [markdown]
# ### Exercise 08.3 · Forecast a wave
# *Medium, 15 minutes.* Now you: `forecast_table(lengths, waves, hidden, epochs)` compares LSTM and GRU at each length $T$ of `lengths`. `waves(count, steps)` gives new sine waves, (count, steps).
# For each $T$ draw 256 waves **twice**: first those to learn from, then those for the test. Both models get the same. A network reads $T$ numbers and forecasts the one that follows. Train each for `epochs` passes through
# its waves, in batches of 32, by Adam with `lr=1e-2` on the mean squared error. Return the dict `table`, with `table["LSTM", T] = mse, network` and the same for `"GRU"`: the mean squared error on the test waves, a number, and the
# trained network. The class for it is there.

# %%
import torch
from torch import nn

class Forecaster(nn.Module):
    """x (B, T, 1) -> the next number (B, 1), from h_T; kind is nn.LSTM or nn.GRU."""

    def __init__(self, kind, hidden):
        super().__init__()
        self.rnn, self.head = kind(1, hidden, batch_first=True), nn.Linear(hidden, 1)

    def forward(self, x):
        return self.head(self.rnn(x)[0][:, -1])

# %%
def forecast_table(lengths, waves, hidden, epochs):
    raise NotImplementedError

# %%
from utils.exercises import exercise

forecast_exercise = exercise("08.3")
forecast_exercise.check(forecast_table)

# %%
# forecast_exercise.hint()
# forecast_exercise.solution()

# %% [markdown]
# ## 6. What does it cost?
# Four prices: numbers to store, multiplications to do, time to wait, and a state to keep. The first two can be counted, and so can the last. Time has to be measured.
#
# **Predict first.** A step of an LSTM multiplies four times as much as a step of an RNN of the same size. A stream comes in, one input at a time, 32 units, on one core. How many times as long as
# the RNN's will the LSTM's step take?

# %%
my_guess_times = 4.0

# %% [markdown]
# **To count.** A part has $W$ on its inputs, $U$ on the state, and two biases. At a step each number of $W$ and $U$ is multiplied once, and no number twice. So the multiply-adds of a step are the
# parameters without the biases, and you need not count again. With more layers, or both directions, each reader pays for its own; a second layer reads $H$ numbers, or $2H$ where the first one reads both ways.

# %%
import json
import time
from itertools import product

import numpy as np
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from utils import explorers, plots
from utils.cells import GRUCell, LSTMCell, RNNCell
from utils.explorers.costs import weights
from utils.files import RESULTS
from utils.lesson import claim

networks = {"RNN": nn.RNN, "LSTM": nn.LSTM, "GRU": nn.GRU}
gaps = []
for (name, kind), n, H, layers, both in product(networks.items(), (1, 300), (8, 128), (1, 3), (False, True)):
    torchs = kind(n, H, layers, bidirectional=both, device="meta").parameters()  # "meta": shapes without numbers
    gaps.append(sum(w.numel() for w in torchs) - sum(weights(name, n, H, layers, both).values()))
claim("Counted by the formula, the parameters of 48 networks are torch's", len(gaps) == 48 and not any(gaps), gaps)

# %%
counts = {}
for name, kind in zip(networks, (RNNCell, LSTMCell, GRUCell)):
    with FlopCounterMode(display=False) as counter:  # torch's own; an operation is a product or a sum, so two make one
        kind(300, 128)(torch.randn(1, 300))  # (B=1, n)
    counts[name] = counter.get_total_flops() // 2, weights(name, 300, 128)
    print(f"{name:4}  {counts[name][0]:>9,} multiply-adds a step")
claim("One step multiplies with each number of W and U exactly once", all(flops == w["W"] + w["U"] for flops, w in counts.values()), counts)

# %% [markdown]
# The state of a stream is what a network has to keep between two inputs: $H$ numbers a layer, twice as many for the LSTM. It does not grow with what has been read. That is the strong side of all three, and section 9 comes back to it.

# %%
streams, layers, H = 10_000, 2, 256
for name, states in (("RNN", 1), ("LSTM", 2), ("GRU", 1)):
    print(f"{name:4}  {streams * layers * H * states * 4 / 1e6:5.1f} MB for {streams:,} streams at once")

# %% [markdown]
# **To measure.** `benchmarks/costs.py` took the time of `nn.RNN`, `nn.LSTM` and `nn.GRU` in turns, on one thread, with as many inputs as units. It wrote down the machine, too:

# %%
measured = json.loads((RESULTS / "costs.json").read_text(encoding="utf-8"))
print(f"{measured['machine']['processor']}, {measured['machine']['threads']} thread, torch {measured['machine']['torch']}")

fig, axes = plots.figure(9, 3.3, ncols=2)
for name in networks:
    at_128 = np.array(measured["train_us"][name][measured["hidden"].index(128)])
    lines = (measured["hidden"], measured["stream_us"][name]), (measured["batches"], at_128 / measured["batches"])
    for ax, (x, y) in zip(axes, lines):
        ax.loglog(x, y, "o-", color=plots.PALETTE[name.lower()], label=name)
        ax.set_xticks(x, x)
        ax.minorticks_off()
axes[0].set(title="one step of a stream", xlabel="$H$, units", ylabel="microseconds")
axes[1].set(title="training, $H$ = 128", xlabel="batch", ylabel="microseconds for a step\nof one sequence")
fig.legend(*axes[0].get_legend_handles_labels(), loc="outside upper right", ncols=3, frameon=False)
plots.show(fig, "Two plots with logarithmic axes, three lines each. Left: a step of a stream takes hardly longer with 32 units than with 16, "
                "and many times as long with 512. Right: in training a sequence costs far less in a batch of 64 than alone.")

# %%
small, large = measured["hidden"].index(32), measured["hidden"].index(512)
lstm, rnn = measured["stream_us"]["LSTM"], measured["stream_us"]["RNN"]
alone, crowd = (measured["batches"].index(B) for B in (1, 64))
gru = measured["train_us"]["GRU"][measured["hidden"].index(128)]
claim("32 units: a step of the LSTM's stream takes less than 2.5 times the RNN's", lstm[small] < 2.5 * rnn[small], (lstm, rnn))
claim("512 units: it takes more than 2.5 times as long", lstm[large] > 2.5 * rnn[large], (lstm, rnn))
claim("From 32 units to 512 the multiply-adds grow 256 times, the LSTM's time less than 64 times", lstm[large] < 64 * lstm[small], lstm)
claim("Training a GRU of 128 units on a batch of 64 costs less than a third a sequence of what it costs alone", gru[crowd] / 64 < gru[alone] / 3, gru)
print(f"You guessed that the LSTM's step takes {my_guess_times} times as long as the RNN's.")

# %% [markdown]
# A small step is not made of multiplications. It is made of calls: for each, Python and PyTorch take some microseconds before the first number is touched. So a small network is hardly slower for four
# times the arithmetic, and a batch of 64 is far from 64 times as slow as one sequence. Only when the matrices are large do the multiplications decide. And the program decides as well:
# on Intel and AMD processors PyTorch leaves the LSTM, and it alone, to oneDNN (lesson 03). So an RNN may be trained more slowly than an LSTM four times its size.
#
# The calculator puts all four together, for RNN, LSTM and GRU at once. What was counted is exact. Times are *estimates*, interpolated from that file, hence for that machine: `python -m benchmarks.costs` replaces it by yours.

# %%
explorers.Costs()

# %% [markdown]
# **Three things to try.** Predict before you move.
# 1. One layer of 256 units, or four layers of 128 with 64 inputs: which has more parameters? Which takes longer to train?
# 2. Batch from 1 to 32. By how much does the training step grow?
# 3. Tick *both directions*. What is lost besides the time?

# %%
def one(**changed):
    return explorers.Costs.compute(**{"cell": "LSTM", "n": 64, "H": 128, "layers": 1, "batch": 32, "T": 100, "both": False} | changed)

wide, deep, alone = one(H=256), one(layers=4), one(batch=1)
for name, result in (("one layer of 256", wide), ("four of 128", deep)):
    print(f"LSTM, {name:16}  {result['count']['LSTM']:>7,} parameters, a training step of {explorers.costs.duration(result['train']['LSTM'])}")
claim("Four layers of 128 units have more parameters than one of 256", deep["count"]["LSTM"] > wide["count"]["LSTM"], (deep["count"], wide["count"]))
growth = one()["train"]["LSTM"] / alone["train"]["LSTM"]
claim("32 sequences together take less than 16 times as long as one", growth < 16, growth)
claim("With both directions there are twice the parameters, and no stream", one(both=True)["count"]["LSTM"] == 2 * one()["count"]["LSTM"]
      and one(both=True)["stream"]["LSTM"] is None)

# %% [markdown]
# How good are the estimates? The benchmark also measured five shapes beside its grid: other inputs, more layers, both directions.

# %% tags=["nbval-ignore-output"]
for shape in measured["others"]:
    sizes = {name: shape[name] for name in ("n", "H", "layers", "both", "batch", "T")}
    took = " ".join(f"{name} {1e6 * explorers.costs.train_seconds(name, **sizes) / us:.2f}" for name, us in shape["us"].items())
    print(f"estimated / measured: {took}   {sizes}")

# %% [markdown]
# And your computer? A few hundred steps of a stream, 32 units, in turns:

# %% tags=["nbval-ignore-output"]
cells = {"RNN": nn.RNNCell(32, 32), "LSTM": nn.LSTMCell(32, 32), "GRU": nn.GRUCell(32, 32)}
x, took = torch.randn(1, 32), {name: [] for name in cells}  # (B=1, n)
with torch.inference_mode():
    for _ in range(15):
        for name, cell in cells.items():
            state, start = None, time.perf_counter()
            for _ in range(50):
                state = cell(x, state)
            took[name].append(1e6 * (time.perf_counter() - start) / 50)
for name, steps in took.items():
    print(f"{name:4} {np.median(steps):5.1f} microseconds a step, {np.median(steps) / np.median(took['RNN']):.2f} times the RNN's")

# %% [markdown]
# ## 7. The rules, measured

# %% [markdown]
# ## 8. Choosing hyperparameters

# %% [markdown]
# ## 9. What came after

# %% [markdown]
# ## Take away
#
# ## References
#
# Back to [00 · Start here](00_start_here.ipynb), which lists the lessons.
