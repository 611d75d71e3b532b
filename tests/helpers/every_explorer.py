"""Each explorer of the course, made with what it needs, and the positions of its controls."""

import ipywidgets as widgets
import numpy as np

from utils.course import explorers

EVERY = [name for name in explorers.__all__ if name != "Explorer"]
DRAWN = [name for name in EVERY if name != "Writer"]  # the others show a figure
P = (np.arange(200) * 37 % 199 + 0.5) / 200
DATA = {"Threshold": (P, P + np.sin(np.arange(200)) / 2 > 0.5)}  # of those that show data


def make(name):
    return getattr(explorers, name)(*DATA.get(name, ()))


def shown(explorer) -> tuple:
    """What is seen of an explorer beside its controls and words: its picture, and the legend that one of text has."""
    legend = getattr(explorer, "legend", None)
    return explorer.picture.value, getattr(legend, "value", legend)


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
