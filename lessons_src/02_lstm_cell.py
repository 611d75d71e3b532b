# %% [markdown]
# # 02 · The LSTM cell
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/gates-and-gradients/gates-and-gradients/blob/main/notebooks/02_lstm_cell.ipynb)
#
# **The question.** A plain recurrent network writes over its memory at every step. How can a cell keep one number for a hundred
# steps, and what decides whether it learns to?
#
# After this lesson you
# - can say what each of the four parts of an LSTM does, write one step from raw weights, and prove that it is PyTorch's;
# - know how long a forget gate remembers, and how to choose its bias for the memory you want;
# - can count the parameters of any LSTM.
#
# Time: 25 minutes, and up to 20 more for the three exercises. The machine needs half a minute. [Lesson 01](01_vanishing_gradients.ipynb) comes before it.
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
lesson.start("02")

# %%
import inspect
import textwrap

import numpy as np
import torch
from torch import nn

from utils import explorers, plots, probes
from utils.cells import initialize
from utils.data import tasks
from utils.cells import LSTMCell
from utils.course import exercise
from utils.course import claim, guess
from utils.cells import LSTM

# %% [markdown]
# First a guess. Section 7 does the experiment; lock it before you read on, for what lies between will change your mind.

# %%
guess("02.from_the_box")

# %% [markdown]
# ## 1. Two states, four parts
# The leaky unit of lesson 00 had one number $f$ for two jobs: it kept the share $f$ of its memory and let in $1 - f$ of the news.
# An LSTM separates the jobs and decides anew at each step, from the input $x_t$ and from what it said last, $h_{t-1}$.
#
# It carries **two states**: the cell state $c_t$, its memory, and the hidden state $h_t$, the part of the memory it shows.
# **Four parts** do the work:
#
# | Part | Asks | Equation |
# |---|---|---|
# | $f_t$ forget gate | how much of the old memory stays? | $f_t = \sigma(W_f x_t + U_f h_{t-1} + b_f)$ |
# | $i_t$ input gate | how much of the news comes in? | $i_t = \sigma(W_i x_t + U_i h_{t-1} + b_i)$ |
# | $g_t$ candidate | what is the news? | $g_t = \tanh(W_g x_t + U_g h_{t-1} + b_g)$ |
# | $o_t$ output gate | how much of the memory is shown? | $o_t = \sigma(W_o x_t + U_o h_{t-1} + b_o)$ |
#
# And two lines put them together ($\odot$ multiplies number by number):
#
# $$c_t = f_t \odot c_{t-1} + i_t \odot g_t \qquad\qquad h_t = o_t \odot \tanh(c_t)$$
#
# The same as a drawing. Follow the blue wire along the top: that is the memory on its way through one step.

# %%
fig, ax = plots.figure(9, 4.1)
plots.lstm_cell(ax)
lesson.show(fig, "One LSTM step: the cell state c runs along the top, is multiplied by f and gets i times g added; "
                "o times tanh(c) leaves below as h. The 4 parts f, i, g, o each read x and the old h.")

# %% [markdown]
# Books write this in two other ways. Some put $h_{t-1}$ and $x_t$ end to end and use one matrix, $W_f\,[h_{t-1}, x_t]$; cut that matrix
# in two and you have our $U_f h_{t-1} + W_f x_t$. And some call the candidate $\tilde C_t$ and the memory $C_t$; they are our $g_t$ and $c_t$.
#
# **Why a sigmoid for the gates and tanh for the candidate?** A gate multiplies. Between 0 and 1 it is a tap: shut, half open, open.
# The candidate is added. It must be able to pull the memory down as well as up, so it needs both signs.

# %%
a = np.linspace(-6, 6, 241)
fig, ax = plots.figure(9, 2.6)
ax.plot(a, 1 / (1 + np.exp(-a)), color=plots.PALETTE["f"], lw=2.5)
ax.plot(a, np.tanh(a), color=plots.PALETTE["g"], lw=2.5)
ax.text(2.6, 0.72, "σ, a tap: 0 to 1", color=plots.PALETTE["f"], fontsize=11)
ax.text(-5.9, -0.84, "tanh, news with a sign: −1 to 1", color=plots.PALETTE["g"], fontsize=11)
ax.set(xlabel="weighted sum", xlim=(-6, 6), ylim=(-1.1, 1.1), yticks=(-1, -0.5, 0, 0.5, 1))
lesson.show(fig, "The sigmoid rises from 0 to 1 and is 0.5 at 0; tanh rises from -1 to 1 and is 0 at 0.")

