"""Exercises 04.1 and 04.2: the gates of nn.LSTM from its own weights, and a unit that is switched off."""

from __future__ import annotations

from itertools import permutations

import torch
from torch import Tensor, nn

from utils.course.exercises.base import NotYet, register
from utils.models.classifier import Classifier
from utils.probes.gates import gate_trace

# 04.1 ----------------------------------------------------------------------------------------------------------------


def _gates(lstm, x, order="ifgo", squash=torch.sigmoid, biases=("ih", "hh"), carry="hc", back="fio"):
    """The right answer; the last arguments make the usual mistakes."""
    h, c = x.new_zeros(2, lstm.hidden_size)
    b = sum(getattr(lstm, f"bias_{name}_l0") for name in biases)
    steps = []
    for x_t in x:
        a = dict(zip(order, (lstm.weight_ih_l0 @ x_t + lstm.weight_hh_l0 @ h + b).chunk(4)))
        f, i, o = squash(a["f"]), squash(a["i"]), squash(a["o"])
        new_c = f * c + i * torch.tanh(a["g"])
        c = new_c if "c" in carry else c
        h = o * torch.tanh(new_c) if "h" in carry else h
        steps.append({"f": f, "i": i, "o": o})
    return tuple(torch.stack([step[name] for step in steps]) for name in back)


GATE_MISTAKES = {
    "h is not carried: h_t of one step goes into the sums of the next, W_hh @ h.": {"carry": "c"},
    "c is not carried: each step begins with the memory that the step before it left.": {"carry": "h"},
    "the gates go through tanh: f, i and o need a sigmoid, which lies between 0 and 1.": {"squash": torch.tanh},
    "the gates are bare sums: f, i and o go through a sigmoid.": {"squash": lambda a: a},
    "the bias b_hh is missing: torch adds both b_ih and b_hh.": {"biases": ("ih",)},
    "the bias b_ih is missing: torch adds both b_ih and b_hh.": {"biases": ("hh",)},
} | {
    f"the four parts are read in the order {', '.join(order)}: torch stacks them as i, f, g, o.": {"order": order}
    for order in map("".join, permutations("ifgo"))
    if order != "ifgo"
}


@register(
    "04.1",
    title="The gates of nn.LSTM from its own weights",
    minutes=10,
    difficulty="medium",
    answer="lstm_gates",
    hints=(
        "Begin with h and c of H zeros. One line holds all four sums, (4H,): W_ih @ x_t + W_hh @ h + b_ih + b_hh.",
        ".chunk(4) cuts them in torch's order i, f, g, o. Squash i, f and o with a sigmoid, g with tanh.",
        "Then c = f * c + i * g and h = o * tanh(c), for the next step. Put f, i, o aside; torch.stack makes (T, H).",
    ),
)
def check_lstm_gates(answer) -> str:
    """Compare with gate_trace on sine waves for three networks and lengths; name the usual mistakes."""
    for seed, T, H in ((0, 20, 4), (1, 7, 3), (2, 1, 2)):
        lstm, x = _wave(seed, T, H)
        trace = gate_trace(lstm, x)[0]
        right = tuple(trace[name][0] for name in "fio")  # each (T, H)
        mine = _three(answer, lstm, x, (T, H))
        if _near(mine, right):
            continue
        with torch.no_grad():
            for back in permutations("fio"):
                if back != tuple("fio") and _near(mine, _gates(lstm, x, back=back)):
                    raise NotYet(f"because you return {', '.join(back)}: the order asked for is f, i, o.")
            for sentence, mistake in GATE_MISTAKES.items():
                if _near(mine, _gates(lstm, x, **mistake), steps=4):
                    raise NotYet(f"because {sentence}")
        first = [bool((m[0] - r[0]).abs().max() < 1e-5) for m, r in zip(mine, right)]
        if all(first):
            raise NotYet("because the first step is right and a later one is not: look at how h and c go on.")
        name = "fio"[first.index(False)]
        raise NotYet(
            f"because {name} at step 1 should begin with {right['fio'.index(name)][0, 0]:.4f}, "
            f"and yours begins with {mine['fio'.index(name)][0, 0]:.4f}. Look at the sum of that step first."
        )
    return "your gates are the network's, within 1e-5. They swing with the wave, and no plot of h would show them."


def _wave(seed: int, T: int, H: int) -> tuple[nn.LSTM, Tensor]:
    """An LSTM with larger weights than a fresh one's, so that no mistake is too small to see, and a wave (T, 1)."""
    random = torch.Generator().manual_seed(seed)
    lstm = nn.LSTM(1, H, batch_first=True)
    with torch.no_grad():
        for weight in lstm.parameters():
            weight.copy_(torch.randn(weight.shape, generator=random))
    return lstm, torch.sin(torch.linspace(0.3, 6.5, T))[:, None]


