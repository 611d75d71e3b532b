# %% [markdown]
# # 06 · From reviews to batches
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/gates-and-gradients/gates-and-gradients/blob/main/notebooks/06_reviews_to_batches.ipynb) [or as a web page, with nothing to install](https://gates-and-gradients.github.io/gates-and-gradients/notebooks/06_reviews_to_batches.html)
#
# **The question.** A network computes with numbers, and in a batch all rows are equally long. A review is two lines of text, or three pages. What happens on the way
# from one to the other, and what is lost there?
#
# After this lesson you
# - can turn texts into batches, and check each step for the mistake that it makes without an error message;
# - can set reviews aside so that what you measure on them can be trusted;
# - know what padding, packing and truncation do to a network that reads.
#
# Time: 16 minutes, and up to 8 more for the one exercise. The machine needs about a minute. Lessons [02](02_lstm_cell.ipynb) and [05](05_both_directions.ipynb) come before it.
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
lesson.start("06")

# %% [markdown]
# An LSTM has read 22,500 film reviews. A *bag of words* has counted the words of the same reviews, and knows nothing of their order. **Write a review**, or choose an example: what do the two make of it?

# %%
explorers.TypedReview(example="not good")

# %% [markdown]
# [Lesson 07](07_sentiment_classifier.ipynb) makes such an LSTM and takes this picture apart; today the two bars on top are enough. This lesson follows your words up to the moment when the LSTM begins to read.
#
# **Three things to try**
# 1. Write a word that does not exist. What do the brackets say?
# 2. Write something in capitals, with an apostrophe. How does it stand in the picture?
# 3. Choose *not bad at all*. One of the two cannot know what *not* belongs to. Does the other one?
#
# ## 1. The labels
# The reviews are from IMDb: 25,000 to learn from and 25,000 for the test. If they are not on this machine, the lesson takes a small generated sample and says so.
# The pictures and numbers that this notebook came with are from the real ones; a run without them makes its own, and sentences about *real* reviews do not speak of those.

# %%
import numpy as np
import torch
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from utils.course import claim, exercise, guess
from utils.data import Vocabulary, batches, imdb, pad, tokenise, truncate

torch.set_num_threads(1)  # small matrices: a second thread only gets in the way

# %% tags=["nbval-ignore-output"]
corpus = imdb()

# %% [markdown]
# The reviewers gave stars. Seven to ten of them make the label **1**, positive; one to four the label **0**, negative; what lies between was left out.
#
# Other libraries count differently, and not always the same from release to release:

# %% jupyter={"source_hidden": true} cellView="form"
# Your guess
guess("06.labels")

# %% [markdown]
# Such code runs without an error and without a warning. So look at the labels before anything else, and again when a first result is splendid.

# %% jupyter={"source_hidden": true} cellView="form"
# Measured
claim("Ours are 0 and 1, and half of each part is positive",
      all(set(part.labels) == {0, 1} and part.labels.mean() == 0.5 for part in (corpus.train, corpus.test)))

# %% [markdown]
# ## 2. Three sets
# The model learns from **train**. Every choice, such as when to stop, is made on **validation**. The **test** answers one question, once, at the end: whoever chooses by it
# reports a number that is too good. How do we take validation out of the reviews to learn from? Most people draw it at random.

# %% jupyter={"source_hidden": true} cellView="form"
# Your guess
guess("06.promise")

# %% [markdown]
# There is another way: `hold_out` takes runs of neighbors, and so whole films.

# %% tags=["nbval-ignore-output"]
rest, held = corpus.train.hold_out(0.1)
train, validation = rest.sample(5_000), held.sample(2_500)  # at most so many, in random order
print(f"{len(train):,} reviews to learn from, {len(validation):,} for validation; {len(corpus.test):,} for the test wait for lesson 07")

# %% [markdown]
# Both ways were measured beforehand, with a bag of words (section 3) on all reviews, the first way five times, the second once:

# %% jupyter={"source_hidden": true} cellView="form"
# Recorded
from utils.files import measured, recorded

trials = measured("practices")
print(recorded(trials))
promise = trials["validations"]
for way, share in promise.items():
    print(f"{way:18} {np.mean(share):.1%} right")
claim("Recorded: drawn one by one, each of 5 validation sets promises more than the test keeps", min(promise["drawn one by one"]) > promise["test"])
claim("Recorded: runs of neighbors are within half a point of the test", abs(promise["runs of neighbors"] - promise["test"]) < 0.005)

# %% [markdown]
# <!-- told: 06.promise -->
# This data set keeps its reviews in the order of the films, up to 30 of one film in a row, and the test has other films. A review drawn at random has neighbors in training that name the same actors and the same plot, and were often of the same opinion. In part, the model has learned the *film*.
# Where data comes in families (films, patients, speakers, days), hold out whole families.

# %% [markdown]
# ## 3. The simplest thing first
# Before any network, its rival. A bag of words keeps which words a review has, how often, and how rare they are. A linear model gives each word a weight: *dull* pulls down, *great* pulls up, and the sum
# decides. To this bag, "good, not bad" and "bad, not good" are the same text.

# %% jupyter={"source_hidden": true} cellView="form"
# Your guess
guess("06.bag")

# %%
weigh = TfidfVectorizer(tokenizer=tokenise, token_pattern=None, lowercase=False, sublinear_tf=True)
bag = make_pipeline(weigh, LogisticRegression(C=3, max_iter=1_000)).fit(train.texts, train.labels)
bag_right = bag.score(validation.texts, validation.labels)

# %% [markdown]
# It is fitted in seconds. And since it adds up, it can be asked for its reasons:

# %% tags=["nbval-ignore-output"]
names, order = weigh.get_feature_names_out(), bag[1].coef_[0].argsort()
print("pull down:", ", ".join(names[order[:12]]))
print("pull up:  ", ", ".join(names[order[:-13:-1]]))

# %% tags=["nbval-ignore-output"] jupyter={"source_hidden": true} cellView="form"
# Your guess, and what was measured
print(f"The bag is right on {bag_right:.1%} of validation.")
guess("06.bag").reveal(100 * bag_right)

# %% [markdown]
# That is the number to beat. Lesson 07 keeps it in its table.
#
# ## 4. From words to numbers
# `tokenise` cuts a text into words, in lower case. Marks are set apart or, as `;` and `:`, dropped.

# %%
tokenise("I didn't like it.<br />Not at ALL!")

# %% [markdown]
# Read what is gone: "ALL" no longer shouts, and "didn't" is three pieces. Now each word gets a number, its *id*. A *vocabulary* keeps two ids for itself, **0** for `<pad>`, padding, and **1** for
# `<unk>`, every word that is not in the list. The most frequent word gets 2; of equally frequent ones, the first by the alphabet.

# %%
tiny = Vocabulary.build([tokenise("the film is good"), tokenise("the film is not good")])
print(tiny.words)
print(tiny.encode(tokenise("The film is not bad")))

# %% [markdown]
# *Bad* was never seen, so it became 1, and the sentence has lost its point. The vocabulary is built from train alone: words that only the test has must stay unknown, as they
# will in use. How many words are enough?

# %%
words = {"train": [tokenise(text) for text in train.texts], "validation": [tokenise(text) for text in validation.texts]}
vocabulary = Vocabulary.build(words["train"], max_size=10_000)
ids = {part: [vocabulary.encode(text) for text in texts] for part, texts in words.items()}

# %% tags=["nbval-ignore-output"] jupyter={"source_hidden": true} cellView="form"
# The long tail
from collections import Counter

from utils import plots

counts = Counter(word for text in words["train"] for word in text)
rank = {word: place for place, (word, _) in enumerate(counts.most_common(), start=1)}
places = np.array([rank.get(word, 10**9) for text in words["validation"] for word in text])
sizes = np.unique(np.geomspace(10, len(rank), 40).astype(int))
covered = np.mean(places <= len(vocabulary) - 2)
fig, ax = plots.figure(height=2.4)
ax.semilogx(sizes, [np.mean(places <= size) for size in sizes], color=plots.PALETTE["lstm"], lw=2)
ax.plot(len(vocabulary), covered, "o", color=plots.PALETTE["rnn"], ms=8)
ax.annotate(f"{len(vocabulary):,} ids: {covered:.1%}", (len(vocabulary), covered), (0, -26), textcoords="offset points", ha="center")
ax.set(xlabel=f"words in the vocabulary, the most frequent first, of {len(rank):,} in train", ylabel="known share of validation", ylim=(0, 1.05))
lesson.show(fig, f"Share of the words of validation that are known, against the size of the vocabulary, out of {len(rank):,} different words. {len(vocabulary):,} words cover {covered:.1%}.")
claim("At least 90 % of the words of validation are known", covered >= 0.9, covered)

# %% [markdown]
# The curve grows flat: beyond it lie words that hardly any review needs. (Many tutorials leave both steps to torchtext. Ours give the same words and the same ids; the [appendix](12_appendix.ipynb) compares them.)
#
# ### Exercise 06.1 · A prediction for whatever is typed
# *Easy, 8 minutes.* People type anything. `sentiment` is the trained LSTM of the picture above: `sentiment.predict(text)` gives the probability that a text is positive. Write a function around it so that nobody gets a surprise:
# - What is not a string, such as `None` or a number: raise `TypeError` with a sentence. A text without a word, such as `""` or `"<br />"`: `ValueError` with a sentence.
# - For every other text return `p, known`: the probability, and the share of the text's words (those of `tokenise`) that stand in `sentiment.vocabulary`.
#
# For a text of unknown words alone, the model still says a number. What does it mean then?

# %%
from utils.models import load_sentiment

sentiment = load_sentiment()

# %%
def safe_predict(text, sentiment):
    raise NotImplementedError

# %%
exercise("06.1").check(safe_predict)

# %% [markdown]
# ## 5. What padding does to a memory
# A batch is one tensor, so short texts are filled up with 0, the *padding*, and the true lengths are kept.

# %%
batch, lengths = pad([tiny.encode(tokenise("good film")), tiny.encode(tokenise("the film is not good"))])
print(batch)    # (B, T)
print(lengths)  # (B,)

# %% [markdown]
# How much of a batch is padding? That depends on which reviews come together:

# %% tags=["nbval-ignore-output"] jupyter={"source_hidden": true} cellView="form"
# Two batches
def share_of_padding(lengths):
    return 1 - sum(sum(row) for row in lengths) / sum(len(row) * max(row) for row in lengths)

n_words = [len(row) for row in ids["train"]]  # train is in random order
at_random = [n_words[i : i + 32] for i in range(0, len(n_words), 32)]
loader = batches(ids["train"], train.labels, 32, generator=torch.Generator().manual_seed(0))
similar = [lengths.tolist() for _, lengths, _ in loader]
fig, axes = plots.figure(height=2.6, ncols=2, sharex=True)
for ax, title, made in zip(axes, ("any reviews", "of similar length"), (at_random, similar)):
    one = next(row for row in made if max(row) >= np.median(n_words))
    ax.barh(range(32), max(one), height=1.0, color=plots.PALETTE["grid"])
    ax.barh(range(32), one, height=0.9, color=plots.PALETTE["lstm"])
    ax.set(title=f"{title}: {share_of_padding(made):.0%} of all places are padding", xlabel="words of one batch; gray: padding", yticks=[], ylim=(31.5, -0.5))
    ax.grid(False)
lesson.show(fig, f"Two batches of 32 reviews as rows, words in blue and padding in gray. Over all batches {share_of_padding(at_random):.0%} "
                f"of the places are padding when any reviews come together, {share_of_padding(similar):.0%} when they are of similar length.")
claim("Batches of similar length hold less than half of the padding", share_of_padding(similar) < share_of_padding(at_random) / 2,
      {"any": share_of_padding(at_random), "similar": share_of_padding(similar)})

# %% [markdown]
# `batches` takes reviews of similar length together. Many programs mix all lengths, let the LSTM read the whole tensor, and take the state after the last column. Try it with two reviews that say the opposite.

# %% jupyter={"source_hidden": true} cellView="form"
# Your guess
guess("06.pads")

# %% [markdown]
# The vector of `<pad>` stays zero (by `padding_idx=0`), so a pad is a step of silence. Here is one LSTM unit whose forget gate is half open in silence: one word, then padding. **Press play** and watch the blue bars.

# %%
explorers.Tape(units=["LSTM"], keep=0.5, tape="!", moment=1)

# %% [markdown]
# And a whole LSTM of 32 units:

# %%
from utils.models import Classifier

pair = Vocabulary.build([tokenise("a wonderful film"), tokenise("a terrible film")])
opposites, lengths = pad([pair.encode(tokenise("a wonderful film")), pair.encode(tokenise("a terrible film"))])
padded = nn.functional.pad(opposites, (0, 200))   # (2, 203): 3 words, then 200 times 0

torch.manual_seed(0)
fresh = Classifier(len(pair), embedding=50, hidden=32, bidirectional=False)
with torch.no_grad():
    h = fresh.states(padded, lengths)             # (2, 203, H)
apart = (h[0] - h[1]).norm(dim=-1)                # (203,): how far the two states are from each other

# %% jupyter={"source_hidden": true} cellView="form"
# Your guess, and what was measured
fig, ax = plots.figure(height=2.6)
ax.semilogy(range(1, 61), apart[:60].clamp_min(1e-12), ".-", color=plots.PALETTE["h"])
ax.axvspan(0.5, 3.5, color=plots.PALETTE["grid"], zorder=0)
ax.annotate("gray: the three words; after them, padding", (5, 1e-9))
ax.annotate("rounding error", (45, 4e-7))
ax.set(xlabel="step t", ylabel="distance of the two $h_t$", ylim=(1e-10, 3))
lesson.show(fig, "The distance of the states of two opposite reviews: they part at the second word and come together again while padding is read, on a straight line of the log axis, down to the rounding error.")
guess("06.pads").reveal(int((apart[3:] < apart[2] / 1000).nonzero()[0]) + 1)

# %% [markdown]
# <!-- told: 06.pads -->
# Long before 200 pads, what is left is rounding error, and by lesson 01 the gradient finds no way back either. But could training help? The latch of [lesson 04](04_gates_at_work.ipynb) learned to keep its gate open.
# Five networks learn generated reviews, which are short. Each answers from one state, $k$ pads after the last word; we tell the classifier that the pads belong to the text.

# %%
from utils.data import imdb_sample
from utils.train import Trainer

toy_train, toy_valid = imdb_sample().train.hold_out(0.2)
toy_words = Vocabulary.build(map(tokenise, toy_train.texts))

def followed_by_pads(split, k, batch_size):
    rows = [toy_words.encode(tokenise(text)) + [0] * k for text in split.texts]
    return batches(rows, split.labels, batch_size, generator=torch.Generator().manual_seed(0))

def learn_through_pads(k):
    torch.manual_seed(0)
    model = Classifier(len(toy_words), rnn=nn.LSTM, bidirectional=False, dropout=0.2)
    trainer = Trainer(model, lr=1e-2, epochs=8, device="cpu")
    history = trainer.fit(followed_by_pads(toy_train, k, 16), followed_by_pads(toy_valid, k, 64), progress=False)
    return history.valid_accuracy[history.best]

pads = [0, 5, 10, 20, 40]
reached = [learn_through_pads(k) for k in pads]

# %% jupyter={"source_hidden": true} cellView="form"
# Measured
fig, ax = plots.figure(height=2.4)
ax.plot(pads, reached, "o-", color=plots.PALETTE["lstm"], lw=2)
ax.axhline(0.5, color=plots.PALETTE["theory"], ls=":")
ax.annotate("guessing", (1, 0.52), color=plots.PALETTE["theory"])
ax.set(xlabel="$k$, pads between the last word and the state that is read", ylabel="right on validation", ylim=(0.4, 1.02), xticks=pads)
lesson.show(fig, "Accuracy on generated reviews against the number of pads before the state is read: nearly perfect without pads, guessing with 40.")
claim("Read at the true end, at least 90 % are right; read 40 pads later, less than 60 %", reached[0] >= 0.9 and reached[-1] < 0.6, reached)

# %% [markdown]
# ## 6. Read past the padding
# Training still finds a way through 10 pads, and none through more. The remedy: look up each review's true length and read the state *there*. Backward, the LSTM begins at the true last word and ends at the *first* ([lesson 05](05_both_directions.ipynb)). Or pool: make one vector of all
# states, by their mean, their maximum or a weighted mean, with padding left out. And then **test it**: append pads, and nothing may change.

# %%
for pooling in ("last", "mean", "max", "mean+max", "attention"):
    torch.manual_seed(0)
    reader = Classifier(len(pair), pooling=pooling)
    gap = (reader(opposites, lengths) - reader(padded, lengths)).abs().max().item()
    claim(f'pooling="{pooling}": 200 pads change no result', gap < 1e-6, gap, limit=1e-6)

# %% [markdown]
# (Left out is not *set to 0*: a zero wins every maximum over negative states. The [appendix](12_appendix.ipynb) shows it.)
#
# What does each reading cost on real reviews? Measured beforehand, with 5 seeds each, 2 epochs on 5,000 reviews that were cut at 256 words:

# %% jupyter={"source_hidden": true} cellView="form"
# Recorded
print(recorded(trials))
right = {row["name"]: row["accuracy"] for row in trials["practices"]}
READINGS = ["last column, shuffled, padding learns", "last column, shuffled", "last column", "true ends", "mean and maximum over time"]
fig, ax = plots.figure(height=2.4)
for place, name in enumerate(reversed(READINGS)):
    ax.plot(right[name], [place] * len(right[name]), "o", alpha=0.6, color=plots.PALETTE["rnn" if "column" in name else "lstm"])
    ax.plot(np.mean(right[name]), place, "|", ms=18, mew=3, color=plots.PALETTE["text"])
ax.set(yticks=range(len(READINGS)), yticklabels=READINGS[::-1], ylim=(-0.6, len(READINGS) - 0.4), xlim=(0.5, 0.9), xlabel="right on validation; a dot is a seed, the bar their mean")
lesson.show(fig, "Accuracy on real reviews by what is read. Means: " + ", ".join(f"{name} {np.mean(right[name]):.1%}" for name in READINGS) + ".")
claim("Recorded: read at the last column of shuffled batches, every seed stays below 60 %", max(right["last column, shuffled"]) < 0.6)
claim("Recorded: read at the true ends, every seed gets more than 75 %; with mean and maximum over time, more than 85 %",
      min(right["true ends"]) > 0.75 and min(right["mean and maximum over time"]) > 0.85)

# %% [markdown]
# *Shuffled* are batches of any reviews; the others hold reviews of similar length. That hides the mistake and does not mend it. *Padding learns* means without `padding_idx`, which is common advice; here it makes no
# difference. And even at the true ends, what was said 200 words ago is hard to keep. Pooling asks no memory to hold that long.
#
# ## 7. Packed or masked?
# PyTorch's own way to leave padding out is `pack_padded_sequence`. It skips the pads; the alternative reads them and throws the results away.

# %% jupyter={"source_hidden": true} cellView="form"
# Your guess
guess("06.packed")

# %%
from utils.cells import mask

lstm = nn.LSTM(50, 64, batch_first=True)
x, n = torch.randn(32, 200, 50), torch.randint(70, 201, (32,))  # (B, T, inputs), (B,): a third is padding
n[0] = 200
real = mask(n, 200)[..., None]                                  # (B, T, 1): 1 at the true words

def packed():
    output, _ = lstm(pack_padded_sequence(x, n, batch_first=True, enforce_sorted=False))
    return pad_packed_sequence(output, batch_first=True)[0]     # (B, T, H)

def masked():
    return lstm(x)[0] * real                                    # (B, T, H)

gap = (packed() - masked()).abs().max()
claim("Packed and masked give the same states", gap < 1e-5, gap, limit=1e-5)

# %%
from time import perf_counter

seconds = {packed: [], masked: []}
torch.set_flush_denormal(True)  # lesson 01: vanishing gradients slow a processor down
for _ in range(6):
    for way in seconds:
        began = perf_counter()
        way().square().mean().backward()
        seconds[way].append(perf_counter() - began)
torch.set_flush_denormal(False)
slow, fast = (np.median(seconds[way][1:]) for way in (packed, masked))

# %% tags=["nbval-ignore-output"] jupyter={"source_hidden": true} cellView="form"
# Your guess, and what was measured
import platform

print(f"A training step takes {slow * 1000:.0f} ms packed and {fast * 1000:.0f} ms masked.")
one_routine = torch.backends.mkldnn.is_available() and platform.machine() in ("x86_64", "AMD64")
claim("Packing makes a training step at least 1.5 times as long", slow > 1.5 * fast, slow / fast,
      unless=not one_routine and "this takes a processor of Intel or AMD with oneDNN")
guess("06.packed").reveal(slow / fast)

# %% [markdown]
# <!-- told: 06.packed -->
# Padded, the whole sequence goes to one optimized routine (oneDNN, on processors of Intel and AMD). Packed, it goes step by step, with fewer and fewer rows. On a GPU it is another story. This course masks (forward; for the way back each text is turned round by itself first, as in lesson 05), and
# keeps padding small by batches of similar length.
#
# ## 8. What truncation costs
# An LSTM takes a step for each word, so long reviews are long to read. We shall keep at most 256 words: a quarter of them from the beginning, the rest from the end. Would fewer do, and which?

# %% jupyter={"source_hidden": true} cellView="form"
# Your guess
guess("06.cut")

# %%
rows = [sentiment.vocabulary.encode(text) for text in words["validation"][:800]]

def right_of(n, beginning):
    """How often the trained LSTM is right when it reads at most n words, this part of them from the beginning."""
    answers = sentiment.logits_of([truncate(row, n, beginning) for row in rows]).argmax(-1)
    return np.mean(answers == validation.labels[:800])

LENGTHS = [10, 25, 50, 100, 200, 400]
PARTS = {"the end": 0.0, "¼ beginning, ¾ end": 0.25, "the beginning": 1.0}
by_part = {part: [right_of(n, beginning) for n in LENGTHS] for part, beginning in PARTS.items()}

# %% tags=["nbval-ignore-output"] jupyter={"source_hidden": true} cellView="form"
# Your guess, and what was measured
fig, ax = plots.figure(height=2.8)
for (part, shares), letter, marker, aside in zip(by_part.items(), "rzc", "sDo", (0.97, 1, 1.03)):
    error = [2 * (p * (1 - p) / len(rows)) ** 0.5 for p in shares]
    ax.errorbar(aside * np.array(LENGTHS), shares, yerr=error, marker=marker, ms=6, capsize=3, lw=1.6, color=plots.PALETTE[letter], label=part)
ax.set(xscale="log", xlabel="words read, at most (bars: two standard errors to either side)", ylabel="share of right answers")
ax.set_xticks(LENGTHS, LENGTHS)
ax.minorticks_off()
ax.legend(title="read of each review", loc="lower right", frameon=False)
told = "; ".join(f"{part} {', '.join(f'{p:.1%}' for p in shares)}" for part, shares in by_part.items())
lesson.show(fig, "Right answers of the trained model, with two standard errors, when it reads at most 10, 25, 50, 100, 200 or 400 words of each review: " + told + ".")
on_sample = corpus.sample and "it takes the real reviews"
claim("On real reviews, 10 words instead of 200 cost at least 5 points, whichever part is read",
      all(shares[4] >= shares[0] + 0.05 for shares in by_part.values()), unless=on_sample)
claim("On real reviews, the last 50 words tell more than the first 50", by_part["the end"][2] > by_part["the beginning"][2], unless=on_sample)
guess("06.cut").reveal(100 * by_part["the end"][1])

# %% [markdown]
# <!-- told: 06.cut -->
# (Bars: most other samples of reviews would give a share within them; [lesson 09](09_choosing.ipynb) says why.) In real reviews the verdict tends to stand at the end. Ten words say much more than nothing, 200 nearly as much as 400. (Only the reading was cut: a network trained on short texts might do better on them.)
# Batches are ready. [Lesson 07](07_sentiment_classifier.ipynb) lets an LSTM read them.

# %% [markdown]
# ## Quiz
# Five questions: choose a letter, with the mouse or with Tab and the space bar, and read what it says; the first choice counts.

# %% jupyter={"source_hidden": true} cellView="form"
# The quiz
from utils.course import quiz

quiz("06")

# %% [markdown]
# ## Take away
# 1. Labels, words, ids, padding, truncation: each step throws something away, and each can go wrong without an error message. Check them one by one.
# 2. A network that reads padding forgets the text. Read states at the true ends, mask what you pool, and test that pads change nothing.
# 3. Hold out whole families, keep the test shut, and put the simplest method first.

# %% tags=["nbval-ignore-output"] jupyter={"source_hidden": true} cellView="form"
# Your progress
from utils.course import progress

progress("06")

# %% [markdown]
# ## References
# - A. L. Maas, R. E. Daly, P. T. Pham, D. Huang, A. Y. Ng, C. Potts (2011). *Learning word vectors for sentiment analysis.* ACL: the reviews.
# - S. Wang, C. D. Manning (2012). *Baselines and bigrams: simple, good sentiment and topic classification.* ACL: how far counting gets.
# - PyTorch. [*pack_padded_sequence*](https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.rnn.pack_padded_sequence.html): what packing does, and that rows may come in any order.
#
# Next: [07 · A sentiment classifier you can question](07_sentiment_classifier.ipynb).
