"""Each lesson, opened alone on a machine like Colab, runs whole and leaves what was there as it was."""

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LESSONS = sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_a_lesson_opened_alone_runs_and_replaces_nothing(colab, lesson):
    before = colab.installed()
    report = colab.run(lesson)
    after = colab.installed()
    assert report.error == ""
    assert report.utils == str(colab.clone / "utils" / "__init__.py")
    new = {name: after[name] for name in after.keys() - before.keys()}
    assert set(new) == {"pooch", "safetensors"} and after == before | new
    installed, started = report.setup.splitlines()
    assert installed == "Installed " + ", ".join(f"{name} {new[name]}" for name in sorted(new))
    assert started.startswith(f"Lesson {lesson.name[:2]}, ")


def test_a_second_notebook_fetches_and_installs_nothing(colab):
    first, second = LESSONS[0], "utils/course/lesson.py"
    assert colab.run(first).error == ""
    (colab.clone / second).write_text((colab.clone / second).read_text() + "# the learner was here\n")
    (colab.folder / first.name).unlink()
    report = colab.run(first)
    assert report.error == "" and len(report.setup.splitlines()) == 1
    assert (colab.clone / second).read_text().endswith("# the learner was here\n")


def test_a_foreign_utils_that_is_already_imported_is_refused_by_its_path(colab):
    (colab.foreign / "__init__.py").write_text("")
    colab.at_start("import utils\n")
    report = colab.run(LESSONS[0])
    sentence = f"ImportError: {colab.foreign} is not the course's package utils: rename or move it, restart"
    assert sentence in report.error


def test_without_what_is_missing_and_without_a_network_it_says_so(colab):
    colab.environ["PIP_FIND_LINKS"] = str(colab.folder)
    report = colab.run(LESSONS[0])
    assert (
        "InstallError: pip could not install pooch, safetensors (ERROR: No matching distribution found" in report.error
    )
    assert "run this cell again with a network." in report.error
