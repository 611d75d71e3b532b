"""The unit at the left of the Tape: its gates as discs that fill, its numbers on wires as thick as they are large."""

from __future__ import annotations

from matplotlib.patches import Circle, FancyBboxPatch, Rectangle

from utils.course.explorers.lettering import short
from utils.course.explorers.numerals import digits
from utils.course.explorers.wires import DISCS, WIRES, draw_scale, thickness
from utils.plots.style import PALETTE

# Pixels from the left: the two buses of x and of h, the discs, words, a side lane, the lane of the memory, the edge of
# the frame, the tracks.
BUS_X, BUS_H, DISC, WORDS, SIDE, LANE, EDGE, LEFT = 20, 34, 70, 94, 252, 274, 290, 336
TOP, START, R = 122, 104, 18  # of the unit; where wires come in; radius of a disc
LINE = 25  # signs of a formula
INK, GRAY, PALE, BACK = PALETTE["text"], "#666666", "#C9C9C4", "#6A3D9A"  # BACK is the color of all that goes back
COLORS = PALETTE | {"U": PALETTE["rnn"], "s": PALETTE["theory"]}
SIGNED, STATES = "xgnch", "ch"
PARTS = {  # of each unit, from top to bottom, as the numbers flow: letter, what it is
    "leaky": {"f": "gate: keeps, always", "h": "state, carried on"},
    "rnn": {"U": "weight: what stays", "s": "slope of tanh", "h": "state, carried on"},
    "lstm": {
        "f": "forget gate: keeps", "i": "input gate: lets in", "g": "candidate: the news", "c": "memory, carried on",
        "o": "output gate: shows", "h": "state, what is shown",
    },
    "gru": {
        "z": "update gate: keeps", "r": "reset gate: lets h in", "n": "candidate: the news",
        "h": "state, carried on",
    },
}  # fmt: skip


class Pen:
    """Draws on an axes whose units are pixels from the upper left corner; `moving` marks what a step changes."""

    def __init__(self, ax, moving):
        self.ax, self.moving = ax, moving

    def label(self, x, y, words, size, **look):
        """Words that stay."""
        return self.ax.text(x, y, words, fontsize=size, **{"va": "center", "color": INK, "zorder": 5} | look)

    def words(self, x, y, size, **look):
        """Words that change."""
        return self.moving(self.label(x, y, "", size, **look))

    def line(self, points, **look):
        return self.ax.plot(*zip(*points), **{"solid_joinstyle": "round", "zorder": 2} | look)[0]

    def patch(self, patch, zorder):
        """A patch that changes."""
        patch.set_zorder(zorder)
        return self.moving(self.ax.add_patch(patch))

    def box(self, x, y, width, height, color, lw, words=""):
        """A box with round corners on a wire; it is drawn at each step because it lies over a wire that is."""
        corner, corners = (x - width / 2, y - height / 2), f"round,pad=0,rounding_size={min(height / 2, 9)}"
        self.patch(FancyBboxPatch(corner, width, height, corners, fc="white", ec=color, lw=lw), zorder=5)
        if words:
            self.words(x, y, 8.5 if len(words) > 1 else 11, ha="center").set_text(words)


