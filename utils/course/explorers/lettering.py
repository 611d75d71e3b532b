"""Words that move, written by Pillow: about ten times as fast as matplotlib, and a slider waits for them."""

from __future__ import annotations

from functools import lru_cache

from matplotlib.cbook import is_math_text
from matplotlib.colors import to_rgb
from matplotlib.font_manager import findfont
from matplotlib.text import Annotation, Text
from PIL import ImageDraw, ImageFont


def is_plain(artist) -> bool:
    """Whether `write` can write it: a line of upright words without formulas, box, or transparency."""
    return (
        isinstance(artist, Text)
        and not isinstance(artist, Annotation)
        and not (artist.get_parse_math() and is_math_text(artist.get_text()))
        and "\n" not in artist.get_text()
        and artist.get_rotation() == 0
        and artist.get_bbox_patch() is None
        and artist.get_alpha() in (None, 1)
        and artist.get_va() in ("top", "center", "baseline", "bottom")
    )


def write(draw: ImageDraw.ImageDraw, text: Text) -> None:
    """Write one plain Text of a figure into the figure's picture, where matplotlib would."""
    if not text.get_visible() or not text.get_text():
        return
    figure = text.figure
    x, y = text.get_transform().transform(text.get_unitless_position())
    font = _font_of(text)
    top, bottom = _extent(font)
    down = {"top": -top, "center": -(top + bottom) / 2, "baseline": 0, "bottom": -bottom}[text.get_va()]
    anchor = {"left": "ls", "center": "ms", "right": "rs"}[text.get_ha()]
    color = tuple(round(255 * part) for part in to_rgb(text.get_color()))
    draw.text((round(x), round(figure.bbox.height - y + down)), text.get_text(), color, font, anchor)


def length(text: Text, words: str) -> float:
    """How many pixels `words` would take in the font of a Text of a figure."""
    return _font_of(text).getlength(words)


def _font_of(text: Text) -> ImageFont.FreeTypeFont:
    return _font(_path(text.get_fontproperties()), text.get_fontsize() * text.figure.dpi / 72)


_path = lru_cache(findfont)  # which takes longer to look into its own cache than to write the words


@lru_cache
def _extent(font: ImageFont.FreeTypeFont) -> tuple[float, float]:
    """Top and bottom of what matplotlib takes for the height of a line, from the base line."""
    _, top, _, bottom = font.getbbox("lp", anchor="ls")
    return top, bottom


@lru_cache
def _font(path: str, pixels: float) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(path, pixels, layout_engine=ImageFont.Layout.BASIC)
