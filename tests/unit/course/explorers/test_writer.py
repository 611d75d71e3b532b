"""Writer: it writes what torch writes, shades it by its probability, and shows the gradient that autograd finds."""

import itertools
import re
import threading
from html import unescape

import numpy as np
import pytest
import torch
from refused import refused

from utils.arrays.language import load_writer
from utils.course.explorers import Writer, base, page
from utils.course.explorers.writer import BLOCK, MOST, START
from utils.models.language import ALPHABET, Language, load_language
from utils.models.language_model import LanguageModel
from utils.models.sampling import next_distribution

LANGUAGE = load_language()  # torch's, to which all is compared


def small(seed=0, alphabet=ALPHABET):
    """An untrained language model in torch."""
    torch.manual_seed(seed)
    options = {"embedding": 5, "hidden": 7}
    return Language(LanguageModel(len(alphabet), **options), options, alphabet)


def result_of(explorer):
    return explorer.compute(**explorer.values())


def move(explorer, **values):
    for name, value in values.items():
        explorer.controls[name].value = value
    return result_of(explorer)


def characters(html):
    """Each element of the live page: its character and the names of its class."""
    found = re.findall(r'<i(?: class="([^"]*)")?>(.*?)</i>', html, re.DOTALL)
    return [(unescape(one), names.split()) for names, one in found]


@pytest.mark.parametrize(
    "options",
    [{}, {"temperature": 0.3}, {"temperature": 1.6, "top_p": 0.9}, {"temperature": 1.2, "top_k": 4, "seed": 3}],
)
def test_it_writes_what_torch_writes_with_the_same_seed(options):
    given = {"temperature": 1.0, "top_k": 96, "top_p": 1.0, "seed": 1, "start": "The ", "written": 160} | options
    mine = result_of(Writer(**given))["text"]
    steps = given.pop("written")
    assert mine == LANGUAGE.write(given.pop("start"), steps, **given)


def test_each_probability_is_that_with_which_torch_would_choose():
    result = result_of(Writer(start="The ", temperature=1.5, top_p=0.9, written=100))
    ids = LANGUAGE.encode("The " + result["text"])
    with torch.inference_mode():
        logits = LANGUAGE.model(ids[None, :-1])[0][0, 3:]
    for name, p in (("used", next_distribution(logits, 1.5, None, 0.9)), ("chance", logits.softmax(-1))):
        np.testing.assert_allclose(result[name], p.gather(1, ids[4:, None])[:, 0].numpy(), rtol=1e-3, atol=1e-5)


def test_what_is_changed_while_it_writes_holds_from_there_on():
    explorer, steady = Writer(written=100), Writer(written=300)
    move(explorer, temperature=1.5, top_k=20)
    changed = move(explorer, written=300)
    before, after = changed["text"][:100], changed["text"][100:]
    assert before == result_of(steady)["text"][:100] and after != result_of(steady)["text"][100:]
    assert (changed["used"][:100] == result_of(steady)["used"][:100]).all()


def test_step_by_step_back_and_forth_it_is_the_same_text():
    explorer, at_once = Writer(written=0), Writer(written=300)
    for written in (*range(0, 200, 3), 0, 250, 50, 51, 240, 120, 299, 300):
        explorer.controls["written"].value = written
        assert len(result_of(explorer)["text"]) == written
    assert explorer.picture.value == at_once.picture.value and explorer._words == at_once._words


def test_another_start_or_seed_writes_anew():
    explorer = Writer(temperature=1.2, written=60)
    move(explorer, temperature=0.4, start="In this case, ", seed=5)
    want = Writer(temperature=0.4, start="In this case, ", seed=5, written=60)
    assert explorer.picture.value == want.picture.value


def test_every_corner_of_the_controls():
    explorer = Writer(written=30)
    corners = [(explorer.controls[n].min, explorer.controls[n].max) for n in ("temperature", "top_k", "top_p")]
    for temperature, top_k, top_p in itertools.product(*corners):
        explorer.controls["written"].value = 0
        result = move(explorer, temperature=temperature, top_k=top_k, top_p=top_p, written=30)
        assert explorer.error is None and len(result["text"]) == 30 and (result["used"] > 0).all()
    assert len(move(explorer, written=MOST)["text"]) == MOST


@pytest.mark.parametrize("text", ["x", "\n" * 3, "class Foo(" * 40, "$a$ <b>&amp;", "    "])
def test_any_start_is_read_and_shown_as_it_is(text):
    explorer = Writer(start=text, written=5)
    shown = "".join(one for one, _ in characters(explorer.picture.value))
    assert shown == text + result_of(explorer)["text"]


