"""The web site, built once and served on loopback; one Chromium in which every other host is blocked."""

import functools
import http.server
import os
import threading
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from lab import find_chromium  # isort: skip
from tools import site


def unless_ci(reason: str):
    pytest.fail(reason) if os.environ.get("CI") == "true" else pytest.skip(reason)


@pytest.fixture(scope="session")
def folder() -> Path:
    if find_chromium() is None:
        unless_ci("No Chromium here: install it, or name one in COURSE_CHROMIUM.")
    try:
        site.build()
    except site.SiteError as failure:
        if "could not be fetched" in str(failure):
            unless_ci(f"{failure} Name a folder with Pyodide's files in COURSE_PYODIDE.")
        raise
    return site.SITE


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass

    def copyfile(self, source, outputfile):
        try:
            super().copyfile(source, outputfile)
        except (BrokenPipeError, ConnectionResetError):  # a page that was left while it loaded
            self.close_connection = True


@pytest.fixture(scope="session")
def server(folder):
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture(scope="session")
def address(server) -> str:
    return f"http://127.0.0.1:{server.server_address[1]}"


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
    context = chromium.new_context(viewport={"width": 1440, "height": 900})
    yield Visit(context, address)
    context.close()
