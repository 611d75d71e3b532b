"""The reader in NumPy against the classifier of torch: every kind of it, its gradients, shares, gates and files."""

import json
import os
import subprocess
import sys
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch
from refused import refused
from torch import nn

from utils.arrays import saliency
from utils.arrays.sentiment import SentimentReader, load_reader
from utils.arrays.text import Vocabulary
from utils.cells import layer
from utils.data.batching import pad
from utils.files import DATA
from utils.models.classifier import POOLINGS, Classifier
from utils.models.saved import as_arrays
from utils.models.sentiment import Sentiment, load_sentiment
from utils.probes.gates import gate_trace
from utils.probes.saliency import leave_one_out, token_saliency

SHIPPED, READER = load_sentiment(), load_reader()
PRAISE = "A wonderful film with great actors. The plot is a bit slow but I loved it, and the ending is perfect."
REVIEW = "This was a waste of two hours. The plot is dull, the acting is awful and the end makes no sense."
TEXTS = [PRAISE, REVIEW, "not good", "film", "xqz", " ".join([PRAISE, REVIEW] * 3), " ".join([REVIEW, PRAISE] * 30)]
ROWS = [[3, 4, 5, 6, 7, 8, 9], [10], [11, 3, 12], [13, 14, 15, 16, 17]]
LETTERS = Vocabulary([chr(i) for i in range(97, 123)])


def build(rnn="lstm", pooling="attention", classes=2, dtype=torch.float64, scale=0.7, max_tokens=100, **options):
    """A small model whose weights are large enough to bend the way from 0 to the words."""
    torch.manual_seed(0)
    options |= {"embedding": 5, "hidden": 4, "classes": classes, "rnn": rnn, "pooling": pooling}
    model = Classifier(len(LETTERS), **options).to(dtype)
    with torch.no_grad():
        for w in model.parameters():
            w.normal_(std=scale)
        for table in (model.embedding, model.pairs):
            if table is not None:
                table.weight[table.padding_idx] = 0
    return Sentiment(model, LETTERS, options, max_tokens)


KINDS = [
    "rnn",
    "lstm",
    "gru",
    nn.LSTM,
    nn.GRU,
    partial(layer.GRU, reset="before"),
    partial(nn.RNN, nonlinearity="relu"),
]
SHAPES = [*((p, None) for p in POOLINGS), *((p, 2) for p in POOLINGS[1:]), ("mean+max", 3)]


@pytest.mark.parametrize("rnn", KINDS)
@pytest.mark.parametrize("pooling, segment", SHAPES)
@pytest.mark.parametrize("both, bigrams", [(True, 0), (False, 20)])
def test_scores_and_gradients_of_any_classifier_are_torchs(rnn, pooling, segment, both, bigrams):
    sentiment = build(rnn, pooling, segment=segment, bidirectional=both, bigrams=bigrams)
    model, reader = sentiment.model, sentiment.reader()
    ids, lengths = pad(ROWS)
    np.testing.assert_allclose(reader.logits_of(ROWS), model(ids, lengths).detach(), rtol=0, atol=1e-10)
    x = model.embed(ids).detach().requires_grad_()
    np.testing.assert_allclose(reader.embed(ids.numpy()), x.detach(), rtol=0, atol=1e-12)
    logits = model.output(model.pool(model.read_segments(x, lengths), lengths))
    d = torch.randn(logits.shape, dtype=torch.float64)
    (logits * d).sum().backward()
    reading = reader.read(x.detach().numpy(), lengths.numpy())
    np.testing.assert_allclose(reading.logits, logits.detach(), rtol=0, atol=1e-10)
    np.testing.assert_allclose(reader.back(reading, d.numpy()), x.grad, rtol=1e-10, atol=1e-10)


def test_words_that_are_equally_high_share_the_gradient_of_the_maximum():
    """Blank segments have the same states; autograd's amax shares in equal parts, too."""
    sentiment = build(pooling="max", segment=2)
    x = torch.zeros(1, 6, 5, dtype=torch.float64, requires_grad=True)
    model, lengths = sentiment.model, torch.tensor([6])
    model.output(model.pool(model.read_segments(x, lengths), lengths))[0, 1].backward()
    reader = sentiment.reader()
    got = reader.back(reader.read(x.detach().numpy(), lengths.numpy()), np.array([[0.0, 1.0]]))
    np.testing.assert_allclose(got, x.grad, rtol=0, atol=1e-12)
    assert np.abs(got[0, 0]).max() > 0


