# %% [markdown]
# # 03 · The GRU cell: solutions
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/gates-and-gradients/gates-and-gradients/blob/main/notebooks/solutions/03_solutions.ipynb)
#
# One way to write each answer of [lesson 03](../03_gru_cell.ipynb). Yours may look different and be just as right:
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
lesson.start("03")

# %%
import numpy as np
from utils.course import exercise

# %% [markdown]
# ## Exercise 03.1 · Ten steps of a GRU from raw weights
# `np.split` cuts each array into torch's three parts. Only in the line of $n$ does it matter which bias is which:
# $d_n$ stands inside the brackets that $r$ multiplies.

# %%
def gru_steps(x, h, W_ih, W_hh, b_ih, b_hh):
    W_r, W_z, W_n = np.split(W_ih, 3)  # each (H, in)
    U_r, U_z, U_n = np.split(W_hh, 3)  # each (H, H)
    b_r, b_z, b_n = np.split(b_ih, 3)  # each (H,)
    d_r, d_z, d_n = np.split(b_hh, 3)
    states = []
    for x_t in x:  # (B, in)
        r = 1 / (1 + np.exp(-(x_t @ W_r.T + b_r + h @ U_r.T + d_r)))  # (B, H)
        z = 1 / (1 + np.exp(-(x_t @ W_z.T + b_z + h @ U_z.T + d_z)))
        n = np.tanh(x_t @ W_n.T + b_n + r * (h @ U_n.T + d_n))
        h = (1 - z) * n + z * h
        states.append(h)
    return np.stack(states)  # (T, B, H)

# %%
exercise("03.1").check(gru_steps)

# %% [markdown]
# ## Exercise 03.2 · Which GRU is it?
# Two experiments with weights chosen so that the answer is plain. For z: $z = 1$, and all else 0, so the candidate is 0. Where z keeps,
# the old state comes back. For the reset: two units, $r = (1, 0)$, and $U_n$ swaps them, so that the second unit's candidate can
# see only the first unit's state. Before the product, $r_1 = 1$ lets it pass; after the product, $r_2 = 0$ shuts it out. The new state must be
# the candidate, so z is set to 0 or 1 by what the first experiment said.

# %%
def which_gru(gru):
    x, h = np.zeros((1, 1)), np.array([[0.5, 0.0]])
    W = {gate: np.zeros((2, 1)) for gate in "rzn"}
    U = {gate: np.zeros((2, 2)) for gate in "rzn"}
    b = {"r": np.array([30.0, -30.0]), "z": np.array([30.0, 30.0]), "n": np.zeros(2)}
    keeps = gru(x, h, W, U, b)[0, 0] > 0.25

    U["n"] = np.array([[0.0, 1.0], [1.0, 0.0]])
    b["z"] = np.full(2, -30.0 if keeps else 30.0)  # the new state is the candidate
    before = gru(x, h, W, U, b)[0, 1] > 0.25
    return "before" if before else "after", "keeps" if keeps else "writes"

# %%
exercise("03.2").check(which_gru)

# %% [markdown]
# ## Exercise 03.3 · A GRU as large as an LSTM
# It is not 4/3 as many: $U$ grows with the square. For large $K$ the answer tends to $\sqrt{4/3} = 1.15$ times as many units when $n$ is
# small beside them, and to $4/3$ when $n$ is large.

# %%
def gru_size(input_size, lstm_hidden):
    budget = 4 * (input_size * lstm_hidden + lstm_hidden**2 + 2 * lstm_hidden)
    units = lstm_hidden
    while 3 * ((units + 1) * input_size + (units + 1) ** 2 + 2 * (units + 1)) <= budget:
        units += 1
    return units

# %%
exercise("03.3").check(gru_size)
