# %% [markdown]
# # 10 · Which one, when
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/gates-and-gradients/gates-and-gradients/blob/main/notebooks/10_which_one_when.ipynb) [or as a web page, with nothing to install](https://gates-and-gradients.github.io/gates-and-gradients/notebooks/10_which_one_when.html)
#
# **The question.** RNN, LSTM or GRU? There are rules of thumb, and few of them come with a number. Which ones hold when they are measured?
#
# After this lesson you
# - can put a rule of thumb to the test, and say what the test does not cover;
# - know what a cell costs in numbers, steps and seconds;
# - have a plan for choosing one for a task of your own.
#
# Time: 16 minutes, and up to 37 more for the three exercises. The machine needs half a minute. [Lessons 02](02_lstm_cell.ipynb), [03](03_gru_cell.ipynb) and [09](09_choosing.ipynb) come before it.
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
lesson.start("10")

# %% jupyter={"source_hidden": true} cellView="form"
# Your guess
from utils.course import guess

guess("10.far")

# %% [markdown]
# ## 1. The rules, as they are told
# They stand in tutorials and lecture notes, each with a reason.
#
# | Rule | The reason given |
# |---|---|
# | Above 100 steps take an LSTM | its cell state keeps for long |
# | Below 50 steps take a GRU | fewer parameters, so more efficient |
# | Where accuracy counts take an LSTM | four parts can express more than three |
# | In doubt take a GRU | often as good |
# | A GRU is faster | it has less to compute |
# | A GRU has 25 % fewer parameters | three parts instead of four |
# | Up to 20 steps a plain RNN will do | nothing vanishes so soon |
# | A plain RNN barely learns beyond 10 steps | vanishing gradients |
# | Above 50 steps take an LSTM or a GRU | their gates |
# | From 200 steps on an LSTM struggles | too far to carry anything |
# | Where both contexts are needed, read in both directions | the word after matters too |
#
# Two of them contradict each other outright: a plain RNN that "will do" up to 20 steps cannot "barely learn" beyond 10.

# %% jupyter={"source_hidden": true} cellView="form"
# Your guess
guess("10.held")

# %% [markdown]
# ## 2. The races
# `benchmarks/which_one.py` ran eight models on tasks of several lengths $T$, five seeds each, and kept every curve. Three tasks matter here:
#
# | Task | What is seen | What is wanted | Knowing nothing gives |
# |---|---|---|---|
# | *recall* | one symbol of ten, then silence | the symbol | 10 % right |
# | *adding* | $T$ random numbers from 0 to 1, two of them marked | the sum of the two | a squared error of 1/6, by always saying 1 |
# | *wave* | $T$ points of a sine wave | the next point | a squared error of 1/2, by always saying 0 |
#
# *Recall* asks to hold one thing against silence. *Adding* asks to look away from $T - 2$ numbers as well. *Wave* asks for hardly any memory.
#
# Eight models: RNN, LSTM and GRU as PyTorch makes them; the RNN with an *orthogonal* matrix $U$ ([appendix](12_appendix.ipynb)); LSTM and GRU with a *bias of 1* on the gate that keeps; and both with
# *chrono* ([lesson 02](02_lstm_cell.ipynb)). All have 32 units and train for at most 500 steps, at the better of two learning rates. What counts is the best value on new sequences.
#
# A dot is a seed, a bar ends at the median.

# %%
explorers.WhoWins(T=10)

# %% [markdown]
# **Three things to try**, and say what you expect before you move.
# 1. *Recall the first symbol.* Lengthen $T$. Which model drops out first, and which last?
# 2. *Add two numbers*, $T = 100$, budget 80 %: who leads?
# 3. *Continue a wave*, $T = 100$. Where does *chrono* stand?

# %% jupyter={"source_hidden": true} cellView="form"
# Recorded: recall and adding over length
from IPython.display import Markdown, display
import numpy as np

from utils import files, lesson, plots
from utils.course import claim
from utils.course.results import TaskResults, compare

races = TaskResults()
LOOK = {"": (0.35, "o"), "orthogonal": (1.0, "s"), "bias 1": (0.65, "s"), "chrono": (1.0, "D")}  # how dark, which mark

def against_length(ax, task, cell):
    """For each kind of initial weights a line through the medians of the seeds, and a dot a seed."""
    lengths = races.tasks[task]["T"]
    for model in (m for m in races.models(task) if m.split(",")[0] == cell):
        alpha, marker = LOOK[model.partition(", ")[2]]
        found = np.array([races.reached(task, model, T) for T in lengths])  # (lengths, seeds)
        look = {"color": plots.PALETTE[cell.lower()], "alpha": alpha, "marker": marker}
        ax.plot(lengths, np.median(found, axis=1), lw=2.2, ms=7, label=model, **look)
        ax.plot(lengths, found, ls="", ms=3.5, **look)
    ax.set(xscale="log", title=cell)
    ax.set_xticks(lengths, lengths)
    ax.minorticks_off()

fig, axes = plots.figure(9, 5.6, nrows=2, ncols=3, sharex=True, sharey="row")
for row, task in zip(axes, ("recall", "adding")):
    for ax, cell in zip(row, ("RNN", "LSTM", "GRU")):
        against_length(ax, task, cell)
        ax.axhline(races.tasks[task]["chance"], color="#888888", lw=1, ls=":")
axes[1, 0].set(yscale="log", ylabel="adding: squared error")
axes[0, 0].set_ylabel("recall: share right")
for ax in axes[1]:
    ax.set_xlabel("length T")
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.28), ncols=1, frameon=False, fontsize=9)

