# %% [markdown]
# # 08 · Which one, when
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/gates-and-gradients/gates-and-gradients/blob/main/notebooks/08_which_one_when.ipynb)
#
# **Question.** RNN, LSTM or GRU; how large, how trained; or something newer? There are rules of thumb. Which of them hold when they are measured?
#
# You will
# - hold each rule of thumb against measurements with several seeds,
# - choose the size and the training of a network by its effect on held-out data,
# - see what came after: attention, and recurrences that are trained in parallel.
#
# Time: 40 minutes. Before: lessons 02 and 03.

# %% tags=["nbval-ignore-output", "setup"]
import os, subprocess, sys  # (this cell is written by tools/stamp.py)
address, folder = "https://github.com/gates-and-gradients/gates-and-gradients", "/content/gates-and-gradients"
if "google.colab" in sys.modules and folder not in sys.path:  # on Colab: fetch the course, once
    if not os.path.exists(folder):
        subprocess.run(["git", "clone", "--quiet", "--depth=1", address, folder], check=True)
    sys.path.insert(0, folder)
from utils import lesson
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
# Two of them contradict each other. Did you see which?
#
# **Predict first.** Write down three answers. Section 7 comes back to them.

# %%
my_guess_far = "LSTM"  # "RNN", "LSTM" or "GRU": as PyTorch makes them, which recalls the first of 100 symbols best?
my_guess_matters = "cell"  # "cell" or "first weights": what makes the larger difference at this task?
my_guess_held = 8  # section 7 judges 14 lines of this kind; how many of them will hold without an "it depends"?

# %%
import numpy as np
import torch
from IPython.display import Markdown, display
from torch import nn

from utils import explorers, initialize, plots, tasks
from utils.lesson import claim
from utils.races import Races, compare
from utils.rules import first_or_cell, rules

# %% [markdown]
# ## 2. One race, live
# Before the large measurement a small one, here and now. The task is that of lesson 02: see one symbol of ten, then 49 silent steps, then name it (*recall*,
# $T = 50$; guessing gives 10 %). Four runners of 32 units:
#
# - an LSTM and a GRU **as PyTorch makes them**: all weights small and random, so the gates stand half open;
# - the same two with **chrono** first weights: the bias of the gate that keeps is drawn so that some units hold for one step and some for 50 (lesson 02, section 6).
#
# Each runs three times, with three *seeds*: other first weights, other sequences. **Predict:** who gets away from 10 %?

# %%
def race(make, seed, T=50, steps=250):
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
live = {name: [race(make, seed) for seed in range(3)] for name, make in runners.items()}

# %%
fig, axes = plots.figure(9, 2.8, ncols=4, sharey=True)
for ax, (name, results) in zip(axes, live.items()):
    for right in results:
        ax.plot(np.convolve(right, np.ones(10) / 10, "valid"), color=plots.PALETTE[name[:4].strip(",").lower()], lw=1.4)
    ax.axhline(0.1, color="#888888", lw=1, ls=":")
    ax.set(title=name, xlabel="training step", xlim=(0, 250), ylim=(0, 1.03))
axes[0].set_ylabel("right, mean of 10 batches")
plots.show(fig, "Share of right answers over 250 training steps, 3 seeds each. As PyTorch makes them, neither LSTM nor GRU leaves 10 % for good; "
                "with chrono first weights both climb to 0.9 or 1.")

# %%
last = {name: [np.mean(right[-10:]) for right in results] for name, results in live.items()}
claim("As PyTorch makes them, LSTM and GRU stay below 50 % in each of 3 seeds", max(last["LSTM"] + last["GRU"]) < 0.5, last)
claim("With chrono first weights at least 5 of these 6 runs pass 70 %",
      sum(a > 0.7 for a in last["LSTM, chrono"] + last["GRU, chrono"]) >= 5, last)

# %% [markdown]
# The question was LSTM or GRU. The answer is in another place: in the first weights. Keep this picture in mind whenever somebody compares two cells "as they come".

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
races = Races()
settings = races.tasks["recall"]
print(len(races.result["runs"]), "runs,", races.result["settings"]["seeds"], "seeds; lengths T =", *settings["T"])

