"""The web site in a browser that can reach no other host: pages, explorers, guesses, quizzes, exercises, offline."""

import json
import os
import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from fontTools.ttLib import TTFont
from lab import barriers
from playwright.sync_api import expect

from tools import site
from utils.course.exercises import exercise
from utils.course.exercises.base import solution_source

ROOT = Path(__file__).resolve().parents[2]
LESSONS = [path.stem for path in sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))]
MOVED = """n => { const e = document.querySelectorAll('gg-explorer')[n];  // its picture and its words
  return [e.querySelector("img")?.src, ...[...e.querySelectorAll(".gg-words")].map(w => w.innerHTML)].join(); }"""
ANSWERED = "n => { const e = document.querySelectorAll('gg-explorer')[n]; return !e.busy && !e.queue.size; }"
OURS = {"include": [["main"]]}  # without the theme's menus
NEXT = "select => (select.selectedIndex + 1) % select.options.length"


def photograph(page, name: str) -> None:
    if folder := os.environ.get("COURSE_SCREENSHOTS"):
        page.screenshot(path=Path(folder) / f"site-{name}.png")


def pages(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*.html") if "_static" not in path.parts)


def test_all_pages_load_and_ask_no_other_host(visit, folder):
    for path in pages(folder):
        visit.open(path.relative_to(folder).as_posix())
        assert visit.page.locator("h1, #search-results").count(), path
    assert visit.errors == []
    assert visit.outside == []


def test_tables_are_tables(folder):
    for path in pages(folder):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"\|\s*(-{3}|—)\s*\|", re.sub(r"(?s)<(script|pre)\b.*?</\1>", "", text)), path


def test_the_font_of_formulas_has_a_root(folder):
    assert site.ROOT_SIGN in TTFont(folder / "_static" / "math.woff").getBestCmap()


def test_every_picture_has_words(folder):
    for path in pages(folder):
        for alt in re.findall(r'<img\b[^>]*?\balt="([^"]*)"', path.read_text(encoding="utf-8")):
            assert alt and "_images/" not in alt, path


def test_docstrings_are_pages_and_nothing_tells_where_it_was_built(folder):
    for path in pages(folder):
        text = path.read_text(encoding="utf-8")
        assert ".. py:" not in text and f"{ROOT}/" not in text, path
    methods = re.findall(r'<dt class="sig [^>]*id="([^"]+)"', (folder / "api" / "arrays.html").read_text("utf-8"))
    assert {"utils.arrays.bag.BagReader.save", "utils.arrays.bag.load_bag"} <= {*methods}


def test_all_links_resolve(folder):
    ids = {}
    for path in pages(folder):
        text = re.sub(r"(?s)<(script|style|pre)\b.*?</\1>", "", path.read_text(encoding="utf-8"))
        ids[path] = set(re.findall(r'\bid="([^"]+)"', text)), re.findall(r'<a\b[^>]*\bhref="([^"]+)"', text)
    lost = []
    for path, (_, links) in ids.items():
        for link in links:
            url = urlsplit(link)
            if url.scheme or link.startswith("//") or not (url.path or url.fragment):
                continue
            target = (path.parent / unquote(url.path)).resolve() if url.path else path
            target = target / "index.html" if target.is_dir() else target
            if not target.is_file():
                lost.append((path.name, link))
            elif url.fragment.startswith("explorer="):
                continue  # settings: tests/notebooks/test_site_links.py
            elif url.fragment and target in ids and unquote(url.fragment) not in ids[target][0]:
                lost.append((path.name, link))
    assert not lost, lost[:20]


@pytest.mark.parametrize("lesson", LESSONS)
def test_every_explorer_moves_by_key_and_mouse(again, lesson):
    again.open(f"notebooks/{lesson}.html")
    for place in range(again.page.locator("gg-explorer").count()):
        explorer = again.start(place)
        assert explorer.locator("[role=alert]").count() == 0, explorer.inner_text()
        for way in WAYS:
            found = [*explorer.locator("input[type=range]").all(), *explorer.locator("select").all()]
            still = [control for control in found if control.is_visible() and control.is_enabled()]
            for _ in range(3):  # some show only where others stand elsewhere: inputs, of a unit that is not linear
                still = [control for control in still if not moves(again.page, place, control, way)]
            names = [explorer.locator(f"label[for={one.get_attribute('id')}]").inner_text() for one in still]
            assert not names, f"{lesson}, {explorer.get_attribute('name')} by {way}: {names}"
        photograph(again.page, f"{lesson}-{place}")
    assert again.errors == []
    if again.page.locator("gg-explorer").count():
        assert barriers(again.page, {"include": [["gg-explorer"]]}) == []  # as they are when they live