def falls_from(model):
    """The first length at which the median of recall is below one half, in words."""
    found = [T for T in races.tasks["recall"]["T"] if np.median(races.reached("recall", model, T)) < 0.5]
    return f"{model} falls from T = {found[0]}" if found else f"{model} stays above one half"

lesson.show(fig, "What was reached against length T from 10 to 200, by cell and initial weights, a dot a seed. Recall: "
                 + ", ".join(map(falls_from, races.models("recall"))) + ". Adding, T = 200, seeds that solve it: "
                 + ", ".join(f"{model} {races.solved('adding', model, 200)}" for model in races.models("adding")) + ".")
print(files.recorded(races.result))
for model in races.models("far recall"):
    print(f"recall, T = 400, {model:12} right: {', '.join(f'{v:.0%}' for v in np.sort(races.reached('far recall', model, 400)))}")
q = {model: races.solved("recall", model, 100) for model in races.models("recall")}
claim("Recorded, recall, T = 100: LSTM and GRU as PyTorch makes them solve it in none of 5 seeds, with chrono in at least 4",
      q["LSTM"] == q["GRU"] == 0 and min(q["LSTM, chrono"], q["GRU, chrono"]) >= 4, q)
a = {model: races.solved("adding", model, 100) for model in races.models("adding")}
claim("Recorded, adding, T = 100: the GRU solves it in at least 4 of 5 seeds with each of its three initial weights, the LSTM only with chrono",
      min(n for model, n in a.items() if model.startswith("GRU")) >= 4 and a["LSTM"] == a["LSTM, bias 1"] == 0 < a["LSTM, chrono"], a)

# %% [markdown]
# - In *recall* the **initial weights** decide: out of the box the LSTM fails from 20 steps on and the GRU from 50, with chrono both succeed, the LSTM even at 400.
# - In *adding* the **cell** matters too. Some marked numbers stand near the end, so there is something to learn from the start. The GRU makes use of it with any initial weights, the
#   LSTM at long distances only with chrono.
# - An orthogonal **RNN** holds a symbol over silence for long. It has no gate to look away with, and in *adding* it fails.
#
# ## 3. When is one of two better?
# Five seeds scatter, so look at all 25 pairs: one seed of the first model, one of the second. Only where the same model wins at least 23 of them (a tie counts half) do we say that it is
# better; else *no difference seen*. This is the test of Mann and Whitney (1947). It asks who is ahead, not by how much, so it does not mind runs that fail altogether. How often would it be fooled by two equal models? Each way
# to deal ten results to them is then as likely as any other. Try them all:

# %%
from itertools import combinations

deals = list(combinations(range(10), 5))  # which five of the ten results go to the first model
wins = [sum(a > b for a in first for b in range(10) if b not in first) for first in deals]
fooled = sum(not 2 < won < 23 for won in wins) / len(deals)
print(f"{len(deals)} deals, a difference is seen in {fooled:.1%} of them")

