"""The explorers of lesson 06: their numbers are the model's and scikit-learn's, and nothing typed breaks them."""

import io
import itertools
import warnings

import numpy as np
import pytest
import torch
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from PIL import Image
from refused import refused
from sklearn import metrics
from torch import nn

from utils.arrays.sentiment import load_reader
from utils.course.explorers import Threshold, Truncation, TruncationTable, TypedReview, truncation_table
from utils.course.explorers.colored_words import AGAINST, FOR, UNKNOWN, ColoredWords, tint
from utils.course.explorers.threshold import precision_and_recall
from utils.course.explorers.truncation import HEADS, LENGTHS
from utils.course.explorers.typed_review import EXAMPLES, OWN, STRIPS, TWICE
from utils.data.batching import pad
from utils.models.classifier import Classifier
from utils.models.sentiment import Sentiment, load_sentiment
from utils.plots.style import PALETTE
from utils.probes.saliency import leave_one_out, token_saliency
from utils.text import Vocabulary, tokenise, truncate

SHIPPED = load_sentiment()


def words_of(explorer) -> list[str]:
    return [text.get_text() for text in explorer.words.texts if text.get_text()]


# The typed review -----------------------------------------------------------------------------------


@pytest.mark.parametrize("example", EXAMPLES)
@pytest.mark.parametrize("below", STRIPS)
def test_the_review_is_read_by_the_model(example, below):
    explorer = TypedReview(example=example, below=below)
    result = explorer.compute(**explorer.values())
    assert explorer.error is None and explorer.controls["text"].value == EXAMPLES[example]
    assert result["p"] == pytest.approx(SHIPPED.predict(EXAMPLES[example]), abs=1e-5)
    assert explorer.bar.get_width() == result["p"] and result["exact"]
    assert words_of(explorer) == tokenise(EXAMPLES[example])
    ids, lengths = SHIPPED.encode(EXAMPLES[example])
    near = token_saliency(SHIPPED.model, ids, lengths, tolerance=0.01)[0].numpy()
    np.testing.assert_allclose(result["shares"], near, atol=0.3)
    np.testing.assert_allclose(explorer.words.grounds.get_facecolor()[:, :3], tint(result["shares"]), atol=1e-6)
    assert f"{result['shares'].sum():+.1f}".replace("-", "−") in explorer._words
    if below == "shares":
        np.testing.assert_allclose(result["drops"], leave_one_out(SHIPPED.model, ids, lengths)[0], atol=1e-4)
        np.testing.assert_allclose(explorer.drops.get_ydata(), result["drops"])
        tips = [path.vertices[1, 1] for path in explorer.bars.get_paths()]
        np.testing.assert_allclose(tips, result["shares"], rtol=1e-6)


def test_the_gates_are_those_of_the_model_with_a_fresh_state_in_each_segment():
    text = " ".join(EXAMPLES.values())
    explorer = TypedReview(text=text)
    result = explorer.compute(**explorer.values())
    ids, lengths = SHIPPED.encode(text)
    assert lengths.item() > 64
    with torch.no_grad():
        h = SHIPPED.model.states(ids, lengths)[0, :, :32].numpy()  # the forward half
        x = SHIPPED.model.embed(ids)[0, 32:64]
        again = SHIPPED.model.forward_rnn.trace(x[None])[0]["f"][0].mean(-1).numpy()
    np.testing.assert_allclose(result["h"], h[:, result["unit"]], atol=1e-5)
    assert np.ptp(h, axis=0).argmax() == result["unit"]
    np.testing.assert_allclose(result["gate"][32:64], again, atol=1e-5)
    np.testing.assert_allclose(explorer.gate.get_ydata(), result["gate"])
    assert TypedReview(text="so good").strips["gates"][0].get_xlim() == (0.5, 32.5)
    begins = [path.vertices[0, 0] for path in explorer.fresh[0].get_paths()]
    assert begins[:2] == [32.5, 64.5] and explorer.strips["gates"][0].get_xlim()[1] % 32 == 0.5


def test_an_example_fills_the_box_and_typing_makes_the_words_ones_own():
    explorer = TypedReview()
    explorer.controls["example"].value = "irony"
    assert explorer.controls["text"].value == EXAMPLES["irony"]
    assert words_of(explorer) == tokenise(EXAMPLES["irony"])
    explorer.controls["text"].value += " Dreadful."
    assert explorer.controls["example"].value == OWN and words_of(explorer)[-2] == "dreadful"
    explorer.controls["example"].value = "not good"
    assert words_of(explorer) == tokenise(EXAMPLES["not good"])
    assert TypedReview(text="so good").values()["example"] == OWN


