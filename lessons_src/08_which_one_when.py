# %% [markdown]
# # 08 · Which one, when
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/gates-and-gradients/gates-and-gradients/blob/main/notebooks/08_which_one_when.ipynb)
#
# **The question.** RNN, LSTM or GRU; how large, how trained; or something newer? There are rules of thumb. Which of them hold when they are measured?
#
# After this lesson you
# - can hold a rule of thumb against measurements with several seeds, and say when a difference is one;
# - can choose the size and the training of a network by their effect on held-out data, and know what they cost;
# - have seen what came after: attention, and recurrences that are trained in parallel.
#
# Time: 60 minutes, and up to 49 more for the four exercises. The machine needs half a minute. [Lessons 02](02_lstm_cell.ipynb) and [03](03_gru_cell.ipynb) come before it.
# A good place for a break is after section 7.
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
lesson.start("08")

# %% [markdown]
# ## 1. The rules, as they are told
# Ask which network to take, and you are told rules such as these. They stand in tutorials and lecture notes. Each comes with a reason. Few come with a number.
#
# | Rule | The reason given |
# |---|---|
# | Above 100 steps take an LSTM | its cell state keeps for long |
# | Below 50 steps take a GRU | fewer parameters, so more efficient |
# | Where accuracy counts take an LSTM | four parts can express more than three |
# | In doubt take a GRU | often as good |
# | A GRU learns faster, computes faster, suits real time | it has less to compute |
# | A GRU has 25 % fewer parameters | three parts instead of four |
# | Up to 20 steps a plain RNN will do | nothing vanishes so soon |
# | A plain RNN barely learns beyond 10 steps | vanishing gradients |
# | Above 50 steps take an LSTM or a GRU | their gates |
# | From 200 steps on an LSTM struggles | too far to carry anything |
# | Where both contexts are needed, read in both directions | the word after matters too |
#
# Two of them contradict each other. Did you see which? (A plain RNN that "will do" up to 20 steps cannot be one that "barely learns" beyond 10.)
#
# **Predict first.** Write down three answers. Section 7 comes back to them.

# %%
my_guess_far = "LSTM"  # "RNN", "LSTM" or "GRU": as PyTorch makes them, which recalls the first of 100 symbols best?
my_guess_matters = "cell"  # "cell" or "initial weights": what makes the larger difference at this task?
my_guess_held = 8  # section 7 judges 14 lines of this kind; how many of them will hold without an "it depends"?

# %%
import math, time, warnings
from itertools import combinations, product

import numpy as np
import torch
from IPython.display import Markdown, display
from matplotlib.lines import Line2D
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from utils import explorers, files, plots, probes
from utils.cells import initialize
from utils.data import pad, tasks
from utils.cells import GRUCell, LSTMCell, RNNCell
from utils.course import exercise
from utils.arrays.count import parameters
from utils.course import claim
from utils.course.results import TaskResults, compare
from utils.cells.scan import MinGRU, scan, stepped
from utils.course.sweep import BASE, KNOBS, SweepResults

# %% [markdown]
# ## 2. One race, live
# Before the large measurement a small one, here and now. The task is that of lesson 02: see one symbol of ten, then 49 silent steps, then name it (*recall*,
# $T = 50$; guessing gives 10 %). Four runners of 32 units:
#
# - an LSTM and a GRU **as PyTorch makes them**: all weights small and random, so the gates stand half open;
# - the same two with **chrono** initial weights: the bias of the gate that keeps is drawn so that some units hold for one step and some for 50 (lesson 02, section 6).
#
# Each runs three times, with three *seeds*: other initial weights, other sequences. **Predict:** who gets away from 10 %?

# %%
def learn(make, seed, T=50, steps=250):
    """Share of right answers in each batch of training."""
    torch.manual_seed(seed)
    rnn, head = make(), nn.Linear(32, 10)
    weights = [*rnn.parameters(), *head.parameters()]
    adam, right = torch.optim.Adam(weights, lr=1e-2), []
    while len(right) < steps and (len(right) < 10 or min(right[-10:]) < 1):  # ten perfect batches are enough
        x, y = tasks.first_element_recall(32, T)  # (B, T, 10), (B,)
        scores = head(rnn(x)[0][:, -1])  # (B, 10), from the last state alone
        adam.zero_grad()
        nn.functional.cross_entropy(scores, y).backward()
        nn.utils.clip_grad_norm_(weights, 1.0)
        adam.step()
        right.append((scores.argmax(1) == y).float().mean().item())
    return right

# %%
torch.set_flush_denormal(True)  # vanished gradients would cost time (lesson 01)
torch.set_num_threads(1)  # 32 units are too few to share
runners = {
    "LSTM": lambda: nn.LSTM(10, 32, batch_first=True),
    "GRU": lambda: nn.GRU(10, 32, batch_first=True),
    "LSTM, chrono": lambda: initialize.chrono_(nn.LSTM(10, 32, batch_first=True), T_max=50),
    "GRU, chrono": lambda: initialize.chrono_(nn.GRU(10, 32, batch_first=True), T_max=50),
}
live = {name: [learn(make, seed) for seed in range(3)] for name, make in runners.items()}

# %%
fig, axes = plots.figure(9, 2.8, ncols=4, sharey=True)
for ax, (name, results) in zip(axes, live.items()):
    for right in results:
        ax.plot(np.convolve(right, np.ones(10) / 10, "valid"), color=plots.PALETTE[name[:4].strip(",").lower()], lw=1.4)
    ax.axhline(0.1, color="#888888", lw=1, ls=":")
    ax.set(title=name, xlabel="training step", xlim=(0, 250), ylim=(0, 1.03))
axes[0].set_ylabel("right, mean of 10 batches")
lesson.show(fig, "Share of right answers over 250 training steps, 3 seeds each. As PyTorch makes them, neither LSTM nor GRU leaves 10 % for good; "
                "with chrono initial weights both climb.")

# %%
last = {name: [np.mean(right[-10:]) for right in results] for name, results in live.items()}
claim("As PyTorch makes them, LSTM and GRU stay below 50 % in each of 3 seeds", max(last["LSTM"] + last["GRU"]) < 0.5, last)
claim("With chrono initial weights at least 5 of these 6 runs pass 70 %",
      sum(a > 0.7 for a in last["LSTM, chrono"] + last["GRU, chrono"]) >= 5, last)

# %% [markdown]
# The question was LSTM or GRU. The answer is in another place: in the initial weights. Keep this picture in mind whenever somebody compares two cells "as they come".

# %% [markdown]
# ## 3. Memory against length
# One task, one length and three seeds are an anecdote. So `benchmarks/which_one.py` ran eight models on several tasks and lengths, five seeds each, and wrote down
# every curve. Three tasks matter here:
#
# | Task | What is seen | What is wanted | Knowing nothing gives |
# |---|---|---|---|
# | *recall* | one symbol of ten, then silence | the symbol | 10 % right |
# | *adding* | $T$ random numbers between 0 and 1, two of them marked | the sum of the two | a mean squared error of 1/6, by always saying 1 |
# | *wave* | $T$ points of a sine wave | the next point | a mean squared error of 1/2, by always saying 0 |
#
# The *mean squared error* (MSE) is the mean of (answer − truth)². In *recall* the memory must hold one thing against silence. In *adding* it must also look away from $T - 2$ numbers.
#
# The eight models: RNN, LSTM and GRU as PyTorch makes them (*default*); the RNN with an *orthogonal* recurrent matrix (lesson 01); LSTM and GRU with a
# *bias of 1* on the gate that keeps, and with *chrono*. All have 32 units. Each trains for at most 500 steps at the better of two learning rates, chosen for it (at
# $T = 10$ and at $T = 100$; the wave at 30) with a seed that is used for nothing else. What counts is its best value on *held-out* sequences: drawn afresh, never trained on.

# %%
def recorded(result):
    """Where and by which command a committed file of figures was measured."""
    machine = result["machine"]
    threads = f"{machine['threads']} thread{'s' if machine['threads'] > 1 else ''}"
    return f"Recorded on {machine['gpu'] or machine['processor']}, {threads}, torch {machine['torch']}, by {result['command']}."

races = TaskResults()
print(recorded(races.result))
settings = races.tasks["recall"]
print(len(races.result["runs"]), "runs,", races.result["settings"]["seeds"], "seeds; lengths T =", *settings["T"])
claim("As recorded, all have 32 units; recall and adding go by batches of 32", races.result["settings"]["hidden"] == settings["batch"] == races.tasks["adding"]["batch"] == 32)
claim("As recorded, the rate for the wave was chosen at T = 30", {r["T"] for r in races.result["rates"] if r["task"] == "wave"} == {30})

def against_length(ax, task, cell, marks="osD"):
    """For each kind of initial weights a line through the medians of the seeds, and a dot a seed."""
    lengths = races.tasks[task]["T"]
    for k, model in enumerate(m for m in races.models(task) if m.split(",")[0] == cell):
        found = np.array([races.reached(task, model, T) for T in lengths])  # (lengths, seeds)
        look = {"color": plots.PALETTE[cell.lower()], "alpha": (0.35, 0.65, 1.0)[k], "marker": marks[k]}
        ax.plot(lengths, np.median(found, axis=1), lw=2.2, ms=7, label=model, **look)
        ax.plot(lengths, found, ls="", ms=3.5, **look)
    ax.set(xscale="log", title=cell)
    ax.set_xticks(lengths, lengths)
    ax.minorticks_off()

# %% [markdown]
# **Predict** before you look: which of the eight lines stays at the top up to $T = 200$?

# %%
fig, axes = plots.figure(9, 5.6, nrows=2, ncols=3, sharex=True, sharey="row")
for row, task in zip(axes, ("recall", "adding")):
    for ax, cell in zip(row, ("RNN", "LSTM", "GRU")):
        against_length(ax, task, cell)
        ax.axhline(races.tasks[task]["chance"], color="#888888", lw=1, ls=":")
