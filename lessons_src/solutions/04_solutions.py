# %% [markdown]
# # 04 · Gates at work: solutions
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/gates-and-gradients/gates-and-gradients/blob/main/notebooks/solutions/04_solutions.ipynb)
#
# One way to write each answer of [lesson 04](../04_gates_at_work.ipynb). Yours may look different and be just as right:
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
lesson.start("04")

# %%
import numpy as np

from utils.course import exercise

# %% [markdown]
# ## Exercise 04.1 · The gates of nn.LSTM from its own weights
# The gates of step $t$ read $x_t$ and $h_{t-1}$, and `nn.LSTM` returns every $h$. So one product for all steps is enough; neither a loop nor $c$ is needed.

# %%
def lstm_gates(x, h, W_ih, W_hh, b_ih, b_hh):
    before = np.vstack([np.zeros(h.shape[1]), h[:-1]])  # (T, H): h of the step before each step
    a = x @ W_ih.T + before @ W_hh.T + b_ih + b_hh  # (T, 4H)
    i, f, _, o = np.split(a, 4, axis=1)  # (T, H) each
    return tuple(1 / (1 + np.exp(-sums)) for sums in (f, i, o))

# %%
exercise("04.1").check(lstm_gates)
