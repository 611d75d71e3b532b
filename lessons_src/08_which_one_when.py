# %% [markdown]
# # 08 · Which one, when
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/gates-and-gradients/gates-and-gradients/blob/main/notebooks/08_which_one_when.ipynb)
#
# **Question.** RNN, LSTM or GRU; how large, how trained; or something newer? There are rules of thumb. Which of them hold when they are measured?
#
# You will
# - hold each rule of thumb against measurements with several seeds,
# - choose the size and the training of a network by its effect on held-out data,
# - see what came after: attention, and recurrences that are trained in parallel.
#
# Time: 40 minutes. Before: lessons 02 and 03.
# Letters and terms: [notation](glossary.ipynb).

# %% tags=["nbval-ignore-output", "setup"]
import os, subprocess, sys  # (this cell is written by tools/stamp.py)
address, folder = "https://github.com/gates-and-gradients/gates-and-gradients", "/content/gates-and-gradients"
if "google.colab" in sys.modules and folder not in sys.path:  # on Colab: fetch the course, once
    if not os.path.exists(folder):
        subprocess.run(["git", "clone", "--quiet", "--depth=1", address, folder], check=True)
    sys.path.insert(0, folder)
from utils import lesson
lesson.start("08")

# %% [markdown]
# ## 1. The rules, as they are told

# %% [markdown]
# ## 2. One race, live

# %% [markdown]
# ## 3. Memory against length

# %% [markdown]
# ### Exercise 08.2 · Where does the difference begin?
# *Medium, 10 minutes.* Two models, several lengths, five seeds each. The means always differ; when is it more than luck? Write `first_difference(lengths, a, b)`. `a` and `b`
# are NumPy arrays (lengths, seeds) with the accuracies of two models, one row for each of `lengths`, which may come in any order. Return the **shortest** length at which the two differ
# significantly, or `None` where there is none.
#
# *Significantly* means here: an exact permutation test on the difference of the means, with two sides (either model may be the better one), gives $p$ below 5 % divided by the number of lengths.
# (Why divided? Whoever looks four times is fooled four times as often. Why not a t-test? Accuracies that fail altogether or reach 100 % are no bell curve.) SciPy has the test: `scipy.stats.permutation_test`.

# %%
def first_difference(lengths, a, b):
    raise NotImplementedError

# %%
from utils.exercises import exercise

difference_exercise = exercise("08.2")
difference_exercise.check(first_difference)

# %% [markdown]
# Stuck? Take away a `#`.

# %%
# difference_exercise.hint()
# difference_exercise.solution()

# %% [markdown]
# ## 4. How soon does it learn?

# %% [markdown]
# ### Exercise 08.1 · A fair race
# *Medium, 12 minutes.* Which one learns sooner? Write `race(models, draw, held_out, steps)`, a fair race. `models` is a dict from name to network, each of which takes `x` (B, T, features) and
# gives logits (B, classes); `draw()` gives a new batch `x, y`; `held_out` is one pair `x, y` from which nobody learns. Train each model for `steps` steps with its own `torch.optim.Adam(..., lr=1e-2)` and
# `cross_entropy`, **all on the same batches, one new batch a step**. Return a dict with, for each name,
#
# `{"loss": [...], "accuracy": [...], "seconds": ...}`
#
# a number a step: the loss of the batch, of which you take the gradient, and the share right on `held_out` after the update; and the seconds of that model's training alone.
# Sooner in steps and sooner in seconds are two questions, and you can then answer both.

# %%
def race(models, draw, held_out, steps):
    raise NotImplementedError

# %%
from utils.exercises import exercise

race_exercise = exercise("08.1")
race_exercise.check(race)

# %%
# race_exercise.hint()
# race_exercise.solution()

# %% [markdown]
# ## 5. A wave, continued

# %% [markdown]
# ### Exercise 08.3 · Forecast a wave
# *Medium, 15 minutes.* Now you: `forecast_table(lengths, waves, hidden, epochs)` compares LSTM and GRU at each length $T$ of `lengths`. `waves(count, steps)` gives new sine waves, (count, steps).
# For each $T$ draw 256 waves **twice**: first those to learn from, then those for the test. Both models get the same. A network reads $T$ numbers and forecasts the one that follows. Train each for `epochs` passes through
# its waves, in batches of 32, by Adam with `lr=1e-2` on the mean squared error. Return the dict `table`, with `table["LSTM", T] = mse, network` and the same for `"GRU"`: the mean squared error on the test waves, a number, and the
# trained network. The class for it is there.

