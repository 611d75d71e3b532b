# %% [markdown]
# # 00 · Start here: solutions
# <!-- badge -->
#
# One way to write each answer of [lesson 00](../00_start_here.ipynb). Yours may look different and be just as right:
# the check decides.

# %% tags=["nbval-ignore-output", "setup"]
# setup (written by tools/stamp.py)
from utils import lesson
lesson.start("00")

# %% [markdown]
# ## Exercise 00.1 · Write the leaky unit
# The memory is one number, `h`. Each step keeps the share `f` of it and lets in the share `1 - f` of the news.

# %%
def leaky(x, f):
    h, hs = 0.0, []
    for x_t in x:
        h = f * h + (1 - f) * x_t
        hs.append(h)
    return hs

# %%
from utils.exercises import exercise

exercise("00.1").check(leaky)
