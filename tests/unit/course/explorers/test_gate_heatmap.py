"""GateHeatmap: its cells are the model's gates, nothing typed breaks it, and it answers at once."""

import io

import numpy as np
import pytest
import torch
from matplotlib.colors import to_rgb
from PIL import Image
from refused import refused

from utils.course.explorers import GateHeatmap
from utils.course.explorers.gate_heatmap import ACROSS, ENDS, FIRST, MEANINGS, REACH, WIDEST, WORDS
from utils.course.explorers.tint import AGAINST, FOR, tint
from utils.models.classifier import Classifier
from utils.models.sentiment import Sentiment, load_sentiment
from utils.probes.gates import gate_trace
from utils.text import Vocabulary, tokenise

SHIPPED = load_sentiment()
H = SHIPPED.model.forward_rnn.hidden_size


def words_of(explorer) -> list[str]:
    return [text.get_text() for text in explorer.words if text.get_text()]


def model_trace(text):
    ids, _ = SHIPPED.encode(text)
    with torch.no_grad():
        return gate_trace(SHIPPED.model.forward_rnn, SHIPPED.model.embed(ids)[:, :WORDS])[0]


@pytest.mark.parametrize("letter", MEANINGS)
def test_each_cell_is_the_models_own(letter):
    text = "A dull film, but not a bad one."
    explorer = GateHeatmap(text=text, letter=letter, unit=5, word=3)
    want = model_trace(text)[letter][0].numpy()  # (n, H)
    n = len(want)
    shown = explorer.image.get_array()
    assert explorer.error is None and shown.shape == (H, n)
    np.testing.assert_allclose(shown, np.clip(want.T / REACH[letter], -1, 1), atol=1e-6)
    np.testing.assert_allclose(explorer.line.get_ydata(), want[:, 4], atol=1e-6)
    assert set(explorer.frame.get_ydata()) == {4.5, 5.5} and explorer.framed.get_text() == "unit 5"
    assert explorer.title.get_text() == f"{letter} of unit 5, word by word"
    assert f"the color is {MEANINGS[letter]}. Unit 5 at word 3" in explorer._words
    assert (explorer.low.get_text(), explorer.high.get_text()) == ENDS[letter]
    assert explorer.scale.get_xlim() == ((0 if letter in "fio" else -1), 1)


@pytest.mark.parametrize("text", ["so good", FIRST, "good " * 99])
def test_each_column_stands_under_its_word_and_nothing_is_empty(text):
    explorer = GateHeatmap(text=text, word=2)
    words = tokenise(text)[:WORDS]
    n = len(words)
    left, right, *_ = explorer.image.get_extent()
    assert words_of(explorer) == words and left == 0 and right == pytest.approx(min(ACROSS, n * WIDEST))
    middles = (np.arange(n) + 0.5) * right / n
    np.testing.assert_allclose(explorer.line.get_xdata(), middles)
    np.testing.assert_allclose([word.get_position()[0] - 4 for word in explorer.words[:n]], middles)
    numbers = [text.get_text() for text in explorer.numbers if text.get_text()]
    assert numbers == [str(t + 1) for t in range(n)]
    assert set(explorer.here.get_xdata()) == set(explorer.column.get_xdata()) == {middles[1]}
    assert [text.get_weight() for text in explorer.words[:3]] == ["normal", "bold", "normal"]
    for line in (explorer.border, explorer.frame):
        assert max(line.get_xdata()) == right


def test_the_words_below_tell_the_step_and_add_up():
    explorer = GateHeatmap(unit=7, word=6)
    trace = {name: values[0, :, 6].tolist() for name, values in model_trace(FIRST).items()}
    step = explorer.compute(**explorer.values())["step"]
    assert step == pytest.approx({name: trace[name][5] for name in MEANINGS}, abs=1e-6)
    assert step["c"] == pytest.approx(step["f"] * trace["c"][4] + step["i"] * step["g"], abs=1e-5)
    assert step["h"] == pytest.approx(step["o"] * np.tanh(step["c"]), abs=1e-5)
    said = explorer._words.replace("−", "-")
    assert f"Unit 7 at word 6, “{tokenise(FIRST)[5]}”" in said
    assert f"of the memory {trace['c'][4]:.2f} stays" in said
    for name in "fioch":
        assert f"{step[name]:.2f}".replace("-0.00", "0.00") in said
    assert "of the memory 0.00 stays" in GateHeatmap(word=1)._words


