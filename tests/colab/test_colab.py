"""On a machine like Colab the first lesson fetches and installs what is missing; each runs whole, and nothing of what
was there is replaced. The setup cells differ only in the lesson's number, so one fresh runtime serves all of them."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LESSONS = sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))


def test_lessons_opened_alone_run_and_replace_nothing(colab):
    before = colab.installed()
    first = colab.run(LESSONS[0])
    after = colab.installed()
    new = {name: after[name] for name in after.keys() - before.keys()}
    assert set(new) == {"pooch", "safetensors"} and after == before | new
    installed, _ = first.setup.splitlines()
    assert installed == "Installed " + ", ".join(f"{name} {new[name]}" for name in sorted(new))

    edited = colab.clone / "utils" / "__init__.py"  # the others fetch and install nothing again
    edited.write_text(edited.read_text() + "# the learner was here\n")
    with ThreadPoolExecutor(2) as two:
        reports = [first, *two.map(colab.run, LESSONS[1:])]
    assert colab.installed() == after and edited.read_text().endswith("# the learner was here\n")
    for lesson, report in zip(LESSONS, reports):
        assert report.error == "", lesson.name
        assert report.utils == str(edited)
        assert report.setup.splitlines()[-1].startswith(f"Set up: lesson {lesson.name[:2]}, ")
        assert len(report.setup.splitlines()) == (2 if report is first else 1)


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
