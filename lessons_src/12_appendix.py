# %% [markdown]
# # 12 · Appendix: proofs and side roads
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/gates-and-gradients/gates-and-gradients/blob/main/notebooks/12_appendix.ipynb)
#
# What the lessons say in one line is shown here in full, a section a lesson. No lesson needs it, and its sections need one another as little.
# Letters and terms: [notation](glossary.ipynb).

# %% tags=["nbval-ignore-output", "setup"] jupyter={"source_hidden": true} cellView="form"
#@title Set up
import importlib.util, os, pathlib, runpy, subprocess, sys  # (this cell is written by tools/stamp.py)
address, folder = "https://github.com/gates-and-gradients/gates-and-gradients", "/content/gates-and-gradients"
if "google.colab" not in sys.modules:  # the course is the folder around this notebook, wherever it was installed from
    around = [pathlib.Path.cwd(), *pathlib.Path.cwd().parents]
    folder = next((str(path) for path in around if (path / "tools" / "stamp.py").is_file()), None)
elif sys.path[0] != folder:  # on Colab: fetch the course once, and what it lacks there
    if not os.path.exists(folder):
        subprocess.run(["git", "clone", "--quiet", "--depth=1", address, folder], check=True)
    runpy.run_path(f"{folder}/tools/colab.py", run_name="__main__")
if folder and sys.path[0] != folder:
    sys.path.insert(0, folder)
found = importlib.util.find_spec("utils")  # the course's package, or another one of this name?
if found and not (found.origin and "Gates and Gradients" in found.loader.get_source("utils")):
    place = [*(found.submodule_search_locations or [found.origin])][0]
    advice = "rename or move it, restart the kernel, and run this cell again."
    raise ImportError(f"{place} is not the course's package utils: {advice}")
try:
    from utils import explorers, lesson
except ModuleNotFoundError as missing:  # another kernel, or a notebook that was taken out of the course
    advice = "open the lessons with `make lab`, or choose the kernel of the course's .venv, and run this cell again."
    raise ImportError(f"This kernel has no {missing.name}, which the course needs: {advice}") from None
lesson.start("12")
# %%
import numpy as np
import torch
from torch import nn

from utils import explorers, plots, probes
from utils.course import claim

# %% [markdown]
# ## Lesson 01

# %% [markdown]
# ## Lesson 02

# %% [markdown]
# ## Lesson 03

# %% [markdown]
# ## Lesson 04

# %% [markdown]
# ## Lesson 05

# %% [markdown]
# ## Lesson 06

# %% [markdown]
# ## Lesson 07

# %% [markdown]
# ## Lesson 08

# %% [markdown]
# ## Lesson 09 · Tips, tried
# Tutorials end with tips. These are left over, each in a few lines.
#
# ### The initial state
# Some programs make zeros for $h_0$ and $c_0$ and hand them over. What shape must they have? And what if the first state were *learned*, as two more weights?

# %%
import torch
from torch import nn

from utils.course import claim

torch.manual_seed(0)
deep = nn.LSTM(5, 4, num_layers=2, bidirectional=True, batch_first=True)
x, zeros = torch.randn(3, 7, 5), torch.zeros(2 * 2, 3, 4)  # (B, T, in), (layers x directions, B, H)
claim("Zeros of shape (layers x directions, B, H) and no state at all give the same, bit for bit, also with batch_first",
      torch.equal(deep(x)[0], deep(x, (zeros, zeros))[0]))

def reach_of_first_state(T):
    """How much h_0 and c_0, as weights, would move the last state: the length of the gradient."""
    lstm, first = nn.LSTM(1, 32), [torch.zeros(1, 1, 32, requires_grad=True) for _ in "hc"]  # (layers, 1, H)
    output, _ = lstm(torch.randn(T, 16, 1), tuple(s.repeat(1, 16, 1) for s in first))  # (T, B, H)
    return torch.cat(torch.autograd.grad(output[-1].sum(), first)).norm().item()

reach = {T: reach_of_first_state(T) for T in (1, 10, 50)}
claim("A learned first state: over 10 steps less than a twentieth of its gradient is left, over 50 less than a hundred-millionth",
      reach[10] < reach[1] / 20 and reach[50] < 1e-8 * reach[1], reach)

