# %% [markdown]
# # 05 · Both directions: solutions
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/gates-and-gradients/gates-and-gradients/blob/main/notebooks/solutions/05_solutions.ipynb)
#
# One way to write each answer of [lesson 05](../05_both_directions.ipynb). Yours may look different and be just as right:
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
lesson.start("05")

# %%
import torch
from torch import nn
from utils.course import exercise

# %% [markdown]
# ## Exercise 05.1 · The summary vector of a sentence
# Each half where it has read everything: forward at the last word, backward at the first.

# %%
def summary(output, lengths):
    H = output.shape[-1] // 2
    forward = output[torch.arange(len(output)), lengths - 1, :H]  # (B, H)
    backward = output[:, 0, H:]  # (B, H)
    return torch.cat([forward, backward], dim=-1)

# %%
exercise("05.1").check(summary)

# %% [markdown]
# ## Exercise 05.2 · A tagger that reads one way or both
# `pack_padded_sequence` tells the LSTM where each sentence ends, so its backward reader begins at the true last word. (Two networks of one
# direction each and `utils.cells.reverse` do the same, and train faster on a CPU.)

# %%
class WordTagger(nn.Module):
    def __init__(self, vocab_size, tags, hidden=32, bidirectional=True):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, 32, padding_idx=0)
        self.lstm = nn.LSTM(32, hidden, batch_first=True, bidirectional=bidirectional)
        self.output = nn.Linear(2 * hidden if bidirectional else hidden, tags)

    def forward(self, ids, lengths):
        x = self.embedding(ids)  # (B, T, 32)
        packed = nn.utils.rnn.pack_padded_sequence(x, lengths.cpu(), batch_first=True, enforce_sorted=False)
        h, _ = nn.utils.rnn.pad_packed_sequence(self.lstm(packed)[0], batch_first=True, total_length=ids.shape[1])
        return self.output(h)  # (B, T, tags)

# %%
exercise("05.2").check(WordTagger)
