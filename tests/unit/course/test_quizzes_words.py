"""The questions whose options are words: each option is put to the test, and just the right one must pass it.

Where a question asks why, the cause that an option names is taken away, and it passes if then the effect is gone.
"""

import math
import runpy
import statistics
from pathlib import Path

import numpy as np
import pytest
import torch
from scipy import stats
from torch import nn

from utils import probes
from utils.cells.cell import GRUCell, LSTMCell
from utils.cells.scan import MinGRU
from utils.course.quizzes import quiz
from utils.course.quizzes.base import numbers
from utils.course.results import TaskResults
from utils.data import Split
from utils.files import measured
from utils.models import Classifier

DOUBLE = torch.float64


def one_number_two_jobs() -> dict:
    f = np.linspace(0.001, 0.9999, 10_000)

    def best(write, knock=1.0):
        return (write(f) * knock * f**39).max()

    together = best(lambda f: 1 - f)
    assert together < 0.02
    near_one = (1 - 0.999) * 0.999**39
    return {
        "A half-life of 39": 0.5 ** (1 / 39) >= 1,
        "It hears with 1 - f": best(lambda f: 1.0) > 0.9,  # the other job given away
        "One would have to take f": near_one > together,
        "Its state cannot": best(lambda f: 1 - f, knock=2.0) > 0.9,  # a state that may be 2
    }


def a_loss_at_every_step() -> dict:
    torch.manual_seed(0)
    rnn, x = nn.RNN(4, 64, dtype=DOUBLE), torch.randn(50, 1, 4, dtype=DOUBLE)
    last = probes.gradient_norms(rnn, x)
    everywhere, quiet = probes.gradient_norms(rnn, x, "all"), probes.gradient_norms(rnn, 0 * x, "all")
    radius = torch.linalg.eigvals(rnn.weight_hh_l0).abs().max()
    long = everywhere[0] > 0.3 * everywhere[-1]
    return {
        "This network does not have": last[0] > 1e-3 * last[-1],
        "Nothing": bool(long and last[0] < 1e-9 * last[-1]),
        "U must have": radius > 0.9,
        "Strong inputs": quiet[0] < 0.1 * everywhere[0],
    }


def share_after_clipping() -> dict:
    near, far = torch.tensor([3.0, 4.0], dtype=DOUBLE), torch.tensor([3e-12, 4e-12], dtype=DOUBLE)
    weight = nn.Parameter(torch.zeros(2, dtype=DOUBLE))
    weight.grad = near + far
    nn.utils.clip_grad_norm_([weight], 1.0)
    factor = weight.grad / (near + far)
    before, after = far.norm() / near.norm(), (factor * far).norm() / (factor * near).norm()
    weight.grad = far.clone()
    nn.utils.clip_grad_norm_([weight], 1.0)
    return {
        "It grows": after > 1.01 * before,
        "The gradient is brought": torch.equal(weight.grad.norm(), torch.ones((), dtype=DOUBLE)),
        "It becomes 0": after == 0,
        "It stays": math.isclose(after, before, rel_tol=1e-9),
    }


def along_the_cell_state() -> dict:
    torch.manual_seed(0)
    cell, x, h = LSTMCell(2, 3, dtype=DOUBLE), torch.randn(1, 2, dtype=DOUBLE), torch.randn(1, 3, dtype=DOUBLE)
    c = torch.randn(1, 3, dtype=DOUBLE, requires_grad=True)
    step = cell.step(x, h, c)  # h given, and so the gates
    J = torch.stack([torch.autograd.grad(step.c[0, k], c, retain_graph=True)[0][0] for k in range(3)])
    through_o = torch.diag((step.o * (1 - step.c.tanh() ** 2))[0])
    return {
        "It is multiplied by f_t": torch.equal(J, torch.diag(step.f[0])),
        "It passes unchanged": torch.allclose(J, torch.eye(3, dtype=DOUBLE)),
        "It goes through U_f": bool((J - torch.diag(J.diag())).abs().max() > 0),
        "It is multiplied by o_t": torch.allclose(J, through_o),
    }


def solved(model: str, T: int) -> bool:
    results = TaskResults()
    return results.solved("recall", model, T) >= 3


