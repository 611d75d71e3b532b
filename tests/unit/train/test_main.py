import json
import math
import time

import pytest
import several_tasks
import torch
from refused import refused
from two import LAUNCHERS, in_two

from utils.arrays.text import Vocabulary
from utils.data import imdb_sample
from utils.models.baselines import BAGS
from utils.models.classifier import Classifier
from utils.models.sentiment import SHIPPED, Sentiment, load_sentiment
from utils.train import sentiment
from utils.train.__main__ import main
from utils.train.sentiment import RECIPES, Recipe, run, run_ensemble

TINY = Recipe("for tests", vocabulary=400, max_tokens=60, batch=32, embedding=12, hidden=8, epochs=2, bigrams=50)


@pytest.fixture(autouse=True)
def offline(monkeypatch):
    monkeypatch.delenv("RNN_COURSE_DATA", raising=False)
    monkeypatch.setitem(RECIPES, "quick", TINY)


def test_the_command_trains_writes_its_results_and_a_model(tmp_path, capsys):
    out, saved = tmp_path / "new" / "results.json", tmp_path / "model.safetensors"
    result = main(["imdb", "--seed", "3", "--seeds", "2", "--out", str(out), "--save", str(saved), "--quiet"])
    said = capsys.readouterr().out
    assert "generated ones" in said and "1 process on" in said and "Seed 4: " in said
    assert json.loads(out.read_text()) == result
    assert result["command"].startswith("python -m utils.train imdb --seed 3") and result["name"] == "quick"
    assert result["data"] == {"sample": True, "train": 720, "validation": 80, "test": 200}
    assert result["processes"] == 1 and {"processor", "torch"} <= set(result["machine"])
    assert [one["seed"] for one in result["runs"]] == [3, 4]
    for split in ("validation", "test"):
        shares = [one[split]["accuracy"] for one in result["runs"]]
        assert result["median"][split] == pytest.approx(sum(shares) / 2)
    assert all(one["seconds"] > 0 and one["cpu_seconds"] > 0 for one in result["runs"])

    model = load_sentiment(saved)
    assert model.facts["run"] in result["runs"] and "command" in model.facts
    score = sum((model.predict(text) > 0.5) == label for text, label in zip(*_exam())) / 200
    assert score == pytest.approx(model.facts["run"]["test"]["accuracy"], abs=0.011)  # half precision may turn two


def test_validate_leaves_the_test_alone(monkeypatch):
    corpus = imdb_sample()
    asked = []
    monkeypatch.setattr(sentiment, "batches", lambda ids, *rest: asked.append(len(ids)) or real(ids, *rest))
    _, result = run(TINY, corpus, [0], test=False, progress=False)
    assert asked == [720, 80] and "test" not in result["runs"][0] and "test" not in result["median"]


def test_a_seed_gives_the_same_alone_and_after_another():
    corpus = imdb_sample()
    (_, two), (_, one) = (run(TINY, corpus, seeds, test=False, progress=False) for seeds in ([0, 1], [1]))
    assert two["runs"][1]["validation"] == one["runs"][0]["validation"]
    assert two["runs"][0]["validation"] != one["runs"][0]["validation"]


def test_validation_and_training_share_no_review_and_the_vocabulary_is_of_training_alone(monkeypatch):
    corpus, built = imdb_sample(), []
    monkeypatch.setattr(sentiment.Vocabulary, "build", lambda words, size: built.append(words) or Vocabulary(["film"]))
    run(TINY, corpus, [0], test=False, progress=False)
    assert len(built[0]) == 720


def test_the_recipes_build_and_their_table_is_frozen():
    for recipe in RECIPES.values():
        Classifier(50, **recipe.options())
    with pytest.raises(AttributeError):
        RECIPES["fast"].epochs = 9


