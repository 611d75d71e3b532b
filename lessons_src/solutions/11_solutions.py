# %% [markdown]
# # 11 · What came after: solutions
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/gates-and-gradients/gates-and-gradients/blob/main/notebooks/solutions/11_solutions.ipynb)
#
# One way to write the answer of [lesson 11](../11_what_came_after.ipynb). Yours may look different and be just as right:
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
lesson.start("11")

# %%
from utils.course import exercise

# %% [markdown]
# ## Exercise 11.1 · A recurrence in rounds of doubling
# The first step takes the old state in. From then on `b` alone is what each place holds of the state, and `a` what it will keep of whatever comes
# before it. NumPy reads all of the right side before it writes, so one array is enough.

# %%
def scan_states(a, b, h):
    a, b = a.copy(), b.copy()  # each (T, H)
    b[0] += a[0] * h
    k = 1
    while k < len(a):
        b[k:] += a[k:] * b[:-k]  # b first: it needs the old a
        a[k:] *= a[:-k]
        k *= 2
    return b  # (T, H)

# %%
exercise("11.1").check(scan_states)
