"""Exercise 01.2: the usual mistakes, which test_all.py tries, and other right answers."""

import torch
from judging import judged, solution


def backward(U, h, g, slope=lambda h, t: 1 - h[t] ** 2, product=lambda g, U: g @ U, power=1):
    norms = [g.norm() ** power]
    for t in range(len(h) - 1, 0, -1):
        g = product(g * slope(h, t), U)
        norms.append(g.norm() ** power)
    return norms[::-1]


def of_jacobians(U, h, g):
    J, norms = torch.eye(len(U), dtype=U.dtype), []
    for t in range(len(h) - 1, -1, -1):
        norms.append(torch.linalg.matrix_norm(J, 2))
        J = J @ torch.diag(1 - h[t] ** 2) @ U
    return norms[::-1]


def in_place(U, h, g):
    norms = [g.norm()]
    for t in range(len(h) - 1, 0, -1):
        g *= 1 - h[t] ** 2
        g @= U
        norms.append(g.norm())
    return norms[::-1]


def needs_two_steps(U, h, g):
    torch.stack(list(h[1:]))
    return backward(U, h, g)


MISTAKES = [
    (lambda U, h, g: backward(U, h, g, slope=lambda h, t: 1), "the slope of tanh is missing"),
    (lambda U, h, g: backward(U, h, g, product=lambda g, U: U @ g), "U should be U transposed"),
    (lambda U, h, g: backward(U, h, g, slope=lambda h, t: 1 - h[t - 1] ** 2), "one step too early"),
    (lambda U, h, g: backward(U, h, g)[::-1], "order is reversed"),
    (of_jacobians, "Jacobians' product alone"),
    (lambda U, h, g: backward(U, h, g, slope=lambda h, t: 1 - h[t]), "needs a square"),
    (lambda U, h, g: backward(U, h, g, slope=lambda h, t: 1 - torch.tanh(h[t]) ** 2), "tanh was applied twice"),
    (lambda U, h, g: [((g * (1 - k**2)) @ U).norm() for k in h[1:]] + [g.norm()], "begins again from dL/dh_T"),
    (lambda U, h, g: backward(U, h, g, power=2), "squared"),
    (lambda U, h, g: backward(U, torch.cat([h, h[-1:]]), g)[:-1], "one step late"),
    (lambda U, h, g: backward(U, h, g)[:-1], "there should be 6 norms"),
    (lambda U, h, g: list(h), "take .norm() of each"),
    (lambda U, h, g: None, "returns nothing"),
    (in_place, "changes the dL_dh_T it was given"),
    (lambda U, h, g: torch.zeros(len(h)), "the norm at step 6 should be"),
    (needs_two_steps, "your code raised RuntimeError"),
]


def test_gradient_norm_per_step_is_what_autograd_says():
    torch.manual_seed(0)
    U, h, hs = 0.3 * torch.randn(5, 5), torch.zeros(5, requires_grad=True), []
    for _ in range(9):
        h = torch.tanh(torch.randn(5) + U @ h)
        hs.append(h)
    v = torch.randn(5)
    wanted = torch.stack([g.norm() for g in torch.autograd.grad(v @ h, hs)])
    norms = solution("01.2")(U, torch.stack(hs).detach(), v)
    assert torch.allclose(norms, wanted, rtol=1e-5)


def test_own_gradients_by_autograd_are_accepted():
    def by_autograd(U, h, v):
        norms = [v.norm()]
        for t in range(len(h) - 1, 0, -1):
            before = h[t - 1].clone().requires_grad_()
            a = torch.atanh(h[t]) - U @ h[t - 1]  # what the inputs brought
            (v,) = torch.autograd.grad(torch.tanh(a + U @ before), before, v)
            norms.append(v.norm())
        return norms[::-1]

    assert judged("01.2", by_autograd)[0] == "Correct"
