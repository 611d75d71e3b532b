"""A JupyterLab, a Chromium page in it, and hands for its notebooks: what the browser tests and benchmarks share."""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip
SETTINGS = {  # every cell stays in the page, also when it is out of sight; nothing asks or reports
    "notebook-extension/tracker": {"windowingMode": "none"},
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
}
RECORD = ".learner/progress.json"  # what the learner has done, in the served folder


def find_chromium() -> str | None:
    """Path of COURSE_CHROMIUM, or of a Chromium under one of its usual names; None when there is none."""
    named = os.environ.get("COURSE_CHROMIUM")
    return shutil.which(named) if named else next(filter(None, map(shutil.which, NAMES)), None)


def free_port() -> int:
    """A loopback port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def serve(folder: Path):
    """A JupyterLab over `folder` on a free loopback port, with a token and settings of its own: yields (url, token).

    Give it a copy of the notebooks, since JupyterLab saves what it has open.
    """
    home = Path(tempfile.mkdtemp(prefix="course-lab-"))
    for name, setting in SETTINGS.items():
        file = home / "settings" / "@jupyterlab" / f"{name}.jupyterlab-settings"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(setting))
    port = free_port()
    url, token, log = f"http://127.0.0.1:{port}", secrets.token_hex(16), home / "lab.log"
    kinds = {"CONFIG": "config", "DATA": "data", "RUNTIME": "run"}
    env = os.environ | {f"JUPYTER_{kind}_DIR": str(home / name) for kind, name in kinds.items()}
    learner = str((folder / RECORD).parent)
    env |= {"IPYTHONDIR": str(home / "ipython"), "RNN_COURSE_HOME": learner, "OMP_NUM_THREADS": "1"}
    env["PYTHONPATH"] = str(ROOT)  # the kernels take utils from this tree, not from one that is installed
    command = [
        sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--expose-app-in-browser",
        "--ServerApp.ip=127.0.0.1", f"--ServerApp.port={port}", "--ServerApp.port_retries=0",
        f"--IdentityProvider.token={token}", f"--ServerApp.root_dir={folder}",
        f"--LabApp.workspaces_dir={home}/workspaces", f"--LabApp.user_settings_dir={home}/settings",
    ]  # fmt: skip
    with log.open("w") as out:
        server = subprocess.Popen(command, env=env, stdout=out, stderr=subprocess.STDOUT)
    try:
        wait_until_up(server, f"{url}/api?token={token}", log)
        yield url, token
    finally:
        server.terminate()
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
        shutil.rmtree(home, ignore_errors=True)


def wait_until_up(server: subprocess.Popen, address: str, log: Path, seconds: float = 90) -> None:
    """Return when `address` answers. RuntimeError with the log when the server has ended or the time is up."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if server.poll() is not None:
            break
        try:
            urllib.request.urlopen(address, timeout=2).close()
            return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError(f"JupyterLab did not start:\n{log.read_text()}")


@contextmanager
def open_lab(folder: Path):
    """Serve `folder` and open one page on it: yields a function from a notebook's path in it to a Notebook."""
    with serve(folder) as (url, token), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        try:
            page = browser.new_page(viewport={"width": 1400, "height": 1000})
            page.set_default_timeout(60_000)
            page.goto(f"{url}/lab?token={token}&reset")
            wait_until_restored(page)
            yield lambda path: Notebook(page, path)
        finally:
            browser.close()


def wait_until_restored(page: Page) -> None:
    """Return when JupyterLab stands in the page, its list of files out of the way."""
    page.wait_for_function("window.jupyterapp?.restored?.then(() => true)")
    page.evaluate("if (!jupyterapp.shell.leftCollapsed) jupyterapp.commands.execute('application:toggle-left-area')")


def run_in(page: Page, script: str, argument=None, seconds: float = 60):
    """The value of an async function in the page; TimeoutError when it takes longer (Playwright alone would wait)."""
    late = f"new Promise(done => setTimeout(() => done('late'), {1000 * seconds}))"
    value = page.evaluate(f"argument => Promise.race([({script})(argument), {late}])", argument)
    if value == "late":
        raise TimeoutError(f"JupyterLab did not answer within {seconds} s:\n{script}")
    return value


