# %% [markdown]
# # 05 · Both directions
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/gates-and-gradients/gates-and-gradients/blob/main/notebooks/05_both_directions.ipynb)
#
# **The question.** *The old man* ... is *man* a noun? Read on: *The old man sleeps.* But also: *The old man the boats.* Some words are decided by
# what comes **after** them. What does a network gain by reading a sentence from both ends, and what does it pay?
#
# After this lesson you
# - can say exactly what each half of a bidirectional state has read, and know why `output[:, -1]` throws half of it away;
# - have seen a reader run into a limit that no size and no training can lift, and computed that limit beforehand;
# - can build a part-of-speech tagger for real sentences, and know when reading backward is forbidden.
#
# Time: 30 minutes, and up to 20 more for the two exercises. The machine needs half a minute. [Lesson 02](02_lstm_cell.ipynb) comes before it.
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
lesson.start("05")

# %%
import time
from collections import Counter

import numpy as np
import torch
from torch import nn

from utils import explorers, plots, probes
from utils.data import grammar, tagging, tasks
from utils.data import UPOS, Tagged, ud_english
from utils.course import exercise
from utils.course import claim
from utils.cells import reverse
from utils.models import Tagger, tagger
from utils.models.baselines import MostFrequent
from utils.data import Vocabulary
from utils.train import Trainer

COLORS = {"forward": plots.PALETTE["lstm"], "backward": plots.PALETTE["h"], "both": plots.PALETTE["gru"]}

# %% [markdown]
# **Predict first.** Two taggers give every word of English web texts its part of speech. One reads each sentence from left to right, the other one from right
# to left; neither sees the other side. Which of them will be right more often? Write `"forward"`, `"backward"` or `"equal"`; section 5 has the answer.

# %%
my_guess = "equal"

# %% [markdown]
# ## 1. Two readers
# Take two LSTMs with weights of their own. One starts at the first word, the other one at the last. Arrows say which is which:
#
# $$\overrightarrow{h}_t = \overrightarrow{\mathrm{LSTM}}(x_t, \overrightarrow{h}_{t-1}) \qquad
# \overleftarrow{h}_t = \overleftarrow{\mathrm{LSTM}}(x_t, \overleftarrow{h}_{t+1}) \qquad
# h_t = [\overrightarrow{h}_t,\ \overleftarrow{h}_t]$$
#
# At word $t$ their states are put side by side. That is a *bidirectional* network (Schuster and Paliwal 1997).

# %%
fig, ax = plots.figure(9, 2.8)
arrow = {"arrowstyle": "-|>", "lw": 1.8, "shrinkA": 13, "shrinkB": 13}
for t, word in enumerate("The old man the boats".split()):
    ax.text(t, 0, word, ha="center", va="center", fontsize=13)
    for half, y, step in (("forward", 1.2, -1), ("backward", -1.2, 1)):
        ax.plot(t, y, "o", ms=24, mfc="white", mec=COLORS[half], mew=2.2)
        ax.annotate("", (t, y), (t, 0), arrowprops=arrow | {"color": "#888888"})
        ax.annotate("", (t, y), (t + step, y), arrowprops=arrow | {"color": COLORS[half]})
ax.text(-1.15, 1.2, "forward", color=COLORS["forward"], ha="right", va="center", fontsize=12)
ax.text(5.15, -1.2, "backward", color=COLORS["backward"], va="center", fontsize=12)
ax.set(xlim=(-2, 6), ylim=(-1.8, 1.8))
ax.axis("off")
lesson.show(fig, "Five words in a row. Above them 5 forward states, each fed by its word and by the state to its left; "
                "below them 5 backward states, each fed by its word and by the state to its right.")

# %% [markdown]
# PyTorch has this as `bidirectional=True`. Is it really nothing but two networks? We take its weights apart: the backward ones carry the ending `_reverse`.
# The backward network gets the sentence turned round, and its states are turned round again.

# %%
T, n, H = 12, 8, 6
two_ways = nn.LSTM(n, H, batch_first=True, bidirectional=True, dtype=torch.float64)
halves = nn.ModuleList(nn.LSTM(n, H, batch_first=True, dtype=torch.float64) for _ in range(2))
for suffix, half in zip(("", "_reverse"), halves):
    half.load_state_dict({name: getattr(two_ways, name + suffix) for name in half.state_dict()})

