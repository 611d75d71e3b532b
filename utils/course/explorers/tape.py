"""Tape: a recurrent unit in time. It reads a tape symbol by symbol, and then its gradient goes back step by step."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from numbers import Real

import ipywidgets as widgets
import numpy as np

from utils.arrays import units as arithmetic
from utils.checks import one_of, short_repr
from utils.course.explorers.base import Explorer, choice, slider, stops
from utils.course.explorers.numerals import digits
from utils.course.explorers.tape_stage import LOWEST, STEPS, TRAINED_LOWEST, Stage, share_left
from utils.plots.style import PALETTE, course_style

KINDS = {"leaky unit": "leaky", "plain RNN": "rnn", "LSTM": "lstm", "GRU": "gru"}
OWN = "your own tape"
TAPES = {
    "a knock, a question later": "..!..............?",
    "one knock": "..!",
    "two knocks": "..!......!",
    "noise with a mark": "+-+-+!-++--+-+-+--+-++-+",
    "a word": "onomatopoeia",
}
SYMBOLS = {"!": 1.0, "?": -1.0, "+": 0.3, "-": -0.3} | {str(n): n / 10 for n in range(10)}
SYMBOLS |= dict.fromkeys("aeiouAEIOU", 1.0)
LEGEND = "x:   ! = 1    ? = −1    + = 0.3    - = −0.3    a digit = tenths    a vowel = 1    anything else = 0"
MOMENTS = ["start", *(f"step {t}" for t in range(1, STEPS + 1)), *(f"back at {t}" for t in range(STEPS, 0, -1))]
LAST = len(MOMENTS) - 1
SPEEDS = (4, 25, 2)  # steps a second
BIASES = {"rnn": "weight U", "lstm": "forget bias", "gru": "update bias"}  # what `shift` moves


class Tape(Explorer):
    """One unit over a tape of 24 symbols: forward at moments 1 to 24, then the gradient back to step 1, at moment 48.

    At moment 0 nothing is read yet. Without a kernel, where nothing plays, the last moment is shown.

    units: those to choose from, of "leaky unit", "plain RNN", "LSTM", "GRU"; of two, the way back of the other is drawn
    too. weights: in place of these, the state dict of a trained network of one unit, as `utils.arrays.units.trained`
    takes it. symbols: what x is at a symbol of the tape, a number or as many as the network reads; 0 at any other.
    tapes: the examples by name.
    Controls: `moment`, with buttons that play it; `unit`; `keep`, what is left of the memory after a silent step, or
    with weights `shift`, how far the bias of the gate that keeps is moved; `example` fills `tape`.
    """

    size = (9.0, 5.96)

    def __init__(
        self, units: Sequence[str] = tuple(KINDS), weights: Mapping | None = None, symbols: Mapping | None = None,
        tapes: Mapping[str, str] | None = None, **values,
    ):  # fmt: skip
        if isinstance(units, str) or not len(units):
            raise ValueError(f"units must be a list of names, of {', '.join(map(repr, KINDS))}, got {units!r}.")
        self.units = [one_of("units", name, list(KINDS)) for name in units]
        self.trained, self.weights = None if weights is None else arithmetic.trained(weights), weights
        self.inputs = 1 if weights is None else len(self.trained.W)
        read = SYMBOLS if symbols is None else symbols
        self.symbols = {symbol: self._checked(symbol, x) for symbol, x in read.items()}
        self.legend = LEGEND if symbols is None else _legend(symbols)
        self.tapes = dict(tapes or (TAPES if symbols is None else {"every symbol": "".join(symbols)}))
        self._ran = None  # what was asked for last, and its result
        super().__init__(**values)

    def _checked(self, symbol, x) -> np.ndarray:
        """x at a symbol as (inputs,)."""
        if not isinstance(symbol, str) or len(symbol) != 1:
            raise ValueError(f"symbols must be single characters, got {short_repr(symbol)}.")
        found = np.asarray([x] if isinstance(x, Real) else x, float)
        if found.shape != (self.inputs,) or not np.isfinite(found).all():
            raise ValueError(f"symbols must give {self.inputs} finite numbers for {symbol!r}, got {short_repr(x)}.")
        return found

    def given(self):
        if self.trained is None:
            return {"units": self.units}
        weights = {name: np.asarray(values, np.float64).tolist() for name, values in self.weights.items()}
        symbols = {symbol: x.tolist() for symbol, x in self.symbols.items()}
        return {"weights": weights, "symbols": symbols, "tapes": self.tapes}

    def make_controls(self):
        moment = stops("moment", list(zip(MOMENTS, range(LAST + 1))), 0)
        moment.style.description_width, moment.layout.width = "58px", "320px"
        name, symbols = next(iter(self.tapes.items()))
        text = widgets.Text(value=symbols, description="tape", placeholder=f"Type up to {STEPS} symbols.")
        controls = {"moment": moment}
        if self.trained is None and len(self.units) > 1:
            controls["unit"] = choice("unit", self.units, self.units[0])
        if self.trained is None:
            controls["keep"] = slider("keep, in silence", 0.95, 0.5, 0.99, 0.01)
        else:
            what = BIASES[arithmetic.kind_of(self.trained)]
            controls["shift"] = slider(f"shift {what}", 0.0, -4.0, 4.0, 0.25)
        return controls | {"example": choice("example", [*self.tapes, OWN], name), "tape": text}

    def arrange(self):
        """The moment with its buttons."""
        moment = self.controls["moment"]
        self.play = widgets.Play(min=0, max=LAST, interval=1000 // SPEEDS[0], show_repeat=False)
        self.play.value = moment.index
        widgets.jslink((moment, "index"), (self.play, "value"))  # in the page; both begin with the value of the first
        buttons = [
            _button("‹ step", "one step earlier", "66px", lambda _: self._step(-1)),
            _button("step ›", "one step on", "66px", lambda _: self._step(1)),
            _button(_speed(SPEEDS[0]), "how many steps a second it plays", "96px", self._next_speed),
        ]
        row = widgets.HBox([self.play, moment, *buttons], layout=widgets.Layout(flex_flow="row wrap"))
        return [row]

    def arrange_below(self):
        """All others, below: so picture and words fit on a laptop's screen while it plays."""
        _, *others = self.controls.values()
        for control in others:  # two in a row, in a narrow window too
            control.style.description_width, control.layout.width = "120px", "350px"
        return others

    def _step(self, by: int) -> None:
        """One moment on or back; after the last comes the first."""
        moment = self.controls["moment"]
        moment.index = (moment.index + by) % (LAST + 1)

    def _next_speed(self, button) -> None:
        now = [_speed(speed) for speed in SPEEDS].index(button.description)
        speed = SPEEDS[(now + 1) % len(SPEEDS)]
        button.description, self.play.interval = _speed(speed), 1000 // speed

    def settle(self, name):
        """An example goes onto the tape; a tape that is typed is the learner's own."""
        example, tape = self.controls["example"], self.controls["tape"]
        if name == "example" and example.value != OWN:
            tape.value = self.tapes[example.value]
        elif name == "tape" and tape.value != self.tapes.get(example.value):
            example.value = OWN

    def compute(self, moment, example, tape, unit=None, keep=None, shift=None):
        """The whole run of the unit (see `utils.arrays.units.run`), and this moment's step t, from 0; -1 before it."""
        asked = (tape[:STEPS], unit or self.units[0], keep, shift)
        if self._ran is None or self._ran[0] != asked:
            self._ran = asked, self._run(*asked)
        back = moment > STEPS
        t = 2 * STEPS - moment if back else moment - 1
        run = self._ran[1]
        x = ", ".join(f"{value:g}".replace("-", "−") for value in run["trace"]["x"][t])
        return run | {"back": back, "t": t, "x": x, "cut": len(tape) > STEPS}

    def _run(self, tape, unit, keep, shift):
        symbols = tape.ljust(STEPS)
        x = np.array([self.symbols.get(symbol, np.zeros(self.inputs)) for symbol in symbols])  # (T, inputs)
        if self.trained is None:
            cell = arithmetic.unit(KINDS[unit], keep)
        else:
            cell = arithmetic.shifted(self.trained, shift)
        trace = arithmetic.run(cell, x) | {"x": x}
        found = {
            "kind": arithmetic.kind_of(cell), "symbols": symbols.replace(".", "·").replace(" ", "·"), "trace": trace,
            "formulas": arithmetic.formulas(cell), "reach": _reaches(trace, arithmetic.kind_of(cell)),
        }  # fmt: skip
        if other := self._other(unit):
            found |= {"other_unit": other, "other": arithmetic.run(arithmetic.unit(KINDS[other], keep), x)["all_ways"]}
        return found

    def _other(self, unit) -> str | None:
        """Of two units, the one that is not chosen."""
        if self.trained is None and len(set(self.units)) == 2:
            return next(name for name in self.units if name != unit)
        return None

    def draw(self, figure):
        figure.set_layout_engine("none")  # all places are given by hand, in pixels from the upper left corner
        self.ax, self.stage = figure.add_axes((0, 0, 1, 1)), None

    def update(self, result):
        new = self.stage is None or self.stage.kind != result["kind"]
        if new:
            self.ax.clear()
            self._moving.clear()
            name = result.get("other_unit")
            other = (name, PALETTE.get(KINDS[name], PALETTE["theory"]), _memory(KINDS[name])) if name else None
            lowest = LOWEST if self.trained is None else TRAINED_LOWEST
            self.stage = Stage(self.ax, self.moving, result["kind"], self.inputs, self.legend, other, lowest)
        self.stage.show(result)
        return new

    # In words -------------------------------------------------------------------------------------------------------

    def describe(self, result):
        if result["t"] < 0:
            words = self._describe_start(result)
        else:
            words = self._describe_back(result) if result["back"] else self._describe_step(result)
        return words + f" What stands after the {STEPS}th symbol is not read." * result["cut"]

    def _describe_start(self, result):
        states = "h and c are" if result["kind"] == "lstm" else "the state h is"
        return (
            f"Before the first step {states} 0. Press play: the unit reads the tape symbol by symbol to step {STEPS}. "
            "Then the gradient goes back to step 1, which shows what a change at each step would do to the end."
        )

    def _describe_step(self, result):
        kind, t, trace = result["kind"], result["t"], result["trace"]
        now = {letter: digits(values[t]) for letter, values in trace.items() if letter != "x"}
        before = digits(trace[_memory(kind)][t - 1] if t else 0.0)
        words = f"Forward, step {t + 1}, symbol “{result['symbols'][t]}”: x = {result['x']}. "
        if kind == "leaky":
            before, h = digits(trace["h"][t - 1] if t else 0.0, 3), digits(trace["h"][t], 3)
            return words + f"Of the state {before} it keeps {now['f']}, and takes the rest from x: h = {h}."
        if kind == "rnn":
            return words + f"The old state {before} times {now['U']}, and the input, go through tanh: h = {now['h']}."
        if kind == "gru":
            words += f"The update gate keeps {now['z']} of the state {before} and takes the rest from n = {now['n']}: "
            return words + f"h = {now['h']}."
        return words + (
            f"The forget gate keeps {now['f']} of the memory {before}, the input gate lets in {now['i']} of "
            f"g = {now['g']}: c = {now['c']}. The output gate, {now['o']}, shows h = {now['h']}."
        )

    def _describe_back(self, result):
        kind, t, trace = result["kind"], result["t"], result["trace"]
        steps, letter = STEPS - 1 - t, _memory(kind)
        if steps == 0:
            return f"The way back begins at step {STEPS}: a nudge to the last {letter} is all there, its gradient is 1."
        all_ways, alone = trace["all_ways"][t], trace["alone"][t]
        words = f"The way back has come to step {t + 1}: of a nudge to {letter} there, {share_left(all_ways)} is "
        words += f"left {steps} step{'s' * (steps > 1)} later, in the last {letter}."
        if by := {"rnn": "the weight", "lstm": "the forget gates", "gru": "the update gates"}.get(kind):
            words += f" By {by} alone it would be {share_left(alone)}"
            words += f"; {_rest(kind, all_ways, alone)}." if kind != "rnn" else "."
        if "other" in result:
            other = result["other_unit"]
            words += f" Of a nudge to the {other}’s {_memory(KINDS[other])}: {share_left(result['other'][t])}."
        return words

    def lasting(self):
        """The last moment in picture and words, since nothing plays without a kernel."""
        if self.error:
            return super().lasting()
        with self._drawing, course_style():  # changes wait in the list
            picture, words = self.redraw(self.compute(**self.values() | {"moment": LAST}))
        self._draw_changes()
        return {"image/png": base64.b64encode(picture).decode(), "text/plain": f"Tape at its end: {words}"}


