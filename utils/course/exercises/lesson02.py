"""Exercises 02.1 to 02.3: one LSTM step, the forget bias for a half-life, the number of parameters."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import torch
from torch import nn

from utils.arrays.memory import forget_bias_for as bias_for
from utils.course.exercises.answers import on_copies, one_number
from utils.course.exercises.base import NotYet, register

# 02.1 ----------------------------------------------------------------------------------------------------------------


def _sigmoid(a):
    return 1 / (1 + np.exp(-a))


def _step(x, h, c, W_ih, W_hh, b_ih, b_hh, order="ifgo", squash_g=np.tanh, show=np.tanh, old_c=False, turned=True):
    """The right answer; the last arguments make the usual mistakes."""
    H = h.shape[1]
    a = x @ W_ih.T + b_ih + b_hh
    for k in range(4):
        U = W_hh[k * H : (k + 1) * H]
        a[:, k * H : (k + 1) * H] += h @ (U.T if turned else U)
    gates = dict(zip(order, np.split(a, 4, axis=1)))
    f, i, o = (_sigmoid(gates[name]) for name in "fio")
    new_c = f * c + i * squash_g(gates["g"])
    return o * show(c if old_c else new_c), new_c


def _without(name):
    return lambda *given: _step(*(0 * value if key == name else value for key, value in zip(GIVEN, given)))


GIVEN = ("x", "h", "c", "W_ih", "W_hh", "b_ih", "b_hh")
STEP_MISTAKES = {
    "c and h have changed places: return h first, then c.": lambda *given: _step(*given)[::-1],
    "the candidate g goes through a sigmoid: it needs tanh, which can be negative.": lambda *given: _step(
        *given, squash_g=_sigmoid
    ),
    "h shows c as it is: the output gate multiplies tanh(c).": lambda *given: _step(*given, show=lambda c: c),
    "h shows the memory from before the step: update c first, then h = o * tanh(c).": lambda *given: _step(
        *given, old_c=True
    ),
    "the bias b_hh is missing: torch adds both b_ih and b_hh.": _without("b_hh"),
    "the bias b_ih is missing: torch adds both b_ih and b_hh.": _without("b_ih"),
    "the blocks of W_hh are used without turning them: each row of W_hh belongs to one unit, so write h @ U.T.": (
        lambda *given: _step(*given, turned=False)
    ),
} | {
    f"the gates are read in the order {', '.join(order)}: torch stacks them as i, f, g, o.": (
        lambda *given, order=order: _step(*given, order=order)
    )
    for order in permutations("ifgo")
    if order != tuple("ifgo")
}


@register(
    "02.1",
    title="One LSTM step from raw weights",
    minutes=8,
    difficulty="medium",
    answer="lstm_step",
    hints=(
        "All four weighted sums come from one line, of shape (B, 4H): x @ W_ih.T + h @ W_hh.T and both biases.",
        "np.split(a, 4, axis=1) cuts them into four parts of shape (B, H), in torch's order: i, f, g, o.",
        "Squash i, f and o with a sigmoid and g with tanh; then c = f * c + i * g, and last h = o * tanh(c).",
    ),
)
def check_lstm_step(answer) -> str:
    """Compare with nn.LSTMCell in float64 on three sizes; name the usual mistakes."""
    for B, n, H in ((2, 3, 4), (5, 2, 2), (1, 1, 3)):
        given = _given(B, n, H)
        right = _torch_step(*given)
        mine = _two_arrays(answer, given, (B, H))
        if all(np.allclose(value, want, atol=1e-9) for value, want in zip(mine, right)):
            continue
        for sentence, mistake in STEP_MISTAKES.items():
            if all(np.allclose(value, want, atol=1e-9) for value, want in zip(mine, mistake(*given))):
                raise NotYet(f"because {sentence}")
        if np.allclose(mine[1], right[1], atol=1e-9):
            raise NotYet("because c is right and h is not: h = o * tanh(c), with the new c.")
        raise NotYet(
            f"because c differs from nn.LSTMCell's: its first number should be {right[1][0, 0]:.4f}, "
            f"and yours is {mine[1][0, 0]:.4f}. Look at the sums first, then at the four parts."
        )
    return "your step equals nn.LSTMCell's. A whole LSTM is this function in a for loop."


def _given(B: int, n: int, H: int) -> list[np.ndarray]:
    shapes = (B, n), (B, H), (B, H), (4 * H, n), (4 * H, H), (4 * H,), (4 * H,)
    random = np.random.default_rng(100 * n + H)
    return [random.normal(size=shape) for shape in shapes]


def _torch_step(x, h, c, *weights) -> tuple[np.ndarray, np.ndarray]:
    cell = nn.LSTMCell(x.shape[1], h.shape[1], dtype=torch.float64)
    with torch.no_grad():
        for own, value in zip(cell.parameters(), weights):
            own.copy_(torch.from_numpy(value))
        return tuple(state.numpy() for state in cell(torch.from_numpy(x), (torch.from_numpy(h), torch.from_numpy(c))))


def _two_arrays(answer, given, shape) -> tuple[np.ndarray, np.ndarray]:
    """The learner's h and c as arrays (B, H), or the reason why they cannot be."""
    B, H = shape
    misfit = (
        f"Here x is {given[0].shape}, h is {given[1].shape}, W_ih is {given[3].shape} and W_hh is {given[4].shape}; "
        f"W_ih.T and W_hh.T turn the weights, and the sum should be {(B, 4 * H)}."
    )
    got = on_copies(answer, dict(zip(GIVEN, given)), "`return h, c`", misfit)
    if not isinstance(got, (tuple, list)) or len(got) != 2:
        raise NotYet("because lstm_step should return two things, `return h, c`.")
    arrays = tuple(np.asarray(value, dtype=float) for value in got)
    for name, array in zip("hc", arrays):
        if array.shape != shape:
            raise NotYet(f"because {name} should have shape (B, H) = {shape}, and yours has {array.shape}.")
    return arrays


