"""The LSTM cell as a drawing, with the letters and colors of the equations; and what drawings of cells share."""

from __future__ import annotations

from math import nan

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Circle, FancyBboxPatch, Rectangle

from utils.plots.style import PALETTE

WIDTH, HEIGHT = 18.0, 8.2  # of the drawing, in units of half an inch at 9 inches wide
GATES = {"f": (3.5, 3.75), "i": (6.4, 3.75), "g": (9.3, 3.75), "o": (12.2, 3.75)}  # centers of the discs
RADIUS = 0.72
_TOP, _H, _X = 7.2, 1.05, 0.72  # heights of the cell state's wire and of the two input wires
_END = 14.75  # where the cell state branches off to the output

# name: (letter that gives the color, corner points, where its number or term stands)
WIRES = {
    "c_prev": ("c", [(0.3, _TOP), (3.14, _TOP)], (2.3, _TOP + 0.42)),
    "fc": ("c", [(3.86, _TOP), (8.94, _TOP)], (6.4, _TOP + 0.42)),
    "c": ("c", [(9.66, _TOP), (17.4, _TOP)], (12.2, _TOP + 0.42)),
    "f": ("f", [(3.5, 4.47), (3.5, 6.84)], None),
    "i": ("i", [(6.4, 4.47), (6.4, 5.65), (8.94, 5.65)], None),
    "g": ("g", [(9.3, 4.47), (9.3, 5.29)], None),
    "ig": ("c", [(9.3, 6.01), (9.3, 6.84)], (10.3, 6.4)),
    "o": ("o", [(12.92, 3.75), (_END - 0.36, 3.75)], None),
    "branch": ("c", [(_END, _TOP), (_END, 6.02)], None),
    "tanh_c": ("c", [(_END, 5.38), (_END, 4.11)], (_END + 0.75, 4.75)),
    "h": ("h", [(_END, 3.39), (_END, _H), (17.4, _H)], (15.6, _H + 0.42)),
}
_ENDS = {  # the names at the ends of the wires
    (0.75, _TOP + 0.42): ("c", r"$c_{t-1}$"),
    (17.1, _TOP + 0.42): ("c", r"$c_t$"),
    (0.75, _H + 0.42): ("h", r"$h_{t-1}$"),
    (17.1, _H + 0.42): ("h", r"$h_t$"),
    (2.4, 0.05): ("x", r"$x_t$"),
}
_TERMS = {"fc": r"$f_t \odot c_{t-1}$", "ig": r"$i_t \odot g_t$", "tanh_c": r"$\tanh(c_t)$"}


def lstm_cell(ax: Axes, terms: bool = True) -> dict[str, Line2D]:
    """Draw one LSTM step: inputs at the left and below, the four gates, the two states out at the right.

    ax: an Axes of about 9 x 4.1 inches; its own axes are hidden.
    terms: write the equations' terms on the wires and into the boxes, instead of leaving room for numbers.
    Returns the wires by name: the keys of `WIRES`, h_prev and x.
    """
    ax.set(xlim=(0, WIDTH), ylim=(-0.2, HEIGHT - 0.2), aspect="equal")
    ax.axis("off")
    ax.add_patch(FancyBboxPatch((1.4, 0.4), 14.9, 7.45, "round,pad=0,rounding_size=0.5", fc="#F6F6F3", ec="#BBBBBB"))
    wires = {}
    for name, (letter, points, place) in WIRES.items():
        wires[name] = ax.plot(*zip(*points), color=PALETTE[letter], lw=2.4, solid_joinstyle="round", zorder=2)[0]
        if terms and name in _TERMS:
            ax.text(*place, _TERMS[name], color=PALETTE[letter], fontsize=11, ha="center", va="center", zorder=5)
    wires |= _inputs(ax)
    for gate, (x, y) in GATES.items():
        _gate(ax, gate, x, y, terms)
    for x, y, sign in ((3.5, _TOP, "×"), (9.3, 5.65, "×"), (9.3, _TOP, "+"), (_END, 3.75, "×")):
        knot(ax, x, y, sign)
    box(ax, _END, 5.7, 1.3, 0.64)
    ax.text(_END, 5.7, "tanh", fontsize=10, ha="center", va="center_baseline", zorder=5)
    for (x, y), (letter, name) in _ENDS.items():
        ax.text(x, y, name, color=PALETTE[letter], fontsize=14, ha="center", va="center", zorder=5)
    for y, letter in ((_TOP, "c"), (_H, "h")):
        ax.plot(17.45, y, ">", color=PALETTE[letter], ms=8, zorder=3)
    return wires