# %% [markdown]
# ## 2. One cell, driven by hand
# One input, one unit, so every state and every gate is a single number. Its weights are fixed, you set the rest:
#
# | | $f$ | $i$ | $g$ | $o$ |
# |---|---|---|---|---|
# | weight $W$ on $x_t$ | −1 | 2 | 1.5 | 0.5 |
# | weight $U$ on $h_{t-1}$ | 0.5 | −0.5 | 0.5 | 1 |
#
# A disc is filled as far as its gate is open (the candidate from the middle, up or down), and a wire is as thick as its number is large.
# The box below a disc holds the weighted sum that goes into it.

# %%
explorers.LSTMStep()

# %% [markdown]
# **Three things to try.** Predict each before you move a slider; the line below the sliders ticks what you reach.
# 1. *Keep.* Set the old memory (c before) to 2. Which two biases make the cell pass it on untouched while $x$ moves between −1 and 1?
#    Then drag $x$ to 3 and see which gate gives way: a strong input can overrule a bias.
# 2. *Replace.* Make the new memory nearly $g$ alone, with nothing left of the old.
# 3. *Hide.* Keep the memory at 2 but show almost nothing of it. The memory is there for later; the next step just cannot see it in $h$.
#
# Then press *Carry h and c on*: the new states become the old ones, and the cell has gone one step on in time. Shut its input gate, hold its forget gate open, and press a few times.
#
# Here are the answers, in numbers. A bias of ±6 opens or shuts a gate almost completely here; the weighted sum does the rest.

# %%
step = explorers.LSTMStep.compute
inputs = np.linspace(-1, 1, 21)
kept = step(x=inputs, h=0.0, c=2.0, b_f=6.0, b_i=-6.0, b_g=0.0, b_o=0.0)
overruled = step(x=3.0, h=0.0, c=2.0, b_f=6.0, b_i=-6.0, b_g=0.0, b_o=0.0)
replaced = step(x=1.0, h=0.0, c=2.0, b_f=-6.0, b_i=6.0, b_g=0.0, b_o=0.0)
hidden = step(x=1.0, h=0.0, c=2.0, b_f=6.0, b_i=-6.0, b_g=0.0, b_o=-6.0)

claim("Keep: with b_f = 6 and b_i = -6 the memory 2 changes by less than 0.05 for any x from -1 to 1",
      np.abs(kept["c"] - 2).max() < 0.05, np.abs(kept["c"] - 2).max())
claim("Keep, overruled: x = 3 opens the input gate of the same cell to one half", overruled["i"] == 0.5, overruled["i"])
claim("Replace: with b_f = -6 and b_i = 6 the new memory is g, within 0.01", abs(replaced["c"] - replaced["g"]) < 0.01)
claim("Hide: with b_o = -6 the cell keeps c above 1.9 and shows h below 0.01", hidden["c"] > 1.9 and hidden["h"] < 0.01)

# %% [markdown]
# ## 3. Why the sum matters
# A plain network computes $h_t = \tanh(W x_t + U h_{t-1})$: every number of the memory goes through a matrix and a tanh at every step, and on
# the way back the gradient goes through both again. On the LSTM's blue wire there is one product with $f_t$ and one sum:
#
# $$\frac{\partial c_t}{\partial c_{t-1}} = \mathrm{diag}(f_t) \qquad\text{(for given gates: unit by unit)}$$
#
# PyTorch can be asked for that matrix. $x$ and $h_{t-1}$ are held still, the old memory moves.

