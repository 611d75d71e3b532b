"""The right answers of the numeric questions, computed another way than the quizzes do."""

import math
import statistics

import numpy as np
import pytest
import torch
from scipy import stats
from sklearn.metrics import precision_score
from torch import nn

from utils import probes
from utils.cells import initialize
from utils.cells.cell import GRUCell
from utils.course.quizzes import quiz
from utils.data import grammar, pad, truncate
from utils.files import measured


def halving(f: float) -> float:
    """Steps until a memory of 1 is 0.5, by bisection on f^k."""
    low, high = 0.0, 1e6
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if f**middle > 0.5 else (low, middle)
    return low


def size(module: nn.Module) -> int:
    return sum(weight.numel() for weight in module.parameters())


def leaky(f: float, steps: int) -> float:
    h = h_first = torch.tensor(1.0, dtype=torch.float64, requires_grad=True)
    for _ in range(steps):
        h = f * h
    return torch.autograd.grad(h, h_first)[0].item()


def awake_after(knocks: int) -> int:
    h, steps = 0.0, 0
    for _ in range(knocks):
        h = 0.9 * h + 0.1
    while (h := 0.9 * h) >= 0.05:
        steps += 1
    return steps


def steps_below(share: float, radius: float) -> int:
    left, steps = 1.0, 0
    while left >= share:
        left, steps = left * radius, steps + 1
    return steps


def one_gru_step() -> float:
    """PyTorch's cell whose weights are 0, and whose biases make z = 0.9 and n = -0.5."""
    cell = GRUCell(1, 1, dtype=torch.float64)
    for weight in cell.parameters():
        nn.init.zeros_(weight)
    nn.init.constant_(cell.W_z.bias, math.log(9))
    nn.init.constant_(cell.W_n.bias, math.atanh(-0.5))
    with torch.no_grad():
        return cell.to_torch()(torch.zeros(1, 1).double(), torch.full((1, 1), 0.8).double()).item()


def one_lstm_step(c: float, g: float) -> float:
    """The c of torch's own cell after a step with f and i wide open."""
    cell = nn.LSTMCell(1, 1, dtype=torch.float64)
    with torch.no_grad():
        for weight in cell.parameters():
            weight.zero_()
        cell.bias_ih.copy_(torch.tensor([50.0, 50.0, math.atanh(g), 0.0]))  # i, f, g, o
    x, h = torch.zeros(2, 1, 1, dtype=torch.float64)
    return round(cell(x, (h, torch.full_like(h, c)))[1].item(), 12)


def final_states() -> tuple[int, ...]:
    lstm = nn.LSTM(8, 16, num_layers=2, bidirectional=True, batch_first=True)
    return tuple(lstm(torch.zeros(3, 5, 8))[1][0].shape)


def backward_has_read() -> int:
    lstm = nn.LSTM(1, 2, bidirectional=True, batch_first=True, dtype=torch.float64)
    return int((probes.sensitivity(lstm, torch.randn(12, 1, dtype=torch.float64))[1, 8] > 0).sum())


def forward_limit() -> float:
    """The best bet for each of 100,000 words drawn."""
    random = np.random.default_rng(0)
    untold, noun = random.random(100_000) < 0.2, random.random(100_000) < 0.7
    return np.where(untold, noun, True).mean()


def precision() -> float:
    truth = [0] * 100 + [1] * 100
    said = [0] * 90 + [1] * 10 + [0] * 30 + [1] * 70
    return precision_score(truth, said)


def what_is_read() -> str:
    """The runs of neighbors that `truncate` keeps, by their ends."""
    kept = truncate(range(1, 601), 256)
    ends = [place for place in kept if not {place - 1, place + 1} <= set(kept)]
    return "{} to {} and {} to {}".format(*ends)


def first_of_top_p() -> float:
    kept = {}
    for token, p in enumerate((0.50, 0.25, 0.15, 0.06, 0.04)):
        if sum(kept.values()) < 0.8:
            kept[token] = p
    return kept[0] / sum(kept.values())


def longest_chrono_half_life() -> float:
    lstm = initialize.chrono_(nn.LSTM(1, 20_000), 200, torch.Generator().manual_seed(0))
    bias = initialize.gate_weights(lstm)[0]["f"].b.max().item()
    return halving(1 / (1 + math.exp(-bias)))


def two_steps(h: float) -> float:
    h = 0.5 * h + 1
    return 0.2 * h + 3


def half_width(differences: list[int]) -> float:
    """Of the 95 % interval of their mean, in points; it leaves out 0."""
    low, high = stats.norm.interval(0.95, np.mean(differences), stats.sem(differences, ddof=0))
    assert low > 0
    return 50 * (high - low)


def sooner() -> tuple[str, float]:
    """Who solves adding at T = 100 first on the CPU that was measured, from the rows of the file itself."""
    found = measured("which_one")

    def seconds(cell) -> float:
        same = {"task": "adding", "cell": cell, "initial": "chrono", "T": 100}
        solved = [run["solved_at"] or math.inf for run in found["runs"] if same.items() <= run.items()]
        return statistics.median(solved) * found["seconds_per_step"]["adding"]["100"][cell]

    return min(((cell, seconds(cell)) for cell in ("GRU", "LSTM")), key=lambda pair: pair[1])


