"""How far gradients reach."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor, nn

from utils import checks
from utils.cells.layer import RNN, Recurrent
from utils.probes.gates import as_ours


class JacobianProducts(NamedTuple):
    """Spectral norms of d s_T / d s_t for t = 1 .. T, and what bounds them; each (T,)."""

    norms: Tensor  # of the product J_T ... J_{t+1}; 1 at t = T
    bound: Tensor  # product of the single steps' norms, never below `norms`
    step_norms: Tensor  # of J_t = d s_t / d s_{t-1}
    weight_bound: Tensor | None  # plain RNN only: sigma_max(U)^(T-t), never below `bound`


@torch.inference_mode(False)
@torch.enable_grad()
def gradient_norms(
    rnn: nn.Module, x: Tensor, loss: str | Callable[[Tensor], Tensor] = "last", state=None, of: str = "h"
) -> Tensor:
    """Norm of the gradient of a loss with respect to h_t, at each step t: a tensor (T,).

    rnn: one layer, one direction, ours or torch's. x: laid out as `rnn` takes it.
    loss: "last" is the sum of h_T, "all" the sum of h_1 .. h_T, or a function of the output (B, T, H).
    of: "h", or "c" for an LSTM's cell state. The norm is over batch and units. All ways through later steps count.
    Source: Pascanu, Mikolov and Bengio 2013, equations 3 to 5.

    >>> norms = gradient_norms(nn.RNN(10, 20), torch.randn(50, 1, 10))
    >>> norms.shape, bool(norms[0] < 1e-6 * norms[-1])
    (torch.Size([50]), True)
    """
    own = _single(rnn)
    letters = own.cells[0].states
    checks.one_of("of", of, letters)
    if not callable(loss):
        loss = {"last": lambda h: h[:, -1].sum(), "all": lambda h: h.sum()}[
            checks.one_of("loss", loss, ("last", "all"))
        ]
    x, initial, _ = own.prepare(x, state)
    x = x.clone()  # made in inference mode, it would have no place here
    states = [s[0].detach().clone().requires_grad_() for s in initial]
    steps = []
    for x_t in x.unbind(1):  # (B, in)
        step = own.cells[0].step(x_t, *states)
        states = step[: len(letters)]
        steps.append(step)
    output = torch.stack([step.h for step in steps], dim=1)  # (B, T, H)
    wanted = [getattr(step, of) for step in steps]
    gradients = torch.autograd.grad(loss(output), wanted, allow_unused=True)
    return torch.stack([x.new_zeros(()) if g is None else g.norm() for g in gradients])


@torch.inference_mode(False)  # in which older versions of torch find derivatives of 0
def jacobian_products(rnn: nn.Module, x: Tensor, state=None) -> JacobianProducts:
    """How much a small change of the state s_t can move the last state s_T, for one sequence.

    rnn: one layer, one direction; s is h, or (h, c) for an LSTM. x: (T, in), one sequence; use float64 for long ones.
    The norm of a product is at most the product of the norms; for the plain RNN each step's norm is at most
    sigma_max(U), since tanh and relu have slopes of at most 1. Source: Pascanu et al. 2013, equations 5 and 6.
    """
    own = _single(rnn)
    checks.tensor("x", x, ("T", own.input_size))
    cell, ((x,), initial, _) = own.cells[0], own.prepare(x, state)
    x, s = x.clone(), torch.cat([s[0, 0] for s in initial])  # (T, in), (S,)

    def step(s, x_t):
        new = cell.step(x_t[None], *s[None].chunk(len(cell.states), dim=-1))
        return torch.cat(new[: len(cell.states)], dim=-1)[0]

    with torch.no_grad():
        befores = []
        for x_t in x:
            befores.append(s)
            s = step(s, x_t)
        J = torch.func.vmap(torch.func.jacrev(step))(torch.stack(befores), x)  # (T, S, S)
        product, products = torch.eye(len(s), dtype=s.dtype, device=s.device), []
        for J_t in J.flip(0):
            products.append(product)
            product = product @ J_t
        norms = torch.linalg.matrix_norm(torch.stack(products[::-1]), ord=2)
        step_norms = torch.linalg.matrix_norm(J, ord=2)
        ones = step_norms.new_ones(1)
        bound = torch.cat([step_norms[1:], ones]).flip(0).cumprod(0).flip(0)
        weight_bound = None
        if isinstance(own, RNN):
            sigma = torch.linalg.matrix_norm(cell.U.weight, ord=2)
            weight_bound = sigma ** torch.arange(len(x) - 1, -1, -1, device=x.device)
    return JacobianProducts(norms, bound, step_norms, weight_bound)


@torch.inference_mode(False)
@torch.enable_grad()
def sensitivity(rnn: nn.Module, x: Tensor) -> Tensor:
    """How much each output depends on each input: (directions, T, T), the norm of d h_t / d x_s at [direction, t, s].

    rnn: ours or torch's; with several layers h is that of the last one. x: (T, in), one sequence.
    The norm is Frobenius', over all units and all numbers of the input. 0 means that h_t has not seen x_s.
    """
    own = as_ours(rnn)
    checks.tensor("x", x, ("T", own.input_size))
    x = x.detach().clone().requires_grad_()
    states = [h["h"][0] for h in own.trace(x)[-2 if own.bidirectional else -1 :]]  # each (T, H)
    h = torch.stack(states)  # (directions, T, H)
    each = torch.eye(h.numel(), dtype=h.dtype, device=h.device).reshape(-1, *h.shape)
    (J,) = torch.autograd.grad(h, x, each, is_grads_batched=True)  # one row for each number of h
    return J.reshape(*h.shape, *x.shape).norm(dim=(2, 4))


def _single(rnn: nn.Module) -> Recurrent:
    own = as_ours(rnn)
    if len(own.cells) != 1:
        raise ValueError("This probe looks at one layer and one direction: use num_layers=1, bidirectional=False.")
    return own
