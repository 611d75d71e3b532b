# %% [markdown]
# # 03 · The GRU cell
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/gates-and-gradients/gates-and-gradients/blob/main/notebooks/03_gru_cell.ipynb)
#
# **The question.** An LSTM has four parts and two states. Can a cell do with three parts and one? What does it save, what does it give up,
# and why can two libraries that both say *GRU* give different answers for the same weights?
#
# After this lesson you
# - can say what the GRU merged, write it from raw weights, and prove that it is PyTorch's;
# - can tell four cells apart that all go by the name of GRU, from their answers alone;
# - can count its parameters, and know what "25 % smaller" does and does not say about speed and memory.
#
# Time: 25 minutes, and up to 27 more for the three exercises. The machine needs half a minute. [Lesson 02](02_lstm_cell.ipynb) comes before it.
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
lesson.start("03")

# %%
import inspect
import textwrap
import time
import warnings

import numpy as np
import torch
from torch import nn

from utils import explorers, plots, probes
from utils.cells import initialize
from utils.data import tasks
from utils.cells import GRUCell, LSTMCell
from utils.course import exercise
from utils.course import claim
from utils.cells import GRU

# %% [markdown]
# **Predict first.** A GRU has three parts where an LSTM has four. How many percent *fewer* parameters is that? And how many times as fast will
# `nn.GRU` be as `nn.LSTM`, trained on this computer? Sections 5 and 6 come back to your numbers.

# %%
my_guess_fewer = 33  # percent
my_guess_faster = 1.3  # times

# %% [markdown]
# ## 1. From the LSTM to the GRU
# Cho and others looked for a simpler cell in 2014. Beside the LSTM, theirs does three things differently:
#
# | LSTM | GRU | Because |
# |---|---|---|
# | forget gate $f$, input gate $i$ | one **update gate** $z$: keep the share $z$, take in $1 - z$ | what lets in much should forget much: the leaky unit of lesson 00, chrono's $i = 1 - f$ in lesson 02 |
# | memory $c$, shown through an output gate $o$ as $h$ | one state $h$, shown as it is | a mean of numbers between −1 and 1 stays there, so nothing has to be squashed or hidden |
# | the candidate $g$ sees all of $h_{t-1}$ | the candidate $n$ sees $h_{t-1}$ through a **reset gate** $r$ | a cell that hides nothing needs a way to look away |
#
# Three parts, in the same letters as the code:
#
# | Part | Asks | Equation |
# |---|---|---|
# | $r_t$ reset gate | how much of the past does the candidate see? | $r_t = \sigma(W_r x_t + U_r h_{t-1} + b_r)$ |
# | $z_t$ update gate | how much of the old state stays? | $z_t = \sigma(W_z x_t + U_z h_{t-1} + b_z)$ |
# | $n_t$ candidate | what is the news? | $n_t = \tanh\!\big(W_n x_t + b_n + r_t \odot (U_n h_{t-1} + d_n)\big)$ |
#
# And one line puts them together:
#
# $$h_t = (1 - z_t) \odot n_t + z_t \odot h_{t-1}$$

# %%
fig, ax = plots.figure(9, 4.1)
plots.gru_cell(ax)
lesson.show(fig, "One GRU step: the state h runs along the top, is multiplied by z and gets 1 minus z times n added. "
                "r multiplies what the candidate n sees of the old h. The 3 parts r, z, n each read x and the old h.")

# %% [markdown]
# Lay it beside the drawing of lesson 02. One state runs through the cell where the LSTM carries two, and there is one disc fewer.
#
# **What was given up?** $h_t$ lies between $n_t$ and $h_{t-1}$, and $n_t$ between −1 and 1. So a state that starts there never leaves that range, whatever the weights.
# An LSTM may hold $f = 1$ and $i = 1$ at once: keep everything *and* add. With gates wide open it counts. A GRU that takes in something must let go
# of as much. Here are both: an LSTM with $f$, $i$ and $g$ near 1 for a hundred steps, and a GRU with huge weights.

# %%
counter = LSTMCell(1, 1)
for linear in (counter.W_f, counter.W_i, counter.W_g):
    nn.init.constant_(linear.bias, 10.0)  # f, i and g are nearly 1
