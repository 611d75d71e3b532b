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
#
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
#
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
#
# ## 4. A network that reads
# This is the model that ships with the course, trained on 22,500 film reviews (lesson 06 makes such a model). One LSTM of 32 units reads forward, another backward; an attention
# weight for each word makes their states into one vector; one linear map answers. It reads in pieces of 32 words, each from a fresh state.
#
# What its units are for, nobody knows beforehand. We ask which of them *follow the verdict*: over 400 generated reviews, how does a unit's mean state go with the
# model's own answer? The model gives each class a score, its *logit*; the answer is $z$, the logit of *positive* minus that of *negative*: above 0 it says positive. (This $z$ is no
# update gate.) Correlation gives a number from −1 to 1 for each unit.

# %%
sentiment = load_sentiment()
model = sentiment.model
H = model.forward_rnn.hidden_size
claim("By its own record it learned from 22,500 reviews, and one direction has 32 units", (sentiment.facts["data"]["train"], H) == (22_500, 32))

def read(texts):
    """ids (B, T), lengths (B,), states (B, T, 2H) and logit differences z (B,) of `texts`."""
    ids, lengths = pad([sentiment.vocabulary.encode(tokenise(text)) for text in texts], sentiment.max_tokens)
    with torch.no_grad():
        return ids, lengths, model.states(ids, lengths), model(ids, lengths) @ torch.tensor([-1.0, 1.0])

texts = imdb_sample().train.texts  # generated: no film in them is real
ids, lengths, h, z = read(texts[:400])
real = mask(lengths, ids.shape[1])[..., None]  # (B, T, 1)
mean_state = (h * real).sum(1) / lengths[:, None]  # (B, 2H)
r = np.array([np.corrcoef(mean_state[:, unit], z)[0, 1] for unit in range(2 * H)])

# %% [markdown]
# **Predict first.** Radford, Józefowicz and Sutskever (2017) found a *single* unit in a large network that had learned sentiment by itself. Of our 64 units, how many will follow
# the verdict with a correlation beyond ±0.7?

# %%
my_guess = 1

# %%
order = np.argsort(r)
fig, ax = plots.figure(9, 2.8)
ax.bar(range(2 * H), r[order], color=[plots.PALETTE["lstm"] if unit < H else plots.PALETTE["x"] for unit in order], width=0.7)
ax.axhspan(-0.7, 0.7, color="#EEEEEE", zorder=0)
ax.set(xlabel="units, sorted", ylabel="correlation with the verdict", ylim=(-1, 1), xticks=[], xlim=(-1, 2 * H))
ax.text(2, 0.8, "blue: reads forward, black: reads backward", fontsize=10)
lesson.show(fig, "The 64 units sorted by their correlation with the verdict, from about -0.9 to about 0.9. More than twenty of them lie beyond -0.7 or 0.7, of both directions.")

# %%
strong = np.abs(r) > 0.7
print(f"You guessed {my_guess}.")
claim("More than 20 of the 64 units follow the verdict with |r| > 0.7", strong.sum() > 20, strong.sum())
claim("Some of them rise and some of them fall with it", (r > 0.7).any() and (r < -0.7).any(), r)

# %% [markdown]
# Not one, but more than twenty: this network was *trained* to answer, and every unit was free to help. Here they are at work, each column under its word. The rows are the units that
# read forward, numbered from top to bottom by that correlation: unit 1 is the one that falls most closely with the verdict, unit 32 the one that rises most closely. Below is the framed unit alone.

# %%
rows = np.argsort(r[:H])
explorers.GateHeatmap(sentiment, order=rows, letter="h", unit=len(rows), word=9)

# %% [markdown]
# **Four things to try**
# 1. Draw $h$, then $c$. Can you see where the praise begins? Do the first and the last units really go opposite ways?
# 2. Draw $f$. At which words do many units forget at once? Then $i$: at which do they take in? Change "wonderful" to "awful" and look which of the six letters change.
# 3. Type `The film is not good.` and then `The film is good.` Follow unit 32 with the word slider: what does "not" do to its $f$, $i$ and $g$?
# 4. Draw $o$ and find a unit that holds a large $c$ and shows nothing of it in $h$.
#
# ## 5. One unit through a review
# The forward unit with the strongest correlation. To make it comparable, we turn its sign so that up means praise. First a test with opposites: ten sentences that differ in one word.