def why_it_does_not_learn() -> dict:
    torch.manual_seed(0)
    lstm, x = nn.LSTM(10, 32, dtype=DOUBLE), torch.zeros(50, 1, 10, dtype=DOUBLE)
    norms = probes.gradient_norms(lstm, x, of="c")
    assert (probes.gate_trace(lstm, x)[0]["f"] - 0.5).abs().max() < 0.2
    chrono = solved("LSTM, chrono", 50)
    assert not solved("LSTM", 50)
    return {
        "Over so many steps": norms[0] > norms[-1],
        "32 units": not chrono,  # the same units
        "Its forget gates": chrono and norms[0] < 1e-6 * norms[-1],  # the same cell, its gates open
        "No wire": norms[0] == 0,
    }


def gru_as_numbers(cell: GRUCell, change) -> torch.Tensor:
    """Three steps of the cell after `change` of its weights."""
    torch.manual_seed(1)
    x, h = torch.randn(3, 1, 2, dtype=DOUBLE), torch.zeros(1, 3, dtype=DOUBLE)
    other = GRUCell(2, 3, dtype=DOUBLE)
    other.load_state_dict(cell.state_dict())
    with torch.no_grad():
        change(other)
        for x_t in x:
            h = other.step(x_t, h).h
    return h


def z_that_writes() -> dict:
    torch.manual_seed(0)
    cell = GRUCell(2, 3, dtype=DOUBLE)
    torch.manual_seed(1)
    x, h = torch.randn(3, 1, 2, dtype=DOUBLE), torch.zeros(1, 3, dtype=DOUBLE)
    with torch.no_grad():
        for x_t in x:  # the library's: 1 - z in the place of z
            step = cell.step(x_t, h)
            h = (1 - step.z) * h + step.z * step.n

    def turn(other):
        for part in (other.W_z, other.U_z):
            for weight in part.parameters():
                weight.neg_()

    def exchange(other):
        for one, two in ((other.W_z, other.W_n), (other.U_z, other.U_n)):
            for a, b in zip(one.parameters(), two.parameters()):
                kept = a.clone()
                a.copy_(b)
                b.copy_(kept)

    same = {name: torch.allclose(gru_as_numbers(cell, change), h) for name, change in
            (("turn", turn), ("load", lambda other: None), ("exchange", exchange))}  # fmt: skip
    return {
        "Flip the signs": same["turn"],
        "Load them as they are": same["load"],
        "Exchange": same["exchange"],
        "It is impossible": not any(same.values()),
    }


def reset_before_the_product() -> dict:
    rng = np.random.default_rng(0)
    U, h = rng.normal(size=(3, 3)), rng.normal(size=3)

    def gap(r, other, bias=0.0):
        return np.abs(U @ (r * h) - r * (other @ h + bias)).max()

    r, later = rng.random(3), rng.random(3)
    fitting = np.diag(1 / r) @ U @ np.diag(r)  # the change that fits one r
    assert gap(r, fitting) < 1e-12
    order = [2, 0, 1]
    return {
        "The bias d_n": gap(r, U) < 1e-6,  # without any bias
        "PyTorch stacks": gap(r[order], U[np.ix_(order, order)]) < 1e-6,
        "One could": gap(later, U * r.mean()) < 1e-6,
        "r scales": gap(np.full(3, 0.3), U) < 1e-12 and gap(later, fitting) > 1e-3,  # all r alike; a new r
    }


def count(cell, units: int = 1) -> float:
    """The largest state after 200 steps that all say "one more", under weights as large as one likes."""
    x, state = torch.ones(1, 1, dtype=DOUBLE), [torch.zeros(1, units, dtype=DOUBLE)] * len(cell.states)
    with torch.no_grad():
        for _ in range(200):
            state = cell.step(x, *state)[: len(cell.states)]
    return float(state[-1].abs().max())


def filled(cell, **biases):
    with torch.no_grad():
        for weight in cell.parameters():
            weight.zero_()
        for letter, bias in biases.items():
            getattr(cell, f"W_{letter}").bias.fill_(bias)
    return cell


