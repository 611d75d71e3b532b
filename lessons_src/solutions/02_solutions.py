# %% [markdown]
# # 02 · The LSTM cell: solutions
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/gates-and-gradients/gates-and-gradients/blob/main/notebooks/solutions/02_solutions.ipynb)
#
# One way to write each answer of [lesson 02](../02_lstm_cell.ipynb). Yours may look different and be just as right:
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
lesson.start("02")

# %%
import numpy as np
from utils.course import exercise

# %% [markdown]
# ## Exercise 02.1 · One LSTM step from raw weights
# All four weighted sums at once, then cut into four parts in torch's order. `np.split` along axis 1 keeps the batch whole.

# %%
def lstm_step(x, h, c, W_ih, W_hh, b_ih, b_hh):
    a = x @ W_ih.T + h @ W_hh.T + b_ih + b_hh  # (B, 4H)
    i, f, g, o = np.split(a, 4, axis=1)  # each (B, H)
    i, f, o = (1 / (1 + np.exp(-gate)) for gate in (i, f, o))
    g = np.tanh(g)
    c = f * c + i * g
    h = o * np.tanh(c)
    return h, c

# %%
exercise("02.1").check(lstm_step)

# %% [markdown]
# ## Exercise 02.2 · The forget bias for a wanted half-life
# $f^n = \tfrac12$ gives the gate, and the inverse of the sigmoid gives its bias: $b = \ln\frac{f}{1-f}$.

# %%
def forget_bias_for(half_life):
    f = 0.5 ** (1 / half_life)
    return np.log(f / (1 - f))

# %%
exercise("02.2").check(forget_bias_for)

# %% [markdown]
# ## Exercise 02.3 · The number of parameters of any LSTM
# The only thing that changes from layer to layer is what it reads: the input at first, then the states of the layer below,
# of both directions if there are two.

# %%
def lstm_parameters(input_size, hidden_size, num_layers=1, bidirectional=False, bias=True):
    directions = 2 if bidirectional else 1
    total, inputs = 0, input_size
    for _ in range(num_layers):
        one_part = inputs * hidden_size + hidden_size * hidden_size + (2 * hidden_size if bias else 0)
        total += directions * 4 * one_part
        inputs = directions * hidden_size
    return total

# %%
exercise("02.3").check(lstm_parameters)
