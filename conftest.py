"""Tests, and the kernels they start, keep progress in a throw-away folder, never in the learner's."""

import os
import tempfile

_home = tempfile.TemporaryDirectory(prefix="course-home-")
os.environ["RNN_COURSE_HOME"] = _home.name
