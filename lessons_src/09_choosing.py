# %% [markdown]
# # 09 · Choosing
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/gates-and-gradients/gates-and-gradients/blob/main/notebooks/09_choosing.ipynb) [or as a web page, with nothing to install](https://gates-and-gradients.github.io/gates-and-gradients/notebooks/09_choosing.html)
#
# **The question.** You change one thing, train again, and get a point more. Is it better, or were you lucky?
#
# After this lesson you
# - can put an interval around a gain, and say whether it is more than luck;
# - know how many seeds and how many held-out reviews an answer takes;
# - know which knob of a training to turn first, and what the best of many is worth.
#
# Time: 12 minutes, and up to 40 more for the one exercise. The machine needs a few seconds. [Lesson 07](07_sentiment_classifier.ipynb) comes before it.
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
lesson.start("09")

# %% jupyter={"source_hidden": true} cellView="form"
# Your guess
from utils.course import guess

guess("09.another_seed")

# %% [markdown]
# ## 1. The same thing, eight times
# Here is such a classifier: the small one of [lesson 07](07_sentiment_classifier.ipynb) with its training of two epochs, together called *the recipe*. It was trained eight times, with other
# initial weights and another order of the reviews; nothing else changed. The picture on the right takes each two of the eight, in either order, and calls the first *before* and the second *after*.

# %%
import numpy as np

from utils.course.sweep import SweepResults
from utils.files import measured, recorded

# %% jupyter={"source_hidden": true} cellView="form"
# Recorded: one recipe, eight seeds
from itertools import permutations

from utils import explorers, lesson, plots
from utils.course import claim
from utils.course.sweep import KNOBS

sweep = SweepResults()
right = 100 * sweep.base.valid  # (8,)
changes = np.array([after - before for before, after in permutations(right, 2)])  # (56,), in points
point = changes >= 1

fig, (seeds, pairs) = plots.figure(9, 2.6, ncols=2)
seeds.plot(right, np.zeros(8), "o", ms=11, alpha=0.7, color=plots.PALETTE["lstm"])
seeds.set(yticks=(), ylim=(-1, 1), xlim=(84.5, 89.5), xlabel="% of 2,500 reviews right", title="one recipe, eight seeds")
bins = np.arange(-2.5, 2.51, 0.5)
pairs.hist([changes[~point], changes[point]], bins, stacked=True, color=[plots.PALETTE["theory"], plots.PALETTE["lstm"]])
pairs.text(1.05, 12, "a point or more", color=plots.PALETTE["lstm"])
pairs.set(xlabel="points gained with another seed", ylabel="pairs", title="nothing changed but the seed", ylim=(0, 14))
lesson.show(fig, f"Left, eight dots between {right.min():.1f} and {right.max():.1f} %. Right, the differences of all {len(changes)} ordered pairs, "
                 f"from {changes.min():.1f} to {changes.max():.1f} points; {point.sum()} of them are a point or more.")
print(recorded(sweep.facts))
claim("Recorded: best and worst of eight seeds are more than 2 points apart", np.ptp(right) > 2, np.ptp(right))

# %% [markdown]
# More than two points apart, and nothing was changed. Whoever tries an idea once, sees a point more and keeps it, has learned nothing.
#
# ## 2. An interval for a gain
# So train both several times, with the same seeds on both sides, and look at the difference seed by seed. $n$ differences have a mean. Their
# spread says how far that mean can be off:
#
# $$\text{gain} \;\pm\; t \cdot \frac{s}{\sqrt n}$$
#
# Here $s$ is the standard deviation of the $n$ differences, and $t$ says how cautious to be. For an interval that is right in 95 of 100 cases $t$ is 1.96 if
# there are hundreds of differences. Five of them tell $s$ poorly, so the price is higher: 2.776 (Student's $t$). **The rule of this lesson: where the interval contains 0, no effect has been shown.**

# %%
def gain(after, before, t):
    """Mean difference in points, and half the width of its 95 % interval; after and before (n,) are paired."""
    difference = 100 * (np.asarray(after, float) - np.asarray(before, float))  # (n,)
    return difference.mean(), t * difference.std(ddof=1) / len(difference) ** 0.5

# %% [markdown]
# Tutorials end with a list of practices, and some of them are called essential. `benchmarks/practices.py` took our recipe, changed **one** thing at a time, and
# trained it with five seeds. Most changes take away what lesson 07 has; one adds *batch normalization*, which shifts and scales each number to mean 0 and spread 1 over the batch. Before you look:

# %% jupyter={"source_hidden": true} cellView="form"
# Your guess
guess("09.practices")

# %%
trials = measured("practices")["practices"]
recipe = trials[0]["accuracy"]  # (5,), a share right for each seed
effects = {row["name"]: gain(row["accuracy"], recipe, t=2.776) for row in trials if row["against"] == "the recipe"}

# %% jupyter={"source_hidden": true} cellView="form"
# Recorded: seven practices
fig, ax = plots.figure(height=3)
shown = {name: abs(mean) > half for name, (mean, half) in effects.items()}
for place, (name, (mean, half)) in enumerate(effects.items()):
    ax.errorbar(mean, -place, xerr=half, fmt="o", capsize=4, lw=2, color=plots.PALETTE["lstm" if shown[name] else "theory"])
ax.axvline(0, color=plots.PALETTE["text"], lw=1)
ax.set(yticks=range(0, -len(effects), -1), yticklabels=list(effects), xlabel="points gained over the recipe, and the 95 % interval over five seeds")
lesson.show(fig, "Points gained over the recipe: " + ", ".join(f"{name} {mean:+.1f} ± {half:.1f}" for name, (mean, half) in effects.items()) + ".")
print(recorded(measured("practices")))
claim("Recorded: of seven changes one has an interval without 0, batch normalization, and it is worse",
      [name for name in shown if shown[name]] == ["batch norm added"] and effects["batch norm added"][0] < 0, effects["batch norm added"])
quiet = {name: effects[name][0] for name in ("no clipping", "no dropout", "no label smoothing", "forget bias 1")}
claim("Recorded: without clipping, dropout or label smoothing, or with a forget bias of 1, less than half a point", max(map(abs, quiet.values())) < 0.5, quiet)

# %% [markdown]
# <!-- told: 09.practices -->
# - **Clipping**, often called essential: no effect shown. Pieces of 32 words leave a gradient little room to explode.
# - **Dropout and label smoothing** fight learning by heart. So do two epochs and keeping the better one, so little is left for them to do.
# - **Forget bias 1**: nothing to remember beyond 32 steps, nothing to gain. In [lesson 02](02_lstm_cell.ipynb), over 50 steps, the forget bias decided everything.
# - **Constant learning rate, forward only**: perhaps a loss. Five seeds cannot tell; more might.
# - **Batch normalization**: its interval misses 0, if barely. But there are seven intervals.
#
# What are seven intervals worth? Let us invent changes that do nothing at all, in lists of seven, five seeds each:

# %%
useless = np.random.default_rng(0).normal(size=(10_000, 7, 5))  # (lists, changes, seeds)
mean, half = useless.mean(-1), 2.776 * useless.std(-1, ddof=1) / 5**0.5  # (lists, changes)
fooled = (np.abs(mean) > half).any(axis=1).mean()
print(f"At least one of the seven shows an effect in {fooled:.0%} of the lists.")

# %% [markdown]
# So one hit in a list of seven is a suspicion, not a verdict: write it down, and try that one again with new seeds. *Not shown*, on the other hand, is not *not there*. And with another
# task or ten times the data the list would come out differently. What carries over is the method.
#
# ## 3. The other luck
# More seeds help against the luck of the seed. They do not help against the luck of the draw: these 2,500 reviews might have been easier than others.

# %% jupyter={"source_hidden": true} cellView="form"
# Your guess
guess("09.held_out")

# %% [markdown]
# Suppose a classifier is right on a share $p$ of all reviews there could be. On $N$ of them, drawn by chance, it will typically miss $p$ by $\sqrt{p(1-p)/N}$, the standard error, and 95 of 100 draws lie within 1.96 of these:

# %%
for N in (100, 400, 2_500, 25_000):
    print(f"86 % of {N:>6,} reviews: ± {100 * 1.96 * (0.86 * 0.14 / N) ** 0.5:.1f} points")

# %% [markdown]
# Two models that are judged on the **same** reviews share the easy ones and the hard ones. What tells them apart are the reviews on which only one is right. That is a paired
# difference again: +1, 0 or −1 for each review. So the same `gain` does it. A new model gets 320 of 400 right, the old one 312:

# %%
new = np.repeat([1, 1, 0, 0], [280, 40, 32, 48])  # both right, only the new one, only the old one, neither
old = np.repeat([1, 0, 1, 0], [280, 40, 32, 48])
print("{:+.1f} ± {:.1f} points".format(*gain(new, old, t=1.96)))

# %% [markdown]
# Two points more, and the interval contains 0: on 400 reviews these two models are not told apart. Exercise 09.1 holds you to this rule.
#
# Two intervals, two questions. Over *seeds*: is the recipe better, on these reviews? Over *reviews*: is this one trained network better, on reviews like these? Say which one you asked.
#
# ## 4. Six knobs
# Somebody has to choose the sizes and the training. Here six knobs are turned, **one at a time**, around the base, three seeds for each value, since five would be dear for 26 settings. So the rule is a coarser one: **worse** if all three
# stay below the base's eight seeds, **better** if all three lie above them, else **no effect** shown. A value that does nothing is called worse or better in 1 of 82 cases.
#
# | Knob | Base | What it does |
# |---|---|---|
# | learning rate | 0.02 | how far a step goes, at its highest: the rate rises and falls |
# | batch size | 32 | reviews in a step; more of them, fewer steps in the same two epochs |
# | hidden size $H$ | 32 | numbers in the state, in each direction |
# | layers | 1 | LSTMs on top of each other |
# | dropout | 0.2 | share of the numbers that are left out in training |
# | clipping norm | 1 | the longest gradient that is let through |
#
# (The list below has a seventh: clipping again, at rate 0.1.)

# %% jupyter={"source_hidden": true} cellView="form"
# Your guess
guess("09.one_unit")

# %% jupyter={"source_hidden": true} cellView="form"
# Your guess
guess("09.both_sides")

# %%
explorers.Sweep()

# %% [markdown]
# **Three things to try**
# 1. Learning rate 0.001, PyTorch's default for Adam. Validation is low. Has the network learned the reviews by heart, or not learned enough? The gap to training tells.
# 2. Dropout from 0 to 0.8. What happens to the gap, and what to validation?
# 3. Three layers. What would you have concluded from the lowest seed alone? And from the highest?
#
# All of it at a glance:

# %% jupyter={"source_hidden": true} cellView="form"
# Recorded: all values of all knobs
COLORS = {"worse": plots.PALETTE["rnn"], "no effect": plots.PALETTE["lstm"], "better": plots.PALETTE["gru"]}
six = list(KNOBS.values())[:6]
fig, axes = plots.figure(9, 4.8, nrows=2, ncols=3, sharey=True)
for ax, knob in zip(axes.flat, six):
    ax.axhspan(*(100 * edge for edge in sweep.band), color=plots.PALETTE["lstm"], alpha=0.2, lw=0)
    for place, value in zip(knob.places, knob.values):
        runs = sweep.runs(knob.name, value)
        mark = "x" if (verdict := sweep.verdict(knob.name, value)) == "worse" else "o"
        ax.plot([place] * len(runs.valid), 100 * runs.valid, mark, ms=5.5, alpha=0.8, color=COLORS[verdict])
    ax.set_title(knob.name, fontsize=11)
    ax.set_xticks(knob.places, knob.labels, fontsize=9)
for ax in axes[:, 0]:
    ax.set_ylabel("% right")
said = {knob.name: [label for label, value in zip(knob.labels, knob.values) if sweep.verdict(knob.name, value) == "worse"] for knob in six}
lesson.show(fig, "Accuracy on validation for each value of six knobs, a mark a seed; a cross is worse than the base's band, a dot shows no effect. Worse are: "
                 + "; ".join(f"{name} {', '.join(labels)}" for name, labels in said.items() if labels) + ".")

table = {"lr": 0.02, "batch": 32, "hidden": 32, "layers": 1, "dropout": 0.2, "clip": 1.0}
print(recorded(sweep.facts))
claim("Recorded: 26 settings, around the base of the table: 0.02, 32, 32, 1, 0.2, 1", len(sweep.facts["settings"]) == 26 and sweep.facts["base"] == table)
verdicts = {verdict for knob in six for verdict in sweep.verdicts(knob.name).values()}
claim("Recorded: no value of any knob is better than the base", verdicts == {"worse", "no effect"})
sides = {knob.name: sweep.worse_sides(knob.name) for knob in six}
claim("Recorded: smaller batches, larger states, less dropout, clipping at either side do no harm",
      (sides["batch size"][0], sides["hidden size"][1], sides["dropout"][0], any(sides["clipping norm"])) == (False,) * 4)
seventh = KNOBS["clipping norm at rate 0.1"]
claim("Recorded: at rate 0.1 every threshold is worse, and no clipping too", set(sweep.verdicts(seventh.name).values()) == {"worse"})

def outcome(knob, value):
    """Lowest and highest accuracy, the mean gap to training in points, the time against the base's."""
    runs = sweep.runs(knob, value)
    return runs.valid.min(), runs.valid.max(), 100 * (runs.train - runs.valid).mean(), runs.seconds.mean() / sweep.base.seconds.mean()

slow, usual = outcome("learning rate", 0.001)[2], outcome("learning rate", 0.02)[2]
claim("Recorded: at rate 0.001 the gap to training is less than half the base's", slow < usual / 2, {"0.001": slow, "base": usual})
gaps = [outcome("dropout", share)[2] for share in (0.0, 0.8)]
claim("Recorded: from dropout 0 to 0.8 the gap to training falls from more than 8 points to less than 6, and validation gains nothing",
      gaps[0] > 8 and gaps[1] < 6 and sweep.verdict("dropout", 0.8) == "no effect", gaps)
large = outcome("hidden size", 128)[3]
claim("Recorded: 128 units take more than three times the base's time and show no effect", large > 3 and sweep.verdict("hidden size", 128) == "no effect", large)

# %% [markdown]
# The band is the base's eight seeds; a cross is *worse*.
#
# - **A hidden size of one** carries most of what a review says. The state is not where this task is difficult; 128 units are slower and no better.
# - **A rate of 0.001** has not learned enough: the gap to training is less than half the base's. Two epochs of such steps are too few. At 0.1 (the seventh list) no threshold of clipping helps.
# - **Dropout** narrowed the gap by making training worse. A smaller gap is not a gain. A higher validation is.
# - **Layers and batches** were tried at the base's rate, in two epochs. A deep network or a large batch may want another rate and more steps. Whoever turns one knob at a time never sees that.
# - **Clipping at 0.01**, a hundredth of the base's, shows no effect. In [lesson 01](01_vanishing_gradients.ipynb) such a threshold cost progress. But there the steps were those of plain
#   gradient descent, and here they are AdamW's, which divides the gradient by its own recent size:

# %%
import torch

def first_step(kind, gradient):
    weight = torch.nn.Parameter(torch.zeros(1))
    weight.grad = torch.tensor([gradient])
    kind([weight], lr=0.02).step()
    return weight.abs().item()

for kind in (torch.optim.SGD, torch.optim.AdamW):
    print(f"{kind.__name__:6} a gradient of 1 moves the weight by {first_step(kind, 1.0):.4f}, one of 0.01 by {first_step(kind, 0.01):.4f}")

# %% [markdown]
# ## 5. The best of many
# Suppose you do not want to know which knob matters. You want the best setting, so you try many and keep the winner.

# %% jupyter={"source_hidden": true} cellView="form"
# Your guess
guess("09.best_of_25")

# %%
seen = np.random.default_rng(0).binomial(2_500, 0.86, size=(10_000, 25)) / 2_500  # (choices, settings)
print(f"A winner shows {seen.max(axis=1).mean():.1%} on average, and in truth it is right on {0.86:.0%}.")

# %% [markdown]
# <!-- told: 09.best_of_25 -->
# The winner was chosen *because* it was lucky, so its number on validation promises too much. (In practice the settings share their reviews, hence part of their luck, and the promise is less wrong.) That is
# what the test is for: used once, after the choice. And it is one reason why nothing was better than our base: the base had been chosen on this very validation.
#
# ## 6. In which order?
# What the sweep supports, for this task:
#
# 1. **First the learning rate**, from too low to too high, each value about five times the last. It is the only knob without a safe side.
# 2. **Everything else on its safe side**: small batches, one layer, a state that is large enough, little dropout, clipping at 1.
# 3. **Then one change at a time**, several seeds on both sides, an interval. After a change of batch or depth, look at the rate again.
# 4. **The test once**, at the end.
#
# Is that true beyond one sweep on film reviews? Greff and others (2017) drew the settings at random, trained 5,400 LSTMs on speech, handwriting and music, and found too that the learning rate matters most, by far. Second
# came the size, which mattered here only where it was tiny. Tips of other kinds (first states, dropout between layers, a scheduler that waits, padding) are tried in the [appendix](12_appendix.ipynb).
#
# ### Exercise 09.1 · Better than luck
# *Hard, 40 minutes.* The model to beat is `Classifier(len(vocabulary), 50, 32, pooling="last")`, 8 epochs, learning rate 0.01, batches of 32.
# The task is the same on every machine: 500 generated reviews to learn from, 100 to choose by, and 400 that your function never sees. Their sentences have been put in
# another order, so that no single place gives the verdict away.
#
# Write `improve`. `train` and `validation` are pairs `(ids, labels)`, as `utils.data.batches(*train, 32)` takes them; `vocabulary` is theirs. Return a function that takes a list of reviews,
# each a list of ids, and gives the label of each, 0 or 1, in the same order. The check compares it with **the best of three trainings** of that model, review by review, by the rule of
# sections 2 and 3: **the interval of your gain must lie above 0**. On 400 reviews it reaches about four points to either side, so two points more will not do; aim at five.
#
# Try two of these means or more: another pooling or attention, other sizes, word vectors from a file (the shipped model has some), reviews made out of reviews
# (leave words out, put sentences in another order), several models that vote. Half a minute of training is plenty.

# %%
def improve(train, validation, vocabulary):
    raise NotImplementedError

# %% tags=["nbval-ignore-output"]
from utils.course import exercise

exercise("09.1").check(improve)

# %% [markdown]
# ## Quiz
# Five questions: choose a letter, with the mouse or with Tab and the space bar, and read what it says; the first choice counts.

# %% jupyter={"source_hidden": true} cellView="form"
# The quiz
from utils.course import quiz

quiz("09")

# %% [markdown]
# ## Take away
# 1. One run with and one without is a coin toss. Take several seeds on both sides, look at the paired differences, and put an interval around their mean.
# 2. There are two kinds of luck: the seed's and the held-out set's. A gain must be larger than both.
# 3. The learning rate first, everything else on its safe side. The best of many on validation promises too much; the test, once, does not.

# %% jupyter={"source_hidden": true} cellView="form"
# Your progress
from utils.course import progress

progress("09")

# %% [markdown]
# ## References
# - Student (1908). *The probable error of a mean.* Biometrika 6(1): the $t$ of few differences.
# - K. Greff, R. K. Srivastava, J. Koutník, B. R. Steunebrink, J. Schmidhuber (2017). *LSTM: a search space odyssey.* IEEE Transactions on Neural Networks and Learning Systems 28(10).
# - T. G. Dietterich (1998). *Approximate statistical tests for comparing supervised classification learning algorithms.* Neural Computation 10(7): which test answers which question.
# - I. Loshchilov, F. Hutter (2019). *Decoupled weight decay regularization.* ICLR: AdamW.
#
# Next: [10 · Which one, when](10_which_one_when.ipynb). With this rule in hand: RNN, LSTM or GRU?
