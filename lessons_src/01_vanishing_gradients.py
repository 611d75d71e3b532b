# %% [markdown]
# # 01 · Vanishing and exploding gradients
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/gates-and-gradients/gates-and-gradients/blob/main/notebooks/01_vanishing_gradients.ipynb)
#
# **The question.** Somebody says a digit, then nothing for 49 steps. A recurrent network is to name the digit at the end.
# The lesson it must learn lies 49 steps back. Does the news of its mistakes ever get there?
#
# After this lesson you
# - can write down the gradient that travels back through time, and compute it by hand;
# - know which number of a network decides whether it vanishes or explodes, and a popular demonstration that shows neither;
# - can say what gradient clipping repairs, and what it does not.
#
# Time: 30 minutes, and up to 15 more for the two exercises. You need the chain rule and what an eigenvalue is; the rest is here.
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
# Unrolled over time the network is a chain, and the same $U$ is every link of it:

# %%
from utils import plots

lesson.show(plots.unrolled(), "A chain of states h_0 to h_T, each made from the one before through U and from its "
           "input through W. The loss L hangs on h_T; its gradient goes back, one Jacobian J_t a step.")

# %% [markdown]
# Here it is in code, with the weights as PyTorch draws them. Four lines, and they give what `nn.RNN` gives:

# %%
import torch
from torch import nn
from utils.course import claim

torch.set_num_threads(1)  # these matrices are small: a second thread only gets in the way

rnn = nn.RNN(10, 20, dtype=torch.float64)
W, U = rnn.weight_ih_l0.detach(), rnn.weight_hh_l0.detach()  # (H, inputs), (H, H)
b = (rnn.bias_ih_l0 + rnn.bias_hh_l0).detach()               # (H,), torch keeps two biases
x = torch.randn(50, 10, dtype=torch.float64)                 # (T, inputs)

h, states = torch.zeros(20, dtype=torch.float64, requires_grad=True), []  # (H,)
for x_t in x:
    h = torch.tanh(W @ x_t + U @ h + b)  # (H,)
    states.append(h)

claim("Our states are those of nn.RNN", torch.allclose(torch.stack(states), rnn(x)[0], atol=1e-12))

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
# **One step back.** The loss feels $h_{t-1}$ only through $h_t$. The chain rule is one product, a row times a matrix:
#
# $$\frac{\partial L}{\partial h_{t-1}} = \frac{\partial L}{\partial h_t} \; J_t$$
#
# **All steps back.** Do it again and again:
#
# $$\frac{\partial L}{\partial h_t} = \frac{\partial L}{\partial h_T} \; J_T \, J_{T-1} \cdots J_{t+1}$$
#
# Between the end and step $t$ stand $T - t$ matrices, and **every one of them contains the same $U$**. That product is the
# whole story of this lesson. First, is it right? We take $L$ as the sum of $h_T$, so $\partial L / \partial h_T$ is a row of ones.

# %%
by_autograd = torch.autograd.grad(states[-1].sum(), states, retain_graph=True)  # T rows of (H,); retained, to run it again

g = torch.ones(20, dtype=torch.float64)  # (H,), dL/dh_T
by_hand = [g]
for h_t in reversed(states[1:]):
    J_t = torch.diag(1 - h_t.detach() ** 2) @ U  # (H, H)
    g = g @ J_t                                  # (H,), dL/dh of the step before
    by_hand.insert(0, g)

errors = [((ours - theirs).norm() / theirs.norm()).item() for ours, theirs in zip(by_hand, by_autograd)]
claim("At each of the 50 steps our gradient is autograd's, to a relative error of 1e-10",
      max(errors) < 1e-10, max(errors))

# %% [markdown]
# ## 3 · A demonstration that shows nothing
# You find it in many tutorials under "the vanishing gradient problem": feed a random sequence, call `output.sum().backward()`,
# and look at the gradient that arrives at each input $x_t$. Here it is, on networks drawn with 20 different seeds.
#
# **Predict first.** How long is the gradient at the first of 50 steps, compared with the last?
# (a) a millionth, (b) a hundredth, (c) about the same. Write down your letter, then run the cell. Thin: a line for each seed; thick: their median.