# %% [markdown]
# ### Exercise 10.1 · Where does the difference begin?
# *Medium, 10 minutes.* Two models, several lengths, five seeds each. The means always differ; when is it more than luck? Write `first_difference(lengths, a, b)`. `a` and `b`
# are NumPy arrays (lengths, seeds) with the accuracies of two models, one row for each of `lengths`, which may come in any order. Return the **shortest** length at which the two differ
# significantly, or `None` where there is none.
#
# *Significantly* means here: an exact permutation test on the difference of the means, with two sides (either model may be the better one), gives $p$ below 5 % divided by the number of lengths.
# (Why divided? Whoever looks four times is fooled up to four times as often. Why not a t-test? Runs that fail altogether or reach 100 % make no bell curve.) SciPy has the test: `scipy.stats.permutation_test`.

# %%
def first_difference(lengths, a, b):
    raise NotImplementedError

# %%
from utils.course import exercise

exercise("10.1").check(first_difference)

# %% [markdown]
# ## 4. Two clocks
# *A GRU learns faster.* One clock counts training steps. The other counts seconds: steps times the time of a step, which was measured apart, the cells taking turns on one core.

# %% jupyter={"source_hidden": true} cellView="form"
# Your guess
guess("10.clock")

# %% jupyter={"source_hidden": true} cellView="form"
# Recorded: adding by two clocks
task, T = "adding", 100
fig, axes = plots.figure(9, 3.2, ncols=2, sharey=True)
for model in ("LSTM, chrono", "GRU, chrono"):
    for run in races.runs(task, model, T):
        steps = np.arange(len(run["curve"])) * races.tasks[task]["every"]
        for ax, per_step in zip(axes, (1, races.step_seconds(task, model, T))):
            name = model if run["seed"] == 0 else None
            ax.plot(steps * per_step, run["curve"], color=plots.PALETTE[model[:4].strip(",").lower()], lw=1.4, label=name)
for ax, words in zip(axes, ("training steps", "seconds on one core")):
    ax.axhline(races.tasks[task]["threshold"], color="#888888", lw=1, ls="--")
    ax.set(xlabel=words, yscale="log", xlim=(0, None))
axes[0].set_ylabel("error on new sequences")
axes[0].legend(loc="lower left", frameon=False)
medians = {(cell, clock): np.median(getattr(races, clock)(task, f"{cell}, chrono", T)) for cell in ("GRU", "LSTM") for clock in ("steps", "seconds")}
lesson.show(fig, "Error of adding at T = 100 on new sequences, 5 seeds each, until it is solved (dashed). Medians: "
                 + ", ".join(f"{cell} {value:.3g} {clock}" for (cell, clock), value in medians.items()) + ".")
print(files.recorded(races.result))
steps = [races.steps(task, f"{cell}, chrono", T) for cell in ("LSTM", "GRU")]
seconds = [races.seconds(task, f"{cell}, chrono", T) for cell in ("LSTM", "GRU")]
claim("Recorded: the GRU needs fewer steps, by the test of section 3, and in the median more than twice the seconds",
      compare(*steps) == 1 and np.median(seconds[1]) > 2 * np.median(seconds[0]), {f"{cell}, {clock}": value for (cell, clock), value in medians.items()})

won = explorers.WhoWins.compute("adding", 100, 100, "seconds")["leaders"]
claim("Recorded: by seconds, the LSTM with chrono wins adding at T = 100", won == ["LSTM, chrono"])

# %% [markdown]
# <!-- told: 10.clock -->
# Both are true: from the left picture you will hear "the GRU is faster", from the right one "the LSTM is faster". On another machine or with another library the seconds change
# ([lesson 03](03_gru_cell.ipynb) says why). The steps do not. Set the races of section 2 to adding, $T = 100$, and *seconds*: there the LSTM wins.
#
# ### Exercise 10.2 · A fair race
# *Medium, 12 minutes.* Which one learns sooner? Write `race(models, draw, held_out, steps)`, a fair race. `models` is a dict from name to network, each of which takes `x` (B, T, features) and
# gives logits (B, classes); `draw()` gives a new batch `x, y`; `held_out` is one pair `x, y` from which nobody learns. Train each model for `steps` steps with its own `torch.optim.Adam(..., lr=1e-2)` and
# `cross_entropy`, **all on the same batches, one new batch a step**. Return a dict with, for each name,
#
# `{"loss": [...], "accuracy": [...], "seconds": ...}`
#
# a number a step: the loss of the batch, of which you take the gradient, and the share right on `held_out` after the update; and the seconds of that model's training alone.
# Sooner in steps and sooner in seconds are two questions, and you can then answer both.

