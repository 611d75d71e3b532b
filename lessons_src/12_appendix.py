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
# ## Lesson 02 · The proofs
#
# ### Our LSTM is nn.LSTM
# [Lesson 02](02_lstm_cell.ipynb) compares the values. Here are the gradients too: two layers, both directions, the same weights in float64, and a loss that
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