# %%
cell = LSTMCell(3, 4, dtype=torch.float64)
x, h, c = (torch.randn(1, size, dtype=torch.float64) for size in (3, 4, 4))  # (B=1, in), (B, H), (B, H)
jacobian = torch.autograd.functional.jacobian(lambda c: cell(x, h, c).c, c).reshape(4, 4)  # (H, H)
f = cell(x, h, c).f[0]  # (H,)

claim("The Jacobian of c_t with respect to c_{t-1} is the diagonal matrix of f_t", torch.allclose(jacobian, f.diag()))

# %% [markdown]
# It is often said that the sum lets the gradient pass *unchanged*. Read the equation again: it passes **times $f_t$**. After $k$ steps it has been
# multiplied by $k$ forget gates. With every gate at 1 nothing is lost. With every gate at one half, ten steps leave a thousandth.
# The LSTM does not abolish the vanishing gradient. It puts a *learned* number where the plain network has a matrix and a slope.
#
# (There are other ways from $c_{t-1}$ to the future, through $h_{t-1}$ into the four sums of the next step. They pass weights and slopes, as in lesson 01,
# and count too. The blue wire is the one that can be held open.)

# %%
half = LSTMCell(3, 4, dtype=torch.float64)
for linear in (half.W_f, half.U_f):
    nn.init.zeros_(linear.weight), nn.init.zeros_(linear.bias)  # every forget gate is 1/2, whatever comes in
first = c.clone().requires_grad_()
state = h, first
for _ in range(10):
    state = half(x, state[0].detach(), state[1])[:2]  # detached: along the blue wire alone
reaches = torch.autograd.grad(state[1].sum(), first)[0]  # (B, H)
claim("Ten gates of one half leave less than a thousandth", 0 < reaches.max() < 0.001, reaches)

# %% [markdown]
# Both ways in motion: the cell reads a tape, then the gradient goes back along $c$. Type a tape of your own. The line is what the forget gates alone let through.

# %%
explorers.Tape(["LSTM"], example="noise with a mark")

# %% [markdown]
# ## 4. The same step in NumPy, in ours, in PyTorch's
# Six lines for six equations. The dictionaries hold one $W$, $U$ and $b$ for each part.

# %%
def sigmoid(a):
    return 1 / (1 + np.exp(-a))

def numpy_step(x, h, c, W, U, b):
    f = sigmoid(x @ W["f"].T + h @ U["f"].T + b["f"])  # (B, H)
    i = sigmoid(x @ W["i"].T + h @ U["i"].T + b["i"])  # (B, H)
    g = np.tanh(x @ W["g"].T + h @ U["g"].T + b["g"])  # (B, H)
    o = sigmoid(x @ W["o"].T + h @ U["o"].T + b["o"])  # (B, H)
    c = f * c + i * g  # (B, H)
    h = o * np.tanh(c)  # (B, H)
    return h, c

# %% [markdown]
# And this is the cell of this course, `utils.cells.LSTMCell`, as it runs. Read it line by line beside the equations.

# %%
print(textwrap.dedent(inspect.getsource(LSTMCell.forward)))

# %% [markdown]
# - `self.W_f` and `self.U_f` are two `nn.Linear`. Each brings a bias, as in PyTorch, so the $b_f$ of the equation is the sum of the two.
#   One would do; there are two because NVIDIA's library has two.
# - The first line only checks shapes and puts zeros where no state was given.
# - The step returns its gates as well. PyTorch's does not, and that is why we can look inside.
#
# Are the three the same? We give one set of weights to all of them.

# %%
W = {gate: getattr(cell, f"W_{gate}").weight.detach().numpy() for gate in "figo"}  # each (H, in)
U = {gate: getattr(cell, f"U_{gate}").weight.detach().numpy() for gate in "figo"}  # each (H, H)
b = {gate: (getattr(cell, f"W_{gate}").bias + getattr(cell, f"U_{gate}").bias).detach().numpy() for gate in "figo"}

states_numpy = numpy_step(x.numpy(), h.numpy(), c.numpy(), W, U, b)
with torch.no_grad():
    states_ours = cell(x, h, c)[:2]  # h and c
    states_torch = cell.to_torch()(x, (h, c))  # an nn.LSTMCell with the same weights

