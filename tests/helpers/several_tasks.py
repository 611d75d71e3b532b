"""Each task of utils.train in a few steps, for test_train.py: torchrun several_tasks.py FOLDER."""

import json
import sys
from pathlib import Path

import torch

from utils.data import imdb_sample, ud_sample
from utils.train import imdb, language_model, tagger

# Without dropout, whose draws differ between the processes.
REVIEWS = imdb.Recipe("for tests", vocabulary=400, max_tokens=60, embedding=12, hidden=8, epochs=2, word_dropout=0.0)
WORDS = tagger.Recipe(embedding=8, hidden=8, epochs=4, dropout=0.0, word_dropout=0.0)
CHARACTERS = language_model.Recipe("for tests", embedding=4, hidden=8, epochs=1, B=64, T=64)


def train() -> dict:
    """For each task how many processes there were, and its figures."""
    reviews = imdb.run(REVIEWS, imdb_sample(), [0], progress=False)[1]
    tagged = tagger.run(WORDS, ud_sample(), [0], progress=False)[1]
    language = language_model.run(CHARACTERS, progress=False)[1]
    return {
        "processes": [reviews["processes"], tagged["processes"], language["processes"]],
        "imdb": [reviews["runs"][0][split]["loss"] for split in ("validation", "test")],
        "tagger": [tagged["runs"][0][split]["accuracy"] for split in ("dev", "test")],
        "language-model": [bit for name in ("train", "valid") for bit in language["runs"][0][f"{name}_bits_by_epoch"]],
    }


if __name__ == "__main__":
    found = train()
    (Path(sys.argv[1]) / f"rank{torch.distributed.get_rank()}.json").write_text(json.dumps(found))
    torch.distributed.destroy_process_group()
