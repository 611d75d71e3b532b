"""The web site in Chromium: bytes of a page, seconds to the first answer, milliseconds of a move, frames a second.

`python -m benchmarks.site` builds the site, writes data/measured/site.json and its table in docs/results.md. Bytes are
those that a page asks for before "Move it", as they lie on the disk, and compressed by gzip where a host would. Cold:
a reader who has not been here before, from the press of "Move it" to the live picture, the files from this machine.
Again: the same page opened once more, as soon as it is there. After reading: another page ten seconds after it came,
for the page of a reader who has moved something before loads Python meanwhile. The clock of a move is that of
benchmarks/explorers.py.
"""

from __future__ import annotations

import gzip
import statistics
import sys

from playwright.sync_api import Page, sync_playwright

from benchmarks import report
from benchmarks.explorers import ANSWER, LISTEN
from benchmarks.fresh import megabytes
from tools import site

sys.path.insert(0, str(report.ROOT / "tests" / "browser"))
from lab import FLAGS, fastest, find_chromium  # noqa: E402

STARTS, PRESSES, WARM_UP, READING = 3, 30, 5, 10  # READING in seconds
WANTED = {
    "page_mb": 2, "cold_seconds": 10, "again_seconds": 5, "after_reading_seconds": 5, "move_ms": 60,
    "frames_a_second": 20, "site_mb": 50,
}  # fmt: skip
TEXT = (".html", ".js", ".css", ".svg", ".json")
READY = "n => document.querySelectorAll('gg-explorer')[n].dataset.ready"
FAILED = "document.querySelector('gg-explorer [role=alert]')"
FRAMES = "image => { window.frames = []; image.addEventListener('load', () => frames.push(performance.now())); }"


def begin(page: Page, place: int = 0) -> float:
    """Seconds from the press of "Move it" to the explorer that moves."""
    page.locator("gg-explorer").nth(place).locator(".gg-start").focus()
    start = page.evaluate("performance.now()")
    page.keyboard.press("Enter")
    page.wait_for_function(f"{READY} || {FAILED}", arg=place, timeout=60_000, polling=20)
    if failed := page.locator("gg-explorer").nth(place).locator("[role=alert]").all_inner_texts():
        raise SystemExit(f"{page.url}: {failed[0]}")
    return (page.evaluate("performance.now()") - start) / 1000


def page_bytes(browser, address: str, lesson: str) -> dict:
    """What the page of a lesson asks for when it is opened, in units of 10^6 bytes."""
    page, raw, packed = browser.new_page(), 0, 0
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{address}/notebooks/{lesson}.html", wait_until="networkidle")
    for url in {url.partition("?")[0] for url in asked if url.startswith(address)}:
        content = (site.SITE / url.removeprefix(f"{address}/")).read_bytes()
        raw += len(content)
        packed += len(gzip.compress(content)) if url.endswith(TEXT) else len(content)
    page.close()
    return {"lesson": lesson[:2], "mb": round(raw / 1e6, 2), "compressed_mb": round(packed / 1e6, 2)}


def move_times(page: Page, place: int) -> list[float] | None:
    """Milliseconds from a key to the new picture, its sliders in turn; None for one without a picture or slider."""
    explorer = page.locator("gg-explorer").nth(place)
    image = explorer.locator("img.gg-picture")
    sliders = [one for one in explorer.locator("input[type=range]").all() if one.is_visible() and one.is_enabled()]
    if not image.count() or not sliders:
        return None
    times = []
    for press in range(6 * PRESSES):
        slider = sliders[press % len(sliders)]
        middle = slider.evaluate("s => s.value - s.min < (s.max - s.min) / 2")
        image.evaluate(LISTEN)
        slider.press("ArrowRight" if middle else "ArrowLeft")
        if (time := image.evaluate(ANSWER)) is not None:
            times.append(time)
        if len(times) == WARM_UP + PRESSES:
            break
    return times[WARM_UP:]


