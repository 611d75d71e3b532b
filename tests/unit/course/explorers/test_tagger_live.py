"""TaggerLive: flips are what changed, words arrive in order, and nothing typed breaks it."""

import io
import itertools
import time

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from PIL import Image

from utils.arrays.tagger import SHIPPED, load_tagger
from utils.course.explorers import TaggerLive
from utils.course.explorers.tagger_live import EXAMPLES, FLIPPED, MOST, OWN, ROOM, ROW, TAGS, TO_COME, TOP, split
from utils.data import UPOS
from utils.plots.style import PALETTE

compute = TaggerLive.compute
LONG = "She said: “I’ve never really understood recurrent neural-network architectures”, didn't she? Nor have I, ever."
ODD = ["<b>bad</b> &amp;", "a" * 5000, "good. " * 3000, "$\\frac$ $x^2$ $", "映画 film 🎬", "Ｔｈａｔ’ｓ", "\ud800"]


def picture(explorer) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(explorer.picture.value))).astype(int)


@pytest.mark.parametrize("text", [*EXAMPLES.values(), LONG])
def test_tags_and_flips_are_those_of_each_beginning_read_alone(text):
    words, _ = split(text)
    for way, path in SHIPPED.items():
        reader = load_tagger(path)
        alone = [reader.prefixes(words[:n])[-1] for n in range(1, len(words) + 1)]
        tags, total = [[reader.tags[k] for k in p.argmax(-1)] for p in alone], 0
        for n in range(1, len(words) + 1):
            row = compute("", text, n)["rows"][way]
            flips = [t for t in range(n - 1) if tags[n - 1][t] != tags[n - 2][t]]
            total += len(flips)
            assert (row["tags"], row["flips"], row["so far"]) == (tags[n - 1], flips, total)
            np.testing.assert_allclose(row["p"], alone[n - 1].max(-1), rtol=0, atol=1e-12)


def test_the_forward_row_never_flips_and_the_examples_show_flips_of_both_others():
    found = [compute("", text, MOST)["rows"] for text in EXAMPLES.values()]
    assert not any(rows["forward"]["so far"] for rows in found)
    flips = {name: [row["so far"] for row in rows.values()] for name, rows in zip(EXAMPLES, found)}
    assert flips.pop("the old man") == [0, 0, 0]  # what lesson 05 says of it
    assert all(backward and both for _, backward, both in flips.values())
    first = TaggerLive()
    assert "Flips: " in first._words and "both" in first._words.split("Flips: ")[1]


def test_what_is_framed_and_struck_out_is_what_flipped():
    explorer = TaggerLive(text=LONG)
    for n in range(1, MOST + 1):
        explorer.controls["word"].value = n
        result = explorer.compute(**explorer.values())
        flips = [(way, t) for way, row in result["rows"].items() for t in row["flips"]]
        assert len(explorer.frames.get_paths()) == len(explorer.struck.get_segments()) == len(flips)
        for way, cells in explorer.cells.items():
            row = result["rows"][way]
            assert [cell["tag"].get_text() for cell in cells] == row["tags"] + [""] * (MOST - n)
            olds = [row["before"][t] if (way, t) in flips else "" for t in range(MOST)]
            assert [cell["old"].get_text() for cell in cells] == olds
            assert [cell["p"].get_text() for cell in cells[:n]] == [
                ">99 %" if p > 0.99 else f"{100 * p:.0f} %" for p in row["p"]
            ]
        colors = [text.get_color() for text in explorer.words]
        assert colors[:n] == [PALETTE["text"]] * n and set(colors[n:]) <= {TO_COME}


def test_each_tag_has_its_name_in_the_picture_and_in_words():
    explorer, drawn = TaggerLive(text=LONG), set()
    assert set(TAGS) == set(UPOS)
    key = [text.get_text() for text in explorer._figure.axes[0].texts if text.get_position()[1] > TOP + 3 * ROW]
    assert [word for pair in TAGS.items() for word in pair] == key[1:]
    for n in range(1, MOST + 1):
        explorer.controls["word"].value = n
        rows = explorer.compute(**explorer.values())["rows"]
        assert all(f"{way} {TAGS[row['tags'][-1]]} (" in explorer._words for way, row in rows.items())
        drawn |= {tag for row in rows.values() for tag in row["tags"]}
        assert not any(tag in explorer._words.split() for tag in TAGS if tag != "X")
    assert len(drawn) > 6


