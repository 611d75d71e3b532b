# %% [markdown]
# # 11 · What came after
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/gates-and-gradients/gates-and-gradients/blob/main/notebooks/11_what_came_after.ipynb)
#
# **The question.** RNN, LSTM or GRU; how large, how trained; or something newer? There are rules of thumb. Which of them hold when they are measured?
#
# After this lesson you
# - can hold a rule of thumb against measurements with several seeds, and say when a difference is one;
# - can choose the size and the training of a network by their effect on held-out data, and know what they cost;
# - have seen what came after: attention, and recurrences that are trained in parallel.
#
# Time: 60 minutes, and up to 49 more for the four exercises. The machine needs half a minute. [Lessons 02](02_lstm_cell.ipynb) and [03](03_gru_cell.ipynb) come before it.
# A good place for a break is after section 7.
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
lesson.start("11")

# %%
import math, time, warnings
from itertools import combinations, product

import numpy as np
import torch
from IPython.display import Markdown, display
from matplotlib.lines import Line2D
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from utils import explorers, files, plots, probes
from utils.cells import initialize
from utils.data import pad, tasks
from utils.cells import GRUCell, LSTMCell, RNNCell
from utils.course import exercise
from utils.arrays.count import parameters
from utils.course import claim
from utils.course.results import TaskResults, compare
from utils.cells.scan import MinGRU, scan, stepped
from utils.course.sweep import BASE, KNOBS, SweepResults

# %% [markdown]
# ## 9. What came after
# A recurrent network squeezes the past into one state, and passes it on from step to step. Two later ideas change that. *Attention* looks back at every step directly.
# A *linear recurrence* keeps the state, and makes its way from step to step so simple that the steps need not wait for one another. Both are small enough to run here.

# %% [markdown]
# ### Attention looks back
# Each step makes three vectors: a **query** $q_t$, what it looks for; a **key** $k_t$, by which it can be found; a **value** $v_t$, what it has to say. Step $t$ compares its
# query with the key of each step $s$ up to $t$, a softmax turns the scores into weights, and the answer is the weighted mean of the values:
#
# $$\alpha_{ts} = \operatorname*{softmax}_{s \le t}\Big(\frac{q_t \cdot k_s}{\sqrt D}\Big) \qquad\qquad o_t = \sum_{s \le t} \alpha_{ts}\, v_s$$
#
# Bahdanau, Cho and Bengio (2015) laid it over a recurrent network. Vaswani and others (2017) left the network out: "attention is all you need". A sum has no order, though, and without the
# network nobody says what came first. So **position must be given**: here each step has a vector of its own, `P`, learned like a weight and added to the input.

# %%
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
lesson.show(fig, "Left: attention learns recall with distractors within 150 steps, three times; without positions it stays near guessing. "
                "Right: nearly all of the weight of step 50 lies on step 1.")

# %%
places = [accuracy for _, accuracy, _ in looked["attention"]]
claim("Attention recalls 99 % with each of 3 seeds, within 150 steps of training",
      min(places) >= 0.99 and max(len(shares) for shares, _, _ in looked["attention"]) <= 150, places)
claim("Without positions it is right in less than 30 %", looked["attention without positions"][0][1] < 0.3)
claim("The LSTM that is told the place has not finished after 150 steps with any of 2 seeds",
      all(min(shares[130:]) < 1 for shares, _, _ in looked["LSTM, chrono, told the place"]))
claim("Each sequence has a table of 2,500 scores", looked["attention"][0][2](x[:1])[1].numel() == 2500)
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
lesson.show(fig, "Gradient at each of 50 inputs, logarithmic: the LSTM's falls by more than 6 powers of ten from step 50 to step 1, that of attention stays level.")
claim("Fresh LSTM: less than a millionth of the gradient at step 50 reaches step 1", gradient["LSTM"][0] < 1e-6 * gradient["LSTM"][-1])
claim("Fresh attention: step 1 gets at least half as much as the median step",
      gradient["attention"][0] > 0.5 * gradient["attention"].median(), gradient["attention"][0])

# %% [markdown]
# It costs something. The scores are a $T \times T$ table: 2,500 numbers at $T = 50$, and four times as many when $T$ doubles. And whoever reads on must keep the key and the value of **each** step so far, the *KV cache*,
# where a recurrent network keeps one state. We count that below.

# %% [markdown]
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
explorers.Scan()

# %% [markdown]
# **Three things to try.**
# 1. Move *rounds done* from 0 up. Follow the orange wires: which inputs have reached the last place? The gray ones have not.
# 2. Set $T$ to 16, then to 17. How many rounds more? And from 17 to 32?
# 3. Set $a$ to 0.5. Two or three rounds are nearly enough. Why? Then $a = 1$: the state is a running sum, and every round counts.
#
# The answer to 3: after $r$ rounds only inputs that are $2^r$ steps old or older are missing, and they weigh $a^{2^r}$ or less. A scan needs its late rounds for long memory.

# %%
def rounds_needed(T):
    """After how many rounds every place of the explorer knows all that stepping knows."""
    result = explorers.Scan.compute(T, 1.0, 0)
    return next(r for r, held in enumerate(result["held"]) if np.allclose(held, result["states"]))

