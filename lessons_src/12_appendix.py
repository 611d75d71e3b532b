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
# ## Lesson 08

# %% [markdown]
# ## Lesson 09

# %% [markdown]
# ## Lesson 10

# %% [markdown]
# ## Lesson 11
