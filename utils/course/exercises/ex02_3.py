"""Exercise 02.3: the number of parameters of any LSTM."""

from __future__ import annotations

from contextlib import nullcontext
from importlib.util import find_spec

from utils.arrays.count import parameters
from utils.course.exercises.answers import one_number, same_as
from utils.course.exercises.base import NotYet, register

CASES = (  # input_size, hidden_size, and the options
    (300, 512, {}),
    (3, 7, {"num_layers": 3}),
    (3, 7, {"num_layers": 2, "bidirectional": True}),
    (7, 4, {"num_layers": 2, "bias": False}),
)


def _count(n, H, options, gates=4, biases=2, recurrent=True, deeper="states", both=True, only_first=False, bias=None):
    """The right answer; the last arguments make the usual mistakes."""
    directions = 2 if options.get("bidirectional") else 1
    total = 0
    for layer in range(1 if only_first else options.get("num_layers", 1)):
        inputs = n if layer == 0 or deeper == "input" else H if deeper == "one" else directions * H
        b = biases * H if options.get("bias", True) or bias else 0
        total += gates * (inputs * H + (H * H if recurrent else 0) + b) * (directions if both else 1)
    return total


MISTAKES = {
    "torch keeps two biases for each part, b_ih and b_hh: add 2 H, not H.": {"biases": 1},
    "the biases are missing: with bias=True there are two for each part.": {"biases": 0},
    "you count three parts: the candidate g has weights as well, so there are four.": {"gates": 3},
    "you count one part: f, i, g and o each have weights of their own, so there are four.": {"gates": 1},
    "the weights U, which act on h, are missing: H * H for each part.": {"recurrent": False},
    "only the first layer is counted: add the others, num_layers in all.": {"only_first": True},
    "the deeper layers read the states h of the layer below, not the input: their input size is not n.":
        {"deeper": "input"},
    "with bidirectional=True each layer has two cells, one for each direction: count both.": {"both": False},
    "in a bidirectional network a deeper layer reads the states of both directions, 2 H numbers.": {"deeper": "one"},
    "with bias=False there are no biases to count.": {"bias": True},
}  # fmt: skip


@register("02.3", title="The number of parameters of any LSTM", minutes=7, difficulty="medium",
          answer="lstm_parameters", ending="`return` and the number", hints=(
    "One cell with n inputs and H units: four parts, each with n * H weights W, H * H weights U and 2 * H biases.",
    "Sum over the layers. The first has input_size inputs; each deeper one reads the states of the layer below.",
    "With two directions there are two cells in each layer, and a deeper layer reads 2 * hidden_size numbers.",
))  # fmt: skip
def check_lstm_parameters(answer) -> str:
    """Compare with the number of nn.LSTM's parameters for four networks; name the usual mistakes."""
    for n, H, options in CASES:
        right = _right(n, H, **options)
        with _no_network():
            got = answer(input_size=n, hidden_size=H, **options)
        mine = one_number(got)
        if mine != right:
            same_as(MISTAKES, mine, n, H, options, right=_count, near=float.__eq__)
            network = ", ".join([f"{n}, {H}", *(f"{name}={value}" for name, value in options.items())])
            raise NotYet(f"nn.LSTM({network}) has {right:,} parameters, and you count {mine:,.10g}.")
    return "your count equals torch's for every LSTM tried, and nn.LSTM(300, 512) has 1,667,072 parameters."


def _right(n: int, H: int, num_layers: int = 1, bidirectional: bool = False, bias: bool = True) -> int:
    kinds = parameters("LSTM", n, H, num_layers, bidirectional)
    return kinds["W"] + kinds["U"] + kinds["b"] * bias


def _no_network():
    """A block in which a network that is made is refused; on a web page there is no torch to make one."""
    if find_spec("torch") is None:
        return nullcontext()
    from torch.nn.modules.module import register_module_parameter_registration_hook as on_weight

    return on_weight(_made)


def _made(module, name, weight) -> None:
    """Called whenever a network gets a weight."""
    raise NotYet("your function makes the network and counts its weights: reckon with the formula instead.")
