"""Quiz of lesson 03: one gate for two, four cells with one name, a quarter fewer."""

from __future__ import annotations

from torch import nn

from utils.course.quizzes.base import Question, ask, percent, right, wrong


def questions() -> tuple[Question, ...]:
    """The five questions, their numbers computed."""
    sizes = [kind(300, 512, device="meta").parameters() for kind in (nn.LSTM, nn.GRU)]  # without numbers
    lstm, gru = (sum(weight.numel() for weight in weights) for weights in sizes)
    h, n, z = 0.8, -0.5, 0.9
    return (
        ask(
            "Same inputs, same number of units: how many percent fewer parameters has the GRU than the LSTM?",
            wrong(
                percent(lstm / gru - 1, 1),
                "So much more has the LSTM than the GRU. Fewer than the LSTM is a share of the LSTM's.",
            ),
            right(percent(1 - gru / lstm, 1), "Three parts in place of four, and each part is equally large."),
            wrong(percent(gru / lstm, 1), "That is what remains, not what is saved."),
            wrong(percent(1 - 2 / 4, 1), "Two gates against four parts: the candidate n has weights too."),
        ),
        ask(
            f"One unit of PyTorch's GRU: the old state is {h}, the candidate n = {n}, the update gate z = {z}. What "
            "is the new state?",
            wrong(f"{z * n + (1 - z) * h:.2f}", "Here z writes. In PyTorch it keeps."),
            wrong(f"{z * h + n:.2f}", "The candidate came in whole. It gets the share that the old state gives up."),
            right(f"{(1 - z) * n + z * h:.2f}", "(1 - z) n + z h: nine tenths of the old and a tenth of the new."),
            wrong(f"{(n + h) / 2:.2f}", "That is the plain mean, as with z at one half."),
        ),
        ask(
            "A library's GRU resets after the product, and its z writes. How do you bring the weights into `nn.GRU`?",
            right(
                "Flip the signs of W_z, U_z and z's biases.",
                "1 - sigmoid(a) = sigmoid(-a), so the new z is one minus the old one.",
            ),
            wrong(
                "Load them as they are: z is learned anyway.",
                "They have been learned already, for the other meaning. Every state would be off.",
            ),
            wrong(
                "Exchange the blocks of z and n in the stacked matrices.",
                "z goes through a sigmoid and n through tanh; neither can stand in for the other.",
            ),
            wrong(
                "It is impossible; the network must be trained again.",
                "That holds for a reset in the other place. The meaning of z is a matter of spelling.",
            ),
        ),
        ask(
            "And if it resets before the product: why does no fixed change of U_n give PyTorch's cell?",
            wrong(
                "The bias d_n would be multiplied by r.",
                "True, and it makes the gap larger, but without any bias the two still differ.",
            ),
            wrong("PyTorch stacks its parts in another order.", "An order can be changed when the weights are copied."),
            wrong(
                "One could: scale U_n by the mean of r.",
                "r is another one at each step and for each unit; a mean fits none of them.",
            ),
            right(
                "r scales what each unit gives out, anew at every step.",
                "After the product it scales what each unit takes in. Only where all r are alike are the two the same.",
            ),
        ),
        ask(
            "In section 1 an LSTM counts beyond 95. Why can no GRU do that?",
            wrong(
                "Its reset gate clears the count.", "The reset gate acts on what the candidate sees; it may stay open."
            ),
            right(
                "Its new state is a weighted mean of the old one and n.",
                "n lies between -1 and 1, so the mean stays there. Nothing can add up.",
            ),
            wrong(
                "It has a quarter fewer parameters.",
                "More units would mend that, and still none of them could leave its range.",
            ),
            wrong(
                "It has no output gate to show the count.",
                "It shows all that it has. What is missing is room to hold it.",
            ),
        ),
    )
