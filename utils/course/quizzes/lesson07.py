"""Quiz of lesson 07: errors of two kinds, when a lead is one, and what a picture of gates cannot tell."""

from __future__ import annotations

from utils.course.quizzes.base import Question, ask, percent, right, wrong


def questions() -> tuple[Question, ...]:
    """The five questions, their numbers computed."""
    true_negative, false_positive, false_negative, true_positive = 90, 10, 30, 70
    reviews = true_negative + false_positive + false_negative + true_positive
    N, apart, bag_right = 5000, 500, 285
    lstm_right = apart - bag_right
    return (
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
            "A review is called positive from a probability of 0.5 on. You raise this threshold to 0.9. What can "
            "recall do?",
            right(
                "It falls, or it stays.",
                "Fewer reviews are called positive, so no more of the positive ones are found.",
            ),
            wrong("It rises, or it stays.", "For that some positive review would have to be called positive only now."),
            wrong("It can go either way.", "Precision can. Recall counts positive reviews that are found: never more."),
            wrong("It stays whatever the threshold.", "The threshold decides which positive reviews are found."),
        ),
        ask(
            f"Two models answer the same {N:,} reviews and disagree on {apart} of them. There the bag is right "
            f"{bag_right} times, the LSTM {lstm_right} times. By how many points does the bag lead on all reviews?",
            wrong(
                f"{100 * (bag_right - lstm_right) / apart:.1f}",
                "That is its lead where they disagree. On all other reviews both are right or both are wrong.",
            ),
            wrong(f"{100 * bag_right / N:.1f}", "Where the LSTM alone is right, the bag loses points again."),
            right(
                f"{100 * (bag_right - lstm_right) / N:.1f}",
                "Where they agree neither gains. The same reviews make a difference surer than two shares apart.",
            ),
            wrong(
                f"{100 * (bag_right / apart - 0.5):.1f}",
                "That is how far it is above a coin where they disagree.",
            ),
        ),
        ask(
            "A unit's state follows the verdict with a correlation of 0.9. What do you know about the answers of the "
            "network?",
            wrong(
                "They would often turn without this unit.",
                "It was tried: without the best follower, fewer than a tenth of them turned.",
            ),
            right(
                "Not yet whether they need this unit.",
                "It may make the verdict, or read the same words as those that do. Switch it off to find out.",
            ),
            wrong(
                "They are made by this unit more than by others.",
                "Several units follow the verdict as closely, and the effects of losing one differ many times over.",
            ),
            wrong(
                "They do not depend on units that follow less.",
                "A unit can matter without following the verdict as a whole.",
            ),
        ),
        ask(
            "You turn round the candidate g of one unit, and all weights that read this unit. What stays as it was?",
            wrong("The picture of its c", "c is made of g: with the other sign in, the other sign comes out."),
            wrong(
                "Only f; i and o read h, and h has changed",
                "So does f. But the weights with which all gates read h were turned round as well.",
            ),
            wrong(
                "Nothing; the network must be trained again",
                "No training is needed: each turn of a sign is met by another one.",
            ),
            right(
                "All its gates, and every answer",
                "tanh is an odd function. The meaning of a state lies in how it is read, and not in its color.",
            ),
        ),
    )
