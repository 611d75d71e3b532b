"""Bad input to each public function gives one clear sentence: a table, and a test that the table is complete.

Modules with files of their own to refuse (corpora, text, models, training, train) have their tables beside their
tests; here stand the rest.
"""

import importlib
import math

import pytest
import torch
from refused import refused
from torch import nn

from utils import cells, checks, plots, probes
from utils.cells import initialize, layer
from utils.course import exercises, explorers, guesses, lesson
from utils.data import tasks

NAN, x = math.nan, torch.zeros
CELL, LSTM = cells.LSTMCell(3, 4), layer.LSTM(3, 4, batch_first=True)
DEEP = layer.LSTM(3, 4, 2)

# fmt: off
TABLE = {"checks": [
    (checks.integer, ("T", 0), "T must be at least 1, got 0."),
    (checks.integer, ("T", True), "T must be a whole number, got True."),
    (checks.number, ("gain", NAN), "gain must be finite, got nan."),
    (checks.number, ("gain", "2"), "gain must be a number, got '2'."),
    (checks.number, ("p", 2, 0, 1), "p must be between 0 and 1, got 2."),
    (checks.one_of, ("loss", "first", ("last", "all")), "loss must be one of 'last', 'all', got 'first'."),
    (checks.tensor, ("x", [1.0], ("B",)), "x must be a tensor of shape (B,), got list."),
    (checks.tensor, ("x", x(0, 3), ("B", 3)), "x must have shape (B, 3), got (0, 3)."),
    (checks.tensor, ("x", x(2).double(), ("B",), torch.float32), "x must be of type torch.float32, got torch.float64; convert it with .to(torch.float32)."),
], "cells.cell": [
    (cells.LSTMCell, (0, 4), "input_size must be at least 1, got 0."),
    (cells.LSTMCell, (3, 4.0), "hidden_size must be a whole number, got 4.0."),
    (cells.cell.Cell.from_torch.__func__, (cells.LSTMCell, nn.GRUCell(3, 4)), "LSTMCell.from_torch takes an nn.LSTMCell, got GRUCell(3, 4)."),
    (cells.RNNCell, (3, 4, True, "sigmoid"), "nonlinearity must be one of 'tanh', 'relu', got 'sigmoid'."),
    (cells.GRUCell, (3, 4, True, "never"), "reset must be one of 'after', 'before', got 'never'."),
    (cells.GRUCell(3, 4, reset="before").to_torch, (), 'torch has no GRU that resets before the product; make the cell with reset="after".'),
    (CELL, (x(3),), "x must have shape (B, 3), got (3,)."),
    (CELL, (x(2, 3).double(),), "x must be of type torch.float32, got torch.float64; convert it with .to(torch.float32)."),
    (CELL, (x(2, 3), x(2, 5)), "h must have shape (2, 4), got (2, 5)."),
], "cells.layer": [
    (layer.LSTM, (3, 4, 0), "num_layers must be at least 1, got 0."),
    (layer.LSTM, (3, 4, 1, True, False, 1.5), "dropout must be between 0 and 1, got 1.5."),
    (lambda: layer.GRU(3, 4, fast=True, reset="before"), (), "There is no fast path for a GRU with reset='before': use fast=False or reset=\"after\"."),
    (layer.LSTM.from_torch, (nn.GRU(3, 4),), "LSTM.from_torch takes an nn.LSTM, got GRU(3, 4)."),
    (layer.LSTM.from_torch, (nn.LSTM(3, 4, proj_size=2),), "Projections are not part of this course: make the nn.LSTM with proj_size=0."),
    (layer.GRU(3, 4, reset="before").to_torch, (), 'torch has no GRU that resets before the product; make the cell with reset="after".'),
    (LSTM, (None,), "x must be a tensor of shape (B, T, 3), got NoneType."),
    (LSTM, (x(2, 0, 3),), "x must have shape (B, T, 3), got (2, 0, 3)."),
    (LSTM, (x(2, 5, 4),), "x must have shape (B, T, 3), got (2, 5, 4)."),
    (LSTM, (x(2, 5, 3), x(1, 2, 4)), "state must be a tuple (h_0, c_0), got Tensor."),
    (LSTM, (x(2, 5, 3), (x(1, 2, 4), x(1, 3, 4))), "c_0 must have shape (1, 2, 4), got (1, 3, 4)."),
    (LSTM, (x(2, 5, 3), None, [5, 6]), "lengths must be 2 whole numbers from 1 to 5, one for each sequence, got [5, 6]."),
    (LSTM, (x(2, 5, 3), None, [0, 5]), "lengths must be 2 whole numbers from 1 to 5, one for each sequence, got [0, 5]."),
    (LSTM, (x(2, 5, 3), None, [5]), "lengths must be 2 whole numbers from 1 to 5, one for each sequence, got [5]."),
    (LSTM.trace, (x(2, 5, 4),), "x must have shape (B, T, 3), got (2, 5, 4)."),
], "cells.initialize": [
    (initialize.gate_weights, (nn.Linear(2, 2),), "Pass an RNN, LSTM or GRU, of torch or of this course, got Linear."),
    (initialize.orthogonal_, (LSTM, -1), "gain must be at least 0, got -1."),
    (initialize.orthogonal_, ("LSTM",), "Pass an RNN, LSTM or GRU, of torch or of this course, got str."),
    (initialize.forget_bias_, (nn.RNN(3, 4),), "A plain RNN has no gate that keeps: pass an LSTM or a GRU."),
    (initialize.forget_bias_, (LSTM, NAN), "value must be finite, got nan."),
    (initialize.chrono_, (nn.LSTM(3, 4, bias=False), 10), "This network has no biases: make it with bias=True."),
    (initialize.chrono_, (LSTM, 1), "T_max must be at least 2, got 1."),
], "data.tasks": [
    (tasks.first_element_recall, (0, 5), "batch must be at least 1, got 0."),
    (tasks.first_element_recall, (2, 5, 1), "classes must be at least 2, got 1."),
    (tasks.adding, (2, 1), "T must be at least 2, got 1."),
    (tasks.sign_memory, (2, 0), "T must be at least 1, got 0."),
    (tasks.sine_forecast, (2, 5, 0), "horizon must be at least 1, got 0."),
    (tasks.latch, (2, 0), "T must be at least 1, got 0."),
    (tasks.counting, (-1, 5), "batch must be at least 1, got -1."),
    (tasks.parity, (2, 5.0), "T must be a whole number, got 5.0."),
], "probes": [
    (probes.gradient_norms, (LSTM, x(2, 5, 3), "first"), "loss must be one of 'last', 'all', got 'first'."),
    (probes.gradient_norms, (nn.GRU(3, 4), x(5, 2, 3), "last", None, "c"), "of must be one of 'h', got 'c'."),
    (probes.gradient_norms, (DEEP, x(5, 2, 3)), "This probe looks at one layer and one direction: use num_layers=1, bidirectional=False."),
    (probes.jacobian_products, (LSTM, x(1, 5, 3)), "x must have shape (T, 3), got (1, 5, 3)."),
    (probes.sensitivity, (LSTM, x(2, 5, 3)), "x must have shape (T, 3), got (2, 5, 3)."),
    (probes.gate_trace, (nn.Linear(2, 2), x(2, 2)), "Pass an RNN, LSTM or GRU, of torch or of this course, got Linear."),
], "plots": [
    (lesson.show, (plots.figure()[0], " "), "Write in `alt` what the picture shows, in one sentence."),
    (plots.figure, (0, 3), "width must be above 0 inches, got 0."),
], "course.lesson": [
    (lesson.start, ("99",), "The lesson's number must be one of '00', '01', '02', '03', '04', '05', '06', '07', '08', '09', '10', '11', '12', got '99'."),
    (lesson.claim, ("", True), "A claim needs a sentence, got ''."),
    (lesson.claim, ("It holds", 0.99), "A claim is True or False, got 0.99; write a comparison such as accuracy >= 0.99."),
], "course.explorers": [
    (lambda: explorers.GradientFlow(gian=1.0), (), "GradientFlow has no control 'gian'; it has gain, "),
], "course.guesses": [
    (guesses.guess, ("02.none",), "The guess's name must be one of '00.half_life', '00.most_awake', "),
], "course.exercises": [
    (exercises.exercise, ("01.9",), "The exercise's number must be one of "),
]}