def test_each_change_draws_once(monkeypatch):
    explorer, drawn = TypedReview(), []
    original = TypedReview.compute
    monkeypatch.setattr(TypedReview, "compute", lambda self, **values: drawn.append(1) or original(self, **values))
    explorer.controls["example"].value = "irony"
    assert len(drawn) == 1
    explorer.controls["text"].value = "so good"
    assert len(drawn) == 2
    explorer.controls["below"].value = "shares"
    assert len(drawn) == 3


@pytest.mark.parametrize("text", ["", "   ", "\n\t"])
@pytest.mark.parametrize("below", STRIPS)
def test_without_words_it_asks_for_some(text, below):
    explorer = TypedReview(below=below)
    explorer.controls["text"].value = text
    assert explorer.error is None and "There is no word to read yet" in explorer.caption.value
    assert words_of(explorer) == [] and explorer.bar.get_width() == 0
    explorer.controls["text"].value = EXAMPLES["clear praise"]
    again = TypedReview(below=below)
    assert explorer.picture.value == again.picture.value  # nothing of the empty picture stays


def test_unknown_words_are_gray_and_said():
    explorer = TypedReview(text="xyzzy qwrtl $a$")
    assert "knows none of the words: 3 times" in explorer._words
    assert {text.get_color() for text in explorer.words.texts[:3]} == {UNKNOWN}
    explorer = TypedReview(text="a xyzzy film")
    assert "Unknown to it and gray: 1." in explorer._words
    assert [text.get_color() for text in explorer.words.texts[:3]] == [PALETTE["text"], UNKNOWN, PALETTE["text"]]


def test_of_a_long_text_the_ends_are_shown_and_what_is_read_is_said():
    words = [f"word{i}" for i in range(1000)]
    explorer = TypedReview(text=" ".join(words))
    shown, read = words_of(explorer), truncate(words, 400)
    gap = next(i for i, word in enumerate(shown) if " words " in word)
    assert shown[:gap] == read[:gap] and shown[gap + 1 :] == read[-(len(shown) - gap - 1) :]
    assert shown[gap] == f"… {400 - len(shown) + 1} words …" and len(shown) > 60
    mixed = TypedReview(text=" ".join(["good", *words]))
    assert "Of 1001 words it reads the first 100 and the last 300." in mixed._words and len(mixed._words) < 290


def test_the_second_opinion_is_left_out_where_it_would_take_too_long():
    explorer = TypedReview(text="good " * TWICE, below="shares")
    assert len(explorer.drops.get_xdata()) == TWICE
    explorer.controls["text"].value += "good"
    assert len(explorer.drops.get_xdata()) == 0 and explorer.error is None


@pytest.mark.parametrize("text", ["<b>bad</b> &amp;", "a" * 5000, "good. " * 3000, "$\\frac$ $x^2$ $", "映画 film 🎬"])
@pytest.mark.parametrize("below", STRIPS)
def test_nothing_typed_breaks_it(text, below):
    explorer = TypedReview(below=below)
    size = Image.open(io.BytesIO(explorer.picture.value)).size
    explorer.controls["text"].value = text
    assert explorer.error is None and len(explorer._words) < 290
    assert Image.open(io.BytesIO(explorer.picture.value)).size == size == (900, 520)


@pytest.mark.parametrize("below", STRIPS)
def test_a_moved_picture_equals_a_fresh_one(below):
    moved = TypedReview(example="but", below=below)
    for text in (" ".join(EXAMPLES.values()), "", EXAMPLES["irony"]):
        moved.controls["text"].value = text
    fresh = TypedReview(text=EXAMPLES["irony"], below=below)
    images = [np.asarray(Image.open(io.BytesIO(e.picture.value))).astype(int) for e in (moved, fresh)]
    assert np.abs(images[0] - images[1]).max() == 0


@pytest.mark.parametrize("rnn, letter", [("lstm", "f"), (nn.LSTM, "f"), ("gru", "z"), ("rnn", None)])
@pytest.mark.parametrize("segment", [None, 3])
def test_any_classifier_of_ones_own(rnn, letter, segment):
    torch.manual_seed(0)
    options = {"rnn": rnn, "pooling": "mean", "segment": segment, "bigrams": 10, "embedding": 4, "hidden": 3}
    own = Sentiment(Classifier(6, **options), Vocabulary(["a", "good", "bad", "film"]), options, 8)
    for below in STRIPS:
        explorer = TypedReview(own, text="a good film a bad film", below=below)
        assert explorer.error is None and explorer.letter == letter
        labels = " ".join(text.get_text() for text in explorer.strips["gates"][0].get_legend().get_texts())
        assert (f"${letter}$" in labels) == (letter is not None) and ("fresh" in labels) == (segment is not None)


