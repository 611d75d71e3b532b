"""Exercises 03.1 to 03.3: the usual mistakes, which test_exercises.py tries, and right answers of other kinds."""

import math

import numpy as np
import torch
from judging import judged, solution
from torch import nn

from utils.course.exercises.lesson03 import library_gru

# 03.1 ----------------------------------------------------------------------------------------------------------------


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def steps(x, h, W_ih, W_hh, b_ih, b_hh, order="rzn", candidate=None, mix=None, carry=True, first_step=0, turn=True):
    """A GRU written apart from the check's own; the last arguments are mistakes."""
    W, U, b, d = ({g: part[k] for k, g in enumerate(order)} for part in (a.reshape(3, -1, *a.shape[1:]) for a in
                  (W_ih, W_hh, b_ih, b_hh)))  # fmt: skip
    out, start = [], h
    for number, x_t in enumerate(x):
        old = h if carry else start
        UT = {g: u.T if turn else u for g, u in U.items()}
        r = sigmoid(x_t @ W["r"].T + b["r"] + old @ UT["r"] + d["r"])
        z = sigmoid(x_t @ W["z"].T + b["z"] + old @ UT["z"] + d["z"])
        plain = x_t @ W["n"].T + b["n"] + r * (old @ UT["n"] + d["n"])
        n = np.tanh(plain) if candidate is None else candidate(x_t, r, old, W["n"], UT["n"], b["n"], d["n"])
        h = (1 - z) * n + z * old if mix is None or number < first_step else mix(z, n, old)
        out.append(h)
    return np.array(out)


def with_mistake(**mistake):
    return lambda *given: steps(*given, **mistake)


def last_changed(*given):
    given[1][:] = 0
    return steps(*given)


def reset_before(x, r, h, W, U, b, d):
    return np.tanh(x @ W.T + b + (r * h) @ U + d)


def merged(x, r, h, W, U, b, d):
    return np.tanh(x @ W.T + (b + d) + r * (h @ U))


def sigmoid_n(x, r, h, W, U, b, d):
    return sigmoid(x @ W.T + b + r * (h @ U + d))


def no_reset(x, r, h, W, U, b, d):
    return np.tanh(x @ W.T + b + h @ U + d)


STEP_MISTAKES = [
    (with_mistake(candidate=reset_before), "the reset comes before the product"),
    (with_mistake(mix=lambda z, n, h: z * n + (1 - z) * h), "z has changed its role"),
    (with_mistake(candidate=merged), "the two biases of n are merged"),
    (with_mistake(candidate=sigmoid_n), "the candidate n goes through a sigmoid"),
    (with_mistake(order="zrn"), "read in the order z, r, n"),
    (with_mistake(order="nzr"), "read in the order n, z, r"),
    (lambda x, h, W, U, b, d: steps(x, h, W, U, b, 0 * d), "the bias b_hh is missing"),
    (lambda x, h, W, U, b, d: steps(x, h, W, U, 0 * b, d), "the bias b_ih is missing"),
    (with_mistake(turn=False), "without turning them"),
    (lambda x, h, W, U, b, d: steps(x, h, W.T, U, b, d), "shapes do not fit"),
    (with_mistake(carry=False), "each step starts again from the first h"),
    (with_mistake(candidate=no_reset), "one step differs from nn.GRU's"),
    (with_mistake(mix=lambda z, n, h: n, first_step=4), "of ten steps number 5 is the first that is not"),
    (lambda *given: None, "returns nothing"),
    (lambda *given: steps(*given)[-1], "the last state only"),
    (lambda *given: steps(*given)[:, :, :1], "it should return every state"),
    (last_changed, "changes the h it was given"),
]


def test_the_answer_of_the_exercise_is_torchs_gru():
    gru = nn.GRU(3, 4, dtype=torch.float64)
    x, h = np.random.default_rng(1).normal(size=(10, 2, 3)), np.zeros((2, 4))
    with torch.no_grad():
        right = gru(torch.from_numpy(x))[0].numpy()
    weights = [weight.detach().numpy() for weight in gru.parameters()]
    assert np.abs(solution("03.1")(x, h, *weights) - right).max() < 1e-12


# 03.2 ----------------------------------------------------------------------------------------------------------------