axes[1, 0].set(yscale="log", ylabel="adding: MSE (less is better)")
axes[0, 0].set_ylabel("recall: share right")
for ax in axes[1]:
    ax.set_xlabel("length T")
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.28), ncols=1, frameon=False, fontsize=9)
lesson.show(fig, "What was reached against length T from 10 to 200, by cell and initial weights, a dot a seed. Recall: chrono stays at 1 for LSTM and GRU, "
                "with default weights the LSTM falls to chance from T = 20, the GRU from 50, the RNN from 100. Adding: every GRU solves it, the LSTM from T = 50 on only with chrono, the RNN never.")

# %%
q = {model: races.solved("recall", model, 100) for model in races.models("recall")}
claim("Recorded, recall, T = 100: LSTM and GRU with default weights solve it in none of 5 seeds", q["LSTM"] == q["GRU"] == 0, q)
claim("Recorded, recall, T = 100: with chrono both solve it in at least 4 of 5 seeds", min(q["LSTM, chrono"], q["GRU, chrono"]) >= 4, q)
a = {model: races.solved("adding", model, 100) for model in races.models("adding")}
claim("Recorded, adding, T = 100: the GRU solves it in at least 4 of 5 seeds with its default weights, the LSTM in none",
      a["GRU"] >= 4 and a["LSTM"] == 0, a)
close = races.reached("adding", "LSTM, chrono", 100)
claim("Recorded, adding, T = 100: with chrono the LSTM comes below 0.05 too (knowing nothing: 0.17), in at least 4 of 5 seeds", sum(close < 0.05) >= 4, close)

# %% [markdown]
# Three things to take from the picture.
#
# 1. In *recall* from 50 steps on the initial weights decide: as PyTorch makes them LSTM and GRU both fail, with chrono both succeed.
# 2. In *adding* the cell matters too. Marked numbers stand all along the way, some of them near the end, so there is something to learn from the start. The GRU makes use of it with
#    any initial weights. The LSTM does so for short sequences, and for long ones only with chrono, and later.
# 3. A plain RNN with an orthogonal matrix holds a symbol over silence for a long time. In *adding* it has no gate to look away with, and it fails.
#
# **How far?** The rule says that an LSTM struggles from 200 steps on. So here is $T = 400$, LSTM alone:

# %%
for model in races.models("far recall"):
    values = np.sort(races.reached("far recall", model, 400))
    print(f"T = 400, {model:12} right: {', '.join(f'{v:.2f}' for v in values)}")
far = {model: races.solved("far recall", model, 400) for model in races.models("far recall")}
claim("Recorded, T = 400: the default LSTM solves it in no seed, with chrono in at least 3 of 5", far["LSTM"] == 0 and far["LSTM, chrono"] >= 3, far)

# %% [markdown]
# ### When is a difference a difference?
# Five seeds scatter. If the medians of two models differ, it may be luck. So we look at all 25 pairs: one seed of the first model, one of the second. Only when the same model
# wins at least 23 of them (a tie counts half), we say that it is better; else *no difference seen*. How often would that go wrong, if the two models were equal? Then each way
# to deal ten results to two models of five is as likely as any other. There are 252 ways, so we can try them all:

# %%
deals = list(combinations(range(10), 5))
wrong = np.mean([compare(first, [k for k in range(10) if k not in first]) != 0 for first in deals])
print(f"{len(deals)} deals, a difference is seen in {wrong:.1%} of them")
claim("Among equals a difference is seen in less than 5 % of all deals", wrong < 0.05, wrong)
below = [1, 2, 3, 4, 5]
claim("Ahead in 23 of 25 pairs: a difference; in 22: none", (compare([6, 6, 6, 6, 3.5], below), compare([6, 6, 6, 6, 2.5], below)) == (1, 0))

# %% [markdown]
# This is the test of Mann and Whitney (1947). It asks only who is ahead, not by how much. So it does not mind that one run is at 0.1 and another at 1.
#
# Now choose for yourself. A dot is a seed, a bar ends at the median.

# %%
explorers.WhoWins()

# %% [markdown]
# **Three things to try.** Predict each before you move a slider.
# 1. *Recall.* Start at $T = 10$ and lengthen it. Which model drops out first, and which last?
# 2. *Add two numbers*, $T = 100$. Who wins in steps? Now let the budget count *seconds* and make it smaller: who wins on the CPU that was measured?
# 3. *Continue a wave*, $T = 100$. Which initial weights lead here, and where does *chrono* stand?

# %% [markdown]
# ### Exercise 08.1 · Where does the difference begin?
# *Medium, 10 minutes.* Two models, several lengths, five seeds each. The means always differ; when is it more than luck? Write `first_difference(lengths, a, b)`. `a` and `b`
# are NumPy arrays (lengths, seeds) with the accuracies of two models, one row for each of `lengths`, which may come in any order. Return the **shortest** length at which the two differ
# significantly, or `None` where there is none.
#
# *Significantly* means here: an exact permutation test on the difference of the means, with two sides (either model may be the better one), gives $p$ below 5 % divided by the number of lengths.
# (Why divided? Whoever looks four times is fooled four times as often. Why not a t-test? Accuracies that fail altogether or reach 100 % are no bell curve.) SciPy has the test: `scipy.stats.permutation_test`.

# %%
def first_difference(lengths, a, b):
    raise NotImplementedError

# %%
difference_exercise = exercise("08.1")
difference_exercise.check(first_difference)

# %% [markdown]
# Stuck? Take away a `#`.

# %%
# difference_exercise.hint()
# difference_exercise.solution()

# %% [markdown]
# ## 4. How soon does it learn?
# *A GRU learns faster.* Faster in what? There are two clocks. One counts **training steps**. The other counts **seconds**: steps times the time of a step. The time of a step was
# measured apart from the training, the cells taking turns on one core (batch 32, 32 units, `nn.RNN`, `nn.LSTM`, `nn.GRU`). **Predict:** which clock favors whom?

# %%
print(recorded(races.result))
task, T = "adding", 100
fig, axes = plots.figure(9, 3.4, ncols=2, sharey=True)
for model in ("LSTM, chrono", "GRU, chrono"):
    for run in races.runs(task, model, T):
        steps = np.arange(len(run["curve"])) * races.tasks[task]["every"]
        for ax, per_step in zip(axes, (1, races.step_seconds(task, model, T))):
            first = model if run["seed"] == 0 else None
            ax.plot(steps * per_step, run["curve"], color=plots.PALETTE[model[:4].strip(",").lower()], lw=1.4, label=first)
for ax, clock in zip(axes, ("training steps", "seconds on one core")):
    ax.axhline(races.tasks[task]["threshold"], color="#888888", lw=1, ls="--")
    ax.set(xlabel=clock, yscale="log", xlim=(0, None))
axes[0].set_ylabel("held-out MSE, adding, T = 100")
axes[0].legend(loc="lower left", frameon=False)
lesson.show(fig, "Held-out error of adding at T = 100, 5 seeds each, until it is solved (dashed). "
                "Counted in steps the GRU is there first; counted in seconds on the CPU that was measured the LSTM.")

# %%
gru, lstm = (races.steps(task, f"{cell}, chrono", T) for cell in ("GRU", "LSTM"))
gru_s, lstm_s = (races.seconds(task, f"{cell}, chrono", T) for cell in ("GRU", "LSTM"))
claim("Recorded, adding, T = 100, chrono: the GRU needs fewer steps than the LSTM", compare(lstm, gru) == 1, (gru, lstm))
claim("and, in the median, at least 1.5 times the seconds on the CPU that was measured", np.median(gru_s) > 1.5 * np.median(lstm_s), (gru_s, lstm_s))

# %% [markdown]
# Both statements are true. From the first you will hear "the GRU is faster", from the second "the LSTM is faster"; neither says by which clock. Lesson 03 showed the reason for the second: on a CPU PyTorch has a fast path for the LSTM and none for
# the GRU. With another library or a GPU the seconds change; the steps do not.
#
# Is this one task, or is it so in general? All tasks and lengths, with chrono's initial weights (section 7 counts the other two kinds as well):

# %%
print("Median steps and seconds until solved, chrono weights")
for task in ("recall", "adding", "wave"):
    for T in races.tasks[task]["T"]:
        words = []
        for cell in ("LSTM", "GRU"):
            steps, seconds = (np.median(f(task, f"{cell}, chrono", T)) for f in (races.steps, races.seconds))
            words.append(f"{cell} {steps:4.0f} steps {seconds:5.2f} s")
        print(f"{task:7} T = {T:3}   {'   '.join(words)}")

# %% [markdown]
# ### Exercise 08.2 · A fair race
# *Medium, 12 minutes.* Which one learns sooner? Write `race(models, draw, held_out, steps)`, a fair race. `models` is a dict from name to network, each of which takes `x` (B, T, features) and
# gives logits (B, classes); `draw()` gives a new batch `x, y`; `held_out` is one pair `x, y` from which nobody learns. Train each model for `steps` steps with its own `torch.optim.Adam(..., lr=1e-2)` and
# `cross_entropy`, **all on the same batches, one new batch a step**. Return a dict with, for each name,
#
# `{"loss": [...], "accuracy": [...], "seconds": ...}`
#
# a number a step: the loss of the batch, of which you take the gradient, and the share right on `held_out` after the update; and the seconds of that model's training alone.
# Sooner in steps and sooner in seconds are two questions, and you can then answer both.

# %%
def race(models, draw, held_out, steps):
    raise NotImplementedError

# %%
race_exercise = exercise("08.2")
race_exercise.check(race)

# %%
# race_exercise.hint()
# race_exercise.solution()

# %% [markdown]
# ## 5. A wave, continued
# A memory task asks for one thing from long ago. Much of real forecasting is different: the last few values say nearly everything. The task *wave*: $T$ points of a sine wave with
# random phase and a period of 10 to 40 steps; what is the next point? 512 waves to learn from, 40 epochs (an *epoch* is once through all of them), and 400 new waves to be judged by.
#
# **Predict:** will a longer wave ($T = 100$ instead of 10) make the error smaller or larger? Who profits most from it?