# %%
def gradient_sizes(loss, seed):
    torch.manual_seed(seed)
    rnn, x = nn.RNN(10, 20), torch.randn(50, 10, requires_grad=True)  # x (T, inputs)
    output, _ = rnn(x)                                                # (T, H): all h_t
    loss(output).backward()
    return x.grad.norm(dim=1)                                         # (T,)

usual = torch.stack([gradient_sizes(lambda output: output.sum(), seed) for seed in range(20)])      # (20, T)
right = torch.stack([gradient_sizes(lambda output: output[-1].sum(), seed) for seed in range(20)])  # (20, T)

# %%
import numpy as np

t = np.arange(1, 51)
fig, axes = plots.figure(9, 3.4, ncols=2, sharey=True)
panels = {"the usual: output.sum()\na loss at every step": usual,
          "the right one: output[-1].sum()\na loss at the last step only": right}
for ax, (title, sizes) in zip(axes, panels.items()):
    ax.semilogy(t, sizes.T, color=plots.PALETTE["rnn"], alpha=0.25, lw=1)
    ax.semilogy(t, sizes.median(0).values, color=plots.PALETTE["rnn"], lw=2.5)
    ax.set_title(title, fontsize=10)
    ax.set(xlabel="step $t$ of the input", ylim=(1e-19, 1e3), yticks=[1e-15, 1e-10, 1e-5, 1])
axes[0].set_ylabel(r"norm of $\partial L\,/\,\partial x_t$")
lesson.show(fig, "Gradient at each of 50 steps for 20 seeds and their median. With a loss at every step the curves "
           "are flat; with a loss at the last step only they fall steadily, by more than ten powers of ten.")

# %%
usual_ratio, right_ratio = usual[:, 0] / usual[:, -1], right[:, 0] / right[:, -1]  # (20,)

claim("The usual demonstration: first and last gradient are within a factor of 4, for each of 20 seeds",
      ((usual_ratio > 1 / 4) & (usual_ratio < 4)).all(), usual_ratio)
claim("Loss at the last step only: the first is less than a hundred-millionth of the last, for each seed",
      (right_ratio < 1e-8).all(), right_ratio.max())
claim("and less than a million-millionth for half of them", right_ratio.median() < 1e-12, right_ratio.median())

# %% [markdown]
# The answer to the usual demonstration is (c), and it is not wrong, it answers another question. `output.sum()` adds a loss at
# **every** step. The gradient at step 1 then holds 50 messages: one from the loss right there, which traveled no distance,
# and 49 from later ones. The near one drowns the far ones. (That it is the gradient of $x_t$ and not of $h_t$ changes little:
# one more factor, $\mathrm{diag}(1 - h_t^2)\, W$, and the same kind of factor at each step.)
#
# What we wanted to know is whether the *far* message arrives. So the loss must be far away: at the last step only. Then
# next to nothing arrives. Whenever somebody shows you gradients over time, ask first **where the loss is**.
#
# ## 4 · How fast does it vanish?
# Going $k$ steps back means $k$ Jacobians. Leave the slopes aside for a moment (a *linear* network has slope 1 everywhere):
# then we multiply by $U$, $k$ times. Two numbers of $U$ matter.
#
# - The **spectral radius** $\rho$ is the largest modulus of its eigenvalues. After many steps the length of the gradient goes
#   as $\rho^k$. It says what happens **in the long run**.
# - The **largest singular value** $\sigma_{\max}$ is the most that one product with $U$ can stretch a vector. It says what one
#   step **can do at worst**. Always $\rho \le \sigma_{\max}$.
#
# The slope of tanh is at most 1, so it can only shrink. Write $\max|\phi'|$ for the largest slope of the nonlinearity $\phi$. Then
#
# $$\left\| \frac{\partial L}{\partial h_{T-k}} \right\| \;\le\; \left(\sigma_{\max} \cdot \max|\phi'|\right)^k \left\| \frac{\partial L}{\partial h_T} \right\|$$
#
# If the bracket is below 1, the gradient **must** vanish. If it is above 1, the gradient **may** explode (Pascanu et al. 2013).
#
# What are they for the network of section 1? PyTorch draws each entry of $U$ uniformly from $\pm 1/\sqrt{H}$. Its variance is
# $1/(3H)$, and for large $H$ random-matrix theory then says $\rho \approx 1/\sqrt{3} = 0.577$. A new `nn.RNN` begins well below 1.

