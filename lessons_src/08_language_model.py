# %% [markdown]
# # 08 · A language model and temperature
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/gates-and-gradients/gates-and-gradients/blob/main/notebooks/08_language_model.ipynb)
#
# **The question.** A network has read Python's manual, letter by letter, and says how likely each letter is to come next. How good are its guesses?
# And how does a text come out of them: why is it dull at one setting and nonsense at another?
#
# After this lesson you
# - can measure a language model in bits per character, and set it beside counting and beside a zip program;
# - can train an LSTM on a text much longer than a batch, and say what is carried from batch to batch and what is cut;
# - know what temperature, top-k and top-p do to a distribution, and can write the loop that samples from it.
#
# Time: 30 minutes, and up to 22 more for the three exercises. The machine needs half a minute. [Lesson 02](02_lstm_cell.ipynb) comes before it.
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

# %%
import inspect
import math
import time

import numpy as np
import torch

from utils import explorers, plots
from utils.data import python_docs
from utils.course import exercise
from utils.files import DATA
from utils.models import load_language
from utils.models import Carried, Streams
from utils.train.language_model import RECIPES, run
from utils.course import claim
from utils.models.baselines import NGram, compressed_bits
from utils.models.sampling import beam_search, choose, entropy, generate, next_distribution, stream

torch.set_num_threads(1)  # small products are not worth sharing between cores

# %% [markdown]
# ## 1. What comes next?
# The text is one that every Python carries: its own reference manual, some 300,000 characters. Four of its topics are held out. The network never sees them in training,
# and all numbers below are about them. Here is how they begin:

# %% tags=["nbval-ignore-output"]
prose = python_docs()
print(f"{len(prose.train):,} characters to learn from, {len(prose.valid):,} held out\n")
print(prose.valid[:400])

# %% [markdown]
# After `keyword argu` you know the next letter. After `keyword ` you can name a few. A **language model** puts a number on this: for each character of its alphabet the
# probability that it comes next, given all that came before. Ours has 96 characters, those of a keyboard and the end of a line.
#
# **Predict first.** If you know nothing, each character costs $\log_2 96 = 6.6$ bits, yes-or-no questions that have to be answered to find it. How many will a network need that has read
# the rest of the manual? Put your guess here.

# %%
my_guess = 4.0  # bits per character

# %% [markdown]
# ## 2. A number for a guess
# Let the model see a held-out text of $N$ characters $w_1 \dots w_N$, and ask it at each place for the probability of the one that did come. The mean surprise is the **cross-entropy**, here in bits per character:
#
# $$H = -\frac1N \sum_{t=1}^{N} \log_2 p(w_t \mid w_1 \dots w_{t-1}) \qquad\qquad \text{perplexity} = 2^H$$
#
# The perplexity reads as a number of choices: the model is as unsure as somebody who has to pick among $2^H$ characters that are equally likely.
# (Deep-learning libraries use natural logarithms; divide by $\ln 2 = 0.693$.) A uniform guess and a coin show that the formula does what it should:

# %%
V = len(load_language().alphabet)
bits = torch.nn.functional.cross_entropy(torch.zeros(1, V).double(), torch.zeros(1, dtype=torch.long)).item() / math.log(2)
claim("A uniform guess among our 96 costs 6.58 bits, and its perplexity is 96", V == 96 and round(bits, 2) == 6.58 and round(2**bits, 6) == V, (V, bits))

# %% [markdown]
# A number alone says little. What does it cost *without* a network? Three simple ways:
# - **count characters** (unigram): how often is an `e`?
# - **count what followed** (5-gram): after `argu` came `m` in so many cases. Contexts never seen fall back on shorter ones;
# - **a zip program**: a good compressor is a language model, since $H$ bits per character are what a file needs. We give it the training text, then ask how much longer its file gets by the held-out text.

# %%
counted = {f"{n}-gram": NGram(n, prose.train, load_language().alphabet).bits_per_character(prose.valid) for n in (1, 5)}
zipped = {name: compressed_bits(name, prose.train, prose.valid) for name in ("gzip", "xz", "bz2")}

# %% [markdown]
# And the network that ships with this course: a single LSTM with 256 units, trained for a few minutes on one core. Its weights are a file of 0.7 MB.