# %%
print(recorded(races.result))
wave, epochs = races.tasks["wave"], races.tasks["wave"]["steps"] * races.tasks["wave"]["batch"] / races.tasks["wave"]["rows"]
claim("As recorded: 512 waves, 40 epochs, judged by 400 new ones", (wave["rows"], epochs, races.result["settings"]["held_out"]) == (512, 40, 400))
lengths = wave["T"]
fig, axes = plots.figure(9, 3.6, ncols=3, sharey=True)
for ax, cell in zip(axes, ("RNN", "LSTM", "GRU")):
    against_length(ax, "wave", cell)
    ax.set(yscale="log", xlabel="length T")
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.22), frameon=False, fontsize=9)
axes[0].set_ylabel("MSE on new waves")
lesson.show(fig, "Mean squared error on new waves against T = 10, 30, 50, 100, by cell and initial weights, a dot a seed: "
                "every model stays below 0.01, 50 times better than always saying 0.")

# %%
names = races.models("wave")
wave = {model: np.array([races.reached("wave", model, T) for T in lengths]) for model in names}  # (lengths, seeds)
print("median MSE, in thousandths    " + "".join(f"T = {T:<7}" for T in lengths))
for model in names:
    print(f"{model:30}" + "".join(f"{1000 * np.median(row):<11.2f}" for row in wave[model]))
medians = np.array([np.median(values, axis=1) for values in wave.values()])  # (models, lengths)
claim("Recorded: every run of every model, also the plain RNN, comes below 0.01", max(v.max() for v in wave.values()) < 0.01)
claim("Recorded: at each length the medians of all eight lie within a factor of 8", (medians.max(0) / medians.min(0)).max() < 8, medians)

# %% [markdown]
# Here nobody fails. And *chrono* is no help: it prepares a network to remember for long, and nothing has to be remembered for long.
# Initial weights are a guess about the task, and this guess is wrong here. Let us count it, chrono against default, at each length:

# %%
for cell in ("LSTM", "GRU"):
    ahead = [compare(-wave[f"{cell}, chrono"][k], -wave[cell][k]) for k in range(len(lengths))]
    print(f"{cell}: chrono better at T =", [T for T, a in zip(lengths, ahead) if a > 0],
          "worse at T =", [T for T, a in zip(lengths, ahead) if a < 0])
    claim(f"Recorded, {cell}: chrono is better at no length, and worse at one at least", max(ahead) <= 0 and min(ahead) < 0, ahead)

# %% [markdown]
# **And one that nobody learned.** *Parity*: twenty bits, is the number of ones odd? One bit of memory is enough, and guessing gives 50 %. But a network gets no hint on the
# way: half the memory is worth as little as none. This task is popular in tutorials; run with care it looks like this.

# %%
for model in races.models("parity"):
    print(f"parity, T = 20, {model:5} best of 5 seeds: {races.reached('parity', model, 20).max():.2f} right")
parity = [run["final"] for model in races.models("parity") for run in races.runs("parity", model, 20)]
claim("Recorded: after 500 steps all 15 runs still guess; on new sequences none is right in more than 60 %", max(parity) < 0.6, parity)

# %% [markdown]
# ### Exercise 08.3 · Forecast a wave
# *Medium, 15 minutes.* Now you: `forecast_table(lengths, waves, hidden, epochs)` compares LSTM and GRU at each length $T$ of `lengths`. `waves(count, steps)` gives new sine waves, (count, steps).
# For each $T$ draw 256 waves **twice**: first those to learn from, then those for the test. Both models get the same. A network reads $T$ numbers and forecasts the one that follows. Train each for `epochs` passes through
# its waves, in batches of 32, by Adam with `lr=1e-2` on the mean squared error. Return the dict `table`, with `table["LSTM", T] = mse, network` and the same for `"GRU"`: the mean squared error on the test waves, a number, and the
# trained network. The class for it is there.

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
    raise NotImplementedError

# %%
forecast_exercise = exercise("08.3")
forecast_exercise.check(forecast_table)

# %%
# forecast_exercise.hint()
# forecast_exercise.solution()

# %% [markdown]
# ## 6. What does it cost?
# Four prices: numbers to store, multiplications to do, time to wait, and a state to keep. The first two can be counted, and so can the last. Time has to be measured.
#
# **Predict first.** A step of an LSTM multiplies four times as much as a step of an RNN of the same size. A stream comes in, one input at a time, 32 units, on one core. How many times as long as
# the RNN's will the LSTM's step take?

# %%
my_guess_times = 4.0

# %% [markdown]
# **To count.** A part has $W$ on its inputs, $U$ on the state, and two biases. At a step each number of $W$ and $U$ is multiplied once, and no number twice. So the multiply-adds of a step are the
# parameters without the biases, and you need not count again. With more layers, or both directions, each reader pays for its own; a second layer reads $H$ numbers, or $2H$ where the first one reads both ways.

# %%
networks = {"RNN": nn.RNN, "LSTM": nn.LSTM, "GRU": nn.GRU}
gaps = []
for (name, kind), n, H, layers, both in product(networks.items(), (1, 300), (8, 128), (1, 3), (False, True)):
    torchs = kind(n, H, layers, bidirectional=both, device="meta").parameters()  # "meta": shapes without numbers
    gaps.append(sum(w.numel() for w in torchs) - sum(parameters(name, n, H, layers, both).values()))
claim("Counted by the formula, the parameters of 48 networks are torch's", len(gaps) == 48 and not any(gaps), gaps)

# %%
counts = {}
for name, kind in zip(networks, (RNNCell, LSTMCell, GRUCell)):
    with FlopCounterMode(display=False) as counter:  # torch's own; an operation is a product or a sum, so two make one
        kind(300, 128)(torch.randn(1, 300))  # (B=1, n)
    counts[name] = counter.get_total_flops() // 2, parameters(name, 300, 128)
    print(f"{name:4}  {counts[name][0]:>9,} multiply-adds a step")
claim("One step multiplies with each number of W and U exactly once", all(flops == w["W"] + w["U"] for flops, w in counts.values()), counts)

# %% [markdown]
# The state of a stream is what a network has to keep between two inputs: $H$ numbers a layer, twice as many for the LSTM. It does not grow with what has been read. That is the strong side of all three, and section 9 comes back to it.

# %%
streams, layers, H = 10_000, 2, 256
for name, states in (("RNN", 1), ("LSTM", 2), ("GRU", 1)):
    print(f"{name:4}  {streams * layers * H * states * 4 / 1e6:5.1f} MB for {streams:,} streams at once")

# %% [markdown]
# **To measure.** `benchmarks/costs.py` took the time of `nn.RNN`, `nn.LSTM` and `nn.GRU` in turns, on one thread, with as many inputs as units. It wrote down the machine, too:

# %%
measured = files.measured("costs")
print(recorded(measured))

fig, axes = plots.figure(9, 3.3, ncols=2)
for name in networks:
    at_128 = np.array(measured["train_us"][name][measured["hidden"].index(128)])
    lines = (measured["hidden"], measured["stream_us"][name]), (measured["batches"], at_128 / measured["batches"])
    for ax, (x, y) in zip(axes, lines):
        ax.loglog(x, y, "o-", color=plots.PALETTE[name.lower()], label=name)
        ax.set_xticks(x, x)
        ax.minorticks_off()
axes[0].set(title="one step of a stream", xlabel="$H$, units", ylabel="microseconds")
axes[1].set(title="training, $H$ = 128", xlabel="batch", ylabel="microseconds for a step\nof one sequence")
fig.legend(*axes[0].get_legend_handles_labels(), loc="outside upper right", ncols=3, frameon=False)
lesson.show(fig, "Two plots with logarithmic axes, three lines each. Left: a step of a stream takes hardly longer with 32 units than with 16, "
                "and many times as long with 512. Right: in training a sequence costs far less in a batch of 64 than alone.")

# %%
small, large = measured["hidden"].index(32), measured["hidden"].index(512)
lstm, rnn = measured["stream_us"]["LSTM"], measured["stream_us"]["RNN"]
alone, crowd = (measured["batches"].index(B) for B in (1, 64))
gru = measured["train_us"]["GRU"][measured["hidden"].index(128)]
claim("Recorded, 32 units: a step of the LSTM's stream takes less than 2.5 times the RNN's", lstm[small] < 2.5 * rnn[small], (lstm, rnn))
claim("Recorded, 512 units: it takes more than 2.5 times as long", lstm[large] > 2.5 * rnn[large], (lstm, rnn))
claim("Recorded: from 32 units to 512 the multiply-adds grow 256 times, the LSTM's time less than 64 times", lstm[large] < 64 * lstm[small], lstm)
claim("Recorded: training a GRU of 128 units on a batch of 64 costs less than a third a sequence of what it costs alone", gru[crowd] / 64 < gru[alone] / 3, gru)
print(f"You guessed that the LSTM's step takes {my_guess_times} times as long as the RNN's.")

# %% [markdown]
# A small step is not made of multiplications. It is made of calls: for each, Python and PyTorch take some microseconds before the first number is touched. So a small network is hardly slower for four
# times the arithmetic, and a batch of 64 is far from 64 times as slow as one sequence. Only when the matrices are large do the multiplications decide. And the program decides as well:
# on Intel and AMD processors PyTorch leaves the LSTM, and it alone, to oneDNN (lesson 03). So an RNN may be trained more slowly than an LSTM four times its size.
#
# The calculator puts all four together, for RNN, LSTM and GRU at once. What was counted is exact. Times are *estimates*, interpolated from that file, hence for that machine, or from the same measurement on a GPU: choose under *measured on*. `python -m benchmarks.costs` replaces the first by yours.

# %%
explorers.Costs()

# %% [markdown]
# **Three things to try.** Predict before you move.
# 1. One layer of 256 units, or four layers of 128 with 64 inputs: which has more parameters? Which takes longer to train?
# 2. Batch from 1 to 32. By how much does the training step grow?
# 3. Tick *both directions*. What is lost besides the time?
# 4. Go to the GPU, batch 1, then 256. What has become of the time of a training step?

# %%
def one(**changed):
    return explorers.Costs.compute(**{"cell": "LSTM", "n": 64, "H": 128, "layers": 1, "batch": 32, "T": 100, "both": False} | changed)

wide, deep, alone = one(H=256), one(layers=4), one(batch=1)
for name, result in (("one layer of 256", wide), ("four of 128", deep)):
    print(f"LSTM, {name:16}  {result['count']['LSTM']:>7,} parameters, a training step of {explorers.costs.duration(result['train']['LSTM'])}")