def barriers(page: Page, shown: dict, rules: list[str] = ()) -> list[str]:
    """The serious findings of axe-core about that part of the page: the rule, and the first place. No rules: all."""
    options = {"resultTypes": ["violations"]} | ({"runOnly": list(rules)} if rules else {})
    found = Axe().run(page, shown, options).response["violations"]
    return [
        f"{one['id']}: {one['help']}; {len(one['nodes'])} places, such as {one['nodes'][0]['html'][:200]} "
        f"at {one['nodes'][0]['target']}"
        for one in found if one["impact"] in ("serious", "critical")
    ]  # fmt: skip


CALM = """async () => {
    const frame = () => new Promise(requestAnimationFrame);
    for (let calm = 0; calm < 3; calm = unanswered.size ? 0 : calm + 1) await frame();
}"""


class Notebook:
    """A notebook open in the page. `errors` lists what the kernel reported since the last `run_all`."""

    def __init__(self, page: Page, path: str):
        self.page, self.path = page, path
        run_in(
            page,
            """async path => {
                const panel = await jupyterapp.commands.execute('docmanager:open', {path, factory: 'Notebook'});
                await panel.revealed; await panel.context.ready; await panel.sessionContext.ready;
                panel.node.dataset.course = path;
                window.panel = panel; window.errors = []; window.unanswered = new Set();
                panel.sessionContext.session.kernel.anyMessage.connect((_, {msg, direction}) => {
                    if (direction === 'send' && msg.channel === 'shell') unanswered.add(msg.header.msg_id);
                });
                panel.sessionContext.iopubMessage.connect((_, {header, parent_header, content}) => {
                    if (header.msg_type === 'error') errors.push(content.ename + ': ' + content.evalue);
                    if (header.msg_type === 'status' && content.execution_state === 'idle')
                        unanswered.delete(parent_header.msg_id);
                });
            }""",
            path,
        )
        self.node = page.locator(f'[data-course="{path}"]')

    def run_all(self, seconds: float = 600) -> None:
        """Run every cell of a fresh kernel, to the end; AssertionError names the cells that failed or did not run.

        A cell tagged `raises-exception` must raise, and every other must not.
        """
        cells = run_in(
            self.page,
            """async () => {
                await jupyterapp.commands.execute('notebook:clear-all-cell-outputs');
                const code = [...panel.content.model.sharedModel.cells].filter(
                    cell => cell.cell_type === 'code' && cell.getSource().trim());
                for (const cell of code) cell.execution_count = null;
                await jupyterapp.commands.execute('notebook:run-all-cells');
                // That returns early when a cell raises, also where it is meant to: wait for the others,
                // and give up when the kernel has had nothing to do for three seconds.
                const idle = () => panel.sessionContext.session.kernel.status === 'idle';
                const open = () => code.some(cell => cell.execution_count === null || cell.executionState !== 'idle');
                for (let rest = 0; rest < 60 && (open() || !idle()); rest = idle() ? rest + 1 : 0)
                    await new Promise(done => setTimeout(done, 50));
                return code.map(cell => ({
                    source: cell.getSource(), count: cell.execution_count,
                    error: cell.getOutputs().filter(out => out.output_type === 'error')
                        .map(out => out.ename + ': ' + out.evalue)[0],
                    wanted: (cell.getMetadata('tags') ?? []).includes('raises-exception'),
                }));
            }""",
            seconds=seconds,
        )
        for cell in cells:
            assert cell["wanted"] == bool(cell["error"]), f"{self.path}: {cell['error']} in the cell\n{cell['source']}"
        counts = [cell["count"] for cell in cells]
        assert counts == list(range(1, len(cells) + 1)), f"{self.path}: not every cell ran, once and in order: {counts}"
        self.page.evaluate("errors.length = 0")

    @property
    def errors(self) -> list[str]:
        return self.page.evaluate("errors")

    def alerts(self) -> list[str]:
        return self.node.locator("[role=alert]").all_inner_texts()

    def explorers(self) -> list[ExplorerView]:
        found = self.node.locator(".course-explorer")
        return [ExplorerView(found.nth(index)) for index in range(found.count())]

    def buttons(self) -> list[Locator]:
        """Every button that belongs to no quiz, guess or explorer."""
        others = ".course-quiz *, .course-guess *, .course-explorer *, .course-outcome *"
        return self.node.locator(f".jp-OutputArea .widget-button:not({others})").all()

    def barriers(self) -> list[str]:
        """The serious findings of axe-core about what the lesson itself shows.

        Still pictures are left out: JupyterLab has no place for the words that the notebook stores with them.
        """
        outputs = ".jp-Notebook .jp-OutputArea-output:not(.jp-RenderedImage)"
        shown = {"include": [[outputs], [".jp-Notebook .jp-RenderedMarkdown"]]}
        return barriers(self.page, shown)

    def settle(self) -> None:
        """Return once the kernel has answered all that it was sent; TimeoutError when it takes a minute."""
        run_in(self.page, CALM)

    def guesses(self) -> list[GuessView]:
        return [GuessView(node) for node in self.node.locator(".course-guess").all()]

    def quizzes(self) -> list[QuizView]:
        return [QuizView(node) for node in self.node.locator(".course-quiz").all()]

    def reload(self) -> Notebook:
        """Save it and load the page anew, with the kernel as it is; the notebook in the new page."""
        run_in(self.page, "async () => { await panel.context.save(); }")
        self.page.reload()
        wait_until_restored(self.page)
        return Notebook(self.page, self.path)

    def restart(self) -> None:
        """A fresh kernel, in which nothing has run."""
        run_in(self.page, "async () => { await panel.sessionContext.restartKernel(); }")

    def close(self) -> None:
        """Stop the kernel and close the tab, without saving."""
        run_in(self.page, "async () => { await panel.sessionContext.shutdown(); panel.dispose(); }")