def along(control, share: float) -> None:
    """Click on a slider's line, a share of it from the left."""
    control.scroll_into_view_if_needed()
    box = control.bounding_box()
    control.page.mouse.click(box["x"] + share * box["width"], box["y"] + box["height"] / 2)


def choose(select) -> None:
    select.select_option(index=select.evaluate(NEXT))


def is_list(control) -> bool:
    return control.evaluate("control => control.matches('select')")


WAYS = {
    "mouse": lambda c: [lambda: choose(c)] * 4 if is_list(c) else [lambda: along(c, 0.5), lambda: along(c, 0.3)],
    "key": lambda c: [lambda key=key: c.press(key) for key in KEYS[is_list(c)]],
}
KEYS = {True: ("ArrowDown", "ArrowUp", "ArrowUp"), False: ("ArrowRight", "ArrowLeft", "ArrowLeft", "Home", "End")}


def moves(page, place: int, control, way: str) -> bool:
    """Whether picture or words change with the control; a step may change nothing, at its end or where it is small."""
    before = page.evaluate(MOVED, place)
    for step in WAYS[way](control):
        step()
        page.wait_for_function(ANSWERED, arg=place)
        if page.evaluate(MOVED, place) != before:
            return True
    return False


def test_play_goes_through_the_tape_and_stops(again):
    again.open("notebooks/00_start_here.html")
    names = [one.get_attribute("name") for one in again.page.locator("gg-explorer").all()]
    explorer = again.start(names.index("Tape"))
    explorer.get_by_role("button", name="play").click()
    expect(explorer.get_by_role("button", name="pause")).to_be_visible()
    first = again.page.evaluate(MOVED, names.index("Tape"))
    again.page.wait_for_function(f"([n, was]) => ({MOVED})(n) !== was", arg=[names.index("Tape"), first])
    explorer.get_by_role("button", name="pause").click()
    expect(explorer.get_by_role("button", name="play")).to_be_visible()
    explorer.get_by_role("button", name="reset").click()
    assert explorer.locator("[role=alert]").count() == 0


def test_settings_stand_in_the_address_and_can_be_linked(again):
    again.open("notebooks/00_start_here.html#explorer=LeakyUnit&f=0.8")
    explorer = again.ready()
    expect(explorer.locator("output").first).to_have_text("0.80")
    explorer.locator("input[type=range]").first.press("ArrowRight")
    again.page.wait_for_function("location.hash.includes('f=0.81')")
    again.page.reload()
    expect(again.ready().locator("output").first).to_have_text("0.81")
    again.page.evaluate("location.hash = 'explorer=LeakyUnit&f=0.3'")  # a link on the page itself
    expect(explorer.locator("output").first).to_have_text("0.30", timeout=60_000)


def test_a_hostile_address_shows_a_sentence(visit):
    visit.page.on("dialog", lambda dialog: visit.errors.append(dialog.message))
    visit.open("notebooks/00_start_here.html")
    for hash_, sentence in {
        "f=1e300": "cannot begin with f",
        "visitor=<img src=x onerror=alert(1)>": "cannot begin with visitor",
        "no_such=1": "has no control",
        "f=__import__('os')": "cannot begin with f",
    }.items():
        visit.page.evaluate("hash => { location.hash = hash; }", f"explorer=LeakyUnit&{hash_}")
        explorer = visit.page.locator("gg-explorer").first
        expect(explorer.locator("[role=alert]")).to_contain_text(sentence, timeout=60_000)
        assert visit.page.locator("img[src=x]").count() == 0
    assert visit.errors == []
    explorer.locator(".gg-start").click()  # and it can still be started
    visit.ready()


@pytest.mark.parametrize("stored", ["damaged", "[]", '{"solved": 5}', json.dumps(
    {"solved": [], "tries": {}, "guesses": {"00.half_life": "<script>"}, "quizzes": {"00": {"1": 99}}})])  # fmt: skip
def test_hostile_saved_state_does_nothing(visit, stored):
    visit.open("notebooks/00_start_here.html")
    visit.page.evaluate("text => localStorage.setItem('gates-and-gradients', text)", stored)
    visit.open("notebooks/00_start_here.html")
    expect(visit.page.locator("gg-guess button").first).to_have_text("Lock")
    expect(visit.page.locator("gg-quiz")).to_contain_text("0 of 5 answered")
    assert visit.errors == []