@pytest.mark.refusal("course.explorers")
@pytest.mark.parametrize("other", [Classifier(9), "a text", 3])
def test_only_a_sentiment_can_be_typed_to(other):
    with refused(TypeError, r"sentiment must be a Sentiment, such as load_sentiment\(\) gives, or a reader, got "):
        TypedReview(other)


def test_the_shipped_model_is_read_once_and_a_reader_or_a_sentiment_of_ones_own_is_shown_alike():
    explorer = TypedReview(below="shares")
    assert explorer.reader is TypedReview().reader
    for own in (SHIPPED, SHIPPED.reader(), load_reader()):
        assert TypedReview(own, below="shares")._words == explorer._words


def test_shares_that_do_not_add_up_are_called_rough():
    class Jumping(TypedReview):
        def compute(self, **values):
            return super().compute(**values) | {"exact": False}

    assert "rough" in Jumping()._words and "rough" not in TypedReview()._words


def test_colors_follow_the_sign_and_grow_with_the_number():
    assert tint([0]).tolist() == [[1, 1, 1]]
    colors = tint([0.5, 1, 4, 9, -4])
    distance = np.linalg.norm(1 - colors, axis=1)
    assert (np.diff(distance[:3]) > 0).all() and distance[2] == distance[3]
    for color, full in ((colors[2], FOR), (colors[4], AGAINST)):
        np.testing.assert_allclose(1 - color, 0.75 * (1 - np.array(to_rgb(full))))


@pytest.mark.parametrize("n", [1, 40, 90, 400])
def test_no_ground_touches_another_or_leaves_the_picture(n):
    words = ColoredWords(Figure(figsize=(9, 2), dpi=100).add_axes((0, 0, 1, 1)), 876, 6, lambda artist: artist)
    words.show(["extraordinary", "a", "film", "."] * n, np.ones(4 * n), np.ones(4 * n, dtype=bool))
    boxes = [path.get_extents() for path in words.grounds.get_paths()]
    assert max(box.x1 for box in boxes) <= 876 and max(box.y1 for box in boxes) <= 6 * 26
    for one, two in itertools.pairwise(boxes):
        assert two.x0 > one.x1 or two.y0 > one.y1
    assert len(boxes) == 4 * n or n > 20


# The threshold --------------------------------------------------------------------------------------

rng = np.random.default_rng(0)
Y = rng.integers(0, 2, 400)
P = np.round(np.clip(0.25 + 0.5 * Y + rng.normal(0, 0.25, 400), 0.01, 0.99), 2)  # rounded: ties with the slider


def test_at_each_threshold_the_counts_are_scikit_learns():
    explorer = Threshold(P, Y)
    for t in np.linspace(0, 1, 101):
        result, called = explorer.compute(t), (P >= t).astype(int)
        assert [[result["tn"], result["fp"]], [result["fn"], result["tp"]]] == metrics.confusion_matrix(
            Y, called, labels=[0, 1]
        ).tolist()
        assert result["recall"] == pytest.approx(metrics.recall_score(Y, called))
        assert result["f1"] == pytest.approx(metrics.f1_score(Y, called, zero_division=0))
        assert result["accuracy"] == pytest.approx(metrics.accuracy_score(Y, called))
        if called.any():
            assert result["precision"] == pytest.approx(metrics.precision_score(Y, called))
        else:
            assert np.isnan(result["precision"])


def test_the_point_lies_on_the_curve_and_the_line_at_the_threshold():
    explorer = Threshold(P, Y)
    precision, recall, _ = metrics.precision_recall_curve(Y, P)
    curve = explorer._figure.axes[1].lines[0]
    np.testing.assert_array_equal(curve.get_xydata(), np.stack([recall, precision], 1))
    for t in (0.0, 0.31, 0.5, 0.9):
        explorer.controls["threshold"].value = t
        assert explorer.error is None
        point = explorer.point.get_xydata()[0]
        assert np.abs(np.stack([recall, precision], 1) - point).sum(1).min() < 1e-12
        assert explorer.line.get_xdata()[0] == t == pytest.approx(explorer.called.get_x())
        assert int(explorer.counts["tp"].get_text()) == explorer.compute(t)["tp"]


