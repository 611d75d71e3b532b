"""Files are written whole or not at all, with the rights that any new file of the learner has."""

import os

import pytest

from utils.files import write_whole


def test_a_new_file_has_the_rights_of_any_other(tmp_path):
    (tmp_path / "other").write_bytes(b"")
    write_whole(tmp_path / "folder" / "mine", b"content")
    assert (tmp_path / "folder" / "mine").read_bytes() == b"content"
    assert (tmp_path / "folder" / "mine").stat().st_mode == (tmp_path / "other").stat().st_mode


@pytest.mark.parametrize("failure", [OSError("disk full"), KeyboardInterrupt()])
def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch, failure):
    path = tmp_path / "mine"
    write_whole(path, b"old")

    def stop(*_):
        raise failure

    monkeypatch.setattr(os, "fsync", stop)
    with pytest.raises(type(failure)):
        write_whole(path, b"new")
    assert path.read_bytes() == b"old" and os.listdir(tmp_path) == ["mine"]