# %%
import torch
from torch import nn

def race(models, draw, held_out, steps):
    raise NotImplementedError

# %%
exercise("10.2").check(race)

# %% [markdown]
# ## 5. Where nobody fails, and where all do
# In much of forecasting the last few values say nearly everything. So it is with the *wave*: 512 of them to learn from, each with a random phase and a period of 10 to 40 steps.

# %% jupyter={"source_hidden": true} cellView="form"
# Recorded: the wave
lengths = races.tasks["wave"]["T"]
fig, axes = plots.figure(9, 3.5, ncols=3, sharey=True)
for ax, cell in zip(axes, ("RNN", "LSTM", "GRU")):
    against_length(ax, "wave", cell)
    ax.set(yscale="log", xlabel="length T")
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.22), frameon=False, fontsize=9)
axes[0].set_ylabel("error on new waves")
wave = {model: np.array([races.reached("wave", model, T) for T in lengths]) for model in races.models("wave")}  # (lengths, seeds)
lesson.show(fig, "Squared error on new waves against T = 10, 30, 50, 100, by cell and initial weights, a dot a seed; the largest of all is "
                 f"{max(v.max() for v in wave.values()):.4f}. At T = 100 the medians are "
                 + ", ".join(f"{model} {np.median(v[-1]):.5f}" for model, v in wave.items()) + ".")
print(files.recorded(races.result))
claim("Recorded: every run of every model, the plain RNN too, has an error below 0.01", max(v.max() for v in wave.values()) < 0.01)
ahead = {cell: [compare(-wave[f"{cell}, chrono"][k], -wave[cell][k]) for k in range(len(lengths))] for cell in ("LSTM", "GRU")}
claim("Recorded, LSTM and GRU: chrono is better at no length, and worse at one at least", all(max(a) <= 0 and min(a) < 0 for a in ahead.values()), ahead)
parity = [run["final"] for model in races.models("parity") for run in races.runs("parity", model, 20)]
claim("Recorded, parity of 20 bits: after 500 steps all 15 runs still guess, none is right in more than 60 %", len(parity) == 15 and max(parity) < 0.6, max(parity))

# %% [markdown]
# The plain RNN does it as well. And chrono, by the test of section 3, is better at no length and worse at one at least: initial weights are a guess about the task, and this guess is wrong here.
#
# At the other end stands *parity*, popular in tutorials: twenty bits, is the number of ones odd? One bit of memory is enough. But who misses a single bit is right no more often than a coin. So there is
# no hint on the way, and within 500 steps none of RNN, LSTM and GRU learns it with any of five seeds.
#
# ### Exercise 10.3 · Forecast a wave
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
exercise("10.3").check(forecast_table)

# %% [markdown]
# ## 6. What does it cost?
# Four prices: numbers to store, multiplications to do, time to wait, and a state to keep. Three can be counted: a step multiplies once with each number of $W$ and $U$, and a stream has to
# keep $H$ numbers a layer, the LSTM twice as many, however long it runs. Time has to be measured.

# %% jupyter={"source_hidden": true} cellView="form"
# Your guess
guess("10.small_step")

# %% jupyter={"source_hidden": true} cellView="form"
# Your guess
guess("10.crowd")

# %%
explorers.Costs()

# %% [markdown]
# Parameters and state are exact. Times are estimates, between points that were measured.
#
# **Three things to try**
# 1. Set $n$, the inputs, and $H$ to 32, then to 512 (in a notebook, click the number, type, press Enter). How many times as long as the RNN's does the LSTM's stream step take?
# 2. One layer of 256 units, or four of 128: which has more parameters? Which trains longer?
# 3. $H = 128$, *measured on* the GPU: batch 1, then 256. And who is sooner there, GRU or LSTM?