# %%
language = load_language()
claim("It has 256 units, and its file 0.7 MB",
      language.model.rnn.hidden_size == 256 and round((DATA / "language.safetensors").stat().st_size / 1e6, 1) == 0.7)
result = {"uniform": math.log2(96), **counted, **zipped, "LSTM": language.bits_per_character(prose.valid)}

# %% tags=["nbval-ignore-output"]
print(f"You guessed {my_guess} bits per character.\n")
print("           bits per character   perplexity")
for name, bits in result.items():
    print(f"{name:10}        {bits:5.2f}            {2**bits:5.1f}")

# %% tags=["nbval-ignore-output"]
fig, ax = plots.figure(height=2.4)
colors = [plots.PALETTE["theory"]] * (len(result) - 1) + [plots.PALETTE["lstm"]]
ax.barh(list(result), list(result.values()), color=colors)
ax.invert_yaxis()
ax.set(xlabel="bits per character on the held-out topics (less is better)", xlim=(0, 7))
lesson.show(fig, "Bits per character: " + ", ".join(f"{name} {bits:.2f}" for name, bits in result.items()) + ".")

# %%
claim("Counting characters brings 6.58 bits down to between 4 and 5", 4 < result["1-gram"] < 5, result)
claim("Counting what followed four characters needs less than 2.7 bits", result["5-gram"] < 2.7, result)
claim("The LSTM needs less than the 5-gram, by more than 0.3 bits", result["LSTM"] < result["5-gram"] - 0.3, result)

# %% [markdown]
# Read the zip programs again. Two of them come level with our network, bz2 a little below it, and gzip and bz2 are from the 1990s. They have an advantage: they learn from the held-out text while they read it, and a manual repeats itself.
# Our network's weights are frozen. What it learns on the way has to fit into its state. The rule of lesson 06 holds here too: put the simple method into the same table.
#
# ## 3. The network
# Three lines. An embedding gives the character $w_t$ a vector, the LSTM of lesson 02 reads it, a linear map makes a score for each of the 96 characters:
#
# $$x_t = E[w_t] \qquad (h_t, c_t) = \mathrm{LSTM}(x_t, h_{t-1}, c_{t-1}) \qquad z_t = V h_t + b$$
#
# The scores $z_t$ are called *logits*; $\mathrm{softmax}(z_t)$ is the distribution of $w_{t+1}$. So one pass over a text gives a prediction at every place.

# %%
ids = language.encode("keyword argu")[None]         # (B=1, T=12)
with torch.inference_mode():
    logits, (h, c) = language.model(ids)            # (1, 12, 96), and the state after the last, each (layers=1, B=1, H=256)
p = next_distribution(logits[0, -1])                # (96,)
print("logits", tuple(logits.shape), " h", tuple(h.shape))
claim("After 'keyword argu' the network gives m more than 99 %", p[language.encode("m")].item() > 0.99, p.max())

# %% [markdown]
# ## 4. Training on a text longer than memory
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
alphabet = torch.arange(13)
for batch, fresh, _ in Streams(alphabet, B=2, T=3):
    rows = ["".join(chr(97 + i) for i in row) for row in batch.tolist()]
    print(rows, "begins anew" if fresh.all() else "goes on")

# %% [markdown]
# The first row goes on from `abc` to `def`. The state is carried by a few lines around the model, and the one that matters is `detach`:

# %%
print(inspect.getsource(Carried.forward))

# %% [markdown]
# **What does the cut cost?** We ask the trained network: how strongly does the loss at character 256 pull at each input before it? Once with the gradient running freely, once cut every 64 characters.

# %%
text = language.encode(prose.valid)
starts = torch.linspace(0, len(text) - 257, 200).long()
windows = text[starts[:, None] + torch.arange(257)]                          # (B=200, 257)

def pull(cut):
    """The norm of dL / dx_t at each of 256 steps, L at the last one."""
    x = language.model.embedding(windows[:, :-1]).detach().requires_grad_()  # (B, 256, 64)
    state = None
    for piece in x.split(cut, dim=1):
        if state is not None:
            state = tuple(s.detach() for s in state)
        h, state = language.model.rnn(piece, state)                          # (B, cut, H)
    torch.nn.functional.cross_entropy(language.model.output(h[:, -1]), windows[:, -1]).backward()
    return x.grad.norm(dim=(0, 2))                                           # (256,)

free, cut = pull(256), pull(64)