def against_length(ax, task, cell, marks="osD"):
    """Each first weights a line through the medians of the seeds, and a dot a seed."""
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
plots.show(fig, "What was reached against length T from 10 to 200, by cell and first weights, a dot a seed. Recall: chrono stays at 1 for LSTM and GRU, "
                "the default weights fall to chance from T = 50. Adding: every GRU solves it, the LSTM from T = 50 on only with chrono, the RNN never.")

# %%
q = {model: races.solved("recall", model, 100) for model in races.models("recall")}
claim("Recall, T = 100: LSTM and GRU with default weights solve it in none of 5 seeds", q["LSTM"] == q["GRU"] == 0, q)
claim("Recall, T = 100: with chrono both solve it in at least 4 of 5 seeds", min(q["LSTM, chrono"], q["GRU, chrono"]) >= 4, q)
a = {model: races.solved("adding", model, 100) for model in races.models("adding")}
claim("Adding, T = 100: the GRU solves it in at least 4 of 5 seeds with its default weights, the LSTM in none",
      a["GRU"] >= 4 and a["LSTM"] == 0, a)
close = races.reached("adding", "LSTM, chrono", 100)
claim("Adding, T = 100: with chrono the LSTM comes below 0.05 too (knowing nothing: 0.17), in at least 4 of 5 seeds", sum(close < 0.05) >= 4, close)

# %% [markdown]
# Three things to take from the picture.
#
# 1. In *recall* from 50 steps on the first weights decide: as PyTorch makes them LSTM and GRU both fail, with chrono both succeed.
# 2. In *adding* the cell matters too. Marked numbers stand all along the way, some of them near the end, so there is something to learn from the start. The GRU makes use of it with
#    any first weights. The LSTM does so for short sequences, and for long ones only with chrono, and later.
# 3. A plain RNN with an orthogonal matrix holds a symbol over silence for a long time. In *adding* it has no gate to look away with, and it fails.
#
# **How far?** The rule says that an LSTM struggles from 200 steps on. So here is $T = 400$, LSTM alone:

# %%
for model in races.models("far recall"):
    values = np.sort(races.reached("far recall", model, 400))
    print(f"T = 400, {model:12} right: {', '.join(f'{v:.2f}' for v in values)}")
far = {model: races.solved("far recall", model, 400) for model in races.models("far recall")}
claim("T = 400: the default LSTM solves it in no seed, with chrono in at least 3 of 5", far["LSTM"] == 0 and far["LSTM, chrono"] >= 3, far)

# %% [markdown]
# ### When is a difference a difference?
# Five seeds scatter. If the medians of two models differ, it may be luck. So we look at all 25 pairs: one seed of the first model, one of the second. Only when the same model
# wins at least 23 of them (a tie counts half), we say that it is better; else *no difference seen*. How often would that go wrong, if the two models were equal? Then each way
# to deal ten results to two models of five is as likely as any other. There are 252 ways, so we can try them all:

# %%
from itertools import combinations

deals = list(combinations(range(10), 5))
wrong = np.mean([compare(first, [k for k in range(10) if k not in first]) != 0 for first in deals])
print(f"{len(deals)} deals, a difference is seen in {wrong:.1%} of them")
claim("Among equals a difference is seen in less than 5 % of all deals", wrong < 0.05, wrong)

# %% [markdown]
# This is the test of Mann and Whitney (1947). It asks only who is ahead, not by how much. So it does not mind that one run is at 0.1 and another at 1.
#
# Now choose for yourself. A dot is a seed, a bar ends at the median.

# %%
explorers.WhoWins()

# %% [markdown]
# **Three things to try.** Predict each before you move a slider.
# 1. *Recall.* Start at $T = 10$ and lengthen it. Which model drops out first, and which last?
# 2. *Add two numbers*, $T = 100$. Who wins in steps? Now let the budget count *seconds* and make it smaller: who wins on this CPU?
# 3. *Continue a wave*, $T = 100$. Which first weights lead here, and where does *chrono* stand?


