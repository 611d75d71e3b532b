"""Exercise 05.2: the usual mistakes, which test_all.py tries, and other right answers."""


import torch
from judging import solution
from torch import nn


def ends(output, lengths, ahead=0, back=1):
    """Rows of the last word and the first, halves chosen by number."""
    H = output.shape[-1] // 2
    halves = output[..., :H], output[..., H:]
    return torch.cat([halves[ahead][range(len(output)), lengths - 1], halves[back][:, 0]], dim=-1)


def late(output, lengths):
    return ends(output, lengths + 1)


def clamped(output, lengths):
    return ends(output, (lengths + 1).clamp(max=output.shape[1]))


def swapped(output, lengths):
    return torch.cat(ends(output, lengths).chunk(2, dim=-1)[::-1], dim=-1)


def no_lengths(output, lengths):
    return ends(output, torch.full_like(lengths, output.shape[1]))


def one_length(output, lengths):
    return ends(output, torch.full_like(lengths, int(lengths[0])))


def backward_second(output, lengths):
    H = output.shape[-1] // 2
    return torch.cat([ends(output, lengths)[:, :H], output[:, min(1, output.shape[1] - 1), H:]], dim=-1)


def confused(output, lengths):
    H = output.shape[-1] // 2
    return torch.cat([output[:, 0, :H], output[range(len(output)), lengths - 1, H:]], dim=-1)


MISTAKES = [
    (lambda output, lengths: output[:, -1], "that is the last column"),
    (lambda output, lengths: output[range(len(output)), lengths - 1], "the backward half at the last word"),
    (lambda output, lengths: output[:, 0], "the forward half at the first word"),
    (no_lengths, "taken from the last column"),
    (one_length, "at the end of the first one"),
    (confused, "where the other one is complete"),
    (swapped, "have changed places"),
    (late, "stands at place lengths - 1"),
    (clamped, "one column late"),
    (lambda output, lengths: output.mean(1), "the mean over all columns"),
    (backward_second, "the backward half is not the state"),
    (lambda output, lengths: output[:, -1, :1], "should have shape (B, 2H) = (4, 6), and yours has (4, 1)"),
    (lambda output, lengths: None, "returns nothing"),
    (lambda output, lengths: output.tolist(), "yours is list"),
    (lambda output, lengths: ends(output, lengths).squeeze(), "(B, 2H) = (1, 4), and yours has (4,)"),
]


def test_the_right_summary_is_that_of_a_packed_network():
    lstm, x, lengths = (
        nn.LSTM(3, 4, batch_first=True, bidirectional=True),
        torch.randn(3, 7, 3),
        torch.tensor([2, 7, 5]),
    )
    packed = nn.utils.rnn.pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
    output, (h_n, _) = lstm(packed)
    output, _ = nn.utils.rnn.pad_packed_sequence(output, batch_first=True)
    assert torch.allclose(solution("05.2")(output, lengths), torch.cat([h_n[0], h_n[1]], dim=-1))
