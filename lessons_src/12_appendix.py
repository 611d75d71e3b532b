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
# ## Lesson 01 · The product of Jacobians, and side roads
# [Lesson 01](01_vanishing_gradients.ipynb) follows one gradient back through time. Here are the bounds on it, why a new network
# has the spectral radius that it has, why an orthogonal matrix keeps every length, a second demonstration that hides what it should show, and
# what vanished numbers cost.
#
# ### Two bounds, and how kind they are
# How much can *any* small change of $h_{T-k}$ move $h_T$? The probe below builds all Jacobians $J_t = \mathrm{diag}(1 - h_t^2)\, U$
# and takes the norm of their product, the most that it can stretch a vector. Beside it stand the product of the norms of
# all $J_t$, and the bound that knows the weights alone, $\sigma_{\max}^k$.

# %%
import torch
from torch import nn

from utils import plots
from utils.course import claim
from utils.probes import jacobian_products

torch.manual_seed(0)
rnn, x = nn.RNN(10, 20, dtype=torch.float64), torch.randn(50, 10, dtype=torch.float64)  # x (T, inputs)
J = jacobian_products(rnn, x)  # norms, bound, weight_bound: each (T,), by step t
rho = torch.linalg.eigvals(rnn.weight_hh_l0.detach()).abs().max().item()

# %% jupyter={"source_hidden": true} cellView="form"
# The drawing
k = torch.arange(49, -1, -1)  # steps before the last
lines = {
    r"$\sigma_{\max}^k$: bound from the weights": (J.weight_bound, "theory", ":"),
    r"$\prod\|J_t\|$: bound from the steps": (J.bound, "theory", "--"),
    r"$\rho^k$: the long run, if slopes were 1": (rho**k, "text", "--"),
    r"$\|J_T \cdots J_{t+1}\|$: measured": (J.norms, "rnn", "-"),
}
fig, ax = plots.figure(9, 3.6)
for name, (values, color, style) in lines.items():
    ax.semilogy(k, values, style, lw=2.2, color=plots.PALETTE[color])
    ax.text(50, values[0], name, color=plots.PALETTE[color], fontsize=9, ha="right", va="center")
ax.set(xlim=(76, -1), ylim=(1e-17, 50), xlabel="$k$, steps before the last", ylabel="factor on the gradient")
ax.set(xticks=[49, 40, 30, 20, 10, 0], yticks=[1e-15, 1e-10, 1e-5, 1])
lesson.show(fig, "Over 49 steps the measured product of Jacobians falls below 1e-10; the two bounds stay far above it.")

# %% jupyter={"source_hidden": true} cellView="form"
# Measured
slack = 1 + 1e-9
claim("The product is never above the bound from the steps, nor that above the bound from the weights",
      (J.norms <= J.bound * slack).all() and (J.bound <= J.weight_bound * slack).all())
claim("Over 49 steps it is below 1e-10, while both bounds are still above 1e-4",
      J.norms[0] < 1e-10 and J.bound[0] > 1e-4, (J.norms[0], J.bound[0], J.weight_bound[0]))

# %% [markdown]
# Both bounds are true and far too kind. A bound takes the worst direction anew at every step; a real gradient does not find it
# every time. The line of the spectral radius is the better guess, and the slopes of tanh do the rest.
#
# ### Why $1/\sqrt 3$
# PyTorch draws each entry of $U$ uniformly from $\pm 1/\sqrt{H}$. Its variance is $1/(3H)$. The circular law (Girko 1985) says:
# the eigenvalues of a large matrix of $H \times H$ independent numbers with variance $v$ fill a circle of radius $\sqrt{vH}$.
# Here that is $1/\sqrt 3 = 0.577$, whatever $H$. The largest singular value is twice as large in the limit: one step can stretch, the long run shrinks.

# %%
for H in (20, 100, 500):
    torch.manual_seed(0)
    U = nn.RNN(1, H).weight_hh_l0.detach()  # (H, H)
    rho, sigma = torch.linalg.eigvals(U).abs().max().item(), torch.linalg.matrix_norm(U, 2).item()
    print(f"H = {H:3}: spectral radius {rho:.2f}, largest singular value {sigma:.2f}")

claim("At 500 units they are within 0.04 of 0.577 and of twice that", abs(rho - 3**-0.5) < 0.04 and abs(sigma - 2 * 3**-0.5) < 0.04,
      (rho, sigma))

# %% [markdown]
# ### Orthogonal matrices keep every length
# A matrix $U$ is orthogonal when $U^\top U = I$. Then the length of a row $g$ stays as it is in $gU$, since $\|gU\|^2 = g\,UU^\top g^\top = \|g\|^2$: all singular
# values are 1, all eigenvalues lie on the circle. A random matrix, scaled to spectral radius 1, keeps lengths in the long run only: its largest
# singular value is near 2, so at first some directions grow. Saxe, McClelland and Ganguli (2014) begin deep networks with orthogonal matrices for this reason,
# and the third network of the lesson's last section does.

