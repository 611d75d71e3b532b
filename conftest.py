"""Every test, notebook and kernel started from here keeps its progress in a throw-away folder, never in the learner's."""

import os
import tempfile

_home = tempfile.TemporaryDirectory(prefix="course-home-")
os.environ["RNN_COURSE_HOME"] = _home.name
