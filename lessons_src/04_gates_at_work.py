# %% [markdown]
# # 04 · Gates at work
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/gates-and-gradients/gates-and-gradients/blob/main/notebooks/04_gates_at_work.ipynb)
#
# **The question.** A trained LSTM holds hundreds of gates that open and shut at every word. Can one look at them and see what the network does?
# On a small task, where the right behavior is known, and then on a network that reads film reviews?
#
# After this lesson you
# - can say which gates a task needs, train a single unit, and find them in it;
# - can take the gates out of any `nn.LSTM`, find the units that follow a meaning, and switch units off to see whether they matter;
# - know three things that a picture of gates cannot tell, because you have seen each of them mislead.
#
# Time: 25 minutes, and up to 16 more for the two exercises. The machine needs about half a minute. [Lesson 02](02_lstm_cell.ipynb) comes before it.
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
lesson.start("04")

# %%
import copy

import numpy as np
import torch
from torch import nn

from utils import explorers, plots
from utils.cells import initialize
from utils.data import tasks
from utils.data import imdb_sample
from utils.course import exercise
from utils.course import claim
from utils.probes import gate_trace, half_life
from utils.cells import mask
from utils.models import load_sentiment
from utils.data import pad, tokenise

torch.set_num_threads(1)  # small matrices: a second thread only gets in the way

# %% [markdown]
# ## 1. Four things one unit can do
# Lesson 02 gave the memory in one line, $c_t = f_t\, c_{t-1} + i_t\, g_t$. Take each gate as a tap that is open or shut. That leaves four cases:
#
# | | $i$ shut | $i$ open |
# |---|---|---|
# | $f$ **open** | *keep*: $c$ stays | *add*: $c$ plus the news |
# | $f$ **shut** | *clear*: $c$ is 0 | *replace*: $c$ is the news |
#
# Our first task needs three of them. At each step the network sees a value, −1 or 1. Sometimes a mark says *hold this one*; sometimes another mark says
# *clear*. It has to answer, at every step, with the value it holds (0 if none). All other values are distractors.
#
# **Predict first.** One unit does it all. What will $f$ and $i$ be at a step without a mark, at a hold mark, at a clear mark? Write 1 for open and 0 for shut.

# %%
my_guess = {"no mark": (0.5, 0.5), "hold": (0.5, 0.5), "clear": (0.5, 0.5)}  # (f, i)

# %%
def learn(task, scale=1.0):
    """One LSTM unit and a linear map from its h to the answer, trained for 400 steps; the next seed if it got stuck."""
    for seed in range(1, 8):
        torch.manual_seed(seed)
        rnn = initialize.forget_bias_(nn.LSTM(task(1, 1)[0].shape[-1], 1, batch_first=True), 1.0)
        head = nn.Linear(1, 1)
        weights = [*rnn.parameters(), *head.parameters()]
        adam = torch.optim.Adam(weights, lr=0.05)
        for _ in range(400):
            x, y = task(64, 20)  # (B, T, features), (B, T)
            loss = (head(rnn(x)[0])[..., 0] - y / scale).square().mean()
            adam.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(weights, 1.0)
            adam.step()
        if share_right(rnn, head, x, y, scale) > 0.95:  # of the last batch of training
            break
    return rnn, head

@torch.no_grad()
def share_right(rnn, head, x, y, scale=1.0):
    """The share of answers that are right after rounding; x (B, T, features), y (B, T)."""
    return ((head(rnn(x)[0])[..., 0] * scale - y).abs() < 0.5).float().mean().item()

# %%
latch, latch_head = learn(tasks.latch)
x, y = tasks.latch(500, 20)  # new ones: (B, T, 3), (B, T)
right = share_right(latch, latch_head, x, y)
claim("One unit of an LSTM holds, replaces and clears: at least 95 % of its answers are right", right > 0.95, right)

# %% [markdown]
# (A network with one unit has nothing to fall back on: about every second start gets stuck on this task, and `learn` then tries the next. Wide networks rarely show this.)
#
# `gate_trace` recomputes every gate from the weights: a dictionary from letter to (B, T, H). Here are the medians over 500 sequences it has never seen.

# %%
trace = gate_trace(latch, x)[0]  # letter: (B, T, 1)
hold, clear = x[..., 1] > 0, x[..., 2] > 0  # (B, T)
quiet = ~(hold | clear)
quiet[:, 0] = False  # before the first step there is nothing to keep
kinds = {"no mark": quiet, "hold": hold, "clear": clear}
found = {kind: {gate: trace[gate][at].median().item() for gate in "fi"} for kind, at in kinds.items()}
for kind, gates in found.items():
    print(f"{kind:8} f is {'open' if gates['f'] > 0.5 else 'shut'}, i is {'open' if gates['i'] > 0.5 else 'shut'}"
          f"    you guessed f = {my_guess[kind][0]}, i = {my_guess[kind][1]}")