# %%
import torch
from torch import nn

class Forecaster(nn.Module):
    """x (B, T, 1) -> the next number (B, 1), from h_T; kind is nn.LSTM or nn.GRU."""

    def __init__(self, kind, hidden):
        super().__init__()
        self.rnn, self.head = kind(1, hidden, batch_first=True), nn.Linear(hidden, 1)

    def forward(self, x):
        return self.head(self.rnn(x)[0][:, -1])

# %%
def forecast_table(lengths, waves, hidden, epochs):
    raise NotImplementedError

# %%
from utils.exercises import exercise

forecast_exercise = exercise("08.3")
forecast_exercise.check(forecast_table)

# %%
# forecast_exercise.hint()
# forecast_exercise.solution()

# %% [markdown]
# ## 6. What does it cost?
# Four prices: numbers to store, multiplications to do, time to wait, and a state to keep. The first two can be counted, and so can the last. Time has to be measured.
#
# **Predict first.** A step of an LSTM multiplies four times as much as a step of an RNN of the same size. A stream comes in, one input at a time, 32 units, on one core. How many times as long as
# the RNN's will the LSTM's step take?

# %%
my_guess_times = 4.0

# %% [markdown]
# **To count.** A part has $W$ on its inputs, $U$ on the state, and two biases. At a step each number of $W$ and $U$ is multiplied once, and no number twice. So the multiply-adds of a step are the
# parameters without the biases, and you need not count again. With more layers, or both directions, each reader pays for its own; a second layer reads $H$ numbers, or $2H$ where the first one reads both ways.

# %%
import json
import time
from itertools import product

import numpy as np
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from utils import explorers, plots
from utils.cells import GRUCell, LSTMCell, RNNCell
from utils.explorers.costs import weights
from utils.files import RESULTS
from utils.lesson import claim

networks = {"RNN": nn.RNN, "LSTM": nn.LSTM, "GRU": nn.GRU}
gaps = []
for (name, kind), n, H, layers, both in product(networks.items(), (1, 300), (8, 128), (1, 3), (False, True)):
    torchs = kind(n, H, layers, bidirectional=both, device="meta").parameters()  # "meta": shapes without numbers
    gaps.append(sum(w.numel() for w in torchs) - sum(weights(name, n, H, layers, both).values()))
claim("Counted by the formula, the parameters of 48 networks are torch's", len(gaps) == 48 and not any(gaps), gaps)

# %%
counts = {}
for name, kind in zip(networks, (RNNCell, LSTMCell, GRUCell)):
    with FlopCounterMode(display=False) as counter:  # torch's own; an operation is a product or a sum, so two make one
        kind(300, 128)(torch.randn(1, 300))  # (B=1, n)
    counts[name] = counter.get_total_flops() // 2, weights(name, 300, 128)
    print(f"{name:4}  {counts[name][0]:>9,} multiply-adds a step")
claim("One step multiplies with each number of W and U exactly once", all(flops == w["W"] + w["U"] for flops, w in counts.values()), counts)

# %% [markdown]
# The state of a stream is what a network has to keep between two inputs: $H$ numbers a layer, twice as many for the LSTM. It does not grow with what has been read. That is the strong side of all three, and section 9 comes back to it.

# %%
streams, layers, H = 10_000, 2, 256
for name, states in (("RNN", 1), ("LSTM", 2), ("GRU", 1)):
    print(f"{name:4}  {streams * layers * H * states * 4 / 1e6:5.1f} MB for {streams:,} streams at once")

# %% [markdown]
# **To measure.** `benchmarks/costs.py` took the time of `nn.RNN`, `nn.LSTM` and `nn.GRU` in turns, on one thread, with as many inputs as units. It wrote down the machine, too:

# %%
measured = json.loads((RESULTS / "costs.json").read_text(encoding="utf-8"))
print(f"{measured['machine']['processor']}, {measured['machine']['threads']} thread, torch {measured['machine']['torch']}")

fig, axes = plots.figure(9, 3.3, ncols=2)
for name in networks:
    at_128 = np.array(measured["train_us"][name][measured["hidden"].index(128)])
    lines = (measured["hidden"], measured["stream_us"][name]), (measured["batches"], at_128 / measured["batches"])
    for ax, (x, y) in zip(axes, lines):
        ax.loglog(x, y, "o-", color=plots.PALETTE[name.lower()], label=name)
        ax.set_xticks(x, x)
        ax.minorticks_off()