h = c = torch.zeros(1, 1)  # (B=1, H=1)
with torch.no_grad():
    for _ in range(100):
        h, c = counter(torch.zeros(1, 1), h, c)[:2]
    wild = GRU(3, 20, batch_first=True)
    for weight in wild.parameters():
        weight.mul_(100)
    states = wild(torch.randn(8, 500, 3))[0]  # (B, T, H)

claim("After 100 steps the LSTM's memory has counted to more than 95", c.item() > 95, c.item())
claim("With weights 100 times as large no state of the GRU leaves the range from -1 to 1", states.abs().max() <= 1)

# %% [markdown]
# Weiss, Goldberg and Yahav (2018) found that trained LSTMs count, and trained GRUs do not.
#
# ## 2. One cell, driven by hand
# One input, one unit. Its weights are fixed, you set the rest:
#
# | | $r$ | $z$ | $n$ |
# |---|---|---|---|
# | weight $W$ on $x_t$ | 0.5 | −1 | 1.5 |
# | weight $U$ on $h_{t-1}$ | 1 | 0.5 | 2 |
#
# and $d_n = 0.5$. A disc is filled as far as its gate is open (the candidate from the middle, up or down), and a wire is as thick as its number is large.

# %%
explorers.GRUStep()

# %% [markdown]
# **Three things to try.** Predict each before you move a slider; what you reach is ticked. *Carry h on* takes the cell one step on in time.
# 1. *Keep.* Which one bias makes the cell pass on 0.8 while $x$ moves between −1 and 1? The LSTM needed two.
# 2. *Replace.* Make the new state nearly $n$ alone. Then move *h before*: does the new state still depend on it? Through which wire?
# 3. *Start afresh.* Cut that wire too, so that the new state depends on $x$ alone. This is what the reset gate is for.
#
# The answers, in numbers:

# %%
step = explorers.GRUStep.compute
inputs, olds = np.linspace(-1, 1, 21), np.linspace(-1, 1, 21)
kept = step(x=inputs, h=0.8, b_r=0.0, b_z=6.0, b_n=-1.0)
replaced = step(x=0.0, h=olds, b_r=0.0, b_z=-6.0, b_n=-1.0)
afresh = step(x=0.0, h=olds, b_r=-6.0, b_z=-6.0, b_n=-1.0)

claim("Keep: with b_z = 6 the state 0.8 changes by less than 0.02 for any x from -1 to 1",
      np.abs(kept["h"] - 0.8).max() < 0.02, np.abs(kept["h"] - 0.8).max())
claim("Replace: with b_z = -6 the new state is n within 0.01, and still moves by more than 0.5 with the old h",
      np.abs(replaced["h"] - replaced["n"]).max() < 0.01 and np.ptp(replaced["h"]) > 0.5, np.ptp(replaced["h"]))
claim("Start afresh: with b_r = -6 as well it moves by less than 0.02", np.ptp(afresh["h"]) < 0.02, np.ptp(afresh["h"]))

# %% [markdown]
# In motion, and beside the LSTM of lesson 02: the GRU has one state, so what it keeps is also what it shows.

# %%
explorers.Tape(["GRU", "LSTM"])

# %% [markdown]
# ## 3. The same cell in ours and in PyTorch's, and the proof
# This is `utils.cells.GRUCell` as it runs. `reset="after"` is what the drawing shows; the other one comes in section 4.

# %%
print(textwrap.dedent(inspect.getsource(GRUCell.forward)))

# %% [markdown]
# Each `nn.Linear` brings a bias. In $r$ and $z$ two biases simply add up, as in the LSTM: one would do. In $n$ they do not, for $b_n$ stands outside
# the brackets and $d_n$ inside, where $r$ multiplies it. Whoever merges the two has another cell.
#
# The proof: two layers, both directions, 64-bit numbers, the same weights, and a loss that touches every output. First the values.

# %%
B, T, n, H = 3, 7, 5, 4
torch_gru = nn.GRU(n, H, num_layers=2, bidirectional=True, batch_first=True, dtype=torch.float64)
our_gru = GRU.from_torch(torch_gru)
x_torch, x_ours = (torch.randn(B, T, n, dtype=torch.float64, generator=torch.Generator().manual_seed(1)).requires_grad_()
                   for _ in range(2))  # (B, T, n), the same numbers twice