def test_guess_quiz_and_progress_are_kept(visit):
    visit.open("notebooks/00_start_here.html")
    guess, quiz = visit.page.locator("gg-guess").first, visit.page.locator("gg-quiz")
    assert "6.58" not in guess.inner_text()
    guess.get_by_role("button").click()
    expect(guess).to_contain_text("Write a number first")
    guess.locator("input").fill("five or so")
    guess.locator("input").press("Enter")
    expect(guess).to_contain_text("There is no number in")
    guess.locator("input").fill("5")
    guess.locator("input").press("Enter")
    expect(guess).to_contain_text("6.58 steps")
    for place, question in enumerate(quiz.locator(".gg-question").all()):
        question.get_by_role("button", name="A").click()
        expect(question.locator(".gg-feedback")).to_contain_text("A is ")
        expect(quiz).to_contain_text(f"{place + 1} of 5 answered" if place < 4 else "right on the first try")
    expect(visit.page.locator("gg-progress")).to_contain_text(re.compile(r"1 of \d locked"))
    visit.page.reload()
    expect(guess).to_contain_text("6.58 steps")
    expect(quiz.locator(".gg-feedback").first).to_contain_text("A is ")
    expect(guess.locator("input")).to_be_disabled()


def test_what_lies_behind_a_guess_is_covered_until_it_is_locked(visit):
    visit.open("notebooks/01_vanishing_gradients.html")
    covered = visit.page.locator(".gg-behind")
    parts = covered.count()
    assert parts >= 3 and not covered.locator("img, pre").filter(visible=True).count()
    covered.first.get_by_role("button").click()  # shown all the same
    expect(covered).to_have_count(parts - 1)
    visit.page.reload()
    for guess in visit.page.locator("gg-guess").all():
        if not guess.locator("input").first.is_visible():
            continue  # where the answer comes
        lock, options = guess.get_by_role("button"), guess.locator("input[type=radio]")
        if options.count():
            options.first.check()
            lock.click()
        for typed in () if options.count() else ("50", "1", "0.5"):  # one of them lies within its bounds
            guess.locator("input").fill(typed)
            lock.click()
            if lock.is_disabled():
                break
    expect(covered).to_have_count(0)
    assert visit.errors == []


def test_what_is_said_of_an_answer_waits_for_the_guess(visit):
    visit.open("notebooks/03_gru_cell.html")
    said = visit.page.locator("p", has_text="The answer to your guess was measured as the cell ran")
    part = visit.page.locator(".gg-told.behind-03-faster")
    expect(said).to_be_hidden()
    part.get_by_role("button").click()
    expect(said).to_be_visible()
    expect(part.locator(".gg-cover")).to_be_hidden()
    visit.page.reload()
    expect(said).to_be_hidden()
    guess = visit.page.locator("gg-guess", has_text="nn.LSTM and nn.GRU of the same sizes").first
    guess.locator("input").first.fill("1")
    guess.get_by_role("button", name="Lock").click()
    expect(said).to_be_visible()
    assert visit.errors == []


def test_an_exercise_is_checked_in_the_page(visit):
    visit.open("notebooks/00_start_here.html")
    box = visit.page.locator("gg-exercise")
    check, said, code = box.get_by_role("button", name="Check"), box.locator(".gg-outcome"), box.locator("textarea")
    check.click()
    expect(said).to_contain_text("00.1 Not tried yet", timeout=120_000)
    expect(said).to_contain_text("in the box, then press Check")
    code.fill("def leaky(x, f):\n    return x")
    check.click()
    expect(said).to_contain_text("00.1 Not yet")
    expect(said).to_contain_text("should be")
    code.fill(solution_source("00.1", "leaky"))
    check.click()
    expect(said).to_contain_text("00.1 Correct")
    expect(visit.page.locator("gg-progress")).to_contain_text("1 of 1 solved")
    code.fill("def leaky(:")
    check.click()
    expect(said).to_contain_text("SyntaxError")
    visit.page.reload()
    expect(code).to_have_value("def leaky(:")  # what was written stays


CHECK = """([number, code]) => new Promise(done => {
  window.python ??= new Worker("_static/worker.js");
  python.onmessage = ({data}) => data.progress || done(data.error ?? data.told);
  python.postMessage({id: 1, job: "check", args: [number, code]});
})"""