claim("Four layers of 128 units have more parameters than one of 256", deep["count"]["LSTM"] > wide["count"]["LSTM"], (deep["count"], wide["count"]))
growth = one()["train"]["LSTM"] / alone["train"]["LSTM"]
claim("By the recorded times, 32 sequences together take less than 16 times as long as one", growth < 16, growth)
claim("With both directions there are twice the parameters, and no stream", one(both=True)["count"]["LSTM"] == 2 * one()["count"]["LSTM"]
      and one(both=True)["stream"]["LSTM"] is None)
on_gpu = [one(machine="gpu", batch=batch)["train"]["LSTM"] for batch in (1, 256)]
claim("By the times recorded on the GPU, 256 sequences together take less than 1.5 times as long as one", on_gpu[1] < 1.5 * on_gpu[0], on_gpu)

# %% [markdown]
# How good are the estimates? The benchmark also measured five shapes beside its grid: other inputs, more layers, both directions.

# %% tags=["nbval-ignore-output"]
for shape in measured["others"]:
    sizes = {name: shape[name] for name in ("n", "H", "layers", "both", "batch", "T")}
    took = " ".join(f"{name} {1e6 * explorers.costs.train_seconds(name, **sizes) / us:.2f}" for name, us in shape["us"].items())
    print(f"estimated / measured: {took}   {sizes}")

# %% [markdown]
# And your computer? A few hundred steps of a stream, 32 units, in turns:

# %% tags=["nbval-ignore-output"]
cells = {"RNN": nn.RNNCell(32, 32), "LSTM": nn.LSTMCell(32, 32), "GRU": nn.GRUCell(32, 32)}
x, took = torch.randn(1, 32), {name: [] for name in cells}  # (B=1, n)
with torch.inference_mode():
    for _ in range(15):
        for name, cell in cells.items():
            state, start = None, time.perf_counter()
            for _ in range(50):
                state = cell(x, state)
            took[name].append(1e6 * (time.perf_counter() - start) / 50)
for name, steps in took.items():
    print(f"{name:4} {np.median(steps):5.1f} microseconds a step, {np.median(steps) / np.median(took['RNN']):.2f} times the RNN's")

# %% [markdown]
# ## 7. The rules, measured
# Every rule of section 1 against every measurement that speaks about it. `benchmarks/rules.py` counts: in how many comparisons (task, length, initial weights) is a difference seen, and in
# whose favor? A rule **held** when more than half of them speak for it and at most one in ten against. It **did not hold** when more than one in ten speak against it and at most
# one in ten for it. *No difference seen* means at most one in ten either way. Anything else **depends**. No verdict below was typed by hand.

# %%
print(recorded(races.result))
measured = races.rules()
lines = ["| Rule | Verdict | By how much | On what |", "|---|---|---|---|"]
display(Markdown("\n".join(lines + [f"| {r.rule} | **{r.verdict}** | {r.much} | {r.where} |" for r in measured])))

# %% [markdown]
# Look at the counts behind an *it depends*. They say on what.

# %%
verdict = {r.rule: r.verdict for r in measured}
told = [r.verdict for r in measured if not r.rule.startswith("(ours)")]
best = {cell: np.median(races.reached("recall", cell, 100)) for cell in ("RNN", "LSTM", "GRU")}
print(f"You guessed {my_guess_held} of {len(told)} lines; {told.count('held')} held, {told.count('did not hold')} did not, "
      f"{told.count('no difference seen')} without a difference, {told.count('it depends')} depend.")
print(f"You guessed {my_guess_far} for recall at T = 100; the medians are", ", ".join(f"{cell} {v:.2f}" for cell, v in best.items()))
claim("Recorded: as PyTorch makes them, no cell recalls the first of 100 symbols in more than 40 % (medians)", max(best.values()) < 0.4, best)
claim("Recorded: what is counted and not timed or trained holds exactly, 25 % fewer parameters", verdict["GRU has 25 % fewer parameters"] == "held")
claim("Recorded: both directions where both contexts are needed, held", verdict["Both directions where both contexts are needed"] == "held")
claim("Recorded, the GRU computes faster: not as PyTorch has it on the CPU that was measured; yes where both are written alike",
      (verdict["GRU computes faster"], verdict["GRU computes faster, written alike"]) == ("did not hold", "held"), verdict)
claim("Recorded: no rule that gives a length (10, 20, 50, 100 or 200 steps) held as it is told",
      not any(v == "held" for r, v in verdict.items() if "steps" in r and "fewer" not in r), verdict)
initial_or_cell = next(r.cases for r in measured if r.rule == "(ours) Initial weights matter more than the cell")
memory = [case for case in initial_or_cell if case.place in ("recall, T = 50", "recall, T = 100", "recall, T = 200")]
print(f"You guessed that the {my_guess_matters} made the larger difference at recall.")
claim("Recorded, recall from T = 50: at each length the initial weights made a larger difference than the cell", all(case.outcome == 1 for case in memory), memory)

# %% [markdown]
# **What to do, then?** For networks of this size:
# 1. Ask first how far back the task must look. Give the network initial weights that can remember so far, and no farther: chrono helped at *recall* and *adding* and did harm at *wave*.
# 2. LSTM or GRU? Where a difference was seen, the GRU was ahead more often and needed fewer steps. A step of the LSTM costs less on a CPU with PyTorch. So count your own seconds.
# 3. Do not write off the plain RNN where the way is short or silent. With an orthogonal matrix it is the smallest and sometimes the first.
# 4. "Try both" is the oldest rule, and the best, if you try several seeds of both. One seed each is a coin.
#
# And mind what was *not* measured: large networks, long trainings, and of language nothing but tags. A verdict holds for what stands in its last column.

# %%
claim("Recorded: GRU in doubt, and GRU in fewer steps, both held",
      verdict["GRU when in doubt"] == verdict["GRU learns in fewer steps"] == "held", verdict)
claim("Recorded: GRU in less time, it depends", verdict["GRU learns in less time"] == "it depends", verdict)
claim("Recorded: LSTM above 100 steps, LSTM where accuracy counts, neither held",
      verdict["LSTM above 100 steps"] == verdict["LSTM where accuracy counts"] == "did not hold", verdict)

# %% [markdown]
# ## 8. Choosing hyperparameters
# Hidden size, layers, dropout, learning rate, clipping norm, batch size: somebody has to choose them. Lesson 06 switched practices on and off. Here six knobs are
# turned, **one at a time**, around its recipe: 5,000 reviews, two epochs of AdamW with a learning rate that rises and falls, whose top is what we call the rate.
#
# | Knob | Base | What it does |
# |---|---|---|
# | learning rate | 0.02 | how far a step goes |
# | batch size | 32 | reviews in a step; more of them, fewer and less noisy steps in the same two epochs |
# | hidden size $H$ | 32 | how many numbers the state holds |
# | layers | 1 | LSTMs on top of each other, in each direction |
# | dropout | 0.2 | share of the numbers before and after the LSTM that are left out in training, against learning by heart |
# | clipping norm | 1 | the longest gradient that is let through (lesson 01) |
#
# **Predict first.** Which knob can do the most harm? What will a hidden size of *one* do? Dropout 0.95? And a clipping norm of 0.01, a hundredth of
# the base's?

# %%
sweep = SweepResults()
claim("The base is the one of the table", BASE == {"lr": 0.02, "batch": 32, "hidden": 32, "layers": 1, "dropout": 0.2, "clip": 1.0})
print(recorded(sweep.facts))
print(f"{sweep.facts['reviews']['train']:,} reviews to learn from, "
      f"{sweep.facts['reviews']['validation']:,} of other films for validation; the test was not touched.")
print(f"The base with {len(sweep.base.valid)} seeds: {sweep.band[0]:.1%} to {sweep.band[1]:.1%} right on validation.")

# %% [markdown]
# One setting, eight seeds: other initial weights, another order of the reviews, nothing else. The best and the worst are more than two points apart. That is the noise, drawn as a band below.
# Every other value has three seeds. We call it **worse** only if all three stay below the band, and **better** only if all three lie above it. Otherwise we say **no effect**, which means: none that three seeds show. If a value did nothing at all, how often would it be called one of the two?

# %%
ranks = range(len(sweep.base.valid) + 3)  # of 8 + 3 seeds; each three of them are as likely as any other to be the value's
threes = [(three, [k for k in ranks if k not in three]) for three in combinations(ranks, 3)]
by_chance = np.mean([max(three) < min(eight) or min(three) > max(eight) for three, eight in threes])
judged = len(sweep.facts["settings"]) - 1  # all but the base
claim("By chance a value is called worse or better in fewer than 1 of 80 cases", by_chance < 1 / 80, by_chance)
claim("With 25 settings to judge, that makes less than one false alarm in three sweeps", judged == 25 and judged * by_chance < 1 / 3, judged)

# %%
fig, axes = plots.figure(9, 5.2, nrows=2, ncols=4, sharey=True)
TRAIN, VALID = plots.PALETTE["h"], plots.PALETTE["lstm"]
for ax, knob in zip(axes.flat, KNOBS.values()):
    ax.axhspan(*sweep.band, color=VALID, alpha=0.2, lw=0)
    for place, value in zip(knob.places, knob.values):
        runs = sweep.runs(knob.name, value)
        ax.plot([place] * len(runs.train), runs.train, "o", ms=4.5, mfc="white", color=TRAIN)
        ax.plot([place] * len(runs.valid), runs.valid, "o", ms=4.5, alpha=0.7, color=VALID)
    ax.set_title(knob.name, fontsize=10)
    ax.set_xticks(knob.places, knob.labels, fontsize=7.5)
for ax in axes[:, 0]:
    ax.set_ylabel("accuracy")
keys = [Line2D([], [], lw=0, marker="o", mfc="white", color=TRAIN), Line2D([], [], lw=0, marker="o", color=VALID), Line2D([], [], lw=8, alpha=0.2, color=VALID)]
axes[1, 3].axis("off")
axes[1, 3].legend(keys, ["training", "validation", "the base's seeds\non validation"], loc="center", frameon=False)
lesson.show(fig, "Accuracy against six knobs, a dot a seed. The learning rate has a peak: guessing at 0.0002 and at 0.5, the best at 0.02. Larger batches, very small states and more layers "
           "cost some points; dropout does nothing up to 0.8 and ends in guessing at 0.95; the clipping norm does nothing from 0.01 to none.")