# %%
back = np.arange(255, -1, -1)  # steps before the last
fig, ax = plots.figure(height=2.8)
ax.semilogy(back, free, color=plots.PALETTE["theory"], lw=1.5)
ax.semilogy(back[cut > 0], cut[cut > 0], color=plots.PALETTE["lstm"], lw=2.5)
ax.axvline(63.5, color=plots.PALETTE["rnn"], lw=1, ls=":")
ax.annotate("cut here", (63.5, free.max()), (6, -4), textcoords="offset points", color=plots.PALETTE["rnn"])
ax.set(xlabel="characters before the loss", ylabel="norm of $dL/dx_t$", xlim=(255, 0))
lesson.show(fig, "Pull of the loss at earlier characters: it falls by more than a factor of ten from the last character to the 64th before, and slowly beyond. "
                "With the cut it is the same for the last 64 characters, and zero before.")

# %%
claim("Within the last 64 characters the cut gradient is the free one", torch.allclose(cut[-64:], free[-64:], rtol=1e-3))
claim("Before them it is exactly zero", cut[:-64].max() == 0)
claim("The free gradient 64 characters back is less than a tenth of that at the last", free[-64] < 0.1 * free[-1], (free[-64], free[-1]))

# %% [markdown]
# So the cut takes away little, because most of the pull is near. But beware of the reading "the network cannot use what is more than 64 characters back". Nothing in the cut forbids it: the *numbers* of the state go on.
# Here is the trained network once more. It starts from a state of zeros somewhere in the held-out text; how good is it after so many characters?

# %%
starts = torch.arange(0, len(text) - 513, 64)
windows = text[starts[:, None] + torch.arange(513)]                           # (about 500, 513)
with torch.inference_mode():
    logits = torch.cat([language.model(rows)[0] for rows in windows[:, :-1].split(64)])  # (about 500, 512, 96)
    losses = torch.nn.functional.cross_entropy(logits.transpose(1, 2), windows[:, 1:], reduction="none") / math.log(2)
edges = [0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512]
by_distance = [losses[:, a:b].mean().item() for a, b in zip(edges, edges[1:])]

# %%
fig, ax = plots.figure(height=2.4)
ax.plot(range(10), by_distance, "o-", color=plots.PALETTE["lstm"])
ax.set_xticks(range(10), ["1", "2", "3-4", "5-8", "9-16", "17-32", "33-64", "65-128", "129-256", "257-512"])
ax.set(xlabel="characters read since the state was zero", ylabel="bits per character", ylim=(0, 5))
lesson.show(fig, "Bits per character fall from above 3 after one character to about 2 after 32, and hardly beyond.")

# %%
claim("A state that has read 1 or 2 characters costs more than 1 bit over one that has read 64", min(by_distance[:2]) > by_distance[7] + 1, by_distance)
claim("Beyond 64 characters another 0.2 bits are not to be had by this network", abs(by_distance[7] - by_distance[9]) < 0.2, by_distance)

# %% [markdown]
# So this network could look farther back than 64 characters, and gains next to nothing by it. The first characters are another matter: to throw the state away at every batch of 64 would make the network read its first characters blindly again and again, in training as in use.
#
# Now train one yourself. It is half as wide and stops after two passes; the loop is the `Trainer` of lesson 06, with AdamW, clipping and one cycle of the learning rate. **Predict:** will it beat the 5-gram?

# %% tags=["nbval-ignore-output"]
[small], trained = run(RECIPES["quick"], seeds=[0])
facts = trained["runs"][0]
print(f"{facts['cpu_seconds']:.0f} s; held-out bits per character after each pass: {facts['valid_bits_by_epoch']}")
print(f"the 5-gram, counted in a second: {result['5-gram']:.2f}")

# %%
claim("After two passes the small network needs less than 3.2 bits, and more than the 5-gram", result["5-gram"] < facts["bits_per_character"] < 3.2, facts["bits_per_character"])

