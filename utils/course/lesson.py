"""What every lesson begins with, `start`; what keeps its prose true, `claim`; how it shows a picture, `show`."""

from __future__ import annotations

import base64
import platform
import random
import sys
import traceback

import numpy as np
import torch
from IPython import get_ipython
from IPython.display import display
from matplotlib import rcParams
from matplotlib.figure import Figure

from utils.checks import one_of, short_repr
from utils.course.rounding import rounded
from utils.plots.style import changed_settings, png

TITLES = {
    "00": "Start here",
    "01": "Vanishing and exploding gradients",
    "02": "The LSTM cell",
    "03": "The GRU cell",
    "04": "Gates at work",
    "05": "Both directions",
    "06": "From reviews to batches",
    "07": "A sentiment classifier you can question",
    "08": "A language model and temperature",
    "09": "Choosing",
    "10": "Which one, when",
    "11": "What came after",
    "12": "Appendix: proofs and side roads",
}


class ClaimError(AssertionError):
    """A sentence of the lesson is not true on this machine."""


def start(number: str) -> None:
    """Seed every generator with 0 and print one line about the machine.

    The lesson's pictures get the course's style, whatever the user's matplotlibrc says.
    From then on a cell that uses what only a cell above makes, as after a restart, says so in one line.
    number: the lesson's two digits, "00" to "12".
    Raises ValueError for a lesson that does not exist.
    """
    one_of("The lesson's number", number, list(TITLES))
    random.seed(0)
    np.random.seed(0)
    torch.manual_seed(0)
    rcParams.update(changed_settings())
    for kind in (np.float32, np.float64):  # NumPy 1 warns when it is first asked while denormal numbers are flushed
        np.finfo(kind)
    if shell := get_ipython():
        shell.set_custom_exc((NameError,), _missing)
    threads = torch.get_num_threads()
    print(
        f"Set up: lesson {number}, {TITLES[number]} · Python {platform.python_version()} · "
        f"torch {torch.__version__} · {device()} · {threads} thread{'s' if threads > 1 else ''}"
    )


def device() -> str:
    """The fastest device torch can use here: "cuda", "mps" or "cpu"."""
    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def claim(text: str, holds, value=None, unless: str | bool | None = None, *, limit=None) -> None:
    """Print `text` as a claim that holds, or stop the lesson because it does not, or say why it cannot be checked here.

    text: the sentence, without its full stop. holds: True or False (a tensor or array of one boolean counts).
    value: what was measured, limit: what it may be at most; both stand behind the sentence, rounded. nbval_sanitize.cfg
    leaves that part out where a stored lesson is compared, so it may differ from machine to machine.
    unless: a reason for which this machine cannot check the claim, such as
    `corpus.sample and "it takes the real reviews"`; with a reason `holds` is not looked at.
    Raises ClaimError when the claim fails, TypeError when `holds` is not a truth value.

    >>> claim("At f = 0.9 more than half is left after 6 steps", 0.9**6 > 0.5, 0.9**6)
    Claim holds: At f = 0.9 more than half is left after 6 steps (measured: 0.531)
    >>> claim("Adding up is exact enough", abs(0.1 + 0.2 - 0.3) < 1e-12, abs(0.1 + 0.2 - 0.3), limit=1e-12)
    Claim holds: Adding up is exact enough (measured: 5.55e-17, allowed 1e-12)
    """
    if not isinstance(text, str) or not text.strip():
        raise TypeError(f"A claim needs a sentence, got {short_repr(text)}.")
    if unless is True or not isinstance(unless, (str, bool, type(None))):
        raise TypeError(f"unless must be a reason in words, or False, got {short_repr(unless)}.")
    if unless:
        print(f"Not checked here, because {unless}: {text}")
        return
    if isinstance(holds, (torch.Tensor, np.ndarray)) and holds.shape in ((), (1,)):
        holds = holds.item()
    if not isinstance(holds, (bool, np.bool_)):
        got = short_repr(holds)
        raise TypeError(f"A claim is True or False, got {got}; write a comparison such as accuracy >= 0.99.")
    allowed = "" if limit is None else f", allowed {rounded(limit)}"
    measured = "" if value is None else f" (measured: {rounded(value)}{allowed})"
    if not holds:
        raise ClaimError(f"Claim fails: {text}{measured}")
    print(f"Claim holds: {text}{measured}")


def show(fig: Figure, alt: str) -> None:
    """Display a Figure; `alt` says in words what it shows, for readers who do not see it.

    Raises ValueError when `alt` is empty: a picture without words is lost on some readers.
    """
    if not isinstance(alt, str) or not alt.strip():
        raise ValueError("Write in `alt` what the picture shows, in one sentence.")
    picture = base64.b64encode(png(fig)).decode()
    display({"image/png": picture, "text/plain": alt}, metadata={"image/png": {"alt": alt}}, raw=True)


def _missing(shell, kind, failure, trace, tb_offset=None) -> None:
    """IPython's handler of NameError: one line where a cell itself uses the name, the usual traceback elsewhere."""
    *_, (frame, _) = traceback.walk_tb(trace)
    code = frame.f_code.co_name  # "<module>", or "<listcomp>" and the like; a function of someone's has a plain name
    if frame.f_globals is not shell.user_ns or not code.startswith("<"):
        shell.showtraceback((kind, failure, trace), tb_offset=tb_offset)
        return
    advice = "Run the cells above first (Run > Run All Above Selected Cell), or mend its spelling if it is your own."
    print(f"There is no {failure.name} yet. {advice}", file=sys.stderr)
