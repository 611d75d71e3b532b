"""TypedReview: its numbers are the model's, torch's and scikit-learn's, and nothing typed breaks it."""

import io
import itertools

import numpy as np
import pytest
import torch
from PIL import Image
from refused import refused
from torch import nn

from utils.arrays.sentiment import load_reader
from utils.course.explorers import TypedReview, lettering, word_lines
from utils.course.explorers.shipped import bag
from utils.course.explorers.typed_review import EXAMPLES, FIELD, OWN, ROOM, SUMS, TWICE, disagree, half_of
from utils.models.classifier import Classifier
from utils.models.sentiment import Sentiment, load_sentiment
from utils.probes.saliency import leave_one_out, token_saliency
from utils.text import Vocabulary, tokenise, truncate

SHIPPED = load_sentiment()
LONG = " ".join(EXAMPLES.values())


def words_of(explorer) -> list[str]:
    return [text.get_text() for text in explorer.texts if text.get_text()]


def said(value) -> str:
    return f"{value:+.1f}".replace("-", "−").replace("−0.0", "0.0").replace("+0.0", "0.0")


def result_of(explorer) -> dict:
    return explorer.compute(**explorer.values())


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_review_is_read_by_both_models(example):
    text = EXAMPLES[example]
    explorer = TypedReview(example=example)
    result, words = result_of(explorer), tokenise(text)
    assert explorer.error is None and explorer.controls["text"].value == text and result["words"] == words
    assert result["p"][0] == pytest.approx(SHIPPED.predict(text), abs=1e-5)
    assert result["p"][1] == pytest.approx(1 / (1 + np.exp(-bag().log_odds(words))))
    assert [bar.get_width() / 560 for bar in explorer.bars] == pytest.approx(result["p"])
    ids, lengths = SHIPPED.encode(text)
    np.testing.assert_allclose(
        result["shares"], token_saliency(SHIPPED.model, ids, lengths, tolerance=0.01)[0].numpy(), atol=0.3
    )
    np.testing.assert_allclose(result["drops"], leave_one_out(SHIPPED.model, ids, lengths)[0], atol=1e-4)
    np.testing.assert_allclose(result["bag"], bag().shares(words))
    for shares, begin, z in zip((result["shares"], result["bag"]), result["from"], result["z"]):
        assert begin + shares.sum() == pytest.approx(z, abs=0.3)


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_numbers_in_words_are_those_computed(example):
    explorer = TypedReview(example=example)
    result, told = result_of(explorer), explorer._words
    for p, name in zip(result["p"], ("LSTM", "bag of words")):
        assert f"{name} {'below 0.01' if p < 0.01 else 'above 0.99' if p > 0.99 else f'{p:.2f}'}" in told
    t = np.abs(result["shares"] - result["bag"]).argmax()
    assert f"differ most on “{result['words'][t]}”, {said(result['shares'][t])} and {said(result['bag'][t])}." in told
    begin, end = result["half"]
    way = result["shares"].sum()
    assert result["shares"][begin:end].sum() / way >= 0.5
    logits = f"at {said(result['from'][0])} logits, with these at {said(result['z'][0])}: half"
    assert f"all vectors 0 the LSTM is {logits}" in told
    assert (f"words {begin + 1} to {end}," if end > begin + 1 else f"word {end},") in told
    apart = np.flatnonzero(result["apart"])
    if len(apart):
        most = apart[np.abs(result["shares"] - result["drops"])[apart].argmax()]
        doubt = f"“{result['words'][most]}”: {said(result['drops'][most])} (the circle) against"
        assert f"of {len(apart)} framed word" in told and f"{doubt} {said(result['shares'][most])}." in told
    else:
        assert "agrees with the LSTM's shares everywhere" in told