@pytest.mark.parametrize(
    "rnn, pooling, segment", [("lstm", "attention", 3), ("gru", "mean+max", None), ("rnn", "last", None)]
)
def test_shares_gates_and_leaving_out_are_torchs(rnn, pooling, segment):
    sentiment = build(rnn, pooling, classes=3, segment=segment, bigrams=20, max_tokens=8)
    model, reader, text = sentiment.model, sentiment.reader(), "a b c zz d e f g h i j"
    ids, lengths = sentiment.encode(text)
    assert lengths == 8 and reader.encode(text).tolist() == ids[0].tolist()
    assert reader.words(text) == ["a", "b", "e", "f", "g", "h", "i", "j"]
    for target in range(3):
        want = token_saliency(model, ids, lengths, 1e-5, target)[0].numpy()
        got = reader.shares(text, 1e-5, target)
        np.testing.assert_allclose(got.shares, want, rtol=0, atol=1e-10)
        assert got.exact and got.shares.sum() == pytest.approx(got.difference - got.blank, abs=2e-4)
        logits = reader.logits(text)
        assert got.difference == pytest.approx(logits[target] - np.delete(logits, target).mean(), abs=1e-12)
        want = leave_one_out(model, ids, lengths, target)[0].numpy()
        np.testing.assert_allclose(reader.leave_one_out(text, target), want, rtol=0, atol=1e-10)
    pieces = nn.utils.rnn.pad_sequence(model.embed(ids)[0].split(segment or 8), batch_first=True)
    for letter, values in gate_trace(model.forward_rnn, pieces)[0].items():
        np.testing.assert_allclose(reader.trace(text)[letter], values.flatten(0, 1)[:8], rtol=0, atol=1e-10)


# What ships ----------------------------------------------------------------------------------------------------------


def test_the_shipped_model_answers_as_torchs():
    want = SHIPPED.predict_all(TEXTS)
    np.testing.assert_allclose(READER.predict_all(TEXTS), want, rtol=0, atol=1e-5)
    for text, p in zip(TEXTS, want):
        assert READER.predict(text) == pytest.approx(p, abs=1e-5)
    typed = "The film wasn\u2019t \u201cgood\u201d\u2026"  # by a phone
    assert READER.predict(typed) == READER.predict_all([typed])[0] == READER.predict('The film wasn\'t "good"...')
    assert READER.facts == SHIPPED.facts and READER.max_tokens == SHIPPED.max_tokens == 400
    assert READER.cells[0].keeps == "f" and READER.segment == 32


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("tolerance", [0.05, 0.1])
def test_each_word_of_the_shipped_model_has_the_share_that_torch_finds(text, tolerance):
    ids, lengths = SHIPPED.encode(text)
    got = READER.shares(text, tolerance)
    want = token_saliency(SHIPPED.model, ids, lengths, tolerance)[0].numpy()
    np.testing.assert_allclose(got.shares, want, rtol=0, atol=1e-3)
    assert got.exact and abs(got.shares.sum() - (got.difference - got.blank)) < 0.2
    if lengths < 100:
        want = leave_one_out(SHIPPED.model, ids, lengths)[0].numpy()
        np.testing.assert_allclose(READER.leave_one_out(text), want, rtol=0, atol=1e-4)


def test_many_texts_at_once_are_each_alone():
    rng = np.random.default_rng(0)
    rows = [rng.integers(0, 20_000, n).tolist() for n in rng.integers(1, 600, 150)]
    alone = np.concatenate([READER.logits_of([row]) for row in rows])
    np.testing.assert_allclose(READER.logits_of(rows), alone, rtol=0, atol=1e-4)


# Where shares are hard -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_logits_of_ten_thousand_end_with_shares_that_add_up_as_well_as_rounding_lets_them(monkeypatch, dtype):
    sentiment = build(pooling="mean", dtype=dtype)
    with torch.no_grad():
        sentiment.model.output.weight.mul_(1e5)
    read = []
    along = saliency._along
    monkeypatch.setattr(
        saliency, "_along", lambda r, x, points, pick: read.append(points.size) or along(r, x, points, pick)
    )
    got = sentiment.reader().shares("a b c d e f", 0.1)
    assert abs(got.difference) > 1e4 and np.isfinite(got.shares).all()
    assert got.shares.sum() == pytest.approx(got.difference - got.blank, rel=0.02)
    assert got.exact and sum(read) < 1000


def test_a_network_that_jumps_everywhere_ends_with_the_best_found_and_says_so(monkeypatch):
    reader = build(scale=60).reader()
    read, along = [], saliency._along
    monkeypatch.setattr(
        saliency, "_along", lambda r, x, points, pick: read.append(len(points)) or along(r, x, points, pick)
    )
    got = reader.shares("a b c d e f g h", 1e-4)
    assert not got.exact and np.isfinite(got.shares).all() and len(read) <= saliency.ROUNDS
    monkeypatch.setattr(saliency, "PATIENCE", 1000)
    read.clear()
    assert not reader.shares("a b c d e f g h", 1e-4).exact and sum(read) * 8 <= 1000