# %%
rho = {H: torch.linalg.eigvals(nn.RNN(1, H).weight_hh_l0.detach()).abs().max().item() for H in (20, 100, 500)}

claim("With 500 units the spectral radius of a new nn.RNN is 0.577, give or take 0.04",
      abs(rho[500] - 3**-0.5) < 0.04, rho)
print(f"0.577 to the 49th is {0.577**49:.0e}: two million-millionths.")

# %% [markdown]
# Now the whole product for our network: how much can *any* small change of $h_{T-k}$ move $h_T$? The probe below builds all
# Jacobians and takes the norm of their product (the most it can stretch a vector), beside what theory allows.

# %%
from utils import probes

J = probes.jacobian_products(rnn, x)  # each (T,), by step t
k = torch.arange(49, -1, -1)          # steps before the last
lines = {
    r"$\sigma_{\max}^k$: bound from the weights": (J.weight_bound, "theory", ":"),
    r"$\prod\|J_t\|$: bound from the steps": (J.bound, "theory", "--"),
    r"$\rho^k$: the long run, if slopes were 1": (torch.linalg.eigvals(U).abs().max() ** k, "text", "--"),
    r"$\|J_T \cdots J_{t+1}\|$: measured": (J.norms, "rnn", "-"),
}
fig, ax = plots.figure(9, 3.6)
for name, (values, color, style) in lines.items():
    ax.semilogy(k, values, style, lw=2.2, color=plots.PALETTE[color])
    ax.text(50, values[0], name, color=plots.PALETTE[color], fontsize=9, ha="right", va="center")
ax.set(xlim=(76, -1), ylim=(1e-17, 50), xlabel="$k$, steps before the last", ylabel="factor on the gradient")
ax.set(xticks=[49, 40, 30, 20, 10, 0], yticks=[1e-15, 1e-10, 1e-5, 1])
lesson.show(fig, "Over 49 steps the product of Jacobians falls below 1e-10; the two bounds stay far above it.")

# %%
slack = 1 + 1e-9
claim("The product is never above the bound from the steps, nor that above the bound from the weights",
      (J.norms <= J.bound * slack).all() and (J.bound <= J.weight_bound * slack).all())
claim("Over 49 steps it is below 1e-10, while both bounds are still above 1e-4",
      J.norms[0] < 1e-10 and J.bound[0] > 1e-4, (J.norms[0], J.bound[0], J.weight_bound[0]))

# %% [markdown]
# Both bounds are true and far too kind. A bound takes the worst direction anew at every step; a real gradient does not find it
# every time. The line of the spectral radius is the better guess, and the slopes of tanh do the rest.
#
# ## 5 · Your turn: the gain
# $U$ is a matrix of spectral radius 1 times a **gain**. So the gain *is* the spectral radius. The dots are the eigenvalues of
# $U$; inside the circle things shrink, outside they grow. Inputs are random numbers of a strength you choose.

# %%
explorers.GradientFlow()

# %% [markdown]
# **Five things to try.** Guess before you move the slider; the cell below checks each answer.
# 1. Choose *linear*. At which gain is the line flat? How far up and down do 0.1 more and 0.1 less take it? Do the inputs matter?
# 2. Choose *tanh*, gain 1, and set the inputs to 0. Flat again. Now turn the inputs up. Which factor of $J_t$ is at work?
# 3. Gain 1.5, inputs 0.2: compare *linear* with *tanh*. Why does tanh not explode as the theory line does?
# 4. Choose *sigmoid*, $\sigma(a) = 1/(1 + e^{-a})$. Can any gain here save it? Think of its largest slope.
# 5. Back to *tanh*, gain 0.9: switch the loss to *all steps*. You know this picture.

# %%
def left_at_step_1(gain, nonlinearity, inputs=0.2, loss="last", T=100):
    norms = explorers.GradientFlow.compute(gain, nonlinearity, inputs, "orthogonal", T, loss)["norms"]
    return norms[-1] / norms[0]

linear = [left_at_step_1(gain, "linear") for gain in (0.9, 1.0, 1.1)]
claim("1. Linear, 100 steps: at gain 0.9 less than 1e-4 is left, at 1.0 all, at 1.1 more than 10,000 times as much",
      linear[0] < 1e-4 and abs(linear[1] - 1) < 1e-6 and linear[2] > 1e4, linear)