claim("Keep: without a mark f is above 0.8 and i below 0.45", found["no mark"]["f"] > 0.8 and found["no mark"]["i"] < 0.45, found)
claim("Replace: at a hold mark f is below 0.2 and i above 0.5", found["hold"]["f"] < 0.2 and found["hold"]["i"] > 0.5, found)
claim("Clear: at a clear mark both are below 0.2", max(found["clear"].values()) < 0.2, found)

# %% [markdown]
# Nobody told the unit what a gate is for. It found the three corners of the table by itself. Step by step, on a sequence made by hand:

# %%
by_hand = torch.zeros(1, 30, 3)  # (B=1, T, 3)
by_hand[..., 0] = 2.0 * torch.randint(2, (1, 30), generator=torch.Generator().manual_seed(3)) - 1
by_hand[0, [4, 21], 1], by_hand[0, 13, 2] = 1, 1  # hold, hold, clear
by_hand[0, 4, 0], by_hand[0, 21, 0] = 1, -1
steps = {letter: values[0, :, 0].numpy() for letter, values in gate_trace(latch, by_hand)[0].items()}  # each (T,)
with torch.no_grad():
    answer = latch_head(latch(by_hand)[0])[0, :, 0].numpy()  # (T,)

# %%
fig, (top, bottom) = plots.figure(9, 4, nrows=2, sharex=True)
t = np.arange(1, 31)
top.plot(t, by_hand[0, :, 0], "o", ms=4, color="#999999", label="value")
top.plot(t, answer, color=plots.PALETTE["h"], lw=2, label="answer")
for gate in "fi":
    bottom.plot(t, steps[gate], ".-", color=plots.PALETTE[gate], lw=2, label=f"${gate}$")
bottom.plot(t, steps["i"] * steps["g"], color=plots.PALETTE["g"], lw=2, label="$i\\,g$, let in")
for ax in (top, bottom):
    for step, name in ((5, "hold"), (14, "clear"), (22, "hold")):
        ax.axvline(step, color=plots.PALETTE["text"], lw=1, ls=":")
        if ax is top:
            ax.text(step, 1.25, name, ha="center", fontsize=10)
    ax.legend(loc="center left", bbox_to_anchor=(1, 0.5), frameon=False)
top.set(ylim=(-1.15, 1.15))
bottom.set(ylim=(-1.05, 1.05), xlabel="step t", xlim=(0.5, 30.5))
lesson.show(fig, "A latch of one unit over 30 steps. The answer goes to 1 at the first hold mark, to 0 at the clear mark and to -1 at the second hold mark. "
                "f is near 1 and falls to nearly 0 at the three marks; i opens fully at the two hold marks, and part of the way at "
                "some values without a mark. The product of i and g is large at the hold marks only.")

# %% [markdown]
# Play it yourself, and go back with the gradient. Capital letters hold, `0` clears. *b_f, moved by* shows what becomes of the trained unit when its forget gate is moved.

# %%
signs = {"+": (1, 0, 0), "-": (-1, 0, 0), "A": (1, 1, 0), "B": (-1, 1, 0), "0": (1, 0, 1)}  # value, hold mark, clear mark
tapes = {"hold, clear, hold": "+-+-A+--+-+-+0-+--+-+B+-", "hold one": "A-+--+-++-+--+-+-++--+-+"}
explorers.Tape(weights=latch.state_dict(), signs=signs, tapes=tapes)

# %%
c = steps["c"]
marked = np.isin(t, (5, 14, 22))
change = np.abs(np.diff(c, prepend=0))
claim("The memory changes at the three marks, and at no other step by more than a third of that", change[~marked].max() < change[marked].min() / 3, change)

# %% [markdown]
# Look closely, and it is less clean than the medians. At some values *without* a mark, $i$ opens part of the way, and $f$ gives a little. It does no harm: what comes in
# is the product $i\,g$ (pink), and it is small, or makes good what $f$ lets go. A heat map of $i$ alone would have shown you an open gate and let you believe that something came in. Keep this in mind.

# %% [markdown]
# ## 2. Counting, and a first surprise
# The fourth corner is *add*. The next task: count the ticks since the last reset. At half of the steps there is a tick.
#
# **Predict first.** At a reset both gates must shut. At all other steps $f$ should stay open, exactly: lesson 02 said that with $f = 0.9$ half of the memory is gone
# after $\ln 0.5 / \ln 0.9 = 6.6$ steps, and a counter that leaks is no counter. And at a tick, $i\,g$ should be the same step each time.

