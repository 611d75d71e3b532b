"""Exercise 02.3: the usual mistakes, which test_all.py tries, and other right answers."""

from itertools import product

from judging import judged, solution
from torch import nn

from utils.course.exercises import ex02_3


def count(n, H, layers=1, two=False, bias=True, parts=4, biases=2, deeper=None, directions=None, U=True):
    d = 2 if two else 1
    total = 0
    for layer in range(layers):
        reads = n if layer == 0 else (deeper(n, H) if deeper else d * H)
        total += (directions or d) * parts * (reads * H + H * H * U + (biases * H if bias else 0))
    return total


def answer_with(**mistake):
    def lstm_parameters(input_size, hidden_size, num_layers=1, bidirectional=False, bias=True):
        return count(input_size, hidden_size, num_layers, bidirectional, bias, **mistake)

    return lstm_parameters


def with_layers(change):
    def lstm_parameters(input_size, hidden_size, num_layers=1, bidirectional=False, bias=True):
        return count(input_size, hidden_size, change(num_layers), bidirectional, bias)

    return lstm_parameters


MISTAKES = [
    (answer_with(biases=1), "two biases for each part"),
    (answer_with(biases=0), "the biases are missing"),
    (answer_with(parts=3), "you count three parts"),
    (answer_with(parts=1), "you count one part"),
    (answer_with(U=False), "the weights U, which act on h, are missing"),
    (answer_with(deeper=lambda n, H: n), "their input size is not n"),
    (answer_with(deeper=lambda n, H: H), "reads the states of both directions"),
    (answer_with(directions=1), "count both"),
    (lambda input_size, hidden_size, num_layers=1, **options: count(input_size, hidden_size), "only the first layer"),
    (
        lambda input_size, hidden_size, num_layers=1, bidirectional=False, bias=True: count(
            input_size, hidden_size, num_layers, bidirectional
        ),
        "with bias=False there are no biases",
    ),
    (lambda input_size, hidden_size, **options: 3_400_000, "nn.LSTM(300, 512) has 1,667,072 parameters"),
    (lambda *sizes, **options: None, "returns nothing"),
    (answer_with(deeper=lambda n, H: 2 * H), "nn.LSTM(3, 7, num_layers=3) has"),
    (with_layers(lambda layers: max(layers, 2)), "nn.LSTM(300, 512) has"),
    (with_layers(lambda layers: min(layers, 2)), "nn.LSTM(3, 7, num_layers=3) has"),
    (
        lambda input_size, hidden_size, **options: sum(
            w.numel() for w in nn.LSTM(input_size, hidden_size, **options).parameters()
        ),
        "makes the network",
    ),
]


def test_a_check_leaves_networks_alone_afterwards():
    assert judged("02.3", MISTAKES[-1][0])[0] == "Not yet"
    assert nn.LSTM(2, 3).weight_hh_l0.shape == (12, 3)


def test_what_is_right_is_torchs_own():
    for n, H, layers, both, bias in product((1, 3), (1, 4), (1, 2, 3), (False, True), (False, True)):
        options = {"num_layers": layers, "bidirectional": both, "bias": bias}
        weights = sum(w.numel() for w in nn.LSTM(n, H, **options, device="meta").parameters())
        assert ex02_3._right(n, H, **options) == solution("02.3")(n, H, **options) == weights


def test_a_count_is_checked_where_there_is_no_torch(monkeypatch):
    monkeypatch.setattr(ex02_3, "find_spec", {"torch": None}.get)
    assert judged("02.3", solution("02.3"))[0] == "Correct"