rounds = {T: rounds_needed(T) for T in (16, 17, 32)}
claim("16 places take 4 rounds; 17 take 5, and so do 32", list(rounds.values()) == [4, 5, 5])

# %% [markdown]
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
# ### Exercise 11.1 · A recurrence in rounds of doubling
# *Hard, 12 minutes.* Write the scan in NumPy. `a` and `b` are (T, H), `h` is the state before the first step, (H,). Return all states, (T, H). `T` may be any length. No loop over the steps: one round treats all
# places at once. The check compares with stepping, and counts your products.

# %%
def scan_states(a, b, h):
    raise NotImplementedError

# %%
scan_exercise = exercise("11.1")
scan_exercise.check(scan_states)

# %%
# scan_exercise.hint()
# scan_exercise.solution()

# %% [markdown]
# ### What does it learn, and what was given up?
# `utils.cells.scan` has `MinGRU` and `MinLSTM`: scanned when called on a whole sequence, and with `step` for one input at a time. First the recall of lesson 02, 49 *silent* steps, from chrono. Then the distractors
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
# **Predict:** training passes of $T$ = 16 to 2,048 steps, batch 8, 32 inputs, 64 units, on *one thread of a CPU*. Who wins for long sequences? And on a GPU? The figures were taken by `benchmarks/after.py`, in turns.

# %% tags=["nbval-ignore-output"]
after, after_on_gpu = files.measured("after"), files.measured("after_cuda")
print(recorded(after), recorded(after_on_gpu), sep="\n")
claim("As recorded, the shape is 8 sequences, 32 inputs, 64 units", list(after["shape"].values()) == list(after_on_gpu["shape"].values()) == [8, 32, 64])
lengths = [row["T"] for row in after["speed"]]

def milliseconds_of(result):
    return {name: [row[name]["ms"] for row in result["speed"]] for name in result["speed"][0] if name != "T"}

milliseconds, on_gpu = milliseconds_of(after), milliseconds_of(after_on_gpu)
fig, axes = plots.figure(9, 3.6, ncols=2, sharey=True)
lines = (("n", ":"), ("n", "-"), ("gru", "-"), ("lstm", "-"), ("h", "--"))
for ax, result, times_of in zip(axes, (after, after_on_gpu), (milliseconds, on_gpu)):
    for (name, ms), (color, line) in zip(times_of.items(), lines):
        ax.loglog(lengths, ms, line, marker="o", ms=4, color=plots.PALETTE[color], label=name)
    ax.set(xlabel="T, steps", xticks=lengths, title=result["machine"]["gpu"] or "one thread of a CPU")
    ax.set_xticklabels(lengths, fontsize=8)
    ax.minorticks_off()
axes[0].set(ylabel="milliseconds")
fig.legend(*axes[0].get_legend_handles_labels(), loc="outside upper center", ncols=5, frameon=False)
lesson.show(fig, "Milliseconds of one training pass against T, both logarithmic, on a CPU and on a GPU. On the CPU attention is the steepest line "
                "and the scanned minGRU gains nothing lasting over the stepped one. On the GPU stepping is the steepest; all else is nearly flat.")

# %%
def times(name, T, other, of):
    return milliseconds[name][lengths.index(T)] / milliseconds[other][lengths.index(of)]

growth = {name: times(name, 2048, name, 128) for name in ("attention", "nn.LSTM")}  # for 16 times the steps
claim("Recorded: from T = 128 to 2,048 attention grows more than 40 times, and more than twice as much as nn.LSTM",
      growth["attention"] > max(40, 2 * growth["nn.LSTM"]), growth)
claim("Recorded: at T = 2,048 attention takes more than 3 times as long as nn.LSTM", times("attention", 2048, "nn.LSTM", 2048) > 3)
claim("Recorded: at no length is the scan 3 times as fast as stepping", max(times("minGRU, stepped", T, "minGRU, scanned", T) for T in lengths) < 3)
last = {name: ms[-1] for name, ms in on_gpu.items()}  # on the GPU, at T = 2,048
claim("Recorded on the GPU: at T = 2,048 the scan is more than 20 times as fast as stepping", last["minGRU, stepped"] > 20 * last["minGRU, scanned"], last)
claim("Recorded there: nn.LSTM is still more than twice as fast as the scan, and as fast as attention within a tenth",
      last["minGRU, scanned"] > 2 * last["nn.LSTM"] and abs(last["nn.LSTM"] / last["attention"] - 1) < 0.1, last)

# %% [markdown]
# The line for attention bends up: $T^2$. The scan disappoints, and must. Stepping joins $T$ times; the scan, as written here, about $T \log_2 T$ times, and on one thread all of it has to be done one after another. It pays
# where a machine does a whole round at once, as a GPU does: there a step costs a start of the device, and the scan has few of them. Feng and others report that at $T = 512$, on a GPU, a GRU takes 175 times as long. Theirs must have been stepped: cuDNN, which starts one program for all steps, leaves our plain scan behind. Attention was timed there without the extra axis that torch's fused kernels want, so it may be faster still. `python -m benchmarks.after --device cuda` measures yours.