def test_no_letter_touches_its_frame_and_the_key_stays_in_the_picture():
    explorer = TaggerLive(example="this", word=8)
    renderer, height = explorer._canvas.get_renderer(), explorer._figure.bbox.height
    frames = [path.get_extents() for path in explorer.frames.get_paths()]
    flips = explorer.compute(**explorer.values())["rows"]
    for frame, (way, t) in zip(frames, [(way, t) for way, row in flips.items() for t in row["flips"]]):
        for text in explorer.cells[way][t].values():
            box = text.get_window_extent(renderer)
            assert frame.y0 + 4 <= height - box.y1 and height - box.y0 <= frame.y1 - 4, text.get_text()
            assert frame.x0 + 3 <= box.x0 and box.x1 <= frame.x1 - 3
    for text in explorer._figure.axes[0].texts:
        box = text.get_window_extent(renderer)
        assert not text.get_text() or (box.x0 >= 3 and box.x1 <= 897 and box.y0 >= 3 and box.y1 <= height - 3)


def test_an_example_begins_with_its_first_word_and_typed_words_are_read_to_their_end():
    explorer = TaggerLive()
    assert explorer.values() == {"example": "this", "text": EXAMPLES["this"], "word": 8}
    explorer.controls["example"].value = "have"
    assert explorer.controls["text"].value == EXAMPLES["have"] and explorer.controls["word"].value == 1
    assert explorer.controls["word"].max == explorer.play.max == len(split(EXAMPLES["have"])[0])
    for typed in ("I", "I have", "I have slept", "I have"):
        explorer.controls["text"].value = typed
        assert explorer.controls["example"].value == OWN
        assert explorer.controls["word"].value == explorer.controls["word"].max == len(typed.split())
        assert f"Word {len(typed.split())} of {len(typed.split())}" in explorer._words
    explorer.controls["example"].value = "to"
    explorer.controls["example"].value = OWN  # the words stay, and so does the place
    assert explorer.controls["text"].value == EXAMPLES["to"] and explorer.controls["word"].value == 1


def test_first_values():
    assert TaggerLive(text="I have slept", word=2).values() == {"example": OWN, "text": "I have slept", "word": 2}
    assert TaggerLive(example="to").values()["word"] == 1


def test_of_a_long_text_the_beginning_is_read_and_that_is_said():
    explorer = TaggerLive(text=LONG)
    assert f"Of {split(LONG)[1]} words it reads the first 16." in explorer._words
    assert explorer.controls["word"].max == MOST
    assert TaggerLive(text="Yes, " * 8)._words.startswith("Word 16 of 16")


def test_words_that_do_not_fit_stand_in_two_lines_and_overlap_nowhere():
    for text in (*EXAMPLES.values(), LONG, "incomprehensibilities " * 16, "a " * 16, "Go!"):
        explorer = TaggerLive(text=text)
        places = []
        for word in explorer.words:
            if word.get_text():
                half = explorer._length(word.get_text()) / 2
                places.append((word.get_position()[1], word.get_position()[0] - half, word.get_position()[0] + half))
        for y, line in itertools.groupby(sorted(places), key=lambda place: place[0]):
            line = list(line)
            assert all(one[2] < two[1] for one, two in itertools.pairwise(line)), (text, y)
            assert line[0][1] > 0 and line[-1][2] <= 900


@pytest.mark.parametrize("text", ODD)
def test_nothing_typed_breaks_it(text):
    explorer = TaggerLive()
    explorer.controls["text"].value = text
    assert explorer.error is None and 40 <= len(explorer._words) <= ROOM
    assert picture(explorer).shape == picture(TaggerLive()).shape


def test_a_sentence_in_curly_quotes_and_full_width_is_the_plain_one():
    assert split("Ｄｏｎ’ｔ　ｇｏ！") == (["Do", "n't", "go", "!"], 4)


def test_without_words_that_is_said():
    explorer = TaggerLive()
    for empty in ("", "   ", "\u3000\u200b"):
        explorer.controls["text"].value = empty
        assert "There is no word to read yet" in explorer._words and explorer.error is None
        assert explorer.controls["word"].value == explorer.controls["word"].max == 1


def test_a_moved_picture_equals_a_fresh_one():
    moved = TaggerLive(text=LONG)
    for text in ("", EXAMPLES["that"], LONG, "Go!"):
        moved.controls["text"].value = text
    assert np.abs(picture(moved) - picture(TaggerLive(text="Go!"))).max() == 0


def test_it_answers_within_a_tenth_of_a_second():
    compute("", EXAMPLES["to"], 1)  # the taggers are read once
    began = time.perf_counter()
    for n in range(5):
        compute("", f"{n} {LONG}", MOST)  # new words each time
    assert (time.perf_counter() - began) / 5 < 0.1


def test_its_letters_have_contrast_enough():
    def luminance(color):
        parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(color)]
        return np.dot(parts, (0.2126, 0.7152, 0.0722))

    for letters, ground in ((FLIPPED, "#FCEDE4"), (TO_COME, "white"), ("#444444", "#ECECEC"), ("#444444", "#FCEDE4")):
        assert (luminance(ground) + 0.05) / (luminance(letters) + 0.05) >= 4.5, (letters, ground)