@pytest.mark.parametrize("digits", [0, 1, 2, 9])  # many ties, and none
def test_precision_and_recall_at_all_thresholds_are_scikit_learns(digits):
    p = np.round(np.clip(P + rng.normal(0, 0.01, len(P)), 0, 1), digits)
    for found, want in zip(precision_and_recall(p, Y), metrics.precision_recall_curve(Y, p)):
        np.testing.assert_array_equal(found, want)


def test_when_nothing_is_called_positive_precision_is_undefined_and_that_is_said():
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)  # NumPy's, of a division by zero
        explorer = Threshold(P, Y, threshold=1.0)
    assert explorer.error is None and np.isnan(explorer.point.get_ydata()).all()
    said = "At 1.00 no review is called positive, so precision is undefined; recall is 0.00, F1 0.00 and accuracy "
    assert explorer._words == f"{said}{1 - Y.mean():.2f}."
    assert "400 of 400 reviews are called positive" in Threshold(P, Y, threshold=0.0)._words


def test_lists_and_tensors_are_data_too():
    want = Threshold(P, Y).picture.value
    assert Threshold(P.tolist(), Y.tolist()).picture.value == want
    assert Threshold(torch.from_numpy(P), torch.from_numpy(Y)).picture.value == want


@pytest.mark.refusal("course.explorers")
@pytest.mark.parametrize(
    "p, labels, error, sentence",
    [
        (["a", "b"], [0, 1], TypeError, "probabilities must be an array of numbers"),
        ([0.5, 0.5], [0, 1, 1], ValueError, r"two arrays \(N,\), one entry a review, got \(2,\) and \(3,\)."),
        ([[0.5, 0.5]], [[0, 1]], ValueError, r"got \(1, 2\) and \(1, 2\)."),
        ([], [], ValueError, "one entry a review"),
        ([1.5, 0.2], [0, 1], ValueError, "Each probability must be from 0 to 1: pass logits.softmax"),
        ([float("nan"), 0.2], [0, 1], ValueError, "Each probability must be from 0 to 1"),
        ([0.5, 0.2], [1, 1], ValueError, "labels must hold both 0"),
        ([0.5, 0.2], [1, 2], ValueError, "labels must hold both 0"),
    ],
)
def test_other_data_for_the_threshold_is_refused(p, labels, error, sentence):
    with refused(error, sentence):
        Threshold(p, labels)


# Truncation -----------------------------------------------------------------------------------------


def reviews(count=60, length=40):
    """Ids whose answer stands in the third word alone: 2 is negative, 3 positive; and a model that reads it."""
    labels = np.arange(count) % 2
    ids = [[4, 4, 2 + int(label), *[4] * (length - 3)] for label in labels]
    torch.manual_seed(0)
    model = Classifier(5, 2, 3, pooling="mean", bidirectional=False, dropout=0.5)
    with torch.no_grad():
        model.embedding.weight[2:4] = torch.tensor([[-9.0, 0], [9.0, 0]])
        model.embedding.weight[4] = 0
        for weights in model.forward_rnn.parameters():
            weights.zero_()
        model.forward_rnn.cells[0].W_g.weight[0, 0] = 1
        model.output.weight.copy_(torch.tensor([[-1.0, 0, 0], [1.0, 0, 0]]))
        model.output.bias.copy_(torch.tensor([0.001, 0]))  # without a hint it says negative
    return model, ids, labels


def test_the_table_counts_right_answers_of_what_is_read():
    model, ids, labels = reviews()
    table = truncation_table(model.train(), ids, labels, lengths=(2, 4, 8, 40), heads=(0.0, 0.5, 1.0))
    assert model.training
    np.testing.assert_array_equal(table.accuracy, [[0.5, 0.5, 0.5, 1], [0.5, 0.5, 1, 1], [0.5, 1, 1, 1]])
    np.testing.assert_allclose(table.read, [0.05, 0.1, 0.2, 1])
    assert (table.seconds > 0).all() and (table.reviews, table.typical) == (60, 40)


def test_the_seconds_of_a_thousand_reviews_are_the_mean_over_the_heads(monkeypatch):
    class Clock:
        """Each reading of n words takes n/100 s by this clock, twice as much from the beginning alone."""

        now = 0.0

        def logits_of(self, rows):
            self.now += len(rows[0]) / 100 * (2 if rows[0][0] == 7 else 1)
            return np.zeros((len(rows), 2))

    clock, ids = Clock(), [[7] + [8] * 99 for _ in range(50)]
    monkeypatch.setattr("utils.course.explorers.truncation.time.perf_counter", lambda: clock.now)
    table = truncation_table(clock, ids, [0] * 50, (10, 40), (0.0, 1.0))
    np.testing.assert_allclose(table.seconds, [0.15 * 1000 / 50, 0.6 * 1000 / 50])
    said = Truncation(table, words=40, part=0.0)._words
    assert "right on 1.000 of 50 reviews" in said and "It reads 40 % of all words, in 12 s per 1,000 reviews." in said


