"""A notebook says what its source says, and its outputs are those of the present code."""

from pathlib import Path

import nbformat

from tools import build, stamp

ROOT = Path(__file__).resolve().parents[2]


def test_every_source_has_a_notebook():
    sources = build.sources(ROOT)
    assert sources
    missing = [str(path.relative_to(ROOT)) for path in sources if not build.notebook_of(path, ROOT).is_file()]
    assert not missing, f"make build is due for {missing}"


def test_every_notebook_has_a_source():
    built = {build.notebook_of(source, ROOT) for source in build.sources(ROOT)}
    orphans = [str(path.relative_to(ROOT)) for path in build.notebooks(ROOT) if path not in built]
    assert not orphans, f"No source in lessons_src for {orphans}"


def test_says_what_its_source_says(lesson):
    assert build.pair_problems(lesson.nb, lesson.source) == [], "make build"


def test_outputs_are_fresh(lesson):
    assert build.freshness_problems(lesson.nb, lesson.source, ROOT) == [], "make build"


def test_is_valid(lesson):
    nbformat.validate(lesson.nb)


def test_addresses_are_stamped():
    outdated = [str(path.relative_to(ROOT)) for path in stamp.stamped(ROOT)]
    assert not outdated, f"make stamp is due: {outdated}"