gap = max(np.abs(one - two.numpy()).max() for one, two in zip(states_numpy, states_ours))
claim("NumPy and our cell agree within 1e-12 in h and c", gap < 1e-12, gap)
gap = max((one - two).abs().max().item() for one, two in zip(states_ours, states_torch))
claim("Our cell and nn.LSTMCell agree within 1e-12 in h and c", gap < 1e-12, gap)

# %% [markdown]
# ### Exercise 02.1 · One LSTM step from raw weights
# *Medium, 8 minutes.* PyTorch keeps the weights of all four parts stacked in one matrix: `W_ih` is (4H, in), `W_hh` is (4H, H), the two biases
# are (4H,). The order is **i, f, g, o**. Write the step from them. `x` is (B, in), `h` and `c` are (B, H), all NumPy arrays; `sigmoid` from above is
# yours to use. Return `h, c`.

# %%
def lstm_step(x, h, c, W_ih, W_hh, b_ih, b_hh):
    raise NotImplementedError

# %%
step_exercise = exercise("02.1")
step_exercise.check(lstm_step)

# %% [markdown]
# Stuck? Take away a `#`.

# %%
# step_exercise.hint()
# step_exercise.solution()

# %% [markdown]
# ## 5. A whole LSTM, and the proof
# An LSTM is that step in a `for` loop over time. Ours takes what `nn.LSTM` takes. The proof: two layers, both directions, 64-bit numbers,
# the same weights, and a loss that touches every output. First the values, and what their shapes mean.

# %%
B, T, n, H = 3, 7, 5, 4
torch_lstm = nn.LSTM(n, H, num_layers=2, bidirectional=True, batch_first=True, dtype=torch.float64)
our_lstm = LSTM.from_torch(torch_lstm)
x_torch, x_ours = (torch.randn(B, T, n, dtype=torch.float64, generator=torch.Generator().manual_seed(1)).requires_grad_()
                   for _ in range(2))  # (B, T, n), the same numbers twice

out_torch, (h_torch, c_torch) = torch_lstm(x_torch)
out_ours, (h_ours, c_ours) = our_lstm(x_ours)

pairs = ((out_torch, out_ours), (h_torch, h_ours), (c_torch, c_ours))
gap = max((p - q).abs().max().item() for p, q in pairs)
claim("output, h_n and c_n of nn.LSTM and ours agree within 1e-10", gap < 1e-10, gap)
print("output", tuple(out_ours.shape), " h_n", tuple(h_ours.shape), " c_n", tuple(c_ours.shape))

# %% [markdown]
# - `output` is (B, T, 2H): $h_t$ of the **last layer** at every step, forward half first, backward half second. `bidirectional=True` doubles its width.
# - `h_n` and `c_n` are (4, B, H): the **final** states, one row for each layer and direction, in the order layer 1 forward, layer 1 backward, layer 2 forward, layer 2 backward.
# - `batch_first=True` puts B before T in `x` and `output`. It does nothing to `h_n` and `c_n`.
# - `num_layers=2` lets the second layer read the output of the first. `dropout` acts **between** layers only, so with one layer it does nothing (PyTorch warns you).
#
# The backward direction reads from the end. It has finished at step 1, not at step T, so its final state stands in the *first* row of time.

# %%
claim("The last forward state, h_n[2], is the forward half of output at the last step", torch.equal(h_ours[2], out_ours[:, -1, :H]))
claim("The last backward state, h_n[3], is the backward half of output at the FIRST step", torch.equal(h_ours[3], out_ours[:, 0, H:]))

# %% [markdown]
# Now the gradients: of the input, and of all 16 weight arrays that the two layers and two directions hold.

# %%
direction = torch.randn(out_ours.shape, dtype=torch.float64)  # (B, T, 2H): any loss will do
(out_torch * direction).sum().backward(retain_graph=True)  # retained, so that this cell can be run again
(out_ours * direction).sum().backward(retain_graph=True)

