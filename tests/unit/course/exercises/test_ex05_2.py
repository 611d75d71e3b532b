"""Exercise 05.2: the usual mistakes, which test_all.py tries, and other right answers."""

import torch
from judging import judged
from torch import nn

from utils.cells.layer import mask, reverse
from utils.data import grammar
from utils.models import Tagger


class Good(nn.Module):
    """A right answer without packing."""

    first = True

    def __init__(self, vocab_size, tags, hidden=32, bidirectional=True):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, 16)
        self.ahead = nn.LSTM(16, hidden, batch_first=self.first)
        self.back = nn.LSTM(16, hidden, batch_first=self.first) if bidirectional else None
        self.output = nn.Linear(hidden * (2 if bidirectional else 1), tags)

    def forward(self, ids, lengths):
        return self.output(self.states(self.embedding(ids), mask(lengths, ids.shape[1])))

    def states(self, x, real):
        h = self.ahead(x)[0]
        return h if self.back is None else torch.cat([h, reverse(self.back(reverse(x, real))[0], real)], dim=-1)


def with_options(change):
    """A wrong answer from how it changes the argument `bidirectional`."""

    class Changed(Good):
        def __init__(self, *sizes, bidirectional=True):
            super().__init__(*sizes, bidirectional=change(bidirectional))

    return Changed


def with_forward(forward):
    return type("Changed", (Good,), {"forward": forward})


def with_states(states):
    return type("Changed", (Good,), {"states": states})


def after(change):
    return with_forward(lambda self, *given: change(Good.forward(self, *given)))


def frozen(when):
    """A wrong answer whose weights but for the Linear's do not learn where `when` says so of its `bidirectional`."""

    class Frozen(Good):
        def __init__(self, *sizes, bidirectional=True):
            super().__init__(*sizes, bidirectional=bidirectional)
            if when(bidirectional):
                self.requires_grad_(False)
                self.output.requires_grad_()

    return Frozen


def backward_only(self, x, real):
    h = Good.states(self, x, real)
    return h if self.back is None else torch.cat([0 * h[..., : h.shape[-1] // 2], h[..., h.shape[-1] // 2 :]], dim=-1)


def no_reading(self, x, real):
    x = x[..., : self.ahead.hidden_size]
    return x if self.back is None else torch.cat([x, x], dim=-1)


def not_turned_back(self, x, real):
    h = self.ahead(x)[0]
    return h if self.back is None else torch.cat([h, self.back(reverse(x, real))[0]], dim=-1)


def no_lengths(self, x, real):
    """The commonest mistake: the backward half begins in the padding."""
    return Good.states(self, x, torch.ones_like(real))


def the_courses_own(vocab_size, tags, hidden, bidirectional):
    return Tagger(vocab_size, tags, hidden=hidden, directions="both" if bidirectional else "forward")


MISTAKES = [
    (with_states(no_lengths), "other logits when padding stands behind it"),
    (with_forward(lambda self, *given: Good.forward(self, *given) + 1e-4 * given[0].shape[1]), "when padding stands"),
    (after(lambda logits: logits[:, -1]), "one row of logits for each sentence"),
    (with_options(lambda bidirectional: False), "with bidirectional=True no word sees a later word"),
    (with_options(lambda bidirectional: True), "with bidirectional=False the logits of a word still depend on later"),
    (with_states(backward_only), "no word sees an earlier word"),
    (with_states(no_reading), "each word sees itself alone"),
    (with_states(not_turned_back), "turn its states round again"),
    (type("BatchSecond", (Good,), {"first": False}), "unless batch_first=True"),
    (with_forward(lambda self, ids, lengths: self.ahead(self.embedding(ids))[0]), "(B, T, tags) = (3, 6, 5)"),
    (after(lambda logits: logits.softmax(-1)), "forward returns probabilities"),
    (after(lambda logits: logits.log_softmax(-1)), "forward returns probabilities"),
    (frozen(lambda bidirectional: True), "Does every weight learn"),
    (frozen(lambda bidirectional: not bidirectional), "with bidirectional=False it gets"),
    (after(lambda logits: None), "forward returns nothing"),
    (with_forward(lambda self, ids, lengths: self.ahead(self.embedding(ids))), "it returns a tuple"),
    (lambda vocab_size, tags, hidden, bidirectional: lambda ids, lengths: ids, "inherits from nn.Module"),
    (the_courses_own, "the course's own Tagger"),
]


def test_a_tagger_without_packing_is_right_too():
    assert judged("05.2", Good)[0] == "Correct"


def test_the_praised_limit_is_that_of_the_grammar():
    assert f"{grammar.limit('forward'):.1%}" in judged("05.2", Good)[1]


def test_the_check_leaves_the_random_state_alone():
    before = torch.get_rng_state()
    judged("05.2", Good)
    assert torch.equal(torch.get_rng_state(), before)
