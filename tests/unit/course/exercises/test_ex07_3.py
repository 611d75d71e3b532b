"""Exercise 07.3: the usual mistakes, which test_all.py tries, and other right answers."""

import numpy as np
from judging import judged


def ranked(norm=lambda w: w.norm(dim=1), skip=2, shift=2, sign=-1):
    def top_norms(weight, words, k=5):
        order = np.argsort(sign * norm(weight.detach())[skip:].numpy())
        return [words[i + shift] for i in order[:k]]

    return top_norms


def three_at_most(weight, words, k=5):
    return ranked()(weight, words, min(k, 3))


def all_of_k(weight, words, k=5):
    ranks = weight.detach()[2:].norm(dim=1).argsort(descending=True)
    return [words[2 + ranks[place]] for place in range(k)]


MISTAKES = [
    (ranked(skip=0, shift=0), "<pad> and <unk> are not words"),
    (ranked(shift=0), "the words stand two places off"),
    (ranked(sign=1), "these are the shortest vectors"),
    (ranked(lambda w: w.sum(1)), "where minus cancels plus"),
    (ranked(lambda w: w.abs().amax(1)), "that is the largest number of each vector"),
    (ranked(lambda w: w.abs().sum(1)), "that is the sum of absolute values"),
    (lambda *given: ranked()(*given)[::-1], "their order is not: the longest comes first"),
    (three_at_most, "with k = 5 and 10 words there should be 5, not 3"),
    (lambda weight, words, k=5: list(range(k)), "should hold the words themselves"),
    (lambda weight, words, k=5: words[2 : 2 + k], "are the longest, and you name"),
    (lambda weight, words, k=5: "worst", "should return a list of words"),
    (lambda weight, words, k=5: None, "returns nothing"),
    (lambda weight, words, k=3: ranked()(weight, words, k), "with k = 5 and 10 words"),
    (lambda weight, words, k=5: ranked()(weight, words), "with k = 2 and 38 words"),
    (all_of_k, "your code raised IndexError"),
]


def test_squared_lengths_give_the_same_order():
    assert judged("07.3", ranked(lambda w: (w**2).sum(1)))[0] == "Correct"