# %% [markdown]
# So zeros need not be written, and a learned first state can matter to what is read near the beginning. To the last state of a long sequence it says nothing that a fresh LSTM would still know.
#
# ### Dropout between layers, and batch normalization
# `nn.LSTM(..., dropout=0.5)` acts between layers. With one layer there is no between:

# %%
import warnings

import torch
from torch import nn

from utils.course import claim

x = torch.randn(3, 7, 5)  # (B, T, in)
with warnings.catch_warnings(record=True) as told:
    warnings.simplefilter("always")
    layers = {n: nn.LSTM(5, 4, num_layers=n, dropout=0.5, batch_first=True) for n in (1, 2)}
acts = {n: not torch.equal(lstm.train()(x)[0], lstm.eval()(x)[0]) for n, lstm in layers.items()}
claim("PyTorch warns once, for the LSTM of one layer; in training that one gives what it gives in evaluation, and the one of two layers does not",
      len(told) == 1 and acts == {1: False, 2: True}, (len(told), acts))
try:
    nn.BatchNorm1d(64)(torch.randn(1, 64))
except ValueError as refused:
    print("Batch normalization, a batch of one:", refused)

# %% [markdown]
# With one layer write `nn.Dropout` yourself, on what goes into the LSTM or on the state that is read; `utils.models.Classifier` does both. Batch normalization makes the numbers of a layer have mean 0 and variance 1 over
# the *batch*. So in training the answer to one review depends on the others, a batch of one is refused, and over padded steps it would count the pads.
#
# ### A scheduler that waits
# `ReduceLROnPlateau` lowers the rate when validation no longer gets better. Here it is given seven losses and, the second time, seven accuracies.

# %%
import torch
from torch import nn

from utils.course import claim

def rates(values):
    adam = torch.optim.Adam([nn.Parameter(torch.zeros(1))], lr=0.1)
    plateau = torch.optim.lr_scheduler.ReduceLROnPlateau(adam, factor=0.5, patience=2)
    after = []
    for value in values:
        plateau.step(value)
        after.append(adam.param_groups[0]["lr"])
    return after

claim("patience=2: two epochs without a better loss are forgiven, the third halves the rate",
      rates([0.6, 0.5, 0.4, 0.41, 0.42, 0.43, 0.38]) == [0.1, 0.1, 0.1, 0.1, 0.1, 0.05, 0.05])
claim("Handed accuracies without mode='max', it halves the rate twice while the network gets better and better",
      rates([0.6, 0.7, 0.8, 0.82, 0.84, 0.86, 0.88])[-1] == 0.025)

# %% [markdown]
# A training of two epochs, like those of lesson 09, never sees it; there the rate follows a plan (one cycle). `Trainer(schedule="plateau")` is for longer ones.
#
# ### How much of a batch is padding?
# Five texts, of 8, 4, 6, 2 and 5 steps.

# %%
from utils.course import claim
from utils.data import pad

texts = [[1] * steps for steps in (8, 4, 6, 2, 5)]
batch, lengths = pad(texts)  # (B, T), (B,)
real = lengths.sum().item()
claim("Of 40 steps 25 are real: 37.5 % is padding", (batch.numel(), real) == (40, 25) and 1 - real / batch.numel() == 0.375, batch.shape)
by_length = sorted(texts, key=len)
buckets = sum(pad(part)[0].numel() for part in (by_length[3:], by_length[:3]))  # the two longest, the three others
claim("Sorted by length into two batches: 31 steps, 19 % padding", buckets == 31 and round(100 * (1 - real / buckets)) == 19, buckets)

# %% [markdown]
# "37.5 % less computation" is often said of packing. It is the share of *steps*; on a CPU packed steps may take longer than the pads they leave out. Sorting by length saves without that, and a mask does the rest.
#
# ### A memory test that tests no memory
# The task: fifty numbers, and the answer is the sign of the first. A popular comparison makes an RNN, an LSTM and a GRU, runs `backward()` once, and prints the length of the gradient of all weights. We add a
# fourth, an LSTM with chrono's biases, which we know can learn it. Will its length stand out?

# %% jupyter={"source_hidden": true} cellView="form"
# The gradients of four networks, ten seeds each
import torch
from torch import nn

from utils import lesson, plots, probes
from utils.cells.initialize import chrono_
from utils.course import claim
from utils.course.results import compare
from utils.data import tasks