gaps = [(x_torch.grad - x_ours.grad).abs().max().item()]
for suffix, one_cell in zip(("_l0", "_l0_reverse", "_l1", "_l1_reverse"), our_lstm.cells):
    for letter, side in (("W", "ih"), ("U", "hh")):
        for kind in ("weight", "bias"):
            ours = torch.cat([getattr(linear, kind).grad for linear in one_cell.maps(letter)])  # the nn.Linear of each part, in torch's order
            gaps.append((ours - getattr(torch_lstm, f"{kind}_{side}{suffix}").grad).abs().max().item())
claim("The gradients of the input and of all 16 weight arrays agree within 1e-8", len(gaps) == 17 and max(gaps) < 1e-8, max(gaps))

# %% [markdown]
# Two more: weights go from PyTorch to ours and back without losing a bit, and sentences of different lengths give what PyTorch's packed sequences give.

# %%
back = our_lstm.to_torch().state_dict()
claim("Weights survive nn.LSTM to ours to nn.LSTM bit for bit",
      all(torch.equal(weight, back[name]) for name, weight in torch_lstm.state_dict().items()))

lengths = torch.tensor([7, 2, 5])  # (B,)
packed = nn.utils.rnn.pack_padded_sequence(x_torch, lengths, batch_first=True, enforce_sorted=False)
out_packed, (h_packed, _) = torch_lstm(packed)
out_packed, _ = nn.utils.rnn.pad_packed_sequence(out_packed, batch_first=True)  # (B, T, 2H)
out_ours, (h_ours, _) = our_lstm(x_ours, lengths=lengths)
claim("With lengths 7, 2 and 5 ours equals nn.LSTM on a packed sequence, within 1e-10",
      torch.allclose(out_ours, out_packed, atol=1e-10) and torch.allclose(h_ours, h_packed, atol=1e-10))

# %% [markdown]
# The same numbers, so why use PyTorch's? Because ours comes back to Python for every small operation of every step, while `nn.LSTM` forms all four parts
# in one product and loops over time in compiled code. The README has the measured table. From here on we train with `nn.LSTM` and look inside with ours.
#
# ## 6. How long does it remember?
# Let the input be silent after the first step. If $f$ stays the same, the blue wire carries $f^k$ of its number over $k$ steps. Half is gone when $f^k = \tfrac12$:
#
# $$\text{half-life} = \frac{\ln 0.5}{\ln f} \text{ steps}$$
#
# This is the leaky unit of lesson 00 again, and the same $f^k$ is what the gradient keeps on its way back.
# So everything hangs on where $f$ *starts*.

# %%
guess("02.forget_gate")

# %%
torch.manual_seed(0)
fresh = nn.LSTM(10, 32, batch_first=True)
x, y = tasks.first_element_recall(64, T=50)  # (B, T, 10), (B,): one symbol, then 49 silent steps
f = probes.gate_trace(fresh, x)[0]["f"]  # (B, T, H)

claim("Every forget gate of the fresh LSTM lies between 0.35 and 0.65, at each of 50 steps",
      0.35 < f.min() and f.max() < 0.65, (f.min(), f.max()))
halved = probes.half_life(f.max().item())  # after so many steps, in the unit that keeps longest
claim("So the memory of every unit halves in less than 2 steps", halved < 2, halved)

# %% [markdown]
# PyTorch draws its weights around zero, so the sum is near 0 and $\sigma(0) = 0.5$. A fresh LSTM forgets half of what it knows *at every step*.
# Over 50 steps that leaves $0.5^{49}$, and the gradient is no better off. Measured with all paths counted, at the cell state:

# %%
gradient = probes.gradient_norms(fresh, x, loss="last", of="c")  # (T,)
reaches = (gradient[0] / gradient[-1]).item()
claim("Less than a hundred-millionth of the gradient at c_50 reaches c_1", reaches < 1e-8, reaches)

# %% [markdown]
# Now you. The slider moves the bias of the forget gate. Left: the gate. Right: what is left of the memory, and of the gradient.
# (The shaded range belongs to the end of this section.)

# %%
explorers.ForgetBias()

# %% [markdown]
# **Three things to try**
# 1. A popular cure is a forget bias of 1. What half-life does that give? Is it enough for T = 50?
# 2. Find the bias at which half of the gradient still reaches step 1 of 50. Then set T to 500: how much more bias do you need? Less than you may think.
# 3. Choose the logarithmic axis and watch the slope. Why is the curve a straight line?