# %% [markdown]
# It does not: counting is fast and good. A network catches up with more passes and more units, since it can say that `print` and `input` are used alike, and a table of counts cannot.
#
# ## 5. Temperature
# We have a distribution. To write a text, draw a character from it, read that character, draw again. Before each draw we may bend the distribution. The **temperature** $T$ divides the logits:
#
# $$p_i(T) = \frac{e^{z_i/T}}{\sum_j e^{z_j/T}}$$
#
# Two limits can be read off. Compare any character $i$ with the most likely one, $m$: $\; p_i/p_m = e^{-(z_m - z_i)/T}$.
# - $T \to 0$: the exponent of each $i$ with $z_i < z_m$ goes to $-\infty$, so its share goes to 0. **All probability goes to the most likely.**
# - $T \to \infty$: every exponent goes to 0, every ratio to 1. **All characters become equally likely.**
#
# And in between? The entropy $S = -\sum p_i \ln p_i$ has the derivative $\;dS/dT = \mathrm{Var}_p(z)/T^3$. A variance is never negative: **more temperature never means less entropy.**

# %%
z = language.logits("In this case, ").double()  # (96,)
cold, hot = next_distribution(z, 1e-3), next_distribution(z, 1e6)
claim("T = 0.001: the most likely character has it all", abs(cold.max().item() - 1) < 1e-9 and cold.argmax() == z.argmax())
claim("T = 1,000,000: each of the 96 has 1/96, within a part in ten thousand, and the entropy is log2 96",
      (hot * 96 - 1).abs().max() < 1e-4 and abs(entropy(hot).item() - math.log2(96)) < 1e-6)

T = torch.linspace(0.3, 3, 28, dtype=torch.float64).requires_grad_()
p = (z / T[:, None]).softmax(-1)                                          # (28, 96)
S = -(p * p.log()).sum(-1)                                                # (28,), in nats
slope = torch.autograd.grad(S.sum(), T)[0]
variance = (p * z**2).sum(-1) - (p * z).sum(-1) ** 2
claim("At 28 temperatures from 0.3 to 3 autograd finds dS/dT = Var(z) / T^3", torch.allclose(slope, variance / T**3, rtol=1e-6))

# %% [markdown]
# Move the temperature, and change the text that was read. Where the model is sure, it takes much heat to make it doubt.

# %%
explorers.Temperature()

# %% [markdown]
# **Three things to try**
# 1. After `An object of cl`, how hot must it be until the likeliest character has less than 50 %?
# 2. After `This is `, which temperature gives the entropy of a fair coin, 1 bit?
# 3. At which temperature does the model say what it learned?
#
# The answers:

# %%
def first_heat(text_so_far, reached):
    """The lowest temperature, in steps of 0.01, at which the distribution after the text satisfies `reached`."""
    z = language.logits(text_so_far)
    return next(T / 100 for T in range(1, 1000) if reached(next_distribution(z, T / 100)))

doubt, coin = first_heat("An object of cl", lambda p: p.max() < 0.5), first_heat("This is ", lambda p: entropy(p) > 1)
claim("After 'An object of cl' the likeliest has more than 50 % up to a temperature of about 2.9", abs(doubt - 2.9) < 0.1, doubt)
claim("After 'This is ' the entropy of a fair coin is reached at about 0.18", abs(coin - 0.18) < 0.03, coin)

# %% [markdown]
# And at $T = 1$ the distribution is the model's own: what it learned, unbent.
#
# ## 6. The loop
# A text comes out one character at a time: give the model a character and the state, get scores, draw, go on. The state holds all that came before, so a step reads **one** character, however long the text already is.
# A loop that forgets to carry the state has to read everything again at each step: for $n$ characters that is $1 + 2 + \dots + n$ of them. Both write the same text:

# %%
def reread(model, prompt, steps, generator):
    for _ in range(steps):
        logits, _ = model(prompt)                                  # (B, T, V): all over again
        token = choose(next_distribution(logits[:, -1]), generator)  # (B,): a draw
        prompt = torch.cat([prompt, token[:, None]], dim=1)
    return prompt

read, written, seconds = [], [], []
counter = language.model.register_forward_pre_hook(lambda module, given: read.append(given[0].shape[1]))
for write in (reread, generate):
    began = time.perf_counter()
    written.append(write(language.model, language.encode("The ")[None], 200, generator=torch.Generator().manual_seed(0)))
    seconds.append(time.perf_counter() - began)
counter.remove()
again, once = sum(read[:200]), sum(read[200:])

claim("To write 200 characters after 'The ', one loop read 20,700 characters and the other 203", (again, once) == (20_700, 203), (again, once))
claim("The two texts are the same, character by character", torch.equal(*written))

# %% tags=["nbval-ignore-output"]
print(f"again and again {seconds[0]:.2f} s, with the state carried {seconds[1]:.3f} s: {seconds[0] / seconds[1]:.0f} times as fast")