class GuessView:
    """One guess as a learner sees it: its field, Lock, and what is said below them."""

    def __init__(self, node: Locator):
        self.node, self.field = node, node.get_by_role("textbox")
        self.button = node.get_by_role("button", name=re.compile("Lock"))  # an icon stands first
        self.said = node.locator("[role=status], [role=alert]")

    def lock(self, way: str) -> None:
        """By "mouse", or with Tab from its control to the button and a key, "Space" or "Enter"."""
        if way == "mouse":
            self.button.click()
        else:
            self.node.page.keyboard.press("Tab")
            self.node.page.keyboard.press(way)

    def size(self) -> tuple[float, float]:
        box = self.node.bounding_box()
        return box["width"], box["height"]


class QuizView:
    """One quiz as a learner sees it: its questions, each with its letters, and the line that counts."""

    def __init__(self, node: Locator):
        self.node = node
        self.questions = [QuestionView(found) for found in node.locator(".course-question").all()]

    def summary(self) -> str:
        return self.node.locator("> .widget-html [role=status]").inner_text()


class QuestionView:
    """One question with its letters."""

    def __init__(self, node: Locator):
        self.node, self.letters = node, node.locator("button").all()

    def press(self, index: int, way: str) -> None:
        """Choose a letter by "mouse", or go to it and press a key, "Space" or "Enter"."""
        letter = self.letters[index]
        letter.click() if way == "mouse" else letter.press(way)

    def layout(self) -> list[float]:
        """The question's height and each letter's place in it, in pixels."""
        return self.node.evaluate(
            """node => [node.getBoundingClientRect().height, ...[...node.querySelectorAll('button')].map(
                button => button.getBoundingClientRect().top - node.getBoundingClientRect().top)]"""
        )

    def cut_off(self) -> list[str]:
        """Words that do not fit into their box."""
        return self.node.evaluate(
            """node => [...node.querySelectorAll('button, .widget-html, .widget-html-content')].filter(
                box => box.scrollWidth > box.clientWidth + 1 || box.scrollHeight > box.clientHeight + 1
            ).map(box => box.innerText)"""
        )


@dataclass
class Look:
    """An explorer at rest: a checksum of its picture or its page of text, its sentences, the kernel's errors, and where
    things are."""

    picture: str  # a new file with the same bytes is the same picture
    words: list[str]  # below the picture
    alerts: list[str]
    errors: list[str]
    layout: dict[str, float]  # pixels: the explorer's height and width, the picture's place and size in it


