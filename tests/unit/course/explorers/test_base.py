"""The base of the explorers, on a small one; and what holds for every explorer of the course."""

import base64
import io

import ipywidgets as widgets
import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image, ImageDraw
from refused import refused

from utils.course import explorers
from utils.course.explorers import lettering
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
    assert bar.error == "ValueError: 7 is <not> possible."
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


def test_without_a_kernel_the_picture_and_its_words_remain():
    bar = Bar()
    bundle = bar._repr_mimebundle_()
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
    text = Figure(figsize=(4, 2), dpi=100).text(0, 0.5, "", fontsize=12)
    canvas = Image.new("L", (400, 40), 255)
    ImageDraw.Draw(canvas).text((0, 30), "Hamburg", 0, lettering._font_of(text), "ls")
    columns = np.nonzero(np.asarray(canvas) < 128)[1]
    assert lettering.length(text, "Hamburg") == pytest.approx(columns.max() - columns.min(), abs=6)
    assert lettering.length(text, "Hamburg" * 3) == pytest.approx(3 * lettering.length(text, "Hamburg"))


def test_a_dollar_is_a_formula_only_where_formulas_are_read():
    assert not lettering.is_plain(Figure().text(0.5, 0.5, "$a$"))
    assert lettering.is_plain(Figure().text(0.5, 0.5, "$a$", parse_math=False))


@pytest.mark.parametrize("options", LEFT_TO_MATPLOTLIB)
def test_other_words_are_left_to_matplotlib(options):
    text = Figure().text(**{"x": 0.5, "y": 0.5, "s": "half"} | options)
    assert not lettering.is_plain(text)


# Every explorer of the course -----------------------------------------------------------------------

EVERY = [name for name in explorers.__all__ if name not in ("Explorer", "TruncationTable", "truncation_table")]
P = (np.arange(200) * 37 % 199 + 0.5) / 200
TABLE = explorers.TruncationTable(
    (10, 50, 400), (0.0, 0.25, 1.0), np.linspace(0.7, 0.9, 9).reshape(3, 3), np.ones(3), np.ones(3), 1000, 170
)
DATA = {"Threshold": (P, P + np.sin(np.arange(200)) / 2 > 0.5), "Truncation": (TABLE,)}  # of those that show data


def make(name):
    return getattr(explorers, name)(*DATA.get(name, ()))


def positions(control, count=9) -> list:
    """Values of a control over its whole range, the ends included."""
    if isinstance(control, (widgets.Text, widgets.Textarea)):
        return ["", "so good", "xyzzy", "good " * 500]
    if isinstance(control, (widgets.Dropdown, widgets.SelectionSlider)):
        return [value for _, value in control._options_full]
    if isinstance(control, widgets.Checkbox):
        return [False, True]
    grid = np.linspace(control.min, control.max, count)
    if isinstance(control, widgets.FloatLogSlider):
        return (control.base**grid).tolist()
    whole = isinstance(control, widgets.IntSlider)
    return sorted({int(value) for value in grid}) if whole else grid.tolist()


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
            assert np.isfinite(pixels(explorer)).all()
            pictures.add(explorer.picture.value)
        assert len(pictures) > 1, f"{label} does not change the picture"
        control.value = first


@pytest.mark.parametrize("name", EVERY)
def test_every_explorer_says_the_same_twice_and_holds_its_words_to_two_lines(name):
    one, two = make(name), make(name)
    assert repr(one) == repr(two)
    assert one.picture.value == two.picture.value
    assert 40 <= len(one._words) <= 290
