"""Words that move, written by Pillow: about ten times as fast as matplotlib, and a slider waits for them.

And how much room words take, which is asked before there is a figure.
"""

from __future__ import annotations

from functools import lru_cache

from matplotlib.cbook import is_math_text
from matplotlib.colors import to_rgb
from matplotlib.font_manager import FontProperties, findfont
from matplotlib.text import Annotation, Text
from PIL import Image, ImageDraw, ImageFont

ANCHORS = {"left": "ls", "center": "ms", "right": "rs"}  # Pillow's names for the ends of a base line
FAMILY = "DejaVu Sans"  # the course's, whatever the user's settings name


def is_plain(artist) -> bool:
    """Whether `write` can write it: a line of words without formulas, box, or transparency; level, or turned about the
    left end of its baseline."""
    return (
        isinstance(artist, Text)
        and not isinstance(artist, Annotation)
        and not (artist.get_parse_math() and is_math_text(artist.get_text()))
        and "\n" not in artist.get_text()
        and (artist.get_rotation() == 0 or _turned(artist))
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
    color = tuple(round(255 * part) for part in to_rgb(text.get_color()))
    down = 0
    if text.get_rotation():
        ink, left, up = _slanted(text.get_text(), font, text.get_rotation())
    else:
        ink, left, up = _level(text.get_text(), font, ANCHORS[text.get_ha()])
        top, bottom = _extent(font)
        down = {"top": -top, "center": -(top + bottom) / 2, "baseline": 0, "bottom": -bottom}[text.get_va()]
    draw.bitmap((round(x) + left, round(figure.bbox.height - y + down) + up), ink, color)


@lru_cache(maxsize=4096)
def length(words: str, points: float, weight: str = "normal") -> float:
    """How many pixels `words` take in letters of so many points, at 100 pixels an inch."""
    return _font(_path(FontProperties(family=FAMILY, weight=weight)), points * 100 / 72).getlength(words)


def short(word: str, most: int) -> str:
    """`word`, or of a longer one its beginning, with at most `most` letters."""
    return word if len(word) <= most else word[: most - 1] + "…"


def _turned(text: Text) -> bool:
    return (text.get_rotation_mode(), text.get_ha(), text.get_va()) == ("anchor", "left", "baseline")


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


@lru_cache(maxsize=4096)  # most words of a picture are those of the last one
def _level(words: str, font: ImageFont.FreeTypeFont, anchor: str) -> tuple[Image.Image, int, int]:
    """The ink of `words`, and where its upper left corner is from the anchor, as Pillow's own `text` puts it."""
    left, top, right, bottom = font.getbbox(words, anchor=anchor)
    ink = Image.new("L", (max(1, right - left), max(1, bottom - top)))
    ImageDraw.Draw(ink).text((-left, -top), words, 255, font, anchor)
    return ink, left, top


@lru_cache(maxsize=512)
def _slanted(words: str, font: ImageFont.FreeTypeFont, angle: float) -> tuple[Image.Image, int, int]:
    """The ink of `words` turned by `angle` degrees, and where its upper left corner is from the start of the words."""
    reach = round(font.getlength(words) + font.size) + 2
    ink = Image.new("L", (2 * reach, 2 * reach))
    ImageDraw.Draw(ink).text((reach, reach), words, 255, font, "ls")
    ink = ink.rotate(angle, Image.Resampling.BICUBIC)
    box = ink.getbbox() or (reach, reach, reach + 1, reach + 1)
    return ink.crop(box), box[0] - reach, box[1] - reach