def test_every_box_takes_the_courses_own_solution_and_no_code_without_it(visit):
    visit.open("index.html")
    assert len(site.needed()[0]) >= 13
    said = visit.page.evaluate(CHECK, ["02.1", "sigmoid(np.zeros(2)), tokenise('a')\nlstm_step = 1"])
    assert "NameError" not in said["sentence"]  # what tools/site_pages.py says can be used
    for number in site.needed()[0]:
        answer = exercise(number).answer
        said = visit.page.evaluate(CHECK, [number, solution_source(number, answer)])
        assert said["status"] == "Correct", (number, said)
        said = visit.page.evaluate(CHECK, [number, "x = 1"])
        assert said == {"status": "Not yet", "sentence": f"There is no {answer} in the box: define it."}
    said = visit.page.evaluate(CHECK, [number, "import torch"])
    assert said["sentence"] == "There is no torch on this page: write it with NumPy, as np."


def test_code_that_never_ends_is_stopped_and_the_page_goes_on(visit):
    def impatient(route):
        script = route.fetch()
        assert "MOST_SECONDS = 20" in script.text()
        route.fulfill(response=script, body=script.text().replace("MOST_SECONDS = 20", "MOST_SECONDS = 4"))

    visit.page.route("**/course.js*", impatient)
    visit.open("notebooks/00_start_here.html")
    explorer = visit.start()
    box = visit.page.locator("gg-exercise")
    check, said, code = box.get_by_role("button", name="Check"), box.locator(".gg-outcome"), box.locator("textarea")
    code.fill("while True: pass")
    check.click()
    expect(said).to_have_text("Checking …", timeout=30_000)
    expect(said).to_contain_text("ran for 4 seconds and was stopped", timeout=60_000)
    expect(explorer.locator(".gg-start")).to_be_enabled()  # its Python is gone: it stands still again
    code.fill(solution_source("00.1", "leaky"))
    expect(said).to_have_text("")
    check.click()
    expect(said).to_contain_text("00.1 Correct", timeout=60_000)
    visit.start()
    assert visit.errors == []


def test_a_click_on_what_the_writer_wrote_looks_at_that_character(again):
    again.open("notebooks/08_language_model.html")
    writer = again.start()
    writer.locator(".course-writer-text i").nth(60).click()
    expect(writer.locator("[role=status]")).to_contain_text("Its score was moved most by")
    assert again.errors == []


def test_once_seen_it_works_offline(visit):
    visit.open("notebooks/00_start_here.html")
    visit.page.evaluate("navigator.serviceWorker.ready.then(() => 1)")
    visit.open("notebooks/00_start_here.html")  # now through the service worker
    visit.start()
    compiled = "caches.match(new URL('../_static/compiled.zip', location.href).href).then(Boolean)"
    visit.page.wait_for_function(compiled, timeout=60_000, polling=500)  # what Python has compiled is kept too
    visit.page.context.set_offline(True)
    visit.page.reload()
    assert visit.start().locator("[role=alert]").count() == 0
    visit.page.context.set_offline(False)


def test_search_finds_chrono(visit):
    visit.open("search.html?q=chrono")
    expect(visit.page.locator("#search-results li").first).to_be_visible(timeout=20_000)


def test_without_javascript_all_stays_readable(chromium, address):
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/notebooks/00_start_here.html")
    assert page.locator("gg-explorer img").first.is_visible() and page.locator("gg-explorer p").first.is_visible()
    assert page.locator("gg-guess details").first.is_visible() and page.locator("gg-quiz details").first.is_visible()
    context.close()


@pytest.mark.parametrize("lesson", LESSONS)
def test_on_a_phone_nothing_overflows(chromium, address, lesson):
    context = chromium.new_context(viewport={"width": 390, "height": 844}, color_scheme="dark")
    page = context.new_page()
    page.goto(f"{address}/notebooks/{lesson}.html")
    photograph(page, f"{lesson}-phone")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    for picture in page.locator("gg-explorer img, .cell_output > img").filter(visible=True).all():
        # of one 900 pixels wide the smallest words are 11 high
        assert picture.evaluate("image => image.getBoundingClientRect().width") >= 740
    context.close()


PAGES = ["index", "results", *(f"notebooks/{lesson}" for lesson in LESSONS)]
DARK = ["index", *(page for page in PAGES if re.search("/0[0278]", page))]  # one of each kind
SHOWN = [*((page, "light") for page in PAGES), *((page, "dark") for page in DARK)]


@pytest.mark.parametrize("page_name, scheme", SHOWN)
def test_no_serious_barrier(chromium, address, page_name, scheme):
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, color_scheme=scheme)
    page = context.new_page()
    page.goto(f"{address}/{page_name}.html")
    photograph(page, f"{Path(page_name).name}-{scheme}")
    shown = OURS if page_name in DARK else OURS | {"exclude": [[".highlight"]]}  # code has its colors everywhere
    assert barriers(page, shown, [] if scheme == "light" else ["color-contrast"]) == []  # dark has other colors only
    context.close()