def why_no_gru_counts() -> dict:
    lstm = filled(LSTMCell(1, 1, dtype=DOUBLE), f=30.0, i=30.0, g=30.0, o=30.0)
    hidden = filled(LSTMCell(1, 1, dtype=DOUBLE), f=30.0, i=30.0, g=30.0, o=-30.0)
    grus = [filled(GRUCell(1, n, dtype=DOUBLE), r=30.0, z=z, n=30.0) for n in (1, 5) for z in (-3.0, 0.0, 3.0)]
    assert count(lstm) > 95
    return {
        "Its reset gate": max(map(count, grus[:3])) > 95,  # it is open here
        "Its new state": max(count(gru, units) for gru, units in zip(grus, (1, 1, 1, 5, 5, 5))) <= 1,
        "It has a quarter": max(count(gru, 5) for gru in grus[3:]) > 95,  # more of them
        "It has no output gate": count(hidden) <= 95,  # an LSTM counts with its own shut, too
    }


def gates_from_output() -> dict:
    """Whatever c was, and the gates before it: the gates of a step come from x and the old h."""
    torch.manual_seed(0)
    cell, x, h = LSTMCell(3, 4, dtype=DOUBLE), torch.randn(1, 3, dtype=DOUBLE), torch.randn(1, 4, dtype=DOUBLE)
    one, other = (cell(x, h, c) for c in torch.randn(2, 1, 4, dtype=DOUBLE))
    same = all(torch.equal(getattr(one, gate), getattr(other, gate)) for gate in "fio")
    assert not torch.allclose(one.c, other.c)
    alike, older = gates_of_an_alike_state(cell, x)
    return {
        "c of the step before": not same,
        "Nothing": same and alike,
        "The gates of the step before": older and not alike,
        "c of the same step": not same,
    }


def gates_of_an_alike_state(cell, x) -> tuple[bool, bool]:
    """Two pasts with other gates that lead to one h: are the next gates the same, and were those before different?"""
    h, c = torch.zeros(1, 4, dtype=DOUBLE), torch.zeros(1, 4, dtype=DOUBLE)
    first = cell(x, h, c)
    other = cell(-x, h, c)
    moved = torch.atanh(first.h / other.o)  # the c with which the other gates show the same h
    h_again = other.o * torch.tanh(moved)
    assert torch.allclose(h_again, first.h)
    one, two = cell(x, first.h, first.c), cell(x, h_again, moved)
    alike = all(torch.allclose(getattr(one, gate), getattr(two, gate)) for gate in "fio")
    return alike, not torch.allclose(first.f, other.f)


def a_unit_held_still() -> dict:
    """Three units of which two hold the symbol; the clearest is held at its mean, then all are."""
    rng = np.random.default_rng(0)
    symbol = rng.choice([-1.0, 1.0], 2_000)
    units = np.stack([symbol, symbol * 0.9, 0 * symbol], 1) + rng.normal(0, [0.05, 0.1, 1.0], (2_000, 3))
    clear = [abs(np.corrcoef(unit, symbol)[0, 1]) for unit in units.T]
    assert np.argmax(clear) == 0

    def right(held):
        read = np.where(np.isin(range(3), held), units.mean(0), units) @ (1.0, 1.0, 0.0)
        return (np.sign(read) == symbol).mean()

    unchanged = right([0]) == right([]) == 1
    return {
        "The unit held nothing": clear[0] < 0.5,
        "The network does not need": right([0, 1, 2]) > 0.9,
        "The picture of its memory": clear[0] < 0.5,
        "The answer can be had": unchanged,
    }


def a_unit_that_follows() -> dict:
    """Two networks in whose first unit the verdict is seen: in one it is read, in the other it is not."""
    rng = np.random.default_rng(0)
    verdict = rng.choice([-1.0, 1.0], 2_000)
    units = verdict[:, None] * 0.8 + rng.normal(0, 0.4, (2_000, 3))
    turned = {}
    for name, weights in (("read", (1.0, 0.0, 0.0)), ("not read", (0.0, 1.0, 1.0)), ("shared", (1.0, 1.0, 1.0))):
        off = units.copy()
        off[:, 0] = 0
        answers, without = np.sign(units @ weights), np.sign(off @ weights)
        assert np.corrcoef(units[:, 0], answers)[0, 1] > 0.6
        turned[name] = (answers != without).mean()
    return {
        "They would often turn": min(turned.values()) > 0.5,
        "Not yet": turned["read"] == 1 and turned["not read"] == 0,
        "They are made by this unit": turned["not read"] > 0,
        "They do not depend": turned["shared"] == 1,
    }