axes[0].set(title="one step of a stream", xlabel="$H$, units", ylabel="microseconds")
axes[1].set(title="training, $H$ = 128", xlabel="batch", ylabel="microseconds for a step\nof one sequence")
fig.legend(*axes[0].get_legend_handles_labels(), loc="outside upper right", ncols=3, frameon=False)
plots.show(fig, "Two plots with logarithmic axes, three lines each. Left: a step of a stream takes hardly longer with 32 units than with 16, "
                "and many times as long with 512. Right: in training a sequence costs far less in a batch of 64 than alone.")

# %%
small, large = measured["hidden"].index(32), measured["hidden"].index(512)
lstm, rnn = measured["stream_us"]["LSTM"], measured["stream_us"]["RNN"]
alone, crowd = (measured["batches"].index(B) for B in (1, 64))
gru = measured["train_us"]["GRU"][measured["hidden"].index(128)]
claim("32 units: a step of the LSTM's stream takes less than 2.5 times the RNN's", lstm[small] < 2.5 * rnn[small], (lstm, rnn))
claim("512 units: it takes more than 2.5 times as long", lstm[large] > 2.5 * rnn[large], (lstm, rnn))
claim("From 32 units to 512 the multiply-adds grow 256 times, the LSTM's time less than 64 times", lstm[large] < 64 * lstm[small], lstm)
claim("Training a GRU of 128 units on a batch of 64 costs less than a third a sequence of what it costs alone", gru[crowd] / 64 < gru[alone] / 3, gru)
print(f"You guessed that the LSTM's step takes {my_guess_times} times as long as the RNN's.")

# %% [markdown]
# A small step is not made of multiplications. It is made of calls: for each, Python and PyTorch take some microseconds before the first number is touched. So a small network is hardly slower for four
# times the arithmetic, and a batch of 64 is far from 64 times as slow as one sequence. Only when the matrices are large do the multiplications decide. And the program decides as well:
# on Intel and AMD processors PyTorch leaves the LSTM, and it alone, to oneDNN (lesson 03). So an RNN may be trained more slowly than an LSTM four times its size.
#
# The calculator puts all four together, for RNN, LSTM and GRU at once. What was counted is exact. Times are *estimates*, interpolated from that file, hence for that machine: `python -m benchmarks.costs` replaces it by yours.

# %%
from utils import explorers

explorers.Costs()

# %% [markdown]
# **Three things to try.** Predict before you move.
# 1. One layer of 256 units, or four layers of 128 with 64 inputs: which has more parameters? Which takes longer to train?
# 2. Batch from 1 to 32. By how much does the training step grow?
# 3. Tick *both directions*. What is lost besides the time?

# %%
def one(**changed):
    return explorers.Costs.compute(**{"cell": "LSTM", "n": 64, "H": 128, "layers": 1, "batch": 32, "T": 100, "both": False} | changed)

wide, deep, alone = one(H=256), one(layers=4), one(batch=1)
for name, result in (("one layer of 256", wide), ("four of 128", deep)):
    print(f"LSTM, {name:16}  {result['count']['LSTM']:>7,} parameters, a training step of {explorers.costs.duration(result['train']['LSTM'])}")
claim("Four layers of 128 units have more parameters than one of 256", deep["count"]["LSTM"] > wide["count"]["LSTM"], (deep["count"], wide["count"]))
growth = one()["train"]["LSTM"] / alone["train"]["LSTM"]
claim("32 sequences together take less than 16 times as long as one", growth < 16, growth)
claim("With both directions there are twice the parameters, and no stream", one(both=True)["count"]["LSTM"] == 2 * one()["count"]["LSTM"]
      and one(both=True)["stream"]["LSTM"] is None)

# %% [markdown]
# How good are the estimates? The benchmark also measured five shapes beside its grid: other inputs, more layers, both directions.

# %% tags=["nbval-ignore-output"]
for shape in measured["others"]:
    sizes = {name: shape[name] for name in ("n", "H", "layers", "both", "batch", "T")}
    took = " ".join(f"{name} {1e6 * explorers.costs.train_seconds(name, **sizes) / us:.2f}" for name, us in shape["us"].items())
    print(f"estimated / measured: {took}   {sizes}")

# %% [markdown]
# And your computer? A few hundred steps of a stream, 32 units, in turns:

# %% tags=["nbval-ignore-output"]
cells = {"RNN": nn.RNNCell(32, 32), "LSTM": nn.LSTMCell(32, 32), "GRU": nn.GRUCell(32, 32)}
x, took = torch.randn(1, 32), {name: [] for name in cells}  # (B=1, n)
with torch.inference_mode():
    for _ in range(15):
        for name, cell in cells.items():
            state, start = None, time.perf_counter()
            for _ in range(50):
                state = cell(x, state)
            took[name].append(1e6 * (time.perf_counter() - start) / 50)
for name, steps in took.items():
    print(f"{name:4} {np.median(steps):5.1f} microseconds a step, {np.median(steps) / np.median(took['RNN']):.2f} times the RNN's")

# %% [markdown]
# ## 7. The rules, measured

# %% [markdown]
# ## 8. Choosing hyperparameters

# %% [markdown]
# ## 9. What came after
# A recurrent network squeezes the past into one state, and passes it on from step to step. Two later ideas change that. *Attention* looks back at every step directly.
# A *linear recurrence* keeps the state, and makes its way from step to step so simple that the steps need not wait for one another. Both are small enough to run here.
#
# ### Attention looks back
# Each step makes three vectors: a **query** $q_t$, what it looks for; a **key** $k_t$, by which it can be found; a **value** $v_t$, what it has to say. Step $t$ compares its
# query with the key of each step $s$ up to $t$, a softmax turns the scores into weights, and the answer is the weighted mean of the values:
#
# $$\alpha_{ts} = \operatorname*{softmax}_{s \le t}\Big(\frac{q_t \cdot k_s}{\sqrt D}\Big) \qquad\qquad o_t = \sum_{s \le t} \alpha_{ts}\, v_s$$
#
# Bahdanau, Cho and Bengio (2015) laid it over a recurrent network. Vaswani and others (2017) left the network out: "attention is all you need". A sum has no order, though, and without the
# network nobody says what came first. So **position must be given**: here each step has a vector of its own, `P`, learned like a weight and added to the input.

# %%
import json

import numpy as np
import torch
from torch import nn

from utils import explorers, files, initialize, plots, tasks
from utils.exercises import exercise
from utils.lesson import claim
from utils.scan import MinGRU, scan, stepped

class Attention(nn.Module):
    def __init__(self, n, D, T, positions=True):
        super().__init__()
        self.W_x, self.P = nn.Linear(n, D), nn.Embedding(T, D)
        self.W_q, self.W_k, self.W_v = (nn.Linear(D, D) for _ in range(3))
        self.positions = positions

    def forward(self, x):  # (B, T, n)
        T, e = x.shape[1], self.W_x(x)  # e (B, T, D)
        if self.positions:
            e = e + self.P.weight[:T]  # (T, D): what is special about step t
        q, k, v = self.W_q(e), self.W_k(e), self.W_v(e)  # each (B, T, D)
        scores = q @ k.mT / k.shape[-1] ** 0.5  # (B, T, T): every step with every step
        later = torch.ones(T, T, dtype=torch.bool).triu(1)
        alpha = scores.masked_fill(later, -torch.inf).softmax(-1)  # nobody looks ahead
        return alpha @ v, alpha  # (B, T, D), (B, T, T)

# %% [markdown]
# The task is recall with **distractors**: a random symbol at each of 50 steps, and the question is always which one was the first. Only its place tells it from the others. To be fair, the LSTM is told
# the place too: an eleventh input, which is 1 at step 1. It starts from chrono. **Predict:** who learns it sooner? And attention without positions?

# %%
torch.set_flush_denormal(True)  # lesson 02: what vanishes should not cost time

def learn_first(make, seed, marked=False, distractors=True, steps=200, T=50):
    """Train on recall; (share of right answers at each step, share on 1,000 new sequences, the network)."""
    torch.manual_seed(seed)
    network, head, right = make(), nn.Linear(32, 10), []
    weights = [*network.parameters(), *head.parameters()]
    adam = torch.optim.Adam(weights, lr=1e-2)

    def answers(batch):
        x, y = tasks.first_element_recall(batch, T, distractors=distractors)  # (B, T, 10), (B,)
        mark = nn.functional.one_hot(torch.zeros(batch, dtype=torch.long), T)[..., None]  # (B, T, 1)
        return head(network(torch.cat([x, mark], -1) if marked else x)[0][:, -1]), y  # (B, 10), (B,)

    while len(right) < steps and (len(right) < 20 or min(right[-20:]) < 1):
        scores, y = answers(32)
        adam.zero_grad()
        nn.functional.cross_entropy(scores, y).backward()
        nn.utils.clip_grad_norm_(weights, 1.0)
        adam.step()
        right.append((scores.argmax(1) == y).float().mean().item())
    with torch.no_grad():
        scores, y = answers(1000)
    return right, (scores.argmax(1) == y).float().mean().item(), network

