# %% [markdown]
# # 11 · What came after
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/gates-and-gradients/gates-and-gradients/blob/main/notebooks/11_what_came_after.ipynb) [or as a web page, with nothing to install](https://gates-and-gradients.github.io/gates-and-gradients/notebooks/11_what_came_after.html)
#
# **The question.** Two newer ideas do the work of the gates in other ways: attention looks back at every step at once, and a linear recurrence need not wait for its own past.
# What does each of them win, what does it give up, and what are recurrent layers good for today?
#
# After this lesson you
# - can compute a linear recurrence in parallel, and say which recurrences allow it;
# - know what attention costs and what it saves, in training and in a stream;
# - can check "why Transformers beat LSTMs" against figures, one sentence at a time.
#
# Time: 15 minutes, and up to 12 more for the one exercise. The machine needs half a minute. [Lessons 02](02_lstm_cell.ipynb) and [03](03_gru_cell.ipynb) come before it.
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

# %% [markdown]
# In the leaky unit of lesson 00 each state waits for the one before it. Write $a$ for the share that it keeps, leave out the factor before the input, and it reads $h_t = a\,h_{t-1} + x_t$.
# A tape of 100,000 inputs seems to take 100,000 turns, one after another.

# %% jupyter={"source_hidden": true} cellView="form"
# Your guess
from utils.course import guess

guess("11.rounds")

# %% [markdown]
# This is how. **Move *rounds done* up from 0.**

# %%
explorers.Scan(T=32, rounds=0)

# %%
import inspect
import textwrap

import torch
from torch import nn
from torch.nn.functional import scaled_dot_product_attention

from utils import plots
from utils.cells import LSTMCell, initialize
from utils.cells.scan import MinGRU
from utils.course import claim, exercise
from utils.data import tasks

# %% [markdown]
# ## 1. A recurrence that need not wait
# Two linear steps in a row are one linear step. If $h$ first becomes $a h + b$ and then $a' h + b'$, then both together make
#
# $$a'(a h + b) + b' = (a'a)\, h + (a'b + b')$$
#
# So two neighboring stretches of the tape can be joined into one *before anybody knows $h$*, and in any grouping: joining is **associative**. This gives the *scan* (Hillis and Steele 1986;
# for recurrent networks Martin and Cundy 2018). In each round every place takes in the stretch that ends just before its own, so the stretches double: 1, 2, 4, 8 steps. After $\log_2 T$ rounds,
# rounded up, every place knows everything up to itself.
#
# **Three things to try**
# 1. Follow the orange wires: which inputs have reached the last place? At the lower right, those that have not are gray.
# 2. Set $T$ to 16, then to 20. When does a round more become necessary?
# 3. Back to $T = 16$. Do two rounds at $a = 0.5$, then at $a = 1$. Why are two nearly enough in one case and not in the other?

# %% jupyter={"source_hidden": true} cellView="form"
# Measured
import numpy as np

def rounds_needed(T):
    """After how many rounds every place of the explorer knows all that stepping knows."""
    result = explorers.Scan.compute(T, 1.0, 0)
    return next(r for r, held in enumerate(result["held"]) if np.allclose(held, result["states"]))

claim("16 places take 4 rounds; 20 take 5, and so do 32", [rounds_needed(T) for T in (16, 20, 32)] == [4, 5, 5])
off = {a: explorers.Scan.compute(16, a, 2)["gap"] for a in (0.5, 1.0)}
claim("After two rounds of four, the states are off by less at a = 0.5 than at a = 1", off[0.5] < off[1.0], off)

# %% [markdown]
# What is missing after $r$ rounds is $2^r$ steps old or older, and weighs at most $a^{2^r}$: a scan needs its late rounds for long memory.
# The [appendix](12_appendix.ipynb) shows a shorter formula, by division, that fails, and the proof that stepped and scanned are one function, gradients too.
#
# ### Exercise 11.1 · A recurrence in rounds of doubling
# *Hard, 12 minutes.* Write the scan in NumPy. `a` and `b` are (T, H), `h` is the state before the first step, (H,). Return all states of $h_t = a_t \odot h_{t-1} + b_t$, (T, H). `T` may be any length.
# No loop over the steps: one round treats all places at once. The check compares with stepping, and counts your products.

# %%
def scan_states(a, b, h):
    raise NotImplementedError

# %%
exercise("11.1").check(scan_states)

# %% [markdown]
# ## 2. A GRU that does not look at itself
# A GRU's $z_t$ and $n_t$ look at $h_{t-1}$, so step $t$ waits for step $t-1$. Let them look at $x_t$ alone, drop the reset gate and the tanh, and what is left is the **minGRU** of Feng and others (2024):
#
# $$z_t = \sigma(W_z x_t + b_z) \qquad n_t = W_n x_t + b_n \qquad h_t = z_t \odot h_{t-1} + (1 - z_t) \odot n_t$$
#
# (Our $z$ keeps, as everywhere in this course; in their paper it writes.) That is a linear recurrence with $a_t = z_t$ and $b_t = (1 - z_t) \odot n_t$, and all of these can be computed at once:

# %%
print(textwrap.dedent(inspect.getsource(MinGRU.coefficients)))

# %% [markdown]
# What has been given up for it? Three tasks of memory, each over 50 steps, each with the question: *which symbol came first?*

# %%
torch.manual_seed(0)
silence, _ = tasks.first_element_recall(batch=1, T=50)  # (B, T, 10)
noise, _ = tasks.first_element_recall(batch=1, T=50, distractors=True)  # a random symbol at each step
for name, x in (("A", silence), ("B and C", noise)):
    print(f"{name:8}", *(int(step.argmax()) if step.any() else "." for step in x[0]))

# %% [markdown]
# In task C an eleventh input marks step 1. The minGRU has 32 units, and its gates begin with chrono (lesson 02) for the right distance.

# %% jupyter={"source_hidden": true} cellView="form"
# Your guess
guess("11.given_up")

# %% jupyter={"source_hidden": true} cellView="form"
# The training loop of lesson 02, for three tasks
torch.set_flush_denormal(True)  # what vanishes should not cost time, see lesson 01
torch.set_num_threads(1)  # small products are not worth sharing between cores

def learn(make, seed, task, steps=200, T=50):
    """Train on task A, B or C: (share of right answers at each step, share on 1,000 new sequences, the network)."""
    torch.manual_seed(seed)
    network, head, right = make(), nn.Linear(32, 10), []
    weights = [*network.parameters(), *head.parameters()]
    adam = torch.optim.Adam(weights, lr=1e-2)
    mark = nn.functional.one_hot(torch.tensor(0), T)[:, None]  # (T, 1)

    def answers(batch):
        x, y = tasks.first_element_recall(batch, T, distractors=task != "A")  # (B, T, 10), (B,)
        x = torch.cat([x, mark.expand(batch, T, 1)], dim=-1) if task == "C" else x
        return head(network(x)[0][:, -1]), y  # (B, 10), (B,)

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
def min_gru(inputs):
    return MinGRU(inputs, 32).chrono_(T_max=50)

trained = {"A": [learn(lambda: min_gru(10), seed, "A") for seed in range(3)],
           "B": [learn(lambda: min_gru(10), seed, "B") for seed in range(2)],
           "C": [learn(lambda: min_gru(11), seed, "C", steps=300) for seed in range(2)]}

# %% jupyter={"source_hidden": true} cellView="form"
# Your guess, and what was measured
reached = {task: [share for _, share, _ in runs] for task, runs in trained.items()}
claim("A, silence: the minGRU is right in 99 % with each of 3 seeds", min(reached["A"]) >= 0.99, reached["A"])
claim("B, random symbols: in less than 30 % with each of 2 seeds", max(reached["B"]) < 0.3, reached["B"])
claim("C, the first step marked: in 95 % with each of 2 seeds", min(reached["C"]) >= 0.95, reached["C"])
network, (x, _) = trained["A"][0][2], tasks.first_element_recall(5, 50)
with torch.no_grad():
    at_once, state = network(x)[0], None  # (B, T, H)
    for t in range(50):
        state = network.step(x[:, t], state)  # (B, H)
gap = (state - at_once[:, -1]).abs().max()
claim("Trained by scan, run step by step: the last state is the same, but for rounding", gap < 1e-5, gap, limit=1e-5)
guess("11.given_up").reveal("task " + min(reached, key=lambda task: max(reached[task])))

# %% [markdown]
# <!-- told: 11.given_up -->
# A gate that sees $x_t$ alone treats a symbol alike wherever it stands. It cannot think "I am still empty, so this one is the first", as the LSTM of [lesson 04](04_gates_at_work.ipynb) could. That look at its own state is what was given up, and one layer does not get it back.
# A second layer does in part, for its gates see the states of the first; real models stack many. Mamba (Gu and Dao 2023) is such a stack, with a larger state and a scan written for GPUs.
#
# ## 3. Attention looks back
# The other idea drops the state altogether. Each step makes three vectors: a **query** $q_t$, what it looks for; a **key** $k_t$, by which it can be found; a **value** $v_t$, what it has to say. Step $t$ compares its
# query with the key of each step $s$ up to $t$, a softmax turns the scores into weights $\alpha_{ts}$, and the answer $o_t$ is the weighted mean of the values ($D$ is the length of these vectors):
#
# $$\alpha_{ts} = \operatorname*{softmax}_{s \le t}\Big(\frac{q_t \cdot k_s}{\sqrt D}\Big) \qquad\qquad o_t = \sum_{s \le t} \alpha_{ts}\, v_s$$
#
# Bahdanau, Cho and Bengio (2015) laid it over a recurrent network; Vaswani and others (2017) left the network out. But a sum has no order. So **position must be given**: here each step has a vector of its own,
# a row of `P`, learned like a weight and added to the input.

# %%
class Attention(nn.Module):
    def __init__(self, n, D, T):
        super().__init__()
        self.W_x, self.P = nn.Linear(n, D), nn.Embedding(T, D)
        self.W_q, self.W_k, self.W_v = (nn.Linear(D, D) for _ in range(3))

    def queries_keys_values(self, x):  # (B, T, n)
        e = self.W_x(x) + self.P.weight[: x.shape[1]]  # (B, T, D): what came, and what is special about step t
        return [W(e)[:, None] for W in (self.W_q, self.W_k, self.W_v)]  # each (B, 1, T, D): one head

    def forward(self, x):
        return scaled_dot_product_attention(*self.queries_keys_values(x), is_causal=True)[:, 0], None

# %% [markdown]
# `is_causal=True` says that nobody looks ahead. Task B again, the random symbols. Beside attention an LSTM gets the easier task C: it starts from chrono, is told the place, and still has not finished after 150 training steps.

# %% jupyter={"source_hidden": true} cellView="form"
# Your guess
guess("11.sooner")

# %%
def lstm():
    return initialize.chrono_(nn.LSTM(11, 32, batch_first=True), T_max=50)

looked = {"attention, task B": [learn(lambda: Attention(10, 32, 50), seed, "B") for seed in range(3)],
          "LSTM, task C": [learn(lstm, seed, "C", steps=150) for seed in range(2)]}

# %% [markdown]
# And where does it look? Written out, the weights are three lines:

# %%
x, _ = tasks.first_element_recall(1000, 50, distractors=True)  # (B, T, 10)
with torch.no_grad():
    q, k, v = looked["attention, task B"][0][2].queries_keys_values(x)
    later = torch.ones(50, 50, dtype=torch.bool).triu(1)
    alpha = (q @ k.mT / 32**0.5).masked_fill(later, -torch.inf).softmax(-1)  # (B, 1, T, T): every step with every step
    gap = (alpha @ v - scaled_dot_product_attention(q, k, v, is_causal=True)).abs().max()

# %% jupyter={"source_hidden": true} cellView="form"
# The drawing
fig, (left, right) = plots.figure(9, 3.1, ncols=2)
for (name, runs), color in zip(looked.items(), ("h", "lstm")):
    for i, (shares, _, _) in enumerate(runs):
        left.plot(range(20, len(shares) + 1), np.convolve(shares, np.ones(20) / 20, "valid"), color=plots.PALETTE[color], label=None if i else name)
left.set(xlabel="training step", ylabel="right, mean of 20 batches", xlim=(0, 150), ylim=(0, 1.03))
left.legend(frameon=False, fontsize=9)
right.bar(range(1, 51), alpha[:, 0, -1].mean(0), color=plots.PALETTE["h"])
right.set(xlabel="step looked at", ylabel="weight", ylim=(0, 1.03))
right.set_title("where step 50 looks, mean of 1,000 tapes", fontsize=10)
lesson.show(fig, "Left: attention learns task B with each of three seeds long before the LSTM learns task C. "
                 "Right: nearly all of the weight of step 50 lies on step 1.")

# %% jupyter={"source_hidden": true} cellView="form"
# Your guess, and what was measured
def reach(network, x):
    """The norm of the gradient that the output of the last step sends to each input, (T,)."""
    x = x.clone().requires_grad_()
    network(x)[0][:, -1].sum().backward()
    return x.grad.norm(dim=(0, 2))

shares = [share for _, share, _ in looked["attention, task B"]]
claim("Attention, task B: 99 % with each of 3 seeds", min(shares) >= 0.99, shares)
late = [float(np.mean(right[130:])) for right, _, _ in looked["LSTM, task C"]]  # the share right, at the end of the line
claim("The LSTM that is told the place is right in less than 60 % after 150 steps with any of 2 seeds", max(late) < 0.6, late)
first = alpha[:, 0, -1, 0].mean()
claim("With seed 0, step 50 lays more than half of its weight on step 1", first > 0.5, first)
claim("The formula and torch's function agree, but for rounding", gap < 1e-4, gap, limit=1e-4)
torch.manual_seed(0)
fresh = {name: reach(make(), x) for name, make in {"attention": lambda: Attention(10, 32, 50), "LSTM": lambda: nn.LSTM(10, 32, batch_first=True)}.items()}
home = {name: (norms[0] / norms.median()).item() for name, norms in fresh.items()}
claim("Before any training, step 1 gets at least half as much gradient as the median step; in an LSTM as it comes, less than a thousandth",
      home["attention"] > 0.5 and home["LSTM"] < 0.001, home)
guess("11.sooner").reveal(float(np.median([len(right) for right, _, _ in looked["attention, task B"]])))

# %% [markdown]
# <!-- told: 11.sooner -->
# Why so soon? From the last step back to the first the gradient takes **one** hop, not 49.
#
# It costs something. The scores are a $T \times T$ table, four times as many when $T$ doubles. Torch's `scaled_dot_product_attention`, the *fast way*, gives the same numbers piece by piece and keeps no table (Dao and others 2022);
# the products have to be made all the same. And whoever reads on must keep the key and the value of **each** step so far, where a recurrent network keeps one state.
#
# **Try it.** Take the positions away: `network = Attention(10, 32, 50)`, then `network.P.weight.requires_grad_(False).zero_()` and `learn(lambda: network, 0, "B")[1]` is the share right on new tapes, hardly more than by guessing: a mean can tell which symbols were there, and not which came first.
#
# ## 4. How fast?
# One training pass, forward and backward, of 16 to 2,048 steps: the minGRU stepped in a Python loop and scanned, torch's LSTM and GRU, attention.

# %% jupyter={"source_hidden": true} cellView="form"
# Your guess
guess("11.gpu")

# %% jupyter={"source_hidden": true} cellView="form"
# Recorded
from utils.files import measured, recorded

after, after_on_gpu = measured("after"), measured("after_cuda")
print(recorded(after), recorded(after_on_gpu), sep="\n")
print("A pass: {batch} sequences, {inputs} inputs, {units} units".format(**after["shape"]))
lengths = [row["T"] for row in after["speed"]]
cpu, gpu = ({name: [row[name]["ms"] for row in result["speed"]] for name in result["speed"][0] if name != "T"} for result in (after, after_on_gpu))
fig, axes = plots.figure(9, 3.6, ncols=2, sharey=True)
lines = (("n", ":"), ("n", "-"), ("gru", "-"), ("lstm", "-"), ("h", "--"))
for ax, times, place in zip(axes, (cpu, gpu), ("one thread of a CPU", after_on_gpu["machine"]["gpu"])):
    for (name, ms), (color, line) in zip(times.items(), lines):
        ax.loglog(lengths, ms, line, marker="o", ms=4, color=plots.PALETTE[color], label=name)
    ax.set(xlabel="T, steps", xticks=lengths, title=place)
    ax.set_xticklabels(lengths, fontsize=8)
    ax.minorticks_off()
axes[0].set(ylabel="milliseconds")
fig.legend(*axes[0].get_legend_handles_labels(), loc="outside upper center", ncols=5, frameon=False)
lesson.show(fig, "Milliseconds of one training pass against T, both logarithmic, on a CPU and on a GPU. On the CPU attention is the steepest line "
                 "and the scanned minGRU gains nothing lasting over the stepped one. On the GPU stepping is the steepest; all else is nearly flat.")

# %% jupyter={"source_hidden": true} cellView="form"
# What the lines say
growth = {name: cpu[name][-1] / cpu[name][lengths.index(128)] for name in ("attention", "nn.LSTM")}  # for 16 times the steps
claim("Recorded on the CPU: from T = 128 to 2,048 attention takes more than 40 times as long, and grows more than twice as much as nn.LSTM",
      growth["attention"] > max(40, 2 * growth["nn.LSTM"]), growth)
times = cpu["attention"][-1] / cpu["nn.LSTM"][-1]
claim("Recorded on the CPU: at T = 2,048 attention takes more than 3 times as long as nn.LSTM", times > 3, times)
scanned = [slow / fast for slow, fast in zip(cpu["minGRU, stepped"], cpu["minGRU, scanned"])]
claim("Recorded on the CPU: at no length is the scan 1.3 times as fast as stepping", max(scanned) < 1.3, scanned)
times = gpu["minGRU, stepped"][-1] / gpu["minGRU, scanned"][-1]
claim("Recorded on the GPU: at T = 2,048 the scan is more than 20 times as fast as stepping", times > 20, times)
times = gpu["minGRU, scanned"][-1] / gpu["nn.LSTM"][-1]
claim("Recorded on the GPU: at T = 2,048 nn.LSTM is more than twice as fast as the scan", times > 2, times)
longest = {name: ms[-1] for name, ms in gpu.items()}
claim("Recorded on the GPU: at T = 2,048 attention takes the least time of the five", min(longest, key=longest.get) == "attention", longest)

# %% [markdown]
# On the CPU the line of attention bends up towards $T^2$, the fast way too. The scan disappoints: stepping joins $T$ times; the scan, as written here, about $T \log_2 T$ times, though in fewer and larger calls. On one thread the two cancel. (The GRU stands so high because torch hands only its LSTM to a faster library there.)
# It pays where a machine does a whole round at once, as a GPU does: there each operation has a fixed cost to start, and the scan needs few. Feng and others report that at $T = 512$ on a GPU a GRU takes 175 times as long as a minGRU;
# theirs must have been stepped, for cuDNN, which runs all steps of an LSTM or a GRU in one program, leaves our plain scan behind.
# Attention is the flattest line there, and at 2,048 steps the lowest. (`python -m benchmarks.after --device cuda` measures yours.)
#
# ## 5. A stream: what must be kept?
# A sensor, a keyboard, a voice: the next input comes, and the answer is wanted now. One layer of 512 units reads one token more. An LSTM multiplies by its eight matrices and keeps $h$ and $c$; attention makes $q$, $k$ and $v$,
# compares the query with all keys, and keeps every key and value (the *KV cache*).

# %% jupyter={"source_hidden": true} cellView="form"
# Your guess
guess("11.work")

# %%
D = 512
lstm_work, lstm_kept = 8 * D * D, 2 * D * 4  # multiplications a token; bytes in 32-bit numbers

def attention_work(T):
    return 3 * D * D + 2 * T * D  # q, k, v; then T scores, and the mean of T values

print("tokens so far   kept, KiB: LSTM  attention   thousand multiplications: LSTM  attention")
for T in (1, 100, 1_280, 10_000, 100_000):
    print(f"{T:13,}{lstm_kept / 1024:18,.0f}{2 * T * D * 4 / 1024:11,.0f}{lstm_work / 1000:33,.0f}{attention_work(T) / 1000:11,.0f}")

# %% jupyter={"source_hidden": true} cellView="form"
# Counted by torch
from torch.utils.flop_counter import FlopCounterMode

with FlopCounterMode(display=False) as counter:
    LSTMCell(D, D)(torch.randn(1, D))
products = counter.get_total_flops() // 2
claim("Torch counts the same multiplications in an LSTM cell", products == lstm_work, products)

# %% [markdown]
# The state of an LSTM, or of a minGRU, is as large after 100,000 tokens as after one. That is its strength and its weakness: what does not fit is lost, and attention can still look it up.
#
# ## 6. What recurrent layers are good for today
# Large language models of text are built on attention. Recurrent layers are at work where an answer is wanted at every step, memory is small, or data are few and in order:
#
# | Where | What | Source |
# |---|---|---|
# | Speech on a phone, while one speaks | LSTM layers in a *transducer*, which writes while it listens | He and others 2019 |
# | Noise taken out of a call, on a small processor | GRU layers, a step every 10 milliseconds | Valin 2018 |
# | Forecasts of floods, in use in over 80 countries | LSTM over weather, day by day | Nearing and others 2024 |
# | Games in which much is hidden: Dota 2 | one LSTM layer of 4,096 units carries the match | Berner and others 2019 |
# | Models of a world to plan in | a GRU carries the state of the world | Hafner and others 2025 |
# | Long texts with a small cache | mostly linear recurrences, alone or between layers of attention | Gu and Dao 2023; De and others 2024; Beck and others 2024 |
#
# Most of the last row is section 2, grown up. What it gave up is known by now: layers that see no state of their own, attention and Mamba alike, cannot follow every process step by step, such as cups that are shuffled for as long as one likes
# (Merrill and others 2024, who lean on a conjecture that is widely held); a plain recurrent network can. In turn, a state of one size cannot copy a text that is longer than what it holds; attention can (Jelassi and others 2024).
#
# **A rule to take along:** short or medium sequences, a stream, a small device: try an LSTM or a GRU, with its biases set for the distance. Whole texts, a GPU, something pretrained at hand: take attention. Then measure both.
#
# ## 7. "Why Transformers beat LSTMs", sentence by sentence
# One more measurement first. The benchmark above also trained LSTM, LSTM with chrono, minGRU and attention on recall over **256** steps, all silent but the first, at most 300 training steps, 3 seeds each:

# %% jupyter={"source_hidden": true} cellView="form"
# Recorded
print(recorded(after))
claim("Recorded: at most 300 training steps", after["recall"]["most_steps"] == 300)
recall = {name: [run["accuracy"] for run in runs] for name, runs in after["recall"]["runs"].items()}
claim("Recorded, T = 256: the LSTM as it comes stays below 20 % with each of 3 seeds", max(recall["LSTM as it comes"]) < 0.2, recall["LSTM as it comes"])
claim("Recorded, T = 256: the LSTM with chrono is right in more than 80 % with each", min(recall["LSTM, chrono"]) > 0.8, recall["LSTM, chrono"])
quick = recall["minGRU, chrono"] + recall["attention"]
claim("Recorded, T = 256: the minGRU with chrono, and attention, reach 99 % with each", min(quick) >= 0.99, quick)

# %% [markdown]
# Now the list, as you will find it in many places:
#
# | It is said | What we measured |
# |---|---|
# | An LSTM goes step by step and is slow to parallelize. | True of gates that see $h_{t-1}$. Not true of recurrences as such: a linear one, scanned, has the same states and gradients in $\log_2 T$ rounds. |
# | A Transformer computes all positions in parallel. | In training, where all tokens are known; the price is $T^2$ scores. When it *writes*, each token waits for the one before, as in lesson 08. |
# | It uses a GPU 100 times better. | A figure without a model and a machine. For one small layer (8 sequences, 64 units, an H100) the recorded times of attention and of cuDNN's LSTM lie within a factor of two of each other at every length; on one CPU thread long sequences favor the LSTM. |
# | LSTMs struggle above 200 tokens. | As it comes, the LSTM guesses at 256 steps, and at 50 as well (lesson 02). With chrono most of its answers are right over 256 too: what stood in the way was how its gates start, not the length. |
# | Attention connects any two positions directly. | True: one hop for the gradient, and here it learned soonest. It must be given the positions, and keep the whole past. |

# %% jupyter={"source_hidden": true} cellView="form"
# Recorded
factors = [one / other for one, other in zip(gpu["attention"], gpu["nn.LSTM"])]
claim("Recorded on the GPU: attention and nn.LSTM lie within a factor of two at every length", 0.5 < min(factors) and max(factors) < 2, factors)

# %% [markdown]
# All of this is about small tasks and single layers. That Transformers write better text than LSTMs is well established, and nothing here says otherwise; these five sentences are just not the whole reason.

# %% [markdown]
# ## Quiz
# Five questions: choose a letter, with the mouse or with Tab and the space bar, and read what it says; the first choice counts.

# %% jupyter={"source_hidden": true} cellView="form"
# The quiz
from utils.course import quiz

quiz("11")

# %% [markdown]
# ## Take away
# 1. A recurrence that is linear in its state can be computed in $\log_2 T$ rounds. Its gates must not look at the state, and that can be missed.
# 2. Attention reaches any step in one hop. It pays with $T^2$ products in training and a cache that grows with every token.
# 3. A recurrent layer keeps a state of one size. For streams, small devices and ordered measurements that is still what one wants.

# %% jupyter={"source_hidden": true} cellView="form"
# Your progress
from utils.course import progress

progress("11")

# %% [markdown]
# ## References
# - W. D. Hillis, G. L. Steele (1986). *Data parallel algorithms.* Communications of the ACM 29(12): the rounds of doubling.
# - E. Martin, C. Cundy (2018). *Parallelizing linear recurrent neural nets over sequence length.* ICLR.
# - L. Feng, F. Tung, M. O. Ahmed, Y. Bengio, H. Hajimirsadeghi (2024). *Were RNNs all we needed?* arXiv:2410.01201: minGRU, minLSTM.
# - D. Bahdanau, K. Cho, Y. Bengio (2015). *Neural machine translation by jointly learning to align and translate.* ICLR.
# - A. Vaswani and others (2017). *Attention is all you need.* NeurIPS.
# - T. Dao, D. Y. Fu, S. Ermon, A. Rudra, C. Ré (2022). *FlashAttention: fast and memory-efficient exact attention with IO-awareness.* NeurIPS.
# - A. Gu, T. Dao (2023). *Mamba: linear-time sequence modeling with selective state spaces.* arXiv:2312.00752.
# - S. De and others (2024). *Griffin: mixing gated linear recurrences with local attention for efficient language models.* arXiv:2402.19427.
# - M. Beck and others (2024). *xLSTM: extended long short-term memory.* NeurIPS.
# - W. Merrill, J. Petty, A. Sabharwal (2024). *The illusion of state in state-space models.* ICML.
# - S. Jelassi, D. Brandfonbrener, S. M. Kakade, E. Malach (2024). *Repeat after me: Transformers are better than state space models at copying.* ICML.
# - J.-M. Valin (2018). *A hybrid DSP/deep learning approach to real-time full-band speech enhancement.* IEEE MMSP: RNNoise.
# - Y. He and others (2019). *Streaming end-to-end speech recognition for mobile devices.* ICASSP.
# - C. Berner and others (2019). *Dota 2 with large scale deep reinforcement learning.* arXiv:1912.06680.
# - G. Nearing and others (2024). *Global prediction of extreme floods in ungauged watersheds.* Nature 627.
# - D. Hafner, J. Pasukonis, J. Ba, T. Lillicrap (2025). *Mastering diverse control tasks through world models.* Nature 640: DreamerV3.
#
# This was the last lesson. The [appendix](12_appendix.ipynb) holds the proofs, [notation](glossary.ipynb) stays useful, and [00 · Start here](00_start_here.ipynb) lists them all.