# %%
unit = int(np.abs(r[:H]).argmax())  # its place in the weights, from 0
print(f"In the picture above it is unit {list(rows).index(unit) + 1}.")
up = float(np.sign(r[unit]))
PAIRS = [("wonderful", "awful"), ("great", "terrible"), ("excellent", "boring"), ("beautiful", "dull"), ("brilliant", "stupid")]

def at_the_end(word):
    return up * read([f"The film is {word}"])[2][0, -1, unit].item()

higher = [at_the_end(praise) > at_the_end(complaint) for praise, complaint in PAIRS]
claim("In at least 4 of 5 pairs the unit stands higher after the praise", sum(higher) >= 4, higher)

# %%
review = "The plot is slow and the dialogue is awful, but the actors are wonderful and I loved the ending."
words = tokenise(review)
ids_one, _ = sentiment.encode(review)
with torch.no_grad():
    trace = gate_trace(model.forward_rnn, model.embed(ids_one))[0]
one = {letter: values[0, :, unit].numpy() for letter, values in trace.items()}  # each (T,)
fig, (top, bottom) = plots.figure(9, 4.4, nrows=2, sharex=True)
for letter in "ch":
    top.plot(up * one[letter], "o-", ms=4, lw=2, color=plots.PALETTE[letter], label=f"${letter}$")
for letter in "fio":
    bottom.plot(one[letter], ".-", lw=1.6, color=plots.PALETTE[letter], label=f"${letter}$")
for ax in (top, bottom):
    ax.axhline(0, color="#888888", lw=1)
    ax.legend(loc="center left", bbox_to_anchor=(1, 0.5), frameon=False)
top.set_ylabel("up is praise")
bottom.set_xticks(range(len(words)), words, rotation=60, ha="right")
lesson.show(fig, f"One unit over the {len(words)} words of a review that begins with complaints and ends with praise: above its memory c and state h, below its gates f, i and o.")

# %%
news = up * one["i"] * one["g"]
where = words.index("wonderful")
claim("At “wonderful” the memory takes in more praise than at “awful”", news[where] > news[words.index("awful")], news)

# %% [markdown]
# It is a nice story, and stories are easy to find: we searched 32 units for the one that tells it best. So far we have *looked*. Does the network *need* this unit?
#
# ## 6. Switch it off
# To *ablate* a unit is to take it away and see what changes. We set its state to 0 at every word, before the attention and the output read it. (The other units
# have read it inside the loop by then; to be stricter, one would cut those wires too.) **Predict:** how many of 400 answers turn from positive to negative, or back,
# without the unit that follows the verdict best?

# %%
@torch.no_grad()
def without(h, lengths, units):
    """The logit differences z (B,) when the states of `units` are 0."""
    off = h.clone()
    off[..., units] = 0
    return model.output(model.pool(off, lengths)) @ torch.tensor([-1.0, 1.0])

best = int(np.abs(r).argmax())
any_unit = int(np.random.default_rng(0).choice(np.flatnonzero(~strong)))
turned = np.array([((without(h, lengths, [k]) > 0) != (z > 0)).float().mean().item() for k in range(2 * H)])
moved = np.array([(without(h, lengths, [k]) - z).abs().mean().item() for k in range(2 * H)])  # in logits
claim("Without the best follower, fewer than 10 % of the answers turn", turned[best] < 0.1, turned[best])
claim("Without a unit drawn from those that do not follow, too", turned[any_unit] < 0.1, turned[any_unit])
claim("There is no single unit whose loss turns more than 15 % of the answers", turned.max() < 0.15, turned.max())

# %% [markdown]
# Is a unit that follows the verdict closely also one that moves it? Each point is a unit:

# %%
fig, ax = plots.figure(9, 3.2)
ax.plot(np.abs(r), moved, "o", color=plots.PALETTE["lstm"], ms=6, alpha=0.7)
ax.plot(abs(r[best]), moved[best], "o", color=plots.PALETTE["rnn"], ms=9, label="the best follower")
ax.legend(loc="upper left", frameon=False)
ax.set(xlabel="|correlation| with the verdict", ylabel="mean change of $z$ without it", xlim=(0, 1), ylim=(0, None))
lesson.show(fig, "64 points: to the right, units that follow the verdict closely; high, units whose loss changes it. Among those far to the right the change differs many times over.")

