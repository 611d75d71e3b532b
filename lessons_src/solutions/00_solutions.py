# %% [markdown]
# # 00 · Start here: solutions
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/gates-and-gradients/gates-and-gradients/blob/main/notebooks/solutions/00_solutions.ipynb)
#
# One way to write each answer of [lesson 00](../00_start_here.ipynb). Yours may look different and be just as right:
# the check decides.

# %% tags=["nbval-ignore-output", "setup"]
import os, subprocess, sys  # (this cell is written by tools/stamp.py)
address, folder = "https://github.com/gates-and-gradients/gates-and-gradients", "/content/gates-and-gradients"
if "google.colab" in sys.modules and folder not in sys.path:  # on Colab: fetch the course, once
    if not os.path.exists(folder):
        subprocess.run(["git", "clone", "--quiet", "--depth=1", address, folder], check=True)
    sys.path.insert(0, folder)
from utils import lesson
lesson.start("00")

# %% [markdown]
# ## Exercise 00.1 · Write the leaky unit
# The memory is one number, `h`. Each step keeps the share `f` of it and lets in the share `1 - f` of the news.

# %%
def leaky(x, f):
    h, hs = 0.0, []
    for x_t in x:
        h = f * h + (1 - f) * x_t
        hs.append(h)
    return hs

# %%
from utils.exercises import exercise

exercise("00.1").check(leaky)