x = torch.randn(3, T, n, dtype=torch.float64)  # (B, T, n)
output, (h_n, _) = two_ways(x)                 # (B, T, 2H), (2, B, H)
forward = halves[0](x)[0]                      # (B, T, H)
backward = reverse(halves[1](reverse(x))[0])   # (B, T, H)

claim("The first half of output is an LSTM that reads forward, within 1e-12", torch.allclose(output[..., :H], forward, atol=1e-12))
claim("The second half is an LSTM that reads the sentence turned round, within 1e-12", torch.allclose(output[..., H:], backward, atol=1e-12))

# %% [markdown]
# **How the halves are joined.** Side by side is the usual way (`concat`). Some libraries offer the sum as well, which is half as wide. A layer on top knows the difference:
# on the pair it computes $\overrightarrow{W}\,\overrightarrow{h}_t + \overleftarrow{W}\,\overleftarrow{h}_t$, on the sum $W(\overrightarrow{h}_t + \overleftarrow{h}_t)$.
# So the sum is the pair with both matrices forced to be the same one. That is not always a loss: in the table of the README the tagger that adds them is as good.

# %%
W = torch.randn(5, H, dtype=torch.float64)  # (tags, H)
pair, total = torch.cat([forward, backward], dim=-1), forward + backward  # (B, T, 2H), (B, T, H)
claim("W on the sum equals [W, W] on the pair, within 1e-12", torch.allclose(total @ W.T, pair @ torch.cat([W, W], dim=1).T, atol=1e-12))

# %% [markdown]
# ## 2. What has each half read?
# Ask the gradient. If $h_t$ does not depend on $x_s$, then $\partial h_t / \partial x_s$ is zero: not small, zero. `probes.sensitivity` takes the norm of that
# Jacobian for every pair of $t$ and $s$.

# %%
seen = probes.sensitivity(two_ways, x[0])  # (2, T, T): half, state t, word s
fig, axes = plots.figure(9, 3.7, ncols=2)
for ax, half, norms in zip(axes, ("forward", "backward"), seen):
    shown = ax.imshow(norms.where(norms > 0, torch.nan).log10(), cmap="viridis", vmin=-5, vmax=-0.5, extent=(0.5, T + 0.5, T + 0.5, 0.5))
    ax.set(title=f"{half} half", xlabel="word $s$", ylabel="state at word $t$", xticks=range(1, T + 1), yticks=range(1, T + 1))
    ax.grid(False)
fig.colorbar(shown, ax=axes, ticks=range(-5, 0), format="$10^{%d}$", label=r"norm of $\partial h_t\,/\,\partial x_s$")
lesson.show(fig, "Sensitivity of the state at word t to word s, 12 by 12. The forward half fills the triangle on and below the diagonal, "
                "the backward half that on and above it; the rest is exactly 0. Both fade with distance.")

# %%
claim("The forward half at t has read the words 1 to t and nothing later: those gradients are exactly 0",
      bool((seen[0].triu(1) == 0).all() and (seen[0] > 0).tril().equal(torch.ones(T, T).tril().bool())))
claim("The backward half at t has read the words t to T and nothing earlier: those gradients are exactly 0",
      bool((seen[1].tril(-1) == 0).all() and (seen[1] > 0).triu().equal(torch.ones(T, T).triu().bool())))

# %% [markdown]
# Only together do they know the whole sentence. And both *fade*: the gates of lesson 02 are at work in each direction. A far word on either side is known, but faintly.
#
# Now you. Three taggers that come with the course say what part of speech each word is, and how sure they are: one reads forward, one backward, one both ways. At each word
# they read what has come as if it were all. Press the triangle, or move the slider: what the newest word changed is framed.

# %%
explorers.TaggerLive()

# %% [markdown]
# **Three things to try.** Predict each before you press.
# 1. Go through the first sentence word by word. Which row never takes a tag back, and why can it not?
# 2. Choose *have*. At which word is each *have* settled, as a verb or an auxiliary, and in which rows?
# 3. *The old man the boats*: does any of them find the verb? (In all they learned from, *man* is a noun. To have read a word is not to know it.)
#
# One more prediction: in a network of **two** bidirectional layers, has the forward half of the second layer seen the future?

# %%
deep = nn.LSTM(n, H, num_layers=2, batch_first=True, bidirectional=True, dtype=torch.float64)
claim("In the second layer, the forward half at every t depends on every word", bool((probes.sensitivity(deep, x[0])[0] > 0).all()))