# %%
spread = moved[strong].max() / moved[strong].min()
claim("Among the units with |r| > 0.7, the loss of one moves z at least 3 times as much as that of another", spread > 3, spread)

# %% [markdown]
# A unit can follow the verdict because it *makes* it, or because it reads the same words as those that make it. A heat map shows both alike. Switching off tells them apart.
#
# How many can we lose? We put the units in three orders and take away more and more: those that move $z$ most first; the best followers first; at random. The order is chosen on
# these 400 reviews, and the answers are counted on 400 others.

# %%
_, lengths_new, h_new, z_new = read(texts[400:800])
def stays(order, n):
    """The share of answers that stay when the first n units of `order` are off."""
    return ((without(h_new, lengths_new, order[:n].tolist()) > 0) == (z_new > 0)).float().mean().item()

positive = (z_new > 0).float().mean().item()  # the share of answers that are positive with all units
counts = [0, 1, 2, 4, 8, 16, 24, 32, 48]
shares = {"largest effect first": [stays(np.argsort(-moved), n) for n in counts],
          "best follower first": [stays(np.argsort(-np.abs(r)), n) for n in counts]}
at_random = np.array([[stays(np.random.default_rng(seed).permutation(2 * H), n) for n in counts] for seed in range(8)])

# %%
fig, ax = plots.figure(9, 3)
ax.plot(counts, at_random.T, color="#BBBBBB", lw=1)
ax.plot(counts, at_random.mean(0), "o-", color=plots.PALETTE["theory"], lw=2, label="at random (8 draws)")
for (name, values), color in zip(shares.items(), (plots.PALETTE["rnn"], plots.PALETTE["lstm"])):
    ax.plot(counts, values, "o-", color=color, lw=2, label=name)
ax.axhline(positive, color="#888888", lw=1, ls=":", label="always positive")
ax.set(xlabel="units switched off, of 64", ylabel="answers that stay", ylim=(0, 1.03), xticks=counts)
ax.legend(loc="center left", bbox_to_anchor=(1, 0.5), frameon=False)
lesson.show(fig, "Share of 400 answers that stay when up to 48 of 64 units are off. At random the curve falls slowly; both chosen orders fall below it, and end where every answer is positive.")

# %%
at_8, at_32 = counts.index(8), counts.index(32)
mean_8, mean_32 = at_random.mean(0)[[at_8, at_32]]
claim("With half of the units off, drawn at random, at least 75 % of the answers stay", mean_32 > 0.75, mean_32)
claim("The 8 units of largest effect turn more answers than 8 at random", shares["largest effect first"][at_8] < mean_8, (shares, mean_8))
claim("The 32 best followers turn more answers than 32 at random", shares["best follower first"][at_32] < mean_32, (shares, mean_32))
few = {name: (without(h_new, lengths_new, by[:32].tolist()) > 0).float().mean().item() for name, by in (("effect", np.argsort(-moved)), ("follower", np.argsort(-np.abs(r))))}
claim("With 32 units off in either chosen order, at least 90 % of the answers are positive", min(few.values()) >= 0.9, few)

# %% [markdown]
# (Why do the chosen orders not end at one half, where a coin would be? With so many units off, $z$ is hardly more than the bias of the output, a little above 0. So nearly every review is
# called positive, and the answers that stay are those that were positive before: the dotted line.)
#
# The answer is spread over many units that can stand in for one another. That makes the network robust, and a story about *one* unit weak.
#
# ### Exercise 04.2 · Switch a unit off
# *Easy, 6 minutes.* Write it yourself, for any `Classifier`: the logits (B, 2) of a batch when one unit's state is 0 at every word. `ids` is (B, T), `lengths` (B,). The model
# answers in three steps: `model.states`, `model.pool`, `model.output`. Leave its weights as they are.

# %%
def logits_without(model, ids, lengths, unit):
    raise NotImplementedError

