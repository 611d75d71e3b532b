"""The widgets of ipywidgets that the explorers use, for a page without a kernel: traits that are set and observed.

What a page sets comes in by `receive`, what it has to draw anew goes out by `changes`. Kinds, names and the clamping of
values are those of ipywidgets 8, so that an explorer does not know where it runs.
"""

from __future__ import annotations

from types import SimpleNamespace

from traitlets import TraitError

made: dict[str, Widget] = {}  # every widget by its id
_changed: dict[tuple[str, str], None] = {}  # (id, trait) in the order of their change
DRAWN = ("value", "index", "min", "max", "step", "description", "disabled", "labels", "interval", "rows", "placeholder",
         "tooltip", "readout_format", "children")  # fmt: skip


class Change(dict):
    """A change as observers get it, by item and by attribute."""

    __getattr__ = dict.__getitem__


class Look(SimpleNamespace):
    """A layout or a style: attributes that can be set, some of which the page looks at."""

    def __init__(self, given=None, **values):
        super().__init__(**(given if isinstance(given, dict) else vars(given) if given else {}), **values)


Layout = Look


class Widget:
    """A widget with the traits that `defaults` of its kind and of those above it name; others are plain attributes."""

    defaults: dict = {"value": None, "description": "", "disabled": False}

    def __init_subclass__(cls):
        found = [vars(kind).get("defaults", {}) for kind in reversed(cls.__mro__)]
        cls.traits = {name: value for one in found for name, value in one.items()}

    def __init__(self, value=None, *, layout=None, style=None, **given):
        self.classes, self.layout, self.style = [], Look(layout), Look(style)
        self.model_id, self._watchers = f"w{len(made)}", []
        made[self.model_id] = self
        for name, default in self.traits.items():
            if name != "value":
                setattr(self, name, given.pop(name, default))
        vars(self).update(given)
        if "value" in self.traits:
            self.value = self.traits["value"] if value is None else value

    def __setattr__(self, name, new):
        if name not in type(self).traits:
            return super().__setattr__(name, new)
        new = self.checked(name, new)
        old = getattr(self, name, None)
        super().__setattr__(name, new)
        if old is not new and not (type(old) is type(new) and old == new):
            _changed[self.model_id, name] = None
            self.changed(name)
            for wanted, watcher in list(self._watchers):
                if wanted == name:
                    watcher(Change(name=name, old=old, new=new, owner=self))

    def checked(self, name, new):
        """The value that a trait takes when it is set to `new`; TraitError for one that it cannot take."""
        return new

    def changed(self, name):
        """Bring other traits in line with one that has changed."""

    def set_trait(self, name, new):
        setattr(self, name, new)

    def observe(self, watcher, names="value"):
        self._watchers.append((names, watcher))

    def unobserve(self, watcher, names="value"):
        self._watchers.remove((names, watcher))

    def add_class(self, name):
        self.classes.append(name)
        return self

    def receive(self, name: str, raw) -> None:
        """What the page has set."""
        setattr(self, name, raw)

    def spec(self) -> dict:
        """All that a page needs to draw the widget, as JSON."""
        drawn = [name for name in DRAWN if name in self.traits and name != "children"]
        traits = {name: plain(getattr(self, name)) for name in drawn}
        if isinstance(traits.get("value"), bytes) or "labels" in traits:
            traits.pop("value", None)
        looks = {name: value for name, value in vars(self.layout).items() if isinstance(value, str)}
        children = [child.spec() for child in getattr(self, "children", ())]
        return {"id": self.model_id, "kind": self.kind(), "classes": self.classes, "look": looks, **traits,
                "children": children}  # fmt: skip

    def kind(self) -> str:
        """The name of the kind of ipywidgets that this one is."""
        return next(kind.__name__ for kind in type(self).__mro__ if kind.__module__ == __name__)


def plain(value):
    return list(value) if isinstance(value, tuple) else value


