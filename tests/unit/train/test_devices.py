"""No tensor is left behind on the CPU: networks on the device "meta", which computes no numbers but, as a GPU does,
refuses most operations with a tensor from elsewhere.
"""

import pytest
import torch
from torch import nn

from utils.cells.layer import GRU, LSTM, RNN, mask, reverse
from utils.cells.scan import MinGRU, MinLSTM
from utils.models.classifier import Classifier
from utils.models.language_model import LanguageModel

DEEP = {"num_layers": 2, "bidirectional": True, "batch_first": True}
NETWORKS = {
    "RNN": lambda: RNN(3, 4, **DEEP),
    "LSTM": lambda: LSTM(3, 4, **DEEP),
    "GRU": lambda: GRU(3, 4, **DEEP),
    "GRU, reset before": lambda: GRU(3, 4, reset="before", **DEEP),
    "LSTM, fast": lambda: LSTM(3, 4, fast=True, **DEEP),
    "GRU, fast": lambda: GRU(3, 4, fast=True, **DEEP),
    "MinGRU": lambda: MinGRU(3, 4),
    "MinLSTM": lambda: MinLSTM(3, 4),
}


class LeftBehind(nn.Linear):
    """The usual mistake: a state of zeros that is made on the CPU, whatever the device of x."""

    def forward(self, x):
        return (super().forward(x) + torch.zeros(2, 5, 4),)


def devices(*tensors) -> set[str]:
    return {tensor.device.type for tensor in tensors}


@pytest.mark.parametrize("make", NETWORKS.values(), ids=NETWORKS)
def test_values_and_gradients_stay_on_the_device(make):
    network, x = make().to("meta"), torch.randn(2, 5, 3, device="meta", requires_grad=True)
    output = network(x)[0]
    output.sum().backward()
    assert devices(output, x.grad, *(weight.grad for weight in network.parameters())) == {"meta"}


def test_the_usual_mistake_would_be_found():
    with pytest.raises(RuntimeError, match="device"):
        test_values_and_gradients_stay_on_the_device(lambda: LeftBehind(3, 4))


@pytest.mark.parametrize("rnn", ["rnn", "lstm", "gru"])
def test_a_language_model_carries_its_state_on_the_device(rnn):
    model, ids = LanguageModel(9, rnn=rnn).to("meta"), torch.ones(2, 5, dtype=torch.long, device="meta")
    logits, state = model(ids)
    again, state = model(ids, state)
    assert devices(logits, again, *(state if isinstance(state, tuple) else (state,))) == {"meta"}


@pytest.mark.parametrize("pooling", ["attention", "mean", "max"])
def test_the_parts_of_a_classifier_stay_on_the_device(pooling):
    model = Classifier(20, pooling=pooling).to("meta")
    lengths = torch.tensor([9, 4]).to("meta")
    x = model.embed(torch.ones(2, 9, dtype=torch.long, device="meta"))
    logits = model.output(model.pool(model.read(x, lengths), lengths))
    logits.sum().backward()
    assert devices(logits, *(weight.grad for weight in model.parameters())) == {"meta"}


def test_masks_and_turned_sequences_stay_on_the_device():
    inside = mask(torch.tensor([5, 3]).to("meta"), 5)
    assert devices(inside, reverse(torch.randn(2, 5, 3, device="meta"), inside)) == {"meta"}
