"""The model that ships, its recipes and its command; n-grams and compressors."""

import json
import math
from dataclasses import replace

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from refused import refused

from utils.course import explorers
from utils.data import Prose, python_docs, text_file
from utils.files import DATA
from utils.models.baselines import COMPRESSORS, NGram, compressed_bits
from utils.models.language import ALPHABET, SHIPPED, Language, load_language
from utils.models.language_model import LanguageModel
from utils.train import language_model as module
from utils.train.__main__ import main
from utils.train.language_model import Recipe, run

texts = st.text("abc", min_size=1, max_size=12)
TINY = Recipe("for a test", embedding=4, hidden=8, epochs=2, B=8, T=32)


@pytest.fixture(scope="module")
def shipped():
    return load_language()


@pytest.fixture
def little(monkeypatch):
    """A short prose, so that a training takes no time."""
    prose = python_docs()
    short = type(prose)(prose.text[:4000], prose.train[:3000], prose.valid[:1000])
    monkeypatch.setattr(module, "python_docs", lambda: short)
    return short


def build(seed=0):
    torch.manual_seed(seed)
    options = {"embedding": 4, "hidden": 6}
    return Language(LanguageModel(len(ALPHABET), **options), options)


# What ships ----------------------------------------------------------------------------------------------------------


def test_the_shipped_model_is_small_and_does_what_its_card_says(shipped):
    assert SHIPPED.stat().st_size <= 4_000_000
    prose, said = python_docs(), shipped.facts["run"]["bits_per_character"]
    assert shipped.bits_per_character(prose.valid) == pytest.approx(said, abs=0.15)  # other versions, other manuals
    assert shipped.facts["command"].startswith("python -m utils.train language-model --recipe ships")
    assert NGram(5, prose.train, ALPHABET).bits_per_character(prose.valid) > said + 0.3


def test_every_character_of_the_manual_is_in_its_alphabet(shipped):
    assert shipped.alphabet == ALPHABET and len(ALPHABET) == 96
    assert set(python_docs().text) <= set(ALPHABET)
    text = python_docs().valid[:500]
    assert shipped.decode(shipped.encode(text)) == text


def test_it_writes_words_of_the_manual(shipped):
    words = set(python_docs().text.split())
    written = shipped.write("The ", 400, seed=1, temperature=0.5).split()[:-1]
    assert sum(word in words for word in written) > 0.8 * len(written)
    assert shipped.write("The ", 20, seed=1) == shipped.write("The ", 20, seed=1)
    assert len(shipped.write("The ", 20)) == 20


def test_bits_are_the_mean_surprise_over_every_character():
    language, text = build(), "ab\nc"
    want = 0.0
    for t in range(len(text)):
        p = language.logits("\n" + text[:t]).softmax(0)
        want -= math.log2(p[language.encode(text[t])].item())
    assert language.bits_per_character(text) == pytest.approx(want / 4, rel=1e-5)
    long = text * 600  # more than one piece
    logits = language.model(language.encode("\n" + long)[None, :-1])[0][0].log_softmax(-1)
    bits = -logits.gather(1, language.encode(long)[:, None]).mean().item() / math.log(2)
    assert language.bits_per_character(long) == pytest.approx(bits, rel=1e-5)


def test_saved_and_read_again_it_says_the_same(tmp_path):
    language = build()
    language.facts = {"seed": 3}
    language.save(tmp_path / "a.safetensors")
    again = load_language(tmp_path / "a.safetensors")
    assert again.facts == {"seed": 3} and again.alphabet == language.alphabet
    torch.testing.assert_close(again.logits("abc"), language.logits("abc"), atol=1e-2, rtol=0)
    assert next(language.model.parameters()).dtype == torch.float32  # only the copy is halved
    again.save(tmp_path / "b.safetensors")
    twice = load_language(tmp_path / "b.safetensors")
    assert torch.equal(twice.logits("abc"), again.logits("abc")) and twice.facts == again.facts


