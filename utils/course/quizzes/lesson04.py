"""Quiz of lesson 04: what gates do, and what a picture of them cannot tell."""

from __future__ import annotations

import torch

from utils.course.quizzes.base import Question, ask, percent, right, wrong


def questions() -> tuple[Question, ...]:
    """The five questions, their numbers computed."""
    f, c = 0.93, 5.0
    gates = torch.tensor([0.95, 0.97, 0.50, 0.05, 0.92, 0.88, 0.99, 0.02])
    shut, open_ = (gates < 0.1).float().mean().item(), (gates > 0.9).float().mean().item()
    return (
        ask(
            "A unit holds a number. Now it is to take a new one and drop the old. Where must f and i be?",
            wrong("f open, i open", "Then the new number is added to the old one."),
            wrong("f open, i shut", "Then the old number stays, and nothing comes in."),
            right("f shut, i open", "The old memory is multiplied by nearly 0, and the news comes in."),
            wrong("f shut, i shut", "That clears the memory; the new number is lost as well."),
        ),
        ask(
            f"A counting unit holds c = {c:g}, and in silence its f is {f}. How large must the product i g be so that "
            "the count stays?",
            wrong("0", f"Then the next c is f c = {f * c:.2f}, and the count fades step by step."),
            wrong(f"{f * c:.2f}", "That is what f keeps. Added once more, it nearly doubles the count."),
            wrong(f"{1 - f:.2f}", "That is the share which f lets go. The share of what?"),
            right(
                f"{(1 - f) * c:.2f}",
                "Just what f lets go, (1 - f) c. A gate is a part of a circuit: the loop through h can refill what "
                "it loses.",
            ),
        ),
        ask(
            "At eight steps a gate is "
            + ", ".join(f"{gate:.2f}" for gate in gates.tolist())
            + ". How often is it right-saturated, as in section 7?",
            right(percent(open_, 1), "Right-saturated is above 0.9, nearly open."),
            wrong(percent(shut + open_, 1), "This counts both sides, nearly open and nearly shut."),
            wrong(
                percent((gates > 0.5).float().mean().item(), 1),
                "Here every gate above one half is counted; a gate of 0.88 still leaks.",
            ),
            wrong(percent(shut, 1), "That is the left side: nearly shut."),
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