def a_turned_sign() -> dict:
    torch.manual_seed(0)
    lstm, head = nn.LSTM(3, 4, dtype=DOUBLE), nn.Linear(4, 1, dtype=DOUBLE)
    x = torch.randn(9, 1, 3, dtype=DOUBLE)
    turned, unit = nn.LSTM(3, 4, dtype=DOUBLE), 1
    turned.load_state_dict(lstm.state_dict())
    with torch.no_grad():
        row = 2 * 4 + unit  # of g, in the order i, f, g, o
        for weight in (turned.weight_ih_l0, turned.weight_hh_l0, turned.bias_ih_l0, turned.bias_hh_l0):
            weight[row].neg_()
        turned.weight_hh_l0[:, unit].neg_()
        reads = head.weight.clone()
        reads[:, unit].neg_()
        traces = [probes.gate_trace(network, x)[0] for network in (lstm, turned)]
        answers = [lstm(x)[0] @ head.weight.T, turned(x)[0] @ reads.T]
    same = {letter: torch.allclose(traces[0][letter], traces[1][letter]) for letter in "ifoc"}
    answered = torch.allclose(*answers)
    return {
        "The picture of its c": same["c"],
        "Only f": same["f"] and not (same["i"] and same["o"]),
        "Nothing": not answered,
        "All its gates": same["i"] and same["f"] and same["o"] and answered,
    }


def whole_sentence() -> dict:
    H = 2
    torch.manual_seed(0)
    lstm = nn.LSTM(1, H, bidirectional=True, batch_first=True, dtype=DOUBLE)

    def has_read_all(take) -> bool:
        x = torch.randn(1, 6, 1, dtype=DOUBLE, requires_grad=True)
        read = []
        for k in range(2 * H):
            (grad,) = torch.autograd.grad(take(lstm(x)[0])[0, k], x)
            read.append(bool((grad != 0).all()))
        return all(read)

    return {
        "`output[:, -1, :H]`": has_read_all(lambda o: torch.cat([o[:, -1, :H], o[:, 0, H:]], -1)),
        "`output[:, -1]`": has_read_all(lambda o: o[:, -1]),
        "`output[:, 0]`": has_read_all(lambda o: o[:, 0]),
        "`output[:, 0, :H]`": has_read_all(lambda o: torch.cat([o[:, 0, :H], o[:, -1, H:]], -1)),
    }


def live_captions() -> dict:
    """A reader helps if its answer for word t depends on word t + 1, and it needs no later word than that."""
    T, t = 9, 3

    def reads(network, place) -> list[bool]:
        x = torch.randn(1, T, 1, dtype=DOUBLE, requires_grad=True)
        (grad,) = torch.autograd.grad(network(x)[0][0, place].sum(), x)
        return [bool(one) for one in (grad[0, :, 0] != 0)]

    def helps(network, place=t) -> bool:
        read = reads(network, place)
        return read[t + 1] and not any(read[t + 2 :])

    torch.manual_seed(0)
    make = lambda H=2, **more: nn.LSTM(1, H, batch_first=True, dtype=DOUBLE, **more)  # noqa: E731
    return {
        "A bidirectional": helps(make(bidirectional=True)),
        "A forward reader with four": helps(make(8)),
        "A forward reader that answers": helps(make(), t + 1),
        "A second forward layer": helps(make(num_layers=2)),
    }


def reviews_side_by_side() -> dict:
    """From data/measured/practices.json: both ways of holding out take a fifth, half of it positive."""
    found = measured("practices")["validations"]
    shuffled = Split([str(k) for k in range(500)], np.arange(500) % 2).sample(500, seed=0).texts
    drawn, runs, test = found["drawn one by one"], found["runs of neighbors"], found["test"]
    return {
        "It is smaller": min(drawn) < test,  # less sure errs to both sides; here all draws lie above
        "Some of its reviews": len(set(shuffled)) < len(shuffled),  # what is held out of it is not in the rest
        "Its films stand": abs(runs - test) < abs(statistics.mean(drawn) - test) and min(drawn) > test,
        "Its classes": abs(statistics.mean(drawn) - test) < abs(runs - test),  # the same size and classes
    }


def a_pad_set_to_zero() -> dict:
    states, lengths = torch.tensor([[[-0.4], [-0.2], [0.0]]]), torch.tensor([2])  # (B=1, T, D=1), (B,)
    should = Classifier(4, pooling="max").pool(states, lengths).item()
    got = states.amax(1).item()
    return {
        "0, and it should be": got == 0 and math.isclose(should, -0.2, rel_tol=1e-6),
        "-0.2": got == should,
        "0, as": got == should == 0,
        "-0.4": got == states.min().item(),
    }