@pytest.mark.parametrize(
    "text, sentence", [("", "The text is empty"), ("映画", "The model knows none of these characters")]
)
def test_a_start_it_cannot_read_gets_a_sentence_and_the_next_one_is_read(text, sentence):
    explorer = Writer()
    before = explorer.picture.value
    explorer.controls["start"].value = text
    assert sentence in explorer.caption.value and explorer.picture.value == before
    explorer.controls["start"].value = START
    assert explorer.error is None and explorer.picture.value == before


def test_it_reads_on_without_the_characters_it_does_not_know_and_names_them():
    explorer, plain = Writer(start="Grüße, “señor”"), Writer(start='Gre, "seor"')
    assert explorer._words == "The model does not know ü, ß, ñ and reads on without. " + plain._words
    assert explorer.picture.value == plain.picture.value
    assert "does not know д, о, б, р, ы and 4 more" in Writer(start="добрый день x")._words


# What moved a character ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("at", [1, 2, 100, BLOCK + 60, 2 * BLOCK + 20])
def test_the_gradient_is_autograds(at):
    explorer = Writer(written=300, at=at)
    result = result_of(explorer)
    before, one = START + result["text"][: at - 1], result["text"][at - 1]
    model = LanguageModel(len(ALPHABET), **LANGUAGE.options).double()
    model.load_state_dict(LANGUAGE.model.state_dict())
    x = model.embedding(LANGUAGE.encode(before)).detach().requires_grad_()
    model.output(model.rnn(x[None])[0])[0, -1, ALPHABET.index(one)].backward()
    want, cut = x.grad.norm(dim=1).numpy(), max(0, len(before) // BLOCK - 1) * BLOCK
    np.testing.assert_allclose(result["pull"][cut:], want[cut:], rtol=0, atol=1e-10)
    assert not result["pull"][:cut].any() and want[:cut].max(initial=0) < 0.01 * want.max()  # too small to be seen
    nearest = int(want.argmax())
    assert f"{len(before) - nearest} before it (100 %)" in explorer._words


def test_the_page_has_the_shade_of_each_gradient_and_a_frame():
    explorer = Writer(written=40, at=25)
    result, shown = result_of(explorer), characters(explorer.picture.value)
    shades = page.shades("m", result["pull"] / result["pull"].max())
    for (_, names), shade in zip(shown, shades):
        assert ("m" + str(shade) in names) == (shade > 0)
    assert [i for i, (_, names) in enumerate(shown) if "here" in names] == [len(START) + 24]
    assert not any(name[0] in "pm" for _, names in shown[len(START) + 24 :] for name in names)
    assert "Gradient, of the largest" in explorer.legend.value
    explorer.controls["at"].value = 0
    assert "Probability after temperature and cuts" in explorer.legend.value and "here" not in explorer.picture.value


def test_no_one_looks_at_a_character_that_is_not_written():
    explorer = Writer(written=50)
    explorer.controls["at"].value = 400
    assert explorer.values()["at"] == explorer._pointed.value == 50
    explorer.controls["written"].value = 20
    assert explorer.values()["at"] == 20 and explorer.error is None


def test_a_click_moves_the_slider_and_the_slider_the_field_of_clicks():
    explorer = Writer()
    explorer._pointed.value = 17  # as the page does
    assert explorer.values()["at"] == 17 and "Character 17," in explorer.caption.value
    explorer.controls["at"].value = 90
    assert explorer._pointed.value == 90
    explorer._pointed.value = 0
    assert explorer.values()["at"] == 0 and "240 characters written" in explorer.caption.value


# The page -----------------------------------------------------------------------------------------------------------


def test_shades_begin_where_the_scale_says():
    assert page.shades("p", np.array([1, 0.5, 0.49, 0.2, 0.19, 0.05, 0.049, 0.01, 0.009])).tolist() == [
        0, 0, 1, 1, 2, 2, 3, 3, 4,
    ]  # fmt: skip
    assert page.shades("m", np.array([0, 0.029, 0.03, 0.1, 0.3, 0.59, 0.6, 1])).tolist() == [0, 0, 1, 2, 3, 3, 4, 4]


def luminance(color):
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in np.asarray(color) / 255]
    return np.dot((0.2126, 0.7152, 0.0722), linear)