# %%
looked = {
    "attention": [learn_first(lambda: Attention(10, 32, 50), seed) for seed in range(3)],
    "attention without positions": [learn_first(lambda: Attention(10, 32, 50, positions=False), 0, steps=150)],
    "LSTM, chrono, told the place": [
        learn_first(lambda: initialize.chrono_(nn.LSTM(11, 32, batch_first=True), T_max=50), seed, marked=True, steps=150)
        for seed in range(2)
    ],
}

# %%
x, _ = tasks.first_element_recall(1000, 50, distractors=True)  # (B, T, 10)
with torch.no_grad():
    alpha = [network(x)[1][:, -1].mean(0) for _, _, network in looked["attention"]]  # 3 times (T,): step 50 looks back

fig, (left, right) = plots.figure(9, 3.1, ncols=2)
for (name, runs), color in zip(looked.items(), ("h", "theory", "lstm")):
    for i, (shares, _, _) in enumerate(runs):
        left.plot(np.convolve(shares, np.ones(20) / 20, "valid"), color=plots.PALETTE[color], label=None if i else name)
left.set(xlabel="training step", ylabel="share of right answers", ylim=(0, 1.03))
left.legend(frameon=False, fontsize=9)
right.bar(range(1, 51), alpha[0], color=plots.PALETTE["h"])
right.set(xlabel="step looked at", ylabel="weight", ylim=(0, 1.03))
right.set_title("where step 50 looks, mean of 1,000 sequences", fontsize=10)
plots.show(fig, "Left: attention learns recall with distractors within 150 steps, three times; without positions it stays near guessing. "
                "Right: nearly all of the weight of step 50 lies on step 1.")

# %%
places = [accuracy for _, accuracy, _ in looked["attention"]]
claim("Attention recalls 99 % with each of 3 seeds, within 150 steps of training",
      min(places) >= 0.99 and max(len(shares) for shares, _, _ in looked["attention"]) <= 150, places)
claim("Without positions it is right in less than 30 %", looked["attention without positions"][0][1] < 0.3)
claim("The LSTM that is told the place has not finished after 150 steps with any of 2 seeds",
      all(min(shares[130:]) < 1 for shares, _, _ in looked["LSTM, chrono, told the place"]))
claim("Step 50 lays more than half of its weight on step 1, with each of 3 seeds", min(a[0].item() for a in alpha) > 0.5, [a[0] for a in alpha])

# %% [markdown]
# Why so soon? From the last step back to the first the gradient takes **one** hop, not 49. Here is the gradient that the output of step 50 sends to each input, before any training:

# %%
def reach(network, x):
    x = x.clone().requires_grad_()
    network(x)[0][:, -1].sum().backward()
    return x.grad.norm(dim=(0, 2))  # (T,)

torch.manual_seed(0)
gradient = {"attention": reach(Attention(10, 32, 50), x), "LSTM": reach(nn.LSTM(10, 32, batch_first=True), x)}  # each (T,)

fig, ax = plots.figure(9, 2.5)
for (name, norms), color in zip(gradient.items(), ("h", "lstm")):
    ax.semilogy(range(1, 51), norms / norms[-1], color=plots.PALETTE[color], label=name)
ax.set(xlabel="step", ylabel="gradient, step 50 = 1")
ax.legend(frameon=False)
plots.show(fig, "Gradient at each of 50 inputs, logarithmic: the LSTM's falls by more than 6 powers of ten from step 50 to step 1, that of attention stays level.")
claim("Fresh LSTM: less than a millionth of the gradient at step 50 reaches step 1", gradient["LSTM"][0] < 1e-6 * gradient["LSTM"][-1])
claim("Fresh attention: step 1 gets at least half as much as the median step",
      gradient["attention"][0] > 0.5 * gradient["attention"].median(), gradient["attention"][0])

