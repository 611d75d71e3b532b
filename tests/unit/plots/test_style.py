"""Figures: the course's style, and words with every picture."""

import base64
import threading
import time

import numpy as np
import pytest
from matplotlib import rc_context, rcParams
from matplotlib import style as styles
from refused import refused

from utils import plots
from utils.course import lesson
from utils.plots.style import course_style


def test_a_figure_comes_in_the_style_and_size_asked_for():
    fig, axes = plots.figure(6, 2, ncols=2)
    assert fig.get_size_inches().tolist() == [6, 2]
    assert len(axes) == 2
    for ax in axes:
        assert not ax.spines["top"].get_visible() and not ax.spines["right"].get_visible()
        assert ax.spines["left"].get_visible()


def test_the_same_figure_gives_the_same_file():
    files = []
    for _ in range(2):
        fig, ax = plots.figure()
        ax.plot([0, 1], [1, 0], color=plots.PALETTE["lstm"])
        files.append(plots.png(fig))
    assert files[0] == files[1]
    assert files[0].startswith(b"\x89PNG")


def test_a_figure_looks_the_same_whatever_style_the_user_has_and_leaves_it_to_him():
    want = plots.png(plots.figure(3, 2)[0])
    with styles.context("dark_background"), rc_context({"text.usetex": True, "font.size": 20}):
        before = dict(rcParams)
        assert plots.png(plots.figure(3, 2)[0]) == want
        assert dict(rcParams) == before


def test_one_thread_at_a_time_has_the_courses_style():
    inside, seen = [], []

    def draw():
        with course_style():
            inside.append(1)
            time.sleep(0.02)
            seen.append((len(inside), rcParams["text.color"]))
            inside.pop()

    with rc_context({"text.color": "white"}):
        threads = [threading.Thread(target=draw) for _ in range(5)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert rcParams["text.color"] == "white"
    assert seen == [(1, "black")] * 5


def test_show_displays_the_picture_and_its_words(monkeypatch):
    shown = []
    monkeypatch.setattr(lesson, "display", lambda data, **options: shown.append((data, options)))
    fig, _ = plots.figure()
    lesson.show(fig, "The curve falls.")
    data, options = shown[0]
    assert data["text/plain"] == options["metadata"]["image/png"]["alt"] == "The curve falls."
    assert base64.b64decode(data["image/png"]) == plots.png(fig)


@pytest.mark.refusal("plots")
@pytest.mark.parametrize("alt", ["", " ", None])
def test_a_picture_without_words_is_refused(alt):
    with refused(ValueError, "Write in `alt` what the picture shows"):
        lesson.show(plots.figure()[0], alt)


@pytest.mark.parametrize("together", [("rnn", "lstm", "gru"), tuple("figo"), tuple("rzn"), ("c", "h", "x")])
def test_colors_drawn_together_differ_also_without_red_or_green(together):
    """Distances in linear RGB as a protanope and a deuteranope see it (Viénot, Brettel and Mollon 1999)."""
    see = {
        "protanope": [[0.11238, 0.88762, 0], [0.11238, 0.88762, 0], [0.00401, -0.00401, 1]],
        "deuteranope": [[0.29275, 0.70725, 0], [0.29275, 0.70725, 0], [-0.02234, 0.02234, 1]],
        "everyone": np.eye(3),
    }
    colors = [plots.PALETTE[name].lstrip("#") for name in together]
    rgb = np.array([[int(color[k : k + 2], 16) / 255 for k in (0, 2, 4)] for color in colors]) ** 2.2
    for reader, matrix in see.items():
        seen = (rgb @ np.array(matrix).T).clip(0) ** (1 / 2.2)
        for k, one in enumerate(seen):
            for other in seen[k + 1 :]:
                assert np.linalg.norm(one - other) > 0.15, (reader, together)