def test_an_order_numbers_the_units_anew():
    order = np.random.default_rng(0).permutation(H)
    plain, ordered = GateHeatmap(letter="h"), GateHeatmap(SHIPPED, order=order, letter="h", unit=3)
    np.testing.assert_array_equal(ordered.image.get_array(), plain.image.get_array()[order])
    assert "Unit 3 at word" in ordered._words
    plain.controls["unit"].value = int(order[2]) + 1
    np.testing.assert_array_equal(ordered.line.get_ydata(), plain.line.get_ydata())


def test_a_word_that_the_model_does_not_know_is_in_brackets_and_a_long_one_is_cut():
    assert words_of(GateHeatmap(text="a xyzzy extraordinarily")) == ["a", "⟨xyzzy⟩", "extraordina…"]


def test_the_word_slider_ends_at_the_last_word_drawn():
    explorer = GateHeatmap()
    assert explorer.controls["word"].max == len(tokenise(FIRST)) < WORDS
    explorer.controls["text"].value = "so good"
    assert explorer.controls["word"].max == explorer.controls["word"].value == 2
    explorer.controls["text"].value = ""
    assert explorer.controls["word"].max == 2 and explorer.error is None
    explorer.controls["text"].value = "good " * 99
    assert explorer.controls["word"].max == WORDS


def test_a_word_past_the_end_is_the_last_one():
    assert "at word 2, “film”" in GateHeatmap(text="good film", word=20)._words


def test_a_long_text_is_cut_and_that_is_said():
    text = " ".join(f"word{k}" for k in range(1000))
    explorer = GateHeatmap(text=text)
    assert explorer.error is None and "columns the first 32 of 1000 words" in explorer._words
    assert len(words_of(explorer)) == WORDS and len(explorer._words) < 400
    assert f"columns {len(tokenise(FIRST))} words" in GateHeatmap()._words


@pytest.mark.parametrize("text", ["", "  ", "\n"])
def test_without_words_it_asks_for_some(text):
    explorer = GateHeatmap()
    explorer.controls["text"].value = text
    assert explorer.error is None and "There is no word to read yet" in explorer._words
    assert words_of(explorer) == [] and len(explorer.line.get_xdata()) == 0 and len(explorer.frame.get_xdata()) == 0


@pytest.mark.parametrize("text", ["<b>bad</b> &amp;", "a" * 5000, "good. " * 3000, "$\\frac$ $x^2$ $", "映画 film 🎬"])
@pytest.mark.parametrize("letter", ["f", "c"])
def test_nothing_typed_breaks_it(text, letter):
    explorer = GateHeatmap(letter=letter)
    explorer.controls["text"].value = text
    assert explorer.error is None and len(explorer._words) < 400
    assert Image.open(io.BytesIO(explorer.picture.value)).size == (900, 550)


def test_a_moved_picture_equals_a_fresh_one():
    moved = GateHeatmap()
    for name, value in (
        ("letter", "c"),
        ("unit", 9),
        ("letter", "h"),
        ("text", ""),
        ("word", 4),
        ("text", "so good !"),
    ):
        moved.controls[name].value = value
    fresh = GateHeatmap(text="so good !", letter="h", unit=9, word=4)
    images = [np.asarray(Image.open(io.BytesIO(e.picture.value))).astype(int) for e in (moved, fresh)]
    assert np.abs(images[0] - images[1]).max() == 0


def test_colors_follow_the_sign_and_grow_with_the_number():
    assert tint([0]).tolist() == [[1, 1, 1]]
    colors = tint([0.5, 1, 4, 9, -4])
    distance = np.linalg.norm(1 - colors, axis=1)
    assert (np.diff(distance[:3]) > 0).all() and distance[2] == distance[3]
    for color, full in ((colors[2], FOR), (colors[4], AGAINST)):
        np.testing.assert_allclose(1 - color, 0.75 * (1 - np.array(to_rgb(full))))


def tiny(rnn):
    torch.manual_seed(0)
    options = {"rnn": rnn, "embedding": 4, "hidden": 3, "pooling": "mean"}
    return Sentiment(Classifier(6, **options), Vocabulary(["a", "good", "bad", "film"]), options, 8)


@pytest.mark.refusal("course.explorers")
def test_any_lstm_of_ones_own_and_no_other_network():
    explorer = GateHeatmap(tiny("lstm"), text="a good film a bad film a good film")
    assert explorer.error is None and explorer.controls["unit"].max == 3
    with refused(ValueError, "has no gates f, i, g and o to draw"):
        GateHeatmap(tiny("gru"))
    with refused(TypeError, r"sentiment must be a Sentiment, such as load_sentiment\(\) gives, or a reader"):
        GateHeatmap(tiny("lstm").model)
    with refused(ValueError, "order must hold each of the units 0 to 2 once"):
        GateHeatmap(tiny("lstm"), order=[0, 1, 1])