# %%
off_exercise = exercise("04.2")
off_exercise.check(logits_without)

# %%
# off_exercise.hint()
# off_exercise.solution()

# %% [markdown]
# ## 7. How often are the taps fully open or shut?
# Karpathy, Johnson and Fei-Fei (2015) drew one picture for a whole network: for each unit, at which share of the steps is its gate nearly shut (below 0.1, *left-saturated*),
# and at which nearly open (above 0.9, *right-saturated*)? A unit that always keeps stands at the top left of the panel of $f$; a unit that works
# like a switch lies on the diagonal; gates that are always half open lie in the lower left corner. In their language models, some units kept for hundreds of letters.
#
# **Predict:** where does the latch of section 1 lie? Where do the 32 units that read reviews?

# %%
def saturated(values):
    """The shares (H,) below 0.1 and above 0.9 of gates (steps, H)."""
    return (values < 0.1).float().mean(0), (values > 0.9).float().mean(0)

with torch.no_grad():
    pieces = model.embed(ids)[:, :32]  # the first piece of each review
in_piece = mask(lengths.clamp(max=32), pieces.shape[1])  # (B, T)
seen = {"latch": gate_trace(latch, tasks.latch(500, 20)[0])[0], "reviews": gate_trace(model.forward_rnn, pieces)[0]}
flat = {"latch": {gate: seen["latch"][gate].flatten(0, 1) for gate in "fio"},
        "reviews": {gate: seen["reviews"][gate][in_piece] for gate in "fio"}}  # each (steps, H)

# %%
fig, axes = plots.figure(9, 3.2, ncols=3, sharey=True)
for ax, gate in zip(axes, "fio"):
    ax.plot([0, 1], [1, 0], color="#888888", lw=1)
    ax.plot(*saturated(flat["reviews"][gate]), "o", color=plots.PALETTE[gate], ms=6, alpha=0.7, label="reviews")
    ax.plot(*saturated(flat["latch"][gate]), "*", color=plots.PALETTE["text"], ms=13, label="latch")
    ax.set(title=f"${gate}$", xlabel="share below 0.1", xlim=(-0.02, 1), ylim=(-0.02, 1))
axes[0].set_ylabel("share above 0.9")
axes[2].legend(frameon=False)
lesson.show(fig, "Three panels for f, i and o: the share of steps below 0.1 against the share above 0.9, one point a unit. The latch lies nearer to the diagonal "
                "than most units that read reviews.")

# %%
sides = {name: {gate: sum(s.mean().item() for s in saturated(gates[gate])) for gate in "fi"} for name, gates in flat.items()}
claim("The latch: f and i are nearly open or nearly shut at more than 45 % of the steps", min(sides["latch"].values()) > 0.45, sides)
claim("Reviews: f and i are so at fewer than half of the words", max(sides["reviews"].values()) < 0.5, sides)
claim("For f as for i, the latch is so more often by at least a fifth", all(sides["latch"][gate] > 1.2 * sides["reviews"][gate] for gate in "fi"), sides)
always = (saturated(flat["reviews"]["f"])[1] > 0.9).sum().item()
claim("No unit that reads reviews has f above 0.9 at nine of ten words", always == 0, always)

typical = flat["reviews"]["f"].log().mean(0).exp().numpy()  # (H,): f^k with this f is what k words leave, on average
short = (half_life(typical) < 3).sum()
claim("By f alone, the memory of at least 24 of the 32 units halves within 3 words", short >= 24, half_life(typical))

# %% [markdown]
# So the gates of the reader are mostly half open: it weighs, it does not switch. It also need not keep anything for long, since the attention collects from every word. (And after section 2 you know what "by $f$ alone" is worth.)
#
# ## 8. What a picture of gates cannot tell
# **First: which unit is which.** Exchange the units, with all weights that belong to them. Every row of every heat map moves, and no answer changes.

# %%
@torch.no_grad()
def exchange(model, places):
    """A copy whose forward units stand in the order `places` (H,)."""
    other = copy.deepcopy(model)
    cell = other.forward_rnn.cells[0]
    for gate in "figo":
        W, U = getattr(cell, f"W_{gate}"), getattr(cell, f"U_{gate}")
        W.weight.copy_(W.weight[places]), W.bias.copy_(W.bias[places])
        U.weight.copy_(U.weight[places][:, places]), U.bias.copy_(U.bias[places])
    other.query[:H] = other.query[:H][places]
    other.output.weight[:, :H] = other.output.weight[:, :H][:, places]
    return other

