"""Quiz of lesson 04: what gates do, and what a picture of them cannot tell."""

from __future__ import annotations

from utils.course.quizzes.base import Question, ask, right, wrong


def questions() -> tuple[Question, ...]:
    """The five questions, their numbers computed."""
    held, news = 0.25, -0.5

    def signed(number):
        return f"{number:g}".replace("-", "−")

    f, c = 0.93, 5.0
    i, g = 0.9, 0.02
    return (
        ask(
            f"A unit holds c = {held:g}. In the next step f and i are 1, and g = {signed(news)}. What is c after it?",
            wrong(f"{held:g}", "That would be so with i = 0. An open i lets the news in, and here it takes away."),
            wrong(signed(news), "That would be so with f = 0, which drops the old number. An open f keeps it."),
            right(signed(held + news), "f c + i g: the old number stays, and the news is added, below 0 or above."),
            wrong(f"{held - news:g}", "The sign of the news counts: g may be below 0, and then it takes away."),
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
            f"In some step i = {i:g} and g = {g:g}. How much comes into the memory?",
            wrong(f"{i:g}", "That is how far the gate is open. It multiplies what stands before it."),
            wrong(f"{g:g}", "That is the news; the gate lets a part of it in."),
            right(f"{i * g:g}", "The product i g. A wide open gate lets in nothing where there is next to no news."),
            wrong(f"{i + g:g}", "A gate is not added, it multiplies."),
        ),
        ask(
            "`nn.LSTM` has read a text and gives you `output`, h at every step. Its weights you have too. What else do "
            "you need for the gates of step t?",
            wrong("c of the step before", "No gate reads c. It is what the gates work on."),
            right("Nothing", "The gates read x_t and h_(t-1). Both are there for every step, so no loop is needed."),
            wrong("The gates of the step before", "They are at work in h_(t-1) already, and h is what is read."),
            wrong("c of the same step", "c of step t is made with these gates, so it comes after them."),
        ),
        ask(
            "A unit whose memory tells the first symbol clearly is held still, and the network is as often right as "
            "before. What follows?",
            wrong("The unit held nothing", "It may have held the symbol as clearly as any, and others beside it."),
            wrong("The network does not need its memory", "Hold every unit still, and see."),
            wrong(
                "The picture of its memory was wrong",
                "It was right about what the unit held. It could not say who needs it.",
            ),
            right(
                "The answer can be had without this unit",
                "Others know enough. That is why one intervenes: a picture shows what is there, not what is needed.",
            ),
        ),
    )
