"""Tests, and the kernels they start, keep progress in a throw-away folder, never in the learner's.

Side by side (pytest -n 2) each has one thread.
"""

import os
import tempfile

_home = tempfile.TemporaryDirectory(prefix="course-home-")
os.environ["RNN_COURSE_HOME"] = _home.name
if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ.setdefault("OMP_NUM_THREADS", "1")
