# %% [markdown]
# # 08 · A language model and temperature: solutions
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/gates-and-gradients/gates-and-gradients/blob/main/notebooks/solutions/08_solutions.ipynb)
#
# One way to write each answer of [lesson 08](../08_language_model.ipynb). Yours may look different and be just as right:
# the check decides.

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
lesson.start("08")

# %%
import numpy as np
import torch

from utils.course import exercise
from utils.models import load_language

# %% [markdown]
# ## Exercise 08.1 · Sample fifty tokens at three temperatures
# The model gets one token a step. All that came before is in the state.

# %%
def sample(model, first, steps, temperature, generator):
    model.eval()
    ids, state, tokens = torch.tensor([[first]]), None, []
    with torch.inference_mode():
        for _ in range(steps):
            logits, state = model(ids, state)  # (1, 1, V)
            p = (logits[0, -1] / temperature).softmax(0)  # (V,)
            token = torch.multinomial(p, 1, generator=generator)  # (1,)
            tokens.append(token.item())
            ids = token[None]  # (1, 1)
    return tokens

# %%
exercise("08.1").check(sample)

# %% [markdown]
# Fifty characters each, three throws of the dice side by side. At 0.5 the same few phrases come back; at 1.5 words fall apart.

# %% tags=["nbval-ignore-output"]
language = load_language()
first = language.encode("T").item()
for T in (0.5, 1.0, 1.5):
    for seed in range(3):
        tokens = sample(language.model, first, 50, T, torch.Generator().manual_seed(seed))
        print(f"T = {T}  {'T' + language.decode(torch.tensor(tokens))!r}")

# %% [markdown]
# ## Exercise 08.2 · What temperature does to a ratio
# $$\frac{p_a}{p_b} = \frac{e^{z_a/T}}{e^{z_b/T}} = e^{(z_a - z_b)/T} = \left(e^{z_a - z_b}\right)^{1/T}$$
#
# The bracket is the ratio at $T = 1$. A temperature of 0.5 squares every lead, so the rare becomes much rarer; one of 1.5 takes its power 2/3, so the rare gains.

# %%
def ratio_at(ratio, temperature):
    return ratio ** (1 / temperature)

# %%
exercise("08.2").check(ratio_at)

# %% [markdown]
# ## Exercise 08.3 · Top-p by hand
# A token is kept when those before it do not suffice yet. The first has nothing before it, so it always stays.

# %%
def top_p_by_hand(p, top_p):
    order = np.argsort(-p)
    before = np.cumsum(p[order]) - p[order]
    keep = order[before < top_p]
    kept = np.zeros_like(p)
    kept[keep] = p[keep]
    return kept / kept.sum()

# %%
exercise("08.3").check(top_p_by_hand)
