"""The reader in NumPy against the tagger of torch: each way of reading, each beginning of a sentence, its files."""

import hashlib
import itertools

import numpy as np
import pytest
import torch
from refused import refused
from torch import nn

from utils.arrays.tagger import SHIPPED, TaggerReader, load_tagger
from utils.arrays.weights import write
from utils.data import UPOS, find_ud_english, ud_english, ud_sample
from utils.data.tagging import encoded
from utils.files import DATA, measured
from utils.machine import cpu
from utils.models import tagger as torchs
from utils.models.tagger import DIRECTIONS, SentenceTagger, Tagger
from utils.text import HashedVocabulary, Vocabulary

SENTENCES = ud_sample().train.words
VOCABULARY = Vocabulary.build(SENTENCES, 50)


def build(directions="both", rnn="lstm", merge="concat", endings=40, hashed=False) -> SentenceTagger:
    """A tagger with weights large enough to be sure of something."""
    torch.manual_seed(0)
    options = {"embedding": 5, "hidden": 4, "rnn": rnn, "directions": directions, "merge": merge, "endings": endings}
    model = Tagger(len(VOCABULARY), len(UPOS), **options).double()
    with torch.no_grad():
        for weight in model.parameters():
            weight.mul_(3)
    return SentenceTagger(model, HashedVocabulary.of(VOCABULARY) if hashed else VOCABULARY, options)


def arrays(model: nn.Module) -> dict:
    return {name: weight.numpy() for name, weight in model.state_dict().items()}


@torch.no_grad()
def by_torch(trained: SentenceTagger, words) -> np.ndarray:
    """The probabilities (T, tags) of one whole sentence."""
    endings = 0 if trained.model.endings is None else trained.model.endings.num_embeddings - 1
    ids, *rest = (values[None] for values in encoded([words], trained.vocabulary, endings)[0])
    with cpu(threads=1):
        return trained.model(ids, torch.tensor([len(words)]), *rest).softmax(-1)[0].numpy()


@pytest.mark.parametrize("directions", DIRECTIONS)
@pytest.mark.parametrize("rnn", ["rnn", "lstm", "gru", nn.LSTM])
@pytest.mark.parametrize("merge, endings", [("concat", 40), ("sum", 0)])
def test_each_beginning_gets_what_torch_says_of_it(directions, rnn, merge, endings):
    trained = build(directions, rnn, merge, endings)
    reader = TaggerReader(arrays(trained.model), trained.vocabulary, UPOS, trained.options)
    for words in SENTENCES[:3]:
        p = reader.prefixes(words)
        assert p.shape == (len(words), len(words), 17) and p.dtype == np.float64
        for n in range(1, len(words) + 1):
            np.testing.assert_allclose(p[n - 1, :n], by_torch(trained, words[:n]), rtol=0, atol=1e-10)
            assert not p[n - 1, n:].any()


def test_forward_never_changes_what_it_said_and_the_others_do():
    for way, words in itertools.product(DIRECTIONS, SENTENCES[:5]):
        trained = build(way)
        p = TaggerReader(arrays(trained.model), VOCABULARY, UPOS, trained.options).prefixes(words)
        changed = [not np.array_equal(p[n, :n], p[n - 1, :n]) for n in range(1, len(words))]
        assert all(changed) == (way != "forward") and any(changed) == (way != "forward")


def real_sentences():
    if find_ud_english() is None:
        pytest.skip("the real treebank is not here")
    return [words for words in ud_english().dev.words if len(words) <= 40][:200]


@pytest.mark.parametrize("sentences", [lambda: SENTENCES[:200], real_sentences], ids=["sample", "treebank"])
@pytest.mark.parametrize("way", SHIPPED)
def test_the_shipped_taggers_say_what_torch_says(way, sentences):
    reader, trained = load_tagger(SHIPPED[way]), torchs.load_tagger(SHIPPED[way])
    sentences = sentences()
    for words, tags in zip(sentences, torchs.tag(trained.model, trained.vocabulary, sentences), strict=True):
        whole = reader.prefixes(words)[-1]
        np.testing.assert_allclose(whole, by_torch(trained, words), rtol=0, atol=1e-5)
        assert [reader.tags[k] for k in whole.argmax(-1)] == tags


def test_what_ships_is_what_its_card_says_and_holds_no_word():
    card, sizes = (DATA / "README.md").read_text(encoding="utf-8"), []
    for path in SHIPPED.values():
        content, reader = path.read_bytes(), load_tagger(path)
        sizes.append(len(content))
        assert f"{hashlib.sha256(content).hexdigest()}  {path.name}" in card and f"| {len(content)} bytes |" in card
        assert isinstance(reader.vocabulary, HashedVocabulary) and reader.tags == UPOS
        result = measured(path.stem)
        assert reader.facts["command"] == result["command"] and reader.facts["median"] == result["median"]
        assert reader.facts["run"]["seed"] == result["best_seed"]
        assert f"{100 * reader.facts['run']['test']['accuracy']:.1f}%" in card
    assert sum(sizes) <= 1_000_000 and f"{sum(sizes):,} bytes" in card


def test_there_and_back_through_a_file(tmp_path):
    for hashed in (False, True):
        trained = build(hashed=hashed)
        path = trained.save(tmp_path / "mine")
        reader, again = load_tagger(path), torchs.load_tagger(path)
        assert type(reader.vocabulary) is type(again.vocabulary) is type(trained.vocabulary)
        assert len(reader.vocabulary) == len(VOCABULARY)
        for words in SENTENCES[:3]:
            np.testing.assert_allclose(reader.prefixes(words)[-1], by_torch(again, words), rtol=0, atol=1e-5)
            assert again.vocabulary.encode(words) == VOCABULARY.encode(words)


@pytest.mark.refusal("models.tagger")
@pytest.mark.parametrize(
    "call, error, sentence",
    [
        (lambda p: load_tagger(p / "none"), FileNotFoundError, "make it with `python -m utils.train tagger --save"),
        (lambda p: load_tagger(DATA / "language.safetensors"), ValueError, "not a saved model of this kind"),
        (lambda p: load_tagger(p), ValueError, "is a folder"),
        (lambda p: load_tagger(SHIPPED["both"]).prefixes([]), ValueError, "The sentence has no words; write at least"),
    ],
)
def test_anything_else_is_refused(tmp_path, call, error, sentence):
    tmp_path.joinpath("folder.safetensors").mkdir()
    with refused(error, sentence):
        call(tmp_path / "folder.safetensors" if sentence == "is a folder" else tmp_path)


def test_a_damaged_file_is_refused(tmp_path):
    path = tmp_path / "damaged.safetensors"
    path.write_bytes(SHIPPED["both"].read_bytes()[:-1] + b"!")
    with refused(ValueError, "is damaged"):
        load_tagger(path)
    write(path, {"a": np.zeros(2)}, {"options": {}, "words": []})
    with refused(ValueError, "tags is missing"):
        load_tagger(path)
