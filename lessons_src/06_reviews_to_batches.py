# %% [markdown]
# # 06 · From reviews to batches
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/gates-and-gradients/gates-and-gradients/blob/main/notebooks/06_reviews_to_batches.ipynb)
#
# **The question.** Someone wrote two hundred words about a film. Did they like it? Can the cell of lesson 02, reading word by word, tell?
# And does it tell better than a method that only counts words?
#
# After this lesson you
# - can turn texts into batches of numbers, and say what each step throws away and how it can go wrong in silence;
# - can train an LSTM classifier so that its result can be believed: choices on validation, the test once, a baseline beside it;
# - know which pieces of common advice earn their place here, because you have seen each one's effect with its uncertainty.
#
# Time: 40 minutes, and up to 75 more for the five exercises, half of them for the last. The machine needs about a minute. Lessons [02](02_lstm_cell.ipynb) and [03](03_gru_cell.ipynb) come before it.
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

# %%
import copy
import inspect
import platform
from collections import Counter
from time import perf_counter

import numpy as np
import torch
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from utils import explorers, plots
from utils.cells import LSTMCell
from utils.data import imdb, imdb_sample
from utils.course import exercise
from utils.files import measured
from utils.course import claim
from utils.models import Classifier
from utils.train.imdb import RECIPES
from utils.cells import mask
from utils.arrays.bag import load_bag
from utils.models import load_sentiment
from utils.data import Vocabulary, batches, pad, tokenise, truncate
from utils.train import Trainer

torch.set_num_threads(1)  # small matrices: a second thread only gets in the way

# %% [markdown]
# ## 1. The reviews
# The reviews are from IMDb: 25,000 to learn from, 25,000 to test on, no film with more than 30. If they are not on this machine, the lesson takes a small
# sample that we generated, and says so here. The pictures and numbers stored in this notebook are from the real reviews; with the sample you will see others.

# %% tags=["nbval-ignore-output"]
corpus = imdb()

# %% [markdown]
# The reviewer gave stars, and the label says what they mean: 7 to 10 stars are **1**, positive; 1 to 4 stars are **0**, negative. What lies between was left out.
# So 1 stands for "liked it", and a model's probability of class 1 can be read as such.
#
# This deserves a check. Early versions of torchtext delivered the labels as the words `pos` and `neg`; its last ones deliver 1 for negative and 2 for positive.
# Code that still asks `label == 'pos'` then runs without a complaint. Here it is, fed with the newer labels:

# %%
def label_of_a_tutorial(label):
    return 1 if label == "pos" else 0

labels = [label_of_a_tutorial(label) for label in (1, 2, 2, 1, 2)]
print(labels)
claim("Every label has become 0, and a model that always says 0 is right in 100 % of the cases", set(labels) == {0})
claim("Ours are 0 and 1, and half of each split is positive",
      all(set(part.labels) == {0, 1} and part.labels.mean() == 0.5 for part in (corpus.train, corpus.test)))

# %% [markdown]
# Whenever a first result is astonishing, look at the labels.

# %% [markdown]
# ### Three sets
# The model learns from **train**. Every choice, such as when to stop, is made on **validation**. **Test** answers one question, once, at the end.
# Whoever chooses on the test set reports a number that is too good.
#
# How to take validation out of the training reviews? The usual answer: draw some at random. **Predict first:** the IMDb reviews lie in the order of
# their films, up to 30 in a row about the same one. The films of the test are others. If validation is drawn at random, will it promise too much, too little, or
# the right thing? `benchmarks/practices.py` tried both ways with a bag of words (you will meet it in a minute) on all 25,000 reviews, and this is what it wrote down:

# %%
def recorded(result):
    """Where and by which command a committed file of figures was measured."""
    machine = result["machine"]
    threads = f"{machine['threads']} thread{'s' if machine['threads'] > 1 else ''}"
    return f"Recorded on {machine['gpu'] or machine['processor']}, {threads}, torch {machine['torch']}, by {result['command']}."