claim("and the inputs do not matter", left_at_step_1(0.9, "linear", 0.0) == left_at_step_1(0.9, "linear", 2.0))

tanh = [left_at_step_1(1.0, "tanh", inputs) for inputs in (0.0, 0.2, 1.0)]
claim("2. Tanh at gain 1: without inputs all is left, with 0.2 less than 1e-4, with 1 less than 1e-15",
      tanh[0] > 0.999 and tanh[1] < 1e-4 and tanh[2] < 1e-15, tanh)
claim("3. Gain 1.5: linear explodes beyond 1e17, tanh stays below 1e5",
      left_at_step_1(1.5, "linear") > 1e17 and left_at_step_1(1.5, "tanh") < 1e5)
claim("4. Sigmoid, whose slope is at most 1/4, leaves less than 1e-35 even at gain 1.6",
      left_at_step_1(1.6, "sigmoid") < 1e-35)
claim("5. With a loss at all steps the first gradient is about as long as the last",
      0.3 < left_at_step_1(0.9, "tanh", loss="all") < 3)

# %% [markdown]
# Numbers 2 and 3 have one reason. Inputs, or a large $U$, push the units away from 0, and there tanh is flat: the slopes
# $1 - h_t^2$ fall below 1 and pull every Jacobian down. So gain 1 keeps a gradient alive only while the units stay small,
# that is, while the network hardly does anything. Keep this in mind for section 10.
#
# ## 6 · Two exercises
# ### 01.1 · The gain at which a gradient neither vanishes nor explodes
# *Easy, 5 minutes.* In a linear network $h_t = s\,U h_{t-1} + W x_t$ the gain $s$ is yours to choose. Write `critical_gain(U)`:
# for any matrix `U` (H, H), a tensor of float64, return the positive number $s$ at which a gradient going back through more and more
# steps neither vanishes nor grows without end.

# %%
def critical_gain(U):
    raise NotImplementedError

# %%
from utils.course import exercise

ex1 = exercise("01.1")
ex1.check(critical_gain)

# %% [markdown]
# Stuck? Take away a `#` and run the cell; each call of `hint` tells a little more.

# %%
# ex1.hint()
# ex1.solution()

# %% [markdown]
# ### 01.2 · The gradient's norm at each step
# *Medium, 10 minutes.* Write `gradient_norm_per_step(U, h, dL_dh_T)` for the tanh network of section 1 with a loss at the last
# step. Given are `U` (H, H), the states `h` (T, H) with `h[0]` being $h_1$, and the gradient at the last step, `dL_dh_T` (H,).
# Return the $T$ norms of $\partial L/\partial h_1, \dots, \partial L/\partial h_T$, in this order, as a list or a tensor.
# A loop of your own, please, without autograd; and no matrix for the slopes is needed.

# %%
def gradient_norm_per_step(U, h, dL_dh_T):
    raise NotImplementedError

# %%
ex2 = exercise("01.2")
ex2.check(gradient_norm_per_step)

# %%
# ex2.hint()
# ex2.solution()

# %% [markdown]
# ## 7 · RNN, LSTM, GRU side by side
# LSTM and GRU were invented to mend this. The next lesson takes the LSTM apart; all you need now is that each has a **gate that
# keeps**: a number between 0 and 1, $\sigma(\dots + b)$ with the sigmoid $\sigma$ (not the singular value $\sigma_{\max}$), by which the
# old memory is multiplied at each step.
#
# **Predict first.** Replace `nn.RNN` by `nn.LSTM`, as PyTorch makes it, and change nothing else; $T = 50$, loss at the last step.
# The gradient at step 1, compared with the last, is (a) about as long, (b) a hundredth, (c) less than a hundred-millionth?

# %%
explorers.SideBySide()

# %% [markdown]
# The line is the median of 8 seeds, the band goes from the smallest to the largest. At bias 0, where PyTorch's gates begin, the
# LSTM and the GRU **lose the gradient nearly as fast as the plain RNN**. A gate of $\sigma(0) = 0.5$ halves the memory at each step:
# that alone is the dashed line $0.5^k$. The gradient has other ways back besides the memory, so the measured lines run above it, but they
# fall nearly as fast. Being an LSTM is not the cure. Move the bias up, and watch the cure. (The LSTM's line
# starts with a small drop: its $h$ is only a view of its memory, which you will meet in lesson 02.)
#
# That is the explorer's own arithmetic. Here are torch's modules themselves, with 10 seeds:

# %%
def first_over_last(kind, seed):
    torch.manual_seed(seed)
    norms = probes.gradient_norms(kind(10, 20), torch.randn(50, 1, 10))  # x (T, B, inputs), B = 1 sequence in the batch -> (T,)
    return (norms[0] / norms[-1]).item()

for kind in (nn.RNN, nn.LSTM, nn.GRU):
    ratios = [first_over_last(kind, seed) for seed in range(10)]
    claim(f"{kind.__name__} as torch makes it: less than 1e-8 of the gradient reaches step 1, with each seed",
          max(ratios) < 1e-8, ratios)

opened = explorers.SideBySide.compute(bias=4.0, weights="torch")["bands"]
claim("With a bias of 4 more than a thousandth reaches step 1, in LSTM and GRU, with each of 8 seeds",
      min(opened["lstm"]["low"][-1], opened["gru"]["low"][-1]) > 1e-3, opened)

# %% [markdown]
# One unit of each, in motion: a plain one and an LSTM whose gate keeps 0.95 in silence. The plain unit's weight $U$ is 0.95, too. Press *play* and watch the violet bars go back;
# then choose *noise with a mark*, and see what takes the plain unit's message away.

# %%
explorers.Tape(["plain RNN", "LSTM"])

# %% [markdown]
# **A second demonstration to distrust** compares the *total* gradient norm of all weights of an RNN, an LSTM and a GRU after one
# `backward()`. It tells nothing about vanishing. The weights are the same at every step, so their gradient is a sum over steps, and
# the last few steps supply it. Cut off everything that is more than 10 steps from the end, and the total hardly notices:

# %%
def weight_gradient(rnn, x, state=None):
    output, _ = rnn(x, state)  # (T, B, H)
    return torch.cat([g.flatten() for g in torch.autograd.grad(output[-1].sum(), list(rnn.parameters()))])

missing = {}
for kind in (nn.RNN, nn.LSTM, nn.GRU):
    torch.manual_seed(0)
    rnn, x = kind(10, 20), torch.randn(50, 32, 10)  # x (T, B, inputs)
    with torch.no_grad():
        _, state = rnn(x[:40])  # the first 40 steps run forward, but no gradient goes back through them
    whole, cut = weight_gradient(rnn, x), weight_gradient(rnn, x[40:], state)
    missing[kind.__name__] = ((whole - cut).norm() / whole.norm()).item()

claim("Without its first 40 steps, the weights' gradient differs by less than 5 %, in all three",
      max(missing.values()) < 0.05, missing)

# %% [markdown]
# ## 8 · When it explodes
# Above 1 the same product grows. One step of gradient descent is as long as the gradient times the learning rate, and so the weights land somewhere far
# away. The common remedy is **clipping by norm**. With $g$ the gradient of *all* weights as one long
# vector:
#
# $$g \leftarrow g \cdot \min\!\left(1, \frac{\text{threshold}}{\|g\|}\right)$$
#
# The direction stays, only the length is cut. (Clipping *by value* cuts each entry by itself, and that turns the direction.)

# %%
g = torch.tensor([3.0, -40.0])
clipped = {}
for name, clip in (("norm", nn.utils.clip_grad_norm_), ("value", nn.utils.clip_grad_value_)):
    weight = nn.Parameter(torch.zeros(2))
    weight.grad = g.clone()
    clip([weight], 1.0)
    clipped[name] = weight.grad
cosine = {name: torch.cosine_similarity(g, c, dim=0).item() for name, c in clipped.items()}

claim("Clipped by norm, (3, -40) has length 1 and its old direction",
      torch.allclose(clipped["norm"], g / g.norm(), atol=1e-5) and cosine["norm"] > 0.99999)
claim("Clipped by value it is (1, -1), turned by more than 40 degrees",
      cosine["value"] < np.cos(np.radians(40)), cosine)