# %% [markdown]
# ### Exercise 08.2 · Where does the difference begin?

# %% [markdown]
# ## 4. How soon does it learn?
# *A GRU learns faster.* Faster in what? There are two clocks. One counts **training steps**. The other counts **seconds**: steps times the time of a step. The time of a step was
# measured apart from the training, the cells taking turns on one core (batch 32, 32 units, `nn.RNN`, `nn.LSTM`, `nn.GRU`). **Predict:** which clock favors whom?

# %%
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
plots.show(fig, "Held-out error of adding at T = 100, 5 seeds each, until it is solved (dashed). "
                "Counted in steps the GRU is there first; counted in seconds on this CPU the LSTM.")

# %%
gru, lstm = (races.steps(task, f"{cell}, chrono", T) for cell in ("GRU", "LSTM"))
gru_s, lstm_s = (races.seconds(task, f"{cell}, chrono", T) for cell in ("GRU", "LSTM"))
claim("Adding, T = 100, chrono: the GRU needs fewer steps than the LSTM", compare(lstm, gru) == 1, (gru, lstm))
claim("and, in the median, at least 1.5 times the seconds on this CPU", np.median(gru_s) > 1.5 * np.median(lstm_s), (gru_s, lstm_s))

# %% [markdown]
# Both statements are true, and each of them is sold as "the GRU is faster". Lesson 03 showed the reason for the second: on a CPU PyTorch has a fast path for the LSTM and none for
# the GRU. With another library or a GPU the seconds change; the steps do not.
#
# Is this one task, or is it so in general? All tasks and lengths, each with three kinds of first weights, where at least one of the two got there:

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
# ### Exercise 08.1 · How soon, by its curve

# %% [markdown]
# ## 5. A wave, continued
# A memory task asks for one thing from long ago. Much of real forecasting is different: the last few values say nearly everything. The task *wave*: $T$ points of a sine wave with
# random phase and a period of 10 to 40 steps; what is the next point? 512 waves to learn from, 40 epochs (an *epoch* is once through all of them), and 400 new waves to be judged by.
#
# **Predict:** will a longer wave ($T = 100$ instead of 10) make the error smaller or larger? Who profits most from it?

# %%
lengths = races.tasks["wave"]["T"]
fig, axes = plots.figure(9, 3.6, ncols=3, sharey=True)
for ax, cell in zip(axes, ("RNN", "LSTM", "GRU")):
    against_length(ax, "wave", cell)
    ax.set(yscale="log", xlabel="length T")
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.22), frameon=False, fontsize=9)
axes[0].set_ylabel("MSE on new waves")
plots.show(fig, "Mean squared error on new waves against T = 10, 30, 50, 100, by cell and first weights, a dot a seed: "
                "every model stays below 0.01, 50 times better than always saying 0.")

# %%
names = races.models("wave")
wave = {model: np.array([races.reached("wave", model, T) for T in lengths]) for model in names}  # (lengths, seeds)
print("median MSE, in thousandths    " + "".join(f"T = {T:<7}" for T in lengths))
for model in names:
    print(f"{model:30}" + "".join(f"{1000 * np.median(row):<11.2f}" for row in wave[model]))
medians = np.array([np.median(values, axis=1) for values in wave.values()])  # (models, lengths)
claim("Every run of every model, also the plain RNN, comes below 0.01", max(v.max() for v in wave.values()) < 0.01)
claim("At each length the medians of all eight lie within a factor of 8", (medians.max(0) / medians.min(0)).max() < 8, medians)

# %% [markdown]
# Here nobody fails. And *chrono* is no help: it prepares a network to remember for long, and nothing has to be remembered for long.
# First weights are a guess about the task, and this guess is wrong here. Let us count it, chrono against default, at each length:

# %%
for cell in ("LSTM", "GRU"):
    ahead = [compare(-wave[f"{cell}, chrono"][k], -wave[cell][k]) for k in range(len(lengths))]
    print(f"{cell}: chrono better at T =", [T for T, a in zip(lengths, ahead) if a > 0],
          "worse at T =", [T for T, a in zip(lengths, ahead) if a < 0])
    claim(f"{cell}: chrono is better at no length, and worse at one at least", max(ahead) <= 0 and min(ahead) < 0, ahead)

