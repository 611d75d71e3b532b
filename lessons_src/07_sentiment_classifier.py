# %% [markdown]
# # 07 · A sentiment classifier you can question
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/gates-and-gradients/gates-and-gradients/blob/main/notebooks/07_sentiment_classifier.ipynb) [or as a web page, with nothing to install](https://gates-and-gradients.github.io/gates-and-gradients/notebooks/07_sentiment_classifier.html)
#
# **The question.** Someone wrote two hundred words about a film. Did they like it? An LSTM reads the words in their order, a bag of words only counts them. Who knows better, and why did it say so?
#
# After this lesson you
# - can train an LSTM classifier and report its result so that it can be believed;
# - can ask a model for its reasons, and find out where it goes wrong;
# - can tell a story about a gate from evidence.
#
# Time: 18 minutes, and up to 31 more for the four exercises. The machine needs about a minute. [Lesson 06](06_reviews_to_batches.ipynb) comes before it.
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
lesson.start("07")

# %% [markdown]
# First your bet. Section 4 opens the test.

# %% jupyter={"source_hidden": true} cellView="form"
# Your guess
from utils.course import guess

guess("07.lead")

# %% [markdown]
# ## 1. Embedding, LSTM, pooling
# The reviews become ids as in lesson 06: a vocabulary from train alone, whole films for validation, at most 256 words of each review.

# %%
import copy

import numpy as np
import torch
from torch import nn

from utils.course import claim, exercise
from utils.data import Vocabulary, batches, imdb, imdb_sample, pad, tokenise, truncate
from utils.models import Classifier, load_sentiment
from utils.train import Trainer

torch.set_num_threads(1)  # small matrices: a second thread only gets in the way

# %% tags=["nbval-ignore-output"]
corpus = imdb()
rest, held = corpus.train.hold_out(0.1)  # whole films
train, validation, test = rest.sample(5_000), held.sample(2_500), corpus.test.sample(5_000)
vocabulary = Vocabulary.build(map(tokenise, train.texts), max_size=10_000)

def ids_of(split):
    return [truncate(vocabulary.encode(tokenise(text)), 256) for text in split.texts]

# %% [markdown]
# The classifier has three parts. An *embedding* gives each word $w_t$ a vector $x_t$. Two LSTMs, the cell of [lesson 02](02_lstm_cell.ipynb), read from both ends.
# Pooling makes one vector of their states, and a linear layer turns it into two scores, the *logits*, one for each class:
#
# $$x_t = E[w_t] \qquad h_t = [\overrightarrow{\mathrm{LSTM}}(x)_t,\ \overleftarrow{\mathrm{LSTM}}(x)_t] \qquad
# a_t = \mathrm{softmax}_t(q \cdot h_t) \qquad y = W \sum_t a_t h_t + b$$
#
# The pooling is a mean with learned weights $a_t$, called *attention*: the vector $q$ says which states matter. $q$ starts at 0, so the pooling starts as the plain mean. Padding gets no weight.
# For speed, `segment=32` cuts a review into pieces of 32 words, which are read side by side, each from a fresh state; attention looks at all of them.

# %%
torch.manual_seed(0)
model = Classifier(len(vocabulary), embedding=50, hidden=32, pooling="attention", segment=32, dropout=0.2, word_dropout=0.2)

# %% jupyter={"source_hidden": true} cellView="form"
# Your guess
guess("07.vectors")

# %% [markdown]
# ### Exercise 07.1 · A bidirectional classifier with torch's LSTM
# *Medium, 15 minutes.* Write a classifier with PyTorch's own parts: an embedding of 64 numbers a word, one `nn.LSTM` with 128 units, two layers and both directions, and a
# linear layer that makes two logits, (B, 2). It reads two states of the upper layer, side by side: the forward one after the true last word, the backward one after the first.
# Padding must not reach either. `ids` is (B, T) with 0 as padding, `lengths` is (B,), in any order. Return logits, not probabilities.

# %%
class LSTMClassifier(nn.Module):
    def __init__(self, vocab_size):
        raise NotImplementedError

    def forward(self, ids, lengths):
        raise NotImplementedError

# %%
exercise("07.1").check(LSTMClassifier)

# %% [markdown]
# ## 2. Training
# `Trainer` is the loop of lesson 01 with what practice has added:
# - **AdamW, one cycle**: the learning rate rises, then falls to almost zero, so that few epochs are enough.
# - **Clipping** at norm 1, for gradients that explode.
# - **Dropout**: a fifth of the words, and of the numbers between the layers, are left out in each step, because the model could learn these few reviews by heart.
# - **Label smoothing**: aim a little below certainty, so that no score needs to be driven to an extreme.
# - The weights of the **best epoch** are kept: the one with the lowest loss *on validation*.
#
# [Lesson 09](09_choosing.ipynb) measures what most of them are worth.

# %% tags=["nbval-ignore-output"]
epochs, size = (8, 16) if corpus.sample else (2, 32)  # the sample is smaller
learn = batches(ids_of(train), train.labels, size, generator=torch.Generator().manual_seed(0))
choose = batches(ids_of(validation), validation.labels, 64)
trainer = Trainer(model, lr=0.02, epochs=epochs, clip=1.0, label_smoothing=0.05)
history = trainer.fit(learn, choose)
print("right on validation after each epoch:", ", ".join(f"{share:.1%}" for share in history.valid_accuracy))

# %% tags=["nbval-ignore-output"] jupyter={"source_hidden": true} cellView="form"
# The curves
lesson.show(history.plot(), f"Loss and accuracy by epoch. At the end {history.train_accuracy[-1]:.1%} are right in training, "
                            f"{history.valid_accuracy[-1]:.1%} on validation; the weights of epoch {history.best + 1} are kept.")

# %% [markdown]
# If training gets better while validation gets worse, the model has begun to learn the reviews by heart. (Training can also look worse throughout: there it is measured with dropout, while the weights still change.)
#
# ## 3. Which mistakes?
# ### Exercise 07.2 · The confusion matrix
# *Easy, 5 minutes.* One accuracy hides two errors: praise taken for complaint, and complaint for praise. Count all four cases. `truth` and `predicted` are arrays (N,)
# of 0 and 1. Return a 2 by 2 array of counts: the row is the truth, the column the prediction, 0 before 1.

# %%
def confusion(truth, predicted):
    raise NotImplementedError

# %%
exercise("07.2").check(confusion)

# %% [markdown]
# ### Where to draw the line
# Where is it written that the answer turns at a probability of 0.5? Whoever must be sure of each praise sets the threshold higher and misses some. Whoever must find all of it sets it lower.
# **Precision**: of those called positive, how many are. **Recall**: of those that are positive, how many are found. **F1**: the harmonic mean of the two. Move the threshold over the scores of *your* model:

# %% tags=["nbval-ignore-output"]
scores = torch.tensor(model.cpu().logits_of(ids_of(validation))).softmax(-1)[:, 1]  # (N,)
explorers.Threshold(scores, validation.labels)

# %% [markdown]
# **Two things to try**
# 1. Find the threshold at which 95 of 100 reviews that are called positive really are. How many positive ones does it miss?
# 2. Find the one with the most right answers. How many more reviews are right than at 0.5, and would you trust the difference?
#
# ### Which words?
# Training moves a word's vector when that helps to decide. Does the length of a vector, its *norm*, say which words matter? Look into the model that ships with the course, which has learned from 22,500 real reviews.

# %% jupyter={"source_hidden": true} cellView="form"
# Your guess
guess("07.norms")

# %% [markdown]
# ### Exercise 07.3 · The words with the longest vectors
# *Easy, 5 minutes.* `weight` is the matrix of an embedding, (V, D), and `words` the list of its V words; the first two, `<pad>` and `<unk>`, are not words and do not count.
# Return the `k` words with the longest vectors, the longest first. Then ask both models:
# `top_norms(model.embedding.weight, vocabulary.words)` and `top_norms(sentiment.model.embedding.weight, sentiment.vocabulary.words)`.

# %%
sentiment = load_sentiment()

def top_norms(weight, words, k=5):
    raise NotImplementedError

# %%
exercise("07.3").check(top_norms)

# %% [markdown]
# ### Norm and verdict
# A norm has no sign, and a long vector is not always an opinion. The [appendix](12_appendix.ipynb) draws the norms beside the verdicts.
#
# ## 4. The test, once
# Two rivals learn from the same reviews: a bag of words as in lesson 06, and one that also counts pairs of neighbors, so that *not good* is a word of its own. Then all three answer the same test reviews.

# %%
from utils.models.baselines import bag

bags = {"bag of words": bag("unigrams"), "bag of words and pairs": bag("bigrams", features=50_000)}
right = {name: one.fit(train.texts, train.labels).predict(test.texts) == test.labels for name, one in bags.items()}
right["our LSTM"] = model.logits_of(ids_of(test)).argmax(-1) == test.labels  # (N,), True where it is right

# %% tags=["nbval-ignore-output"] jupyter={"source_hidden": true} cellView="form"
# Your guess, and what was measured
from utils import plots

shares = {name: each.mean() for name, each in right.items()}
fig, ax = plots.figure(height=1.7)
for row, (name, p) in enumerate(shares.items()):
    error, color = 2 * (p * (1 - p) / len(test)) ** 0.5, plots.PALETTE["lstm" if "LSTM" in name else "gru"]
    ax.errorbar(p, row, xerr=error, fmt="o", ms=8, capsize=4, lw=2, color=color)
    ax.annotate(f"{p:.1%}", (p, row), (0, 8), textcoords="offset points", ha="center", fontsize=10)
ax.set(yticks=range(3), yticklabels=list(shares), ylim=(2.5, -0.7), xlabel="share of test reviews that are right, with two standard errors")
always = max(test.labels.mean(), 1 - test.labels.mean())
lesson.show(fig, f"Right on the test: always the same {always:.1%}, " + ", ".join(f"{name} {p:.1%}" for name, p in shares.items()) + ".")

lead = right["our LSTM"].astype(int) - right["bag of words"]  # (N,): 1 where the LSTM alone is right, -1 where the bag alone is
print(f"They disagree on {np.abs(lead).sum():,} of {len(lead):,} reviews, and there the LSTM is right in {(lead > 0).sum() / np.abs(lead).sum():.0%}.")
print(f"The LSTM's lead: {100 * lead.mean():.1f} points, with a standard error of {100 * lead.std() / len(lead) ** 0.5:.1f}.")
on_sample = corpus.sample and "it takes the real reviews"
claim("On real reviews the LSTM does not lead the bag of words by half a point", lead.mean() < 0.005, lead.mean(), unless=on_sample)
claim("On the generated ones it leads by at least 5 points", lead.mean() >= 0.05, lead.mean(), unless=not corpus.sample and "these are the real reviews")
guess("07.lead").reveal(100 * lead.mean())

# %% [markdown]
# (Both answered the *same* reviews, so we count only where they disagree. That is surer than the two shares with their bars.)
#
# <!-- told: 07.lead -->
# **What did order bring?** On 5,000 *real* reviews (as this notebook came), nothing you could count on: among two hundred words there are enough clear ones, and the rare "not bad at all" does not tip their sum.
# Our *generated* ones are short, every fifth opinion is put as a negation, and what follows a "but" counts: there the LSTM wins clearly, as a run without the real reviews shows. Order helps where the data calls for it.
#
# Was it the few reviews? With 22,500 to learn from, and all 25,000 of the test, on which one standard error is 0.2 points:

# %% jupyter={"source_hidden": true} cellView="form"
# Recorded
from utils.files import measured

found = measured("imdb")
machine = found["machine"]
print(f"Recorded on {machine['processor']}, {machine['threads']} threads, torch {machine['torch']}, by {found['command']}.\n")
print(f"{'':58} test   seconds   parameters")
for row in found["rows"]:
    print(f"{row['name']:58} {row['test']:.1%} {row['seconds']:9.0f} {row.get('parameters') or '':>12}")
high = np.array([row["test"] for row in found["rows"] if row["test"] > 0.85])
weighted = next(row["test"] for row in found["rows"] if row["name"] == "bag of weighted bigrams, logistic regression")
single = [row["test"] for row in found["rows"] if row["name"].startswith(("LSTM", "GRU"))]
claim("Recorded: weighted pairs are ahead of every single network", weighted > max(single), {"points": 100 * (weighted - max(single))})
claim("Recorded: one standard error is 0.2 points", set((100 * (high * (1 - high) / 25_000) ** 0.5).round(1)) == {0.2})

# %% [markdown]
# (*Unigrams* are words, *bigrams* pairs of neighbors, *weighted* by how much more often each stands in one class than in the other; a *recipe* is a set of sizes and settings of this course.)
# More reviews, and a larger network, help the LSTM. But a linear model of pairs is ahead of every single network. Pairs are order too.
#
# Others, on the same test: a widely read tutorial with 10 million parameters, ready-made word vectors and a bidirectional LSTM reports 86.2 % (bentrevett), weighted pairs 91.2 % (Wang and Manning 2012), a bidirectional LSTM
# with pooling 91.9 % (Johnson and Zhang 2016).
# The next step up is not a better cell but **pretraining**: first read a great deal of text without labels, then these reviews. An LSTM that has done so reaches 95.4 % (Howard and Ruder 2018), the transformers BERT and XLNet 95.5 % and 96.2 % (Yang and others 2019).
#
# ## 5. Question it
# The model that ships has the same three parts, trained on 22,500 reviews. Here are thirteen sentences, and what a person reads in them.

# %%
EXAMPLES = [
    ("A wonderful, moving film with a great cast. I loved it.", 1),
    ("A boring, terrible film. What a waste of time.", 0),
    ("The film is good.", 1),
    ("The film is not good.", 0),
    ("The film is not bad at all.", 1),
    ("This film is never boring.", 1),
    ("I liked it.", 1),
    ("I did not like it.", 0),
    ("I expected a terrible film, and I was wrong.", 1),
    ("It could have been a wonderful film.", 0),
    ("Thank you, director, for the best nap of my life.", 0),
    ("My favorite part was the end, because it was over.", 0),
    ("The villain is horrible, evil and cruel, and the actor plays him so well.", 1),
]

# %% jupyter={"source_hidden": true} cellView="form"
# Your guess
guess("07.as_a_person")

# %% [markdown]
# Question it yourself. All numbers are differences of the two logits, positive minus negative: above 0 is "positive". From the top down you see
# - the two answers, and how they are added up from the first word to the last;
# - over each word its *saliency*: how much it moved the LSTM's answer. (By *integrated gradients*: the gradient of the answer, averaged while all word vectors grow from 0 to what they are, times the word's vector.)
# - under it, what the word adds in a bag of the same reviews.
#
# A simpler measure is how far the answer falls when a word is left out. Where the two disagree, the word is framed.

# %%
explorers.TypedReview()

# %% [markdown]
# **Three things to try**
# 1. At which word of *a long one* does the LSTM make up its mind? Take its strongest word out.
# 2. Turn a review round with *not*, *never*, *hardly*. Does the answer turn? And the bag's?
# 3. Praise the film with irony. A person would notice.
#
# ### The thirteen sentences

# %% jupyter={"source_hidden": true} cellView="form"
# Your guess, and what was measured
from utils.arrays.bag import load_bag

of_bag = load_bag(sentiment.vocabulary)  # it has learned from the same 22,500 reviews
print("bag   LSTM  person")
says = []
for sentence, person in EXAMPLES:
    p, q = sentiment.predict(sentence), 1 / (1 + np.exp(-of_bag.log_odds(tokenise(sentence))))
    says.append((p > 0.5) == bool(person))
    print(f"{q:.2f}  {p:.2f}  {person} {' ' if says[-1] else '✗'}  {sentence}")
facts = sentiment.facts["run"]["test"]["accuracy"], of_bag.facts["run"]["test"]["accuracy"]
claim(f"Recorded by {sentiment.facts['command']}: on the test the LSTM has {facts[0]:.1%} right, the bag {facts[1]:.1%}", facts[0] > 0.88)
guess("07.as_a_person").reveal(says.count(True))

# %% [markdown]
# <!-- told: 07.as_a_person -->
# Right on about nine of ten real reviews, and here no better than a coin. Both are true. **Negation**: *not good* it knows, but *bad* and *boring* weigh so much that hardly anything
# turns them. **Irony**: one has to know what a nap means in a cinema. **The villain**: his cruelty is praise for the actor. A model learns what pays on its training reviews, and no more.
#
# ## 6. The gates of a reader
# Now open it. Which of its units *follow the verdict*? We let it read 400 generated reviews and correlate each unit's mean state with the answer: $z$, the logit of *positive* minus that of *negative*. (This $z$ is no update gate.)

# %%
reader = sentiment.model
H = reader.forward_rnn.hidden_size  # 32 forward and 32 backward

@torch.no_grad()
def read(texts):
    """lengths (B,), states (B, T, 2H) and answers z (B,) of `texts`."""
    ids, lengths = pad([sentiment.vocabulary.encode(tokenise(text)) for text in texts])
    return lengths, reader.states(ids, lengths), reader(ids, lengths) @ torch.tensor([-1.0, 1.0])

texts = imdb_sample().train.texts  # generated: no film in them is real
lengths, h, z = read(texts[:400])
mean_state = [h[b, : lengths[b]].mean(0) for b in range(400)]  # each (2H,)
r = np.array([np.corrcoef(states, z)[0, 1] for states in torch.stack(mean_state).T])  # (2H,)

# %% jupyter={"source_hidden": true} cellView="form"
# Your guess
guess("07.follow")

# %% [markdown]
# Radford, Józefowicz and Sutskever (2017) found a *single* unit in a large network that had learned sentiment by itself. Ours was trained to answer, and every unit was free to help. Here are its forward units at work, each column under its word.
# They are numbered by that correlation: unit 1 falls most closely with the verdict, unit 32 rises most closely. Below is the framed unit alone.

# %%
rows = np.argsort(r[:H])
explorers.GateHeatmap(sentiment, order=rows, letter="h", unit=len(rows), word=9)

# %% [markdown]
# **Three things to try**
# 1. Draw $h$, then $c$. Where does the praise begin? Do the first and the last units go opposite ways?
# 2. Draw $f$: at which words do many units forget at once? Change "wonderful" to "awful": which of the six letters change?
# 3. Type `The film is not good.` and follow unit 32: what does "not" do to its $f$, $i$ and $g$?

# %% jupyter={"source_hidden": true} cellView="form"
# Your guess, and what was measured
strong = np.abs(r) > 0.7
order = np.argsort(r)
fig, ax = plots.figure(9, 2.4)
ax.bar(range(2 * H), r[order], color=[plots.PALETTE["lstm"] if unit < H else plots.PALETTE["x"] for unit in order], width=0.7)
ax.axhspan(-0.7, 0.7, color="#EEEEEE", zorder=0)
ax.set(xlabel="units, sorted", ylabel="correlation", ylim=(-1, 1), xticks=[], xlim=(-1, 2 * H))
ax.text(2, 0.8, "blue: reads forward, black: reads backward", fontsize=10)
lesson.show(fig, f"The 64 units sorted by their correlation with the verdict, from {r.min():.2f} to {r.max():.2f}. {strong.sum()} of them lie beyond -0.7 or 0.7, of both directions.")
guess("07.follow").reveal(int(strong.sum()))

# %% [markdown]
# The forward unit that follows best once more, through another review. Up means praise.

# %% jupyter={"source_hidden": true} cellView="form"
# One unit
from utils.probes import gate_trace

unit = int(np.abs(r[:H]).argmax())
up = float(np.sign(r[unit]))
review = "The plot is slow and the dialogue is awful, but the actors are wonderful and I loved the ending."
words = tokenise(review)
with torch.no_grad():
    trace = gate_trace(reader.forward_rnn, reader.embed(sentiment.encode(review)[0]))[0]
one = {letter: values[0, :, unit].numpy() for letter, values in trace.items()}  # each (T,)
fig, (top, bottom) = plots.figure(9, 4.0, nrows=2, sharex=True)
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
news = up * one["i"] * one["g"]
claim("At “wonderful” its memory takes in more praise than at “awful”", news[words.index("wonderful")] > news[words.index("awful")],
      {word: news[words.index(word)] for word in ("wonderful", "awful")})

# %% [markdown]
# We searched 32 units for the one that follows best. So far we have *looked*. Does the network *need* this unit?
#
# ## 7. Switch it off
# To *ablate* a unit is to take it away and see what changes. Two things read a unit's state: the attention and the output layer. So cut both wires, in a copy.
# (Inside the loop other units have read it before; to be stricter, one would cut those wires too.)

# %%
@torch.no_grad()
def without(units, h=h, lengths=lengths):
    """The answers z (B,) when neither the attention nor the output reads the states of `units`."""
    cut = copy.deepcopy(reader)
    cut.query[units] = 0
    cut.output.weight[:, units] = 0
    return cut.output(cut.pool(h, lengths)) @ torch.tensor([-1.0, 1.0])

# %% jupyter={"source_hidden": true} cellView="form"
# Your guess
guess("07.turned")

# %% [markdown]
# ### Exercise 07.4 · Switch a unit off
# *Easy, 6 minutes.* The other way to do it works for any `Classifier`, whatever its pooling: let the unit's *state* be 0 at every word. Return the logits (B, 2). `ids` is (B, T), `lengths` (B,). The model
# answers in three steps: `model.states`, `model.pool`, `model.output`. Leave its weights as they are.

# %%
def logits_without(model, ids, lengths, unit):
    raise NotImplementedError

# %%
exercise("07.4").check(logits_without)

# %% [markdown]
# ### Following and moving
# Is a unit that follows the verdict closely also one that moves it? Each point is a unit:

# %% jupyter={"source_hidden": true} cellView="form"
# Your guess, and what was measured
best = int(np.abs(r).argmax())
turned = np.array([((without([k]) > 0) != (z > 0)).float().mean().item() for k in range(2 * H)])
moved = np.array([(without([k]) - z).abs().mean().item() for k in range(2 * H)])  # in logits
fig, ax = plots.figure(9, 3)
ax.plot(np.abs(r), moved, "o", color=plots.PALETTE["lstm"], ms=6, alpha=0.7)
ax.plot(abs(r[best]), moved[best], "o", color=plots.PALETTE["rnn"], ms=9, label="the best follower")
ax.legend(loc="upper left", frameon=False)
ax.set(xlabel="|correlation| with the verdict", ylabel="mean change of $z$ without it", xlim=(0, 1), ylim=(0, None))
lesson.show(fig, "64 points: to the right, units that follow the verdict closely; high, units whose loss changes it. Among those far to the right the change differs many times over.")
claim("No single unit turns more than one answer in twenty, the best follower included", turned.max() < 1 / 20, {"most": turned.max(), "best follower": turned[best]})
claim("Of the units with |r| > 0.7, the loss of one moves z at least 3 times as much as that of another",
      moved[strong].max() > 3 * moved[strong].min(), moved[strong].max() / moved[strong].min())
guess("07.turned").reveal(100 * turned[best])

# %% [markdown]
# <!-- told: 07.turned -->
# A unit can follow the verdict because it *makes* it, or because it reads the same words as those that make it. A heat map shows both alike; switching off tells them apart.
# The answer is spread over many units that can stand in for one another: without half of them, drawn at random, at least three quarters of the answers stay ([appendix](12_appendix.ipynb)). That makes the network robust, and a story about *one* unit weak.
#
# ## 8. What a picture of gates cannot tell
# - **Which unit is which.** Exchange the units with all their weights: every row of the heat map moves, and no answer changes. With another seed "unit 7" is another one.
# - **What a state means.** Turn the sign of one unit's $g$, and of all weights that read the unit: its gates stay, $c$ and $h$ change their sign, no answer changes. Blue and orange are names; the meaning lies in what is done with a state afterwards.
# - **What is typical.** The unit above looks like a switch. Most gates of this reader are mostly half open: it weighs.
# - **What matters.** A unit may follow the verdict and not be needed.
#
# The [appendix](12_appendix.ipynb) shows the first three by experiment. The debate goes on: Jain and Wallace (2019) found attention weights that point to quite other words and lead to the same answer; *attention is not explanation*.
# Wiegreffe and Pinter (2019) replied that it depends on whether an explanation is to be *plausible*, or *faithful*: the true cause. Our rule: a picture gives the idea, an intervention gives the evidence, and the
# evidence is best counted on texts that did not give the idea. (Ours were the same 400.)

# %% [markdown]
# ## Quiz
# Five questions: choose a letter, with the mouse or with Tab and the space bar, and read what it says; the first choice counts.

# %% jupyter={"source_hidden": true} cellView="form"
# The quiz
from utils.course import quiz

quiz("07")

# %% [markdown]
# ## Take away
# 1. Choose on validation of other films, open the test once, and put the simplest method in the same table.
# 2. A model that is right on nine of ten reviews can be wrong for reasons that no accuracy shows. Ask it sentences of your own.
# 3. Look for the idea, switch off for the evidence.

# %% tags=["nbval-ignore-output"] jupyter={"source_hidden": true} cellView="form"
# Your progress
from utils.course import progress

progress("07")

# %% [markdown]
# ## References
# - A. L. Maas, R. E. Daly, P. T. Pham, D. Huang, A. Y. Ng, C. Potts (2011). *Learning word vectors for sentiment analysis.* ACL: the reviews.
# - S. Wang, C. D. Manning (2012). *Baselines and bigrams: simple, good sentiment and topic classification.* ACL.
# - D. Bahdanau, K. Cho, Y. Bengio (2015). *Neural machine translation by jointly learning to align and translate.* ICLR: attention.
# - R. Johnson, T. Zhang (2016). *Supervised and semi-supervised text categorization using LSTM for region embeddings.* ICML.
# - B. Trevett. [*PyTorch sentiment analysis*](https://github.com/bentrevett/pytorch-sentiment-analysis): the tutorial.
# - J. Howard, S. Ruder (2018). *Universal language model fine-tuning for text classification.* ACL, arXiv:1801.06146: ULMFiT, an LSTM that was trained on other text first.
# - Z. Yang, Z. Dai, Y. Yang, J. Carbonell, R. Salakhutdinov, Q. V. Le (2019). *XLNet: generalized autoregressive pretraining for language understanding.* NeurIPS, arXiv:1906.08237: BERT and XLNet on these reviews (figures as in the authors' repository, zihangdai/xlnet).
# - L. N. Smith (2018). *A disciplined approach to neural network hyper-parameters, part 1.* The one-cycle learning rate.
# - M. Sundararajan, A. Taly, Q. Yan (2017). *Axiomatic attribution for deep networks.* ICML: integrated gradients.
# - A. Radford, R. Józefowicz, I. Sutskever (2017). *Learning to generate reviews and discovering sentiment.* arXiv:1704.01444: the sentiment unit.
# - S. Jain, B. C. Wallace (2019). *Attention is not explanation.* NAACL. S. Wiegreffe, Y. Pinter (2019). *Attention is not not explanation.* EMNLP.
#
# Next: [08 · A language model and temperature](08_language_model.ipynb). From reading to writing.