# %% [markdown]
# The picture is a network of a single unit, $h_t = \tanh(u\,h_{t-1} + b)$ with $h_0 = -0.5$, over 20 steps; its loss is
# $(h_{20} + 0.6)^2 / 2$, zero where the last state is $-0.6$. On the map of its two weights there is a **cliff**: on the wall, a little change of $u$ or $b$ grows at each of
# the 20 steps. Gradient descent begins at the star. **Predict:** what happens to the path without clipping when it reaches the wall?

# %%
explorers.Clipping()

# %% [markdown]
# **Three things to try**
# 1. Raise the threshold from 1. Above which value is clipping the same as none? The spike on the right tells you beforehand.
# 2. Lower it to 0.01. No spike any more; what is the price?
# 3. Learning rate 0.2, threshold 0.1: compare *norm* with *value*.
#
# What happened: without clipping, one step throws the weights onto the flat land below. There the loss is not zero, but the gradient is
# almost: **one explosion, and everything after it has vanished.**

# %%
result = explorers.Clipping.compute(threshold=1.0, by="norm", rate=0.1)
raw, clip = result["raw"], result["clipped"]

claim("Without clipping one gradient is more than ten times as long as any other",
      raw["norms"].max() > 10 * np.sort(raw["norms"])[-2], np.sort(raw["norms"])[-2:])
claim("and 20 steps later the loss is still above 0.05, with a gradient below 0.01",
      raw["loss"][-1] > 0.05 and raw["norms"][-1] < 0.01)
claim("With threshold 1 the same start ends below a thousandth", clip["loss"][-1] < 1e-3, clip["loss"][-1])

high, low = (explorers.Clipping.compute(threshold, "norm", 0.1)["clipped"] for threshold in (30.0, 0.01))
claim("A threshold of 30 cuts nothing: no gradient is that long", np.array_equal(high["path"], raw["path"]))
claim("The price of 0.01: after 40 steps the loss has not even halved", low["loss"][-1] > raw["loss"][0] / 2)

norm, value = (explorers.Clipping.compute(0.1, by, 0.2)["clipped"]["loss"] for by in ("norm", "value"))
claim("Rate 0.2, threshold 0.1: both get down the cliff; by value some steps sooner, for its steps may be root 2 times as long",
      max(norm[-1], value[-1]) < 2e-3 and (value < 0.1).argmax() < (norm < 0.1).argmax(), (norm[-1], value[-1]))

# %% [markdown]
# **What clipping does not do.** It shortens what is too long; it cannot lengthen what has vanished. Multiplying a gradient in
# which the far past has a share of $10^{-12}$ leaves that share as it is, clipped or not. Against vanishing, the product itself has
# to change: by initial weights that keep it near 1, or by a cell in which it can stay there.
#
# ## 9 · Vanished numbers cost time
# How small can a float be? The smallest *normal* float32 is about $1.18 \cdot 10^{-38}$. Below, down to $1.4 \cdot 10^{-45}$,
# there are **denormal** numbers: they give up digits to get closer to zero. A vanishing gradient goes right through them.
# We count, in the backward pass of an LSTM over 256 steps with a loss at the last:

# %%
from utils.cells import LSTMCell

def state_gradients(T=256, B=16, H=64):
    torch.manual_seed(0)
    cell, h, c, hs = LSTMCell(32, H), None, None, []
    for x_t in torch.randn(T, B, 32):
        h, c = cell(x_t, h, c)[:2]  # (B, H)
        hs.append(h)
    return torch.stack(torch.autograd.grad(h.sum(), hs))  # (T, B, H), float32

smallest = torch.finfo(torch.float32).tiny  # the smallest normal number
size = state_gradients().abs()
denormal, zero = (size > 0) & (size < smallest), size == 0
shares = denormal.float().mean().item(), zero.float().mean().item()

claim("The smallest normal float32 is 1.18e-38, the smallest denormal one 1.4e-45",
      (f"{smallest:.3g}", f"{smallest * torch.finfo(torch.float32).eps:.2g}") == ("1.18e-38", "1.4e-45"), smallest)
claim("More than 5 % of all state gradients are denormal, another 5 % are exactly 0", min(shares) > 0.05, shares)
claim("At step 1 of 256 nothing is left: every gradient is exactly 0", zero[0].all())