# %% [markdown]
# It has: it reads forward, but what it reads are the joined states of the layer below.
#
# ## 3. The last column
# To judge a whole sentence one wants *one* vector. Much code on the web takes the state at the last step, `output[:, -1]`. Forward, that is right: this state has
# read everything. Look at the last row of the right picture above.

# %%
last = seen[:, -1]  # (2, T): what the two halves of output[:, -1] have read
claim("output[:, -1]: its forward half depends on all 12 words", bool((last[0] > 0).all()))
claim("output[:, -1]: its backward half depends on the last word alone", last[1].nonzero().flatten().tolist() == [T - 1], last[1])
claim("The backward half of output at the FIRST step is complete, and it is h_n[1]",
      bool((seen[1, 0] > 0).all()) and torch.equal(output[:, 0, H:], h_n[1]))

# %% [markdown]
# What does that mistake cost? Show a network one symbol of ten, then 29 others that do not matter, and ask for the first one. Then a second task: ask for the last one.
# Two ways to make the summary vector, all else the same: `nn.LSTM(10, 16, bidirectional=True)` as it comes, 150 steps of training. Nothing but *where we read* differs.

# %%
def last_column(output):
    return output[:, -1]

def both_ends(output):
    H = output.shape[-1] // 2
    return torch.cat([output[:, -1, :H], output[:, 0, H:]], dim=-1)  # each half where it is complete

def learn(read, turned, seed, steps=150):
    torch.manual_seed(seed)
    lstm, head = nn.LSTM(10, 16, batch_first=True, bidirectional=True), nn.Linear(32, 10)
    adam = torch.optim.Adam([*lstm.parameters(), *head.parameters()], lr=1e-2)
    for batch in [32] * steps + [1000]:  # the last batch is the examination
        x, y = tasks.first_element_recall(batch, T=30, distractors=True)  # (B, 30, 10), (B,)
        scores = head(read(lstm(x.flip(1) if turned else x)[0]))  # (B, 10)
        right = (scores.argmax(1) == y).float().mean().item()
        adam.zero_grad()
        nn.functional.cross_entropy(scores, y).backward()
        adam.step()
    return right

# %%
torch.set_num_threads(1)  # matrices of 16 units are too small to share between processor cores
torch.set_flush_denormal(True)  # lesson 01: vanishing gradients would slow the processor down
found = {(read.__name__, where): [learn(read, where == "last", seed) for seed in range(3)]
         for read in (last_column, both_ends) for where in ("first", "last")}

fig, ax = plots.figure(9, 2.4)
for y, (place, results) in enumerate(found.items()):
    ax.barh(y, np.mean(results), color=COLORS["both" if place[0] == "both_ends" else "forward"])
ax.axvline(0.1, color="#888888", ls=":")
ax.set(xlim=(0, 1.02), xlabel="share of right answers, mean of 3 seeds (dotted: guessing)", yticks=range(4))
ax.set_yticklabels([f"{'output[:, -1]' if read == 'last_column' else 'both ends'}, asked for the {where}" for read, where in found])
ax.invert_yaxis()
lesson.show(fig, "Share of right answers. Asked for the last symbol, both ways of reading are right at 1.0. Asked for the first, "
                "output[:, -1] stays at guessing, 0.1, and both ends are right at 1.0.")

# %%
claim("Asked for the first of 30 symbols, output[:, -1] guesses: below 20 % in each of 3 runs", max(found["last_column", "first"]) < 0.2, found)
claim("Read at both ends, the same network is right in at least 99 % in each run", min(found["both_ends", "first"]) >= 0.99, found)
claim("Asked for the last symbol, both are right in at least 99 %", min(found["last_column", "last"] + found["both_ends", "last"]) >= 0.99, found)

# %% [markdown]
# Read at both ends, some word is always near. With `output[:, -1]` the backward network might as well not be there, and what is left is a forward LSTM that must carry the first symbol
# through 29 steps. The mistake raises no error, and where the end of a text decides, it does not even show. On padded batches it is worse: then the last column is padding.
#
# ### Exercise 05.2 · The summary vector of a sentence
# *Medium, 6 minutes.* (It comes before 05.1, because it belongs here.) `output` is (B, T, 2H), from a bidirectional LSTM that was told the true `lengths` (B,); behind each sentence stands padding.
# Return (B, 2H), one vector for each sentence: the forward state that has read all of it, then the backward state that has.