def test_training_gets_better_and_is_the_same_each_time(little):
    (language, other), trained = run(TINY, [1, 2], progress=False)
    facts = trained["runs"][0]
    assert facts["valid_bits_by_epoch"][-1] < facts["valid_bits_by_epoch"][0] < math.log2(96) + 1
    assert facts["bits_per_character"] == pytest.approx(facts["valid_bits_by_epoch"][-1], abs=0.3)
    assert trained["data"] == {"train": 3000, "valid": 1000} and facts["seed"] == 1
    again = run(TINY, [1], progress=False)[0][0]
    assert torch.equal(language.logits("a"), again.logits("a"))
    assert not torch.equal(language.logits("a"), other.logits("a"))


def test_training_keeps_the_model_of_each_epoch(little):
    (language, other), trained = run(TINY, [1, 2], progress=False)
    bits = [writer.bits_per_character(little.valid) for writer in language.epochs]
    assert len(bits) == len(other.epochs) == TINY.epochs + 1
    assert bits[0] == pytest.approx(math.log2(96), abs=0.5) and bits[0] > bits[1] > bits[-1]
    assert language.bits_per_character(little.valid) == pytest.approx(min(bits), abs=1e-4)


def test_the_command_writes_model_and_results(little, tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(module.RECIPES, "quick", TINY)
    paths = tmp_path / "m.safetensors", tmp_path / "r.json"
    result = main(["language-model", "--quiet", "--save", str(paths[0]), "--out", str(paths[1])])
    assert json.loads(paths[1].read_text()) == result
    assert load_language(paths[0]).facts["run"] == result["runs"][0]
    assert result["baselines"].keys() >= {"uniform", "1-gram", "5-gram", "gzip", "bz2", "xz"}
    assert "quick" in capsys.readouterr().out


def test_a_text_of_ones_own_is_learned_by_its_characters_and_writer_writes_from_it(tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(module.RECIPES, "quick", replace(TINY, epochs=1))
    monkeypatch.setattr(module, "MOST_EPOCHS", 4)
    text, story, saved = "Straße im Frühling,\n" * 300, tmp_path / "story.txt", tmp_path / "story"
    story.write_text(text, encoding="utf-8")
    result = main(["language-model", "--text", str(story), "--quiet", "--save", str(saved)])
    language = load_language(saved)
    assert language.alphabet == "".join(sorted(set(text))) and result["data"] == {"train": 5400, "valid": 600}
    assert result["recipe"]["epochs"] == module.MOST_EPOCHS == len(result["runs"][0]["valid_bits_by_epoch"])
    assert result["baselines"]["uniform"] == pytest.approx(math.log2(len(set(text))), abs=1e-4)
    assert result["median"]["bits_per_character"] < result["baselines"]["1-gram"]
    explorer = explorers.Writer(language, start="Straße? ", written=50, seed=3)
    found = explorer.compute(**explorer.values())
    assert found["text"] == language.write("Straße ", 50, seed=3, temperature=0.7) and found["unknown"] == ["?"]
    assert "The model does not know ?" in explorer._words
    (model,), _ = run(replace(TINY, epochs=5), prose=text_file(story), progress=False)
    assert len(model.epochs) == 6 and model.epochs[0].alphabet == language.alphabet  # no fewer than the recipe has


def test_a_longer_text_is_read_as_often_as_the_recipe_says(monkeypatch):
    monkeypatch.setattr(module, "MANUAL", 6000)
    for characters, epochs in ((3000, 4), (4500, 3), (6000, 2), (60_000, 2)):
        monkeypatch.setattr(module.recipes, "run", lambda kind, recipe, *rest: recipe.epochs)
        assert run(TINY, prose=Prose("", "a" * characters, "a")) == epochs


def test_a_text_as_phones_type_it_is_read_as_it_is_meant():
    model = build()
    typed, meant = "It’s “so”…\u00a0— ﬁne\r\n", 'It\'s "so"... - fine\n'
    assert torch.equal(model.encode(typed), model.encode(meant))
    assert model.bits_per_character(typed) == model.bits_per_character(meant)
    assert model.write(typed, 5, seed=1) == model.write(meant, 5, seed=1)
    assert torch.equal(model.logits(typed), model.logits(meant))


# Baselines -----------------------------------------------------------------------------------------------------------


@given(texts, texts, st.integers(1, 4))
def test_the_probabilities_of_an_ngram_sum_to_1(text, context, n):
    model = NGram(n, text, "abcd")
    assert sum(model.probability(context, a) for a in "abcd") == pytest.approx(1)
    assert min(model.probability(context, a) for a in "abcd") > 0


def test_witten_bell_by_hand():
    model = NGram(2, "aab", "ab")
    first = {"a": (2 + 2 * 0.5) / (3 + 2), "b": (1 + 2 * 0.5) / (3 + 2)}  # of 3 characters 2 different, below them 1/2
    assert model.probability("", "a") == pytest.approx(first["a"])
    assert model.probability("a", "b") == pytest.approx((1 + 2 * first["b"]) / (2 + 2))  # after a: a and b
    assert model.probability("b", "b") == pytest.approx(first["b"])  # nothing was seen after b
    bits = -math.log2(first["a"]) - math.log2((1 + 2 * first["b"]) / 4)
    assert model.bits_per_character("ab") == pytest.approx(bits / 2)


def test_a_longer_memory_pays_where_the_text_has_one():
    text = "abcacb" * 50
    bits = [NGram(n, text, "abc").bits_per_character(text) for n in (1, 2, 3)]
    assert bits[0] > 1.5 > bits[1] > 0.8 and bits[2] < 0.1


@pytest.mark.parametrize("name", COMPRESSORS)
def test_a_compressor_needs_little_for_what_it_has_read(name):
    prose = python_docs().text
    known = compressed_bits(name, prose[:20_000], prose[10_000:12_000])
    new = compressed_bits(name, prose[:20_000], prose[100_000:102_000])
    assert 0 < known < 1 and 2 < new < 4


@pytest.mark.refusal("models.language")
@pytest.mark.parametrize(
    "call, error, sentence",
    [
        (lambda: build().encode(""), ValueError, "The text is empty; write at least one character"),
        (lambda: build().encode("naïve"), ValueError, "The model does not know 'ï'; write with a keyboard's"),
        (lambda: build().encode("Grüße, señor: ü"), ValueError, "The model does not know 'ü', 'ß', 'ñ'; write with"),
        (lambda: build().encode("абвгдежзик"), ValueError, "does not know 'а', 'б', .*, 'з' and 2 more; write"),
        (lambda: build().encode("\u200b"), ValueError, "The text is empty; write at least one character"),
        (lambda: build().bits_per_character(""), ValueError, "The text is empty; write at least one character"),
        (lambda: build().encode(None), TypeError, "text must be a string, got None"),
        (lambda: build().write("a", 3, temperature=0), ValueError, "temperature must be above 0"),
        (lambda: build().write("a", 3, seed=-1), ValueError, "seed must be at least 0"),
        (lambda: build().write("", 3), ValueError, "The text is empty"),
        (lambda: load_language("nowhere.safetensors"), FileNotFoundError, "There is no file at nowhere"),
        (lambda: load_language(DATA / "sentiment.safetensors"), ValueError, "not a saved model"),
        (lambda: run(TINY, [-1]), ValueError, "seed must be at least 0"),
        (lambda: NGram(0, "a", "a"), ValueError, "n must be at least 1"),
        (lambda: NGram(1, "", "a"), ValueError, "at least one character to count"),
        (lambda: NGram(1, "a", "a").bits_per_character(""), ValueError, "The text is empty"),
        (lambda: compressed_bits("zip", "a", "a"), ValueError, "name must be one of 'gzip', 'bz2', 'xz'"),
        (lambda: compressed_bits("xz", "a", ""), ValueError, "The text is empty"),
    ],
)
def test_bad_input_gets_one_sentence(call, error, sentence):
    with refused(error, sentence) as failure:
        call()
    assert "\n" not in str(failure.value)
