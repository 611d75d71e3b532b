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

# %% [markdown]
# ## 4. How soon does it learn?

# %% [markdown]
# ### Exercise 08.1 · How soon, by its curve

# %% [markdown]
# ## 5. A wave, continued

# %% [markdown]
# ### Exercise 08.3 · Forecast a wave

# %% [markdown]
# ## 6. What does it cost?

# %% [markdown]
# ## 7. The rules, measured

# %% [markdown]
# ## 8. Choosing hyperparameters

# %% [markdown]
# ## 9. What came after

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
