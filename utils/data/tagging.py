"""Parts of speech: sentences as tensors for a tagger."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch.nn.utils.rnn import pad_sequence
from torch.utils.data import DataLoader

from utils.data.batching import LEFT_OUT, LengthBuckets, pad
from utils.data.sources import Tagged
from utils.data.treebank import UPOS
from utils.text import HashedVocabulary, Vocabulary, parts


def batches(
    tagged: Tagged,
    vocabulary: Vocabulary | HashedVocabulary,
    endings: int = 0,
    batch_size: int = 32,
    generator: torch.Generator | None = None,
) -> DataLoader:
    """A DataLoader of (ids (B, T), lengths (B,), targets (B, T)); with endings, parts (B, T, 8) stand before targets.

    Sentences of similar length come together. Targets are numbers in UPOS, and -100 at padding.
    generator: shuffles for training; leave it out for evaluation.
    """
    if unknown := {tag for tags in tagged.tags for tag in tags} - set(UPOS):
        raise ValueError(f"{min(unknown)!r} is no part of speech; take one of {', '.join(UPOS)}.")
    for n, (words, tags) in enumerate(zip(tagged.words, tagged.tags)):
        if len(words) != len(tags):
            raise ValueError(f"Sentence {n} has {len(words)} words and {len(tags)} tags; give each word one.")
    inputs = encoded(tagged.words, vocabulary, endings)
    number = {tag: n for n, tag in enumerate(UPOS)}
    targets = [torch.tensor([number[tag] for tag in tags]) for tags in tagged.tags]
    sampler = LengthBuckets([len(words) for words in tagged.words], batch_size, generator)

    def collate(chosen: list[int]):
        target = pad_sequence([targets[n] for n in chosen], batch_first=True, padding_value=LEFT_OUT)
        return *padded([inputs[n] for n in chosen]), target

    return DataLoader(range(len(tagged)), batch_sampler=sampler, collate_fn=collate)


def encoded(sentences: Sequence[Sequence[str]], vocabulary: Vocabulary | HashedVocabulary, endings: int) -> list[tuple]:
    """For each sentence (ids (T,),), or with endings (ids (T,), parts (T, 8)). ValueError for one without words."""
    for n, words in enumerate(sentences):
        if not len(words):
            raise ValueError(f"Sentence {n} has no words; write at least one.")
    ids = [torch.tensor(vocabulary.encode(words)) for words in sentences]
    if not endings:
        return [(row,) for row in ids]
    rows = {word: parts(word, endings) for words in sentences for word in words}
    return list(zip(ids, (torch.tensor([rows[word] for word in words]) for words in sentences)))


def padded(inputs: Sequence[tuple]) -> tuple[torch.Tensor, ...]:
    """One batch (ids (B, T), lengths (B,)), or with endings (ids, lengths, parts (B, T, 8))."""
    ids, *rest = zip(*inputs)
    return *pad(ids), *(pad_sequence(parts, batch_first=True) for parts in rest)
