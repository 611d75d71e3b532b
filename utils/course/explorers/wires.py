"""The wires of a unit: in every explorer a number has the same thickness, and a line of words says so."""

from __future__ import annotations

from utils.course.explorers.lettering import length
from utils.plots.style import PALETTE

THICKEST = 2.0  # a larger number is drawn as this one
DISCS, WIRES = "A disc is as full as its number is large,", "a wire as thick:"


def thickness(number: float) -> float:
    """Points of the wire that carries it: 0.8 at 0, 2.9 at 1, 5 from 2 on."""
    return 0.8 + 4.2 * min(abs(number), THICKEST) / THICKEST


def draw_legend(ax) -> None:
    """What discs and wires say, below a cell that `utils.plots` has drawn."""
    size, pixel = 9, 0.0215  # the cell is 18 wide on nearly 9 inches
    ax.text(4.8, 0.05, f"{DISCS} {WIRES}", fontsize=size, va="center", color=PALETTE["theory"])
    draw_scale(ax, 4.8 + pixel * (length(f"{DISCS} {WIRES}", size) + 12), 0.05, pixel, size)


def draw_scale(ax, x: float, y: float, pixel: float, size: float) -> None:
    """Samples of wires with their numbers, from x on; pixel: how long one is on the axes; size: of letters."""
    for number, words in enumerate(("0", "1", "2 or more")):
        ax.plot([x, x + 22 * pixel], [y, y], color=PALETTE["theory"], lw=thickness(number), solid_capstyle="butt")
        ax.text(x + 26 * pixel, y, words, fontsize=size, va="center", color=PALETTE["theory"])
        x += 44 * pixel