def test_the_baselines(capsys, tmp_path):
    result = main(["imdb", "--recipe", "baselines", "--out", str(tmp_path / "b.json")])
    assert [one["name"] for one in result["runs"]] == list(BAGS)
    assert result["runs"][0]["test"]["accuracy"] == 0.5
    assert all(one["test"]["accuracy"] > 0.7 and one["seconds"] > 0 for one in result["runs"][1:])
    assert "test" not in main(["imdb", "--recipe", "baselines", "--validate"])["runs"][0]


def test_in_an_ensemble_the_networks_and_the_bag_weigh_the_same(monkeypatch):
    monkeypatch.setitem(RECIPES, "best", TINY)
    corpus, made = imdb_sample(), []
    monkeypatch.setattr(sentiment, "run", lambda *given: made.append(run(*given)) or made[0])
    monkeypatch.setattr(sentiment, "run_bag", lambda *given: made.append(run_bag(*given)) or made[1])
    result = run_ensemble(corpus, [0, 1], progress=False)
    (models, networks), (fitted, bag) = made

    def votes(texts):
        networks = torch.tensor([[_logit(model.predict(text)) for text in texts] for model in models]).mean(0)
        return networks, torch.tensor(fitted.decision_function(texts))

    a, b = (vote.double().numpy().std() for vote in votes(corpus.train.hold_out(0.1)[1].texts))
    of_networks, of_bag = votes(corpus.test.texts)
    right = (of_networks / a + of_bag / b > 0) == torch.tensor(corpus.test.labels)
    assert result["test"]["accuracy"] == pytest.approx(right.double().mean().item(), abs=1e-5)
    assert result["seconds"] == pytest.approx(sum(one["seconds"] for one in networks["runs"]) + bag["seconds"])
    assert "test" not in run_ensemble(corpus, [0], test=False, progress=False)


@pytest.mark.refusal("python -m utils.train")
@pytest.mark.parametrize(
    "arguments, sentence",
    [
        ([], "The following arguments are required: task"),
        (["tagger", "--seeds", "0"], "--seed must be at least 0 and --seeds at least 1, got 0 and 0"),
        (["tagger", "--save", "a"], "Unrecognized arguments: --save a"),
        (["language-model", "--seed", "-1"], "--seed must be at least 0"),
        (["language-model", "--recipe", "fast"], "Argument --recipe: invalid choice: 'fast'"),
        (["mnist"], "Argument task: invalid choice: 'mnist'"),
        (["imdb", "--recipe", "slow"], "Argument --recipe: invalid choice: 'slow'"),
        (["imdb", "--seeds", "0"], "--seed must be at least 0 and --seeds at least 1, got 0 and 0"),
        (["imdb", "--seed", "-1"], "--seed must be at least 0"),
        (["imdb", "--seed", "one"], "Argument --seed: invalid int value: 'one'"),
        (["imdb", "--recipe", "baselines", "--seeds", "3"], "The baselines have no seed"),
        (["imdb", "--recipe", "baselines", "--save", "a"], "Baselines is not one network; leave out --save"),
        (["imdb", "--recipe", "ensemble", "--save", "a"], "Ensemble is not one network; leave out --save"),
        (["imdb", "--out", "."], ". cannot be written; name a file in a folder of yours"),
    ],
)
def test_bad_arguments_get_one_sentence_and_exit_code_2(arguments, sentence, capsys):
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    said = capsys.readouterr().err
    assert stop.value.code == 2 and said.startswith(sentence) and said.count("\n") == 1


@pytest.mark.refusal("python -m utils.train")
def test_a_data_folder_that_is_not_there_is_one_sentence_too(monkeypatch, capsys):
    monkeypatch.setenv("RNN_COURSE_DATA", "/nowhere")
    with pytest.raises(SystemExit) as stop:
        main(["imdb"])
    assert stop.value.code == 2 and "/nowhere, which does not exist" in capsys.readouterr().err