# %%
half_life_at_1 = probes.half_life(sigmoid(1.0))
claim("A forget bias of 1 gives a half-life of 2.2 steps", round(half_life_at_1, 1) == 2.2, half_life_at_1)
bias_50, bias_500 = probes.forget_bias_for(49), probes.forget_bias_for(499)
claim("Half the gradient survives 49 steps at a bias of 4.3, and 499 steps at 6.6",
      (round(bias_50, 1), round(bias_500, 1)) == (4.3, 6.6), (bias_50, bias_500))
claim("Ten times the distance costs 2.3 more, as ln 10 says", round(bias_500 - bias_50, 1) == round(np.log(10), 1) == 2.3)

# %% [markdown]
# A bias of 1 is far too little for T = 50. And ten times the distance costs only $\ln 10 = 2.3$ more: a gate leaks $1 - \sigma(b) \approx e^{-b}$ per step.
# On the logarithmic axis the curve is straight because $\ln f^k = k \ln f$; the gate is the slope.
#
# ### Exercise 02.2 · The forget bias for a wanted half-life
# *Medium, 5 minutes.* Write `forget_bias_for(half_life)`: the bias $b_f$ at which the memory of a silent unit halves in `half_life` steps.

# %%
def forget_bias_for(half_life):
    raise NotImplementedError

# %%
bias_exercise = exercise("02.2")
bias_exercise.check(forget_bias_for)

# %%
# bias_exercise.hint()
# bias_exercise.solution()

# %% [markdown]
# ### A memory for every distance
# How large should the bias be, if nobody knows yet how far back the network must look? Tallec and Ollivier (2018) spread the units over all distances
# up to $T$, the longest that may matter:
#
# $$b_f = \ln u, \quad u \text{ uniform in } (1, T - 1) \qquad\qquad b_i = -b_f$$
#
# The first gives $f = u/(1+u)$, a share $1/(1+u)$ lost per step: some units hold for a moment, some for most of $T$. The second opens the
# input gate by $i = 1 - f$: who keeps long lets in little. At the start each unit is a leaky unit of lesson 00, with its own $f$.
# It is called *chrono initialization*; in the explorer it is the shaded range, from 0 to $\ln(T-1)$. Here are the 32 memories of two fresh networks.

# %%
def forget_gates(lstm):
    """The 32 forget gates of a silent, unused network."""
    return probes.gate_trace(lstm, torch.zeros(1, 1, 10))[0]["f"][0, 0].numpy()  # (H,)

torch.manual_seed(0)
chrono = initialize.chrono_(nn.LSTM(10, 32, batch_first=True), T_max=50)
k = np.arange(50)
fig, axes = plots.figure(9, 3, ncols=2, sharey=True)
for ax, network, name in zip(axes, (fresh, chrono), ("as PyTorch makes it", "chrono, T = 50")):
    ax.plot(k, forget_gates(network)[None, :] ** k[:, None], color=plots.PALETTE["c"], alpha=0.5, lw=1.2)
    ax.set(title=f"{name}: $f^k$ of its 32 units", xlabel="steps $k$", xlim=(0, 49), ylim=(0, 1.02))
lesson.show(fig, "Memory over 49 steps, one curve a unit. As PyTorch makes it all 32 have fallen below 0.01 after 10 steps; "
                "with chrono they fan out, and the longest keeps more than a quarter to the end.")

# %%
longest, longest_chrono = forget_gates(fresh).max() ** 10, forget_gates(chrono).max() ** 49
claim("As PyTorch makes it, every unit is below 0.01 after 10 steps", longest < 0.01, longest)
claim("With chrono the longest memory keeps between 0.25 and 0.4 over 49 steps", 0.25 < longest_chrono < 0.4, longest_chrono)

