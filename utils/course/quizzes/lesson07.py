"""Quiz of lesson 06: padding, splits, errors of two kinds, and when to believe a gain."""

from __future__ import annotations

import math

from utils.course.quizzes.base import Question, ask, percent, right, wrong


def questions() -> tuple[Question, ...]:
    """The five questions, their numbers computed."""
    pads, f = 20, 0.5
    true_negative, false_positive, false_negative, true_positive = 90, 10, 30, 70
    reviews = true_negative + false_positive + false_negative + true_positive
    p, N = 0.86, 5000
    return (
        ask(
            f"After a review, a fresh LSTM reads {pads} pads with its forget gates near one half. About how much of "
            "the memory is left?",
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
            f"Of {true_negative + false_positive} negative reviews a model calls {true_negative} negative, of "
            f"{false_negative + true_positive} positive ones it calls {true_positive} positive. What is its precision "
            "for positive?",
            wrong(
                percent(true_positive / (true_positive + false_negative), 1),
                "That is recall: of the positive reviews, how many are found.",
            ),
            wrong(
                percent((true_positive + true_negative) / reviews, 1),
                "That is accuracy: all right answers among all reviews.",
            ),
            wrong(
                percent(true_negative / (true_negative + false_positive), 1),
                "That is the share of the negative reviews that are called negative.",
            ),
            right(
                percent(true_positive / (true_positive + false_positive), 1),
                f"It calls {true_positive + false_positive} positive, and {true_positive} of them are.",
            ),
        ),
        ask(
            f"{percent(p)} of {N:,} test reviews are right. How large is one standard error of this share, in points?",
            right(
                f"{100 * math.sqrt(p * (1 - p) / N):.2f}",
                "The root of p (1 - p) / N. Two models that differ by less than this are not told apart by this test.",
            ),
            wrong(
                f"{100 * math.sqrt(p * (1 - p)):.2f}",
                "That is the spread of a single review. A mean of many is surer, by the root of their number.",
            ),
            wrong(f"{100 * p * (1 - p) / N:.4f}", "That is the variance. Its root is missing."),
            wrong(f"{100 * (1 - p):.2f}", "That is the share of errors, whatever the number of reviews."),
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
    )