# %% [markdown]
# A dot is a seed. The axes are logarithmic but for layers and dropout. In the last picture clipping is tried once more at a learning rate that is too high, where it should be needed most.
# Now one value at a time:

# %%
explorers.Sweep()

# %% [markdown]
# **Three things to try**
# 1. Learning rate 0.001, the default of PyTorch's Adam. Validation is low. Has the network learned the reviews by heart, or not learned enough? The gap to training tells.
# 2. Dropout: go from 0 to 0.8. What happens to the gap, and what to validation?
# 3. Three layers. What would you have concluded from the lowest seed alone? And from the highest?
#
# What lies outside the noise, and what does not:

# %%
for knob in KNOBS.values():
    verdicts = dict(zip(knob.labels, sweep.verdicts(knob.name).values()))
    for verdict in ("worse", "no effect"):
        found = [label for label, said in verdicts.items() if said == verdict]
        print(f"{knob.name if verdict == 'worse' else '':26} {verdict + ':':10} {', '.join(found) or '-'}")

# %%
def outcome(knob, value):
    """Over seeds: lowest and highest accuracy on validation, the mean gap to training in points, time against the base."""
    runs = sweep.runs(knob, value)
    return runs.valid.min(), runs.valid.max(), 100 * (runs.train - runs.valid).mean(), runs.seconds.mean() / sweep.base.seconds.mean()

claim("Recorded: no value of any knob is better than the base", all("better" not in sweep.verdicts(name).values() for name in KNOBS))
claim("Recorded, the learning rate: 0.0002 and 0.5 end at guessing, with every seed below 55 %",
      max(outcome("learning rate", rate)[1] for rate in (0.0002, 0.5)) < 0.55)
low, base = outcome("learning rate", 0.001), outcome("learning rate", 0.02)
claim("Recorded, rate 0.001: worse, with less than half of the base's gap: not learned enough", low[1] < sweep.band[0] and low[2] < base[2] / 2, (low, base))
steps = {size: int(sweep.runs("batch size", size).steps[0]) for size in (8, 32, 128, 512)}
claim("Recorded, the batch: 512 reviews leave 20 steps, and 128 or 512 are worse; 8 takes four times the base's steps and shows no effect",
      steps[512] == 20 and round(steps[8] / steps[32]) == 4 and list(sweep.verdicts("batch size").values()) == ["no effect"] * 2 + ["worse"] * 2, steps)

# %%
one, large = outcome("hidden size", 1), outcome("hidden size", 128)
claim("Recorded: a hidden size of one is worse, and yet every seed gets 80 %", 0.80 < one[0] and one[1] < sweep.band[0], one)
claim("Recorded: 128 units take more than three times the base's time and show no effect", large[3] > 3 and sweep.verdict("hidden size", 128) == "no effect", large)
claim("Recorded: two, three and four layers are worse, and four take more than twice the time",
      {sweep.verdict("layers", n) for n in (2, 3, 4)} == {"worse"} and outcome("layers", 4)[3] > 2, outcome("layers", 4))
none, much = outcome("dropout", 0.0), outcome("dropout", 0.8)
claim("Recorded: dropout 0.8 takes the gap from more than 8 points to less than 6, and validation gains nothing; with 0.95 every seed guesses",
      none[2] > 8 and much[2] < 6 and sweep.verdict("dropout", 0.8) == "no effect" and outcome("dropout", 0.95)[1] < 0.55, (none, much))
claim("Recorded, clipping: no effect from 0.01 to none. At rate 0.1 every norm, and none, stays below the base",
      set(sweep.verdicts("clipping norm").values()) == {"no effect"} and set(sweep.verdicts("clipping norm at rate 0.1").values()) == {"worse"})
near = [abs(outcome(*choice)[1] - sweep.band[0]) for choice in (("learning rate", 0.005), ("layers", 2))]
claim("Recorded, two close calls: rate 0.005 and two layers miss the line between no effect and worse by less than 0.2 points", max(near) < 0.002, near)

# %% [markdown]
# Read it with care.
# - **That nothing is better** is no wonder: the base had been chosen on this very validation. Whoever picks the best of many values on validation gets a number that is too good; the test, once, gives the honest one.
# - **A hidden size of one**: a single number in each direction carries most of what a review says. The state is not where this task is difficult.
# - **Dropout** closed the gap by making training worse. A smaller gap is not a gain; a higher validation is.
# - **Layers and batches** were tried at the base's rate and in two epochs. A deep network or a large batch may want another rate and more steps. We did not measure that, and one-at-a-time sweeps never see it.
#
# **Why does clipping at 0.01 do nothing?** In lesson 01 that was the threshold with a price: tiny steps. But there the steps were those of plain gradient descent. AdamW divides the gradient by its own recent size, and so a gradient that is always cut to a hundredth gives the same step:

# %%
def first_step(kind, gradient):
    weight = nn.Parameter(torch.zeros(1))
    weight.grad = torch.tensor([gradient])
    kind([weight], lr=0.02).step()
    return weight.abs().item()

share = {kind.__name__: first_step(kind, 0.01) / first_step(kind, 1.0) for kind in (torch.optim.SGD, torch.optim.AdamW)}
claim("A gradient cut to a hundredth: SGD's step is a hundredth as long, AdamW's is the same within 1 %",
      abs(share["SGD"] - 0.01) < 1e-4 and abs(share["AdamW"] - 1) < 0.01, share)

# %% [markdown]
# (What clipping still changes under AdamW is the weight of one exploding step beside the others. At the base none explodes, as lesson 06 counted.)
#
# **In which order to choose?** Look at the sides. Around the base, which knob does harm in both directions?

# %%
sides = {name: sweep.worse_sides(name) for name in list(KNOBS)[:6]}
claim("Recorded: only the learning rate is worse on both sides of the base", [name for name, side in sides.items() if all(side)] == ["learning rate"], sides)
claim("Recorded: the others have a side without harm; smaller batches, larger states, fewer layers, less dropout, either side for clipping",
      sides == {"learning rate": (True, True), "batch size": (False, True), "hidden size": (True, False), "layers": (False, True),
                "dropout": (False, True), "clipping norm": (False, False)}, sides)

# %% [markdown]
# This is what the sweep supports, for this task: **first the learning rate**, in steps of about four, from too low to too high, since no side is safe. For everything else begin on the safe side: small batches, one layer, a state that is large
# enough, little dropout, clipping at 1. Then spend time only where several seeds show a gain. After a change of batch or depth, look at the rate again.
#
# ### Tips, tried
# Tutorials end with tips. Several have been tried where they belong: batch normalization, padding index, zeros as the first state, and a constant learning rate in [lesson 06](06_imdb_sentiment.ipynb), section 11;
# clipping by norm and by value in [lesson 01](01_vanishing_gradients.ipynb), section 8; a state carried from one piece of text to the next in [lesson 07](07_language_model.ipynb), section 4. These are left, each in a few lines.
#
# **The initial state.** Some programs make zeros and hand them over. What shape must they have? And what if the first state were *learned*, as two more weights?

# %%
torch.manual_seed(0)
deep = nn.LSTM(5, 4, num_layers=2, bidirectional=True, batch_first=True)
x, zeros = torch.randn(3, 7, 5), torch.zeros(2 * 2, 3, 4)  # (B, T, in), (layers x directions, B, H)
claim("Zeros of shape (layers x directions, B, H) and no state at all give the same, bit for bit, also with batch_first",
      torch.equal(deep(x)[0], deep(x, (zeros, zeros))[0]))

def reach_of_first_state(T):
    """How much h_0 and c_0, as weights, would move the last state: the length of the gradient."""
    lstm, first = nn.LSTM(1, 32), [torch.zeros(1, 1, 32, requires_grad=True) for _ in "hc"]  # (layers, 1, H)
    output, _ = lstm(torch.randn(T, 16, 1), tuple(s.repeat(1, 16, 1) for s in first))  # (T, B, H)
    return torch.cat(torch.autograd.grad(output[-1].sum(), first)).norm().item()

reach = {T: reach_of_first_state(T) for T in (1, 10, 50)}
claim("A learned first state: over 10 steps less than a twentieth of its gradient is left, over 50 less than a hundred-millionth",
      reach[10] < reach[1] / 20 and reach[50] < 1e-8 * reach[1], reach)

# %% [markdown]
# So zeros need not be written, and a learned first state can matter to what is read near the beginning. To the last state of a long sequence it says nothing that a fresh LSTM would still know.
#
# **Dropout, between the layers and on the last state.** `nn.LSTM(..., dropout=0.5)` acts between layers. With one layer there is no between:

# %%
with warnings.catch_warnings(record=True) as told:
    warnings.simplefilter("always")
    layers = {n: nn.LSTM(5, 4, num_layers=n, dropout=0.5, batch_first=True) for n in (1, 2)}
acts = {n: not torch.equal(lstm.train()(x)[0], lstm.eval()(x)[0]) for n, lstm in layers.items()}
claim("PyTorch warns once, for the LSTM of one layer; in training that one gives what it gives in evaluation, and the one of two layers does not",
      len(told) == 1 and acts == {1: False, 2: True}, (len(told), acts))

last = layers[1](x)[1][0][-1]  # (B, H): the last state of the top layer
dropped, kept = nn.Dropout(0.5).train()(last), nn.Dropout(0.5).eval()(last)
claim("Dropout on the last state: in training each number becomes 0 or twice itself, in evaluation it stays",
      ((dropped == 0) | (dropped == 2 * last)).all() and torch.equal(kept, last))

# %% [markdown]
# With one layer, write `nn.Dropout` yourself, on what goes into the LSTM or on the state that is read. `utils.models.Classifier` does both.
#
# **A scheduler that waits.** `ReduceLROnPlateau` lowers the rate when validation no longer gets better. Here it is given seven losses and, the second time, seven accuracies:

# %%
def rates(measured):
    adam = torch.optim.Adam([nn.Parameter(torch.zeros(1))], lr=0.1)
    plateau = torch.optim.lr_scheduler.ReduceLROnPlateau(adam, factor=0.5, patience=2)
    after = []
    for value in measured:
        plateau.step(value)
        after.append(adam.param_groups[0]["lr"])
    return after

