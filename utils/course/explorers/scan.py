"""Scan: a linear recurrence in rounds of doubling, beside the same recurrence stepped."""

from __future__ import annotations

import numpy as np
from matplotlib.collections import LineCollection

from utils.course.explorers.base import Explorer, slider
from utils.plots import style
from utils.plots.style import PALETTE

LONGEST, ROUNDS = 32, 5
INPUTS = np.random.default_rng(27).uniform(-1, 1, LONGEST).round(1)  # whose running sum stays small
REACH = 2.4  # of the states drawn, for any a and T
WAITS, TAKES_IN = "#DDDDDD", "#999999"


class Scan(Explorer):
    """h_t = a h_{t-1} + x_t from h_0 = 0: what each place holds after each round of a scan, and what is still missing.

    In round r each place takes in the place 2^(r-1) steps before it, so that it holds the last 2^r steps.
    Controls: T, the number of steps; a, the share that is kept; the rounds done (all that are needed at most).
    """

    size = (9.0, 4.2)

    def make_controls(self):
        return {
            "T": slider("T, steps", 16, 1, LONGEST, 1),
            "a": slider("a, share kept", 0.9, 0.0, 1.0, 0.01),
            "rounds": slider("rounds done", 2, 0, ROUNDS, 1),
        }

    @staticmethod
    def compute(T, a, rounds):
        x, h, held = INPUTS[:T], 0.0, [INPUTS[:T]]
        states = np.array([h := a * h + x_t for x_t in x])  # stepped
        A, needed = np.full(T, a), (T - 1).bit_length()
        for k in 2 ** np.arange(needed):  # scanned: held[r] is b after r rounds
            b = held[-1].copy()
            b[k:] += A[k:] * held[-1][:-k]
            A = np.concatenate([A[:k], A[k:] * A[:-k]])
            held.append(b)
        done = min(rounds, needed)
        combined = [T - 2**r for r in range(needed)]  # in each round
        weights = a ** np.arange(T - 1, -1, -1.0)  # of x_t in h_T
        return {
            "T": T, "a": a, "rounds": rounds, "done": done, "needed": needed, "states": states, "held": held,
            "weights": weights, "seen": min(2**done, T), "combined": combined, "gap": np.abs(held[done] - states).max(),
        }  # fmt: skip

    def draw(self, figure):
        grid = figure.add_gridspec(2, 2, width_ratios=(1.25, 1))
        rounds, states, weights = self.axes = [figure.add_subplot(grid[cells]) for cells in
                                               ((slice(None), 0), (0, 1), (1, 1))]  # fmt: skip
        rounds.set_position((0.065, 0.12, 0.475, 0.765))  # by hand: no label may move the axes
        states.set_position((0.62, 0.585, 0.365, 0.31))
        weights.set_position((0.62, 0.12, 0.365, 0.29))
        for ax in self.axes:
            style(ax)
            ax.set_xlim(0.3, LONGEST + 0.7)
            ax.set_xticks([1, 8, 16, 24, 32])
        rounds.grid(False)
        rounds.set(ylim=(ROUNDS + 0.5, -0.5), yticks=range(ROUNDS + 1), xlabel="step $t$",
                   yticklabels=["$x$", *(f"{r}\n$k$ = {2 ** (r - 1)}" for r in range(1, ROUNDS + 1))])  # fmt: skip
        rounds.text(-0.03, -0.015, "round", transform=rounds.transAxes, ha="right", va="top", fontsize=9)
        told = "each place takes in the place $k$ steps before it\ngreen: done; orange: the way into the last place"
        rounds.set_title(told, fontsize=10)
        states.set_title("state $h_t$: stepped (line), scan so far (dots)", fontsize=10.5)
        weights.set_title("weight of $x_t$ in the last state, $a^{T-t}$", fontsize=10.5)
        weights.set(ylim=(0, 1.08), xlabel="step $t$")
        states.set_ylim(-REACH, REACH)
        self.wires = {kind: self.moving(LineCollection([], colors=color, lw=width, zorder=zorder)) for
                      kind, color, width, zorder in (("rest", WAITS, 0.7, 1), ("done", TAKES_IN, 0.9, 2),
                                                     ("last", PALETTE["h"], 2.2, 3))}  # fmt: skip
        for wires in self.wires.values():
            rounds.add_collection(wires)
        look = {"ls": "", "marker": "o", "zorder": 4}
        self.dots = {kind: self.moving(rounds.plot([], [], color=color, ms=size, **look)[0]) for kind, color, size in
                     (("rest", WAITS, 3), ("done", TAKES_IN, 4), ("whole", PALETTE["z"], 5.5))}  # fmt: skip
        self.stepped = self.moving(states.plot([], [], color=PALETTE["h"], lw=2)[0])
        self.held = self.moving(states.plot([], [], "o", color=PALETTE["z"], ms=4.5)[0])
        missing = weights.vlines([], 0, [], color=WAITS, lw=4)
        self.missing = self.moving(missing)
        self.taken = self.moving(weights.vlines([], 0, [], color=PALETTE["z"], lw=4))

    def update(self, result):
        T, done, needed, seen = (result[name] for name in ("T", "done", "needed", "seen"))
        t = np.arange(1, T + 1)
        wires, into_last = {"rest": [], "done": [], "last": []}, {T}
        for r in range(needed, 0, -1):
            k, past = 2 ** (r - 1), set()
            for end in range(1, T + 1):
                for start in (end, end - k) if end > k else (end,):
                    kind = "rest" if r > done else "last" if end in into_last else "done"
                    wires[kind].append([(start, r - 1), (end, r)])
                    if kind == "last":
                        past.add(start)
            into_last = past if r <= done else into_last
        for kind, segments in wires.items():
            self.wires[kind].set_segments(segments)
        places = [(end, r) for r in range(needed + 1) for end in range(1, T + 1)]
        kinds = {"rest": [p for p in places if p[1] > done],
                 "whole": [p for p in places if p[1] <= done and p[0] <= 2 ** p[1]],
                 "done": [p for p in places if p[1] <= done and p[0] > 2 ** p[1]]}  # fmt: skip
        for kind, dots in self.dots.items():
            dots.set_data(*zip(*kinds[kind]) if kinds[kind] else ([], []))
        self.stepped.set_data(t, result["states"])
        self.held.set_data(t, result["held"][done])
        bars = np.array([[(s, 0), (s, w)] for s, w in zip(t, result["weights"])])
        self.missing.set_segments(bars[: T - seen])
        self.taken.set_segments(bars[T - seen :])

    def describe(self, result):
        T, done, needed, seen, gap = (result[name] for name in ("T", "done", "needed", "seen", "gap"))
        turns = f"Stepping takes {_count(T, 'turn')}, one after another; the scan {_count(needed, 'round')}"
        words = f"T = {T}, a = {result['a']:.2f}. {turns}, {_count(sum(result['combined']), 'combination')} in all. "
        if done == needed:
            more = " More rounds find nothing to take in." if result["rounds"] > needed else ""
            return words + f"All are done: every place holds its state, as stepped, within 1e-12.{more}"
        return (
            f"{words}After {_count(done, 'round')} a place holds its last {_count(seen, 'step')} at most and is off by "
            f"up to {gap:.2g}; the gray inputs, each of weight {result['weights'][T - seen - 1]:.2g} or less, have not "
            "reached the last state."
        )


def _count(number: int, what: str) -> str:
    return f"{number} {what}" + ("" if number == 1 else "s")
