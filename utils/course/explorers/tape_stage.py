"""The stage of the Tape: the tape above, the unit at the left, the track of each part beside it, the way back below."""

from __future__ import annotations

import numpy as np
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path

from utils.course.explorers.gradient_flow import amount
from utils.course.explorers.tape_unit import BACK, COLORS, GRAY, INK, LEFT, PALE, PARTS, SIGNED, TOP, Pen, UnitPicture

STEPS, COLUMN = 24, 23  # of the tape; pixels a step
RIGHT, LETTERS = LEFT + STEPS * COLUMN, LEFT - 18  # where the tracks end, and the letters beside them
MIDDLES = LEFT + (np.arange(STEPS) + 0.5) * COLUMN
X_TOP, X_BOTTOM, BOTTOM, HOME_BOTTOM = 58, 96, 432, 566  # of x, of the unit's tracks, of the way back
HIGHEST, LOWEST, TRAINED_LOWEST = 1, -4, -8  # powers of ten of its axis; a trained unit lets less through
GUIDE, ZERO = "#E4E4E0", "#AAAAAA"
# The two products of the way back, of each kind. One number has but one way, so there the second is missing.
ALL_WAYS = {
    "leaky": "every f on the way, multiplied", "rnn": "every U and tanh′ on the way, multiplied",
    "lstm": "all ways: along c, and through h and gates", "gru": "all ways: along h, and through the gates",
}  # fmt: skip
ALONE = {
    "leaky": "", "rnn": "every U alone, multiplied", "lstm": "along c alone: every f, multiplied",
    "gru": "along h alone: every z, multiplied",
}  # fmt: skip
BELOW, ABOVE = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉"), str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")  # small digits


