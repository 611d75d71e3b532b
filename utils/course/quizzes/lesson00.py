"""Quiz of lesson 00: how long one leaky unit remembers, and what one number cannot do."""

from __future__ import annotations

import math

from utils.arrays.memory import half_life
from utils.course.quizzes.base import Question, ask, percent, right, wrong


def questions() -> tuple[Question, ...]:
    """The five questions, their numbers computed."""
    f, k = 0.8, 20
    left = 0.9**k
    low, one, ten = 0.05, 1 - 0.9, 1 - 0.9**10

    def awake(h: float) -> int:
        return math.floor(math.log(low / h) / math.log(0.9))

    return (
        ask(
            "At each step a leaky unit keeps the share f = 0.8 of its memory. How long is the half-life?",
            wrong(
                f"{0.5 / (1 - f):.1f} steps",
                "That would be so if each step took a fifth of the first amount; it takes a fifth of what is left.",
            ),
            wrong(
                f"{1 / (1 - f):.1f} steps",
                f"1 / (1 - f) is another measure: after so many steps only {percent(f ** (1 / (1 - f)))} is left.",
            ),
            right(f"{half_life(f):.1f} steps", f"ln 0.5 / ln 0.8: after three steps {percent(f**3)} is left."),
            wrong(
                f"{half_life(1 - f):.1f} steps",
                "Here f and 1 - f have changed places: the unit keeps four fifths and gives up one.",
            ),
        ),
        ask(
            "You move f from 0.9 to 0.99. How many times as long is the half-life?",
            right(
                f"{half_life(0.99) / half_life(0.9):.3g} times",
                "What counts is how much goes at each step, and that falls from a tenth to a hundredth.",
            ),
            wrong(
                f"{0.99 / 0.9:.3g} times",
                "So much does f itself grow. But the half-life hangs on what is lost, 1 - f.",
            ),
            wrong(
                "2 times", "There are two nines now. But each further nine multiplies the half-life, it does not add."
            ),
            wrong(
                f"{((1 - 0.9) / (1 - 0.99)) ** 2:.3g} times",
                "That is the square of how much the loss per step shrinks; it counts once.",
            ),
        ),
        ask(
            f"The cat is awake while h is at least {low}. At f = 0.9 one knock leaves h = {one:.1f} and keeps it awake "
            f"for {awake(one)} steps. Ten knocks in a row leave h = {ten:.2f}. For how many steps is it awake then?",
            wrong(
                f"{awake(one)} steps",
                f"Half of it goes as fast, whatever it is. But {ten:.2f} has to be halved more than three times.",
            ),
            right(
                f"{awake(ten)} steps",
                f"Each {half_life(0.9):.1f} steps halve it: {ten:.2f}, {ten / 2:.2f}, {ten / 4:.2f}, {ten / 8:.2f}; "
                f"then it is soon below {low}.",
            ),
            wrong(
                f"{ten / one * awake(one):.0f} steps",
                f"{ten / one:.1f} times as much does not last so many times as long: its first half goes as fast.",
            ),
            wrong(
                f"{10 * awake(one)} steps",
                "Knocks in a row are not kept one after the other: the first fades while the others come.",
            ),
        ),
        ask(
            f"Over {k} silent steps at f = 0.9, how much of the gradient with respect to the first state is left?",
            wrong(percent(0.9), f"That is one step. It is taken {k} times, each time of what is left."),
            right(percent(left), f"0.9^{k}: the same share that the memory keeps on its way forward."),
            wrong(
                percent((1 - 0.9) * left, 1),
                "So much is left of a knock, of which only 1 - f comes in. The gradient asks about a state that is "
                "there.",
            ),
            wrong(
                percent(max(0, 1 - k * 0.1)),
                f"{k} losses of a tenth would be more than all, if each were a tenth of the first amount.",
            ),
        ),
        ask(
            "Why can no f make the unit hear a knock well and still be awake 39 steps later?",
            wrong(
                "A half-life of 39 steps is out of its reach.",
                f"It is not: f = 0.99 has one of {half_life(0.99):.0f} steps, and closer to 1 it grows without end.",
            ),
            right(
                "It hears with 1 - f: what keeps more lets in less.",
                "One number does two jobs, and each spoils the other. An LSTM has a gate for each.",
            ),
            wrong(
                "One would have to take f still closer to 1.",
                f"Then even less comes in: at f = 0.999 the knock leaves {math.pow(0.999, 39) * 0.001:.4f}.",
            ),
            wrong(
                "Its state cannot become larger than 1.",
                "True, but the knock itself is 1 and it need not be exceeded, only kept.",
            ),
        ),
    )