# %%
H = 64
torch.manual_seed(0)
orthogonal = nn.init.orthogonal_(torch.empty(H, H, dtype=torch.float64))
gaussian = torch.randn(H, H, dtype=torch.float64)
random = gaussian / torch.linalg.eigvals(gaussian).abs().max()  # spectral radius 1
for name, U in {"orthogonal": orthogonal, "random": random}.items():
    powers = [torch.linalg.matrix_norm(torch.linalg.matrix_power(U, k), 2).item() for k in (1, 5, 20, 100)]
    print(f"{name:10} the most that k products can stretch a vector, k = 1, 5, 20, 100:", *(f"{p:.2f}" for p in powers))

gap = (orthogonal.T @ orthogonal - torch.eye(H, dtype=torch.float64)).abs().max()
claim("The first one is orthogonal, up to rounding", gap < 1e-12, gap, limit=1e-12)

# %% [markdown]
# ### The gradient of all weights hides the far past
# A second demonstration to distrust compares the *total* gradient norm of all weights of an RNN, an LSTM and a GRU after one
# `backward()`. The weights are the same at every step, so their gradient is a sum over steps, and
# the last few steps supply it. Cut off everything that is more than 10 steps from the end, and the total hardly notices:

# %%
import torch
from torch import nn

from utils.course import claim

def weight_gradient(rnn, x, state=None):
    output, _ = rnn(x, state)  # (T, B, H)
    return torch.cat([g.flatten() for g in torch.autograd.grad(output[-1].sum(), list(rnn.parameters()))])

missing = {}
for kind in (nn.RNN, nn.LSTM, nn.GRU):
    torch.manual_seed(0)
    rnn, x = kind(10, 20), torch.randn(50, 32, 10)  # x (T, B, inputs)
    with torch.no_grad():
        _, state = rnn(x[:40])  # the first 40 steps run forward, but no gradient goes back through them
    whole, cut = weight_gradient(rnn, x), weight_gradient(rnn, x[40:], state)
    missing[kind.__name__] = ((whole - cut).norm() / whole.norm()).item()

claim("Without its first 40 steps, the weights' gradient differs by less than 5 %, in all three",
      max(missing.values()) < 0.05, missing)

# %% [markdown]
# ### Vanished numbers cost time
# How small can a float be? The smallest *normal* float32 is about $1.18 \cdot 10^{-38}$. Below, down to $1.4 \cdot 10^{-45}$,
# there are **denormal** numbers: they give up digits to get closer to zero. A vanishing gradient goes right through them.
# We count, in the backward pass of an LSTM over 256 steps with a loss at the last:

# %%
import torch

from utils.cells import LSTMCell
from utils.course import claim

def state_gradients(T=256, B=16, H=64):
    torch.manual_seed(0)
    cell, h, c, hs = LSTMCell(32, H), None, None, []
    for x_t in torch.randn(T, B, 32):
        h, c = cell(x_t, h, c)[:2]  # (B, H)
        hs.append(h)
    return torch.stack(torch.autograd.grad(h.sum(), hs))  # (T, B, H), float32

torch.set_flush_denormal(False)  # a lesson may have set it
smallest = torch.finfo(torch.float32).tiny  # the smallest normal number
size = state_gradients().abs()
denormal, zero = (size > 0) & (size < smallest), size == 0
shares = denormal.float().mean().item(), zero.float().mean().item()

claim("The smallest normal float32 is 1.18e-38, the smallest denormal one 1.4e-45",
      (f"{smallest:.3g}", f"{smallest * torch.finfo(torch.float32).eps:.2g}") == ("1.18e-38", "1.4e-45"), smallest)
claim("More than 5 % of all state gradients are denormal, another 5 % are exactly 0", min(shares) > 0.05, shares)
claim("At step 1 of 256 nothing is left: every gradient is exactly 0", zero[0].all())

# %% [markdown]
# These numbers are worth nothing, and on many processors each takes a slow detour. `torch.set_flush_denormal(True)` tells
# the processor to take them as 0. We time the backward pass of `nn.LSTM` with and without, in turns:

# %% tags=["nbval-ignore-output"]
from time import perf_counter

import numpy as np
from torch import nn

def backward_seconds(lstm, x):
    output, _ = lstm(x)  # (T, B, H)
    start = perf_counter()
    output[-1].sum().backward()
    return perf_counter() - start

lstm, x, seconds = nn.LSTM(32, 64), torch.randn(256, 16, 32), {False: [], True: []}
for flush in [False, True] * 6:
    supported = torch.set_flush_denormal(flush)
    seconds[flush].append(backward_seconds(lstm, x))
