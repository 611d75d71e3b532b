"""Exercise 05.1: the usual mistakes, which test_all.py tries, and other right answers."""


import torch
from judging import judged
from torch import nn

from utils.cells.layer import mask, reverse
from utils.data import grammar


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


class FrozenForward(Good):
    """Learns in both directions only."""

    def __init__(self, *sizes, bidirectional=True):
        super().__init__(*sizes, bidirectional=bidirectional)
        self.ahead.requires_grad_(bidirectional)
        self.embedding.requires_grad_(bidirectional)
        self.output.requires_grad_(bidirectional)
        self.spare = nn.Parameter(torch.zeros(()))


MISTAKES = [
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
    (FrozenForward, "with bidirectional=False it gets"),
]


def test_a_tagger_without_packing_is_right_too():
    assert judged("05.1", Good)[0] == "Correct"


def test_the_praised_limit_is_that_of_the_grammar():
    assert f"{grammar.limit('forward'):.1%}" in judged("05.1", Good)[1]


def test_the_check_leaves_the_random_state_alone():
    before = torch.get_rng_state()
    judged("05.1", Good)
    assert torch.equal(torch.get_rng_state(), before)
