"""The fast path: the same LSTM and GRU with fewer, larger products and a backward pass derived by hand.

Three things make it fast. The products with x need no earlier step, so they are one product before the loop.
The gates share one product with h inside it. The backward pass keeps only what depends on later steps in its loop;
the gradient of every weight is one product over all steps at the end.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from utils.cells import Cell, GRUCell, LSTMCell


def supports(cell: Cell) -> bool:
    """Whether `unroll` knows this cell."""
    return isinstance(cell, LSTMCell) or (isinstance(cell, GRUCell) and cell.reset == "after")


def unroll(cell: Cell, x: Tensor, states: list[Tensor]) -> tuple[Tensor, ...]:
    """Run a cell through x (T, B, in) from its first states (B, H); each state at every step, (T, B, H).

    Gradients reach x, the first states and all weights; a second derivative is refused by autograd.
    """
    function, order = (LSTMFunction, "oifg") if isinstance(cell, LSTMCell) else (GRUFunction, "rzn")
    W = torch.cat([getattr(cell, f"W_{gate}").weight for gate in order])  # (k H, in)
    U = torch.cat([getattr(cell, f"U_{gate}").weight for gate in order])  # (k H, H)
    b, d = (
        torch.cat([getattr(cell, f"{side}_{gate}").bias for gate in order]) if cell.bias else x.new_zeros(len(W))
        for side in "WU"
    )  # (k H,) each
    outputs = function.apply(x.contiguous(), W, U, b, d, *states)
    return outputs if isinstance(outputs, tuple) else (outputs,)


class LSTMFunction(torch.autograd.Function):
    """Gates are stacked o, i, f, g: the first three take a sigmoid, the last three meet dc in the backward pass."""

    @staticmethod
    def forward(ctx, x, W, U, b, d, h0, c0):
        T, B, H = len(x), *h0.shape
        A = torch.addmm(b + d, x.flatten(0, 1), W.T).view(T, B, 4 * H)  # the inputs' part of every gate
        h, c = (x.new_empty(T + 1, B, H) for _ in "hc")
        h[0], c[0] = h0, c0
        tanh_c, U_T = x.new_empty(T, B, H), U.T
        o, i, f, g = (gate.unbind(0) for gate in A.split(H, dim=-1))
        sigmoids, hs, cs, tanh_cs = A[..., : 3 * H].unbind(0), h.unbind(0), c.unbind(0), tanh_c.unbind(0)
        for t, a in enumerate(A.unbind(0)):
            a.addmm_(hs[t], U_T)
            sigmoids[t].sigmoid_()
            g[t].tanh_()
            torch.mul(f[t], cs[t], out=cs[t + 1]).addcmul_(i[t], g[t])
            torch.tanh(cs[t + 1], out=tanh_cs[t])
            torch.mul(o[t], tanh_cs[t], out=hs[t + 1])
        ctx.save_for_backward(x, W, U, A, h, c, tanh_c)
        ctx.set_materialize_grads(False)
        return h[1:], c[1:]

    @staticmethod
    @once_differentiable
    def backward(ctx, grad_h, grad_c):
        x, W, U, A, h, c, tanh_c = ctx.saved_tensors
        T, B, H = tanh_c.shape
        o, i, f, g = A.split(H, dim=-1)
        # All that does not wait for a later step: d(gate before its squashing) for a unit dh or dc.
        P = torch.cat([tanh_c * o * (1 - o), g * i * (1 - i), c[:-1] * f * (1 - f), i * (1 - g * g)], dim=-1)
        Q = o * (1 - tanh_c * tanh_c)  # dc for a unit dh
        dh = x.new_zeros(T, B, H) if grad_h is None else grad_h.clone(memory_format=torch.contiguous_format)
        dc = x.new_zeros(B, H)
        P_o, P_ifg = P[..., :H].unbind(0), P[..., H:].view(T, B, 3, H).unbind(0)
        dhs, Qs, fs, dA = dh.unbind(0), Q.unbind(0), f.unbind(0), P.unbind(0)
        wide = dc.unsqueeze(1)
        for t in reversed(range(T)):
            if t < T - 1:
                dhs[t].addmm_(dA[t + 1], U)
            if grad_c is not None:
                dc += grad_c[t]
            dc.addcmul_(dhs[t], Qs[t])
            P_o[t].mul_(dhs[t])  # P turns into dA, step by step
            P_ifg[t].mul_(wide)
            dc.mul_(fs[t])
        return *_weight_gradients(x, W, h, P, P), dA[0] @ U, dc


class GRUFunction(torch.autograd.Function):
    """Gates are stacked r, z, n; the reset comes after the product with U, as in torch."""

    @staticmethod
    def forward(ctx, x, W, U, b, d, h0):
        T, B, H = len(x), *h0.shape
        A = torch.addmm(b, x.flatten(0, 1), W.T).view(T, B, 3 * H)  # becomes r, z, n
        V = x.new_empty(T, B, 3 * H)  # U h + d, whose last third the backward pass needs
        h, U_T = x.new_empty(T + 1, B, H), U.T
        h[0] = h0
        r, z, n = (gate.unbind(0) for gate in A.split(H, dim=-1))
        rz, v_rz, v_n = A[..., : 2 * H].unbind(0), V[..., : 2 * H].unbind(0), V[..., 2 * H :].unbind(0)
        hs = h.unbind(0)
        for t, v in enumerate(V.unbind(0)):
            torch.addmm(d, hs[t], U_T, out=v)
            rz[t].add_(v_rz[t]).sigmoid_()
            n[t].addcmul_(r[t], v_n[t]).tanh_()
            torch.lerp(n[t], hs[t], z[t], out=hs[t + 1])  # (1 - z) n + z h
        ctx.save_for_backward(x, W, U, A, V[..., 2 * H :], h)
        return h[1:]

    @staticmethod
    @once_differentiable
    def backward(ctx, grad_h):
        x, W, U, A, v_n, h = ctx.saved_tensors
        T, B, H = v_n.shape
        r, z, n = A.split(H, dim=-1)
        P_n = (1 - z) * (1 - n * n)  # dn before its tanh, for a unit dh
        P_z = (h[:-1] - n) * z * (1 - z)
        P_r = P_n * v_n * r * (1 - r)
        dA = torch.cat([P_r, P_z, P_n], dim=-1)  # with respect to W x + b
        dV = torch.cat([P_r, P_z, P_n * r], dim=-1)  # with respect to U h + d
        dh = grad_h.clone(memory_format=torch.contiguous_format)
        wide_A, wide_V = dA.view(T, B, 3, H).unbind(0), dV.view(T, B, 3, H).unbind(0)
        dhs, dVs, zs = dh.unbind(0), dV.unbind(0), z.unbind(0)
        for t in reversed(range(T)):
            if t < T - 1:
                dhs[t].addmm_(dVs[t + 1], U).addcmul_(dhs[t + 1], zs[t + 1])
            wide = dhs[t].unsqueeze(1)
            wide_A[t].mul_(wide)
            wide_V[t].mul_(wide)
        return *_weight_gradients(x, W, h, dA, dV), dVs[0] @ U + dhs[0] * zs[0]


def _weight_gradients(x, W, h, dA, dV):
    """Gradients of x, W, U, b, d: one product each over all steps. dA, dV (T, B, k H): for W x + b and U h + d."""
    flat_A, flat_V = dA.flatten(0, 1), dV.flatten(0, 1)  # (T B, k H)
    dx = (flat_A @ W).view_as(x)
    return dx, flat_A.T @ x.flatten(0, 1), flat_V.T @ h[:-1].flatten(0, 1), flat_A.sum(0), flat_V.sum(0)
