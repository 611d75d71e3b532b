"""Trained models on disk: they answer as before, under the name that was said, or are refused before one is built."""

import time

import pytest
import torch
from refused import refused

from utils.arrays import weights
from utils.data import UPOS
from utils.models import saved
from utils.models.classifier import Classifier
from utils.models.language import ALPHABET, Language, load_language
from utils.models.language_model import LanguageModel
from utils.models.sentiment import SHIPPED, Sentiment, load_sentiment
from utils.models.tagger import SentenceTagger, Tagger, load_tagger
from utils.text import Vocabulary

WORDS = Vocabulary(["good", "bad", "film"])
FACTS = {"made": "here"}


def sentiment():
    torch.manual_seed(0)
    options = {"embedding": 3, "hidden": 2, "pooling": "attention", "segment": 4, "bigrams": 7}
    return Sentiment(Classifier(len(WORDS), **options), WORDS, options, 8, FACTS)


def tagger():
    torch.manual_seed(0)
    options = {"embedding": 3, "hidden": 2, "endings": 5}
    return SentenceTagger(Tagger(len(WORDS), len(UPOS), **options), WORDS, options, FACTS)


def language():
    torch.manual_seed(0)
    options = {"embedding": 3, "hidden": 2}
    return Language(LanguageModel(len(ALPHABET), **options), options, facts=FACTS)


KINDS = {
    "imdb": (sentiment, load_sentiment),
    "tagger": (tagger, load_tagger),
    "language-model": (language, load_language),
}


@pytest.fixture
def small(tmp_path):
    model = sentiment()
    return model, model.save(tmp_path / "small")


def test_a_saved_model_answers_as_before(small, tmp_path):
    model, path = small
    again = load_sentiment(path)
    assert again.facts == FACTS and not again.model.training
    for text in ("Good film!", "bad " * 50, "unheard of"):
        assert again.predict(text) == pytest.approx(model.predict(text), abs=2e-3)
    tags = tagger()
    assert load_tagger(tags.save(tmp_path / "tags")).tag(["a", "good", "film"]) == tags.tag(["a", "good", "film"])


@pytest.mark.parametrize("task", KINDS)
def test_the_weights_are_those_that_were_saved_in_half_precision(task, tmp_path):
    build, load = KINDS[task]
    model = build()
    again = load(model.save(tmp_path / "a"))
    assert again.facts == FACTS and again.options == model.options and not again.model.training
    for name, t in again.model.state_dict().items():
        assert t.dtype == torch.float32 and torch.equal(t, model.model.state_dict()[name].half().float())
    assert again.save(tmp_path / "b").read_bytes() == (tmp_path / "a.safetensors").read_bytes()


@pytest.mark.parametrize("task", KINDS)
def test_a_name_may_hold_dots(task, tmp_path):
    build, load = KINDS[task]
    names = ["dropout-0.5", "dropout-0.8", "v1.safetensors", "a.b.c"]
    written = [build().save(tmp_path / name) for name in names]
    wanted = ["dropout-0.5.safetensors", "dropout-0.8.safetensors", "v1.safetensors", "a.b.c.safetensors"]
    assert [path.name for path in written] == wanted
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(wanted)
    assert all(load(tmp_path / name).facts == FACTS for name in names)


@pytest.mark.parametrize(
    "build, embedding, output",
    [
        (lambda: Classifier(9), (9, 50), (2, 2 * 32)),
        (lambda: Tagger(9, 4), (9, 64), (4, 2 * 64)),
        (lambda: LanguageModel(9), (9, 64), (9, 256)),
    ],
)
def test_files_that_leave_sizes_out_have_these(build, embedding, output):
    with torch.device("meta"):
        model = build()
    assert (model.embedding.weight.shape, model.output.weight.shape) == (embedding, output)


@pytest.mark.parametrize("load", [load_sentiment, load_tagger, load_language])
@pytest.mark.parametrize("task", KINDS)
def test_nothing_is_built_of_another_kind_of_model(task, load, tmp_path, monkeypatch):
    build, own = KINDS[task]
    path = build().save(tmp_path / "a")
    if own is load:
        return
    monkeypatch.setattr(torch.nn.Module, "__init__", lambda self, *_: pytest.fail("a network was built"))
    with refused(ValueError, "is not a saved model of this kind, .* is missing; make it with .python -m utils.train"):
        load(path)


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
    model, path = small
    whole = path.read_bytes()
    for part in (whole[: len(whole) // 2], whole[:5], b"", b"x" * 500, whole.replace(b'"F16"', b'"U16"', 1)):
        path.write_bytes(part)
        with refused(ValueError, "small.safetensors is damaged"):
            load_sentiment(path)
    with refused(FileNotFoundError, "no file at .*nothing.safetensors; make it with .python -m utils.train imdb"):
        load_sentiment(tmp_path / "nothing")
    arrays, facts = weights.read(model.save(path), "")
    weights.write(path, arrays, facts | {"words": ["good"]})
    with refused(ValueError, "a model of other sizes"):
        load_sentiment(path)


def test_the_numbers_of_bfloat16_are_kept():
    t = {"a": torch.randn(9, generator=torch.Generator().manual_seed(0)).bfloat16(), "n": torch.tensor(3)}
    arrays = saved.as_arrays(t)
    assert torch.equal(torch.from_numpy(arrays["a"]).bfloat16(), t["a"]) and arrays["n"] == 3
    t["n"] += 1
    assert arrays["n"] == 3  # a copy


def test_answers_can_be_learned_from():
    """None is an inference tensor, which autograd refuses."""
    scores = torch.nn.Linear(len(ALPHABET), 1)
    scores(language().logits("abc")).backward()
    assert scores.weight.grad.abs().sum() > 0


def test_a_learner_may_ask_torch_for_double_precision(tmp_path):
    paths = {task: build().save(tmp_path / task) for task, (build, _) in KINDS.items()}
    p = load_sentiment(paths["imdb"]).predict("a good film")
    torch.set_default_dtype(torch.float64)
    try:
        read = {task: KINDS[task][1](path) for task, path in paths.items()}
        assert read["imdb"].predict("a good film") == pytest.approx(p, abs=1e-6)
        assert read["imdb"].predict_all(["a good film"]) == pytest.approx([p], abs=1e-6)
        assert read["tagger"].tag(["good"]) and len(read["language-model"].write("a", 3)) == 3
        assert read["language-model"].logits("a").dtype == torch.float64
    finally:
        torch.set_default_dtype(torch.float32)


def test_the_model_that_ships():
    assert SHIPPED.stat().st_size < 4e6
    model = load_sentiment()
    assert model.facts["data"]["sample"] is False and model.facts["run"]["test"]["accuracy"] >= 0.888
    assert model.predict("A wonderful, moving film with a great cast. I loved every minute of it.") > 0.9
    assert model.predict("A boring, terrible film. The plot makes no sense. What a waste of time.") < 0.1
    began = time.perf_counter()
    model.predict("I did not expect much, and I was right. " * 60)
    assert time.perf_counter() - began < 1  # measured below 0.02 s; the bound leaves room for a busy machine