# 02.2 ----------------------------------------------------------------------------------------------------------------

HALF_LIVES = (3, 1, 10, 50, 400.5)


def _logit(f):
    return np.log(f / (1 - f))


def _gate(half_life):
    return 0.5 ** (1 / half_life)


BIAS_MISTAKES = {
    "that is the gate f, not its bias: the sigmoid still has to be undone.": _gate,
    "you took the sigmoid of f: undo the sigmoid instead, b = ln(f / (1 - f)).": lambda n: _sigmoid(_gate(n)),
    "the sign is the wrong way round: a longer memory needs a larger bias.": lambda n: -_logit(_gate(n)),
    "your memory falls to 1/e = 0.37 after half_life steps, not to a half: f = 0.5 ** (1 / half_life).": lambda n: (
        _logit(np.exp(-1 / n))
    ),
    "f = 1 - 1 / half_life is a rule of thumb for another time (the fall to 0.37); here f ** half_life must be 0.5.": (
        lambda n: _logit(1 - 1 / n)
    ),
    "f = 1 / half_life makes a long memory forget fast: what must hold is f ** half_life = 0.5.": lambda n: _logit(
        1 / n
    ),
    "that is ln f: f itself is 0.5 ** (1 / half_life), and its bias is ln(f / (1 - f)).": lambda n: np.log(_gate(n)),
}


@register(
    "02.2",
    title="The forget bias for a wanted half-life",
    minutes=5,
    difficulty="medium",
    answer="forget_bias_for",
    hints=(
        "Two steps: first the gate f that halves the memory in half_life steps, then the bias that opens it to f.",
        "f ** half_life = 0.5, so f = 0.5 ** (1 / half_life).",
        "f = sigmoid(b) means f = 1 / (1 + exp(-b)). Solve for b: b = ln(f / (1 - f)).",
    ),
)
def check_forget_bias_for(answer) -> str:
    """Compare with logit(0.5^(1/n)) at five half-lives n; name the usual mistakes."""
    for number, n in enumerate(HALF_LIVES):
        mine = one_number("forget_bias_for", answer(n))
        if np.isclose(mine, bias_for(n), rtol=1e-6, atol=1e-9):
            continue
        if number == 0:
            with np.errstate(all="ignore"):
                for sentence, mistake in BIAS_MISTAKES.items():
                    if np.isclose(mine, mistake(n), rtol=1e-6):
                        raise NotYet(f"because {sentence}")
        f = _sigmoid(mine)
        raise NotYet(
            f"because for half_life = {n:g} your bias {mine:.4g} opens the gate to {f:.4f}, "
            f"and after {n:g} steps {f**n:.3f} of the memory is left instead of 0.5."
        )
    return "a half-life of 50 steps needs a bias of 4.27, and a fresh LSTM starts near 0."