ROWS = [pytest.param(*row, marks=pytest.mark.refusal(area)) for area, rows in TABLE.items() for row in rows]
# fmt: on

# Functions that the table reaches through others, or that take nothing a learner could get wrong.
REACHED = {
    "checks": {"short_repr"},
    "cells.cell": {"Cell", "RNNStep", "LSTMStep", "GRUStep"},
    "cells.layer": {"Recurrent", "mask", "reverse", "states_within", "variant"},
    "cells.initialize": {"Gate"},
    "data.tasks": set(),
    "probes": {"JacobianProducts"},
    "plots": {"style", "png"},
    "course.lesson": {"ClaimError", "device"},
}


@pytest.mark.parametrize("function, arguments, sentence", ROWS)
def test_one_sentence_says_what_to_do(function, arguments, sentence):
    with refused((ValueError, TypeError)) as failure:
        function(*arguments)
    assert str(failure.value).startswith(sentence)


@pytest.mark.parametrize("module", REACHED)
def test_the_table_is_complete(module):
    """A new public function needs a row."""
    path = f"utils.{module}"
    public = {name for name, value in vars(importlib.import_module(path)).items()
              if callable(value) and not name.startswith("_") and getattr(value, "__module__", None) == path}  # fmt: skip
    functions = [function for rows in TABLE.values() for function, *_ in rows]
    tried = {getattr(function, "__qualname__", type(function).__name__).split(".")[0] for function in functions}
    tried |= {type(getattr(function, "__self__", None)).__name__ for function in functions}
    assert public - REACHED[module] <= tried | {"RNN", "GRU"}  # tried inside a lambda
