"""Exercises 05.1 and 05.2: the usual mistakes, which test_exercises.py tries, and right answers of other kinds."""

import torch
from judging import judged, solution
from torch import nn

from utils.cells.layer import mask, reverse
from utils.data import grammar

# 05.1 ----------------------------------------------------------------------------------------------------------------


class Good(nn.Module):
    """A right answer without packing; the subclasses below each break one thing."""

    turned_back = first = True

    def __init__(self, vocab_size, tags, hidden=32, bidirectional=True):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, 16)
        self.ahead = nn.LSTM(16, hidden, batch_first=self.first)
        self.back = nn.LSTM(16, hidden, batch_first=self.first) if bidirectional else None
        self.output = nn.Linear(hidden * (2 if bidirectional else 1), tags)

    def forward(self, ids, lengths):
        return self.output(self.states(self.embedding(ids), lengths))

    def states(self, x, lengths):
        h, real = self.ahead(x)[0], mask(lengths, x.shape[1])
        if self.back is None:
            return h
        back = self.back(reverse(x, real))[0]
        return torch.cat([h, reverse(back, real) if self.turned_back else back], dim=-1)


class BackwardAlwaysThere(Good):
    def __init__(self, *sizes, bidirectional=True):
        super().__init__(*sizes, bidirectional=True)


class ForwardOnly(Good):
    def __init__(self, *sizes, bidirectional=True):
        super().__init__(*sizes, bidirectional=False)


class BackwardOnly(Good):
    def states(self, x, lengths):
        return super().states(x, lengths) if self.back is None else super().states(x, lengths) * torch.cat(
            [torch.zeros(self.ahead.hidden_size), torch.ones(self.ahead.hidden_size)]
        )  # fmt: skip


class NoReading(Good):
    def states(self, x, lengths):
        x = x[..., : self.ahead.hidden_size]
        return x if self.back is None else torch.cat([x, x], dim=-1)


class NotTurnedBack(Good):
    turned_back = False


class BatchSecond(Good):
    first = False


class LastColumn(Good):
    def forward(self, ids, lengths):
        return super().forward(ids, lengths)[:, -1]


class NoLinear(Good):
    def forward(self, ids, lengths):
        return self.states(self.embedding(ids), lengths)


class Probabilities(Good):
    def forward(self, ids, lengths):
        return super().forward(ids, lengths).softmax(-1)


class LogProbabilities(Good):
    def forward(self, ids, lengths):
        return super().forward(ids, lengths).log_softmax(-1)


class NoLengths(nn.Module):
    """The commonest mistake: the backward half of nn.LSTM begins in the padding."""

    def __init__(self, vocab_size, tags, hidden=32, bidirectional=True):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, 16)
        self.lstm = nn.LSTM(16, hidden, batch_first=True, bidirectional=bidirectional)
        self.output = nn.Linear(hidden * (2 if bidirectional else 1), tags)

    def forward(self, ids, lengths):
        return self.output(self.lstm(self.embedding(ids))[0])


class Frozen(Good):
    def __init__(self, *sizes, **options):
        super().__init__(*sizes, **options)
        for weight in [*self.embedding.parameters(), *self.ahead.parameters()]:
            weight.requires_grad_(False)
        if self.back is not None:
            for weight in self.back.parameters():
                weight.requires_grad_(False)


class ReturnsNothing(Good):
    def forward(self, ids, lengths):
        super().forward(ids, lengths)


class ReturnsStates(Good):
    def forward(self, ids, lengths):
        return self.ahead(self.embedding(ids))


def plain_function(vocab_size, tags, hidden, bidirectional):
    return lambda ids, lengths: ids


TAGGER_MISTAKES = [
    (NoLengths, "other logits when padding stands behind it"),
    (LastColumn, "one row of logits for each sentence"),
    (ForwardOnly, "with bidirectional=True no word sees a later word"),
    (BackwardAlwaysThere, "with bidirectional=False the logits of a word still depend on later words"),
    (BackwardOnly, "no word sees an earlier word"),
    (NoReading, "each word sees itself alone"),
    (NotTurnedBack, "turn its states round again"),
    (BatchSecond, "unless batch_first=True"),
    (NoLinear, "should have shape (B, T, tags) = (3, 6, 5)"),
    (Probabilities, "forward returns probabilities"),
    (LogProbabilities, "forward returns probabilities"),
    (Frozen, "Does every weight learn"),
    (ReturnsNothing, "forward returns nothing"),
    (ReturnsStates, "it returns a tuple"),
    (plain_function, "inherits from nn.Module"),
]


def test_a_tagger_without_packing_is_right_too():
    assert judged("05.1", Good)[0] == "Correct"


def test_the_praised_limit_is_that_of_the_grammar():
    assert f"{grammar.limit('forward'):.1%}" in judged("05.1", Good)[1]


def test_the_check_leaves_the_random_state_alone():
    before = torch.get_rng_state()
    judged("05.1", Good)
    assert torch.equal(torch.get_rng_state(), before)


# 05.2 ----------------------------------------------------------------------------------------------------------------


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


SUMMARY_MISTAKES = [
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
    (lambda output, lengths: output[:, -1, :1], "should return a tensor (B, 2H) = (4, 6)"),
    (lambda output, lengths: None, "returns nothing"),
    (lambda output, lengths: output.tolist(), "yours is list"),
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


MISTAKES = {"05.1": TAGGER_MISTAKES, "05.2": SUMMARY_MISTAKES}
