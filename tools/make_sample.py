"""Make data/imdb_sample.jsonl: reviews of films that do not exist, for lessons without a network.

    python tools/make_sample.py

A review has a hidden verdict. Most of its sentences agree with it, some do not; some say it by a negation
("not dull at all"), some set one thing against another with the stronger half after the "but", and some say nothing.
Counting words goes a long way on such texts, but not all the way. The same seed gives the same file.
"""

from __future__ import annotations

import json
import random
from pathlib import Path

OUT = Path(__file__).resolve().parents[1] / "data" / "imdb_sample.jsonl"
SIZES = {"train": 800, "test": 200}
SEED = 20_06

THINGS = (
    "acting, story, script, music, ending, plot, dialogue, cast, camera work, direction, humor, lead actor, "
    "lead actress, first half, second half, editing, villain, pace, soundtrack, romance, opening scene, last act"
).split(", ")
ADJECTIVES = {
    1: (
        "wonderful, brilliant, moving, funny, clever, superb, charming, gripping, beautiful, excellent, touching, "
        "fresh, warm, convincing, great, good, memorable, perfect, delightful, sharp"
    ).split(", "),
    0: (
        "dull, terrible, awful, boring, stupid, weak, clumsy, predictable, wooden, poor, silly, lifeless, annoying, "
        "bad, forgettable, tedious, horrible, flat, lazy, dreadful"
    ).split(", "),
}
DEGREES = ["", "", "", "really ", "very ", "quite ", "simply ", "rather ", "truly "]
FEELINGS = {
    1: (
        "I loved every minute of it.|I laughed until I cried.|I would watch it again tomorrow.|I could not look away.|"
        "It stayed with me for days.|It is one of the best films I have seen in years.|What a lovely surprise!|"
        "I recommend it to everyone.|It never loses its way.|I did not want it to end."
    ).split("|"),
    0: (
        "I hated every minute of it.|I looked at my watch more than at the screen.|I would not watch it again.|"
        "I fell asleep twice.|What a waste of time and money.|It is one of the worst films I have seen in years.|"
        "I wanted my money back.|I cannot recommend it to anyone.|It never finds its way.|I could not wait for the end."
    ).split("|"),
}
NOTHING = (
    "I saw it with {who} on a rainy {day}.|It was made in {year}.|The story takes place in {place}.|"
    "It runs for about {minutes} minutes.|{who} had read the book before.|We watched it at home in {place}.|"
    "There is a dog, a train and a long journey.|The director had made two films before this one.|"
    "I had heard a lot about it.|A stranger comes to {place} and asks for a job.|It is set in {year}.|"
    "People around me had very different opinions.|Critics called it wonderful.|Critics called it terrible."
).split("|")
WHO = ["my sister", "my father", "a friend", "my class", "an old colleague", "my neighbor", "my wife", "my husband"]
DAYS = "Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday".split(", ")
PLACES = ["a small town", "Paris", "the desert", "Lisbon", "the mountains", "a hospital", "Chicago", "a school", "Mars"]


def opinion(rng: random.Random, verdict: int) -> str:
    """One sentence on one thing in the film; one in five says it by a negation."""
    thing, degree = rng.choice(THINGS), rng.choice(DEGREES)
    if rng.random() < 0.8:
        word = rng.choice(ADJECTIVES[verdict])
        return rng.choice([
            f"The {thing} is {degree}{word}.",
            f"The {thing} was {degree}{word}.",
            f"I found the {thing} {degree}{word}.",
            f"What {'an' if word[0] in 'aeiou' else 'a'} {word} {thing}!",
            f"The {thing}? {(degree + word).capitalize()}.",
        ])  # fmt: skip
    word = rng.choice(ADJECTIVES[1 - verdict])
    return rng.choice([
        f"The {thing} is not {word} at all.", f"The {thing} was never {word}.", f"Nothing about the {thing} is {word}.",
        f"I don't think the {thing} is {word}.", f"The {thing} is anything but {word}.",
    ])  # fmt: skip


def contrast(rng: random.Random, verdict: int) -> str:
    """Two opinions; the second one counts."""
    first, second = opinion(rng, 1 - verdict), opinion(rng, verdict)
    return f"{first[:-1]}, but {second[0].lower() if not second.startswith('I ') else 'I'}{second[1:]}"


def nothing(rng: random.Random) -> str:
    """A sentence without an opinion, or with that of someone else."""
    sentence = rng.choice(NOTHING).format(
        who=rng.choice(WHO), day=rng.choice(DAYS), year=rng.randint(1935, 2010),
        place=rng.choice(PLACES), minutes=rng.randint(70, 180),
    )  # fmt: skip
    return sentence[0].upper() + sentence[1:]


def review(rng: random.Random, verdict: int) -> str:
    """Three to seven sentences; about six in seven opinions agree with the verdict."""
    sentences = []
    for _ in range(rng.randint(2, 6)):
        side = verdict if rng.random() < 0.85 else 1 - verdict
        kind = rng.choices(["opinion", "contrast", "feeling", "nothing"], [6, 2, 2, 3])[0]
        sentences.append({
            "opinion": lambda s=side: opinion(rng, s), "contrast": lambda s=side: contrast(rng, s),
            "feeling": lambda s=side: rng.choice(FEELINGS[s]), "nothing": lambda s=side: nothing(rng),
        }[kind]())  # fmt: skip
    sentences.append(opinion(rng, verdict))
    return " ".join(sentences)


def make(seed: int = SEED) -> str:
    """The whole file: one JSON object a line, positive and negative in turn, no review twice."""
    rng, seen, lines = random.Random(seed), set(), []
    for split, size in SIZES.items():
        for number in range(size):
            text = ""
            while not text or text in seen:
                text = review(rng, number % 2)
            seen.add(text)
            lines.append(json.dumps({"split": split, "label": number % 2, "text": text}))
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    OUT.write_text(make(), encoding="utf-8", newline="\n")
    print(f"{OUT}: {sum(SIZES.values())} reviews, {OUT.stat().st_size:,} bytes")