def rounds_of_a_scan(T: int) -> int:
    """How often all places take in the place k before them until the last one knows the first input."""
    known, k, rounds = [{t} for t in range(T)], 1, 0
    while 0 not in known[-1]:
        known = [known[t] | known[t - k] if t >= k else known[t] for t in range(T)]
        k, rounds = 2 * k, rounds + 1
    return rounds


ANSWERS = {  # question: the right option
    ("00", 1): lambda: f"{halving(0.8):.1f} steps",
    ("00", 2): lambda: f"{halving(0.99) / halving(0.9):.3g} times",
    ("00", 3): lambda: f"{awake_after(10)} steps",
    ("00", 4): lambda: f"{100 * leaky(0.9, 20):.0f} %",
    ("01", 1): lambda: str(steps_below(1 / 1000, 1 / math.sqrt(3))),
    ("01", 2): lambda: "({:g}, {:g})".format(*(np.array([6, 8]) * 5 / np.linalg.norm([6, 8]))),
    ("01", 3): lambda: f"{1 / np.diff(1 / (1 + np.exp(-np.linspace(-5, 5, 10_001)))).max() * 0.001:.0f}",
    ("02", 1): lambda: f"{halving(torch.tensor(2.0).sigmoid().item()):.1f} steps",
    ("02", 2): lambda: f"{size(nn.LSTM(10, 20)):,}",
    ("02", 4): lambda: str(final_states()),
    ("03", 1): lambda: f"{100 * (size(nn.LSTM(7, 5)) - size(nn.GRU(7, 5))) / size(nn.LSTM(7, 5)):.1f} %",
    ("03", 2): lambda: f"{one_gru_step():.2f}",
    ("04", 1): lambda: f"{one_lstm_step(c=0.25, g=-0.5):g}".replace("-", "−"),
    ("04", 2): lambda: f"{5 - 0.93 * 5:.2f}",
    ("04", 3): lambda: f"{0.9 * 0.02:g}",
    ("05", 1): lambda: str(backward_has_read()),
    ("05", 2): lambda: f"{100 * forward_limit():.0f} %",
    ("05", 4): lambda: f"{size(nn.LSTM(64, 64, 2, bidirectional=True)) / size(nn.LSTM(64, 64, 2)):.1f}",
    ("06", 1): lambda: f"1 part in {1 / leaky(0.5, 20):,.0f}",
    ("06", 2): lambda: f"{100 * (pad([[2] * n for n in (4, 10, 6)])[0] == 0).float().mean().item():.1f} %",
    ("06", 5): what_is_read,
    ("07", 1): lambda: f"{100 * precision():.1f} %",
    ("07", 3): lambda: f"{100 * statistics.mean([1] * 285 + [-1] * 215 + [0] * 4500):.1f}",
    ("08", 1): lambda: f"{2 ** -torch.full((8,), 1 / 8).log2().mean().item():.0f}",
    ("08", 2): lambda: f"{torch.div(*torch.softmax(torch.tensor([9.0, 1.0]).log() / 0.5, 0)):.0f}",
    ("08", 3): lambda: f"{first_of_top_p():.2f}",
    ("09", 3): lambda: f"{half_width([0] * 910 + [1] * 60 + [-1] * 30):.1f} points, and 0 is not in it",
    ("09", 4): lambda: f"{100 * stats.binom.sf(0, 20, 0.05):.0f} %",
    ("10", 2): lambda: f"{longest_chrono_half_life():.0f} steps",
    ("10", 4): lambda: "the {}, after {:.1f} s".format(*sooner()),
    ("11", 1): lambda: f"{two_steps(1) - two_steps(0):.2g} h + {two_steps(0):.2g}",
    ("11", 2): lambda: str(rounds_of_a_scan(1000)),
    ("11", 5): lambda: f"{1000 * (256 + 256) // (256 + 256):,} times",
}  # fmt: skip


@pytest.mark.parametrize("number, place", ANSWERS)
def test_the_right_option_is_the_computed_one(number, place):
    question = quiz(number).questions[place - 1]
    assert question.options[question.answer].text == ANSWERS[number, place]()


def test_the_interval_of_five_seeds():
    """Quiz 09.2 states a mean and Student's interval; scipy finds the same, and 0 lies inside."""
    gains = [1.2, -0.8, 0.5, -0.3, 0.9]
    low, high = stats.t.interval(0.95, len(gains) - 1, np.mean(gains), stats.sem(gains))
    assert low < 0 < high
    text = quiz("09").questions[1].text
    assert f"from {low:.1f} to {high:.1f}" in text and f"The mean is {np.mean(gains):.1f}," in text
    assert all(f"{gain:+.1f}" in text for gain in gains)


def test_what_lesson_05_says_of_its_own_grammar_has_the_form_of_the_question():
    """The formula of quiz 05.2, a share that can be known and bets on the rest, gives the grammar's own limit."""
    bets = np.mean([max(p, 1 - p) for p in grammar.TOLD_AFTER.values()])
    assert 3 / 4 + bets / 4 == pytest.approx(grammar.limit_by_enumeration("forward", T=6), abs=1e-9)


def test_the_scan_joins_steps_in_any_grouping_but_not_in_any_order():
    """Quiz 11.1: what its feedback says about grouping and order."""
    join = lambda first, second: (second[0] * first[0], second[0] * first[1] + second[1])  # noqa: E731
    a, b, c = (0.5, 1.0), (0.2, 3.0), (0.7, -1.0)
    assert join(join(a, b), c) == pytest.approx(join(a, join(b, c)))
    assert join(a, b) != pytest.approx(join(b, a))