trials = measured("practices")
print(recorded(trials))
promise = trials["validations"]
for way, share in promise.items():
    print(f"{way:18} {np.mean(share):.1%} right")
claim("Recorded: drawn one by one, each of 5 validation sets promises more than the test keeps", min(promise["drawn one by one"]) > promise["test"], promise)
claim("Recorded: on average it is more than half a point", np.mean(promise["drawn one by one"]) > promise["test"] + 0.005, promise)
claim("Recorded: runs of neighbors are within half a point of the test", abs(promise["runs of neighbors"] - promise["test"]) < 0.005, promise)

# %% [markdown]
# A review drawn at random has neighbors in training that name the same actors and the same plot, and came with the same opinion. The model has, in part, learned the *film*.
# So `hold_out` takes ten runs of neighbors from each class: whole films. When your data comes in families (films, patients, speakers, days), hold out whole families.
#
# A part of the reviews is enough today, so that nobody waits long.

# %% tags=["nbval-ignore-output"]
rest, held = corpus.train.hold_out(0.2)
train, validation, test = rest.sample(5_000), held.sample(2_500), corpus.test.sample(5_000)
print(f"{len(train):,} reviews to learn from, {len(validation):,} for validation, {len(test):,} for the test")

# %% [markdown]
# ## 2. First the simplest thing
# Before a network, something simple, in three steps: always the same answer; single words; single words and pairs.
#
# A *bag of words* throws away all order. It keeps which words are in the review and how rare they are, and a linear model gives each word a weight.
# "Dull" pulls down, "great" pulls up, the sum decides: logistic regression. To this bag, "good, not bad" and "bad, not good" are the same.
# A bag that also holds *pairs* of neighbors (bigrams) knows "not good" as a word of its own.
#
# **Predict first.** Always saying the same is right in 50 %. What will the single words reach? And the pairs?

# %%
my_guess = 60, 65  # percent: single words, words and pairs

# %% tags=["nbval-ignore-output"]
def bag_of_words(longest, C):
    weigh = TfidfVectorizer(tokenizer=tokenise, token_pattern=None, lowercase=False, sublinear_tf=True,
                            ngram_range=(1, longest), min_df=longest)  # with pairs: only what stands in two reviews or more
    return make_pipeline(weigh, LogisticRegression(C=C, max_iter=1_000))

bags, accuracy = {}, {"always the same": max(validation.labels.mean(), 1 - validation.labels.mean())}
for name, bag in (("bag of words", bag_of_words(1, C=3)), ("bag of words and pairs", bag_of_words(2, C=10))):
    began = perf_counter()
    bags[name] = bag.fit(train.texts, train.labels)
    seconds = perf_counter() - began
    accuracy[name] = bag.score(validation.texts, validation.labels)
    print(f"{name:23} {accuracy[name]:.1%} right on validation; {len(bag[0].vocabulary_):,} weights, {seconds:.1f} s")

# %%
claim("The bag of words is right on at least 70 % of validation", accuracy["bag of words"] >= 0.70, accuracy)
claim("Pairs do not make it worse by more than 2 points", accuracy["bag of words and pairs"] > accuracy["bag of words"] - 0.02, accuracy)

# %% [markdown]
# It took a few seconds. And since it is linear, it can be asked for its reasons:

# %% tags=["nbval-ignore-output"]
weigh, regression = bags["bag of words and pairs"]
names, weights = weigh.get_feature_names_out(), regression.coef_[0]
order = np.argsort(weights)
print("pull down:", ", ".join(names[order[:14]]))
print("pull up:  ", ", ".join(names[order[:-15:-1]]))

# %% [markdown]
# Whatever we build now has to stand beside these numbers.

# %% [markdown]
# ## 3. From words to numbers
# This is `tokenise`, which the bags used already. Lower case, marks set apart, cut at the spaces:

