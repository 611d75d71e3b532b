# %% [markdown]
# # 07 · A sentiment classifier you can question: solutions
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/gates-and-gradients/gates-and-gradients/blob/main/notebooks/solutions/07_solutions.ipynb)
#
# One way to write each answer of [lesson 07](../07_sentiment_classifier.ipynb). Yours may look different and be just as right:
# the check decides.

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

# %%
import copy

import numpy as np
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence

from utils.course import claim, exercise
from utils.data import Vocabulary, batches, imdb_sample, pad, tokenise
from utils.models import Classifier, load_sentiment
from utils.train import Trainer

sentiment = load_sentiment()

# %% [markdown]
# ## Exercise 07.1 · A bidirectional classifier with torch's LSTM
# Packing keeps the padding from both layers and both directions, so `h_n` holds every state at its true end.

# %%
class LSTMClassifier(nn.Module):
    def __init__(self, vocab_size):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, 64, padding_idx=0)
        self.lstm = nn.LSTM(64, 128, num_layers=2, bidirectional=True, batch_first=True)
        self.output = nn.Linear(2 * 128, 2)

    def forward(self, ids, lengths):
        x = self.embedding(ids)  # (B, T, 64)
        packed = pack_padded_sequence(x, lengths.cpu(), batch_first=True, enforce_sorted=False)
        _, (h_n, _) = self.lstm(packed)  # h_n (4, B, 128)
        return self.output(torch.cat([h_n[-2], h_n[-1]], dim=-1))  # (B, 2)


# %%
exercise("07.1").check(LSTMClassifier)

# %% [markdown]
# ## Exercise 07.2 · The confusion matrix
# Truth and prediction together name one of four places. A loop does it; `np.add.at` is the loop in one line.

# %%
def confusion(truth, predicted):
    matrix = np.zeros((2, 2), dtype=int)
    np.add.at(matrix, (truth, predicted), 1)
    return matrix


# %%
exercise("07.2").check(confusion)

# %% [markdown]
# ## Exercise 07.3 · The words with the longest vectors
# The first two rows are cut from the vectors and from the words, so that the places still agree.

# %%
def top_norms(weight, words, k=5):
    lengths = weight[2:].norm(dim=1)  # (V - 2,)
    return [words[2:][i] for i in lengths.argsort(descending=True)[:k]]


# %%
exercise("07.3").check(top_norms)

# %% [markdown]
# ### The three together
# The classifier learns from 400 reviews of the course's sample, 50 decide which epoch is kept, and the 200 of the test are asked once.

# %% tags=["nbval-ignore-output"]
corpus = imdb_sample()
learn, choose = (part.sample(n) for part, n in zip(corpus.train.hold_out(0.2), (400, 50)))
vocabulary = Vocabulary.build(tokenise(text) for text in learn.texts)
ids = [[vocabulary.encode(tokenise(text)) for text in part.texts] for part in (learn, choose, corpus.test)]

torch.manual_seed(0)
trainer = Trainer(LSTMClassifier(len(vocabulary)), lr=3e-3, epochs=5, device="cpu")
shuffle = torch.Generator().manual_seed(0)
trainer.fit(batches(ids[0], learn.labels, 32, generator=shuffle), batches(ids[1], choose.labels, 50), progress=False)

predicted = trainer.predict(*pad(ids[2])).argmax(-1).numpy()  # (N,)
matrix = confusion(corpus.test.labels, predicted)
print("rows: true negative, true positive; columns: called negative, called positive")
print(matrix)
print("longest vectors, this classifier:  ", top_norms(trainer.model.embedding.weight, vocabulary.words))
print("longest vectors, the shipped model:", top_norms(sentiment.model.embedding.weight, sentiment.vocabulary.words))

# %%
claim(
    "The diagonal of the matrix is what is right, at least 65 % of the test",
    matrix.trace() / matrix.sum() >= 0.65,
    matrix,
)

# %% [markdown]
# Do the words mean something? In the model that has read 22,500 reviews, yes: its longest vectors are verdicts. `nn.Embedding` begins with vectors of random
# length, about 8 for 64 numbers, and 400 short reviews move them little: beside a verdict or two, the longest here are those that were long by chance.
# `utils.models.Classifier` begins with vectors a tenth as long, so that what is learned shows.

# %% [markdown]
# ## Exercise 07.4 · Switch a unit off
# The model's own three lines, and a zero between the first and the second. The zero stands in the states, not in the pooled vector,
# because the attention weights are computed from the states as well.

# %%
def logits_without(model, ids, lengths, unit):
    h = model.states(ids, lengths).clone()  # (B, T, D)
    h[..., unit] = 0
    return model.output(model.pool(h, lengths))  # (B, 2)

# %%
exercise("07.4").check(logits_without)

# %% [markdown]
# The lesson cut two wires in a copy, what the attention and what the output reads. Where the pooling is attention, that is the same:

# %%
reader = sentiment.model
ids, lengths = sentiment.encode("The plot is slow, but the actors are wonderful.")
cut, unit = copy.deepcopy(reader), 7
with torch.no_grad():
    cut.query[unit] = 0
    cut.output.weight[:, unit] = 0
    gap = (cut(ids, lengths) - logits_without(reader, ids, lengths, unit)).abs().max()
claim("A state of 0 and two wires cut give the same logits", gap < 1e-5, gap, limit=1e-5)

# %% [markdown]
# With pooling by mean and maximum there is no query, and the output reads each unit twice. One column set to 0 is not enough there; a state of 0 is.

# %%
both = Classifier(9, 4, 3, pooling="mean+max").eval()
ids, lengths = pad([[2, 3, 4, 5], [6, 7]])
with torch.no_grad():
    column = copy.deepcopy(both)
    column.output.weight[:, 0] = 0
    gap = (logits_without(both, ids, lengths, 0) - column(ids, lengths)).abs().max()
claim("There, one column of the output set to 0 gives other logits", gap > 1e-4, gap)
