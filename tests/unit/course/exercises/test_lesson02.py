"""Exercises 02.1 to 02.3: the usual mistakes, which test_exercises.py tries, and right answers of other kinds."""

import math

import numpy as np
import torch
from judging import judged

# 02.1 ----------------------------------------------------------------------------------------------------------------


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def step(x, h, c, W_ih, W_hh, b_ih, b_hh):
    i, f, g, o = np.split(x @ W_ih.T + h @ W_hh.T + b_ih + b_hh, 4, axis=1)
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c), c


def gates(given):
    x, h, c, W_ih, W_hh, b_ih, b_hh = given
    return np.split(x @ W_ih.T + h @ W_hh.T + b_ih + b_hh, 4, axis=1)


def forget_first(*given):
    f, i, g, o = gates(given)
    c = sigmoid(f) * given[2] + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c), c


def output_third(*given):
    i, f, o, g = gates(given)
    c = sigmoid(f) * given[2] + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c), c


def sigmoid_on_g(*given):
    i, f, g, o = gates(given)
    c = sigmoid(f) * given[2] + sigmoid(i) * sigmoid(g)
    return sigmoid(o) * np.tanh(c), c


def no_tanh(*given):
    i, f, g, o = gates(given)
    c = sigmoid(f) * given[2] + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * c, c


def old_memory(*given):
    _, c = step(*given)
    return sigmoid(gates(given)[3]) * np.tanh(given[2]), c


def one_bias(x, h, c, W_ih, W_hh, b_ih, b_hh):
    return step(x, h, c, W_ih, W_hh, b_ih, 0 * b_hh)


def other_bias(x, h, c, W_ih, W_hh, b_ih, b_hh):
    return step(x, h, c, W_ih, W_hh, 0 * b_ih, b_hh)


def blocks_not_turned(x, h, c, W_ih, W_hh, b_ih, b_hh):
    U = np.concatenate([block.T for block in np.split(W_hh, 4)])
    return step(x, h, c, W_ih, U, b_ih, b_hh)


def not_turned(x, h, c, W_ih, W_hh, b_ih, b_hh):
    return step(x, h, c, W_ih.T, W_hh, b_ih, b_hh)


def in_place(x, h, c, *weights):
    new_h, new_c = step(x, h, c, *weights)
    c *= 0.5
    return new_h, new_c


def tanh_on_o(*given):
    _, c = step(*given)
    return np.tanh(gates(given)[3]) * np.tanh(c), c


def no_input_gate(*given):
    i, f, g, o = gates(given)
    c = sigmoid(f) * given[2] + np.tanh(g)
    return sigmoid(o) * np.tanh(c), c


STEP_MISTAKES = [
    (forget_first, "read in the order f, i, g, o"),
    (output_third, "read in the order i, f, o, g"),
    (sigmoid_on_g, "the candidate g goes through a sigmoid"),
    (no_tanh, "h shows c as it is"),
    (old_memory, "the memory from before the step"),
    (one_bias, "the bias b_hh is missing"),
    (other_bias, "the bias b_ih is missing"),
    (blocks_not_turned, "without turning them"),
    (not_turned, "shapes do not fit"),
    (in_place, "changes the c it was given"),
    (tanh_on_o, "c is right and h is not"),
    (no_input_gate, "c differs from nn.LSTMCell's"),
    (lambda *given: step(*given)[::-1], "c and h have changed places"),
    (lambda *given: None, "returns nothing"),
    (lambda *given: step(*given)[0], "should return two things"),
    (lambda *given: [state.T for state in step(*given)], "should have shape (B, H)"),
]


def test_a_step_written_with_torch_is_right_too():
    def with_torch(*given):
        x, h, c, W_ih, W_hh, b_ih, b_hh = map(torch.from_numpy, given)
        i, f, g, o = (x @ W_ih.T + h @ W_hh.T + b_ih + b_hh).chunk(4, dim=1)
        c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        return torch.sigmoid(o) * torch.tanh(c), c

    assert judged("02.1", with_torch)[0] == "Correct"


# 02.2 ----------------------------------------------------------------------------------------------------------------

BIAS_MISTAKES = [
    (lambda n: 0.5 ** (1 / n), "that is the gate f, not its bias"),
    (lambda n: sigmoid(0.5 ** (1 / n)), "undo the sigmoid instead"),
    (lambda n: math.log(2 ** (1 / n) - 1), "the sign is the wrong way round"),
    (lambda n: -math.log(math.expm1(1 / n)), "1/e = 0.37"),
    (lambda n: math.log(n - 1), "f = 1 - 1 / half_life is a rule of thumb"),
    (lambda n: math.log(1 / n / (1 - 1 / n)), "makes a long memory forget fast"),
    (lambda n: math.log(0.5) / n, "that is ln f"),
    (lambda n: 1.0, "after 3 steps 0.391 of the memory is left instead of 0.5"),
    (lambda n: None, "returns nothing"),
    (lambda n: "long", "should return one real number"),
]


def test_the_praised_number_is_true():
    assert f"{-math.log(2 ** (1 / 50) - 1):.2f}" == "4.27"


# 02.3 ----------------------------------------------------------------------------------------------------------------


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


COUNT_MISTAKES = [
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
]


MISTAKES = {"02.1": STEP_MISTAKES, "02.2": BIAS_MISTAKES, "02.3": COUNT_MISTAKES}
