"""From the scores of a language model to a text: temperature, top-k, top-p, sampling, beam search.

A model here is anything called as model(ids (B, T), state) that returns logits (B, T, V) and the state after them.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor, nn

from utils.checks import integer, number, short_repr, tensor
from utils.models.language_model import map_states


def next_distribution(
    logits: Tensor, temperature: float = 1.0, top_k: int | None = None, top_p: float | None = None
) -> Tensor:
    """The probabilities softmax(logits / temperature) over the last axis, cut to the likeliest, summing to 1.

    temperature: above 0. Towards 0 all probability goes to the largest logit (top_k=1 is that limit), with growing
    temperature it spreads evenly over all.
    top_k: only the k most probable are kept (Fan et al. 2018).
    top_p: only the fewest of the most probable whose sum reaches top_p are kept (Holtzman et al. 2020), at least one.
    They act in this order, each on what the one before left. Of equal probabilities the first are kept.
    logits (..., V), floating point; minus infinity forbids a token. Returns the same shape; raises TypeError or
    ValueError for any other value.

    >>> next_distribution(torch.tensor([2.0, 1.0, 0.0]).log(), temperature=0.5).tolist()[0]
    0.800000011920929
    """
    _check_options(temperature, top_k, top_p)
    if not isinstance(logits, Tensor) or not logits.is_floating_point() or not logits.numel():
        raise TypeError(f"logits must be a tensor of floats, (..., V) with V at least 1, got {short_repr(logits)}.")
    most = logits.amax(-1, keepdim=True)
    if not most.isfinite().all():  # a NaN anywhere becomes the largest
        raise ValueError("Each row of logits needs a largest number that is finite, and no NaN.")
    # The largest becomes 0 first, and a float32 cannot hold 1e-50: so the smallest temperature works too.
    logits = (logits - most) / max(temperature, torch.finfo(logits.dtype).tiny)
    p = logits.softmax(-1)
    if top_k is None and top_p in (None, 1):
        return p
    ranked, order = p.sort(dim=-1, descending=True, stable=True)
    if top_k is not None:
        ranked[..., top_k:] = 0
    if top_p not in (None, 1):
        sums = ranked.cumsum(-1)
        ranked[sums - ranked >= top_p * sums[..., -1:]] = 0  # those before it suffice
    return torch.zeros_like(p).scatter(-1, order, ranked / ranked.sum(-1, keepdim=True))


def entropy(p: Tensor) -> Tensor:
    """The entropy of probabilities p (..., V) in bits, (...): 0 when one is certain, log2 V when all are equal."""
    if not isinstance(p, Tensor) or not p.is_floating_point():
        raise TypeError(f"p must be a tensor of probabilities, got {short_repr(p)}.")
    if not (p >= 0).all() or not torch.allclose(p.sum(-1), torch.ones_like(p.sum(-1)), atol=1e-4):
        raise ValueError("Probabilities are at least 0 and sum to 1; make them with next_distribution.")
    return torch.special.entr(p).sum(-1) / torch.log(torch.tensor(2.0, dtype=p.dtype, device=p.device))


def choose(p: Tensor, generator: torch.Generator | None = None) -> Tensor:
    """One token (B,) for each row of probabilities p (B, V): where a uniform number falls on their running sum.

    A token of probability 0 is never chosen. The same generator, a little more temperature: mostly the same tokens.
    Raises TypeError or ValueError for what is no such table.
    """
    if not (tensor("p", p, ("B", "V")).sum(-1) > 0).all():  # nor is NaN
        raise ValueError("Each row of p needs a probability above 0, and no NaN; make it with next_distribution.")
    device = generator.device if generator is not None else p.device
    u = torch.rand(len(p), 1, generator=generator, device=device).to(p.device)
    sums = p.cumsum(-1)
    last = p.shape[-1] - 1 - (p > 0).flip(-1).int().argmax(-1)  # rounding must not lead beyond the last possible one
    return torch.searchsorted(sums, u * sums[:, -1:], right=True)[:, 0].minimum(last)


@torch.no_grad()
def stream(
    model: nn.Module,
    prompt: Tensor,
    steps: int,
    temperature: float = 1.0,
    top_k: int | None = None,
    top_p: float | None = None,
    generator: torch.Generator | None = None,
) -> Iterator[Tensor]:
    """Yield the next token of each row (B,), `steps` times, each as soon as it is known.

    The prompt (B, T0) int64 is read once. After that each step reads one token, from the state of the step before.
    The arguments are those of `generate`.
    """
    _check_options(temperature, top_k, top_p)
    integer("steps", steps)
    ids, state, training = _prompt(prompt), None, model.training
    model.eval()
    try:
        for _ in range(steps):
            logits, state = model(ids, state)  # (B, T0, V), then (B, 1, V)
            token = choose(next_distribution(logits[:, -1], temperature, top_k, top_p), generator)  # (B,)
            yield token
            ids = token[:, None]  # (B, 1)
    finally:
        model.train(training)


def generate(
    model: nn.Module,
    prompt: Tensor,
    steps: int,
    temperature: float = 1.0,
    top_k: int | None = None,
    top_p: float | None = None,
    generator: torch.Generator | None = None,
) -> Tensor:
    """The prompt (B, T0) int64 and `steps` tokens more in each row, (B, T0 + steps), all rows at once.

    temperature, top_k, top_p: as in next_distribution. generator: of the random numbers; None takes torch's own.
    The model is put into eval mode for it, and back. Raises TypeError or ValueError, such as for an empty prompt.
    """
    tokens = list(stream(model, prompt, steps, temperature, top_k, top_p, generator))
    return torch.cat([prompt, torch.stack(tokens, dim=1)], dim=1)


@torch.no_grad()
def beam_search(model: nn.Module, prompt: Tensor, steps: int, beams: int = 4) -> tuple[Tensor, Tensor]:
    """A search for the most probable continuation: at each step the `beams` most probable of all so far go on.

    prompt (1, T0) int64. Returns ids (beams, T0 + steps), the most probable first, and the logarithm of the
    probability of each continuation (beams,), in nats. With one beam it is the greedy choice at each step. While there
    are fewer continuations than beams, all go on. Raises TypeError or ValueError.
    """
    integer("beams", beams), integer("steps", steps)
    prompt = _prompt(prompt)
    if len(prompt) != 1:
        raise ValueError(f"Beam search goes on from one prompt, (1, T0), got {len(prompt)} rows.")
    training = model.training
    model.eval()
    try:
        tokens, total = prompt.new_empty(1, 0), torch.zeros(1, device=prompt.device)  # (beams, t), (beams,)
        logits, state = model(prompt, None)
        for step in range(steps):
            scores = total[:, None] + logits[:, -1].log_softmax(-1)  # (beams, V)
            total, best = scores.flatten().topk(min(beams, scores.numel()))
            rows, token = best // scores.shape[1], best % scores.shape[1]  # which beam goes on, and with what
            tokens = torch.cat([tokens[rows], token[:, None]], dim=1)
            if step + 1 < steps:
                logits, state = model(token[:, None], map_states(lambda s: s[:, rows].contiguous(), state))  # noqa: B023
    finally:
        model.train(training)
    return torch.cat([prompt.expand(len(tokens), -1), tokens], dim=1), total


def _prompt(prompt: Tensor) -> Tensor:
    if isinstance(prompt, Tensor) and not prompt.numel():
        raise ValueError("The prompt is empty; give each row at least one token to go on from.")
    return tensor("prompt", prompt, ("B", "T0"), torch.int64)


def _check_options(temperature: float, top_k: int | None, top_p: float | None) -> None:
    if number("temperature", temperature) <= 0:
        raise ValueError(f"temperature must be above 0, got {temperature}; its limit at 0 is top_k=1.")
    if top_k is not None:
        integer("top_k", top_k)
    if top_p is not None and not 0 < number("top_p", top_p) <= 1:
        raise ValueError(f"top_p must be above 0 and at most 1, got {top_p}.")
