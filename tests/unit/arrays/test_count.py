"""The counts of parameters are torch's, and bad sizes are told in a sentence."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from refused import refused
from torch import nn

from utils.arrays.count import parameters

KINDS = {"RNN": nn.RNN, "LSTM": nn.LSTM, "GRU": nn.GRU}
SIZES = {"n": st.integers(1, 600), "H": st.integers(1, 600), "layers": st.integers(1, 4), "both": st.booleans()}


@settings(max_examples=100, deadline=None)
@given(name=st.sampled_from(list(KINDS)), **SIZES)
def test_the_parameters_are_torchs(name, n, H, layers, both):
    network = KINDS[name](n, H, layers, bidirectional=both, device="meta")
    own = {"W": 0, "U": 0, "b": 0}
    for key, weight in network.named_parameters():
        own["b" if key.startswith("bias") else "W" if "_ih_" in key else "U"] += weight.numel()
    assert parameters(name, n, H, layers, both) == own


@pytest.mark.refusal("course.explorers")
@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (("lstm", 3, 4), "cell must be one of 'RNN', 'LSTM', 'GRU', got 'lstm'."),
        (("LSTM", 0, 4), "n must be at least 1, got 0."),
        (("LSTM", 3, 4.0), "H must be a whole number, got 4.0."),
        (("LSTM", 3, 4, 0), "layers must be at least 1, got 0."),
    ],
)
def test_bad_sizes_are_told_in_a_sentence(given, sentence):
    with refused((ValueError, TypeError)) as failure:
        parameters(*given)
    assert str(failure.value) == sentence
