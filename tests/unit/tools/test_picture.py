"""The README's moving picture: its way through the sliders, and the file that comes of its frames."""

import io
import re

import numpy as np
from PIL import Image

from tools.build import ROOT
from tools.picture import EXPLORER, FRAMES, LESSON, PRESSES, RESTS, SHOWN, WAY, gif
from utils.course import explorers


def test_every_frame_of_the_way_is_another_picture_and_the_way_ends_where_it_began():
    (source,) = (ROOT / "lessons_src").glob(f"{LESSON[:2]}_*.py")
    made = re.search(rf"^explorers\.{EXPLORER}\(.*\)$", source.read_text(encoding="utf-8"), re.MULTILINE)[0]
    explorer = eval(made, {"explorers": explorers})  # as the lesson makes it
    sliders = {control.description: control for control in explorer.controls.values()}
    begin = explorer.values(), explorer._words, explorer.picture.value
    for label, key in WAY:
        for _ in range(FRAMES):
            before, slider = explorer.picture.value, sliders[label]
            slider.value = round(slider.value + {"ArrowLeft": -1, "ArrowRight": 1}[key] * PRESSES * slider.step, 6)
            assert slider.min < slider.value <= slider.max and explorer.picture.value != before, (label, slider.value)
    assert (explorer.values(), explorer._words, explorer.picture.value) == begin


def test_the_explorer_is_in_its_lesson():
    (source,) = (ROOT / "lessons_src").glob(f"{LESSON[:2]}_*.py")
    assert source.stem == LESSON.removesuffix(".ipynb")
    assert re.search(rf"^explorers\.{EXPLORER}\(", source.read_text(encoding="utf-8"), re.MULTILINE)


def test_the_file_runs_for_ever_and_rests_where_another_slider_begins():
    grounds = np.linspace(0, 255, FRAMES * len(WAY)).round().astype(np.uint8)
    images = [Image.new("RGB", (40, 30), (ground, 80, 255 - ground)) for ground in grounds.tolist()]
    made = Image.open(io.BytesIO(gif(images)))
    assert made.info["loop"] == 0 and made.size == (40, 30) and made.n_frames == len(images)
    times = []
    for index, image in enumerate(images):
        made.seek(index)
        times.append(made.info["duration"])
        np.testing.assert_allclose(np.asarray(made.convert("RGB")), np.asarray(image), atol=3)
    assert times == [*[SHOWN] * (FRAMES - 1), RESTS] * len(WAY)


def test_the_picture_in_the_readme_is_made_so():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    with Image.open(ROOT / ".github" / "lesson.gif") as made:
        assert ".github/lesson.gif" in readme and made.n_frames == FRAMES * len(WAY) and made.info["loop"] == 0
