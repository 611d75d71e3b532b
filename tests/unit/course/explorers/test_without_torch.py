"""Every explorer in a process where torch, scikit-learn and scipy are not there, as in a browser."""

import subprocess
import sys
from pathlib import Path

from every_explorer import EVERY

ROOT = Path(__file__).resolve().parents[4]
BLOCKED = ("torch", "sklearn", "scipy", "accelerate", "safetensors.torch")
SCRIPT = f"""
import sys
sys.path[:0] = [{str(ROOT)!r}, {str(ROOT / "tests" / "helpers")!r}]

class Blocked:
    def find_spec(self, name, path=None, target=None):
        if any(name == blocked or name.startswith(blocked + ".") for blocked in {BLOCKED}):
            raise ImportError(name + " is not here")

sys.meta_path.insert(0, Blocked())
from every_explorer import EVERY, make, positions

for name in EVERY:
    explorer = make(name)
    assert explorer.error is None, (name, explorer.error)
    label, control = next((label, control) for label, control in explorer.controls.items() if label != "example")
    pictures = set()
    for value in positions(control, 4):
        control.value = value
        assert explorer.error is None or value == "", (name, label, value, explorer.error)
        pictures.add(explorer.picture.value)
    assert len(pictures) > 1, (name, label)
assert not {{name.partition(".")[0] for name in sys.modules}} & {{"torch", "sklearn", "scipy"}}
print(*EVERY)
"""


def test_each_is_made_and_moved_without_torch_scikit_learn_and_scipy():
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == EVERY