# %%
def summary(output, lengths):
    raise NotImplementedError

# %%
summary_exercise = exercise("05.2")
summary_exercise.check(summary)

# %% [markdown]
# Stuck? Take away a `#`.

# %%
# summary_exercise.hint()
# summary_exercise.solution()

# %% [markdown]
# ## 4. A limit that you can compute
# Here is a language of ten words. Its sentences are chains of pairs. In half of the pairs, the word that matters comes first and is told **after**: *ship is* (a noun), *ship them* (a verb).
# In the other half it is told **before**: *the walk* (a noun), *they walk* (a verb).

# %%
print("P(noun), told by the next word:      ", grammar.TOLD_AFTER)
print("P(noun), told by the word before it: ", grammar.TOLD_BEFORE)
ids, tags = grammar.sample(1, 12, torch.Generator().manual_seed(3))  # (1, 12), (1, 12)
for word, tag in zip(grammar.WORDS.decode(ids[0]), tags[0]):
    print(f"{word}/{grammar.TAGS[tag]}", end="  ")

# %% [markdown]
# A reader from left to right meets *guard*. The word that will tell is not there yet, and nothing before it helps, since pairs are drawn one by one. It can only bet: *guard* is a noun in 80 % of cases,
# so say noun, always, and be right in 80 %. No cleverness does better than $\max(p, 1-p)$. A quarter of all words is of this kind, all others can be known, so its limit is
#
# $$\text{limit} = \tfrac34 + \tfrac14 \cdot \text{mean of}\, \max(p, 1-p)$$
#
# **Predict:** work it out for the forward reader (the first row of numbers) before you run the cell.

# %%
def limit(p_noun):
    return 3 / 4 + np.mean([max(p, 1 - p) for p in p_noun.values()]) / 4

limits = {"forward": limit(grammar.TOLD_AFTER), "backward": limit(grammar.TOLD_BEFORE), "both": 1.0}
print({direction: f"{share:.1%}" for direction, share in limits.items()})

# %% [markdown]
# Do you believe it? Two checks. The first goes through **all** 1,728 sentences of six words. For each thing that a reader can have seen, it adds up the probability of every tag and takes the largest: the best that
# any function of the past, or of the future, can do. The second only counts, in 20,000 sentences, which tag each word has after the word before it (or before the one after it).

# %%
claim("Six words are three pairs: 1,728 sentences", len(list(grammar.pairs())) ** 3 == 1_728)
ids, tags = grammar.sample(20_000, 16, torch.Generator().manual_seed(1))  # (B, T), (B, T)
for direction, share in limits.items():
    exact, counted = grammar.limit_by_enumeration(direction, T=6), grammar.limit_by_counting(ids, tags, direction)
    claim(f"{direction}: the formula and all sentences agree within 1e-9", abs(exact - share) < 1e-9, exact)
    claim(f"{direction}: the formula and the counts agree within half a point", abs(counted - share) < 0.005, counted)

# %% [markdown]
# Now networks. The `Tagger` of this course is what section 1 drew: an embedding, one LSTM for each direction, a linear map from the state at each word to its tag. There is also a fourth one: a forward reader
# with four times as many units. **Predict:** will its size help?

# %%
def learn_grammar(directions, hidden=16, steps=150, wait=0):
    """A trained tagger, and its accuracy on new sentences; with `wait`, it answers so many words later."""
    torch.manual_seed(0)
    model = Tagger(len(grammar.WORDS), len(grammar.TAGS), embedding=16, hidden=hidden, directions=directions)
    adam = torch.optim.Adam(model.parameters(), lr=1e-2)
    for batch in [64] * steps + [4000]:
        ids, tags = grammar.sample(batch, T=16)  # (B, T), (B, T)
        scores = model(ids, torch.full((batch,), 16))[:, wait:]  # (B, T - wait, tags)
        goal = tags[:, : 16 - wait]
        right = (scores.argmax(-1) == goal).float().mean().item()
        adam.zero_grad()
        nn.functional.cross_entropy(scores.flatten(0, 1), goal.flatten()).backward()
        adam.step()
    return model, right

readers = {direction: learn_grammar(direction) for direction in limits}
_, wide = learn_grammar("forward", hidden=64)