def opening(ax: Axes, gate: str, centers: dict[str, tuple[float, float]] = GATES) -> Rectangle:
    """A fill for the disc of `gate`, to be moved by `set_opening`; `centers` are those of the drawing's discs."""
    x, y = centers[gate]
    fill = Rectangle((x - RADIUS, y - RADIUS), 2 * RADIUS, 0, color=PALETTE[gate], alpha=0.5, lw=0, zorder=4)
    ax.add_patch(fill)
    fill.set_clip_path(Circle((x, y), RADIUS, transform=ax.transData))
    return fill


def set_opening(fill: Rectangle, gate: str, value: float, centers: dict[str, tuple[float, float]] = GATES) -> None:
    """Fill a disc from its bottom to `value` of its height; a candidate, g or n, which has a sign, from its middle."""
    middle, signed = centers[gate][1], gate in "gn"
    start = middle if signed else middle - RADIUS
    level = middle + RADIUS * (value if signed else 2 * value - 1)
    fill.set_y(min(start, level))
    fill.set_height(abs(level - start))


def _inputs(ax: Axes) -> dict[str, Line2D]:
    """The wires of h and x along the bottom, with a tap up into each gate's box."""
    ends, wires = [x for x, _ in GATES.values()], {}
    for name, letter, y, shift in (("h_prev", "h", _H, -0.35), ("x", "x", _X, 0.35)):
        path = [(0.3, y)] if letter == "h" else [(1.95, -0.1), (1.95, y)]
        path.append((ends[-1] + shift, y))
        for x in ends:
            path += [(nan, nan), (x + shift, y), (x + shift, 1.65)]
        wires[name] = ax.plot(*zip(*path), color=PALETTE[letter], lw=2, zorder=2)[0]
    return wires


def _gate(ax: Axes, gate: str, x: float, y: float, terms: bool) -> None:
    """One disc, the box of its weighted sum below it, and its letter."""
    box(ax, x, 2.05, 2.76, 0.8)
    ax.plot([x, x], [2.45, y - RADIUS], color=PALETTE[gate], lw=2, zorder=2)
    disc(ax, gate, x, y, {"f": "forget", "i": "input", "g": "candidate", "o": "output"}[gate], terms)
    if terms:
        ax.text(x, 2.03, f"$W_{gate}x_t+U_{gate}h_{{t-1}}+b_{gate}$", fontsize=9, ha="center", va="center", zorder=5)


def disc(ax: Axes, gate: str, x: float, y: float, name: str, terms: bool) -> None:
    """The disc of one gate or candidate, its letter and `name` beside it, and with `terms` what squashes its sum."""
    ax.add_patch(Circle((x, y), RADIUS, fc="white", ec=PALETTE[gate], lw=2.2, zorder=3))
    ax.text(x - 0.85, y + 0.62, f"${gate}_t$", color=PALETTE[gate], fontsize=15, ha="right", va="center", zorder=5)
    ax.text(x - 0.85, y - 0.72, name, color="#555555", fontsize=9.5, ha="right", va="center", zorder=5)
    if terms:
        squash, size = ("tanh", 11) if gate in "gn" else ("σ", 15)
        ax.text(x, y, squash, fontsize=size, ha="center", va="center_baseline", zorder=5)


def knot(ax: Axes, x: float, y: float, sign: str) -> None:
    """A small ring where two wires meet: × or +."""
    ax.add_patch(Circle((x, y), 0.36, fc="white", ec=PALETTE["text"], lw=1.4, zorder=4))
    ax.text(x, y - 0.02, sign, fontsize=14, ha="center", va="center_baseline", zorder=5)


def box(ax: Axes, x: float, y: float, width: float, height: float) -> None:
    """A box with round corners, its center at (x, y)."""
    corner, corners = (x - width / 2, y - height / 2), "round,pad=0,rounding_size=0.15"
    ax.add_patch(FancyBboxPatch(corner, width, height, corners, fc="white", ec="#888888", zorder=4))
