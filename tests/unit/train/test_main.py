import json
import math
from dataclasses import replace

import pytest
import several_tasks
import torch
from two import LAUNCHERS, in_two

from utils.arrays.bag import load_bag
from utils.data import imdb_sample
from utils.models.baselines import BAGS, bag
from utils.models.classifier import Classifier
from utils.models.sentiment import load_sentiment
from utils.text import Vocabulary, tokenise
from utils.train import imdb as reviews
from utils.train import language_model, recipes, tagger
from utils.train.__main__ import main
from utils.train.imdb import RECIPES, Recipe, run, run_ensemble
from utils.train.trainer import Trainer

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
        assert result["median"][split]["accuracy"] == pytest.approx(sum(shares) / 2)
    assert all(one["seconds"] > 0 and one["cpu_seconds"] > 0 for one in result["runs"])

    model = load_sentiment(saved)
    assert model.facts["run"] in result["runs"] and "command" in model.facts
    score = sum((model.predict(text) > 0.5) == label for text, label in zip(*_exam())) / 200
    assert score == pytest.approx(model.facts["run"]["test"]["accuracy"], abs=0.011)  # half precision may turn two


@pytest.mark.refusal("python -m utils.train")
def test_a_number_of_processes_that_is_left_over_is_said_before_any_work(monkeypatch, capsys):
    monkeypatch.setenv("WORLD_SIZE", "2")
    monkeypatch.setenv("RANK", "1")
    with pytest.raises(SystemExit) as end:
        main(["imdb"])
    assert end.value.code == 2
    assert capsys.readouterr().err.startswith("WORLD_SIZE is 2, but torchrun did not start this process: ")


@pytest.mark.parametrize("quiet", [True, False])
@pytest.mark.parametrize("task, module", [("imdb", reviews), ("tagger", tagger), ("language-model", language_model)])
def test_quiet_leaves_out_the_bar_of_every_task(task, module, quiet, monkeypatch):
    asked = []
    monkeypatch.setattr(module, "run", lambda *given: asked.append(given[-1]) or 1 / 0)
    with pytest.raises(ZeroDivisionError):
        main([task, *["--quiet"] * quiet])
    assert asked == [not quiet]


def test_validate_leaves_the_test_alone(monkeypatch):
    corpus = imdb_sample()
    asked = []
    monkeypatch.setattr(reviews, "batches", lambda ids, *rest: asked.append(len(ids)) or real(ids, *rest))
    _, result = run(TINY, corpus, [0], test=False, progress=False)
    assert asked == [720, 80] and "test" not in result["runs"][0] and "test" not in result["median"]


def test_a_seed_gives_the_same_alone_and_after_another():
    corpus = imdb_sample()
    (_, two), (_, one) = (run(TINY, corpus, seeds, test=False, progress=False) for seeds in ([0, 1], [1]))
    assert two["runs"][1]["validation"] == one["runs"][0]["validation"]
    assert two["runs"][0]["validation"] != one["runs"][0]["validation"]


@pytest.mark.parametrize("gpu", [False, True])
def test_on_a_gpu_a_recipe_takes_its_own_batches_and_says_so(gpu, monkeypatch, capsys):
    monkeypatch.setattr(recipes, "has_gpu", lambda: gpu)
    steps, fit = [], Trainer.fit

    def counted(self, train, *rest, **options):
        steps.append(len(train))
        return fit(self, train, *rest, **options)

    monkeypatch.setattr(Trainer, "fit", counted)
    recipe = replace(TINY, batch=40, on_gpu={"batch": 80, "eps": 5e-5})
    _, result = run(recipe, imdb_sample(), [0], test=False, progress=False)
    assert steps == [9 if gpu else 18]  # of 720 reviews
    assert result["recipe"]["eps"] == (5e-5 if gpu else recipe.eps)
    assert ("On a GPU: batch 80, eps 5e-05." in capsys.readouterr().out) == gpu


@pytest.mark.parametrize("recipe", [*RECIPES.values(), *tagger.RECIPES.values(), *language_model.RECIPES.values()])
def test_what_is_other_on_a_gpu_are_choices_that_there_are(recipe):
    assert replace(recipe, **recipe.on_gpu).on_gpu == recipe.on_gpu


def test_validation_and_training_share_no_review_and_the_vocabulary_is_of_training_alone(monkeypatch):
    corpus, built = imdb_sample(), []
    monkeypatch.setattr(reviews.Vocabulary, "build", lambda words, size: built.append(words) or Vocabulary(["film"]))
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


def test_the_small_bag_that_is_saved_answers_as_scikit_learns(tmp_path):
    result = main(["imdb", "--recipe", "bag", "--save", str(tmp_path / "bag")])
    corpus = imdb_sample()
    train = corpus.train.hold_out(0.1)[0]
    words = Vocabulary.build(map(tokenise, train.texts), RECIPES["fast"].vocabulary)
    small, fitted = (
        load_bag(words, tmp_path / "bag"),
        bag("unigrams", only=words.words[2:]).fit(train.texts, train.labels),
    )
    want = fitted.decision_function(corpus.test.texts)
    found = [small.log_odds(tokenise(text)) for text in corpus.test.texts]
    assert found == pytest.approx(want, abs=0.01)  # half precision
    assert result["run"]["test"]["accuracy"] == pytest.approx(
        fitted.score(corpus.test.texts, corpus.test.labels), abs=0.011
    )
    assert small.facts["data"] == result["data"] and small.facts["command"].startswith("python -m utils.train imdb")


def test_in_an_ensemble_the_networks_and_the_bag_weigh_the_same(monkeypatch):
    monkeypatch.setitem(RECIPES, "best", TINY)
    corpus, made = imdb_sample(), []
    monkeypatch.setattr(reviews, "run", lambda *given: made.append(run(*given)) or made[0])
    monkeypatch.setattr(reviews, "run_bag", lambda *given: made.append(run_bag(*given)) or made[1])
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
        (["language-model", "--validate"], "Unrecognized arguments: --validate"),
        (["language-model", "--seed", "-1"], "--seed must be at least 0"),
        (["language-model", "--text", "nowhere.txt"], "There is no file at nowhere.txt; name a text file"),
        (["imdb", "--text", "story.txt"], "Unrecognized arguments: --text story.txt"),
        (["language-model", "--recipe", "fast"], "Argument --recipe: invalid choice: 'fast'"),
        (["mnist"], "Argument task: invalid choice: 'mnist'"),
        (["imdb", "--recipe", "slow"], "Argument --recipe: invalid choice: 'slow'"),
        (["imdb", "--seeds", "0"], "--seed must be at least 0 and --seeds at least 1, got 0 and 0"),
        (["imdb", "--seed", "-1"], "--seed must be at least 0"),
        (["imdb", "--seed", "one"], "Argument --seed: invalid int value: 'one'"),
        (["imdb", "--recipe", "baselines", "--seeds", "3"], "Bags of words have no seed"),
        (["imdb", "--recipe", "baselines", "--save", "a"], "Baselines is not one network; leave out --save"),
        (["imdb", "--recipe", "ensemble", "--save", "a"], "Ensemble is not one network; leave out --save"),
        (["imdb", "--out", "."], ". cannot be written; name a file in a folder of yours"),
        (["tagger", "--save", "."], ". cannot be written; name a file in a folder of yours"),
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


def _exam():
    exam = imdb_sample().test
    return exam.texts, exam.labels


def _logit(p):
    return math.log(p / (1 - p))


real, run_bag = reviews.batches, reviews.run_bag
