"""The base of the explorers, on a small one; and what holds for every explorer of the course."""

import base64
import gc
import io
import threading
import time
from weakref import ref

import ipywidgets as widgets
import numpy as np
import pytest
from every_explorer import DRAWN, EVERY, make, positions, shown
from matplotlib import rc_context, rcParams
from matplotlib import style as styles
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image, ImageDraw
from refused import refused

from utils.course.explorers import base, lettering
from utils.course.explorers.base import Explorer, choice, slider, stops
from utils.course.widgets import VIEW


class Bar(Explorer):
    """A bar of height n; impossible for n = 7; `unit` is written into the title, which needs a full redraw."""

    size = (3.0, 2.0)

    def make_controls(self):
        return {"n": slider("n", 3, 0, 10, 1), "unit": choice("unit", ["km", "miles"], "km")}

    @staticmethod
    def compute(n, unit):
        if n == 7:
            raise ValueError("7 is <not> possible.")
        return {"n": n, "unit": unit}

    def draw(self, figure):
        self.ax = figure.subplots()
        self.ax.set(ylim=(0, 10), title="km")
        self.full_draws = 0
        self.bar = self.moving(self.ax.bar([0], [1])[0])

    def update(self, result):
        self.bar.set_height(result["n"])
        changed = self.ax.get_title() != result["unit"]
        self.ax.set_title(result["unit"])
        return changed

    def describe(self, result):
        return f"The bar is {result['n']} {result['unit']} high."

    def _png(self, full):
        self.full_draws += full
        return super()._png(full)


def pixels(explorer) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(explorer.picture.value))).astype(int)


def test_a_moved_control_gives_a_new_picture_and_new_words():
    bar = Bar()
    before = bar.picture.value
    bar.controls["n"].value = 8
    assert bar.picture.value != before
    assert bar.error is None
    assert "The bar is 8 km high." in bar.caption.value and 'role="status"' in bar.caption.value
    bar.controls["n"].value = 3
    assert bar.picture.value == before


def test_only_a_changed_title_redraws_everything():
    bar = Bar()
    assert bar.full_draws == 1
    bar.controls["n"].value = 5
    assert bar.full_draws == 1
    bar.controls["unit"].value = "miles"
    assert bar.full_draws == 2


def test_a_blitted_picture_equals_a_full_redraw():
    moved, fresh = Bar(), Bar(n=9, unit="miles")
    moved.controls["unit"].value = "miles"
    moved.controls["n"].value = 9
    assert np.abs(pixels(moved) - pixels(fresh)).max() == 0


def test_a_failure_is_shown_and_the_next_move_makes_it_good():
    bar = Bar()
    picture = bar.picture.value
    bar.controls["n"].value = 7
    assert bar.error == "7 is <not> possible."
    assert 'role="alert"' in bar.caption.value and "&lt;not&gt;" in bar.caption.value
    assert bar.picture.value == picture
    assert "not" in repr(bar)
    bar.controls["n"].value = 8
    assert bar.error is None and "alert" not in bar.caption.value


def test_a_title_changed_by_a_failed_redraw_is_drawn_by_the_next(monkeypatch):
    bar = Bar()
    with monkeypatch.context() as broken:
        broken.setattr(Bar, "describe", lambda self, result: 1 / 0)
        bar.controls["unit"].value = "miles"
        assert "ZeroDivisionError" in bar.error
    bar.controls["n"].value = 4
    assert np.abs(pixels(bar) - pixels(Bar(n=4, unit="miles"))).max() == 0


def test_an_explorer_that_fails_at_once_recovers():
    bar = Bar(n=7)
    assert bar.error and bar.picture.value == b""
    bar.controls["n"].value = 3
    assert bar.error is None and bar.picture.value == Bar().picture.value


@pytest.mark.refusal("course.explorers")
def test_first_values_can_be_given_and_unknown_names_are_refused():
    assert Bar(n=5).values() == {"n": 5, "unit": "km"}
    with refused(TypeError, "Bar has no control 'm'; it has n, unit."):
        Bar(m=5)


# Threads, memory, style ---------------------------------------------------------------------------------------------


class Slow(Bar):
    """A Bar whose slider n and list `unit` must agree in picture, title and caption; each step of a redraw lingers."""

    def settle(self, name):
        if name == "n" and self.controls["n"].value == 10:
            time.sleep(0.01)
            self.controls["unit"].value = "miles"

    def compute(self, n, unit):
        time.sleep(0.01)
        self.inside = getattr(self, "inside", 0) + 1
        assert self.inside == 1, "two threads draw at once"
        return {"n": n, "unit": unit}

    def update(self, result):
        self.bar.set_height(result["n"])
        time.sleep(0.01)
        self.ax.set_title(result["unit"])
        return True

    def describe(self, result):
        self.inside -= 1
        self.computed = getattr(self, "computed", 0) + 1
        return super().describe(result)


def in_threads(*calls):
    """Start all calls within a moment, each in a thread, and wait for them."""
    threads = [threading.Thread(target=call) for call in calls]
    for thread in threads:
        thread.start()
        time.sleep(0.003)
    for thread in threads:
        thread.join()


