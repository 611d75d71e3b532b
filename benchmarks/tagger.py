"""How well parts of speech are found: without context, and by taggers that read forward, backward or both ways.

`python -m benchmarks.tagger` (the real treebank needed; about ten minutes of one core) writes
data/measured/tagger.json and its table in docs/results.md. Three seeds each; every choice was made on dev, the
numbers in the table are those of test.
"""

from __future__ import annotations

from benchmarks import report
from utils.data import ud_english
from utils.models.baselines import MostFrequent
from utils.train.tagger import RECIPES, run, score

SEEDS = range(3)
NAMES = {
    "forward": "forward",
    "backward": "backward",
    "forward, wide": "forward, as many weights as both ways",
    "both": "both ways",
    "both, summed": "both ways, states summed",
    "forward, endings": "forward, with endings",
    "backward, endings": "backward, with endings",
    "both, endings": "both ways, with endings",
}


def markdown(result: dict) -> str:
    """The table: medians over the seeds, and the least and most of test."""
    one = result["most frequent tag"]
    rows = [
        [
            "each word's most frequent tag",
            "",
            "",
            _percent(one["test"]["accuracy"]),
            "",
            _percent(one["test"]["unknown"]),
        ]
    ]
    for name, words in NAMES.items():
        one = result["recipes"][name]
        test, middle = [each["test"]["accuracy"] for each in one["runs"]], one["median"]
        rows.append([
            words, f"{one['recurrent_parameters']:,}", f"{middle['cpu_seconds']:.0f}",
            _percent(middle["test"]["accuracy"]),
            f"{_percent(min(test))} to {_percent(max(test))}", _percent(middle["test"]["unknown"]),
        ])  # fmt: skip
    header = [
        "LSTM tagger reads",
        "recurrent weights",
        "CPU seconds of training",
        "right, %",
        "of 3 seeds",
        "unknown words, %",
    ]
    return report.table(header, rows)


def _percent(share: float) -> str:
    return f"{100 * share:.1f}"


def main() -> None:
    bank = ud_english()
    if bank.sample:
        raise SystemExit("The benchmark needs the real treebank: make data, or set RNN_COURSE_DATA.")
    known = {word for words in bank.train.words for word in words}
    baseline = MostFrequent(bank.train)
    result = {
        "command": "python -m benchmarks.tagger",
        "machine": report.machine(),
        "words": {name: sum(map(len, getattr(bank, name).words)) for name in ("train", "dev", "test")},
        "most frequent tag": {
            name: score(baseline.tag(part.words), part, known)
            for name, part in (("dev", bank.dev), ("test", bank.test))
        },
        "recipes": {},
    }
    for name in NAMES:
        print(name, flush=True)
        result["recipes"][name] = run(RECIPES[name], bank, SEEDS, progress=False)[1]
    report.save("tagger", result)
    report.put_into_page("tagger", markdown(result))
    print(markdown(result))


if __name__ == "__main__":
    main()