# %% [markdown]
# It costs something. The scores are a $T \times T$ table: 2,500 numbers at $T = 50$, and four times as many when $T$ doubles. And whoever reads on must keep the key and the value of **each** step so far, the *KV cache*,
# where a recurrent network keeps one state. We count that below.
#
# ### A recurrence that need not wait
# A GRU's $z_t$ looks at $h_{t-1}$, so step $t$ waits for step $t - 1$. Let the gates look at $x_t$ alone, drop the reset gate and the tanh, and what is left is the **minGRU** of Feng and others (2024):
#
# $$z_t = \sigma(W_z x_t + b_z) \qquad n_t = W_n x_t + b_n \qquad h_t = (1 - z_t) \odot n_t + z_t \odot h_{t-1}$$
#
# (Our $z$ keeps, as everywhere in this course; in their paper it writes.) All $z_t$ and $n_t$ can be computed at once. What still goes from step to step is linear in $h$:
#
# $$h_t = a_t \odot h_{t-1} + b_t \qquad\text{with}\qquad a_t = z_t, \quad b_t = (1 - z_t) \odot n_t$$
#
# Two such steps in a row are one such step: $\;a'(a h + b) + b' = (a' a)\, h + (a' b + b')$. So stretches of steps can be joined before $h$ is known, and in any grouping: joining is **associative**. Hence the trick,
# a *scan* (Hillis and Steele 1986; for recurrent networks Martin and Cundy 2018). In each round every place takes in the stretch just before its own; the stretches double, 1, 2, 4, 8, and
# after $\log_2 T$ rounds, rounded up, every place knows everything up to itself.

# %%
from utils import explorers

explorers.Scan()

# %% [markdown]
# **Three things to try.**
# 1. Move *rounds done* from 0 up. Follow the orange wires: which inputs have reached the last place? The gray ones have not.
# 2. Set $T$ to 16, then to 17. How many rounds more? And from 17 to 32?
# 3. Set $a$ to 0.5. Two or three rounds are nearly enough. Why? Then $a = 1$: the state is a running sum, and every round counts.
#
# The answer to 3: after $r$ rounds only inputs more than $2^r$ steps old are missing, and they weigh $a^{2^r}$ or less. A scan needs its late rounds for long memory.
#
# Stepped or scanned, it is one function. The proof, with 64-bit numbers and a length that is no power of two:

# %%
numbers = torch.Generator().manual_seed(0)
B, T, H = 4, 50, 8
a = torch.rand(B, T, H, dtype=torch.float64, generator=numbers).requires_grad_()  # gates, 0 to 1
b = torch.randn(B, T, H, dtype=torch.float64, generator=numbers).requires_grad_()
h = torch.randn(B, H, dtype=torch.float64, generator=numbers).requires_grad_()  # the state before step 1
direction = torch.randn(B, T, H, dtype=torch.float64, generator=numbers)  # any loss will do

states = [way(a, b, h) for way in (stepped, scan)]  # each (B, T, H)
gradients = [torch.autograd.grad((each * direction).sum(), (a, b, h)) for each in states]

claim("Stepped and scanned, all 50 states agree within 1e-12", (states[0] - states[1]).abs().max() < 1e-12)
claim("So do the gradients of a, b and the first state, within 1e-10",
      max((one - other).abs().max() for one, other in zip(*gradients)) < 1e-10)

# %% [markdown]
# There is a shorter formula, and it is a trap: with $P_t = a_1 a_2 \cdots a_t$, $\;h_t = P_t \sum_{s \le t} b_s / P_s$. Two cumulative calls and no rounds. But $P_t$ runs out of numbers, and then it divides by zero.
# (Feng and others compute with logarithms instead, for which $a$ and $b$ must be positive.) The scan never divides. Any $a$ will do, 0 and negative ones too; products that underflow become 0, as they should.

# %%
gates, news = torch.full((1, 200, 1), 0.5), torch.ones(1, 200, 1)  # (B, T, H), 32-bit
P = gates.cumprod(1)
shortcut = P * (news / P).cumsum(1)
claim("T = 200, a = 0.5: the shortcut ends in nan", shortcut[0, -1].isnan().item(), shortcut[0, -1])
claim("The scan ends at 2, as it should, within 1e-6", abs(scan(gates, news)[0, -1].item() - 2) < 1e-6)

# %% [markdown]
# ### Exercise 08.4 · A recurrence in rounds of doubling
# *Hard, 12 minutes.* Write the scan in NumPy. `a` and `b` are (T, H), `h` is the state before the first step, (H,). Return all states, (T, H). `T` may be any length. No loop over the steps: one round treats all
# places at once. The check compares with stepping, and counts your products.

# %%
def scan_states(a, b, h):
    raise NotImplementedError

# %%
scan_exercise = exercise("08.4")
scan_exercise.check(scan_states)

# %%
# scan_exercise.hint()
# scan_exercise.solution()

