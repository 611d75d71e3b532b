"""The base of every explorer: controls, a picture redrawn by blitting, a caption in words."""

from __future__ import annotations

import base64
import html
import struct
import threading
import zlib
from collections import deque
from decimal import Decimal
from weakref import ref

import ipywidgets as widgets
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.patches import Rectangle
from PIL import Image, ImageDraw
from traitlets import TraitError

from utils.checks import short_repr
from utils.course.explorers import lettering
from utils.course.explorers.names import names
from utils.course.widgets import StaticView
from utils.plots.style import course_style

INSIDE = "calc(100% - 4px)"  # as wide as a page can show a widget, which has margins of 2 pixels
# The buttons of Play have but icons: the words beside them. An explorer that says other words has rules of its own.
STYLE = """<style>
.course-explorer .widget-play {width: auto}
.course-explorer .widget-play button {width: auto; padding: 0 8px}
.course-explorer .widget-play i::after {font: var(--jp-widgets-font-size, 13px) sans-serif; margin-left: 5px}
.course-explorer .fa-play::after {content: "play"} .course-explorer .fa-pause::after {content: "pause"}
.course-explorer .fa-stop::after {content: "reset"}</style>"""
# A message stands out by its bar, in the page's own color of letters, which is readable on a light page and on a dark.
ALERT = "line-height:1.4;margin:4px 0;padding-left:8px;border-left:4px solid #d55e00;font-weight:bold"
PLAYING = "playing" if hasattr(widgets.Play, "playing") else "_playing"  # which it was before ipywidgets 8
KEPT = 8  # figures that stay in memory; each takes some 5 MB
_latest: list[ref] = []  # the explorers that have a figure; the one drawn last stands at the end