LOOK = """async explorer => {
    await (CALM)();
    const image = explorer.querySelector('.widget-image, .course-writer-page');
    await image.decode?.();
    const legend = explorer.querySelector('.course-writer-legend')?.innerHTML;
    const shown = image.src ? await (await fetch(image.src)).arrayBuffer()
        : new TextEncoder().encode(legend + image.innerHTML);
    const hash = await crypto.subtle.digest('SHA-1', shown);
    const texts = role => [...explorer.querySelectorAll(`[role=${role}]`)].map(node => node.innerText);
    const all = explorer.getBoundingClientRect(), box = image.getBoundingClientRect();
    return {
        picture: [...new Uint8Array(hash)].join(), words: texts('status'), alerts: texts('alert'), errors: [...errors],
        layout: {height: all.height, width: all.width, left: box.left - all.left, top: box.top - all.top,
                 'picture width': box.width, 'picture height': box.height},
    };
}""".replace("CALM", CALM)


class ExplorerView:
    """One explorer as a learner sees it: its picture, its caption, its controls."""

    KINDS = ".widget-slider, .widget-dropdown, .widget-checkbox, .widget-toggle-buttons, .widget-text, .widget-textarea"

    def __init__(self, node: Locator):
        self.node = node
        self.image = node.locator(".widget-image, .course-writer-page")  # the picture, or a page of text
        self.image.scroll_into_view_if_needed()
        self.image.evaluate("image => image.decode?.()")
        self.name = next(
            name.removeprefix("course-explorer-")
            for name in node.get_attribute("class").split()
            if name.startswith("course-explorer-")
        )

    def look(self) -> Look:
        """What is seen once the kernel has answered all that it was sent; TimeoutError when it takes a minute."""
        return Look(**run_in(self.node.page, LOOK, self.node.element_handle()))

    def buttons(self) -> list[Locator]:
        """Buttons of the explorer's own, without those of Play."""
        return self.node.locator(".widget-button:not(.widget-play *)").all()

    def controls(self) -> list[Control]:
        """Every control that is seen and can be moved, each in the hands that fit it."""
        disabled = self.node.page.locator("[disabled]")
        found = self.node.locator(self.KINDS).filter(has_not=disabled).locator("visible=true")
        return [Control.of(found.nth(index)) for index in range(found.count())]

    def player(self) -> Player | None:
        """Its buttons of Play, if it has them."""
        return Player(self) if self.node.locator(".widget-play").count() else None


FRAMES = """image => { window.frames = []; image.onload = async () => {
    await image.decode(); requestAnimationFrame(() => frames.push(performance.now())); }; }"""
IDLE = "play => play.querySelector('.fa-play') && !unanswered.size"


def fastest(speed) -> int:
    """Press the button of a Tape's speed until it offers the highest; in steps a second."""
    found = []
    while (now := int(re.search(r"\d+", speed.inner_text())[0])) not in found or now < max(found):
        found.append(now)
        speed.click()
        expect(speed).not_to_contain_text(f" {now}/")
    return now


class Player:
    """Play, pause and reset of an explorer, and the button of its speed."""

    def __init__(self, explorer: ExplorerView):
        self.explorer, self.page, self.node = explorer, explorer.node.page, explorer.node.locator(".widget-play")
        self.start, self.reset = (self.node.locator("button").nth(place) for place in (0, 1))  # start is pause as well
        self.speed = explorer.node.get_by_role("button", name="speed")

    def play_to_the_end(self) -> list[float]:
        """From the first moment to the last: when each picture was seen, in milliseconds."""
        self.reset.click()
        self.explorer.look()
        self.explorer.image.evaluate(FRAMES)
        self.start.click()
        expect(self.node.locator(".fa-pause")).to_have_count(1)
        self.page.wait_for_function(IDLE, arg=self.node.element_handle(), polling=200)
        self.explorer.look()
        return self.page.evaluate("frames")


