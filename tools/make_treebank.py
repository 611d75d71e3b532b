"""Make data/ud_sample.conllu: sentences with a part of speech for each word, for lessons without a network.

    python tools/make_treebank.py

A small grammar of our own. Many of its words have two parts of speech. Some are decided by what came before ("she can
swim", "the can is red"), others only by what follows: "The old man sleeps" and "The old man the boats" begin alike.
The patterns of the second kind come in pairs, so that nothing before the word gives its part of speech away.
The same seed gives the same file.
"""

from __future__ import annotations

import random
import re
from pathlib import Path

OUT = Path(__file__).resolve().parents[1] / "data" / "ud_sample.conllu"
SIZES = {"train": 480, "dev": 60, "test": 60}
SEED = 20_05

# A slot {name} is filled by one of its words, or by a phrase with slots of its own.
SLOTS = {
    name: [choice.strip() for choice in choices.split(",")]
    for name, choices in {
        "old": "old, young, rich, poor, sick, brave, wise",
        "man": "man, ship, guard, staff, pilot, crew, watch, head",
        "boat": "boat, door, harbor, train, garden, letter, engine, bridge",
        "boats": "boats, doors, harbors, trains, gardens, letters, engines, bridges",
        "sleeps": "sleeps, waits, returns, smiles, listens, stops, appears, wins",
        "sleep": "sleep, wait, return, smile, listen, stop, appear, win",
        "slept": "slept, waited, returned, smiled, listened, stopped, appeared, won",
        "plans": "plans, hopes, reports, walks, dreams, drinks, visits, works",
        "rest": "rest, walk, smile, visit, swim, dance, drink, talk",
        "storm": "storm, lesson, dinner, concert, race, speech",
        "ends": "ends, starts, stops, begins",
        "Anna": "Anna, Omar, Lena, Paulo, Mei, Lisbon, Nairobi",
        "two": "two, three, seven, ten, forty",
        "red": "red, small, cold, dark, quiet, heavy, new",
        "soon": "often, slowly, again, soon, quietly, together",
        "where": "in, near, behind, under",
        "knows": "knows, sees, remembers, says, thinks, likes",
        "she": "{Anna}/PROPN, {Anna}/PROPN, she/PRON, he/PRON, the/DET {red}/ADJ {man}/NOUN",
        "they": "they/PRON, we/PRON, you/PRON, the/DET {boats}/NOUN, {Anna}/PROPN and/CCONJ {Anna}/PROPN",
        "thing": "a/DET {boat}/NOUN, every/DET {boat}/NOUN, the/DET {red}/ADJ {boat}/NOUN",
        "things": "the/DET {boats}/NOUN, {two}/NUM {boats}/NOUN, every/DET {boat}/NOUN, a/DET {red}/ADJ {boat}/NOUN",
        "place": "{where}/ADP the/DET {boat}/NOUN, {where}/ADP {two}/NUM {boats}/NOUN",
        "end": "./PUNCT, ./PUNCT, ./PUNCT, !/PUNCT, {soon}/ADV ./PUNCT, {place} ./PUNCT",
    }.items()
}
BY_WHAT_FOLLOWS = [
    ("the/DET {old}/ADJ {man}/NOUN {sleeps}/VERB {end}", "the/DET {old}/NOUN {man}/VERB {things} {end}"),
    ("{she} {knows}/VERB that/DET {boat}/NOUN {end}", "{she} {knows}/VERB that/SCONJ {things} {slept}/VERB {end}"),
    ("that/DET {boat}/NOUN is/AUX {red}/ADJ {end}", "that/PRON is/AUX {thing} {end}"),
    ("before/ADP the/DET {storm}/NOUN ,/PUNCT {she} {sleeps}/VERB {end}",
     "before/SCONJ the/DET {storm}/NOUN {ends}/VERB ,/PUNCT {she} {sleeps}/VERB {end}"),
    ("{they} {sleep}/VERB after/ADP the/DET {storm}/NOUN ./PUNCT",
     "{they} {sleep}/VERB after/SCONJ the/DET {storm}/NOUN {ends}/VERB {end}"),
    ("{they} have/AUX {slept}/VERB {end}", "{they} have/VERB {things} {end}"),
    ("{she} goes/VERB on/ADV to/PART {sleep}/VERB {end}", "{she} goes/VERB on/ADV to/ADP the/DET {boat}/NOUN {end}"),
    ("no/INTJ ,/PUNCT {she} {sleeps}/VERB {end}", "no/DET {boat}/NOUN {sleeps}/VERB {end}"),
]  # fmt: skip
BY_WHAT_CAME_BEFORE = [
    ("the/DET {plans}/NOUN {sleep}/VERB {end}", "{she} {plans}/VERB {place} {end}"),
    ("the/DET can/NOUN is/AUX {red}/ADJ {end}", "{she} can/AUX {sleep}/VERB {end}"),
    ("a/DET {rest}/NOUN is/AUX {red}/ADJ {end}", "{they} {soon}/ADV {rest}/VERB {end}"),
]


def fill(pattern: str, rng: random.Random) -> str:
    """The pattern with every slot filled; a word fills a slot only once in a sentence."""
    used: set[str] = set()
    while slot := re.search(r"\{(\w+)\}", pattern):
        choice = rng.choice([word for word in SLOTS[slot[1]] if word not in used])
        used |= set() if "/" in choice else {choice}
        pattern = pattern[: slot.start()] + choice + pattern[slot.end() :]
    return pattern


def sentence(rng: random.Random) -> list[tuple[str, str]]:
    """Words and parts of speech; three in four sentences are of the pairs that what follows decides."""
    pairs = BY_WHAT_FOLLOWS if rng.random() < 0.75 else BY_WHAT_CAME_BEFORE
    filled = [tuple(token.rsplit("/", 1)) for token in fill(rng.choice(rng.choice(pairs)), rng).split()]
    return [(filled[0][0][0].upper() + filled[0][0][1:], filled[0][1]), *filled[1:]]


def lines(number: str, words: list[tuple[str, str]]) -> str:
    """One sentence in CoNLL-U: ten columns, of which only number, word and part of speech are known."""
    text = re.sub(r" ([.,!])", r"\1", " ".join(word for word, _ in words))
    rows = [f"{i}\t{word}\t_\t{tag}" + "\t_" * 6 for i, (word, tag) in enumerate(words, start=1)]
    return "\n".join([f"# sent_id = {number}", f"# text = {text}", *rows]) + "\n\n"


def make(seed: int = SEED) -> str:
    """The whole file: three parts, each begun by the comment `newdoc id`; no sentence stands twice."""
    rng, seen, parts = random.Random(seed), set(), []
    for part, size in SIZES.items():
        for number in range(1, size + 1):
            while tuple(words := sentence(rng)) in seen:
                pass
            seen.add(tuple(words))
            parts.append((f"# newdoc id = {part}\n" if number == 1 else "") + lines(f"{part}-{number:03d}", words))
    return "".join(parts)


if __name__ == "__main__":
    OUT.write_text(make(), encoding="utf-8", newline="\n")
    print(f"{OUT}: {sum(SIZES.values())} sentences, {OUT.stat().st_size:,} bytes")