class Explorer(StaticView, widgets.VBox):
    """A demonstration with controls that answers at once.

    A subclass writes `make_controls`, `compute`, `draw`, `update` and `describe`. The figure is kept
    and only its moving artists are redrawn, which takes a few milliseconds; a new figure would take
    a few hundred. Without a kernel the picture and its caption remain.

    Changes may come in several threads at once, as JupyterLab delivers them. One thread draws, and what changes
    meanwhile it draws at its end: picture, caption and controls belong together. A cell that runs again leaves its
    explorer behind, alive in IPython's history; so only the figures drawn last are kept, and an explorer without one
    draws it anew when it is moved.

    `controls` holds the widgets by name, `error` the sentence of the last failure or None.
    Keyword arguments set the controls' first values; an unknown name raises TypeError, a value that the control
    cannot take ValueError.
    """

    size = (9.0, 3.6)  # inches, at 100 dots each
    play: widgets.Play | None = None  # where time is the subject

    def __init__(self, **values):
        self._first, self._changes, self._drawing = values, deque(), threading.Lock()
        self._places = []  # of the axes, as the layout of the first picture found them
        self.controls = self.make_controls()
        for name, value in values.items():
            if name not in self.controls:
                raise TypeError(f"{type(self).__name__} has no control {name!r}; it has {', '.join(self.controls)}.")
            self._set(name, value)
            self.settle(name)
        self.error = None
        pixels = f"{round(100 * self.size[0])}px"
        self.picture = self.make_picture(pixels)
        # Room for two lines from the start, so that nothing below jumps when the words change.
        self.caption = widgets.HTML(layout=widgets.Layout(width=pixels, max_width=INSIDE, min_height="52px"))
        layout = widgets.Layout(flex_flow="row wrap", width=pixels, max_width="100%")
        panel = widgets.HBox(self.arrange(), layout=layout)
        extras = self.make_extras()
        row = [widgets.HBox(extras, layout=layout)] if extras else []
        below = self.arrange_below()
        under = [widgets.HBox(below, layout=layout)] if below else []
        unseen = widgets.HTML(STYLE + names(), layout=widgets.Layout(display="none"))
        super().__init__([panel, *row, self.picture, self.caption, *under, unseen])
        self.add_class("course-explorer")  # by these the page tests find it and its name
        self.add_class(f"course-explorer-{type(self).__name__}")
        for name, control in self.controls.items():
            control.observe(lambda change, name=name: self._on_change(name), "value")
        self._render()
        if self.play:
            self.play.observe(self._on_playing, PLAYING)

    # What a subclass writes ---------------------------------------------------------------------

    def make_controls(self) -> dict[str, widgets.Widget]:
        """The controls by name; each name is a keyword argument of `compute`."""
        raise NotImplementedError

    def arrange(self) -> list[widgets.Widget]:
        """What stands above the picture: the controls in their order, unless a subclass puts them another way."""
        return list(self.controls.values())

    def arrange_below(self) -> list[widgets.Widget]:
        """Controls for a row below the words, where a tall picture should stand higher; most explorers need none."""
        return []

    def make_extras(self) -> list[widgets.Widget]:
        """Buttons and lines for a row below the controls; most explorers need none."""
        return []

    def settle(self, name: str) -> None:
        """Bring other controls in line with the one called `name`, which has changed; most explorers need not."""

    @staticmethod
    def compute(**values) -> dict:
        """From the controls' values to the arrays that are drawn; pure, and fast enough for a slider.

        An explorer of the learner's own data or model is given them in its `__init__`, which keeps them before it
        calls this class's, and writes `compute` as a method.
        """
        raise NotImplementedError

    def draw(self, figure: Figure) -> None:
        """Make axes and labels; pass each artist that will change through `self.moving`.

        What it keeps on `self` goes when the figure goes; the next call makes it anew.
        """
        raise NotImplementedError

    def given(self) -> dict | None:
        """What `__init__` was given beside the controls' first values, as JSON; None where JSON cannot hold it."""
        return {}

    def update(self, result: dict) -> bool | None:
        """Put the result into the moving artists; True if anything else changed, such as limits, ticks or titles.

        True costs a full redraw. Where only one axis changes, `self.moving(ax.xaxis)` is much faster.
        """
        raise NotImplementedError

    def describe(self, result: dict) -> str:
        """The picture in one or two sentences, with its numbers."""
        raise NotImplementedError

    # What the base does -------------------------------------------------------------------------

    def make_picture(self, width: str) -> widgets.Widget:
        """The widget whose value is the picture, `width` wide; one of text in place of a figure has `redraw` too."""
        with course_style():
            self._make_figure()
        # a card with an edge, on a dark page too
        look = widgets.Layout(width=width, max_width=INSIDE, border="1px solid #bbbbbb")
        return widgets.Image(format="png", layout=look)

    def redraw(self, result: dict) -> tuple[bytes | str, str]:
        """The picture's new value and its words."""
        if self._figure is None:
            self._make_figure()
        self._keep_figure()
        changed = self.update(result)
        words = self.describe(result)
        return self._png(bool(changed) or self._background is None), words

    def moving(self, artist):
        """Mark an artist as one that `update` changes; returns it."""
        artist.set_animated(True)
        self._moving.append(artist)
        return artist

    def values(self) -> dict:
        """The controls' values by name."""
        return {name: control.value for name, control in self.controls.items()}

    def move(self, **values) -> None:
        """Move several controls at once, each as far as it goes; one picture is drawn of all."""
        with self._drawing:  # the changes wait in the list
            for name, value in values.items():
                control = self.controls[name]
                control.value = min(max(value, control.min), control.max)
        self._draw_changes()

    def _set(self, name: str, value) -> None:
        control = self.controls[name]
        try:
            control.value = value
        except TraitError:
            pass
        if control.value != value:  # a slider stops at its end without a word
            begin = f"{type(self).__name__} cannot begin with {name} = {short_repr(value)}"
            raise ValueError(f"{begin}; choose what it offers.")

    def _on_change(self, name: str) -> None:
        """Draw, unless a thread is drawing: then it finds the change in the list and draws once more."""
        self._changes.append(name)
        self._draw_changes()

    def _on_playing(self, _) -> None:
        with self._drawing:
            if self.error is None:
                self._write_caption()
        self._draw_changes()

    def _draw_changes(self) -> None:
        while self._changes and self._drawing.acquire(blocking=False):
            try:
                while self._changes:
                    self.settle(self._changes.popleft())
                self._render()
            finally:
                self._drawing.release()

    def _render(self) -> None:
        """Compute and redraw; a failure is shown in the caption and the last picture stays."""
        try:
            result = self.compute(**self.values())
            with course_style():
                picture, words = self.redraw(result)
        except Exception as failure:  # a callback's exception shows nowhere else
            self._background = None  # the failed redraw may have been a full one
            named = "" if isinstance(failure, ValueError) else f"{type(failure).__name__}: "  # a sentence needs no name
            self.error = f"{named}{failure}"
            self.caption.value = f'<p role="alert" style="{ALERT}">{html.escape(self.error)}</p>'
            return
        self.error, self._words = None, words
        self.picture.value = picture
        self._write_caption()

    def _write_caption(self) -> None:
        """The words; while Play runs a screen reader leaves them alone, and says those of the end."""
        calm = ' aria-live="off"' if self.play and getattr(self.play, PLAYING) else ""
        look = "line-height:1.4;margin:4px 0"
        self.caption.value = f'<p role="status"{calm} style="{look}">{html.escape(self._words)}</p>'

    def _make_figure(self) -> None:
        self._figure = Figure(figsize=self.size, dpi=100, layout="constrained")
        self._figure.get_layout_engine().set(w_pad=0.08, h_pad=0.06)  # inches: no letter touches the edge
        self._canvas = FigureCanvasAgg(self._figure)
        self._moving, self._background = [], None
        before = set(vars(self))
        self.draw(self._figure)
        self._drawn = set(vars(self)) - before
        if self._places:
            self._figure.set_layout_engine("none")
        for ax, place in zip(self._figure.axes, self._places):
            ax.set_position(place)

    def _keep_figure(self) -> None:
        """Count this figure as the one drawn last, and let the oldest go when there are too many."""
        _latest[:] = [other for other in _latest if other() not in (None, self)] + [ref(self)]
        while len(_latest) > KEPT:
            if oldest := _latest.pop(0)():
                oldest._free_figure()

    def _free_figure(self) -> None:
        self._figure.clear()
        for name in self._drawn:
            delattr(self, name)
        self._figure = self._canvas = self._background = None
        self._moving = []

    def _png(self, full: bool) -> bytes:
        if full:
            images = [artist for artist in self._moving if isinstance(artist, AxesImage) and artist.get_visible()]
            for image in images:  # which matplotlib draws before 3.9, though they are animated
                image.set_visible(False)
            self._canvas.draw()
            for image in images:
                image.set_visible(True)
            self._figure.set_layout_engine("none")  # later redraws keep the axes where they are
            self._places = [ax.get_position(original=True).frozen() for ax in self._figure.axes]
            self._background = self._canvas.copy_from_bbox(self._figure.bbox)
        else:
            self._canvas.restore_region(self._background)
        words = [artist for artist in self._moving if lettering.is_plain(artist)]
        for artist in sorted(self._moving, key=lambda artist: artist.get_zorder()):
            if artist not in words:
                self._figure.draw_artist(artist)
        pixels = Image.fromarray(np.asarray(self._canvas.buffer_rgba())).convert("RGB")
        draw = ImageDraw.Draw(pixels)
        for text in words:  # last, so they lie over everything else
            lettering.write(draw, text)
        return png(np.asarray(pixels))

    def __repr__(self) -> str:
        values = ", ".join(f"{name}={_short(value)}" for name, value in self.values().items())
        return f"{type(self).__name__}({values}): {self.error or self._words}"

    def makings(self) -> dict:
        """Its name, and the arguments that make it as it began."""
        given = self.given()
        return {} if given is None else {"explorer": type(self).__name__, "options": given | self._first}

    def lasting(self) -> dict[str, str]:
        """The picture."""
        return {"image/png": base64.b64encode(self.picture.value).decode()}