# 02.3 ----------------------------------------------------------------------------------------------------------------


def _count(
    n, H, num_layers=1, bidirectional=False, bias=True,
    gates=4, biases=2, recurrent=True, deeper="states", both=True, first_only=False,
):  # fmt: skip
    """The right answer; the last arguments make the usual mistakes."""
    directions = 2 if bidirectional else 1
    total = 0
    for layer in range(1 if first_only else num_layers):
        inputs = n if layer == 0 or deeper == "input" else H if deeper == "one" else directions * H
        own = gates * (inputs * H + (H * H if recurrent else 0) + (biases * H if bias else 0))
        total += own * (directions if both else 1)
    return total


COUNT_MISTAKES = {
    "torch keeps two biases for each part, b_ih and b_hh: add 2 H, not H.": {"biases": 1},
    "the biases are missing: with bias=True there are two for each part.": {"biases": 0},
    "you count three parts: the candidate g has weights as well, so there are four.": {"gates": 3},
    "you count one part: f, i, g and o each have weights of their own, so there are four.": {"gates": 1},
    "the weights U, which act on h, are missing: H * H for each part.": {"recurrent": False},
    "only the first layer is counted: add the others, num_layers in all.": {"first_only": True},
    "the deeper layers read the states h of the layer below, not the input: their input size is not n.": {
        "deeper": "input"
    },
    "with bidirectional=True each layer has two cells, one for each direction: count both.": {"both": False},
    "in a bidirectional network a deeper layer reads the states of both directions, 2 H numbers.": {"deeper": "one"},
}
CASES = (
    {"input_size": 300, "hidden_size": 512},
    {"input_size": 3, "hidden_size": 7},
    {"input_size": 3, "hidden_size": 7, "num_layers": 3},
    {"input_size": 3, "hidden_size": 7, "bidirectional": True},
    {"input_size": 3, "hidden_size": 7, "num_layers": 3, "bidirectional": True},
    {"input_size": 3, "hidden_size": 7, "bias": False},
    {"input_size": 7, "hidden_size": 4, "num_layers": 2, "bidirectional": True, "bias": False},
)


@register(
    "02.3",
    title="The number of parameters of any LSTM",
    minutes=7,
    difficulty="medium",
    answer="lstm_parameters",
    hints=(
        "One cell with n inputs and H units: four parts, each with n * H weights W, H * H weights U and 2 * H biases.",
        "Sum over the layers. The first has input_size inputs; each deeper one reads the states of the layer below.",
        "With two directions there are two cells in each layer, and a deeper layer reads 2 * hidden_size numbers.",
    ),
)
def check_lstm_parameters(answer) -> str:
    """Compare with the parameters of nn.LSTM for seven networks; name the usual mistakes."""
    for case in CASES:
        right = sum(p.numel() for p in nn.LSTM(**case, device="meta").parameters())
        mine = one_number("lstm_parameters", answer(**case))
        if mine == right:
            continue
        sizes = list(case.values())[:2]
        options = dict(list(case.items())[2:])
        for sentence, mistake in COUNT_MISTAKES.items():
            if mine == _count(*sizes, **options, **mistake):
                raise NotYet(f"because {sentence}")
        if case.get("bias") is False and mine == _count(*sizes):
            raise NotYet("because with bias=False there are no biases to count.")
        network = ", ".join([*map(str, sizes), *(f"{name}={value}" for name, value in options.items())])
        raise NotYet(f"because nn.LSTM({network}) has {right:,} parameters, and you count {mine:,.10g}.")
    return "your count equals torch's for every LSTM tried, and nn.LSTM(300, 512) has 1,667,072 parameters."