# %%
print(inspect.getsource(tokenise))
tokenise("I didn't like it.<br />Not at ALL!")

# %% [markdown]
# (`_RULES` is a short list of such replacements, the ones of torchtext's `basic_english`.) Read what is gone: "ALL" no longer shouts, and "didn't" is three pieces.
#
# A network wants numbers. A *vocabulary* gives each word an id. Two ids are kept: **0** is `<pad>`, padding, and **1** is `<unk>`, every word that is not in the list.
# The most frequent word gets 2.

# %%
tiny = Vocabulary.build([tokenise("the film is good"), tokenise("the film is not good")])
print(tiny.words)
print(tiny.encode(tokenise("The film is not bad")))

# %% [markdown]
# *Bad* was never seen, so it becomes 1, and the sentence has lost its point. The vocabulary is built from the training texts alone: words that only the test knows must
# stay unknown, as they will be in real use. How many words are needed? The rarest are a long tail.

# %% tags=["nbval-ignore-output"]
words = {part: [tokenise(text) for text in split.texts]
         for part, split in (("train", train), ("validation", validation), ("test", test))}
counts = Counter(word for text in words["train"] for word in text)
rank = {word: place for place, (word, _) in enumerate(counts.most_common(), start=1)}
places = np.array([rank.get(word, 10**9) for text in words["validation"] for word in text])
sizes = np.unique(np.geomspace(10, len(rank), 40).astype(int))
known = [np.mean(places <= size) for size in sizes]

vocabulary = Vocabulary.build(words["train"], max_size=10_000)
covered = np.mean(places <= len(vocabulary) - 2)
fig, ax = plots.figure(height=2.6)
ax.semilogx(sizes, known, color=plots.PALETTE["lstm"], lw=2)
ax.plot(len(vocabulary), covered, "o", color=plots.PALETTE["rnn"], ms=8)
ax.annotate(f"{len(vocabulary):,} words: {covered:.1%}", (len(vocabulary), covered), (0, -30), textcoords="offset points", ha="center")
ax.set(xlabel="words in the vocabulary, the most frequent first", ylabel="known share", ylim=(0, 1.05))
lesson.show(fig, f"Share of the words of validation that are known, against the size of the vocabulary, out of {len(rank):,} different words. {len(vocabulary):,} words cover {covered:.1%}.")

# %%
ids = {part: [vocabulary.encode(text) for text in texts] for part, texts in words.items()}
claim("At least 90 % of the words of validation are known", np.mean([i != 1 for row in ids["validation"] for i in row]) >= 0.9)

# %% [markdown]
# Many tutorials leave both steps to torchtext: `get_tokenizer("basic_english")` and `build_vocab_from_iterator`. Are its words and ids the same? Its last release, 0.18, is a binary that
# loads with torch 2.3 only. Where it loads, the next cell compares all reviews of train; elsewhere it says so in one line. torchtext warns at each import that it is deprecated; it offers
# a switch for that, and since this paragraph has just said it, the cell uses the switch.

# %%
try:
    import torchtext
    torchtext.disable_torchtext_deprecation_warning()
    from torchtext.data.utils import get_tokenizer
    from torchtext.vocab import build_vocab_from_iterator
except (ImportError, OSError):  # OSError: it is installed, and its binary does not fit this torch
    print("torchtext does not load here: its last release needs torch 2.3. The course's environment.yml brings both.")
else:
    cut = get_tokenizer("basic_english")
    their_words = [cut(text) for text in train.texts]
    numbers = build_vocab_from_iterator(their_words, specials=["<pad>", "<unk>"], max_tokens=10_000)
    numbers.set_default_index(1)  # every word that is not in the list
    their_ids = [numbers(text) for text in their_words]
    print("ours     :", *zip(words["train"][0][:6], ids["train"][0]))
    print("torchtext:", *zip(their_words[0][:6], their_ids[0]))
    claim("torchtext cuts every review into the same words", their_words == words["train"])
    claim("and gives every word the same id", their_ids == ids["train"])

