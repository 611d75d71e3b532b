"""The GRU cell as a drawing, in its four forms, with the letters and colors of the equations."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import FancyBboxPatch

from utils.checks import one_of
from utils.plots.lstm import HEIGHT, RADIUS, WIDTH, box, disc, knot
from utils.plots.style import PALETTE

GATES = {"z": (3.9, 3.75), "r": (7.3, 3.75), "n": (13.7, 3.75)}  # centers of the discs
SUMS = {"z": (3.9, 2.05), "r": (7.3, 2.05), "n": (13.7, 2.05)}  # centers of the boxes below them
INNER = {"after": (10.4, 2.05), "before": (11.35, 3.75)}  # center of the box U_n
_TOP, _H, _X, _SHARE = 7.2, 1.05, 0.72, 5.65  # heights of the state's wire, the two inputs, the wire of 1 - z
_RESET = {"after": 10.4, "before": 9.3}  # where r multiplies

# name: (letter that gives the color, corner points, where its number or term stands)
WIRES = {
    "h_prev": ("h", [(0.3, _TOP), (3.54, _TOP)], (2.75, _TOP + 0.42)),
    "zh": ("h", [(4.26, _TOP), (13.34, _TOP)], (9.1, _TOP + 0.42)),
    "h": ("h", [(14.06, _TOP), (17.4, _TOP)], (15.3, _TOP + 0.42)),
    "z": ("z", [(3.9, 4.47), (3.9, 6.84)], None),
    "tap": ("z", [(3.9, _SHARE), (4.85, _SHARE)], None),
    "share": ("z", [(5.85, _SHARE), (13.34, _SHARE)], (11.9, _SHARE + 0.36)),
    "n": ("n", [(13.7, 4.47), (13.7, 5.29)], None),
    "new": ("h", [(13.7, 6.01), (13.7, 6.84)], (14.95, 6.42)),
    "r": ("r", [(8.02, 3.75), (10.4 - 0.36, 3.75)], None),
    "u": ("h", [(10.4, 2.45), (10.4, 3.39)], None),
    "ru": ("n", [(10.76, 3.75), (12.98, 3.75)], (11.55, 4.15)),
}
_MOVED = {  # the wires that run elsewhere where the reset comes before the product
    "r": ("r", [(8.02, 3.75), (9.3 - 0.36, 3.75)], None),
    "u": ("h", [(9.3, _H), (9.3, 3.39)], None),
    "rh": ("h", [(9.66, 3.75), (10.35, 3.75)], (9.75, 4.45)),
    "ru": ("n", [(12.35, 3.75), (12.98, 3.75)], None),
}
_ENDS = {
    (0.75, _TOP + 0.42): ("h", r"$h_{t-1}$"),
    (17.1, _TOP + 0.42): ("h", r"$h_t$"),
    (2.6, 0.05): ("x", r"$x_t$"),
}


def gru_cell(ax: Axes, reset: str = "after", z: str = "keeps", terms: bool = True) -> dict[str, Line2D]:
    """Draw one GRU step: the state runs along the top, the inputs along the bottom.

    ax: an Axes of about 9 x 4.1 inches; its own axes are hidden.
    reset: "after" the product with U_n (torch, cuDNN) or "before" it (Cho et al. 2014).
    z: "keeps" (z multiplies the old state, as in torch) or "writes" (z multiplies the candidate).
    terms: write the equations' terms on the wires and into the boxes, instead of leaving room for numbers.
    Returns the wires by name. ValueError for another reset or z.
    """
    one_of("reset", reset, ("after", "before"))
    one_of("z", z, ("keeps", "writes"))
    ax.set(xlim=(0, WIDTH), ylim=(-0.2, HEIGHT - 0.2), aspect="equal")
    ax.axis("off")
    ax.add_patch(FancyBboxPatch((1.4, 0.4), 14.9, 7.45, "round,pad=0,rounding_size=0.5", fc="#F6F6F3", ec="#BBBBBB"))
    paths = WIRES | (_MOVED if reset == "before" else {})
    wires = {name: _wire(ax, letter, points) for name, (letter, points, _) in paths.items()}
    wires |= _inputs(ax, reset)
    _complement(ax, z)
    if z == "writes":
        wires["tap"].set_data([3.9, 5.85], [_SHARE, _SHARE])
    for gate, name in (("z", "update"), ("r", "reset"), ("n", "candidate")):
        _gate(ax, gate, name, terms)
    knots = (3.9, _TOP, "×"), (13.7, _TOP, "+"), (13.7, _SHARE, "×"), (_RESET[reset], 3.75, "×")
    for x, y, sign in knots:
        knot(ax, x, y, sign)
    box(ax, *INNER[reset], 2.2, 0.8)
    if terms:
        _terms(ax, paths, reset, z)
    for (x, y), (letter, name) in _ENDS.items():
        ax.text(x, y, name, color=PALETTE[letter], fontsize=14, ha="center", va="center", zorder=5)
    ax.plot(17.45, _TOP, ">", color=PALETTE["h"], ms=8, zorder=3)
    return wires


def _wire(ax: Axes, letter: str, points) -> Line2D:
    return ax.plot(*zip(*points), color=PALETTE[letter], lw=2.4, solid_joinstyle="round", zorder=2)[0]


def _inputs(ax: Axes, reset: str) -> dict[str, Line2D]:
    """The old state, down from the top and along the bottom, and x below it, with taps up into the boxes."""
    nan = float("nan")
    last = INNER["after"][0] if reset == "after" else _RESET["before"]
    h = [(1.85, _TOP), (1.85, _H), (last, _H)]
    for x in (SUMS["z"][0] - 0.35, SUMS["r"][0] - 0.35, *([last] if reset == "after" else [])):
        h += [(nan, nan), (x, _H), (x, 1.65)]
    x_path = [(2.15, -0.1), (2.15, _X), (SUMS["n"][0], _X), (SUMS["n"][0], 1.65)]
    for x in (SUMS["z"][0] + 0.35, SUMS["r"][0] + 0.35):
        x_path += [(nan, nan), (x, _X), (x, 1.65)]
    return {"h_in": _wire(ax, "h", h), "x": _wire(ax, "x", x_path)}


def _complement(ax: Axes, z: str) -> None:
    """The small box that turns z into 1 - z: on the way to n where z keeps, on the way to h where it writes."""
    x, y = (5.35, _SHARE) if z == "keeps" else (3.9, 6.3)
    box(ax, x, y, 1.0, 0.56)
    ax.text(x, y, "1 −", fontsize=10.5, ha="center", va="center_baseline", zorder=5)


def _gate(ax: Axes, gate: str, name: str, terms: bool) -> None:
    """One disc, the box of its weighted sum below it, and its letter."""
    x, y = GATES[gate]
    width = 1.9 if gate == "n" else 2.76
    box(ax, *SUMS[gate], width, 0.8)
    ax.plot([x, x], [2.45, y - RADIUS], color=PALETTE[gate], lw=2, zorder=2)
    disc(ax, gate, x, y, name, terms)
    if terms:
        words = "$W_n x_t+b_n$" if gate == "n" else f"$W_{gate}x_t+U_{gate}h_{{t-1}}+b_{gate}$"
        ax.text(*SUMS[gate], words, fontsize=9, ha="center", va="center", zorder=5)


def _terms(ax: Axes, paths: dict, reset: str, z: str) -> None:
    keep, write = ("z_t", "(1-z_t)") if z == "keeps" else ("(1-z_t)", "z_t")
    words = {"zh": rf"${keep} \odot h_{{t-1}}$", "new": rf"${write} \odot n_t$", "share": f"${write.strip('()')}$"}
    words |= {"rh": r"$r_t \odot h_{t-1}$"} if reset == "before" else {}
    for name, text in words.items():
        letter, _, (x, y) = paths[name]
        ax.text(x, y, text, color=PALETTE[letter], fontsize=11, ha="center", va="center", zorder=5)
    inside = "$U_n h_{t-1}+d_n$" if reset == "after" else r"$U_n\,(\cdot)+d_n$"
    ax.text(*INNER[reset], inside, fontsize=9, ha="center", va="center", zorder=5)
