"""Quiz of lesson 01: products of Jacobians, where the loss is, and what clipping does."""

from __future__ import annotations

import math

import torch
from torch import nn

from utils.course.quizzes.base import Question, ask, right, wrong


def questions() -> tuple[Question, ...]:
    """The five questions, their numbers computed."""
    rho = 3**-0.5  # of a large new nn.RNN
    a = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    (slope,) = torch.autograd.grad(torch.sigmoid(a), a)  # the sigmoid is steepest at 0
    return (
        ask(
            f"A new nn.RNN has a spectral radius of about {rho:.3f}. Going by rho^k, after how many steps back is "
            "less than a thousandth of the gradient left?",
            wrong(
                f"{math.ceil(0.999 / (1 - rho))}",
                "So it would be if each step took the same amount. Each takes a share of what is left.",
            ),
            right(
                f"{math.ceil(math.log(1000) / -math.log(rho))}",
                "ln 0.001 / ln 0.577, rounded up. What lies 49 steps back is far out of reach.",
            ),
            wrong(
                f"{math.ceil(1000 / rho):,}",
                "Here a thousand is divided by rho. But rho is multiplied with itself, once a step.",
            ),
            wrong(
                f"{math.ceil(math.log(1000))}",
                "That is ln 1000: it takes for granted that a step leaves 1/e, and 0.577 is more than that.",
            ),
        ),
        ask(
            "The gradient is (6, 8), the threshold 5. What does clipping by norm make of it?",
            wrong(
                _clipped(nn.utils.clip_grad_value_, 5),
                "Here each entry is cut by itself. That is clipping by value, and it turns the direction.",
            ),
            wrong(_clipped(nn.utils.clip_grad_norm_, 1), "The direction is right, but this has length 1."),
            wrong("(6, 8): no change", f"Its length is {math.hypot(6, 8):.0f}, and that is above the threshold."),
            right(_clipped(nn.utils.clip_grad_norm_, 5), "Both entries times 5/10: the old direction, and length 5."),
        ),
        ask(
            "A network uses the sigmoid in place of tanh. How large must the largest singular value of U at least be "
            "before its gradient can explode?",
            wrong("1", "So it is for tanh, whose slope reaches 1. The sigmoid is flatter."),
            wrong(
                f"{1 / torch.sigmoid(a).item():g}",
                "One half is the value of the sigmoid at 0. What counts on the way back is its slope.",
            ),
            right(f"{1 / slope.item():g}", "Its slope is at most 1/4, and the product of the two must be above 1."),
            wrong(f"{slope.item():g}", "That is the largest slope itself. U has to make up for it."),
        ),
        ask(
            "Someone calls `output.sum().backward()` and finds gradients at step 1 as long as those at step 50. What "
            "follows for vanishing gradients?",
            wrong(
                "This network does not have them.", "It may well. The far messages are only drowned out by a near one."
            ),
            right(
                "Nothing: every step has a loss of its own nearby.",
                "Ask first where the loss is. Put it at the last step, and look again.",
            ),
            wrong(
                "U must have a spectral radius close to 1.",
                "The picture looks the same for a radius of 0.577; the 20 networks of section 3 had about that.",
            ),
            wrong(
                "Strong inputs kept the gradient alive.",
                "Inputs push tanh to where it is flat, so they make gradients shorter.",
            ),
        ),
        ask(
            "In the gradient of the weights, the far past has a share of 10^(-12). You clip by norm at 1. What "
            "becomes of this share?",
            wrong(
                "It grows, for what is near was cut.",
                "Clipping by norm multiplies all of the gradient by one number, near and far alike.",
            ),
            wrong(
                "The gradient is brought to length 1, and the share with it.",
                "Clipping only shortens; a short gradient stays as it is. And a share is not a length.",
            ),
            wrong("It becomes 0.", "Nothing is taken away from it in particular."),
            right(
                "It stays as it is.",
                "Near and far are multiplied by the same number. Against vanishing, the product of Jacobians has to "
                "change.",
            ),
        ),
    )


def _clipped(clip, threshold: float) -> str:
    """The gradient (6, 8) after one of torch's ways to clip."""
    weight = nn.Parameter(torch.zeros(2))
    weight.grad = torch.tensor([6.0, 8.0])
    clip([weight], threshold)
    return "({:.2g}, {:.2g})".format(*weight.grad.tolist())