def changes() -> list[tuple[str, str, object]]:
    """(id, trait, value) of what has changed since the last call and is drawn; children as specs."""
    found = []
    for widget, name in _changed:
        if name in DRAWN and not (name == "value" and "labels" in made[widget].traits):
            value = getattr(made[widget], name)
            found.append((widget, name, [child.spec() for child in value] if name == "children" else plain(value)))
    _changed.clear()
    return found


class Box(Widget):
    defaults = {"children": ()}

    def __init__(self, children=(), **given):
        super().__init__(children=children, **given)

    def checked(self, name, new):
        return tuple(new) if name == "children" else new


class VBox(Box): ...


class HBox(Box): ...


class Image(Widget):
    defaults = {"value": b""}


class HTML(Widget):
    defaults = {"value": ""}


class Text(Widget):
    defaults = {"value": "", "placeholder": ""}

    def checked(self, name, new):
        return str(new) if name == "value" else new


class Textarea(Text):
    defaults = {"rows": 3}


class Checkbox(Widget):
    defaults = {"value": False}


class Button(Widget):
    defaults = {"tooltip": ""}

    def on_click(self, press):
        self._watchers.append(("clicked", press))

    def click(self):
        for name, press in list(self._watchers):
            if name == "clicked":
                press(self)

    def receive(self, name, raw):
        self.click()


class _Number(Widget):
    defaults = {"value": 0, "min": 0, "max": 100, "step": 1}
    number = float

    def checked(self, name, new):
        if name in ("value", "min", "max") and new is not None:
            try:
                new = self.number(new)
            except (TypeError, ValueError, OverflowError):
                raise TraitError(f"{name} must be a number, got {new!r}.") from None
            if new != new:
                raise TraitError(f"{name} must be a number, got nan.")
        return self.clamped(new) if name == "value" else new

    def clamped(self, value):
        return min(max(value, self.min), self.max)

    def changed(self, name):
        if name in ("min", "max") and getattr(self, "value", None) is not None:
            self.value = self.clamped(self.value)


class FloatSlider(_Number):
    defaults = {"readout_format": ".2f"}


class IntSlider(_Number):
    defaults = {"readout_format": "d"}
    number = int


class IntText(_Number):
    number = int

    def clamped(self, value):
        return value


class FloatLogSlider(_Number):
    """min and max are powers of ten."""

    def clamped(self, value):
        return min(max(value, 10**self.min), 10**self.max)


class Play(_Number):
    defaults = {"interval": 100, "playing": False}
    playing = False  # that ipywidgets 8 names it so can be seen on the class
    number = int


class _Selection(Widget):
    defaults = {"options": (), "labels": (), "index": 0}
    _values: list = []

    def checked(self, name, new):
        if name == "options":
            pairs = [one if isinstance(one, tuple) else (str(one), one) for one in new]
            self._values = [value for _, value in pairs]
            self._names = tuple(label for label, _ in pairs)
            return tuple(new)
        if name == "labels":
            return self._names
        if name == "value" and new is None and self._values:
            return self._values[0]
        if name == "value" and new not in self._values or name == "index" and new not in range(len(self._values)):
            raise TraitError(f"Invalid selection: {new!r}")
        return new

    def changed(self, name):
        if name == "value":
            self.index = self._values.index(self.value)
        elif name == "index":
            self.value = self._values[self.index]
        elif name == "options":
            self.labels = self._names
            if getattr(self, "value", None) not in (None, *self._values):
                self.value = self._values[0]


class Dropdown(_Selection): ...


class SelectionSlider(_Selection): ...


def jslink(source: tuple[Widget, str], target: tuple[Widget, str]) -> None:
    """Keep two traits equal; they begin with the value of the first."""
    for (one, name), (other, its) in ((source, target), (target, source)):
        one.observe(lambda change, other=other, its=its: setattr(other, its, change["new"]), name)
    setattr(target[0], target[1], getattr(*source))
