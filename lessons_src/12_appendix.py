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
# ## Lesson 05 · Both directions
# ### Two states added in place of two side by side
# A layer on top of a bidirectional network knows how the halves were joined. On the pair it computes $\overrightarrow{W}\,\overrightarrow{h}_t + \overleftarrow{W}\,\overleftarrow{h}_t$, on the sum
# $W(\overrightarrow{h}_t + \overleftarrow{h}_t)$. So the sum is the pair with both matrices forced to be one.

# %%
two_ways = nn.LSTM(8, 6, batch_first=True, bidirectional=True, dtype=torch.float64)
x = torch.randn(3, 12, 8, dtype=torch.float64)  # (B, T, n)
pair = two_ways(x)[0]  # (B, T, 2H)
total = pair[..., :6] + pair[..., 6:]  # (B, T, H)
W = torch.randn(5, 6, dtype=torch.float64)  # (tags, H)

# %% jupyter={"source_hidden": true} cellView="form"
# Measured
gap = (total @ W.T - pair @ torch.cat([W, W], dim=1).T).abs().max()
claim("W on the sum equals [W, W] on the pair", gap < 1e-12, gap, limit=1e-12)

# %% [markdown]
# What is given up costs nothing on the treebank. Recorded, right tags on test, three seeds each:

# %% jupyter={"source_hidden": true} cellView="form"
# Recorded
from utils.files import measured

recorded = measured("tagger")
print("Recorded by", recorded["command"], "on", recorded["machine"]["processor"])
for name in ("both", "both, summed"):
    print(f"{name:13}", *(f"{run['test']['accuracy']:.1%}" for run in recorded["recipes"][name]["runs"]))

# %% [markdown]
# ### A second layer has seen everything
# Its forward half reads forward, but what it reads are the joined states of the layer below, and each of those knows the whole sentence.

# %%
deep = nn.LSTM(8, 6, num_layers=2, batch_first=True, bidirectional=True, dtype=torch.float64)
seen = probes.sensitivity(deep, torch.randn(12, 8, dtype=torch.float64))  # (2, T, T): half, state t, word s

# %% jupyter={"source_hidden": true} cellView="form"
# Measured
claim("In the second layer, the forward half at every word depends on every word", bool((seen[0] > 0).all()), seen[0].min())

# %% [markdown]
# ### The limit, counted
# Lesson 05 goes through all sentences of six words. It can be had from examples as well: in 20,000 sentences, which tag has each word after the word before it, or before the one after it? The most frequent
# tag of each such pair is right as often as any reader of this direction can be. (More than the neighbor must not be looked at: whole sentences hardly ever occur twice, and a table of things that occur once is always right about them.)

# %%
from utils.data import grammar

ids, tags = grammar.sample(20_000, 16, torch.Generator().manual_seed(1))  # (B, T), (B, T)
counted = {direction: grammar.limit_by_counting(ids, tags, direction) for direction in ("forward", "backward", "both")}

# %% jupyter={"source_hidden": true} cellView="form"
# Measured
off = {direction: abs(share - grammar.limit(direction)) for direction, share in counted.items()}
claim("For each direction the counts agree with the formula within half a point", max(off.values()) < 0.005, off, limit=0.005)

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
