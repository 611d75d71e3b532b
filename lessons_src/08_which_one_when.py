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

# %% [markdown]
# ## 2. One race, live

# %% [markdown]
# ## 3. Memory against length

# %% [markdown]
# ### Exercise 08.2 · Where does the difference begin?

# %% [markdown]
# ## 4. How soon does it learn?

# %% [markdown]
# ### Exercise 08.1 · How soon, by its curve

# %% [markdown]
# ## 5. A wave, continued

# %% [markdown]
# ### Exercise 08.3 · Forecast a wave

# %% [markdown]
# ## 6. What does it cost?

# %% [markdown]
# ## 7. The rules, measured

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
# **Predict first.** Which knob can do the most harm? What will a hidden size of *one* do? Dropout 0.95? And a clipping norm of 0.01, which cuts every gradient to a
# hundredth of its length or less?

# %%
import math

import torch
from torch import nn

from utils import plots
from utils.lesson import claim
from utils.sweep import BASE, KNOBS, Results

sweep = Results()
claim("The base is the one of the table", BASE == {"lr": 0.02, "batch": 32, "hidden": 32, "layers": 1, "dropout": 0.2, "clip": 1.0})
print(f"Measured by {sweep.facts['command']}: {sweep.facts['reviews']['train']:,} reviews to learn from, "
      f"{sweep.facts['reviews']['validation']:,} of other films for validation; the test was not touched.")
print(f"The base with {len(sweep.base.valid)} seeds: {sweep.band[0]:.1%} to {sweep.band[1]:.1%} right on validation.")

# %% [markdown]
# One setting, eight seeds: other first weights, another order of the reviews, nothing else. The best and the worst are more than two points apart. That is the noise, drawn as a band below.
# Every other value has three seeds. We call it **worse** only if all three stay below the band, and **better** only if all three lie above it. Otherwise we say **no effect**, which means: none that three seeds show. If a value did nothing at all, how often would it be called one of the two?

# %%
by_chance = 2 / math.comb(8 + 3, 3)  # of all ways to rank 8 + 3 seeds: the three at the bottom, or the three at the top
judged = len(sweep.facts["settings"]) - 1  # all but the base
claim("By chance a value is called worse or better in fewer than 1 of 80 cases", by_chance < 1 / 80, by_chance)
claim("With 25 settings to judge, that makes less than one false alarm in three sweeps", judged == 25 and judged * by_chance < 1 / 3, judged)

# %%
from matplotlib.lines import Line2D

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
plots.show(fig, "Accuracy against six knobs, a dot a seed. The learning rate has a peak: guessing at 0.0002 and at 0.5, the best at 0.02. Larger batches, very small states and more layers "
           "cost some points; dropout does nothing up to 0.8 and ends in guessing at 0.95; the clipping norm does nothing from 0.01 to none.")

# %% [markdown]
# A dot is a seed. The axes are logarithmic but for layers and dropout. In the last picture clipping is tried once more at a learning rate that is too high, where it should be needed most.
# Now one value at a time:

# %%
from utils import explorers

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

claim("No value of any knob is better than the base", all("better" not in sweep.verdicts(name).values() for name in KNOBS))
claim("The learning rate: 0.0002 and 0.5 end at guessing, with every seed below 55 %",
      max(outcome("learning rate", rate)[1] for rate in (0.0002, 0.5)) < 0.55)
low, base = outcome("learning rate", 0.001), outcome("learning rate", 0.02)
claim("Rate 0.001: worse, with less than half of the base's gap: not learned enough", low[1] < sweep.band[0] and low[2] < base[2] / 2, (low, base))
steps = {size: int(sweep.runs("batch size", size).steps[0]) for size in (8, 32, 128, 512)}
claim("The batch: 512 reviews leave 20 steps, and 128 or 512 are worse; 8 takes four times the base's steps and shows no effect",
      steps[512] == 20 and round(steps[8] / steps[32]) == 4 and list(sweep.verdicts("batch size").values()) == ["no effect"] * 2 + ["worse"] * 2, steps)

# %%
one, large = outcome("hidden size", 1), outcome("hidden size", 128)
claim("A hidden size of one is worse, and yet every seed gets 80 %", 0.80 < one[0] and one[1] < sweep.band[0], one)
claim("128 units take more than three times the base's time and show no effect", large[3] > 3 and sweep.verdict("hidden size", 128) == "no effect", large)
claim("Two, three and four layers are worse, and four take more than twice the time",
      {sweep.verdict("layers", n) for n in (2, 3, 4)} == {"worse"} and outcome("layers", 4)[3] > 2, outcome("layers", 4))
none, much = outcome("dropout", 0.0), outcome("dropout", 0.8)
claim("Dropout 0.8 takes the gap from more than 8 points to less than 6, and validation gains nothing; with 0.95 every seed guesses",
      none[2] > 8 and much[2] < 6 and sweep.verdict("dropout", 0.8) == "no effect" and outcome("dropout", 0.95)[1] < 0.55, (none, much))
claim("Clipping: no effect from 0.01 to none. At rate 0.1 every norm, and none, stays below the base",
      set(sweep.verdicts("clipping norm").values()) == {"no effect"} and set(sweep.verdicts("clipping norm at rate 0.1").values()) == {"worse"})