# %% [markdown]
# What does a model do with words it never saw, and with none? We borrow the trained one that ships with the course (section 10 is about it).

# %%
sentiment = load_sentiment()
print(sentiment.encode("Zxq zxq.")[0])
claim("It gives a probability all the same", 0 < sentiment.predict("Zxq zxq.") < 1)
try:
    sentiment.predict("   ")
except ValueError as refused:
    print("Refused:", refused)

# %% [markdown]
# A probability is no sign that a model has understood anything. If it knows few of the words, the answer says little, and it is up to the program around the model to say so.

# %% [markdown]
# ### Exercise 06.1 · A prediction for whatever is typed
# *Easy, 8 minutes.* People type anything. Write a function around `sentiment`, so that nobody gets a surprise:
# - What is not a string, such as `None` or a number: raise `TypeError` with a sentence. A text without a word, such as `""` or `"<br />"`: `ValueError` with a sentence.
# - For every other text return `p, known`: the probability that it is positive, as `sentiment.predict` says it,
# - and the share of its words (those of `tokenise`) that stand in `sentiment.vocabulary`. With `known` = 0 the model still says a number. What does it mean then?

# %%
def safe_predict(text, sentiment):
    raise NotImplementedError

# %%
typed_exercise = exercise("06.1")
typed_exercise.check(safe_predict)

# %% [markdown]
# Stuck? Take away a `#`.

# %%
# typed_exercise.hint()
# typed_exercise.solution()

# %% [markdown]
# ## 4. Padding
# A batch is one tensor, so its texts must be equally long. Short ones are filled up with 0, the *padding*, and we keep the true lengths.

# %%
batch, lengths = pad([tiny.encode(tokenise("good film")), tiny.encode(tokenise("the film is not good"))])
print(batch)    # (B, T)
print(lengths)  # (B,)

# %% [markdown]
# And how long are reviews?

# %% tags=["nbval-ignore-output"]
MAX_TOKENS = 256
n_words = np.array([len(row) for row in ids["train"]])
cut = np.mean(n_words > MAX_TOKENS)
fig, ax = plots.figure(height=2.6)
ax.hist(n_words.clip(max=800), bins=60, color=plots.PALETTE["lstm"])
ax.axvline(MAX_TOKENS, color=plots.PALETTE["rnn"])
ax.annotate(f"cut here: {cut:.0%} are longer", (MAX_TOKENS, ax.get_ylim()[1] * 0.85), (8, 0), textcoords="offset points")
ax.set(xlabel="words in a review (800 and more at the right edge)", ylabel="reviews", xlim=(0, 820))
lesson.show(fig, f"Histogram of the number of words in a review. The median is {np.median(n_words):.0f}; {cut:.0%} are longer than {MAX_TOKENS}.")

# %% [markdown]
# A recurrent network takes one step a word, so long reviews cost time. We keep at most 256 words: the first quarter of them from the beginning, the rest from the end,
# where the verdict tends to stand; section 8 shows what that costs. And we put reviews of similar length into the same batch, so that little padding is read.

# %% [markdown]
# ### What padding does to a memory
# Many programs give the padded batch to the LSTM and take the state after the last column. **Predict first:** two reviews that say the opposite, 200 zeros after each of them,
# one fresh LSTM. How far apart are the two last states? You know the half-life of a fresh forget gate from lesson 02.

# %%
pair = Vocabulary.build([tokenise("a wonderful film"), tokenise("a terrible film")])
opposites, lengths = pad([pair.encode(tokenise("a wonderful film")), pair.encode(tokenise("a terrible film"))])
padded = nn.functional.pad(opposites, (0, 200))   # (2, 203): 3 words, then 200 times 0

torch.manual_seed(0)
fresh = Classifier(len(pair), embedding=50, hidden=32, bidirectional=False)
with torch.no_grad():
    h = fresh.states(padded, lengths)             # (2, 203, H)
