"""How fast texts are written: `generate` against the loops of tutorials, in turns in one run.

`python -m benchmarks.sampling` writes data/measured/sampling.json.
"""

from __future__ import annotations

import statistics
import time

import torch

from benchmarks import report
from utils.models.language import load_language
from utils.models.language_model import LanguageModel
from utils.models.sampling import generate

STEPS, SECONDS = 200, 30  # characters of each text; seconds for each number of texts
PROMPT = "The "


def rereading(model, prompt, steps):
    """The usual first version: everything again at each step, one text after the other, and torch keeps the graph."""
    texts = []
    for row in prompt:
        ids = row[None]
        for _ in range(steps):
            logits, _ = model(ids)
            p = torch.softmax(logits[0, -1] / 1.0, dim=-1)
            ids = torch.cat([ids, torch.multinomial(p, 1)[None]], dim=1)
        texts.append(ids)
    return torch.cat(texts)


def carrying(model, prompt, steps):
    """The better version found in tutorials: the state is carried, under no_grad, one text after the other."""
    texts = []
    with torch.no_grad():
        for row in prompt:
            ids, state, tokens = row[None], None, row.tolist()
            for _ in range(steps):
                logits, state = model(ids, state)
                p = torch.softmax(logits[0, -1] / 1.0, dim=-1)
                tokens.append(torch.multinomial(p, 1).item())
                ids = torch.tensor([[tokens[-1]]])
            texts.append(torch.tensor(tokens))
    return torch.stack(texts)


class Plain(torch.nn.Module):
    """The same network as a tutorial calls it: always through nn.LSTM."""

    def __init__(self, model: LanguageModel):
        super().__init__()
        self.embedding, self.rnn, self.output = model.embedding, model.rnn, model.output

    def forward(self, ids, state=None):
        h, state = self.rnn(self.embedding(ids), state)
        return self.output(h), state


def measure(texts: int) -> dict:
    """Median characters per second of each contestant, and how many times as fast `generate` is in the same round.

    The loops write at most 4 of the texts, one after the other, so their speed is that of any number.
    """
    language = load_language()
    plain = Plain(language.model).eval()
    prompt = language.encode(PROMPT)[None].repeat(texts, 1)  # (texts, 4)
    few = prompt[:4]
    contestants = {
        "re-reading loop": (lambda: rereading(plain, few, STEPS), len(few)),
        "carrying loop": (lambda: carrying(plain, few, STEPS), len(few)),
        "generate": (lambda: generate(language.model, prompt, STEPS), texts),
    }
    for work, rows in contestants.values():
        assert work().shape == (rows, len(PROMPT) + STEPS)  # and warm up
    rates, end = {name: [] for name in contestants}, time.perf_counter() + SECONDS
    while time.perf_counter() < end or len(rates["generate"]) < 5:
        for name, (work, rows) in contestants.items():
            start = time.perf_counter()
            work()
            rates[name].append(rows * STEPS / (time.perf_counter() - start))
    return {
        name: {
            "characters_per_second": round(statistics.median(found)),
            "generate_is_faster": round(statistics.median(b / a for a, b in zip(found, rates["generate"])), 2),
            "rounds": len(found),
        }
        for name, found in rates.items()
    }


def main() -> None:
    torch.set_num_threads(1)
    torch.manual_seed(0)
    result = {"command": "python -m benchmarks.sampling", "machine": report.machine(), "characters": STEPS}
    result["texts"] = {str(texts): measure(texts) for texts in (1, 32)}
    report.save("sampling", result)
    header = ["loop", "1 text, characters/s", "generate is faster", "32 texts, characters/s", "generate is faster"]
    rows = [
        [name]
        + [f"{result['texts'][n][name][key]:,}" for n in ("1", "32") for key in list(result["texts"][n][name])[:2]]
        for name in result["texts"]["1"]
    ]
    print(report.table(header, rows))


if __name__ == "__main__":
    main()
