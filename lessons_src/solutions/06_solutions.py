# %% [markdown]
# # 06 · From reviews to batches: solutions
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/gates-and-gradients/gates-and-gradients/blob/main/notebooks/solutions/06_solutions.ipynb)
#
# One way to write each answer of [lesson 06](../06_reviews_to_batches.ipynb). Yours may look different and be just as right:
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
lesson.start("06")

# %%
from utils.course import claim, exercise
from utils.data import tokenise
from utils.models import load_sentiment

# %% [markdown]
# ## Exercise 06.1 · A prediction for whatever is typed
# The refusals stand first and say what to do. After them there is at least one word, so the division is safe.

# %%
def safe_predict(text, sentiment):
    if not isinstance(text, str):
        raise TypeError(f"Type a review as text; this is {text!r}.")
    words = tokenise(text)
    if not words:
        raise ValueError("There is no word in this text; type at least one.")
    known = sum(word in sentiment.vocabulary for word in words) / len(words)
    return sentiment.predict(text), known


# %%
exercise("06.1").check(safe_predict)

# %% [markdown]
# A text of unknown words still gets a number: every word becomes the same id 1, and the model has an opinion on that too. It has nothing to do with the text,
# and `known` = 0 says so.

# %%
sentiment = load_sentiment()
p, known = safe_predict("Zzyxq blorf", sentiment)
q, _ = safe_predict("Vorkle nimbst", sentiment)
claim("Two texts without a known word get the same probability", p == q and known == 0)