apart = (h[0] - h[1]).norm(dim=-1)                # (203,): the distance of the two states, step by step

# %%
fig, ax = plots.figure(height=2.8)
ax.semilogy(range(1, 61), apart[:60].clamp_min(1e-12), ".-", color=plots.PALETTE["h"])
ax.axvspan(0.5, 3.5, color=plots.PALETTE["grid"], zorder=0)
ax.annotate("gray: the three words; after them, padding", (5, 1e-9))
ax.annotate("rounding error", (45, 4e-7))
ax.set(xlabel="step t", ylabel="distance of the two $h_t$", ylim=(1e-10, 3))
lesson.show(fig, "The distance of the states of two opposite reviews: they part at the second word and come together again while padding is read, on a straight line of the log axis, down to the rounding error.")

# %%
claim("After 200 pads less than a ten-thousandth of the distance is left", apart[-1] < 1e-4 * apart[2], apart[[2, -1]])

# %% [markdown]
# What is left is rounding error, and by the product of lesson 01 the gradient does not pass either. But could training not help? The latch of lesson 04 learned to keep its forget gate open.
# Try it. We train five networks on our generated reviews (they are short, so it takes seconds). Each reads one review after the other, forward, and answers from one state: the one
# that stands $k$ pads after the last word. $k = 0$ is the true end. The trick is a small lie: we tell the classifier that the pads belong to the text.
#
# **Predict first:** from which $k$ on does it fail?

# %%
toy = imdb_sample()
toy_words = Vocabulary.build(tokenise(text) for text in toy.train.texts)
toy_train, toy_valid = toy.train.hold_out(0.2)

def followed_by_pads(split, k, batch_size):
    """Batches in which each review ends with k pads that count as words."""
    rows = [toy_words.encode(tokenise(text)) + [0] * k for text in split.texts]
    return batches(rows, split.labels, batch_size, generator=torch.Generator().manual_seed(0))

def learn_through_pads(k):
    torch.manual_seed(0)
    model = Classifier(len(toy_words), rnn=nn.LSTM, bidirectional=False, pooling="last", dropout=0.2)
    trainer = Trainer(model, lr=1e-2, epochs=8, device="cpu")
    history = trainer.fit(followed_by_pads(toy_train, k, 16), followed_by_pads(toy_valid, k, 64), progress=False)
    return history.valid_accuracy[history.best]

pads = [0, 5, 10, 20, 40]
reached = {k: learn_through_pads(k) for k in pads}

# %%
fig, ax = plots.figure(height=2.6)
ax.plot(pads, list(reached.values()), "o-", color=plots.PALETTE["lstm"], lw=2)
ax.axhline(0.5, color=plots.PALETTE["theory"], ls=":")
ax.annotate("guessing", (1, 0.52), color=plots.PALETTE["theory"])
ax.set(xlabel="$k$, pads between the last word and the state that is read", ylabel="right on validation", ylim=(0.4, 1.02), xticks=pads)
lesson.show(fig, "Accuracy on generated reviews against the number of pads before the state is read: nearly perfect without pads, guessing with 40.")

# %%
claim("Read at the true end, at least 90 % are right", reached[0] >= 0.9, reached)
claim("Read 40 pads later, the network guesses: less than 60 %", reached[40] < 0.6, reached)

# %% [markdown]
# No error message, no warning, and a loss that stays at $\ln 2$. With short and long reviews in one batch, 40 pads are nothing special.
#
# The remedy is to look up each review's true length and read the state *there*. In the other direction, the LSTM begins at the true last word and its final state stands
# at the *first*. When we pool over time instead, padding is left out. Then padding cannot change the result, whatever the pooling, and the vector of `<pad>` learns nothing:

# %%
for pooling in ("last", "mean", "max", "mean+max", "attention"):
    torch.manual_seed(0)
    reader = Classifier(len(pair), pooling=pooling)
    difference = (reader(opposites, lengths) - reader(padded, lengths)).abs().max().item()
    claim(f'With pooling="{pooling}", 200 pads change no result by more than 1e-6', difference < 1e-6, difference)