# %% jupyter={"source_hidden": true} cellView="form"
# Measured
costs = files.measured("costs")
ratio = {H: costs["stream_us"]["LSTM"][costs["hidden"].index(H)] / costs["stream_us"]["RNN"][costs["hidden"].index(H)] for H in (32, 512)}
print(files.recorded(costs))
print(files.recorded(files.measured("costs_cuda")))
claim("Recorded: with 32 units a step of the LSTM's stream takes less than 2.5 times the RNN's, with 512 more than 2.5 times", ratio[32] < 2.5 < ratio[512], ratio)
sizes = {"cell": "LSTM", "n": 64, "H": 128, "layers": 1, "batch": 32, "T": 100, "both": False}
wide, deep = (explorers.Costs.compute(**sizes | changed) for changed in ({"H": 256}, {"layers": 4}))
claim("Four layers of 128 units have more parameters than one of 256", deep["count"]["LSTM"] > wide["count"]["LSTM"], (deep["count"]["LSTM"], wide["count"]["LSTM"]))

# %% [markdown]
# A small step is made of calls: for each, Python and PyTorch take some microseconds before the first number is touched. Only where matrices are large do the multiplications decide. And the program decides as
# well: on Intel and AMD processors PyTorch hands the LSTM, and it alone, to a faster library. (How far the counts and the estimates can be trusted: [appendix](12_appendix.ipynb).)
#
# ## 7. The rules, measured
# Each rule against every measurement that speaks about it. A comparison (a task, a length, kinds of initial weights) speaks for it, against it, or shows no difference. (Where a rule claims no more than "as good", no difference speaks for it.) A rule **held** when more than half speak
# for it and at most one in ten against. It **did not hold** when more than one in ten speak against it and at most one in ten for it. Anything else **depends**. No verdict was typed by hand.

# %% jupyter={"source_hidden": true} cellView="form"
# Recorded: the rules
rules = races.rules()
COLORS = {1: plots.PALETTE["gru"], 0: "#CCCCCC", -1: plots.PALETTE["rnn"]}
INK = {"held": plots.PALETTE["gru"], "did not hold": plots.PALETTE["rnn"]}
fig, ax = plots.figure(9, 6)
ax.grid(False)
for place, rule in enumerate(rules):
    start = 0
    for outcome in (1, 0, -1):
        share = sum(case.outcome == outcome for case in rule.cases) / max(1, len(rule.cases))
        ax.barh(place, share, 0.62, left=start, color=COLORS[outcome], lw=0)
        start += share
    words = f"{len(rule.cases)} comparisons" if rule.cases else rule.much
    ax.text(0.02, place, words, va="center", fontsize=8.5, color=plots.PALETTE["text"])
    ax.text(1.03, place, rule.verdict, va="center", fontsize=10, weight="bold", color=INK.get(rule.verdict, "#444444"))
ax.axhline(13.5, color="#888888", lw=1)
ax.set(yticks=range(len(rules)), yticklabels=[rule.rule for rule in rules], xticks=(), xlim=(0, 1.3), ylim=(15.6, -0.6))
ax.spines[["bottom"]].set_visible(False)
for x, (outcome, words) in zip((0.0, 0.28, 0.72), ((1, "for it"), (0, "no difference"), (-1, "against it"))):
    ax.text(x, -1.0, f"■ {words}", color=COLORS[outcome] if outcome else "#888888", fontsize=10)
lesson.show(fig, "; ".join(f"{rule.rule}: {rule.verdict}" for rule in rules) + ".")

verdict = {rule.rule: rule.verdict for rule in rules}
print(files.recorded(races.result))
told = [rule.verdict for rule in rules if not rule.rule.startswith("(ours)")]
print(f"Of {len(told)} lines {told.count('held')} held, {told.count('did not hold')} did not, {told.count('it depends')} depend.")
claim("Recorded: of the rules that give a length in steps none held as it is told",
      not any(v == "held" for r, v in verdict.items() if "steps" in r and "fewer" not in r),
      f"0 of {sum('steps' in r and 'fewer' not in r for r in verdict)}")