# %%
fig, ax = plots.figure(9, 2.3)
reached = {direction: right for direction, (_, right) in readers.items()} | {"forward, 4 times the units": wide}
for y, (name, right) in enumerate(reached.items()):
    ax.plot(right, y, "o", ms=12, color=COLORS[name.split(",")[0]])
    ax.plot([limits[name.split(",")[0]]] * 2, [y - 0.45, y + 0.45], color=plots.PALETTE["text"], lw=2.5)
ax.set(yticks=range(4), xlim=(0.88, 1.005), ylim=(3.6, -0.6), xlabel="share of right tags (black: the computed limit)")
ax.set_yticklabels(reached)
lesson.show(fig, "Trained readers end at their computed limits: forward at 0.908, backward at 0.925, both at 1.0; a forward reader with "
                "4 times the units ends at 0.908 too.")

# %%
for direction, (_, right) in readers.items():
    claim(f"{direction}: the trained reader ends within one point of its limit, {limits[direction]:.1%}", abs(right - limits[direction]) < 0.01, right)
claim("Four times the units do not lift the forward reader above its limit by a point", wide < limits["forward"] + 0.01, wide)

# %% [markdown]
# They end at the limit, to within the luck of the draw. This is not a failure of training, and not one of memory either: the forward reader has used everything that it was given. What is missing has not been said yet.
#
# ## 5. Real words
# Does English have such words? The treebank EWT of Universal Dependencies holds sentences from the web, each word with one of 17 parts of speech. (Without it, the lesson takes 600 generated sentences and says so.)
# We look at **dev** here; **test** is kept for the one measurement in the README.

# %% tags=["nbval-ignore-output"]
bank = ud_english()
train = bank.train if bank.sample else Tagged(bank.train.words[::2], bank.train.tags[::2])  # half of it: nobody waits long
print(f"{len(train):,} sentences to learn from, {len(bank.dev):,} to look at, {sum(map(len, train.words)):,} words")
print(Counter(tag for tags in train.tags for tag in tags).most_common())

# %% [markdown]
# First the baseline without any context: each word gets the tag that it has most often in training. **Predict** its share of right answers, where blind guessing has 6 %.

# %% tags=["nbval-ignore-output"]
baseline = MostFrequent(train)
found = {"most frequent tag": baseline.tag(bank.dev.words)}
print(f"{tagger.accuracy(found['most frequent tag'], bank.dev):.1%} of the words of dev are right")

# %% [markdown]
# That is the floor. Whoever knows a word only as a number in a list, and looks at one at a time, can hardly do better. (Section 7 looks into the word.) Now three taggers that know no more than these
# numbers and differ in the direction. ("Both" has two LSTMs, so twice the recurrent weights; the README's table has a forward reader with as many, and it stays behind.)
# Some words of training are read as unknown on purpose (`word_dropout`), so that the network learns what to do with a word it never met.

# %%
vocabulary = Vocabulary.build(train.words)
claim("Among 17 parts of speech blind guessing is right in 6 %", (len(UPOS), round(100 / len(UPOS))) == (17, 6))

def train_tagger(directions, endings=0):
    torch.manual_seed(0)
    model = Tagger(len(vocabulary), len(UPOS), embedding=50, hidden=32, directions=directions, endings=endings,
                   dropout=0.3, word_dropout=0.1)
    epochs, batch_size = (12, 16) if bank.sample else (2, 32)
    Trainer(model, lr=1e-2, epochs=epochs, device="cpu").fit(
        tagging.batches(train, vocabulary, endings, batch_size, torch.Generator().manual_seed(0)),
        tagging.batches(bank.dev, vocabulary, endings, 64), progress=False)
    return model

# %% tags=["nbval-ignore-output"]
taggers = {direction: train_tagger(direction) for direction in ("forward", "backward", "both")}
found |= {direction: tagger.tag(model, vocabulary, bank.dev.words) for direction, model in taggers.items()}
accuracy = {name: tagger.accuracy(tags, bank.dev) for name, tags in found.items()}
for name, share in accuracy.items():
    print(f"{name:18} {share:.1%}")

# %% tags=["nbval-ignore-output"]
fig, ax = plots.figure(9, 2.2)
for name, share in accuracy.items():
    ax.plot(share, name, "o", ms=12, color=COLORS.get(name, "#777777"))
