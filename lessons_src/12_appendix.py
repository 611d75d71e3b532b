# %% [markdown]
# # 12 · Appendix: proofs and side roads
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/gates-and-gradients/gates-and-gradients/blob/main/notebooks/12_appendix.ipynb) [or as a web page, with nothing to install](https://gates-and-gradients.github.io/gates-and-gradients/notebooks/12_appendix.html)
#
# What the lessons say in one line is shown here in full, a section a lesson. No lesson needs it, and its sections need one another as little.
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
lesson.start("12")
# %%
import numpy as np
import torch
from torch import nn

from utils import explorers, plots, probes
from utils.course import claim

# %% [markdown]
# ## Lesson 01 · The product of Jacobians, and side roads
# [Lesson 01](01_vanishing_gradients.ipynb) follows one gradient back through time. Here are the bounds on it, why a new network
# has the spectral radius that it has, why an orthogonal matrix keeps every length, a second demonstration that hides what it should show, and
# what vanished numbers cost.
#
# ### Two bounds, and how kind they are
# How much can *any* small change of $h_{T-k}$ move $h_T$? The probe below builds all Jacobians $J_t = \mathrm{diag}(1 - h_t^2)\, U$
# and takes the norm of their product, the most that it can stretch a vector. Beside it stand the product of the norms of
# all $J_t$, and the bound that knows the weights alone, $\sigma_{\max}^k$.

# %%
import torch
from torch import nn

from utils import plots
from utils.course import claim
from utils.probes import jacobian_products

torch.manual_seed(0)
rnn, x = nn.RNN(10, 20, dtype=torch.float64), torch.randn(50, 10, dtype=torch.float64)  # x (T, inputs)
J = jacobian_products(rnn, x)  # norms, bound, weight_bound: each (T,), by step t
rho = torch.linalg.eigvals(rnn.weight_hh_l0.detach()).abs().max().item()

# %% jupyter={"source_hidden": true} cellView="form"
# The drawing
k = torch.arange(49, -1, -1)  # steps before the last
lines = {
    r"$\sigma_{\max}^k$: bound from the weights": (J.weight_bound, "theory", ":"),
    r"$\prod\|J_t\|$: bound from the steps": (J.bound, "theory", "--"),
    r"$\rho^k$: the long run, if slopes were 1": (rho**k, "text", "--"),
    r"$\|J_T \cdots J_{t+1}\|$: measured": (J.norms, "rnn", "-"),
}
fig, ax = plots.figure(9, 3.6)
for name, (values, color, style) in lines.items():
    ax.semilogy(k, values, style, lw=2.2, color=plots.PALETTE[color])
    ax.text(50, values[0], name, color=plots.PALETTE[color], fontsize=9, ha="right", va="center")
ax.set(xlim=(76, -1), ylim=(1e-17, 50), xlabel="$k$, steps before the last", ylabel="factor on the gradient")
ax.set(xticks=[49, 40, 30, 20, 10, 0], yticks=[1e-15, 1e-10, 1e-5, 1])
lesson.show(fig, "Over 49 steps the measured product of Jacobians falls below 1e-10; the two bounds stay far above it.")

# %% jupyter={"source_hidden": true} cellView="form"
# Measured
slack = 1 + 1e-9
claim("The product is never above the bound from the steps, nor that above the bound from the weights",
      (J.norms <= J.bound * slack).all() and (J.bound <= J.weight_bound * slack).all())
claim("Over 49 steps it is below 1e-10, while both bounds are still above 1e-4",
      J.norms[0] < 1e-10 and J.bound[0] > 1e-4, (J.norms[0], J.bound[0], J.weight_bound[0]))

# %% [markdown]
# Both bounds are true and far too kind. A bound takes the worst direction anew at every step; a real gradient does not find it
# every time. The line of the spectral radius is the better guess, and the slopes of tanh do the rest.
#
# ### Why $1/\sqrt 3$
# PyTorch draws each entry of $U$ uniformly from $\pm 1/\sqrt{H}$. Its variance is $1/(3H)$. The circular law (Girko 1985) says:
# the eigenvalues of a large matrix of $H \times H$ independent numbers with variance $v$ fill a circle of radius $\sqrt{vH}$.
# Here that is $1/\sqrt 3 = 0.577$, whatever $H$. The largest singular value is twice as large in the limit: one step can stretch, the long run shrinks.

# %%
for H in (20, 100, 500):
    torch.manual_seed(0)
    U = nn.RNN(1, H).weight_hh_l0.detach()  # (H, H)
    rho, sigma = torch.linalg.eigvals(U).abs().max().item(), torch.linalg.matrix_norm(U, 2).item()
    print(f"H = {H:3}: spectral radius {rho:.2f}, largest singular value {sigma:.2f}")

claim("At 500 units they are within 0.04 of 0.577 and of twice that", abs(rho - 3**-0.5) < 0.04 and abs(sigma - 2 * 3**-0.5) < 0.04,
      (rho, sigma))

# %% [markdown]
# ### Orthogonal matrices keep every length
# A matrix $U$ is orthogonal when $U^\top U = I$. Then the length of a row $g$ stays as it is in $gU$, since $\|gU\|^2 = g\,UU^\top g^\top = \|g\|^2$: all singular
# values are 1, all eigenvalues lie on the circle. A random matrix, scaled to spectral radius 1, keeps lengths in the long run only: its largest
# singular value is near 2, so at first some directions grow. Saxe, McClelland and Ganguli (2014) begin deep networks with orthogonal matrices for this reason,
# and the third network of the lesson's last section does.

# %%
H = 64
torch.manual_seed(0)
orthogonal = nn.init.orthogonal_(torch.empty(H, H, dtype=torch.float64))
gaussian = torch.randn(H, H, dtype=torch.float64)
random = gaussian / torch.linalg.eigvals(gaussian).abs().max()  # spectral radius 1
for name, U in {"orthogonal": orthogonal, "random": random}.items():
    powers = [torch.linalg.matrix_norm(torch.linalg.matrix_power(U, k), 2).item() for k in (1, 5, 20, 100)]
    print(f"{name:10} the most that k products can stretch a vector, k = 1, 5, 20, 100:", *(f"{p:.2f}" for p in powers))

gap = (orthogonal.T @ orthogonal - torch.eye(H, dtype=torch.float64)).abs().max()
claim("The first one is orthogonal, up to rounding", gap < 1e-12, gap, limit=1e-12)

# %% [markdown]
# ### The gradient of all weights hides the far past
# A second demonstration to distrust compares the *total* gradient norm of all weights of an RNN, an LSTM and a GRU after one
# `backward()`. The weights are the same at every step, so their gradient is a sum over steps, and
# the last few steps supply it. Cut off everything that is more than 10 steps from the end, and the total hardly notices:

# %%
import torch
from torch import nn

from utils.course import claim

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
# ### Vanished numbers cost time
# How small can a float be? The smallest *normal* float32 is about $1.18 \cdot 10^{-38}$. Below, down to $1.4 \cdot 10^{-45}$,
# there are **denormal** numbers: they give up digits to get closer to zero. A vanishing gradient goes right through them.
# We count, in the backward pass of an LSTM over 256 steps with a loss at the last:

# %%
import torch

from utils.cells import LSTMCell
from utils.course import claim

def state_gradients(T=256, B=16, H=64):
    torch.manual_seed(0)
    cell, h, c, hs = LSTMCell(32, H), None, None, []
    for x_t in torch.randn(T, B, 32):
        h, c = cell(x_t, h, c)[:2]  # (B, H)
        hs.append(h)
    return torch.stack(torch.autograd.grad(h.sum(), hs))  # (T, B, H), float32

torch.set_flush_denormal(False)  # a lesson may have set it
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

import numpy as np
from torch import nn

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
# What you see depends on your processor. On some, denormals cost nothing and both times are alike; on others the
# backward pass takes ten times as long. The gradients that matter are the same
# either way, so flushing costs nothing, and the longer trainings of this course do it.
#
# - V. Girko (1985), *Circular law*, Theory of Probability and its Applications 29(4).
# - A. Saxe, J. McClelland, S. Ganguli (2014), *Exact solutions to the nonlinear dynamics of learning in deep linear neural networks*, ICLR.

# %% [markdown]
# ## Lesson 02 · The proofs
#
# ### Our LSTM is nn.LSTM
# [Lesson 02](02_lstm_cell.ipynb) compares the values. Here are the gradients too: two layers, both directions, the same weights in float64, and a loss that
# touches every output. Then weights go from PyTorch to ours and back, and sentences of different lengths meet PyTorch's packed sequences.

# %%
import torch
from torch import nn
from utils.cells import LSTM
from utils.course import claim

B, T, n, H = 3, 7, 5, 4
theirs = nn.LSTM(n, H, num_layers=2, bidirectional=True, batch_first=True, dtype=torch.float64)
ours = LSTM.from_torch(theirs)
x_theirs, x_ours = torch.randn(B, T, n, dtype=torch.float64).repeat(2, 1, 1, 1).requires_grad_().unbind()  # each (B, T, n), the same numbers
direction = torch.randn(B, T, 2 * H, dtype=torch.float64)  # any loss will do

def gradients(network, x):
    """Of the input, and of each weight array by the network's name for it."""
    inputs = [x, *network.parameters()]
    found = torch.autograd.grad((network(x)[0] * direction).sum(), inputs)
    return found[0], dict(zip((name for name, _ in network.named_parameters()), found[1:]))

def gradient_gaps(theirs, ours, gates):
    """The largest difference between PyTorch's gradients and ours: of the input, and of each of PyTorch's weight arrays."""
    (x_grad, their_grads), (x_grad_ours, our_grads) = gradients(theirs, x_theirs), gradients(ours, x_ours)
    gaps = [(x_grad - x_grad_ours).abs().max().item()]
    for suffix, place in (("_l0", 0), ("_l0_reverse", 1), ("_l1", 2), ("_l1_reverse", 3)):
        for letter, side in (("W", "ih"), ("U", "hh")):
            for kind in ("weight", "bias"):
                parts = torch.cat([our_grads[f"cells.{place}.{letter}_{gate}.{kind}"] for gate in gates])  # stacked as PyTorch's
                gaps.append((parts - their_grads[f"{kind}_{side}{suffix}"]).abs().max().item())
    return gaps

gaps = gradient_gaps(theirs, ours, "ifgo")
claim("LSTM: the gradients of the input and of all 16 weight arrays agree", len(gaps) == 17 and max(gaps) < 1e-8, max(gaps), limit=1e-8)

# %%
back = ours.to_torch().state_dict()
claim("LSTM: weights survive the way from nn.LSTM to ours and back bit for bit",
      all(torch.equal(weight, back[name]) for name, weight in theirs.state_dict().items()))

lengths = torch.tensor([7, 2, 5])  # (B,)
packed = nn.utils.rnn.pack_padded_sequence(x_theirs, lengths, batch_first=True, enforce_sorted=False)
out_packed, (h_packed, _) = theirs(packed)
out_packed, _ = nn.utils.rnn.pad_packed_sequence(out_packed, batch_first=True)  # (B, T, 2H)
out, (h_n, _) = ours(x_ours, lengths=lengths)
gap = max((out - out_packed).abs().max().item(), (h_n - h_packed).abs().max().item())
claim("LSTM: with lengths 7, 2 and 5 ours equals nn.LSTM on a packed sequence", gap < 1e-10, gap, limit=1e-10)

# %% [markdown]
# Why, then, does the course train with PyTorch's? Ours comes back to Python for every small operation of every step, while `nn.LSTM` forms all four parts
# in one product and loops over time in compiled code.
#
# ### How the plain network learned to recall
# In lesson 02, section 5, the plain network does better than the LSTM, though a fresh one should not: the spectral radius of its $U$, the largest modulus of the
# eigenvalues, is well below 1 (lesson 01). But Adam at a rate of 0.01 pushes it above 1 in most runs, within a hundred steps, and then a gradient can get through. At lesson 01's rate of 0.001 it stays below.

# %%
import torch
from torch import nn
from utils.course import claim
from utils.train.recall import learn

torch.set_num_threads(1)
torch.set_flush_denormal(True)

def radius_after(rate, seed):
    torch.manual_seed(seed)
    network = nn.RNN(10, 32, batch_first=True)
    for _ in learn(network, steps=100, rate=rate):
        pass
    return torch.linalg.eigvals(network.weight_hh_l0.detach()).abs().max().item()

slow, fast = ([radius_after(rate, seed) for seed in range(5)] for rate in (0.001, 0.01))
claim("Plain RNN after 100 steps at rate 0.001: its spectral radius is below 0.8 with each of 5 seeds", max(slow) < 0.8, slow)
claim("and at rate 0.01 above 1 with at least 3 of 5", sum(radius > 1 for radius in fast) >= 3, fast)

# %% [markdown]
# ## Lesson 03 · The proofs
#
# ### Our GRU is nn.GRU
# The same for the GRU of [lesson 03](03_gru_cell.ipynb): gradients, and weights there and back.

# %%
import torch
from torch import nn
from utils.cells import GRU
from utils.course import claim

B, T, n, H = 3, 7, 5, 4
theirs = nn.GRU(n, H, num_layers=2, bidirectional=True, batch_first=True, dtype=torch.float64)
ours = GRU.from_torch(theirs)
x_theirs, x_ours = torch.randn(B, T, n, dtype=torch.float64).repeat(2, 1, 1, 1).requires_grad_().unbind()  # each (B, T, n), the same numbers
direction = torch.randn(B, T, 2 * H, dtype=torch.float64)  # any loss will do

gaps = gradient_gaps(theirs, ours, "rzn")
claim("GRU: the gradients of the input and of all 16 weight arrays agree", len(gaps) == 17 and max(gaps) < 1e-8, max(gaps), limit=1e-8)

back = ours.to_torch().state_dict()
claim("GRU: weights survive the way from nn.GRU to ours and back bit for bit",
      all(torch.equal(weight, back[name]) for name, weight in theirs.state_dict().items()))

# %% [markdown]
# ### A reset before the product is another function
# Our cell knows both places of $r$. The one before the product cannot be brought to PyTorch, and it says so. With the same weights the two differ; a part of the gap is $d_n$,
# which stands inside the brackets of one and outside those of the other. With a single unit and no bias nothing is left of it: $r$ stands before a number or after it.

# %%
import torch
from torch import nn
from utils.cells import GRU
from utils.course import claim

def reset_before(gru):
    """Our GRU with the weights of `gru`, an nn.GRU, that resets before the product."""
    own = GRU(gru.input_size, gru.hidden_size, bias=gru.bias, batch_first=True, reset="before", dtype=torch.float64)
    own.load_state_dict(GRU.from_torch(gru).state_dict())
    return own

@torch.no_grad()
def gap(H, bias):
    """The largest difference between an nn.GRU and its copy that resets before the product."""
    gru = nn.GRU(8, H, bias=bias, batch_first=True, dtype=torch.float64)
    x = torch.randn(4, 40, 8, dtype=torch.float64)  # (B, T, inputs)
    return (reset_before(gru)(x)[0] - gru(x)[0]).abs().max().item()

torch.manual_seed(0)
with_bias, without, one_unit = gap(16, True), gap(16, False), gap(1, False)
claim("With seed 0, reset before against after: more than 0.05 apart with biases, less without them, and one unit not at all",
      with_bias > 0.05 and without < with_bias and one_unit < 1e-12, (with_bias, without, one_unit))
try:
    reset_before(nn.GRU(8, 16, batch_first=True, dtype=torch.float64)).to_torch()
except ValueError as refusal:
    print(refusal)

# %% [markdown]
# ## Lesson 05 · Both directions
# ### Two states added in place of two side by side
# A layer on top of a bidirectional network knows how the halves were joined. On the pair it computes $\overrightarrow{W}\,\overrightarrow{h}_t + \overleftarrow{W}\,\overleftarrow{h}_t$, on the sum
# $W(\overrightarrow{h}_t + \overleftarrow{h}_t)$. So the sum is the pair with both matrices forced to be one.

# %%
two_ways = nn.LSTM(8, 6, batch_first=True, bidirectional=True, dtype=torch.float64)
x = torch.randn(3, 12, 8, dtype=torch.float64)  # (B, T, n)
pair = two_ways(x)[0]  # (B, T, 2H)
total = pair[..., :6] + pair[..., 6:]  # (B, T, H)
W = torch.randn(5, 6, dtype=torch.float64)  # (tags, H)

# %% jupyter={"source_hidden": true} cellView="form"
# Measured
gap = (total @ W.T - pair @ torch.cat([W, W], dim=1).T).abs().max()
claim("W on the sum equals [W, W] on the pair", gap < 1e-12, gap, limit=1e-12)

# %% [markdown]
# What is given up costs nothing on the treebank. Recorded, right tags on test, three seeds each:

# %% jupyter={"source_hidden": true} cellView="form"
# Recorded
from utils.files import measured

recorded = measured("tagger")
print("Recorded by", recorded["command"], "on", recorded["machine"]["processor"])
for name in ("both", "both, summed"):
    print(f"{name:13}", *(f"{run['test']['accuracy']:.1%}" for run in recorded["recipes"][name]["runs"]))

# %% [markdown]
# ### A second layer has seen everything
# Its forward half reads forward, but what it reads are the joined states of the layer below, and each of those knows the whole sentence.

# %%
deep = nn.LSTM(8, 6, num_layers=2, batch_first=True, bidirectional=True, dtype=torch.float64)
seen = probes.sensitivity(deep, torch.randn(12, 8, dtype=torch.float64))  # (2, T, T): half, state t, word s

# %% jupyter={"source_hidden": true} cellView="form"
# Measured
claim("In the second layer, the forward half at every word depends on every word", bool((seen[0] > 0).all()), seen[0].min())

# %% [markdown]
# ### The limit, counted
# Lesson 05 goes through all sentences of six words. It can be had from examples as well: in 20,000 sentences, which tag has each word after the word before it, or before the one after it? The most frequent
# tag of each such pair is right as often as any reader of this direction can be. (More than the neighbor must not be looked at: whole sentences hardly ever occur twice, and a table of things that occur once is always right about them.)

# %%
from utils.data import grammar

ids, tags = grammar.sample(20_000, 16, torch.Generator().manual_seed(1))  # (B, T), (B, T)
counted = {direction: grammar.limit_by_counting(ids, tags, direction) for direction in ("forward", "backward", "both")}

# %% jupyter={"source_hidden": true} cellView="form"
# Measured
off = {direction: abs(share - grammar.limit(direction)) for direction, share in counted.items()}
claim("For each direction the counts agree with the formula within half a point", max(off.values()) < 0.005, off, limit=0.005)

# %% [markdown]
# ## Lesson 06 · torchtext, and a zero that wins
# ### The words and ids of torchtext
# Many tutorials leave both steps to torchtext, `get_tokenizer("basic_english")` and `build_vocab_from_iterator`. Its last release is a binary that loads with torch 2.3 only. Where it loads, this cell
# compares the generated reviews; elsewhere it says so in one line. (torchtext warns at each import that it is deprecated, and offers a switch for that; since this paragraph has said it, the cell uses the switch.)

# %%
from utils.course import claim
from utils.data import Vocabulary, imdb_sample, tokenise

texts = imdb_sample().train.texts
words = [tokenise(text) for text in texts]
ids = [Vocabulary.build(words, max_size=10_000).encode(text) for text in words]
try:
    import torchtext
    torchtext.disable_torchtext_deprecation_warning()
    from torchtext.data.utils import get_tokenizer
    from torchtext.vocab import build_vocab_from_iterator
except (ImportError, OSError):  # OSError: it is installed, and its binary does not fit this torch
    print("torchtext does not load here: its last release needs torch 2.3. The course's environment.yml brings both.")
else:
    cut = get_tokenizer("basic_english")
    their_words = [cut(text) for text in texts]
    numbers = build_vocab_from_iterator(their_words, specials=["<pad>", "<unk>"], max_tokens=10_000)
    numbers.set_default_index(1)  # every word that is not in the list
    their_ids = [numbers(text) for text in their_words]
    print("ours     :", *zip(words[0][:6], ids[0]))
    print("torchtext:", *zip(their_words[0][:6], their_ids[0]))
    claim("torchtext cuts every review into the same words", their_words == words)
    claim("and gives every word the same id", their_ids == ids)

# %% [markdown]
# ### A zero that wins
# Some programs multiply the states of the pads by 0 and then take the maximum over time. Where all true states of a unit are negative, the pad wins:

# %%
import torch

from utils.course import claim
from utils.models import Classifier

of_a_unit = torch.tensor([-0.4, -0.2, 0.0])  # (T,): two words, then a pad that was multiplied by 0
ours = Classifier(4, pooling="max").pool(of_a_unit[None, :, None], torch.tensor([2])).item()  # (B=1, T, D=1) -> (B, D)
claim("With its pad set to 0 the maximum is the pad's; with the pad left out it is a word's", of_a_unit.max() == 0 and ours == of_a_unit[1], ours)

# %% [markdown]
# ## Lesson 07 · What the longest vectors say, and what gates do not
# ### Norm and verdict
# Each point is one of the 2,000 most frequent words that the shipped model knows: the length of its vector, and the verdict on a review of that word alone.

# %%
import numpy as np
import torch

from utils import lesson, plots
from utils.course import claim
from utils.models import load_sentiment

sentiment = load_sentiment()
words_of, norms = sentiment.vocabulary.words, sentiment.model.embedding.weight.detach().square().sum(1).sqrt()  # (V,)
with torch.no_grad():  # reviews of one word
    logits = sentiment.model(torch.arange(2, 2002)[:, None], torch.ones(2000, dtype=torch.long))  # (2000, 2)
verdict = (logits[:, 1] - logits[:, 0]).numpy()
fig, ax = plots.figure(height=3.2)
ax.plot(norms[2:2002], verdict, ".", ms=4, alpha=0.4, color=plots.PALETTE["lstm"])
for word in ("the", "film", "not", "good", "bad", "great", "worst"):
    i = words_of.index(word)
    ax.annotate(word, (norms[i], verdict[i - 2]), (5, 5), textcoords="offset points", fontsize=10,
                bbox={"fc": "white", "ec": "none", "alpha": 0.8, "pad": 1})
ax.set(xlabel="norm of the word's vector", ylabel="verdict on the word alone (logits)", xlim=(0, norms[2:2002].max() * 1.1))
lesson.show(fig, "The verdict on reviews of one word against the norm of its vector: the longest go far up or far down; among the shorter ones are weak verdicts and strong ones.")
agree = np.corrcoef(norms[2:2002], abs(verdict))[0, 1]
claim("Norm and strength of the verdict go together, with a correlation above 0.5", agree > 0.5, agree)
longer = {word: (norms[words_of.index(word)] > norms[2:2002]).float().mean().item() for word in ("the", "film", "good")}
claim("Yet the, film and good have longer vectors than most of these words", min(longer.values()) > 0.5, longer)

# %% [markdown]
# The longest are verdicts. But frequent words are moved often, whatever they are for: *film* alone has next to no verdict, and its vector is longer than that of *good*, which stands in reviews of both kinds. A norm has no sign, either; the picture needs the second axis.
#
# ### How many units can be lost?
# The shipped model reads 400 generated reviews; its units are put in three orders: those that move the answer $z$ most first, the best followers of the verdict first, at random. More and more of them are switched off,
# and the answers counted on 400 other reviews.

# %%
import copy

import numpy as np
import torch

from utils import lesson, plots
from utils.course import claim
from utils.data import imdb_sample, pad, tokenise
from utils.models import load_sentiment

sentiment = load_sentiment()
reader, texts = sentiment.model, imdb_sample().train.texts
H = reader.forward_rnn.hidden_size

@torch.no_grad()
def read(texts):
    """ids (B, T), lengths (B,) and states (B, T, 2H) of `texts`."""
    ids, lengths = pad([sentiment.vocabulary.encode(tokenise(text)) for text in texts])
    return ids, lengths, reader.states(ids, lengths)

@torch.no_grad()
def without(units, h, lengths):
    """The answers z (B,) when neither the attention nor the output reads the states of `units`."""
    cut = copy.deepcopy(reader)
    cut.query[units] = 0
    cut.output.weight[:, units] = 0
    return cut.output(cut.pool(h, lengths)) @ torch.tensor([-1.0, 1.0])

ids, lengths, h = read(texts[:400])
_, lengths_new, h_new = read(texts[400:800])
z, z_new = without([], h, lengths), without([], h_new, lengths_new)
means = torch.stack([states[:n].mean(0) for states, n in zip(h, lengths)])  # (B, 2H)
r = np.array([np.corrcoef(means[:, k], z)[0, 1] for k in range(2 * H)])
moved = np.array([(without([k], h, lengths) - z).abs().mean().item() for k in range(2 * H)])

def stays(order, n):
    """The share of new answers that stay when the first n units of `order` are off."""
    return ((without(order[:n].tolist(), h_new, lengths_new) > 0) == (z_new > 0)).float().mean().item()

counts = [0, 1, 2, 4, 8, 16, 24, 32, 48]
orders = {"largest effect first": np.argsort(-moved), "best follower first": np.argsort(-np.abs(r))}
shares = {name: [stays(order, n) for n in counts] for name, order in orders.items()}
at_random = np.array([[stays(np.random.default_rng(seed).permutation(2 * H), n) for n in counts] for seed in range(8)])
positive = (z_new > 0).float().mean().item()

fig, ax = plots.figure(9, 3)
ax.plot(counts, at_random.T, color="#BBBBBB", lw=1)
ax.plot(counts, at_random.mean(0), "o-", color=plots.PALETTE["theory"], lw=2, label="at random (8 draws)")
for (name, values), color in zip(shares.items(), (plots.PALETTE["rnn"], plots.PALETTE["lstm"])):
    ax.plot(counts, values, "o-", color=color, lw=2, label=name)
ax.axhline(positive, color="#888888", lw=1, ls=":", label="always positive")
ax.set(xlabel=f"units switched off, of {2 * H}", ylabel="answers that stay", ylim=(0, 1.03), xticks=counts)
ax.legend(loc="center left", bbox_to_anchor=(1, 0.5), frameon=False)
lesson.show(fig, f"Share of {len(z_new)} answers that stay when up to {counts[-1]} of {2 * H} units are off. At random the curve falls slowly; both chosen orders fall below it, and end where every answer is positive.")
half = counts.index(32)
claim("With half of the units off, drawn at random, at least 75 % of the answers stay", at_random.mean(0)[half] > 0.75, at_random.mean(0)[half])
claim("The 32 best followers turn more answers than 32 at random", shares["best follower first"][half] < at_random.mean(0)[half])

# %% [markdown]
# (Why do the chosen orders not end at one half, where a coin would be? With so many units off, $z$ is hardly more than the bias of the output, a little above 0. So nearly every review is
# called positive, and the answers that stay are those that were positive before: the dotted line.)
#
# ### How often are the gates fully open or shut?
# Karpathy, Johnson and Fei-Fei (2015) drew one picture for a whole network: for each unit, at which share of the steps is its gate nearly shut (below 0.1, *left-saturated*),
# and at which nearly open (above 0.9, *right-saturated*)? A unit that works like a switch lies on the diagonal; gates that are always half open lie in the lower left corner. In their language models, some units kept for hundreds of letters.

# %%
import torch

from utils import lesson, plots
from utils.cells import mask
from utils.course import claim
from utils.data import imdb_sample, pad, tokenise
from utils.models import load_sentiment
from utils.probes import gate_trace, half_life

sentiment = load_sentiment()
ids, lengths = pad([sentiment.vocabulary.encode(tokenise(text)) for text in imdb_sample().train.texts[:400]])
with torch.no_grad():
    pieces = sentiment.model.embed(ids)[:, :32]  # the first piece of each review
in_piece = mask(lengths.clamp(max=32), pieces.shape[1])  # (B, T)
trace = gate_trace(sentiment.model.forward_rnn, pieces)[0]
gates = {gate: trace[gate][in_piece] for gate in "fio"}  # each (steps, H)
fig, axes = plots.figure(9, 3.2, ncols=3, sharey=True)
for ax, gate in zip(axes, "fio"):
    ax.plot([0, 1], [1, 0], color="#888888", lw=1)
    ax.plot((gates[gate] < 0.1).float().mean(0), (gates[gate] > 0.9).float().mean(0), "o", color=plots.PALETTE[gate], ms=6, alpha=0.7)
    ax.set(title=f"${gate}$", xlabel="share below 0.1", xlim=(-0.02, 1), ylim=(-0.02, 1))
axes[0].set_ylabel("share above 0.9")
lesson.show(fig, "Three panels for f, i and o: the share of steps below 0.1 against the share above 0.9, one point a unit. Most points lie far below the diagonal.")
sides = {gate: ((gates[gate] < 0.1) | (gates[gate] > 0.9)).float().mean().item() for gate in "fi"}
claim("The gates f and i are nearly open or nearly shut at fewer than a fifth of the words", max(sides.values()) < 1 / 5, sides)
always = ((gates["f"] > 0.9).float().mean(0) > 0.9).sum().item()
claim("No unit has f above 0.9 at nine of ten words", always == 0, always)
short = (half_life(gates["f"].log().mean(0).exp().numpy()) < 3).sum()  # f^k with this f is what k words leave, on average
claim("By f alone, the memory of at least 24 of the 32 units halves within 3 words", short >= 24, short)

# %% [markdown]
# So the gates of the reader are mostly half open: it weighs, it does not switch. It need not keep anything for long, since the attention collects from every word.
#
# ### Two networks, one behavior
# First, units exchanged, with all weights that belong to them. Then one unit whose candidate is turned round, $-g$ for $g$, together with all weights that read the unit. Neither changes an answer.

# %%
import copy

import numpy as np
import torch

from utils.course import claim
from utils.data import imdb_sample, pad, tokenise
from utils.models import load_sentiment
from utils.probes import gate_trace

sentiment = load_sentiment()
reader = sentiment.model
H = reader.forward_rnn.hidden_size
ids, lengths = pad([sentiment.vocabulary.encode(tokenise(text)) for text in imdb_sample().train.texts[:400]])

@torch.no_grad()
def exchange(places):
    """A copy whose forward units stand in the order `places` (H,)."""
    other = copy.deepcopy(reader)
    cell = other.forward_rnn.cells[0]
    for gate in "figo":
        W, U = getattr(cell, f"W_{gate}"), getattr(cell, f"U_{gate}")
        W.weight.copy_(W.weight[places]), W.bias.copy_(W.bias[places])
        U.weight.copy_(U.weight[places][:, places]), U.bias.copy_(U.bias[places])
    other.query[:H] = other.query[:H][places]
    other.output.weight[:, :H] = other.output.weight[:, :H][:, places]
    return other

@torch.no_grad()
def mirror(unit):
    """A copy in which one forward unit says the opposite, and is read as the opposite."""
    other = copy.deepcopy(reader)
    cell = other.forward_rnn.cells[0]
    for linear in (cell.W_g, cell.U_g):
        linear.weight[unit] *= -1
        linear.bias[unit] *= -1
    for gate in "figo":
        getattr(cell, f"U_{gate}").weight[:, unit] *= -1
    other.query[unit] *= -1
    other.output.weight[:, unit] *= -1
    return other

def gates(model):
    with torch.no_grad():
        return gate_trace(model.forward_rnn, model.embed(ids)[:, :32])[0]

@torch.no_grad()
def difference(other):
    """The largest change of a logit over 400 reviews."""
    return (other(ids, lengths) - reader(ids, lengths)).abs().max().item()

ours, shuffled, turned = gates(reader), exchange(torch.randperm(H, generator=torch.Generator().manual_seed(0))), mirror(0)
moves = (gates(shuffled)["f"] - ours["f"]).abs().max().item()
claim("Units exchanged: a cell of the heat map changes by more than 0.5", moves > 0.5, moves)
claim("Units exchanged: no logit of 400 reviews changes", difference(shuffled) < 1e-4, difference(shuffled), limit=1e-4)
again = gates(turned)
same = max((again[gate] - ours[gate]).abs().max().item() for gate in "fio")
claim("A unit turned round: f, i and o are the same", same < 1e-4, same, limit=1e-4)
other_sign = max((again[letter] + ours[letter])[..., 0].abs().max().item() for letter in "gch")
claim("A unit turned round: its g, c and h are the same with the other sign", other_sign < 1e-4, other_sign, limit=1e-4)
claim("A unit turned round: no logit of 400 reviews changes", difference(turned) < 1e-4, difference(turned), limit=1e-4)

# %% [markdown]
# In one network the unit rises with praise, in the other it falls; from the gates no one can tell which is which. ($\tanh$ is an odd function. That is all it takes.)

# %% [markdown]
# ## Lesson 08 · What its one-liners lean on
#
# ### What the cut of the gradient takes away
# The network was trained with the gradient cut every 64 characters. Ask it now: how strongly does the loss at character 256 pull at each input before it? Once with the gradient running freely, once cut.

# %%
import numpy as np
import torch
from torch.nn.functional import cross_entropy

from utils import plots
from utils.course import claim
from utils.data import python_docs
from utils.models import load_language

torch.set_num_threads(1)  # small products are not worth sharing between cores
language, prose = load_language(), python_docs()
text = language.encode(prose.valid)
windows = text[torch.linspace(0, len(text) - 257, 200).long()[:, None] + torch.arange(257)]  # (B=200, 257)

def pull(cut):
    """The norm of dL / dx_t at each of 256 steps, L at the last one."""
    x = language.model.embedding(windows[:, :-1]).detach().requires_grad_()  # (B, 256, 64)
    state = None
    for piece in x.split(cut, dim=1):
        if state is not None:
            state = tuple(s.detach() for s in state)
        h, state = language.model.rnn(piece, state)  # (B, cut, H)
    cross_entropy(language.model.output(h[:, -1]), windows[:, -1]).backward()
    return x.grad.norm(dim=(0, 2))  # (256,)

free, cut = pull(256), pull(64)

# %% jupyter={"source_hidden": true} cellView="form"
# The drawing
back = np.arange(255, -1, -1)  # steps before the last
fig, ax = plots.figure(height=2.8)
ax.semilogy(back, free, color=plots.PALETTE["theory"], lw=1.5)
ax.semilogy(back[cut > 0], cut[cut > 0], color=plots.PALETTE["lstm"], lw=2.5)
ax.axvline(63.5, color=plots.PALETTE["rnn"], lw=1, ls=":")
ax.annotate("cut here", (63.5, free.max()), (6, -4), textcoords="offset points", color=plots.PALETTE["rnn"])
ax.set(xlabel="characters before the loss", ylabel="norm of $dL/dx_t$", xlim=(255, 0))
lesson.show(fig, "Pull of the loss at earlier characters: it falls by more than a factor of ten from the last character to the 64th before, and slowly beyond. "
                 "With the cut it is the same for the last 64 characters, and zero before.")

# %%
claim("Within the last 64 characters the cut gradient is the free one", torch.allclose(cut[-64:], free[-64:], rtol=1e-3))
claim("Before them it is exactly zero", cut[:-64].max() == 0)
claim("The free gradient 64 characters back is less than a tenth of that at the last", free[-64] < 0.1 * free[-1], free[-64] / free[-1])
share = (free[-64:].sum() / free.sum()).item()
claim("The last 64 of 256 characters have more than 90 % of all pull", share > 0.9, share)

# %% [markdown]
# ### More temperature never means less entropy
# Let $p = \mathrm{softmax}(z/T)$ be the distribution at temperature $T$. Its entropy $S = -\sum_i p_i \ln p_i$ has the derivative
#
# $$\frac{dS}{dT} = \frac{\mathrm{Var}_p(z)}{T^3}$$
#
# and a variance is never negative. Autograd says the same, and the two limits are as lesson 08 reads them off.

# %%
import math

import torch

from utils.course import claim
from utils.models import load_language
from utils.models.sampling import entropy, next_distribution

z = load_language().logits("In this case, ").double()  # (96,)
T = torch.linspace(0.3, 3, 28, dtype=torch.float64).requires_grad_()
p = (z / T[:, None]).softmax(-1)  # (28, 96)
S = -(p * p.log()).sum(-1)  # (28,), in nats
slope = torch.autograd.grad(S.sum(), T)[0]
variance = (p * z**2).sum(-1) - (p * z).sum(-1) ** 2
claim("At 28 temperatures from 0.3 to 3 autograd finds dS/dT = Var(z) / T^3", torch.allclose(slope, variance / T**3, rtol=1e-6))

cold, hot = next_distribution(z, 1e-3), next_distribution(z, 1e6)
claim("T = 0.001: the most likely character has it all", abs(cold.max().item() - 1) < 1e-9 and cold.argmax() == z.argmax(), cold.max())
claim("T = 1,000,000: each of the 96 has 1/96, within a part in ten thousand, and the entropy is log2 96",
      (hot * 96 - 1).abs().max() < 1e-4 and abs(entropy(hot).item() - math.log2(96)) < 1e-6, entropy(hot))

# %% [markdown]
# ### Beam search, the counter-example
# A search for the most probable text: it keeps the best $b$ beginnings at each step instead of one. In translation, where the answer is nearly fixed by the question, it helps. Here it succeeds at its task:

# %%
import math

import torch
from torch.nn.functional import cross_entropy

from utils.course import claim
from utils.data import python_docs
from utils.models import load_language
from utils.models.sampling import beam_search

torch.set_num_threads(1)  # small products are not worth sharing between cores
language, prose = load_language(), python_docs()

def surprise(text):
    """Bits per character that the model needs for `text` after "The "."""
    ids = language.encode("The " + text)
    logits = language.model(ids[None, :-1])[0][0, 3:].detach()
    return cross_entropy(logits, ids[4:]).item() / math.log(2)

found, _ = beam_search(language.model, language.encode("The ")[None], 300, beams=8)
beam = language.decode(found[0, 4:])
needs = {"beam search": surprise(beam), "greedy": surprise(language.write("The ", 300, top_k=1)),
         "drawn at T = 1": sum(surprise(language.write("The ", 300, seed)) for seed in range(16)) / 16,
         "the manual": language.bits_per_character(prose.valid)}

# %% tags=["nbval-ignore-output"]
print("The " + beam)

# %%
claim("Beam search finds a more probable text than greedy", needs["beam search"] < needs["greedy"], needs)
claim("It needs less than half of the bits of texts drawn at T = 1, and less than half of those of the real manual",
      needs["beam search"] < min(needs["drawn at T = 1"], needs["the manual"]) / 2, needs["beam search"])
pieces = [beam[t : t + 12] for t in range(len(beam) - 12)]
repeats = 1 - len(set(pieces)) / len(pieces)
claim("More than half of it repeats what stood there before", repeats > 0.5, repeats)

# %% [markdown]
# ## Lesson 09 · Tips, tried
# Tutorials end with tips. These are left over, each in a few lines.
#
# ### The initial state
# Some programs make zeros for $h_0$ and $c_0$ and hand them over. What shape must they have? And what if the first state were *learned*, as two more weights?

# %%
import torch
from torch import nn

from utils.course import claim

torch.manual_seed(0)
deep = nn.LSTM(5, 4, num_layers=2, bidirectional=True, batch_first=True)
x, zeros = torch.randn(3, 7, 5), torch.zeros(2 * 2, 3, 4)  # (B, T, in), (layers x directions, B, H)
claim("Zeros of shape (layers x directions, B, H) and no state at all give the same, bit for bit, also with batch_first",
      torch.equal(deep(x)[0], deep(x, (zeros, zeros))[0]))

def reach_of_first_state(T):
    """How much h_0 and c_0, as weights, would move the last state: the length of the gradient."""
    lstm, first = nn.LSTM(1, 32), [torch.zeros(1, 1, 32, requires_grad=True) for _ in "hc"]  # (layers, 1, H)
    output, _ = lstm(torch.randn(T, 16, 1), tuple(s.repeat(1, 16, 1) for s in first))  # (T, B, H)
    return torch.cat(torch.autograd.grad(output[-1].sum(), first)).norm().item()

reach = {T: reach_of_first_state(T) for T in (1, 10, 50)}
claim("A learned first state: over 10 steps less than a twentieth of its gradient is left, over 50 less than a hundred-millionth",
      reach[10] < reach[1] / 20 and reach[50] < 1e-8 * reach[1], reach)

# %% [markdown]
# So zeros need not be written, and a learned first state can matter to what is read near the beginning. To the last state of a long sequence it says nothing that a fresh LSTM would still know.
#
# ### Dropout between layers, and batch normalization
# `nn.LSTM(..., dropout=0.5)` acts between layers. With one layer there is no between:

# %%
import warnings

import torch
from torch import nn

from utils.course import claim

x = torch.randn(3, 7, 5)  # (B, T, in)
with warnings.catch_warnings(record=True) as told:
    warnings.simplefilter("always")
    layers = {n: nn.LSTM(5, 4, num_layers=n, dropout=0.5, batch_first=True) for n in (1, 2)}
acts = {n: not torch.equal(lstm.train()(x)[0], lstm.eval()(x)[0]) for n, lstm in layers.items()}
claim("PyTorch warns once, for the LSTM of one layer; in training that one gives what it gives in evaluation, and the one of two layers does not",
      len(told) == 1 and acts == {1: False, 2: True}, (len(told), acts))
try:
    nn.BatchNorm1d(64)(torch.randn(1, 64))
except ValueError as refused:
    print("Batch normalization, a batch of one:", refused)

# %% [markdown]
# With one layer write `nn.Dropout` yourself, on what goes into the LSTM or on the state that is read; `utils.models.Classifier` does both. Batch normalization makes the numbers of a layer have mean 0 and variance 1 over
# the *batch*. So in training the answer to one review depends on the others, a batch of one is refused, and over padded steps it would count the pads.
#
# ### A scheduler that waits
# `ReduceLROnPlateau` lowers the rate when validation no longer gets better. Here it is given seven losses and, the second time, seven accuracies.

# %%
import torch
from torch import nn

from utils.course import claim

def rates(values):
    adam = torch.optim.Adam([nn.Parameter(torch.zeros(1))], lr=0.1)
    plateau = torch.optim.lr_scheduler.ReduceLROnPlateau(adam, factor=0.5, patience=2)
    after = []
    for value in values:
        plateau.step(value)
        after.append(adam.param_groups[0]["lr"])
    return after

claim("patience=2: two epochs without a better loss are forgiven, the third halves the rate",
      rates([0.6, 0.5, 0.4, 0.41, 0.42, 0.43, 0.38]) == [0.1, 0.1, 0.1, 0.1, 0.1, 0.05, 0.05])
claim("Handed accuracies without mode='max', it halves the rate twice while the network gets better and better",
      rates([0.6, 0.7, 0.8, 0.82, 0.84, 0.86, 0.88])[-1] == 0.025)

# %% [markdown]
# A training of two epochs, like those of lesson 09, never sees it; there the rate follows a plan (one cycle). `Trainer(schedule="plateau")` is for longer ones.
#
# ### How much of a batch is padding?
# Five texts, of 8, 4, 6, 2 and 5 steps.

# %%
from utils.course import claim
from utils.data import pad

texts = [[1] * steps for steps in (8, 4, 6, 2, 5)]
batch, lengths = pad(texts)  # (B, T), (B,)
real = lengths.sum().item()
claim("Of 40 steps 25 are real: 37.5 % is padding", (batch.numel(), real) == (40, 25) and 1 - real / batch.numel() == 0.375, batch.shape)
by_length = sorted(texts, key=len)
buckets = sum(pad(part)[0].numel() for part in (by_length[3:], by_length[:3]))  # the two longest, the three others
claim("Sorted by length into two batches: 31 steps, 19 % padding", buckets == 31 and round(100 * (1 - real / buckets)) == 19, buckets)

# %% [markdown]
# "37.5 % less computation" is often said of packing. It is the share of *steps*; on a CPU packed steps may take longer than the pads they leave out. Sorting by length saves without that, and a mask does the rest.
#
# ### A memory test that tests no memory
# The task: fifty numbers, and the answer is the sign of the first. A popular comparison makes an RNN, an LSTM and a GRU, runs `backward()` once, and prints the length of the gradient of all weights. We add a
# fourth, an LSTM with chrono's biases, which we know can learn it. Will its length stand out?

# %% jupyter={"source_hidden": true} cellView="form"
# The gradients of four networks, ten seeds each
import torch
from torch import nn

from utils import lesson, plots, probes
from utils.cells.initialize import chrono_
from utils.course import claim
from utils.course.results import compare
from utils.data import tasks

MAKE = {"RNN": nn.RNN, "LSTM": nn.LSTM, "GRU": nn.GRU, "LSTM, chrono": lambda *sizes, **rest: chrono_(nn.LSTM(*sizes, **rest), 50)}

def gradients(make, seed):
    """The length of the gradient of all weights, and of that of h_t at each step (T,)."""
    torch.manual_seed(seed)
    rnn, read = make(1, 64, batch_first=True), nn.Linear(64, 2)
    x, y = tasks.sign_memory(32, 50)  # (B, T, 1), (B,)
    def loss(h):  # (B, T, H): the last state answers
        return nn.functional.cross_entropy(read(h[:, -1]), y)
    weights = [*rnn.parameters(), *read.parameters()]
    all_weights = torch.cat([g.flatten() for g in torch.autograd.grad(loss(rnn(x)[0]), weights)])
    return all_weights.norm().item(), probes.gradient_norms(rnn, x, loss)

total, by_step = {}, {}
for name, make in MAKE.items():
    total[name], by_step[name] = zip(*(gradients(make, seed) for seed in range(10)))

fig, (left, right) = plots.figure(9, 3.2, ncols=2)
STYLE = {"RNN": ("rnn", "-"), "LSTM": ("lstm", "-"), "GRU": ("gru", "-"), "LSTM, chrono": ("lstm", "--")}
for place, (name, (color, line)) in enumerate(STYLE.items()):
    left.plot([place] * 10, total[name], "o", color=plots.PALETTE[color], mfc="white" if line == "--" else None)
    for norms in by_step[name]:
        right.semilogy(range(1, 51), norms / norms[-1], line, lw=1.3, color=plots.PALETTE[color])
    right.plot([], [], line, color=plots.PALETTE[color], label=name)
left.set(xticks=range(4), xticklabels=STYLE, ylim=(0, None), ylabel="length of the gradient", title="all weights: what is printed")
right.set(xlabel="step $t$", title=r"$\|\partial L / \partial h_t\|$ against the last: what tells", ylim=(1e-13, 10))
fig.legend(loc="outside right center", frameon=False)
lesson.show(fig, "Left, the gradient of all weights for 10 seeds: the four networks overlap. Right, the gradient by step: RNN, LSTM and GRU fall below 1e-8 at step 1, the LSTM with chrono's biases stays above 1e-4.")

first = {name: max(n[0] / n[-1] for n in rows).item() for name, rows in by_step.items()}
least = min(n[0] / n[-1] for n in by_step["LSTM, chrono"]).item()
claim("All weights, 10 seeds: the lengths of all four overlap, and between the two LSTMs no difference is seen, by the test of lesson 10",
      max(map(min, total.values())) < min(map(max, total.values())) and compare(total["LSTM, chrono"], total["LSTM"]) == 0, total)
claim("By step, with each of 10 seeds: less than 1e-8 arrives at step 1 in RNN, LSTM and GRU as torch makes them, more than 1e-4 with chrono's biases",
      max(first[name] for name in ("RNN", "LSTM", "GRU")) < 1e-8 and least > 1e-4, (first, least))

# %% [markdown]
# It does not stand out. The weights serve all steps, and their gradient is the sum over all of them, supplied by the last few. To ask about memory, ask step by step.

# %% [markdown]
# ## Lesson 10 · Rules and costs in numbers
# ### The rules, with their largest case
# Every rule of lesson 10 with the counts behind its verdict, and the comparison in which the difference was largest. `benchmarks/rules.py` counts.

# %% jupyter={"source_hidden": true} cellView="form"
# Recorded: the table
from IPython.display import Markdown, display

from utils.course.results import TaskResults

lines = ["| Rule | Verdict | By how much | On what |", "|---|---|---|---|"]
display(Markdown("\n".join(lines + [f"| {r.rule} | **{r.verdict}** | {r.much} | {r.where} |" for r in TaskResults().rules()])))

# %% [markdown]
# ### Counting the multiplications
# A part has $W$ on its inputs, $U$ on the state, and two biases. At a step each number of $W$ and $U$ is multiplied once, and no number twice. So the multiply-adds of a step are the
# parameters without the biases. With more layers, or both directions, each reader pays for its own; a second layer reads $H$ numbers, or $2H$ where the first one reads both ways.

# %%
from itertools import product

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from utils.arrays.count import parameters
from utils.cells import GRUCell, LSTMCell, RNNCell
from utils.course import claim

networks = {"RNN": nn.RNN, "LSTM": nn.LSTM, "GRU": nn.GRU}
gaps = []
for (name, kind), n, H, layers, both in product(networks.items(), (1, 300), (8, 128), (1, 3), (False, True)):
    torchs = kind(n, H, layers, bidirectional=both, device="meta").parameters()  # "meta": shapes without numbers
    gaps.append(sum(w.numel() for w in torchs) - sum(parameters(name, n, H, layers, both).values()))
claim("Counted by the formula, the parameters of 48 networks are torch's", len(gaps) == 48 and not any(gaps))

counts = {}
for name, kind in zip(networks, (RNNCell, LSTMCell, GRUCell)):
    with FlopCounterMode(display=False) as counter:  # torch's own; an operation is a product or a sum, so two make one
        kind(300, 128)(torch.randn(1, 300))  # (B=1, n)
    counts[name] = counter.get_total_flops() // 2, parameters(name, 300, 128)
    print(f"{name:4}  {counts[name][0]:>9,} multiply-adds a step")
claim("One step multiplies with each number of W and U exactly once", all(flops == w["W"] + w["U"] for flops, w in counts.values()))

# %% [markdown]
# ### What was timed, and how good the estimates are
# `benchmarks/costs.py` took the time of `nn.RNN`, `nn.LSTM` and `nn.GRU` in turns, on one thread, with as many inputs as units.

# %% jupyter={"source_hidden": true} cellView="form"
# Recorded: the times
import numpy as np

from utils import lesson, plots
from utils.course import claim
from utils.files import measured

costs = measured("costs")
machine = costs["machine"]
print(f"Recorded on {machine['processor']}, 1 thread, torch {machine['torch']}, by {costs['command']}.")
fig, axes = plots.figure(9, 3.3, ncols=2)
for name in ("RNN", "LSTM", "GRU"):
    at_128 = np.array(costs["train_us"][name][costs["hidden"].index(128)])
    pairs = (costs["hidden"], costs["stream_us"][name]), (costs["batches"], at_128 / costs["batches"])
    for ax, (x, y) in zip(axes, pairs):
        ax.loglog(x, y, "o-", color=plots.PALETTE[name.lower()], label=name)
        ax.set_xticks(x, x)
        ax.minorticks_off()
axes[0].set(title="one step of a stream", xlabel="$H$, units", ylabel="microseconds")
axes[1].set(title="training, $H$ = 128", xlabel="batch", ylabel="microseconds for a step\nof one sequence")
fig.legend(*axes[0].get_legend_handles_labels(), loc="outside upper right", ncols=3, frameon=False)
lesson.show(fig, "Two plots with logarithmic axes, three lines each. Left: a step of a stream takes hardly longer with 32 units than with 16, "
                 "and many times as long with 512. Right: in training a sequence costs far less in a batch of 64 than alone.")

stream = costs["stream_us"]["LSTM"]
small, large = (stream[costs["hidden"].index(H)] for H in (32, 512))
claim("Recorded: from 32 units to 512 the multiply-adds of the LSTM grow 256 times, its time less than 64 times", large < 64 * small, large / small)
gru = costs["train_us"]["GRU"][costs["hidden"].index(128)]
alone, crowd = (gru[costs["batches"].index(B)] for B in (1, 64))
claim("Recorded: training a GRU of 128 units on a batch of 64 costs less than a third a sequence of what it costs alone", crowd / 64 < alone / 3, crowd / 64 / alone)

# %% [markdown]
# The same file holds five shapes beside its grid: other inputs, more layers, both directions. What the explorer Costs estimates for them, over what was measured:

# %%
from utils.course.explorers.costs import train_seconds
from utils.files import measured

for shape in measured("costs")["others"]:
    sizes = {name: shape[name] for name in ("n", "H", "layers", "both", "batch", "T")}
    took = " ".join(f"{name} {1e6 * train_seconds(name, **sizes) / us:.2f}" for name, us in shape["us"].items())
    print(f"{took}   {sizes}")

# %% [markdown]
# ## Lesson 11 · Scans
#
# ### Stepped and scanned are one function
# With 64-bit numbers, a length that is no power of two, and a loss that touches every state: values, and gradients of everything that goes in.

# %%
import torch

from utils.cells.scan import scan, stepped
from utils.course import claim

numbers = torch.Generator().manual_seed(0)
B, T, H = 4, 50, 8
a = torch.rand(B, T, H, dtype=torch.float64, generator=numbers).requires_grad_()  # gates, 0 to 1
b = torch.randn(B, T, H, dtype=torch.float64, generator=numbers).requires_grad_()
h = torch.randn(B, H, dtype=torch.float64, generator=numbers).requires_grad_()  # the state before step 1
direction = torch.randn(B, T, H, dtype=torch.float64, generator=numbers)  # any loss will do

states = [way(a, b, h) for way in (stepped, scan)]  # each (B, T, H)
gradients = [torch.autograd.grad((each * direction).sum(), (a, b, h)) for each in states]

gap = (states[0] - states[1]).abs().max()
claim("Stepped and scanned, all 50 states agree but for rounding", gap < 1e-12, gap, limit=1e-12)
gap = max((one - other).abs().max() for one, other in zip(*gradients))
claim("So do the gradients of a, b and the first state", gap < 1e-10, gap, limit=1e-10)

# %% [markdown]
# ### A shorter formula, which is a trap
# With $P_t = a_1 a_2 \cdots a_t$ it is $\;h_t = P_t \sum_{s \le t} b_s / P_s$. Two cumulative calls and no rounds. But $P_t$ runs out of numbers, and then it divides by zero.
# (Feng and others compute with logarithms instead, for which $a$ and $b$ must be positive.) The scan never divides. Any $a$ will do, 0 and negative ones too; products that underflow become 0, as they should.

# %%
import torch

from utils.cells.scan import scan
from utils.course import claim

gates, news = torch.full((1, 200, 1), 0.5), torch.ones(1, 200, 1)  # (B, T, H), 32-bit
P = gates.cumprod(1)
shortcut = P * (news / P).cumsum(1)
claim("T = 200, a = 0.5: the shortcut ends in nan", shortcut[0, -1].isnan().item(), shortcut[0, -1])
last = scan(gates, news)[0, -1].item()
claim("The scan ends at 2, as it should", abs(last - 2) < 1e-6, last)
