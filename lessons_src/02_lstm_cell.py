# %% [markdown]
# # 02 · The LSTM cell
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/gates-and-gradients/gates-and-gradients/blob/main/notebooks/02_lstm_cell.ipynb) [or as a web page, with nothing to install](https://gates-and-gradients.github.io/gates-and-gradients/notebooks/02_lstm_cell.html)
#
# **The question.** A plain recurrent network writes over its memory at every step. How can a cell hold one number for a hundred
# steps, and what decides whether it learns to?
#
# After this lesson you
# - can say what the four parts of an LSTM do, and write one step from raw weights;
# - can tell how long a cell remembers, and choose how long it will;
# - can count the parameters of any LSTM.
#
# Time: 20 minutes, and up to 20 more for the three exercises. The machine needs about a minute. [Lesson 01](01_vanishing_gradients.ipynb) comes before it.
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
lesson.start("02")

# %% [markdown]
# Here is one LSTM unit. It reads a tape: a knock `!`, a long silence, and then a question `?`. Press *play* and keep an eye on the blue bars.

# %%
explorers.Tape(["LSTM", "plain RNN"])

# %% [markdown]
# ## 1. Two states, four parts
# The knock opened the red gate $i$, and a number went into the **memory** $c$, blue. In the silence the green gate $f$ kept 0.95 of it at each step. The
# question opened the light blue gate $o$, and the memory was **shown** as $h$, orange. (Then the gradient went back. Section 4 comes to that.)
#
# Would a plain unit have managed? Guess before you look.

# %% jupyter={"source_hidden": true} cellView="form"
# Your guess
from utils.course import guess

guess("02.after_the_question")

# %% [markdown]
# **Try it on the tape above**
# 1. Choose *plain RNN* and play. What is $h$ at step 18?
# 2. Back to *LSTM*, with the example *noise with a mark*. Which gate keeps the noise out? (The red one, $i$: it hardly opens for a + or a -.)
# 3. Drag *keep* to its right end, then to its left. Which would you trust with a hundred silent steps?
#
# So that is the idea. To keep, to write and to show are three decisions, and the cell takes each anew at every step, from the input
# $x_t$ and from what it said last, $h_{t-1}$. It carries two states: the **cell state** $c_t$, its memory, and the **hidden state** $h_t$,
# the part of the memory that it shows. Four parts do the work:
#
# | Part | Asks | Equation |
# |---|---|---|
# | $f_t$ forget gate | how much of the old memory stays? | $f_t = \sigma(W_f x_t + U_f h_{t-1} + b_f)$ |
# | $i_t$ input gate | how much of the news comes in? | $i_t = \sigma(W_i x_t + U_i h_{t-1} + b_i)$ |
# | $g_t$ candidate | what is the news? | $g_t = \tanh(W_g x_t + U_g h_{t-1} + b_g)$ |
# | $o_t$ output gate | how much of the memory is shown? | $o_t = \sigma(W_o x_t + U_o h_{t-1} + b_o)$ |
#
# And two lines put them together ($\odot$ multiplies number by number):
#
# $$c_t = f_t \odot c_{t-1} + i_t \odot g_t \qquad\qquad h_t = o_t \odot \tanh(c_t)$$
#
# The same as a drawing. Follow the blue wire along the top: that is the memory on its way through one step.

# %% jupyter={"source_hidden": true} cellView="form"
# The drawing
from utils import plots

fig, ax = plots.figure(9, 4.1)
plots.lstm_cell(ax)
lesson.show(fig, "One LSTM step: the cell state c runs along the top, is multiplied by f and gets i times g added; "
                 "o times tanh(c) leaves below as h. The 4 parts f, i, g, o each read x and the old h.")

# %% [markdown]
# A gate multiplies, so it is a sigmoid: between 0, shut, and 1, open, like a tap. The candidate is added, so it is a tanh: it
# must be able to pull the memory down as well as up.
#
# (Some books put $h_{t-1}$ and $x_t$ end to end and use one matrix, $W_f\,[h_{t-1}, x_t]$; cut it in two and you have $U_f$ and $W_f$. Some
# write $\tilde C_t$ and $C_t$ for our $g_t$ and $c_t$.)
#
# ## 2. One step, driven by hand
# One input, one unit. Its weights are fixed; you set the input, the old states and the four biases.

# %% jupyter={"source_hidden": true} cellView="form"
# Your guess
guess("02.strong_input")

# %%
explorers.LSTMStep(x=0.0, h=0.0, c=2.0, b_f=6.0, b_i=-6.0)

# %% [markdown]
# A disc is filled as far as its gate is open (the candidate from the middle, up or down), and a wire is as thick as its number is large. The
# box below a disc holds the weighted sum that goes into it.
#
# **Three challenges.** The line below the sliders ticks what you reach.
# 1. *Keep.* It is reached already: move $x$ between −1 and 1, and the memory stays. Between 1 and 3, where does it begin to give way?
# 2. *Replace.* Set $x$ to 1 and make the new memory nearly $g$ alone, with nothing left of the old. Say first which biases you need.
# 3. *Hide.* Keep the memory at 2 but show almost nothing of it. It is there for later; the next step just cannot see it in $h$.
#
# Then press *Carry h and c on*: the new states become the old ones, and the cell has gone one step on in time.
#
# ## 3. Six lines, three times
# Six equations, six lines of NumPy. The dictionaries hold one $W$, $U$ and $b$ for each part; B is the number of sequences that are computed together, the batch, and H that of units.

# %%
import numpy as np

def sigmoid(a):
    return 1 / (1 + np.exp(-a))

def numpy_step(x, h, c, W, U, b):
    f = sigmoid(x @ W["f"].T + h @ U["f"].T + b["f"])  # (B, H)
    i = sigmoid(x @ W["i"].T + h @ U["i"].T + b["i"])  # (B, H)
    g = np.tanh(x @ W["g"].T + h @ U["g"].T + b["g"])  # (B, H)
    o = sigmoid(x @ W["o"].T + h @ U["o"].T + b["o"])  # (B, H)
    c = f * c + i * g  # (B, H)
    h = o * np.tanh(c)  # (B, H)
    return h, c

# %% [markdown]
# And here they are once more, in PyTorch: the cell of this course, as it runs.

# %%
import inspect
import torch
from torch import nn
from utils.cells import LSTM, LSTMCell

print(inspect.getsource(LSTMCell.step))

# %% [markdown]
# `self.W_f` and `self.U_f` are two `nn.Linear`. Each brings a bias, as in PyTorch, so the $b_f$ of the equation is the sum of the two.
# And the step hands back its gates, which PyTorch's does not; that is why we can look inside.
#
# An LSTM is that step in a `for` loop over time. Is ours PyTorch's? Two layers, both directions, the same weights:

# %%
theirs = nn.LSTM(5, 4, num_layers=2, bidirectional=True, batch_first=True, dtype=torch.float64)
ours = LSTM.from_torch(theirs)
x = torch.randn(3, 7, 5, dtype=torch.float64)  # (B, T, n), n inputs at each of T steps
output, (h_n, c_n) = ours(x)
print("output", tuple(output.shape), " h_n", tuple(h_n.shape), " c_n", tuple(c_n.shape))

# %% jupyter={"source_hidden": true} cellView="form"
# Measured
from utils.course import claim

their_output, (their_h, their_c) = theirs(x)
pairs = ((output, their_output), (h_n, their_h), (c_n, their_c))
gap = max((one - other).abs().max().item() for one, other in pairs)
claim("Our LSTM is nn.LSTM: in output, h_n and c_n the largest difference is rounding", gap < 1e-10, gap, limit=1e-10)

cell = LSTMCell(3, 4, dtype=torch.float64)
W, U = ({gate: getattr(cell, f"{letter}_{gate}").weight.detach().numpy() for gate in "figo"} for letter in "WU")
b = {gate: (getattr(cell, f"W_{gate}").bias + getattr(cell, f"U_{gate}").bias).detach().numpy() for gate in "figo"}
given = [torch.randn(1, size, dtype=torch.float64) for size in (3, 4, 4)]  # x (B=1, n), h and c (B, H)
with torch.no_grad():
    pairs = zip(numpy_step(*(one.numpy() for one in given), W, U, b), cell.to_torch()(given[0], tuple(given[1:])))
gap = max(np.abs(one - other.numpy()).max() for one, other in pairs)
claim("numpy_step is nn.LSTMCell, in h and in c", gap < 1e-12, gap, limit=1e-12)

# %% [markdown]
# The [appendix](12_appendix.ipynb) proves it in full: gradients, sentences of different lengths, weights there and back. From here on we train
# with `nn.LSTM`, whose loop is compiled, and look inside with ours. What the shapes mean:
#
# - `output` is (B, T, 2H): $h_t$ of the **last layer** at every step, forward beside backward.
# - `h_n` and `c_n` are (4, B, H): the **final** states, one row for each layer and direction. `batch_first=True` changes `x` and `output`, never these.
#
# ### Exercise 02.1 · One LSTM step from raw weights
# *Medium, 8 minutes.* PyTorch keeps the weights of all four parts stacked in one matrix: `W_ih` is (4H, n), `W_hh` is (4H, H), the two biases
# are (4H,). The order is **i, f, g, o**. Write the step from them. `x` is (B, n), `h` and `c` are (B, H), all NumPy arrays; `sigmoid` from above is
# yours to use. Return `h, c`.

# %%
def lstm_step(x, h, c, W_ih, W_hh, b_ih, b_hh):
    raise NotImplementedError

# %%
from utils.course import exercise

exercise("02.1").check(lstm_step)

# %% [markdown]
# ## 4. The way home
# A plain network sends its whole memory through a matrix and a tanh at every step, and on the way back the gradient goes through both
# again. On the LSTM's blue wire there is one product and one sum:
#
# $$\frac{\partial c_t}{\partial c_{t-1}} = \mathrm{diag}(f_t) \qquad\text{(for given gates: unit by unit)}$$
#
# Do not believe it, ask PyTorch. Four units; $x$ and $h_{t-1}$ are held still, the old memory moves. Above the matrix, below the four forget gates.

# %%
torch.manual_seed(0)
cell = LSTMCell(3, 4)
x, h, c = torch.randn(1, 3), torch.randn(1, 4), torch.randn(1, 4)  # (B=1, n), (B, H), (B, H)
jacobian = torch.autograd.functional.jacobian(lambda c: cell(x, h, c).c, c)  # (B, H, B, H)
print(jacobian.reshape(4, 4).numpy().round(2))
print(cell(x, h, c).f.detach().numpy().round(2))

# %% [markdown]
# It is often said that the sum lets the gradient pass *unchanged*. Read the matrix again: it passes **times $f_t$**. After $k$ steps it has been
# multiplied by $k$ forget gates. An LSTM does not abolish the vanishing gradient. It puts a *learned* number where the plain
# network has a matrix and a slope.
#
# Here is a unit that keeps 0.8 in a silent step. Press *play*, and watch where the gradient stands ten steps before the end.

# %%
explorers.Tape(["LSTM"], keep=0.8, example="one knock", moment=25)

# %% [markdown]
# (The black marks are the blue wire alone, $0.8^{10} = 0.11$ after ten steps. There are other ways home, through $h_{t-1}$ into the four sums of the next step.
# They pass weights and slopes, as in lesson 01, and in this unit they hardly count. The blue wire is the one that can be held open.)
#
# ## 5. A test of memory
# The task of lesson 01: a digit, 49 steps of silence, which was it? Whoever guesses is right in 10 % of the cases. A new LSTM did not learn it there.
# Perhaps it had too little time? Now it gets ten times the learning rate and four times the steps, 600.

# %% jupyter={"source_hidden": true} cellView="form"
# Your guess
guess("02.from_the_box")

# %% [markdown]
# The loop is that of lesson 01; it ends sooner when 20 batches in a row were all right. Watch five plain networks and five LSTMs, straight out of the box.

# %%
from utils.course import watch
from utils.train.recall import learn

torch.set_num_threads(1)
torch.set_flush_denormal(True)  # as in lesson 01

def plain():
    return nn.RNN(10, 32, batch_first=True)

def lstm():
    return nn.LSTM(10, 32, batch_first=True)

runs = watch(learn, {"plain RNN": plain, "LSTM, out of the box": lstm})

# %% jupyter={"source_hidden": true} cellView="form"
# Your guess, and what was measured
def last(title):
    """For each seed, the share of right answers in the last 20 batches."""
    return [float(np.mean(right[-20:])) for right in runs[title]]

guess("02.from_the_box").reveal(100 * np.mean(last("LSTM, out of the box")))

# %% jupyter={"source_hidden": true} cellView="form"
# Measured
box, plainly = last("LSTM, out of the box"), last("plain RNN")
claim("LSTM, out of the box: none of 5 seeds is right in more than 15 %", max(box) < 0.15, box)
claim("Plain RNN: at least 3 of 5 seeds are right in more than 15 %", sum(a > 0.15 for a in plainly) >= 3, plainly)

# %% [markdown]
# <!-- told: 02.from_the_box -->
# Four times as many steps are no cure. *The LSTM remembers what the plain network forgets*, many tutorials say; out of the box it still guesses, and even the plain network gets
# further: at this rate Adam soon makes its $U$ so large that a gradient gets through (shown in the [appendix](12_appendix.ipynb)).
#
# ## 6. How long does it remember?
# What went wrong? Every number in the memory passes the forget gate at every step. So ask where that gate stands at the start. (Lesson 01 told you in passing. What do you remember?)

# %% jupyter={"source_hidden": true} cellView="form"
# Your guess
guess("02.forget_gate")

# %% [markdown]
# `gate_trace` runs any LSTM with the weights it has and hands out every gate at every step:

# %%
from utils.data.tasks import first_element_recall
from utils.probes import gate_trace, gradient_norms

torch.manual_seed(0)
fresh = lstm()
x, y = first_element_recall(64, T=50)  # (B, T, 10), (B,)
f = gate_trace(fresh, x)[0]["f"]  # (B, T, H)
gradient = gradient_norms(fresh, x, loss="last", of="c")  # (T,), along c and through h

# %% jupyter={"source_hidden": true} cellView="form"
# Measured
claim("Every forget gate of the fresh LSTM lies between 0.35 and 0.65, at each of 50 steps", 0.35 < f.min() and f.max() < 0.65,
      {"lowest": f.min(), "highest": f.max()})
reaches = (gradient[0] / gradient[-1]).item()
claim("Of the gradient at c_50 less than a hundred-millionth reaches c_1", reaches < 1e-8, reaches, limit=1e-8)

# %% [markdown]
# <!-- told: 02.forget_gate -->
# A fresh LSTM forgets half of what it knows *at every step*, and the gradient that could teach it better dies on the same way.
#
# If $f$ stays the same in a silence, the blue wire carries $f^k$ of its number over $k$ steps. Half is gone when $f^k = \tfrac12$, that is after
#
# $$\text{half-life} = \frac{\ln 0.5}{\ln f} \text{ steps}$$
#
# The bias $b_f$ sets the gate, $f = \sigma(b_f)$, and so the half-life.

# %% jupyter={"source_hidden": true} cellView="form"
# Your guess
guess("02.least_bias")

# %%
explorers.ForgetBias()

# %% [markdown]
# Left: the gate. Right: what is left of the memory, and of the gradient. (The shaded range belongs to section 7.)
#
# **Three things to try**
# 1. A popular cure is a forget bias of 1. What half-life does that give? Is it enough for T = 50?
# 2. Look at 4.3 with T = 50. Then set T to 500 and the bias to your guess: is half left?
# 3. Back to T = 50, on the logarithmic axis. Why is the curve a straight line? (Each step multiplies by $f$.)

# %% jupyter={"source_hidden": true} cellView="form"
# Measured
half_life_at_1 = explorers.ForgetBias.compute(1.0, 50, "linear")["half_life"]
claim("A forget bias of 1 gives a half-life of 2.2 steps", round(half_life_at_1, 1) == 2.2, half_life_at_1)

# %% [markdown]
# ### Exercise 02.2 · The forget bias for a wanted half-life
# *Medium, 5 minutes.* Write `forget_bias_for(half_life)`: the bias $b_f$ at which the memory of a silent unit halves in `half_life` steps.

# %%
def forget_bias_for(half_life):
    raise NotImplementedError

# %%
exercise("02.2").check(forget_bias_for)

# %% [markdown]
# ## 7. A memory for every distance
# Which bias, if nobody knows yet how far back the network must look? Tallec and Ollivier (2018) spread the units over all distances up to $T$,
# the longest that may matter:
#
# $$b_f = \ln u, \quad u \text{ uniform in } (1, T - 1) \qquad\qquad b_i = -b_f$$
#
# The first gives $f = u/(1+u)$, a share $1/(1+u)$ lost at each step: some units hold for a moment, some for most of $T$. The second opens the
# input gate by $i = 1 - f$: a unit that keeps long lets in little, like the leaky unit of lesson 00. This is *chrono initialization*. Everything else stays:
# the same cell, the same 32 units, the same loop.

# %% jupyter={"source_hidden": true} cellView="form"
# Your guess
guess("02.chrono_steps")

# %% [markdown]
# In code it is three lines.

# %%
def chrono(T=50):
    network = lstm()
    b_i, b_f, b_g, b_o = network.bias_ih_l0.data.chunk(4)  # views of the four parts, in PyTorch's order
    b_f.uniform_(1, T - 1).log_()
    b_i.copy_(-b_f)  # PyTorch's second bias, bias_hh_l0, stays as it is: random and small
    return network

# %% jupyter={"source_hidden": true} cellView="form"
# The memories of two fresh networks
def forget_gates(network):
    """The 32 forget gates of a silent, unused network."""
    return gate_trace(network, torch.zeros(1, 1, 10))[0]["f"][0, 0].numpy()  # (H,)

torch.manual_seed(0)
k, memories = np.arange(50), [forget_gates(network) for network in (fresh, chrono())]
fig, axes = plots.figure(9, 2.9, ncols=2, sharey=True)
for ax, gates, name in zip(axes, memories, ("out of the box", "chrono, T = 50")):
    ax.plot(k, gates[None, :] ** k[:, None], color=plots.PALETTE["c"], alpha=0.5, lw=1.2)
    ax.set(title=f"{name}: $f^k$ of its 32 units", xlabel="steps $k$", xlim=(0, 49), ylim=(0, 1.02))
lesson.show(fig, "Memory over 49 steps, one curve a unit. Out of the box all 32 have fallen below 0.01 after 10 steps; "
                 "with chrono they fan out, and the longest keeps more than a quarter to the end.")
claim("With seed 0: out of the box every unit is below 0.01 after 10 steps, with chrono the longest keeps more than a quarter over 49",
      memories[0].max() ** 10 < 0.01 and memories[1].max() ** 49 > 0.25, (memories[0].max() ** 10, memories[1].max() ** 49))

# %% [markdown]
# Now train five of them, and beside them five with a forget bias of 1, the popular cure.

# %%
def bias_of_1():
    network = lstm()
    network.bias_ih_l0.data.chunk(4)[1].fill_(1.0)
    return network

runs |= watch(learn, {"LSTM, forget bias 1": bias_of_1, "LSTM, chrono": chrono})

# %% jupyter={"source_hidden": true} cellView="form"
# Your guess, and what was measured
guess("02.chrono_steps").reveal(np.median([len(right) for right in runs["LSTM, chrono"]]))

# %% jupyter={"source_hidden": true} cellView="form"
# Measured
popular, solved = last("LSTM, forget bias 1"), last("LSTM, chrono")
claim("Forget bias 1: at most one of 5 seeds is right in more than 15 %", sum(a > 0.15 for a in popular) <= 1, popular)
claim("Chrono: with at least 4 of 5 seeds 99 % of the answers in the last 20 batches are right", sum(a >= 0.99 for a in solved) >= 4, solved)
far = []
for seed in range(3):
    torch.manual_seed(seed)
    far.append(float(np.mean(list(learn(chrono(100), T=100))[-20:])))
claim("Twice the distance, T = 100, chrono: with at least 2 of 3 seeds 99 % of these answers are right", sum(a >= 0.99 for a in far) >= 2, far)

# %% [markdown]
# <!-- told: 02.chrono_steps -->
# The shape of the cell makes a long memory *possible*. An open forget gate makes it *happen*. A bias of 1, the cure of many libraries, is far too
# little at this distance; and with chrono the network that could only guess solves the task, at twice the distance too.
#
# **Try it.** Give chrono the wrong distance: at T = 50, `len(list(learn(chrono(500))))` says after how many steps it had learned (600: not at all).
# Then try `chrono(10)`. Too short a distance is worse than too long a one.
#
# ## 8. What does it cost?
# Each of the four parts has $W$ with $nH$ numbers, $U$ with $H^2$, and two biases with $H$ each:
#
# $$4\,(nH + H^2 + 2H)$$
#
# A deeper layer reads the $H$ states of the layer below instead of the $n$ inputs. With two directions there are two cells in each layer,
# and a deeper layer reads $2H$. On the web you can find that an LSTM with 300 inputs and 512 units has about 3.4 million parameters. Count:

# %%
n, H = 300, 512
counted = sum(weight.numel() for weight in nn.LSTM(n, H).parameters())
print(f"by the formula {4 * (n * H + H * H + 2 * H):,}, counted {counted:,}")

# %% [markdown]
# ### Exercise 02.3 · The number of parameters of any LSTM
# *Medium, 7 minutes.* Write `lstm_parameters` for any number of layers, one direction or two, with or without biases. Count with formulas;
# do not make the network.

# %%
def lstm_parameters(input_size, hidden_size, num_layers=1, bidirectional=False, bias=True):
    raise NotImplementedError

# %%
exercise("02.3").check(lstm_parameters)

# %% [markdown]
# ## Quiz
# Five questions: choose a letter, with the mouse or with Tab and the space bar, and read what it says; the first choice counts.

# %% jupyter={"source_hidden": true} cellView="form"
# The quiz
from utils.course import quiz

quiz("02")

# %% [markdown]
# ## Take away
# 1. An LSTM keeps a memory $c_t = f_t \odot c_{t-1} + i_t \odot g_t$ and shows a part of it, $h_t = o_t \odot \tanh(c_t)$. Along $c$ the gradient passes times $f_t$.
# 2. A forget gate at $f$ has a half-life of $\ln 0.5 / \ln f$ steps. A fresh LSTM starts near one half, so it forgets within a step or two.
# 3. The initial bias of the forget gate decides what can be learned. Chrono spreads it over all distances up to $T$, and T = 100 takes seconds.

# %% jupyter={"source_hidden": true} cellView="form" tags=["nbval-ignore-output"]
# Your progress
from utils.course import progress

progress("02")

# %% [markdown]
# ## References
# - S. Hochreiter, J. Schmidhuber (1997). *Long short-term memory.* Neural Computation 9(8): the cell and the tasks. It had no forget gate.
# - F. A. Gers, J. Schmidhuber, F. Cummins (2000). *Learning to forget: continual prediction with LSTM.* Neural Computation 12(10): the forget gate.
# - R. Jozefowicz, W. Zaremba, I. Sutskever (2015). *An empirical exploration of recurrent network architectures.* ICML: why to start with a forget bias of 1.
# - C. Tallec, Y. Ollivier (2018). *Can recurrent neural networks warp time?* ICLR: chrono initialization.
#
# Next: [03 · The GRU cell](03_gru_cell.ipynb). Three parts, one state: what is saved, and what is given up?