ax.set(xlim=(0.82, 1.005), ylim=(3.6, -0.6), xlabel="share of dev words with the right tag")
lesson.show(fig, "Right tags on dev: " + ", ".join(f"{name} {share:.1%}" for name, share in accuracy.items()) + ".")

# %%
claim("Reading both ways beats reading forward by at least one point", accuracy["both"] >= accuracy["forward"] + 0.01, accuracy)

# %% [markdown]
# Notice the forward reader beside the baseline: on the real treebank, after two short epochs, the past alone is worth hardly more than no context at all.
#
# And forward against backward? They are close, so look closer: at the words that training knows, and at those that it never met.

# %% tags=["nbval-ignore-output"]
known = {word for words in train.words for word in words}
unknown = sum(word not in known for words in bank.dev.words for word in words)
of_known = {name: tagger.accuracy(tags, bank.dev, lambda word: word in known) for name, tags in found.items()}
of_unknown = {name: tagger.accuracy(tags, bank.dev, lambda word: word not in known) for name, tags in found.items() if unknown}
print(f"{unknown:,} of the {sum(map(len, bank.dev.words)):,} words of dev are not in training")
print(f"You guessed: {my_guess}. Right among known words, and among unknown ones:")
for name in found:
    print(f"{name:18} {of_known[name]:.1%}  ", f"{of_unknown[name]:.1%}" if unknown else "(there are none)")

# %%
claim("Among the words that training knows, reading backward beats reading forward", of_known["backward"] > of_known["forward"], of_known)

# %% [markdown]
# Did you expect that? Words that one knows are *easier* to tag from right to left. The small words of English point ahead: *to*, *that*, *have*, *this* announce what follows, and what follows decides what they are.
# With a new word it is the other way round, on the real treebank: those small words stand in front of it and say what it will be.
#
# ## 6. The words that wait
# Which words gain from seeing the future? We count, for each word of dev, how often each reader tags it right, and sort by what "both" gets right and "forward" gets wrong.

# %% tags=["nbval-ignore-output"]
total, right = Counter(), {name: Counter() for name in found}
for words, tags, *answers in zip(bank.dev.words, bank.dev.tags, *found.values()):
    for t, word in enumerate(words):
        total[word.lower()] += 1
        for name, answer in zip(found, answers):
            right[name][word.lower()] += answer[t] == tags[t]

often = [word for word in total if total[word] >= (5 if bank.sample else 40)]
by_word = {name: {word: right[name][word] / total[word] for word in often} for name in found}
gain = {word: right["both"][word] - right["forward"][word] for word in often}
waiting = [word for word in sorted(often, key=gain.get, reverse=True)[:8] if gain[word] > 0]
print("word      times   forward  backward  both")
for word in waiting:
    print(f"{word:8} {total[word]:6}" + "".join(f"{by_word[name][word]:9.0%}" for name in taggers))

# %% tags=["nbval-ignore-output"]
fig, ax = plots.figure(9, 2.9)
for k, name in enumerate(taggers):
    ax.bar(np.arange(len(waiting)) + 0.27 * (k - 1), [by_word[name][word] for word in waiting], 0.25, color=COLORS[name], label=name)
ax.set(xticks=range(len(waiting)), ylim=(0, 1.02), ylabel="right on dev")
ax.set_xticklabels(waiting, fontsize=12)
ax.grid(False, axis="x")
fig.legend(loc="outside right upper", frameon=False)
lesson.show(fig, "The words that gain most from reading both ways; right forward and both: "
           + ", ".join(f"{word} {by_word['forward'][word]:.0%} and {by_word['both'][word]:.0%}" for word in waiting) + ".")

# %%
points = {word: by_word["both"][word] - by_word["forward"][word] for word in waiting}
claim("At least four frequent words gain 10 points or more from the future", sum(p >= 0.1 for p in points.values()) >= 4, points)

# %% [markdown]
# If you have the real treebank, read the list once more with examples of your own. *I have ...* a car (verb), slept (auxiliary). *To ...* sleep (particle), Rome (preposition). *This ...* is (pronoun), house (determiner).
# *As ...* a child (preposition), he said (conjunction). None of them can be known when it is read. (On the generated sample it is the same, by construction; its grammar has such words on purpose.)
#
# ## 7. Words that nobody has seen
# The baseline and our taggers share a weakness: they know a word only as a number in a list. What about a word that is not in the list?
# A reader of English would look at its ending: *-ing*, *-ly*, *-tion*, a capital. So we add to each word's vector the vectors of its last 1 to 4 letters, its first 1 to 3, and its capitals:

# %%
for word in ("quickly", "Nairobi"):
    print(word, tagging.parts(word, 5_000))  # rows of one table, found by a hash; some share a row by accident

# %% tags=["nbval-ignore-output"]
with_endings = train_tagger("both", endings=5_000)
found["both, endings"] = tagger.tag(with_endings, vocabulary, bank.dev.words)
accuracy["both, endings"] = tagger.accuracy(found["both, endings"], bank.dev)

if unknown:
    of_unknown["both, endings"] = tagger.accuracy(found["both, endings"], bank.dev, lambda word: word not in known)
for name in ("both", "both, endings"):
    print(f"{name:14} {accuracy[name]:.1%} of all words, ", f"{of_unknown[name]:.1%} of the unknown ones" if unknown else "none unknown")

# %% tags=["nbval-ignore-output"]
claim("With endings the tagger is at most half a point worse than without", accuracy["both, endings"] >= accuracy["both"] - 0.005, accuracy)
claim("On words that training does not know, endings bring at least 10 points",
      unknown and of_unknown["both, endings"] >= of_unknown["both"] + 0.1, of_unknown,
      unless=not unknown and "the sample has no such words")

# %% [markdown]
# On the real treebank that is more than the second direction brought. Better features are often worth more than a better reader, and here they add up. How far does it go with all sentences and four epochs?
# The README has the table, measured once on test with three seeds each, and `python -m benchmarks.tagger` makes it again.
#
# ### Exercise 05.1 · A tagger that reads one way or both
# *Medium, 12 minutes.* Write `WordTagger`: an embedding, `nn.LSTM`, a linear map; from `ids` (B, T) and `lengths` (B,) to logits (B, T, tags). `bidirectional` decides whether it reads one way or both. Padding (id 0) must not
# change what the words before it get. The check looks at what each word depends on, then trains your class on the grammar of section 4, which takes some seconds.

# %%
class WordTagger(nn.Module):
    def __init__(self, vocab_size, tags, hidden=32, bidirectional=True):
        raise NotImplementedError

    def forward(self, ids, lengths):
        raise NotImplementedError

# %%
tagger_exercise = exercise("05.1")
tagger_exercise.check(WordTagger)

# %%
# tagger_exercise.hint()
# tagger_exercise.solution()

# %% [markdown]
# Once it is correct, let it read the treebank, one way and both. Take away the `#` in front of these lines; they train for about half a minute.

# %%
# for bidirectional in (False, True):
#     mine = WordTagger(len(vocabulary), len(UPOS), bidirectional=bidirectional)
#     history = Trainer(mine, lr=1e-2, epochs=2, device="cpu").fit(
#         tagging.batches(train, vocabulary, batch_size=32, generator=torch.Generator().manual_seed(0)), tagging.batches(bank.dev, vocabulary))
#     print(bidirectional, f"{max(history.valid_accuracy):.1%} of dev")

# %% [markdown]
# ## 8. What it costs
# **Parameters.** Two networks instead of one, so exactly twice as many in the recurrent layer. A layer above reads a state of twice the width, so from the second layer on it is more than twice.

# %%
def parameters(**options):
    return sum(weight.numel() for weight in nn.LSTM(64, 64, **options).parameters())

claim("One layer: both directions have exactly 2 times the parameters", parameters(bidirectional=True) == 2 * parameters())
claim("Three layers: 2.7 times", round(parameters(num_layers=3, bidirectional=True) / parameters(num_layers=3), 1) == 2.7)

# %% [markdown]
# **Time.** Twice the steps; the two directions do not wait for each other, but on one core they take turns.

# %% tags=["nbval-ignore-output"]
x = torch.randn(32, 50, 64)  # (B, T, in)
seconds = {}
for bidirectional in (False, True):
    lstm, runs = nn.LSTM(64, 64, batch_first=True, bidirectional=bidirectional), []
    for _ in range(9):
        began = time.perf_counter()
        lstm(x)[0].sum().backward()
        runs.append(time.perf_counter() - began)
    seconds[bidirectional] = np.median(runs)
print(f"forward and backward pass: both directions take {seconds[True] / seconds[False]:.1f} times as long as one")

