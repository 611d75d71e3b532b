"""The checks of lesson 01 tell right answers, stubs and the usual mistakes apart."""

import runpy
from pathlib import Path

import pytest
import torch

from utils.exercises import exercise

SOLUTIONS = Path(__file__).parents[2] / "lessons_src" / "solutions" / "01_solutions.py"


@pytest.fixture(scope="module")
def solutions(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RNN_COURSE_HOME", str(tmp_path_factory.mktemp("home")))
        return runpy.run_path(str(SOLUTIONS))


def stub(*args):
    raise NotImplementedError


@pytest.mark.parametrize("number", ["01.1", "01.2"])
def test_solution_stub_and_hints(number, solutions, capsys):
    ex = exercise(number)
    assert ex.judged(solutions[ex.answer])[0] == "Correct"
    assert ex.judged(stub)[0] == "Not tried yet"
    assert 1 <= len(ex.hints) <= 3
    ex.solution()
    assert f"def {ex.answer}(" in capsys.readouterr().out


def eigenvalues(U):
    return torch.linalg.eigvals(U)


def spoils_U(U):
    rho = eigenvalues(U).abs().max().item()
    U /= rho
    return 1 / rho


GAINS = {
    "Frobenius norm": lambda U: 1 / U.norm(),
    "largest singular value": lambda U: 1 / torch.linalg.matrix_norm(U, 2),
    "after 100 steps a gradient would be 7.9e-31": lambda U: 1.0,
    "the spectral radius itself": lambda U: eigenvalues(U).abs().max(),
    "left out the modulus": lambda U: 1 / eigenvalues(U).real.max(),
    "only the real parts": lambda U: 1 / eigenvalues(U).real.abs().max(),
    "symmetric matrices only": lambda U: 1 / torch.linalg.eigvalsh(U).abs().max(),
    "smallest modulus": lambda U: 1 / eigenvalues(U).abs().min(),
    "mean of the moduli": lambda U: 1 / eigenvalues(U).abs().mean(),
    "returns nothing": lambda U: None,
    "one real number": lambda U: 1 / eigenvalues(U).abs(),
    "should be a finite number": lambda U: float("nan"),
    "leave it alone": spoils_U,
    "your code raised IndexError": lambda U: U[100],
}


@pytest.mark.parametrize("message", GAINS)
def test_critical_gain_refuses(message):
    status, sentence = exercise("01.1").judged(GAINS[message])
    assert status == "Not yet"
    assert message in sentence


def test_critical_gain_accepts_numbers_and_tensors():
    assert exercise("01.1").judged(lambda U: 1 / eigenvalues(U).abs().max())[0] == "Correct"


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


NORMS = {
    "the slope of tanh is missing": lambda U, h, g: backward(U, h, g, slope=lambda h, t: 1),
    "U should be U transposed": lambda U, h, g: backward(U, h, g, product=lambda g, U: U @ g),
    "one step too early": lambda U, h, g: backward(U, h, g, slope=lambda h, t: 1 - h[t - 1] ** 2),
    "order is reversed": lambda U, h, g: backward(U, h, g)[::-1],
    "Jacobians' product alone": of_jacobians,
    "needs a square": lambda U, h, g: backward(U, h, g, slope=lambda h, t: 1 - h[t]),
    "tanh was applied twice": lambda U, h, g: backward(U, h, g, slope=lambda h, t: 1 - torch.tanh(h[t]) ** 2),
    "begins again from dL/dh_T": lambda U, h, g: [((g * (1 - k**2)) @ U).norm() for k in h[1:]] + [g.norm()],
    "squared": lambda U, h, g: backward(U, h, g, power=2),
    "one step late": lambda U, h, g: backward(U, torch.cat([h, h[-1:]]), g)[:-1],
    "there should be 6 norms": lambda U, h, g: backward(U, h, g)[:-1],
    "take .norm() of each": lambda U, h, g: list(h),
    "returns nothing": lambda U, h, g: None,
    "to leave them alone": in_place,
    "the norm at step 6 should be": lambda U, h, g: torch.zeros(len(h)),
}


@pytest.mark.parametrize("message", NORMS)
def test_gradient_norm_per_step_refuses(message):
    status, sentence = exercise("01.2").judged(NORMS[message])
    assert status == "Not yet"
    assert message in sentence


def test_gradient_norm_per_step_is_what_autograd_says(solutions):
    torch.manual_seed(0)
    U, h, hs = 0.3 * torch.randn(5, 5), torch.zeros(5, requires_grad=True), []
    for _ in range(9):
        h = torch.tanh(torch.randn(5) + U @ h)
        hs.append(h)
    v = torch.randn(5)
    wanted = torch.stack([g.norm() for g in torch.autograd.grad(v @ h, hs)])
    norms = solutions["gradient_norm_per_step"](U, torch.stack(hs).detach(), v)
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

    assert exercise("01.2").judged(by_autograd)[0] == "Correct"
