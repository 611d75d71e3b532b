"""What nbval leaves out where it compares stored outputs with new ones; and which claims are stored unchecked."""

import re

import nbformat

from tools import build
from tools.build import ROOT, sanitized

# A claim that a stored lesson could not check, and why that is right. Whatever else becomes unchecked is found here.
UNCHECKED = {
    "On the generated ones it leads by at least 5 points": "stored lessons read the real reviews"
}


def test_a_measurement_may_differ():
    lines = ("Claim holds: A (b), so C (measured: 1 (2), allowed 3)", "Claim holds: A (b), so C")
    assert {sanitized(f"{line}\nnext\n") for line in lines} == {"Claim holds: A (b), so C\nnext\n"}
    for told in ("Measured: {}\nwhy", "Measured, from right to left: {}\nwhy", "<p>Measured: {}</p><p>why</p>"):
        assert sanitized(told.format("6.58 steps")) == sanitized(told.format("7 steps"))
        assert sanitized(told.format("7 steps")).endswith(told.rpartition("}")[2])


def test_all_else_is_compared():
    """Another sentence, another choice behind a fold, a claim that fails or that is not checked any more."""
    holds = sanitized("Claim holds: A (measured: 1)")
    others = ("holds: B (measured: 1)", "fails: A (measured: 1)", "holds: A (measured: 1)\nClaim holds: B")
    assert all(sanitized(f"Claim {other}") != holds for other in others)
    assert sanitized("Not checked here, because it is late: A") == "Not checked here, because it is late: A"
    assert sanitized("The answer: GRU") != sanitized("The answer: RNN")


def test_no_other_claim_is_stored_unchecked():
    stored = [cell for path in build.notebooks(ROOT) for cell in build.code_cells(nbformat.read(path, as_version=4))]
    printed = "".join(output.get("text", "") for cell in stored for output in cell.outputs)
    assert set(re.findall(r"(?m)^Not checked here, because .*?: (.*)$", printed)) == set(UNCHECKED)