# %%
counter, counter_head = learn(tasks.counting, scale=10.0)
x, y = tasks.counting(500, 20)  # new ones: (B, T, 2), (B, T)
right = share_right(counter, counter_head, x, y, scale=10.0)
trace = gate_trace(counter, x)[0]
c = trace["c"][..., 0]  # (B, T)
tick, reset = x[..., 0] > 0, x[..., 1] > 0
news = (trace["i"] * trace["g"])[..., 0]  # (B, T)
size = {kind: news[at].abs().median().item() for kind, at in (("tick", tick), ("silence", ~(tick | reset)))}
r = np.corrcoef(c.flatten(), y.flatten())[0, 1]
claim("The unit counts: at least 95 % of its counts are right after rounding", right > 0.95, right)
claim("Its memory c is the count, up to a factor: |r| > 0.95", abs(r) > 0.95, r)
claim("At a reset both gates are shut, below 0.2", max(trace[gate][reset].median().item() for gate in "fi") < 0.2)
claim("A tick adds at least twice as much as silence does", size["tick"] > 2 * size["silence"], size)

# %% [markdown]
# So far as expected. But look at $f$ in the silence, when there is nothing to do but keep:

# %%
kept = trace["f"][~(tick | reset)].median().item()
steps = half_life(kept)
claim("In silence f is below 0.97, so by the formula half of the count would be lost within 23 steps", kept < 0.97 and steps < 23, (kept, steps))
silent = ~(tick | reset) & (y >= 3)
silent[:, 0] = False
before = torch.cat([torch.zeros(len(c), 1), c[:, :-1]], dim=1)  # (B, T): c of the step before
lost, refilled = ((1 - trace["f"][..., 0]) * before)[silent], news[silent]
share = (refilled.sum() / lost.sum()).item()
claim("Yet between 60 % and 140 % of what f loses comes back in the same step, as i times g", 0.6 < share < 1.4, share)

# %% [markdown]
# The unit leaks and refills itself. $g_t$ sees $h_{t-1}$, and $h_{t-1}$ knows the count, so in silence the news *is* the memory. Whoever looks at $f$ alone
# would say that this unit forgets. It does not: the loop through $h$ keeps what the gate lets go. **A gate is a part of a circuit.** Its value says what it multiplies, not what the network remembers.

# %% [markdown]
# ## 3. Keep the first symbol
# Once more the task of lesson 02, shorter but with distractors: remember the *first* symbol, one of four kinds, while 19 more follow that mean nothing. Eight units this time.
#
# **Predict first.** By the table, each unit that works should have $i$ open at step 1 and shut from then on, and $f$ near 1. How many of the eight will look so?

# %%
my_guess = 4

# %%
for seed in range(4):
    torch.manual_seed(seed)
    recall, head = initialize.chrono_(nn.LSTM(4, 8, batch_first=True), T_max=20), nn.Linear(8, 4)
    weights, right = [*recall.parameters(), *head.parameters()], []
    adam = torch.optim.Adam(weights, lr=2e-2)
    while len(right) < 800 and (len(right) < 20 or min(right[-20:]) < 1):
        x, y = tasks.first_element_recall(32, 20, classes=4, distractors=True)  # (B, T, 4), (B,)
        scores = head(recall(x)[0][:, -1])  # (B, 4)
        adam.zero_grad()
        nn.functional.cross_entropy(scores, y).backward()
        nn.utils.clip_grad_norm_(weights, 1.0)
        adam.step()
        right.append((scores.argmax(1) == y).float().mean().item())
    if min(right[-20:]) == 1:
        break  # some starts get stuck; then the next seed is tried, as in section 1

x, y = tasks.first_element_recall(1000, 20, classes=4, distractors=True)
with torch.no_grad():
    accuracy = (head(recall(x)[0][:, -1]).argmax(1) == y).float().mean().item()
trace = gate_trace(recall, x)[0]
claim("It names the first of 20 symbols in at least 95 % of the cases", accuracy > 0.95, accuracy)

# %%
fig, axes = plots.figure(9, 2.8, ncols=2, sharey=True)
for ax, gate in zip(axes, "fi"):
    image = ax.imshow(trace[gate].median(dim=0).values.T, vmin=0, vmax=1, cmap="Blues", aspect="auto", extent=(0.5, 20.5, 8.5, 0.5))
    ax.set(title=f"${gate}$, median over 1,000 sequences", xlabel="step t", xticks=(1, 5, 10, 15, 20), yticks=range(1, 9))
    ax.grid(False)
