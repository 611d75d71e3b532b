"""Disks that are small or read-only."""

import os
import subprocess

import pytest


@pytest.fixture
def tiny_disk(tmp_path):
    """A disk of 64 KiB, for those who may mount one."""
    place = tmp_path / "home"
    place.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", place], capture_output=True)
    if mounted.returncode:
        pytest.skip("only root may mount a small disk")
    yield place
    subprocess.run(["umount", "--lazy", place], check=True)


@pytest.fixture
def read_only(tmp_path):
    """A folder that cannot be written to; root may write anywhere but on a read-only disk."""
    place = tmp_path / "read only"
    place.mkdir()
    if not hasattr(os, "geteuid") or os.geteuid():
        place.chmod(0o500)
        yield place
        place.chmod(0o700)
        return
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "ro,size=64k", "tmpfs", place], capture_output=True)
    if mounted.returncode:
        pytest.skip("root here may not mount a read-only disk")
    yield place
    subprocess.run(["umount", "--lazy", place], check=True)