claim("patience=2: two epochs without a better loss are forgiven, the third halves the rate",
      rates([0.6, 0.5, 0.4, 0.41, 0.42, 0.43, 0.38]) == [0.1, 0.1, 0.1, 0.1, 0.1, 0.05, 0.05])
claim("So it cannot act before the fourth epoch", rates([0.5, 0.6, 0.6])[-1] == 0.1 and rates([0.5, 0.6, 0.6, 0.6])[-1] == 0.05)
claim("Handed accuracies without mode='max', it halves the rate twice while the network gets better and better",
      rates([0.6, 0.7, 0.8, 0.82, 0.84, 0.86, 0.88])[-1] == 0.025)

# %% [markdown]
# A training of two epochs, like those of the sweep, never sees it; there the rate follows a plan (one cycle), and `Trainer(schedule="plateau")` is for longer ones.
#
# **Sequences of different lengths.** Five of them, of 8, 4, 6, 2 and 5 steps. How much of a padded batch is padding?

# %%
texts = [[1] * steps for steps in (8, 4, 6, 2, 5)]
batch, lengths = pad(texts)  # (B, T), (B,)
real = lengths.sum().item()
claim("Of 40 steps 25 are real: 37.5 % is padding", (batch.numel(), real) == (40, 25) and 1 - real / batch.numel() == 0.375, batch.shape)
by_length = sorted(texts, key=len)
buckets = sum(pad(part)[0].numel() for part in (by_length[3:], by_length[:3]))  # the two longest, the three others
claim("Sorted by length into two batches: 31 steps, 19 % padding", buckets == 31 and round(100 * (1 - real / buckets)) == 19, buckets)

# %% [markdown]
# "37.5 % less computation" is often said of packing. It is the share of *steps*; on a CPU packed steps take longer than the pads they leave out, as [lesson 06](06_imdb_sentiment.ipynb), section 4, measures. Sorting by length saves
# without that, and a mask does the rest.
#
# **A memory test that tests no memory.** The task: fifty numbers, and the answer is the sign of the first. A popular comparison makes an RNN, an LSTM and a GRU, runs `backward()` once, and prints the length of the gradient of all weights. We add a
# fourth, an LSTM with chrono's biases ([lesson 02](02_lstm_cell.ipynb), section 7), which we know can learn it. **Predict:** will its length stand out?

# %%
MAKE = {"RNN": nn.RNN, "LSTM": nn.LSTM, "GRU": nn.GRU, "LSTM, chrono": lambda *sizes, **rest: initialize.chrono_(nn.LSTM(*sizes, **rest), 50)}

def gradients(make, seed):
    """The length of the gradient of all weights, and of that of h_t at each step (T,)."""
    torch.manual_seed(seed)
    rnn, read = make(1, 64, batch_first=True), nn.Linear(64, 2)
    x, y = tasks.sign_memory(32, 50)  # (B, T, 1), (B,)
    def loss(h):  # (B, T, H): the last state answers
        return nn.functional.cross_entropy(read(h[:, -1]), y)
    weights = [*rnn.parameters(), *read.parameters()]
    all_weights = torch.cat([g.flatten() for g in torch.autograd.grad(loss(rnn(x)[0]), weights)])
    return all_weights.norm().item(), probes.gradient_norms(rnn, x, loss)

total, by_step = {}, {}
for name, make in MAKE.items():
    total[name], by_step[name] = zip(*(gradients(make, seed) for seed in range(10)))

# %%
fig, (left, right) = plots.figure(9, 3.2, ncols=2)
STYLE = {"RNN": ("rnn", "-"), "LSTM": ("lstm", "-"), "GRU": ("gru", "-"), "LSTM, chrono": ("lstm", "--")}
for place, (name, (color, line)) in enumerate(STYLE.items()):
    left.plot([place] * 10, total[name], "o", color=plots.PALETTE[color], mfc="white" if line == "--" else None)
    for norms in by_step[name]:
        right.semilogy(range(1, 51), norms / norms[-1], line, lw=1.3, color=plots.PALETTE[color])
    right.plot([], [], line, color=plots.PALETTE[color], label=name)
left.set(xticks=range(4), xticklabels=STYLE, ylim=(0, None), ylabel="length of the gradient", title="all weights: what is printed")
right.set(xlabel="step $t$", title=r"$\|\partial L / \partial h_t\|$ against the last: what tells", ylim=(1e-13, 10))
fig.legend(loc="outside right center", frameon=False)
lesson.show(fig, "Left, the gradient of all weights for 10 seeds: the four networks overlap. Right, the gradient by step: RNN, LSTM and GRU fall below 1e-8 at step 1, the LSTM with chrono's biases stays above 1e-4.")

# %%
first = {name: max(n[0] / n[-1] for n in rows).item() for name, rows in by_step.items()}
least = min(n[0] / n[-1] for n in by_step["LSTM, chrono"]).item()
claim("All weights, 10 seeds: the lengths of all four overlap, and between the two LSTMs no difference is seen, by the test of section 3",
      max(map(min, total.values())) < min(map(max, total.values())) and compare(total["LSTM, chrono"], total["LSTM"]) == 0, total)
claim("By step, with each of 10 seeds: less than 1e-8 arrives at step 1 in RNN, LSTM and GRU as torch makes them, more than 1e-4 with chrono's biases",
      max(first[name] for name in ("RNN", "LSTM", "GRU")) < 1e-8 and least > 1e-4, (first, least))

# %% [markdown]
# It does not stand out. The weights serve all steps, and their gradient is the sum over all of them, supplied by the last few ([lesson 01](01_vanishing_gradients.ipynb), section 7). To ask about memory, ask step by step.

# %% [markdown]
# ## 9. What came after
# A recurrent network squeezes the past into one state, and passes it on from step to step. Two later ideas change that. *Attention* looks back at every step directly.
# A *linear recurrence* keeps the state, and makes its way from step to step so simple that the steps need not wait for one another. Both are small enough to run here.
#
# ### Attention looks back
# Each step makes three vectors: a **query** $q_t$, what it looks for; a **key** $k_t$, by which it can be found; a **value** $v_t$, what it has to say. Step $t$ compares its
# query with the key of each step $s$ up to $t$, a softmax turns the scores into weights, and the answer is the weighted mean of the values:
#
# $$\alpha_{ts} = \operatorname*{softmax}_{s \le t}\Big(\frac{q_t \cdot k_s}{\sqrt D}\Big) \qquad\qquad o_t = \sum_{s \le t} \alpha_{ts}\, v_s$$
#
# Bahdanau, Cho and Bengio (2015) laid it over a recurrent network. Vaswani and others (2017) left the network out: "attention is all you need". A sum has no order, though, and without the
# network nobody says what came first. So **position must be given**: here each step has a vector of its own, `P`, learned like a weight and added to the input.

# %%
class Attention(nn.Module):
    def __init__(self, n, D, T, positions=True):
        super().__init__()
        self.W_x, self.P = nn.Linear(n, D), nn.Embedding(T, D)
        self.W_q, self.W_k, self.W_v = (nn.Linear(D, D) for _ in range(3))
        self.positions = positions

    def forward(self, x):  # (B, T, n)
        T, e = x.shape[1], self.W_x(x)  # e (B, T, D)
        if self.positions:
            e = e + self.P.weight[:T]  # (T, D): what is special about step t
        q, k, v = self.W_q(e), self.W_k(e), self.W_v(e)  # each (B, T, D)
        scores = q @ k.mT / k.shape[-1] ** 0.5  # (B, T, T): every step with every step
        later = torch.ones(T, T, dtype=torch.bool).triu(1)
        alpha = scores.masked_fill(later, -torch.inf).softmax(-1)  # nobody looks ahead
        return alpha @ v, alpha  # (B, T, D), (B, T, T)

# %% [markdown]
# The task is recall with **distractors**: a random symbol at each of 50 steps, and the question is always which one was the first. Only its place tells it from the others. To be fair, the LSTM is told
# the place too: an eleventh input, which is 1 at step 1. It starts from chrono. **Predict:** who learns it sooner? And attention without positions?

# %%
torch.set_flush_denormal(True)  # lesson 02: what vanishes should not cost time

def learn_first(make, seed, marked=False, distractors=True, steps=200, T=50):
    """Train on recall; (share of right answers at each step, share on 1,000 new sequences, the network)."""
    torch.manual_seed(seed)
    network, head, right = make(), nn.Linear(32, 10), []
    weights = [*network.parameters(), *head.parameters()]
    adam = torch.optim.Adam(weights, lr=1e-2)

    def answers(batch):
        x, y = tasks.first_element_recall(batch, T, distractors=distractors)  # (B, T, 10), (B,)
        mark = nn.functional.one_hot(torch.zeros(batch, dtype=torch.long), T)[..., None]  # (B, T, 1)
        return head(network(torch.cat([x, mark], -1) if marked else x)[0][:, -1]), y  # (B, 10), (B,)

    while len(right) < steps and (len(right) < 20 or min(right[-20:]) < 1):
        scores, y = answers(32)
        adam.zero_grad()
        nn.functional.cross_entropy(scores, y).backward()
        nn.utils.clip_grad_norm_(weights, 1.0)
        adam.step()
        right.append((scores.argmax(1) == y).float().mean().item())
    with torch.no_grad():
        scores, y = answers(1000)
    return right, (scores.argmax(1) == y).float().mean().item(), network

# %%
looked = {
    "attention": [learn_first(lambda: Attention(10, 32, 50), seed) for seed in range(3)],
    "attention without positions": [learn_first(lambda: Attention(10, 32, 50, positions=False), 0, steps=150)],
    "LSTM, chrono, told the place": [
        learn_first(lambda: initialize.chrono_(nn.LSTM(11, 32, batch_first=True), T_max=50), seed, marked=True, steps=150)
        for seed in range(2)
    ],
}

# %%
x, _ = tasks.first_element_recall(1000, 50, distractors=True)  # (B, T, 10)
with torch.no_grad():
    alpha = [network(x)[1][:, -1].mean(0) for _, _, network in looked["attention"]]  # 3 times (T,): step 50 looks back