class Stage:
    """All artists of one kind of unit on `ax`; `moving` marks those that `show` moves.

    inputs: how many numbers x has at a step. other: the name, the color and the memory's letter of a second unit on the
    way back, or None. legend: what the symbols of the tape mean. lowest: the power of ten at which the way back's axis
    begins.
    """

    def __init__(self, ax, moving, kind: str, inputs: int, legend: str, other: tuple | None, lowest: int):
        self.kind, self.inputs, self.lowest, self.pen = kind, inputs, lowest, Pen(ax, moving)
        self.memory = "c" if kind == "lstm" else "h"
        self.rows = _rows(PARTS[kind])
        self.bottom = max(bottom for _, bottom in self.rows.values())
        self._draw_frame()
        self._draw_tape(legend)
        self._draw_tracks()
        self.unit = UnitPicture(self.pen, kind, self.rows)
        self._draw_way_back(other)

    def show(self, result: dict):
        """The step of this moment: forward, with the tracks up to there, or on the way back, with all of them."""
        t, back, trace = result["t"], result["back"], result["trace"]
        x, seen = LEFT + t * COLUMN, STEPS if back else t + 1
        self.band.set(path=self._band(x) if seen else _boxes([]), facecolor="#D9C8EA" if back else "#FFE08A")
        self.head.set(x=x, visible=seen > 0)
        self.when.set(text=_when(t, back), color=BACK if back else INK)
        for place, (symbol, words) in enumerate(zip(result["symbols"], self.symbols)):
            words.set(text=symbol, color=INK if place < seen else GRAY)
        for letter, patch in self.blocks.items():
            values = trace[letter][:seen]  # (seen,), of x (seen, n)
            reach = result["reach"].get(letter, 1.0)
            patch.set_path(self._track(letter, values / reach))
            for begin, words in self.reaches.get(letter, ()):
                words.set_text(f"{begin}{reach:g}")
        self.unit.set_formulas(result["formulas"])
        self._show_way_back(result, t if back else STEPS)
        self.unit.show(trace, result["x"], t, back)

    # The tape and the tracks ----------------------------------------------------------------------------------------

    def _draw_frame(self):
        ax, (width, height) = self.pen.ax, self.pen.ax.figure.bbox.size
        ax.set(xlim=(0, width), ylim=(height, 0))
        ax.axis("off")
        ax.add_patch(Rectangle((0.5, 0.5), width - 1, height - 1, fc="none", ec=PALE, lw=1))  # a card on a dark page

    def _draw_tape(self, legend):
        pen = self.pen
        self.when = pen.words(12, 21, 11.5, weight="bold")
        self.band = pen.patch(PathPatch(_boxes([]), alpha=0.5, lw=0), zorder=0)
        for t in range(STEPS):
            pen.ax.add_patch(Rectangle((LEFT + t * COLUMN, 9), COLUMN, COLUMN, fc="none", ec=PALE, lw=1))
        self.head = pen.patch(Rectangle((LEFT, 9), COLUMN, COLUMN, fc="none", ec=INK, lw=2), zorder=4)
        self.symbols = [pen.words(x, 21, 12, ha="center", family="DejaVu Sans Mono") for x in MIDDLES]
        pen.label(LEFT - 8, 21, "tape", 9, ha="right")
        pen.label(LEFT, 44, legend, 8.2, color=GRAY, parse_math=False)
        pen.label(LEFT - 8, HOME_BOTTOM + 13, "step", 9, ha="right")
        for t in (1, *range(4, STEPS + 1, 4)):
            pen.label(MIDDLES[t - 1], HOME_BOTTOM + 13, str(t), 9, ha="center")

    def _band(self, x) -> Path:
        """The column of the step: behind the tape, the tracks and the way back, and not over the words between them."""
        ends = ((9, 33), (X_TOP, self.bottom), (self.top, HOME_BOTTOM))
        return _boxes([(x, top, x + COLUMN, bottom) for top, bottom in ends])

    def _draw_tracks(self):
        self.blocks, self.reaches = {}, {}
        for letter, (top, bottom) in {"x": (X_TOP, X_BOTTOM), **self.rows}.items():
            lanes = self._lanes(letter)
            for zero, _ in lanes:
                self.pen.line([(LEFT, zero), (RIGHT, zero)], color=ZERO, lw=1, zorder=1)
            for y in (top, bottom):
                self.pen.line([(LEFT, y), (RIGHT, y)], color=GUIDE, lw=1, zorder=1)
            self._draw_scale(letter, top, bottom, lanes)
            if len(lanes) == 1:
                name, size = (r"$\tanh^\prime$", 8.5) if letter == "s" else (f"${letter}$", 10.5)
                self.pen.label(LETTERS, (top + bottom) / 2, name, size, ha="center")
            never_changes = self.kind in ("leaky", "rnn") and letter in "fU"
            patch = PathPatch(_boxes([]), fc=COLORS[letter], alpha=0.45 if never_changes else 1, lw=0)
            self.blocks[letter] = self.pen.patch(patch, zorder=2)

    def _draw_scale(self, letter, top, bottom, lanes):
        """Numbers at the ends of a track; of states and inputs they change with the run."""
        look = {"size": 7.8, "ha": "right", "color": GRAY}
        if len(lanes) > 1:  # several inputs: each lane bears the name of its own
            names = [f"x{j}".translate(BELOW) + " ±" for j in range(1, len(lanes) + 1)]
            self.reaches[letter] = [(name, self.pen.words(LEFT - 4, y, **look)) for name, (y, _) in zip(names, lanes)]
            return
        ends = ((top - 1, "top"), (bottom + 1, "bottom"))
        if letter in "xch":
            words = [self.pen.words(LEFT - 4, y, va=va, **look) for y, va in ends]
            self.reaches[letter] = list(zip(("", "−"), words))
        else:
            for (y, va), words in zip(ends, ("1", "−1" if letter in SIGNED else "0")):
                self.pen.label(LEFT - 4, y, words, va=va, **look)

    def _lanes(self, letter) -> list[tuple[float, float]]:
        """Where zero lies, and how high 1 is: one lane for a letter, one for each number of x."""
        top, bottom = self.rows.get(letter, (X_TOP, X_BOTTOM))
        if letter not in SIGNED:
            return [(bottom, bottom - top)]
        height = (bottom - top) / (self.inputs if letter == "x" else 1)
        count = self.inputs if letter == "x" else 1
        return [(top + (j + 0.5) * height, height / 2 - (1 if count > 1 else 0)) for j in range(count)]

    def _track(self, letter, shares) -> Path:
        """The blocks of a letter from its shares of the full height, (T,) or (T, lanes)."""
        lanes = self._lanes(letter)
        shares = np.clip(shares.reshape(-1, len(lanes)), -1, 1).T
        blocks = [_columns(0, zero, zero - height * share) for (zero, height), share in zip(lanes, shares)]
        return _boxes(np.concatenate(blocks))

    # The way back ---------------------------------------------------------------------------------------------------

    def _draw_way_back(self, other):
        pen, letter = self.pen, self.memory
        bottom, self.top = self.bottom, self.bottom + 40
        words = f"Nudge {letter} at a step: how much of the nudge is left in {letter} after step {STEPS} (log scale)"
        pen.label(LEFT, bottom + 24, words, 9.2, color=BACK)
        for power in range(self.lowest, HIGHEST + 1):
            y = self._height(10.0**power)
            pen.line([(LEFT, y), (RIGHT, y)], color=ZERO if power == 0 else GUIDE, lw=1, zorder=1)
            if power % 2 == 0 or self.lowest == LOWEST:
                words = f"$10^{{{power}}}$" if power <= -4 else f"{10.0**power:g}"
                pen.label(LEFT - 4, y, words, 7.8, ha="right", color=GRAY)
        pen.label(12, bottom + 27, "The way back: gradient", 10, weight="bold", color=BACK)
        pen.label(210, bottom + 28, rf"$|\,\partial {letter}_{{{STEPS}}} \,/\, \partial {letter}_t\,|$", 12)
        self.arrives, self.took = pen.words(12, bottom + 52, 9), pen.words(12, bottom + 69, 9)
        # Of the gradients that are drawn: how far from the middle the mark of one too small stands, and its color.
        self.marks = {"all_ways": (-6, BACK)} | ({"alone": (0, INK)} if ALONE[self.kind] else {})
        self.marks |= {"other": (6, other[1])} if other else {}
        self._draw_legend(other)
        self.all_ways = pen.patch(PathPatch(_boxes([]), fc=BACK, alpha=0.75, lw=0), zorder=2)
        self.alone = pen.patch(PathPatch(_boxes([]), fc=INK, lw=0), zorder=3)
        if other:
            self.other = pen.moving(pen.line([(0, 0)], color=other[1], lw=1.6, marker="o", ms=4, zorder=4))
        self.below = {
            name: pen.moving(pen.ax.plot([], [], "v", color=color, ms=4, zorder=3)[0])
            for name, (_, color) in self.marks.items()
        }

    def _draw_legend(self, other):
        """One line for each kind of mark, down to the height of the steps' numbers."""
        pen, alone = self.pen, ALONE[self.kind]
        y = HOME_BOTTOM + 13 - 17 * (1 + bool(alone) + (other is not None))
        pen.ax.add_patch(Rectangle((12, y - 6), 14, 11, fc=BACK, alpha=0.75, lw=0))
        pen.label(34, y, ALL_WAYS[self.kind], 8.4)
        if alone:
            y += 17
            pen.line([(13, y), (27, y)], color=INK, lw=2.2)
            pen.label(34, y, alone, 8.4)
        if other:
            y += 17
            name, color, letter = other
            pen.line([(13, y), (27, y)], color=color, lw=1.6, marker="o", ms=4)
            pen.label(34, y, f"{name}: a nudge to its {letter}, all ways", 8.4)
        y += 17
        for aside, color in self.marks.values():
            pen.ax.plot(20 + aside, y, "v", color=color, ms=4)
        pen.label(34, y, f"less than 10{str(self.lowest).translate(ABOVE)}", 8.4)

    def _height(self, size):
        """The place of a size on the logarithmic axis."""
        powers = np.log10(np.clip(np.abs(size), 10.0**self.lowest, 10.0**HIGHEST))
        return self.top + (HOME_BOTTOM - self.top) * (HIGHEST - powers) / (HIGHEST - self.lowest)

    def _show_way_back(self, result, first):
        """From the end to step `first`, from 0; none of it when that is STEPS."""
        least = 10.0**self.lowest
        found = result["trace"] | {"other": result.get("other")}
        sizes = {name: np.abs(found[name][first:]) for name in self.marks}
        tops = np.minimum(self._height(sizes["all_ways"]), HOME_BOTTOM - 2)  # what is just on the axis can be seen
        self.all_ways.set_path(_boxes(_columns(first, HOME_BOTTOM, tops)[sizes["all_ways"] >= least]))
        if "alone" in sizes:
            marks = self._height(sizes["alone"])
            self.alone.set_path(_boxes(_columns(first, marks - 1, marks + 1)[sizes["alone"] >= least]))
        if "other" in sizes:
            seen = sizes["other"] >= least
            self.other.set_data(MIDDLES[first:], np.where(seen, self._height(sizes["other"]), np.nan))
        for name, (aside, _) in self.marks.items():
            below = MIDDLES[first:][sizes[name] < least] + aside
            self.below[name].set_data(below, np.full(len(below), HOME_BOTTOM - 5))
        if first == STEPS:
            self.arrives.set_text("It begins when the tape")
            self.took.set_text("has been read to its end.")
        else:
            nudged, before, end = (f"{self.memory}{step}".translate(BELOW) for step in (first + 1, first, STEPS))
            self.arrives.set_text(f"Of a nudge to {nudged}, {share_left(sizes['all_ways'][0])} is left in {end}.")
            self.took.set_text(f"Violet arrow: from {nudged} to {before}, × {result['trace']['through'][first]:.2f}.")