claim("Recorded: GRU in doubt, GRU in fewer steps and both directions held; LSTM above 100 steps and LSTM where accuracy counts did not",
      [verdict[r] for r in ("GRU when in doubt", "GRU learns in fewer steps", "Both directions where both contexts are needed")] == ["held"] * 3
      and verdict["LSTM above 100 steps"] == verdict["LSTM where accuracy counts"] == "did not hold")

# %% [markdown]
# *Faster* has four lines: fewer steps, less time until it is learned, less time for a step, and this again *written alike*, with PyTorch's faster library switched off. The two below the line are ours.
# *It depends* is the most frequent answer: ask on what. (Each verdict with the comparison that weighs most: [appendix](12_appendix.ipynb).)
#
# ## 8. What the table cannot say
# A verdict holds for what was raced: 32 units, three made-up tasks, tags of English, and **500 training steps**. How much hangs on that last number?

# %% jupyter={"source_hidden": true} cellView="form"
# Your guess
guess("10.budget")

# %%
from utils.data import tasks

def add(seed, T=50, steps=3_000):
    """The error of each training step; ends when the last 25 are below 0.01 on average."""
    torch.manual_seed(seed)
    lstm, head = nn.LSTM(2, 32, batch_first=True), nn.Linear(32, 1)
    weights = [*lstm.parameters(), *head.parameters()]
    adam, errors = torch.optim.Adam(weights, lr=0.01), []
    while len(errors) < steps and (len(errors) < 25 or np.mean(errors[-25:]) > 0.01):
        x, y = tasks.adding(32, T)  # (B, T, 2), (B,)
        loss = nn.functional.mse_loss(head(lstm(x)[0][:, -1])[:, 0], y)
        adam.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(weights, 1.0)
        adam.step()
        errors.append(loss.item())
    return errors

torch.set_num_threads(1)  # 32 units are too few to share between cores
longer = [add(seed) for seed in range(3)]

# %% jupyter={"source_hidden": true} cellView="form"
# Your guess, and what was measured
needed = sorted(len(errors) for errors in longer)
guess("10.budget").reveal(needed[1])

# %% jupyter={"source_hidden": true} cellView="form"
# Three seeds, beyond the table's budget
fig, ax = plots.figure(9, 2.8)
for errors in longer:
    ax.plot(np.arange(25, len(errors) + 1), np.convolve(errors, np.ones(25) / 25, "valid"), color=plots.PALETTE["lstm"], lw=1.4)
ax.axvline(500, color=plots.PALETTE["text"], lw=1.2)
ax.text(495, 0.012, "here the table ends", ha="right", fontsize=9.5)
ax.axhline(0.01, color="#888888", lw=1, ls="--")
ax.set(yscale="log", xlabel="training step", ylabel="error, mean of 25 batches", xlim=(0, None))
lesson.show(fig, "Error of three LSTMs against training steps: all stay at that of knowing nothing for hundreds of steps, then fall; they are done after the table's 500 steps.")
claim("With seeds 0, 1 and 2: all three get there, after more than 500 steps and before 3,000", 500 < needed[0] and needed[-1] < 3_000, needed)

# %% [markdown]
# <!-- told: 10.budget -->
# So "the LSTM fails at adding" would be false. It is slower at it, by more than the budget allowed. Where the literature disagrees with our table, look for such a difference first:
#
# - **Another task.** None of ours *counts* without a bound. Weiss, Goldberg and Yahav (2018) show that with numbers of finite precision an LSTM can, for $c$ may grow step by step, and a GRU cannot, whose $h$ stays between −1 and 1; and that
#   trained ones behave like that. [Lesson 04](04_gates_at_work.ipynb) opens an LSTM that counts. So on a task that needs a counter the LSTM is the right one, whatever our table says.
# - **Another size.** Britz and others (2017) spent 250,000 hours of GPUs on translation, with networks far larger than ours. Their LSTMs were ahead of their GRUs throughout.
# - **Other initial weights.** Jozefowicz and others (2015) searched ten thousand architectures. The GRU was ahead of the LSTM nearly everywhere but in language modeling, and a forget
#   bias of 1 closed the gap. Greff and others (2017) found none of eight variants clearly better than the LSTM. Chung and others (2014), who asked first, saw no clear winner.
#
# No contradiction: other conditions, other answers.
#
# ## 9. On Monday
# You have a task, and somebody wants to know: LSTM or GRU? Five steps, 22 short trainings:
#
# 1. **Write down two numbers**: how far back the task must look, $T$, and which price counts, steps, seconds or bytes.
# 2. **Exclude.** Must it count without a bound: LSTM. Does what comes later change what came before, and is the whole input there: both directions. Do the last few values say it all: let a plain RNN run
#    as well. Is there a pretrained model for it: try that first ([lesson 11](11_what_came_after.ipynb)).
# 3. **Four starters**: LSTM and GRU, each out of the box and with chrono for your $T$. One seed each at three learning rates; keep each one's best rate.
# 4. **The best two**: five seeds each. Ahead in 23 of 25 pairs, or an interval without 0 ([lesson 09](09_choosing.ipynb)): take it.
# 5. **No difference seen**: take the one that is cheaper *by your price, on your machine*. That much can be known now. Put in your sizes:

# %% tags=["nbval-ignore-output"]
import time

from utils.cells.initialize import chrono_

inputs, units, T, batch = 32, 64, 100, 32  # your sizes
starters = {
    "LSTM": nn.LSTM(inputs, units, batch_first=True),
    "GRU": nn.GRU(inputs, units, batch_first=True),
    "LSTM, chrono": chrono_(nn.LSTM(inputs, units, batch_first=True), T),
    "GRU, chrono": chrono_(nn.GRU(inputs, units, batch_first=True), T),
}
x, took = torch.randn(batch, T, inputs), {name: [] for name in starters}
for _ in range(9):  # in turns, so that a busy moment meets them all
    for name, network in starters.items():
        start = time.perf_counter()
        network(x)[0].sum().backward()
        took[name].append(1000 * (time.perf_counter() - start))
for name, network in starters.items():
    size = sum(weight.numel() for weight in network.parameters())
    print(f"{name:13} {size:7,} parameters, {np.median(took[name]):6.1f} ms a training step, {4 * units * (1 + ('LSTM' in name))} bytes of state")

# %% [markdown]
# "Try both" is the oldest of the rules, and the best, if you try several seeds of both.

# %% [markdown]
# ## Quiz
# Five questions: choose a letter, with the mouse or with Tab and the space bar, and read what it says; the first choice counts.

# %% jupyter={"source_hidden": true} cellView="form"
# The quiz
from utils.course import quiz

quiz("10")

# %% [markdown]
# ## Take away
# 1. A rule of thumb without a task, a length, a budget and several seeds is a rumor. Of those that name a length, none held as it is told.
# 2. To recall over 50 steps and more, it mattered where the gates start, and less which cell they belong to. In adding both mattered. Set the bias for the distance, then try both cells.
# 3. Steps, seconds and bytes are different prices. Measure yours; a verdict holds for its tasks, its size and its budget.

# %% jupyter={"source_hidden": true} cellView="form"
# Your progress
from utils.course import progress

progress("10")

# %% [markdown]
# ## References
# - S. Hochreiter, J. Schmidhuber (1997). *Long short-term memory.* Neural Computation 9(8): recall and adding.
# - H. B. Mann, D. R. Whitney (1947). *On a test of whether one of two random variables is stochastically larger than the other.* Annals of Mathematical Statistics 18(1).
# - J. Chung, C. Gulcehre, K. Cho, Y. Bengio (2014). *Empirical evaluation of gated recurrent neural networks on sequence modeling.* arXiv:1412.3555.
# - R. Jozefowicz, W. Zaremba, I. Sutskever (2015). *An empirical exploration of recurrent network architectures.* ICML.
# - K. Greff, R. K. Srivastava, J. Koutník, B. R. Steunebrink, J. Schmidhuber (2017). *LSTM: a search space odyssey.* IEEE Transactions on Neural Networks and Learning Systems 28(10).
# - D. Britz, A. Goldie, M.-T. Luong, Q. Le (2017). *Massive exploration of neural machine translation architectures.* EMNLP.
# - G. Weiss, Y. Goldberg, E. Yahav (2018). *On the practical computational power of finite precision RNNs for language recognition.* ACL.
# - C. Tallec, Y. Ollivier (2018). *Can recurrent neural networks warp time?* ICLR: chrono initialization.
#
# Next: [11 · What came after](11_what_came_after.ipynb). Attention, and recurrences that are trained in parallel.