out_torch, h_torch = torch_gru(x_torch)
out_ours, h_ours = our_gru(x_ours)

gap = max((out_torch - out_ours).abs().max().item(), (h_torch - h_ours).abs().max().item())
claim("output and h_n of nn.GRU and ours agree within 1e-10", gap < 1e-10, gap)
print("output", tuple(out_ours.shape), " h_n", tuple(h_ours.shape))

# %% [markdown]
# There is no `c_n`: a GRU returns two things where an LSTM returns `output, (h_n, c_n)`. Code that swaps one for the other trips here first.
# Now the gradients of the input and of all 16 weight arrays.

# %%
direction = torch.randn(out_ours.shape, dtype=torch.float64)  # (B, T, 2H): any loss will do
(out_torch * direction).sum().backward(retain_graph=True)  # retained, so that this cell can be run again
(out_ours * direction).sum().backward(retain_graph=True)

differences = [(x_torch.grad - x_ours.grad).abs().max().item()]
for suffix, one_cell in zip(("_l0", "_l0_reverse", "_l1", "_l1_reverse"), our_gru.cells):
    for letter, side in (("W", "ih"), ("U", "hh")):
        for kind in ("weight", "bias"):
            ours = torch.cat([getattr(linear, kind).grad for linear in one_cell.maps(letter)])  # the nn.Linear of each part, in torch's order
            differences.append((ours - getattr(torch_gru, f"{kind}_{side}{suffix}").grad).abs().max().item())
claim("The gradients of the input and of all 16 weight arrays agree within 1e-8",
      len(differences) == 17 and max(differences) < 1e-8, max(differences))

back = our_gru.to_torch().state_dict()
claim("Weights survive nn.GRU to ours to nn.GRU bit for bit",
      all(torch.equal(weight, back[name]) for name, weight in torch_gru.state_dict().items()))

# %% [markdown]
# ### Exercise 03.1 · Ten steps of a GRU from raw weights
# *Medium, 10 minutes.* In NumPy, without torch: **the variant that resets after the product, z keeps**, the one drawn above. PyTorch stacks the weights of
# the three parts in the order **r, z, n**: `W_ih` is (3H, in), `W_hh` is (3H, H), the biases `b_ih` and `b_hh` are (3H,). `x` is (T, B, in), `h` is the first state,
# (B, H). Return the states of all steps, (T, B, H). The check tries one step, then ten, and wants `nn.GRU`'s numbers within 1e-5.

# %%
def gru_steps(x, h, W_ih, W_hh, b_ih, b_hh):
    raise NotImplementedError

# %%
steps_exercise = exercise("03.1")
steps_exercise.check(gru_steps)

# %% [markdown]
# Stuck? Take away a `#`.

# %%
# steps_exercise.hint()
# steps_exercise.solution()

# %% [markdown]
# ## 4. Four cells with one name
# Look up the GRU in three places and you may find three cells. They differ in two things.
#
# **What does z mean?** Either z *keeps*, $h_t = (1 - z_t) \odot n_t + z_t \odot h_{t-1}$, or z *writes*, $h_t = z_t \odot n_t + (1 - z_t) \odot h_{t-1}$.
#
# **Where does r stand?** Either *after* the product, $r_t \odot (U_n h_{t-1} + d_n)$, or *before* it, $U_n (r_t \odot h_{t-1}) + d_n$.
#
# | | reset | z |
# |---|---|---|
# | Cho and others 2014, in print | before | keeps |
# | Chung and others 2014 | before | writes |
# | cuDNN, PyTorch | after | keeps |
# | Keras | after (`reset_after=True`; older versions: before) | keeps |
# | ONNX | before (`linear_before_reset=0`; set to 1: after) | keeps |
#
# Here is the one that differs from PyTorch's in both. Find the two places before you read on.

