# %% [markdown]
# # 03 · The GRU cell
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/gates-and-gradients/gates-and-gradients/blob/main/notebooks/03_gru_cell.ipynb) [or as a web page, with nothing to install](https://gates-and-gradients.github.io/gates-and-gradients/notebooks/03_gru_cell.html)
#
# **The question.** An LSTM has four parts and two states. Can a cell do with three parts and one? What does it save, what does it give up,
# and why can two libraries that both say *GRU* give different answers for the same weights?
#
# After this lesson you
# - can say what the GRU merged, and write it from raw weights;
# - can tell four cells apart that all go by the name of GRU;
# - know what its smaller size does and does not say about speed and memory.
#
# Time: 18 minutes, and up to 27 more for the three exercises. The machine needs about a minute. [Lesson 02](02_lstm_cell.ipynb) comes before it.
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

# %% [markdown]
# One GRU unit reads the tape that the LSTM read in lesson 02. Press *play*. Then choose *LSTM* as the unit, and compare what comes out before the question `?`.

# %%
explorers.Tape(["GRU", "LSTM"])

# %% [markdown]
# ## 1. From the LSTM to the GRU
# Both kept the knock. But the LSTM showed little of it until it was asked, and the GRU showed it all the time: it has one state, and what it keeps is what it shows.
#
# Cho and others looked for a simpler cell in 2014. As PyTorch has it (theirs places $r$ elsewhere: section 4) it does three things differently:
#
# | LSTM | GRU | Because |
# |---|---|---|
# | forget gate $f$, input gate $i$ | one **update gate** $z$: keep the share $z$, take in $1 - z$ | what lets in much should forget much, like the leaky unit of lesson 00 and chrono's $i = 1 - f$ |
# | memory $c$, shown through an output gate $o$ as $h$ | one state $h$, shown as it is | a mean of numbers between −1 and 1 stays there: nothing has to be squashed |
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
# (The candidate has two biases, $b_n$ and $d_n$; section 3 says why.) And one line puts them together:
#
# $$h_t = (1 - z_t) \odot n_t + z_t \odot h_{t-1}$$

# %% jupyter={"source_hidden": true} cellView="form"
# The drawing
from utils import plots

fig, ax = plots.figure(9, 4.1)
plots.gru_cell(ax)
lesson.show(fig, "One GRU step: the state h runs along the top, is multiplied by z and gets 1 minus z times n added. "
                 "r multiplies what the candidate n sees of the old h. The 3 parts r, z, n each read x and the old h.")

# %% [markdown]
# **What was given up?** An LSTM may hold $f = 1$ and $i = 1$ at once: keep everything *and* add. With its gates wide open it counts. A GRU that takes in
# something must let go of as much, so a state that starts between −1 and 1 never leaves that range, whatever the weights.

# %% jupyter={"source_hidden": true} cellView="form"
# Measured
import torch
from torch import nn
from utils.cells import GRUCell, LSTMCell
from utils.course import claim

def largest(cell, *states):
    """The largest memory in a hundred steps of silence."""
    most = 0.0
    with torch.no_grad():
        for _ in range(100):
            states = cell(torch.zeros(1, 1), *states)[: len(states)]
            most = max(most, states[-1].abs().max().item())
    return most

counter, wild = LSTMCell(1, 1), GRUCell(1, 20)
for linear in (counter.W_f, counter.W_i, counter.W_g):
    nn.init.constant_(linear.bias, 10.0)  # f, i and g are nearly 1
for weight in wild.parameters():
    weight.data.mul_(1000)
counted, most = largest(counter, *torch.zeros(2, 1, 1)), largest(wild, torch.zeros(1, 20))
claim("An LSTM with f, i and g near 1 has counted to more than 95 after 100 steps", counted > 95, counted)
claim("20 units of a GRU with a thousand times PyTorch's first weights never leave the range from -1 to 1", most <= 1, {"largest": most})

# %% [markdown]
# Weiss, Goldberg and Yahav (2018) found that trained LSTMs count, and trained GRUs do not.
#
# ## 2. One cell, driven by hand
# One input, one unit, fixed weights. You set the input, the old state and the three biases.

# %% jupyter={"source_hidden": true} cellView="form"
# Your guess
from utils.course import guess

guess("03.swing")

# %%
explorers.GRUStep(x=0.0, h=-1.0, b_r=0.0, b_z=-6.0, b_n=-1.0)

# %% [markdown]
# **Three challenges**, ticked when you reach them. *Carry h on* takes the cell one step on in time.
# 1. *Replace.* It is reached already: the new state is nearly $n$ alone, and yet the old one gets in, through $n$.
# 2. *Start afresh.* Cut that wire, so that the new state depends on $x$ alone. This is what the reset gate is for.
# 3. *Keep.* Set *h before* to 0.8. Which one bias makes the cell pass it on while $x$ moves between −1 and 1? The LSTM needed two.
#
# ## 3. Ours and PyTorch's
# The cell of this course as it runs. `reset="after"`, r after the product with $U_n$, is what the drawing shows; the other one comes in section 4.

# %%
import inspect
from utils.cells import GRU, GRUCell

print(inspect.getsource(GRUCell.step))

# %% [markdown]
# Each `nn.Linear` brings a bias. In $r$ and $z$ two biases simply add up, as in the LSTM. In $n$ they do not: $b_n$ stands outside
# the brackets and $d_n$ inside, where $r$ multiplies it. Whoever merges the two has another cell.
#
# Two layers, both directions, the same weights:

# %%
import torch
from torch import nn

theirs = nn.GRU(5, 4, num_layers=2, bidirectional=True, batch_first=True, dtype=torch.float64)
ours = GRU.from_torch(theirs)
x = torch.randn(3, 7, 5, dtype=torch.float64)  # (B, T, inputs)
output, h_n = ours(x)
print("output", tuple(output.shape), " h_n", tuple(h_n.shape))

# %% jupyter={"source_hidden": true} cellView="form"
# Measured
gap = max((one - other).abs().max().item() for one, other in zip((output, h_n), theirs(x)))
claim("Our GRU is nn.GRU: in output and h_n the largest difference is rounding", gap < 1e-10, gap, limit=1e-10)

# %% [markdown]
# (Gradients, and weights there and back, are in the [appendix](12_appendix.ipynb).) There is no `c_n`: a GRU returns two things where an LSTM returns
# `output, (h_n, c_n)`. Code that swaps one for the other trips here first.
#
# ### Exercise 03.1 · Ten steps of a GRU from raw weights
# *Medium, 10 minutes.* In NumPy, without torch: **the cell drawn above**, in which $r$ multiplies $U_n h + d_n$ and $z$ is the share kept. PyTorch stacks the weights of
# the three parts in the order **r, z, n**: `W_ih` is (3H, inputs), `W_hh` is (3H, H), the biases `b_ih` and `b_hh` are (3H,). `x` is (T, B, inputs), `h` is the first state,
# (B, H). Return the states of all steps, (T, B, H). The check tries one step, then ten, and wants `nn.GRU`'s numbers within 1e-5.

# %%
def gru_steps(x, h, W_ih, W_hh, b_ih, b_hh):
    raise NotImplementedError

# %%
from utils.course import exercise

exercise("03.1").check(gru_steps)

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
# | Cho and others 2014 | before | keeps |
# | Chung and others 2014 | before | writes |
# | cuDNN, PyTorch | after | keeps |
# | Keras | after (`reset_after=True`; older versions: before) | keeps |
# | ONNX | before (`linear_before_reset=0`; set to 1: after) | keeps |
#
# The fourth, after and writes, is in none of these. Here is the one that differs from PyTorch's in both. Find the two places before you read on.

# %% jupyter={"source_hidden": true} cellView="form"
# The drawing
fig, ax = plots.figure(9, 4.1)
plots.gru_cell(ax, reset="before", z="writes")
lesson.show(fig, "The GRU of Chung and others: r multiplies the old h before the box U_n instead of after it, "
                 "and the box that makes 1 minus z stands on the way to the old h instead of on the way to n.")

# %% [markdown]
# **z is a matter of spelling.** $1 - \sigma(a) = \sigma(-a)$. Flip the sign of $W_z$, $U_z$ and $b_z$, and a z that writes becomes a z that keeps:

# %%
cell = GRUCell(5, 4)
x, h = torch.randn(3, 5), torch.randn(3, 4)  # (B, inputs), (B, H)
with torch.no_grad():
    r, z, n = cell(x, h)[1:]  # each (B, H)
    h_writes = z * n + (1 - z) * h  # these weights in a library whose z writes
    as_they_are = cell(x, h).h - h_writes
    for weight in (*cell.W_z.parameters(), *cell.U_z.parameters()):
        weight.neg_()
    turned = cell(x, h).h - h_writes

# %% jupyter={"source_hidden": true} cellView="form"
# Measured
claim("Taken over as they are, the weights of a z that writes give another state", as_they_are.abs().max() > 0.01, as_they_are.abs().max())
claim("With the signs of W_z, U_z and b_z flipped they give the same one", turned.abs().max() < 1e-6, turned.abs().max(), limit=1e-6)

# %% [markdown]
# **The place of r is not.** Write out what unit $k$ sees of the past:
#
# $$\text{after: } r_k \sum_j U_{kj} h_j + r_k d_k \qquad\qquad \text{before: } \sum_j U_{kj}\, r_j h_j + d_k$$
#
# After, unit $k$ decides how much of the sum *it takes in*. Before, unit $j$ decides how much of itself *it gives out*, to all units alike. Since $r$ is new at each
# step, no fixed change of $U$ turns one into the other. How much does that matter?

# %% jupyter={"source_hidden": true} cellView="form"
# Your guess
guess("03.parted")

# %%
explorers.GRUVariants(scale=3.0)

# %% [markdown]
# Three GRUs with the same weights, here three times as large as PyTorch draws them, and the same inputs; all biases are 0 but the $b_r$ that you set. Left is one unit, and black is PyTorch's. Right is the root mean square of the
# differences over 16 units: the line is the median of 8 networks, the band goes from the smallest to the largest.
#
# **Three things to try**
# 1. Go down to the weights of a fresh network, 1. Which mistake still shows at once, and which would you miss?
# 2. Training makes weights larger. From which size on does *reset before* differ by more than 0.1?
# 3. Open the reset gate ($b_r = 8$), then shut it ($b_r = -8$). Why do blue and black meet at both ends?

# %% jupyter={"source_hidden": true} cellView="form"
# Measured
def distance(scale, b_r=0.0):
    """How far a GRU that resets before the product is from PyTorch's in the end."""
    return explorers.GRUVariants.compute(scale, b_r)["gap"]["before"]["median"][-1]

claim("Reset before differs by more than 0.1 from a scale of about 2.5 on: less at 2.4, more at 2.6",
      distance(2.4) < 0.1 < distance(2.6), (distance(2.4), distance(2.6)))
ends = distance(2.0, 8.0), distance(2.0, -8.0)
claim("At scale 2, with r nearly 1 or nearly 0 everywhere, it is less than 0.001 off", max(ends) < 0.001, ends)

# %% [markdown]
# Where r is the same number for all units, $r_k = r_j$, the two sums are one; only the bias $d_k$ may still differ (here it is 0). They part where units disagree. A mistake that a fresh network hardly shows
# and a trained one cannot bear: test with large weights before you load any from elsewhere.
#
# **Why did cuDNN move it?** After the product, $U_r h$, $U_z h$ and $U_n h$ need nothing but $h_{t-1}$: one product with one large matrix. Before it, $U_n$ must wait until $r$ is known,
# so each step takes two products in a row. We know of no evidence that either learns better.
#
# ### Exercise 03.2 · Which GRU is it?
# *Hard, 10 minutes.* You get a library's GRU as a function, `gru(x, h, W, U, b)`, which returns the next state. `x` is (B, inputs), `h` is (B, H); `W`, `U` and `b` are dicts with the
# keys `"r"`, `"z"`, `"n"` that hold NumPy arrays of shapes (H, inputs), (H, H), (H,). There is one bias for each part, beside $W x$. You may call it as often as you like, **with any weights you like**.
# Make an experiment for each question: weights for which the two cells must answer differently. Return two words: `"after"` or `"before"`, then `"keeps"` or `"writes"`.

# %%
def which_gru(gru):  # one input and two units: W = {"r": np.zeros((2, 1)), "z": ...}, U = {"r": np.zeros((2, 2)), ...}
    raise NotImplementedError

# %%
exercise("03.2").check(which_gru)

# %% [markdown]
# ## 5. What does it cost?
# Each part has what a part of the LSTM has: $W$, $U$ and two biases.

# %% jupyter={"source_hidden": true} cellView="form"
# Your guess
guess("03.fewer")

# %% jupyter={"source_hidden": true} cellView="form"
# The parts as bars
n, H = 300, 512  # inputs, units
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
# Dark is $W$, pale is $U$, and the biases are too thin to see. With $n$ inputs (here, and not the candidate) and $H$ units the GRU has $3\,(nH + H^2 + 2H)$ numbers, where the
# LSTM has $4\,(nH + H^2 + 2H)$. Elsewhere you may read 2.5 million for this GRU, which is right for two directions, and a third for the saving, which is how much larger the LSTM is. Count:

# %%
def parameters(module):
    return sum(weight.numel() for weight in module.parameters())

lstm, gru, embedding = parameters(nn.LSTM(300, 512)), parameters(nn.GRU(300, 512)), parameters(nn.Embedding(20_000, 300))
print(f"LSTM {lstm:,}, GRU {gru:,}: {1 - gru / lstm:.0%} fewer")
print(f"behind an embedding of 20,000 words the same exchange saves {(lstm - gru) / (embedding + lstm):.1%} of the model")

# %% [markdown]
# ### Exercise 03.3 · A GRU as large as an LSTM
# *Medium, 7 minutes.* A race between 512 units and 512 units is not fair: the LSTM has more weights. Write `gru_size(input_size, lstm_hidden)`: the largest number of
# units a one-layer `nn.GRU` can have without having more parameters than `nn.LSTM(input_size, lstm_hidden)`. Is it 4/3 as many?

# %%
def gru_size(input_size, lstm_hidden):
    raise NotImplementedError

# %%
exercise("03.3").check(gru_size)

# %% [markdown]
# ## 6. Is it faster?
# Fewer weights mean proportionally less arithmetic.

# %% jupyter={"source_hidden": true} cellView="form"
# Your guess
guess("03.faster")

# %% [markdown]
# Both are trained in turn, so that whatever else the computer does slows both alike, and the median of the ratios is taken. One thread does the work.

# %%
import time
import numpy as np

def seconds(network, x):
    start = time.perf_counter()
    network(x)[0].square().mean().backward()  # any loss will do
    return time.perf_counter() - start

def lstm_over_gru(rounds=11):
    x = torch.randn(100, 32, 64)  # (T, B, inputs)
    lstm, gru = nn.LSTM(64, 128), nn.GRU(64, 128)
    ratios = [seconds(lstm, x) / seconds(gru, x) for _ in range(rounds)]
    return float(np.median(ratios[2:]))  # the first two warm up

torch.set_num_threads(1)
torch.set_flush_denormal(True)
here = lstm_over_gru()

# %% tags=["nbval-ignore-output"] jupyter={"source_hidden": true} cellView="form"
# Your guess, and what was measured here
print(f"Training nn.LSTM takes {here:.2f} times as long as nn.GRU.")
guess("03.faster").reveal(here)

# %% jupyter={"source_hidden": true} cellView="form" tags=["nbval-ignore-output"]
# Recorded
from utils.files import measured

recorded = measured("gru")
print(f"Recorded by `{recorded['command']}` on {recorded['machine']['processor']}, one thread: "
      "how many times as long nn.LSTM takes as nn.GRU, training")
print(f"{'batch, steps, inputs, units':>30}{'as it comes':>14}{'without oneDNN':>17}")
for row in recorded["shapes"]:
    print(f"{row['shape']:>30}" + "".join(f"{row['train'][name]['lstm_over_gru']:{width}.2f}"
                                         for name, width in (("nn", 14), ("nn without oneDNN", 17))))

# %% [markdown]
# <!-- told: 03.faster -->
# The answer to your guess was measured as the cell ran, on the computer that ran it; the recorded rows are those of an idle one, so the same sizes need not give the same number. If yours is below 1, you see what we saw: the GRU does less arithmetic, and yet the LSTM wins, because somebody wrote a faster program for it.
# oneDNN, a library with which PyTorch runs LSTMs but not GRUs on Intel and AMD processors, makes the difference: without it the order turns in two of the three rows. On other
# processors, and on a GPU, it may turn again. "GRUs are faster" is a statement about programs, not about cells. Measure where you want to use it.
#
# ## 7. Does it remember?
# In a silence with $n = 0$ the state is multiplied by $z$ at each step: half-life $\ln 0.5 / \ln z$, as for $f$ in lesson 02. And a fresh GRU starts, like a fresh LSTM, near
# $\sigma(0) = 0.5$. The explorer of lesson 02, `explorers.ForgetBias()` ([see b = 3](https://gates-and-gradients.github.io/gates-and-gradients/notebooks/02_lstm_cell.html#explorer=ForgetBias&b=3)), holds with $z$ for $f$; chrono needs one line less, for $1 - z$ is tied to $z$ already. Now the recall task:

# %% jupyter={"source_hidden": true} cellView="form"
# Your guess
guess("03.update_bias_1")

# %%
from utils.course import watch
from utils.train.recall import learn

def gru():
    return nn.GRU(10, 32, batch_first=True)

def with_update_bias(change):
    network = gru()
    b_r, b_z, b_n = network.bias_ih_l0.data.chunk(3)  # views of the three parts, in PyTorch's order
    change(b_z)
    return network

runs = watch(learn, {
    "GRU, out of the box": gru,
    "GRU, update bias 1": lambda: with_update_bias(lambda b_z: b_z.fill_(1.0)),
    "GRU, chrono": lambda: with_update_bias(lambda b_z: b_z.uniform_(1, 49).log_()),
}, seeds=range(4), steps=400)

# %% jupyter={"source_hidden": true} cellView="form"
# Your guess, and what was measured
def last(title):
    """For each seed, the share of right answers in the last 20 batches."""
    return [float(np.mean(right[-20:])) for right in runs[title]]

guess("03.update_bias_1").reveal(100 * np.mean(last("GRU, update bias 1")))

# %% jupyter={"source_hidden": true} cellView="form"
# Measured
from utils.data.tasks import first_element_recall
from utils.probes import gate_trace

torch.manual_seed(0)
z = gate_trace(gru(), first_element_recall(64, T=50)[0])[0]["z"]  # (B, T, H)
claim("With seed 0: every update gate of a fresh GRU lies between 0.3 and 0.7, at each of 50 steps", 0.3 < z.min() and z.max() < 0.7,
      {"lowest": z.min(), "highest": z.max()})
box, one, chrono = (last(f"GRU, {name}") for name in ("out of the box", "update bias 1", "chrono"))
claim("GRU, out of the box: at most one of 4 seeds gives 99 % right answers in its last 20 batches", sum(a >= 0.99 for a in box) <= 1, box)
claim("GRU, update bias 1: at least 3 of 4 seeds give so many", sum(a >= 0.99 for a in one) >= 3, one)
claim("GRU, chrono: at least 3 of 4 seeds give so many", sum(a >= 0.99 for a in chrono) >= 3, chrono)

# %% [markdown]
# At both ends the GRU does as the LSTM did: out of the box it guesses (now and then one begins to climb late), and with chrono it learns. In the middle it is another story: the same bias, the same half-life, and only the GRU learns. So the half-life is not
# the whole story. What else differs? The GRU ties its gates, and it shows all it has. Both can be done to an LSTM with $b_f = 1$: $b_i = -1$ ties its gates, $i = 1 - f$ at the start, and
# $b_o = 3$ opens its output gate.

# %% jupyter={"source_hidden": true} cellView="form"
# Your guess
guess("03.suspect")

# %%
def lstm_with(**biases):
    network = nn.LSTM(10, 32, batch_first=True)
    parts = dict(zip("ifgo", network.bias_ih_l0.data.chunk(4)))
    for gate, bias in biases.items():
        parts[gate].fill_(bias)
    return network

runs |= watch(learn, {
    "LSTM, gates tied": lambda: lstm_with(f=1.0, i=-1.0),
    "LSTM, output gate open": lambda: lstm_with(f=1.0, o=3.0),
    "LSTM, both": lambda: lstm_with(f=1.0, i=-1.0, o=3.0),
}, seeds=range(4), steps=400)

# %% jupyter={"source_hidden": true} cellView="form"
# Your guess, and what was measured
tied, opened, both = (last(f"LSTM, {name}") for name in ("gates tied", "output gate open", "both"))
learns = tuple(bool(np.mean(each) > 0.5) for each in (tied, opened, both))
words = {(True, False, False): "tying alone", (False, True, False): "opening alone", (False, False, True): "only both together",
         (False, False, False): "nothing"}
guess("03.suspect").reveal(words.get(learns, "more than one of them"))

# %% jupyter={"source_hidden": true} cellView="form"
# Measured
claim("With b_f = 1 and b_o = 3 at least 2 of 4 LSTMs give 99 % right answers", sum(a >= 0.99 for a in opened) >= 2, opened)
claim("With b_f = 1 and b_i = -1, with or without b_o = 3, at most one of 8 is right in more than 15 %", sum(a > 0.15 for a in tied + both) <= 1, tied + both)

# %% [markdown]
# <!-- told: 03.suspect -->
# The output gate is a good suspect: near one half it dims what the next step's gates can see of the memory, and the gradient on its way in. And yet the LSTM that is most like
# the GRU, with both, does not learn. So we know a second cure for the LSTM, and not the reason why the GRU can do with the bias alone. That is one task at one length. What it shows is how to ask: change one
# thing at a time, over several seeds, and let "we do not know" be an answer.

# %% [markdown]
# ## Quiz
# Five questions: choose a letter, with the mouse or with Tab and the space bar, and read what it says; the first choice counts.

# %% jupyter={"source_hidden": true} cellView="form"
# The quiz
from utils.course import quiz

quiz("03")

# %% [markdown]
# ## Take away
# 1. A GRU ties keeping and taking in to one gate, $h_t = (1 - z_t) \odot n_t + z_t \odot h_{t-1}$, and shows all it has. It cannot count.
# 2. Up to four cells go by this name. A z that writes differs in the sign of some weights; a reset before the product is another function, and fresh weights nearly hide it. Test before you load weights from elsewhere.
# 3. It has a quarter fewer parameters than the LSTM, never a third. Whether it is faster is up to the program that runs it.

# %% jupyter={"source_hidden": true} cellView="form" tags=["nbval-ignore-output"]
# Your progress
from utils.course import progress

progress("03")

# %% [markdown]
# ## References
# - K. Cho, B. van Merriënboer, C. Gulcehre, D. Bahdanau, F. Bougares, H. Schwenk, Y. Bengio (2014). *Learning phrase representations using RNN encoder-decoder for statistical machine translation.* EMNLP: the GRU; the reset before the product.
# - J. Chung, C. Gulcehre, K. Cho, Y. Bengio (2014). *Empirical evaluation of gated recurrent neural networks on sequence modeling.* arXiv 1412.3555: GRU against LSTM, neither wins everywhere; here z writes.
# - G. Weiss, Y. Goldberg, E. Yahav (2018). *On the practical computational power of finite precision RNNs for language recognition.* ACL: the LSTM counts, the GRU does not.
# - C. Tallec, Y. Ollivier (2018). *Can recurrent neural networks warp time?* ICLR: chrono initialization, for the GRU too.
#
# Next: [04 · Gates at work](04_gates_at_work.ipynb). What do the gates of a trained cell do?
