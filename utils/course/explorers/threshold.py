"""Threshold: from which probability on a review is called positive, and what that does to precision and recall."""

from __future__ import annotations

import numpy as np

from utils.course.explorers.base import Explorer, slider, vertical_band
from utils.plots import style
from utils.plots.style import PALETTE

POSITIVE, NEGATIVE = PALETTE["lstm"], PALETTE["rnn"]
BINS = 25


class Threshold(Explorer):
    """A review is called positive when its probability is at least the threshold; so is each count and curve here.

    probabilities (N,) of class 1, from 0 to 1, and labels (N,) of 0 and 1: arrays, lists or tensors, of reviews that
    the model has not learned from. Control: threshold. Left: the probabilities of both classes; middle: precision
    and recall at every threshold; right: the counts.
    Raises ValueError for other data.
    """

    size = (9.0, 3.7)

    def __init__(self, probabilities, labels, **values):
        self.p, self.labels = _checked(probabilities, labels)
        super().__init__(**values)

    def given(self):
        scores = [float(f"{p:.9g}") for p in self.p]  # so many digits tell any two numbers of 32 bits apart
        return {"probabilities": scores, "labels": self.labels.tolist()}

    def make_controls(self):
        return {"threshold": slider("threshold", 0.5, 0.0, 1.0, 0.01)}

    def compute(self, threshold):
        """The four counts, and from them precision (NaN when nothing is called positive), recall, F1, accuracy."""
        called, positive = self.p >= threshold, self.labels == 1
        tp, fp = int((called & positive).sum()), int((called & ~positive).sum())
        fn, tn = int((~called & positive).sum()), int((~called & ~positive).sum())
        return {
            "threshold": threshold, "tp": tp, "fp": fp, "fn": fn, "tn": tn,
            "precision": tp / (tp + fp) if tp + fp else float("nan"), "recall": tp / (tp + fn),
            "f1": 2 * tp / (2 * tp + fp + fn), "accuracy": (tp + tn) / len(self.p),
        }  # fmt: skip

    def draw(self, figure):
        scores, curve, table = figure.subplots(1, 3, width_ratios=(1.45, 1.15, 1.1))
        self._draw_scores(scores)
        self._draw_curve(curve)
        self._draw_table(table)

    def _draw_scores(self, ax):
        style(ax)
        edges = np.linspace(0, 1, BINS + 1)
        up, down = (np.histogram(self.p[self.labels == label], edges)[0] for label in (1, 0))
        middle, width = (edges[1:] + edges[:-1]) / 2, 0.92 / BINS
        ax.bar(middle, up, width, color=POSITIVE)
        ax.bar(middle, -down, width, color=NEGATIVE)
        ax.axhline(0, color="#888888", lw=1)
        most = 1.25 * max(up.max(), down.max())
        ax.set(xlim=(-0.01, 1.01), ylim=(-most, most), xlabel="probability of “positive”", ylabel="reviews")
        ax.yaxis.set_major_formatter(lambda count, _: f"{abs(count):,.0f}")
        ax.set_title("probabilities; gray: called positive", fontsize=10.5)
        ax.text(0.04, 0.965, "truly positive", color=POSITIVE, ha="left", va="top", transform=ax.transAxes)
        ax.text(0.96, 0.035, "truly negative", color=NEGATIVE, ha="right", va="bottom", transform=ax.transAxes)
        self.called = self.moving(vertical_band(ax, 0.5, 1.01, color=PALETTE["text"], alpha=0.09, lw=0, zorder=0.6))
        self.line = self.moving(ax.axvline(0.5, color=PALETTE["text"], lw=1.8))

    def _draw_curve(self, ax):
        style(ax)
        precision, recall = precision_and_recall(self.p, self.labels)
        ax.step(recall, precision, where="post", color=PALETTE["theory"], lw=1.8)
        share = self.labels.mean()
        ax.plot([0, 1], [share, share], ":", lw=1.4, color=PALETTE["text"])
        ax.text(0.02, share + 0.015, "everything called positive", fontsize=8.5, va="bottom")
        ax.set(xlim=(-0.02, 1.03), ylim=(max(0, share - 0.15), 1.03), xlabel="recall", ylabel="precision")
        ax.set_title("every threshold; dot: this one", fontsize=10.5)
        self.point = self.moving(ax.plot([], [], "o", ms=10, color=PALETTE["g"], mec="white", clip_on=False)[0])

    def _draw_table(self, ax):
        ax.set(xlim=(-0.62, 2), ylim=(2.05, -0.75))
        ax.axis("off")
        ax.set_title("the counts", fontsize=10.5)
        for i, word in enumerate(("negative", "positive")):
            ax.text(i + 0.5, -0.12, f"called\n{word}", ha="center", va="bottom", fontsize=9.5)
            ax.text(-0.06, i + 0.5, f"truly\n{word}", ha="right", va="center", fontsize=9.5)
        self.counts = {}
        for name, row, column in (("tn", 0, 0), ("fp", 0, 1), ("fn", 1, 0), ("tp", 1, 1)):
            ground = (POSITIVE if row else NEGATIVE) + ("66" if row == column else "1F")  # right answers are darker
            ax.fill_between([column + 0.02, column + 0.98], row + 0.02, row + 0.98, color=ground, lw=0)
            look = {"fontsize": 13, "weight": "bold", "ha": "center", "va": "center", "color": PALETTE["text"]}
            self.counts[name] = self.moving(ax.text(column + 0.5, row + 0.42, "", **look))
            words = "right" if row == column else "wrong"
            ax.text(column + 0.5, row + 0.78, words, ha="center", va="center", fontsize=8.5, color="#444444")

    def update(self, result):
        threshold = result["threshold"]
        self.called.set_x(threshold)
        self.called.set_width(1.01 - threshold)
        self.line.set_xdata([threshold, threshold])
        self.point.set_data([result["recall"]], [result["precision"]])  # NaN is not drawn
        for name, text in self.counts.items():
            text.set_text(f"{result[name]:,}")

    def describe(self, result):
        called = result["tp"] + result["fp"]
        rest = f"recall is {result['recall']:.2f}, F1 {result['f1']:.2f} and accuracy {result['accuracy']:.2f}."
        if not called:
            return f"At {result['threshold']:.2f} no review is called positive, so precision is undefined; {rest}"
        return (
            f"At {result['threshold']:.2f}, {called:,} of {len(self.p):,} reviews are called positive. Precision: "
            f"{result['precision']:.2f} of these are. Recall: {result['recall']:.2f} of the positive ones are found. "
            f"F1 is {result['f1']:.2f}, accuracy {result['accuracy']:.2f}."
        )


