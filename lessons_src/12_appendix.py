# %% [markdown]
# # 12 · Appendix: proofs and side roads
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/gates-and-gradients/gates-and-gradients/blob/main/notebooks/12_appendix.ipynb)
#
# What the lessons say in one line is shown here in full, a section a lesson. No lesson needs it, and its sections need one another as little.
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
lesson.start("12")
# %%
import numpy as np
import torch
from torch import nn

from utils import explorers, plots, probes
from utils.course import claim

# %% [markdown]
# ## Lesson 01

# %% [markdown]
# ## Lesson 02

# %% [markdown]
# ## Lesson 03

# %% [markdown]
# ## Lesson 04

# %% [markdown]
# ## Lesson 05

# %% [markdown]
# ## Lesson 06 · torchtext, and a zero that wins
# ### The words and ids of torchtext
# Many tutorials leave both steps to torchtext, `get_tokenizer("basic_english")` and `build_vocab_from_iterator`. Its last release is a binary that loads with torch 2.3 only. Where it loads, this cell
# compares the generated reviews; elsewhere it says so in one line. (torchtext warns at each import that it is deprecated, and offers a switch for that; since this paragraph has said it, the cell uses the switch.)

# %%
from utils.course import claim
from utils.data import Vocabulary, imdb_sample, tokenise

texts = imdb_sample().train.texts
words = [tokenise(text) for text in texts]
ids = [Vocabulary.build(words, max_size=10_000).encode(text) for text in words]
try:
    import torchtext
    torchtext.disable_torchtext_deprecation_warning()
    from torchtext.data.utils import get_tokenizer
    from torchtext.vocab import build_vocab_from_iterator
except (ImportError, OSError):  # OSError: it is installed, and its binary does not fit this torch
    print("torchtext does not load here: its last release needs torch 2.3. The course's environment.yml brings both.")
else:
    cut = get_tokenizer("basic_english")
    their_words = [cut(text) for text in texts]
    numbers = build_vocab_from_iterator(their_words, specials=["<pad>", "<unk>"], max_tokens=10_000)
    numbers.set_default_index(1)  # every word that is not in the list
    their_ids = [numbers(text) for text in their_words]
    print("ours     :", *zip(words[0][:6], ids[0]))
    print("torchtext:", *zip(their_words[0][:6], their_ids[0]))
    claim("torchtext cuts every review into the same words", their_words == words)
    claim("and gives every word the same id", their_ids == ids)

# %% [markdown]
# ### A zero that wins
# Some programs multiply the states of the pads by 0 and then take the maximum over time. Where all true states of a unit are negative, the pad wins:

# %%
import torch

from utils.course import claim
from utils.models import Classifier

of_a_unit = torch.tensor([-0.4, -0.2, 0.0])  # (T,): two words, then a pad that was multiplied by 0
ours = Classifier(4, pooling="max").pool(of_a_unit[None, :, None], torch.tensor([2])).item()  # (B=1, T, D=1) -> (B, D)
claim("With its pad set to 0 the maximum is the pad's; with the pad left out it is a word's", of_a_unit.max() == 0 and ours == of_a_unit[1], ours)

# %% [markdown]
# ## Lesson 07 · What the longest vectors say, and what gates do not
# ### Norm and verdict
# Each point is one of the 2,000 most frequent words that the shipped model knows: the length of its vector, and the verdict on a review of that word alone.

# %%
import numpy as np
import torch

from utils import lesson, plots
from utils.course import claim
from utils.models import load_sentiment

sentiment = load_sentiment()
words_of, norms = sentiment.vocabulary.words, sentiment.model.embedding.weight.detach().square().sum(1).sqrt()  # (V,)
with torch.no_grad():  # reviews of one word
    logits = sentiment.model(torch.arange(2, 2002)[:, None], torch.ones(2000, dtype=torch.long))  # (2000, 2)
verdict = (logits[:, 1] - logits[:, 0]).numpy()
fig, ax = plots.figure(height=3.2)
ax.plot(norms[2:2002], verdict, ".", ms=4, alpha=0.4, color=plots.PALETTE["lstm"])
for word in ("the", "film", "not", "good", "bad", "great", "worst"):
    i = words_of.index(word)
    ax.annotate(word, (norms[i], verdict[i - 2]), (5, 5), textcoords="offset points", fontsize=10,
                bbox={"fc": "white", "ec": "none", "alpha": 0.8, "pad": 1})
ax.set(xlabel="norm of the word's vector", ylabel="verdict on the word alone (logits)", xlim=(0, norms[2:2002].max() * 1.1))
lesson.show(fig, "The verdict on reviews of one word against the norm of its vector: the longest go far up or far down; among the shorter ones are weak verdicts and strong ones.")
agree = np.corrcoef(norms[2:2002], abs(verdict))[0, 1]
claim("Norm and strength of the verdict go together, with a correlation above 0.5", agree > 0.5, agree)
longer = {word: (norms[words_of.index(word)] > norms[2:2002]).float().mean().item() for word in ("the", "film", "good")}
claim("Yet the, film and good have longer vectors than most of these words", min(longer.values()) > 0.5, longer)

