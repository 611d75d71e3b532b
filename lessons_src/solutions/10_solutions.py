# %% [markdown]
# # 10 · Which one, when: solutions
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/gates-and-gradients/gates-and-gradients/blob/main/notebooks/solutions/10_solutions.ipynb)
#
# One way to write each answer of [lesson 10](../10_which_one_when.ipynb). Yours may look different and be just as right:
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
lesson.start("10")

# %%
import math
import time

import numpy as np
import torch
from scipy.stats import permutation_test
from torch import nn

from utils.course import exercise
from utils.course import claim

# %% [markdown]
# ## Exercise 10.1 · Where does the difference begin?
# Were the two models equal, any five of the ten accuracies could as well have been the first model's. There are 252 ways to choose five of ten,
# and $p$ is the share of them with means at least as far apart as those that were seen. So with five seeds $p$ is never below 2/252 = 0.8 %.
# Four lengths are four chances to be fooled, hence the 5 % are divided among them (Bonferroni).

# %%
def first_difference(lengths, a, b):
    def difference(x, y, axis):
        return x.mean(axis) - y.mean(axis)

    for row in np.argsort(lengths):
        p = permutation_test((a[row], b[row]), difference, n_resamples=np.inf).pvalue
        if p < 0.05 / len(lengths):
            return int(lengths[row])
    return None

# %%
exercise("10.1").check(first_difference)
claim("There are 252 ways to choose five of ten", math.comb(10, 5) == 252)

# %% [markdown]
# ## Exercise 10.2 · A fair race
# All batches are drawn first, so that both models meet the same ones. Each has its own Adam and its own clock, and the clock stands still
# while `held_out` is asked: that is not training.

# %%
def race(models, draw, held_out, steps):
    batches = [draw() for _ in range(steps)]
    result = {}
    for name, model in models.items():
        adam = torch.optim.Adam(model.parameters(), lr=1e-2)
        run = result[name] = {"loss": [], "accuracy": [], "seconds": 0.0}
        for x, y in batches:  # (B, T, features), (B,)
            start = time.perf_counter()
            adam.zero_grad()
            loss = nn.functional.cross_entropy(model(x), y)
            loss.backward()
            adam.step()
            run["seconds"] += time.perf_counter() - start
            run["loss"].append(loss.item())
            with torch.no_grad():
                right = model(held_out[0]).argmax(-1) == held_out[1]  # (B,)
            run["accuracy"].append(right.float().mean().item())
    return result

# %%
exercise("10.2").check(race)

# %% [markdown]
# ## Exercise 10.3 · Forecast a wave
# A wave of $T + 1$ numbers gives the input, all but the last, and the target, the last. The second draw is touched once, at the end.

# %%
class Forecaster(nn.Module):
    """x (B, T, 1) -> the next number (B, 1), from h_T; kind is nn.LSTM or nn.GRU."""

    def __init__(self, kind, hidden):
        super().__init__()
        self.rnn, self.head = kind(1, hidden, batch_first=True), nn.Linear(hidden, 1)

    def forward(self, x):
        return self.head(self.rnn(x)[0][:, -1])

# %%
def forecast_table(lengths, waves, hidden, epochs):
    table = {}
    for T in lengths:
        learn, test = (waves(256, T + 1) for _ in range(2))  # each (256, T + 1)
        for kind in (nn.LSTM, nn.GRU):
            network = Forecaster(kind, hidden)
            adam = torch.optim.Adam(network.parameters(), lr=1e-2)
            for _ in range(epochs):
                for batch in learn.split(32):  # (32, T + 1)
                    adam.zero_grad()
                    nn.functional.mse_loss(network(batch[:, :T, None]), batch[:, T:]).backward()
                    adam.step()
            with torch.no_grad():
                mse = nn.functional.mse_loss(network(test[:, :T, None]), test[:, T:])
            table[kind.__name__, T] = mse.item(), network
    return table

# %%
exercise("10.3").check(forecast_table)

# %% [markdown]
# And the table itself, 20 units, 40 epochs:

# %% tags=["nbval-ignore-output"]
def waves(count, steps):
    phase, period = torch.rand(count, 1), 10 + 30 * torch.rand(count, 1)
    return torch.sin(2 * math.pi * (phase + torch.arange(steps) / period))  # (count, steps)

torch.set_num_threads(1)  # 20 units are too few to share
table = forecast_table((10, 30, 50, 100), waves, hidden=20, epochs=40)
for (name, T), (mse, _) in table.items():
    print(f"T = {T:3}  {name:4}  mean squared error {mse:.5f}")

# %%
errors = {key: mse for key, (mse, _) in table.items()}
claim("Each of the eight forecasts is at least 20 times better than always answering 0", max(errors.values()) < 0.5 / 20, errors)
