"""Exercise 03.2: the usual mistakes, which test_all.py tries, and other right answers."""

import numpy as np
import torch
from judging import solution
from torch import nn

from utils.course.exercises.ex03_2 import library_gru


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


MISTAKES = [
    (one_unit, 'says "after" of all four GRUs; one unit cannot tell'),
    (lambda gru: (solution("03.2")(gru)[0], "keeps"), 'says "keeps" of all four GRUs; make z = 1'),
    (flipped(1, ("keeps", "writes")), "the two words for z have changed places"),
    (flipped(0, ("after", "before")), "the two words for reset have changed places"),
    (only_where_z_keeps, "3 of four are right"),
    (lambda gru: "after", "should return two words"),
    (lambda gru: ("keeps", "after"), "the first word should be"),
    (lambda gru: None, "returns nothing"),
]
