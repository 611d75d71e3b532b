"""The web site, built once and served on loopback; one Chromium in which every other host is blocked."""

import os
from pathlib import Path

import pytest
from filelock import FileLock
from playwright.sync_api import sync_playwright

from lab import find_chromium  # isort: skip
from tools import site

WIDE = {"width": 1440, "height": 900}


def unless_ci(reason: str):
    pytest.fail(reason) if os.environ.get("CI") == "true" else pytest.skip(reason)


@pytest.fixture(scope="session")
def folder(tmp_path_factory) -> Path:
    """The built site; of several processes that test it the first one builds."""
    run = tmp_path_factory.getbasetemp()
    run = run.parent if "PYTEST_XDIST_WORKER" in os.environ else run
    with FileLock(run / "site.lock"):
        if not (run / "site.built").exists():
            build()
            (run / "site.built").touch()
    return site.SITE


def build() -> None:
    if find_chromium() is None:
        unless_ci("No Chromium here: install it, or name one in COURSE_CHROMIUM.")
    try:
        site.build()
    except site.SiteError as failure:
        if "could not be fetched" in str(failure):
            unless_ci(f"{failure} Name a folder with Pyodide's files in COURSE_PYODIDE.")
        raise


@pytest.fixture(scope="session")
def address(folder):
    with site.serving() as address:
        yield address


@pytest.fixture(scope="session")
def chromium():
    with sync_playwright() as playwright:
        options = {"executable_path": find_chromium(), "args": ["--no-sandbox", "--disable-gpu"]}
        browser = playwright.chromium.launch(**options)
        yield browser
        browser.close()


class Visit:
    """A page of the site, with what went wrong on it."""

    def __init__(self, context, address: str):
        self.page, self.address = context.new_page(), address
        self.errors, self.outside = [], []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", lambda line: line.type == "error" and self.errors.append(line.text))
        context.route(lambda url: not url.startswith(address), self._block)

    def _block(self, route):
        self.outside.append(route.request.url)
        route.abort()

    def open(self, path: str) -> None:
        self.page.goto("about:blank")  # another hash alone would not load the page anew
        self.page.goto(f"{self.address}/{path}", wait_until="load")

    def start(self, place: int = 0):
        """Bring the explorer at that place to life."""
        explorer = self.page.locator("gg-explorer").nth(place)
        explorer.locator(".gg-start").click()
        return self.ready(place)

    def ready(self, place: int = 0):
        alive = "n => document.querySelectorAll('gg-explorer')[n].matches('[data-ready], :has([role=alert])')"
        self.page.wait_for_function(alive, arg=place, timeout=120_000)
        return self.page.locator("gg-explorer").nth(place)


@pytest.fixture
def visit(chromium, address):
    """A reader who has not been here before."""
    context = chromium.new_context(viewport=WIDE)
    yield Visit(context, address)
    context.close()


@pytest.fixture(scope="session")
def known(chromium):
    context = chromium.new_context(viewport=WIDE)
    yield context
    context.close()


@pytest.fixture
def again(known, address):
    """A reader who comes back: their browser keeps what it has loaded."""
    visit = Visit(known, address)
    yield visit
    visit.page.close()
    known.unroute_all()