def difference(other):
    with torch.no_grad():
        return (other(ids, lengths) - model(ids, lengths)).abs().max().item()

shuffled = exchange(model, torch.randperm(H, generator=torch.Generator().manual_seed(0)))
moves = (gate_trace(shuffled.forward_rnn, pieces)[0]["f"] - seen["reviews"]["f"]).abs().max().item()
claim("With the units exchanged, a cell of the heat map changes by more than 0.5", moves > 0.5, moves)
claim("No logit of 400 reviews changes by more than 0.0001", difference(shuffled) < 1e-4, difference(shuffled))

# %% [markdown]
# Train with another seed, and "unit 7" is another one. A statement about unit 7 is about this file of weights, not about LSTMs.
#
# **Second: what a state means.** Take one unit and turn its candidate round: $g$ becomes $-g$, so $c$ and $h$ become $-c$ and $-h$. Turn round the weights that read it, too.

# %%
@torch.no_grad()
def mirror(model, unit):
    """A copy in which one forward unit says the opposite, and is read as the opposite."""
    other = copy.deepcopy(model)
    cell = other.forward_rnn.cells[0]
    for linear in (cell.W_g, cell.U_g):
        linear.weight[unit] *= -1
        linear.bias[unit] *= -1
    for gate in "figo":
        getattr(cell, f"U_{gate}").weight[:, unit] *= -1
    other.query[unit] *= -1
    other.output.weight[:, unit] *= -1
    return other

turned_round = mirror(model, unit)
again = gate_trace(turned_round.forward_rnn, pieces)[0]
claim("Its gates f, i and o are the same, within 0.0001", max((again[k] - seen["reviews"][k]).abs().max() for k in "fio") < 1e-4)
claim("Its g, c and h are the same with the other sign", max((again[k] + seen["reviews"][k])[..., unit].abs().max() for k in "gch") < 1e-4)
claim("No logit of 400 reviews changes by more than 0.0001", difference(turned_round) < 1e-4, difference(turned_round))

# %% [markdown]
# Two networks, one behavior. In one the unit rises with praise, in the other it falls; and from the gates, no one can tell which is which. The meaning of a state lies in what is done with it afterwards.
# ($\tanh$ is an odd function. That is all it takes. In a picture of $c$ or $h$, blue and red are names.)
#
# **Third: what matters.** Section 6: a unit may follow the verdict and not be needed. Section 2: a gate may leak and nothing be forgotten. Section 1: a gate may open and nothing come in.
#
# There is a debate on this, and it is not over. Jain and Wallace (2019) found attention weights that point to quite other words and lead to the same answer, and concluded that *attention is not explanation*.
# Wiegreffe and Pinter (2019) replied that such weights do not come out of training by themselves, and that it depends on what you want from an explanation: one that is *plausible*
# or one that is *faithful*, the true cause. The same question can be put to every gate in this lesson. Our rule: a picture gives the idea, an intervention (switch it off, change a word) gives the evidence, and the evidence is counted on texts that did not give the idea.

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
#
# ## References
# - A. Karpathy, J. Johnson, L. Fei-Fei (2015). *Visualizing and understanding recurrent networks.* arXiv:1506.02078: gates in language models, and the picture of section 7.
# - F. A. Gers, J. Schmidhuber (2001). *LSTM recurrent networks learn simple context-free and context-sensitive languages.* IEEE Transactions on Neural Networks 12(6): LSTMs that count.
# - A. Radford, R. Józefowicz, I. Sutskever (2017). *Learning to generate reviews and discovering sentiment.* arXiv:1704.01444: the sentiment unit.
# - S. Jain, B. C. Wallace (2019). *Attention is not explanation.* NAACL.
# - S. Wiegreffe, Y. Pinter (2019). *Attention is not not explanation.* EMNLP.
#
# Next: [05 · Both directions](05_both_directions.ipynb). What a second reader, from the end, is good for.
