"""Exercise 10.2: the usual mistakes, which test_all.py tries, and other right answers."""

import time

import torch
from judging import judged
from torch import nn


def race(models, draw, held_out, steps, data="shared", clear=True, on=None, late_loss=False, ask="held_out",
         early=False, clock="own", only=None, number=lambda tensor: tensor.item(), percent=1, rate=1e-2):  # fmt: skip
    """A race written apart from the solution; the last arguments are mistakes."""
    now = time.process_time if clock == "last" else time.perf_counter  # of one step, whatever else the machine does
    shared = [draw()] * steps if data == "one" else [draw() for _ in range(steps)]
    result, begin = {}, now()
    one = torch.optim.Adam(models[only].parameters(), lr=rate) if only else None
    for name, model in models.items():
        own = [draw() for _ in range(steps)] if data == "own" and name != "LSTM" else shared
        adam, run = one or torch.optim.Adam(model.parameters(), lr=rate), {"loss": [], "accuracy": []}
        start = now()
        for batch in own:
            x, y = on(held_out, batch) if on else batch
            if clock == "last":
                start = now()
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
        stop = now()
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


MISTAKES = [
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
    (with_mistake(number=lambda loss: loss.item() + 0.003), "the loss of the LSTM at step 1 should be"),
    (with_mistake(percent=0.97), "the losses are right, but after the last step the LSTM"),
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
    assert judged("10.2", race)[0] == "Correct"
