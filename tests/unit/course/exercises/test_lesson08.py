"""Exercises 08.2 to 08.3: the usual mistakes, which test_exercises.py tries, and right answers of other kinds."""

import time
import warnings

import numpy as np
import pytest
import torch
from judging import judged
from scipy.stats import mannwhitneyu, ttest_ind
from torch import nn

from utils.course.exercises.lesson08_difference import _planted


class Forecaster(nn.Module):
    def __init__(self, kind, hidden):
        super().__init__()
        self.rnn, self.head = kind(1, hidden, batch_first=True), nn.Linear(hidden, 1)

    def forward(self, x):
        return self.head(self.rnn(x)[0][:, -1])


# 08.2 ----------------------------------------------------------------------------------------------------------------


def race(models, draw, held_out, steps, data="shared", clear=True, on=None, late_loss=False, ask="held_out",
         early=False, clock="own", only=None, number=lambda tensor: tensor.item(), percent=1, rate=1e-2):  # fmt: skip
    """A race written apart from the solution; the last arguments are mistakes."""
    shared = [draw()] * steps if data == "one" else [draw() for _ in range(steps)]
    result, begin = {}, time.perf_counter()
    one = torch.optim.Adam(models[only].parameters(), lr=rate) if only else None
    for name, model in models.items():
        own = [draw() for _ in range(steps)] if data == "own" and name != "LSTM" else shared
        adam, run = one or torch.optim.Adam(model.parameters(), lr=rate), {"loss": [], "accuracy": []}
        start = time.perf_counter()
        for batch in own:
            x, y = on(held_out, batch) if on else batch
            if clock == "last":
                start = time.perf_counter()
            if clear:
                model.zero_grad()
            scores = model(x)
            loss = nn.functional.cross_entropy(scores, y)
            loss.backward()
            asked_x, asked_y = batch if ask == "training" else held_out
            before = model(asked_x).argmax(1)
            adam.step()
            if late_loss:
                loss = nn.functional.cross_entropy(model(x), y)
            after = before if early else model(asked_x).argmax(1)
            run["loss"].append(number(loss))
            run["accuracy"].append(percent * (after == asked_y).float().mean().item())
        stop = time.perf_counter()
        run["seconds"] = {"own": stop - start, "last": stop - start, "whole": stop - begin, "ms": 1000 * (stop - start),
                          "none": 0.0}[clock]  # fmt: skip
        result[name] = run
    return result


def with_mistake(**mistake):
    return lambda *given: race(*given, **mistake)


def drawn_in_turn(models, draw, held_out, steps):
    """Each model draws its batch in the innermost loop."""
    batches = [{name: draw() for name in models} for _ in range(steps)]
    return {
        name: race({name: model}, iter([batch[name] for batch in batches]).__next__, held_out, steps)[name]
        for name, model in models.items()
    }


def judged_on_new_draws(models, draw, held_out, steps):
    result = race(models, draw, held_out, steps)
    for _ in range(steps):
        draw()
    return result


RACE_MISTAKES = [
    (with_mistake(clear=False), "gradients add up from step to step"),
    (with_mistake(data="own"), "the GRU has learned from other batches than the LSTM"),
    (drawn_in_turn, "the GRU has learned from other batches than the LSTM"),
    (with_mistake(data="one"), "draw was called 1 times for 30 steps"),
    (judged_on_new_draws, "draw was called 60 times for 30 steps"),
    (with_mistake(only="LSTM"), "of the GRU: it does not learn"),
    (with_mistake(only="GRU"), "of the LSTM: it does not learn"),
    (with_mistake(late_loss=True), "losses are taken after the update"),
    (with_mistake(on=lambda held_out, batch: held_out), "learns from held_out"),
    (with_mistake(rate=1e-3), "the loss of the LSTM at step 2 should be"),
    (with_mistake(ask="training"), "share right on the training batch"),
    (with_mistake(ask="training", early=True), "share right on the training batch"),
    (with_mistake(early=True), "taken before the update"),
    (with_mistake(percent=100), "an accuracy is a share between 0 and 1"),
    (with_mistake(percent=0.5), "the losses are right, but after the last step the LSTM"),
    (with_mistake(number=lambda loss: loss), "append loss.item()"),
    (with_mistake(clock="whole"), "the clock of one model runs while the other is trained"),
    (with_mistake(clock="last"), "add up all steps"),
    (with_mistake(clock="ms"), "one model alone has"),
    (with_mistake(clock="none"), "seconds should be a number above 0"),
    (lambda *given: None, "returns nothing"),
    (lambda *given: race(*given)["LSTM"], "a dict with an entry for each model"),
    (lambda models, draw, held_out, steps: race(models, draw, held_out, steps - 1), "one number a step, 30 here"),
]