@pytest.mark.parametrize("text", [EXAMPLES["irony"], LONG])
def test_each_word_has_its_columns_over_and_under_it(text):
    explorer = TypedReview(text=text)
    result = result_of(explorer)
    shown = [t for line in result["lines"] for t in line]
    assert words_of(explorer) == [result["written"][t] for t in shown]
    columns = [path.get_extents() for path in explorer.columns.get_paths()]
    assert len(columns) == 2 * len(shown)
    tallest = []
    for k, t in enumerate(shown):
        x, y = explorer.texts[k].get_position()
        for box, name, sign in zip(columns[2 * k : 2 * k + 2], ("shares", "bag"), (1, -1)):
            assert (box.x0 + box.x1) / 2 == pytest.approx(x) and sign * (y - (box.y0 + box.y1) / 2) > 0
            if abs(result[name][t]) > 0.01:
                tallest.append((box.y1 - box.y0) / abs(result[name][t]))
    assert np.ptp(tallest) < 1e-6 * tallest[0]  # one scale for both
    zeros = [line[0, 1] for line in explorer.zeros.get_segments()]  # of the LSTM and the bag, line by line
    for of_lstm, of_bag, line in zip(zeros[::2], zeros[1::2], result["lines"]):
        words = explorer.texts[shown.index(line[0])].get_position()[1]
        assert words - of_lstm == pytest.approx(of_bag - words)
    circles = np.column_stack(explorer.dots.get_data())
    framed = [t for t in shown if result["apart"][t]]
    assert len(circles) == len(explorer.frames.get_paths()) == len(framed)
    for (x, y), t, frame in zip(circles, framed, explorer.frames.get_paths()):
        line = next(k for k, line in enumerate(result["lines"]) if t in line)
        assert zeros[2 * line] - y == pytest.approx(tallest[0] * result["drops"][t], abs=0.01)
        box = frame.get_extents()
        assert box.x0 < x < box.x1 and explorer.texts[shown.index(t)].get_position()[0] == pytest.approx(x)


@pytest.mark.parametrize("example", EXAMPLES)
def test_what_is_explained_is_there_and_what_is_there_is_explained(example):
    explorer = TypedReview(example=example)
    for line in range(1, explorer.controls["line"].max + 1):
        explorer.controls["line"].value = line
        circles = len(explorer.dots.get_xdata())
        assert bool(explorer.ring_name.get_text()) == (len(explorer.ring.get_xdata()) == 1) == (circles > 0)
        assert bool(explorer.window_name.get_text()) == (explorer.window.get_width() > 0)
    left, right = explorer.half.get_x(), explorer.half.get_x() + explorer.half.get_width()
    name, x = explorer.half_name, explorer.half_name.get_position()[0]
    wide = lettering.length(name.get_text(), 9)
    begin, end = (x, x + wide) if name.get_ha() == "left" else (x - wide, x)
    assert name.get_text() and (begin > right or end < left) and begin >= SUMS["left"] and end <= SUMS["right"]


def test_the_sums_begin_at_blank_words_and_end_at_the_answers():
    explorer = TypedReview(example="not good")
    result = result_of(explorer)
    middle = (SUMS["top"] + SUMS["bottom"]) / 2
    heights = [middle - line.get_ydata() for line in explorer.sums]
    unit = heights[0][0] / result["from"][0]  # pixels of one logit
    for height, name, begin in zip(heights, ("shares", "bag"), result["from"]):
        np.testing.assert_allclose(height / unit, np.cumsum([begin, *result[name]]), atol=1e-5)
    ends = [text.get_text() for text in explorer.ends]
    assert ends == [f"{name} {said(z)}" for name, z in zip(("LSTM", "bag"), result["z"])]


def test_disagreeing_is_being_less_than_a_quarter_or_of_the_other_sign():
    shares = np.array([2.0, 2.0, -2.0, 0.9, 0.2, -4.0, 0.1])
    drops = np.array([0.4, 0.6, 0.3, -0.9, 1.5, -1.1, 0.0])
    assert disagree(shares, drops).tolist() == [True, False, True, False, True, False, False]
    np.testing.assert_array_equal(disagree(shares, drops), disagree(drops, shares))


