# %% [markdown]
# # 08 · A language model and temperature
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/gates-and-gradients/gates-and-gradients/blob/main/notebooks/08_language_model.ipynb) [or as a web page, with nothing to install](https://gates-and-gradients.github.io/gates-and-gradients/notebooks/08_language_model.html)
#
# **The question.** A network has read Python's manual, letter by letter, and says how likely each letter is to come next. How good are its guesses?
# And how does a text come out of them: why is it dull at one setting and nonsense at another?
#
# After this lesson you
# - can measure a language model in bits per character, and set it beside counting and beside a compressor;
# - can train an LSTM on a text much longer than a batch, and say what is carried from batch to batch and what is cut;
# - know what temperature, top-k and top-p do to a distribution, and can write the loop that samples from it.
#
# Time: 17 minutes, and up to 22 more for the three exercises. The machine needs half a minute. [Lesson 02](02_lstm_cell.ipynb) comes before it.
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
# Here it is at work. Run the cell, then press ▶ below the sliders, and it goes on. The stronger the orange behind a character, the less likely it was when it was drawn. (The other controls wait for sections 5 and 7. A change holds for what is written from then on.)

# %%
explorers.Writer(written=120)

# %% [markdown]
# ## 1. What comes next?
# The text it learned from is one that every Python carries: its own reference manual. Four of its topics are held out. The network never sees them in training, and all numbers below are about them. Here is how they begin:

# %% tags=["nbval-ignore-output"]
import math

import torch
from torch import nn
from torch.nn.functional import cross_entropy

from utils.course import claim, exercise, guess
from utils.data import python_docs
from utils.models import Language, LanguageModel, Streams, load_language

torch.set_num_threads(1)  # small products are not worth sharing between cores
prose = python_docs()
print(f"{len(prose.train):,} characters to learn from, {len(prose.valid):,} held out\n")
print(prose.valid[:400])

# %% [markdown]
# After `keyword argu` you know the next letter. After `keyword ` you can name a few. A **language model** puts a number on this: for each character of its alphabet the
# probability that it comes next, given all that came before. Ours has 96 characters, those of a keyboard and the end of a line.

# %% jupyter={"source_hidden": true} cellView="form"
# Your guess
guess("08.bits")

# %% [markdown]
# ## 2. A number for a guess
# Let the model see a held-out text of $N$ characters $w_1 \dots w_N$, and ask it at each place for the probability of the one that did come. The mean surprise is the **cross-entropy**, here in bits per character:
#
# $$H = -\frac1N \sum_{t=1}^{N} \log_2 p(w_t \mid w_1 \dots w_{t-1}) \qquad\qquad \text{perplexity} = 2^H$$
#
# The perplexity reads as a number of choices: the model is as unsure as somebody who has to pick among $2^H$ characters that are equally likely.
# (Deep-learning libraries use natural logarithms; divide by $\ln 2$.) In code:

# %%
language = load_language()  # the network that ships with this course

@torch.inference_mode()
def surprise(text, model=language.model):
    """-log2 p of each character of a text but the first, in bits, (T,)."""
    ids = language.encode(text)
    logits, _ = model(ids[None, :-1])  # (1, T, V): a score for each of the V = 96 characters, at each place
    return cross_entropy(logits[0], ids[1:], reduction="none") / math.log(2)

# %% [markdown]
# A number alone says little. What does it cost *without* a network?
# - **Count characters** (unigram): how often is an `e`?
# - **Count what followed** (5-gram): after `argu` came `m` in so many cases. Contexts never seen fall back on shorter ones.
# - **Compress**: $H$ bits per character are what a file needs, so a good compressor is a language model. It packs the training text, and then both texts; how much longer does its file get?

# %% jupyter={"source_hidden": true} cellView="form"
# Your guess
guess("08.best")

# %% jupyter={"source_hidden": true} cellView="form"
# Your first guess, and what was measured
from utils import plots
from utils.models.baselines import NGram, compressed_bits

V = len(language.alphabet)
bits = {"uniform": math.log2(V)} | {f"{n}-gram": NGram(n, prose.train, language.alphabet).bits_per_character(prose.valid) for n in (1, 5)}
bits |= {name: compressed_bits(name, prose.train, prose.valid) for name in ("gzip", "xz", "bz2")}
bits["LSTM"] = surprise("\n" + prose.valid).mean().item()
guess("08.bits").reveal(bits["LSTM"])

# %% jupyter={"source_hidden": true} cellView="form"
# Your second guess
three = {"the table of counts": bits["5-gram"], "bz2": bits["bz2"], "the LSTM": bits["LSTM"]}
guess("08.best").reveal(min(three, key=three.get))

# %% jupyter={"source_hidden": true} cellView="form" tags=["nbval-ignore-output"]
# The drawing
fig, ax = plots.figure(height=2.5)
bars = ax.barh(list(bits), list(bits.values()), color=[plots.PALETTE["theory"]] * (len(bits) - 1) + [plots.PALETTE["lstm"]])
ax.bar_label(bars, [f"{each:.2f}   perplexity {2**each:.1f}" for each in bits.values()], padding=4)
ax.invert_yaxis()
ax.set(xlabel="bits per character on the held-out topics (less is better)", xlim=(0, 8.3))
lesson.show(fig, "Bits per character: " + ", ".join(f"{name} {each:.2f}" for name, each in bits.items()) + ".")

# %% jupyter={"source_hidden": true} cellView="form"
# What the bars say
claim("The alphabet has 96 characters", V == 96, V)
claim("Counting what followed four characters needs less than 2.7 bits", bits["5-gram"] < 2.7, bits["5-gram"])
claim("The LSTM needs less than the 5-gram, by more than 0.3 bits", bits["5-gram"] - bits["LSTM"] > 0.3, bits["5-gram"] - bits["LSTM"])
claim("bz2 needs less still, gzip more than the 5-gram", bits["bz2"] < bits["LSTM"] and bits["gzip"] > bits["5-gram"], {"bz2": bits["bz2"], "gzip": bits["gzip"]})

# %% [markdown]
# <!-- told: 08.best -->
# So look at the compressors before you praise the network. They have an advantage: they learn from the held-out text while they read it. Our network's weights are frozen; what it learns on the way has to fit into its state.
# The simple methods belong in the same table, as in lesson 07.
#
# Where do the network's bits go? Here is the beginning of a held-out sentence, letter by letter; first letters of words are orange.

# %% jupyter={"source_hidden": true} cellView="form" tags=["nbval-ignore-output"]
# The drawing
SENTENCE = "\nA call calls a callable object (e.g., a *function*) with a possibly empty"
each, names = surprise(SENTENCE), list(SENTENCE[1:].replace(" ", "␣"))
fig, ax = plots.figure(9.6, 2.5)
ax.grid(False, axis="x")
starts = [not (before.isalpha()) and name.isalpha() for before, name in zip(["␣", *names], names)]
ax.bar(range(len(names)), each, color=[plots.PALETTE["h" if start else "theory"] for start in starts])
ax.set_xticks(range(len(names)), names, family="DejaVu Sans Mono", fontsize=9)
ax.tick_params(axis="x", length=0)
ax.set(ylabel="bits", xlim=(-0.8, len(names) - 0.2))
lesson.show(fig, "The surprise at each letter of a sentence: high at the first letters of words, low inside them, and next to nothing where a word can only end in one way.")

# %% jupyter={"source_hidden": true} cellView="form"
# Measured on all that is held out
def place_in_word(text, t):
    """How many letters stand just before place t."""
    return 0 if not text[t - 1].isalpha() else 1 + place_in_word(text, t - 1)

read = "\n" + prose.valid
costs = [[], [], []]
for t, bit in enumerate(surprise(read).tolist(), start=1):
    if read[t].isalpha():
        costs[min(place_in_word(read, t), 2)].append(bit)
first, second, later = (sum(place) / len(place) for place in costs)
claim("The first letter of a word costs more than twice as many bits as the second, and that more than a later one",
      first > 2 * second > 2 * later, {"first": first, "second": second, "later": later})

# %% [markdown]
# On average a word's first letter costs most; the rest is spelling.
#
# ## 3. Training on a text longer than memory
# An embedding $E$ gives the character $w_t$ a vector, the LSTM of lesson 02 reads it, and a linear map, with a matrix $W$ and a bias $b$, makes a score for each character. The scores $z_t$ are called *logits*; $\mathrm{softmax}(z_t)$ is the distribution of $w_{t+1}$:
#
# $$x_t = E[w_t] \qquad (h_t, c_t) = \mathrm{LSTM}(x_t, h_{t-1}, c_{t-1}) \qquad z_t = W h_t + b$$
#
# To learn from the whole manual as one sequence, we would have to keep 300,000 steps in memory before the first update. To learn from snippets of 64, each from a state of zeros, the network
# could never learn what lies further back. **Truncated backpropagation through time** is the way between:
#
# - the text is cut into streams that are read side by side, the rows of a batch;
# - each batch is the next 64 characters of every stream;
# - the **state is carried** from batch to batch: its numbers go on;
# - the **gradient is cut** between batches: it does not go back.
#
# With two streams and three characters at a time, the alphabet looks like this:

# %%
for ids, _, _ in Streams(torch.arange(13), B=2, T=3):  # (lengths and targets are not needed here)
    print(["".join(chr(97 + i) for i in row) for row in ids.tolist()])

# %% [markdown]
# The first row goes on from `abc` to `def`, the second from `ghi` to `jkl`. Now the loop. The line that matters is `detach`:

# %%
def passes(model, streams, epochs):
    """Train, and wait after each pass over the text."""
    adam = torch.optim.AdamW(model.parameters())
    rate = torch.optim.lr_scheduler.OneCycleLR(adam, 0.01, total_steps=epochs * len(streams))
    yield 0
    for epoch in range(epochs):
        state = None
        for ids, _, target in streams:  # (B, T), their lengths, all T, and the ids one character later
            logits, state = model(ids, state)  # (B, T, V)
            state = tuple(s.detach() for s in state)  # h and c go on; no gradient comes back
            adam.zero_grad()
            cross_entropy(logits.transpose(1, 2), target).backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            adam.step()
            rate.step()
        yield epoch + 1

# %% jupyter={"source_hidden": true} cellView="form"
# Your guess
guess("08.two_passes")

# %% [markdown]
# Watch it learn to write: the same beginning, the same random numbers, after 0, 1 and 2 passes. (The learning rate rises and falls once on the way, as in lesson 07.)

# %% tags=["nbval-ignore-output"]
torch.manual_seed(0)
small = Language(LanguageModel(96, hidden=128), {"hidden": 128})
epochs = []
for done in passes(small.model, Streams(language.encode(prose.train), B=16, T=64), epochs=2):
    epochs.append(small.reader())  # a copy, for later
    needs = surprise("\n" + prose.valid, small.model).mean().item()
    print(f"after pass {done}: {needs:.2f} bits.  The " + small.write("The ", 120, temperature=0.7).replace("\n", " "))
guess("08.two_passes").reveal(needs)

# %% jupyter={"source_hidden": true} cellView="form"
# Measured
claim("After two passes the small network needs less than 3 bits, and more than the 5-gram", bits["5-gram"] < needs < 3, needs)

# %% [markdown]
# <!-- told: 08.two_passes -->
# First noise, then strings that look like words, then more and more real words. Counting is fast and good, and two passes do not overtake it. A network catches up with more passes and more units, since it can say that `print` and `input` are
# used alike, and a table of counts cannot.
#
# **Try it** with a text of your own in place of `prose.train`: `open("mine.txt", encoding="utf-8").read()`, if it is written in these 96 characters.
#
# ## 4. What is the carried state worth?
# The gradient sees 64 steps, the state sees all. Suppose now that we throw the state away as well, and read the text in snippets.

# %% jupyter={"source_hidden": true} cellView="form"
# Your guess
guess("08.thrown_away")

# %% jupyter={"source_hidden": true} cellView="form" tags=["nbval-ignore-output"]
# Measured
import numpy as np

text = language.encode(prose.valid)
windows = text[torch.arange(0, len(text) - 256, 64)[:, None] + torch.arange(257)]  # (about 540, 257)
with torch.inference_mode():
    losses = [cross_entropy(language.model(rows[:, :-1])[0].transpose(1, 2), rows[:, 1:], reduction="none") for rows in windows.split(64)]
by_place = torch.cat(losses).mean(0) / math.log(2)  # (256,): bits at each place after a state of zeros
edges = [0, 1, 2, 4, 8, 16, 32, 64, 128, 256]
groups = [by_place[a:b].mean().item() for a, b in zip(edges, edges[1:])]
fig, ax = plots.figure(height=2.4)
ax.plot(range(9), groups, "o-", color=plots.PALETTE["lstm"])
ax.set_xticks(range(9), ["1", "2", "3-4", "5-8", "9-16", "17-32", "33-64", "65-128", "129-256"])
ax.set(xlabel="characters read since the state was zero", ylabel="bits per character", ylim=(0, 5.2))
lesson.show(fig, "Bits per character fall steeply from the first character after a state of zeros to the 16th, and hardly beyond.")
guess("08.thrown_away").reveal(by_place[:64].mean().item() - bits["LSTM"])

# %% jupyter={"source_hidden": true} cellView="form"
# What the line says
claim("A state that has read 1 or 2 characters costs more than 1 bit over one that has read 64", min(groups[:2]) > groups[7] + 1,
      min(groups[:2]) - groups[7])
claim("After 16 characters it is within 0.1 bits of what it needs after 128", groups[5] - groups[8] < 0.1, groups[5] - groups[8])
claim("Beyond 64 characters another 0.1 bits are not to be had by this network", abs(groups[7] - groups[8]) < 0.1, groups[7] - groups[8])

# %% [markdown]
# <!-- told: 08.thrown_away -->
# The first characters after a state of zeros are read blindly; after 16 the network knows where it is, and gains next to nothing by what is far away. The cut does not forbid that, for the state's numbers go on. It has learned to use
# what is near: more than nine tenths of the gradient fall within the last 64 characters (measured in the [appendix](12_appendix.ipynb)).
#
# ## 5. Temperature
# We have a distribution. To write a text, draw a character from it, read that character, draw again. Before each draw we may bend the distribution. The **temperature** $T$ divides the logits:
#
# $$p_i(T) = \frac{e^{z_i/T}}{\sum_j e^{z_j/T}}$$
#
# Compare any other character $i$ with the most likely one, $m$: $\; p_i/p_m = e^{-(z_m - z_i)/T}$.
# - $T \to 0$: the exponent goes to $-\infty$. **All probability goes to the most likely.**
# - $T \to \infty$: the exponent goes to 0, the ratio to 1. **All characters become equally likely.**
#
# In between, the **entropy** $-\sum_i p_i \log_2 p_i$, the surprise to expect from a draw, never falls when the temperature rises: for the proof see the [appendix](12_appendix.ipynb). At $T = 1$ the distribution is what the model learned, unbent.

# %% jupyter={"source_hidden": true} cellView="form"
# Your guess
guess("08.heat")

# %%
explorers.Temperature()

# %% [markdown]
# **Three things to try**
# 1. Choose `An object of cl` and check your guess.
# 2. After `This is `, which temperature gives the entropy of a fair coin, 1 bit?
# 3. Make two texts equally uncertain by two temperatures. Which one needs more heat, and why?
#
# <details><summary>What you should have found</summary>
#
# 2: one far below 1, for the network is unsure here. 3: the text after which one character is far ahead: the temperature only divides its lead.
#
# </details>
#
# ## 6. The loop
# A text comes out one character at a time: give the model a character and the state, get scores, draw, go on. The state stands for all that came before, so a step reads **one** character, however long the text already is.
# A loop that forgets to carry the state has to read everything again at each step: $4 + 5 + \dots + 203$ characters for two hundred after `The `, more than 20,000. With the state it is 203.
#
# ### Exercise 08.1 · Sample fifty tokens at three temperatures
# *Medium, 9 minutes.* Write the loop yourself. `model(ids, state)` takes ids (1, 1) and gives logits (1, 1, V) and the new state; the first state is `None`. Begin with the token `first`, a whole number. (A *token* is what a model reads at one step, here a character.)
# Return the list of the `steps` tokens that you drew. Draw with `torch.multinomial(p, 1, generator=generator)`. Put the model into eval mode, and ask for no gradients.

# %%
def sample(model, first, steps, temperature, generator):
    raise NotImplementedError

# %%
exercise("08.1").check(sample)

# %% [markdown]
# When it is correct, take away the `#` and look at fifty characters each. What differs? The next exercise explains it.

# %%
# for T in (0.5, 1.0, 1.5):
#     tokens = sample(language.model, language.encode("c").item(), 50, T, torch.Generator().manual_seed(2))
#     print(f"T = {T}  {'c' + language.decode(torch.tensor(tokens))!r}")

# %% [markdown]
# ### Exercise 08.2 · What temperature does to a ratio
# *Easy, 5 minutes.* Why does the text change so? At temperature 1 character $a$ is `ratio` times as likely as character $b$. Write `ratio_at(ratio, temperature)`: how many times as likely is it at that temperature?
# Take the softmax formula of section 5 and see what cancels.

# %%
def ratio_at(ratio, temperature):
    raise NotImplementedError

# %%
exercise("08.2").check(ratio_at)

# %% [markdown]
# ## 7. Cutting the tail: top-k and top-p
# At temperature 1 each unlikely character is rarely drawn. But there are many of them, a text is long, and after one absurd character the network stands in a place where it has never been.
# Two remedies cut the tail before the draw, and scale what is left to sum to 1:
# - **top-k** keeps the $k$ most likely characters, always the same number;
# - **top-p** keeps the fewest of the most likely whose probabilities reach $p$ together: few where the model is sure, many where it is not.

# %% jupyter={"source_hidden": true} cellView="form"
# The drawing
def cut(text_so_far, **options):
    """The logits after a text, and the distribution as top_k or top_p leave it."""
    from utils.models.sampling import next_distribution

    z = language.logits(text_so_far)
    return z, next_distribution(z, **options)

places = {"sure: after 'keyword argu'": "keyword argu", "unsure: after 'In this case, '": "In this case, "}
ways = (("as it is", "theory", {}), ("top-k = 5", "c", {"top_k": 5}), ("top-p = 0.8", "h", {"top_p": 0.8}))
fig, axes = plots.figure(9, 3.2, ncols=2, sharey=True)
for ax, (title, text_so_far) in zip(axes, places.items()):
    for shift, (label, color, options) in enumerate(ways):
        z, p = cut(text_so_far, **options)
        order = z.argsort(descending=True)[:14]
        ax.bar(np.arange(14) + 0.27 * (shift - 1), p[order], 0.27, color=plots.PALETTE[color], label=label)
    ax.set_xticks(range(14), [explorers.page.name_of(language.alphabet[i]) for i in order.tolist()], family="DejaVu Sans Mono")
    ax.set_title(title)
axes[0].set_ylabel("probability")
axes[1].legend(frameon=False)
lesson.show(fig, "Two distributions over the next character, as they are and cut. Where the model is sure, top-p = 0.8 keeps one character; "
                 "where it is not, it keeps more than five, and top-k = 5 always keeps five.")

# %% jupyter={"source_hidden": true} cellView="form"
# Measured
sure, unsure = ((cut(text_so_far, top_p=0.8)[1] > 0).sum().item() for text_so_far in places.values())
claim("Top-p = 0.8 keeps one character where the model is sure, and at least six where it is not", sure == 1 and unsure >= 6, (sure, unsure))

# %% [markdown]
# They can be combined, and the order matters: here temperature comes first, then top-k, then top-p on what top-k left.
#
# ### Exercise 08.3 · Top-p by hand
# *Medium, 8 minutes.* Write `top_p_by_hand(p, top_p)` in NumPy. `p` is a distribution (V,). Keep the fewest of the likeliest whose sum reaches `top_p`, set the others to 0, and scale to sum 1.
# The result has the shape of `p`, every token in its own place.

# %%
def top_p_by_hand(p, top_p):
    raise NotImplementedError

# %%
exercise("08.3").check(top_p_by_hand)

# %% [markdown]
# Now all together. Start the writer, pause, move a slider, go on. Click a character, and blue shows which earlier ones moved its score $z$: the norm of the gradient
# $\partial z/\partial x_t$, sent back through time as in lesson 01. The list holds your own network too, after each pass.

# %%
explorers.Writer({"the shipped network": language} | {f"yours, after pass {done}": model for done, model in enumerate(epochs)})

# %% [markdown]
# **Four things to try**
# 1. Temperature 0.1, with other random seeds a few times. How different are the texts?
# 2. Temperature 1.5, and write on. Look at what follows a strong orange. Does the text recover?
# 3. Keep 1.5 and lower top-p to 0.8. Then try to reach the same with top-k.
# 4. Type `class Foo(` or your own name. The network knows one book; what does it make of it? Click the last letter of a long word: how far back does it look?
#
# ## 8. Why the most likely text is a bad text
# At low temperature you saw phrases come back. Take the limit, always the most likely character, and let it run. It ends in a circle:

# %% tags=["nbval-ignore-output"]
greedy = "The " + language.write("The ", 1000, top_k=1)
print(greedy[:200], "...", greedy[-100:])

# %% jupyter={"source_hidden": true} cellView="form"
# Your guess
guess("08.round")

# %% [markdown]
# **Why does it go round?** The next state depends on the state and the character, and without dice the character depends on the state. So a state that comes back, or nearly so, leads to the same character, and so on.

# %%
chances = 2 ** -surprise(greedy)  # the probability of each character that was taken

# %% jupyter={"source_hidden": true} cellView="form"
# Your guess, and what was measured
end = greedy[-500:]
claim("The last 500 characters are one phrase of 12, again and again", end[12:] == end[:-12], end[:12])
usual = chances[-480:].mean()
claim("In the circle the chosen character has 50 to 75 % on average, and sometimes less than 40 %", 0.5 < usual < 0.75 and chances[-480:].min() < 0.4,
      {"mean": usual, "least": chances[-480:].min()})
one_round = chances[-12:].prod().item()
claim("A whole round has less than 1 %", one_round < 0.01, f"{100 * one_round:.2g} %")
guess("08.round").reveal(100 * one_round)

# %% [markdown]
# <!-- told: 08.round -->
# The most likely is not the same as likely: over twelve characters, something else would have come in more than 99 of 100 cases. One throw of the dice, and the text has left the circle. How much heat does that take? Here is the share of all 12-character pieces that the text has held before:

# %% jupyter={"source_hidden": true} cellView="form" tags=["nbval-ignore-output"]
# The drawing
from utils.models.sampling import generate

def repeated(text, n=12):
    """The share of the places of `text` whose next n characters stood there before."""
    pieces = [text[t : t + n] for t in range(len(text) - n)]
    return 1 - len(set(pieces)) / len(pieces)

heat, texts = (0.1, 0.3, 0.5, 0.7, 1.0, 1.3), {}
for T in heat:
    ids = generate(language.model, language.encode("The ")[None].repeat(16, 1), 600, T, generator=torch.Generator().manual_seed(0))
    texts[T] = [language.decode(row) for row in ids]
share = [float(np.mean([repeated(one) for one in texts[T]])) for T in heat]
real = np.mean([repeated(prose.valid[s : s + 604]) for s in range(0, len(prose.valid) - 604, 2_000)])
fig, ax = plots.figure(height=2.5)
ax.plot(heat, share, "o-", color=plots.PALETTE["lstm"])
ax.axhline(real, color=plots.PALETTE["theory"], ls=":")
ax.annotate(f"the manual itself: {real:.2f}", (1.3, real), (0, 6), textcoords="offset points", ha="right")
ax.set(xlabel="temperature", ylabel="pieces seen before", ylim=(0, 1))
lesson.show(fig, f"The share of 12-character pieces that repeat falls from {share[0]:.2f} at temperature 0.1 to {share[-1]:.2f} at 1.3; in the manual it is {real:.2f}.")

# %% jupyter={"source_hidden": true} cellView="form"
# Measured
claim("Repetition at T = 0.1 is more than twice that at T = 0.7, and at T = 1.3 there is next to none",
      share[0] > 2 * share[3] and share[-1] < 0.02, {"0.1": share[0], "0.7": share[3], "1.3": share[-1]})
rare = (surprise(prose.valid) > math.log2(20)).float().mean()
claim("In the real manual, more than one character in ten is one to which the model gave less than 5 %", rare > 0.1, rare)

# %% [markdown]
# Is greedy just too short-sighted, and would a *search* for the most probable text find a good one? Beam search, which keeps the best few beginnings alive at once, finds one that costs 0.6 bits per character, where greedy's costs 0.9, and it repeats itself as well: see the [appendix](12_appendix.ipynb).
# That is no fault of the search. Toss a coin that shows heads in 60 %, a hundred times. The most probable single outcome is a hundred heads,
# and you would not believe it if you saw it: a *typical* outcome has about 60. A real text is typical too. It holds a surprise every few letters, because people write to say something that the reader does not know yet.
#
# That is what the temperature is for. At 1 the model's own mistakes show, in every tail it did not learn to be empty. A little below, or with top-p, most of them are gone and the surprises are still there.

# %% [markdown]
# ## Quiz
# Five questions: choose a letter, with the mouse or with Tab and the space bar, and read what it says; the first choice counts.

# %% jupyter={"source_hidden": true} cellView="form"
# The quiz
from utils.course import quiz

quiz("08")

# %% [markdown]
# ## Take away
# 1. Cross-entropy in bits per character measures a language model, and a table of counts and a compressor belong beside it.
# 2. Truncated backpropagation carries the state from batch to batch and cuts the gradient. In use, the same carried state makes each step cost one character.
# 3. Temperature divides the logits: towards 0 the most likely takes all, towards infinity all are alike. The most probable text is not a typical one, so we sample.

# %% jupyter={"source_hidden": true} cellView="form"
# Your progress
from utils.course import progress

progress("08")

# %% [markdown]
# ## References
# - C. E. Shannon (1951). *Prediction and entropy of printed English.* Bell System Technical Journal 30(1): the guessing game, played by people.
# - R. J. Williams, J. Peng (1990). *An efficient gradient-based algorithm for on-line training of recurrent network trajectories.* Neural Computation 2(4): truncated backpropagation through time.
# - I. H. Witten, T. C. Bell (1991). *The zero-frequency problem.* IEEE Transactions on Information Theory 37(4): how the 5-gram falls back on shorter contexts.
# - A. Graves (2013). *Generating sequences with recurrent neural networks.* arXiv:1308.0850.
# - A. Fan, M. Lewis, Y. Dauphin (2018). *Hierarchical neural story generation.* ACL: top-k.
# - A. Holtzman, J. Buys, L. Du, M. Forbes, Y. Choi (2020). *The curious case of neural text degeneration.* ICLR: top-p, and why the most likely text is a bad one.
#
# Next: [09 · Choosing](09_choosing.ipynb).
