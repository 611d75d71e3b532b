"""Exercise 05.1: the usual mistakes, which test_all.py tries, and other right answers."""

import torch
from judging import solution
from torch import nn


def ends(output, lengths, ahead=lambda lengths, T: lengths - 1, back=lambda lengths, T: 0 * lengths, first=0):
    """The place of each half is a function; the last arguments are mistakes."""
    rows, (T, D) = torch.arange(len(output)), output.shape[1:]
    halves = output[rows, ahead(lengths, T), : D // 2], output[rows, back(lengths, T), D // 2 :]
    return torch.cat(halves[::-1] if first else halves, dim=-1)


def with_mistake(**mistake):
    return lambda output, lengths: ends(output, lengths, **mistake)


MISTAKES = [
    (lambda output, lengths: output[:, -1], "that is the last column"),
    (lambda output, lengths: output[range(len(output)), lengths - 1], "the backward half at the last word"),
    (lambda output, lengths: output[:, 0], "the forward half at the first word"),
    (with_mistake(ahead=lambda lengths, T: T - 1 + 0 * lengths), "taken from the last column"),
    (with_mistake(ahead=lambda lengths, T: lengths[0] - 1 + 0 * lengths), "at the end of the first one"),
    (
        with_mistake(ahead=lambda lengths, T: 0 * lengths, back=lambda lengths, T: lengths - 1),
        "where the other one is complete",
    ),
    (with_mistake(first=1), "have changed places"),
    (with_mistake(ahead=lambda lengths, T: lengths), "stands at place lengths - 1"),
    (with_mistake(ahead=lambda lengths, T: lengths.clamp(max=T - 1)), "one column late"),
    (lambda output, lengths: output.mean(1), "the mean over all columns"),
    (with_mistake(back=lambda lengths, T: min(1, T - 1) + 0 * lengths), "the backward half is not the state"),
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
    assert torch.allclose(solution("05.1")(output, lengths), torch.cat([h_n[0], h_n[1]], dim=-1))
