"""The check of the computer: OK where all is well, what to do where it is not."""

import sys
from importlib import metadata
from types import SimpleNamespace

import pytest

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
    (tmp_path / "gone").mkdir()
    (tmp_path / "gone" / "aclImdb_v1.tar.gz").touch()
    assert any(line.startswith("OK     film reviews of IMDb, the real ones") for line in lines(capsys))
    (tmp_path / "gone" / "ud_english_ewt").mkdir()
    for part in ("train", "dev", "test"):
        (tmp_path / "gone" / "ud_english_ewt" / f"en_ewt-ud-{part}.conllu").touch()
    assert "OK     tagged sentences of UD English EWT, the real ones: ud_english_ewt" in lines(capsys)


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
    bundle = test._repr_mimebundle_()
    assert bundle["text/plain"].startswith("No button here? Then widgets do not work yet. Run `pip install ipywidgets")
    in_jupyter.user_ns["__vsc_ipynb_file__"] = "lesson.ipynb"
    assert "jupyter.widgetScriptSources" in repr(test)
