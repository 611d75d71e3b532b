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
# ## Lesson 08 · What its one-liners lean on
#
# ### What the cut of the gradient takes away
# The network was trained with the gradient cut every 64 characters. Ask it now: how strongly does the loss at character 256 pull at each input before it? Once with the gradient running freely, once cut.

# %%
import numpy as np
import torch
from torch.nn.functional import cross_entropy

from utils import plots
from utils.course import claim
from utils.data import python_docs
from utils.models import load_language

torch.set_num_threads(1)  # small products are not worth sharing between cores
language, prose = load_language(), python_docs()
text = language.encode(prose.valid)
windows = text[torch.linspace(0, len(text) - 257, 200).long()[:, None] + torch.arange(257)]  # (B=200, 257)

def pull(cut):
    """The norm of dL / dx_t at each of 256 steps, L at the last one."""
    x = language.model.embedding(windows[:, :-1]).detach().requires_grad_()  # (B, 256, 64)
    state = None
    for piece in x.split(cut, dim=1):
        if state is not None:
            state = tuple(s.detach() for s in state)
        h, state = language.model.rnn(piece, state)  # (B, cut, H)
    cross_entropy(language.model.output(h[:, -1]), windows[:, -1]).backward()
    return x.grad.norm(dim=(0, 2))  # (256,)

free, cut = pull(256), pull(64)

# %% jupyter={"source_hidden": true} cellView="form"
# The drawing
back = np.arange(255, -1, -1)  # steps before the last
fig, ax = plots.figure(height=2.8)
ax.semilogy(back, free, color=plots.PALETTE["theory"], lw=1.5)
ax.semilogy(back[cut > 0], cut[cut > 0], color=plots.PALETTE["lstm"], lw=2.5)
ax.axvline(63.5, color=plots.PALETTE["rnn"], lw=1, ls=":")
ax.annotate("cut here", (63.5, free.max()), (6, -4), textcoords="offset points", color=plots.PALETTE["rnn"])
ax.set(xlabel="characters before the loss", ylabel="norm of $dL/dx_t$", xlim=(255, 0))
lesson.show(fig, "Pull of the loss at earlier characters: it falls by more than a factor of ten from the last character to the 64th before, and slowly beyond. "
                 "With the cut it is the same for the last 64 characters, and zero before.")

# %%
claim("Within the last 64 characters the cut gradient is the free one", torch.allclose(cut[-64:], free[-64:], rtol=1e-3))
claim("Before them it is exactly zero", cut[:-64].max() == 0)
claim("The free gradient 64 characters back is less than a tenth of that at the last", free[-64] < 0.1 * free[-1], free[-64] / free[-1])
share = (free[-64:].sum() / free.sum()).item()
claim("The last 64 of 256 characters have more than 90 % of all pull", share > 0.9, share)

# %% [markdown]
# ### More temperature never means less entropy
# Let $p = \mathrm{softmax}(z/T)$ be the distribution at temperature $T$. Its entropy $S = -\sum_i p_i \ln p_i$ has the derivative
#
# $$\frac{dS}{dT} = \frac{\mathrm{Var}_p(z)}{T^3}$$
#
# and a variance is never negative. Autograd says the same, and the two limits are as lesson 08 reads them off.

# %%
import math

import torch

from utils.course import claim
from utils.models import load_language
from utils.models.sampling import entropy, next_distribution

z = load_language().logits("In this case, ").double()  # (96,)
T = torch.linspace(0.3, 3, 28, dtype=torch.float64).requires_grad_()
p = (z / T[:, None]).softmax(-1)  # (28, 96)
S = -(p * p.log()).sum(-1)  # (28,), in nats
slope = torch.autograd.grad(S.sum(), T)[0]
variance = (p * z**2).sum(-1) - (p * z).sum(-1) ** 2
claim("At 28 temperatures from 0.3 to 3 autograd finds dS/dT = Var(z) / T^3", torch.allclose(slope, variance / T**3, rtol=1e-6))

cold, hot = next_distribution(z, 1e-3), next_distribution(z, 1e6)
claim("T = 0.001: the most likely character has it all", abs(cold.max().item() - 1) < 1e-9 and cold.argmax() == z.argmax(), cold.max())
claim("T = 1,000,000: each of the 96 has 1/96, within a part in ten thousand, and the entropy is log2 96",
      (hot * 96 - 1).abs().max() < 1e-4 and abs(entropy(hot).item() - math.log2(96)) < 1e-6, entropy(hot))