# %% [markdown]
# ## 7. The experiment
# Your first guess is due. One symbol of ten, 49 silent steps, which was it? Four networks of 32 units: a plain RNN, and three LSTMs that differ in
# nothing but their initial biases. Training stops after 600 steps, or when 20 batches in a row were all right.
#
# Two settings save time. Gradients that vanish end as denormal numbers, which slow the processor down (lesson 01 measured it), so they are
# flushed to zero. And matrices of 32 units are too small to share between processor cores, so one thread does the work.

# %%
def learn(make, T, seed, steps=600, lr=1e-2):
    torch.manual_seed(seed)
    rnn, head = make(), nn.Linear(32, 10)
    weights = [*rnn.parameters(), *head.parameters()]
    adam, right = torch.optim.Adam(weights, lr=lr), []
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
torch.set_flush_denormal(True)
torch.set_num_threads(1)

def lstm():
    return nn.LSTM(10, 32, batch_first=True)

networks = {
    "plain RNN": lambda: nn.RNN(10, 32, batch_first=True),
    "LSTM as it comes": lstm,
    "LSTM, forget bias 1": lambda: initialize.forget_bias_(lstm(), 1.0),
    "LSTM, chrono": lambda: initialize.chrono_(lstm(), T_max=50),
}
seeds = range(5)
runs = {name: [learn(make, T=50, seed=seed) for seed in seeds] for name, make in networks.items()}

# %%
guess("02.from_the_box").reveal(100 * np.mean([accuracy for _, accuracy in runs["LSTM as it comes"]]))

# %%
colors = dict(zip(networks, (plots.PALETTE[key] for key in ("rnn", "theory", "h", "c"))))
fig, axes = plots.figure(9, 2.8, ncols=4, sharey=True)
for ax, (name, results) in zip(axes, runs.items()):
    for right, _ in results:
        ax.plot(np.convolve(right, np.ones(20) / 20, "valid"), color=colors[name], lw=1.3)  # mean of 20 batches
    ax.axhline(0.1, color="#888888", lw=1, ls=":")
    ax.set(title=name, xlabel="training step", xlim=(0, 600), ylim=(0, 1.03))
axes[0].set_ylabel("share of right answers")
axes[1].text(590, 0.15, "guessing", ha="right", fontsize=10, color="#555555")
lesson.show(fig, "Share of right answers over 600 training steps, 5 seeds each. The plain RNN rises above guessing in most runs, "
                "the LSTM as it comes in none, with a forget bias of 1 in none or one; with chrono most runs climb to 1.")

# %%
plain, default, one, solved = ([accuracy for _, accuracy in results] for results in runs.values())
claim("T = 50, plain RNN: at least 3 of 5 seeds do better than 15 %", sum(a > 0.15 for a in plain) >= 3, plain)
claim("T = 50, LSTM as it comes: none of 5 seeds does better than 15 %", max(default) < 0.15, default)
claim("T = 50, LSTM with forget bias 1: at most one of 5 seeds does better than 15 %", sum(a > 0.15 for a in one) <= 1, one)
claim("T = 50, LSTM with chrono: at least 4 of 5 seeds recall 99 %", sum(a >= 0.99 for a in solved) >= 4, solved)
steps = [len(right) for right, _ in runs["LSTM, chrono"]]
claim("and at least 3 of 5 stop within 300 steps, 20 batches in a row all right", sum(n <= 300 for n in steps) >= 3, steps)

# %% [markdown]
# Read the second panel again. The demonstration of many tutorials, *the LSTM remembers what the plain network forgets*, fails as soon as one runs
# it: after 600 steps the LSTM as it comes still guesses, and the plain network beats it. A forget bias of 1 rarely helps at this distance (try
# `range(20)`: now and then one run gets there). The shape of the cell makes a long memory *possible*; an open forget gate makes it *happen*. With
# other initial biases the very same network solves the task, most often within 300 steps. (A run that rests short of 1 gives two of the ten symbols the same answer.)
#
# Why does the plain network learn here, and not in lesson 01? There the learning rate was 0.001, and the spectral radius of its $U$ stays well below 1. With 0.01 the first
# hundred steps of Adam push it above 1 in most runs, and a gradient can get through:

