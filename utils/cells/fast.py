"""The fast path: the same LSTM and GRU with fewer, larger products and a backward pass derived by hand.

Four things make it fast. The products with x need no earlier step, so they are one product before the loop. The gates
share one product with h inside it. The gradient of each weight is one product over all steps after the loop. And
tanh(a) is computed as 2 sigmoid(2 a) - 1, because torch's sigmoid takes a ninth of the time of its tanh on a CPU:
the weights of a gate with tanh are doubled before the loop, and the loop keeps 2 c instead of c.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from utils.cells.cell import Cell, GRUCell, LSTMCell


def check(cell: Cell) -> None:
    """ValueError for a cell without a fast path: the plain RNN, and the GRU that resets before the product."""
    if isinstance(cell, LSTMCell) or (isinstance(cell, GRUCell) and cell.reset == "after"):
        return
    kind = type(cell).__name__ + (f" with reset={cell.reset!r}" if isinstance(cell, GRUCell) else "")
    raise ValueError(f'There is no fast path for {kind}: use fast=False, an LSTM, or a GRU with reset="after".')


def unroll(cell: Cell, x: Tensor, states: list[Tensor]) -> tuple[Tensor, ...]:
    """Run a cell through x (T, B, in) from its first states (B, H); each state at every step, (T, B, H).

    Gradients reach x, the first states and all weights; a second derivative is refused by autograd.
    ValueError for a cell without a fast path.
    """
    check(cell)
    order = "oifg" if isinstance(cell, LSTMCell) else "rzn"
    W = torch.cat([getattr(cell, f"W_{gate}").weight for gate in order])  # (k H, in)
    U = torch.cat([getattr(cell, f"U_{gate}").weight for gate in order])  # (k H, H)
    b, d = (
        torch.cat([getattr(cell, f"{side}_{gate}").bias for gate in order]) if cell.bias else x.new_zeros(len(W))
        for side in "WU"
    )  # (k H,) each
    if isinstance(cell, LSTMCell):
        return LSTMFunction.apply(x.contiguous(), W, U, b + d, *states)
    return (GRUFunction.apply(x.contiguous(), W, U, b, d, *states),)


class LSTMFunction(torch.autograd.Function):
    """Gates are stacked o, i, f, g: the first three are sigmoids, the last three meet dc in the backward pass."""

    @staticmethod
    def forward(ctx, x, W, U, b, h0, c0):
        T, B, H = len(x), *h0.shape
        W_2, U_2, b_2 = (_double_last(weights, H) for weights in (W, U, b))
        A = torch.addmm(b_2, x.flatten(0, 1), W_2.T).view(T, B, 4 * H)  # x's part; becomes the gates
        h, c_2 = (x.new_empty(T + 1, B, H) for _ in range(2))
        h[0], c_2[0] = h0, 2 * c0
        tanh_c, U_T, minus_one = x.new_empty(T, B, H), U_2.T, x.new_tensor(-1.0)
        o, i, f, g = (gate.unbind(0) for gate in A.split(H, dim=-1))
        steps, hs, cs, tanh_cs = A.unbind(0), h.unbind(0), c_2.unbind(0), tanh_c.unbind(0)
        for t in range(T):
            steps[t].addmm_(hs[t], U_T).sigmoid_()
            torch.add(minus_one, g[t], alpha=2, out=g[t])
            torch.mul(f[t], cs[t], out=cs[t + 1]).addcmul_(i[t], g[t], value=2)
            torch.sigmoid(cs[t + 1], out=tanh_cs[t])
            torch.add(minus_one, tanh_cs[t], alpha=2, out=tanh_cs[t])
            torch.mul(o[t], tanh_cs[t], out=hs[t + 1])
        c = c_2.div_(2)
        ctx.save_for_backward(x, W, U, A, h, c, tanh_c)
        ctx.set_materialize_grads(False)
        return h[1:], c[1:]

    @staticmethod
    @once_differentiable
    def backward(ctx, grad_h, grad_c):
        x, W, U, A, h, c, tanh_c = ctx.saved_tensors
        T, B, H = tanh_c.shape
        dA, one = torch.empty_like(A), x.new_tensor(1.0)
        dh, dc, slope = (x.new_zeros(B, H) for _ in range(3))
        o, i, f, g = (gate.unbind(0) for gate in A.split(H, dim=-1))
        d_o, d_i, d_f, d_g = (gate.unbind(0) for gate in dA.split(H, dim=-1))
        oif, d_oif = A[..., : 3 * H].unbind(0), dA[..., : 3 * H].unbind(0)
        d_ifg, wide_dc = dA[..., H:].view(T, B, 3, H).unbind(0), dc.unsqueeze(1)
        hs, cs, tanh_cs, steps = h.unbind(0), c.unbind(0), tanh_c.unbind(0), dA.unbind(0)
        grads_h = (torch.zeros_like(tanh_c) if grad_h is None else grad_h).unbind(0)
        for t in reversed(range(T)):
            if t < T - 1:
                torch.mm(steps[t + 1], U, out=dh)
            dh += grads_h[t]
            if grad_c is not None:
                dc += grad_c[t]
            dc.addcmul_(dh, torch.addcmul(o[t], hs[t + 1], tanh_cs[t], value=-1, out=slope))  # o (1 - tanh^2 c)
            torch.addcmul(oif[t], oif[t], oif[t], value=-1, out=d_oif[t])  # a sigmoid's slope is s (1 - s)
            torch.addcmul(one, g[t], g[t], value=-1, out=d_g[t])
            d_o[t].mul_(tanh_cs[t]).mul_(dh)
            d_i[t].mul_(g[t])
            d_f[t].mul_(cs[t])
            d_g[t].mul_(i[t])
            d_ifg[t].mul_(wide_dc)
            dc.mul_(f[t])
        dx, dW, db = _product_gradients(dA, x, W, ctx.needs_input_grad[0])
        dU = dA.flatten(0, 1).T @ h[:-1].flatten(0, 1)
        return dx, dW, dU, db, steps[0] @ U, dc


class GRUFunction(torch.autograd.Function):
    """Gates are stacked r, z, n; the reset comes after the product with U, as in torch."""

    @staticmethod
    def forward(ctx, x, W, U, b, d, h0):
        T, B, H = len(x), *h0.shape
        W_2, U_2, b_2, d_2 = (_double_last(weights, H) for weights in (W, U, b, d))
        A = torch.addmm(b_2, x.flatten(0, 1), W_2.T).view(T, B, 3 * H)  # x's part; becomes the gates
        V = x.new_empty(T, B, 3 * H)  # h's part; the backward pass needs its last third
        h, U_T, minus_one = x.new_empty(T + 1, B, H), U_2.T, x.new_tensor(-1.0)
        h[0] = h0
        r, z, n = (gate.unbind(0) for gate in A.split(H, dim=-1))
        rz, v_rz, v_n = A[..., : 2 * H].unbind(0), V[..., : 2 * H].unbind(0), V[..., 2 * H :].unbind(0)
        hs, vs = h.unbind(0), V.unbind(0)
        for t in range(T):
            torch.addmm(d_2, hs[t], U_T, out=vs[t])
            rz[t].add_(v_rz[t]).sigmoid_()
            n[t].addcmul_(r[t], v_n[t]).sigmoid_()
            torch.add(minus_one, n[t], alpha=2, out=n[t])
            torch.lerp(n[t], hs[t], z[t], out=hs[t + 1])  # (1 - z) n + z h
        ctx.save_for_backward(x, W, U, A, V[..., 2 * H :] / 2, h)
        return h[1:]

    @staticmethod
    @once_differentiable
    def backward(ctx, grad_h):
        x, W, U, A, v_n, h = ctx.saved_tensors
        T, B, H = v_n.shape
        dA, dV, one = torch.empty_like(A), torch.empty_like(A), x.new_tensor(1.0)  # for W x + b and for U h + d
        dh, new = (x.new_zeros(B, H) for _ in range(2))
        r, z, n = (gate.unbind(0) for gate in A.split(H, dim=-1))
        d_r, d_z, d_n = (gate.unbind(0) for gate in dA.split(H, dim=-1))
        rz, d_rz, dv_rz = (block[..., : 2 * H].unbind(0) for block in (A, dA, dV))
        dv_n, vs, hs, steps = dV[..., 2 * H :].unbind(0), v_n.unbind(0), h.unbind(0), dV.unbind(0)
        grads_h = grad_h.unbind(0)
        for t in reversed(range(T)):
            if t < T - 1:
                dh.mul_(z[t + 1]).addmm_(steps[t + 1], U)
            dh += grads_h[t]
            torch.addcmul(rz[t], rz[t], rz[t], value=-1, out=d_rz[t])  # a sigmoid's slope is s (1 - s)
            torch.addcmul(one, n[t], n[t], value=-1, out=d_n[t])
            torch.addcmul(dh, dh, z[t], value=-1, out=new)  # dh (1 - z), what reaches n
            d_n[t].mul_(new)
            d_z[t].mul_(torch.sub(hs[t], n[t], out=new)).mul_(dh)
            d_r[t].mul_(vs[t]).mul_(d_n[t])
            dv_rz[t].copy_(d_rz[t])
            torch.mul(d_n[t], r[t], out=dv_n[t])
        dx, dW, db = _product_gradients(dA, x, W, ctx.needs_input_grad[0])
        _, dU, dd = _product_gradients(dV, h[:-1], U, False)
        return dx, dW, dU, db, dd, dh * z[0] + steps[0] @ U


def _double_last(weights: Tensor, H: int) -> Tensor:
    """A copy with the last H rows, those of the gate with tanh, doubled."""
    weights = weights.clone()
    weights[-H:] *= 2
    return weights


def _product_gradients(dA: Tensor, x: Tensor, W: Tensor, with_x: bool):
    """Gradients of x, W and b in A = W x + b: one product each over all steps. dA (T, B, k H)."""
    flat = dA.flatten(0, 1)  # (T B, k H)
    return (flat @ W).view_as(x) if with_x else None, flat.T @ x.flatten(0, 1), flat.sum(0)
