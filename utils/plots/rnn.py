"""A recurrent network unrolled over time: states forward, gradients back."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle, FancyArrowPatch, FancyBboxPatch

from utils.plots.style import PALETTE, figure

_STATES = {0.0: "$h_0$", 1.9: "$h_1$", 3.8: "$h_2$", 7.6: "$h_{T-1}$", 9.5: "$h_T$"}  # x of the center: name
_INPUTS = {1.9: "$x_1$", 3.8: "$x_2$", 7.6: "$x_{T-1}$", 9.5: "$x_T$"}
_BACK = {3.8: "$J_2$", 9.5: "$J_T$"}  # x of the state that a Jacobian leads back from: name
_RADIUS = 0.42


def unrolled() -> Figure:
    """The plain recurrent network as a chain: x_t in from below, h_t to the right, the gradient back above."""
    fig, ax = figure(9, 2.7)
    ax.set(xlim=(-0.7, 12.3), ylim=(-1.95, 1.85), aspect="equal")
    ax.axis("off")
    for x, name in _STATES.items():
        ax.add_patch(Circle((x, 0), _RADIUS, fc="white", ec=PALETTE["h"], lw=2.2, zorder=3))
        ax.text(x, 0, name, ha="center", va="center", fontsize=12, zorder=4)
    ax.text(5.7, 0, "· · ·", ha="center", va="center", fontsize=16, color=PALETTE["h"])
    for start, end in ((0.0, 1.9), (1.9, 3.8), (3.8, 5.7), (5.7, 7.6), (7.6, 9.5), (9.5, 11.85)):
        _arrow(ax, (start + 0.46, 0), (end - 0.46, 0), PALETTE["h"])
    for x in (0.95, 2.85, 8.55):
        ax.text(x, -0.14, "$U$", ha="center", va="top", fontsize=11, color="#9A6A00")
    for x, name in _INPUTS.items():
        ax.text(x, -1.6, name, ha="center", va="center", fontsize=12)
        _arrow(ax, (x, -1.36), (x, -0.46), PALETTE["x"])
        ax.text(x + 0.13, -0.92, "$W$", va="center", fontsize=11)
    ax.add_patch(FancyBboxPatch((11.4, -0.38), 0.7, 0.76, "round,pad=0,rounding_size=0.12", fc="#F0F0F0", ec="#888888"))
    ax.text(11.75, 0, "$L$", ha="center", va="center", fontsize=13)
    for start, end in ((11.75, 9.5), (9.5, 7.6), (7.6, 5.9), (5.5, 3.8), (3.8, 1.9)):
        _arrow(ax, (start - 0.1, 0.48), (end + 0.1, 0.48), PALETTE["rnn"], bend=0.38)
    for x, name in _BACK.items():
        ax.text(x - 0.95, 1.0, name, ha="center", va="bottom", fontsize=12, color=PALETTE["rnn"])
    ax.text(10.62, 1.07, r"$\partial L/\partial h_T$", ha="center", va="bottom", fontsize=12, color=PALETTE["rnn"])
    ax.text(5.7, 1.5, "the gradient, back through time", ha="center", fontsize=10, color=PALETTE["rnn"])
    formula = "$h_t=\\tanh(Wx_t+Uh_{t-1}+b)$"
    ax.text(5.7, -1.6, formula, fontsize=10, color="#9A6A00", ha="center", va="center")
    return fig


def _arrow(ax: Axes, start, end, color: str, bend: float = 0.0) -> None:
    style = f"arc3,rad={bend}"
    ax.add_patch(
        FancyArrowPatch(start, end, arrowstyle="-|>", mutation_scale=13, lw=1.6, color=color, connectionstyle=style)
    )