flushed = state_gradients().abs()
torch.set_flush_denormal(False)

slow, fast = np.median(seconds[False]), np.median(seconds[True])
print(f"With denormals {slow:.4f} s, flushed {fast:.4f} s (medians): {slow / fast:.1f} times as long.")
if supported:
    claim("With flushing not one denormal is left", not ((flushed > 0) & (flushed < smallest)).any())
else:
    print("This processor or build of torch cannot flush denormals.")

# %% [markdown]
# What you see depends on your processor. On some, denormals cost nothing and both times are alike; on others the
# backward pass takes ten times as long. The gradients that matter are the same
# either way, so flushing costs nothing, and the longer trainings of this course do it.
#
# - V. Girko (1985), *Circular law*, Theory of Probability and its Applications 29(4).
# - A. Saxe, J. McClelland, S. Ganguli (2014), *Exact solutions to the nonlinear dynamics of learning in deep linear neural networks*, ICLR.

# %% [markdown]
# ## Lesson 02 · The proofs
#
# ### Our LSTM is nn.LSTM
# [Lesson 02](02_lstm_cell.ipynb) compares the values. Here are the gradients too: two layers, both directions, 64-bit numbers, the same weights, and a loss that
# touches every output. Then weights go from PyTorch to ours and back, and sentences of different lengths meet PyTorch's packed sequences.

# %%
import torch
from torch import nn
from utils.cells import LSTM
from utils.course import claim

B, T, n, H = 3, 7, 5, 4
theirs = nn.LSTM(n, H, num_layers=2, bidirectional=True, batch_first=True, dtype=torch.float64)
ours = LSTM.from_torch(theirs)
x_theirs, x_ours = torch.randn(B, T, n, dtype=torch.float64).repeat(2, 1, 1, 1).requires_grad_().unbind()  # each (B, T, n), the same numbers
direction = torch.randn(B, T, 2 * H, dtype=torch.float64)  # any loss will do

def gradients(network, x):
    """Of the input, and of each weight array by PyTorch's name for it."""
    inputs = [x, *network.parameters()]
    found = torch.autograd.grad((network(x)[0] * direction).sum(), inputs)
    return found[0], dict(zip((name for name, _ in network.named_parameters()), found[1:]))

(x_grad, their_grads), (x_grad_ours, our_grads) = gradients(theirs, x_theirs), gradients(ours, x_ours)
gaps = [(x_grad - x_grad_ours).abs().max().item()]
for suffix, place in (("_l0", 0), ("_l0_reverse", 1), ("_l1", 2), ("_l1_reverse", 3)):
    for letter, side in (("W", "ih"), ("U", "hh")):
        for kind in ("weight", "bias"):
            parts = torch.cat([our_grads[f"cells.{place}.{letter}_{gate}.{kind}"] for gate in "ifgo"])  # stacked as PyTorch's
            gaps.append((parts - their_grads[f"{kind}_{side}{suffix}"]).abs().max().item())
claim("LSTM: the gradients of the input and of all 16 weight arrays agree", len(gaps) == 17 and max(gaps) < 1e-8, max(gaps), limit=1e-8)

# %%
back = ours.to_torch().state_dict()
claim("LSTM: weights survive the way from nn.LSTM to ours and back bit for bit",
      all(torch.equal(weight, back[name]) for name, weight in theirs.state_dict().items()))

lengths = torch.tensor([7, 2, 5])  # (B,)
packed = nn.utils.rnn.pack_padded_sequence(x_theirs, lengths, batch_first=True, enforce_sorted=False)
out_packed, (h_packed, _) = theirs(packed)
out_packed, _ = nn.utils.rnn.pad_packed_sequence(out_packed, batch_first=True)  # (B, T, 2H)
out, (h_n, _) = ours(x_ours, lengths=lengths)
gap = max((out - out_packed).abs().max().item(), (h_n - h_packed).abs().max().item())
claim("LSTM: with lengths 7, 2 and 5 ours equals nn.LSTM on a packed sequence", gap < 1e-10, gap, limit=1e-10)

# %% [markdown]
# Why, then, does the course train with PyTorch's? Ours comes back to Python for every small operation of every step, while `nn.LSTM` forms all four parts
# in one product and loops over time in compiled code.
#
# ### How the plain network learned to recall
# In lesson 02, section 5, the plain network does better than the LSTM, though a fresh one should not: the spectral radius of its $U$, the largest modulus of the
# eigenvalues, is well below 1 (lesson 01). But Adam at a rate of 0.01 pushes it above 1 in most runs, within a hundred steps, and then a gradient can get through. At lesson 01's rate of 0.001 it stays below.

