"""Quiz of lesson 11: what a scan joins, what it needs for it, and what attention keeps."""

from __future__ import annotations

from utils.course.quizzes.base import Question, ask, right, wrong


def questions() -> tuple[Question, ...]:
    """The five questions, their numbers computed."""
    (a1, b1), (a2, b2) = (0.5, 1.0), (0.2, 3.0)
    T, tokens, H = 1000, 1000, 256
    rounds = (T - 1).bit_length()
    return (
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
        ask(
            f"A scan runs over {T:,} steps. After how many rounds does the last place know the first input?",
            wrong(
                f"{rounds - 1}",
                f"Then it knows its last {2 ** (rounds - 1)} steps, and the first input is not among them.",
            ),
            wrong(f"{T // 2}", "Two stretches are joined in each round; but all pairs at once, and they double."),
            wrong(f"{T - 1:,}", "So many turns it takes when one waits for the other."),
            right(f"{rounds}", f"What a place knows doubles with each round: 2^{rounds} is {2**rounds:,}."),
        ),
        ask(
            "In a minGRU the gate and the candidate see the input alone. What can one layer of it not do, whatever its "
            "weights?",
            wrong(
                "Keep a symbol over many silent steps.",
                "A bias can hold z near 1 where nothing comes in, and then the state stays.",
            ),
            wrong(
                "Forget everything when a certain mark comes in.",
                "The mark is an input: a weight on it can shut z, and nothing of the old state is left.",
            ),
            right(
                "Write down the first symbol of a tape, whichever it is, and ignore all later ones.",
                "The same symbol gives the same gate and the same candidate wherever it stands. To know that it is not "
                "the first, the gate would have to look at the state.",
            ),
            wrong(
                "Run on a stream, one input at a time.",
                "Stepped and scanned it is one function. Only training makes use of the scan.",
            ),
        ),
        ask(
            "One layer of attention, without positions, reads `a b c d`, and then `b c a d`. What does it answer at "
            "the last step?",
            right(
                "Twice the same.",
                "A weighted mean has no order, and the last step sees the same four symbols. Order must be given.",
            ),
            wrong(
                "Two different things, for later steps weigh more.",
                "The weights come from queries and keys, that is from what the symbols are, not from when they came.",
            ),
            wrong(
                "Two different things, for nobody looks ahead.",
                "That tells the steps before the last apart, which see different symbols. The last one sees all.",
            ),
            wrong(
                "Twice nothing, for without positions all weights are equal.",
                "They differ from symbol to symbol: a query still fits one key better than another.",
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
    )


def _step(a: float, b: float) -> str:
    return f"{a:.2g} h + {b:.2g}"
