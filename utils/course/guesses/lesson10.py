"""What lesson 10 asks before it tells."""

import numpy as np

from utils.course.guesses.prediction import Prediction
from utils.course.results import TaskResults
from utils.files import measured

CELLS = ("RNN", "LSTM", "GRU")


def recalls_100() -> str:
    """The cell that, as PyTorch makes it, recalls the first of 100 symbols in most cases; the medians of the seeds."""
    races = TaskResults()
    right = {cell: np.median(races.reached("recall", cell, 100)) for cell in CELLS}
    best = max(right, key=right.get)
    return best if right[best] > 0.5 else "none of them"


def told() -> list[str]:
    """The verdicts on the rules that are told, without the course's own."""
    return [rule.verdict for rule in TaskResults().rules() if not rule.rule.startswith("(ours)")]


def by_the_clock() -> float:
    """How many times the LSTM's seconds the GRU needs for adding at T = 100, chrono; the medians of the seeds."""
    races = TaskResults()
    gru, lstm = (np.median(races.seconds("adding", f"{cell}, chrono", 100)) for cell in ("GRU", "LSTM"))
    return gru / lstm


def one_small_step() -> float:
    """How many times an RNN's step of a stream an LSTM's takes, 32 units, on the CPU that was measured."""
    costs = measured("costs")
    place = costs["hidden"].index(32)
    return costs["stream_us"]["LSTM"][place] / costs["stream_us"]["RNN"][place]


def a_crowd_on_a_gpu() -> float:
    """How many times as long a training step takes with 256 sequences as with one: LSTM, 128 units, on the GPU."""
    costs = measured("costs_cuda")
    took = costs["train_us"]["LSTM"][costs["hidden"].index(128)]
    return took[costs["batches"].index(256)] / took[costs["batches"].index(1)]


PREDICTIONS = {
    "far": Prediction(
        "One symbol of ten, then 99 silent steps: which symbol was it? Each network has 32 units, starts as PyTorch "
        "makes it, and trains for 500 steps. Which one gets the most answers right, if any gets more than half?",
        answer=recalls_100,
        why="All three guess: their medians over five seeds lie near 10 %.",
        options=(*CELLS, "none of them"),
    ),
    "held": Prediction(
        "Eleven rules, and “faster” can mean four things, which makes 14 lines to judge. How many of the 14 hold?",
        answer=lambda: told().count("held"),
        why="Section 7 has them all, with the counts behind each verdict.",
        unit="lines",
        least=0,
        most=14,
    ),
    "clock": Prediction(
        "Both with chrono weights, T = 100: the GRU has learned to add after some 60 % of the LSTM's training steps. "
        "On the CPU that was measured, how many times the LSTM's seconds does it need: 2 for twice as long, 0.5 for "
        "half as long?",
        answer=by_the_clock,
        why="There a step of the GRU costs almost four times as much, for PyTorch has a fast path for the LSTM alone.",
        unit="times",
        least=0,
    ),
    "small_step": Prediction(
        "A step of an LSTM multiplies four times as much as a step of an RNN of the same size. A stream comes in, one "
        "input at a time, 32 units, one core. How many times as long does the LSTM's step take?",
        answer=one_small_step,
        why="A small step is made of calls, and hardly of multiplications.",
        unit="times",
        least=0,
    ),
    "crowd": Prediction(
        "A training step of an LSTM with 128 units on an H100, first with one sequence, then with 256 at once. How "
        "many times as long does it take with 256?",
        answer=a_crowd_on_a_gpu,
        why="The GPU works on all sequences side by side, and waits for each time step either way.",
        unit="times",
        least=0,
    ),
    "budget": Prediction(
        "Adding at T = 50: within 500 training steps the LSTM, as PyTorch makes it, solves it in none of five seeds. "
        "Now it may go on. After how many steps has it got there, the middle one of three seeds? Write 3000 if you "
        "think that it never does.",
        why="Its error below 0.01 on average over 25 batches counts as solved.",
        unit="steps",
        least=0,
    ),
}