def precision_and_recall(p: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Both at each of the K different values of p as threshold, from the lowest to the highest: (K + 1,) each.

    The last entry is precision 1 at recall 0, where no threshold is that high. As scikit-learn's
    precision_recall_curve has them.
    """
    order = np.argsort(-p, kind="stable")
    last = np.flatnonzero(np.diff(p[order], append=-np.inf))  # the last review of each value of p
    right = labels[order].cumsum()[last]
    precision, recall = right / (last + 1), right / labels.sum()
    return np.append(precision[::-1], 1.0), np.append(recall[::-1], 0.0)


def _checked(probabilities, labels) -> tuple[np.ndarray, np.ndarray]:
    try:
        p, labels = np.asarray(probabilities, dtype=float), np.asarray(labels)
    except (TypeError, ValueError):
        raise TypeError("probabilities must be an array of numbers; .detach().cpu() a tensor first.") from None
    if p.ndim != 1 or p.shape != labels.shape or not len(p):
        raise ValueError(
            f"probabilities and labels must be two arrays (N,), one entry a review, got {p.shape} and {labels.shape}."
        )
    if not ((p >= 0) & (p <= 1)).all():
        raise ValueError("Each probability must be from 0 to 1: pass logits.softmax(-1)[:, 1], not the logits.")
    if set(np.unique(labels).tolist()) != {0, 1}:
        raise ValueError("labels must hold both 0 (negative) and 1 (positive), and nothing else.")
    return p, labels.astype(int)