# %% [markdown]
# ### What does it learn, and what was given up?
# `utils.scan` has `MinGRU` and `MinLSTM`: scanned when called on a whole sequence, and with `step` for one input at a time. First the recall of lesson 02, 49 *silent* steps, from chrono. Then the distractors
# from above, without and with the mark at step 1. **Predict** which of the three it cannot learn.

# %%
trained = {
    "silent steps": [learn_first(lambda: MinGRU(10, 32).chrono_(50), seed, distractors=False) for seed in range(3)],
    "distractors": [learn_first(lambda: MinGRU(10, 32).chrono_(50), 0)],
    "distractors, told the place": [learn_first(lambda: MinGRU(11, 32).chrono_(50), seed, marked=True, steps=300) for seed in range(2)],
}
reached = {name: [accuracy for _, accuracy, _ in runs] for name, runs in trained.items()}

claim("minGRU, 49 silent steps: 99 % with each of 3 seeds", min(reached["silent steps"]) >= 0.99, reached)
claim("minGRU, distractors: less than 30 %", max(reached["distractors"]) < 0.3, reached)
claim("minGRU, distractors, told the place: 95 % with each of 2 seeds", min(reached["distractors, told the place"]) >= 0.95, reached)

# %% [markdown]
# A gate that sees $x_t$ alone treats a symbol alike wherever it stands. It cannot think "this is the first, I am still empty". That look at its own state is what was given up for the scan, and one layer does not get it back. A second layer
# does in part: its gates see the first layer's states. Real models stack several. Mamba (Gu and Dao 2023) is such a stack, with a larger state and a scan written for GPUs.
#
# And trained by scan, it runs as a stream, with nothing but its state to remember:

# %%
network, (x, _) = trained["silent steps"][0][2], tasks.first_element_recall(5, 50)
with torch.no_grad():
    at_once, state = network(x)[0], None  # (B, T, H)
    for t in range(50):
        state = network.step(x[:, t], state)  # (B, H)
claim("50 single steps of the trained minGRU end in the state of the scan, within 1e-5", (state - at_once[:, -1]).abs().max() < 1e-5)

# %% [markdown]
# ### How fast?
# **Predict:** training passes of $T$ = 16 to 2,048 steps, batch 8, 32 inputs, 64 units, on *one thread of a CPU*. Who wins for long sequences? The figures were taken by `benchmarks/after.py`, in turns.

# %% tags=["nbval-ignore-output"]
after = json.loads((files.RESULTS / "after.json").read_text(encoding="utf-8"))
lengths = [row["T"] for row in after["speed"]]
milliseconds = {name: [row[name]["ms"] for row in after["speed"]] for name in after["speed"][0] if name != "T"}

fig, ax = plots.figure(9, 3.4)
for (name, ms), (color, line) in zip(milliseconds.items(), (("n", ":"), ("n", "-"), ("gru", "-"), ("lstm", "-"), ("h", "--"))):
    ax.loglog(lengths, ms, line, marker="o", ms=4, color=plots.PALETTE[color], label=name)
ax.set(xlabel="T, steps", ylabel="milliseconds", xticks=lengths, xticklabels=lengths)
ax.minorticks_off()
ax.legend(frameon=False, loc="center left", bbox_to_anchor=(1, 0.5))
plots.show(fig, "Milliseconds of one training pass against T, both logarithmic: attention is the steepest line; "
                "the scanned minGRU gains nothing lasting over the stepped one; nn.LSTM is lowest for long sequences.")

# %%
def times(name, T, other, of):
    return milliseconds[name][lengths.index(T)] / milliseconds[other][lengths.index(of)]

claim("From T = 512 to 2,048, attention takes more than 8 times as long, nn.LSTM less than 6 times",
      times("attention", 2048, "attention", 512) > 8 and times("nn.LSTM", 2048, "nn.LSTM", 512) < 6)
claim("At T = 2,048 attention takes more than 5 times as long as nn.LSTM", times("attention", 2048, "nn.LSTM", 2048) > 5)
claim("At no length is the scan 3 times as fast as stepping", max(times("minGRU, stepped", T, "minGRU, scanned", T) for T in lengths) < 3)

# %% [markdown]
# The line for attention bends up: $T^2$. The scan disappoints, and must. Stepping joins $T$ times; the scan, as written here, about $T \log_2 T$ times, and on one thread all of it has to be done one after another. It pays
# where a machine does a whole round at once. Feng and others report 175 times less time than a GRU at $T = 512$, on a GPU. We had none to measure with; `python -m benchmarks.after --device cuda` will tell you.
#
# ### Where a state still wins
# A stream: a sensor, a keyboard, a text that does not end. One layer, 512 units, 32-bit numbers. What must be kept to read the next token, and how many multiplications does it take?