def test_half_of_the_way_is_the_shortest_stretch():
    assert half_of(np.array([0.1, 0, 1, 1, -0.2, 0.1])) == (2, 3)
    assert half_of(-np.array([0.5, 0.6, 0.5, 0.1, 0.4])) == (0, 2)  # of equally short ones, the one that does more
    assert half_of(np.array([3, -3, 0.5])) is None
    rng = np.random.default_rng(0)
    for _ in range(50):
        shares = rng.normal(0.2, 1, 12)
        if (found := half_of(shares)) is not None:
            does = {(i, j): shares[i:j].sum() / shares.sum() for i in range(12) for j in range(i + 1, 13)}
            fewest = min(j - i for (i, j), gain in does.items() if gain >= 0.5)
            assert found[1] - found[0] == fewest and does[found] == pytest.approx(
                max(gain for (i, j), gain in does.items() if j - i == fewest)
            )


def test_an_example_fills_the_box_and_typing_makes_the_words_ones_own():
    explorer = TypedReview()
    explorer.controls["example"].value = "irony"
    assert explorer.controls["text"].value == EXAMPLES["irony"] and words_of(explorer) == tokenise(EXAMPLES["irony"])
    explorer.controls["text"].value += " Dreadful."
    assert explorer.controls["example"].value == OWN and words_of(explorer)[-2] == "dreadful"
    explorer.controls["example"].value = "not good"
    assert words_of(explorer) == tokenise(EXAMPLES["not good"])
    assert TypedReview(text="so good").values()["example"] == OWN


def test_each_change_draws_once_and_moving_the_lines_asks_no_model_again(monkeypatch):
    explorer, drawn, asked = TypedReview(example="but"), [], []
    original, ask = TypedReview.compute, type(explorer.reader).shares
    monkeypatch.setattr(TypedReview, "compute", lambda self, **values: drawn.append(1) or original(self, **values))
    monkeypatch.setattr(type(explorer.reader), "shares", lambda *given: asked.append(1) or ask(*given))
    explorer.controls["example"].value = "a long one"
    assert (len(drawn), len(asked)) == (1, 1)
    explorer.controls["line"].value = 2
    assert (len(drawn), len(asked)) == (2, 1)
    explorer.controls["text"].value = "so good"
    assert (len(drawn), len(asked)) == (3, 2)


def test_two_lines_are_shown_from_the_one_that_is_chosen():
    explorer = TypedReview(example="a long one")
    every = word_lines.wrap(tokenise(EXAMPLES["a long one"]), ROOM)
    line = explorer.controls["line"]
    assert line.max == len(every) - 1 >= 4 and not line.disabled
    assert result_of(explorer)["half"][0] in {t for at in result_of(explorer)["lines"] for t in at}
    for first in range(1, line.max + 1):
        line.value = first
        assert result_of(explorer)["lines"] == every[first - 1 : first + 1]
    explorer.controls["example"].value = "not good"
    assert line.disabled and line.value == line.max == 1
    assert TypedReview(line=3, text=LONG).values()["line"] == 3


def test_the_line_that_is_typed_in_is_shown():
    explorer = TypedReview(text=LONG)
    line, text = explorer.controls["line"], explorer.controls["text"]
    text.value += " Dreadful"
    assert line.value == line.max and words_of(explorer)[-1] == "dreadful"
    text.value = text.value.replace("Dreadful", "Good")
    assert line.value == line.max
    text.value = "Not " + LONG
    assert line.value == 1 and words_of(explorer)[0] == "not"


@pytest.mark.parametrize("n", [1, 40, 90, 400])
def test_lines_hold_every_word_once_and_no_column_touches_another_or_leaves_the_picture(n):
    words = np.random.default_rng(n).choice(["extraordinary", "a", "film", ".", "good", "it"], 4 * n).tolist()
    lines = word_lines.wrap(words, ROOM)
    assert [t for line in lines for t in line] == list(range(4 * n))
    for line, stretch in itertools.product(lines, (1.0, 3.0)):
        found = word_lines.places([words[t] for t in line], ROOM, stretch)
        for (left, wide), (after, _) in itertools.pairwise(found):
            assert after > left + wide
        assert FIELD["left"] + sum(found[-1]) <= FIELD["right"] + 1e-6
        assert all(wide >= word_lines.width(words[t]) for t, (_, wide) in zip(line, found))
    for before, line in itertools.pairwise(lines):  # one word more would not have fitted
        assert sum(word_lines.places([words[t] for t in (*before, line[0])], ROOM)[-1]) > ROOM


