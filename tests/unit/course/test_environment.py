"""The check of the computer: OK where all is well, what to do where it is not."""

import io
import random
import sys
import tarfile
from importlib import metadata
from types import SimpleNamespace

import pytest

from utils import data
from utils.course import environment


@pytest.fixture
def in_jupyter(monkeypatch):
    monkeypatch.delenv("RNN_COURSE_DATA", raising=False)
    shell = SimpleNamespace(kernel=object(), user_ns={})
    monkeypatch.setattr(environment, "get_ipython", lambda: shell)
    return shell


def lines(capsys) -> list[str]:
    environment.check()
    return capsys.readouterr().out.splitlines()


def test_all_is_well_here(in_jupyter, capsys):
    said = lines(capsys)
    assert said[-1] == "Everything is here."
    assert all(line.startswith("OK     ") for line in said[:-1])
    for wanted in (
        "Python 3.",
        "torch 2.",
        "numpy ",
        "matplotlib ",
        "ipywidgets ",
        "Jupyter",
        "computing on ",
        "film",
        "tagged",
    ):
        assert any(wanted in line for line in said), wanted


def test_a_missing_and_an_old_package_say_what_to_do(in_jupyter, capsys, monkeypatch):
    real = metadata.version

    def version(name):
        if name == "torch":
            raise metadata.PackageNotFoundError(name)
        return "7.5.1" if name == "ipywidgets" else real(name)

    monkeypatch.setattr(environment.metadata, "version", version)
    said = lines(capsys)
    assert 'To do  torch is missing: pip install "torch>=2.3.1"' in said
    assert 'To do  ipywidgets 7.5.1: pip install "ipywidgets>=7.7.1"' in said
    assert said[-1] == "2 to do; then restart the kernel and run this cell again."


def test_an_old_python_says_what_to_do(in_jupyter, capsys, monkeypatch):
    monkeypatch.setattr(environment.platform, "python_version", lambda: "3.9.2")
    assert lines(capsys)[0] == "To do  Python 3.9.2: install Python >=3.11 and make the course's environment with it"


def test_data_that_is_named_and_not_there_says_so(in_jupyter, capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("RNN_COURSE_DATA", str(tmp_path / "gone"))
    for what in ("film reviews", "tagged sentences"):
        assert any(line.startswith(f"To do  {what}: RNN_COURSE_DATA names") for line in lines(capsys))


@pytest.fixture
def real_data(in_jupyter, monkeypatch, tmp_path):
    """A folder with an archive of one review a folder, and a treebank of one sentence a part."""
    monkeypatch.setattr(data.reviews, "REVIEWS", 1)
    monkeypatch.setattr(data.treebank, "SIZES", dict.fromkeys(("train", "dev", "test"), (1, 1)))
    monkeypatch.setenv("RNN_COURSE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("RNN_COURSE_DATA", str(tmp_path))
    with tarfile.open(tmp_path / data.ARCHIVE, "w:gz") as tar:
        for folder in data.reviews.FOLDERS:
            member = tarfile.TarInfo(f"aclImdb/{folder}/0_1.txt")
            member.size = 5000
            tar.addfile(member, io.BytesIO(random.Random(folder).randbytes(2500).hex().encode()))
    (tmp_path / "ud_english_ewt").mkdir()
    for part in data.treebank.SIZES:
        row = "1\tGo\tgo\tVERB\t_\t_\t0\troot\t_\t_\n\n"
        (tmp_path / "ud_english_ewt" / f"en_ewt-ud-{part}.conllu").write_text(row, encoding="utf-8")
    return tmp_path


def test_whole_data_are_named(real_data, capsys):
    said = lines(capsys)
    assert "OK     film reviews of IMDb, the real ones: aclImdb_v1.tar.gz" in said
    assert "OK     tagged sentences of UD English EWT, the real ones: ud_english_ewt" in said


@pytest.mark.parametrize("left", [0, 0.3, 0.9, -1])  # a share of the bytes, or all but the last
def test_an_archive_that_is_cut_short_is_not_called_ok(real_data, capsys, left):
    archive = real_data / data.ARCHIVE
    content = archive.read_bytes()
    archive.write_bytes(content[:-1] if left < 0 else content[: int(left * len(content))])
    said = [line for line in lines(capsys) if "film reviews" in line]
    assert len(said) == 1 and said[0].startswith(f"To do  film reviews: {archive} ")
    if left:
        assert "is damaged or cut short" in said[0] and said[0].endswith("; delete it and fetch it again.")


def test_a_treebank_that_is_cut_short_is_not_called_ok(real_data, capsys):
    part = real_data / "ud_english_ewt" / "en_ewt-ud-dev.conllu"
    part.write_text(part.read_text(encoding="utf-8")[:12], encoding="utf-8")
    assert any(line.startswith(f"To do  tagged sentences: {part} is damaged") for line in lines(capsys))


def test_reviews_in_a_form_that_is_not_read_are_not_called_ok(in_jupyter, capsys, monkeypatch, tmp_path):
    (tmp_path / "IMDB Dataset.csv").write_text("review,sentiment\n", encoding="utf-8")
    monkeypatch.setenv("RNN_COURSE_DATA", str(tmp_path / "IMDB Dataset.csv"))
    said = [line for line in lines(capsys) if "film reviews" in line]
    assert len(said) == 1 and said[0].startswith("To do  film reviews: ") and "wanted is aclImdb_v1.tar.gz" in said[0]


def test_it_knows_where_it_is(in_jupyter, monkeypatch):
    assert environment.place() == "Jupyter"
    in_jupyter.user_ns["__vsc_ipynb_file__"] = "lesson.ipynb"
    assert environment.place() == "VS Code"
    monkeypatch.setitem(sys.modules, "google.colab", SimpleNamespace())
    assert environment.place() == "Colab"


def test_outside_a_notebook_it_says_how_to_get_into_one(monkeypatch, capsys):
    monkeypatch.setattr(environment, "get_ipython", lambda: None)
    assert any(line.startswith("To do  no notebook: open this lesson with `make lab`") for line in lines(capsys))


def test_the_button_answers_and_its_words_say_what_to_do_without_it(in_jupyter):
    test = environment.WidgetTest()
    button, answer = test.children
    assert "OK" not in answer.value
    button.click()
    assert "<b>OK</b>" in answer.value
    bundle = test._repr_mimebundle_()[0]
    assert bundle["text/plain"].startswith("No button here? Then widgets do not work yet. Run `pip install ipywidgets")
    in_jupyter.user_ns["__vsc_ipynb_file__"] = "lesson.ipynb"
    assert "jupyter.widgetScriptSources" in repr(test)