# %%
fig, ax = plots.figure(9, 4.1)
plots.gru_cell(ax, reset="before", z="writes")
lesson.show(fig, "The GRU of Chung and others: r multiplies the old h before the box U_n instead of after it, "
                "and the box that makes 1 minus z stands on the way to the old h instead of on the way to n.")

# %% [markdown]
# **z is a matter of spelling.** $1 - \sigma(a) = \sigma(-a)$. So turn the sign of $W_z$, $U_z$ and $b_z$, and a z that writes becomes a z that keeps. Nothing is lost:

# %%
cell = GRUCell(5, 4, dtype=torch.float64)
x, h = torch.randn(3, 5, dtype=torch.float64), torch.randn(3, 4, dtype=torch.float64)  # (B, in), (B, H)

with torch.no_grad():
    r, z, n = cell(x, h)[1:]  # each (B, H)
    h_writes = z * n + (1 - z) * h  # these weights in a library whose z writes
    as_they_are = (cell(x, h).h - h_writes).abs().max().item()
    for linear in (cell.W_z, cell.U_z):
        linear.weight.neg_()
        linear.bias.neg_()
    turned = (cell(x, h).h - h_writes).abs().max().item()

claim("Taken over as they are, the weights of a z that writes give states more than 0.01 off", as_they_are > 0.01, as_they_are)
claim("With W_z, U_z and b_z turned in sign they give the same state within 1e-12", turned < 1e-12, turned)

# %% [markdown]
# **The place of r is not.** Write out what unit $k$ sees of the past:
#
# $$\text{after: } r_k \sum_j U_{kj} h_j + r_k d_k \qquad\qquad \text{before: } \sum_j U_{kj}\, r_j h_j + d_k$$
#
# After, unit $k$ decides how much of the sum *it takes in*. Before, unit $j$ decides how much of itself *it gives out*, to all units alike. Since $r$ is new at each
# step, no fixed change of $U$ turns one into the other. So our `reset="before"` cannot be brought to PyTorch, and it says so:

# %%
def reset_before(gru):
    """Our GRU with the weights of `gru`, an nn.GRU, that resets before the product."""
    own = GRU(gru.input_size, gru.hidden_size, bias=gru.bias, batch_first=True, reset="before", dtype=torch.float64)
    own.load_state_dict(GRU.from_torch(gru).state_dict())
    return own

plain = nn.GRU(8, 16, batch_first=True, dtype=torch.float64)
try:
    reset_before(plain).to_torch()
except ValueError as refusal:
    print(refusal)

# %%
@torch.no_grad()
def gaps(gru):
    """Largest difference over 4 sequences of 40 steps between `gru` and our two variants with its weights."""
    x = torch.randn(4, 40, gru.input_size, dtype=torch.float64)  # (B, T, in)
    right = gru(x)[0]  # (B, T, H)
    return [(ours(x)[0] - right).abs().max().item() for ours in (GRU.from_torch(gru), reset_before(gru))]

after, before = gaps(plain)
no_bias = gaps(nn.GRU(8, 16, bias=False, batch_first=True, dtype=torch.float64))[1]
one_unit = gaps(nn.GRU(8, 1, bias=False, batch_first=True, dtype=torch.float64))[1]
claim("Reset after: our states agree with nn.GRU's within 1e-10", after < 1e-10, after)
claim("Reset before: with the same weights they differ by more than 0.05", before > 0.05, before)
claim("Without biases by less: a part of the gap is d_n, inside the brackets or outside", no_bias < before, (no_bias, before))
claim("With one unit and no bias not at all, within 1e-12: r stands before a number or after it", one_unit < 1e-12, one_unit)

# %% [markdown]
# A tenth here and there is easy to overlook: the network still runs, it only answers a little worse. When does it grow? Here are three
# GRUs with the same weights and inputs, all biases 0 but the $b_r$ that you set. Left is one unit, and black is PyTorch's. Right is the root mean square of the differences over the
# 16 units, which is smaller than the *largest* difference above: the line is the median of 8 networks, the band goes from the smallest to the largest.

# %%
explorers.GRUVariants()

# %% [markdown]
# **Three things to try**
# 1. At the weights of a fresh network (1.0), which mistake shows at once, and which would you miss?
# 2. Training makes weights larger. From which scale on does *reset before* differ by more than 0.1?
# 3. Open the reset gate ($b_r = 8$), then shut it ($b_r = -8$). Why do blue and black meet at both ends?

