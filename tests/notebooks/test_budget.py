"""A lesson stays within its budget of words, visible lines and minutes, and its header says those minutes."""

import re

import pytest

from tools.budget import LESSONS, LINES, MINUTES, WORDS, Load, load

SOURCES = sorted(path for path in LESSONS.glob("[0-9][0-9]_*.py") if "appendix" not in path.stem)
CELLS = """\
# %% [markdown]
# # 99 · Two words
# ![x](picture.png) The third, $f_t^2$, **isn't** `code_of` [four](03_gru_cell.ipynb).

# %% jupyter={"source_hidden": true}
# Your guess
guess("99.one")

# %%
explorers.LeakyUnit(f=0.5)

x = 1

# %% [markdown]
# ### Exercise 99.1 · Many more words that are apart

# %%
def apart():
    raise NotImplementedError

# %% [markdown]
# ## Counted again
"""


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_a_lesson_stays_within_its_budget(path):
    one = load(path.read_text(encoding="utf-8"))
    assert one.words <= WORDS and one.lines <= LINES and one.minutes <= MINUTES, one


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_the_header_says_the_minutes_of_the_formula(path):
    text = path.read_text(encoding="utf-8")
    assert int(re.search(r"(?m)^# Time: (\d+) minutes", text)[1]) == round(load(text).minutes)


def test_what_is_counted():
    # "Two words", "x The third isn't code_of four", "Counted again"; the explorer's line and x = 1
    assert load(CELLS) == Load(words=2 + 6 + 2, lines=2, explorers=1, guesses=1)
    assert load(CELLS).minutes == 10 / 200 + 2 / 30 + 1.5 + 0.5
