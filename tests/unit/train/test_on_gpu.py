"""Ours compute what torch's own layers do on each device of this machine: the CPU, and a GPU where there is one."""

import pytest
import torch
from torch import nn

from utils.cells.layer import GRU, LSTM, RNN
from utils.models.classifier import Classifier
from utils.train.trainer import Trainer

DEVICES = ["cpu", *["cuda"] * torch.cuda.is_available()]
LENGTHS = torch.tensor([7, 5, 1])


def both(kind, fast, device):
    """Ours and torch's with the same weights: two layers, both directions, float64; and an input for each."""
    torch.manual_seed(0)
    theirs = kind.torch_class(3, 4, 2, batch_first=True, bidirectional=True, dtype=torch.float64).to(device)
    x = torch.randn(3, 7, 3, dtype=torch.float64, device=device)
    return kind.from_torch(theirs, fast), theirs, x.clone().requires_grad_(), x.clone().requires_grad_()


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("fast", [False, True])
@pytest.mark.parametrize("kind", [RNN, LSTM, GRU])
@pytest.mark.parametrize("lengths", [None, LENGTHS], ids=["whole", "lengths"])
def test_equals_torch_in_values_and_gradients(kind, fast, device, lengths):
    own, theirs, x, y = both(kind, fast, device)
    mine = own(x, None, lengths)[0]
    if lengths is None:
        right = theirs(y)[0]
    else:
        packed = nn.utils.rnn.pack_padded_sequence(y, lengths, batch_first=True)
        right = nn.utils.rnn.pad_packed_sequence(theirs(packed)[0], batch_first=True)[0]
    assert mine.device.type == device
    torch.testing.assert_close(mine, right, rtol=0, atol=1e-12)
    for output in (mine, right):
        output.square().sum().backward()
    torch.testing.assert_close(x.grad, y.grad, rtol=0, atol=1e-12)


def second(network, x):
    """The gradient of the gradient's square."""
    [slope] = torch.autograd.grad(network(x)[0].square().sum(), x, create_graph=True)
    return torch.autograd.grad(slope.square().sum(), x)[0]


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("fast", [False, True])
def test_a_second_derivative_is_right_or_refused(fast, device):
    own, theirs, x, _ = both(LSTM, fast, device)
    if fast and device == "cuda":
        with pytest.raises(RuntimeError):
            second(own, x)
        return
    right = second(LSTM.from_torch(theirs.cpu()), x.detach().cpu().requires_grad_())
    torch.testing.assert_close(second(own, x).cpu(), right, rtol=0, atol=1e-10)


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("rnn", ["lstm", "gru"])
def test_a_classifier_learns(rnn, device):
    """Which of two words begins the text; all that is read lies on the device, and the answers come back."""
    torch.manual_seed(0)
    ids = torch.randint(2, 9, (64, 12))
    ids[:, 0] = torch.arange(64) % 2 + 2
    batch = ids, torch.full((64,), 12), ids[:, 0] - 2
    model = Classifier(9, rnn=rnn, pooling="attention", segment=4, bigrams=50, word_dropout=0.1)
    trainer = Trainer(model, epochs=30, patience=30, average=0.5, device="cpu" if device == "cpu" else "auto")
    history = trainer.fit([batch] * 4, [batch], progress=False)
    assert trainer.device.type == device and history.kept.accuracy == 1
    probabilities = trainer.predict(*batch[:2])
    assert probabilities.device.type == "cpu" and (probabilities.argmax(1) == batch[2]).all()