# %%
distance = {(scale, b_r): {form: band["median"][-1] for form, band in explorers.GRUVariants.compute(scale, b_r)["gap"].items()}
            for scale, b_r in ((1.0, 0.0), (2.4, 0.0), (2.6, 0.0), (2.0, 8.0), (2.0, -8.0))}
claim("At scale 1, z that writes is more than 0.05 off, reset before less than 0.02",
      distance[1.0, 0.0]["writes"] > 0.05 and distance[1.0, 0.0]["before"] < 0.02, distance[1.0, 0.0])
claim("From about scale 2.5 on reset before is more than 0.1 off too: less at 2.4, more at 2.6",
      distance[2.4, 0.0]["before"] < 0.1 < distance[2.6, 0.0]["before"], distance)
claim("With r nearly 1 or nearly 0 everywhere reset before is less than 0.001 off",
      max(distance[2.0, 8.0]["before"], distance[2.0, -8.0]["before"]) < 0.001, distance)

# %% [markdown]
# Where r is the same number for all units, $r_k = r_j$, the two sums are one. They part where units disagree.
#
# **Why did cuDNN move it?** After the product, $U_r h$, $U_z h$ and $U_n h$ need nothing but $h_{t-1}$: one product with one large matrix. Before it, $U_n$ must wait until $r$ is known,
# so each step takes two products in a row. We know of no evidence that either learns better.
#
# ### Exercise 03.2 · Which GRU is it?
# *Hard, 10 minutes.* You get a library's GRU as a function, `gru(x, h, W, U, b)`, which returns the next state. `x` is (B, in), `h` is (B, H); `W`, `U` and `b` are dicts with the
# keys `"r"`, `"z"`, `"n"` that hold NumPy arrays of shapes (H, in), (H, H), (H,). There is one bias for each part, beside $W x$. You may call it as often as you like, **with any weights you like**.
# Make an experiment for each question: weights for which the two cells must answer differently. Return two words: `"after"` or `"before"`, then `"keeps"` or `"writes"`.

# %%
def which_gru(gru):  # one input and two units: W = {"r": np.zeros((2, 1)), "z": ...}, U = {"r": np.zeros((2, 2)), ...}
    raise NotImplementedError

# %%
puzzle = exercise("03.2")
puzzle.check(which_gru)

# %%
# puzzle.hint()
# puzzle.solution()

# %% [markdown]
# ## 5. What does it cost?
# Each part has the same three things as a part of the LSTM, with $n$ now the number of inputs and not the candidate: $W$ with $nH$ numbers, $U$ with $H^2$, two biases with $H$ each. Three parts instead of four:
#
# $$3\,(nH + H^2 + 2H) \qquad\text{against}\qquad 4\,(nH + H^2 + 2H)$$

# %% jupyter={"source_hidden": true}
n, H = 300, 512
fig, ax = plots.figure(9, 2.2)
for cell, parts in (("GRU", "rzn"), ("LSTM", "figo")):
    for place, letter in enumerate(parts):
        left = place * (n * H + H * H + 2 * H)
        for numbers, shade in ((n * H, 1.0), (H * H, 0.6), (2 * H, 0.3)):  # W, U and the two biases
            ax.barh(cell, numbers, 0.55, left=left, color=plots.PALETTE[letter], alpha=shade, lw=0)
            left += numbers
        ax.text(left - (n * H + H * H) / 2, cell, f"${letter}$", fontsize=13, ha="center", va="center")
ax.set(xlabel="numbers, with 300 inputs and 512 units")
ax.xaxis.set_major_formatter("{x:,.0f}")
lesson.show(fig, "The parameters of an LSTM and of a GRU of the same sizes, part by part: four equal parts against three, each of W, U and two thin biases.")

# %% [markdown]
# Dark is $W$, pale is $U$, and the biases are too thin to see. Whatever $n$ and $H$, the parts stay equal, so the GRU has **a quarter fewer**. You may read "33 % fewer" here and there; that is the
# count from the other side, the LSTM's excess over the GRU, $4/3 - 1$. And you may read 2.5 million for the GRU with 300 inputs and 512 units; count:

# %%
def parameters(module):
    return sum(weight.numel() for weight in module.parameters())

for n, H in ((300, 512), (8, 16), (1, 100)):
    lstm, gru = parameters(nn.LSTM(n, H)), parameters(nn.GRU(n, H))
    assert gru == 3 * (n * H + H * H + 2 * H) and 4 * gru == 3 * lstm
claim("nn.GRU(300, 512) has 1,250,304 parameters, 25 % fewer than nn.LSTM(300, 512)", parameters(nn.GRU(300, 512)) == 1_250_304)
print(f"You guessed {my_guess_fewer} % fewer.")

embedding = parameters(nn.Embedding(20_000, 300))
saved = (parameters(nn.LSTM(300, 512)) - parameters(nn.GRU(300, 512))) / (embedding + parameters(nn.LSTM(300, 512)))
claim("Behind an embedding of 20,000 words the same exchange saves 5.4 % of the model", round(100 * saved, 1) == 5.4, saved)

# %% [markdown]
# ### Exercise 03.3 · A GRU as large as an LSTM
# *Medium, 7 minutes.* A race between 512 units and 512 units is not fair: the LSTM has more weights. Write `gru_size(input_size, lstm_hidden)`: the largest number of
# units a one-layer `nn.GRU` can have without having more parameters than `nn.LSTM(input_size, lstm_hidden)`. Is it 4/3 as many?

# %%
def gru_size(input_size, lstm_hidden):
    raise NotImplementedError

# %%
size_exercise = exercise("03.3")
size_exercise.check(gru_size)

# %%
# size_exercise.hint()
# size_exercise.solution()

# %% [markdown]
# ## 6. Is it faster?
# A quarter fewer weights is a quarter less arithmetic, so the LSTM should take 4/3 = 1.33 times as long. Your prediction is due. Both are measured in turns, so that whatever else the computer does
# meets both, and the median is taken; one thread does the work, and denormal numbers are flushed, as in lesson 02. The second line switches off oneDNN, a library
# with which PyTorch runs LSTMs, but not GRUs, on Intel and AMD processors.

# %%
def seconds(network, x, training):
    if x.is_cuda:
        torch.cuda.synchronize()
    start = time.perf_counter()
    with torch.set_grad_enabled(training):
        output = network(x)[0]  # (T, B, H)
        if training:
            output.square().mean().backward()
    if x.is_cuda:
        torch.cuda.synchronize()
    return time.perf_counter() - start

def compare(training, device="cpu", onednn=True, rounds=9):
    """How many times as long nn.LSTM takes as nn.GRU, batch 32, 100 steps, 64 inputs, 128 units: median of the rounds."""
    torch.manual_seed(0)
    x = torch.randn(100, 32, 64, device=device)  # (T, B, n)
    lstm, gru = (kind(64, 128).to(device) for kind in (nn.LSTM, nn.GRU))
    with warnings.catch_warnings(action="ignore"), torch.backends.mkldnn.flags(enabled=onednn):
        pairs = [(seconds(lstm, x, training), seconds(gru, x, training)) for _ in range(rounds + 2)][2:]
    return np.median([a / b for a, b in pairs])

# %% tags=["nbval-ignore-output"]
torch.set_flush_denormal(True)
torch.set_num_threads(1)

rows = {"on the CPU, as it comes": {}, "on the CPU, without oneDNN": {"onednn": False}}
if torch.cuda.is_available():
    rows["on the GPU"] = {"device": "cuda"}
print(f"nn.LSTM takes how many times as long as nn.GRU? You guessed {my_guess_faster}.")
for name, options in rows.items():
    print(f"{name:28} training {compare(True, **options):.2f}   inference {compare(False, **options):.2f}")