# %% [markdown]
# The longest are verdicts. But frequent words are moved often, whatever they are for: *film* alone has next to no verdict, and its vector is longer than that of *good*, which stands in reviews of both kinds. A norm has no sign, either; the picture needs the second axis.
#
# ### How many units can be lost?
# The shipped model reads 400 generated reviews; its units are put in three orders: those that move the answer $z$ most first, the best followers of the verdict first, at random. More and more of them are switched off,
# and the answers counted on 400 other reviews.

# %%
import copy

import numpy as np
import torch

from utils import lesson, plots
from utils.course import claim
from utils.data import imdb_sample, pad, tokenise
from utils.models import load_sentiment

sentiment = load_sentiment()
reader, texts = sentiment.model, imdb_sample().train.texts
H = reader.forward_rnn.hidden_size

@torch.no_grad()
def read(texts):
    """ids (B, T), lengths (B,) and states (B, T, 2H) of `texts`."""
    ids, lengths = pad([sentiment.vocabulary.encode(tokenise(text)) for text in texts])
    return ids, lengths, reader.states(ids, lengths)

@torch.no_grad()
def without(units, h, lengths):
    """The answers z (B,) when neither the attention nor the output reads the states of `units`."""
    cut = copy.deepcopy(reader)
    cut.query[units] = 0
    cut.output.weight[:, units] = 0
    return cut.output(cut.pool(h, lengths)) @ torch.tensor([-1.0, 1.0])

ids, lengths, h = read(texts[:400])
_, lengths_new, h_new = read(texts[400:800])
z, z_new = without([], h, lengths), without([], h_new, lengths_new)
means = torch.stack([states[:n].mean(0) for states, n in zip(h, lengths)])  # (B, 2H)
r = np.array([np.corrcoef(means[:, k], z)[0, 1] for k in range(2 * H)])
moved = np.array([(without([k], h, lengths) - z).abs().mean().item() for k in range(2 * H)])

def stays(order, n):
    """The share of new answers that stay when the first n units of `order` are off."""
    return ((without(order[:n].tolist(), h_new, lengths_new) > 0) == (z_new > 0)).float().mean().item()

counts = [0, 1, 2, 4, 8, 16, 24, 32, 48]
orders = {"largest effect first": np.argsort(-moved), "best follower first": np.argsort(-np.abs(r))}
shares = {name: [stays(order, n) for n in counts] for name, order in orders.items()}
at_random = np.array([[stays(np.random.default_rng(seed).permutation(2 * H), n) for n in counts] for seed in range(8)])
positive = (z_new > 0).float().mean().item()

fig, ax = plots.figure(9, 3)
ax.plot(counts, at_random.T, color="#BBBBBB", lw=1)
ax.plot(counts, at_random.mean(0), "o-", color=plots.PALETTE["theory"], lw=2, label="at random (8 draws)")
for (name, values), color in zip(shares.items(), (plots.PALETTE["rnn"], plots.PALETTE["lstm"])):
    ax.plot(counts, values, "o-", color=color, lw=2, label=name)
ax.axhline(positive, color="#888888", lw=1, ls=":", label="always positive")
ax.set(xlabel=f"units switched off, of {2 * H}", ylabel="answers that stay", ylim=(0, 1.03), xticks=counts)
ax.legend(loc="center left", bbox_to_anchor=(1, 0.5), frameon=False)
lesson.show(fig, f"Share of {len(z_new)} answers that stay when up to {counts[-1]} of {2 * H} units are off. At random the curve falls slowly; both chosen orders fall below it, and end where every answer is positive.")
half = counts.index(32)
claim("With half of the units off, drawn at random, at least 75 % of the answers stay", at_random.mean(0)[half] > 0.75, at_random.mean(0)[half])
claim("The 32 best followers turn more answers than 32 at random", shares["best follower first"][half] < at_random.mean(0)[half])

# %% [markdown]
# (Why do the chosen orders not end at one half, where a coin would be? With so many units off, $z$ is hardly more than the bias of the output, a little above 0. So nearly every review is
# called positive, and the answers that stay are those that were positive before: the dotted line.)
#
# ### How often are the gates fully open or shut?
# Karpathy, Johnson and Fei-Fei (2015) drew one picture for a whole network: for each unit, at which share of the steps is its gate nearly shut (below 0.1, *left-saturated*),
# and at which nearly open (above 0.9, *right-saturated*)? A unit that works like a switch lies on the diagonal; gates that are always half open lie in the lower left corner. In their language models, some units kept for hundreds of letters.

# %%
import torch

from utils import lesson, plots
from utils.cells import mask
from utils.course import claim
from utils.data import imdb_sample, pad, tokenise
from utils.models import load_sentiment
from utils.probes import gate_trace, half_life

sentiment = load_sentiment()
ids, lengths = pad([sentiment.vocabulary.encode(tokenise(text)) for text in imdb_sample().train.texts[:400]])
with torch.no_grad():
    pieces = sentiment.model.embed(ids)[:, :32]  # the first piece of each review
