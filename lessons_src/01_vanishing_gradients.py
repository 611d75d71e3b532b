# %% [markdown]
# # 01 · Vanishing and exploding gradients
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/gates-and-gradients/gates-and-gradients/blob/main/notebooks/01_vanishing_gradients.ipynb) [or as a web page, with nothing to install](https://gates-and-gradients.github.io/gates-and-gradients/notebooks/01_vanishing_gradients.html)
#
# **The question.** Somebody says a digit, then nothing for 49 steps. A recurrent network is to name the digit at the end.
# What it must learn lies 49 steps back. Does the news of its mistakes ever get there?
#
# After this lesson you
# - can write down the gradient that travels back through time, and compute it by hand;
# - know which number of a network decides what becomes of it, and which demonstrations do not show it;
# - can say what gradient clipping repairs, and what it does not.
#
# Time: 21 minutes, and up to 15 more for the two exercises. The machine needs half a minute. [Lesson 00](00_start_here.ipynb) comes before it; you need the chain rule and what an eigenvalue is.
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
lesson.start("01")

# %% [markdown]
# One unit of a plain recurrent network reads a tape: a knock `!`, a silence, a question `?`. **Press play.** At the last step the message of
# lesson 00 sets out for home. Each violet bar says how much the end would change if that step were a little different.
# (The LSTM, its memory c and the blue line wait for section 7.)

# %%
explorers.Tape(["plain RNN", "LSTM"])

# %% [markdown]
# What shrinks that message, and how far does it get in a whole network?
#
# ## 1 · A network in one line
# The cat of lesson 00 had a single number for its state. Now the state $h_t$ is a vector of $H$ numbers. At each step it is
# made from the input $x_t$ and from the state before:
#
# $$h_t = \tanh(W x_t + U h_{t-1} + b)$$
#
# | | shape | |
# |---|---|---|
# | $x_t$ | (inputs,) | what comes in at step $t$, from $1$ to $T$ |
# | $h_t$ | (H,) | the state after step $t$; $h_0 = 0$ |
# | $W$, $U$, $b$ | (H, inputs), (H, H), (H,) | the weights: **the same at every step** |
# | $L$ | one number | the loss: how wrong the answer after the last step is |
#
# Unrolled over time the network is a chain, and the same $U$ is every link of it (the arrows above it belong to section 2):

# %% jupyter={"source_hidden": true} cellView="form"
# The drawing
from utils import plots

lesson.show(plots.unrolled(), "A chain of states h_0 to h_T, each made from the one before through U and from its "
           "input through W. The loss L hangs on h_T; its gradient goes back, one Jacobian J_t a step.")

# %% [markdown]
# In code, with the weights as PyTorch draws them:

# %%
import numpy as np
import torch
from torch import nn
from utils.course import claim

torch.manual_seed(0)
rnn = nn.RNN(10, 20, dtype=torch.float64)
W, U = rnn.weight_ih_l0.detach(), rnn.weight_hh_l0.detach()  # (H, inputs), (H, H)
b = (rnn.bias_ih_l0 + rnn.bias_hh_l0).detach()               # (H,), PyTorch keeps two biases
x = torch.randn(50, 10, dtype=torch.float64)                 # (T, inputs)

h, states = torch.zeros(20, dtype=torch.float64, requires_grad=True), []  # (H,)
for x_t in x:
    h = torch.tanh(W @ x_t + U @ h + b)  # (H,)
    states.append(h)

gap = (torch.stack(states) - rnn(x)[0]).abs().max()
claim("Our states are those of nn.RNN", gap < 1e-12, gap, limit=1e-12)

# %% [markdown]
# ## 2 · Back through time, one step at a time
# To learn, the network needs to know how the loss changes when $h_t$ changes, for each step $t$. We write this gradient
# $\partial L/\partial h_t$ as a **row** of $H$ numbers and go backward from the end.
#
# **One entry.** Entry $i$ of $h_t$ is $\tanh(a_i)$ with $a = W x_t + U h_{t-1} + b$. Move entry $j$ of $h_{t-1}$ a little:
# $a_i$ moves $U_{ij}$ times as much. And the slope of tanh at $a_i$ is $1 - \tanh^2(a_i)$, which is one minus the square of
# entry $i$ of $h_t$. So
#
# $$\frac{\partial h_{t,i}}{\partial h_{t-1,j}} = (1 - h_{t,i}^2)\, U_{ij}$$
#
# **All entries.** As a matrix of shape (H, H) this is the **Jacobian** of step $t$:
#
# $$J_t = \frac{\partial h_t}{\partial h_{t-1}} = \mathrm{diag}(1 - h_t^2)\; U$$
#
# (diag: a matrix with the slopes on its diagonal.)
#
# **All steps.** The loss feels $h_{t-1}$ only through $h_t$, so one step back is one product, a row times a matrix. Do it again and again:
#
# $$\frac{\partial L}{\partial h_t} = \frac{\partial L}{\partial h_T} \; J_T \, J_{T-1} \cdots J_{t+1}$$
#
# Between the end and step $t$ stand $T - t$ matrices, and **every one of them contains the same $U$**. Is it right?
# Let $L$ be the sum of $h_T$; then $\partial L / \partial h_T$ is a row of ones.

# %%
g = torch.ones(20, dtype=torch.float64)  # (H,), dL/dh_T
by_hand = [g]
for h_t in reversed(states[1:]):
    J_t = torch.diag(1 - h_t.detach() ** 2) @ U  # (H, H)
    g = g @ J_t                                  # (H,), dL/dh of the step before
    by_hand.insert(0, g)

by_autograd = torch.autograd.grad(states[-1].sum(), states, retain_graph=True)  # T rows of (H,)
for t in (50, 40, 30, 20, 10, 1):
    print(f"step {t:2}: length by hand {by_hand[t - 1].norm():.1e}, by autograd {by_autograd[t - 1].norm():.1e}")

# %% jupyter={"source_hidden": true} cellView="form"
# Measured
errors = [((ours - theirs).norm() / theirs.norm()).item() for ours, theirs in zip(by_hand, by_autograd)]
claim("At each of the 50 steps our gradient is autograd's, up to rounding", max(errors) < 1e-10, max(errors), limit=1e-10)

# %% [markdown]
# ## 3 · Where is the loss?

# %% jupyter={"source_hidden": true} cellView="form"
# Your guess
from utils.course import guess

guess("01.loss_everywhere")

# %% [markdown]
# Here it is, on 20 networks:

# %%
def gradient_sizes(loss, seed):
    torch.manual_seed(seed)
    rnn, x = nn.RNN(10, 20), torch.randn(50, 10, requires_grad=True)  # x (T, inputs)
    output, _ = rnn(x)                                                # (T, H): all h_t
    loss(output).backward()
    return x.grad.norm(dim=1)                                         # (T,)

usual = torch.stack([gradient_sizes(lambda output: output.sum(), seed) for seed in range(20)])     # (20, T)
last = torch.stack([gradient_sizes(lambda output: output[-1].sum(), seed) for seed in range(20)])  # (20, T)

# %% jupyter={"source_hidden": true} cellView="form"
# All 20 networks
t = np.arange(1, 51)
fig, axes = plots.figure(9, 3.2, ncols=2, sharey=True)
panels = {"output.sum()\na loss at every step": usual, "output[-1].sum()\na loss at the last step only": last}
for ax, (title, sizes) in zip(axes, panels.items()):
    ax.semilogy(t, sizes.T, color=plots.PALETTE["rnn"], alpha=0.25, lw=1)
    ax.semilogy(t, sizes.median(0).values, color=plots.PALETTE["rnn"], lw=2.5)
    ax.set_title(title, fontsize=10)
    ax.set(xlabel="step $t$ of the input", ylim=(1e-19, 1e3), yticks=[1e-15, 1e-10, 1e-5, 1])
axes[0].set_ylabel(r"length of $\partial L\,/\,\partial x_t$")
lesson.show(fig, "Length of the gradient at each of 50 steps for 20 networks and their median. With a loss at every step the curves "
           "are flat; with a loss at the last step only they fall steadily, by more than ten powers of ten.")

# %% [markdown]
# <!-- told: 01.loss_everywhere -->
# Left is what the tutorials do, thin lines for the networks, thick for their median. It is not wrong; it answers another question. `output.sum()` adds a loss at
# **every** step. The gradient at step 1 then holds 50 messages: one from the loss right there, which traveled no distance,
# and 49 from later ones. The near one drowns the far ones.
#
# <!-- told: 01.loss_everywhere -->
# What we wanted to know is whether the *far* message arrives. So the loss must be far away: at the last step only, on the right. Then
# next to nothing arrives. Whenever somebody shows you gradients over time, ask first **where the loss is**.

# %% jupyter={"source_hidden": true} cellView="form"
# Your guess, and what was measured
usual_ratio, last_ratio = usual[:, 0] / usual[:, -1], last[:, 0] / last[:, -1]  # (20,)
claim("A loss at the last step only: less than 1e-8 of it reaches step 1, with each of 20 seeds",
      (last_ratio < 1e-8).all(), last_ratio.max())
guess("01.loss_everywhere").reveal(usual_ratio.median())

# %% [markdown]
# Another popular demonstration compares the gradient of *all weights together*, of an RNN, an LSTM and a GRU. The last few steps supply
# nearly all of it, so it hides the far past as well: [appendix](12_appendix.ipynb).
#
# ## 4 · How fast does it vanish?
# Going $k$ steps back means $k$ Jacobians. Leave the slopes aside for a moment (a *linear* network has slope 1 everywhere):
# then we multiply by $U$, $k$ times. Two numbers of $U$ matter.
#
# - The **spectral radius** $\rho$ is the largest modulus of its eigenvalues. After many steps the length of the gradient goes
#   as $\rho^k$. It says what happens **in the long run**.
# - The **largest singular value** $\sigma_{\max}$ is the most that one product with $U$ can stretch a vector. It says what one
#   step **can do at most**. Always $\rho \le \sigma_{\max}$.
#
# Write $\max|\phi'|$ for the largest slope of the nonlinearity $\phi$, which is 1 for tanh, and $\|\cdot\|$ for the length of a vector. Then
#
# $$\left\| \frac{\partial L}{\partial h_{T-k}} \right\| \;\le\; \left(\sigma_{\max} \cdot \max|\phi'|\right)^k \left\| \frac{\partial L}{\partial h_T} \right\|$$
#
# If the bracket is below 1, the gradient **must** vanish. If it is above 1, the gradient **may** explode (Pascanu et al. 2013).
# And a new `nn.RNN`?

# %%
U = nn.RNN(1, 500).weight_hh_l0.detach()  # (H, H)
rho = torch.linalg.eigvals(U).abs().max().item()
claim("With 500 units the spectral radius of a new nn.RNN is 0.577, give or take 0.04", abs(rho - 0.577) < 0.04, rho)
print(f"0.577 to the 49th is {0.577**49:.0e}.")

# %% [markdown]
# So $\rho$ begins well below 1. (Why 0.577, which is $1/\sqrt 3$, and how loose the bound is: [appendix](12_appendix.ipynb).)
#
# ## 5 · Your turn: the gain
# For $U$ take a **gain** times an *orthogonal* matrix, one that turns vectors and keeps their length. All its eigenvalues have modulus 1,
# so the gain *is* the spectral radius of $U$.

# %% jupyter={"source_hidden": true} cellView="form"
# Your guess
guess("01.gain_of_one")

# %%
explorers.GradientFlow(gain=1.0, nonlinearity="linear", inputs=0.2)

# %% [markdown]
# The dots are the eigenvalues of $U$; in a linear network, what lies inside the circle shrinks, and what lies outside grows.
#
# **Five things to try.** Say first what you expect.
# 1. It begins *linear*. How far up and down do 0.1 more and 0.1 less take the line? Do the inputs matter?
# 2. Now *tanh*, gain 1: was your guess right? Set the inputs to 0, then turn them up. Which factor of $J_t$ is at work?
# 3. Gain 1.5, inputs 0.2: compare *linear* with *tanh*. Why does tanh not explode as the theory line does?
# 4. Choose *sigmoid*, $\sigma(a) = 1/(1 + e^{-a})$. Can any gain here save it? Think of its largest slope.
# 5. *Tanh*, gain 0.9: switch the loss to *all steps*. You know this picture.

# %% jupyter={"source_hidden": true} cellView="form"
# Measured
def left_at_step_1(gain, nonlinearity, inputs=0.2, T=100):
    norms = explorers.GradientFlow.compute(gain, nonlinearity, inputs, "orthogonal", T, "last")["norms"]
    return norms[-1] / norms[0]

linear = [left_at_step_1(gain, "linear") for gain in (0.9, 1.0, 1.1)]
claim("1. Linear, 100 steps: at gain 0.9 less than 1e-4 is left, at 1.0 all, at 1.1 more than 10,000 times as much",
      linear[0] < 1e-4 and abs(linear[1] - 1) < 1e-6 and linear[2] > 1e4, linear)
tanh = [left_at_step_1(1.0, "tanh", inputs) for inputs in (0.0, 0.2, 1.0)]
claim("2. Tanh at gain 1: without inputs all is left, with 0.2 less than 1e-4, with 1 less than 1e-15",
      tanh[0] > 0.999 and tanh[1] < 1e-4 and tanh[2] < 1e-15, tanh)
high = [left_at_step_1(1.5, nonlinearity) for nonlinearity in ("linear", "tanh")]
claim("3. Gain 1.5: linear explodes beyond 1e17, tanh stays below 1e5", high[0] > 1e17 and high[1] < 1e5, high)
flat = left_at_step_1(1.6, "sigmoid")
claim("4. Sigmoid, whose slope is at most 1/4, leaves less than 1e-35 even at gain 1.6", flat < 1e-35, flat)

# %% [markdown]
# Numbers 2 and 3 have one reason. Inputs, or a large $U$, push the units away from 0, and there tanh is flat: the slopes
# $1 - h_t^2$ fall below 1 and pull every Jacobian down. So gain 1 keeps a gradient alive only while the units stay small,
# that is, while the network hardly does anything.
#
# ## 6 · Two exercises
# ### Exercise 01.1 · The gain at which a gradient neither vanishes nor explodes
# *Easy, 5 minutes.* In a linear network $h_t = s\,U h_{t-1} + W x_t$ the gain $s$ is yours to choose. Write `critical_gain(U)`:
# for any matrix `U` (H, H), a tensor of float64, return the positive number $s$ at which a gradient going back through more and more
# steps neither vanishes nor grows without end.

# %%
def critical_gain(U):
    raise NotImplementedError

# %%
from utils.course import exercise

exercise("01.1").check(critical_gain)

# %% [markdown]
# ### Exercise 01.2 · The gradient's norm at each step
# *Medium, 10 minutes.* Write `gradient_norm_per_step(U, h, dL_dh_T)` for the tanh network of section 1 with a loss at the last
# step. Given are `U` (H, H), the states `h` (T, H) with `h[0]` being $h_1$, and the gradient at the last step, `dL_dh_T` (H,).
# Return the $T$ norms of $\partial L/\partial h_1, \dots, \partial L/\partial h_T$, in this order, as a list or a tensor.
# A loop of your own, please, without autograd; and no matrix for the slopes is needed.

# %%
def gradient_norm_per_step(U, h, dL_dh_T):
    raise NotImplementedError

# %%
exercise("01.2").check(gradient_norm_per_step)

# %% [markdown]
# ## 7 · RNN, LSTM, GRU side by side
# LSTM and GRU were invented to mend this. Lesson 02 takes the LSTM apart; all you need now is that each has a **gate that
# keeps**: a number between 0 and 1, $\sigma(\dots + b)$ with the sigmoid $\sigma$, by which the
# old memory is multiplied at each step. You saw one at the top: choose *LSTM* on the tape, play it, then choose *noise with a mark*.
# Its gate keeps 0.95 in silence, because we set it so.

# %% jupyter={"source_hidden": true} cellView="form"
# Your guess
guess("01.new_lstm")

# %%
explorers.SideBySide(bias=4.0)

# %% [markdown]
# Here $b$ is 4. (The LSTM has a second state, its memory. The picture shows the gradient at $h$, which reaches the memory only through weights, so its line drops at once.) **Move it to 0**, where PyTorch's gates begin: the
# LSTM and the GRU lose the gradient too. A gate of $\sigma(0) = 0.5$ halves the memory at each step:
# that alone is the dashed line $0.5^k$, and the other ways back add little.
# Being an LSTM is not the cure. An open gate is.

# %% jupyter={"source_hidden": true} cellView="form"
# Measured
from utils.probes import gradient_norms

def first_over_last(kind, seed):
    torch.manual_seed(seed)
    norms = gradient_norms(kind(10, 20), torch.randn(50, 1, 10))  # x (T, B, inputs), B = 1 sequence -> (T,)
    return (norms[0] / norms[-1]).item()

arrives = {kind.__name__: max(first_over_last(kind, seed) for seed in range(10)) for kind in (nn.RNN, nn.LSTM, nn.GRU)}
claim("nn.RNN, nn.LSTM, nn.GRU as PyTorch makes them: less than 1e-8 of the gradient reaches step 1, with each of 10 seeds",
      max(arrives.values()) < 1e-8, arrives)
opened = explorers.SideBySide.compute(bias=4.0, weights="torch")["bands"]
opened = {kind: opened[kind]["low"][-1] for kind in ("lstm", "gru")}
claim("With a bias of 4 more than a thousandth reaches it, in LSTM and GRU, with each of 8 seeds", min(opened.values()) > 1e-3, opened)

# %% [markdown]
# ## 8 · When it explodes
# Above 1 the same product grows, and the gradient with it. The common remedy is **clipping by norm**. With $g$ the gradient of *all* weights as one long vector:
#
# $$g \leftarrow g \cdot \min\!\left(1, \frac{\text{threshold}}{\|g\|}\right)$$
#
# Only the length is cut. Clipping *by value* cuts each entry by itself, and that turns the direction:

# %%
g = torch.tensor([3.0, -40.0])
for clip in (nn.utils.clip_grad_norm_, nn.utils.clip_grad_value_):
    weight = nn.Parameter(torch.zeros(2))
    weight.grad = g.clone()
    clip([weight], 1.0)
    cosine = torch.cosine_similarity(g, weight.grad, dim=0).clamp(max=1)
    print(f"{clip.__name__:16} {weight.grad.numpy().round(2)}, turned by {torch.rad2deg(cosine.acos()):.0f} degrees")

# %% [markdown]
# Now a network of a single unit, $h_t = \tanh(u\,h_{t-1} + b)$ with $h_0 = -0.5$, over 20 steps; its loss is
# $(h_{20} + 0.6)^2 / 2$, zero where the last state is $-0.6$. On the map of its two weights there is a **wall**: on it, a little change of $u$ or $b$ grows at each of
# the 20 steps. With a large enough learning rate, gradient descent gets there from the star.

# %% jupyter={"source_hidden": true} cellView="form"
# Your guess
guess("01.at_the_wall")

# %%
explorers.Clipping(rate=0.02)

# %% [markdown]
# **Three things to try**
# 1. Here 40 steps do not get to the wall. Set the learning rate to 0.1. Above which threshold is clipping the same as none? The spike tells you.
# 2. Lower the threshold to 0.01. No spike any more; what is the price?
# 3. Learning rate 0.2, threshold 0.1: *norm*, then *value*. Which cuts more of the 40 steps short?
#
# <!-- told: 01.at_the_wall -->
# A step is as long as the gradient times the learning rate. Without clipping, one of them throws the weights onto the flat land below. There the loss is not zero, but the gradient is
# almost: **one explosion, and everything after it has vanished.**

# %% jupyter={"source_hidden": true} cellView="form"
# Measured
result = explorers.Clipping.compute(threshold=1.0, by="norm", rate=0.1)
raw, clip = result["raw"], result["clipped"]
longest = np.sort(raw["norms"])[-2:]
claim("Without clipping one gradient is more than ten times as long as any other", longest[1] > 10 * longest[0], {"longest": longest[1], "next": longest[0]})
end = {"loss": raw["loss"][-1], "gradient": raw["norms"][-1]}
claim("and at the end the loss is still above 0.05, with a gradient below 0.01", end["loss"] > 0.05 and end["gradient"] < 0.01, end)
claim("With threshold 1 the same start ends with a loss below a thousandth", clip["loss"][-1] < 1e-3, clip["loss"][-1])
low = explorers.Clipping.compute(0.01, "norm", 0.1)["clipped"]["loss"]
claim("Clipping changes nothing from a threshold as long as that gradient on", explorers.Clipping.compute(longest[1] * 1.01, "norm", 0.1)["clipped"]["loss"][-1] == raw["loss"][-1])
cut = {by: explorers.Clipping.compute(0.1, by, 0.2)["clipped"]["cut"] for by in ("norm", "value")}
claim("At rate 0.2 and threshold 0.1, cutting by norm shortens more of the 40 steps than cutting by value", cut["norm"] > cut["value"], cut)
claim("The price of 0.01: after 40 steps the loss has not even halved", low[-1] > low[0] / 2, (low[0], low[-1]))

# %% [markdown]
# **What clipping does not do.** It shortens what is too long; it cannot lengthen what has vanished. Where the far past has a share
# of $10^{-12}$ in a gradient, it has that share after clipping. Against vanishing, the product itself has
# to change.
#
# ## 9 · A digit, and 49 steps later
# Back to the question: a digit, 49 steps of silence, then the answer. The same with **distractors**: in place of the silence 49 digits that mean nothing. Which digit was the first one?

# %%
def recall(batch, T, distractors=False):
    digits = torch.randint(10, (batch, T))         # (B, T)
    x = nn.functional.one_hot(digits, 10).float()  # (B, T, 10): a 1 for each digit
    if not distractors:
        x[:, 1:] = 0                               # silence, but for the first step
    return x, digits[:, 0]                         # x, y (B,): whoever guesses is right in 10 % of the cases

# %% jupyter={"source_hidden": true} cellView="form"
# The drawing
fig, axes = plots.figure(9, 2.4, ncols=2, sharey=True)
for ax, distractors, title in zip(axes, (False, True), ("a digit, then silence", "a digit, then distractors")):
    x, y = recall(1, 50, distractors)
    ax.imshow(x[0].T, cmap="Greys", aspect="auto", extent=(0.5, 50.5, 9.5, -0.5), vmax=1.3)
    ax.plot(1, y.item(), "s", mfc="none", mec=plots.PALETTE["rnn"], mew=2.5, ms=13, clip_on=False)
    ax.set_title(title, fontsize=10)
    ax.set(xlabel="step $t$", yticks=(0, 3, 6, 9), xticks=(1, 10, 20, 30, 40, 50))
    ax.grid(False)
axes[0].set_ylabel("digit")
lesson.show(fig, "Two sequences of 50 steps, a row for each digit. In both the digit of the first step is framed. In the left one nothing "
           "follows, in the right one a random digit at each step.")

# %% [markdown]
# And the loop that trains, the usual one. `yield` hands out the share of right answers after each step, so that we can watch.

# %%
def learn(network, steps=600, rate=0.01, T=50, distractors=False):
    readout = nn.Linear(network.hidden_size, 10)
    weights = [*network.parameters(), *readout.parameters()]
    adam, streak = torch.optim.Adam(weights, lr=rate), 0
    while steps > 0 and streak < 20:                  # until 20 batches in a row are all right
        x, y = recall(32, T, distractors)             # always new ones
        scores = readout(network(x)[0][:, -1])        # (B, 10), from h_T alone
        adam.zero_grad()
        nn.functional.cross_entropy(scores, y).backward()
        nn.utils.clip_grad_norm_(weights, 1.0)
        adam.step()
        right = (scores.argmax(1) == y).float().mean().item()
        yield right
        steps, streak = steps - 1, streak + 1 if right == 1 else 0

# %% [markdown]
# We try three networks. "An RNN can barely learn beyond 10 steps", you may have read. Section 4 says something else: *a spectral
# radius of 0.577* barely reaches beyond 10 steps, and that comes from the initial weights. So the third has an orthogonal $U$ at
# your critical gain, with all eigenvalues on the circle, and biases of 0.

# %%
from utils.cells.initialize import orthogonal_

def plain():
    return nn.RNN(10, 32, batch_first=True)

def lstm():
    return nn.LSTM(10, 32, batch_first=True)

def critical():
    network = orthogonal_(plain(), gain=1.0)
    network.bias_ih_l0.data.zero_()
    network.bias_hh_l0.data.zero_()
    return network

networks = {"RNN, new": plain, "LSTM, new": lstm, "RNN, critical gain": critical}

# %% jupyter={"source_hidden": true} cellView="form"
# Your guess
guess("01.who_learns")

# %% [markdown]
# Now watch, three seeds each; a run ends when 20 batches in a row are right.

# %%
from utils.course import watch

torch.set_num_threads(1)        # the matrices are small: a second thread only gets in the way
torch.set_flush_denormal(True)  # numbers that have all but vanished slow some processors down: appendix
runs = watch(learn, networks, seeds=range(3), steps=150, rate=0.001)

# %% jupyter={"source_hidden": true} cellView="form"
# Your guess, and what was measured
def at_the_end(name):
    """For each seed, the share of right answers in the last 20 batches."""
    return [float(np.mean(right[-20:])) for right in runs[name]]

learned = tuple(np.median(at_the_end(name)) > 0.3 for name in ("LSTM, new", "RNN, new"))
fresh = at_the_end("RNN, new") + at_the_end("LSTM, new")
claim("RNN and LSTM as PyTorch makes them stay below 30 %, with each seed", max(fresh) < 0.3, fresh)
reached = at_the_end("RNN, critical gain")
claim("The RNN at the critical gain gets at least 90 %, with at least 2 of 3 seeds", sum(a >= 0.9 for a in reached) >= 2, reached)
torch.manual_seed(0)
for name, make in networks.items():
    norms = gradient_norms(make(), recall(32, 50)[0])  # (T,)
    print(f"{name:19} {norms[0] / norms[-1]:.0e} of the gradient reaches the digit before training")
guess("01.who_learns").reveal({(True, False): "the LSTM alone", (False, True): "the plain RNN alone",
                               (True, True): "both of them", (False, False): "neither of the two"}[learned])

# %% [markdown]
# <!-- told: 01.who_learns -->
# So a plain RNN *can* learn over 50 steps, and in as many training steps a new LSTM, famous for its long memory, does not. Here the product of
# Jacobians counted, not the name of the cell. And now the RNN that succeeded, with distractors:

# %% jupyter={"source_hidden": true} cellView="form"
# Your guess
guess("01.distractors")

# %%
runs |= watch(learn, {"RNN, critical gain, distractors": critical}, seeds=range(3), steps=150, rate=0.001, distractors=True)

# %% [markdown]
# The success was fragile. Now the units must react to 49 inputs, their slopes fall below 1, and the
# first digit is overwritten. To *keep* something while much is going on, a network must be able to choose what to let in. That is
# what a gate is for. The next lesson builds one, and finds the initial biases with which an LSTM recalls the digit after the silence.

# %% jupyter={"source_hidden": true} cellView="form"
# Your guess, and what was measured
drowned = at_the_end("RNN, critical gain, distractors")
claim("With distractors it stays below 70 %, with each seed", max(drowned) < 0.7, drowned)
guess("01.distractors").reveal(100 * np.mean(drowned))

# %% [markdown]
# ## Quiz
# Five questions: choose a letter, with the mouse or with Tab and the space bar, and read what it says; the first choice counts.

# %% jupyter={"source_hidden": true} cellView="form"
# The quiz
from utils.course import quiz

quiz("01")

# %% [markdown]
# ## Take away
# 1. The gradient over $k$ steps is a product of $k$ Jacobians with the same $U$ in each. Around spectral radius 1 it is on a
#    knife's edge: a little below 1 it vanishes, a little above it explodes, and the slopes of tanh always pull down.
# 2. To see it, put the loss at the last step. A loss at every step, or the norm of all weights' gradients, hides it.
# 3. Clipping by norm cures one long step. It does nothing for a vanished gradient; initial weights and gates do.

# %% tags=["nbval-ignore-output"] jupyter={"source_hidden": true} cellView="form"
# Your progress
from utils.course import progress

progress("01")

# %% [markdown]
# ## References
# - S. Hochreiter (1991), *Untersuchungen zu dynamischen neuronalen Netzen*, diploma thesis, TU München.
# - Y. Bengio, P. Simard, P. Frasconi (1994), *Learning long-term dependencies with gradient descent is difficult*, IEEE Transactions on Neural Networks 5(2).
# - S. Hochreiter, J. Schmidhuber (1997), *Long short-term memory*, Neural Computation 9(8): tasks like the one of section 9.
# - R. Pascanu, T. Mikolov, Y. Bengio (2013), *On the difficulty of training recurrent neural networks*, ICML: the bound, the cliff, clipping by norm.
# - A. Saxe, J. McClelland, S. Ganguli (2014), *Exact solutions to the nonlinear dynamics of learning in deep linear neural networks*, ICLR: orthogonal initial weights.
#
# Next: [02 · The LSTM cell](02_lstm_cell.ipynb)
