"""Who of several processes speaks and writes."""

import pytest

from utils.machine import is_first_process


@pytest.mark.parametrize(
    ("world", "rank", "first"),
    [(None, None, True), (None, "1", True), ("1", "3", True), (None, "", True), ("2", "0", True), ("2", "1", False)],
)
def test_a_rank_left_over_from_another_job_silences_nobody(monkeypatch, world, rank, first):
    for name, value in {"WORLD_SIZE": world, "RANK": rank}.items():
        monkeypatch.delenv(name, raising=False)
        if value is not None:
            monkeypatch.setenv(name, value)
    assert is_first_process() is first
