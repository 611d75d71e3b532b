"""Tests, and the kernels they start, keep progress in a throw-away folder, never in the learner's.

Side by side (pytest -n 2) each has one thread.
"""

import os
import tempfile

import pytest
from nbval.plugin import IPyNbCell

_home = tempfile.TemporaryDirectory(prefix="course-home-")
os.environ["RNN_COURSE_HOME"] = _home.name
if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ.setdefault("OMP_NUM_THREADS", "1")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    """Under strict --nbval each cell runs twice in a row, as a learner may run it: both times with the same output."""
    result = yield
    if isinstance(item, IPyNbCell) and item.config.option.nbval:
        item.add_report_section("call", "cell", "It failed when it was run a second time in a row.")
        item.runtest()
        item._report_sections.pop()
    return result