in_piece = mask(lengths.clamp(max=32), pieces.shape[1])  # (B, T)
trace = gate_trace(sentiment.model.forward_rnn, pieces)[0]
gates = {gate: trace[gate][in_piece] for gate in "fio"}  # each (steps, H)
fig, axes = plots.figure(9, 3.2, ncols=3, sharey=True)
for ax, gate in zip(axes, "fio"):
    ax.plot([0, 1], [1, 0], color="#888888", lw=1)
    ax.plot((gates[gate] < 0.1).float().mean(0), (gates[gate] > 0.9).float().mean(0), "o", color=plots.PALETTE[gate], ms=6, alpha=0.7)
    ax.set(title=f"${gate}$", xlabel="share below 0.1", xlim=(-0.02, 1), ylim=(-0.02, 1))
axes[0].set_ylabel("share above 0.9")
lesson.show(fig, "Three panels for f, i and o: the share of steps below 0.1 against the share above 0.9, one point a unit. Most points lie far below the diagonal.")
sides = {gate: ((gates[gate] < 0.1) | (gates[gate] > 0.9)).float().mean().item() for gate in "fi"}
claim("The gates f and i are nearly open or nearly shut at fewer than a fifth of the words", max(sides.values()) < 1 / 5, sides)
always = ((gates["f"] > 0.9).float().mean(0) > 0.9).sum().item()
claim("No unit has f above 0.9 at nine of ten words", always == 0, always)
short = (half_life(gates["f"].log().mean(0).exp().numpy()) < 3).sum()  # f^k with this f is what k words leave, on average
claim("By f alone, the memory of at least 24 of the 32 units halves within 3 words", short >= 24, short)

# %% [markdown]
# So the gates of the reader are mostly half open: it weighs, it does not switch. It need not keep anything for long, since the attention collects from every word.
#
# ### Two networks, one behavior
# First, units exchanged, with all weights that belong to them. Then one unit whose candidate is turned round, $-g$ for $g$, together with all weights that read the unit. Neither changes an answer.

# %%
import copy

import numpy as np
import torch

from utils.course import claim
from utils.data import imdb_sample, pad, tokenise
from utils.models import load_sentiment
from utils.probes import gate_trace

sentiment = load_sentiment()
reader = sentiment.model
H = reader.forward_rnn.hidden_size
ids, lengths = pad([sentiment.vocabulary.encode(tokenise(text)) for text in imdb_sample().train.texts[:400]])

@torch.no_grad()
def exchange(places):
    """A copy whose forward units stand in the order `places` (H,)."""
    other = copy.deepcopy(reader)
    cell = other.forward_rnn.cells[0]
    for gate in "figo":
        W, U = getattr(cell, f"W_{gate}"), getattr(cell, f"U_{gate}")
        W.weight.copy_(W.weight[places]), W.bias.copy_(W.bias[places])
        U.weight.copy_(U.weight[places][:, places]), U.bias.copy_(U.bias[places])
    other.query[:H] = other.query[:H][places]
    other.output.weight[:, :H] = other.output.weight[:, :H][:, places]
    return other

@torch.no_grad()
def mirror(unit):
    """A copy in which one forward unit says the opposite, and is read as the opposite."""
    other = copy.deepcopy(reader)
    cell = other.forward_rnn.cells[0]
    for linear in (cell.W_g, cell.U_g):
        linear.weight[unit] *= -1
        linear.bias[unit] *= -1
    for gate in "figo":
        getattr(cell, f"U_{gate}").weight[:, unit] *= -1
    other.query[unit] *= -1
    other.output.weight[:, unit] *= -1
    return other

def gates(model):
    with torch.no_grad():
        return gate_trace(model.forward_rnn, model.embed(ids)[:, :32])[0]

@torch.no_grad()
def difference(other):
    """The largest change of a logit over 400 reviews."""
    return (other(ids, lengths) - reader(ids, lengths)).abs().max().item()

ours, shuffled, turned = gates(reader), exchange(torch.randperm(H, generator=torch.Generator().manual_seed(0))), mirror(0)
moves = (gates(shuffled)["f"] - ours["f"]).abs().max().item()
claim("Units exchanged: a cell of the heat map changes by more than 0.5", moves > 0.5, moves)
claim("Units exchanged: no logit of 400 reviews changes", difference(shuffled) < 1e-4, difference(shuffled), limit=1e-4)
again = gates(turned)
same = max((again[gate] - ours[gate]).abs().max().item() for gate in "fio")
claim("A unit turned round: f, i and o are the same", same < 1e-4, same, limit=1e-4)
other_sign = max((again[letter] + ours[letter])[..., 0].abs().max().item() for letter in "gch")
claim("A unit turned round: its g, c and h are the same with the other sign", other_sign < 1e-4, other_sign, limit=1e-4)
claim("A unit turned round: no logit of 400 reviews changes", difference(turned) < 1e-4, difference(turned), limit=1e-4)

# %% [markdown]
# In one network the unit rises with praise, in the other it falls; from the gates no one can tell which is which. ($\tanh$ is an odd function. That is all it takes.)

# %% [markdown]
# ## Lesson 08

# %% [markdown]
# ## Lesson 09

# %% [markdown]
# ## Lesson 10

# %% [markdown]
# ## Lesson 11