# %%
import torch
from torch import nn
from utils.course import claim
from utils.train.recall import learn

torch.set_num_threads(1)
torch.set_flush_denormal(True)

def radius_after(rate, seed):
    torch.manual_seed(seed)
    network = nn.RNN(10, 32, batch_first=True)
    for _ in learn(network, steps=100, rate=rate):
        pass
    return torch.linalg.eigvals(network.weight_hh_l0.detach()).abs().max().item()

slow, fast = ([radius_after(rate, seed) for seed in range(5)] for rate in (0.001, 0.01))
claim("Plain RNN after 100 steps at rate 0.001: its spectral radius is below 0.8 with each of 5 seeds", max(slow) < 0.8, slow)
claim("and at rate 0.01 above 1 with at least 3 of 5", sum(radius > 1 for radius in fast) >= 3, fast)

# %% [markdown]
# ## Lesson 03 · The proofs
#
# ### Our GRU is nn.GRU
# The same for the GRU of [lesson 03](03_gru_cell.ipynb): gradients, and weights there and back.

# %%
import torch
from torch import nn
from utils.cells import GRU
from utils.course import claim

B, T, n, H = 3, 7, 5, 4
theirs = nn.GRU(n, H, num_layers=2, bidirectional=True, batch_first=True, dtype=torch.float64)
ours = GRU.from_torch(theirs)
x_theirs, x_ours = torch.randn(B, T, n, dtype=torch.float64).repeat(2, 1, 1, 1).requires_grad_().unbind()  # each (B, T, n), the same numbers
direction = torch.randn(B, T, 2 * H, dtype=torch.float64)  # any loss will do

def gradients(network, x):
    """Of the input, and of each weight array by the network's name for it."""
    inputs = [x, *network.parameters()]
    found = torch.autograd.grad((network(x)[0] * direction).sum(), inputs)
    return found[0], dict(zip((name for name, _ in network.named_parameters()), found[1:]))

(x_grad, their_grads), (x_grad_ours, our_grads) = gradients(theirs, x_theirs), gradients(ours, x_ours)
gaps = [(x_grad - x_grad_ours).abs().max().item()]
for suffix, place in (("_l0", 0), ("_l0_reverse", 1), ("_l1", 2), ("_l1_reverse", 3)):
    for letter, side in (("W", "ih"), ("U", "hh")):
        for kind in ("weight", "bias"):
            parts = torch.cat([our_grads[f"cells.{place}.{letter}_{gate}.{kind}"] for gate in "rzn"])  # stacked as PyTorch's
            gaps.append((parts - their_grads[f"{kind}_{side}{suffix}"]).abs().max().item())
claim("GRU: the gradients of the input and of all 16 weight arrays agree", len(gaps) == 17 and max(gaps) < 1e-8, max(gaps), limit=1e-8)

back = ours.to_torch().state_dict()
claim("GRU: weights survive the way from nn.GRU to ours and back bit for bit",
      all(torch.equal(weight, back[name]) for name, weight in theirs.state_dict().items()))

# %% [markdown]
# ### A reset before the product is another function
# Our cell knows both places of $r$. The one before the product cannot be brought to PyTorch, and it says so. With the same weights the two differ; a part of the gap is $d_n$,
# which stands inside the brackets of one and outside those of the other. With a single unit and no bias nothing is left of it: $r$ stands before a number or after it.

# %%
import torch
from torch import nn
from utils.cells import GRU
from utils.course import claim

def reset_before(gru):
    """Our GRU with the weights of `gru`, an nn.GRU, that resets before the product."""
    own = GRU(gru.input_size, gru.hidden_size, bias=gru.bias, batch_first=True, reset="before", dtype=torch.float64)
    own.load_state_dict(GRU.from_torch(gru).state_dict())
    return own

@torch.no_grad()
def gap(H, bias):
    """The largest difference between an nn.GRU and its copy that resets before the product."""
    gru = nn.GRU(8, H, bias=bias, batch_first=True, dtype=torch.float64)
    x = torch.randn(4, 40, 8, dtype=torch.float64)  # (B, T, inputs)
    return (reset_before(gru)(x)[0] - gru(x)[0]).abs().max().item()

torch.manual_seed(0)
with_bias, without, one_unit = gap(16, True), gap(16, False), gap(1, False)
claim("With seed 0, reset before against after: more than 0.05 apart with biases, less without them, and one unit not at all",
      with_bias > 0.05 and without < with_bias and one_unit < 1e-12, (with_bias, without, one_unit))
try:
    reset_before(nn.GRU(8, 16, batch_first=True, dtype=torch.float64)).to_torch()
except ValueError as refusal:
    print(refusal)

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
# ## Lesson 09

# %% [markdown]
# ## Lesson 10

# %% [markdown]
# ## Lesson 11