# %% [markdown]
# These numbers are worth nothing, and on many processors each takes a slow detour. `torch.set_flush_denormal(True)` tells
# the processor to take them as 0. We time the backward pass of `nn.LSTM` with and without, in turns:

# %% tags=["nbval-ignore-output"]
from time import perf_counter

def backward_seconds(lstm, x):
    output, _ = lstm(x)  # (T, B, H)
    start = perf_counter()
    output[-1].sum().backward()
    return perf_counter() - start

lstm, x, seconds = nn.LSTM(32, 64), torch.randn(256, 16, 32), {False: [], True: []}
for flush in [False, True] * 6:
    supported = torch.set_flush_denormal(flush)
    seconds[flush].append(backward_seconds(lstm, x))
flushed = state_gradients().abs()
torch.set_flush_denormal(False)

slow, fast = np.median(seconds[False]), np.median(seconds[True])
print(f"With denormals {slow:.4f} s, flushed {fast:.4f} s (medians): {slow / fast:.1f} times as long.")
if supported:
    claim("With flushing not one denormal is left", not ((flushed > 0) & (flushed < smallest)).any())
else:
    print("This processor or build of torch cannot flush denormals.")

# %% [markdown]
# What you see depends on your processor. On some, denormals cost nothing and both times are alike. On others the
# backward pass takes ten times as long: we met both while writing this lesson. The gradients that matter are the same
# either way, so flushing costs nothing, and the longer trainings of this course do it.
#
# ## 10 · The task that fails
# Back to the question: a digit, 49 steps of silence, then the answer. `tasks.first_element_recall` makes such sequences; whoever
# guesses is right in 10 % of them. Three networks are to try:

# %%
from utils.cells import initialize
from utils.data import tasks

def rnn_as_torch_makes_it():
    return nn.RNN(10, 32, batch_first=True)

def lstm_as_torch_makes_it():
    return nn.LSTM(10, 32, batch_first=True)

def rnn_at_the_critical_gain():
    rnn = initialize.orthogonal_(nn.RNN(10, 32, batch_first=True), gain=1.0)
    nn.init.zeros_(rnn.bias_ih_l0)
    nn.init.zeros_(rnn.bias_hh_l0)
    return rnn

# %% [markdown]
# You may have read that "an RNN can barely learn beyond 10 steps". Section 4 says something else: it says that *a spectral
# radius of 0.58* barely reaches beyond 10 steps, and that comes from the initial weights, not from the network. So the third one
# has an orthogonal $U$ (all eigenvalues on the circle: your critical gain) and biases of 0. Before any training, how
# much of the gradient reaches the digit?

# %%
x, _ = tasks.first_element_recall(32, 50)  # (B, T, 10): one symbol, then zeros
reaches = {}
for make in (rnn_as_torch_makes_it, lstm_as_torch_makes_it, rnn_at_the_critical_gain):
    norms = probes.gradient_norms(make(), x)  # (T,)
    reaches[make] = (norms[0] / norms[-1]).item()

claim("RNN and LSTM as torch makes them: less than 1e-8",
      max(reaches[rnn_as_torch_makes_it], reaches[lstm_as_torch_makes_it]) < 1e-8, reaches)
claim("RNN at the critical gain: more than half", reaches[rnn_at_the_critical_gain] > 0.5, reaches)

# %% [markdown]
# Now we train them, each with a linear layer that reads the last state, by 150 steps of Adam, clipped at norm 1. A fourth run
# makes it harder with **distractors**: instead of silence, 49 random digits that mean nothing.
#
# **Predict** which of the four learn to name the digit. Each runs with three seeds.

# %%
def accuracy_after_training(rnn, distractors):
    readout = nn.Linear(32, 10)
    weights = [*rnn.parameters(), *readout.parameters()]
    adam = torch.optim.Adam(weights, lr=1e-3)
    torch.set_flush_denormal(True)
    for _ in range(150):
        x, y = tasks.first_element_recall(32, 50, distractors=distractors)  # (B, T, 10), (B,)
        loss = nn.functional.cross_entropy(readout(rnn(x)[0][:, -1]), y)
        adam.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(weights, 1.0)
        adam.step()
    torch.set_flush_denormal(False)
    x, y = tasks.first_element_recall(1000, 50, distractors=distractors)
    return (readout(rnn(x)[0][:, -1]).argmax(1) == y).float().mean().item()