MAKE = {"RNN": nn.RNN, "LSTM": nn.LSTM, "GRU": nn.GRU, "LSTM, chrono": lambda *sizes, **rest: chrono_(nn.LSTM(*sizes, **rest), 50)}

def gradients(make, seed):
    """The length of the gradient of all weights, and of that of h_t at each step (T,)."""
    torch.manual_seed(seed)
    rnn, read = make(1, 64, batch_first=True), nn.Linear(64, 2)
    x, y = tasks.sign_memory(32, 50)  # (B, T, 1), (B,)
    def loss(h):  # (B, T, H): the last state answers
        return nn.functional.cross_entropy(read(h[:, -1]), y)
    weights = [*rnn.parameters(), *read.parameters()]
    all_weights = torch.cat([g.flatten() for g in torch.autograd.grad(loss(rnn(x)[0]), weights)])
    return all_weights.norm().item(), probes.gradient_norms(rnn, x, loss)

total, by_step = {}, {}
for name, make in MAKE.items():
    total[name], by_step[name] = zip(*(gradients(make, seed) for seed in range(10)))

fig, (left, right) = plots.figure(9, 3.2, ncols=2)
STYLE = {"RNN": ("rnn", "-"), "LSTM": ("lstm", "-"), "GRU": ("gru", "-"), "LSTM, chrono": ("lstm", "--")}
for place, (name, (color, line)) in enumerate(STYLE.items()):
    left.plot([place] * 10, total[name], "o", color=plots.PALETTE[color], mfc="white" if line == "--" else None)
    for norms in by_step[name]:
        right.semilogy(range(1, 51), norms / norms[-1], line, lw=1.3, color=plots.PALETTE[color])
    right.plot([], [], line, color=plots.PALETTE[color], label=name)
left.set(xticks=range(4), xticklabels=STYLE, ylim=(0, None), ylabel="length of the gradient", title="all weights: what is printed")
right.set(xlabel="step $t$", title=r"$\|\partial L / \partial h_t\|$ against the last: what tells", ylim=(1e-13, 10))
fig.legend(loc="outside right center", frameon=False)
lesson.show(fig, "Left, the gradient of all weights for 10 seeds: the four networks overlap. Right, the gradient by step: RNN, LSTM and GRU fall below 1e-8 at step 1, the LSTM with chrono's biases stays above 1e-4.")

first = {name: max(n[0] / n[-1] for n in rows).item() for name, rows in by_step.items()}
least = min(n[0] / n[-1] for n in by_step["LSTM, chrono"]).item()
claim("All weights, 10 seeds: the lengths of all four overlap, and between the two LSTMs no difference is seen, by the test of lesson 10",
      max(map(min, total.values())) < min(map(max, total.values())) and compare(total["LSTM, chrono"], total["LSTM"]) == 0, total)
claim("By step, with each of 10 seeds: less than 1e-8 arrives at step 1 in RNN, LSTM and GRU as torch makes them, more than 1e-4 with chrono's biases",
      max(first[name] for name in ("RNN", "LSTM", "GRU")) < 1e-8 and least > 1e-4, (first, least))

# %% [markdown]
# It does not stand out. The weights serve all steps, and their gradient is the sum over all of them, supplied by the last few. To ask about memory, ask step by step.

# %% [markdown]
# ## Lesson 10 · Rules and costs in numbers
# ### The rules, with their largest case
# Every rule of lesson 10 with the counts behind its verdict, and the comparison in which the difference was largest. `benchmarks/rules.py` counts.

# %% jupyter={"source_hidden": true} cellView="form"
# Recorded: the table
from IPython.display import Markdown, display

from utils.course.results import TaskResults

lines = ["| Rule | Verdict | By how much | On what |", "|---|---|---|---|"]
display(Markdown("\n".join(lines + [f"| {r.rule} | **{r.verdict}** | {r.much} | {r.where} |" for r in TaskResults().rules()])))

# %% [markdown]
# ### Counting the multiplications
# A part has $W$ on its inputs, $U$ on the state, and two biases. At a step each number of $W$ and $U$ is multiplied once, and no number twice. So the multiply-adds of a step are the
# parameters without the biases. With more layers, or both directions, each reader pays for its own; a second layer reads $H$ numbers, or $2H$ where the first one reads both ways.