# %% [markdown]
# ### Where a state still wins
# A stream: a sensor, a keyboard, a text that does not end. One layer, 512 units, 32-bit numbers. What must be kept to read the next token, and how many multiplications does it take?

# %%
D = 512
lstm, token = nn.LSTM(D, D, batch_first=True), torch.randn(1, 1, D)  # (B=1, T=1, D)
lstm_kept = sum(state.nbytes for state in lstm(token)[1])  # h and c
with FlopCounterMode(display=False) as counter:
    LSTMCell(D, D)(token[0])
lstm_work = counter.get_total_flops() // 2  # four gates on x and on h

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

# %% [markdown]
# ### "Why Transformers beat LSTMs", sentence by sentence
# You will read this list in many places. The same benchmark also trained four networks on recall over **256** silent steps, 300 training steps at most, 3 seeds:

# %%
print(recorded(after))
recall = {name: [run["accuracy"] for run in runs] for name, runs in after["recall"]["runs"].items()}
claim("Recorded, T = 256: the LSTM as it comes stays below 20 % with each of 3 seeds", max(recall["LSTM as it comes"]) < 0.2, recall)
claim("Recorded, T = 256: the LSTM with chrono is right in more than 80 % with each", min(recall["LSTM, chrono"]) > 0.8, recall)
claim("Recorded, T = 256: the minGRU with chrono, and attention, reach 99 % with each", min(recall["minGRU, chrono"] + recall["attention"]) >= 0.99, recall)

# %% [markdown]
# | It is said | What we measured |
# |---|---|
# | An LSTM goes step by step and is slow to parallelize. | True of gates that see $h_{t-1}$. It is not true of recurrences as such: a linear one, scanned, has the same states and gradients in $\log_2 T$ rounds. |
# | A Transformer computes all positions in parallel. | In training, where all tokens are known; the price is $T^2$ scores. When it *writes*, each token waits for the one before, as in a recurrent network. |
# | It uses a GPU 100 times better. | A figure without a model and a machine. On one CPU thread, at $T$ = 2,048, attention takes more than 3 times as long as `nn.LSTM`. |
# | LSTMs struggle above 200 tokens. | As it comes, the LSTM guesses at 256 steps, and at 50 as well (lesson 02). With chrono it recalls over 256. Where its gates start decides here, not the length. |
# | Attention connects any two positions directly. | True: before training, its gradient at step 1 is about as large as at any other step, and here it learned soonest. It must be given the positions, and keep the whole past. |
#
# All of this is about small tasks and single layers. That Transformers write better text than LSTMs is well established, and nothing here says otherwise; these five sentences are just not the whole reason.

# %% [markdown]
# ## Quiz
# Five questions: choose a letter, with the mouse or with Tab and the space bar, and read what it says; the first choice counts.

# %%
from utils.course import quiz

quiz("11")

# %% [markdown]
# ## Take away
# 1. A rule of thumb without a task, a length, a budget and several seeds is a rumor. Of those that name a length, none held as it is told.
# 2. To recall over 50 steps and more, it mattered where the gates start, and less which cell they belong to. In adding both mattered. Set the bias for the distance the task needs, and then try both cells.
# 3. Choose by several seeds on validation: the learning rate first, since it alone does harm on both sides. Count the price in your own seconds.
# 4. Attention looks back directly and keeps the whole past. A recurrence keeps a state of one size, and a linear one can still be trained in parallel.

# %% [markdown]
# ## References
# - S. Hochreiter, J. Schmidhuber (1997). *Long short-term memory.* Neural Computation 9(8): recall and adding.
# - H. B. Mann, D. R. Whitney (1947). *On a test of whether one of two random variables is stochastically larger than the other.* Annals of Mathematical Statistics 18(1).
# - J. Chung, C. Gulcehre, K. Cho, Y. Bengio (2014). *Empirical evaluation of gated recurrent neural networks on sequence modeling.* arXiv:1412.3555: LSTM and GRU, with no clear winner.
# - C. Tallec, Y. Ollivier (2018). *Can recurrent neural networks warp time?* ICLR: chrono initialization.
# - D. Bahdanau, K. Cho, Y. Bengio (2015). *Neural machine translation by jointly learning to align and translate.* ICLR.
# - A. Vaswani and others (2017). *Attention is all you need.* NeurIPS.
# - W. D. Hillis, G. L. Steele (1986). *Data parallel algorithms.* Communications of the ACM 29 (12): the rounds of doubling.
# - E. Martin, C. Cundy (2018). *Parallelizing linear recurrent neural nets over sequence length.* ICLR.
# - L. Feng, F. Tung, M. O. Ahmed, Y. Bengio, H. Hajimirsadeghi (2024). *Were RNNs all we needed?* arXiv 2410.01201: minGRU, minLSTM.
# - A. Gu, T. Dao (2023). *Mamba: linear-time sequence modeling with selective state spaces.* arXiv 2312.00752.
#
# This was the last lesson. Back to [00 · Start here](00_start_here.ipynb), which lists them all; [notation](glossary.ipynb) stays useful.