def test_the_table_is_that_of_the_model_one_review_at_a_time():
    texts = list(EXAMPLES.values()) * 12  # more than are read side by side
    ids, labels = [SHIPPED.vocabulary.encode(tokenise(text)) for text in texts], np.arange(len(texts)) % 2
    table = truncation_table(SHIPPED, ids, labels, (3, 10), (0.25, 1.0))
    for model in (SHIPPED.model, SHIPPED.reader()):
        np.testing.assert_array_equal(
            truncation_table(model, ids, labels, (3, 10), (0.25, 1.0)).accuracy, table.accuracy
        )
    for (i, head), (j, n) in itertools.product(enumerate((0.25, 1.0)), enumerate((3, 10))):
        with torch.no_grad():
            says = [SHIPPED.model(*pad([truncate(row, n, head)])).argmax().item() for row in ids]
        assert table.accuracy[i, j] == np.mean(np.array(says) == labels)


ACCURACY = np.linspace(0.6, 0.95, 24).reshape(4, 6)
TABLE = TruncationTable(LENGTHS, HEADS, ACCURACY, np.linspace(0.05, 0.9, 6), np.linspace(0.1, 0.6, 6), 1000, 170)


@pytest.mark.parametrize("words", LENGTHS)
@pytest.mark.parametrize("part", HEADS)
def test_the_picture_shows_the_chosen_row_and_what_is_read(words, part):
    explorer = Truncation(TABLE, words=words, part=part)
    i, j = HEADS.index(part), LENGTHS.index(words)
    assert explorer.error is None
    np.testing.assert_array_equal(explorer.chosen.get_ydata(), ACCURACY[i])
    assert explorer.point.get_xydata().tolist() == [[words, ACCURACY[i, j]]]
    band = explorer.band.get_paths()[0].vertices[:12, 1]
    error = 2 * np.sqrt(ACCURACY[i] * (1 - ACCURACY[i]) / 1000)
    np.testing.assert_allclose(band, [*(ACCURACY[i] + error), *(ACCURACY[i] - error)[::-1]])
    filled = [n for a in explorer.parts for n in range(int(a.get_x()), int(a.get_x() + a.get_width()))]
    assert filled == list(truncate(range(170), words, part))
    assert f"right on {ACCURACY[i, j]:.3f} of 1,000 reviews" in explorer._words and 40 < len(explorer._words) < 290


def test_a_table_of_other_sizes_is_drawn():
    table = TruncationTable((5,), (0.1,), np.array([[1.0]]), np.ones(1), np.ones(1), 10, 3)
    explorer = Truncation(table)
    assert explorer.error is None and "10 % beginning, rest end" in explorer._words


MODEL, IDS, LABELS = reviews()


@pytest.mark.refusal("course.explorers")
@pytest.mark.parametrize(
    "call, error, sentence",
    [
        (
            lambda: truncation_table(nn.LSTM(2, 3), IDS, LABELS),
            TypeError,
            "model must be a Classifier, a Sentiment or a",
        ),
        (lambda: truncation_table(MODEL, IDS, LABELS[1:]), ValueError, "There must be one label for each text"),
        (lambda: truncation_table(MODEL, [[]], [0]), ValueError, "Text 0 has no words"),
        (lambda: truncation_table(MODEL, [], []), ValueError, "ids must hold at least one review"),
        (lambda: truncation_table(MODEL, IDS, LABELS, (10, 5)), ValueError, "lengths must ascend"),
        (lambda: truncation_table(MODEL, IDS, LABELS, ()), ValueError, "at least one entry each"),
        (lambda: truncation_table(MODEL, IDS, LABELS, (0, 5)), ValueError, "Each of lengths must be at least 1"),
        (lambda: truncation_table(MODEL, IDS, LABELS, (5,), (2,)), ValueError, "Each of heads must be between 0 and 1"),
        (lambda: Truncation([0.5]), TypeError, "table must be what truncation_table gives, got list."),
    ],
)
def test_bad_input_gets_one_sentence(call, error, sentence):
    with refused(error, sentence):
        call()
