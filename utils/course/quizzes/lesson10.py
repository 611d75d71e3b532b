"""Quiz of lesson 10: what measurements say about rules, and what came after the gates."""

from __future__ import annotations

import math

import numpy as np

from utils.arrays.memory import half_life
from utils.course.quizzes.base import Question, ask, right, wrong


def questions() -> tuple[Question, ...]:
    """The five questions, their numbers computed."""
    T = 200
    u = T - 1  # the largest that chrono draws
    gains = np.array([1.2, -0.8, 0.5, -0.3, 0.9])
    mean, half = gains.mean(), 2.776 * gains.std(ddof=1) / len(gains) ** 0.5  # Student's t, 4 degrees of freedom
    tokens, H = 1000, 256
    (a1, b1), (a2, b2) = (0.5, 1.0), (0.2, 3.0)
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
            f"Chrono initialization for T = {T} draws forget biases up to ln {u}. What is the longest half-life among "
            "the silent units?",
            wrong(f"{u} steps", "Over so many steps this unit falls to about 1/e, which is less than half."),
            wrong(f"{math.log(u):.0f} steps", "That is the bias itself. It goes through the sigmoid first."),
            wrong(f"{half_life(1 / (1 + math.exp(-1))):.0f} steps", "So short is the half-life at a forget bias of 1."),
            right(f"{half_life(u / (1 + u)):.0f} steps", f"f = {u}/{u + 1}, and then ln 0.5 / ln f."),
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
            f"While a text streams in, an LSTM of {H} units carries h and c. One attention layer keeps a key and a "
            f"value of {H} numbers for each token it has read. After {tokens:,} tokens, how many times as many "
            "numbers does it keep?",
            wrong(f"{2 * H * tokens // H:,} times", "Keys and values are two, but so are h and c."),
            wrong("just as many", "The state stays as large as it was; keys and values grow with every token."),
            right(
                f"{2 * H * tokens // (2 * H):,} times",
                "2 H for each token, against 2 H in all. So a recurrent network is cheap to stream.",
            ),
            wrong(
                f"{tokens**2:,} times",
                "So many pairs of tokens are compared over the whole text. To keep are only the keys and values.",
            ),
        ),
        ask(
            f"A scan joins two linear steps into one. First h becomes {a1} h + {b1:g}, then {a2} h + {b2:g}. What do "
            "both do together?",
            right(
                _step(a2 * a1, a2 * b1 + b2),
                "The second step acts on the whole result of the first. The pair is such a step again, and so pairs "
                "can be joined in parallel.",
            ),
            wrong(_step(a1 + a2, b1 + b2), "The factors follow one another, so they multiply."),
            wrong(_step(a2 * a1, b1 + b2), "What the first step added goes through the second one, too."),
            wrong(
                _step(a1 * a2, a1 * b2 + b1),
                "This takes the second step first. The grouping is free, the order is not.",
            ),
        ),
    )


def _step(a: float, b: float) -> str:
    return f"{a:.2g} h + {b:.2g}"