@pytest.mark.parametrize("text", ["", "   ", "\n\t"])
def test_without_words_it_asks_for_some(text):
    explorer = TypedReview()
    explorer.controls["text"].value = text
    assert explorer.error is None and "There is no word to read yet" in explorer.caption.value
    assert words_of(explorer) == [] and [bar.get_width() for bar in explorer.bars] == [0, 0]
    explorer.controls["text"].value = EXAMPLES["irony"]
    assert explorer.picture.value == TypedReview(example="irony").picture.value  # nothing of the empty picture stays


def test_unknown_words_stand_in_brackets_and_are_said():
    explorer = TypedReview(text="xyzzy qwrtl $a$")
    assert "knows none of the words: 3 times" in explorer._words
    explorer = TypedReview(text="a xyzzy film")
    assert words_of(explorer) == ["a", "⟨xyzzy⟩", "film"] and "Unknown, in brackets: 1." in explorer._words


def test_of_a_long_text_what_is_read_is_said():
    words = [f"word{i}" for i in range(1000)]
    explorer = TypedReview(text=" ".join(["good", *words]))
    assert result_of(explorer)["words"] == truncate(["good", *words], 400)
    assert "Of 1001 words both read the first 100 and the last 300." in explorer._words


def test_words_are_left_out_where_that_does_not_take_too_long():
    explorer = TypedReview(text="good " * TWICE)
    assert result_of(explorer)["drops"] is not None
    explorer.controls["text"].value += "good"
    assert result_of(explorer)["drops"] is None and f"up to {TWICE} words" in explorer._words
    assert explorer.error is None and not explorer.frames.get_paths()


@pytest.mark.parametrize("text", ["<b>bad</b> &amp;", "a" * 5000, "good. " * 3000, "$\\frac$ $x^2$ $", "映画 film 🎬"])
def test_nothing_typed_breaks_it(text):
    explorer = TypedReview()
    explorer.controls["text"].value = text
    assert explorer.error is None and len(explorer._words) < 400
    assert Image.open(io.BytesIO(explorer.picture.value)).size == (900, 520)


def test_a_moved_picture_equals_a_fresh_one():
    moved = TypedReview(example="but")
    for text in (LONG, "", EXAMPLES["irony"]):
        moved.controls["text"].value = text
    images = [
        np.asarray(Image.open(io.BytesIO(e.picture.value))).astype(int) for e in (moved, TypedReview(example="irony"))
    ]
    assert np.abs(images[0] - images[1]).max() == 0


@pytest.mark.parametrize("rnn", ["lstm", nn.LSTM, "gru", "rnn"])
@pytest.mark.parametrize("segment", [None, 3])
def test_any_classifier_of_ones_own(rnn, segment):
    torch.manual_seed(0)
    options = {"rnn": rnn, "pooling": "mean", "segment": segment, "bigrams": 10, "embedding": 4, "hidden": 3}
    own = Sentiment(Classifier(6, **options), Vocabulary(["a", "good", "bad", "film"]), options, 8)
    explorer = TypedReview(own, text="a good film a bad film")
    assert explorer.error is None and result_of(explorer)["p"][0] == pytest.approx(
        own.predict("a good film a bad film"), abs=1e-5
    )


@pytest.mark.refusal("course.explorers")
@pytest.mark.parametrize("other", [Classifier(9), "a text", 3])
def test_only_a_sentiment_can_be_typed_to(other):
    with refused(TypeError, r"sentiment must be a Sentiment, such as load_sentiment\(\) gives, or a reader, got "):
        TypedReview(other)


def test_the_shipped_model_is_read_once_and_a_reader_or_a_sentiment_of_ones_own_is_shown_alike():
    explorer = TypedReview()
    assert explorer.reader is TypedReview().reader and explorer.bag is TypedReview().bag
    for own in (SHIPPED, SHIPPED.reader(), load_reader()):
        assert TypedReview(own)._words == explorer._words


def test_shares_that_do_not_add_up_are_called_rough():
    class Jumping(TypedReview):
        def compute(self, **values):
            return super().compute(**values) | {"exact": False}

    assert "rough" in Jumping()._words and "rough" not in TypedReview()._words
