"""Exercise 01.1: the usual mistakes, which test_all.py tries, and other right answers."""

import torch
from judging import judged


def eigenvalues(U):
    return torch.linalg.eigvals(U)


def spoils_U(U):
    rho = eigenvalues(U).abs().max().item()
    U /= rho
    return 1 / rho


MISTAKES = [
    (lambda U: 1 / U.norm(), "Frobenius norm"),
    (lambda U: 1 / torch.linalg.matrix_norm(U, 2), "largest singular value"),
    (lambda U: 1.0, "after 100 steps a gradient would be 1.3e+30"),
    (lambda U: eigenvalues(U).abs().max(), "the spectral radius itself"),
    (lambda U: 1 / eigenvalues(U).real.max(), "left out the modulus"),
    (lambda U: 1 / eigenvalues(U).real.abs().max(), "only the real parts"),
    (lambda U: 1 / torch.linalg.eigvalsh(U).abs().max(), "symmetric matrices only"),
    (lambda U: 1 / eigenvalues(U).abs().min(), "smallest modulus"),
    (lambda U: 1 / eigenvalues(U).abs().mean(), "mean of the moduli"),
    (lambda U: None, "returns nothing"),
    (lambda U: 1 / eigenvalues(U).abs(), "one real number"),
    (lambda U: float("nan"), "should be a finite number"),
    (spoils_U, "changes the U it was given"),
    (lambda U: U[100], "your code raised IndexError"),
    (lambda U: 1 / eigenvalues(U)[eigenvalues(U).real.argmax()].abs(), "left out the modulus"),
]


def test_critical_gain_accepts_numbers_and_tensors():
    assert judged("01.1", lambda U: 1 / eigenvalues(U).abs().max())[0] == "Correct"