def test_a_library_gru_without_inner_bias_is_torchs_in_one_of_four_forms():
    random, (n, H) = np.random.default_rng(0), (3, 4)
    x, h = random.normal(size=(2, n)), random.normal(size=(2, H))
    W, U, b = ({g: random.normal(size=shape) for g in "rzn"} for shape in ((H, n), (H, H), (H,)))
    gru = nn.GRUCell(n, H, dtype=torch.float64)
    with torch.no_grad():
        for own, parts in zip(gru.parameters(), (W, U, b)):
            own.copy_(torch.from_numpy(np.concatenate([parts[g] for g in "rzn"])))
        gru.bias_hh.zero_()
        right = gru(torch.from_numpy(x), torch.from_numpy(h)).numpy()
    same = {
        (reset, role): np.allclose(library_gru(reset, role)(x, h, W, U, b), right)
        for reset in ("after", "before")
        for role in ("keeps", "writes")
    }
    assert same == {key: key == ("after", "keeps") for key in same}


def one_unit(gru):
    """A probe that cannot see the reset: with one unit both variants are the same."""
    weights = {g: np.full((1, 1), 0.7) for g in "rzn"}
    h = gru(np.ones((1, 1)), np.full((1, 1), 0.5), weights, weights, {g: np.zeros(1) for g in "rzn"})
    mine = library_gru("after", "keeps")(
        np.ones((1, 1)), np.full((1, 1), 0.5), weights, weights, {g: np.zeros(1) for g in "rzn"}
    )
    other = library_gru("after", "writes")(
        np.ones((1, 1)), np.full((1, 1), 0.5), weights, weights, {g: np.zeros(1) for g in "rzn"}
    )
    return "after", "keeps" if abs(h - mine) < abs(h - other) else "writes"


def flipped(index, words):
    def answer(gru):
        told = list(solution("03.2")(gru))
        told[index] = words[1 - words.index(told[index])]
        return tuple(told)

    return answer


def only_where_z_keeps(gru):
    reset, role = solution("03.2")(gru)
    return (reset if role == "keeps" else "after"), role


PUZZLE_MISTAKES = [
    (one_unit, 'says "after" of all four GRUs; one unit cannot tell'),
    (lambda gru: (solution("03.2")(gru)[0], "keeps"), 'says "keeps" of all four GRUs; make z = 1'),
    (flipped(1, ("keeps", "writes")), "the two words for z have changed places"),
    (flipped(0, ("after", "before")), "the two words for reset have changed places"),
    (only_where_z_keeps, "3 of four are right"),
    (lambda gru: "after", "should return two words"),
    (lambda gru: ("keeps", "after"), "the first word should be"),
    (lambda gru: None, "returns nothing"),
]


# 03.3 ----------------------------------------------------------------------------------------------------------------


def fits(n, H, parts=(4, 3), biases=2):
    """The largest number of units by the root of the quadratic equation; the last arguments are mistakes."""
    budget = parts[0] * (n * H + H * H + biases * H)
    half = (n + biases) / 2
    return math.floor(math.sqrt(half * half + budget / parts[1]) - half + 1e-9)


SIZE_MISTAKES = [
    (lambda n, H: H * 4 // 3, "that is 4/3 of H"),
    (lambda n, H: int(H * math.sqrt(4 / 3)), "the root of 4/3"),
    (lambda n, H: fits(n, H) + 1, "one unit too large"),
    (lambda n, H: fits(n, H) - 1, "one unit too small"),
    (lambda n, H: fits(n, H, biases=0), "the biases are missing"),
    (lambda n, H: fits(n, H, biases=1), "you count one bias for each part"),
    (lambda n, H: fits(n, H, parts=(4, 2)), "the GRU is counted with two parts"),
    (lambda n, H: fits(n, H, parts=(3, 3)), "the LSTM is counted with three parts"),
    (lambda n, H: 2 * H, "your GRU of 1024 units has 4,073,472, one of 609 has 1,664,397"),
    (lambda n, H: fits(n, H) + 0.5, "there are no parts of a unit"),
    (lambda n, H: "many", "should return one whole number"),
    (lambda n, H: None, "returns nothing"),
]


def test_the_root_and_floats_without_a_fraction_are_right_too():
    assert judged("03.3", fits)[0] == "Correct"
    assert judged("03.3", lambda n, H: float(fits(n, H)))[0] == "Correct"


def test_the_praised_size_is_the_largest_that_fits():
    count = {
        kind: sum(p.numel() for p in kind(300, H, device="meta").parameters()) for kind, H in ((nn.LSTM, 512),)
    } | {H: sum(p.numel() for p in nn.GRU(300, H, device="meta").parameters()) for H in (609, 610)}
    assert count[609] <= count[nn.LSTM] < count[610]


MISTAKES = {"03.1": STEP_MISTAKES, "03.2": PUZZLE_MISTAKES, "03.3": SIZE_MISTAKES}