def _button(words: str, tooltip: str, width: str, pressed) -> widgets.Button:
    button = widgets.Button(description=words, tooltip=tooltip, layout=widgets.Layout(width=width))
    button.on_click(pressed)
    return button


def _memory(kind: str) -> str:
    """The letter of the state whose way back is shown."""
    return "c" if kind == "lstm" else "h"


def _rest(kind: str, all_ways: float, alone: float) -> str:
    """What the other ways do to that along the memory alone."""
    ways = "ways through the gates" if kind == "gru" else "ways through h and the gates"
    if abs(all_ways - alone) <= 0.02 * abs(alone):
        return f"{ways} hardly count"
    if all_ways * alone < 0:
        return f"{ways} turn its sign round"
    return f"{ways} {'add to it' if abs(all_ways) > abs(alone) else 'take from it'}"


def _speed(steps: int) -> str:
    return f"speed: {steps}/s"


def _legend(symbols: Mapping) -> str:
    """What x is at each symbol, in one line; of many symbols, the first."""
    words = "x: "
    for symbol, x in symbols.items():
        numbers = ", ".join(f"{value:g}" for value in ([x] if isinstance(x, Real) else x)).replace("-", "−")
        more = f"  {symbol} = " + (numbers if isinstance(x, Real) else f"({numbers})")
        if len(words + more) > 92:
            return words + "  and more"
        words += more
    return words + "   other = 0"


def _reaches(trace: dict, kind: str) -> dict[str, float]:
    """Where a track of x or of a state is full: at the next round number, and for an h that is a tanh at 1."""
    least = {"x": 1.0, "c": 1.0, "h": 0.1 if kind == "leaky" else 1.0}
    rounds = [size * 10.0**power for power in range(-1, 6) for size in (1, 2, 5)]
    return {
        letter: next((r for r in rounds if r >= max(least[letter], np.abs(trace[letter]).max() - 1e-9)), rounds[-1])
        for letter in least.keys() & trace.keys()
    }