# %%
from itertools import product

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from utils.arrays.count import parameters
from utils.cells import GRUCell, LSTMCell, RNNCell
from utils.course import claim

networks = {"RNN": nn.RNN, "LSTM": nn.LSTM, "GRU": nn.GRU}
gaps = []
for (name, kind), n, H, layers, both in product(networks.items(), (1, 300), (8, 128), (1, 3), (False, True)):
    torchs = kind(n, H, layers, bidirectional=both, device="meta").parameters()  # "meta": shapes without numbers
    gaps.append(sum(w.numel() for w in torchs) - sum(parameters(name, n, H, layers, both).values()))
claim("Counted by the formula, the parameters of 48 networks are torch's", len(gaps) == 48 and not any(gaps))

counts = {}
for name, kind in zip(networks, (RNNCell, LSTMCell, GRUCell)):
    with FlopCounterMode(display=False) as counter:  # torch's own; an operation is a product or a sum, so two make one
        kind(300, 128)(torch.randn(1, 300))  # (B=1, n)
    counts[name] = counter.get_total_flops() // 2, parameters(name, 300, 128)
    print(f"{name:4}  {counts[name][0]:>9,} multiply-adds a step")
claim("One step multiplies with each number of W and U exactly once", all(flops == w["W"] + w["U"] for flops, w in counts.values()))

# %% [markdown]
# ### What was timed, and how good the estimates are
# `benchmarks/costs.py` took the time of `nn.RNN`, `nn.LSTM` and `nn.GRU` in turns, on one thread, with as many inputs as units.

# %% jupyter={"source_hidden": true} cellView="form"
# Recorded: the times
import numpy as np

from utils import lesson, plots
from utils.course import claim
from utils.files import measured

costs = measured("costs")
machine = costs["machine"]
print(f"Recorded on {machine['processor']}, 1 thread, torch {machine['torch']}, by {costs['command']}.")
fig, axes = plots.figure(9, 3.3, ncols=2)
for name in ("RNN", "LSTM", "GRU"):
    at_128 = np.array(costs["train_us"][name][costs["hidden"].index(128)])
    pairs = (costs["hidden"], costs["stream_us"][name]), (costs["batches"], at_128 / costs["batches"])
    for ax, (x, y) in zip(axes, pairs):
        ax.loglog(x, y, "o-", color=plots.PALETTE[name.lower()], label=name)
        ax.set_xticks(x, x)
        ax.minorticks_off()
axes[0].set(title="one step of a stream", xlabel="$H$, units", ylabel="microseconds")
axes[1].set(title="training, $H$ = 128", xlabel="batch", ylabel="microseconds for a step\nof one sequence")
fig.legend(*axes[0].get_legend_handles_labels(), loc="outside upper right", ncols=3, frameon=False)
lesson.show(fig, "Two plots with logarithmic axes, three lines each. Left: a step of a stream takes hardly longer with 32 units than with 16, "
                 "and many times as long with 512. Right: in training a sequence costs far less in a batch of 64 than alone.")

stream = costs["stream_us"]["LSTM"]
small, large = (stream[costs["hidden"].index(H)] for H in (32, 512))
claim("Recorded: from 32 units to 512 the multiply-adds of the LSTM grow 256 times, its time less than 64 times", large < 64 * small, large / small)
gru = costs["train_us"]["GRU"][costs["hidden"].index(128)]
alone, crowd = (gru[costs["batches"].index(B)] for B in (1, 64))
claim("Recorded: training a GRU of 128 units on a batch of 64 costs less than a third a sequence of what it costs alone", crowd / 64 < alone / 3, crowd / 64 / alone)

# %% [markdown]
# The same file holds five shapes beside its grid: other inputs, more layers, both directions. What the explorer Costs estimates for them, over what was measured:

# %%
from utils.course.explorers.costs import train_seconds
from utils.files import measured

for shape in measured("costs")["others"]:
    sizes = {name: shape[name] for name in ("n", "H", "layers", "both", "batch", "T")}
    took = " ".join(f"{name} {1e6 * train_seconds(name, **sizes) / us:.2f}" for name, us in shape["us"].items())
    print(f"{took}   {sizes}")

# %% [markdown]
# ## Lesson 11
