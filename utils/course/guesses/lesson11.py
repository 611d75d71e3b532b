"""What lesson 11 asks before it tells."""

from utils.course.guesses.prediction import Prediction
from utils.files import measured

STEPS, UNITS = 100_000, 512
SCAN, LSTM, EQUAL = "the scan", "nn.LSTM", "equal, within 10 %"


def rounds() -> int:
    """How often a stretch of one step doubles until it holds all STEPS."""
    held, done = 1, 0
    while held < STEPS:
        held, done = 2 * held, done + 1
    return done


def faster_on_the_gpu() -> str:
    """Who was recorded to train faster on a GPU with the longest sequences: the scanned minGRU or nn.LSTM."""
    longest = measured("after_cuda")["speed"][-1]
    scan, lstm = longest["minGRU, scanned"]["ms"], longest["nn.LSTM"]["ms"]
    return EQUAL if max(scan, lstm) < 1.1 * min(scan, lstm) else SCAN if scan < lstm else LSTM


def tokens_of_equal_work() -> int:
    """The least number of tokens at which attention multiplies as much for the next one as an LSTM cell."""
    D, tokens = UNITS, 0
    while 3 * D * D + 2 * tokens * D < 8 * D * D:
        tokens += 1
    return tokens


PREDICTIONS = {
    "rounds": Prediction(
        "Suppose a machine can do any number of small sums at once, in rounds: what one round finds the next may use. "
        f"How many rounds are enough for all {STEPS:,} states?",
        answer=rounds,
        why="In each round every place takes in as many steps as it holds already, so what it holds doubles.",
        unit="rounds",
        least=1,
        most=STEPS,
    ),
    "given_up": Prediction(
        "A minGRU trains on each task: A, one symbol and then silence; B, a random symbol at every step; C, as B, with "
        "the first step marked. Which of them can one layer of it not learn?",
        why="Its gates see the symbol that comes, and not whether one has come before.",
        options=("task A", "task B", "task C"),
    ),
    "sooner": Prediction(
        "Attention gets task B, without a mark. After how many training steps does the middle one of three networks "
        "answer 20 batches in a row without a mistake? Training ends at 200; say 200 if you think that it never does.",
        why="The last twenty of them are the batches without a mistake.",
        unit="steps",
        least=20,
        most=200,
    ),
    "gpu": Prediction(
        "On a GPU, with 2,048 steps: which training pass takes less time: that of the minGRU by scan, in its few "
        "rounds, or that of `nn.LSTM`, which has to go step by step?",
        answer=faster_on_the_gpu,
        why="NVIDIA's library runs all steps of an LSTM as one program; our scan starts a new one for each operation.",
        options=(SCAN, LSTM, EQUAL),
    ),
    "work": Prediction(
        "Attention compares with all that came before, so at some length of text it multiplies more than the LSTM for "
        f"one more token. After how many tokens, with {UNITS} units each?",
        answer=tokens_of_equal_work,
        why=f"The LSTM has eight matrices of {UNITS} by {UNITS}, attention has three. What that saves is enough for "
        "many tokens: each costs one product with its key and one with its value.",
        unit="tokens",
        least=0,
    ),
}
