"""The README's moving picture: lesson 02's LSTMStep in a real JupyterLab in Chromium, two of its sliders moved by key.

`python -m tools.picture` writes .github/lesson.gif. What was moved is moved back, so the picture ends where it began.
"""

from __future__ import annotations

import io
import shutil
import tempfile
from pathlib import Path

from PIL import Image

from benchmarks.explorers import ExplorerView, open_lab
from benchmarks.report import ROOT
from utils.files import write_whole

GIF = ROOT / ".github" / "lesson.gif"
LESSON, EXPLORER = "02_lstm_cell.ipynb", "LSTMStep"
X, B_F = "input x", "forget bias"
WAY = [(X, "ArrowRight"), (B_F, "ArrowLeft"), (X, "ArrowLeft"), (B_F, "ArrowRight")]
FRAMES, PRESSES = 7, 4  # frames for each of these, and keys for a frame
SHOWN, RESTS = 160, 800  # milliseconds for a frame, and for the last before another slider moves


def frames(explorer: ExplorerView) -> list[Image.Image]:
    """The explorer after every few key presses, once it shows the last one's picture and words."""
    sliders = {control.label: control for control in explorer.controls()}
    where, seen = explorer.look().layout, []
    width = round(where["picture width"] + 2 * where["left"])  # the explorer's box is as wide as its cell
    for label, key in WAY:
        for press in range(1, FRAMES * PRESSES + 1):
            sliders[label].handle.press(key)
            if press % PRESSES == 0:
                explorer.look()  # waits for the last answer
                image = Image.open(io.BytesIO(explorer.node.screenshot(animations="disabled")))
                seen.append(image.convert("RGB").crop((0, 0, width, image.height)))
    return seen


def gif(images: list[Image.Image]) -> bytes:
    """The images as a GIF that runs for ever. Their colors are chosen for all at once, so that none flickers."""
    width, height = images[0].size
    strip = Image.new("RGB", (width, height * len(images)))
    for index, image in enumerate(images):
        strip.paste(image, (0, height * index))
    strip = strip.quantize(255, Image.Quantize.MAXCOVERAGE, kmeans=1, dither=Image.Dither.NONE)
    first, *others = (strip.crop((0, top, width, top + height)) for top in range(0, strip.height, height))
    content = io.BytesIO()
    times = [*[SHOWN] * (FRAMES - 1), RESTS] * len(WAY)
    first.save(content, "gif", save_all=True, append_images=others, duration=times, loop=0, optimize=True)
    return content.getvalue()


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="course-picture-") as folder:
        shutil.copytree(ROOT / "notebooks", folder, dirs_exist_ok=True)
        with open_lab(Path(folder)) as open_notebook:
            notebook = open_notebook(LESSON)
            notebook.run_all()
            images = frames(next(found for found in notebook.explorers() if found.name == EXPLORER))
    content = gif(images)
    write_whole(GIF, content)
    print(f"{GIF}: {len(images)} frames, {len(content) / 1e3:.0f} kB")


if __name__ == "__main__":
    main()
