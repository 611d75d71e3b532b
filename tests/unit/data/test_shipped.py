"""data/README.md tells of each file that ships its size and its checksum."""

import hashlib
import re

import pytest

from utils.files import DATA

ABOUT = (DATA / "README.md").read_text(encoding="utf-8")
FILES = sorted(path.name for path in DATA.iterdir() if path.is_file() and path.suffix != ".md")


@pytest.mark.parametrize("name", FILES)
def test_size_and_checksum_are_those_of_the_file(name):
    content = (DATA / name).read_bytes()
    assert re.search(rf"(?m)^\| {re.escape(name)} \| .+ \| {len(content)} bytes \|", ABOUT)
    assert f"\n{hashlib.sha256(content).hexdigest()}  {name}\n" in ABOUT


def test_no_file_is_told_of_that_does_not_ship():
    assert sorted(re.findall(r"(?m)^[0-9a-f]{64}  (\S+)$", ABOUT)) == FILES