def _near(mine, right, steps: int | None = None) -> bool:
    """Whether the first `steps` agree: a mistake that lets c grow is followed only as far as rounding lets it."""
    return all(torch.allclose(m[:steps], r[:steps], atol=1e-5) for m, r in zip(mine, right))


def _three(answer, lstm: nn.LSTM, x: Tensor, shape: tuple[int, int]) -> list[Tensor]:
    """The learner's f, i and o as tensors (T, H), or the reason why they cannot be."""
    got = answer(lstm, x)
    if got is None:
        raise NotYet("because lstm_gates returns nothing: end it with `return f, i, o`.")
    if not isinstance(got, (tuple, list)) or len(got) != 3:
        raise NotYet("because lstm_gates should return three things, `return f, i, o`.")
    tensors = []
    for name, value in zip("fio", got):
        value = torch.as_tensor(value).detach().float()
        if value.shape != shape:
            T, H = shape
            turned = ": T and H have changed places, so step t is a column" * (tuple(value.shape) == (H, T) and T != H)
            raise NotYet(
                f"because {name} should have shape (T, H) = {shape}, and yours has {tuple(value.shape)}{turned}."
            )
        tensors.append(value)
    return tensors


# 04.2 ----------------------------------------------------------------------------------------------------------------


def _switched_off(model, ids, lengths, unit, where="state"):
    """The right answer; `where` makes the usual mistakes."""
    h = model.states(ids, lengths).clone()  # (B, T, D)
    if where == "step":
        h[:, unit] = 0
    elif where == "others":
        h[..., [k for k in range(h.shape[-1]) if k != unit]] = 0
    elif where == "one step less":
        h[..., unit - 1] = 0
    elif where == "state":
        h[..., unit] = 0
    pooled = model.pool(h, lengths)
    if where == "pooled":
        pooled[:, unit] = 0
    logits = model.output(pooled)
    return logits.softmax(-1) if where == "probabilities" else logits


OFF_MISTAKES = {
    "nothing is switched off: these are the logits of the whole model.": "nothing",
    "h[:, unit] is a step of time: the units are the last axis, h[..., unit].": "step",
    "all other units are off and this one is on: the other way round.": "others",
    "the neighbor is off: units are counted from 0, so take `unit` as it is.": "one step less",
    "you set the pooled vector to 0, but by then the unit has had its say in the attention weights: set the states.": (
        "pooled"
    ),
}


@register(
    "04.2",
    title="Switch a unit off",
    minutes=6,
    difficulty="easy",
    answer="logits_without",
    hints=(
        "A Classifier does h = model.states(ids, lengths), pooled = model.pool(h, lengths), model.output(pooled).",
        "Between the first and the second, set the unit's state to 0 at every word of every text.",
        "h is (B, T, D), and the units are its last axis: h = h.clone(), then h[..., unit] = 0.",
    ),
)
def check_logits_without(answer) -> str:
    """Compare with a small attention classifier whose unit is off, for each of three units; name the usual mistakes."""
    torch.manual_seed(0)
    model = Classifier(9, 4, 3, pooling="attention").eval()
    with torch.no_grad():
        for weight in model.parameters():
            weight.copy_(torch.randn(weight.shape))
        ids, lengths = torch.tensor([[2, 3, 4, 5, 6, 7, 8], [8, 2, 4, 3, 0, 0, 0]]), torch.tensor([7, 4])
        for unit in (1, 5, 2):
            before = [weight.clone() for weight in model.parameters()]
            mine = answer(model, ids, lengths, unit)
            if any(not torch.equal(weight, kept) for weight, kept in zip(model.parameters(), before)):
                raise NotYet("because your function changes the model's weights: set the states to 0, not the weights.")
            if mine is None:
                raise NotYet("because logits_without returns nothing: end it with `return` and the logits.")
            mine = torch.as_tensor(mine)
            right = _switched_off(model, ids, lengths, unit)
            if mine.shape != right.shape:
                raise NotYet(
                    f"because the logits should have shape (B, 2) = (2, 2), and yours have {tuple(mine.shape)}."
                )
            if torch.allclose(mine, right, atol=1e-5):
                continue
            for where, sentence in [(where, sentence) for sentence, where in OFF_MISTAKES.items()]:
                if torch.allclose(mine, _switched_off(model, ids, lengths, unit, where), atol=1e-5):
                    raise NotYet(f"because {sentence}")
            if torch.allclose(mine, right.softmax(-1), atol=1e-5):
                raise NotYet("because these are probabilities: return what model.output gives, without a softmax.")
            raise NotYet(
                f"because with unit {unit} off the first logit should be {right[0, 0]:.4f}, "
                f"and yours is {mine[0, 0]:.4f}."
            )
    return "the unit is off, and everything else is as it was."