def moved(explorer, name, value):
    return lambda: setattr(explorer.controls[name], "value", value)


def test_changes_in_several_threads_end_in_one_picture_with_its_words():
    for n, unit in ((9, "km"), (2, "miles"), (8, "km"), (10, "miles")):
        bar = Slow(n=5, unit="km" if unit == "miles" else "miles")
        in_threads(moved(bar, "n", 4), moved(bar, "unit", unit), moved(bar, "n", n), moved(bar, "unit", unit))
        assert bar.error is None and bar.values() == {"n": n, "unit": unit}
        assert f"The bar is {n} {unit} high." in bar.caption.value
        assert np.abs(pixels(bar) - pixels(Bar(n=n, unit=unit))).max() == 0


def test_of_many_changes_during_a_redraw_only_the_last_is_drawn():
    bar = Slow()
    bar.computed = 0
    in_threads(*(moved(bar, "n", n) for n in (4, 5, 6, 7, 8, 9, 4, 5)))
    assert bar.computed < 8 and "The bar is 5 km high." in bar.caption.value


def test_two_explorers_in_two_threads_leave_the_users_settings_alone():
    with rc_context({"axes.facecolor": "#123456", "text.color": "white"}):
        one, two = Slow(), Slow()
        in_threads(*(moved(bar, "n", n) for n in range(4, 9) for bar in (one, two)))
        assert rcParams["axes.facecolor"] == "#123456" and rcParams["text.color"] == "white"
    want = pixels(Bar(n=8))
    assert np.abs(pixels(one) - want).max() == np.abs(pixels(two) - want).max() == 0


def test_only_the_figures_drawn_last_are_kept_and_the_others_are_drawn_anew():
    first = Bar(unit="miles")
    figure, picture = ref(first._figure), first.picture.value
    others = [Bar() for _ in range(base.KEPT)]
    gc.collect()
    assert figure() is None and not hasattr(first, "bar") and first.picture.value == picture
    assert sum(bar._figure is not None for bar in [first, *others]) == base.KEPT
    first.controls["n"].value = 9
    assert first.error is None and np.abs(pixels(first) - pixels(Bar(n=9, unit="miles"))).max() == 0
    assert others[0]._figure is None and others[-1]._figure is not None


def test_without_a_kernel_the_picture_and_its_words_remain():
    bar = Bar()
    bundle = bar._repr_mimebundle_()[0]
    assert bundle[VIEW]["model_id"] == bar.model_id
    assert base64.b64decode(bundle["image/png"]) == bar.picture.value
    assert bundle["text/plain"] == "Bar(n=3, unit='km'): The bar is 3 km high."


def test_the_page_tests_can_find_it():
    assert {"course-explorer", "course-explorer-Bar"} <= set(Bar()._dom_classes)


@pytest.mark.parametrize(
    ("arguments", "kind", "readout"),
    [
        ((3, 0, 10, 1), widgets.IntSlider, "d"),
        ((0.5, 0.0, 1.0, 0.01), widgets.FloatSlider, ".2f"),
        ((0.5, 0.0, 1.0, 0.005), widgets.FloatSlider, ".3f"),
        ((1.0, 0.0, 10.0, 0.5), widgets.FloatSlider, ".1f"),
    ],
)
def test_a_slider_shows_as_many_digits_as_its_step_has(arguments, kind, readout):
    made = slider("a", *arguments)
    assert type(made) is kind
    assert made.readout_format == readout


def test_a_log_slider_goes_over_powers_of_ten():
    made = slider("a", 1.0, -2, 2, 0.1, log=True)
    assert (made.min, made.max, made.value) == (-2, 2, 1.0)


def test_stops_are_the_only_places_of_their_slider():
    made = stops("words", (10, 25, 400), 25)
    assert type(made) is widgets.SelectionSlider
    assert (made.options, made.value) == ((10, 25, 400), 25)


def ink(fig, write) -> tuple[float, ...]:
    """Left, top, right, bottom of what is not white."""
    canvas = FigureCanvasAgg(fig)
    canvas.draw()
    image = Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")
    write(ImageDraw.Draw(image))
    rows, columns = np.nonzero(np.asarray(image.convert("L")) < 128)
    return columns.min(), rows.min(), columns.max(), rows.max()


@pytest.mark.parametrize("va", ["top", "center", "baseline", "bottom"])
@pytest.mark.parametrize("ha", ["left", "center", "right"])
@pytest.mark.parametrize("size", [9, 12])
def test_moving_words_stand_where_matplotlib_puts_them(va, ha, size):
    fig = Figure(figsize=(4, 2), dpi=100)
    text = fig.text(0.5, 0.5, "half is gone: σ(−0.21)", va=va, ha=ha, fontsize=size, weight="bold")
    by_matplotlib = ink(fig, lambda draw: None)
    text.set_animated(True)  # so that matplotlib leaves it out
    assert lettering.is_plain(text)
    written = ink(fig, lambda draw: lettering.write(draw, text))
    across = 0.05 * (by_matplotlib[2] - by_matplotlib[0])  # matplotlib 3.8 sets small letters closer than 3.11 does
    assert np.all(np.abs(np.subtract(written, by_matplotlib)) <= (across, 3, across, 3))


