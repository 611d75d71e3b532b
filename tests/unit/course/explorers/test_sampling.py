"""Sampling and Temperature: they show what utils.models.sampling gives, and no position of a control breaks them."""

import itertools
import math

import numpy as np
import pytest
import torch

from utils.course.explorers import Sampling, Temperature
from utils.course.explorers.sampling import COLUMNS, ROWS, STEPS, lay_out, name_of
from utils.course.explorers.temperature import TEXTS
from utils.models.language import load_language
from utils.models.sampling import entropy, next_distribution

LANGUAGE = load_language()  # torch's, to which all is compared


def ends(control, count):
    """`count` positions of a slider, its ends among them."""
    low, high = control.min, control.max
    return [type(control.value)(v) for v in np.linspace(low, high, count)]


@pytest.mark.parametrize(
    "options",
    [{}, {"temperature": 0.3}, {"temperature": 1.6, "top_p": 0.9}, {"temperature": 1.2, "top_k": 4, "dice": 3}],
)
def test_it_writes_what_torch_writes_with_the_same_throw_of_the_dice(options):
    given = {"temperature": 1.0, "top_k": 96, "top_p": 1.0, "dice": 1, "text": "The "} | options
    mine = Sampling.compute(**given)["written"]
    dice = given.pop("dice")
    assert mine == LANGUAGE.write(given.pop("text"), STEPS, seed=dice, **given)


def test_it_marks_the_characters_that_the_model_thought_unlikely():
    result = Sampling.compute(1.5, 96, 1.0, 1, "The ")
    ids = LANGUAGE.encode("The " + result["written"])
    with torch.inference_mode():
        p = LANGUAGE.model(ids[None, :-1])[0][0].softmax(-1)
    chances = p.gather(1, ids[1:, None])[3:, 0].numpy()
    clear = np.abs(chances - 0.05) > 1e-4
    assert (result["rare"] == (chances < 0.05))[clear].all() and 5 < result["rare"].sum() < STEPS / 2


def test_its_bars_are_the_distribution_before_and_after():
    explorer = Sampling(temperature=0.5, top_k=3)
    z = LANGUAGE.logits(explorer.controls["text"].value)
    used = next_distribution(z, 0.5, 3).sort(descending=True).values[:12]
    assert [bar.get_width() for bar in explorer.used] == pytest.approx(used.tolist(), abs=1e-5)
    model = z.softmax(-1).sort(descending=True).values[:12]
    assert explorer.model.get_xdata() == pytest.approx(model.tolist(), abs=1e-5)
    names = [name.get_text() for name in explorer.names]
    assert names[0] == name_of(LANGUAGE.alphabet[z.argmax()])
    assert "3 characters can come next" in explorer.caption.value


def test_every_control_of_sampling_moves_the_picture():
    explorer = Sampling()
    for name in ("temperature", "top_k", "top_p", "dice"):
        control = explorer.controls[name]
        first = control.value
        for value in ends(control, 4):
            before, moved = explorer.picture.value, value != control.value
            control.value = value
            assert explorer.error is None, (name, value, explorer.error)
            if moved and name != "top_k":  # at a low temperature 66 and 96 are the same
                assert explorer.picture.value != before, (name, value)
        control.value = first
    for text in ("x", "\n" * 3, "class Foo(" * 40, "$a$ $b$", "    "):
        explorer.controls["text"].value = text
        assert explorer.error is None, (text, explorer.error)


def test_corners_of_sampling():
    controls = Sampling().controls
    corners = [(controls[n].min, controls[n].max) for n in ("temperature", "top_k", "top_p")]
    for temperature, top_k, top_p in itertools.product(*corners):
        result = Sampling.compute(temperature, top_k, top_p, 1, "The ")
        assert len(result["written"]) == STEPS and np.isfinite(result["used"]).all()


@pytest.mark.parametrize(
    "text, sentence", [("", "The text is empty"), ("映画", "The model knows none of these characters")]
)
def test_a_text_it_cannot_read_gets_a_sentence_and_the_next_one_is_read(text, sentence):
    explorer = Sampling()
    picture = explorer.picture.value
    explorer.controls["text"].value = text
    assert sentence in explorer.caption.value and explorer.picture.value == picture
    explorer.controls["text"].value = "An exception is raised when "
    assert explorer.error is None and explorer.picture.value == picture


def test_it_reads_on_without_the_characters_it_does_not_know_and_names_them():
    explorer, plain = Sampling(text="Grüße, señor"), Sampling(text="Gre, seor")
    assert explorer.error is None
    assert explorer._words == "It does not know ü, ß, ñ and reads on without. " + plain._words
    assert explorer.compute(**explorer.values())["written"] == plain.compute(**plain.values())["written"]
    assert explorer.picture.value == plain.picture.value
    assert "It does not know д, о, б, р, ы and 4 more" in Sampling(text="добрый день x")._words
    assert "know" not in plain._words


def test_lines_end_where_the_text_says_or_where_the_page_ends():
    rows = lay_out("ab\n\nc" + "d" * COLUMNS, range(5 + COLUMNS))
    assert ["".join(a for a, _ in row) for row in rows] == ["ab", "", "c" + "d" * (COLUMNS - 1), "d"]
    assert [kind for row in rows for _, kind in row] == [0, 1, *range(4, 5 + COLUMNS)]
    assert (STEPS + COLUMNS) / COLUMNS <= ROWS


def test_the_page_shows_the_text_in_three_colors():
    explorer = Sampling(temperature=1.5)
    result = explorer.compute(**explorer.values())
    lines = [[artist.get_text() for artist in artists] for artists in explorer.lines]
    first = lines[0]
    assert first[0] == explorer.controls["text"].value.rstrip()
    shown = "".join(max(triple) for triple in itertools.zip_longest(*first, fillvalue=" "))
    whole = (explorer.controls["text"].value + result["written"]).split("\n")[0][:COLUMNS]
    assert shown.rstrip() == whole.rstrip()
    assert any(line[2].strip() for line in lines)


@pytest.mark.parametrize("text", TEXTS)
def test_temperature_over_its_grid(text):
    explorer = Temperature(text=text)
    z = LANGUAGE.logits(text).double()
    before = None
    for exponent in np.linspace(-1.3, 1.3, 7):
        explorer.controls["temperature"].value = 10**exponent
        assert explorer.error is None and explorer.picture.value != before
        before = explorer.picture.value
        result = explorer.compute(**explorer.values())
        p = next_distribution(z, 10**exponent)
        assert result["entropy"] == pytest.approx(entropy(p).item(), rel=1e-4)
        assert result["p"] == pytest.approx(p.sort(descending=True).values[:10].numpy(), rel=1e-3, abs=1e-5)
        assert explorer.dot.get_ydata()[0] == result["entropy"] <= math.log2(96) + 1e-9
    assert (np.diff(result["curve"]) > -1e-9).all() and result["curve"][-1] > 5.5


def test_its_words_say_the_likeliest_and_its_share():
    explorer = Temperature(text="An object of cl", temperature=0.5)
    assert "the likeliest next character is a with 100 %" in repr(explorer)
