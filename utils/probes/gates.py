"""What each gate did."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from utils.cells.layer import GRU, LSTM, RNN, Recurrent


@torch.no_grad()
def gate_trace(rnn: nn.Module, x: Tensor, state=None, lengths=None) -> list[dict[str, Tensor]]:
    """Every gate and state of a trained network at every step, recomputed from its weights; dropout is off.

    rnn: any RNN, LSTM or GRU, ours or torch's. x, state, lengths: as its forward takes them.
    Returns for each layer and direction a dict from letter to (B, T, H).

    >>> trace = gate_trace(nn.LSTM(10, 20), torch.randn(50, 1, 10))
    >>> sorted(trace[0]), trace[0]["f"].shape
    (['c', 'f', 'g', 'h', 'i', 'o'], torch.Size([1, 50, 20]))
    """
    own = as_ours(rnn)
    training = own.training
    try:
        return own.eval().trace(x, state, lengths)
    finally:
        own.train(training)


def as_ours(rnn: nn.Module) -> Recurrent:
    """The network itself if it is of this course, else ours with the weights of torch's; TypeError for another."""
    if isinstance(rnn, Recurrent):
        return rnn
    for own in (RNN, LSTM, GRU):
        if isinstance(rnn, own.torch_class):
            return own.from_torch(rnn)
    raise TypeError(f"Pass an RNN, LSTM or GRU, of torch or of this course, got {type(rnn).__name__}.")