def test_weights_that_are_no_numbers_do_not_hang():
    reader = build().reader()
    reader.b[:] = np.nan
    assert not reader.shares("a b c").exact


def test_long_ways_are_walked_in_parts(monkeypatch):
    sentiment = build(segment=3)
    want, out = sentiment.reader().shares("a b c d e"), sentiment.reader().leave_one_out("a b c d e")
    monkeypatch.setattr(saliency, "AT_ONCE", 7)
    got = sentiment.reader().shares("a b c d e")
    np.testing.assert_allclose(got.shares, want.shares, rtol=0, atol=1e-12)
    np.testing.assert_allclose(sentiment.reader().leave_one_out("a b c d e"), out, rtol=0, atol=1e-12)


# Files and machines --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_half_precision_is_read_as_float32(dtype):
    sentiment = build(dtype=dtype)
    reader = sentiment.reader()
    sentiment.model.float()
    ids, lengths = pad(ROWS)
    got = reader.logits_of(ROWS)
    assert got.dtype == np.float32 and reader.shares("a b").shares.dtype.kind == "f"
    np.testing.assert_allclose(got, sentiment.model(ids, lengths).detach(), rtol=0, atol=1e-5)


ALONE = """
import importlib, json, sys
for name in ("torch", "sklearn", "scipy", "IPython", "pandas", "platformdirs", "safetensors", "matplotlib"):
    sys.modules[name] = None
from pathlib import Path
for path in Path("utils/arrays").glob("*.py"):
    importlib.import_module(f"utils.arrays.{path.stem}".removesuffix(".__init__"))
from utils.arrays.language import load_writer
from utils.arrays.sentiment import load_reader
reader, writer = load_reader(sys.argv[1]), load_writer(sys.argv[2])
text = sys.argv[3]
print(json.dumps([reader.predict(text), reader.shares(text).shares.tolist(), writer.write("The ", 40, seed=1)]))
"""


def test_it_runs_where_there_is_nothing_but_numpy():
    """As in a browser."""
    files = [str(DATA / f"{name}.safetensors") for name in ("sentiment", "language")]
    root = Path(__file__).parents[3]
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", ALONE, *files, REVIEW],
        cwd=root, env=os.environ | {"PYTHONPATH": str(root)}, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    p, shares, text = json.loads(done.stdout)
    assert p == pytest.approx(SHIPPED.predict(REVIEW), abs=1e-5)
    np.testing.assert_allclose(shares, READER.shares(REVIEW).shares, atol=1e-4)
    assert len(text) == 40


@pytest.mark.refusal("arrays.sentiment")
@pytest.mark.parametrize(
    "call, error, sentence",
    [
        (lambda: READER.predict(""), ValueError, "The text has no words; write at least one"),
        (lambda: READER.predict(None), TypeError, "text must be a string, got None"),
        (lambda: READER.predict_all([]), ValueError, "There is no text to read"),
        (lambda: READER.predict_all("a film"), TypeError, "Pass a list of texts; for one text there is predict"),
        (lambda: READER.predict_all(["a", " "]), ValueError, "Text 1 has no words; write at least one"),
        (lambda: READER.logits_of([[3], [20_000]]), ValueError, "Each id must be from 0 to 19999"),
        (lambda: READER.logits_of([[3], [-1]]), ValueError, "Each id must be from 0 to 19999"),
        (lambda: READER.shares("a", target=2), ValueError, "target must be below 2, the number of classes, got 2"),
        (lambda: READER.leave_one_out("a", target=0.5), TypeError, "target must be a whole number"),
        (lambda: READER.shares("a", 1e-9), ValueError, "tolerance must be at least 0.000119"),
        (lambda: load_reader("nowhere"), FileNotFoundError, "There is no file at nowhere.safetensors; make it with"),
        (lambda: load_reader(DATA / "language"), ValueError, "is not a saved model of this kind, max_tokens is"),
        (
            lambda: SentimentReader(as_arrays(SHIPPED.model.state_dict()), LETTERS, {"pooling": "sum"}, 9),
            ValueError, "pooling must be one of 'last', 'mean'",
        ),
        (
            lambda: build(partial(nn.LSTM, num_layers=2)).reader(),
            ValueError, "The reader takes one recurrent layer a direction",
        ),
        (lambda: build(partial(nn.LSTM, proj_size=2)).reader(), ValueError, "is no weight of an RNN, LSTM or GRU"),
    ],
)  # fmt: skip
def test_bad_input_gets_one_sentence(call, error, sentence):
    with refused(error, sentence):
        call()
