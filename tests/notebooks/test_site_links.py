"""Links from lessons to the web site: the page is a lesson's, and its explorer takes the settings of the address."""

import ast
import re
from pathlib import Path
from urllib.parse import parse_qsl

import pytest

from tools.stamp import SITE_LINK
from utils.course import explorers

SOURCES = Path(__file__).resolve().parents[2] / "lessons_src"
LINKS = sorted(
    {
        (path.stem, link)
        for path in SOURCES.glob("*.py")
        for link in re.findall(SITE_LINK.pattern + r"([^)\s]*#[^)\s]*)", path.read_text(encoding="utf-8"))
    }
)


def plain(words: str):
    """A value of an address as the page reads it: a number where it is one."""
    try:
        return ast.literal_eval(words)
    except (ValueError, SyntaxError):
        return words


def test_there_are_such_links():
    assert len(LINKS) >= 10


@pytest.mark.parametrize(("lesson", "link"), LINKS)
def test_the_explorer_of_that_page_begins_so(lesson, link):
    page, _, fragment = link.partition("#")
    settings = {name: plain(value) for name, value in parse_qsl(fragment)}
    name = settings.pop("explorer")
    source = (SOURCES / page.removeprefix("notebooks/").replace(".html", ".py")).read_text(encoding="utf-8")
    assert f"\nexplorers.{name}(" in source
    shown = getattr(explorers, name)(**settings)
    assert settings.items() <= shown.values().items()