def frames(page: Page, place: int) -> float:
    """Pictures a second of a Tape that plays from its first moment to its last at its highest speed."""
    explorer = page.locator("gg-explorer").nth(place)
    fastest(explorer.get_by_role("button", name="speed"))
    explorer.get_by_role("button", name="reset").click()
    page.wait_for_timeout(500)
    explorer.locator("img.gg-picture").evaluate(FRAMES)
    explorer.get_by_role("button", name="play").click()
    explorer.get_by_role("button", name="pause").wait_for()
    explorer.get_by_role("button", name="play").wait_for(timeout=60_000)
    times = page.evaluate("frames")
    return round(1000 * (len(times) - 1) / (times[-1] - times[0]), 1)


def starts(browser, address: str, lessons: list[str]) -> dict:
    cold, again, after_reading = [], [], []
    for _ in range(STARTS):
        context = browser.new_context()
        page = context.new_page()
        page.goto(f"{address}/notebooks/{lessons[0]}.html")
        cold.append(begin(page))
        page.evaluate("navigator.serviceWorker.ready.then(() => 1)")
        page.goto(f"{address}/notebooks/{lessons[1]}.html")  # it still fills the store of the service worker
        begin(page)
        page.wait_for_timeout(1000 * READING)  # it keeps what it has compiled
        page.goto(f"{address}/notebooks/{lessons[0]}.html")
        again.append(begin(page))
        page.goto(f"{address}/notebooks/{lessons[2]}.html")
        page.wait_for_timeout(1000 * READING)
        after_reading.append(begin(page))
        context.close()
    found = {"cold_seconds": cold, "again_seconds": again, "after_reading_seconds": after_reading}
    return {name: round(statistics.median(times), 1) for name, times in found.items()}


def explorers(browser, address: str, lessons: list[str]) -> list[dict]:
    rows, page = [], browser.new_page(viewport={"width": 1440, "height": 1000})
    for lesson in lessons:
        page.goto(f"{address}/notebooks/{lesson}.html")
        for place, one in enumerate(page.locator("gg-explorer").all()):
            name = one.get_attribute("name")
            begin(page, place)
            if times := move_times(page, place):
                row = {"lesson": lesson[:2], "explorer": name, "median_ms": round(statistics.median(times)),
                       "p95_ms": round(statistics.quantiles(times, n=20)[-1])}  # fmt: skip
                rows.append(row | ({"frames_a_second": frames(page, place)} if name == "Tape" else {}))
    page.close()
    return rows


def measure() -> dict:
    lessons = [path.stem for path in sorted((site.SITE / "notebooks").glob("[0-9][0-9]_*.html"))]
    with site.serving() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        found = starts(browser, address, lessons)
        found["explorers"] = explorers(browser, address, lessons)
        found["pages"] = [page_bytes(browser, address, lesson) for lesson in lessons]
        browser.close()
    return found | {"site_mb": round(megabytes(site.SITE))}


def summary(result: dict) -> dict:
    """The figures of WANTED: the largest page, the slowest median, the fewest frames."""
    rows = result["explorers"]
    return {
        "page_mb": max(page["compressed_mb"] for page in result["pages"]),
        "cold_seconds": result["cold_seconds"],
        "again_seconds": result["again_seconds"],
        "after_reading_seconds": result["after_reading_seconds"],
        "move_ms": statistics.median(row["median_ms"] for row in rows),
        "frames_a_second": min(row["frames_a_second"] for row in rows if "frames_a_second" in row),
        "site_mb": result["site_mb"],
    }


WORDS = {
    "page_mb": "Largest page of a lesson before “Move it”, compressed, MB",
    "cold_seconds": "First answer, a reader who is new here, seconds",
    "again_seconds": "First answer, the same page opened again, as soon as it is there, seconds",
    "after_reading_seconds": "First answer on another page, after ten seconds of reading, seconds",
    "move_ms": "Key press to new picture, median of all explorers, ms",
    "frames_a_second": "Tape played, the fewest frames a second",
    "site_mb": "The whole site, MB",
}


def markdown(result: dict) -> str:
    found = summary(result)
    return report.table(["On the web site", "Measured", "Wanted"], [
        [words, found[name], f"at {'least' if name == 'frames_a_second' else 'most'} {WANTED[name]}"]
        for name, words in WORDS.items()
    ])  # fmt: skip


def main() -> None:
    site.build()
    result = {"command": "python -m benchmarks.site", "machine": report.machine(), **measure()}
    report.save("site", result)
    report.put_into_page("site", markdown(result))
    print(markdown(result))


if __name__ == "__main__":
    main()
