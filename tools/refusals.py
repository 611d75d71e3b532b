"""What the tests try that should be refused, or that goes wrong: the two tables of it in README.md.

A test of bad input is marked refusal(area), one of a fault fault(what, then). pytest collects them here and runs none, so
a count is that of the tests that there are. The sentences are asked for anew: each example is called.
"""

from __future__ import annotations

import contextlib
import html
import io
import json
import subprocess
import sys
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from tools import build, handout, lab, stamp
from utils import (
    bags,
    cells,
    checkpoint,
    diagrams_gru,
    environment,
    errors,
    exercises,
    explorers,
    fast,
    grammar,
    initialize,
    language,
    language_model,
    lesson,
    models,
    plots,
    probes,
    quizzes,
    recurrent,
    sampling,
    scan,
    sentiment,
    tagger,
    tasks,
    text,
    train,
    training,
)
from utils.corpora import __main__ as data
from utils.corpora import imdb