def _when(t: int, back: bool) -> str:
    """The moment of step t, from 0, in words; -1 is before the first."""
    if back:
        return f"way back: from t = {STEPS} to {t + 1}" if t < STEPS - 1 else f"way back: begins at t = {STEPS}"
    return f"forward: step t = {t + 1} of {STEPS}" if t >= 0 else "before step 1: press play"


def share_left(size: float) -> str:
    """The size of a gradient in few characters: 0.42, 3.1·10⁻⁹, nothing."""
    if not size:
        return "nothing"
    digits, exponent, power = amount(abs(size)).partition("e")
    return f"{digits}·10{power.translate(ABOVE)}" if exponent else digits


def _rows(letters) -> dict[str, tuple[float, float]]:
    """Top and bottom of each track: those of states higher than those of gates, and none higher than it needs."""
    gap, weights = 9, {letter: {"c": 1.7, "h": 1.3 if len(letters) > 3 else 2.2}.get(letter, 1) for letter in letters}
    unit = min(62, (BOTTOM - TOP - gap * (len(letters) - 1)) / sum(weights.values()))
    rows, y = {}, TOP
    for letter, weight in weights.items():
        rows[letter] = (round(y), round(y + unit * weight))
        y += unit * weight + gap
    return rows


def _columns(first: int, base, ends) -> np.ndarray:
    """The corners of a block for each end, from its base, in the columns from `first` on: (T, 4), as `_boxes` takes."""
    left = LEFT + (first + np.arange(len(ends))) * COLUMN + 3
    base = np.broadcast_to(base, ends.shape)
    return np.stack([left, np.minimum(base, ends), left + COLUMN - 6, np.maximum(base, ends)], 1)


def _boxes(corners) -> Path:
    """One path of many rectangles (left, top, right, bottom), which a single artist draws at once."""
    a = np.asarray(corners, float).reshape(-1, 4)
    points = a[:, [0, 1, 2, 1, 2, 3, 0, 3, 0, 1]].reshape(-1, 2)
    return Path(points, np.tile([Path.MOVETO, *[Path.LINETO] * 3, Path.CLOSEPOLY], len(a)).astype(np.uint8))
