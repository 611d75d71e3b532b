"""The writer in NumPy against the language model of torch: the same scores, the same texts, the same gradients."""

import numpy as np
import pytest
import torch
from refused import refused

from utils import cells
from utils.arrays import language as module
from utils.arrays.language import load_writer
from utils.files import DATA
from utils.models.language import ALPHABET, Language, load_language
from utils.models.language_model import LanguageModel

SHIPPED, WRITER = load_language(), load_writer()
START = "An exception is raised when "


def build(rnn="lstm", layers=1, dtype=torch.float64):
    torch.manual_seed(0)
    options = {"embedding": 5, "hidden": 7, "num_layers": layers, "rnn": rnn}
    model = LanguageModel(len(ALPHABET), **options).to(dtype)
    with torch.no_grad():
        for weights in model.parameters():
            weights.mul_(3)  # so that the past matters
    return Language(model, options)


KINDS = ["rnn", "lstm", "gru", cells.LSTM, lambda *a, **o: cells.GRU(*a, reset="before", **o)]
KINDS += [lambda *a, **o: torch.nn.RNN(*a, nonlinearity="relu", **o)]


@pytest.mark.parametrize("rnn", KINDS)
@pytest.mark.parametrize("layers", [1, 3])
def test_scores_and_states_of_any_model_are_torchs(rnn, layers):
    language = build(rnn, layers)
    writer = language.reader()
    with torch.no_grad():
        want, state = language.model(language.encode(START)[None])
    logits, after = writer.read(START)
    np.testing.assert_allclose(logits, want[0].numpy(), rtol=0, atol=1e-10)
    state = state if isinstance(state, tuple) else (state,)
    for layer in range(layers):
        for own, theirs in zip(after[layer], state):
            np.testing.assert_allclose(own, theirs[layer, 0].numpy(), rtol=0, atol=1e-10)
    begun = writer.read(START[:9])[1]
    np.testing.assert_allclose(writer.read(START[9:], begun)[0], logits[9:], rtol=0, atol=1e-12)


def test_the_shipped_model_answers_as_torchs():
    for text in ("\n", "a", START, "In this case, "):
        np.testing.assert_allclose(WRITER.logits(text), SHIPPED.logits(text).numpy(), rtol=0, atol=1e-5)
    text = START * 80  # more than one piece
    assert WRITER.bits_per_character(text) == pytest.approx(SHIPPED.bits_per_character(text), abs=1e-5)
    assert WRITER.bits_per_character("ab") == pytest.approx(SHIPPED.bits_per_character("ab"), abs=1e-5)
    assert WRITER.alphabet == SHIPPED.alphabet and WRITER.facts == SHIPPED.facts


@pytest.mark.parametrize("length", [999, 1000, 1001, 2000])
def test_bits_count_every_character_once_wherever_a_piece_ends(monkeypatch, length):
    text = (START * 80)[:length]
    in_pieces = WRITER.bits_per_character(text)
    monkeypatch.setattr(module, "PIECE", 10**6)
    assert WRITER.bits_per_character(text) == pytest.approx(in_pieces, rel=1e-5)


@pytest.mark.parametrize("options", [{}, {"temperature": 0.7}, {"temperature": 1.5, "top_k": 20, "top_p": 0.9}])
@pytest.mark.parametrize("kind", ["ships", "gru", "rnn"])
def test_the_same_numbers_write_the_same_text(monkeypatch, options, kind):
    language = SHIPPED if kind == "ships" else build(kind, 2)
    writer = WRITER if kind == "ships" else language.reader()
    dice = iter(np.random.default_rng(3).random(200, np.float32))
    monkeypatch.setattr(torch, "rand", lambda *size, **o: torch.full(size, float(next(dice))))
    assert writer.write(START, 200, seed=3, **options) == language.write(START, 200, **options)


def test_a_stream_says_how_probable_each_character_was():
    logits, state = WRITER.read(START)
    logits, before = logits[-1], START
    for written in WRITER.stream(logits, state, np.random.default_rng(0).random(20), temperature=2.0):
        want = SHIPPED.logits(before).softmax(0)[ALPHABET.index(written.character)].item()
        assert written.chance == pytest.approx(want, rel=1e-3)
        before += written.character
        np.testing.assert_allclose(written.logits, SHIPPED.logits(before).numpy(), rtol=0, atol=1e-4)


@pytest.mark.filterwarnings("error")
def test_the_chance_of_what_the_model_would_never_write_is_no_overflow():
    writer = load_writer()
    logits = np.full(96, -1000.0, np.float32)
    logits[5] = 0
    (written,) = writer.stream(logits, writer.read("a")[1], np.array([0.99]), temperature=1e6)
    assert 0 <= written.chance < 1e-300


@pytest.mark.parametrize("layers", [1, 2])
def test_the_gradient_of_a_score_is_autograds(layers):
    language = build("lstm", layers)
    x = language.model.embedding(language.encode(START)).detach().requires_grad_()
    h, _ = language.model.rnn(x[None])
    language.model.output(h)[0, -1, ALPHABET.index("t")].backward()
    got = language.reader().gradient(START, "t")
    np.testing.assert_allclose(got, x.grad.numpy(), rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_half_precision_is_read_as_float32(dtype):
    language = build("lstm", dtype=dtype)
    writer = language.reader()
    assert writer.logits("abc").dtype == np.float32
    language.model.float()
    np.testing.assert_allclose(writer.logits("abc"), language.logits("abc").numpy(), rtol=0, atol=1e-5)


def test_characters_there_and_back():
    assert WRITER.decode(WRITER.encode(START)) == START


def test_a_text_as_phones_type_it_is_read_as_it_is_meant():
    typed, meant = "It’s “so”…\u00a0— ﬁne\r\n", 'It\'s "so"... - fine\n'
    assert WRITER.decode(WRITER.encode(typed)) == meant
    assert WRITER.bits_per_character(typed) == WRITER.bits_per_character(meant)
    assert WRITER.write(typed, 5, seed=1) == WRITER.write(meant, 5, seed=1)


@pytest.mark.refusal("arrays.language")
@pytest.mark.parametrize(
    "call, error, sentence",
    [
        (lambda: WRITER.logits(""), ValueError, "The text is empty; write at least one character"),
        (lambda: WRITER.logits("naïve"), ValueError, "The model does not know 'ï'; write with a keyboard's"),
        (lambda: WRITER.bits_per_character(""), ValueError, "The text is empty; write at least one character"),
        (lambda: WRITER.logits(None), TypeError, "text must be a string, got None"),
        (lambda: WRITER.write("a", 3, temperature=0), ValueError, "temperature must be above 0"),
        (lambda: WRITER.write("a", 3, seed=-1), ValueError, "seed must be at least 0"),
        (lambda: WRITER.write("a", 0), ValueError, "steps must be at least 1"),
        (lambda: load_writer("nowhere.safetensors"), FileNotFoundError, "There is no file at nowhere.*; make it with"),
        (lambda: load_writer(__file__), ValueError, "is damaged, or not a file of this course"),
        (lambda: load_writer(DATA / "imdb_sample.jsonl"), ValueError, "is damaged, or not a file of this course"),
    ],
)
def test_bad_input_gets_one_sentence(call, error, sentence):
    with refused(error, sentence):
        call()