def a_higher_threshold() -> dict:
    rng = np.random.default_rng(0)
    recall, precision = [], []
    for _ in range(200):
        truth, p = rng.integers(0, 2, 30), rng.random(30)
        called = [p >= threshold for threshold in (0.5, 0.9)]
        recall.append(np.diff([truth[one].sum() / truth.sum() for one in called])[0])
        precision.append(np.diff([truth[one].mean() if one.any() else np.nan for one in called])[0])
    assert np.nanmin(precision) < 0 < np.nanmax(precision)
    falls, rises = min(recall) < 0, max(recall) > 0
    return {
        "It falls": falls and not rises,
        "It rises": rises and not falls,
        "It can go": falls and rises,
        "It stays": not (falls or rises),
    }


def one_run_one_point() -> dict:
    """One run with and one without, drawn many times: a true gain g, and 1 point of noise from the seed of each."""
    noise = np.random.default_rng(0).normal(0, 1.0, (2, 20_000))

    def likely(g) -> bool:  # a gain of about 1 point in one run of each is no surprise
        gains = g + noise[0] - noise[1]
        low, high = np.quantile(gains, (0.05, 0.95))
        return bool(low < 1 < high)

    return {
        "It brings about 1": not (likely(0) or likely(2)),
        "It brings something": not likely(-0.5),
        "It brings nothing": not (likely(1) or likely(2)),
        "Nothing yet": likely(-0.5) and likely(0) and likely(2),
    }


def carried_state() -> dict:
    torch.manual_seed(0)
    lstm, x = nn.LSTM(1, 4, dtype=DOUBLE), torch.randn(256, 1, 1, dtype=DOUBLE)

    def last(x, reset=False):
        state = None
        for piece in x.split(64):
            state = None if state is None or reset else tuple(s.detach() for s in state)
            output, state = lstm(piece, state)
        return output[-1].sum()

    x.requires_grad_()
    (gradient,) = torch.autograd.grad(last(x), x)
    with torch.no_grad():
        other = x.clone()
        place = 192 - 8  # before the last cut
        other[place] += 5
        changes = bool(last(other) != last(x))
        snippets = bool(last(other, reset=True) != last(x, reset=True))
    reached = bool(gradient[place] != 0)
    assert not snippets
    return {
        "It can change the prediction; no": changes and not reached,
        "It cannot": not changes,
        "It can change the prediction, and": changes and reached,
        "The state begins": not changes,
    }


def the_most_probable_text() -> dict:
    """A coin with heads in 60 %, 100 throws: a perfect model, searched without an error."""
    heads = stats.binom(100, 0.6)
    cold, hot = (np.array([0.6, 0.4]) ** (1 / temperature) for temperature in (0.01, 100))
    cold, hot = cold / cold.sum(), hot / hot.sum()
    typical = heads.cdf(70) - heads.cdf(49)
    return {
        "The search": heads.pmf(100) > 0.5,  # the best text of all, and yet never seen
        "At temperature 0": abs(cold[0] - cold[1]) < abs(hot[0] - hot[1]),
        "A real text": typical > 0.95 and heads.pmf(100) < 1e-20,
        "The model is poor": heads.pmf(100) > 0.5,  # it is perfect here
    }


def the_rule_of_long_sequences() -> dict:
    T = max(T for T in TaskResults().tasks["recall"]["T"] if T <= 50)
    results = TaskResults()
    rnn, lstm, chrono = (results.quality("recall", name, T) for name in ("RNN", "LSTM", "LSTM, chrono"))
    assert np.median(lstm) < 0.2
    return {
        "It is wrong": np.median(rnn) > np.median(chrono),
        "It leaves out": solved("LSTM, chrono", T) and not solved("LSTM", T),  # nothing else was changed
        "It holds: the LSTM was": solved("LSTM", T),
        "It holds, for the LSTM": np.median(lstm) > np.median(rnn),  # it had its parameters in that run
    }