# %% [markdown]
# The output above is this computer's, so there is no claim below it. A number above 1 says that the GRU is faster. If your first line is *below* 1 and the second above, you see
# what we saw: the GRU does less arithmetic, and yet the LSTM wins, because somebody wrote a faster program for it. On other processors, and on a GPU, it may be the other way
# round. "GRUs are faster" is a statement about programs, not about cells. Measure where you want to use it. `benchmarks/gru.py` does, for three sizes, and for our own cells.
#
# ## 7. Does it remember?
# If $x$ is silent and $n = 0$, the state is multiplied by $z$ at each step: half-life $\ln 0.5 / \ln z$, as for $f$ in lesson 02. And a fresh GRU starts, like a fresh LSTM, in the middle:

# %%
torch.manual_seed(0)
fresh = nn.GRU(10, 32, batch_first=True)
x, y = tasks.first_element_recall(64, T=50)  # (B, T, 10), (B,): one symbol, then 49 silent steps
z = probes.gate_trace(fresh, x)[0]["z"]  # (B, T, H)
claim("Every update gate of the fresh GRU lies between 0.3 and 0.7, at each of 50 steps", 0.3 < z.min() and z.max() < 0.7, (z.min(), z.max()))
claim("So the memory of every unit halves in less than 2 steps", probes.half_life(z.max().item()) < 2, z.max())

gradient = probes.gradient_norms(fresh, x, loss="last")  # (T,)
reaches = (gradient[0] / gradient[-1]).item()
claim("Less than a millionth of the gradient at h_50 reaches h_1", reaches < 1e-6, reaches)

# %% [markdown]
# The remedy is the same, and shorter: $b_z = \ln u$ with $u$ uniform in $(1, T - 1)$. The input side needs nothing, for $1 - z$ is tied to $z$ already.
# `initialize.chrono_` and `forget_bias_` know both cells, and the explorer of lesson 02, `explorers.ForgetBias()`, holds with $z$ for $f$.
#
# **Predict:** lesson 02 showed one of ten symbols, then 49 silent steps. The LSTM as it comes learned nothing, a forget bias of 1 rarely helped, chrono solved it. The GRU has one state and no output gate.
# Will it be the same three answers?

# %%
def learn(make, T, seed, steps=400):
    torch.manual_seed(seed)
    rnn, head = make(), nn.Linear(32, 10)
    weights = [*rnn.parameters(), *head.parameters()]
    adam, right = torch.optim.Adam(weights, lr=1e-2), []
    while len(right) < steps and (len(right) < 20 or min(right[-20:]) < 1):
        x, y = tasks.first_element_recall(32, T)  # (B, T, 10), (B,): always new ones
        scores = head(rnn(x)[0][:, -1])  # (B, 10), from h_T alone
        adam.zero_grad()
        nn.functional.cross_entropy(scores, y).backward()
        nn.utils.clip_grad_norm_(weights, 1.0)
        adam.step()
        right.append((scores.argmax(1) == y).float().mean().item())
    with torch.no_grad():
        x, y = tasks.first_element_recall(1000, T)  # a fresh thousand
        return right, (head(rnn(x)[0][:, -1]).argmax(1) == y).float().mean().item()

# %%
def new_gru():
    return nn.GRU(10, 32, batch_first=True)

networks = {
    "GRU as it comes": new_gru,
    "GRU, update bias 1": lambda: initialize.forget_bias_(new_gru(), 1.0),
    "GRU, chrono": lambda: initialize.chrono_(new_gru(), T_max=50),
}
runs = {name: [learn(make, T=50, seed=seed) for seed in range(4)] for name, make in networks.items()}

# %%
def draw(runs, colors, alt):
    fig, axes = plots.figure(9 if len(runs) > 1 else 5, 2.8, ncols=len(runs), sharey=True, squeeze=False)
    for ax, (name, results), color in zip(axes[0], runs.items(), colors):
        for right, _ in results:
            ax.plot(np.convolve(right, np.ones(20) / 20, "valid"), color=plots.PALETTE[color], lw=1.3)  # mean of 20 batches
        ax.axhline(0.1, color="#888888", lw=1, ls=":")
        ax.set(title=name, xlabel="training step", xlim=(0, 400), ylim=(0, 1.03))
    axes[0, 0].set_ylabel("share of right answers")
    axes[0, 0].text(390, 0.02, "guessing", ha="right", fontsize=10, color="#555555")
    lesson.show(fig, alt)