# %% [markdown]
# And the gap grows with the length. Two smaller savings are in `generate` as well. It runs in inference mode, so that torch keeps nothing for a backward pass. And it writes many texts at once: each step is
# then one large matrix product instead of many small ones. `stream` is the same loop as an iterator: each character as soon as it is known.

# %% tags=["nbval-ignore-output"]
print("A function ", end="")
for token in stream(language.model, language.encode("A function ")[None], 120, temperature=0.5, generator=torch.Generator().manual_seed(1)):
    print(language.decode(token), end="")

# %% [markdown]
# ### Exercise 08.1 · Sample fifty tokens at three temperatures
# *Medium, 9 minutes.* Write the loop yourself. `model(ids, state)` takes ids (1, 1) and gives logits (1, 1, V) and the new state; the first state is `None`. Begin with the token `first`, a whole number.
# Return the list of the `steps` tokens that you drew. Draw with `torch.multinomial(p, 1, generator=generator)`. Put the model into eval mode, and ask for no gradients.

# %%
def sample(model, first, steps, temperature, generator):
    raise NotImplementedError

# %%
sample_exercise = exercise("08.1")
sample_exercise.check(sample)

# %% [markdown]
# Stuck? Take away a `#`.

# %%
# sample_exercise.hint()
# sample_exercise.solution()

# %% [markdown]
# When it is correct, take away the `#` and look at fifty characters each. What differs? The next exercise explains it.

# %%
# for T in (0.5, 1.0, 1.5):
#     tokens = sample(language.model, language.encode("T").item(), 50, T, torch.Generator().manual_seed(0))
#     print(f"T = {T}  {'T' + language.decode(torch.tensor(tokens))!r}")

# %% [markdown]
# ### Exercise 08.2 · What temperature does to a ratio
# *Easy, 5 minutes.* Why does the text change so? At temperature 1 character $a$ is `ratio` times as likely as character $b$. Write `ratio_at(ratio, temperature)`: how many times as likely is it at that temperature?
# Take the softmax formula of section 5 and see what cancels.

# %%
def ratio_at(ratio, temperature):
    raise NotImplementedError

# %%
ratio_exercise = exercise("08.2")
ratio_exercise.check(ratio_at)

# %%
# ratio_exercise.hint()
# ratio_exercise.solution()

# %% [markdown]
# ## 7. Cutting the tail: top-k and top-p
# At temperature 1 each unlikely character is rarely drawn. But there are many of them, a text is long, and after one absurd character the network stands in a place where it has never been.
# Two remedies cut the tail before the draw, and scale what is left to sum to 1:
# - **top-k** keeps the $k$ most likely characters, always the same number;
# - **top-p** keeps the fewest of the most likely whose probabilities reach $p$ together: few where the model is sure, many where it is not.

# %%
places = {"sure: after 'keyword argu'": "keyword argu", "unsure: after 'In this case, '": "In this case, "}
fig, axes = plots.figure(9, 3.4, ncols=2, sharey=True)
for ax, (title, text_so_far) in zip(axes, places.items()):
    z = language.logits(text_so_far)
    order = z.argsort(descending=True)[:14]
    for shift, (label, color, options) in enumerate((("as it is", "theory", {}), ("top-k = 5", "c", {"top_k": 5}), ("top-p = 0.8", "h", {"top_p": 0.8}))):
        ax.bar(np.arange(14) + 0.27 * (shift - 1), next_distribution(z, **options)[order], 0.27, color=plots.PALETTE[color], label=label)
    ax.set_xticks(range(14), [explorers.page.name_of(language.alphabet[i]) for i in order.tolist()], family="DejaVu Sans Mono")
    ax.set_title(title)
axes[1].legend(frameon=False)
lesson.show(fig, "Two distributions over the next character, as they are and cut. Where the model is sure, top-p = 0.8 keeps one character; "
                "where it is not, it keeps more than five, and top-k = 5 always keeps five.")

# %%
sure, unsure = (next_distribution(language.logits(text_so_far), top_p=0.8) for text_so_far in places.values())
claim("Top-p = 0.8 keeps one character where the model is sure, and at least six where it is not",
      (sure > 0).sum() == 1 and (unsure > 0).sum() >= 6, ((sure > 0).sum(), (unsure > 0).sum()))