def five_gains() -> dict:
    gains = [1.2, -0.8, 0.5, -0.3, 0.9]
    low, high = stats.t.interval(0.95, len(gains) - 1, np.mean(gains), stats.sem(gains))
    coin = stats.binomtest(sum(gain > 0 for gain in gains), len(gains), alternative="greater").pvalue
    return {
        "The change brings": low > 0,
        "It helps": coin < 0.05,
        "These five": low < 0 < high,
        "It is proved": max(abs(low), abs(high)) < 0.1,
    }


def what_a_min_gru_cannot() -> dict:
    """One unit. Input 0 is a symbol, input 1 a mark; the candidate is 1 for the symbol."""

    def unit(z_symbol=-50.0, z_mark=0.0, z_bias=50.0) -> MinGRU:
        made = MinGRU(2, 1).double()
        with torch.no_grad():
            made.W_z.weight.copy_(torch.tensor([[z_symbol, z_mark]])), made.W_z.bias.fill_(z_bias)
            made.W_n.weight.copy_(torch.tensor([[1.0, 0.0]])), made.W_n.bias.zero_()
        return made

    def states(made: MinGRU, *inputs: str) -> list[float]:
        x = torch.tensor([[[one == "s", one == "m"] for one in inputs]], dtype=DOUBLE)
        return made(x)[0][0, :, 0].tolist()

    def keeps_the_first(run) -> bool:
        """Whether s and m leave different traces on an empty state, and each on the other's trace none."""
        (s, s_then_m), (m, m_then_s) = run("s", "m"), run("m", "s")
        return min(abs(s), abs(m), abs(s - m)) > 1e-3 > 1e6 * max(abs(s_then_m - s), abs(m_then_s - m))

    def of_its_state(*inputs: str) -> list[float]:  # a step that looks at the state can
        state, found = 0.0, []
        for one in inputs:
            state = state or {"s": 1.0, "m": -1.0}[one]
            found.append(state)
        return found

    def some_unit_keeps_the_first() -> bool:
        torch.manual_seed(0)
        made = MinGRU(2, 20_000).double()
        for weight in made.parameters():
            weight.data.copy_(
                torch.randn_like(weight)
                * torch.logspace(-1, 2, 20_000, dtype=DOUBLE).view(-1, *[1] * (weight.dim() - 1))
            )
        traces = {
            order: made(torch.eye(2, dtype=DOUBLE)[list(order)][None])[0][0].detach() for order in ((0, 1), (1, 0))
        }
        pairs = zip(traces[0, 1].T.tolist(), traces[1, 0].T.tolist())
        return any(keeps_the_first(lambda *order: s if order[0] == "s" else m) for s, m in pairs)  # noqa: B023

    assert keeps_the_first(of_its_state)
    keep = unit(z_symbol=-100.0)
    stream, state = [], None
    for t in range(3):
        state = keep.step(torch.eye(2, dtype=DOUBLE)[t % 2][None], state)
        stream.append(state.item())
    return {
        "Keep a symbol": states(keep, "s", *"-" * 49)[-1] < 0.9,
        "Forget everything": abs(states(unit(-100.0, -100.0), "s", "-", "m")[-1]) > 1e-9,
        "Write down": not some_unit_keeps_the_first(),
        "Run on a stream": not np.allclose(stream, states(keep, "s", "m", "s")),
    }


def attention_without_positions() -> dict:
    torch.manual_seed(0)
    e = torch.randn(4, 8, dtype=DOUBLE)  # what a, b, c and d are
    W_q, W_k, W_v = torch.randn(3, 8, 8, dtype=DOUBLE)

    def weights(order) -> torch.Tensor:
        scores = (e[order] @ W_q) @ (e[order] @ W_k).T / 8**0.5
        return scores.masked_fill(torch.ones(4, 4, dtype=torch.bool).triu(1), -torch.inf).softmax(-1)

    here, there = ((weights(order), e[order] @ W_v) for order in ([0, 1, 2, 3], [1, 2, 0, 3]))
    differ = not torch.allclose((here[0] @ here[1])[-1], (there[0] @ there[1])[-1])
    return {
        "Twice the same": not differ,
        "Two different things, for later": differ,
        "Two different things, for nobody": differ,
        "Twice nothing": bool(here[0][-1].std() < 1e-9),
    }