# %% [markdown]
# ### Beam search, the counter-example
# A search for the most probable text: it keeps the best $b$ beginnings at each step instead of one. In translation, where the answer is nearly fixed by the question, it helps. Here it succeeds at its task:

# %%
import math

import torch
from torch.nn.functional import cross_entropy

from utils.course import claim
from utils.data import python_docs
from utils.models import load_language
from utils.models.sampling import beam_search

torch.set_num_threads(1)  # small products are not worth sharing between cores
language, prose = load_language(), python_docs()

def surprise(text):
    """Bits per character that the model needs for `text` after "The "."""
    ids = language.encode("The " + text)
    logits = language.model(ids[None, :-1])[0][0, 3:].detach()
    return cross_entropy(logits, ids[4:]).item() / math.log(2)

found, _ = beam_search(language.model, language.encode("The ")[None], 300, beams=8)
beam = language.decode(found[0, 4:])
needs = {"beam search": surprise(beam), "greedy": surprise(language.write("The ", 300, top_k=1)),
         "drawn at T = 1": sum(surprise(language.write("The ", 300, seed)) for seed in range(16)) / 16,
         "the manual": language.bits_per_character(prose.valid)}

# %% tags=["nbval-ignore-output"]
print("The " + beam)

# %%
claim("Beam search finds a more probable text than greedy", needs["beam search"] < needs["greedy"], needs)
claim("It needs less than half of the bits of texts drawn at T = 1, and less than half of those of the real manual",
      needs["beam search"] < min(needs["drawn at T = 1"], needs["the manual"]) / 2, needs["beam search"])
pieces = [beam[t : t + 12] for t in range(len(beam) - 12)]
repeats = 1 - len(set(pieces)) / len(pieces)
claim("More than half of it repeats what stood there before", repeats > 0.5, repeats)

# %% [markdown]
# ## Lesson 09

# %% [markdown]
# ## Lesson 10

# %% [markdown]
# ## Lesson 11 · Scans
#
# ### Stepped and scanned are one function
# With 64-bit numbers, a length that is no power of two, and a loss that touches every state: values, and gradients of everything that goes in.

# %%
import torch

from utils.cells.scan import scan, stepped
from utils.course import claim

numbers = torch.Generator().manual_seed(0)
B, T, H = 4, 50, 8
a = torch.rand(B, T, H, dtype=torch.float64, generator=numbers).requires_grad_()  # gates, 0 to 1
b = torch.randn(B, T, H, dtype=torch.float64, generator=numbers).requires_grad_()
h = torch.randn(B, H, dtype=torch.float64, generator=numbers).requires_grad_()  # the state before step 1
direction = torch.randn(B, T, H, dtype=torch.float64, generator=numbers)  # any loss will do

states = [way(a, b, h) for way in (stepped, scan)]  # each (B, T, H)
gradients = [torch.autograd.grad((each * direction).sum(), (a, b, h)) for each in states]

gap = (states[0] - states[1]).abs().max()
claim("Stepped and scanned, all 50 states agree but for rounding", gap < 1e-12, gap, limit=1e-12)
gap = max((one - other).abs().max() for one, other in zip(*gradients))
claim("So do the gradients of a, b and the first state", gap < 1e-10, gap, limit=1e-10)

# %% [markdown]
# ### A shorter formula, which is a trap
# With $P_t = a_1 a_2 \cdots a_t$ it is $\;h_t = P_t \sum_{s \le t} b_s / P_s$. Two cumulative calls and no rounds. But $P_t$ runs out of numbers, and then it divides by zero.
# (Feng and others compute with logarithms instead, for which $a$ and $b$ must be positive.) The scan never divides. Any $a$ will do, 0 and negative ones too; products that underflow become 0, as they should.

# %%
import torch

from utils.cells.scan import scan
from utils.course import claim

gates, news = torch.full((1, 200, 1), 0.5), torch.ones(1, 200, 1)  # (B, T, H), 32-bit
P = gates.cumprod(1)
shortcut = P * (news / P).cumsum(1)
claim("T = 200, a = 0.5: the shortcut ends in nan", shortcut[0, -1].isnan().item(), shortcut[0, -1])
last = scan(gates, news)[0, -1].item()
claim("The scan ends at 2, as it should", abs(last - 2) < 1e-6, last)