reader.embedding.padding_idx = None  # now PyTorch no longer protects the vector of <pad> ...
reader(padded, lengths).sum().backward()
claim("... and still no gradient reaches it", reader.embedding.weight.grad[0].abs().max() == 0)

# %% [markdown]
# "Left out" is not "set to 0". Some programs multiply the states of the pads by 0 and then take the maximum over time. Where all true states
# of a unit are negative, the pad wins:

# %%
of_a_unit = torch.tensor([-0.4, -0.2, 0.0])  # (T,): two words, then a pad that was multiplied by 0
ours = Classifier(len(pair), pooling="max").pool(of_a_unit[None, :, None], torch.tensor([2]))  # (B=1, D=1)
claim("With its pad set to 0 the maximum is the pad's; that of our pooling is a word's", of_a_unit.max() == 0 and ours.item() == of_a_unit[1], ours)

# %% [markdown]
# ### Two mistakes in one column
# You will often see `output[:, -1]` with a *bidirectional* LSTM. That is the last column again, and worse: there the backward half has just begun. It has read
# one word, the last (or one pad). The gradient says so. Here are 50 steps without any padding:

# %%
torch.manual_seed(0)
both = nn.LSTM(10, 16, bidirectional=True, batch_first=True)
x = torch.randn(1, 50, 10, requires_grad=True)       # (B, T, inputs)
both(x)[0][:, -1, 16:].sum().backward()              # the backward half of the last column
steps = (x.grad[0].norm(dim=-1) > 0).nonzero()[:, 0]  # steps whose input matters
claim("Of 50 steps, the backward half of output[:, -1] has seen the last one only", steps.tolist() == [49], steps)

# %% [markdown]
# What do these readings cost on real reviews? `benchmarks/practices.py` measured that too: reviews cut at 256 words and read in one piece, 5 seeds each, 2 epochs on 5,000 reviews.

# %%
print(recorded(trials))
right = {row["name"]: row["accuracy"] for row in trials["practices"]}
READINGS = ["last column, shuffled, padding learns", "last column, shuffled", "last column", "true ends", "mean and maximum over time"]
fig, ax = plots.figure(height=2.4)
for place, name in enumerate(reversed(READINGS)):
    ax.plot(right[name], [place] * len(right[name]), "o", alpha=0.6, color=plots.PALETTE["rnn" if "column" in name else "lstm"])
    ax.plot(np.mean(right[name]), place, "|", ms=18, mew=3, color=plots.PALETTE["text"])
ax.set(yticks=range(len(READINGS)), yticklabels=READINGS[::-1], ylim=(-0.6, len(READINGS) - 0.4), xlim=(0.5, 0.9), xlabel="right on validation; a dot is a seed, the bar their mean")
lesson.show(fig, "Accuracy on real reviews by what is read. Means: " + ", ".join(f"{name} {np.mean(right[name]):.1%}" for name in READINGS) + ".")

# %%
claim("Recorded: read at the last column of shuffled batches, every seed stays below 60 %", max(right["last column, shuffled"]) < 0.6, right)
claim("Recorded: read at the true ends, every seed gets 75 %", min(right["true ends"]) > 0.75, right)
claim("Recorded: with mean and maximum over time, every seed gets 85 %", min(right["mean and maximum over time"]) > 0.85, right)

# %% [markdown]
# "Shuffled" are batches of reviews of any lengths, with much padding; the others have reviews of similar length in one batch. Sorting by length hides the mistake, it does not mend it. (`padding_idx`, the advice
# of every list, would not have saved it either: compare the first two lines.) And the last line shows something else: even with the right ends, what was said 200 words ago is hard to keep. Pooling over all steps does not ask a memory to hold that long.

