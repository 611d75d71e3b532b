"""What was measured is kept with the code that measured it, and with a digest that tells of every later edit."""

import json
import sys

import pytest

from benchmarks import report
from utils.files import MEASURED, digest, sealed

COMMITTED = sorted(path.stem for path in MEASURED.glob("*.json"))


@pytest.mark.parametrize("name", COMMITTED)
def test_no_figure_was_changed_since_it_was_measured(name):
    """After a change by hand: measure anew with the command that the file names."""
    result = json.loads((MEASURED / f"{name}.json").read_text(encoding="utf-8"))
    assert result["digest"] == digest(result)
    module = result["command"].split()[2]  # python -m benchmarks.NAME, or utils.train
    assert any(path.removesuffix(".py").replace("/", ".").startswith(module) for path in result["made_from"])
    assert result["machine"]["processor"]


def test_an_edit_shows_wherever_it_is():
    result = sealed({"speed": [{"ms": 2.5, 3: "three"}], "made_from": {"utils/files.py": "0123456789ab"}})
    assert result["made_from"] == {"utils/files.py": "0123456789ab"}  # what it was measured by stays
    assert result == json.loads(json.dumps(result)) and digest(result) == result["digest"]
    assert sealed(result) == result
    for edited in ({"speed": [{"ms": 2.4, "3": "three"}]}, {"made_from": {}}, {"new": 1}):
        assert digest(result | edited) != result["digest"]


def test_what_measured_is_every_loaded_file_of_the_course():
    made_from = sealed({})["made_from"]
    assert {"benchmarks/report.py", "utils/files.py"} <= set(made_from)
    assert all(path.startswith(("benchmarks/", "utils/")) and len(sum) == 12 for path, sum in made_from.items())
    assert ("utils/train/trainer.py" in made_from) == ("utils.train.trainer" in sys.modules)


def test_saved_results_are_sealed(tmp_path, monkeypatch):
    monkeypatch.setattr(report, "MEASURED", tmp_path)
    report.save("some", {"command": "python -m benchmarks.some"})
    written = json.loads((tmp_path / "some.json").read_text())
    assert written["digest"] == digest(written) and written["made_from"]
