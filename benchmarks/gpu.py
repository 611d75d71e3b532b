"""How long the recipes train on a GPU, and how good they are there.

`python -m benchmarks.gpu` (a GPU and the real data needed; two minutes) writes data/measured/gpu.json and its table in
docs/results.md. Each recipe is trained by its own command in its own process, as a user would. Its first training
starts CUDA as well, which takes some seconds, so what later ones take is told apart.
"""

from __future__ import annotations

import statistics

import torch

from benchmarks import report
from utils.files import measured

SEEDS = 3
RECIPES = {  # in words: the command's arguments, the results of the CPU
    "reviews, fast": (["imdb", "--recipe", "fast"], lambda: measured("imdb")["fast"]),
    "reviews, best": (["imdb", "--recipe", "best"], lambda: measured("imdb")["ensemble"]["networks"]),
    "tags, both ways, with endings": (
        ["tagger", "--recipe", "both, endings"], lambda: measured("tagger")["recipes"]["both, endings"]
    ),
}  # fmt: skip


def markdown(result: dict) -> str:
    """Seconds and accuracies: medians over the seeds, beside the CPU's of the same recipe."""
    rows = []
    for name, (_, cpu) in RECIPES.items():
        one, cpu = result["recipes"][name], cpu()
        first, *later = (run["seconds"] for run in one["runs"])
        own = ", ".join(f"{choice} {value:g}" for choice, value in one["recipe"]["on_gpu"].items())
        rows.append([name, own, f"{first:.1f}", f"{statistics.median(later):.1f}", *_shares(one),
                     f"{cpu['median']['seconds']:.0f}", *_shares(cpu)])  # fmt: skip
    header = ["recipe", "its own choices", "seconds, first", "later", "validation, %", "test, %"]
    return report.table([*header, "CPU: seconds", "validation, %", "test, %"], rows)


def _shares(one: dict) -> list[str]:
    middle = one["median"]
    return [f"{100 * split['accuracy']:.1f}" for split in (middle.get("validation") or middle["dev"], middle["test"])]


def main() -> None:
    if not torch.cuda.is_available():
        raise SystemExit("torch finds no GPU here; python -m benchmarks.imdb measures the CPU.")
    result = {"command": "python -m benchmarks.gpu", "machine": report.machine(), "recipes": {}}
    for name, (arguments, _) in RECIPES.items():
        result["recipes"][name] = report.trained([*arguments, "--seeds", str(SEEDS)])
    report.save("gpu", result)
    report.put_into_page("gpu", markdown(result))
    print(markdown(result))


if __name__ == "__main__":
    main()