def test_another_fair_race_is_right_too():
    assert judged("08.2", race)[0] == "Correct"


# 08.1 ----------------------------------------------------------------------------------------------------------------


def first(lengths, a, b, p, level=0.05, corrected=True, rows=None):
    """Written apart from the solution: p(a, b) -> p-value, rows to look at in order."""
    for row in np.argsort(lengths) if rows is None else rows:
        if p(a[row], b[row]) < level / (len(lengths) if corrected else 1):
            return lengths[row]
    return None


def exact(a, b, sides=2):
    """Every way to split the ten into five and five, counted by hand."""
    from itertools import combinations

    both, seen = np.concatenate([a, b]), a.mean() - b.mean()
    splits = []
    for chosen in combinations(range(len(both)), len(a)):
        rest = np.setdiff1d(np.arange(len(both)), chosen)
        splits.append(both[list(chosen)].mean() - both[rest].mean())
    splits = np.array(splits)
    as_far = np.abs(splits) >= abs(seen) - 1e-12 if sides == 2 else splits >= seen - 1e-12
    return as_far.mean()


def rank(a, b):
    return mannwhitneyu(a, b).pvalue


def welch(a, b):
    with warnings.catch_warnings(action="ignore"):
        return ttest_ind(a, b, equal_var=False).pvalue


def paired(a, b):
    signs = np.array(np.meshgrid(*[[-1, 1]] * len(a))).reshape(len(a), -1)
    return (np.abs((a - b) @ signs) >= abs((a - b).sum()) - 1e-12).mean()


DIFFERENCE_MISTAKES = [
    (lambda lengths, a, b: next((T for T, x, y in sorted(zip(lengths, a.mean(1), b.mean(1))) if x != y), None),
     "the means differ"),
    (lambda *g: first(*g, p=lambda a, b: exact(a, b, sides=1)), "only whether a is better"),
    (lambda *g: first(*g, p=lambda a, b: exact(b, a, sides=1)), "only whether b is better"),
    (lambda *g: first(*g, p=exact, corrected=False), "divide 0.05 by the number of lengths"),
    (lambda *g: first(*g, p=exact, rows=[int(np.argmax(g[0]))]), "the longest sequences alone"),
    (lambda *g: first(*g, p=exact, rows=np.argsort(g[0])[::-1]), "the longest length with a difference"),
    (lambda *g: first(*g, p=exact, rows=range(len(g[0]))), "the first in the order they are given"),
    (lambda *g: (lambda T: None if T is None else g[0].index(T))(first(*g, p=exact)), "that is the row, not"),
    (lambda lengths, a, b: min(lengths) if rank(a.ravel(), b.ravel()) < 0.05 else None, "thrown into one test"),
    (lambda *g: first(*g, p=welch), "a t-test's answer"),
    (lambda *g: first(*g, p=paired), "pairs the seeds"),
    (lambda *g: 100, "the answer is 50, and your function says 100"),
    (lambda *g: "never", "should return one of the lengths"),
    (lambda *g: first(*g, p=exact) or False, "should return one of the lengths"),
]  # fmt: skip


@pytest.mark.parametrize("p", [exact, rank])
def test_other_fair_tests_are_right_too(p):
    assert judged("08.1", lambda *given: first(*given, p=p))[0] == "Correct"


def test_no_planted_p_lies_where_fair_tests_may_part():
    for lengths, a, b in _planted():
        for row in range(len(lengths)):
            p, level = exact(a[row], b[row]), 0.05 / len(lengths)
            assert p < 0.8 * level or p > 2 * level, (lengths[row], p)


# 08.3 ----------------------------------------------------------------------------------------------------------------