# %%
def spectral_radius_after(lr, seed):
    torch.manual_seed(seed)
    rnn = nn.RNN(10, 32, batch_first=True)
    learn(lambda: rnn, T=50, seed=seed, steps=100, lr=lr)
    return torch.linalg.eigvals(rnn.weight_hh_l0.detach()).abs().max().item()

slow, fast = ([spectral_radius_after(lr, seed) for seed in seeds] for lr in (0.001, 0.01))
claim("Plain RNN after 100 steps: at rate 0.001 its spectral radius is below 0.8 with each of 5 seeds, at 0.01 above 1 with at least 3",
      max(slow) < 0.8 and sum(radius > 1 for radius in fast) >= 3, (slow, fast))

# %% [markdown]
# Now twice the distance, for good measure:

# %%
twice = [learn(lambda: initialize.chrono_(lstm(), T_max=100), T=100, seed=seed)[1] for seed in range(3)]
claim("T = 100, chrono: at least 2 of 3 seeds recall 99 %", sum(a >= 0.99 for a in twice) >= 2, twice)

# %% [markdown]
# ## 8. What does it cost?
# Count what one cell holds, with $n$ inputs and $H$ units. Each of the four parts has $W$ with $nH$ numbers, $U$ with $H^2$, and two biases with $H$ each:
#
# $$4\,(nH + H^2 + 2H)$$
#
# A deeper layer reads the $H$ states of the layer below instead of the $n$ inputs. With two directions there are two cells in each layer,
# and a deeper layer reads $2H$. On the web you can find that an LSTM with 300 inputs and 512 units has about 3.4 million parameters. Count:

# %%
n, H = 300, 512
count = {kind: sum(weight.numel() for weight in kind(n, H).parameters()) for kind in (nn.LSTM, nn.GRU)}
claim("nn.LSTM(300, 512) has 4 (n H + H^2 + 2 H) = 1,667,072 parameters", count[nn.LSTM] == 4 * (n * H + H * H + 2 * H) == 1_667_072)
claim("nn.GRU(300, 512), its relative with three parts instead of four, has 25 % fewer", 1 - count[nn.GRU] / count[nn.LSTM] == 0.25)

# %% [markdown]
# ### Exercise 02.3 · The number of parameters of any LSTM
# *Medium, 7 minutes.* Write `lstm_parameters` for any number of layers, one direction or two, with or without biases. Count with formulas;
# do not make the network.

# %%
def lstm_parameters(input_size, hidden_size, num_layers=1, bidirectional=False, bias=True):
    raise NotImplementedError

# %%
count_exercise = exercise("02.3")
count_exercise.check(lstm_parameters)

# %%
# count_exercise.hint()
# count_exercise.solution()

# %% [markdown]
# ## Quiz
# Five questions: choose a letter, with the mouse or with Tab and the space bar, and read what it says; the first choice counts.

# %%
from utils.course import quiz

quiz("02")

# %% [markdown]
# ## Take away
# 1. An LSTM keeps a memory $c_t = f_t \odot c_{t-1} + i_t \odot g_t$ and shows a part of it, $h_t = o_t \odot \tanh(c_t)$. Along $c$ the gradient passes times $f_t$.
# 2. A forget gate at $f$ has a half-life of $\ln 0.5 / \ln f$ steps. A fresh LSTM starts near one half, so it forgets within a step or two.
# 3. The initial bias of the forget gate decides what can be learned. Chrono spreads it over all distances up to $T$, and T = 100 takes seconds.
#
# ## References
# - S. Hochreiter, J. Schmidhuber (1997). *Long short-term memory.* Neural Computation 9(8): the cell and the tasks. It had no forget gate.
# - F. A. Gers, J. Schmidhuber, F. Cummins (2000). *Learning to forget: continual prediction with LSTM.* Neural Computation 12(10): the forget gate.
# - R. Jozefowicz, W. Zaremba, I. Sutskever (2015). *An empirical exploration of recurrent network architectures.* ICML: why to start with a forget bias of 1.
# - C. Tallec, Y. Ollivier (2018). *Can recurrent neural networks warp time?* ICLR: chrono initialization.
#
# Next: [03 · The GRU cell](03_gru_cell.ipynb). Three parts, one state: what is saved, and what is given up?
