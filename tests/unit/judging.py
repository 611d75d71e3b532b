"""What the tests of the exercises share: how a check judges an answer."""

from utils.exercises import exercise


def judged(number, answer):
    return exercise(number).judged(answer)


def rejected(number, answer) -> str:
    """The check's sentence about an answer that must not pass."""
    status, sentence = judged(number, answer)
    assert status == "Not yet", (status, sentence)
    return sentence