# %% [markdown]
# **The present.** This is the real price. The state at word $t$ depends on words that have not been said yet. So nothing can be told before the sentence is over, and a new word may change what was told already.
# Watch the two readers of section 4 as the sentence *they walk guard ...* grows by a fourth word:

# %%
words = grammar.WORDS.encode("they walk guard is".split()), grammar.WORDS.encode("they walk guard them".split())
ids = torch.tensor(words)  # (2, 4): alike up to the third word
for direction in ("forward", "both"):
    with torch.no_grad():
        scores = readers[direction][0](ids, torch.tensor([4, 4]))  # (2, 4, tags)
    told = [[grammar.TAGS[tag] for tag in row] for row in scores.argmax(-1).tolist()]
    print(f"{direction:8} they walk guard is   {told[0]}\n{'':8} they walk guard them {told[1]}")
    same = torch.equal(scores[0, :3], scores[1, :3])
    if direction == "forward":
        claim("forward: the fourth word leaves the scores of the first three as they were, bit for bit", same)
    else:
        claim("both: the fourth word changes what had been said about the third", not same and told[0][2] != told[1][2])

# %% [markdown]
# A network whose outputs never depend on later inputs is called *causal*. A causal reader can *stream*: keep its state, take one word, answer, forget the word. For the bidirectional one, every new word means reading the whole sentence again, backward.

# %%
model = readers["forward"][0]
ids, _ = grammar.sample(1, 16, torch.Generator().manual_seed(2))  # (1, 16)
state, streamed = None, []
with torch.no_grad():
    for t in range(16):
        h, state = model.forward_rnn(model.embedding(ids[:, t : t + 1]), state)  # (1, 1, H): one word at a time
        streamed.append(model.output(h))
    at_once = model(ids, torch.tensor([16]))  # (1, 16, tags)
claim("Word by word, with its state kept, the forward reader gives the scores of the whole sentence, within 1e-5",
      torch.allclose(torch.cat(streamed, dim=1), at_once, atol=1e-5))

# %% [markdown]
# So a live captioner, a keyboard that suggests the next word, or the language model of lesson 08 must read forward only. (A language model that saw the next word would not have to predict it.) Where the whole text is there, as with a review or a treebank, there is
# only the double cost that speaks against reading both ways.
#
# There is a middle way: **wait a little.** A forward reader that may answer one word late has seen the next word. **Predict** what that does to the limit of section 4.

# %%
_, one_late = learn_grammar("forward", wait=1)
claim("A forward reader that answers one word late gets at least 99 % of the grammar right", one_late >= 0.99, one_late)

# %% [markdown]
# One word of delay, one direction, and the limit is gone, because this grammar tells with the next word. Speech recognizers that run live do just this: they look ahead a fixed, short time, and choose how much delay they can bear.

# %% [markdown]
# ## Quiz
# Five questions: choose a letter, with the mouse or with Tab and the space bar, and read what it says; the first choice counts.

# %%
from utils.course import quiz

quiz("05")

# %% [markdown]
# ## Take away
# 1. At word $t$ the forward half has read the words 1 to $t$, the backward half the words $t$ to $T$. Each is complete at its own end: `output[:, -1, :H]` and `output[:, 0, H:]`.
# 2. What the future decides, no forward reader can know, whatever its size; a second direction, or a short wait, lifts the limit. In English it is the small words: *to*, *have*, *that*.
# 3. Both directions cost twice the parameters and time, and the present: nothing can be said before the end.
#
# ## References
# - M. Schuster, K. K. Paliwal (1997). *Bidirectional recurrent neural networks.* IEEE Transactions on Signal Processing 45(11): the idea, and the forward reader with a delay as its rival.
# - A. Graves, J. Schmidhuber (2005). *Framewise phoneme classification with bidirectional LSTM and other neural network architectures.* Neural Networks 18: the first BiLSTM, against delayed ones.
# - B. Plank, A. Søgaard, Y. Goldberg (2016). *Multilingual part-of-speech tagging with bidirectional long short-term memory models and auxiliary loss.* ACL: taggers from words and their letters.
# - N. Silveira and others (2014). *A gold standard dependency corpus for English.* LREC: the treebank.
#
# Next: [06 · Sentiment of film reviews](07_sentiment_classifier.ipynb). There both directions read a review, and a mean with learned weights collects what they saw at every word.
