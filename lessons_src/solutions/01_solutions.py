# %% [markdown]
# # Solutions · 01 · Vanishing and exploding gradients
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/gates-and-gradients/gates-and-gradients/blob/main/notebooks/solutions/01_solutions.ipynb)
#
# One way to solve each exercise of [lesson 01](../01_vanishing_gradients.ipynb). Another way is as good when its check says so.

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
lesson.start("01")

# %%
import torch
from utils.course import exercise

# %% [markdown]
# ## 01.1 · The gain at which a gradient neither vanishes nor explodes
# Going back $k$ steps multiplies the gradient by $U^k$. For large $k$ its length follows $\rho^k$, where $\rho$ is the largest
# modulus of an eigenvalue. With the gain $s$ the eigenvalues of $sU$ are $s$ times as large, and $s\rho = 1$ gives $s = 1/\rho$.

# %%
def critical_gain(U):
    """The factor that brings the spectral radius of U (H, H) to 1."""
    rho = torch.linalg.eigvals(U).abs().max()  # the largest modulus of a complex eigenvalue
    return 1 / rho.item()

# %%
exercise("01.1").check(critical_gain)

# %% [markdown]
# ## 01.2 · The gradient's norm at each step
# One Jacobian at a time, from the last step to the first. No matrix is built for the slopes: multiplying a row vector by
# $\mathrm{diag}(1 - h_t^2)$ multiplies its entries by $1 - h_t^2$.

# %%
def gradient_norm_per_step(U, h, dL_dh_T):
    """Norm of dL/dh_t for t = 1 .. T, from U (H, H), the states h (T, H) and dL/dh_T (H,)."""
    g = dL_dh_T  # (H,)
    norms = [g.norm()]
    for t in reversed(range(1, len(h))):
        g = (g * (1 - h[t] ** 2)) @ U  # dL/dh of the step before
        norms.append(g.norm())
    return torch.stack(norms[::-1])  # (T,)

# %%
exercise("01.2").check(gradient_norm_per_step)