# %%
D = 512
lstm_kept, lstm_work = 2 * D * 4, 8 * D * D  # h and c, 4 bytes each; four gates on x and on h

def cache(T):  # a key and a value for each token so far
    return 2 * T * D * 4

def attention_work(T):  # q, k and v; then the scores of T tokens and the mean of their values
    return 3 * D * D + 2 * T * D

print("tokens so far    kept, KiB: LSTM    attention    multiplications: LSTM    attention")
for T in (1, 100, 1_000, 10_000, 100_000):
    print(f"{T:13,}{lstm_kept / 1024:19,.0f}{cache(T) / 1024:13,.0f}{lstm_work:25,}{attention_work(T):13,}")

claim("From the second token on, attention keeps more than the LSTM", cache(1) == lstm_kept < cache(2))
claim("Up to 1,280 tokens it does less work per token, from then on more",
      attention_work(1279) < lstm_work == attention_work(1280))

# %% [markdown]
# The state of an LSTM, or of a minGRU, is as large after 100,000 tokens as after one. That is its strength and its weakness: what does not fit is lost, whereas attention can still look it up.
#
# ### "Why Transformers beat LSTMs", sentence by sentence
# You will read this list in many places. The same benchmark also trained four networks on recall over **256** silent steps, 300 training steps at most, 3 seeds:

# %%
recall = {name: [run["accuracy"] for run in runs] for name, runs in after["recall"]["runs"].items()}
claim("T = 256: the LSTM as it comes stays below 20 % with each of 3 seeds", max(recall["LSTM as it comes"]) < 0.2, recall)
claim("T = 256: the LSTM with chrono is right in more than 80 % with each", min(recall["LSTM, chrono"]) > 0.8, recall)
claim("T = 256: the minGRU with chrono, and attention, reach 99 % with each", min(recall["minGRU, chrono"] + recall["attention"]) >= 0.99, recall)

# %% [markdown]
# | It is said | What we measured |
# |---|---|
# | An LSTM goes step by step and is slow to parallelize. | True of gates that see $h_{t-1}$. It is not true of recurrences as such: a linear one, scanned, has the same states and gradients in $\log_2 T$ rounds. |
# | A Transformer computes all positions in parallel. | In training, where all tokens are known; the price is $T^2$ scores. When it *writes*, each token waits for the one before, as in a recurrent network. |
# | It uses a GPU 100 times better. | A figure without a model and a machine. We had no GPU. On one CPU thread, at $T$ = 2,048, attention takes more than 5 times as long as `nn.LSTM`. |
# | LSTMs struggle above 200 tokens. | As it comes, the LSTM guesses at 256 steps, and at 50 as well (lesson 02). With chrono it recalls over 256. Where its gates start decides here, not the length. |
# | Attention connects any two positions directly. | True: its gradient at step 1 is that of any other step, and here it learned soonest. It must be given the positions, and keep the whole past. |
#
# All of this is about small tasks and single layers. That Transformers write better text than LSTMs is well established, and nothing here says otherwise; these five sentences are just not the whole reason.
#
# **Papers of this section.**
# - D. Bahdanau, K. Cho, Y. Bengio (2015). *Neural machine translation by jointly learning to align and translate.* ICLR.
# - A. Vaswani and others (2017). *Attention is all you need.* NeurIPS.
# - W. D. Hillis, G. L. Steele (1986). *Data parallel algorithms.* Communications of the ACM 29 (12): the rounds of doubling.
# - E. Martin, C. Cundy (2018). *Parallelizing linear recurrent neural nets over sequence length.* ICLR.
# - L. Feng, F. Tung, M. O. Ahmed, Y. Bengio, H. Hajimirsadeghi (2024). *Were RNNs all we needed?* arXiv 2410.01201: minGRU, minLSTM.
# - A. Gu, T. Dao (2023). *Mamba: linear-time sequence modeling with selective state spaces.* arXiv 2312.00752.

# %% [markdown]
# ## Quiz
# Five questions: choose a letter, with the mouse or with Tab and the space bar, and read what it says; the first choice counts.

# %%
from utils.quizzes import quiz

quiz("08")

# %% [markdown]
# ## Take away
#
# ## References
#
# Back to [00 · Start here](00_start_here.ipynb), which lists the lessons.