def mean_square(said, y):
    return (said - y).square().mean().item()


def table(lengths, waves, hidden, epochs, read=None, wanted=None, steps=1, draws="two", score=mean_square, use="test",
          learn_from="learn", units=None, reuse=False, rate=1e-2, clear=True, kinds=(nn.LSTM, nn.GRU)):  # fmt: skip
    """A table written apart from the solution; the last arguments are mistakes."""
    read, wanted = read or (lambda w, T: w[:, :T, None]), wanted or (lambda w, T: w[:, T:])
    result, kept = {}, {kind: Forecaster(kind, hidden) for kind in kinds}
    for T in lengths:
        shared = {"learn": waves(256, T + steps)}
        shared["test"] = shared["learn"] if draws == "one" else waves(256, T + steps)
        for name, kind in zip(("LSTM", "GRU"), kinds):
            if draws == "own" and name == "GRU":
                shared = {part: waves(256, T + steps) for part in ("learn", "test")}
            network = kept[kind] if reuse else Forecaster(kind, (units or {}).get(name, hidden))
            adam = torch.optim.Adam(network.parameters(), lr=rate)
            for _ in range(epochs):
                for batch in shared[learn_from].split(32):
                    if clear:
                        adam.zero_grad()
                    nn.functional.mse_loss(network(read(batch, T)), wanted(batch, T)).backward()
                    adam.step()
            with torch.no_grad():
                result[name, T] = score(network(read(shared[use], T)), wanted(shared[use], T)), network
    return result


def forecasts(**mistake):
    return lambda *given: table(*given, **mistake)


TABLE_MISTAKES = [
    (forecasts(use="learn"), "the error on waves it learned from"),
    (forecasts(draws="one"), "you drew waves once for each T"),
    (forecasts(draws="own"), "each model has waves of its own"),
    (forecasts(learn_from="test"), "has learned from the second draw"),
    (forecasts(wanted=lambda w, T: w[:, T - 1 : T]), "the target is the last number it has read"),
    (forecasts(read=lambda w, T: w[:, :, None]), "it has read the very number that it forecasts"),
    (forecasts(steps=0, read=lambda w, T: w[:, :-1, None], wanted=lambda w, T: w[:, -1:]), "a wave needs 6 numbers"),
    (forecasts(score=lambda said, y: (said - y).abs().mean().item()), "the mean absolute error"),
    (forecasts(score=lambda said, y: mean_square(said, y) ** 0.5), "the root of the mean squared error"),
    (forecasts(score=lambda said, y: (said - y).square().sum().item()), "the sum of the squared errors"),
    (forecasts(score=lambda said, y: mean_square(said[:, 0], y)), "each forecast is compared with each target"),
    (forecasts(score=lambda said, y: 2 * mean_square(said, y)), "and your table says"),
    (forecasts(units={"GRU": 12}), "the GRU has 12 units where hidden = 10"),
    (forecasts(kinds=(nn.GRU, nn.LSTM)), "there is no LSTM in the network that stands under LSTM"),
    (forecasts(reuse=True), "one network goes on from entry to entry"),
    (forecasts(rate=1e-5), "where always answering 0 has 0.50"),
    (lambda lengths, waves, hidden, epochs: table(lengths, waves, hidden, 1), "where always answering 0 has 0.50"),
    (lambda lengths, waves, hidden, epochs: table(lengths[:1], waves, hidden, epochs), 'have table["LSTM", 12]'),
    (lambda *given: {key: mse for key, (mse, _) in table(*given).items()}, 'have table["LSTM", 5] = mse, network'),
    (lambda *given: None, "returns nothing"),
]


def test_a_network_that_gives_its_forecast_without_a_last_axis_is_right_too():
    class Flat(nn.Module):
        def __init__(self, network):
            super().__init__()
            self.network = network

        def forward(self, x):
            return self.network(x)[:, 0]

    def answer(*given):
        return {key: (mse, Flat(network)) for key, (mse, network) in table(*given).items()}

    assert judged("08.3", answer)[0] == "Correct"


MISTAKES = {"08.1": DIFFERENCE_MISTAKES, "08.2": RACE_MISTAKES, "08.3": TABLE_MISTAKES}