@pytest.mark.parametrize("launcher", LAUNCHERS)  # accelerate.yaml is for GPUs; without one it starts two on the CPU
def test_every_task_trains_in_two_processes_as_in_one(launcher, tmp_path):
    first, second = in_two("several_tasks.py", tmp_path, launcher)
    alone = several_tasks.train()
    assert (first.pop("processes"), alone.pop("processes")) == ([2, 2, 2], [1, 1, 1]) and second.pop("processes")
    assert first == second
    for task, figures in alone.items():
        assert first[task] == pytest.approx(figures, abs=2e-3), task


@pytest.fixture
def small(tmp_path):
    torch.manual_seed(0)
    options = {"embedding": 3, "hidden": 2, "pooling": "attention", "segment": 4, "bigrams": 7}
    words = Vocabulary(["good", "bad", "film"])
    model = Sentiment(Classifier(len(words), **options), words, options, 8, {"made": "here"})
    model.save(tmp_path / "small")
    return model, tmp_path / "small.safetensors", tmp_path / "small.vocabulary.json"


def test_a_saved_model_answers_as_before(small):
    model, path, _ = small
    again = load_sentiment(path)
    assert again.facts == {"made": "here"} and not again.model.training
    for text in ("Good film!", "bad " * 50, "unheard of"):
        assert again.predict(text) == pytest.approx(model.predict(text), abs=2e-3)


@pytest.mark.refusal("models.sentiment")
@pytest.mark.parametrize("text, error", [("", ValueError), (" \n", ValueError), (None, TypeError), (3, TypeError)])
def test_a_text_without_words_is_refused(small, text, error):
    with refused(error, "text"):
        small[0].predict(text)


@pytest.mark.refusal("models.sentiment")
def test_many_texts_are_answered_as_one_by_one_and_in_order(small):
    texts = ["Good film!", "bad " * 50, "unheard of", "a good good film"] * 40
    assert small[0].predict_all(texts) == pytest.approx([small[0].predict(text) for text in texts], abs=1e-6)
    for texts, error in ((["good", " "], ValueError), ([], ValueError), (["good", None], TypeError)):
        with refused(error):
            small[0].predict_all(texts)


@pytest.mark.refusal("models.sentiment")
def test_a_damaged_missing_or_foreign_file_is_refused(small, tmp_path):
    model, path, words = small
    whole = path.read_bytes()
    for part in (whole[: len(whole) // 2], whole[:5], b"", b"x" * 500):
        path.write_bytes(part)
        with refused(ValueError, "small.safetensors is damaged"):
            load_sentiment(path)
    path.write_bytes(whole)
    words.write_text("[1, 2]")
    with refused(ValueError, "is not a saved vocabulary"):
        load_sentiment(path)
    for others in ('["good"]', '["bad", "good", "film"]'):
        words.write_text(others)
        with refused(ValueError, "does not belong to small.safetensors"):
            load_sentiment(path)
    words.unlink()
    with refused(FileNotFoundError, "no vocabulary"):
        load_sentiment(path)
    with refused(FileNotFoundError, "There is no model at .*nothing.safetensors"):
        load_sentiment(tmp_path / "nothing")


def test_the_model_that_ships():
    files = SHIPPED, SHIPPED.with_suffix(".vocabulary.json")
    assert sum(path.stat().st_size for path in files) < 4e6
    model = load_sentiment()
    assert model.facts["data"]["sample"] is False and model.facts["run"]["test"]["accuracy"] >= 0.888
    assert model.predict("A wonderful, moving film with a great cast. I loved every minute of it.") > 0.9
    assert model.predict("A boring, terrible film. The plot makes no sense. What a waste of time.") < 0.1
    began = time.perf_counter()
    model.predict("I did not expect much, and I was right. " * 60)
    assert time.perf_counter() - began < 1  # measured below 0.02 s; the bound leaves room for a busy machine


def _exam():
    exam = imdb_sample().test
    return exam.texts, exam.labels


def _logit(p):
    return math.log(p / (1 - p))


real, run_bag = sentiment.batches, sentiment.run_bag