# %% [markdown]
# Temperature and the two can be combined. The order matters: here temperature comes first, then top-k, then top-p on what top-k left.
#
# ### Exercise 08.3 · Top-p by hand
# *Medium, 8 minutes.* Write `top_p_by_hand(p, top_p)` in NumPy. `p` is a distribution (V,). Keep the fewest of the likeliest whose sum reaches `top_p`, set the others to 0, and scale to sum 1.
# The result has the shape of `p`, every token in its own place.

# %%
def top_p_by_hand(p, top_p):
    raise NotImplementedError

# %%
top_p_exercise = exercise("08.3")
top_p_exercise.check(top_p_by_hand)

# %%
# top_p_exercise.hint()
# top_p_exercise.solution()

# %% [markdown]
# Now all together, on a text that is written while you watch. Press **write**, pause, and move a slider: it holds for what is written from then on. The stronger the orange behind a character, the less likely it was when it was drawn.
# Click one, and blue shows which earlier ones moved its score $z$: the norm of the gradient $\partial z/\partial x_t$, sent back through time as in lesson 01. In the list is your own network too, untrained and after each pass over the manual.

# %%
explorers.Writer({"the shipped network": language} | {f"yours, after pass {n}": model for n, model in enumerate(small.epochs)})

# %% [markdown]
# **Four things to try**
# 1. Temperature 0.1, then throw the dice a few times. How different are the texts?
# 2. Temperature 1.5, and write on. Look at what follows a strong orange. Does the text recover?
# 3. Keep 1.5 and lower top-p to 0.8. Then try to reach the same with top-k.
# 4. Type `class Foo(` or your own name. The network knows one book; what does it make of it? Click the last letter of a long word: how far back does it look?
#
# ## 8. Why the most likely text is a bad text
# At low temperature you saw phrases come back. Take the limit, always the most likely character, and let it run:

# %%
def repeated(text, n=12):
    """The share of the places of `text` whose next n characters stood there before."""
    pieces = [text[t : t + n] for t in range(len(text) - n)]
    return 1 - len(set(pieces)) / len(pieces)

# %% tags=["nbval-ignore-output"]
greedy = generate(language.model, language.encode("The ")[None], 1_000, top_k=1)[0]
print(language.decode(greedy[:300]))

# %%
end = language.decode(greedy)[-500:]
claim("It has settled: its last 500 characters are one phrase of 12 characters, again and again", end[12:] == end[:-12], end)

logits = language.model(greedy[None, :-1])[0][0].detach()                              # (1003, 96)
chosen = next_distribution(logits).gather(1, greedy[1:, None])[:, 0]                   # (1003,): the probability of what was taken
claim("Yet the model is not convinced: in the loop it gives the chosen character 50 to 75 % on average", 0.5 < chosen[-480:].mean() < 0.75, chosen[-480:].mean())
claim("A whole round of 12 characters has by its own account a probability below 1 %", chosen[-12:].prod() < 0.01, chosen[-12:].prod())

# %% [markdown]
# **Why does it repeat?** The next state depends on the state and the character, and without dice the character depends on the state. So a state that comes back, or nearly so, leads to the same character, and round it goes.
# The most likely is not the same as likely: over twelve characters, something else would have come in more than 99 of 100 cases. One throw of the dice, and the text has left the loop. How much heat does that take?

# %%
heat = (0.1, 0.3, 0.5, 0.7, 1.0, 1.3)
texts = {}
for T in heat:
    ids = generate(language.model, language.encode("The ")[None].repeat(16, 1), 600, T, generator=torch.Generator().manual_seed(0))  # (16, 604)
    texts[T] = [language.decode(row) for row in ids]
share = [np.mean([repeated(one) for one in texts[T]]) for T in heat]
real = np.mean([repeated(prose.valid[s : s + 604]) for s in range(0, len(prose.valid) - 604, 2_000)])

# %% tags=["nbval-ignore-output"]
fig, ax = plots.figure(height=2.6)
ax.plot(heat, share, "o-", color=plots.PALETTE["lstm"])
ax.axhline(real, color=plots.PALETTE["theory"], ls=":")
ax.annotate(f"the manual itself: {real:.2f}", (1.3, real), (0, 6), textcoords="offset points", ha="right")
ax.set(xlabel="temperature", ylabel="share that repeats", ylim=(0, 1))
lesson.show(fig, f"The share of 12-character pieces that repeat falls from {share[0]:.2f} at temperature 0.1 to {share[-1]:.2f} at 1.3; in the manual it is {real:.2f}.")

