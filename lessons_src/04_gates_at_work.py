# %% [markdown]
# # 04 · Gates at work
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/gates-and-gradients/gates-and-gradients/blob/main/notebooks/04_gates_at_work.ipynb) [or as a web page, with nothing to install](https://gates-and-gradients.github.io/gates-and-gradients/notebooks/04_gates_at_work.html)
#
# **The question.** A gate is a number from 0 to 1. If you could watch the gates of a trained network, would you know what it does?
# We train networks so small that you can say beforehand what their gates must do. Then we look. Then we cut a wire, and see whether the picture told the truth.
#
# After this lesson you
# - can say which gates a task needs, train one unit for it, and find them there;
# - can take the gates out of any `nn.LSTM`;
# - know what a picture of gates cannot tell, and what to do about it.
#
# Time: 14 minutes, and up to 10 more for the one exercise. The machine needs about half a minute. [Lesson 02](02_lstm_cell.ipynb) comes before it.
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

# %% [markdown]
# ## 1. One unit, two marks
# At each step a value comes, −1 or 1. Now and then it has a mark, *hold*: keep this value. Or another one, *clear*: forget. At every step the network has to
# answer with the value that it holds, and with 0 if it holds none. All other values are there to mislead it.

# %% jupyter={"source_hidden": true} cellView="form"
# The task
values, marks, held, answers = "+--+-++--+-+", "..H...C..H..", "0", ""
for value, mark in zip(values, marks):
    held = {"H": value, "C": "0", ".": held}[mark]
    answers += held
print("value   ", *(f"{value:^6}" for value in values))
print("mark    ", *(f"{dict(H='hold', C='clear').get(mark, ''):^6}" for mark in marks))
print("answer  ", *(f"{answer:^6}" for answer in answers))

# %% [markdown]
# One LSTM unit is to learn this, a single one. Guess before it does.

# %% jupyter={"source_hidden": true} cellView="form"
# Your guess
from utils.course import guess

guess("04.hold")

# %%
import numpy as np
import torch
from torch import nn

from utils import explorers
from utils.cells import initialize
from utils.course import exercise
from utils.data import tasks
from utils.probes import gate_trace

torch.set_num_threads(1)  # small matrices: a second thread only gets in the way

# %%
def learn(rnn, head, task, loss, rate=0.05, steps=400):
    """Train both on sequences of 20 steps, each of them new."""
    weights = [*rnn.parameters(), *head.parameters()]
    adam = torch.optim.Adam(weights, lr=rate)
    for _ in range(steps):
        x, y = task(64, 20)  # (B, T, inputs), and the right answers
        error = loss(head(rnn(x)[0]), y)
        adam.zero_grad()
        error.backward()
        nn.utils.clip_grad_norm_(weights, 1.0)
        adam.step()

def one_unit(task, seed, scale=1.0):
    """One LSTM unit, and a linear map from its h to the answer, that have learned the task."""
    for start in range(seed, seed + 7):
        torch.manual_seed(start)
        x, y = task(500, 20)  # to test it on: (B, T, inputs), (B, T)
        rnn, head = nn.LSTM(x.shape[-1], 1, batch_first=True), nn.Linear(1, 1)
        initialize.forget_bias_(rnn, 1.0)  # lesson 02
        learn(rnn, head, task, lambda answer, y: (answer[..., 0] - y / scale).square().mean())
        off = (scale * head(rnn(x)[0])[..., 0] - y).abs()  # (B, T)
        right = (off < 0.5).float().mean().item()
        if right > 0.97:  # else this start got stuck, and the next one is tried
            return rnn, head, right
    raise RuntimeError("None of seven starts learned the task: try another seed.")

latch, _, right = one_unit(tasks.latch, seed=2)

# %% [markdown]
# (A network of one unit has nothing to fall back on, and many a start gets stuck. Wide networks rarely show this.) `gate_trace` computes the unit's gates from the weights:
# a dictionary from each letter to (B, T, H).

# %%
x, y = tasks.latch(500, 20)  # new ones: (B, T, 3), (B, T)
trace = gate_trace(latch, x)[0]
hold, clear = x[..., 1] > 0, x[..., 2] > 0  # (B, T)
no_mark = ~(hold | clear)
no_mark[:, 0] = False  # before the first step there is nothing to keep

# %% jupyter={"source_hidden": true} cellView="form"
# Your guess, and what was measured
from utils import lesson, plots
from utils.course import claim

kinds = {"no mark": no_mark, "hold": hold, "clear": clear}
middle = {kind: {gate: trace[gate][at].median().item() for gate in "fi"} for kind, at in kinds.items()}
claim("One unit holds and clears: more than 97 % of its answers are right", right > 0.97, right)
claim("The median of f is above 0.8 without a mark and below 0.2 at both marks",
      middle["no mark"]["f"] > 0.8 and max(middle["hold"]["f"], middle["clear"]["f"]) < 0.2,
      {kind: gates["f"] for kind, gates in middle.items()})
claim("The median of i is above 0.3 at hold and below 0.1 without a mark", middle["hold"]["i"] > 0.3 and middle["no mark"]["i"] < 0.1,
      {kind: gates["i"] for kind, gates in middle.items()})
state = {gate: "open" if middle["hold"][gate] > 0.3 else "shut" for gate in "fi"}
guess("04.hold").reveal(f"f {state['f']}, i {state['i']}")

# %% [markdown]
# Play it. `+` and `-` are values without a mark, `A` is 1 with *hold*, `B` is −1 with *hold*, `0` is *clear* (its value is 1 too, and to be ignored).

# %%
symbols = {"+": (1, 0, 0), "-": (-1, 0, 0), "A": (1, 1, 0), "B": (-1, 1, 0), "0": (1, 0, 1)}  # value, hold, clear
tapes = {"hold, clear, hold": "+-+-A+--+-+-+0-+--+-+B+-", "hold one": "A-+--+-++-+--+-+-++--+-+"}
explorers.Tape(weights=latch.state_dict(), symbols=symbols, tapes=tapes, moment=24)

# %% [markdown]
# **Three things to try**
# 1. Step through `A`, `0` and `B`. What do the green gate, $f$, and the red one, $i$, do at each?
# 2. Choose *hold one* and shift the forget bias $b_f$ down. How far can it go until half of the value is gone at the end?
# 3. Shift it up by 4. Which tape shows that this is no gift?
#
# Nobody told the unit what a gate is for. Yet it found three cases of four. Lesson 02 wrote the memory in one line,
# $c_t = f_t\, c_{t-1} + i_t\, g_t$. Take each gate as a tap that is open or shut, and these are the four:
#
# | | $i$ shut | $i$ open |
# |---|---|---|
# | $f$ **open** | *keep*: $c$ stays | *add*: $c$ and the news |
# | $f$ **shut** | *clear*: $c$ is 0 | *replace*: $c$ is the news |
#
# (Its $i$ need not open all the way: what comes in only has to tell 1 from −1, and the linear map behind $h$ does the rest.)
#
# Is it always as clean as that? Here is a second unit, from another start. It has learned the same task as well. A dot is one step of 500 sequences that neither had seen.

# %%
second, _, right = one_unit(tasks.latch, seed=3)
traces = {"first start": trace, "second start": gate_trace(second, x)[0]}

# %% tags=["nbval-ignore-output"] jupyter={"source_hidden": true} cellView="form"
# Two units, one task
fig, axes = plots.figure(9, 4.6, nrows=2, ncols=3, sharex=True, sharey=True)
spread, told = np.random.default_rng(0), []
for row, (start, found) in zip(axes, traces.items()):
    shown = {"f": found["f"], "i": found["i"], "g": found["i"] * found["g"]}  # (B, T, 1) each
    for ax, (kind, at) in zip(row, kinds.items()):
        for place, (letter, values) in enumerate(shown.items()):
            values = values[at][:300, 0].numpy()
            ax.plot(place + spread.uniform(-0.3, 0.3, len(values)), values, ".", ms=3, alpha=0.5, color=plots.PALETTE[letter])
        ax.axhline(0, color="#888888", lw=1)
        ax.set(title=f"{start}: {kind}", xticks=range(3), xlim=(-0.5, 2.5), ylim=(-1.05, 1.05))
        ax.set_xticklabels(["$f$", "$i$", "$i\\,g$"])
        ax.grid(False, axis="x")
    ajar = no_mark & (shown["i"][..., 0] > 0.3)
    news = shown["g"].abs()[..., 0]  # (B, T)
    there = f", and there i g is {news[ajar].median():.3f} in size" if ajar.any() else ""
    told.append(f"{start}: at a hold mark i g is {news[hold].median():.2f} in size (medians); "
                f"of the steps without a mark, {(ajar.sum() / no_mark.sum()).item():.0%} have i above 0.3{there}")
lesson.show(fig, "Dots for f, i and i times g at steps without a mark, at hold and at clear marks, for two units. In both, f is near 1 without "
                "a mark and near 0 at a mark, and i times g is large at hold marks alone. The input gates of the two units differ.")
print(*told, sep="\n")
claim("The second unit too is right in more than 97 %", right > 0.97, right)

# %% [markdown]
# Two units, the same answers, and different input gates. In the second, many $i$ dots stand near 0.4 without a mark, and most $i\,g$ dots near 0: what comes in is the **product** $i\,g$, and with next to no
# news an open gate lets in next to nothing. A picture of $i$ alone would have made you believe in a visitor who never came.
#
# ## 2. Counting
# The fourth case is *add*. The next unit counts ticks, until a mark sets it back to 0. At half of the steps there is a tick.
# One expects: at a reset both gates shut; at a tick the same amount comes in each time; and in silence $f$ is open, quite open. For lesson 02 said what a leak does: with $f = 0.9$ half is [gone](https://gates-and-gradients.github.io/gates-and-gradients/notebooks/00_start_here.html#explorer=LeakyUnit&f=0.9)
# after $\ln 0.5 / \ln 0.9 = 6.6$ steps, and a counter that leaks is no counter.

# %%
counter, counter_head, right = one_unit(tasks.counting, seed=3, scale=10)  # it learns the count / 10

def silence(rnn, state=None, steps=20):
    """What the counter answers at each of so many silent steps, and its state after them."""
    h, state = rnn(torch.zeros(1, steps, 2), state)  # no tick, no reset
    return 10 * counter_head(h)[0, :, 0].detach(), state  # (T,)

six = torch.tensor([[[0.0, 1.0]] + 6 * [[1.0, 0.0]]])  # a reset, then six ticks: (B=1, T=7, 2)
_, counted = counter(six)
f = gate_trace(counter, torch.zeros(1, 1, 2), counted)[0]["f"].item()  # the silent step after them

# %% jupyter={"source_hidden": true} cellView="form"
# Measured
from utils.probes import half_life

claim("One unit counts: more than 97 % of its counts are right after rounding", right > 0.97, right)
claim("After six ticks, in silence, f is below 0.97, and by the formula half is gone within 23 steps", f < 0.97 and half_life(f) < 23,
      {"f": f, "half-life": half_life(f)})

# %% [markdown]
# Its forget gate leaks! So what is its count worth?

# %% jupyter={"source_hidden": true} cellView="form"
# Your guess
guess("04.silence")

# %% [markdown]
# Let it run. And then intervene: cut one wire, the one on which $h_{t-1}$ reaches the candidate $g_t$. It is the row of $U$ that belongs to $g$ (PyTorch stacks i, f, g, o).

# %%
kept, _ = silence(counter, counted)

cut = nn.LSTM(2, 1, batch_first=True)
cut.load_state_dict(counter.state_dict())
with torch.no_grad():
    cut.weight_hh_l0[2] = 0.0  # g no longer sees h
lost, _ = silence(cut, counted)

# %% jupyter={"source_hidden": true} cellView="form"
# Your guess, and what was measured
fig, ax = plots.figure(9, 3.1)
t = np.arange(0, 21)
begin = 10 * counter_head(counted[0]).item()
ax.plot(t, [begin, *kept], "o-", ms=4, color=plots.PALETTE["h"], label="the counter")
ax.plot(t, [begin, *lost], "o-", ms=4, color=plots.PALETTE["rnn"], label="the wire from $h$ to $g$ cut")
ax.plot(t, begin * f**t, ls="--", color=plots.PALETTE["theory"], label="what $f$ alone keeps, $f^{\\,k}$")
ax.set(xlabel="silent steps $k$ after six ticks", ylabel="its answer", xlim=(0, 20.3), ylim=(0, max(kept.max().item(), 6) + 1.5), xticks=range(0, 21, 5))
ax.legend(loc="center left", bbox_to_anchor=(1, 0.5), frameon=False)
lesson.show(fig, "The counter's answer over 20 silent steps after six ticks. It stays. With the wire from h to g cut it "
                "fades, and so does the curve of what f alone keeps.")
claim("After 20 silent steps more than two thirds of the count are there", kept[-1] > begin * 2 / 3, kept[-1])
claim("With the wire cut, less than half is left", lost[-1] < begin / 2, lost[-1])
guess("04.silence").reveal(kept[-1])

# %% [markdown]
# <!-- told: 04.silence -->
# The unit leaks and **refills itself**. $g_t$ sees $h_{t-1}$, and $h_{t-1}$ knows the count; so in silence the news *is* the memory. Whoever looks at $f$ alone says that this unit forgets.
# **A gate is a part of a circuit**: it says what it multiplies, not what the network remembers. The cut told the truth where the picture did not.
#
# See it at work: `!` is a tick, `0` a reset. In the silence, watch $i$ and $g$.

# %%
symbols = {"!": (1, 0), "0": (0, 1)}  # tick, reset
tapes = {"six ticks, silence": "0!!!!!!", "ticks and resets": "!!.!..!!0.!.!!!....0!!.!"}
explorers.Tape(weights=counter.state_dict(), symbols=symbols, tapes=tapes, moment=24)

# %% [markdown]
# ## 3. Eight units, and no mark
# Once more the task of lesson 01, shorter, with noise: name the *first* symbol, one of four, after 19 more that mean nothing. Eight units, and chrono's biases from lesson 02.
#
# The story that one would tell: $i$ opens for the first symbol and shuts behind it, $f$ keeps.

# %% jupyter={"source_hidden": true} cellView="form"
# Your guess
guess("04.textbook")

# %%
def first_of_four(batch, T):
    return tasks.first_element_recall(batch, T, classes=4, distractors=True)  # (B, T, 4), (B,)

for seed in range(4):  # until one start has learned it
    torch.manual_seed(seed)
    recall, head = initialize.chrono_(nn.LSTM(4, 8, batch_first=True), T_max=20), nn.Linear(8, 4)
    learn(recall, head, first_of_four, lambda scores, y: nn.functional.cross_entropy(scores[:, -1], y), rate=0.02)
    x, y = first_of_four(1000, 20)
    h = recall(x)[0][:, -1].detach()  # (B, H), at the question
    right = (head(h).argmax(1) == y).float().mean().item()
    if right > 0.95:
        break
trace = gate_trace(recall, x)[0]

# %% jupyter={"source_hidden": true} cellView="form"
# Your guess, and what was measured
fig, axes = plots.figure(9, 2.8, ncols=2, sharey=True)
medians = {gate: trace[gate].median(dim=0).values for gate in "fi"}  # (T, H) each
for ax, gate in zip(axes, "fi"):
    image = ax.imshow(medians[gate].T, vmin=0, vmax=1, cmap="Blues", aspect="auto", extent=(0.5, 20.5, 8.5, 0.5))
    ax.set(title=f"${gate}$, median over 1,000 sequences", xlabel="step t", xticks=(1, 5, 10, 15, 20), yticks=range(1, 9))
    ax.grid(False)
axes[0].set_ylabel("unit")
fig.colorbar(image, ax=axes, label="shut to open")
first, later = medians["i"][0], medians["i"][5:].median(0).values  # (H,), (H,)
textbook = int(((first > 0.7) & (later < 0.1)).sum())
paler = int((first > later + 0.1).sum())
lesson.show(fig, f"Two heat maps, 8 units by 20 steps. Several rows of f are dark throughout. In {paler} rows i is darker at step 1 than later; "
                f"{textbook} of them go from above 0.7 to below 0.1.")
open_f = int((medians["f"][5:].median(0).values > 0.95).sum())
claim("It names the first of 20 symbols in at least 95 % of the cases", right > 0.95, right)
claim("At least 2 of the 8 units keep: f is above 0.95 from step 6 on", open_f >= 2, open_f)
claim("At most 2 of the 8 tell the whole story: i above 0.7 at step 1 and below 0.1 from step 6 on", textbook <= 2, textbook)
guess("04.textbook").reveal(textbook)

# %% [markdown]
# <!-- told: 04.textbook -->
# Forget gates that keep, yes: dark rows on the left. On the right, a few rows pale after the first step, as the story has it. Others darken: most input gates stay ajar, or open, while 19 symbols of noise
# pass. By this picture the network should be lost. So look at what it holds: $c$ of every unit, in four colors, a color for each *first* symbol.

# %% jupyter={"source_hidden": true} cellView="form"
# What each unit holds
fig, axes = plots.figure(9, 3.9, nrows=2, ncols=4, sharex=True)
colors = [plots.PALETTE[name] for name in ("lstm", "h", "gru", "g")]
steps = np.arange(1, 21)
for unit, ax in enumerate(axes.flat):
    for symbol, color in enumerate(colors):
        c = trace["c"][y == symbol, :, unit].numpy()  # (about 250, T)
        low, high = np.quantile(c, (0.1, 0.9), axis=0)
        ax.fill_between(steps, low, high, color=color, alpha=0.2, lw=0)
        ax.plot(steps, np.median(c, axis=0), color=color, lw=1.8)
    ax.set(title=f"unit {unit + 1}", xticks=(1, 10, 20))
    ax.title.set_fontsize(10)
fig.supxlabel("step t", fontsize=10)
fig.supylabel("$c$: median, and 80 % of the sequences", fontsize=10)
lesson.show(fig, "Eight panels, one a unit: c over 20 steps, a line and a band for each first symbol. In most units the colors part "
                "at the first steps and then part further, up to the end.")

# %% [markdown]
# <!-- told: 04.textbook -->
# There is the memory. In most units the colors part at the first steps, and then, which is odd, they part *further*: something comes in at every step. The noise?

# %% jupyter={"source_hidden": true} cellView="form"
# Your guess
guess("04.news")

# %%
def explained(values, labels):
    """The share of the variance of the values (B, H) that their labels (B,) explain: 0 nothing, 1 everything."""
    means = torch.stack([values[labels == symbol].mean(0) for symbol in range(4)])  # (4, H)
    return means[labels].var(0) / values.var(0)  # (H,)

news, now = (trace["i"] * trace["g"])[:, 5:], x[:, 5:].argmax(-1)  # from step 6 on: (B, 15, H), (B, 15)
by_now = torch.stack([explained(news[:, t], now[:, t]) for t in range(15)]).mean(0)  # (H,)
by_first = torch.stack([explained(news[:, t], y) for t in range(15)]).mean(0)  # (H,)

# %% jupyter={"source_hidden": true} cellView="form"
# Your guess, and what was measured
fig, ax = plots.figure(9, 2.6)
units = np.arange(1, 9)
ax.bar(units - 0.2, by_first, 0.38, color=plots.PALETTE["c"], label="by the first symbol")
ax.bar(units + 0.2, by_now, 0.38, color=plots.PALETTE["x"], label="by the symbol of that step")
ax.set(xticks=units, xlabel="unit", ylim=(0, 1.02), ylabel="share of the variance")
ax.grid(False, axis="x")
ax.legend(loc="center left", bbox_to_anchor=(1, 0.5), frameon=False, title="what comes in, $i\\,g$,\nis explained")
lesson.show(fig, f"Of the variance of i times g from step 6 on, the first symbol explains {by_first.mean():.0%} on average over the units, "
                f"the symbol of the step itself {by_now.mean():.0%}.")
claim("On average over the units the first symbol explains more than 80 % of what comes in", by_first.mean() > 0.8, by_first.mean())
guess("04.news").reveal(100 * by_now.mean())

# %% [markdown]
# <!-- told: 04.news -->
# So the gates stand open, and, unit 7 apart, hardly any noise comes in. It is the memory, once more by way of $h$ and $g$, as in the counter: what a unit knows, it adds again at every step. The noise is kept out of
# the product $i\,g$.
#
# And which units does the network need? A picture cannot say. Hold some of them still, and ask.

# %% jupyter={"source_hidden": true} cellView="form"
# Your guess
guess("04.without")

# %%
def without(units):
    """How often the network is right when these units are held still, at their means, as the question comes."""
    held = h.clone()
    held[:, units] = h.mean(0)[units]
    return (head(held).argmax(1) == y).float().mean().item()

shares = [without(range(k)) for k in range(9)]  # none, unit 1, units 1 and 2, ...

# %% jupyter={"source_hidden": true} cellView="form"
# Your guess, and what was measured
fig, ax = plots.figure(6.5, 2.5)
ax.plot(range(9), shares, "o-", color=plots.PALETTE["lstm"])
ax.axhline(0.25, color="#888888", ls=":")
ax.text(0, 0.28, "guessing", fontsize=9, color="#555555")
ax.set(xlabel="units held still, from the first on", xticks=range(9), ylabel="right answers", ylim=(0, 1.05))
lesson.show(fig, "Share of right answers with 0 to 8 units held still: " + ", ".join(f"{share:.0%}" for share in shares) + ".")
enough = next(k for k, share in enumerate(shares) if share <= 0.9) - 1
claim("With all eight held still it guesses", shares[-1] < 0.35, shares[-1])
guess("04.without").reveal(enough)

# %% [markdown]
# <!-- told: 04.without -->
# The first four can go and nothing is lost: the others hold the symbol too. The clean picture of section 1 came from a task with marks and a network with one unit; do not expect it from hundreds. Lesson 07 opens a network that reads reviews.
#
# ## 4. Where the gates come from
# `gate_trace` is no magic, and you need no loop.
#
# ### Exercise 04.1 · The gates of nn.LSTM from its own weights
# *Medium, 10 minutes.* PyTorch returns no gates. But a gate reads $x_t$ and $h_{t-1}$ alone, and `nn.LSTM` returns $h$ at every step. So compute all gates of all steps at once. Given: `x` (T, in) and `h` (T, H), what the network
# read and what it returned for one sequence; `W_ih` (4H, in), `W_hh` (4H, H), `b_ih` and `b_hh` (4H,), whose four blocks stand in the order **i, f, g, o**. All are NumPy arrays. Before step 1, $h$ is 0.
# Return `f`, `i` and `o`, each (T, H), in this order.

# %%
def lstm_gates(x, h, W_ih, W_hh, b_ih, b_hh):
    raise NotImplementedError

# %%
exercise("04.1").check(lstm_gates)

# %% [markdown]
# And what do the gates of a **fresh** network do while a sine wave passes?

# %% jupyter={"source_hidden": true} cellView="form"
# Your guess
guess("04.wave")

# %%
torch.manual_seed(0)
wave = torch.sin(torch.linspace(0, 2 * torch.pi, 40))[None, :, None]  # (B=1, T, 1)
trace = gate_trace(nn.LSTM(1, 4, batch_first=True), wave)[0]

# %% jupyter={"source_hidden": true} cellView="form"
# Your guess, and what was measured
fig, axes = plots.figure(9, 2.4, ncols=3, sharey=True)
for ax, (gate, name) in zip(axes, {"f": "forget", "i": "input", "o": "output"}.items()):
    ax.plot(range(1, 41), wave[0, :, 0], color="#999999", lw=1)
    ax.text(14, 0.8, "input", color="#777777", fontsize=9)
    ax.plot(range(1, 41), trace[gate][0], color=plots.PALETTE[gate], lw=1.8)
    ax.set(title=f"${gate}$, {name} gates", xlabel="step t", ylim=(-1.05, 1.05))
lesson.show(fig, "A sine wave, gray, and the four forget, input and output gates of a fresh LSTM. They swing a little, and none comes near 0 or 1.")
f = trace["f"]
claim("All its forget gates stay between 0.2 and 0.8", 0.2 < f.min() and f.max() < 0.8, {"lowest": f.min(), "highest": f.max()})
guess("04.wave").reveal(f.max())

# %% [markdown]
# <!-- told: 04.wave -->
# Most of them swing, and nobody trained them. That a curve goes up and down says nothing before you know what it ought to do.

# %% [markdown]
# ## Quiz
# Five questions: choose a letter, with the mouse or with Tab and the space bar, and read what it says; the first choice counts.

# %% jupyter={"source_hidden": true} cellView="form"
# The quiz
from utils.course import quiz

quiz("04")

# %% [markdown]
# ## Take away
# 1. Keep, add, clear, replace: $f$ and $i$ span four cases, and a unit finds those that its task needs.
# 2. A gate is a part of a circuit. An open $i$ lets in nothing where $g$ is 0; a leaking $f$ is refilled through $h$; many units hold one thing.
# 3. Look, then intervene. A picture shows what is there. A cut shows what is needed.

# %% jupyter={"source_hidden": true} cellView="form"
# Your progress
from utils.course import progress

progress("04")

# %% [markdown]
# ## References
# - A. Karpathy, J. Johnson, L. Fei-Fei (2015). *Visualizing and understanding recurrent networks.* arXiv:1506.02078: gates in language models.
# - F. A. Gers, J. Schmidhuber (2001). *LSTM recurrent networks learn simple context-free and context-sensitive languages.* IEEE Transactions on Neural Networks 12(6): LSTMs that count.
# - G. Weiss, Y. Goldberg, E. Yahav (2018). *On the practical computational power of finite precision RNNs for language recognition.* ACL: why an LSTM can count and a GRU finds it hard.
#
# Next: [05 · Both directions](05_both_directions.ipynb). What a second reader, from the end, is good for.