# %% [markdown]
# ### Packed or masked?
# PyTorch has its own way to leave padding out: `pack_padded_sequence`. It skips the pads, so it should be faster than reading them and masking them afterwards.
# **Predict first:** in a batch where a third of the places is padding, how much faster is a training step?

# %%
lstm = nn.LSTM(50, 64, batch_first=True)
x, n = torch.randn(32, 200, 50), torch.randint(70, 201, (32,))  # (B, T, inputs), (B,)
n[0] = 200
real = mask(n, 200)[..., None]                                  # (B, T, 1)

def packed():
    output, _ = lstm(pack_padded_sequence(x, n, batch_first=True, enforce_sorted=False))
    return pad_packed_sequence(output, batch_first=True)[0]     # (B, T, H)

def masked():
    return lstm(x)[0] * real                                    # (B, T, H)

claim("About a third of the places is padding", abs(real.float().mean().item() - 2 / 3) < 0.1, real.float().mean())
claim("Packed and masked give the same states within 1e-5", torch.allclose(packed(), masked(), atol=1e-5))

# %% tags=["nbval-ignore-output"]
seconds = {packed: [], masked: []}
torch.set_flush_denormal(True)
for _ in range(6):
    for way in (packed, masked):
        began = perf_counter()
        way().square().mean().backward()
        seconds[way].append(perf_counter() - began)
torch.set_flush_denormal(False)
slow, fast = (np.median(seconds[way][1:]) for way in (packed, masked))
print(f"A training step takes {slow * 1000:.0f} ms packed and {fast * 1000:.0f} ms padded and masked: {slow / fast:.1f} times as long.")
if torch.backends.mkldnn.is_available() and platform.machine() in ("x86_64", "AMD64"):
    claim("On this processor, packing makes a training step at least 1.5 times as long", slow > 1.5 * fast, (slow, fast))

# %% [markdown]
# Packing is not faster here. Without it PyTorch can hand the whole sequence to one optimized routine (oneDNN, on processors of Intel and AMD); packed, it goes step by step
# with fewer and fewer rows. On a GPU it is another story. This course masks.

# %% [markdown]
# ## Quiz
# Five questions: choose a letter, with the mouse or with Tab and the space bar, and read what it says; the first choice counts.

# %%
from utils.course import quiz

quiz("06")

# %% [markdown]
# ## Take away
# 1. Labels, tokens, ids, padding, truncation: each step throws something away, and each can go wrong without an error message. Check them.
# 2. A network that reads padding forgets the text. Read states at the true ends, mask what you pool, and test that padding changes nothing.
# 3. Choose on validation of other films, test once, set the simplest method beside yours, and believe a practice when you have seen its effect over seeds.

# %% [markdown]
# ## References
# - A. L. Maas, R. E. Daly, P. T. Pham, D. Huang, A. Y. Ng, C. Potts (2011). *Learning word vectors for sentiment analysis.* ACL: the reviews.
# - S. Wang, C. D. Manning (2012). *Baselines and bigrams: simple, good sentiment and topic classification.* ACL: how far counting gets.
# - R. Johnson, T. Zhang (2016). *Supervised and semi-supervised text categorization using LSTM for region embeddings.* ICML: bidirectional LSTMs with pooling, and what makes them better than counting.
# - D. Bahdanau, K. Cho, Y. Bengio (2015). *Neural machine translation by jointly learning to align and translate.* ICLR: attention.
# - N. Srivastava, G. Hinton, A. Krizhevsky, I. Sutskever, R. Salakhutdinov (2014). *Dropout: a simple way to prevent neural networks from overfitting.* JMLR 15.
# - S. Ioffe, C. Szegedy (2015). *Batch normalization: accelerating deep network training by reducing internal covariate shift.* ICML.
# - L. N. Smith (2018). *A disciplined approach to neural network hyper-parameters, part 1.* The one-cycle learning rate.
#
# Next: [07 · A language model and temperature](08_language_model.ipynb). From reading to writing.
