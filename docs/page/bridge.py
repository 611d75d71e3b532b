"""Between a page and the course: make an explorer, set what the reader moves, run an exercise's check.

Each function gives (JSON for the page, [(id of a widget, its new picture)]).
"""

from __future__ import annotations

import json

import ipywidgets
import numpy as np

from utils.checks import one_of
from utils.course import explorers

owners: dict[str, explorers.Explorer] = {}  # an explorer by the ids of its widgets


def make(name: str, given: str, settings: str) -> tuple[str, list]:
    """The tree of an explorer's widgets. given: its arguments in the lesson, settings: those in their place, as JSON.

    Settings are first values of controls. They come from the page's address: for what no control can take there is a
    sentence, as ValueError or TypeError.
    """
    one_of("The explorer", name, explorers.__all__[1:])
    settings = json.loads(settings)
    if not all(isinstance(value, (str, int, float, bool)) for value in settings.values()):
        raise ValueError("Settings are names with numbers or words.")
    shown = getattr(explorers, name)(**json.loads(given) | settings)
    owners.update({one.model_id: shown for one in tree(shown)})
    ipywidgets.changes()
    pictures = [(one.model_id, one.value) for one in tree(shown) if isinstance(one, ipywidgets.Image)]
    return json.dumps({"tree": shown.spec()}), pictures


def receive(widget: str, trait: str, raw: str) -> tuple[str, list]:
    """What has changed after the page has set a trait to `raw`, JSON; and the controls' values, for the address."""
    ipywidgets.made[widget].receive(trait, json.loads(raw))
    changed = ipywidgets.changes()
    pictures = [(one, value) for one, _, value in changed if isinstance(value, bytes)]
    rest = [entry for entry in changed if not isinstance(entry[2], bytes)]
    values = owners[widget].values() if widget in owners else {}
    short = {name: plain(value) for name, value in values.items() if isinstance(value, (str, int, float))}
    settings = {name: value for name, value in short.items() if len(str(value)) <= 300}
    return json.dumps({"changed": rest, "settings": settings}), pictures


def plain(value):
    """A number as short as it is on its control."""
    return round(value, 6) if isinstance(value, float) else value


def names() -> dict:
    """What code in a box finds, as in the lessons."""
    from utils.arrays.cells import sigmoid  # here and below, for explorers do not wait for these
    from utils.text import tokenise

    return {"__name__": "your code", "np": np, "sigmoid": sigmoid, "tokenise": tokenise}


def check(number: str, code: str) -> tuple[str, list]:
    """What the course's own check says of the code: {"status", "sentence"}."""
    from utils.course.exercises import exercise

    one, found = exercise(number), names()
    try:
        exec(compile(code, "your code", "exec"), found)
    except ModuleNotFoundError as failure:
        status, sentence = "Not yet", f"there is no {failure.name} on this page: write it with NumPy, as np."
    except Exception as failure:
        status, sentence = "Not yet", f"your code raised {type(failure).__name__}: {failure}"
    else:
        if one.answer not in found:
            return json.dumps({"status": "Not yet", "sentence": f"There is no {one.answer} in the box: define it."}), []
        status, sentence = one.judged(found[one.answer])
        sentence = sentence.removeprefix("because ")
        if status == "Not tried yet":
            sentence = f"write {one.answer} in the box, then press Check again."
    return json.dumps({"status": status, "sentence": sentence[:1].upper() + sentence[1:]}), []


def tree(widget):
    """The widget and all below it."""
    yield widget
    for child in getattr(widget, "children", ()):
        yield from tree(child)