# %%
runs = {
    "RNN as torch makes it": (rnn_as_torch_makes_it, False),
    "LSTM as torch makes it": (lstm_as_torch_makes_it, False),
    "RNN at the critical gain": (rnn_at_the_critical_gain, False),
    "RNN at the critical gain, distractors": (rnn_at_the_critical_gain, True),
}
accuracy = {name: [] for name in runs}
for name, (make, distractors) in runs.items():
    for seed in range(3):
        torch.manual_seed(seed)
        accuracy[name].append(accuracy_after_training(make(), distractors))

# %%
fig, ax = plots.figure(9, 2.6)
for row, (name, color) in enumerate(zip(accuracy, ("rnn", "lstm", "rnn", "rnn"))):
    ax.barh(-row, np.median(accuracy[name]), color=plots.PALETTE[color], alpha=0.35, height=0.55)
    ax.plot(accuracy[name], [-row] * 3, "o", color=plots.PALETTE[color], ms=7)
ax.axvline(0.1, color=plots.PALETTE["text"], ls="--", lw=1)
ax.text(0.11, 0.55, "chance", fontsize=9)
ax.set(yticks=[0, -1, -2, -3], yticklabels=list(accuracy), xlim=(0, 1.03), ylim=(-3.5, 0.9))
ax.set_xlabel("accuracy after 150 steps of training; dots: three seeds, bar: their median")
lesson.show(fig, "Accuracy of recalling the first of 50 symbols. RNN and LSTM as torch makes them stay at chance, "
           "10 percent; the RNN at the critical gain learns it; with distractors it learns only a part.")

# %%
claim("RNN and LSTM as torch makes them stay below 30 %, with each seed",
      max(accuracy["RNN as torch makes it"] + accuracy["LSTM as torch makes it"]) < 0.3, accuracy)
claim("The RNN at the critical gain gets at least 70 %, with each seed",
      min(accuracy["RNN at the critical gain"]) >= 0.7, accuracy)
claim("With distractors it stays below 70 %",
      max(accuracy["RNN at the critical gain, distractors"]) < 0.7, accuracy)

# %% [markdown]
# So the plain RNN *can* learn over 50 steps, and the LSTM, famous for its long memory, cannot: not with the weights it is born
# with. What decides is the product of Jacobians, not the name of the cell.
#
# But the RNN's success is fragile. With distractors the units must react to 49 inputs, their slopes fall below 1, and the
# first digit is overwritten. To *keep* something while much is going on, a network must be able to choose what to let in. That is
# what a gate is for. The next lesson builds one, and finds the initial biases with which the LSTM goes from chance to nearly all right in most runs.

# %% [markdown]
# ## Quiz
# Five questions: choose a letter, with the mouse or with Tab and the space bar, and read what it says; the first choice counts.

# %%
from utils.course import quiz

quiz("01")

# %% [markdown]
# ## Take away
# 1. The gradient over $k$ steps is a product of $k$ Jacobians with the same $U$ in each. Around spectral radius 1 it is on a
#    knife's edge: a little less vanishes, a little more explodes, and the slopes of tanh always pull down.
# 2. To see it, put the loss at the last step. A loss at every step, or the norm of all weights' gradients, hides it.
# 3. Clipping by norm cures one long step. It does nothing for a vanished gradient; initial weights and gates do.
#
# ## References
# - S. Hochreiter (1991), *Untersuchungen zu dynamischen neuronalen Netzen*, diploma thesis, TU München.
# - Y. Bengio, P. Simard, P. Frasconi (1994), *Learning long-term dependencies with gradient descent is difficult*, IEEE Transactions on Neural Networks 5(2).
# - R. Pascanu, T. Mikolov, Y. Bengio (2013), *On the difficulty of training recurrent neural networks*, ICML: the bound, the cliff, clipping by norm.
# - A. Saxe, J. McClelland, S. Ganguli (2014), *Exact solutions to the nonlinear dynamics of learning in deep linear neural networks*, ICLR: orthogonal initial weights.
# - V. Girko (1985), *Circular law*, Theory of Probability and its Applications 29(4): where the eigenvalues of a random matrix lie.
#
# **Next:** [02 The LSTM cell](02_lstm_cell.ipynb)