@pytest.mark.parametrize("kind", page.COLORS)
@pytest.mark.parametrize("ground, ink", [((255,) * 3, (33,) * 3), ((17,) * 3, (255,) * 3)])  # JupyterLab's two themes
def test_the_text_stands_out_on_every_shade_and_the_shades_from_one_another(kind, ground, ink):
    mixed = [o * np.array(page.COLORS[kind]) + (1 - o) * np.array(ground) for o in page.OPACITY]
    for shade in mixed:
        low, high = sorted((luminance(shade), luminance(ink)))
        assert (high + 0.05) / (low + 0.05) >= 4.5
    for one, next_one in itertools.pairwise(mixed):
        assert np.abs(one - next_one).max() > 20


def test_without_a_kernel_the_text_stays_on_its_shades():
    explorer = Writer(temperature=1.5, start="<b> & ", written=80)
    bundle = explorer._repr_mimebundle_()[0]
    kept, scale = bundle["text/html"].split("</pre>")
    assert unescape(re.sub("<[^>]*>", "", kept)) == "<b> & " + result_of(explorer)["text"]
    assert "rgba(213, 94, 0, 0.7)" in kept and "below 1 %" in scale and "class" not in kept
    assert bundle["text/plain"].startswith("Writer(start='<b> & '")


# The learner's own ---------------------------------------------------------------------------------------------------


def test_several_models_each_with_its_own_alphabet():
    explorer = Writer({"epoch 0": small(), "few letters": small(1, "abc d").reader(), "shipped": LANGUAGE}, written=20)
    assert list(explorer.controls)[0] == "model" and explorer.values()["model"] == "epoch 0"
    move(explorer, start="a bad cab", temperature=1.0)
    for name, model in (("few letters", small(1, "abc d")), ("shipped", LANGUAGE), ("epoch 0", small())):
        explorer.controls["model"].value = name
        assert explorer.error is None and explorer.controls["top_k"].max == 96
        assert result_of(explorer)["text"] == model.write("a bad cab", 20, seed=1)


def test_one_model_alone_needs_no_list():
    for model in (LANGUAGE, LANGUAGE.reader(), load_writer()):
        explorer = Writer(model, written=20)
        assert "model" not in explorer.controls and explorer.picture.value == Writer(written=20).picture.value


@pytest.mark.refusal("course.explorers")
@pytest.mark.parametrize(
    "models, error, sentence",
    [
        (3, TypeError, "A model must be a Language, such as load_language.. gives, or a writer, got 3."),
        ({"mine": None}, TypeError, "A model must be a Language"),
        ({}, ValueError, "models must name at least one model"),
    ],
)
def test_anything_else_is_no_model(models, error, sentence):
    with refused(error, sentence):
        Writer(models)


def test_two_fast_changes_from_two_threads_end_in_one_page_with_its_words():
    explorer = Writer(written=100)
    for written, at, temperature in ((300, 40, 1.2), (200, 150, 0.3), (400, 0, 0.9)):
        moves = [("written", written - 9), ("at", at), ("temperature", temperature), ("written", written)]
        threads = [threading.Thread(target=setattr, args=(explorer.controls[n], "value", v)) for n, v in moves]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        shown, at = "".join(c for c, _ in characters(explorer.picture.value)), explorer.values()["at"]
        assert explorer.error is None and len(shown) == len(START) + explorer.values()["written"]
        assert ("here" in explorer.picture.value) == (at > 0) == ("Gradient" in explorer.legend.value)
        assert (f"Character {at}," if at else f"{explorer.values()['written']} characters") in explorer.caption.value


def test_while_it_plays_a_screen_reader_is_left_alone_and_told_the_end():
    explorer = Writer(written=10)

    def calm():
        return 'aria-live="off"' in explorer.caption.value

    assert not calm()
    explorer.play.set_trait(base.PLAYING, True)
    for written in (13, 16, 19):
        move(explorer, written=written)
        assert calm() and f"{written} characters written" in explorer.caption.value
    explorer.play.set_trait(base.PLAYING, False)
    assert not calm() and "19 characters written" in explorer.caption.value
    move(explorer, written=22)
    assert not calm()


def test_a_failure_is_said_while_it_plays_too():
    explorer = Writer(written=10)
    explorer.play.set_trait(base.PLAYING, True)
    explorer.controls["start"].value = "映画"
    assert 'role="alert"' in explorer.caption.value
    explorer.play.set_trait(base.PLAYING, False)
    assert 'role="alert"' in explorer.caption.value


def test_a_model_of_another_alphabet_begins_with_a_letter_of_its_own():
    explorer = Writer(small(alphabet="\n абвгд"), written=5)
    assert explorer.error is None and explorer.controls["start"].value == "а"
    assert Writer(small(), written=5).controls["start"].value == START
