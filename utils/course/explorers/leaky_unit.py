"""Lesson 00: one leaky unit, the cat on the doormat, and how long it remembers a knock."""

from __future__ import annotations

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.patches import Circle, Ellipse, Patch, Polygon

from utils.arrays.memory import half_life
from utils.course.explorers.base import Explorer, choice, slider
from utils.plots import style
from utils.plots.style import PALETTE

STEPS = 40  # the last one is now
NINES = np.linspace(0.02, 2, 199)  # how close f is to 1: 1 at 0.9, 2 at 0.99
FS = 1 - 10**-NINES
VISITORS = {"one knock": (0,), "knock, knock": (0, 3), "ten knocks": tuple(range(10))}  # steps after the first knock


class LeakyUnit(Explorer):
    """h_t = f h_{t-1} + (1 - f) x_t, with x_t = 1 at a knock and 0 in silence.

    Controls: `f`, how much of the memory is kept; `knock`, the step of the first knock; `visitor`, how often it knocks.
    To the right, what comes of one knock at that step, for each f: heard, 1 - f; kept until now, k steps later, f^k;
    their product is how awake it leaves the cat now.
    """

    size = (9.0, 3.6)

    def make_controls(self):
        return {
            "f": slider("keep, f", 0.90, 0.05, 0.99, 0.01),
            "knock": slider("first knock at step", 10, 1, STEPS, 1),
            "visitor": choice("at the door", list(VISITORS), "one knock"),
        }

    @staticmethod
    def compute(f, knock, visitor):
        """x, h and the share of the last knock's h that is left, at steps 0 .. 40, each (41,); the half-life in steps;
        the last knock; and for one knock what is heard of it and what is kept of that until now, each over `FS`."""
        x = np.zeros(STEPS + 1)
        knocks = [knock + later for later in VISITORS[visitor] if knock + later <= STEPS]
        x[knocks] = 1
        h = np.zeros_like(x)
        for t in range(1, STEPS + 1):
            h[t] = f * h[t - 1] + (1 - f) * x[t]
        last, wait = knocks[-1], STEPS - knock
        share = np.where(np.arange(STEPS + 1) < last, 0, h / h[last])
        return {
            "f": f, "x": x, "h": h, "share": share, "half_life": float(half_life(f)), "last": last, "wait": wait,
            "heard": 1 - FS, "kept": FS**wait, "both": (1 - FS) * FS**wait,
        }  # fmt: skip

    def draw(self, figure):
        time, cat, trade = figure.subplots(ncols=3, width_ratios=[5, 1.5, 2.9])
        self._draw_time(time)
        self._draw_cat(cat)
        self._draw_trade(trade)

    def _draw_time(self, ax):
        style(ax)
        ax.set(xlim=(0.5, STEPS + 0.5), ylim=(0, 1.35), xlabel=f"step t ({STEPS} is now)")
        ax.set_xticks([1, 10, 20, 30, 40])
        ax.set_yticks([0, 0.5, 1], ["0", "0.5", "1"])
        edges = np.arange(STEPS + 2) - 0.5
        self.share = self.moving(ax.stairs(np.zeros(STEPS + 1), edges, color=PALETTE["f"], linewidth=1.2))
        self.memory = self.moving(ax.stairs(np.zeros(STEPS + 1), edges, fill=True, color=PALETTE["h"]))
        awake, left = "how awake the cat is, 0 to 1: $h_t$", "share left since the last knock"
        _name(ax, {awake: Patch(color=PALETTE["h"]), left: Line2D([], [], color=PALETTE["f"], linewidth=1.2)})
        self.knocks = self.moving(ax.plot([], [], "v", color=PALETTE["x"], markersize=7)[0])
        self.span = self.moving(ax.plot([], [], "-|", color=PALETTE["text"], markersize=8, linewidth=1.3)[0])
        self.word, self.note = self._moving_text(ax, y=1.27), self._moving_text(ax)

    def _draw_cat(self, ax):
        ax.set(xlim=(-1.25, 1.25), ylim=(-2.1, 2.1), aspect="equal")
        ax.axis("off")
        fur, line = "#8C8C8C", PALETTE["text"]
        self.eyes, self.pupils = [], []
        for side in (-1, 1):
            ax.add_patch(Polygon([(side * 0.98, 0.3), (side * 0.9, 1.45), (side * 0.2, 0.85)], color=fur))
            for slope in (-0.2, 0.0, 0.2):
                ax.plot([side * 0.5, side * 1.22], [-0.35, -0.35 + slope], color=line, linewidth=0.7)
        ax.add_patch(Circle((0, 0), 1, color=fur))
        ax.add_patch(Polygon([(-0.12, -0.25), (0.12, -0.25), (0, -0.4)], color="#F0B0B0"))
        mouth = np.linspace(-0.36, 0.36, 41)
        ax.plot(mouth, -0.44 - 0.16 * np.sin(np.pi * np.abs(mouth) / 0.36), color=line, linewidth=1.2)
        ax.text(0, 1.8, "the cat, now", ha="center", fontsize=9.5, color=line)
        for x in (-0.42, 0.42):
            self.eyes.append(self.moving(ax.add_patch(Ellipse((x, 0.15), 0.5, 0.1, fc="white", ec=line))))
            self.pupils.append(self.moving(ax.add_patch(Ellipse((x, 0.15), 0.16, 0.1, color=line))))
        self.mood, self.snore = (
            self._moving_text(ax, y=-1.5, ha="center"),
            self._moving_text(ax, y=1.15, ha="center", style="italic"),
        )

    def _draw_trade(self, ax):
        style(ax)
        ax.set(xlim=(0, 2.04), ylim=(0.001, 1.6), yscale="log", xlabel="keep, f")
        ax.set_xticks([-np.log10(1 - f) for f in (0.05, 0.5, 0.9, 0.99)], ["0.05", "0.5", "0.9", "0.99"])
        ax.set_yticks([0.001, 0.01, 0.1, 1], ["0.001", "0.01", "0.1", "1"])
        ax.minorticks_off()
        heard = ax.plot(NINES, 1 - FS, color=PALETTE["x"], linewidth=1.5)[0]
        self.kept = self.moving(ax.plot([], [], color=PALETTE["f"], linewidth=1.5)[0])
        self.both = self.moving(ax.plot([], [], color=PALETTE["h"], linewidth=2.5)[0])
        _name(ax, {"one knock: heard": heard, "kept": self.kept, "awake now": self.both})
        self.dot = self.moving(ax.plot([], [], "o", color=PALETTE["h"], markersize=9, mec="white")[0])
        self.now = self._moving_text(ax, x=2.0, y=0.0015, ha="right")

    def _moving_text(self, ax, x=0.0, y=0.0, **look):
        """Words that move, and for which the axes make no room."""
        look = {"va": "center", "fontsize": 9.5, "color": PALETTE["text"], "in_layout": False, **look}
        return self.moving(ax.text(x, y, "", **look))

    def update(self, result):
        f, h, n, last = (result[name] for name in ("f", "h", "half_life", "last"))
        heard = np.flatnonzero(result["x"])
        self.memory.set_data(h)
        self.knocks.set_data(heard, np.full(len(heard), 1.17))
        late = heard[0] > STEPS / 2
        self.word.set(text="knock: x = 1", x=heard[0] if late else heard[0] - 0.4, ha="right" if late else "left")
        self.share.set_data(result["share"])
        self.span.set_data([last, min(last + n, STEPS + 2)], [0.5, 0.5])
        late = last > STEPS / 2
        self.note.set(
            text=f"half of it is gone in {n:.1f} steps",
            x=STEPS + 0.4 if late else last - 0.4,
            y=1.07,
            ha="right" if late else "left",
        )
        for eye, pupil in zip(self.eyes, self.pupils):
            eye.set_height(0.02 + 0.58 * h[-1])
            pupil.set_height(0.02 + 0.5 * h[-1])
        self.mood.set_text(mood(h[-1]))
        self.snore.set_text("z z Z" if mood(h[-1]) == "fast asleep" else "")
        now = (1 - f) * f ** result["wait"]
        self.kept.set_data(NINES, result["kept"])
        self.both.set_data(NINES, result["both"])
        self.dot.set_data([-np.log10(1 - f)], [max(now, 0.001)])
        self.now.set_text(f"by one knock: {now:.4f}" if now >= 0.0001 else "by one knock: <0.0001")

    def describe(self, result):
        f, h, n, last = (result[name] for name in ("f", "h", "half_life", "last"))
        return (
            f"With f = {f:.2f} the last knock, at step {last}, leaves the cat {h[last]:.2f} awake, and half of that is "
            f"gone {n:.1f} steps later. Now, at step {STEPS}, {100 * h[-1] / h[last]:.1f} % of that is left: "
            f"h = {h[-1]:.3f}, the cat is {mood(h[-1])}."
        )


def _name(ax, marks: dict) -> None:
    """What each mark shows, by its words, in a row above the axes."""
    look = {"ncols": len(marks), "frameon": False, "fontsize": 9, "borderpad": 0, "columnspacing": 1.0}
    place = {"loc": "lower right", "bbox_to_anchor": (1.02, 1.01), "handlelength": 1.1, "handletextpad": 0.4}
    ax.legend(list(marks.values()), list(marks), **look, **place)


def mood(awake: float) -> str:
    """h in words."""
    words = {0.01: "fast asleep", 0.05: "dreaming of mice", 0.2: "pricking up an ear", 0.5: "half awake", 0.8: "awake"}
    return next((word for most, word in words.items() if awake < most), "wide awake")
