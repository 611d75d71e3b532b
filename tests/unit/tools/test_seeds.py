"""tools/seeds.py: which seeds it moves, and what it finds in a small lesson."""

import ast

import pytest

from tools import seeds

LESSON = """\
# %% [markdown]
# # 01 · A lesson

# %% tags=["setup"]
import random
random.seed(0)

# %%
from utils.course import claim
drawn = random.random()
claim("The first number is 0.844", round(drawn, 3) == 0.844, drawn)
claim("It is less than 1", drawn < 1)

# %%
own = [random.Random(seed).random() for seed in range(2)]
claim("With seed 0 the first is 0.844", round(own[0], 3) == 0.844)
for one in own:
    claim("All of them are less than 1", one < 1)

# %% tags=["raises-exception"]
claim("This one is wrong on purpose", 1 > 2)
"""


@pytest.fixture
def root(tmp_path):
    for name in ("lessons_src", "notebooks"):
        (tmp_path / name).mkdir()
    (tmp_path / "lessons_src" / "01_lesson.py").write_text(LESSON, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("code", "moved"),
    [
        ("torch.Generator().manual_seed(3)", "torch.Generator().manual_seed(203)"),
        ("np.random.default_rng(0)", "np.random.default_rng(200)"),
        ("random.seed(0)", "random.seed(200)"),
        ("learn(make, 1, T=5)", "learn(make, 201, T=5)"),
        ("learn(make, seed=0)", "learn(make, seed=200)"),
        ("run(recipe, seeds=[0, 1])", "run(recipe, seeds=[200, 201])"),
        ("[learn(make, seed) for seed in range(3)]", "[learn(make, seed) for seed in range(200, 203)]"),
        ("for seed in range(1, 8):\n    pass", "for seed in range(201, 208):\n    pass"),
        ("seeds = range(5)", "seeds = range(200, 205)"),
        ("torch.manual_seed(seed)", "torch.manual_seed(seed)"),
        ("for step in range(3):\n    f(step, 7)", "for step in range(3):\n    f(step, 7)"),
    ],
)
def test_only_seeds_are_moved(code, moved):
    assert ast.unparse(seeds.OtherSeeds(200, {"learn": 1}).visit(ast.parse(code))) == moved


def test_a_lessons_own_functions_say_where_they_take_their_seed():
    trees = [ast.parse("def learn(make, seed, T=50):\n    pass"), ast.parse("def draw(x):\n    pass")]
    assert seeds.seed_places(trees) == {"learn": 1}


def test_claims_that_hold_with_one_seed_only_are_found(root, capsys):
    assert seeds.main(["01", "--seeds", "2"], root) == 1
    assert capsys.readouterr().out.splitlines() == [
        "01_lesson: 2 of 4 claims hold with each seed",
        "  fails with 2 of 2: The first number is 0.844",
        "  fails with 2 of 2, and says its seed: With seed 0 the first is 0.844",
        "2 of 4 claims hold with each of the seeds 1 to 2.",
    ]
    assert list((root / "notebooks").iterdir()) == []


def test_a_lesson_that_holds_with_all_seeds_passes(root, capsys):
    source = root / "lessons_src" / "01_lesson.py"
    lines = LESSON.splitlines(keepends=True)
    source.write_text("".join(line for line in lines if "0.844" not in line), encoding="utf-8")
    assert seeds.main(["--seeds", "1"], root) == 0
    assert capsys.readouterr().out.endswith("2 of 2 claims hold with each of the seeds 1 to 1.\n")


def test_an_error_that_is_no_claim_is_told(root, capsys):
    (root / "lessons_src" / "01_lesson.py").write_text("# %%\n1 / 0\n\n# %%\nprint(2)\n", encoding="utf-8")
    assert seeds.main(["--seeds", "1"], root) == 1
    assert "  seed 1: ZeroDivisionError: division by zero\n" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [["99"], ["--seeds", "0"]])
def test_refuses_lessons_and_numbers_that_are_none(root, arguments):
    with pytest.raises(SystemExit) as stopped:
        seeds.main(arguments, root)
    assert stopped.value.code == 2
