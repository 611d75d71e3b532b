# %% [markdown]
# # 05 · Both directions
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/gates-and-gradients/gates-and-gradients/blob/main/notebooks/05_both_directions.ipynb) [or as a web page, with nothing to install](https://gates-and-gradients.github.io/gates-and-gradients/notebooks/05_both_directions.html)
#
# **The question.** *The old man* ... is *man* a noun? Read on: *The old man sleeps.* But also: *The old man the boats.* Some words are decided by
# what comes **after** them. What does a network gain by reading a sentence from both ends, and what does it pay?
#
# After this lesson you
# - can say what each half of a bidirectional state has read;
# - can compute how well a reader of each direction can do at best, before you train one;
# - can build a tagger that reads one way or both, and know when reading backward is forbidden.
#
# Time: 15 minutes, and up to 18 more for the two exercises. The machine needs half a minute. [Lesson 02](02_lstm_cell.ipynb) comes before it.
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

# %% [markdown]
# Three taggers say what part of speech each word is, and how sure they are. One reads forward, one backward, one both ways; they learned it from English web texts. **Press play**, or type a sentence
# of your own. At each word they read what has come so far, as if the sentence ended there. A tag that the newest word has changed is framed.

# %%
explorers.TaggerLive()

# %% [markdown]
# **Three things to try.** Predict each before you press.
# 1. Go through the first sentence word by word. The forward row never takes a tag back. Why can it not?
# 2. Choose *have*. At which word is each *have* settled, as a verb or an auxiliary, and in which rows?
# 3. *The old man the boats*: does any of them find the verb?
#
# <details><summary>What you should have found</summary>
#
# 1: its tag hangs on the words up to here, and those stay. 2: in the rows that read backward, at the word that follows; in the forward row at once, right or wrong. 3: no. In all that they learned from, *man* is a noun, and no direction helps with a use that was never learned.
#
# </details>
#
# And over thousands of sentences, who comes out ahead? Section 5 has the answer.

# %% jupyter={"source_hidden": true} cellView="form"
# Your guess
from utils.course import guess

guess("05.english")

# %% [markdown]
# ## 1. Two readers
# Take two LSTMs with weights of their own. One starts at the first word, the other one at the last. Arrows say which is which:
#
# $$\overrightarrow{h}_t = \overrightarrow{\mathrm{LSTM}}(x_t, \overrightarrow{h}_{t-1}) \qquad
# \overleftarrow{h}_t = \overleftarrow{\mathrm{LSTM}}(x_t, \overleftarrow{h}_{t+1}) \qquad
# h_t = [\overrightarrow{h}_t,\ \overleftarrow{h}_t]$$
#
# At word $t$ their states are put side by side. That is a *bidirectional* network (Schuster and Paliwal 1997).

# %% jupyter={"source_hidden": true} cellView="form"
# The drawing
from utils import lesson, plots

COLORS = {"forward": plots.PALETTE["lstm"], "backward": plots.PALETTE["h"], "both": plots.PALETTE["gru"]}
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
# PyTorch has this as `bidirectional=True`. Is it really nothing but two networks? Take its weights apart: the backward ones carry the ending `_reverse`.
# The backward network gets the sentence turned round, and its states are turned round again.

# %%
import numpy as np
import torch
from torch import nn

from utils.course import exercise
from utils.data import grammar, tasks
from utils.models import Tagger
from utils.probes import sensitivity

# %%
T, n, H = 12, 8, 6
two_ways = nn.LSTM(n, H, batch_first=True, bidirectional=True, dtype=torch.float64)
ahead, back = (nn.LSTM(n, H, batch_first=True, dtype=torch.float64) for _ in range(2))
ahead.load_state_dict({name: getattr(two_ways, name) for name in ahead.state_dict()})
back.load_state_dict({name: getattr(two_ways, name + "_reverse") for name in back.state_dict()})

x = torch.randn(3, T, n, dtype=torch.float64)    # (B, T, n)
output, (h_n, _) = two_ways(x)                   # (B, T, 2H), (2, B, H)
forward, backward = ahead(x)[0], back(x.flip(1))[0].flip(1)  # (B, T, H) each

# %% jupyter={"source_hidden": true} cellView="form"
# Measured
from utils.course import claim

gap = (output - torch.cat([forward, backward], dim=-1)).abs().max()
claim("The two networks side by side give the output of nn.LSTM: the largest difference is rounding", gap < 1e-12, gap, limit=1e-12)

# %% [markdown]
# (Sentences of different lengths are turned round each by itself: `utils.cells.reverse`. And some libraries add the two states instead, which takes less room; the [appendix](12_appendix.ipynb) says what that gives up.)
#
# ## 2. What has each half read?
# Ask the gradient. If $h_t$ does not depend on $x_s$, then $\partial h_t / \partial x_s$ is zero: not small, zero. `sensitivity` takes the norm of that
# Jacobian for every pair of $t$ and $s$.

# %%
seen = sensitivity(two_ways, x[0])  # (2, T, T): half, state t, word s

# %% jupyter={"source_hidden": true} cellView="form"
# Who has read what
fig, axes = plots.figure(9, 3.7, ncols=2)
for ax, half, norms in zip(axes, ("forward", "backward"), seen):
    shown = ax.imshow(norms.where(norms > 0, torch.nan).log10(), cmap="viridis", vmin=-5, vmax=-0.5, extent=(0.5, T + 0.5, T + 0.5, 0.5))
    ax.set(title=f"{half} half", xlabel="word $s$", ylabel="state at word $t$", xticks=range(1, T + 1), yticks=range(1, T + 1))
    ax.grid(False)
fig.colorbar(shown, ax=axes, ticks=range(-5, 0), format="$10^{%d}$", label=r"norm of $\partial h_t\,/\,\partial x_s$")
lesson.show(fig, "Sensitivity of the state at word t to word s, 12 by 12. The forward half fills the triangle on and below the diagonal, "
                "the backward half that on and above it; the rest is exactly 0. Both fade with distance.")
everything = torch.ones(T, T, dtype=torch.bool)
claim("The forward half at t has read the words 1 to t, the backward half the words t to T, and no other: there the gradient is exactly 0",
      torch.equal(seen[0] > 0, everything.tril()) and torch.equal(seen[1] > 0, everything.triu()))

# %% [markdown]
# Only together do they know the whole sentence. And both *fade*: the gates of lesson 02 are at work in each direction. A far word on either side is known, but faintly.
#
# (In a **second** bidirectional layer the forward half has seen the future as well. It reads forward, but what it reads are the joined states of the layer below. The appendix measures it.)
#
# ## 3. The last column
# To judge a whole sentence one wants *one* vector. Much code on the web takes the state at the last step, `output[:, -1]`. For a forward reader that is right: this state has
# read everything. And for two?

# %% jupyter={"source_hidden": true} cellView="form"
# Your guess
guess("05.last_column")

# %%
torch.set_num_threads(1)  # matrices of 16 units are too small to share between processor cores
torch.set_flush_denormal(True)  # lesson 01: vanishing gradients would slow the processor down

def last_column(output):
    return output[:, -1]

def both_ends(output):
    H = output.shape[-1] // 2
    return torch.cat([output[:, -1, :H], output[:, 0, H:]], dim=-1)  # (B, 2H)

def learn(read, asked, seed, steps=150):
    torch.manual_seed(seed)
    lstm, head = nn.LSTM(10, 16, batch_first=True, bidirectional=True), nn.Linear(32, 10)
    adam = torch.optim.Adam([*lstm.parameters(), *head.parameters()], lr=1e-2)
    for batch in [32] * steps + [1000]:  # the last batch is the examination
        x, y = tasks.first_element_recall(batch, T=30, distractors=True)  # (B, 30, 10), (B,)
        scores = head(read(lstm(x if asked == "first" else x.flip(1))[0]))  # (B, 10)
        right = (scores.argmax(1) == y).float().mean().item()
        adam.zero_grad()
        nn.functional.cross_entropy(scores, y).backward()
        adam.step()
    return right

results = {(read.__name__, asked): [learn(read, asked, seed) for seed in range(3)]
           for read in (last_column, both_ends) for asked in ("first", "last")}

# %% jupyter={"source_hidden": true} cellView="form"
# Your guess, and what was measured
fig, ax = plots.figure(9, 2.4)
for y, (place, shares) in enumerate(results.items()):
    ax.barh(y, np.mean(shares), color=COLORS["both" if place[0] == "both_ends" else "forward"])
ax.axvline(0.1, color="#888888", ls=":")
ax.set(xlim=(0, 1.02), xlabel="share of right answers, mean of 3 seeds (dotted: guessing)", yticks=range(4))
ax.set_yticklabels([f"{'output[:, -1]' if read == 'last_column' else 'both ends'}, asked for the {asked}" for read, asked in results])
ax.invert_yaxis()
means = {place: float(np.mean(shares)) for place, shares in results.items()}
lesson.show(fig, "Share of right answers. " + " ".join(f"{read.replace('_', ' ')}, asked for the {asked}: {share:.0%}." for (read, asked), share in means.items()))
claim("Asked for the first of 30 symbols, output[:, -1] is right in less than 20 % in each of 3 runs",
      max(results["last_column", "first"]) < 0.2, results["last_column", "first"])
claim("Read at both ends, the same network is right in at least 99 % in each run", min(results["both_ends", "first"]) >= 0.99, results["both_ends", "first"])
claim("Asked for the last symbol, both are right in at least 99 %", min(results["last_column", "last"] + results["both_ends", "last"]) >= 0.99)
guess("05.last_column").reveal(100 * means["last_column", "first"])

# %% [markdown]
# <!-- told: 05.last_column -->
# Look at the last row of the right picture in section 2: at the last word the backward reader has just begun, and knows that word alone. It might as well not be there, and what is left is a forward LSTM that must carry the first symbol
# through 29 steps. Both halves are complete somewhere, each at its own end: `output[:, -1, :H]` and `output[:, 0, H:]`. The mistake raises no error, and where the end of a text decides, it does not even show.
# On padded batches it is worse: then the last column is padding.
#
# ### Exercise 05.1 · The summary vector of a sentence
# *Medium, 6 minutes.* `output` is (B, T, 2H), from a bidirectional LSTM that was told the true `lengths` (B,); behind each sentence stands padding.
# Return (B, 2H), one vector for each sentence: the forward state that has read all of it, then the backward state that has.

# %%
def summary(output, lengths):
    raise NotImplementedError

# %%
exercise("05.1").check(summary)

# %% [markdown]
# ## 4. A limit that you can compute
# Here is a small language, invented so that everything about it is known: ten words, and sentences that are chains of pairs. In half of the pairs, the word that matters comes first and is told **after**: *ship is* (a noun), *ship them* (a verb).
# In the other half it is told **before**: *the walk* (a noun), *they walk* (a verb).

# %%
print("P(noun), told by the next word:      ", grammar.TOLD_AFTER)
print("P(noun), told by the word before it: ", grammar.TOLD_BEFORE)
ids, tags = grammar.sample(1, 12, torch.Generator().manual_seed(3))  # (1, 12), (1, 12)
for word, tag in zip(grammar.WORDS.decode(ids[0]), tags[0]):
    print(f"{word}/{grammar.TAGS[tag]}", end="  ")

# %% [markdown]
# A reader from left to right meets *guard*. The word that will tell is not there yet, and nothing before it helps, since pairs are drawn one by one. It can only bet: *guard* is a noun in 80 % of cases,
# so say noun, always, and be right in 80 %. No cleverness does better than $\max(p, 1-p)$, where $p$ is the probability of a noun. Work it out over all words:

# %% jupyter={"source_hidden": true} cellView="form"
# Your guess
guess("05.limit")

# %%
def limit(p_noun):
    """A quarter of all words waits for the next word; all others can be known."""
    return 3 / 4 + np.mean([max(p, 1 - p) for p in p_noun.values()]) / 4

limits = {"forward": limit(grammar.TOLD_AFTER), "backward": limit(grammar.TOLD_BEFORE), "both": 1.0}

# %% [markdown]
# Do you believe it? A cell below goes through **all** sentences of six words. For each thing that a reader can have seen, it adds up the probability of every tag and takes the largest: no
# function of the past, or of the future, does better. Then train networks. The `Tagger` of this course is what section 1 drew: an embedding, one LSTM for each direction, a linear map from
# the state at each word to its tag. A fourth one reads forward with four times as many units. Will its size help?

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

# %% jupyter={"source_hidden": true} cellView="form"
# Your guess, and what was measured
fig, ax = plots.figure(9, 2.3)
reached = {direction: right for direction, (_, right) in readers.items()} | {"forward, 4 times the units": wide}
for y, (name, right) in enumerate(reached.items()):
    ax.plot(right, y, "o", ms=12, color=COLORS[name.split(",")[0]])
    ax.plot([limits[name.split(",")[0]]] * 2, [y - 0.45, y + 0.45], color=plots.PALETTE["text"], lw=2.5)
ax.set(yticks=range(4), xlim=(0.88, 1.005), ylim=(3.6, -0.6), xlabel="share of right tags (black: the computed limit)")
ax.set_yticklabels(reached)
lesson.show(fig, "Right tags of trained readers, each beside its computed limit: "
            + "; ".join(f"{name} {right:.1%}" for name, right in reached.items()) + ".")
off = {direction: abs(grammar.limit_by_enumeration(direction, T=6) - share) for direction, share in limits.items()}
print("Computed limits: " + ", ".join(f"{direction} {share:.1%}" for direction, share in limits.items()))
claim("The formula is what all sentences of six words give, for each direction; the differences are rounding", max(off.values()) < 1e-9, off, limit=1e-9)
missed = {direction: abs(right - limits[direction]) for direction, (_, right) in readers.items()}
claim("Each trained reader ends within one point of its limit", max(missed.values()) < 0.01, missed, limit=0.01)
claim("Four times the units do not lift the forward reader above its limit by a point", wide < limits["forward"] + 0.01, wide)
guess("05.limit").reveal(100 * limits["forward"])

# %% [markdown]
# <!-- told: 05.limit -->
# They end at the limit, to within the luck of the draw. This is not a failure of training, and not one of memory either: the forward reader has used everything that it was given. What is missing has not been said yet.
#
# ## 5. Does English have such words?
# The treebank EWT of Universal Dependencies holds sentences from the web, each word with one of 17 parts of speech. An invented language cannot tell us about English, so what follows is *recorded*: measured once on the real
# treebank, by commands that the cells print. Now to your first guess. The three taggers of the explorer at the top, on sentences that they had not learned from:

# %% jupyter={"source_hidden": true} cellView="form"
# Your guess, and what was recorded
from utils.files import measured

words = measured("tagger_words")
known = {way: right["known"] for way, right in words["right"].items()}
unknown = {way: right["unknown"] for way, right in words["right"].items()}
print(f"Recorded by {words['command']}: right among {words['counts']['known']:,} known words")
for way, share in known.items():
    print(f"  {way:9} {share:.1%}")
claim("Recorded: among the words that training never met, the forward reader is ahead", unknown["forward"] > unknown["backward"],
      {"ahead by": unknown["forward"] - unknown["backward"], "words": words["counts"]["unknown"]})
guess("05.english").reveal(max(("forward", "backward"), key=known.get))

# %% [markdown]
# <!-- told: 05.english -->
# Words that one knows are *easier* from right to left, and new words the other way round: small words stand in front of them and say what they will be. Which words wait? Those on which the forward reader falls furthest behind the one that reads both ways:

# %% jupyter={"source_hidden": true} cellView="form"
# The words that wait
waiting = [one for one in words["words"] if one["both"] - one["forward"] >= 0.1]
fig, ax = plots.figure(9, 2.9)
for k, way in enumerate(COLORS):
    ax.bar(np.arange(len(waiting)) + 0.27 * (k - 1), [one[way] for one in waiting], 0.25, color=COLORS[way], label=way)
ax.set(xticks=range(len(waiting)), ylim=(0, 1.02), ylabel="recorded: share right")
ax.set_xticklabels([f"{one['word']}\n{one['times']} times" for one in waiting], fontsize=11)
ax.grid(False, axis="x")
fig.legend(loc="outside right upper", frameon=False)
lesson.show(fig, "Recorded: the words that gain most from reading both ways: "
            + ", ".join(f"{one['word']} by {100 * (one['both'] - one['forward']):.0f} points" for one in waiting) + ".")

# %% [markdown]
# *I have* ... a car (verb), seen it (auxiliary). *To* ... sleep (particle), Rome (preposition). *This* ... is (pronoun), house (determiner). *As* ... a child (preposition), he said (conjunction).
# None of them is certain when it is read. Type a few into the explorer.
#
# And what is a second direction worth, all words together? Begin with no context at all.

# %% jupyter={"source_hidden": true} cellView="form"
# Your guess
guess("05.baseline")

# %% [markdown]
# Now the taggers beside it. They know a word only by its place in a list, not by its letters. One of the forward readers has as many recurrent weights as the one that reads both ways.

# %% jupyter={"source_hidden": true} cellView="form"
# Your guess, and what was recorded
recorded = measured("tagger")
print(f"Recorded by {recorded['command']} on {recorded['machine']['processor']}, {recorded['machine']['cores']} cores: "
      f"{recorded['words']['train']:,} words to learn from, {recorded['words']['test']:,} to test on")
names = {"forward": "forward", "forward, wide": "forward, as many weights as both", "backward": "backward", "both": "both"}
baseline = recorded["most frequent tag"]["test"]["accuracy"]
runs = {words: [run["test"]["accuracy"] for run in recorded["recipes"][name]["runs"]] for name, words in names.items()}
fig, ax = plots.figure(9, 2.5)
ax.plot(baseline, 0, "o", ms=9, color="#777777")
for y, (name, shares) in enumerate(runs.items(), 1):
    ax.plot(shares, [y] * len(shares), "o", ms=9, alpha=0.6, color=COLORS[name.split(",")[0]])
ax.set(yticks=range(5), ylim=(4.6, -0.6), xlim=(0.855, 0.92), xlabel="recorded: share of right tags on test, a dot a seed")
ax.set_yticklabels(["most frequent tag", *runs])
lesson.show(fig, f"Recorded, right tags on test: most frequent tag {baseline:.1%}; "
            + "; ".join(f"{name} {min(shares):.1%} to {max(shares):.1%}" for name, shares in runs.items()) + ".")
lead = min(runs["both"]) - max(runs["forward, as many weights as both"] + runs["backward"])
claim("Recorded: the worst of 3 seeds backward is above the best of the forward readers, the large one too",
      min(runs["backward"]) > max(runs["forward"] + runs["forward, as many weights as both"]), {"backward": min(runs["backward"])})
claim("Recorded: the worst of 3 seeds both ways is more than 1.5 points above the best of all that read one way", lead > 0.015, lead)
guess("05.baseline").reveal(100 * baseline)

# %% [markdown]
# <!-- told: 05.baseline -->
# The baseline is the floor, and the past alone adds little. Reading backward alone adds more, with fewer weights than the large forward reader has. A second direction brings more than the same number of weights spent on the first one.
#
# **Words that nobody has seen.** These taggers are helpless before a word that is not in their list. A reader of English would look at its ending. So add to each word's vector the vectors of its last 1 to 4
# letters, its first 1 to 3, and its capitals, rows of one more table. (The taggers at the top do.)

# %% jupyter={"source_hidden": true} cellView="form"
# Your guess
guess("05.endings")

# %%
from utils.text import parts

quickly, slowly = parts("quickly", 5_000), parts("slowly", 5_000)  # rows of the table, found by a hash; some share one by accident
print(f"quickly has {len(quickly)} rows, slowly {len(slowly)}; both have {len(set(quickly) & set(slowly))}: -y, -ly, and that of no capitals")

# %% jupyter={"source_hidden": true} cellView="form"
# Your guess, and what was recorded
fig, ax = plots.figure(9, 2.0)
unknown = {}
for y, (way, color) in enumerate(COLORS.items()):
    without, with_endings = (recorded["recipes"][way + more]["median"]["test"]["unknown"] for more in ("", ", endings"))
    unknown[way] = without, with_endings
    ax.plot([without, with_endings], [y, y], "-", color=color, lw=2)
    ax.plot(without, y, "o", ms=9, mfc="white", mec=color, mew=2)
    ax.plot(with_endings, y, "o", ms=9, color=color)
ax.set(yticks=range(3), ylim=(2.6, -0.6), xlim=(0.25, 0.85), xlabel="recorded: right among the words that training never met (white: without endings)")
ax.set_yticklabels(COLORS)
lesson.show(fig, "Recorded, right tags among unknown words, without and with endings: "
            + "; ".join(f"{way} {without:.0%} and {more:.0%}" for way, (without, more) in unknown.items()) + ".")
claim("Recorded: endings bring more to unknown words than the second direction does",
      unknown["forward"][1] - unknown["forward"][0] > unknown["both"][0] - unknown["forward"][0],
      {"endings": unknown["forward"][1] - unknown["forward"][0], "direction": unknown["both"][0] - unknown["forward"][0]})
guess("05.endings").reveal(100 * unknown["both"][1])

# %% [markdown]
# <!-- told: 05.endings -->
# Better features are often worth more than a better reader: with endings, a second direction adds less to the new words.
#
# ### Exercise 05.2 · A tagger that reads one way or both
# *Medium, 12 minutes.* Write `WordTagger`: an embedding, `nn.LSTM`, a linear map; from `ids` (B, T) and `lengths` (B,) to logits, the scores before softmax, (B, T, tags). `bidirectional` decides whether it reads one way or both. Padding (id 0) must not
# change what the words before it get. The check looks at what each word depends on, then trains your class on the language of section 4, which takes some seconds.

# %%
class WordTagger(nn.Module):
    def __init__(self, vocab_size, tags, hidden=32, bidirectional=True):
        raise NotImplementedError

    def forward(self, ids, lengths):
        raise NotImplementedError

# %%
exercise("05.2").check(WordTagger)

# %% [markdown]
# Once it is correct, let it read the treebank, one way and both: take away the `#` in front of these lines; they train for about a minute. (Without the real treebank, `ud_english` says that it generated 600 sentences. Their grammar is invented as well, so
# they show that your tagger learns, and nothing about English.)

# %%
# from utils.data import UPOS, Vocabulary, tagging, ud_english
# from utils.train import Trainer
# bank = ud_english()
# vocabulary = Vocabulary.build(bank.train.words)
# for bidirectional in (False, True):
#     mine = WordTagger(len(vocabulary), len(UPOS), bidirectional=bidirectional)
#     history = Trainer(mine, lr=1e-2, epochs=2, device="cpu").fit(
#         tagging.batches(bank.train, vocabulary, generator=torch.Generator().manual_seed(0)), tagging.batches(bank.dev, vocabulary))
#     print(bidirectional, f"{max(history.valid_accuracy):.1%} of dev")

# %% [markdown]
# ## 6. What it costs
# **Parameters.** Two networks instead of one: exactly twice as many in the first layer. A layer above reads a state of twice the width, so there it is more than twice.

# %%
def parameters(**options):
    return sum(weight.numel() for weight in nn.LSTM(64, 64, **options).parameters())

for layers in (1, 3):
    times = parameters(num_layers=layers, bidirectional=True) / parameters(num_layers=layers)
    print(f"{layers} layer{'s' * (layers > 1)}: {times:.1f} times as many")

# %% [markdown]
# **Time.** Twice the steps; the two directions do not wait for each other, but on one core they take turns. Measured as the cell ran, one way and both by turns, so that a busy moment hits both:

# %% tags=["nbval-ignore-output"] jupyter={"source_hidden": true} cellView="form"
# Measured
import time

def seconds(lstm, x):
    began = time.perf_counter()
    lstm(x)[0].sum().backward()
    return time.perf_counter() - began

x = torch.randn(32, 50, 64)  # (B, T, in)
one, both = (nn.LSTM(64, 64, batch_first=True, bidirectional=two) for two in (False, True))
pairs = [(seconds(one, x), seconds(both, x)) for _ in range(15)][3:]  # the first ones warm up
ratios = sorted(b / a for a, b in pairs)
print(f"forward and backward pass: both directions take {np.median(ratios):.1f} times as long as one "
      f"(the middle half of {len(pairs)} pairs: {ratios[3]:.1f} to {ratios[8]:.1f})")

# %% [markdown]
# **The present.** This is the real price. The state at word $t$ depends on words that have not been said yet. So nothing is settled before the sentence is over: you saw the explorer take its tags back.
# A network whose outputs never depend on later inputs is called *causal*. A causal reader can *stream*: keep its state, take one word, answer, forget the word.

# %%
model = readers["forward"][0]
ids, _ = grammar.sample(1, 16, torch.Generator().manual_seed(2))  # (1, 16)
state, streamed = None, []
with torch.no_grad():
    for t in range(16):
        h, state = model.forward_rnn(model.embedding(ids[:, t : t + 1]), state)  # (1, 1, H): one word at a time
        streamed.append(model.output(h))
    at_once = model(ids, torch.tensor([16]))  # (1, 16, tags)

# %% jupyter={"source_hidden": true} cellView="form"
# Measured
gap = (torch.cat(streamed, dim=1) - at_once).abs().max()
claim("Word by word, with its state kept, the forward reader gives the scores of the whole sentence", gap < 1e-5, gap, limit=1e-5)

# %% [markdown]
# For the bidirectional one, every new word means reading the whole sentence again, backward. So a live captioner, a keyboard that suggests the next word, or the language model of lesson 08 must read forward only. (A language
# model that saw the next word would not have to predict it.) Where the whole text is there, as with a review, only the double cost speaks against reading both ways.
#
# Is there a middle way? Let the forward reader answer one word late.

# %% jupyter={"source_hidden": true} cellView="form"
# Your guess
guess("05.late")

# %%
_, one_late = learn_grammar("forward", wait=1)

# %% jupyter={"source_hidden": true} cellView="form"
# Your guess, and what was measured
claim("A forward reader that answers one word late gets at least 99 % of the small language right", one_late >= 0.99, one_late)
guess("05.late").reveal("nearly all" if one_late >= 0.98 else "some more" if one_late > limits["forward"] + 0.01 else "as many as before")

# %% [markdown]
# <!-- told: 05.late -->
# One word of delay, one direction, and the limit is gone, because this language tells with the next word. Many speech recognizers that run live do this: they look ahead a fixed, short time, and choose how much delay they can bear.

# %% [markdown]
# ## Quiz
# Five questions: choose a letter, with the mouse or with Tab and the space bar, and read what it says; the first choice counts.

# %% jupyter={"source_hidden": true} cellView="form"
# The quiz
from utils.course import quiz

quiz("05")

# %% [markdown]
# ## Take away
# 1. At word $t$ the forward half has read the words 1 to $t$, the backward half the words $t$ to $T$. Each is complete at its own end: `output[:, -1, :H]` and `output[:, 0, H:]`.
# 2. What the future decides, no forward reader can know, whatever its size; a second direction, or a short wait, lifts the limit. In English it is the small words: *as*, *have*, *this*, *to*.
# 3. Both directions cost at least twice the parameters, about twice the time, and the present: nothing is settled before the end.

# %% jupyter={"source_hidden": true} cellView="form"
# Your progress
from utils.course import progress

progress("05")

# %% [markdown]
# ## References
# - M. Schuster, K. K. Paliwal (1997). *Bidirectional recurrent neural networks.* IEEE Transactions on Signal Processing 45(11): the idea, and the forward reader with a delay as its rival.
# - A. Graves, J. Schmidhuber (2005). *Framewise phoneme classification with bidirectional LSTM and other neural network architectures.* Neural Networks 18: the first BiLSTM, against delayed ones.
# - B. Plank, A. Søgaard, Y. Goldberg (2016). *Multilingual part-of-speech tagging with bidirectional long short-term memory models and auxiliary loss.* ACL: taggers from words and their letters.
# - N. Silveira and others (2014). *A gold standard dependency corpus for English.* LREC: the treebank.
#
# Next: [06 · From reviews to batches](06_reviews_to_batches.ipynb). Before a network reads film reviews, they must become numbers.
