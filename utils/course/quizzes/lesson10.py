"""Quiz of lesson 10: what measurements say about rules of thumb, and what they do not."""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np

from utils.arrays.memory import half_life
from utils.course.quizzes.base import Question, ask, percent, right, wrong
from utils.course.results import TaskResults

AHEAD = 18  # pairs of 25


def questions() -> tuple[Question, ...]:
    """The five questions, their numbers computed."""
    T = 200
    u = T - 1  # the largest that chrono draws
    races, at = TaskResults(), ("adding", "{}, chrono", 100)
    steps = {cell: np.median(races.steps(at[0], at[1].format(cell), at[2])) for cell in ("LSTM", "GRU")}
    step = {cell: races.step_seconds(at[0], at[1].format(cell), at[2]) for cell in ("LSTM", "GRU")}
    lstm, gru = (steps[cell] * step[cell] for cell in ("LSTM", "GRU"))
    return (
        ask(
            "Recall over 49 silent steps, both as PyTorch makes them: the LSTM stays at chance, the plain RNN does "
            "better. With chrono initialization the LSTM solves it. What about the rule “for long sequences take an "
            "LSTM”?",
            wrong(
                "It is wrong: for long memories take an RNN.",
                "One task without distractors does not show that, and with chrono the LSTM solves even 100 steps.",
            ),
            right(
                "It leaves out the initial biases, which decide here.",
                "The cell makes a long memory possible; an open forget gate makes it happen.",
            ),
            wrong(
                "It holds: the LSTM was only trained too short.",
                "More steps and a larger learning rate were tried, and it still guessed.",
            ),
            wrong("It holds, for the LSTM has more parameters.", "It had them in the run that failed as well."),
        ),
        ask(
            f"Chrono initialization for T = {T} draws forget biases up to ln {u} (lesson 02). After how many silent "
            "steps has the unit with the largest one lost half of its memory?",
            wrong(f"{u} steps", "Over so many steps this unit falls to about 1/e, which is less than half."),
            wrong(f"{math.log(u):.0f} steps", "That is the bias itself. It goes through the sigmoid first."),
            wrong(f"{half_life(1 / (1 + math.exp(-1))):.0f} steps", "So short is the half-life at a forget bias of 1."),
            right(f"{half_life(u / (1 + u)):.0f} steps", f"f = {u}/{u + 1}, and then ln 0.5 / ln f."),
        ),
        ask(
            f"Five seeds of A, five of B. A is ahead in {AHEAD} of the 25 pairs, and its median is higher. What may "
            "you say?",
            wrong(
                "A is better: it won more than half of the pairs.",
                "One of two always wins half of them or more, whether it is better or not.",
            ),
            right(
                "No difference seen.",
                f"Two equal models are {AHEAD} pairs of 25 apart, or more, in {percent(_by_chance(AHEAD))} of all "
                "deals.",
            ),
            wrong(
                "A and B are equally good.",
                "Five seeds see large differences only. A small one may be there.",
            ),
            wrong(
                f"A is better, with {percent(AHEAD / 25)} certainty.",
                "That is the share of the pairs. How sure one may be depends on the number of seeds, too.",
            ),
        ),
        ask(
            f"Adding, T = {at[2]}, on the CPU that was measured. A GRU has it after {steps['GRU']:.0f} steps of "
            f"{1000 * step['GRU']:.1f} ms, an LSTM after {steps['LSTM']:.0f} steps of {1000 * step['LSTM']:.1f} ms. "
            "Who is sooner by the clock?",
            wrong(
                f"the GRU, after {steps['GRU'] * step['LSTM']:.1f} s",
                "These are the GRU's steps at the LSTM's price.",
            ),
            wrong(
                "the GRU, whatever a step takes",
                "Fewer steps win only where a step costs the same.",
            ),
            right(
                f"the LSTM, after {lstm:.1f} s",
                f"The GRU needs {gru:.1f} s. In steps it wins, and there is no contradiction.",
            ),
            wrong(
                f"the LSTM, after {steps['LSTM'] * step['GRU']:.1f} s",
                "These are the LSTM's steps at the GRU's price.",
            ),
        ),
        ask(
            "In this lesson's table the LSTM is not the more accurate one. A program is to check brackets that may be "
            "hundreds deep. Does the table tell you to take a GRU?",
            wrong(
                "Yes: 42 comparisons are many.",
                "Many, but of three tasks: recall, adding and a wave. No number of them speaks of a fourth.",
            ),
            wrong(
                "Yes, if it starts with chrono.",
                "Chrono opens the gate that keeps. What is kept still lies between −1 and 1.",
            ),
            wrong(
                "No, for an LSTM has more parameters.",
                "A larger GRU has as many, and its states have the same bound.",
            ),
            right(
                "No: none of its tasks counts.",
                "To count it takes a memory without a bound, such as the LSTM's c (Weiss and others 2018).",
            ),
        ),
    )


def _by_chance(pairs: int) -> float:
    """Of all ways to deal ten places to two models of five, the share that is so many pairs of 25 apart, or more."""
    wins = [sum(a > b for a in five for b in range(10) if b not in five) for five in combinations(range(10), 5)]
    return float(np.mean([max(count, 25 - count) >= pairs for count in wins]))
