"""Which words wait for what comes after them: what each of the three shipped taggers gets right, word by word.

`python -m benchmarks.tagger_words` (the real treebank needed; some seconds) writes data/measured/tagger_words.json for
lesson 05. On dev; the taggers are those that TaggerLive shows.
"""

from __future__ import annotations

from collections import Counter

from benchmarks import report
from utils.data import Tagged, ud_english
from utils.files import DATA
from utils.models.tagger import accuracy, load_tagger, tag

WAYS = ("forward", "backward", "both")
OFTEN, SHOWN = 40, 8  # a word counts that stands so often in dev; so many are kept


def by_word(found: dict[str, list[list[str]]], tagged: Tagged, often: int = OFTEN, shown: int = SHOWN) -> list[dict]:
    """The words that gain most from reading both ways over reading forward: the word, how often, the share right.

    found: by the name of a reader, its tags. A word counts in small letters, if it stands `often` times in `tagged`.
    """
    total, right = Counter(), {name: Counter() for name in found}
    for n, (words, tags) in enumerate(zip(tagged.words, tagged.tags)):
        for t, (word, true) in enumerate(zip(words, tags)):
            total[word.lower()] += 1
            for name, told in found.items():
                right[name][word.lower()] += told[n][t] == true
    gain = {word: (right["both"][word] - right["forward"][word]) / times for word, times in total.items()}
    chosen = sorted((word for word in total if total[word] >= often), key=gain.get, reverse=True)[:shown]
    return [
        {"word": word, "times": total[word]} | {name: round(right[name][word] / total[word], 5) for name in found}
        for word in chosen
    ]


def main() -> None:
    bank = ud_english()
    if bank.sample:
        raise SystemExit("The benchmark needs the real treebank: make data, or set RNN_COURSE_DATA.")
    known = {word for words in bank.train.words for word in words}
    readers = {way: load_tagger(DATA / f"tagger_{way}.safetensors") for way in WAYS}
    found = {way: tag(one.model, one.vocabulary, bank.dev.words) for way, one in readers.items()}
    parts = {"all": lambda word: True, "known": lambda word: word in known, "unknown": lambda word: word not in known}
    result = {
        "command": "python -m benchmarks.tagger_words",
        "machine": report.machine(),
        "counts": {
            part: sum(map(where, (word for words in bank.dev.words for word in words))) for part, where in parts.items()
        },
        "right": {
            way: {part: round(accuracy(tags, bank.dev, where), 5) for part, where in parts.items()}
            for way, tags in found.items()
        },
        "words": by_word(found, bank.dev),
    }
    report.save("tagger_words", result)
    for line in (result["counts"], result["right"], *result["words"]):
        print(line)


if __name__ == "__main__":
    main()