axes[0].set_ylabel("unit")
fig.colorbar(image, ax=axes, label="shut to open")
lesson.show(fig, "Two heat maps, 8 units by 20 steps. Several rows of f are nearly 1 throughout. No row of i is open at step 1 and shut from then on.")

# %%
first, later = trace["i"][:, 0].median(0).values, trace["i"][:, 5:].flatten(0, 1).median(0).values  # (H,), (H,)
open_f = (trace["f"][:, 5:].flatten(0, 1).median(0).values > 0.95).sum().item()
textbook = ((first > 0.7) & (later < 0.1)).sum().item()
print(f"You guessed {my_guess} units.")
claim("At least 2 of the 8 units keep: their f is above 0.95", open_f >= 2, open_f)
claim("At most 2 of the 8 have i above 0.7 at step 1 and below 0.1 later", textbook <= 2, textbook)

# %% [markdown]
# Open forget gates there are (chrono, from lesson 02, started some of them high). But the network solves the task, and the story of the textbook is not in its input gates. Nothing *marks* the first symbol: the network knows that it is the first only because $h$ is still 0.
# And the work is shared: what one unit lets in by mistake, another can subtract. The clean picture of section 1 came from a task with marks and a network with one unit.
# So do not expect the clean picture from a large network. Now to one.

# %% [markdown]
# ### Exercise 04.1 · The gates of nn.LSTM from its own weights
# *Medium, 10 minutes.* `gate_trace` is no magic. PyTorch returns no gates, but it shows its weights. Given an `nn.LSTM(1, 4, batch_first=True)` and 20 values of a
# sine wave, `x` (T, 1), compute `f`, `i` and `o` at every step, each (T, H), and return them in this order. Take `lstm.weight_ih_l0` (4H, 1), `lstm.weight_hh_l0` (4H, H),
# `lstm.bias_ih_l0` and `lstm.bias_hh_l0` (4H,); the four blocks stand in the order **i, f, g, o**.

# %%
def lstm_gates(lstm, x):
    raise NotImplementedError

# %%
gates_exercise = exercise("04.1")
gates_exercise.check(lstm_gates)

# %% [markdown]
# Stuck? Take away a `#`.

# %%
# gates_exercise.hint()
# gates_exercise.solution()

# %% [markdown]
# When yours is right, ask it: when does the forget gate of a **fresh** network approach 0, and when 1, while the wave passes?

# %%
torch.manual_seed(0)
wave = torch.sin(torch.linspace(0, 2 * torch.pi, 20))[None, :, None]  # (B=1, T=20, 1)
f = gate_trace(nn.LSTM(1, 4, batch_first=True), wave)[0]["f"]
claim("Never: all its forget gates stay between 0.2 and 0.8", 0.2 < f.min() and f.max() < 0.8, (f.min(), f.max()))

# %% [markdown]
# An untrained network has gates, and they swing with any input. That a curve goes up and down says nothing before you know what it ought to do.

# %% [markdown]
# ## Quiz
# Five questions: choose a letter, with the mouse or with Tab and the space bar, and read what it says; the first choice counts.

# %%
from utils.course import quiz

quiz("04")

# %% [markdown]
# ## Take away
# 1. Keep, add, clear, replace: $f$ and $i$ span four cases. A unit trained on a task that needs them finds them by itself.
# 2. A gate is a part of a circuit. The counter's $f$ leaks and its loop refills it; the reader's verdict is spread over many units, none of which it needs alone.
# 3. Look, then intervene. Exchanged or mirrored units change every picture and no answer.

# %% [markdown]
# ## References
# - A. Karpathy, J. Johnson, L. Fei-Fei (2015). *Visualizing and understanding recurrent networks.* arXiv:1506.02078: gates in language models, and the picture of section 7.
# - F. A. Gers, J. Schmidhuber (2001). *LSTM recurrent networks learn simple context-free and context-sensitive languages.* IEEE Transactions on Neural Networks 12(6): LSTMs that count.
# - A. Radford, R. Józefowicz, I. Sutskever (2017). *Learning to generate reviews and discovering sentiment.* arXiv:1704.01444: the sentiment unit.
# - S. Jain, B. C. Wallace (2019). *Attention is not explanation.* NAACL.
# - S. Wiegreffe, Y. Pinter (2019). *Attention is not not explanation.* EMNLP.
#
# Next: [05 · Both directions](05_both_directions.ipynb). What a second reader, from the end, is good for.