class UnitPicture:
    """One kind of unit; `rows` gives top and bottom of each part's track, beside which it stands."""

    def __init__(self, pen: Pen, kind: str, rows: dict[str, tuple[float, float]]):
        self.pen, self.kind, self.rows = pen, kind, rows
        self.memory = "c" if kind == "lstm" else "h"
        self.decimals = 3 if kind == "leaky" else 2  # of states: a leaky unit takes in little at a time
        self.fills, self.numbers, self.formulas, self.wires = {}, {}, {}, {}
        low, high = TOP - 10, max(bottom for _, bottom in rows.values()) + 10
        corners = "round,pad=0,rounding_size=12"
        pen.ax.add_patch(FancyBboxPatch((8, low), EDGE - 8, high - low, corners, fc="#F6F6F3", ec=PALE))
        self._draw_legend()
        self._draw_starts()
        for letter, meaning in PARTS[kind].items():
            self._draw_part(letter, meaning)
        {"leaky": self._draw_one_way, "rnn": self._draw_one_way, "lstm": self._draw_lstm, "gru": self._draw_gru}[kind]()
        lane = [(LANE, self._y(self.memory) - 10), (LANE, START + 6)]
        self.back = pen.moving(pen.line(lane, color=BACK, zorder=4, solid_capstyle="butt"))
        self.arrow = pen.moving(pen.ax.plot(*lane[-1], "^", color=BACK, ms=12, zorder=4)[0])

    def show(self, trace: dict, x: str, t: int, back: bool):
        """Step t, from 0, with the input in words, or with -1 the unit before the first one, empty.

        On the way back an arrow, as thick as what the step lets through.
        """
        read = t >= 0
        now = {letter: values[t] if read else 0.0 for letter, values in trace.items() if letter in self.rows}
        now |= {f"{letter}_prev": trace[letter][t - 1] if t > 0 else 0.0 for letter in STATES if letter in trace}
        if self.kind == "lstm":
            now |= {"fc": now["f"] * now["c_prev"], "ig": now["i"] * now["g"]}
        elif self.kind == "gru":
            now |= {"zh": now["z"] * now["h_prev"], "share": (1 - now["z"]) * read}
            now["new"] = now["share"] * now["n"]
        else:
            now["kept"] = now[next(iter(self.rows))] * now["h_prev"]
        now["x"] = max(abs(value) for value in trace["x"][t]) * read
        for name, wire in self.wires.items():
            wire.set_linewidth(thickness(now[name]))
        for letter, fill in self.fills.items():
            y, signed = self._y(letter), letter in SIGNED
            start, level = (y, R * now[letter]) if signed else (y + R, 2 * R * min(max(now[letter], 0), 1))
            fill.set(y=min(start, start - level), height=abs(level))
        for name, words in self.numbers.items():
            number = digits(now[name], self.decimals if name[0] in STATES else 2) if name != "x" else x
            words.set_text(number if read or name.endswith("_prev") else "")
        self.back.set(visible=back, linewidth=1.5 + 6 * min(trace["through"][t], 1))
        self.arrow.set_visible(back)

    def set_formulas(self, formulas: dict[str, str]):
        for letter, lines in self.formulas.items():
            for line, words in zip(lines, _in_two(formulas[letter])):
                line.set_text(words)

    # Its parts ------------------------------------------------------------------------------------------------------

    def _y(self, letter):
        return sum(self.rows[letter]) / 2

    def _draw_legend(self):
        """What discs and wires say."""
        self.pen.label(12, 44, DISCS, 8.2, color=GRAY)
        self.pen.label(12, 61, WIRES, 8.2, color=GRAY)
        draw_scale(self.pen.ax, 110, 61, 1, 8.2)

    def _draw_starts(self):
        """The numbers that come in from above: the input and the states before the step."""
        above = {"x": 12} | ({"h_prev": 104, "c_prev": 202} if self.kind == "lstm" else {"h_prev": 202})
        for name, x in above.items():
            self.pen.label(x, START - 16, "$x_t$" if name == "x" else f"${name[0]}_{{t-1}}$", 12)
            self.numbers[name] = self.pen.words(x + (20 if name == "x" else 42), START - 15, 9, weight="bold")

    def _draw_part(self, letter, meaning):
        """A disc for a gate, a box for a state; beside it its letter, what it does, and its formula."""
        y, pen = self._y(letter), self.pen
        if letter in STATES:
            pen.box(LANE, y, 44, 20, COLORS[letter], 1.8)
            size = 8 if self.kind == "leaky" else 8.6
            self.numbers[letter] = pen.words(LANE, y, size, ha="center", weight="bold")
            pen.ax.plot(EDGE + 13, y, ">", color=COLORS[letter], ms=6, zorder=5)
        else:
            pen.ax.add_patch(Circle((DISC, y), R, fc="white", ec=COLORS[letter], lw=2, zorder=3))
            fill = pen.patch(Rectangle((DISC - R, y), 2 * R, 0, color=COLORS[letter], alpha=0.5, lw=0), zorder=4)
            fill.set_clip_path(Circle((DISC, y), R, transform=pen.ax.transData))
            self.fills[letter] = fill
            self.numbers[letter] = pen.words(DISC, y, 8 if letter in SIGNED else 9, ha="center", weight="bold")
        pen.label(WORDS, y - 12, r"$\tanh^\prime$" if letter == "s" else f"${letter}$", 13)
        pen.label(WORDS + {"s": 50, "U": 20}.get(letter, 16), y - 11, meaning, 8.4, color=GRAY)
        self.formulas[letter] = [pen.words(WORDS + 14 * row, y + 9 + 11 * row, 8.2) for row in range(2)]

    def _wire(self, name, letter, points):
        """A line as thick as the number `name` is large."""
        self.wires[name] = self.pen.moving(self.pen.line(points, color=COLORS[letter]))

    def _sign(self, x, y, words):
        width = {1: 18, 3: 28, 4: 38}[len(words)]
        self.pen.box(x, y, width, 18, INK, 1.2, words)

    # The wires of each kind -----------------------------------------------------------------------------------------

    def _draw_one_way(self):
        """Leaky and plain: the old state times a number that never changes, plus the input."""
        letter = next(iter(self.rows))
        keep, h, end = self._y(letter), self._y("h"), [(EDGE + 8, self._y("h"))]
        if letter == "U":
            s = self._y("s")
            joint = (keep + s) / 2
            self.pen.line([(DISC + R, s), (LANE - 19, s)], color=COLORS["s"], lw=1.4, ls=":")
            self._sign(LANE, s, "tanh")
        else:
            joint = (keep + h) / 2 - 6
            self.pen.label(WORDS, joint + 11, "x enters times (1 − f)", 8.4)
        self._wire(letter, letter, [(DISC + R, keep), (LANE, keep)])
        self._wire("h_prev", "h", [(LANE, START), (LANE, keep)])
        self._wire("kept", "h", [(LANE, keep), (LANE, joint)])
        self._wire("x", "x", [(BUS_X, START), (BUS_X, joint), (LANE, joint)])
        self._wire("h", "h", [(LANE, joint), (LANE, h), *end])
        self._sign(LANE, keep, "×")
        self._sign(LANE, joint, "+")

    def _draw_lstm(self):
        f, i, g, c, o, h = (self._y(letter) for letter in "figcoh")
        joint = (i + g) / 2
        self._draw_buses("figo", start=118)
        self._wire("f", "f", [(DISC + R, f), (LANE, f)])
        self._wire("i", "i", [(DISC + R, i), (SIDE, i), (SIDE, joint)])
        self._wire("g", "g", [(DISC + R, g), (SIDE, g), (SIDE, joint)])
        self._wire("ig", "c", [(SIDE, joint), (LANE, joint)])
        self._wire("c_prev", "c", [(LANE, START), (LANE, f)])
        self._wire("fc", "c", [(LANE, f), (LANE, joint)])
        self._wire("c", "c", [(LANE, joint), (LANE, o), (LANE, c), (EDGE + 8, c)])
        self._wire("o", "o", [(DISC + R, o), (LANE, o)])
        self._wire("h", "h", [(LANE, o), (LANE, h), (EDGE + 8, h)])
        for x, y, sign in ((LANE, f, "×"), (SIDE, joint, "×"), (LANE, joint, "+"), (LANE, o, "×")):
            self._sign(x, y, sign)
        self._sign(LANE, (c + o) / 2 + 1, "tanh")

    def _draw_gru(self):
        z, r, n, h = (self._y(letter) for letter in "zrnh")
        reset, share = (r + n) / 2, (2 * z + n) / 3
        self._draw_buses("zrn", start=LANE, but="n")
        self.pen.line([(BUS_H, reset), (DISC, reset)], color=COLORS["h"], lw=1.2)
        self._wire("r", "r", [(DISC, r + R), (DISC, n - R)])
        self._wire("z", "z", [(DISC + R, z), (LANE, z)])
        self._wire("share", "z", [(SIDE - 2, z), (SIDE - 2, n)])
        self._wire("n", "n", [(DISC + R, n), (SIDE - 2, n)])
        self._wire("new", "h", [(SIDE - 2, n), (LANE, n)])
        self._wire("h_prev", "h", [(LANE, START), (LANE, z)])
        self._wire("zh", "h", [(LANE, z), (LANE, n)])
        self._wire("h", "h", [(LANE, n), (LANE, h), (EDGE + 8, h)])
        for x, y, sign in ((DISC, reset, "×"), (LANE, z, "×"), (SIDE - 2, n, "×"), (LANE, n, "+")):
            self._sign(x, y, sign)
        self._sign(SIDE - 2, share, "1 −")

    def _draw_buses(self, letters, start, but=""):
        """x and the h before the step, down along the left, with a tap into each disc; the disc `but` gets h by r."""
        ys = [self._y(letter) for letter in letters]
        self._wire("x", "x", [(BUS_X, START), (BUS_X, ys[-1] + 6)])
        way = [(start, START), (start, TOP - 4), (BUS_H, TOP - 4), (BUS_H, ys[-1] - 6)]
        self.pen.line(way, color=COLORS["h"], lw=1.2)
        for letter, y in zip(letters, ys):
            self.pen.line([(BUS_X, y + 6), (DISC - R + 1, y + 6)], color=COLORS["x"], lw=1.2)
            if letter not in but:
                self.pen.line([(BUS_H, y - 6), (DISC - R + 1, y - 6)], color=COLORS["h"], lw=1.2)


def _in_two(formula: str) -> tuple[str, str]:
    """A long formula in two lines, the second from a sign on; of one that is longer still, the beginning."""
    if len(formula) <= LINE:
        return formula, ""
    signs = [place for place in range(4, len(formula)) if formula[place] in "+−"]
    cut = min(signs, key=lambda place: abs(place - min(len(formula) / 2, LINE)))
    return formula[:cut], short(formula[cut:], LINE)