def slider(label: str, value, low, high, step, log: bool = False) -> widgets.Widget:
    """A labelled slider: of whole numbers when all are whole; with `log`, `low` and `high` are powers of ten."""
    whole = all(isinstance(v, int) for v in (value, low, high, step)) and not log
    kind = widgets.FloatLogSlider if log else widgets.IntSlider if whole else widgets.FloatSlider
    digits = max(0, -Decimal(str(step)).as_tuple().exponent)  # as many as the step has, so that each step shows
    options = {} if whole else {"readout_format": ".3g" if log else f".{digits}f"}
    return kind(value=value, min=low, max=high, step=step, description=label, **_LOOK, **options)


def choice(label: str, options, value) -> widgets.Dropdown:
    """A labelled list to choose one of `options` from."""
    return widgets.Dropdown(options=options, value=value, description=label, **_LOOK)


def stops(label: str, options, value) -> widgets.SelectionSlider:
    """A labelled slider that stops only at `options`."""
    return widgets.SelectionSlider(options=options, value=value, description=label, **_LOOK)


def three_in_a_row(controls: dict[str, widgets.Widget]) -> list[widgets.Widget]:
    """Sliders as `arrange` gives them, narrower, so that a tall picture stands on the same screen."""
    for control in controls.values():
        control.style.description_width, control.layout.width = "98px", "296px"
    return list(controls.values())


def button(label: str, press) -> widgets.Button:
    """A labelled button that calls `press`, without arguments."""
    made = widgets.Button(description=label, layout={"width": "auto"})
    made.on_click(lambda _: press())
    return made


def vertical_band(ax, left: float, right: float, **look) -> Rectangle:
    """A band from left to right, in data, over the whole height of `ax`: what axvspan gives from matplotlib 3.9 on."""
    return ax.add_patch(Rectangle((left, 0), right - left, 1, transform=ax.get_xaxis_transform(), **look))


def horizontal_band(ax, bottom: float, top: float, **look) -> Rectangle:
    """A band from bottom to top, in data, over the whole width of `ax`: what axhspan gives from matplotlib 3.9 on."""
    return ax.add_patch(Rectangle((0, bottom), 1, top - bottom, transform=ax.get_yaxis_transform(), **look))


def png(pixels: np.ndarray) -> bytes:
    """Pixels (height, width, 3) as a PNG file, each row as its difference from the last: half of Pillow's time."""
    height, width, _ = pixels.shape
    flat = pixels.reshape(height, -1)
    rows = np.empty((height, 1 + flat.shape[1]), np.uint8)
    rows[:, 0] = 2  # the filter "up"
    rows[0, 1:] = flat[0]
    np.subtract(flat[1:], flat[:-1], out=rows[1:, 1:])  # modulo 256
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)  # 8 bits each of red, green and blue
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(rows, 1)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in parts
    )


_LOOK = {"style": {"description_width": "150px"}, "layout": {"width": "430px"}}


def _short(value) -> str:
    return f"{value:g}" if isinstance(value, float) else repr(value)
