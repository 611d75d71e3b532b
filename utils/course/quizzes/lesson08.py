"""Quiz of lesson 08: bits, what the cut takes away, temperature, and why the most probable text is a bad one."""

from __future__ import annotations

import math

import torch

from utils.course.quizzes.base import Question, ask, right, wrong
from utils.models.sampling import next_distribution


def questions() -> tuple[Question, ...]:
    """The five questions, their numbers computed."""
    bits, ratio, T = 3, 9, 0.5
    z = torch.tensor([ratio, 1.0]).log()  # at temperature 1 the first is `ratio` times as likely
    warm, hot = (next_distribution(z, temperature) for temperature in (T, 1 / T))
    p = torch.tensor([0.50, 0.25, 0.15, 0.06, 0.04], dtype=torch.float64)
    cut = next_distribution(p.log(), top_p=0.8)
    return (
        ask(
            f"A model needs {bits} bits per character. What is its perplexity?",
            wrong(f"{bits}", "These are the bits themselves. Perplexity is a number of choices."),
            wrong(f"{bits**2}", "The exponent and the base have changed places."),
            right(f"{2**bits}", "2^H: as unsure as one who picks among so many characters that are equally likely."),
            wrong(f"{math.exp(bits):.1f}", "e^H is right when H is in natural units; bits go with base 2."),
        ),
        ask(
            f"At temperature 1 the model finds `a` {ratio} times as likely as `b`. How many times as likely is it at "
            f"temperature {T}?",
            wrong(f"{ratio / T:.0f}", "The temperature divides the logits, and not the probabilities."),
            wrong(f"{(hot[0] / hot[1]).item():.0f}", "That is the ratio at temperature 2. Below 1, differences grow."),
            wrong(
                f"{ratio * T:.1f}", "The ratio is not multiplied by the temperature, and below 1 it does not shrink."
            ),
            right(
                f"{(warm[0] / warm[1]).item():.0f}",
                "The ratio is raised to 1 / T: the difference of the logits is divided by T, and e takes it up.",
            ),
        ),
        ask(
            "The next token has the probabilities "
            + ", ".join(f"{each:.2f}" for each in p.tolist())
            + ". With top-p = 0.8, with what "
            "probability is the first one drawn?",
            wrong(f"{p[0]:.2f}", "What is kept has to be scaled to sum 1."),
            right(
                f"{cut[0]:.2f}",
                f"{int((cut > 0).sum())} tokens are kept, and together they had {p[cut > 0].sum():.2f}.",
            ),
            wrong(
                f"{p[0] / p[:2].sum():.2f}",
                f"Two tokens reach only {p[:2].sum():.2f} together; the one that reaches 0.8 is kept as well.",
            ),
            wrong(f"{p[0] / p[:4].sum():.2f}", "One token too many is kept: the fewest that reach 0.8 are enough."),
        ),
        ask(
            "In training the state is carried from batch to batch and the gradient is cut every 64 characters. What "
            "about a word 200 characters back?",
            right(
                "It can change the prediction; no gradient reaches it.",
                "The numbers of the state go on, and only the way back is cut.",
            ),
            wrong(
                "It cannot change the prediction any more.",
                "The state is carried on. `detach` leaves its numbers as they are.",
            ),
            wrong(
                "It can change the prediction, and the gradient reaches it through the carried state.",
                "Just there it is cut: `detach` lets numbers pass and no gradient.",
            ),
            wrong(
                "The state begins at zero every 64 characters, so it is forgotten.",
                "That is training on snippets. Here each batch goes on where the last one ended.",
            ),
        ),
        ask(
            "Always the most likely character: the text runs in a circle. Why is the most probable text so unlike a "
            "real one?",
            wrong(
                "The search is short-sighted; a better one finds a good text.",
                "Beam search found a more probable text. It repeated itself as well.",
            ),
            wrong(
                "At temperature 0 all characters become alike.",
                "That is the other limit, a temperature that grows without end.",
            ),
            right(
                "A real text is typical, and full of surprises.",
                "As with a coin that shows heads in 60 %: a hundred heads are the most probable outcome, and nobody "
                "sees it.",
            ),
            wrong(
                "The model is poor; in a perfect one they would be the same.",
                "The coin's model is perfect, and a hundred heads are still not what one sees.",
            ),
        ),
    )