near = [abs(outcome(*choice)[1] - sweep.band[0]) for choice in (("learning rate", 0.005), ("layers", 2))]
claim("Two close calls: rate 0.005 and two layers miss the line between no effect and worse by less than 0.2 points", max(near) < 0.002, near)

# %% [markdown]
# Read it with care.
# - **That nothing is better** is no wonder: the base had been chosen on this very validation. Whoever picks the best of many values on validation gets a number that is too good; the test, once, gives the honest one.
# - **A hidden size of one**: a single number in each direction carries most of what a review says. The state is not where this task is difficult.
# - **Dropout** closed the gap by making training worse. A smaller gap is not a gain; a higher validation is.
# - **Layers and batches** were tried at the base's rate and in two epochs. A deep network or a large batch may want another rate and more steps. We did not measure that, and one-at-a-time sweeps never see it.
#
# **Why does clipping at 0.01 do nothing?** In lesson 01 that was the threshold with a price: tiny steps. But there the steps were those of plain gradient descent. AdamW divides the gradient by its own recent size, and so a hundredth of it gives the same step:

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
claim("Only the learning rate is worse on both sides of the base", [name for name, side in sides.items() if all(side)] == ["learning rate"], sides)
claim("The others have a side without harm: smaller batches, larger states, fewer layers, less dropout, either side for clipping",
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
import warnings

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
lengths = [8, 4, 6, 2, 5]
padded = len(lengths) * max(lengths)
buckets = 2 * 8 + 3 * 5  # the two longest in one batch, the three others in a second
claim("Of 40 steps 25 are real: 37.5 % is padding", (padded, sum(lengths)) == (40, 25) and 1 - sum(lengths) / padded == 0.375)
claim("Sorted by length into two batches: 31 steps, 19 % padding", buckets == 31 and round(100 * (1 - 25 / buckets)) == 19)

# %% [markdown]
# "37.5 % less computation" is often said of packing. It is the share of *steps*; on a CPU packed steps take longer than the pads they leave out, as [lesson 06](06_imdb_sentiment.ipynb), section 4, measures. Sorting by length saves
# without that, and a mask does the rest.
#
# **A memory test that tests no memory.** The task: fifty numbers, and the answer is the sign of the first. A popular comparison makes an RNN, an LSTM and a GRU, runs `backward()` once, and prints the length of the gradient of all weights. We add a
# fourth, an LSTM with chrono's biases ([lesson 02](02_lstm_cell.ipynb), section 7), which we know can learn it. **Predict:** will its length stand out?

# %%
from utils import initialize, probes, tasks

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
    total[name], by_step[name] = zip(*(gradients(make, seed) for seed in range(3)))

# %%
fig, (left, right) = plots.figure(9, 3.2, ncols=2)
STYLE = {"RNN": ("rnn", "-"), "LSTM": ("lstm", "-"), "GRU": ("gru", "-"), "LSTM, chrono": ("lstm", "--")}
for place, (name, (color, line)) in enumerate(STYLE.items()):
    left.plot([place] * 3, total[name], "o", color=plots.PALETTE[color], mfc="white" if line == "--" else None)
    for norms in by_step[name]:
        right.semilogy(range(1, 51), norms / norms[-1], line, lw=1.3, color=plots.PALETTE[color])
    right.plot([], [], line, color=plots.PALETTE[color], label=name)
left.set(xticks=range(4), xticklabels=STYLE, ylim=(0, None), title="all weights: what is printed")
right.set(xlabel="step $t$", title=r"$\|\partial L / \partial h_t\|$ against the last: what tells", ylim=(1e-13, 10))
fig.legend(loc="outside right center", frameon=False)
plots.show(fig, "Left, the gradient of all weights for 3 seeds: the four networks overlap. Right, the gradient by step: RNN, LSTM and GRU fall below 1e-8 at step 1, the LSTM with chrono's biases stays above 1e-4.")

# %%
first = {name: max(n[0] / n[-1] for n in rows).item() for name, rows in by_step.items()}
least = min(n[0] / n[-1] for n in by_step["LSTM, chrono"]).item()
usual = total["RNN"] + total["LSTM"] + total["GRU"]
claim("All weights: the LSTM that remembers lies between the lowest and the highest of the three that do not",
      min(usual) < min(total["LSTM, chrono"]) and max(total["LSTM, chrono"]) < max(usual), total)
claim("By step: less than 1e-8 arrives at step 1 in RNN, LSTM and GRU as torch makes them, more than 1e-4 with chrono's biases",
      max(first[name] for name in ("RNN", "LSTM", "GRU")) < 1e-8 and least > 1e-4, (first, least))

# %% [markdown]
# It does not stand out. The weights serve all steps, and their gradient is the sum over all of them, supplied by the last few ([lesson 01](01_vanishing_gradients.ipynb), section 7). To ask about memory, ask step by step.

# %% [markdown]
# ## 9. What came after

# %% [markdown]
# ## Take away
#
# ## References
#
# Back to [00 · Start here](00_start_here.ipynb), which lists the lessons.