class Control:
    """A control; `ways` are the ways to change it, each giving another value each time it is called.

    After `rounds` calls a list or box is where it was. A call may need `tries` until the picture shows it.
    """

    rounds, tries = 1, 1

    def __init__(self, node: Locator):
        self.node, self.page = node, node.page
        self.ways = {"click": self.click}

    @staticmethod
    def of(node: Locator) -> Control:
        kinds = {"widget-slider": Slider, "widget-dropdown": Dropdown, "widget-toggle-buttons": ToggleButtons}
        kinds |= {"widget-text": TextField, "widget-textarea": TextField}
        classes = node.get_attribute("class").split()
        return next((kind for name, kind in kinds.items() if name in classes), Checkbox)(node)

    @property
    def label(self) -> str:
        return self.node.inner_text().split("\n")[0]

    def readout(self) -> str:
        """What the control shows as its value."""
        raise NotImplementedError

    def click(self) -> None:
        raise NotImplementedError


class Slider(Control):
    tries = 5  # one step may be too small to be seen

    def __init__(self, node: Locator):
        super().__init__(node)
        self.handle = node.locator(".noUi-handle")
        self.ways = {"keyboard": self.press, "drag": self.drag}

    def readout(self) -> str:
        return self.node.locator(".widget-readout").inner_text()

    def position(self) -> float:
        """0 at the left end, 1 at the right end."""
        low, high, now = self.handle.evaluate(
            "handle => ['min', 'max', 'now'].map(name => Number(handle.getAttribute(`aria-value${name}`)))"
        )
        return (now - low) / (high - low)

    def press(self) -> None:
        """One step by the keyboard, towards the middle."""
        self.handle.press("ArrowRight" if self.position() < 0.5 else "ArrowLeft")

    def click(self) -> None:
        """Into the middle by the mouse."""
        self.node.locator(".noUi-base").click()

    def drag(self) -> None:
        """Into the other half by the mouse."""
        self.handle.scroll_into_view_if_needed()
        track, handle = self.node.locator(".noUi-base").bounding_box(), self.handle.bounding_box()
        x, y = handle["x"] + handle["width"] / 2, handle["y"] + handle["height"] / 2
        target = track["x"] + track["width"] * (0.8 if self.position() < 0.5 else 0.2)
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        self.page.mouse.move(target, y, steps=5)
        self.page.mouse.up()


class Dropdown(Control):
    tries = 2  # an option may stand for what is there already, such as the learner's own words

    def __init__(self, node: Locator):
        super().__init__(node)
        self.select = node.locator("select")
        self.ways = {"choose": self.click}

    @property
    def label(self) -> str:
        return self.node.locator("label").inner_text()

    @property
    def rounds(self) -> int:
        return self.select.locator("option").count()

    def readout(self) -> str:
        return self.select.evaluate("select => select.selectedOptions[0].label")

    def click(self) -> None:
        """The next option, after the last the first."""
        count, now = self.select.evaluate("select => [select.options.length, select.selectedIndex]")
        self.select.select_option(index=(now + 1) % count)


class Checkbox(Control):
    rounds = 2

    def readout(self) -> str:
        return str(self.node.locator("input").is_checked())

    def click(self) -> None:
        self.node.locator("input").click()


class ToggleButtons(Control):
    @property
    def rounds(self) -> int:
        return self.node.locator("button").count()

    def readout(self) -> str:
        return self.node.locator("button.mod-active").inner_text()

    def click(self) -> None:
        """The next button, after the last the first."""
        buttons = self.node.locator("button")
        active = buttons.evaluate_all("all => all.findIndex(button => button.classList.contains('mod-active'))")
        buttons.nth((active + 1) % self.rounds).click()


class TextField(Control):
    tries = 2  # a space at the end is no word yet

    def __init__(self, node: Locator):
        super().__init__(node)
        self.field = node.locator("input, textarea")
        self.ways = {"keyboard": self.press}

    @property
    def label(self) -> str:
        return self.node.locator("label").inner_text()

    def readout(self) -> str:
        return self.field.input_value()

    def press(self) -> None:
        """One letter more at the end of the text; it grows by a word every five letters."""
        self.field.evaluate("field => field.setSelectionRange(field.value.length, field.value.length)")
        self.field.press("Space" if len(self.readout()) % 5 == 4 else "a")
