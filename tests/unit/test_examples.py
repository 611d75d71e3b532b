"""The examples in docstrings run, and the functions that learners call most have one."""

import doctest
from importlib import import_module

import pytest
import torch

CALLED = {
    "arrays.count": ["parameters"],
    "arrays.memory": ["half_life", "forget_bias_for"],
    "text": ["tokenise", "Vocabulary.build"],
    "cells.cell": ["LSTMCell"],
    "cells.initialize": ["chrono_"],
    "cells.layer": ["LSTM"],
    "course.lesson": ["claim"],
    "data.batching": ["pad"],
    "data.tasks": ["first_element_recall"],
    "models.sampling": ["next_distribution"],
    "probes.gates": ["gate_trace"],
    "probes.gradients": ["gradient_norms"],
}


@pytest.mark.parametrize("module", CALLED)
def test_the_examples_run(module):
    torch.manual_seed(0)
    home = import_module(f"utils.{module}")
    tests = doctest.DocTestFinder().find(home)
    with_examples = {test.name.removeprefix(f"utils.{module}.") for test in tests if test.examples}
    assert set(CALLED[module]) <= with_examples
    found = doctest.testmod(home, optionflags=doctest.NORMALIZE_WHITESPACE)
    assert found.failed == 0 and found.attempted