fig, (left, right) = plots.figure(9, 3.1, ncols=2)
for (name, runs), color in zip(looked.items(), ("h", "theory", "lstm")):
    for i, (shares, _, _) in enumerate(runs):
        left.plot(np.convolve(shares, np.ones(20) / 20, "valid"), color=plots.PALETTE[color], label=None if i else name)
left.set(xlabel="training step", ylabel="share of right answers", ylim=(0, 1.03))
left.legend(frameon=False, fontsize=9)
right.bar(range(1, 51), alpha[0], color=plots.PALETTE["h"])
right.set(xlabel="step looked at", ylabel="weight", ylim=(0, 1.03))
right.set_title("where step 50 looks, mean of 1,000 sequences", fontsize=10)
lesson.show(fig, "Left: attention learns recall with distractors within 150 steps, three times; without positions it stays near guessing. "
                "Right: nearly all of the weight of step 50 lies on step 1.")

# %%
places = [accuracy for _, accuracy, _ in looked["attention"]]
claim("Attention recalls 99 % with each of 3 seeds, within 150 steps of training",
      min(places) >= 0.99 and max(len(shares) for shares, _, _ in looked["attention"]) <= 150, places)
claim("Without positions it is right in less than 30 %", looked["attention without positions"][0][1] < 0.3)
claim("The LSTM that is told the place has not finished after 150 steps with any of 2 seeds",
      all(min(shares[130:]) < 1 for shares, _, _ in looked["LSTM, chrono, told the place"]))
claim("Each sequence has a table of 2,500 scores", looked["attention"][0][2](x[:1])[1].numel() == 2500)
claim("Step 50 lays more than half of its weight on step 1, with each of 3 seeds", min(a[0].item() for a in alpha) > 0.5, [a[0] for a in alpha])

# %% [markdown]
# Why so soon? From the last step back to the first the gradient takes **one** hop, not 49. Here is the gradient that the output of step 50 sends to each input, before any training:

# %%
def reach(network, x):
    x = x.clone().requires_grad_()
    network(x)[0][:, -1].sum().backward()
    return x.grad.norm(dim=(0, 2))  # (T,)

torch.manual_seed(0)
gradient = {"attention": reach(Attention(10, 32, 50), x), "LSTM": reach(nn.LSTM(10, 32, batch_first=True), x)}  # each (T,)

fig, ax = plots.figure(9, 2.5)
for (name, norms), color in zip(gradient.items(), ("h", "lstm")):
    ax.semilogy(range(1, 51), norms / norms[-1], color=plots.PALETTE[color], label=name)
ax.set(xlabel="step", ylabel="gradient, step 50 = 1")
ax.legend(frameon=False)
lesson.show(fig, "Gradient at each of 50 inputs, logarithmic: the LSTM's falls by more than 6 powers of ten from step 50 to step 1, that of attention stays level.")
claim("Fresh LSTM: less than a millionth of the gradient at step 50 reaches step 1", gradient["LSTM"][0] < 1e-6 * gradient["LSTM"][-1])
claim("Fresh attention: step 1 gets at least half as much as the median step",
      gradient["attention"][0] > 0.5 * gradient["attention"].median(), gradient["attention"][0])

# %% [markdown]
# It costs something. The scores are a $T \times T$ table: 2,500 numbers at $T = 50$, and four times as many when $T$ doubles. And whoever reads on must keep the key and the value of **each** step so far, the *KV cache*,
# where a recurrent network keeps one state. We count that below.
#
# ### A recurrence that need not wait
# A GRU's $z_t$ looks at $h_{t-1}$, so step $t$ waits for step $t - 1$. Let the gates look at $x_t$ alone, drop the reset gate and the tanh, and what is left is the **minGRU** of Feng and others (2024):
#
# $$z_t = \sigma(W_z x_t + b_z) \qquad n_t = W_n x_t + b_n \qquad h_t = (1 - z_t) \odot n_t + z_t \odot h_{t-1}$$
#
# (Our $z$ keeps, as everywhere in this course; in their paper it writes.) All $z_t$ and $n_t$ can be computed at once. What still goes from step to step is linear in $h$:
#
# $$h_t = a_t \odot h_{t-1} + b_t \qquad\text{with}\qquad a_t = z_t, \quad b_t = (1 - z_t) \odot n_t$$
#
# Two such steps in a row are one such step: $\;a'(a h + b) + b' = (a' a)\, h + (a' b + b')$. So stretches of steps can be joined before $h$ is known, and in any grouping: joining is **associative**. Hence the trick,
# a *scan* (Hillis and Steele 1986; for recurrent networks Martin and Cundy 2018). In each round every place takes in the stretch just before its own; the stretches double, 1, 2, 4, 8, and
# after $\log_2 T$ rounds, rounded up, every place knows everything up to itself.

# %%
explorers.Scan()

# %% [markdown]
# **Three things to try.**
# 1. Move *rounds done* from 0 up. Follow the orange wires: which inputs have reached the last place? The gray ones have not.
# 2. Set $T$ to 16, then to 17. How many rounds more? And from 17 to 32?
# 3. Set $a$ to 0.5. Two or three rounds are nearly enough. Why? Then $a = 1$: the state is a running sum, and every round counts.
#
# The answer to 3: after $r$ rounds only inputs that are $2^r$ steps old or older are missing, and they weigh $a^{2^r}$ or less. A scan needs its late rounds for long memory.

# %%
def rounds_needed(T):
    """After how many rounds every place of the explorer knows all that stepping knows."""
    result = explorers.Scan.compute(T, 1.0, 0)
    return next(r for r, held in enumerate(result["held"]) if np.allclose(held, result["states"]))

rounds = {T: rounds_needed(T) for T in (16, 17, 32)}
claim("16 places take 4 rounds; 17 take 5, and so do 32", list(rounds.values()) == [4, 5, 5])

# %% [markdown]
# Stepped or scanned, it is one function. The proof, with 64-bit numbers and a length that is no power of two:

# %%
numbers = torch.Generator().manual_seed(0)
B, T, H = 4, 50, 8
a = torch.rand(B, T, H, dtype=torch.float64, generator=numbers).requires_grad_()  # gates, 0 to 1
b = torch.randn(B, T, H, dtype=torch.float64, generator=numbers).requires_grad_()
h = torch.randn(B, H, dtype=torch.float64, generator=numbers).requires_grad_()  # the state before step 1
direction = torch.randn(B, T, H, dtype=torch.float64, generator=numbers)  # any loss will do

states = [way(a, b, h) for way in (stepped, scan)]  # each (B, T, H)
gradients = [torch.autograd.grad((each * direction).sum(), (a, b, h)) for each in states]

claim("Stepped and scanned, all 50 states agree within 1e-12", (states[0] - states[1]).abs().max() < 1e-12)
claim("So do the gradients of a, b and the first state, within 1e-10",
      max((one - other).abs().max() for one, other in zip(*gradients)) < 1e-10)

# %% [markdown]
# There is a shorter formula, and it is a trap: with $P_t = a_1 a_2 \cdots a_t$, $\;h_t = P_t \sum_{s \le t} b_s / P_s$. Two cumulative calls and no rounds. But $P_t$ runs out of numbers, and then it divides by zero.
# (Feng and others compute with logarithms instead, for which $a$ and $b$ must be positive.) The scan never divides. Any $a$ will do, 0 and negative ones too; products that underflow become 0, as they should.

# %%
gates, news = torch.full((1, 200, 1), 0.5), torch.ones(1, 200, 1)  # (B, T, H), 32-bit
P = gates.cumprod(1)
shortcut = P * (news / P).cumsum(1)
claim("T = 200, a = 0.5: the shortcut ends in nan", shortcut[0, -1].isnan().item(), shortcut[0, -1])
claim("The scan ends at 2, as it should, within 1e-6", abs(scan(gates, news)[0, -1].item() - 2) < 1e-6)

# %% [markdown]
# ### Exercise 08.4 · A recurrence in rounds of doubling
# *Hard, 12 minutes.* Write the scan in NumPy. `a` and `b` are (T, H), `h` is the state before the first step, (H,). Return all states, (T, H). `T` may be any length. No loop over the steps: one round treats all
# places at once. The check compares with stepping, and counts your products.

# %%
def scan_states(a, b, h):
    raise NotImplementedError

# %%
scan_exercise = exercise("08.4")
scan_exercise.check(scan_states)

# %%
# scan_exercise.hint()
# scan_exercise.solution()

# %% [markdown]
# ### What does it learn, and what was given up?
# `utils.cells.scan` has `MinGRU` and `MinLSTM`: scanned when called on a whole sequence, and with `step` for one input at a time. First the recall of lesson 02, 49 *silent* steps, from chrono. Then the distractors
# from above, without and with the mark at step 1. **Predict** which of the three it cannot learn.

# %%
trained = {
    "silent steps": [learn_first(lambda: MinGRU(10, 32).chrono_(50), seed, distractors=False) for seed in range(3)],
    "distractors": [learn_first(lambda: MinGRU(10, 32).chrono_(50), 0)],
    "distractors, told the place": [learn_first(lambda: MinGRU(11, 32).chrono_(50), seed, marked=True, steps=300) for seed in range(2)],
}
reached = {name: [accuracy for _, accuracy, _ in runs] for name, runs in trained.items()}

claim("minGRU, 49 silent steps: 99 % with each of 3 seeds", min(reached["silent steps"]) >= 0.99, reached)
claim("minGRU, distractors: less than 30 %", max(reached["distractors"]) < 0.3, reached)
claim("minGRU, distractors, told the place: 95 % with each of 2 seeds", min(reached["distractors, told the place"]) >= 0.95, reached)

# %% [markdown]
# A gate that sees $x_t$ alone treats a symbol alike wherever it stands. It cannot think "this is the first, I am still empty". That look at its own state is what was given up for the scan, and one layer does not get it back. A second layer
# does in part: its gates see the first layer's states. Real models stack several. Mamba (Gu and Dao 2023) is such a stack, with a larger state and a scan written for GPUs.
#
# And trained by scan, it runs as a stream, with nothing but its state to remember:

# %%
network, (x, _) = trained["silent steps"][0][2], tasks.first_element_recall(5, 50)
with torch.no_grad():
    at_once, state = network(x)[0], None  # (B, T, H)
    for t in range(50):
        state = network.step(x[:, t], state)  # (B, H)
claim("50 single steps of the trained minGRU end in the state of the scan, within 1e-5", (state - at_once[:, -1]).abs().max() < 1e-5)

# %% [markdown]
# ### How fast?
# **Predict:** training passes of $T$ = 16 to 2,048 steps, batch 8, 32 inputs, 64 units, on *one thread of a CPU*. Who wins for long sequences? And on a GPU? The figures were taken by `benchmarks/after.py`, in turns.

# %% tags=["nbval-ignore-output"]
after, after_on_gpu = files.measured("after"), files.measured("after_cuda")
print(recorded(after), recorded(after_on_gpu), sep="\n")
claim("As recorded, the shape is 8 sequences, 32 inputs, 64 units", list(after["shape"].values()) == list(after_on_gpu["shape"].values()) == [8, 32, 64])
lengths = [row["T"] for row in after["speed"]]

def milliseconds_of(result):
    return {name: [row[name]["ms"] for row in result["speed"]] for name in result["speed"][0] if name != "T"}

milliseconds, on_gpu = milliseconds_of(after), milliseconds_of(after_on_gpu)
fig, axes = plots.figure(9, 3.6, ncols=2, sharey=True)
lines = (("n", ":"), ("n", "-"), ("gru", "-"), ("lstm", "-"), ("h", "--"))
for ax, result, times_of in zip(axes, (after, after_on_gpu), (milliseconds, on_gpu)):
    for (name, ms), (color, line) in zip(times_of.items(), lines):
        ax.loglog(lengths, ms, line, marker="o", ms=4, color=plots.PALETTE[color], label=name)
    ax.set(xlabel="T, steps", xticks=lengths, title=result["machine"]["gpu"] or "one thread of a CPU")
    ax.set_xticklabels(lengths, fontsize=8)
    ax.minorticks_off()
axes[0].set(ylabel="milliseconds")
fig.legend(*axes[0].get_legend_handles_labels(), loc="outside upper center", ncols=5, frameon=False)
lesson.show(fig, "Milliseconds of one training pass against T, both logarithmic, on a CPU and on a GPU. On the CPU attention is the steepest line "
                "and the scanned minGRU gains nothing lasting over the stepped one. On the GPU stepping is the steepest; all else is nearly flat.")

# %%
def times(name, T, other, of):
    return milliseconds[name][lengths.index(T)] / milliseconds[other][lengths.index(of)]

growth = {name: times(name, 2048, name, 128) for name in ("attention", "nn.LSTM")}  # for 16 times the steps
claim("Recorded: from T = 128 to 2,048 attention grows more than 40 times, and more than twice as much as nn.LSTM",
      growth["attention"] > max(40, 2 * growth["nn.LSTM"]), growth)
claim("Recorded: at T = 2,048 attention takes more than 3 times as long as nn.LSTM", times("attention", 2048, "nn.LSTM", 2048) > 3)
claim("Recorded: at no length is the scan 3 times as fast as stepping", max(times("minGRU, stepped", T, "minGRU, scanned", T) for T in lengths) < 3)
last = {name: ms[-1] for name, ms in on_gpu.items()}  # on the GPU, at T = 2,048
claim("Recorded on the GPU: at T = 2,048 the scan is more than 20 times as fast as stepping", last["minGRU, stepped"] > 20 * last["minGRU, scanned"], last)
claim("Recorded there: nn.LSTM is still more than twice as fast as the scan, and as fast as attention within a tenth",
      last["minGRU, scanned"] > 2 * last["nn.LSTM"] and abs(last["nn.LSTM"] / last["attention"] - 1) < 0.1, last)

# %% [markdown]
# The line for attention bends up: $T^2$. The scan disappoints, and must. Stepping joins $T$ times; the scan, as written here, about $T \log_2 T$ times, and on one thread all of it has to be done one after another. It pays
# where a machine does a whole round at once, as a GPU does: there a step costs a start of the device, and the scan has few of them. Feng and others report that at $T = 512$, on a GPU, a GRU takes 175 times as long. Theirs must have been stepped: cuDNN, which starts one program for all steps, leaves our plain scan behind. Attention was timed there without the extra axis that torch's fused kernels want, so it may be faster still. `python -m benchmarks.after --device cuda` measures yours.
#
# ### Where a state still wins
# A stream: a sensor, a keyboard, a text that does not end. One layer, 512 units, 32-bit numbers. What must be kept to read the next token, and how many multiplications does it take?

# %%
D = 512
lstm, token = nn.LSTM(D, D, batch_first=True), torch.randn(1, 1, D)  # (B=1, T=1, D)
lstm_kept = sum(state.nbytes for state in lstm(token)[1])  # h and c
with FlopCounterMode(display=False) as counter:
    LSTMCell(D, D)(token[0])
lstm_work = counter.get_total_flops() // 2  # four gates on x and on h

def cache(T):  # a key and a value for each token so far
    return 2 * T * D * 4

def attention_work(T):  # q, k and v; then the scores of T tokens and the mean of their values
    return 3 * D * D + 2 * T * D

print("tokens so far    kept, KiB: LSTM    attention    multiplications: LSTM    attention")
for T in (1, 100, 1_000, 10_000, 100_000):
    print(f"{T:13,}{lstm_kept / 1024:19,.0f}{cache(T) / 1024:13,.0f}{lstm_work:25,}{attention_work(T):13,}")

claim("From the second token on, attention keeps more than the LSTM", cache(1) == lstm_kept < cache(2))
claim("Up to 1,280 tokens it does less work per token, from then on more",
      attention_work(1279) < lstm_work == attention_work(1280))

# %% [markdown]
# The state of an LSTM, or of a minGRU, is as large after 100,000 tokens as after one. That is its strength and its weakness: what does not fit is lost, whereas attention can still look it up.
#
# ### "Why Transformers beat LSTMs", sentence by sentence
# You will read this list in many places. The same benchmark also trained four networks on recall over **256** silent steps, 300 training steps at most, 3 seeds:

# %%
print(recorded(after))
recall = {name: [run["accuracy"] for run in runs] for name, runs in after["recall"]["runs"].items()}
claim("Recorded, T = 256: the LSTM as it comes stays below 20 % with each of 3 seeds", max(recall["LSTM as it comes"]) < 0.2, recall)
claim("Recorded, T = 256: the LSTM with chrono is right in more than 80 % with each", min(recall["LSTM, chrono"]) > 0.8, recall)
claim("Recorded, T = 256: the minGRU with chrono, and attention, reach 99 % with each", min(recall["minGRU, chrono"] + recall["attention"]) >= 0.99, recall)

# %% [markdown]
# | It is said | What we measured |
# |---|---|
# | An LSTM goes step by step and is slow to parallelize. | True of gates that see $h_{t-1}$. It is not true of recurrences as such: a linear one, scanned, has the same states and gradients in $\log_2 T$ rounds. |
# | A Transformer computes all positions in parallel. | In training, where all tokens are known; the price is $T^2$ scores. When it *writes*, each token waits for the one before, as in a recurrent network. |
# | It uses a GPU 100 times better. | A figure without a model and a machine. On one CPU thread, at $T$ = 2,048, attention takes more than 3 times as long as `nn.LSTM`. |
# | LSTMs struggle above 200 tokens. | As it comes, the LSTM guesses at 256 steps, and at 50 as well (lesson 02). With chrono it recalls over 256. Where its gates start decides here, not the length. |
# | Attention connects any two positions directly. | True: before training, its gradient at step 1 is about as large as at any other step, and here it learned soonest. It must be given the positions, and keep the whole past. |
#
# All of this is about small tasks and single layers. That Transformers write better text than LSTMs is well established, and nothing here says otherwise; these five sentences are just not the whole reason.

# %% [markdown]
# ## Quiz
# Five questions: choose a letter, with the mouse or with Tab and the space bar, and read what it says; the first choice counts.

# %%
from utils.course import quiz

quiz("08")

# %% [markdown]
# ## Take away
# 1. A rule of thumb without a task, a length, a budget and several seeds is a rumor. Of those that name a length, none held as it is told.
# 2. To recall over 50 steps and more, it mattered where the gates start, and less which cell they belong to. In adding both mattered. Set the bias for the distance the task needs, and then try both cells.
# 3. Choose by several seeds on validation: the learning rate first, since it alone does harm on both sides. Count the price in your own seconds.
# 4. Attention looks back directly and keeps the whole past. A recurrence keeps a state of one size, and a linear one can still be trained in parallel.
#
# ## References
# - S. Hochreiter, J. Schmidhuber (1997). *Long short-term memory.* Neural Computation 9(8): recall and adding.
# - H. B. Mann, D. R. Whitney (1947). *On a test of whether one of two random variables is stochastically larger than the other.* Annals of Mathematical Statistics 18(1).
# - J. Chung, C. Gulcehre, K. Cho, Y. Bengio (2014). *Empirical evaluation of gated recurrent neural networks on sequence modeling.* arXiv:1412.3555: LSTM and GRU, with no clear winner.
# - C. Tallec, Y. Ollivier (2018). *Can recurrent neural networks warp time?* ICLR: chrono initialization.
# - D. Bahdanau, K. Cho, Y. Bengio (2015). *Neural machine translation by jointly learning to align and translate.* ICLR.
# - A. Vaswani and others (2017). *Attention is all you need.* NeurIPS.
# - W. D. Hillis, G. L. Steele (1986). *Data parallel algorithms.* Communications of the ACM 29 (12): the rounds of doubling.
# - E. Martin, C. Cundy (2018). *Parallelizing linear recurrent neural nets over sequence length.* ICLR.
# - L. Feng, F. Tung, M. O. Ahmed, Y. Bengio, H. Hajimirsadeghi (2024). *Were RNNs all we needed?* arXiv 2410.01201: minGRU, minLSTM.
# - A. Gu, T. Dao (2023). *Mamba: linear-time sequence modeling with selective state spaces.* arXiv 2312.00752.
#
# This was the last lesson. Back to [00 · Start here](00_start_here.ipynb), which lists them all; [notation](glossary.ipynb) stays useful.
