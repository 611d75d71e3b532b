# %% [markdown]
# # 00 · Start here
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/gates-and-gradients/gates-and-gradients/blob/main/notebooks/00_start_here.ipynb) [or as a web page, with nothing to install](https://gates-and-gradients.github.io/gates-and-gradients/notebooks/00_start_here.html)
#
# **The question.** What does it take to remember a knock at the door? And is this computer ready to show you?
#
# After this lesson you
# - know that everything the course needs is here, or what to do about it;
# - can use its tools: guesses, sliders, claims, exercises, quizzes;
# - can say how long the simplest memory lasts, and why it cannot be a good one.
#
# Time: 12 minutes, and up to 3 more for the exercise. The machine needs a few seconds. No lesson comes before it; Python and a little PyTorch are enough.
# Letters and terms: [notation](glossary.ipynb).
#
# A notebook is a column of cells. **Shift + Enter** runs the cell you are in and goes to the next. Begin with the first one below. The second makes a button, *Knock*: press it.

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
lesson.start("00")

# %% tags=["nbval-ignore-output"]
from utils.course import environment

environment.WidgetTest()

# %% [markdown]
# The sentence beside the button should change to **OK**. If there is no button, or no answer:
#
# | Where you are | What to do |
# |---|---|
# | JupyterLab | run the cell above again; if nothing changes, `pip install ipywidgets jupyterlab_widgets`, restart, reload the page |
# | Colab | *Runtime > Restart session*, then run the cells again from the top |
# | VS Code | choose the course's `.venv` as the kernel; if it asks, allow widget scripts; reload the window |
# | the web page of this lesson | nothing: there is no kernel, and each picture has a button of its own, *Move it*; go on with [the cat](#A-cat-on-the-doormat) |
# | GitHub, nbviewer | pages there only show pictures: open the lesson in one of the first three |
#
# Is everything else here? Each line says OK, or what to do.

# %% tags=["nbval-ignore-output"]
environment.check()

# %% [markdown]
# If `make lab` opened this notebook, it is your own copy: change what you like. An update of the course will not overwrite what you wrote.
#
# ## A cat on the doormat
# A cat sleeps behind the door. At each step $t$ the world sends a number $x_t$: 1 for a knock, 0 for silence.
# How awake the cat is, $h_t$, follows from how awake it was and from what it hears:
#
# $$h_t = f \, h_{t-1} + (1 - f) \, x_t$$
#
# Of its memory the cat **keeps** the share $f$. The rest, $1 - f$, is open to the news. This is a *leaky unit*, the smallest
# recurrent network there is: one state, one number to set.
#
# **Guesses.** This course asks before it tells. Type a number and press **Lock**: your guess stays, and the answer
# comes to stand beside it. Nobody sees it but you. Being wrong is fine; it is what you will remember.

# %% jupyter={"source_hidden": true} cellView="form"
# Your guess
from utils.course import guess

guess("00.half_life")

# %% jupyter={"source_hidden": true} cellView="form"
# Your guess
guess("00.most_awake")

# %% [markdown]
# (In a notebook cells like these two are folded: a click on the three dots unfolds one. A guess is kept on this computer, also when the lesson
# runs again. To begin anew: `guess("00.half_life").forget()`.)
#
# **Sliders.** Now look. Black marks are knocks, orange is the cat's memory of them. The green outline is the share left since the last
# knock, and the bracket shows how long half of it takes to go: its **half-life**. The last step is *now*. To the right, for every $f$:
# how much of one knock is heard, how much of that is kept until now, and (orange) how awake both together leave the cat.

# %%
explorers.LeakyUnit(f=0.5)

# %% [markdown]
# Drag the handle; or click it once and use the arrow keys; or, in a notebook, click the number beside it, type another and press Enter.
# The sentence below the picture says the same in words.
#
# **Three things to try**
# 1. Set $f$ to 0.5, to 0.9, to 0.99. The last move is the smallest for your hand. Is it also the smallest for the half-life?
# 2. One knock, at step 1. Where is the orange curve to the right at its highest? That is the best $f$ there is.
# 3. Set $f$ to 0.9 again. Before you choose *ten knocks*, one more guess.

# %% jupyter={"source_hidden": true} cellView="form"
# Your guess
guess("00.ten_knocks")

# %% [markdown]
# ## Claims
# It is easy to get a number wrong, and this course is full of numbers. So they are checked while you read: `claim` compares a
# sentence with what was computed. When it holds, it prints one line: the sentence, then what was measured.
# In silence the memory is multiplied by $f$ once a step. It has come down to half after $\ln 0.5 / \ln f$ steps, the half-life, which will follow you through the whole course:

# %%
import numpy as np
from utils.course import claim

f = np.array([0.5, 0.9, 0.99])
half_life = np.log(0.5) / np.log(f)
claim("From f = 0.5 to 0.9 to 0.99 the half-life goes from 1 to 6.6 to 69 steps",
      np.allclose(half_life, [1, 6.6, 69], rtol=0.01), half_life)

# %% [markdown]
# When a claim does not hold, the lesson stops there and shows what was measured. The next one is wrong on purpose, so that
# you have seen it once. Should a claim fail anywhere else, in a lesson that you did not change, then the mistake is ours:
# please report it.

# %% tags=["raises-exception"]
claim("At f = 0.9 half is forgotten after 5 steps", 0.9**5 <= 0.5, f"{0.9**5:.2f} is left")

# %% [markdown]
# ### Exercise 00.1 · Write the leaky unit
# *Easy, 3 minutes.* Replace the last line below with your code: `leaky(x, f)` takes a list of numbers `x` and the share `f`, and
# returns the list of $h_1, h_2, \dots$, one for each number in `x`. Before the first step, $h$ is 0.

# %%
def leaky(x, f):
    raise NotImplementedError

# %%
from utils.course import exercise

exercise("00.1").check(leaky)

# %% [markdown]
# The check has three answers. *Not tried yet*: so it begins. *Not yet*: it says what is wrong, or which error your code raised.
# *Correct*. Change the function, run its cell, then run the check again, as often as you like.
# Stuck? Below the check are hints, each of which tells a little more, and a solution, one way to write it. In code they are
# `exercise("00.1").hint()` and `.solution()`.
#
# ## One knob, two jobs
# You did not wake the cat, and nobody can: of a knock 39 steps ago the memory now holds $(1 - f) f^{39}$.

# %%
f = np.linspace(0, 1, 1001)
awake_now = (1 - f) * f**39  # (1001,)
claim("Whatever f is, a knock 39 steps ago leaves the cat less than 0.01 awake", awake_now.max() < 0.01, awake_now.max())
claim("The best f is near 39/40", abs(f[awake_now.argmax()] - 39 / 40) < 0.002, f[awake_now.argmax()])

# %% [markdown]
# With a small $f$ the cat hears the knock and forgets it. With a large $f$ it would remember, but it hardly listens: only $1 - f$
# comes in. One number does two jobs, how much to keep and how much to let in, and each spoils the other.
#
# An LSTM (*long short-term memory*) gives each job a number of its own, a **gate**: $f$ keeps, $i$ lets in. It chooses both anew at every step, from what it reads. Then a cat
# can sleep through the rain, wake at a knock, and stay awake. That is [lesson 02](02_lstm_cell.ipynb).
#
# ## The same number on the way back
# A network learns by sending a message backward in time: *how would the end change if step $t$ had been a little different?*
# This message is a **gradient**.

# %% jupyter={"source_hidden": true} cellView="form"
# Your guess
guess("00.way_back")

# %% [markdown]
# PyTorch can tell:

# %%
import torch

h = h_first = torch.tensor(1.0, dtype=torch.float64, requires_grad=True)
for _ in range(40):
    h = 0.9 * h  # silence: x_t = 0
(gradient,) = torch.autograd.grad(h, h_first)
claim("The gradient over 40 steps is f to the power 40", np.isclose(gradient.item(), 0.9**40), gradient)

# %% [markdown]
# Watch both ways. Press *play*: the unit reads a tape, one symbol at a time; `!` is a knock, and where the tape ends there is silence. At the last step the message sets out, and goes back step by step.

# %%
explorers.Tape(["leaky unit"], keep=0.9, example="one knock")

# %% [markdown]
# What is forgotten on the way forward cannot be learned from on the way back. [Lesson 01](01_vanishing_gradients.ipynb)
# begins here.

# %% [markdown]
# ## Quiz
# Five questions: choose a letter, with the mouse or with Tab and the space bar, and read what it says; the first choice counts.

# %% jupyter={"source_hidden": true} cellView="form"
# The quiz
from utils.course import quiz

quiz("00")

# %% [markdown]
# ## Take away
# 1. A memory that keeps the share $f$ at each step has a half-life of $\ln 0.5 / \ln f$ steps: 6.6 at 0.9, 69 at 0.99.
# 2. One number cannot both remember long and listen well. Gates are there to separate the two.
# 3. Lock a guess, move a slider, read the claim, write it yourself. So it goes in every lesson.
#
# ## The twelve lessons
# Take them in this order.
#
# | Lesson | What it asks |
# |---|---|
# | **00 Start here** | What can one number remember? |
# | [01 Vanishing and exploding gradients](01_vanishing_gradients.ipynb) | Does a network hear of its mistakes when the reason is long ago? |
# | [02 The LSTM cell](02_lstm_cell.ipynb) | How can a cell hold a number for a hundred steps? |
# | [03 The GRU cell](03_gru_cell.ipynb) | One part less, one state less: what is saved, what is given up? |
# | [04 Gates at work](04_gates_at_work.ipynb) | What do the gates of a trained cell do? |
# | [05 Both directions](05_both_directions.ipynb) | What does it bring to read from both ends, and what does it cost? |
# | [06 From reviews to batches](06_reviews_to_batches.ipynb) | How does a film review become numbers, and how does one test fairly? |
# | [07 A sentiment classifier you can question](07_sentiment_classifier.ipynb) | Did they like the film, and which words said so? |
# | [08 A language model and temperature](08_language_model.ipynb) | How does a network write? |
# | [09 Choosing](09_choosing.ipynb) | Was it the setting, or was it luck? |
# | [10 Which one, when](10_which_one_when.ipynb) | Do the rules of thumb hold? |
# | [11 What came after](11_what_came_after.ipynb) | Why did something else take over, and what is left to do? |
#
# Full proofs and side roads are in the [appendix](12_appendix.ipynb). What you have done so far, in all of them, is kept on this computer (run the cell again to bring it up to date):

# %% tags=["nbval-ignore-output"] jupyter={"source_hidden": true} cellView="form"
# Your progress
from utils.course import progress

progress()

# %% [markdown]
# ## References
# - Michael C. Mozer (1992). *Induction of multiscale temporal structure.* Advances in Neural Information Processing
#   Systems 4. Units with their own $f$, as here.
# - Sepp Hochreiter and Jürgen Schmidhuber (1997). *Long short-term memory.* Neural Computation 9(8).
# - Corentin Tallec and Yann Ollivier (2018). *Can recurrent neural networks warp time?* ICLR. From the leaky unit to the gates,
#   in two pages.
#
# Next: [01 · Vanishing and exploding gradients](01_vanishing_gradients.ipynb)
