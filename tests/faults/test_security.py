"""Nothing the course reads can run code: no pickle is loaded, no shell started, no text executed."""

import ast
import pickle
from pathlib import Path

import pytest
import torch

from utils.data.batching import batches
from utils.models.classifier import Classifier
from utils.models.language import load_language
from utils.models.sentiment import load_sentiment
from utils.models.tagger import load_tagger
from utils.train.trainer import Trainer

ROOT = Path(__file__).parents[2]
SOURCES = [path for folder in ("utils", "tools", "benchmarks", "lessons_src") for path in (ROOT / folder).rglob("*.py")]
MODULES = {"pickle", "cPickle", "_pickle", "dill", "cloudpickle", "joblib", "shelve", "marshal"}
CALLS = {"eval", "exec", "compile", "os.system", "os.popen", "torch.load", "np.load", "numpy.load"}


def dangers(source: str) -> list[str]:
    """What in a Python source can run what it reads."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found += [name.name for name in node.names if name.name.split(".")[0] in MODULES]
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in MODULES:
            found.append(node.module)
        elif isinstance(node, ast.Call):
            if ast.unparse(node.func) in CALLS:
                found.append(ast.unparse(node.func))
            found += ["shell=True" for key in node.keywords if key.arg == "shell" and ast.unparse(key.value) != "False"]
    return found


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_source_runs_what_it_reads(path):
    assert dangers(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "source",
    [
        "import pickle",
        "from joblib import load",
        "import torch\ntorch.load('a.pt', weights_only=True)",
        "np.load('a.npy')",
        "eval(input())",
        "subprocess.run('ls ' + name, shell=True)",
        "os.system('ls')",
    ],
)
def test_the_search_finds_them(source):
    assert len(dangers(source)) == 1


class Bomb:
    """Unpickled, it writes a file."""

    def __init__(self, mark: Path):
        self.mark = mark

    def __reduce__(self):
        return (Path.touch, (self.mark,))


def _resume(path):
    torch.manual_seed(0)
    data = batches([[2, 3], [3, 4]], [0, 1], 2)
    Trainer(Classifier(5, 2, 2), epochs=1).fit(data, data, progress=False, checkpoint=path)


READERS = {
    "load_sentiment": load_sentiment,
    "load_language": load_language,
    "load_tagger": load_tagger,
    "Trainer.fit": _resume,
}


@pytest.mark.fault("A model file is a pickle that runs code", "It is refused by name, and nothing runs")
@pytest.mark.parametrize("name", READERS)
def test_a_planted_pickle_is_refused_and_does_not_run(name, tmp_path):
    mark, planted = tmp_path / "it ran", tmp_path / "model.safetensors"
    planted.write_bytes(pickle.dumps(Bomb(mark)))
    with pytest.raises(ValueError) as refusal:
        READERS[name](planted)
    assert "\n" not in str(refusal.value) and planted.name in str(refusal.value)
    assert not mark.exists()


def test_the_planted_pickle_would_have_run(tmp_path):
    pickle.loads(pickle.dumps(Bomb(tmp_path / "it ran")))
    assert (tmp_path / "it ran").exists()


@pytest.mark.parametrize("name", ["tools/lab.py", "Makefile", "tools/jupyter"])
def test_jupyter_keeps_its_token(name):
    path = ROOT / name
    files = [one for one in path.rglob("*") if one.is_file()] if path.is_dir() else [path]
    for text in (one.read_text(encoding="utf-8").lower() for one in files):
        assert not any(option in text for option in ("token", "password", "allow_origin", "disable_check_xsrf"))
