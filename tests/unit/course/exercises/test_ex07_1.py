"""Exercise 07.1: the usual mistakes, which test_all.py tries, and other right answers."""

import pytest
import torch
from judging import judged
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence


def network(read=None, layers=2, hidden=128, two=True, batch_first=True, out=256, embedding=64, after=lambda y: y):
    """A class like the solution's, with another way to read x (B, T, 64), or other sizes."""

    class LSTMClassifier(nn.Module):
        def __init__(self, vocab_size):
            super().__init__()
            self.embedding = nn.Embedding(vocab_size, embedding, padding_idx=0)
            self.lstm = nn.LSTM(embedding, hidden, layers, bidirectional=two, batch_first=batch_first)
            self.output = nn.Linear(out, 2)

        def forward(self, ids, lengths):
            return after(self.output((read or right)(self.lstm, self.embedding(ids), lengths)))

    return LSTMClassifier


def packed(lstm, x, lengths):
    out, states = lstm(pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False))
    return pad_packed_sequence(out, batch_first=True)[0], states


def right(lstm, x, lengths):
    return torch.cat(tuple(packed(lstm, x, lengths)[1][0][-2:]), dim=-1)


def h_n(pick):
    return lambda lstm, x, lengths: pick(packed(lstm, x, lengths)[1][0])


def padding_read(lstm, x, lengths):
    return torch.cat(tuple(lstm(x)[1][0][-2:]), dim=-1)


def one_by_one(lstm, x, lengths):
    return torch.cat([padding_read(lstm, row[None, :n], None) for row, n in zip(x, lengths)])


def last_of_pack(**options):
    return lambda lstm, x, lengths: lstm(pack_padded_sequence(x, lengths, **options))[1][0][-1]


class Unused(network()):
    def __init__(self, vocab_size):
        super().__init__(vocab_size)
        self.spare = nn.Linear(3, 3)


class PaddingInTheLogits(network()):
    def forward(self, ids, lengths):
        return super().forward(ids, lengths) + 1e-4 * ids.shape[1]


class Unregistered(network()):
    def __init__(self, vocab_size):
        super().__init__(vocab_size)
        del self.lstm
        self.lstm = [nn.LSTM(64, 128, 2, bidirectional=True)]


class NoLinear(network()):
    def forward(self, ids, lengths):
        return right(self.lstm, self.embedding(ids), lengths)[:, :2]


MISTAKES = [
    (network(lambda lstm, x, _: lstm(x)[0][:, -1]), "the last column of output is padding"),
    (network(lambda lstm, x, n: packed(lstm, x, n)[0][:, -1]), "the last column of output is padding"),
    (network(lambda lstm, x, n: packed(lstm, x, n)[0][range(3), n - 1]), "the backward half has read one word only"),
    (network(padding_read), "the LSTM reads the padding as if it were words"),
    (network(h_n(lambda h: h[-1]), out=128), "h_n[-1] is the backward direction alone"),
    (network(h_n(lambda h: h[-2]), out=128), "h_n[-2] is the forward direction alone"),
    (network(h_n(lambda h: torch.cat([h[0], h[1]], dim=-1))), "belong to the lower layer"),
    (network(h_n(lambda h: h[-2:].reshape(3, -1))), "view and reshape do not turn axes"),
    (network(h_n(lambda h: h.transpose(0, 1).reshape(3, -1)), out=512), "all four states of h_n are used"),
    (network(h_n(lambda h: h[-2] + h[-1]), out=128), "the two directions are added up"),
    (network(lambda lstm, x, n: torch.cat(tuple(packed(lstm, x, n)[1][1][-2:]), dim=-1)), "that is c_n, the memory"),
    (network(lambda *given: right(*given) + 1e-4), "that are not the two final states"),
    (network(lambda lstm, x, n: lstm(x)[0].mean(1)), "that are not the two final states"),
    (network(lambda lstm, x, _: lstm(x)[0][:, -1], batch_first=False), "the LSTM takes reviews for time steps"),
    (network(last_of_pack(batch_first=True), out=128), "give pack_padded_sequence enforce_sorted=False"),
    (network(last_of_pack(enforce_sorted=False), out=128), "give pack_padded_sequence batch_first=True"),
    (network(out=128), "the linear layer was built for another width"),
    (network(after=lambda y: y.softmax(-1)), "already probabilities"),
    (network(after=lambda y: y.log_softmax(-1)), "already probabilities"),
    (network(after=lambda y: y[:, 1]), "should be a tensor (3, 2), and forward returns a tensor (3,)"),
    (network(after=lambda y: (y, y)), "and forward returns tuple"),
    (network(after=lambda y: None), "forward returns nothing"),
    (network(layers=1), "num_layers of your nn.LSTM is 1"),
    (network(two=False), "bidirectional of your nn.LSTM is False"),
    (network(hidden=64), "hidden_size of your nn.LSTM is 64"),
    (network(embedding=50), "embedding_dim of your nn.Embedding is 50"),
    (Unregistered, "there should be one nn.LSTM and 0 are found"),
    (NoLinear, "no nn.Linear is used"),
    (PaddingInTheLogits, "five more columns of padding change your logits"),
    (network(torch.no_grad()(right)), "no gradient reaches embedding.weight"),
    (Unused, "no gradient reaches spare.weight"),
    (network()(40), "pass the class LSTMClassifier itself"),
    (lambda vocab_size: "network", "should be an nn.Module"),
]


SWAPPED = h_n(lambda h: torch.cat([h[-1], h[-2]], dim=-1))


@pytest.mark.parametrize("answer", [network(SWAPPED), network(one_by_one), network(batch_first=False)])
def test_other_ways_to_read_both_ends_are_right_too(answer):
    assert judged("07.1", answer)[0] == "Correct"


def test_a_class_whose_forward_is_still_to_be_written_is_not_tried_yet():
    class LSTMClassifier(network()):
        def forward(self, ids, lengths):
            raise NotImplementedError

    assert judged("07.1", LSTMClassifier)[0] == "Not tried yet"