def the_best_of_25() -> dict:
    """25 equal settings, right on 86 %, on a validation drawn at random, and tests of two sizes."""
    random = np.random.default_rng(0)
    best = (random.binomial(2_500, 0.86, (4_000, 25)) / 2_500).max(axis=1).mean()
    tests = [(random.binomial(N, 0.86, 4_000) / N).mean() for N in (2_500, 25_000)]
    return {
        "Nothing: no training": abs(best - 0.86) < 0.002,
        "It promises too little": best < min(tests) or abs(tests[0] - tests[1]) > 0.002,
        "Nothing, if validation": abs(best - 0.86) < 0.002,
        "It was chosen": best > max(tests) + 0.01,
    }


def eighteen_pairs() -> dict:
    """The test of Mann and Whitney, where one side is ahead in 18 pairs; small true effects escape it."""
    a, b = [4, 5, 8, 9, 7], [1, 2, 3, 6, 10]
    test = stats.mannwhitneyu(a, b, method="exact")
    assert test.statistic == 18
    text = quiz("10").questions[2].options[1].feedback
    assert f"in {100 * test.pvalue:.0f} % of all deals" in text
    random = np.random.default_rng(0)
    small = [stats.mannwhitneyu(*(random.normal(0.5 * k, 1, 5) for k in (0, 1))).pvalue for _ in range(200)]
    return {
        "A is better: it": test.pvalue < 0.05,
        "No difference seen": test.pvalue > 0.05,
        "A and B are equally": np.mean(np.array(small) < 0.05) > 0.5,  # the test would have seen half a deviation
        "A is better, with": math.isclose(1 - test.pvalue, 18 / 25, abs_tol=0.02),
    }


def brackets_hundreds_deep() -> dict:
    """Brackets that open 200 times: whose memory holds how many, and whether a task of the table asked for that."""
    lstm = filled(LSTMCell(1, 1, dtype=DOUBLE), f=30.0, i=30.0, g=30.0, o=30.0)
    gru = {units: filled(GRUCell(1, units, dtype=DOUBLE), r=30.0, z=0.0, n=30.0) for units in (1, 20)}
    chrono = filled(GRUCell(1, 1, dtype=DOUBLE), r=30.0, z=math.log(198), n=30.0)
    asked = "counting" in TaskResults().tasks
    return {
        "Yes: 42": asked,
        "Yes, if it starts": count(chrono) > 95,
        "No, for an LSTM": count(gru[20], 20) > 95,  # it has more parameters than the LSTM that counts
        "No: none": not asked and count(lstm) > 95 > count(gru[1]),
    }


TRIED = {
    ("00", 5): one_number_two_jobs,
    ("01", 4): a_loss_at_every_step, ("01", 5): share_after_clipping,
    ("02", 3): along_the_cell_state, ("02", 5): why_it_does_not_learn,
    ("03", 3): z_that_writes, ("03", 4): reset_before_the_product, ("03", 5): why_no_gru_counts,
    ("04", 4): gates_from_output, ("04", 5): a_unit_held_still,
    ("05", 3): whole_sentence, ("05", 5): live_captions,
    ("06", 3): reviews_side_by_side, ("06", 4): a_pad_set_to_zero,
    ("07", 2): a_higher_threshold, ("07", 4): a_unit_that_follows, ("07", 5): a_turned_sign,
    ("08", 4): carried_state, ("08", 5): the_most_probable_text,
    ("09", 1): one_run_one_point, ("09", 2): five_gains, ("09", 5): the_best_of_25,
    ("10", 1): the_rule_of_long_sequences, ("10", 3): eighteen_pairs, ("10", 5): brackets_hundreds_deep,
    ("11", 3): what_a_min_gru_cannot, ("11", 4): attention_without_positions,
}  # fmt: skip


@pytest.mark.parametrize("number, place", TRIED)
def test_just_the_right_option_passes(number, place):
    passed = {words: bool(holds) for words, holds in TRIED[number, place]().items()}
    said = {option.text: option.right for option in quiz(number).questions[place - 1].options}
    found = {next(text for text in said if text.startswith(words)): holds for words, holds in passed.items()}
    assert found == said


def test_every_question_is_tried_in_words_or_in_numbers():
    ANSWERS = runpy.run_path(str(Path(__file__).with_name("test_quizzes_numbers.py")))["ANSWERS"]
    every = {(number, place + 1) for number in numbers() for place in range(len(quiz(number).questions))}
    assert every == {*TRIED, *ANSWERS} and not {*TRIED} & {*ANSWERS}