LEFT_TO_MATPLOTLIB = ({"rotation": 90}, {"alpha": 0.5}, {"bbox": {"fc": "white"}}, {"s": "$f$"}, {"s": "a\nb"})


def test_the_length_of_words_is_that_of_their_ink():
    canvas = Image.new("L", (400, 40), 255)
    text = Figure(figsize=(4, 2), dpi=100).text(0, 0.5, "", fontsize=12)
    ImageDraw.Draw(canvas).text((0, 30), "Hamburg", 0, lettering._font_of(text), "ls")
    columns = np.nonzero(np.asarray(canvas) < 128)[1]
    assert lettering.length("Hamburg", 12) == pytest.approx(columns.max() - columns.min(), abs=6)
    assert lettering.length("Hamburg" * 3, 12) == pytest.approx(3 * lettering.length("Hamburg", 12))


@pytest.mark.parametrize("angle", [30, 60, 90, -45])
def test_turned_words_lie_where_matplotlib_would_put_them(angle):
    fig = Figure(figsize=(4, 4), dpi=100)
    look = {"rotation": angle, "rotation_mode": "anchor", "ha": "left", "va": "baseline", "fontsize": 12}
    text = fig.text(0.5, 0.5, "half is gone", **look)
    by_matplotlib = ink(fig, lambda draw: None)
    text.set_animated(True)
    assert lettering.is_plain(text)
    written = ink(fig, lambda draw: lettering.write(draw, text))
    assert np.all(np.abs(np.subtract(written, by_matplotlib)) <= 5)


def test_a_long_word_keeps_its_beginning():
    assert lettering.short("good", 4) == "good" and lettering.short("goods", 4) == "goo…"


def test_a_dollar_is_a_formula_only_where_formulas_are_read():
    assert not lettering.is_plain(Figure().text(0.5, 0.5, "$a$"))
    assert lettering.is_plain(Figure().text(0.5, 0.5, "$a$", parse_math=False))


@pytest.mark.parametrize("options", LEFT_TO_MATPLOTLIB)
def test_other_words_are_left_to_matplotlib(options):
    text = Figure().text(**{"x": 0.5, "y": 0.5, "s": "half"} | options)
    assert not lettering.is_plain(text)


# Every explorer of the course -----------------------------------------------------------------------


@pytest.mark.parametrize("name", EVERY)
def test_every_control_answers_over_its_whole_range(name):
    explorer = make(name)
    assert explorer.error is None
    for label, control in explorer.controls.items():
        assert control._model_module == "@jupyter-widgets/controls", f"{label} is not a core widget"
        first, pictures = control.value, set()
        for value in positions(control):
            control.value = value
            if value == "" and explorer.error:  # nothing to show: a sentence says so, and the next letter mends it
                assert explorer.error.endswith("write at least one character.")
                continue
            assert explorer.error is None, f"{label} = {value}: {explorer.error}"
            assert name not in DRAWN or np.isfinite(pixels(explorer)).all()
            pictures.add(shown(explorer))
        assert len(pictures) > 1, f"{label} does not change the picture"
        control.value = first


@pytest.mark.parametrize("name", EVERY)
def test_every_explorer_says_the_same_twice_and_holds_its_words_to_two_lines(name):
    one, two = make(name), make(name)
    assert repr(one) == repr(two)
    assert one.picture.value == two.picture.value
    assert 40 <= len(one._words) <= 290


HOSTILE = {  # what a matplotlibrc may hold, dark_background apart
    "text.usetex": True, "font.family": "monospace", "font.size": 20, "axes.formatter.use_mathtext": True,
    "lines.linewidth": 7, "axes.unicode_minus": False, "axes.grid": True, "legend.frameon": True,
}  # fmt: skip


@pytest.mark.parametrize("name", EVERY)
def test_every_explorer_looks_the_same_whatever_style_the_user_has(name):
    want, hostile = make(name), dict(HOSTILE)
    with styles.context("dark_background"), rc_context(hostile):
        found = make(name)
        assert found.picture.value == want.picture.value
        control = next(iter(found.controls))
        value = positions(found.controls[control])[1]
        found.controls[control].value = value
    want.controls[control].value = value
    assert found.error is None and found.picture.value == want.picture.value


@pytest.mark.parametrize("name", DRAWN)
def test_every_explorer_is_drawn_anew_when_its_figure_has_gone(name):
    explorer, want = make(name), make(name)
    explorer._free_figure()
    base._latest[:] = [one for one in base._latest if one() is not explorer]
    for label, control in explorer.controls.items():
        value = positions(control)[-1]
        control.value = want.controls[label].value = value
        assert explorer.error == want.error is None
    assert explorer.picture.value == want.picture.value


def test_several_controls_moved_at_once_draw_one_picture():
    bar = Bar()
    drawn = []
    bar.picture.observe(drawn.append, "value")
    bar.move(n=8)
    bar.move(n=1000)
    assert bar.controls["n"].value == bar.controls["n"].max and len(drawn) == 2