# %% [markdown]
# **And one that nobody learned.** *Parity*: twenty bits, is the number of ones odd? One bit of memory is enough, and guessing gives 50 %. But a network gets no hint on the
# way: half the memory is worth as little as none. This task is popular in tutorials; run with care it looks like this.

# %%
for model in races.models("parity"):
    print(f"parity, T = 20, {model:5} best of 5 seeds: {races.reached('parity', model, 20).max():.2f} right")
parity = [run["final"] for model in races.models("parity") for run in races.runs("parity", model, 20)]
claim("After 500 steps all 15 runs still guess: on new sequences none is right in more than 60 %", max(parity) < 0.6, parity)


# %% [markdown]
# ### Exercise 08.3 · Forecast a wave

# %% [markdown]
# ## 6. What does it cost?

# %% [markdown]
# ## 7. The rules, measured
# Every rule of section 1 against every measurement that speaks about it. `utils/rules.py` counts: in how many comparisons (task, length, first weights) is a difference seen, and in
# whose favor? A rule **held** when more than half of them speak for it and at most one in ten against. It **did not hold** when more than one in ten speak against it and at most
# one in ten for it. *No difference seen* means at most one in ten either way. Anything else **depends**. No verdict below was typed by hand.

# %%
measured = rules(races)
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
claim("As PyTorch makes them, no cell recalls the first of 100 symbols in more than 40 % (medians)", max(best.values()) < 0.4, best)
claim("What is counted and not timed or trained holds exactly: 25 % fewer parameters", verdict["GRU has 25 % fewer parameters"] == "held")
claim("Both directions where both contexts are needed: held", verdict["Both directions where both contexts are needed"] == "held")
claim("The GRU computes faster: not as PyTorch has it on this CPU; yes where both are written alike",
      (verdict["GRU computes faster"], verdict["GRU computes faster, written alike"]) == ("did not hold", "held"), verdict)
claim("No rule that gives a length (20, 50, 100 or 200 steps) held as it is told",
      not any(v == "held" for r, v in verdict.items() if "steps" in r and "fewer" not in r), verdict)
memory = [case for case in first_or_cell(races) if case.place in ("recall, T = 50", "recall, T = 100", "recall, T = 200")]
print(f"You guessed that the {my_guess_matters} made the larger difference at recall.")
claim("Recall from T = 50: at each length the first weights made a larger difference than the cell", all(case.outcome == 1 for case in memory), memory)

# %% [markdown]
# **What to do, then?** For networks of this size:
# 1. Ask first how far back the task must look. Give the network first weights that can remember so far, and no farther: chrono helped at *recall* and *adding* and did harm at *wave*.
# 2. LSTM or GRU? Where a difference was seen, the GRU was ahead more often and needed fewer steps. A step of the LSTM costs less on a CPU with PyTorch. So count your own seconds.
# 3. Do not write off the plain RNN where the way is short or silent. With an orthogonal matrix it is the smallest and sometimes the first.
# 4. "Try both" is the oldest rule, and the best, if you try several seeds of both. One seed each is a coin.
#
# And mind what was *not* measured: large networks, long trainings, language. A verdict holds for what stands in its last column.

# %%
claim("GRU in doubt, and GRU in fewer steps: both held",
      verdict["GRU when in doubt"] == verdict["GRU learns in fewer steps"] == "held", verdict)
claim("GRU in less time: it depends", verdict["GRU learns in less time"] == "it depends", verdict)
claim("LSTM above 100 steps, LSTM where accuracy counts: neither held",
      verdict["LSTM above 100 steps"] == verdict["LSTM where accuracy counts"] == "did not hold", verdict)

# %% [markdown]
# ## 8. Choosing hyperparameters

# %% [markdown]
# ## 9. What came after

# %% [markdown]
# ## Take away
#
# ## References
#
# Back to [00 · Start here](00_start_here.ipynb), which lists the lessons.
