"""Writer: a trained model writes, each character on the shade of its probability; a click shows what moved it."""

from __future__ import annotations

import ipywidgets as widgets
import numpy as np

from utils.arrays.sampling import entropy, next_distribution
from utils.arrays.torch_random import TorchRandom
from utils.course.explorers import page
from utils.course.explorers.base import INSIDE, Explorer, choice, slider
from utils.course.explorers.page import name_of, percent
from utils.course.explorers.shipped import packed, writer, writers_of
from utils.text import plain

START = "An exception is raised when "
MOST, FIRST = 600, 240  # characters to write at most, and at first
STEP, PAUSE = 3, 120  # characters and milliseconds between two pictures of Play: 25 characters a second
COMING = 8  # candidates for the next character that are shown
NAMED = 3  # earlier characters that the words name
BLOCK = 128  # a gradient goes back through at least so many characters


class Writer(Explorer):
    """What a model of characters writes, as fast as one can read it.

    models: a `utils.models.Language` or what its `reader()` gives, or several by their names, such as those after each
    epoch, to choose from; without any, the model that ships. A page without a kernel has them in half precision.
    Controls: `start`, what the model reads before it writes; `written`, how many characters it has written, with
    buttons to go on, pause and begin anew; `temperature`, `top_k`, `top_p`, which hold for all that is written from
    then on; `seed`, of the random numbers; `at`, the written character that is looked at, 0 for none.
    With another start, seed or model all is written anew. Moving `written` back takes characters back.
    """

    def __init__(self, models=None, **values):
        self.models = writers_of(models)
        self._begun, self._text, self._end = None, [], None  # with what the text began, what was written, its state
        self._read = None, None  # what was read last for a gradient, and the state after it
        super().__init__(**values)

    def given(self):
        if list(self.models.values()) == [writer()]:
            return {}
        models = packed(self.models)
        return None if models is None else {"models": models}

    def make_controls(self):
        most = max(len(model.alphabet) for model in self.models.values())
        first = next(iter(self.models.values())).alphabet
        begin = START if set(START) <= set(first) else next(filter(str.isalpha, first), first[-1])
        text = widgets.Text(begin, description="start of the text", continuous_update=True)
        text.style.description_width, text.layout.width = "150px", "430px"
        controls = {
            "start": text,
            "seed": slider("random seed", 1, 1, 20, 1),
            "temperature": slider("temperature", 0.7, 0.1, 2.0, 0.05),
            "top_k": slider(f"top-k ({most} keeps all)", most, 1, most, 1),
            "top_p": slider("top-p (1 keeps all)", 1.0, 0.05, 1.0, 0.05),
            "at": slider("look at (0: none)", 0, 0, MOST, 1),
            "written": slider("characters written", FIRST, 0, MOST, 1),
        }
        self._pointed = widgets.IntText(layout={"display": "none"})  # a click on the page writes here
        self._pointed.add_class("course-writer-pointed")
        self._pointed.observe(lambda change: self.controls["at"].set_trait("value", change["new"]), "value")
        if len(self.models) > 1:
            controls = {"model": choice("model", list(self.models), next(iter(self.models)))} | controls
        return controls

    def arrange(self):
        """The controls, the buttons beside the number of characters they move, and the legend."""
        *others, written = self.controls.values()
        self.play = widgets.Play(min=0, max=MOST, step=STEP, interval=PAUSE, show_repeat=False)
        self.play.value = written.value
        self.play.layout.width = "auto"
        widgets.jslink((written, "value"), (self.play, "value"))  # in the page; both begin with the value of the first
        self.legend = widgets.HTML(layout={"min_height": "76px", "width": INSIDE})
        style = widgets.HTML(page.STYLE, layout={"display": "none"})
        return [*others, widgets.HBox([self.play, written]), self._pointed, style, self.legend]

    def make_picture(self, width):
        made = widgets.HTML(layout={"width": width, "max_width": INSIDE, "height": "274px"})
        made.add_class("course-writer-page")
        return made

    def settle(self, name):
        """No one looks at a character that is not written; the field for clicks knows which it is."""
        at = self.controls["at"]
        at.value = min(at.value, self.controls["written"].value)
        self._pointed.value = at.value

    def compute(self, start, seed, temperature, top_k, top_p, at, written, model=None):
        """The text as it was written, and what comes next.

        "start", "unknown": what the model reads of the start, and the characters it does not know; "text" (N,
        characters), "chance" and "used" (N,): the probabilities that the model gave and with which each was chosen;
        "pull": with at > 0, the norm of the gradient of that character's score at each earlier one, (len(start) + at
        - 1,); "coming": the likeliest next characters as (name, probability).
        """
        model = model or next(iter(self.models))
        writer, text = self.models[model], plain(start)
        known = "".join(character for character in text if character in writer.alphabet)
        if text and not known:
            raise ValueError("The model knows none of these characters; write with a keyboard's plain ones.")
        options = temperature, min(top_k, len(writer.alphabet)), top_p
        logits = self._write(model, known, seed, written, options)
        used = next_distribution(logits.astype(np.float64), *options)  # (V,); in float32 small ones would be 0
        order = np.argsort(-logits, kind="stable")[:COMING]
        characters = "".join(character for character, _, _ in self._text)
        return {
            "start": known, "unknown": sorted(set(text) - set(known), key=text.index), "text": characters,
            "chance": np.array([chance for _, chance, _ in self._text]), "at": at,
            "used": np.array([used for _, _, used in self._text]), "seed": seed,
            "pull": self._pull(model, known + characters[: at - 1], characters[at - 1]) if at else None,
            "coming": [(name_of(writer.alphabet[i]), float(used[i])) for i in order],
            "possible": int((used > 0).sum()), "entropy": float(entropy(used)),
        }  # fmt: skip

    def _write(self, model: str, start: str, seed: int, written: int, options: tuple) -> np.ndarray:
        """Bring the text to `written` characters, and give the scores (V,) of the next one.

        What stands there stays. Only the state at the end is kept; when characters are taken back, the others are read
        again step by step, as they were when they were written, so that the same seed gives the same text.
        """
        writer, begun = self.models[model], (model, start, seed)
        if begun != self._begun or written < len(self._text):
            logits, state = writer.read(start)  # refuses an empty start, before anything has changed
            self._text = self._text[:written] if begun == self._begun else []
            self._begun, self._end = begun, (logits[-1], state)
            for character, _, _ in self._text:
                self._end = writer.step(writer.alphabet.index(character), self._end[1])
        throws = TorchRandom(seed).random(MOST, np.float32)[len(self._text) : written]  # as Language.write throws them
        for one in writer.stream(*self._end, throws, *options):
            self._text.append((one.character, one.chance, one.used))
            self._end = one.logits, one.state
        return self._end[0]

    def _pull(self, model: str, before: str, character: str) -> np.ndarray:
        """The norm of the gradient of the score of `character` at each one before it, (len(before),).

        It goes back through the last BLOCK characters and at most as many more; on what lies before, where it is
        smaller than can be seen, it is not computed. So a step to the next character need not read all anew.
        """
        writer, cut = self.models[model].exact, max(0, len(before) // BLOCK - 1) * BLOCK
        if self._read[0] != (model, before[:cut]):
            self._read = (model, before[:cut]), writer.read(before[:cut])[1] if cut else None
        gradient = writer.gradient(before[cut:], character, self._read[1])
        return np.concatenate([np.zeros(cut), np.linalg.norm(gradient, axis=1)])

    def redraw(self, result):
        start, kind = result["start"], "m" if result["at"] else "p"
        of_start, of_text = np.zeros(len(start), int), np.zeros(len(result["text"]), int)
        if result["at"]:
            shades = page.shades("m", result["pull"] / result["pull"].max())
            of_start, of_text[: result["at"] - 1] = shades[: len(start)], shades[len(start) :]
        else:
            of_text = page.shades("p", result["used"])
        words, self._last = self.describe(result), result
        self.legend.value = page.legend(kind, result["coming"], result["possible"])
        return page.live(start, result["text"], kind, of_start, of_text, result["at"]), words

    def describe(self, result):
        unknown = result["unknown"]
        more = f" and {len(unknown) - 5} more" if len(unknown) > 5 else ""
        skipped = f"The model does not know {', '.join(unknown[:5])}{more} and reads on without. " if unknown else ""
        return skipped + (self._describe_one(result) if result["at"] else self._describe_all(result))

    def _describe_all(self, result):
        n, possible = len(result["text"]), result["possible"]
        rare = int((result["used"] < page.BOUNDS["p"][2]).sum())
        end = (result["start"] + result["text"])[-40:].replace("\n", name_of("\n"))
        return (
            f"{n} character{'s' * (n != 1)} written with seed {result['seed']}, {rare} of them chosen with a "
            f"probability below 5 %. {possible} character{'s' * (possible > 1)} can come next; the entropy is "
            f"{result['entropy']:.1f} bits. The text ends: “{end}”"
        )

    def _describe_one(self, result):
        at, pull = result["at"], result["pull"]
        before, one = result["start"] + result["text"][: at - 1], result["text"][at - 1]
        most = np.argsort(-pull, kind="stable")[:NAMED]
        named = [
            f"“{name_of(before[i])}”, {len(before) - i} before it ({100 * pull[i] / pull[most[0]]:.0f} %)" for i in most
        ]
        half = int(np.searchsorted(pull[::-1].cumsum(), pull.sum() / 2)) + 1
        return (
            f"Character {at}, “{name_of(one)}”, was drawn with {percent(result['used'][at - 1])} at the settings "
            f"of then; the model alone gave it {percent(result['chance'][at - 1])}. "
            f"Its score was moved most by {'; '.join(named)}. "
            f"Half of all gradient comes from the last {half} character{'s' * (half > 1)}."
        )

    def lasting(self):
        """The text on its shades."""
        if self.error:
            return {}
        result = self._last
        return {"text/html": page.lasting(result["start"], result["text"], page.shades("p", result["used"]))}
