"""Quiz of lesson 06: what padding is and does, which reviews to hold out, and what truncation leaves."""

from __future__ import annotations

from utils.course.quizzes.base import Question, ask, percent, right, wrong


def questions() -> tuple[Question, ...]:
    """The five questions, their numbers computed."""
    pads, f = 20, 0.5
    lengths = (4, 10, 6)
    places, words = max(lengths) * len(lengths), sum(lengths)
    states = (-0.4, -0.2)
    review, most = 600, 256
    first = most // 4
    return (
        ask(
            f"After a review, an LSTM unit reads {pads} pads with its forget gate at one half. By that gate alone, how "
            "much of the memory is left?",
            wrong(f"1 part in {pads}", "This divides by the number of pads. Each pad multiplies by one half."),
            right(
                f"1 part in {1 / f**pads:,.0f}",
                f"{f}^{pads}. Few would call {pads} pads many, and yet the text is gone.",
            ),
            wrong(f"1 part in {2 * pads}", f"Two for each pad, added up. But {pads} halvings follow one another."),
            wrong(
                "nearly all: a pad says nothing",
                "A pad says nothing, but it is a step, and at every step the forget gate acts.",
            ),
        ),
        ask(
            f"Three reviews of {lengths[0]}, {lengths[1]} and {lengths[2]} words become one batch. What share of its "
            "places is padding?",
            wrong(percent(words / places, 1), "That is the share of the words."),
            wrong(percent((places - words) / words, 1), "That is pads for each word. The places are words and pads."),
            right(
                percent((places - words) / places, 1),
                f"The longest row sets the width: {places} places, of which {words} are words.",
            ),
            wrong(percent(1 - min(lengths) / max(lengths), 1), "That is the shortest review's row alone."),
        ),
        ask(
            "Reviews of one film stand side by side, and the test has other films. Why does validation drawn review "
            "by review promise too much?",
            wrong(
                "It is smaller than the test, and so less sure.",
                "Less sure it is, but that errs to both sides. Here every draw promised too much.",
            ),
            wrong(
                "Some of its reviews were also used in training.",
                "A draw without repeats puts each review on one side only.",
            ),
            right(
                "Its films stand in training, too.",
                "The model has in part learned the film. Hold out whole films, and it is judged as on the test.",
            ),
            wrong("Its classes are not balanced.", "They can be balanced exactly, and the promise is still too good."),
        ),
        ask(
            f"A unit's states at two words are {states[0]} and {states[1]}. Then comes a pad, whose state a program "
            "sets to 0. It takes the maximum over time. What does it get?",
            right(
                f"0, and it should be {max(states)}",
                "A zero beats every negative state. Left out means: it does not take part.",
            ),
            wrong(f"{max(states)}, as it should be", "The zero takes part in the maximum, and it is larger."),
            wrong("0, as it should be", "Then a review's vector would depend on whether a longer one is in its batch."),
            wrong(f"{min(states)}, and it should be {max(states)}", "That is the minimum."),
        ),
        ask(
            f"A review of {review} words is cut to {most}, a quarter of them from its beginning. Which words are read?",
            wrong(f"1 to {most}", "All from the beginning; and there the verdict does not stand."),
            wrong(f"{review - most + 1} to {review}", "All from the end. A quarter comes from the beginning."),
            wrong(
                f"1 to {most - first} and {review - first + 1} to {review}",
                "The other way round: this takes three quarters from the beginning.",
            ),
            right(
                f"1 to {first} and {review - most + first + 1} to {review}",
                f"{first} from the beginning and {most - first} from the end, where the verdict tends to stand.",
            ),
        ),
    )