draw(runs, ("theory", "h", "gru"),
     "Share of right answers over 400 training steps, 4 seeds each. The GRU as it comes stays at guessing in most runs; "
     "with an update bias of 1 most runs climb to 1, and with chrono as well.")

# %%
default, one, solved = ([accuracy for _, accuracy in results] for results in runs.values())
claim("T = 50, GRU as it comes: at most one of 4 seeds recalls 99 %", sum(a >= 0.99 for a in default) <= 1, default)
claim("T = 50, GRU with update bias 1: at least 2 of 4 seeds recall 99 %", sum(a >= 0.99 for a in one) >= 2, one)
claim("T = 50, GRU with chrono: at least 3 of 4 seeds recall 99 %", sum(a >= 0.99 for a in solved) >= 3, solved)

# %% [markdown]
# Two answers are the same (now and then a GRU as it comes begins to climb near the end), the middle one is not. A bias of 1 gives the same half-life of 2.2 steps to both cells, and only the GRU learns. So the half-life is not the whole story.
# What else differs? There are three suspects: the tied gates, the missing tanh, the missing output gate. **Predict** which one, then take the last: the LSTM with a forget bias of 1, of which lesson 02 saw at most one seed in five
# rise above guessing, and its output gate opened by $b_o = 3$, so that it too shows what it has.

# %%
@torch.no_grad()
def open_output(lstm):
    gate = initialize.gate_weights(lstm)[0]["o"]
    gate.b.fill_(3.0)
    gate.d.zero_()
    return lstm

def lstm():
    return initialize.forget_bias_(nn.LSTM(10, 32, batch_first=True), 1.0)

opened = [learn(lambda: open_output(lstm()), T=50, seed=seed) for seed in range(4)]
draw({"LSTM, forget bias 1, output gate open": opened}, ["lstm"],
     "Share of right answers over 400 training steps, 4 seeds. With its output gate open the LSTM climbs above guessing in most runs.")
claim("T = 50, LSTM with forget bias 1 and open output gate: at least 2 of 4 seeds do better than 15 %",
      sum(accuracy > 0.15 for _, accuracy in opened) >= 2, [accuracy for _, accuracy in opened])

# %% [markdown]
# So the output gate was a good suspect. Near one half it dims what the next step's gates can see of the memory, and the gradient on its way in. The GRU has no such gate to open.
# That is one task at one length; lesson 02's chrono solves it with the output gate as it comes. It is no proof that GRUs remember better. It does show how to ask: change one thing, over several seeds.

# %% [markdown]
# ## Quiz
# Five questions: choose a letter, with the mouse or with Tab and the space bar, and read what it says; the first choice counts.

# %%
from utils.course import quiz

quiz("03")

# %% [markdown]
# ## Take away
# 1. A GRU ties keeping and taking in to one gate, $h_t = (1 - z_t) \odot n_t + z_t \odot h_{t-1}$, and shows all it has. It cannot count, and it needs no output gate.
# 2. Four cells go by this name. A z that writes differs in the sign of some weights; a reset before the product is another function, and fresh weights nearly hide it. Test before you load weights from elsewhere.
# 3. It has 25 % fewer parameters than the LSTM, never 33. Whether it is faster is up to the program that runs it.
#
# ## References
# - K. Cho, B. van Merriënboer, C. Gulcehre, D. Bahdanau, F. Bougares, H. Schwenk, Y. Bengio (2014). *Learning phrase representations using RNN encoder-decoder for statistical machine translation.* EMNLP: the GRU; the reset before the product.
# - J. Chung, C. Gulcehre, K. Cho, Y. Bengio (2014). *Empirical evaluation of gated recurrent neural networks on sequence modeling.* arXiv 1412.3555: GRU against LSTM, neither wins everywhere; here z writes.
# - G. Weiss, Y. Goldberg, E. Yahav (2018). *On the practical computational power of finite precision RNNs for language recognition.* ACL: the LSTM counts, the GRU does not.
# - C. Tallec, Y. Ollivier (2018). *Can recurrent neural networks warp time?* ICLR: chrono initialization, for the GRU too.
#
# Next: [04 · Gates at work](04_gates_at_work.ipynb). What do the gates of a trained cell do?