# %%
claim("Repetition at T = 0.1 is more than twice that at T = 0.7, and at T = 1.3 there is next to none", share[0] > 2 * share[3] and share[-1] < 0.02, share)

# %% [markdown]
# ### Beam search, the counter-example
# Perhaps greedy is just too short-sighted, and a *search* for the most probable text would find a good one? **Beam search** keeps the best $b$ beginnings at each step instead of one. In translation, where the answer is
# nearly fixed by the question, it helps. Here we can watch it succeed at its task:

# %%
def surprise(text, prompt):
    """Bits per character that the model needs for `text` after `prompt`."""
    ids = language.encode(prompt + text)
    logits = language.model(ids[None, :-1])[0][0, len(prompt) - 1 :].detach()
    return torch.nn.functional.cross_entropy(logits, ids[len(prompt) :]).item() / math.log(2)

# %% tags=["nbval-ignore-output"]
found, logp = beam_search(language.model, language.encode("The ")[None], 300, beams=8)
beam = language.decode(found[0, 4:])
print("The " + beam)

# %%
drawn = np.mean([surprise(one[4:304], "The ") for one in texts[1.0]])
held_out = language.bits_per_character(prose.valid)
searched, taken = surprise(beam, "The "), surprise(language.decode(greedy[4:304]), "The ")
claim("The beam's text is more probable than the greedy one", searched < taken, (searched, taken))
claim("It needs less than half of the bits of a text drawn at T = 1, and less than half of those of the real manual",
      searched < drawn / 2 and searched < held_out / 2, (searched, drawn, held_out))
claim("More than half of it repeats what stood there before", repeated(beam) > 0.5, repeated(beam))

likely = torch.exp(-losses[:, 64:] * math.log(2))  # from section 4: what the model gave to each character of the manual
claim("In the real manual, more than one character in ten is one to which the model gave less than 5 %", (likely < 0.05).float().mean() > 0.1)

# %% [markdown]
# It found a far more probable text, and nobody would want to read it. This is no fault of the search. Toss a coin that shows heads in 60 %, a hundred times. The most probable single outcome is a hundred heads,
# and you would not believe it if you saw it: a *typical* outcome has about 60. A real text is typical too. It holds a surprise every few letters, because people write to say something that the reader does not know yet.
# A text without surprises has nothing to say.
#
# That is what the temperature is for. At 1 the model's own mistakes show, in every tail it did not learn to be empty. A little below, or with top-p, most of them are gone and the surprises are still there.

# %% [markdown]
# ## Quiz
# Five questions: choose a letter, with the mouse or with Tab and the space bar, and read what it says; the first choice counts.

# %%
from utils.course import quiz

quiz("08")

# %% [markdown]
# ## Take away
# 1. Cross-entropy in bits per character measures a language model, and a count table and a zip program belong into the same table.
# 2. Truncated backpropagation carries the state from batch to batch and cuts the gradient. In use, the same carried state makes each step cost one character.
# 3. Temperature divides the logits: towards 0 the most likely takes all, towards infinity all are alike, and the entropy never falls in between. The most probable text is not a typical one, so we sample.
#
# ## References
# - C. E. Shannon (1951). *Prediction and entropy of printed English.* Bell System Technical Journal 30(1): the guessing game, played by people.
# - R. J. Williams, J. Peng (1990). *An efficient gradient-based algorithm for on-line training of recurrent network trajectories.* Neural Computation 2(4): truncated backpropagation through time.
# - I. H. Witten, T. C. Bell (1991). *The zero-frequency problem.* IEEE Transactions on Information Theory 37(4): how the 5-gram falls back on shorter contexts.
# - A. Graves (2013). *Generating sequences with recurrent neural networks.* arXiv:1308.0850.
# - A. Fan, M. Lewis, Y. Dauphin (2018). *Hierarchical neural story generation.* ACL: top-k.
# - A. Holtzman, J. Buys, L. Du, M. Forbes, Y. Choi (2020). *The curious case of neural text degeneration.* ICLR: top-p, and why the most likely text is a bad one.
#
# Next: [08 · Which one, when](10_which_one_when.ipynb).
