"""Quiz of lesson 09: luck of two kinds, intervals, and the best of many."""

from __future__ import annotations

import math

import numpy as np

from utils.course.quizzes.base import Question, ask, percent, right, wrong


def questions() -> tuple[Question, ...]:
    """The five questions, their numbers computed."""
    gains = np.array([1.2, -0.8, 0.5, -0.3, 0.9])
    mean, half = gains.mean(), 2.776 * gains.std(ddof=1) / len(gains) ** 0.5  # Student's t, 4 degrees of freedom
    both, new, old, neither = 800, 60, 30, 110  # reviews that are right, by model
    N = both + new + old + neither
    paired = 100 * math.sqrt(((new + old) / N - ((new - old) / N) ** 2) / N)  # standard errors, in points
    single, other = (100 * math.sqrt(p * (1 - p) / N) for p in ((both + new) / N, (both + old) / N))
    unpaired = math.hypot(single, other)
    changes, level = 20, 0.05
    return (
        ask(
            "You add a practice, train once, and get 1 point more. With other seeds, the recipe alone moves by more "
            "than 2 points. What do you know?",
            wrong("It brings about 1 point.", "Another seed alone may bring as much, or take it away."),
            wrong("It brings something, if less than 1 point.", "Not even the sign is known."),
            wrong(
                "It brings nothing: 1 is less than 2.", "Nor do you know that. Too few runs are no proof of no effect."
            ),
            right(
                "Nothing yet; train both with several seeds.",
                "Then look at the mean of the differences with its interval.",
            ),
        ),
        ask(
            "Five seeds, each trained with a change and without. The gains in points: "
            + ", ".join(f"{gain:+.1f}" for gain in gains)
            + f". The mean is {mean:.1f}, "
            f"its 95 % interval goes from {mean - half:.1f} to {mean + half:.1f}. What may you say?",
            wrong(
                f"The change brings {mean:.1f} points.",
                "That is the best single guess, but the interval holds numbers on both sides of 0.",
            ),
            wrong("It helps: three seeds of five got better.", "A fair coin does that or better in half of all cases."),
            right("These five do not show an effect.", "The interval contains 0. More seeds would make it narrower."),
            wrong(
                "It is proved that the change does nothing.",
                f"A gain of {mean + half / 2:.1f} points is inside the interval, too. Not shown is not the same as "
                "not there.",
            ),
        ),
        ask(
            f"Two models read the same {N:,} reviews. Both are right on {both}, only the new one on {new}, only the "
            f"old one on {old}. So the new one is {100 * (new - old) / N:.0f} points better. How far does the 95 % "
            "interval reach to either side?",
            wrong(
                f"{1.96 * unpaired:.1f} points, and 0 is in it",
                "As if each had read reviews of its own. They share the easy ones and the hard ones.",
            ),
            wrong(f"{paired:.1f} points", "That is one standard error. An interval of 95 % takes 1.96 of them."),
            right(
                f"{1.96 * paired:.1f} points, and 0 is not in it",
                f"+1, 0 or −1 for each review: only {new + old} of them say anything, and {new} say the same.",
            ),
            wrong(
                f"{1.96 * single:.1f} points",
                "So far reaches the interval of the new model alone. The question is about the difference.",
            ),
        ),
        ask(
            f"{changes} changes that do nothing at all, each with seeds of its own and a 95 % interval. How likely is "
            "it that at least one of the intervals leaves out 0?",
            right(
                percent(1 - (1 - level) ** changes),
                f"All {changes} hold 0 with a chance of 0.95^{changes}. So one hit in a long list is a suspicion.",
            ),
            wrong(
                percent(level), "That is the chance of a single interval, and each one is a new chance to be fooled."
            ),
            wrong(
                percent(1 - level),
                "So often does a single interval hold the truth. Here one of many is to miss it.",
            ),
            wrong(
                percent(changes * level),
                f"{changes} times {percent(level)} is how many false alarms to expect, {changes * level:g} of them; "
                "in some lists there are two, in others none.",
            ),
        ),
        ask(
            "You try 25 settings, keep the one that is best on validation, and report its accuracy there. What is "
            "wrong?",
            wrong("Nothing: no training saw these reviews.", "No training did, but you chose by them."),
            wrong(
                "It promises too little: the test is larger.",
                "A larger test makes a number surer. It moves it neither up nor down.",
            ),
            wrong(
                "Nothing, if validation was drawn at random.",
                "Then each of the 25 numbers is honest. The largest of 25 honest numbers is not.",
            ),
            right(
                "It was chosen for its luck as well.",
                "So it promises too much. Ask the test, once, after the choice.",
            ),
        ),
    )
